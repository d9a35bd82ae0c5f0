"""What OKX says, typed: the four questions that are ever asked, and their answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from okxlint.live.client import CONFIG, KEYS, SUB_ACCOUNTS, AccountFailed, Client, Refused
from okxlint.live.signing import EPOCH
from okxlint.snapshot import LiveAccount, LiveKey
from okxlint.snapshot.file import permissions_of

PAGE = 100
"""Sub-accounts on one page, at most: https://www.okx.com/docs-v5/en/#sub-account-rest-api-get-sub-account-list"""
_MOST_PAGES = 1000
_SECRET = ("secret", "passphrase", "password", "token", "apikey")
"""What a field's name holds that is never kept, whatever OKX may add."""
_LONGEST = 200
_MOST_FIELDS = 20
"""So much of one object that okxlint does not know is kept."""


class Config(NamedTuple):
    """What OKX says of the credential that asks."""

    uid: str
    main_uid: str
    label: str
    permissions: tuple[str, ...]
    ips: tuple[str, ...]

    @property
    def is_master(self) -> bool:
        """Whether the credential is the master account's own."""
        return self.uid == self.main_uid


def config(client: Client) -> Config:
    """Who asks. Raises ``Refused``."""
    rows = client.get(CONFIG)
    row = rows[0] if rows else {}
    uid = _text(row, "uid")
    if not uid or not _text(row, "perm"):
        raise Refused("OKX's answer does not say whose key this is", "Check --base-url.")
    return Config(
        uid=uid,
        main_uid=_text(row, "mainUid") or uid,
        label=client.mask(_text(row, "label")),
        permissions=permissions_of(client.mask(_text(row, "perm")).split(",")),
        ips=_addresses(row),
    )


def sub_accounts(client: Client) -> list[LiveAccount]:
    """All sub-accounts, disabled ones too, sorted by name; their keys are not asked for yet.

    Pages go back in time, and each asks for what was created before a time. Two accounts may have
    been created in the same millisecond, on either side of a page's edge: so each page begins with
    the last one's last millisecond again. Raises ``Refused``.
    """
    found: dict[str, dict[str, Any]] = {}
    after: int | None = None
    for _ in range(_MOST_PAGES):
        parameters = {"limit": str(PAGE)} | ({} if after is None else {"after": str(after)})
        rows = client.get(SUB_ACCOUNTS, parameters)
        before = len(found)
        for row in rows:
            found.setdefault(_name(row), row)
        times = [time for row in rows if (time := _milliseconds(row)) is not None]
        if len(rows) < PAGE:
            break
        if len(times) < len(rows) or len(found) == before or _oldest_first(times):
            # Each would end in a list that nobody knows to be whole.
            raise Refused(
                "OKX's list of sub-accounts cannot be read to its end",
                "Try again; if it stays so, please report it.",
            )
        after = min(times) + 1
    else:
        raise Refused("OKX's list of sub-accounts has no end", "Check --base-url.")
    return [_account(found[name], client.mask) for name in sorted(found)]


def keys_of(client: Client, sub_account: str) -> tuple[LiveKey, ...]:
    """The keys of a sub-account. Raises ``Refused`` and ``AccountFailed``."""
    rows = client.get(KEYS, {"subAcct": sub_account})
    # Without one of them a key would look as if it had few rights, or no address.
    if any(not isinstance(row.get(name), str) for row in rows for name in ("label", "perm", "ip")):
        raise AccountFailed("OKX's answer holds a key without label, permissions or addresses")
    return tuple(_key(row, client.mask) for row in rows)


def _oldest_first(times: list[int]) -> bool:
    return times == sorted(times) and times[0] < times[-1]


def _name(row: Mapping[str, Any]) -> str:
    name = _text(row, "subAcct")
    if not name:
        raise Refused("OKX's list holds a sub-account without a name", "Please report it.")
    return name


def _account(row: Mapping[str, Any], mask: Callable[[str], str]) -> LiveAccount:
    known = ("subAcct", "uid", "gAuth", "canTransOut", "enable")
    return LiveAccount(
        name=_text(row, "subAcct"),
        type="sub",
        listing="failed",
        reason="it was not asked for",
        uid=_text(row, "uid") or None,
        two_factor=_flag(row, "gAuth"),
        can_transfer_out=_flag(row, "canTransOut"),
        enabled=_flag(row, "enable"),
        extra=_others(row, (*known, *_ACCOUNT_NOISE), mask),
    )


_ACCOUNT_NOISE = (
    *("label", "mobile", "type", "frozenFunc", "ts", "subAcctLv", "firstLvSubAcct", "ifDma"),
)
"""What OKX says of a sub-account that is no matter of keys; a telephone number is nobody's."""


def _key(row: Mapping[str, Any], mask: Callable[[str], str]) -> LiveKey:
    digits = _text(row, "apiKey").replace("-", "")[-8:].lower()
    moment = _milliseconds(row)
    return LiveKey(
        label=mask(_text(row, "label")),
        permissions=permissions_of(mask(_text(row, "perm")).split(",")),
        ips=_addresses(row),
        key_id=digits if re.fullmatch("[0-9a-f]{8}", digits) else None,
        created=None if moment is None else _moment(moment),
        extra=_others(row, ("label", "perm", "ip", "apiKey", "ts", "subAcct"), mask),
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _flag(row: Mapping[str, Any], name: str) -> bool | None:
    value = row.get(name)
    return value if isinstance(value, bool) else None


def _addresses(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The bound addresses. OKX joins them with commas; its web form takes blanks as well."""
    return tuple(part for part in re.split(r"[,\s]+", _text(row, "ip")) if part)


def _milliseconds(row: Mapping[str, Any]) -> int | None:
    text = _text(row, "ts")
    return int(text) if re.fullmatch("[0-9]{1,14}", text) else None


def _moment(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


def _others(
    row: Mapping[str, Any], known: tuple[str, ...], mask: Callable[[str], str]
) -> dict[str, Any]:
    """What OKX says besides: kept, but for what could be secret."""
    return dict(_plain(row, known, mask))


def _plain(
    row: Mapping[str, Any], known: tuple[str, ...], mask: Callable[[str], str]
) -> Iterator[tuple[str, Any]]:
    for name in sorted(row.keys() - set(known))[:_MOST_FIELDS]:
        value = row[name]
        plain = name.lower().replace("_", "").replace("-", "")
        if len(name) > _LONGEST or any(word in plain for word in _SECRET):
            continue
        if isinstance(value, bool | int) or value is None:
            yield name, value
        elif isinstance(value, str):
            yield name, mask(value)[:_LONGEST]
        else:
            yield name, "…"

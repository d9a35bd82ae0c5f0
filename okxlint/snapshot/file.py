"""Snapshots as files: JSON, version 1, sorted, with nothing secret in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from okxlint import __version__
from okxlint.documents.source import MAX_BYTES
from okxlint.errors import OkxlintError, Unreadable
from okxlint.paths import read_bytes
from okxlint.snapshot import Auditor, LiveAccount, LiveKey, Snapshot

if TYPE_CHECKING:
    from okxlint.snapshot.text import AccountText, KeyText, SnapshotText

_HINT = "Take a new one with 'okxlint snapshot'; 'okxlint schema snapshot' says what it holds."
_FEW = 5
"""So many problems of a file are told."""


def load_snapshot(path: str, shown: str | None = None) -> Snapshot:
    """The snapshot in a file, which reports name ``shown``.

    Raises ``OkxlintError`` that says what is wrong with it, and where.
    """
    shown = path if shown is None else shown
    try:
        data = read_bytes(path, shown)
    except Unreadable as error:
        raise OkxlintError(f"cannot read the snapshot {error}", _HINT) from None
    return parse(data, shown)


def parse(data: bytes, shown: str) -> Snapshot:
    """A snapshot's bytes. Raises ``OkxlintError``."""
    if len(data) > MAX_BYTES:
        raise _wrong(shown, ["it is larger than 64 MiB"])
    try:
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique)
    except UnicodeDecodeError:
        raise _wrong(shown, ["it is not UTF-8"]) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}: it is not JSON ({error.msg})"
        raise _wrong(shown, [where]) from None
    except _Twice as error:
        raise _wrong(shown, [f"a field stands twice in one object: {error.name!r}"]) from None
    except (RecursionError, ValueError):
        raise _wrong(shown, ["it is nested too deeply, or a number in it is too long"]) from None
    return _snapshot(_validated(value, shown), shown, sha256(data).hexdigest())


class _Twice(ValueError):
    """A name that an object has twice: which one holds is anybody's guess."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise _Twice(next(name for name, count in counts.items() if count > 1))
    return found


def _validated(value: Any, shown: str) -> SnapshotText:
    from pydantic import TypeAdapter, ValidationError

    from okxlint.snapshot.text import SnapshotText

    if not isinstance(value, dict):
        raise _wrong(shown, ["it is not a JSON object"])
    if value.get("version") != 1 or value["version"] is True:
        raise _wrong(shown, ["'version' is not 1, the only one that this okxlint reads"])
    try:
        text = TypeAdapter(SnapshotText).validate_python(value, strict=False)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise _wrong(shown, [f"{_at(d['loc'])}: {_said(d)}" for d in details]) from None
    if not text.accounts:
        raise _wrong(shown, ["'accounts' is empty: it tells of no account"])
    counts = Counter(account.name for account in text.accounts)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        raise _wrong(shown, [f"the account {name!r} stands twice in it" for name in twice])
    return text


def _at(route: Iterable[str | int]) -> str:
    """A place as people write it: ``accounts[3].keys[0].label``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in route)
    return "".join(steps).lstrip(".")


def _said(detail: Any) -> str:
    words: dict[str, str] = {
        "missing": "this is missing",
        "string_type": "this is text in quotes",
        "tuple_type": "this is a list",
        "dataclass_type": "this is an object",
        "string_too_short": "this is empty",
    }
    said: str = words.get(detail["type"], detail["msg"].replace("Input should", "this should"))
    return said


def _wrong(shown: str, problems: list[str]) -> OkxlintError:
    told = problems[:_FEW]
    if len(problems) > _FEW:
        told.append(f"and {len(problems) - _FEW} more")
    if len(told) == 1:
        return OkxlintError(f"the snapshot {shown} is not right: {told[0]}", _HINT)
    lines = "".join(f"\n  {problem}" for problem in told)
    return OkxlintError(f"the snapshot {shown} is not right:{lines}", _HINT)


def _snapshot(text: SnapshotText, shown: str, digest: str) -> Snapshot:
    named = text.auditor.account
    if named not in {account.name for account in text.accounts}:
        masters = [account.name for account in text.accounts if account.type == "master"]
        named = masters[0] if masters else text.accounts[0].name
    accounts = tuple(_account(account, named) for account in text.accounts)
    return Snapshot(
        taken_at=text.taken_at,
        site=text.site,
        environment=text.environment,
        auditor=Auditor(
            account=named,
            uid=text.auditor.uid,
            permissions=permissions_of(text.auditor.permissions),
            ips=text.auditor.ips,
            label=text.auditor.label,
        ),
        accounts=in_order(accounts, named),
        path=shown,
        sha256=digest,
    )


def _account(text: AccountText, auditor: str) -> LiveAccount:
    return LiveAccount(
        name=text.name,
        type=text.type or ("master" if text.name == auditor else "sub"),
        listing=text.listing,
        keys=tuple(sorted(map(_key, text.keys), key=_key_order)),
        uid=text.uid,
        reason=text.reason,
        two_factor=text.two_factor,
        can_transfer_out=text.can_transfer_out,
        enabled=text.enabled,
        attested_by=text.attested_by,
        attested_on=text.attested_on,
        extra=text.extra,
    )


def _key(text: KeyText) -> LiveKey:
    return LiveKey(
        label=text.label,
        permissions=permissions_of(text.permissions),
        ips=text.ips,
        key_id=text.key_id,
        created=text.created,
        extra=text.extra,
    )


def permissions_of(words: Iterable[str]) -> tuple[str, ...]:
    """Permissions as OKX says them, sorted, each once; ``read`` is another word for ``read_only``.

    Source: the sample reply of "Reset the API Key of a sub-account" in
    https://www.okx.com/docs-v5/en/#sub-account-rest-api-reset-the-api-key-of-a-sub-account
    """
    given = {word.strip() for word in words}
    return tuple(sorted({"read_only" if word == "read" else word for word in given} - {""}))


def in_order(accounts: Iterable[LiveAccount], auditor: str) -> tuple[LiveAccount, ...]:
    """Accounts as a snapshot has them: the auditor's own first, then by name."""
    return tuple(sorted(accounts, key=lambda each: (each.name != auditor, each.name)))


def _key_order(key: LiveKey) -> tuple[str, str, str]:
    return key.label, key.created.isoformat() if key.created else "", key.key_id or ""


def dumps(snapshot: Snapshot) -> str:
    """A snapshot as JSON, byte for byte the same for the same snapshot."""
    auditor = snapshot.auditor
    value = {
        "version": 1,
        "tool": {"name": "okxlint", "version": __version__},
        "taken_at": _written(snapshot.taken_at),
        "site": snapshot.site,
        "environment": snapshot.environment,
        "auditor": {
            "account": auditor.account,
            "label": auditor.label,
            "uid": auditor.uid,
            "permissions": list(auditor.permissions),
            "ips": list(auditor.ips),
        },
        "accounts": [account_object(account) for account in snapshot.accounts],
    }
    return json.dumps(value, indent=2) + "\n"


def account_object(account: LiveAccount) -> dict[str, Any]:
    """An account as JSON has it."""
    only_if_there = {
        "enabled": account.enabled,
        "reason": account.reason,
        "attested_by": account.attested_by,
        "attested_on": None if account.attested_on is None else _written(account.attested_on),
        "extra": dict(account.extra) or None,
    }
    return {
        "name": account.name,
        "type": account.type,
        "uid": account.uid,
        "two_factor": account.two_factor,
        "can_transfer_out": account.can_transfer_out,
        "listing": account.listing,
        **{name: value for name, value in only_if_there.items() if value is not None},
        "keys": [key_object(key) for key in sorted(account.keys, key=_key_order)],
    }


def key_object(key: LiveKey) -> dict[str, Any]:
    """A key as JSON has it."""
    value = {
        "label": key.label,
        "key_id": key.key_id,
        "permissions": list(key.permissions),
        "ips": list(key.ips),
        "created": None if key.created is None else _written(key.created),
    }
    return {**value, "extra": dict(key.extra)} if key.extra else value


def _written(moment: date) -> str:
    if not isinstance(moment, datetime):
        return moment.isoformat()
    spec = "milliseconds" if moment.microsecond else "seconds"
    return f"{moment.replace(tzinfo=None).isoformat(timespec=spec)}Z"

"""A list of keys that a person read off OKX's page, for accounts that OKX lists to nobody."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Literal

from okxlint.errors import OkxlintError, Unreadable
from okxlint.field_types import Day, Entry, KeyId, Name, Permission
from okxlint.forms import FORBID
from okxlint.paths import read_bytes
from okxlint.policy.typed_file import read_typed
from okxlint.snapshot import LiveAccount, LiveKey


@dataclass(frozen=True, kw_only=True)
class AttestedKey:
    """A key as OKX's page shows it."""

    __pydantic_config__ = FORBID
    label: Name
    permissions: tuple[Permission, ...]
    ips: tuple[Entry, ...] = ()
    key_id: KeyId | None = None
    created: Day | None = None


@dataclass(frozen=True, kw_only=True)
class AttestedAccount:
    """An account, and all of its keys."""

    __pydantic_config__ = FORBID
    name: Name
    type: Literal["master", "sub"] = "master"
    keys: tuple[AttestedKey, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AttestedText:
    """What a person says to have read, and when."""

    __pydantic_config__ = FORBID
    version: Literal["1"]
    attested_by: Name
    attested_on: Day
    accounts: tuple[AttestedAccount, ...] = field(default=())


def load_attested(path: str, as_of: date) -> tuple[LiveAccount, ...]:
    """The accounts of a file. Raises ``OkxlintError`` that says what is wrong, and where.

    A list of a day after ``as_of`` is wrong: nobody has read it yet.
    """
    try:
        data = read_bytes(os.path.abspath(path), path)
    except Unreadable as error:
        raise OkxlintError(f"cannot read the attested list {error}", "Check --attested.") from None
    file = read_typed(path, data, (AttestedText, AttestedAccount, AttestedKey), "an attested list")
    text: AttestedText = file.value
    names = [account.name for account in text.accounts]
    if len(set(names)) < len(names):
        raise OkxlintError(f"{path}: an account stands twice in it", "Put its keys together.")
    if text.attested_on > as_of:
        raise OkxlintError(
            f"{path}: it is attested on {text.attested_on}, which is yet to come",
            "Write the day on which the page was read.",
        )
    return tuple(_account(account, text) for account in text.accounts)


def _account(account: AttestedAccount, text: AttestedText) -> LiveAccount:
    return LiveAccount(
        name=account.name,
        type=account.type,
        listing="attested",
        keys=tuple(map(_key, account.keys)),
        attested_by=text.attested_by,
        attested_on=text.attested_on,
    )


def _key(key: AttestedKey) -> LiveKey:
    digits = (key.key_id or "").replace("-", "").lower()[-8:]
    return LiveKey(
        label=key.label,
        permissions=tuple(sorted(set(key.permissions))),
        ips=tuple(entry.text for entry in key.ips),
        key_id=digits if len(digits) == 8 else None,
        created=datetime.combine(key.created, time(), UTC) if key.created else None,
    )

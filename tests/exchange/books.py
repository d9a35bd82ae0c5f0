"""What the exchange knows: the master's credentials, sub-accounts, and their keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KEY = "37c541a1-0f0e-4b1c-9d3a-10fe7a038418"
SECRET = "22582BD0CFF14C41EDBF1AB98506286D"  # noqa: S105
PASSPHRASE = "Correct-Horse-7"  # noqa: S105
"""Of the credential that most tests use; secret and shape of the key are those of OKX's samples."""
UID = "44705892343619584"


@dataclass
class Key:
    """A key, with or without what it takes to use it."""

    label: str
    perm: str = "read_only"
    ip: str = "203.0.113.7"
    ts: str = "1790841600000"
    api_key: str = "******"
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def row(self) -> dict[str, Any]:
        row = {"label": self.label, "apiKey": self.api_key, "perm": self.perm, "ip": self.ip}
        return {**row, "ts": self.ts, **self.extra}


@dataclass
class Sub:
    """A sub-account."""

    name: str
    keys: list[Key] = field(default_factory=list)
    ts: int = 1659334756000
    uid: str = "3400***********7413"
    enable: bool = True
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def row(self) -> dict[str, Any]:
        row: dict[str, Any] = {
            "label": self.name,
            "subAcct": self.name,
            "firstLvSubAcct": self.name,
        }
        row |= {"enable": self.enable, "gAuth": True, "canTransOut": False, "ifDma": False}
        row |= {"type": "1", "subAcctLv": "1", "frozenFunc": [], "mobile": ""}
        return {**row, "uid": self.uid, "ts": str(self.ts), **self.extra}


@dataclass
class Books:
    """All accounts, and the one credential that is let in."""

    own: Key = field(default_factory=lambda: Key("auditor", api_key=KEY))
    secret: str = SECRET
    passphrase: str = PASSPHRASE
    demo: bool = False
    """Whether the credential is of demo trading."""
    uid: str = UID
    main_uid: str = UID
    allowed: tuple[str, ...] = ("127.0.0.1", "::1")
    """From where the credential may be used; empty: from anywhere."""
    subs: dict[str, Sub] = field(default_factory=dict)

    def add(self, name: str, *keys: Key, **fields: Any) -> Sub:
        """A new sub-account; each is a second younger than the one before."""
        fields.setdefault("ts", 1659334756000 + 1000 * len(self.subs))
        self.subs[name] = sub = Sub(name, list(keys), **fields)
        return sub

    @property
    def config(self) -> dict[str, Any]:
        own = self.own
        row: dict[str, Any] = {
            "uid": self.uid,
            "mainUid": self.main_uid,
            "type": "0",
            "roleType": "0",
        }
        row |= {"label": own.label, "perm": own.perm, "ip": own.ip, "acctLv": "2", "kycLv": "3"}
        row |= {"level": "Lv1", "posMode": "long_short_mode", "autoLoan": False}
        return {**row, "settleCcyList": ["USD", "USDC"], **own.extra}

    @property
    def environment(self) -> dict[str, str]:
        """The credential as okxlint takes it."""
        return {
            "OKX_API_KEY": self.own.api_key,
            "OKX_SECRET_KEY": self.secret,
            "OKX_PASSPHRASE": self.passphrase,
        }

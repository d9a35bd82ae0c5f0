"""What OKX said at one time: accounts and their keys, and how much of them could be seen.

A snapshot holds no secret and no whole key id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from okxlint.field_types import Environment

Listing = Literal["complete", "self-only", "attested", "failed"]
"""How much is known of an account's keys.

``complete``: OKX listed them all. ``self-only``: OKX tells of the credential's own key alone.
``attested``: a person read them off OKX's page. ``failed``: they could not be read.
"""
SITES = ("global", "eea", "us", "tr")


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A key that exists on OKX."""

    label: str
    permissions: tuple[str, ...]
    """As OKX says them, sorted, ``read`` as ``read_only``; what okxlint does not know is kept."""
    ips: tuple[str, ...] = ()
    """The bound addresses and networks as OKX writes them."""
    key_id: str | None = None
    """The last eight digits; ``None`` if OKX masks the id or does not give it."""
    created: datetime | None = None
    """In UTC; ``None`` if OKX gives none."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What OKX says besides, by its own field names."""

    @property
    def rights(self) -> frozenset[str]:
        """The permissions as a set, with ``read_only``, which every OKX key has."""
        return frozenset(self.permissions) | {"read_only"}

    @property
    def rights_text(self) -> str:
        """The rights as reports tell them: ``read_only,trade``."""
        return ",".join(sorted(self.rights))

    @property
    def day(self) -> date | None:
        """The UTC day of its creation."""
        return self.created.date() if self.created else None


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """An account that exists on OKX, and what is known of its keys."""

    name: str
    """For a sub-account OKX's name; for the master the one that manifests give it."""
    type: Literal["master", "sub"]
    listing: Listing
    keys: tuple[LiveKey, ...] = ()
    uid: str | None = None
    """As OKX gives it: for a sub-account with stars in the middle."""
    reason: str | None = None
    """Why the listing failed."""
    two_factor: bool | None = None
    can_transfer_out: bool | None = None
    enabled: bool | None = None
    attested_by: str | None = None
    """Who read an attested list."""
    attested_on: date | None = None
    """The UTC day on which that was."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What OKX says besides, by its own field names."""


@dataclass(frozen=True, slots=True)
class Auditor:
    """The credential that read OKX."""

    account: str
    """The account whose it is, by the name in ``accounts``."""
    uid: str | None
    """Masked."""
    permissions: tuple[str, ...]
    """As in ``LiveKey``."""
    ips: tuple[str, ...]
    """Masked; empty if the credential is bound to no address."""
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One reading of one master account with its sub-accounts, or of one sub-account."""

    taken_at: datetime
    """In UTC."""
    site: str
    """One of ``SITES``, or ``custom`` for a host that was given."""
    environment: Environment
    auditor: Auditor
    accounts: tuple[LiveAccount, ...]
    """The auditor's own first, then in the order of names."""
    path: str = ""
    """The file it was read from, as reports name it."""
    sha256: str = field(default="", compare=False)
    """Of that file's bytes, in hex."""

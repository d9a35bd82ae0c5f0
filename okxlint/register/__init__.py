"""The key register: the inventory as evidence, with what a check finds of each key on that day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from okxlint.model import Finding, Severity, Unknown
from okxlint.record import Record


class Input(Record):
    """A file that the register is made of."""

    kind: str
    """``manifest``, ``policy`` or ``snapshot``."""
    path: str
    sha256: str | None
    """Of its bytes, in hex; ``None`` for a file that is not UTF-8."""


class Accepted(Record):
    """A waiver on a key."""

    rule: str
    reason: str | None
    approved_by: str | None
    expires: date | None
    """The last day, inclusive."""


class Entry(Record):
    """A declared key. All texts are masked and on one line; dates are UTC days."""

    account: str
    label: str
    apps: tuple[str, ...]
    owner: str
    """The key's own, else its apps', joined by ``, ``."""
    purpose: str
    environment: str
    status: str
    permissions: tuple[str, ...]
    """With the implied ``read_only``, sorted."""
    addresses: tuple[str, ...]
    created: date | None
    age: int | None
    """Days on the day of the register."""
    rotate_by: date | None
    """The last day on which ``max-age`` does not fail; ``None`` if it does not limit the key."""
    last_reviewed: date | None
    expires: date | None
    secret_ref: str
    key_id: str
    """The last digits, eight at most."""
    waivers: tuple[Accepted, ...]
    findings: tuple[Finding, ...]
    waived: int
    """How many findings its waivers accept."""
    live: str
    """What is known of it on OKX; empty without a snapshot."""

    @property
    def worst(self) -> Severity | None:
        """The greatest severity of its findings."""
        return max((finding.severity for finding in self.findings), default=None)


class AccountEntry(Record):
    """An account, declared or named by a key."""

    name: str
    type: str
    """``master``, ``sub``, or empty if nobody declares it."""
    used: Mapping[str, int]
    """Keys that take a slot, by environment."""
    slots: int
    """How many keys ``key-limit`` lets an account have."""
    rights: Mapping[str, int]
    """Current keys by permission."""
    listing: str
    """How much of it a snapshot shows; empty without one."""
    findings: tuple[Finding, ...]
    """Of the account itself."""


class Register(Record):
    """Everything that an auditor is shown, and what it takes to repeat it."""

    version: str
    """Of okxlint."""
    as_of: date
    policy_source: str
    policy_ref: str | None
    inputs: tuple[Input, ...]
    accounts: tuple[AccountEntry, ...]
    entries: tuple[Entry, ...]
    """By account and label."""
    others: tuple[Finding, ...]
    """Findings of neither a key nor an account in the register: of apps, files and the policy."""
    unknown: tuple[Unknown, ...]
    is_complete: bool
    """Whether there is nothing unknown that counts."""

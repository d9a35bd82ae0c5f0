"""The key register: the inventory as evidence, with what a check finds of each key on that day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from okxlint.model import Finding, Severity, Unknown
from okxlint.record import Record

State = Literal["holds", "ended", "not yet in force", "does not hold"]
Kind = Literal["manifest", "policy", "metadata schema", "pack", "snapshot"]
PolicyState = Literal["committed", "not committed", "no git", "pack"]
"""Whether git has the policy as it was read: at a commit, not so, nobody to ask, no file at all."""


class Input(Record):
    """A file that the register is made of."""

    kind: Kind
    path: str
    sha256: str | None
    """Of its bytes, in hex; ``None`` for a file that is too large to be read."""
    commit: str | None
    """The commit that has these very bytes at that path; ``None`` if none is known to."""


class Accepted(Record):
    """A waiver on a key, app or account."""

    rule: str
    reason: str | None
    approved_by: str | None
    granted: date | None
    expires: date | None
    """The last day that it states, inclusive."""
    value: str | None
    """The only value of a finding that it accepts; ``None``: any."""
    state: State
    """On the day of the register."""
    why: str
    """Why it does not hold; empty if it does."""


class GrantedElsewhere(Record):
    """A waiver that the policy grants, and that stands on nothing in the inventory."""

    account: str | None
    key: str | None
    app: str | None
    waiver: Accepted


class Entry(Record):
    """A declared key. All texts are masked and on one line; dates are UTC days."""

    account: str
    label: str
    environment: str
    status: str
    path: str
    line: int
    """Where it is declared, from 1."""
    judged: bool = True
    """``False`` for a key with a schema error: no rule looked at it, and most of it is not told."""
    apps: tuple[str, ...] = ()
    owner: str = ""
    """The key's own, else its apps', joined by ``, ``."""
    purpose: str = ""
    status_since: date | None = None
    permissions: tuple[str, ...] = ()
    """With the implied ``read_only``, sorted."""
    addresses: tuple[str, ...] = ()
    created: date | None = None
    age: int | None = None
    """Days on the day of the register."""
    rotate_by: date | None = None
    """The last day on which ``max-age`` does not fail; ``None`` if it does not limit the key."""
    last_reviewed: date | None = None
    last_used: date | None = None
    expires: date | None = None
    secret_ref: str = ""
    key_id: str = ""
    """The last digits, eight at most."""
    third_party: str = ""
    replaces: str = ""
    metadata: Mapping[str, Any] | None = None
    waivers: tuple[Accepted, ...] = ()
    findings: tuple[Finding, ...] = ()
    waived: int = 0
    """How many findings its waivers accept."""
    live: str = ""
    """What is known of it on OKX; empty without a snapshot."""
    listing: str = ""
    """How much of its account a snapshot shows, in its environment; empty without one."""

    @property
    def worst(self) -> Severity | None:
        """The greatest severity of its findings."""
        return max((finding.severity for finding in self.findings), default=None)


class AccountEntry(Record):
    """An account, declared or named by a key."""

    name: str
    type: str
    """``master``, ``sub``, or empty if nobody declares it, or not without a schema error."""
    is_declared: bool
    used: Mapping[str, int]
    """Keys that take a slot, by environment."""
    slots: int
    """How many keys ``key-limit`` lets an account have."""
    rights: Mapping[str, int]
    """Current keys by permission."""
    listing: str
    """How much of it a snapshot shows; empty without one."""
    waivers: tuple[Accepted, ...]
    findings: tuple[Finding, ...]
    """Of the account itself."""
    waived: int


class AppEntry(Record):
    """A declared app."""

    name: str
    owner: str
    purpose: str
    status: str
    needs: tuple[str, ...] | None
    """``None`` if it does not say."""
    egress: tuple[str, ...]
    keys: int
    """Current keys that name it."""
    waivers: tuple[Accepted, ...]
    findings: tuple[Finding, ...]
    waived: int


class Register(Record):
    """Everything that an auditor is shown, and what it takes to repeat it."""

    version: str
    """Of okxlint."""
    as_of: date
    policy_source: str
    policy_ref: str | None
    """The commit that has the policy as it was read, in full."""
    policy_state: PolicyState
    inputs: tuple[Input, ...]
    accounts: tuple[AccountEntry, ...]
    apps: tuple[AppEntry, ...]
    entries: tuple[Entry, ...]
    """By account and label."""
    others: tuple[Finding, ...]
    """Findings of nothing that has an entry: of files and the policy."""
    granted: tuple[GrantedElsewhere, ...]
    unknown: tuple[Unknown, ...]
    is_complete: bool
    """Whether there is nothing unknown that counts."""
    is_live: bool
    """Whether a snapshot says what is on OKX."""
    paths: tuple[str, ...]
    """What it is confined to, as files and folders; empty: it is of the whole inventory."""
    left_out: int
    """How many keys are declared elsewhere."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, those of keys first."""
        groups = [
            *(each.findings for each in self.entries),
            *(each.findings for each in self.accounts),
            *(each.findings for each in self.apps),
            self.others,
        ]
        # Of two keys of one name a finding may be about either, and then it stands at both.
        return tuple(dict.fromkeys(finding for found in groups for finding in found))

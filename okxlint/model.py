"""The nouns that every stage shares. Frozen, and importing nothing of ours but that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import IntEnum
from typing import NamedTuple

from okxlint.record import NOTHING, Record

STATUSES = ("planned", "active", "retired", "compromised", "revoked")
CURRENT = frozenset(STATUSES) - {"revoked"}
"""The statuses of a key that is, or will be, on OKX."""


class Severity(IntEnum):
    """How bad a finding is. Ordered, so that ``max`` and ``>=`` mean what they say."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The name as it stands in policies and reports: ``error``."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Severity:
        """The severity of a policy's word; ``KeyError`` if there is none."""
        return cls[word.upper()]


class Location(NamedTuple):
    """A stretch of a file. Lines and columns count from 1, columns in code points.

    ``end_column`` is exclusive. Lines are those of git: LF and CR LF alone end one.
    ``path`` is relative to the repository root, with ``/``.
    """

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


class Related(NamedTuple):
    """Another place that explains a finding."""

    location: Location
    message: str


class Fix(NamedTuple):
    """An edit that mends a finding and hides no fact: a stretch of a file gets another text."""

    title: str
    location: Location
    text: str


class Grant(Record):
    """The waiver that holds for a waived finding, as reports tell it."""

    reason: str | None
    approved_by: str | None
    expires: date | None
    path: str
    line: int


class Finding(Record):
    """One verdict of one rule about one target at one place. The engine alone makes these."""

    rule: str
    severity: Severity
    message: str
    help: str
    location: Location
    account: str | None = None
    key: str | None = None
    app: str | None = None
    value: str | None = None
    fails_on: date | None = None
    """The first UTC day on which the finding is at its full severity; past or future."""
    fingerprint: str = ""
    related: tuple[Related, ...] = ()
    waiver: Grant | None = None
    new: bool | None = None
    """Whether the base does not have it; ``None`` without a base."""
    fix: Fix | None = None


class Pending(NamedTuple):
    """A waiver that does not hold yet, because the commit that rules does not have it."""

    rule: str
    account: str | None
    key: str | None
    app: str | None
    value: str | None
    grant: Grant
    commit: str | None = None
    """The full id of that commit."""


class Stale(NamedTuple):
    """An entry of a baseline that accepts nothing."""

    rule: str
    account: str | None
    key: str | None
    app: str | None
    value: str | None
    fingerprint: str
    location: Location
    reason: str


class Baseline(Record):
    """The file whose findings are accepted, and what it did not do."""

    path: str
    until: date | None
    """Its last day, inclusive; ``None`` if the commit that rules does not have the file."""
    problem: str | None = None
    """Why it accepts nothing."""
    stale: tuple[Stale, ...] = ()


class Unknown(NamedTuple):
    """Something that could not be looked at: never a pass, always told."""

    kind: str
    message: str
    account: str | None = None
    accepted: bool = False
    """Told, but the run is not incomplete for it."""


class RuleCard(Record):
    """What a report says of a rule: enough for a reader who has never seen it."""

    id: str
    group: str
    summary: str
    reason: str
    help: str
    markdown: str
    severity: Severity
    security_severity: str


class Excerpt(NamedTuple):
    """The one view of a file that a writer has: its lines without secrets, and its line hashes."""

    line: Callable[[int], str]
    """The text of a line, counted from 1, masked to the same width; ``""`` beyond the end."""
    line_hashes: Callable[[], Mapping[int, str]]
    """``primaryLocationLineHash`` of each line, as code scanning computes it."""


class Report(Record):
    """All that a run found out. Every writer is a function of it; its strings are safe to print.

    ``findings`` and ``waived`` are sorted by path, line, column and rule.
    """

    version: str
    as_of: date
    policy_source: str
    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...]
    unknown: tuple[Unknown, ...]
    files: int
    accounts: int
    apps: int
    keys: int
    fail_on: Severity | None
    """The least severity that fails the run; ``None`` is ``--fail-on never``."""
    coverage: tuple[tuple[str, str, int], ...] = ()
    """Accounts as (name, listing, keys on OKX); empty without a snapshot."""
    excerpts: Mapping[str, Excerpt] = NOTHING
    cards: Callable[[], Mapping[str, RuleCard]] = dict
    policy_ref: str | None = None
    """The full id of the commit that the policy was read from; ``None``: from the work tree."""
    old: int = 0
    """How many old findings ``--new-only`` left out."""
    pending: tuple[Pending, ...] | None = None
    """The waivers that are not in force yet; ``None`` without a commit that rules."""
    base_ref: str | None = None
    """The full id of the commit compared with; ``None`` without a base."""
    baseline: Baseline | None = None

    @property
    def accepted(self) -> int:
        """How many of the waived findings the baseline accepts."""
        if self.baseline is None:
            return 0
        grants = (finding.waiver for finding in self.waived)
        return sum(grant is not None and grant.path == self.baseline.path for grant in grants)

    def count(self, severity: Severity) -> int:
        """How many findings have exactly this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def exit(self) -> int:
        """0 clean, 1 a finding that fails the run, 3 something that could not be looked at."""
        worst = max((finding.severity for finding in self.findings), default=0)
        if self.fail_on is not None and worst >= self.fail_on:
            return 1
        return 0 if all(unknown.accepted for unknown in self.unknown) else 3

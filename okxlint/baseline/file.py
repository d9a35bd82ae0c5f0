"""A baseline as it is written: its terms, and the findings that it lists, one a line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal

from pydantic_core import PydanticCustomError

from okxlint.documents.reader import Parsed
from okxlint.field_types import Day, Name, Text
from okxlint.forms import FORBID, Form, plain
from okxlint.lazy import Pattern
from okxlint.model import Finding, Location, Severity
from okxlint.policy.typed_file import read_typed

_FINGERPRINT = "[0-9a-f]{32}:[1-9][0-9]{0,8}"
_IS_FINGERPRINT = Pattern(_FINGERPRINT)
_ABOUT = """\
# Accepted findings: 'okxlint check --baseline' leaves them out up to the last day, inclusive.
# Written by 'okxlint baseline'; 'okxlint baseline --prune' takes out what is mended.
"""


def _parse_fingerprint(value: Any) -> str:
    if isinstance(value, str) and _IS_FINGERPRINT.fullmatch(value):
        return value
    raise PydanticCustomError(
        "fingerprint", "a fingerprint is 32 lower-case hex digits, ':' and a number"
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Entry:
    """A finding that is accepted: names and value as reports tell them, nothing secret in them."""

    __pydantic_config__ = FORBID
    account: Text | None = None
    key: Text | None = None
    app: Text | None = None
    rule: Name
    value: Text | None = None
    severity: Literal["error", "warning", "info"]
    """The greatest that is accepted: a finding that has become worse is reported again."""
    fingerprint: Annotated[
        str,
        Form(plain(_parse_fingerprint), {"type": "string", "pattern": f"^{_FINGERPRINT}$"}),
    ]
    location: Location = field(default=Location(""), init=False, repr=False)

    @property
    def names(self) -> tuple[str | None, ...]:
        """The account, key and app that the finding is about."""
        return self.account, self.key, self.app

    @property
    def order(self) -> tuple[str | int, ...]:
        """What entries are sorted by."""
        names = (name or "" for name in (*self.names, self.rule, self.value))
        digest, _, number = self.fingerprint.partition(":")
        return (*names, digest, int(number))


@dataclass(frozen=True, kw_only=True)
class BaselineText:
    """A baseline's fields."""

    __pydantic_config__ = FORBID
    version: Literal["1"]
    until: Day
    """The last day on which it accepts anything."""
    reason: Name
    approved_by: Name | None = None
    granted: Day | None = None
    """The day on which ``until`` was set, where the policy asks for it."""
    accepted: tuple[Entry, ...] = ()


@dataclass(frozen=True, eq=False)
class BaselineFile:
    """A baseline that was read."""

    shown: str
    """As reports name it."""
    text: BaselineText
    parsed: Parsed


def entry_of(finding: Finding) -> Entry:
    """The entry that accepts a finding."""
    return Entry(
        account=finding.account,
        key=finding.key,
        app=finding.app,
        rule=finding.rule,
        value=finding.value,
        severity=_WORDS[finding.severity],
        fingerprint=finding.fingerprint,
    )


_WORDS: dict[Severity, Literal["error", "warning", "info"]] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "info",
}


def written(text: BaselineText) -> str:
    """A baseline as YAML: an entry a line, sorted, so that changes merge and read well."""
    lines = [f"version: {text.version}", f"until: {text.until}"]
    lines.append(f"reason: {_quoted(text.reason)}")
    if text.approved_by is not None:
        lines.append(f"approved_by: {_quoted(text.approved_by)}")
    if text.granted is not None:
        lines.append(f"granted: {text.granted}")
    lines.append("accepted:" if text.accepted else "accepted: []")
    lines += (_line(entry) for entry in sorted(text.accepted, key=lambda entry: entry.order))
    return _ABOUT + "".join(f"{line}\n" for line in lines)


def _line(entry: Entry) -> str:
    told = {each.name: getattr(entry, each.name) for each in fields(entry) if each.init}
    parts = (f"{name}: {_quoted(value)}" for name, value in told.items() if value is not None)
    return f"  - {{{', '.join(parts)}}}"


def _quoted(text: str) -> str:
    # JSON is YAML but for what it leaves as it is and YAML forbids, or that turns a line around.
    written = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in written)


def read_baseline(shown: str, data: bytes) -> BaselineFile:
    """A baseline's bytes, read by the reader of manifests.

    Raises ``OkxlintError`` that names file, line and column of everything that is wrong.
    """
    file = read_typed(shown, data, (BaselineText, Entry), "a baseline")
    text: BaselineText = file.value
    places = file.origin.children("accepted", count=len(text.accepted))
    for entry, where in zip(text.accepted, places, strict=True):
        object.__setattr__(entry, "location", where.label.location)
    return BaselineFile(shown, text, file.parsed)

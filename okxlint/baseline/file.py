"""A baseline as it is written: its terms, and the findings that it lists, one a line."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from okxlint.documents.reader import Parsed, read
from okxlint.errors import OkxlintError
from okxlint.field_types import Day, Name, Text
from okxlint.lazy import Pattern
from okxlint.model import Finding, Location, Severity
from okxlint.origin import Origin, Place
from okxlint.policy.text import Wrong, adapter, explain, nearest_of, told

_FORBID = ConfigDict(extra="forbid")
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

    __pydantic_config__ = _FORBID
    account: Text | None = None
    key: Text | None = None
    app: Text | None = None
    rule: Name
    value: Text | None = None
    severity: Literal["error", "warning", "info"]
    """The greatest that is accepted: a finding that has become worse is reported again."""
    fingerprint: Annotated[
        str,
        PlainValidator(_parse_fingerprint),
        WithJsonSchema({"type": "string", "pattern": f"^{_FINGERPRINT}$"}),
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

    __pydantic_config__ = _FORBID
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
    file = read(shown, data)
    documents = [document for document in file.documents if document.value is not None]
    problems = [Wrong(Place(file.source, p.start, p.end), p.message) for p in file.problems]
    if problems or len(documents) != 1 or not isinstance(documents[0].value, dict):
        message = "a baseline is one document: a mapping that begins with 'version: 1'"
        raise _refused(problems or [Wrong(Place(file.source, 0, 0), message)])
    origin = Origin(file.source, file.spans, documents[0].node)
    try:
        text: BaselineText = adapter(BaselineText).validate_python(_stated(documents[0].value))
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise _refused([_wrong(origin, detail) for detail in details]) from None
    places = origin.children("accepted", count=len(text.accepted))
    for entry, where in zip(text.accepted, places, strict=True):
        object.__setattr__(entry, "location", where.label.location)
    return BaselineFile(shown, text, file)


def _stated(value: Any) -> Any:
    """A value without nulls: they are as if absent."""
    if isinstance(value, dict):
        return {name: _stated(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_stated(item) for item in value if item is not None]
    return value


def _wrong(origin: Origin, detail: Any) -> Wrong:
    route = detail["loc"]
    if detail["type"] == "unexpected_keyword_argument":
        kind = Entry if len(route) > 1 else BaselineText
        names = [each.name for each in fields(kind) if each.init]
        nearest = nearest_of(str(route[-1]), names)
        return Wrong(origin.name_of(*route), f"'{route[-1]}' is no field here{nearest}")
    return explain(origin, detail)


def _refused(problems: Iterable[Wrong]) -> OkxlintError:
    return OkxlintError(told(problems), "A baseline must be right as a whole.")


def save(path: str, text: str) -> None:
    """Write a file as a whole, or leave what is there as it is. Raises ``OSError``."""
    folder, name = os.path.split(path)
    beside = os.path.join(folder, f".{name}.{os.getpid()}")
    with open(beside, "x", encoding="utf-8", newline="\n") as stream:
        try:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
            if os.path.lexists(path):
                shutil.copymode(path, beside)
            os.replace(beside, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(beside)
            raise

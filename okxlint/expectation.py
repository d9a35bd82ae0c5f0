"""Manifests that say in comments what must be found in them.

``# expect: RULE[:severity] [value]`` stands on the line of the finding; several are parted by
``;``, and a remark follows behind another ``#``. A value that holds one of these stands in double
quotes, as in JSON. The first comment may set ``# as-of: DATE``, ``# policy: FILE|PACK``,
``# select: RULE,…`` and ``# rules: {…}``, settings as in a policy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from okxlint.documents.comments import comments, top_end
from okxlint.documents.reader import Parsed
from okxlint.lazy import Pattern
from okxlint.model import Finding
from okxlint.suggest import did_you_mean

HEADERS = ("as-of", "policy", "select", "rules")
_SEVERITIES = ("info", "warning", "error")
_EXPECT = Pattern(r"#\s*expect:[ \t]*")
_ONE = Pattern(
    r"(?P<rule>[a-z0-9/-]+)(?::(?P<severity>\w+))?"
    r'(?:[ \t]+(?P<value>"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"|[^\s;"#].*?))?'
    r"[ \t]*(?P<end>;[ \t]*|(?<=[ \t])#|$)"
)
_HEADER = Pattern(r"#\s*([a-z][a-z_ -]*):\s*(.*?)\s*$")
# Who misspells a word has its first letter right, and most comments begin with another.
_NEARLY = Pattern(r"#\s*([Ee]\w{3,8})(?:\s*:\s*|\s+)([a-z0-9/-]+)")
_REMARK = Pattern(r"(?:^|\s)#")


class Expected(NamedTuple):
    """A finding that must be there; ``None`` is any."""

    line: int
    rule: str
    severity: str | None
    value: str | None

    def fits(self, finding: Finding) -> bool:
        """Whether this is the finding that was meant, lines aside."""
        return (
            finding.rule == self.rule
            and self.severity in (None, finding.severity.word)
            and self.value in (None, finding.value)
        )

    def __str__(self) -> str:
        severity = f":{self.severity}" if self.severity else ""
        value = "" if self.value is None else f" {_quoted(self.value)}"
        return f"{self.rule}{severity}{value}"


class Header(NamedTuple):
    """What a line of the first comment sets."""

    line: int
    text: str


class Doubt(NamedTuple):
    """A comment that was perhaps meant to expect something, if there is such a rule."""

    line: int
    word: str
    rule: str


@dataclass(frozen=True)
class Script:
    """What the comments of a manifest say."""

    expected: tuple[Expected, ...] = ()
    header: dict[str, Header] = field(default_factory=dict)
    """By name."""
    as_of: date | None = None
    select: frozenset[str] | None = None
    problems: tuple[str, ...] = ()
    """Comments that are not right, with their lines."""
    doubts: tuple[Doubt, ...] = ()
    is_test: bool = False
    """Whether it says, or tries to say, anything."""

    def text(self, name: str) -> str | None:
        """What the first comment sets under a name."""
        return self.header[name].text if name in self.header else None


class Difference(NamedTuple):
    """What was not as expected."""

    missing: tuple[Expected, ...]
    unexpected: tuple[tuple[int, Finding], ...]
    """With the line on which they could be expected."""


def read_script(file: Parsed) -> Script:
    """The expectations in a manifest, and how it is to be judged."""
    reader = _Reader()
    top = top_end(file)
    for start, comment in comments(file):
        line, _ = file.source.position(start)
        reader.expectations(line, comment)
        reader.header(line, comment, at_top=start < top)
    return reader.script()


class _Reader:
    """Takes one comment after the other."""

    def __init__(self) -> None:
        self.expected: list[Expected] = []
        self.headers: dict[str, Header] = {}
        self.problems: list[tuple[int, str]] = []
        self.doubts: list[Doubt] = []
        self.is_test = False

    def wrong(self, line: int, message: str) -> None:
        self.problems.append((line, message))

    def expectations(self, line: int, comment: str) -> None:
        done = 0
        for found in _EXPECT.finditer(comment):
            if found.start() >= done:
                done = self._listed(line, comment, found.end())
        for found in _NEARLY.finditer(comment):
            if not _EXPECT.match(comment, found.start()) and _near(found[1], ("expect",)):
                self.doubts.append(Doubt(line, found[1], found[2]))

    def _listed(self, line: int, comment: str, start: int) -> int:
        """Take what one ``expect:`` lists; where that ends."""
        self.is_test = True
        while found := _ONE.match(comment, start):
            rule, severity, value = found["rule"], found["severity"], found["value"]
            if severity not in (None, *_SEVERITIES):
                nearest = did_you_mean(severity, _SEVERITIES) or f" ({', '.join(_SEVERITIES)})"
                self.wrong(line, f"'{severity}' is no severity{nearest}")
            if value and value.startswith('"'):
                value = json.loads(value, strict=False)
            self.expected.append(Expected(line, rule, severity, value))
            start = found.end()
            if not found["end"].startswith(";"):
                return start - len(found["end"])
        self.wrong(line, f"'{comment[start:].strip()}' is not RULE[:severity] [value]")
        return len(comment)

    def header(self, line: int, comment: str, at_top: bool) -> None:
        found = _HEADER.match(comment)
        if not found or found[1] == "expect":
            return
        name, text = found[1].strip(), found[2]
        nearest = _near(name, HEADERS) if at_top else None
        self.is_test = self.is_test or nearest is not None
        if name not in HEADERS:
            if nearest:
                told = f"'# {name}:' is nothing that a test can set; did you mean '# {nearest}:'?"
                self.wrong(line, told)
        elif not at_top:
            self.wrong(line, f"'# {name}:' holds only in the first comment; move it to the top")
        elif name in self.headers:
            self.wrong(line, f"'# {name}:' stands on line {self.headers[name].line} already")
        else:
            text = text if name == "rules" else _REMARK.split(text)[0].strip()
            self.headers[name] = Header(line, text)
            if not text:
                self.wrong(line, f"'# {name}:' says nothing")

    def script(self) -> Script:
        as_of = self._as_of()
        select = self._select()
        problems = tuple(f"line {line}: {message}" for line, message in sorted(self.problems))
        expected, doubts = tuple(self.expected), tuple(self.doubts)
        return Script(expected, self.headers, as_of, select, problems, doubts, is_test=self.is_test)

    def _as_of(self) -> date | None:
        line, text = self.headers.get("as-of") or Header(0, "")
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        if text:
            self.wrong(line, f"'{text}' is no day; write YYYY-MM-DD")
        return None

    def _select(self) -> frozenset[str] | None:
        line, text = self.headers.get("select") or Header(0, "")
        names = frozenset(text.replace(",", " ").split())
        if text and not names:
            self.wrong(line, "'# select:' names no rule, so none would run")
        return names or None


def _quoted(value: str) -> str:
    """A value as a comment has it: as it is, if it is read so."""
    found = _ONE.match(f"rule {value}")
    is_plain = found and found["value"] == value and not value.startswith('"')
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _near(word: str, names: Iterable[str]) -> str | None:
    """The name that a word misspells. A remark may begin with a word that is somewhat alike."""
    from difflib import get_close_matches

    plain = word.lower().replace("_", "-").replace(" ", "-")
    return next(iter(get_close_matches(plain[:20], names, 1, 0.8)), None)


def compare(
    expected: Iterable[Expected],
    findings: Iterable[Finding],
    line_of: Callable[[int], int] = lambda line: line,
) -> Difference:
    """What is missing, and what nobody expected. Each finding answers one expectation.

    ``line_of`` tells on which line a finding on a line is expected.
    """
    left = [(line_of(finding.location.line), finding) for finding in findings]
    missing = []
    # The most exact first, so that a loose one does not take the finding of another.
    order: Any = sorted(expected, key=lambda e: (e.value is None, e.severity is None))
    for one in order:
        for found in left:
            if found[0] == one.line and one.fits(found[1]):
                left.remove(found)
                break
        else:
            missing.append(one)
    return Difference(tuple(sorted(missing, key=lambda e: (e.line, str(e)))), tuple(left))

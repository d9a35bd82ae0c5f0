"""Manifests that say in comments what must be found in them.

``# expect: RULE[:severity] [value]`` stands on the line of the finding; several on one line are
parted by ``;``. Comments at the top may set ``# as-of: DATE`` and ``# rules: {…}``, settings
as in a policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from okxlint.model import Finding

_EXPECT = re.compile(r"#\s*expect:\s*(.+?)\s*$")
_HEADER = re.compile(r"#\s*(as-of|rules|policy|select):\s*(.+?)\s*$")
_ONE = re.compile(r"(?P<rule>[a-z0-9/-]+)(?::(?P<severity>[a-z]+))?(?:\s+(?P<value>\S.*))?")


class Expected(NamedTuple):
    """A finding that must be there; ``None`` is any."""

    line: int
    rule: str
    severity: str | None
    value: str | None

    def fits(self, finding: Finding) -> bool:
        """Whether this is the finding that was meant."""
        return (
            finding.location.line == self.line
            and finding.rule == self.rule
            and self.severity in (None, finding.severity.word)
            and self.value in (None, finding.value)
        )

    def __str__(self) -> str:
        severity = f":{self.severity}" if self.severity else ""
        value = f" {self.value}" if self.value else ""
        return f"line {self.line}: {self.rule}{severity}{value}"


@dataclass(frozen=True)
class Script:
    """What the comments of a manifest say."""

    expected: tuple[Expected, ...]
    as_of: date | None = None
    header: dict[str, str] = field(default_factory=dict)


class Difference(NamedTuple):
    """What was not as expected."""

    missing: tuple[Expected, ...]
    unexpected: tuple[Finding, ...]


def read_script(text: str) -> Script:
    """The expectations in a manifest. Raises ``ValueError`` for a comment that is none."""
    expected = []
    header: dict[str, str] = {}
    at_top = True
    for number, line in enumerate(text.split("\n"), start=1):
        at_top = at_top and line.startswith("#")
        found = _HEADER.match(line) if at_top else None
        if found:
            header[found[1]] = found[2]
        comment = _EXPECT.search(line)
        for one in comment[1].split(";") if comment else ():
            parsed = _ONE.fullmatch(one.strip())
            if not parsed:
                raise ValueError(f"line {number}: '{one.strip()}' is not RULE[:severity] [value]")
            expected.append(Expected(number, *parsed.group("rule", "severity", "value")))
    as_of = date.fromisoformat(header["as-of"]) if "as-of" in header else None
    return Script(tuple(expected), as_of, header)


def compare(expected: Iterable[Expected], findings: Iterable[Finding]) -> Difference:
    """What is missing, and what nobody expected. Each finding answers one expectation."""
    left = list(findings)
    missing = []
    # The most exact first, so that a loose one does not take the finding of another.
    order: Any = sorted(expected, key=lambda e: (e.value is None, e.severity is None))
    for one in order:
        for finding in left:
            if one.fits(finding):
                left.remove(finding)
                break
        else:
            missing.append(one)
    return Difference(tuple(sorted(missing, key=lambda e: (e.line, str(e)))), tuple(left))

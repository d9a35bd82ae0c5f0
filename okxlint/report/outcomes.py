"""What came of policy tests: for people as a difference, for programs as JUnit XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from typing import TextIO

from okxlint.policy_tests import Outcome
from okxlint.report.junit import safe
from okxlint.report.numbered import numbered
from okxlint.report.paint import Paint
from okxlint.report.summary import plural
from okxlint.secrets.redact import unarmed, visible

_TOOL = "okxlint test"
_CLASS = "okxlint.test"


def write_text(outcomes: Sequence[Outcome], stream: TextIO, color: bool = False) -> None:
    """Write each test that failed with what was not as expected, then the counts."""
    paint = Paint(color)
    for outcome in outcomes:
        if not outcome.passed:
            lines = (paint.difference(_shown(line)) for line in difference(outcome))
            stream.write("\n".join([*lines, "", ""]))
    stream.writelines(f"{_shown(line)}\n" for line in _summary(outcomes))


def write_junit(outcomes: Sequence[Outcome], stream: TextIO) -> None:
    """Write one test case a file. ASCII, whatever the encoding of the stream."""
    errors = sum(bool(outcome.problems) for outcome in outcomes)
    failures = sum(not outcome.passed for outcome in outcomes) - errors
    counts = {"tests": len(outcomes), "failures": failures, "errors": errors}
    told = {name: str(count) for name, count in counts.items()}
    root = ET.Element("testsuites", {"name": _TOOL, "time": "0", **told})
    suite = ET.SubElement(root, "testsuite", {**root.attrib, "skipped": "0"})
    names = numbered(safe(outcome.path) for outcome in outcomes)
    for outcome, name in zip(outcomes, names, strict=True):
        about = {"classname": _CLASS, "name": name, "file": safe(outcome.path), "time": "0"}
        case = ET.SubElement(suite, "testcase", about)
        if not outcome.passed:
            headline, *lines = map(safe, difference(outcome))
            kind = "error" if outcome.problems else "failure"
            element = ET.SubElement(case, kind, {"type": kind, "message": headline})
            element.text = "\n".join([headline, *lines])
    ET.indent(root)
    text = ET.tostring(root, encoding="us-ascii").decode("ascii")
    stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n')


def difference(outcome: Outcome) -> Iterator[str]:
    """A failed test: what is missing with ``-``, what nobody expected with ``+``, line by line."""
    judged = f" (policy {outcome.policy}, as of {outcome.as_of})" if outcome.as_of else ""
    yield f"FAILED {outcome.path}{judged}"
    yield from (f"  ! {problem}" for problem in outcome.problems)
    shown = 0
    for row in outcome.rows:
        if row.line != shown:
            shown = row.line
            source = outcome.lines[shown].replace("\t", " ")
            yield f"  {shown} | {source}".rstrip()
        yield f"    {row.sign} {row.said}  ({row.why})"


def _summary(outcomes: Sequence[Outcome]) -> Iterator[str]:
    passed = [outcome for outcome in outcomes if outcome.passed]
    found = plural(sum(outcome.expected for outcome in passed), "finding")
    told = f"{len(passed):,} passed ({found} as expected)"
    if len(passed) < len(outcomes):
        counts = {
            "missing": sum(outcome.count("-") for outcome in outcomes),
            "unexpected": sum(outcome.count("+") for outcome in outcomes),
            "could not be run": sum(bool(outcome.problems) for outcome in outcomes),
        }
        why = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
        told += f", {len(outcomes) - len(passed):,} failed ({why})"
    yield f"{told}."
    undated = [outcome for outcome in outcomes if outcome.undated]
    if undated:
        sets = "test sets" if len(undated) == 1 else "tests set"
        yield (
            f"{len(undated):,} {sets} no day with '# as-of:' and may end otherwise tomorrow: "
            f"{', '.join(outcome.path for outcome in undated[:3])}{', …' if undated[3:] else ''}"
        )


def _shown(line: str) -> str:
    return unarmed(visible(line))

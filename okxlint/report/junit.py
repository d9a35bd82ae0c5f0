"""JUnit XML, as GitLab, Jenkins and the test reporters of GitHub read it.

A test suite for each file, and in it a test case for each finding: a ``<failure>`` if the finding
fails the run; else the case passes and has the finding as its ``<system-out>``, so that what does
not end a pipeline turns no report red. What could not be looked at is an ``<error>`` in the suite
``okxlint``, and ``<skipped>`` if that is accepted; a waived finding is ``<skipped>`` too. A run
that has none of these has one case, which passes: readers take an empty report for a broken one.

What readers do decides the rest. GitLab takes cases with one class and name for one, compares
branches by them, and shows a failure's text but not its ``message``
(<https://docs.gitlab.com/ci/testing/unit_test_reports/>): so names are unique, have no line in
them, and the text says all. Jenkins makes packages of what stands before a class's last dot
(jenkinsci/junit-plugin, ``CaseResult.java``). ``file`` and ``line`` are for GitLab's links and for
annotations on GitHub; Jenkins's step ``junit`` ignores them, and only its plugin xUnit, which
checks against a schema, refuses them.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TextIO

from okxlint.model import Finding, Report, Severity, Unknown
from okxlint.report import View
from okxlint.report.numbered import numbered
from okxlint.report.summary import at, granted, summary_lines
from okxlint.secrets.redact import unarmed, visible

_TOOL = "okxlint"
_LONGEST_NAME = 200


class Case(NamedTuple):
    """A test case in the making."""

    suite: str
    class_name: str
    name: str
    outcome: str
    """The element that says what came of it: ``failure``, ``error``, ``skipped``, ``system-out``.

    A case with the last has passed.
    """
    kind: str
    message: str
    text: str
    line: int | None = None
    """The line in the file that the suite is called after."""


def write(report: Report, stream: TextIO, view: View) -> None:
    """Write a suite for each file. ASCII, whatever the encoding of the stream."""
    cases = list(_cases(report, view.show_waived)) or [_clean(report)]
    names = numbered([f"{case.class_name}\n{case.name}" for case in cases])
    suites: dict[str, list[Case]] = {}
    for case, name in zip(cases, names, strict=True):
        named = case._replace(name=name.split("\n")[1])
        suites.setdefault(case.suite, []).append(named)
    root = ET.Element("testsuites", {"name": _TOOL, "time": "0", **_counts(cases)})
    for name, inside in suites.items():
        root.append(_suite(name, inside, report))
    ET.indent(root)
    text = ET.tostring(root, encoding="us-ascii").decode("ascii")
    stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n')


def _cases(report: Report, show_waived: bool) -> Iterator[Case]:
    for finding in report.findings:
        yield _of_finding(finding, report.fail_on)
    for finding in report.waived if show_waived else ():
        yield _of_waived(finding)
    for unknown in report.unknown:
        yield _of_unknown(unknown)


def _of_finding(finding: Finding, fail_on: Severity | None) -> Case:
    fails = fail_on is not None and finding.severity >= fail_on
    lines = [_headline(finding), f"next: {finding.help}"]
    lines += (f"see: {at(place)}: {message}" for place, message in finding.related)
    return Case(
        suite=safe(finding.location.path),
        class_name=f"{_TOOL}.{safe(finding.rule)}",
        name=_name(finding),
        outcome="failure" if fails else "system-out",
        kind=finding.severity.word,
        message=safe(finding.message),
        text=_text(lines),
        line=finding.location.line,
    )


def _of_waived(finding: Finding) -> Case:
    grant = f"waived {granted(finding.waiver)}" if finding.waiver else "waived"
    return _of_finding(finding, None)._replace(
        outcome="skipped",
        kind="waived",
        message=safe(grant),
        text=_text([_headline(finding), grant]),
    )


def _of_unknown(unknown: Unknown) -> Case:
    return Case(
        suite=_TOOL,
        class_name=f"{_TOOL}.unknown",
        name=_shortened(": ".join(filter(None, (unknown.kind, unknown.account)))),
        outcome="skipped" if unknown.accepted else "error",
        kind="unknown",
        message=safe(unknown.message),
        text=_text([f"not looked at: {unknown.message}"]),
    )


def _clean(report: Report) -> Case:
    """The one case of a run that has nothing else to tell."""
    return Case(_TOOL, _TOOL, "check", "system-out", "", "", _text(summary_lines(report)))


def _headline(finding: Finding) -> str:
    place = at(finding.location)
    return f"{place}: {finding.severity.word}[{finding.rule}] {finding.message}"


def _name(finding: Finding) -> str:
    """What a finding is about, in words that stay when lines move."""
    key = "/".join(filter(None, (finding.account, finding.key)))
    target = ", ".join(filter(None, (key, finding.app)))
    return _shortened(": ".join(filter(None, (target, finding.value))) or finding.location.path)


def _suite(name: str, cases: list[Case], report: Report) -> ET.Element:
    skipped = sum(case.outcome == "skipped" for case in cases)
    suite = ET.Element("testsuite", {"name": name, "time": "0", **_counts(cases)})
    suite.set("skipped", str(skipped))
    properties = ET.SubElement(suite, "properties")
    about = {
        "version": report.version,
        "as_of": report.as_of.isoformat(),
        "policy": report.policy_source,
        "policy_ref": report.policy_ref,
    }
    for what, told in about.items():
        if told is not None:
            ET.SubElement(properties, "property", {"name": what, "value": safe(told)})
    for case in cases:
        suite.append(_element(case))
    return suite


def _counts(cases: Iterable[Case]) -> dict[str, str]:
    outcomes = [case.outcome for case in cases]
    return {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("failure")),
        "errors": str(outcomes.count("error")),
    }


def _element(case: Case) -> ET.Element:
    element = ET.Element("testcase", {"classname": case.class_name, "name": case.name, "time": "0"})
    if case.line is not None:
        element.set("file", case.suite)
        element.set("line", str(case.line))
    told = ET.SubElement(element, case.outcome)
    told.text = case.text
    if case.outcome != "system-out":
        told.set("type", case.kind)
        told.set("message", case.message)
    return element


def _text(lines: Iterable[str]) -> str:
    return "\n".join(map(safe, lines))


def safe(text: str) -> str:
    """A text that is valid in XML and that no reader obeys.

    What does not print is written as its escape, and that leaves nothing that XML 1.0 forbids.
    ``[[ATTACHMENT|path]]`` has Jenkins and GitLab keep a file of the machine.
    """
    return unarmed(visible(text)).replace("[[ATTACHMENT", r"[\[ATTACHMENT")


def _shortened(text: str) -> str:
    text = safe(text)
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"

"""One line a finding: ``path:line:column: severity[rule] message``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from okxlint.model import Finding, Report
from okxlint.report import View
from okxlint.report.paint import Paint
from okxlint.report.summary import at, not_in_force, of_baseline, statistics, summary_lines
from okxlint.secrets.redact import unarmed


def write(report: Report, stream: TextIO, view: View) -> None:
    """Write each finding on one line, then the summary."""
    paint = Paint(view.color)

    def put(line: str) -> None:
        stream.write(unarmed(line) + "\n")

    for finding in report.findings:
        put(_line(finding, paint))
    for finding in report.waived if view.show_waived else ():
        put(f"{_line(finding, paint)} {paint.dim('(waived)')}")
    for line in _besides(report, paint):
        put(line)
    if view.statistics:
        for row in statistics(report):
            put(row)
    if not view.quiet:
        for row in summary_lines(report):
            put(row)


def _besides(report: Report, paint: Paint) -> Iterator[str]:
    """What is told besides findings."""
    for pending in report.pending or ():
        yield f"{paint.unknown('pending')}[{pending.rule}] {not_in_force(pending)}"
    for told in of_baseline(report):
        yield f"{paint.unknown('baseline')}: {told}"
    for unknown in report.unknown:
        accepted = f" {paint.dim('(accepted)')}" if unknown.accepted else ""
        yield f"{paint.unknown('unknown')}[{unknown.kind}] {unknown.message}{accepted}"


def _line(finding: Finding, paint: Paint) -> str:
    severity = paint.severity(finding.severity)
    return f"{at(finding.location)}: {severity}[{finding.rule}] {finding.message}"

"""One line a finding: ``path:line:column: severity[rule] message``."""

from __future__ import annotations

from typing import TextIO

from okxlint.model import Finding, Report
from okxlint.redact import unarmed, visible
from okxlint.report import View
from okxlint.report.paint import Paint
from okxlint.report.summary import statistics, summary_lines


def write(report: Report, stream: TextIO, view: View) -> None:
    """Write each finding on one line, then the summary."""
    paint = Paint(view.color)

    def put(line: str) -> None:
        stream.write(unarmed(line) + "\n")

    for finding in report.findings:
        put(_line(finding, paint))
    for finding in report.waived if view.show_waived else ():
        put(f"{_line(finding, paint)} {paint.dim('(waived)')}")
    for unknown in report.unknown:
        put(f"{paint.unknown('unknown')}[{unknown.kind}] {unknown.message}")
    if view.statistics:
        for row in statistics(report):
            put(row)
    if not view.quiet:
        for row in summary_lines(report):
            put(row)


def _line(finding: Finding, paint: Paint) -> str:
    place = finding.location
    severity = paint.severity(finding.severity)
    where = f"{visible(place.path)}:{place.line}:{place.column}"
    return f"{where}: {severity}[{finding.rule}] {finding.message}"

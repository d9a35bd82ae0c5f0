"""Workflow commands of GitHub Actions: annotations on the lines of a pull request.

Of one step the runner keeps ten annotations of each kind (actions/runner, src/Runner.Worker,
``ExecutionContext.AddIssue``) and none that says nothing (src/Sdk, ``IssueExtensions``). So the
worst come first, new ones before old ones; what could not be looked at comes as the first of the
warnings, since it fails a run where a warning does not (if it is accepted, as the last of the
notices); and one line says what is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from okxlint.model import Finding, Report, Severity, Unknown
from okxlint.report import View
from okxlint.report.summary import (
    at,
    granted,
    not_in_force,
    of_baseline,
    plural,
    summary_lines,
)
from okxlint.secrets.redact import unarmed, visible

SHOWN = 10
"""Annotations of one kind that the runner keeps of a step."""

_KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(report: Report, stream: TextIO, view: View) -> None:
    """Write an annotation for what GitHub shows, then plain lines for what it does not."""
    told = _by_kind(report)
    for kind, items in told.items():
        stream.writelines(f"::{kind} {_annotation(item)}\n" for item in items[:SHOWN])
    lines = [_waived(finding) for finding in report.waived] if view.show_waived else []
    lines += [f"pending: {not_in_force(pending)}" for pending in report.pending or ()]
    lines += [f"baseline: {told}" for told in of_baseline(report)]
    lines += _left_out((len(items) - SHOWN, kind) for kind, items in told.items())
    if not view.quiet:
        lines += summary_lines(report)
    stream.writelines(f"{_line(line)}\n" for line in lines)


def _by_kind(report: Report) -> dict[str, list[Finding | Unknown]]:
    """What is told, by kind of annotation, the worst first."""
    told: dict[str, list[Finding | Unknown]] = {kind: [] for kind in _KINDS.values()}
    told["warning"] += [unknown for unknown in report.unknown if not unknown.accepted]
    for finding in sorted(report.findings, key=lambda finding: finding.new is False):
        told[_KINDS[finding.severity]].append(finding)
    told["notice"] += [unknown for unknown in report.unknown if unknown.accepted]
    return told


def _annotation(item: Finding | Unknown) -> str:
    if isinstance(item, Unknown):
        title = f"okxlint unknown {item.kind}"
        return _command({"title": title}, f"not looked at: {item.message}")
    place = item.location
    properties = {"file": place.path, "line": str(place.line), "col": str(place.column)}
    # The runner drops all columns of what ends on another line.
    if place.end_line == place.line:
        properties["endColumn"] = str(place.end_column)
    properties["title"] = f"okxlint {item.rule}"
    return _command(properties, item.message.strip() or item.rule, item.help)


def _command(properties: dict[str, str], *texts: str) -> str:
    told = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
    message = "\n".join(_line(text) for text in texts if text)
    return f"{told}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(_line(text)).replace(":", "%3A").replace(",", "%2C")


def _line(text: str) -> str:
    return unarmed(visible(text))


def _waived(finding: Finding) -> str:
    until = f" ({granted(finding.waiver)})" if finding.waiver else ""
    severity = finding.severity.word
    return f"waived: {at(finding.location)}: {severity}[{finding.rule}] {finding.message}{until}"


def _left_out(counts: Iterable[tuple[int, str]]) -> list[str]:
    more = ", ".join(plural(count, f"more {kind}") for count, kind in counts if count > 0)
    if not more:
        return []
    return [
        f"Not shown: {more}. GitHub shows {SHOWN} of each kind for a step; "
        "'-o markdown=$GITHUB_STEP_SUMMARY' tells more."
    ]

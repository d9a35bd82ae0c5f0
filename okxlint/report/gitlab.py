"""GitLab's Code Quality report: a JSON list with an entry for each finding.

GitLab documents ``description``, ``check_name``, ``fingerprint``, ``severity``, ``location.path``
(relative) and ``location.lines.begin``, and that there must be no byte order mark
(<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>). It stops reading
at the first entry that is not of its schema, and keeps one entry of each fingerprint (gitlabhq,
``code_climate.rb`` in ``lib/gitlab/ci/parsers/codequality``, ``codequality_reports.rb`` in
``lib/gitlab/ci/reports``).

The format has no place for what could not be looked at, and without it a report would look clean.
So that is an entry too, at a path of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TextIO

from typing_extensions import TypedDict

from okxlint.model import Finding, Report, Severity, Unknown
from okxlint.report import View
from okxlint.report.numbered import numbered
from okxlint.report.summary import granted, sentence
from okxlint.secrets.redact import visible

UNKNOWN = "okxlint-unknown"
"""The folder of the paths at which stands what could not be looked at."""

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


class Lines(TypedDict):
    """Where in a file; lines count from 1."""

    begin: int


class Place(TypedDict):
    """A file, relative to the repository's root."""

    path: str
    lines: Lines


class Entry(TypedDict):
    """What GitLab shows of one finding."""

    description: str
    check_name: str
    fingerprint: str
    severity: str
    location: Place


def write(report: Report, stream: TextIO, view: View) -> None:
    """Write all entries as one JSON list. ASCII, so that no control character is left."""
    entries = list(_entries(report, view.show_waived))
    fingerprints = numbered([entry["fingerprint"] for entry in entries])
    for entry, fingerprint in zip(entries, fingerprints, strict=True):
        entry["fingerprint"] = fingerprint
    # A log's reader may obey '##[command]' anywhere in a line; only texts can hold one.
    stream.write(json.dumps(entries, indent=2).replace("##[", r"#\u0023[") + "\n")


def _entries(report: Report, show_waived: bool) -> Iterator[Entry]:
    for finding in report.findings:
        yield _finding(finding, finding.help, _SEVERITIES[finding.severity])
    for finding in report.waived if show_waived else ():
        until = f"Waived {granted(finding.waiver)}" if finding.waiver else ""
        yield _finding(finding, until, "info")
    for unknown in report.unknown:
        yield _unknown(unknown)


def _finding(finding: Finding, more: str, severity: str) -> Entry:
    return _entry(
        [finding.message or finding.rule, more],
        finding.rule,
        finding.fingerprint,
        severity,
        finding.location.path,
        finding.location.line,
    )


def _unknown(unknown: Unknown) -> Entry:
    identity = [unknown.kind, unknown.account, unknown.message]
    return _entry(
        [f"Not looked at: {unknown.message}"],
        f"unknown-{unknown.kind}",
        hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:32],
        "info" if unknown.accepted else "major",
        f"{UNKNOWN}/{unknown.kind}",
        1,
    )


def _entry(
    texts: list[str], name: str, fingerprint: str, severity: str, path: str, line: int
) -> Entry:
    return {
        "description": " ".join(sentence(visible(text)) for text in texts if text),
        "check_name": visible(name),
        "fingerprint": fingerprint,
        "severity": severity,
        # Files outside the repository have absolute paths, which GitLab does not take.
        "location": {"path": visible(path).lstrip("/"), "lines": {"begin": line}},
    }

"""JSON, version 1: stable, for programs."""

from __future__ import annotations

import json
from typing import (
    Literal,
    NotRequired,  # what pydantic takes on Python 3.11
    TextIO,
)

from typing_extensions import TypedDict

from okxlint.model import Finding, Fix, Grant, Pending, Report, Severity
from okxlint.report import View
from okxlint.report.json_baseline import BaselineObject, baseline_object

SeverityWord = Literal["error", "warning", "info"]


_WORDS: dict[Severity, SeverityWord] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "info",
}


class Tool(TypedDict):
    """Who wrote the report."""

    name: Literal["okxlint"]
    version: str


class PolicyInForce(TypedDict):
    """The policy file or pack, and the commit that it was read from."""

    source: str
    ref: str | None


class Summary(TypedDict):
    """Counts of the whole inventory and of the findings reported; the exit status."""

    files: int
    accounts: int
    apps: int
    keys: int
    error: int
    warning: int
    info: int
    waived: int
    unknown: int
    exit: int


class RelatedPlace(TypedDict):
    """Another place that explains a finding."""

    path: str
    line: int
    column: int
    message: str


class FixObject(TypedDict):
    """An edit that mends a finding: what is to stand at the place instead. Ends are exclusive."""

    title: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class FindingObject(TypedDict):
    """One finding. Lines and columns count from 1, columns in code points; ends are exclusive."""

    rule: str
    severity: SeverityWord
    message: str
    help: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    account: str | None
    key: str | None
    app: str | None
    value: str | None
    fails_on: str | None
    new: bool | None
    fingerprint: str
    related: list[RelatedPlace]
    fix: FixObject | None


class WaiverObject(TypedDict):
    """The waiver that holds for a finding; ``expires`` is its last day."""

    reason: str | None
    approved_by: str | None
    expires: str | None
    path: str
    line: int


class WaivedObject(FindingObject):
    """A finding that a waiver suppresses."""

    waiver: WaiverObject


class UnknownObject(TypedDict):
    """Something that could not be looked at."""

    kind: str
    account: str | None
    message: str


class BaseObject(TypedDict):
    """The commit compared with, and how many old findings ``--new-only`` left out."""

    ref: str
    old: int


class PendingObject(TypedDict):
    """A waiver that is not in force yet: the commit whose policy rules does not have it."""

    rule: str
    account: str | None
    key: str | None
    app: str | None
    value: str | None
    waiver: WaiverObject


class AccountCoverage(TypedDict):
    """How much of an account was read from OKX, and how many keys it has there."""

    name: str
    listing: str
    keys: int


class Coverage(TypedDict):
    """What was read from OKX; empty without a snapshot."""

    accounts: list[AccountCoverage]


class ReportObject(TypedDict):
    """A report, version 1."""

    version: Literal[1]
    tool: Tool
    as_of: str
    policy: PolicyInForce
    summary: Summary
    findings: list[FindingObject]
    waived: list[WaivedObject]
    unknown: list[UnknownObject]
    coverage: Coverage
    base: NotRequired[BaseObject]
    """Only with ``--base``."""
    pending: NotRequired[list[PendingObject]]
    """Only with ``--policy-ref``."""
    baseline: NotRequired[BaselineObject]
    """Only with ``--baseline``."""


def write(report: Report, stream: TextIO, view: View) -> None:
    """Write the report as one JSON object. ASCII, so that no control character is left."""
    # A log's reader may obey '##[command]' anywhere in a line; only texts can hold one.
    text = json.dumps(document(report), indent=2).replace("##[", r"#\u0023[")
    stream.write(text + "\n")


def document(report: Report) -> ReportObject:
    """The report as plain data, in the order in which it is written."""
    written: ReportObject = {
        "version": 1,
        "tool": {"name": "okxlint", "version": report.version},
        "as_of": str(report.as_of),
        "policy": {"source": report.policy_source, "ref": report.policy_ref},
        "summary": _summary(report),
        "findings": [finding_object(finding) for finding in report.findings],
        "waived": [
            {**finding_object(finding), "waiver": _waiver(finding.waiver)}
            for finding in report.waived
            if finding.waiver
        ],
        "unknown": [
            {"kind": unknown.kind, "account": unknown.account, "message": unknown.message}
            for unknown in report.unknown
        ],
        "coverage": {
            "accounts": [
                {"name": name, "listing": listing, "keys": keys}
                for name, listing, keys in report.coverage
            ]
        },
    }
    if report.base_ref is not None:
        written["base"] = {"ref": report.base_ref, "old": report.old}
    if report.pending is not None:
        written["pending"] = [_pending(pending) for pending in report.pending]
    baseline = baseline_object(report)
    if baseline is not None:
        written["baseline"] = baseline
    return written


def _summary(report: Report) -> Summary:
    return {
        "files": report.files,
        "accounts": report.accounts,
        "apps": report.apps,
        "keys": report.keys,
        "error": report.count(Severity.ERROR),
        "warning": report.count(Severity.WARNING),
        "info": report.count(Severity.INFO),
        "waived": len(report.waived),
        "unknown": len(report.unknown),
        "exit": report.exit,
    }


def finding_object(finding: Finding) -> FindingObject:
    """A finding as plain data."""
    place = finding.location
    return {
        "rule": finding.rule,
        "severity": _WORDS[finding.severity],
        "message": finding.message,
        "help": finding.help,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "account": finding.account,
        "key": finding.key,
        "app": finding.app,
        "value": finding.value,
        "fails_on": str(finding.fails_on) if finding.fails_on else None,
        "new": finding.new,
        "fingerprint": finding.fingerprint,
        "related": [
            {
                "path": related.location.path,
                "line": related.location.line,
                "column": related.location.column,
                "message": related.message,
            }
            for related in finding.related
        ],
        "fix": _fix(finding.fix) if finding.fix else None,
    }


def _fix(fix: Fix) -> FixObject:
    place = fix.location
    return {
        "title": fix.title,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "text": fix.text,
    }


def _pending(pending: Pending) -> PendingObject:
    return {
        "rule": pending.rule,
        "account": pending.account,
        "key": pending.key,
        "app": pending.app,
        "value": pending.value,
        "waiver": _waiver(pending.grant),
    }


def _waiver(grant: Grant) -> WaiverObject:
    return {
        "reason": grant.reason,
        "approved_by": grant.approved_by,
        "expires": str(grant.expires) if grant.expires else None,
        "path": grant.path,
        "line": grant.line,
    }

"""One result of a SARIF log: the findings of one rule on one line."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import sarif_om as om  # noqa: TID253 - the SARIF writer alone imports this module

from okxlint.model import Excerpt, Finding, Fix, Grant, Location, Related, RuleCard, Severity
from okxlint.report.sarif_alert import Alert, place_of
from okxlint.report.summary import sentence

ROOT = "%SRCROOT%"
OUTSIDE = "FILESYSTEM"
"""What the paths of files outside the repository are relative to: ``file:///``."""
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}

_SENTENCES = 100
"""Messages told in one result: a manifest may be one long line. Its properties list them all."""
_RELATED = 100
"""Related places of one result; code scanning shows no more, and refuses a file for 1,000."""
_LINKS = 10
_BRACKETS = str.maketrans({"\\": "\\\\", "[": "\\[", "]": "\\]"})


class Results:
    """Makes the results of one log."""

    def __init__(
        self,
        excerpts: Mapping[str, Excerpt],
        alerts: Iterable[Alert],
        cards: Iterable[RuleCard],
        show_waived: bool,
    ) -> None:
        self.excerpts = excerpts
        self.indexes = {card.id: index for index, card in enumerate(cards)}
        self.hashes = _line_hashes(excerpts, alerts)
        self.show_waived = show_waived

    def result(self, alert: Alert) -> Any:
        """The findings of an alert as an object of sarif_om."""
        findings = alert.findings
        rule = findings[0].rule
        location = om.Location(
            physical_location=self._physical([place_of(finding) for finding in findings]),
            logical_locations=_logical(findings) or None,
        )
        related = _related(findings)
        suppressions = None
        if self.show_waived:
            grants = dict.fromkeys(finding.waiver for finding in findings if finding.waiver)
            suppressions = [_suppression(grant, alert.path) for grant in grants]
        return om.Result(
            rule_id=rule,
            rule_index=self.indexes.get(rule, -1),
            level=LEVELS[alert.severity],
            message=om.Message(text=_text(findings, related)),
            locations=[location],
            partial_fingerprints=self._fingerprints(alert),
            related_locations=[
                om.Location(
                    id=number,
                    physical_location=self._physical([place]),
                    message=message_of(message),
                )
                for number, (place, message) in enumerate(related, start=1)
            ]
            or None,
            suppressions=suppressions,
            fixes=[_fix(finding.fix) for finding in findings if finding.fix] or None,
            properties={"findings": [_properties(finding) for finding in findings]},
        )

    def _physical(self, spans: Sequence[Location]) -> Any:
        """Where spans that start on one line are: from the first start to the last end on it."""
        path, line, *_ = spans[0]
        ends = [self._end_column(span) for span in spans]
        known = [end for end in ends if end is not None]
        region = om.Region(
            start_line=line,
            start_column=min(span.column for span in spans),
            end_line=line,
            end_column=max(known) if len(known) == len(ends) else None,
        )
        return om.PhysicalLocation(artifact_location=_artifact(path), region=region)

    def _end_column(self, span: Location) -> int | None:
        """Where a span ends on its first line; ``None`` is the line's end, wherever that is."""
        if span.end_line == span.line:
            return span.end_column
        excerpt = self.excerpts.get(span.path)
        return max(span.column, len(excerpt.line(span.line)) + 1) if excerpt else None

    def _fingerprints(self, alert: Alert) -> dict[str, str]:
        own = sorted(finding.fingerprint for finding in alert.findings)
        joined = hashlib.sha256(json.dumps(own).encode()).hexdigest()[:32]
        fingerprints = {"okxlint/v1": own[0] if len(own) == 1 else joined}
        line_hash = self.hashes.get((alert.path, alert.line))
        if line_hash:
            fingerprints["primaryLocationLineHash"] = line_hash
        return fingerprints


def _fix(fix: Fix) -> Any:
    place = fix.location
    region = om.Region(
        start_line=place.line,
        start_column=place.column,
        end_line=place.end_line,
        end_column=place.end_column,
    )
    replacement = om.Replacement(
        deleted_region=region, inserted_content=om.ArtifactContent(text=fix.text)
    )
    change = om.ArtifactChange(artifact_location=_artifact(place.path), replacements=[replacement])
    return om.Fix(description=message_of(fix.title), artifact_changes=[change])


def _suppression(grant: Grant, path: str) -> Any:
    reasons = [
        grant.reason or "no reason given",
        f"approved by {grant.approved_by}" if grant.approved_by else None,
        f"until {grant.expires}" if grant.expires else None,
    ]
    place = om.PhysicalLocation(
        artifact_location=_artifact(grant.path), region=om.Region(start_line=grant.line)
    )
    return om.Suppression(
        kind="inSource" if grant.path == path else "external",
        state="accepted",
        justification=", ".join(reason for reason in reasons if reason),
        location=om.Location(physical_location=place),
    )


def _line_hashes(
    excerpts: Mapping[str, Excerpt], alerts: Iterable[Alert]
) -> dict[tuple[str, int], str]:
    """The hashes of the lines that are asked for; those of a file are computed once."""
    lines: dict[str, set[int]] = {}
    for alert in alerts:
        if alert.path in excerpts:
            lines.setdefault(alert.path, set()).add(alert.line)
    return {
        (path, line): hashes[line]
        for path, asked in lines.items()
        for hashes in [excerpts[path].line_hashes()]
        for line in asked
        if line in hashes
    }


def _related(findings: Iterable[Finding]) -> list[Related]:
    found: dict[Related, None] = {}
    for finding in findings:
        if place_of(finding).path != finding.location.path:
            found[Related(finding.location, f"account '{finding.account}'")] = None
        found.update(dict.fromkeys(finding.related))
    return list(found)[:_RELATED]


def _text(findings: Sequence[Finding], related: Sequence[Related]) -> str:
    """What is wrong, where else to look, what to do. The first sentence is an alert's title."""
    sentences = _told(finding.message for finding in findings)
    links = [f"[{r.message.translate(_BRACKETS)}]({n})" for n, r in enumerate(related, start=1)]
    if links:
        sentences.append(f"See {', '.join(links[:_LINKS])}.")
    return " ".join(sentences + _told(finding.help for finding in findings))


def _told(texts: Iterable[str]) -> list[str]:
    once = [text for text in dict.fromkeys(texts) if text]
    sentences = [sentence(_escaped(text)) for text in once[:_SENTENCES]]
    if len(once) > _SENTENCES:
        sentences.append(f"And {len(once) - _SENTENCES:,} more.")
    return sentences


def message_of(text: str) -> Any:
    """A message in which nothing of an input is a link."""
    return om.Message(text=_escaped(text))


def _escaped(text: str) -> str:
    """A text in which nothing is a link (SARIF 3.11.6). Brackets that make none stay readable."""
    return text.translate(_BRACKETS) if "](" in text else text


def _logical(findings: Iterable[Finding]) -> list[Any]:
    names: dict[tuple[str, str, str], None] = {}
    for finding in findings:
        account, key, app = finding.account, finding.key, finding.app
        if account is not None:
            names["account", account, account] = None
        if key is not None:
            names["key", key, f"{account}/{key}"] = None
        if app is not None:
            names["app", app, app] = None
    return [
        om.LogicalLocation(kind=kind, name=name, fully_qualified_name=full)
        for kind, name, full in list(names)[:_RELATED]
    ]


def _properties(finding: Finding) -> dict[str, str]:
    fails_on = finding.fails_on.isoformat() if finding.fails_on else None
    told = {
        "severity": finding.severity.word,
        "account": finding.account,
        "key": finding.key,
        "app": finding.app,
        "value": finding.value,
        "fails_on": fails_on,
        "fingerprint": finding.fingerprint,
    }
    return {name: text for name, text in told.items() if text is not None}


def _artifact(path: str) -> Any:
    """The URI of a file, always relative: code scanning may refuse a log with any other."""
    if os.path.isabs(path):
        return om.ArtifactLocation(uri=_uri(path.lstrip("/")), uri_base_id=OUTSIDE)
    return om.ArtifactLocation(uri=_uri(path), uri_base_id=ROOT)


def _uri(path: str) -> str:
    return quote(os.fsencode(path))

"""SARIF 2.1.0, for code scanning and whatever else reads it.

Code scanning refuses a whole file for one bad result, and takes results of one rule on one line
for the same. So every result has one place in a file, on one line, and tells all that its rule
has found there. The text is ASCII, whatever the encoding of the stream.
"""

from __future__ import annotations

import json
import os.path
from collections.abc import Iterable
from itertools import chain
from typing import Any, TextIO

import sarif_om as om  # noqa: TID253 - this module is imported late, for this format alone

from okxlint.model import Report, RuleCard
from okxlint.report import View
from okxlint.report.sarif_alert import Alert, alerts_of, paths_of
from okxlint.report.sarif_json import plain
from okxlint.report.sarif_result import LEVELS, OUTSIDE, ROOT, Results, message_of
from okxlint.secrets.redact import visible

SHOWN = 5_000
"""Results that code scanning keeps of one run; beyond it the most severe come first."""
MOST = 25_000
"""Results with which it takes a run at all."""

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LONGEST_DESCRIPTION = 1024


def write(report: Report, stream: TextIO, view: View) -> None:
    """Write the report as a log with one run, result by result."""
    alerts = alerts_of(chain(report.findings, report.waived if view.show_waived else ()))
    if len(alerts) > SHOWN:
        alerts.sort(key=lambda alert: (alert.waived, -alert.severity))
    left_out = len(alerts) - MOST
    del alerts[MOST:]
    cards = sorted(report.cards().values(), key=lambda card: card.id)

    run = _run(report, cards, view.category, left_out)
    run.original_uri_base_ids = _bases(alerts)
    log = plain(om.SarifLog([run], "2.1.0", _SCHEMA))
    ordered = {name: log[name] for name in ("$schema", "version", "runs")}
    # In a string of JSON these quotes would be escaped, so it can only be the empty list itself.
    head, tail = _dumps(ordered).split('"results":[]')
    stream.write(head + '"results":[')
    results = Results(report.excerpts, alerts, cards, view.show_waived)
    for number, alert in enumerate(alerts):
        stream.write(",\n" if number else "\n")
        stream.write(_dumps(plain(results.result(alert))))
    stream.write("]" + tail + "\n")


def _run(report: Report, cards: Iterable[RuleCard], category: str | None, left_out: int) -> Any:
    # An upload without live findings must not close those that one with a snapshot has opened.
    category = category or ("okxlint-live" if report.coverage else None)
    driver = om.ToolComponent(
        name="okxlint", semantic_version=report.version, rules=[_rule(card) for card in cards]
    )
    return om.Run(
        tool=om.Tool(driver=driver),
        automation_details=(
            om.RunAutomationDetails(id=f"{category.removesuffix('/')}/") if category else None
        ),
        column_kind="unicodeCodePoints",
        invocations=[
            om.Invocation(
                # A scan that ends is successful; what it could not look at is told below.
                execution_successful=True,
                tool_execution_notifications=_notifications(report, left_out) or None,
            )
        ],
        properties=_properties(report),
        results=[],
    )


def _properties(report: Report) -> dict[str, str]:
    told = {"as_of": report.as_of.isoformat(), "policy": visible(report.policy_source)}
    return told | ({"policy_ref": report.policy_ref} if report.policy_ref else {})


def _bases(alerts: Iterable[Alert]) -> dict[str, Any]:
    # Without a URI: the same log wherever the repository is checked out.
    root = om.Message(text="The root of the repository.")
    bases = {ROOT: om.ArtifactLocation(description=root)}
    paths = (path for alert in alerts for finding in alert.findings for path in paths_of(finding))
    if any(map(os.path.isabs, paths)):
        bases[OUTSIDE] = om.ArtifactLocation(uri="file:///")
    return bases


def _rule(card: RuleCard) -> Any:
    full = card.reason or card.summary
    properties = {"precision": "very-high", "tags": sorted({card.group, "security"})}
    if card.security_severity:
        properties["security-severity"] = card.security_severity
    return om.ReportingDescriptor(
        id=card.id,
        # With the group, or else some names would be the id but for a capital.
        name="".join(
            word.capitalize() for word in (card.group, *card.id.replace("/", "-").split("-"))
        ),
        short_description=om.MultiformatMessageString(text=_shortened(card.summary)),
        full_description=om.MultiformatMessageString(text=_shortened(full)),
        help=om.MultiformatMessageString(
            text=card.help or card.summary, markdown=card.markdown or None
        ),
        default_configuration=om.ReportingConfiguration(level=LEVELS[card.severity]),
        properties=properties,
    )


def _shortened(text: str) -> str:
    longest = _LONGEST_DESCRIPTION
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _notifications(report: Report, left_out: int) -> list[Any]:
    # As an error one would say that the run has failed.
    told = [
        om.Notification(
            message=message_of(unknown.message),
            level="warning",
            descriptor=om.ReportingDescriptorReference(id=unknown.kind),
            properties={"account": unknown.account} if unknown.account else None,
        )
        for unknown in report.unknown
    ]
    if left_out > 0:
        text = (
            f"{left_out:,} more results are not in this file: code scanning takes at most "
            f"{MOST:,}. These are the most severe."
        )
        told.append(
            om.Notification(
                message=om.Message(text=text),
                level="warning",
                descriptor=om.ReportingDescriptorReference(id="results-left-out"),
            )
        )
    return told


def _dumps(value: Any) -> str:
    # A log's reader may obey '##[command]' anywhere in a line; only texts can hold one.
    return json.dumps(value, separators=(",", ":")).replace("##[", r"#\u0023[")

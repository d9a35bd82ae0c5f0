"""A baseline as a part of the JSON report."""

from __future__ import annotations

from typing_extensions import TypedDict

from okxlint.model import Report


class StaleObject(TypedDict):
    """An entry of the baseline that accepts nothing, and why."""

    rule: str
    account: str | None
    key: str | None
    app: str | None
    value: str | None
    fingerprint: str
    line: int
    reason: str


class BaselineObject(TypedDict):
    """The baseline: its last day, why it does not hold (null if it does), and what of it is stale.

    The findings that it accepts are among those waived; their ``waiver`` has its ``path``.
    """

    path: str
    until: str | None
    problem: str | None
    accepted: int
    stale: list[StaleObject]


def baseline_object(report: Report) -> BaselineObject | None:
    """What a report says of its baseline; ``None`` if it has none."""
    baseline = report.baseline
    if baseline is None:
        return None
    return {
        "path": baseline.path,
        "until": str(baseline.until) if baseline.until else None,
        "problem": baseline.problem,
        "accepted": report.accepted,
        "stale": [
            {
                "rule": entry.rule,
                "account": entry.account,
                "key": entry.key,
                "app": entry.app,
                "value": entry.value,
                "fingerprint": entry.fingerprint,
                "line": entry.location.line,
                "reason": entry.reason,
            }
            for entry in baseline.stale
        ],
    }

"""What code scanning would take for one alert: findings of one rule on one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from okxlint.model import Finding, Location, Severity


class Alert(NamedTuple):
    """Findings of one rule on one line. Waived ones are apart from the others."""

    findings: list[Finding]

    @property
    def path(self) -> str:
        """The file, or what stands for one."""
        return place_of(self.findings[0]).path

    @property
    def line(self) -> int:
        """The line on which all of them start."""
        return place_of(self.findings[0]).line

    @property
    def severity(self) -> Severity:
        """The worst of them."""
        return max(finding.severity for finding in self.findings)

    @property
    def waived(self) -> bool:
        """Whether waivers hold for them."""
        return self.findings[0].waiver is not None


def alerts_of(findings: Iterable[Finding]) -> list[Alert]:
    """Findings by rule and line, in the order of reports."""
    alerts: dict[tuple[str, int, str, bool], Alert] = {}
    for finding in findings:
        place = place_of(finding)
        which = (place.path, place.line, finding.rule, finding.waiver is not None)
        alerts.setdefault(which, Alert([])).findings.append(finding)
    return sorted(alerts.values(), key=_by_place)


def place_of(finding: Finding) -> Location:
    """Where code scanning is told that a finding is.

    On the account's line all keys that nobody declared would be one alert, and to dismiss it
    would hide the next such key. So each has a path of its own.
    """
    if finding.rule == "live-declared":
        return Location(live_path(finding.account or "", finding.value or ""))
    return finding.location


def paths_of(finding: Finding) -> Iterator[str]:
    """All files that a finding tells of."""
    yield finding.location.path
    for related in finding.related:
        yield related.location.path
    if finding.waiver:
        yield finding.waiver.path


def live_path(account: str, label: str) -> str:
    """A path for a key that stands in no file: another one for each key, and always a path.

    What would split a folder or leave it is written with ``%``, and so is ``%`` itself.
    """
    names = (name.translate({0x25: "%25", 0x2F: "%2F", 0x5C: "%5C"}) for name in (account, label))
    return "/".join(("okx-live", *(name if name.strip(".") else f"%{name}" for name in names)))


def _by_place(alert: Alert) -> tuple[str, int, int, str, bool]:
    first = alert.findings[0]
    place = first.location
    return place.path, place.line, place.column, first.rule, alert.waived

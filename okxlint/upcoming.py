"""What will begin, day by day: a case judged for each day of a window, and told where it differs.

A day's findings are those of ``okxlint check --as-of DAY``, by the very same function.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from okxlint.case import load_case
from okxlint.check import Request, report_on
from okxlint.model import Finding, Report, Severity
from okxlint.record import Record, changed
from okxlint.rule import days_after


class Event(Record):
    """A finding that begins or becomes worse on a day, or that a warning has told of for it."""

    day: date
    """A UTC day."""
    finding: Finding
    """As it is on that day."""
    was: Severity | None = None
    """What it was on the day before; ``None`` if it was not there.

    It may be what it is now: some rules only warn, before the day (``fails_on``) and from it on.
    """


class Upcoming(Record):
    """What begins within a window of days."""

    today: Report
    """What there is already; nothing of it is an event. Its unknowns are those of all days."""
    until: date
    """The last day of the window."""
    events: tuple[Event, ...]
    """By day, then in the order of reports."""

    def report_of(self, event: Event) -> Report:
        """A report with nothing but an event's finding."""
        return changed(self.today, as_of=event.day, findings=(event.finding,))


def upcoming(request: Request, days: int) -> Upcoming:
    """What will begin on the ``days`` days after that of the request.

    Raises ``OkxlintError`` as a check does.
    """
    case = load_case(request)
    question = changed(request.question, horizon=0)
    today = report_on(case, question)
    events: list[Event] = []
    unknown = {each[:3]: each for each in today.unknown}
    before = today
    for number in range(1, days + 1):
        day = days_after(question.as_of, number)
        if day == before.as_of:
            break  # the calendar's end
        now = report_on(case, changed(question, as_of=day))
        events += _begun(before, now)
        for each in now.unknown:
            told = each._replace(message=f"{each.message} (as of {day})")
            unknown.setdefault(each[:3], told)
        before = now
    today = changed(today, unknown=tuple(unknown.values()))
    return Upcoming(today, days_after(question.as_of, days), tuple(events))


def _begun(before: Report, now: Report) -> Iterator[Event]:
    known = _severities(before, now)
    for finding in now.findings:
        was = known.get(finding.fingerprint)
        if was is None or was < finding.severity or finding.fails_on == now.as_of:
            yield Event(now.as_of, finding, was)


def _severities(before: Report, now: Report) -> dict[str, Severity]:
    """What each finding was on the day before, by its fingerprint now.

    The numbers of equal fingerprints are counted anew on each day, so these are told apart by their
    places; what has moved as well takes what is left, in the order of reports.
    """
    old, new = _alike(before.findings), _alike(now.findings)
    known: dict[str, Severity] = {}
    for identity, findings in new.items():
        left = old[identity]
        moved = []
        for finding in findings:
            same = next((each for each in left if each.location == finding.location), None)
            if same is None:
                moved.append(finding)
                continue
            left.remove(same)
            known[finding.fingerprint] = same.severity
        known |= {one.fingerprint: other.severity for one, other in zip(moved, left, strict=False)}
    return known


def _alike(findings: Iterable[Finding]) -> defaultdict[str, list[Finding]]:
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.fingerprint.partition(":")[0]].append(finding)
    return groups

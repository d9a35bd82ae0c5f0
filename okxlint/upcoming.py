"""What will begin, day by day: a case judged for each day of a window, and told where it differs.

A day's findings are those of ``okxlint check --as-of DAY``, by the very same function.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from okxlint.case import load_case
from okxlint.check import Request, report_on
from okxlint.model import Finding, Report, Severity
from okxlint.record import Record, changed
from okxlint.rule import days_after


class Event(Record):
    """A finding that begins, or becomes worse, on a day."""

    day: date
    """A UTC day."""
    finding: Finding
    """As it is on that day."""
    was: Severity | None = None
    """What it was on the day before; ``None`` if it was not there."""


class Upcoming(Record):
    """What begins within a window of days."""

    today: Report
    """What there is already; nothing of it is an event."""
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
    before = today
    for number in range(1, days + 1):
        day = days_after(question.as_of, number)
        if day == before.as_of:
            break  # the calendar's end
        now = report_on(case, changed(question, as_of=day))
        events += _begun(before, now)
        before = now
    return Upcoming(today, days_after(question.as_of, days), tuple(events))


def _begun(before: Report, now: Report) -> Iterator[Event]:
    known = {finding.fingerprint: finding.severity for finding in before.findings}
    for finding in now.findings:
        was = known.get(finding.fingerprint)
        if was is None or was < finding.severity:
            yield Event(now.as_of, finding, was)

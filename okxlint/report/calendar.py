"""What will begin, as text, JSON (version 1) and Markdown; calendars are in ``icalendar``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby
from typing import Literal, TextIO

from typing_extensions import TypedDict

from okxlint.model import Severity
from okxlint.report.icalendar import write_ics
from okxlint.report.json_v1 import FindingObject, PolicyInForce, Tool, UnknownObject, document
from okxlint.report.markdown_text import code, neutral
from okxlint.report.paint import Paint
from okxlint.report.summary import at, plural, sentence
from okxlint.secrets.redact import unarmed, visible
from okxlint.upcoming import Event, Upcoming

_CELL = 300
"""Characters of a value that a cell of a table holds."""
Word = Literal["error", "warning", "info"]


class EventObject(TypedDict):
    """A finding that begins or becomes worse on a day, or that a warning has told of for it."""

    day: str
    was: Word | None
    """Its severity on the day before; null if it was not there."""
    finding: FindingObject
    """As ``okxlint check`` has it on that day."""


class UpcomingObject(TypedDict):
    """What will begin, version 1."""

    version: Literal[1]
    tool: Tool
    as_of: str
    until: str
    """The last day that was looked at."""
    policy: PolicyInForce
    today: int
    """How many findings there are already."""
    events: list[EventObject]
    """By day."""
    unknown: list[UnknownObject]


Write = Callable[[Upcoming, TextIO, bool], None]
"""Writes to a stream; the last says whether in colour."""


def calendar_object(value: Upcoming) -> UpcomingObject:
    """It all as plain data."""
    today = document(value.today)
    events: list[EventObject] = []
    for event in value.events:
        (finding,) = document(value.report_of(event))["findings"]
        was: Word | None = None if event.was is None else _WORDS[event.was]
        events.append({"day": str(event.day), "was": was, "finding": finding})
    return {
        "version": 1,
        "tool": today["tool"],
        "as_of": today["as_of"],
        "until": str(value.until),
        "policy": today["policy"],
        "today": len(value.today.findings),
        "events": events,
        "unknown": today["unknown"],
    }


_WORDS: dict[Severity, Word] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "info",
}


def write_json(value: Upcoming, stream: TextIO, color: bool) -> None:
    """As one JSON object, in ASCII."""
    text = json.dumps(calendar_object(value), indent=2)
    stream.write(text.replace("##[", r"#\u0023[") + "\n")


def write_text(value: Upcoming, stream: TextIO, color: bool) -> None:
    """For people: the days on which something begins, and what to do."""
    paint = Paint(color)
    for day, events in _by_day(value):
        stream.write(f"{paint.strong(_heading(day, value.today.as_of))}\n")
        for event in events:
            stream.writelines(f"{unarmed(line)}\n" for line in _lines(event, paint))
        stream.write("\n")
    for unknown in value.today.unknown:
        told = paint.unknown(f"unknown[{unknown.kind}]")
        stream.write(f"{told} {unarmed(unknown.message)}\n")
    stream.write(f"{unarmed(_summary(value))}\n")


def write_markdown(value: Upcoming, stream: TextIO, color: bool) -> None:
    """For an issue or a chat: a table by day, in which nothing of an input is markup."""
    lines = [f"**{neutral(_summary(value))}**", ""]
    if value.events:
        lines += ["| day | | rule | what begins | where |", "|---|---|---|---|---|"]
    for event in value.events:
        finding = event.finding
        cells = (
            str(event.day),
            _severity(event),
            code(finding.rule, _CELL),
            neutral(finding.message, 2 * _CELL),
            code(at(finding.location), _CELL),
        )
        lines.append(f"| {' | '.join(cells)} |")
    for unknown in value.today.unknown:
        lines += ["", f"- unknown: {code(unknown.kind)}: {neutral(unknown.message, 2 * _CELL)}"]
    stream.write("\n".join(lines).rstrip("\n") + "\n")


FORMATS: dict[str, Write] = {
    "text": write_text,
    "json": write_json,
    "markdown": write_markdown,
    "ics": write_ics,
}


def _by_day(value: Upcoming) -> Iterator[tuple[date, Iterator[Event]]]:
    return groupby(value.events, key=lambda event: event.day)


def _heading(day: date, today: date) -> str:
    away = (day - today).days
    # The names of days do not depend on where it runs.
    name = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
    return f"{name} {day}, {'tomorrow' if away == 1 else f'in {away} days'}"


def _severity(event: Event) -> str:
    now = event.finding.severity.word
    return now if event.was in (None, event.finding.severity) else f"{event.was.word} → {now}"


def _lines(event: Event, paint: Paint) -> Iterator[str]:
    finding = event.finding
    word = paint.marked(finding.severity, f"{_severity(event):<15}")
    yield f"  {word} {finding.rule}: {finding.message}"
    yield paint.dim(f"  {'':<15} {visible(at(finding.location))}")
    yield f"  {'':<15} next: {sentence(finding.help)}"


def _summary(value: Upcoming) -> str:
    report = value.today
    days = (value.until - report.as_of).days
    events = plural(len(value.events), "event") if value.events else "nothing begins"
    commit = f" at {report.policy_ref[:12]}" if report.policy_ref else ""
    there = plural(len(report.findings), "finding")
    return (
        f"{events} within {plural(days, 'day')}, up to {value.until} (policy "
        f"{visible(report.policy_source)}{commit}, as of {report.as_of}); {there} there already."
    )

"""What will begin, as a calendar that programs take: RFC 5545 (https://www.rfc-editor.org/rfc/rfc5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TextIO

from okxlint import __version__
from okxlint.report.summary import at, sentence
from okxlint.secrets.redact import visible
from okxlint.upcoming import Event, Upcoming

_OCTETS = 75
"""A line has at most so many, its end aside (RFC 5545, 3.1)."""


def write_ics(value: Upcoming, stream: TextIO, color: bool) -> None:
    """One event of a whole day for each thing that begins.

    The same finding on the same day has the same UID, so that to import it again doubles nothing.
    Lines end with CRLF, as RFC 5545 asks for.
    """
    stamp = f"{value.today.as_of:%Y%m%d}T000000Z"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//okxlint//okxlint {__version__}//EN",
        "CALSCALE:GREGORIAN",
        *(line for event in value.events for line in _event(event, stamp)),
        *(() if value.events else _nothing(value, stamp)),
        "END:VCALENDAR",
    ]
    stream.write("".join(f"{part}\r\n" for line in lines for part in _folded(line)))


def _nothing(value: Upcoming, stamp: str) -> Iterator[str]:
    """An event that says so: a calendar without any is none (RFC 5545, 3.6)."""
    yield "BEGIN:VEVENT"
    yield f"UID:nothing-{value.until:%Y%m%d}@okxlint"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{value.until:%Y%m%d}"
    yield f"SUMMARY:okxlint: nothing begins up to {value.until}. Ask again."
    yield "CATEGORIES:okxlint"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _event(event: Event, stamp: str) -> Iterator[str]:
    finding, day = event.finding, event.day
    where = visible(at(finding.location))
    about = f"{sentence(finding.message)}\n{sentence(finding.help)}\n{where}"
    yield "BEGIN:VEVENT"
    yield f"UID:{finding.fingerprint.replace(':', '-')}-{day:%Y%m%d}@okxlint"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    if day < day.max:
        yield f"DTEND;VALUE=DATE:{day + timedelta(1):%Y%m%d}"
    yield f"SUMMARY:{_text(f'{finding.rule} ({finding.severity.word}): {finding.message}')}"
    yield f"DESCRIPTION:{_text(about)}"
    yield f"CATEGORIES:okxlint,{finding.severity.word}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(text: str) -> str:
    """A text as a value (RFC 5545, 3.3.11)."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """A long line in pieces; all but the first begin with a blank. No character is cut in two."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode("utf-8", "surrogatepass"))
        if size + octets > _OCTETS:
            yield piece
            piece, size = " ", 1
        piece += character
        size += octets
    yield piece

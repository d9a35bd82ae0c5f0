"""For people: the source with carets, what is wrong, why, and what to do next."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator
from typing import TextIO

from okxlint.model import Finding, Report
from okxlint.report import View
from okxlint.report.paint import Paint
from okxlint.report.summary import (
    at,
    granted,
    not_in_force,
    of_baseline,
    statistics,
    summary_lines,
)
from okxlint.secrets.redact import unarmed

_TAB = "    "


def write(report: Report, stream: TextIO, view: View) -> None:
    """Write each finding with its frame, what could not be looked at, and the summary."""
    text = _Text(report, view)
    for block in text.blocks():
        stream.writelines(f"{unarmed(line)}\n" for line in [*block, ""])
    if view.statistics and report.findings:
        stream.writelines(f"{row}\n" for row in [*statistics(report), ""])
    if not view.quiet:
        stream.writelines(f"{unarmed(row)}\n" for row in summary_lines(report))


class _Text:
    def __init__(self, report: Report, view: View) -> None:
        self.report = report
        self.paint = Paint(view.color)
        self.width = max(view.width, 40)
        self.show_waived = view.show_waived
        self.cards = report.cards() if report.findings or report.waived else {}

    def blocks(self) -> Iterator[list[str]]:
        for finding in self.report.findings:
            yield list(self.finding(finding))
        for finding in self.report.waived if self.show_waived else ():
            yield list(self.finding(finding))
        for pending in self.report.pending or ():
            start = f"{self.paint.unknown('pending')}[{pending.rule}]: "
            yield self.told(start, len(pending.rule) + 11, not_in_force(pending))
        for said in of_baseline(self.report):
            yield self.told(f"{self.paint.unknown('baseline')}: ", len("baseline: "), said)
        for unknown in self.report.unknown:
            start = f"{self.paint.unknown('unknown')}[{unknown.kind}]: "
            told = f"{unknown.message} (accepted)" if unknown.accepted else unknown.message
            yield self.told(start, len(unknown.kind) + 11, told)

    def finding(self, finding: Finding) -> Iterator[str]:
        paint = self.paint
        severity = paint.severity(finding.severity)
        head = f"{severity}[{finding.rule}]"
        plain_width = len(finding.severity.word) + len(finding.rule) + 4
        if finding.waiver:
            head = f"{paint.dim('waived')} {head}"
            plain_width += len("waived ")
        yield from self.wrapped(f"{head}: ", plain_width, paint.strong, finding.message, indent=2)
        margin = " " * len(str(finding.location.line))
        yield from self.frame(finding, margin)
        for name, said in self.notes(finding):
            start = f"{margin} {paint.dim('=')} {paint.strong(name)}: "
            width = len(margin) + len(name) + 5
            yield from self.wrapped(start, width, str, said, indent=width)

    def notes(self, finding: Finding) -> Iterator[tuple[str, str]]:
        card = self.cards.get(finding.rule)
        if card:
            yield "why", card.summary
        if finding.waiver:
            yield "waived", granted(finding.waiver)
            return
        yield "next", finding.help
        for related in finding.related:
            yield "see", f"{at(related.location)}: {related.message}"

    def told(self, start: str, width: int, said: str) -> list[str]:
        """What has no place in a file."""
        return self.wrapped(start, width, self.paint.strong, said, indent=2)

    def wrapped(self, start: str, width: int, style: object, said: str, indent: int) -> list[str]:
        """A text behind a start that takes ``width`` columns, its further lines indented."""
        lines = textwrap.wrap(
            said,
            self.width,
            initial_indent=" " * width,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [" " * width]
        paint = style if callable(style) else str
        first, *rest = (line.strip() for line in lines)
        return [start + paint(first), *(" " * indent + paint(line) for line in rest)]

    def frame(self, finding: Finding, margin: str) -> Iterator[str]:
        """The line of the source, with carets under the place."""
        paint, place = self.paint, finding.location
        yield f"{margin}{paint.dim('-->')} {at(place)}"
        excerpt = self.report.excerpts.get(place.path)
        line = excerpt.line(place.line) if excerpt else ""
        if not line or line.isspace():
            return
        start = place.column - 1
        end = place.end_column - 1 if place.end_line == place.line else len(line)
        far = 4 * self.width  # a line may have millions of characters
        before, marked, after = _cropped(
            line[max(start - far, 0) : start],
            line[start : min(end, start + far)],
            line[end : end + far],
            self.width - len(margin) - 3,
        )
        carets = "^" * max(_columns(marked), 1)
        bar = paint.dim("|")
        yield f"{margin} {bar}"
        yield f"{paint.dim(str(place.line))} {bar} {before}{marked}{after}"
        carets = paint.marked(finding.severity, carets)
        yield f"{margin} {bar} {' ' * _columns(before)}{carets}"


def _columns(text: str) -> int:
    """The columns that a text takes on a terminal."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _cropped(before: str, marked: str, after: str, room: int) -> tuple[str, str, str]:
    """A line in three parts, shortened to the room around the part in the middle."""
    before, marked, after = (part.replace("\t", _TAB) for part in (before, marked, after))
    marked = _head(marked, room)
    spare = room - max(_columns(marked), 1)  # there is always a caret
    right = min(_columns(after), max(spare // 2, spare - _columns(before)))
    before = _head(before[::-1], spare - right)[::-1]
    return before, marked, _head(after, right)


def _head(text: str, room: int) -> str:
    """As much of a text as so many columns take, with an ellipsis for what is left out."""
    kept = columns = 0
    for number, character in enumerate(text, start=1):
        columns += _width(character)
        if columns < room:
            kept = number  # the ellipsis still fits behind it
        elif columns > room:
            return text[:kept] + "…" if room else ""
    return text

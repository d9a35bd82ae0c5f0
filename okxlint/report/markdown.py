"""GitHub-flavoured Markdown, for a job's summary or a comment on a pull request.

A comment may have 65,536 characters, a step's summary 1 MiB; beyond it GitHub takes nothing. So a
report stays below ``MOST`` bytes, and each table says how many of its rows are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from okxlint.model import Finding, Location, Report, Unknown
from okxlint.report import View
from okxlint.report.markdown_text import code, neutral
from okxlint.report.summary import (
    granted,
    left_out,
    not_in_force,
    not_looked_at,
    of_baseline,
    plural,
    scope,
    totals,
)
from okxlint.secrets.redact import unarmed, visible

MOST = 60_000
"""Bytes, in UTF-8, that a report does not reach."""

_CELL = 400
_PATH = 200
_SCOPE = 1000
_VERDICTS = {0: "passed", 1: "failed", 3: "incomplete"}
_FINDING = ("severity", "rule", "place", "finding and next step")
_WAIVED = ("severity", "rule", "place", "finding and waiver")
_UNKNOWN = ("kind", "what")
_PENDING = ("rule", "waiver")
_ACCOUNT = ("account", "listing", "keys on OKX")


@dataclass(frozen=True)
class _Table:
    title: str
    columns: tuple[str, ...]
    rows: Iterable[str]
    """Made one by one: of a long table few are needed."""
    count: int
    folded: bool = False
    first: bool = False
    """Whether its rows get their part of the room before all others: at most a quarter."""

    def lines(self, shown: Sequence[str]) -> list[str]:
        """The table with some of its rows, the first of them."""
        title = f"{self.title} ({self.count:,})"
        lines = [
            *(["<details>", f"<summary>{title}</summary>"] if self.folded else [f"### {title}"]),
            "",
            _row(*self.columns),
            _row(*["---"] * len(self.columns)),
            *shown,
            "",
        ]
        if len(shown) < self.count:
            more = plural(self.count - len(shown), "more row")
            lines += [f"**{more} left out**, for a report of less than {MOST:,} bytes.", ""]
        return [*lines, "</details>", ""] if self.folded else lines


def write(report: Report, stream: TextIO, view: View) -> None:
    """Write the verdict, then tables: what is new, what is not known, and the rest folded."""
    head, foot = [_headline(report), ""], []
    if not view.quiet:
        head += [unarmed(neutral(f"{scope(report, digits=None)}.", _SCOPE)), ""]
        foot += [" ".join([*left_out(report), not_looked_at(report)])]
    head += [line for told in of_baseline(report) for line in (_told(told), "")]
    tables = [table for table in _tables(report, view.show_waived) if table.count]
    body = _body(tables, MOST - 1 - _size(head + foot))
    stream.writelines(f"{line}\n" for line in head + body + foot)


def _body(tables: Sequence[_Table], room: int) -> list[str]:
    """The tables, with so many of their rows that they have at most so many bytes."""
    rows = [list(_fitting(table.rows, room)) for table in tables]
    whole = _lines(tables, rows)
    if _size(whole) <= room:
        return whole
    room -= _size(_lines(tables, [[] for _ in tables]))
    for number in sorted(range(len(tables)), key=lambda number: not tables[number].first):
        part = room // 4 if tables[number].first else room
        rows[number] = list(_fitting(rows[number], part))
        room -= _size(rows[number])
    return _lines(tables, rows)


def _lines(tables: Sequence[_Table], rows: Sequence[Sequence[str]]) -> list[str]:
    return [line for table, shown in zip(tables, rows, strict=True) for line in table.lines(shown)]


def _headline(report: Report) -> str:
    told = [totals(report)]
    if any(finding.new is not None for finding in report.findings):
        told.append(f"{sum(bool(finding.new) for finding in report.findings):,} new")
    if report.unknown:
        told.append(plural(len(report.unknown), "unknown"))
    return f"## okxlint: {_VERDICTS[report.exit]} ({', '.join(told)})"


def _tables(report: Report, show_waived: bool) -> Iterator[_Table]:
    old = [finding for finding in report.findings if finding.new is False]
    new = [finding for finding in report.findings if finding.new is not False]
    title = "New findings" if old or any(finding.new for finding in new) else "Findings"
    yield _Table(title, _FINDING, _finding_rows(new), len(new))
    unknown = map(_unknown_row, report.unknown)
    yield _Table("Not looked at", _UNKNOWN, unknown, len(report.unknown), first=True)
    pending = (
        _row(code(each.rule, _CELL), neutral(not_in_force(each), _CELL))
        for each in report.pending or ()
    )
    count = len(report.pending or ())
    yield _Table("Waivers not yet in force", _PENDING, pending, count, first=True)
    yield _Table("Old findings", _FINDING, _finding_rows(old), len(old), folded=True)
    if show_waived:
        rows = _finding_rows(report.waived)
        yield _Table("Waived findings", _WAIVED, rows, len(report.waived), folded=True)
    accounts = (
        _row(neutral(name, _CELL), neutral(listing, _CELL), f"{keys:,}")
        for name, listing, keys in report.coverage
    )
    yield _Table("Accounts read from OKX", _ACCOUNT, accounts, len(report.coverage), folded=True)


def _finding_rows(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in sorted(findings, key=lambda finding: -finding.severity):
        more = f"Waived {granted(finding.waiver)}" if finding.waiver else finding.help
        texts = (neutral(text, _CELL) for text in (finding.message, more) if text)
        yield _row(
            finding.severity.word,
            code(finding.rule, _CELL),
            code(_place(finding.location)),
            "<br>".join(texts),
        )


def _unknown_row(unknown: Unknown) -> str:
    accepted = " (accepted)" if unknown.accepted else ""
    return _row(f"{code(unknown.kind, _CELL)}{accepted}", neutral(unknown.message, _CELL))


def _told(text: str) -> str:
    return unarmed(neutral(f"Baseline: {text}.", _SCOPE))


def _place(place: Location) -> str:
    path = visible(place.path)
    path = path if len(path) <= _PATH else "…" + path[1 - _PATH :]
    return f"{path}:{place.line}:{place.column}"


def _row(*cells: str) -> str:
    return unarmed(f"| {' | '.join(cells)} |")


def _fitting(rows: Iterable[str], room: int) -> Iterator[str]:
    """The first rows that have so many bytes together."""
    for row in rows:
        room -= _size([row])
        if room < 0:
            return
        yield row


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)

"""What the commands that check have in common: their options, and how they report."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, TextIO

import click

from okxlint.cli.output import to_file, to_stdout
from okxlint.cli.parameters import Day, Kinds, Rules, color_option, output_option, wants_color
from okxlint.record import changed
from okxlint.report import FORMATS, View, writer

if TYPE_CHECKING:
    from okxlint.check import Request
    from okxlint.loading import Wanted
    from okxlint.model import Report, Severity
    from okxlint.snapshot import Snapshot

FAIL_ON = ("error", "warning", "info", "never")
_OPTIONS = (
    click.option(
        "--policy", type=click.Path(), metavar="FILE|PACK",
        help="The policy, instead of the one found.",
    ),
    click.option(
        "--require-pack", "require_packs", multiple=True, metavar="PACK",
        help="Stop unless the policy descends from this pack. May be given several times.",
    ),
    click.option(
        "-f", "--format", "format_", type=click.Choice(list(FORMATS)), default="text",
        show_default=True, help="The form of the report on standard output.",
    ),
    output_option(FORMATS, "the report"),
    click.option(
        "--fail-on", type=click.Choice(FAIL_ON), default="error", show_default=True,
        help="The least severity that ends with exit status 1.",
    ),
    click.option(
        "--select", type=Rules(), multiple=True, metavar="RULE,...", help="Run these rules alone.",
    ),
    click.option(
        "--ignore", type=Rules(), multiple=True, metavar="RULE,...",
        help="Run all but these rules.",
    ),
    click.option(
        "--as-of", type=Day(), metavar="DATE", help="Judge as on this UTC day.  [default: today]",
    ),
    click.option(
        "--horizon", type=click.IntRange(0, 3660), default=0, metavar="DAYS",
        help="Tell, as info, what will start to fail within so many days.",
    ),
    click.option(
        "--base", metavar="REV",
        help="Compare with the merge base of this revision and HEAD: what is new, what got wider.",
    ),
    click.option(
        "--policy-ref", metavar="REV",
        help="Judge by the policy, and the waivers, that this revision has.",
    ),
    click.option("--new-only", is_flag=True, help="Report only what the base does not have."),
    click.option(
        "--baseline", type=click.Path(), metavar="FILE",
        help="Accept the findings that this file lists, up to its last day.",
    ),
    click.option(
        "--allow-unknown", type=Kinds(), multiple=True, metavar="KIND,...",
        help="Accept what could not be looked at, by kind: the run is not incomplete for it.",
    ),
    click.option("--show-waived", is_flag=True, help="Show waived findings too."),
    click.option("--statistics", is_flag=True, help="Count the findings of each rule."),
    click.option("--sarif-category", metavar="NAME", help="Code scanning's category, in SARIF."),
    click.option("-q", "--quiet", is_flag=True, help="Findings alone, without the summary."),
    color_option,
)  # fmt: skip
Command = Callable[..., Any]


def check_options(command: Command) -> Command:
    """The options of every command that checks."""
    return reduce(lambda made, option: option(made), reversed(_OPTIONS), command)


def run_and_report(
    wanted: Wanted, options: Mapping[str, Any], snapshots: Sequence[Snapshot], max_age: int
) -> int:
    """Check and write all reports; the exit status."""
    from okxlint.check import run_check

    report = run_check(request_of(wanted, options, snapshots, max_age))
    view = View(
        quiet=options["quiet"],
        statistics=options["statistics"],
        show_waived=options["show_waived"],
        category=options["sarif_category"],
    )
    for name, path in options["outputs"]:
        to_file(path, partial(_write, name, report, view))
    _write_stdout(report, options["format_"], options["color"], view)
    return report.exit


def check_usage(options: Mapping[str, Any]) -> None:
    """Raise ``UsageError`` for options that do not go together."""
    if options["new_only"] and options["base"] is None:
        raise click.UsageError("--new-only goes with --base, which says what is old")
    if options["select"] and not frozenset().union(*options["select"]):
        raise click.UsageError("--select names no rule, so none would run")


def request_of(
    wanted: Wanted, options: Mapping[str, Any], snapshots: Sequence[Snapshot], max_age: int
) -> Request:
    """What the options ask for."""
    from okxlint.check import Request
    from okxlint.engine import Question

    selected = frozenset().union(*options["select"])
    question = Question(
        as_of=options["as_of"] or datetime.now(UTC).date(),
        horizon=options["horizon"],
        select=selected or None,
        ignore=frozenset().union(*options["ignore"]),
    )
    return Request(
        question=question,
        wanted=wanted,
        policy=options["policy"],
        require_packs=options["require_packs"],
        fail_on=_severity(options["fail_on"]),
        base=options["base"],
        policy_ref=options["policy_ref"],
        new_only=options["new_only"],
        baseline=options["baseline"],
        snapshots=tuple(snapshots),
        max_snapshot_age=max_age,
        allow_unknown=frozenset().union(*options["allow_unknown"]),
    )


def _severity(word: str) -> Severity | None:
    from okxlint.model import Severity

    return None if word == "never" else Severity.of(word)


def _write(name: str, report: Report, view: View, stream: TextIO) -> None:
    writer(name)(report, stream, view)


def _write_stdout(report: Report, name: str, color: str, view: View) -> None:
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size((100, 24)).columns if terminal else _columns()
    shown = changed(view, color=wants_color(color, terminal), width=width)
    to_stdout(partial(_write, name, report, shown))
    if view.statistics and name not in ("text", "concise"):
        _write_statistics(report, sys.stderr)


def _write_statistics(report: Report, stream: TextIO) -> None:
    from okxlint.report.summary import statistics

    rows: Sequence[str] = statistics(report)
    stream.write("".join(f"{row}\n" for row in rows))


def _columns() -> int:
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if re.fullmatch(r"[1-9][0-9]{0,4}", columns) else 100

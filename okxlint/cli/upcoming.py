"""``okxlint upcoming``."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, TextIO

import click

from okxlint.cli.output import to_file, to_stdout
from okxlint.cli.parameters import (
    Day,
    Kinds,
    Rules,
    color_option,
    cwd,
    format_options,
    policy_option,
    policy_ref_option,
    wants_color,
)

if TYPE_CHECKING:
    from okxlint.upcoming import Upcoming

_FORMATS = ("text", "json", "markdown", "ics")


@click.command("upcoming")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option(
    "--days", type=click.IntRange(1, 366), default=30, show_default=True,
    help="How many days after that of the run are looked at.",
)  # fmt: skip
@format_options(_FORMATS)
@policy_option
@policy_ref_option
@click.option("--select", type=Rules(), metavar="RULE,...", help="Look at these rules alone.")
@click.option("--ignore", type=Rules(), metavar="RULE,...", help="Look at all but these rules.")
@click.option(
    "--as-of", type=Day(), metavar="DATE", help="Count from this UTC day.  [default: today]"
)
@click.option(
    "--allow-unknown", type=Kinds(), metavar="KIND,...",
    help="Accept what could not be looked at, by kind.",
)  # fmt: skip
@color_option
def command(
    paths: tuple[str, ...],
    days: int,
    format_: str,
    outputs: tuple[tuple[str, str], ...],
    named: str | None,
    policy_ref: str | None,
    select: frozenset[str] | None,
    ignore: frozenset[str] | None,
    as_of: date | None,
    allow_unknown: frozenset[str] | None,
    color: str,
) -> None:
    """Tell what will start to fail, and on which day.

    Rotations, expiries, reviews, waivers that end, keys that OKX drops, accounts that run out of
    keys: whatever 'okxlint check' will find on one of the days and does not find on the day before,
    or finds worse, or warns of until that day.

    \b
    Exit status: 0 told, also if something is coming, 2 wrong usage or policy, 3 something was not
    looked at.

    \b
    Examples:
      okxlint upcoming
      okxlint upcoming --days 90 -f markdown
      okxlint upcoming --days 366 -o ics=okx-keys.ics
    """
    from okxlint.check import Request
    from okxlint.engine import Question
    from okxlint.loading import Wanted
    from okxlint.secrets.redact import unarmed
    from okxlint.upcoming import upcoming

    if "-" in paths:
        raise click.UsageError("standard input ('-') is not read here: 'okxlint check' does")
    if select is not None and not select:
        raise click.UsageError("--select names no rule, so none would run")
    today = as_of or datetime.now(UTC).date()
    question = Question(today, select=select, ignore=ignore or frozenset())
    request = Request(
        question,
        Wanted(cwd(), paths),
        policy=named,
        policy_ref=policy_ref,
        fail_on=None,
        allow_unknown=allow_unknown or frozenset(),
    )
    value = upcoming(request, days)
    for name, path in outputs:
        to_file(path, partial(_write, name, value, False))
    to_stdout(partial(_write, format_, value, wants_color(color, sys.stdout.isatty())))
    if format_ == "ics":
        # A calendar has no place for it, and an empty one looks as if nothing were coming.
        for unknown in value.today.unknown:
            click.echo(f"okxlint: unknown[{unknown.kind}] {unarmed(unknown.message)}", err=True)
    click.get_current_context().exit(value.today.exit)


def _write(format_: str, value: Upcoming, color: bool, stream: TextIO) -> None:
    from okxlint.report.calendar import FORMATS

    FORMATS[format_](value, stream, color)

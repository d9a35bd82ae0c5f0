"""``okxlint register``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, TextIO

import click

from okxlint.cli.output import to_file, to_stdout
from okxlint.cli.parameters import (
    Day,
    Kinds,
    cwd,
    format_options,
    policy_option,
    policy_ref_option,
)

if TYPE_CHECKING:
    from okxlint.register import Register

_FORMATS = ("markdown", "csv", "json", "html")
Writer = Callable[["Register", TextIO], None]


@click.command("register")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@format_options(_FORMATS)
@policy_option
@policy_ref_option
@click.option(
    "--as-of", type=Day(), metavar="DATE", help="Judge as on this UTC day.  [default: today]"
)
@click.option(
    "--live", "snapshots", type=click.Path(), multiple=True, metavar="FILE",
    help="Tell what this snapshot says is on OKX. May be given several times.",
)  # fmt: skip
@click.option(
    "--allow-unknown", type=Kinds(), metavar="KIND,...",
    help="Accept what could not be looked at, by kind.",
)  # fmt: skip
def command(
    paths: tuple[str, ...],
    format_: str,
    outputs: tuple[tuple[str, str], ...],
    named: str | None,
    policy_ref: str | None,
    as_of: date | None,
    snapshots: tuple[str, ...],
    allow_unknown: frozenset[str] | None,
) -> None:
    """Write the key register for an audit: every declared key, and what is found of it.

    With PATHs it has the keys that are declared there, and the accounts and apps that they name.

    It carries the day, the policy with its commit, the SHA-256 of every input and okxlint's
    version, so that it can be made again.

    \b
    Exit status: 0 written, whatever is found, 2 wrong usage or policy, 3 something was not looked
    at.

    \b
    Examples:
      okxlint register -o html=register.html
      okxlint register -f csv --as-of 2026-12-31 > register.csv
      okxlint register --live main.json -o html=register.html -o json=register.json
    """
    if "-" in paths:
        raise click.UsageError("standard input ('-') is not read here: 'okxlint check' does")
    from okxlint.case import load_case
    from okxlint.check import Request, report_on
    from okxlint.engine import Question
    from okxlint.loading import Wanted
    from okxlint.register.making import register_of
    from okxlint.secrets.redact import unarmed
    from okxlint.snapshot.file import load_snapshot

    request = Request(
        Question(as_of or datetime.now(UTC).date()),
        Wanted(cwd(), paths),
        policy=named,
        policy_ref=policy_ref,
        fail_on=None,
        snapshots=tuple(map(load_snapshot, snapshots)),
        allow_unknown=allow_unknown or frozenset(),
    )
    case = load_case(request)
    report = report_on(case, request.question)
    register = register_of(case, report)
    for name, path in outputs:
        to_file(path, partial(_write, name, register))
    to_stdout(partial(_write, format_, register))
    for unknown in report.unknown:
        # The register has them too, but nobody who sends it on need see that.
        click.echo(f"okxlint: unknown[{unknown.kind}] {unarmed(unknown.message)}", err=True)
    click.get_current_context().exit(report.exit)


def _write(format_: str, register: Register, stream: TextIO) -> None:
    _WRITERS[format_]()(register, stream)


def _csv() -> Writer:
    from okxlint.register.csv_rows import write_csv

    return write_csv


def _html() -> Writer:
    from okxlint.register.page import write_html

    return write_html


def _json() -> Writer:
    from okxlint.register.json_v1 import write_json

    return write_json


def _markdown() -> Writer:
    from okxlint.register.markdown import write_markdown

    return write_markdown


_WRITERS = {"markdown": _markdown, "csv": _csv, "json": _json, "html": _html}
"""By format; each loads its writer, for none needs what the others need."""

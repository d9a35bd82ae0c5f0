"""``okxlint snapshot-diff``."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, TextIO

import click

from okxlint.cli.output import to_file, to_stdout
from okxlint.cli.parameters import (
    color_option,
    format_options,
    wants_color,
)

if TYPE_CHECKING:
    from okxlint.report.difference import DifferenceObject

_FORMATS = ("text", "json", "markdown")


@click.command("snapshot-diff")
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@format_options(_FORMATS)
@color_option
def command(
    old: str, new: str, format_: str, outputs: tuple[tuple[str, str], ...], color: str
) -> None:
    """Tell what changed on OKX between two snapshots.

    Accounts and keys that appeared, are gone, were renamed or made anew; other permissions,
    addresses or settings. Both snapshots must be of one site, environment and account. A key is
    gone only if the newer snapshot could have shown it.

    \b
    Exit status: 0 nothing changed, 1 something did, 2 wrong usage, 3 nothing changed, but
    something could not be compared.

    \b
    Examples:
      okxlint snapshot-diff monday.json tuesday.json
      okxlint snapshot-diff monday.json tuesday.json -f markdown -o json=changes.json
    """
    from okxlint.report.difference import document
    from okxlint.snapshot.file import load_snapshot
    from okxlint.snapshot_changes import difference

    before, after = load_snapshot(old), load_snapshot(new)
    found = difference(before, after)
    value = document(before, after, found)
    for name, path in outputs:
        to_file(path, partial(_write, name, value, False))
    terminal = sys.stdout.isatty()
    to_stdout(partial(_write, format_, value, wants_color(color, terminal)))
    incomplete = any(each.counts for each in found.unseen)
    click.get_current_context().exit(1 if found.changes else 3 if incomplete else 0)


def _write(format_: str, value: DifferenceObject, color: bool, stream: TextIO) -> None:
    from okxlint.report.difference import FORMATS

    FORMATS[format_](value, stream, color)

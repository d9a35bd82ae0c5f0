"""``--fix`` and ``--diff`` of ``okxlint check``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from functools import partial, reduce
from typing import TYPE_CHECKING, TextIO

import click

from okxlint.cli.output import to_stdout, to_whole_file
from okxlint.cli.parameters import wants_color
from okxlint.errors import OkxlintError

if TYPE_CHECKING:
    from okxlint.check import Request
    from okxlint.fixes import Edited, Mended
    from okxlint.secrets.redact import Redactor


def fix(request: Request) -> None:
    """Apply the safe fixes, and tell on standard error how many there were."""
    from okxlint.fixes import mend
    from okxlint.report.summary import plural
    from okxlint.secrets.redact import visible

    mended = mend(request)
    for file in mended.files:
        if not os.access(file.path, os.W_OK):
            raise OkxlintError(f"cannot write {visible(file.shown)}: it is read-only")
    for file in mended.files:
        to_whole_file(file.path, file.after)
    _tell_left(mended)
    if mended.files:
        edits, files = plural(mended.fixes, "edit"), plural(len(mended.files), "file")
        click.echo(f"okxlint: applied {edits} in {files}", err=True)
    elif not mended.left:
        click.echo("okxlint: nothing to fix", err=True)


def show_difference(request: Request, color: str) -> int:
    """Print what the safe fixes would change.

    1 if that is anything, or if fixes are left to people, else 3 if something was not looked at.
    """
    from okxlint.fixes import mend

    mended = mend(request)
    terminal = sys.stdout.isatty()
    to_stdout(partial(_write, mended, wants_color(color, terminal)))
    _tell_left(mended)
    if mended.files or mended.left:
        return 1
    return 0 if mended.is_complete else 3


def _tell_left(mended: Mended) -> None:
    from okxlint.secrets.redact import visible

    for shown, why in mended.left.items():
        click.echo(f"okxlint: {visible(shown)}: mend it by hand: {why}", err=True)


def _write(mended: Mended, color: bool, stream: TextIO) -> None:
    from okxlint.report.paint import Paint
    from okxlint.secrets.redact import unarmed

    paint = Paint(color)
    for file in mended.files:
        lines = _difference(file, mended.masks)
        stream.writelines(paint.difference(unarmed(line)) + "\n" for line in lines)


def _difference(file: Edited, masks: Iterable[Redactor]) -> Iterator[str]:
    """A unified diff for people: masked, and each line on one line."""
    from difflib import unified_diff

    from okxlint.documents.reader import read
    from okxlint.secrets.hidden import blanked
    from okxlint.secrets.redact import visible

    name = visible(file.shown)
    # Lines as git has them; what other programs take for a line's end is shown as its escape.
    before, after = (
        blanked(read(file.shown, text.encode())).split("\n") for text in (file.before, file.after)
    )
    for line in unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm=""):
        yield visible(reduce(lambda text, each: each.mask(text), masks, line.removesuffix("\r")))

"""``okxlint lsp``."""

from __future__ import annotations

import gc
from datetime import date

import click

from okxlint.cli.parameters import Day, policy_option
from okxlint.errors import OkxlintError


@click.command("lsp")
@policy_option
@click.option(
    "--horizon", type=click.IntRange(0, 3660), default=0, metavar="DAYS",
    help="Tell, as information, what will start to fail within so many days.",
)  # fmt: skip
@click.option(
    "--as-of", type=Day(), metavar="DATE", help="Judge as on this UTC day.  [default: today]"
)
def command(named: str | None, horizon: int, as_of: date | None) -> None:
    """Show findings, pages and fixes in an editor.

    It speaks the Language Server Protocol over standard input and output: an editor starts it, and
    ends it. It needs the extra 'lsp': pip install '.[lsp]' in okxlint's clone.

    \b
    Exit status: 0 the editor left, 1 it sent 'exit' without 'shutdown' before, 2 wrong usage.

    \b
    Examples:
      okxlint lsp
      okxlint lsp --horizon 14
    """
    try:
        from okxlint.editor.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("lsprotocol", "pygls"):
            raise
        raise OkxlintError(
            "the editor's server is not installed",
            "Install okxlint with its extra 'lsp': pip install '.[lsp]' in its clone.",
        ) from None
    from okxlint.editor.checked import Settings

    # It lives for days, not for one run.
    gc.enable()
    click.get_current_context().exit(serve(Settings(named, horizon, as_of)))

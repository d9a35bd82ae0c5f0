"""``okxlint snapshot``."""

from __future__ import annotations

from functools import partial
from typing import Any, TextIO

import click

from okxlint.cli.connecting import LiveCommand, connect, read_okx, reading_options
from okxlint.cli.output import to_stdout, to_whole_file
from okxlint.cli.parameters import policy_option


@click.command("snapshot", cls=LiveCommand)
@click.option(
    "--account", required=True, metavar="NAME",
    help="The name that manifests give the credential's account.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(), metavar="FILE",
    help="The snapshot's file, its owner's alone (0600).  [default: standard output]",
)  # fmt: skip
@reading_options
@policy_option
def command(account: str, output: str | None, named: str | None, **options: Any) -> None:
    """Read OKX with a read-only credential, and write what is there.

    The credential stands in OKX_API_KEY, OKX_SECRET_KEY and OKX_PASSPHRASE; one that can trade or
    withdraw is refused. A master's shows all sub-accounts with their keys, and of its own account
    itself alone. Nothing is ever written to OKX.

    \b
    Exit status: 0 written, 2 refused, 3 written, but an account could not be read.

    \b
    Examples:
      okxlint snapshot --account main -o main.json
      okxlint snapshot --account main --site eea --env-prefix AUDIT_ -o main.json
    """
    from okxlint.snapshot.file import dumps

    snapshot = read_okx(connect(account, {**options, "policy": named}))
    text = dumps(snapshot)
    if output is None:
        to_stdout(partial(_write, text))
    else:
        to_whole_file(output, text, private=True)
    failed = any(each.listing == "failed" for each in snapshot.accounts)
    click.get_current_context().exit(3 if failed else 0)


def _write(text: str, stream: TextIO) -> None:
    stream.write(text)

"""``okxlint init``."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import click

from okxlint.cli.parameters import cwd
from okxlint.errors import OkxlintError


@click.command("init")
@click.argument("folder", type=click.Path(), default=".", metavar="[DIR]")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option(
    "--from-ccxt", "ccxt", type=click.Path(), metavar="FILE",
    help="Draft keys from the names in a file of ccxt's keys.",
)  # fmt: skip
@click.option(
    "--from-freqtrade", "freqtrade", type=click.Path(), metavar="FILE",
    help="Draft a key from the names in freqtrade's configuration.",
)  # fmt: skip
@click.option(
    "--from-hummingbot", "hummingbot", type=click.Path(), metavar="FILE",
    help="Draft a key from the names in a connector file of hummingbot.",
)  # fmt: skip
def command(folder: str, yes: bool, **programs: str | None) -> None:
    """Write a starter manifest, policy, hook and workflow.

    No file is ever overwritten. Of a program's configuration names alone are taken, never a secret.

    \b
    Exit status: 0 written, or there already, 2 wrong usage.

    \b
    Examples:
      okxlint init
      okxlint init --yes --from-freqtrade user_data/config.json
    """
    from okxlint.starter import starter_files
    from okxlint.starter.configurations import drafts_of

    named = [(program, path) for program, path in programs.items() if path is not None]
    drafts = [draft for each in named for draft in drafts_of(*each, cwd())]
    account, owner = "main", ""
    if not yes and sys.stdin is not None and sys.stdin.isatty():
        account = click.prompt("Name of the master account", default=account, err=True)
        owner = click.prompt("Team that owns the keys", default="", show_default=False, err=True)
    _write(folder, starter_files(account.strip() or "main", owner.strip(), drafts))
    for draft in drafts:
        for route in draft.plain:
            click.echo(
                f"okxlint: {draft.app}: a credential stands in plain text in '{route}': move it to "
                "a secret store, and make a new key if others could read the file",
                err=True,
            )
    click.echo("Next: okxlint check")


def _write(folder: str, files: Mapping[str, str]) -> None:
    from okxlint.secrets.redact import visible

    for name, text in files.items():
        path = os.path.normpath(os.path.join(folder, name))
        if os.path.lexists(path):
            click.echo(f"{visible(path)} is there already, and is left as it is")
            continue
        try:
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with open(path, "x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except OSError as error:
            raise OkxlintError(
                f"cannot write {path}: {error.strerror}", "Name a folder that you may write in."
            ) from error
        click.echo(f"wrote {visible(path)}")

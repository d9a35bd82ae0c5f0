"""``okxlint init``."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from okxlint.cli.parameters import cwd
from okxlint.errors import OkxlintError

if TYPE_CHECKING:
    from okxlint.starter.configurations import Draft


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
    Where a manifest is there already, its drafts go to okx-keys/PROGRAM.yaml.

    \b
    Exit status: 0 written, or there already, 2 wrong usage.

    \b
    Examples:
      okxlint init
      okxlint init --yes --from-freqtrade user_data/config.json
    """
    from okxlint.starter.configurations import drafts_of

    named = [(program, path) for program, path in programs.items() if path is not None]
    drafts = [draft for each in named for draft in drafts_of(*each, cwd())]
    account, owner = "main", ""
    if not yes and sys.stdin is not None and sys.stdin.isatty():
        account = _asked("Name of the master account", account)
        owner = _asked("Team that owns the keys (may be empty)", owner)
    _write(folder, *_files(folder, account, owner, drafts))
    for draft in drafts:
        for route in draft.plain:
            click.echo(
                f"okxlint: {draft.app}: a credential stands in plain text in '{route}': move it to "
                "a secret store, and make a new key if others could read the file",
                err=True,
            )
    is_here = os.path.abspath(folder) == os.path.abspath(cwd())
    click.echo("Next: okxlint check" if is_here else f"Next: cd {_quoted(folder)} && okxlint check")


def _asked(question: str, default: str) -> str:
    answer: str = click.prompt(
        question, default=default, show_default=bool(default), err=True, value_proc=_printable
    )
    return answer.strip() or default


def _printable(answer: str) -> str:
    if not answer.isprintable():
        raise click.BadParameter("it has characters in it that do not print")
    return answer


def _quoted(folder: str) -> str:
    """A folder as a shell takes it, safe to print."""
    from shlex import quote

    from okxlint.secrets.redact import visible

    return visible(quote(folder))


def _files(
    folder: str, account: str, owner: str, drafts: Sequence[Draft]
) -> tuple[Mapping[str, str], Sequence[str]]:
    """The texts to be written by their paths, and what belongs to another folder."""
    from okxlint.paths import find_tree
    from okxlint.starter import MANIFEST, OF_THE_REPOSITORY, draft_files, starter_files

    files = starter_files(account, owner, drafts, datetime.now(UTC).date())
    if drafts and os.path.lexists(os.path.join(folder, MANIFEST)):
        files |= draft_files(account, owner, drafts)
    tree = find_tree(folder)
    if not tree.git or tree.root == os.path.realpath(folder):
        return files, ()
    kept = {name: text for name, text in files.items() if name not in OF_THE_REPOSITORY}
    return kept, OF_THE_REPOSITORY


def _write(folder: str, files: Mapping[str, str], left: Sequence[str]) -> None:
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
                f"cannot write {visible(path)}: {error.strerror}",
                "Name a folder that you may write in.",
            ) from error
        click.echo(f"wrote {visible(path)}")
    if left:
        click.echo(f"{' and '.join(left)} belong to the top of the repository: see docs/ci.md")

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
    from okxlint.paths import find_tree
    from okxlint.starter.configurations import drafts_of, numbered

    named = [(program, path) for program, path in programs.items() if path is not None]
    drafts = numbered(draft for each in named for draft in drafts_of(*each, cwd()))
    asks = not yes and sys.stdin is not None and sys.stdin.isatty()
    files, notes = _files(folder, drafts, asks=asks)
    _write(folder, *_of_this_folder(folder, files))
    for note in notes:
        click.echo(note)
    for draft in drafts:
        for route in draft.plain:
            click.echo(
                f"okxlint: {draft.app}: a credential stands in plain text in '{route}': move it to "
                "a secret store, and make a new one if others could read the file",
                err=True,
            )
    if not find_tree(folder).git:
        click.echo(
            "The hook and the workflow do nothing before there is a git repository: git init"
        )
    is_here = os.path.abspath(folder) == os.path.abspath(cwd())
    click.echo("Next: okxlint check" if is_here else f"Next: cd {_quoted(folder)} && okxlint check")


def _asked(question: str, default: str) -> str:
    answer: str = click.prompt(
        question, default=default, show_default=bool(default), err=True, value_proc=_name
    )
    return answer or default


def _name(answer: str) -> str:
    from okxlint.secrets.redact import Redactor

    answer = answer.strip()
    if not answer.isprintable():
        raise click.BadParameter("it has characters in it that do not print; try again")
    if Redactor(()).mask(answer) != answer:
        raise click.BadParameter("it looks like a key's id or secret; give a name")
    return answer


def _quoted(folder: str) -> str:
    """A folder as a shell takes it, safe to print."""
    from shlex import quote

    from okxlint.secrets.redact import Redactor

    return Redactor(()).clean(quote(folder))


def _files(
    folder: str, drafts: Sequence[Draft], *, asks: bool
) -> tuple[Mapping[str, str], Sequence[str]]:
    """The texts by their paths, and what to tell of what is not among them."""
    from okxlint.starter import FURTHER, MANIFEST, starter_files

    has_manifest = os.path.lexists(os.path.join(folder, MANIFEST))
    is_first = not has_manifest and not _has_files(os.path.join(folder, FURTHER))
    account, owner = "main", ""
    # An answer of which nothing would be made is not asked for.
    if asks and is_first:
        account = _asked("Name of the master account", account)
    if asks and (is_first or drafts):
        owner = _asked("Team that owns the keys (may be empty)", owner)
    files = starter_files(account, owner, drafts, datetime.now(UTC).date())
    if is_first:
        return files, ()
    notes = []
    if not has_manifest:
        # It would declare once more an account that a manifest there declares.
        del files[MANIFEST]
        notes.append(f"{MANIFEST} was not written: there are files in {FURTHER} already")
    if not drafts:
        return files, notes
    from okxlint.starter.beside import beside

    further = beside(os.path.realpath(folder), account, owner, drafts)
    notes += (f"key '{label}' is declared already, and not drafted" for label in further.declared)
    return files | further.files, notes


def _has_files(folder: str) -> bool:
    try:
        return bool(os.listdir(folder))
    except OSError:
        return os.path.lexists(folder)


def _of_this_folder(
    folder: str, files: Mapping[str, str]
) -> tuple[Mapping[str, str], Sequence[str]]:
    """The texts to be written in a folder, and what is to be said of the others."""
    from okxlint.paths import find_tree
    from okxlint.starter import OF_THE_REPOSITORY, at_the_top

    tree, real = find_tree(folder), os.path.realpath(folder)
    if tree.root == real:
        return files, ()
    kept = {name: text for name, text in files.items() if name not in OF_THE_REPOSITORY}
    return kept, at_the_top(tree.shown(real))


def _write(folder: str, files: Mapping[str, str], said: Sequence[str]) -> None:
    from okxlint.secrets.redact import Redactor

    clean = Redactor(()).clean
    for name, text in files.items():
        path = os.path.normpath(os.path.join(folder, name))
        if os.path.lexists(path):
            click.echo(f"{clean(path)} is there already, and is left as it is")
            continue
        try:
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with open(path, "x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except OSError as error:
            raise OkxlintError(
                f"cannot write {clean(path)}: {error.strerror}",
                "Name a folder that you may write in.",
            ) from error
        click.echo(f"wrote {clean(path)}")
    for line in said:
        click.echo(clean(line))

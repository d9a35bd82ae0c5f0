"""``okxlint import``."""

from __future__ import annotations

import click

from okxlint.cli.parameters import cwd, policy_option
from okxlint.secrets.masking import clean_alone
from okxlint.secrets.redact import unarmed


@click.command("import")
@click.argument("path", type=click.Path(), metavar="SNAPSHOT")
@click.option(
    "-o", "--output", "folder", type=click.Path(), required=True, metavar="DIR",
    help="The folder that gets a manifest for each account. Nothing in it is overwritten.",
)  # fmt: skip
@click.option(
    "--update", is_flag=True,
    help="Draft only the accounts and keys that no manifest declares, in new files.",
)  # fmt: skip
@policy_option
def command(path: str, folder: str, update: bool, named: str | None) -> None:
    """Draft manifests from a snapshot.

    Each account gets a file with its keys as they are on OKX, and with TODO comments where only
    people know what to write. Existing files are never changed: without --update, one that is in
    the way stops the run before anything is written. --policy says, with --update, where the
    manifests are.

    \b
    Exit status: 0 written or nothing to write, 2 wrong usage, 3 written, but some of what is on
    OKX could not be read or declared.

    \b
    Examples:
      okxlint import main.json -o okx-keys
      okxlint import main.json -o okx-keys --update
    """
    from okxlint.drafts.files import write_drafts
    from okxlint.report.summary import plural
    from okxlint.snapshot.file import load_snapshot

    if named is not None and not update:
        raise click.UsageError("--policy says where manifests are, which --update alone asks")
    snapshot = load_snapshot(path)
    if update:
        from okxlint.drafts.update import undeclared

        drafts = undeclared(snapshot, cwd(), folder, named)
    else:
        from okxlint.drafts import drafts_of

        drafts = list(drafts_of(snapshot))
    filled = [draft for draft in drafts if not draft.is_empty]
    files = write_drafts(folder, filled, beside=update)
    for file, draft in zip(files, filled, strict=True):
        _tell(f"{file}: {plural(draft.keys, 'key')}")
    if not filled:
        _tell("there is nothing that could be declared and is not: nothing was written")
    for draft in drafts:
        for note in draft.notes:
            _tell(f"account '{draft.account}': {note}")
    failed = [each.name for each in snapshot.accounts if each.listing == "failed"]
    for name in failed:
        if name not in {draft.account for draft in drafts}:
            _tell(f"account '{name}': its keys could not be read from OKX")
    is_short = bool(failed) or any(draft.is_short for draft in drafts)
    click.get_current_context().exit(3 if is_short else 0)


def _tell(line: str) -> None:
    click.echo(unarmed(clean_alone(line)), err=True)

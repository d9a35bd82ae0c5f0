"""``okxlint reconcile``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from okxlint.cli.checking import check_options, check_usage, run_and_report
from okxlint.cli.connecting import (
    LiveCommand,
    connect,
    declared_account,
    host_for,
    read_okx,
    reading_options,
)
from okxlint.cli.output import to_whole_file
from okxlint.cli.parameters import cwd


@click.command("reconcile", cls=LiveCommand)
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option(
    "--account", required=True, metavar="NAME",
    help="The name that manifests give the credential's account.",
)  # fmt: skip
@reading_options
@click.option("--keep", type=click.Path(), metavar="FILE", help="Keep the snapshot, too.")
@click.option("--dry-run", is_flag=True, help="Print what would be asked of OKX, and ask nothing.")
@check_options
def command(paths: tuple[str, ...], account: str, **options: Any) -> None:
    """Read OKX, and check the manifests against it.

    It is 'okxlint snapshot' and 'okxlint check --live' in one.

    \b
    Exit status: 0 clean, 1 findings, 2 wrong usage, policy or credential, 3 something was not
    looked at.

    \b
    Examples:
      okxlint reconcile --account main
      okxlint reconcile --account main --keep main.json -o sarif=okxlint-live.sarif
      okxlint reconcile --account main --dry-run
    """
    from okxlint.loading import Wanted

    if "-" in paths:
        raise click.UsageError("standard input ('-') is not read here: 'okxlint check' does")
    check_usage(options)
    if options["dry_run"]:
        for line in _requests(account, options):
            click.echo(line)
        return
    snapshot = read_okx(connect(account, options))
    if options["keep"] is not None:
        from okxlint.snapshot.file import dumps

        to_whole_file(options["keep"], dumps(snapshot), private=True)
    code = run_and_report(Wanted(cwd(), paths), options, [snapshot], max_age=1)
    click.get_current_context().exit(code)


def _requests(account: str, options: Mapping[str, Any]) -> list[str]:
    """All that a reading may ask, in its order."""
    from okxlint.live.client import CONFIG, KEYS, SUB_ACCOUNTS, TIME
    from okxlint.live.exchange import PAGE

    url = host_for(declared_account(account, options["policy"]), options).url
    return [
        f"GET {url}{CONFIG.path}",
        f"GET {url}{TIME.path} (only if OKX finds the clock of this machine wrong)",
        f"GET {url}{SUB_ACCOUNTS.path}?limit={PAGE} (for every {PAGE} sub-accounts once)",
        f"GET {url}{KEYS.path}?subAcct=NAME (for each sub-account once; OKX says how many)",
    ]

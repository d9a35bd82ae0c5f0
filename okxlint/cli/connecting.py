"""What the commands that ask OKX have in common: their options, and how they connect."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from okxlint.cli.parameters import cwd

if TYPE_CHECKING:
    from okxlint.inventory import Account
    from okxlint.live.client import Client
    from okxlint.live.reading import Wanted
    from okxlint.live.sites import Host
    from okxlint.snapshot import Snapshot

SITES = ("global", "eea", "us", "tr")
_HOST = (
    click.option(
        "--site", type=click.Choice(SITES),
        help="Where the account is.  [default: what its manifest says, else global]",
    ),
    click.option("--base-url", metavar="URL", help="Another host, for a proxy."),
    click.option("--demo", is_flag=True, help="Ask for demo trading, with a key of it."),
    click.option(
        "--env-prefix", metavar="PREFIX", default="",
        help="Read PREFIXOKX_API_KEY, PREFIXOKX_SECRET_KEY and PREFIXOKX_PASSPHRASE.",
    ),
)  # fmt: skip
_READING = (
    click.option(
        "--allow-privileged-auditor", is_flag=True,
        help="Go on with a credential that can do more than read.",
    ),
    click.option(
        "--attested", type=click.Path(), metavar="FILE",
        help="What a person read off OKX's page, for accounts that OKX lists to nobody.",
    ),
)  # fmt: skip
Command = Callable[..., Any]


class LiveCommand(click.Command):
    """A command that asks OKX. It refuses a command line with a credential on it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        from okxlint.live.credentials import refuse_in_arguments

        refuse_in_arguments(args, os.environ)
        return super().parse_args(ctx, args)


def host_options(command: Command) -> Command:
    """The options that say whom to ask."""
    return reduce(lambda made, option: option(made), reversed(_HOST), command)


def reading_options(command: Command) -> Command:
    """The options of a reading of OKX."""
    return reduce(lambda made, option: option(made), reversed((*_HOST, *_READING)), command)


class Connection(NamedTuple):
    """A client, and what a reading with it is asked for."""

    client: Client
    wanted: Wanted
    own_key_id: str | None


def connect(account: str, options: Mapping[str, Any]) -> Connection:
    """A client for the host and the credential that the options and the environment name.

    Raises ``OkxlintError``.
    """
    from okxlint.live.client import Client
    from okxlint.live.credentials import read_credential
    from okxlint.live.reading import Wanted

    declared = declared_account(account, options.get("policy"))
    host = host_for(declared, options)
    credential = read_credential(os.environ, options["env_prefix"])
    wanted = Wanted(
        account=account,
        uid=declared.uid if declared else None,
        demo=options["demo"],
        allow_privileged=options.get("allow_privileged_auditor", False),
        attested=_attested(options.get("attested")),
    )
    client = Client(host, credential, demo=options["demo"])
    return Connection(client, wanted, credential.key_id)


def host_for(declared: Account | None, options: Mapping[str, Any]) -> Host:
    """Whom to ask: what the options name, else the site of the account. Raises ``OkxlintError``."""
    from okxlint.live.sites import host_of

    site = options["site"]
    if site is None and options["base_url"] is None and declared:
        site = declared.site
    return host_of(site, options["base_url"])


def declared_account(name: str, policy: str | None) -> Account | None:
    """The account as the inventory declares it, if there is one. Raises ``OkxlintError``."""
    from okxlint.loading import Wanted, load_files
    from okxlint.manifest import load
    from okxlint.paths import find_tree
    from okxlint.policy import file as policy_file

    here = cwd()
    tree = find_tree(here)
    loaded = load_files(Wanted(here), tree, policy_file.load(policy, here, tree))
    inventory, _ = load(loaded.files)
    return inventory.account(name)


def _attested(path: str | None) -> Any:
    if path is None:
        return ()
    from datetime import UTC, datetime

    from okxlint.live.attested import load_attested

    return load_attested(path, datetime.now(UTC).date())


def read_okx(connection: Connection) -> Snapshot:
    """Take a snapshot, and tell on standard error how it goes. Raises ``OkxlintError``."""
    from okxlint.live.reading import take_snapshot
    from okxlint.secrets.redact import unarmed, visible

    with _progress() as progress:
        snapshot = take_snapshot(
            connection.client, connection.wanted, connection.own_key_id, progress
        )
    for note in notes(snapshot):
        click.echo(unarmed(visible(f"okxlint: {note}")), err=True)
    return snapshot


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """One line on a terminal, written anew each time; nothing elsewhere."""
    stream = sys.stderr
    if stream is None or not stream.isatty():
        yield lambda done, total: None
        return
    begun: list[bool] = []

    def progress(done: int, total: int) -> None:
        begun[:] = [True]
        stream.write(f"\rokxlint: {done} of {total} sub-accounts read")
        stream.flush()

    try:
        yield progress
    finally:
        if begun:
            stream.write("\n")


def notes(snapshot: Snapshot) -> list[str]:
    """What a person should know of a snapshot: what was not read, and what nobody knows."""
    told = [
        f"account '{account.name}' could not be read: {account.reason}"
        for account in snapshot.accounts
        if account.listing == "failed"
    ]
    keys = [key for account in snapshot.accounts for key in account.keys]
    known = {"read_only", "trade", "withdraw"}
    words = {word for key in keys for word in key.permissions} - known
    fields = {name for key in keys for name in key.extra}
    fields |= {name for account in snapshot.accounts for name in account.extra}
    for what, names in (("permission", words), ("field", fields)):
        told += [
            f"OKX has a {what} that okxlint does not know, and keeps: {name}"
            for name in sorted(names)
        ]
    return told

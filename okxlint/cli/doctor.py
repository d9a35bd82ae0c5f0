"""``okxlint doctor``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from okxlint.cli.connecting import LiveCommand, declared_account, host_for, host_options
from okxlint.cli.output import to_stdout
from okxlint.cli.parameters import color_option, policy_option, wants_color

if TYPE_CHECKING:
    from okxlint.inventory import Account
    from okxlint.live.sites import Host
    from okxlint.live.steps import Step


@click.command("doctor", cls=LiveCommand)
@click.option(
    "--account", metavar="NAME",
    help="The name that manifests give the account: its site is asked, and its uid compared.",
)  # fmt: skip
@host_options
@policy_option
@click.option(
    "-f", "--format", "format_", type=click.Choice(("text", "json")), default="text",
    show_default=True, help="The form on standard output.",
)  # fmt: skip
@color_option
def command(account: str | None, named: str | None, format_: str, **options: Any) -> None:
    """Say why a credential or a connection does not work, and what to do.

    Goes step by step, from the variables over name, TLS and clock to the sub-accounts, up to the
    first step that fails. It asks OKX what 'okxlint snapshot' asks, and shows nothing secret.

    \b
    Exit status: 0 all is well, 1 a step failed, 2 wrong usage or policy.

    \b
    Examples:
      okxlint doctor --account main
      okxlint doctor --site eea --format json
    """
    from okxlint.live.steps import Examination, write_json, write_skipped, write_step

    declared = declared_account(account, named) if account else None
    host = host_for(declared, options)
    color = wants_color(options["color"], sys.stdout.isatty())
    steps = []
    for step in _examine(account, declared, host, options):
        steps.append(step)
        if format_ == "text" and step.status != "skipped":
            to_stdout(partial(write_step, step, color=color))
    examination = Examination(host, options["demo"], account, steps)
    if format_ == "json":
        to_stdout(partial(write_json, examination))
    else:
        left = [step.name for step in steps if step.status == "skipped"]
        to_stdout(partial(write_skipped, left, color=color))
    click.get_current_context().exit(examination.exit_code)


def _examine(
    account: str | None, declared: Account | None, host: Host, options: Mapping[str, Any]
) -> Iterator[Step]:
    from okxlint.errors import OkxlintError
    from okxlint.live.client import Client
    from okxlint.live.credentials import read_credential, variables
    from okxlint.live.doctor import examine, skipped
    from okxlint.live.reading import Wanted
    from okxlint.live.steps import Step

    try:
        credential = read_credential(os.environ, options["env_prefix"])
    except OkxlintError as error:
        yield Step("credential", "failed", error.message, error.hint or "")
        yield from skipped({"credential", "answer"})
        return
    names = ", ".join(variables(options["env_prefix"]))
    yield Step("credential", "ok", f"{names} are set")
    wanted = Wanted(account or "", uid=declared.uid if declared else None, demo=options["demo"])
    yield from examine(Client(host, credential, demo=options["demo"]), wanted)

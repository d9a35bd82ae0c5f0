"""The command line. A command is imported when it is called, so that ``--help`` costs nothing."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from keyword import iskeyword
from typing import NoReturn

import click

from okxlint import __version__
from okxlint.errors import OkxlintError

COMMANDS = {
    "check": "Check manifests against policy.",
    "upcoming": "Tell what will start to fail, and on which day.",
    "register": "Write the key register for an audit.",
    "snapshot": "Read OKX with a read-only credential, and write what is there.",
    "reconcile": "Read OKX, and check the manifests against it.",
    "doctor": "Say why a credential or a connection does not work, and what to do.",
    "snapshot-diff": "Tell what changed on OKX between two snapshots.",
    "import": "Draft manifests from a snapshot.",
    "init": "Write a starter manifest, policy, hook and workflow.",
    "rules": "List the rules.",
    "explain": "Explain one rule: its reason, options and examples.",
    "policy": "Show the policy in force, and where each value comes from.",
    "baseline": "Write today's findings as accepted debt, with a last day.",
    "test": "Run policy tests: manifests whose comments say what must be found.",
    "lsp": "Show findings, pages and fixes in an editor.",
    "schema": "Print the JSON Schema of a manifest, policy, baseline, snapshot or report.",
}


class _Commands(click.Group):
    """Commands by name, each in a module of that name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"okxlint.cli.{_module(cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        wrong = args and args[0] not in COMMANDS and not args[0].startswith("-")
        if wrong and not ctx.resilient_parsing:
            from okxlint.suggest import did_you_mean

            nearest = did_you_mean(args[0], COMMANDS)
            raise click.UsageError(f"there is no command '{args[0]}'{nearest}", ctx)
        return super().resolve_command(ctx, args)


def _module(command: str) -> str:
    """The name of a command's module: ``snapshot_diff``, ``import_``."""
    name = command.replace("-", "_")
    return f"{name}_" if iskeyword(name) else name


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="okxlint", message="%(prog)s %(version)s")
def group() -> None:
    """Check declared OKX API keys against policy.

    \b
    Example:
      okxlint check                 the inventory of this repository
      okxlint check --horizon 30    and what will start to fail within 30 days
      okxlint explain max-age       why, and what to do
    """


def main(args: list[str] | None = None) -> NoReturn:
    """The console script. Never a traceback for what a user can cause.

    Ends with 130 if the user interrupts it; a reader of standard output that has seen enough
    (``| head``) changes nothing.
    """
    # An inventory is millions of small objects that live to the end: nothing to collect.
    gc.disable()
    # Else pydantic runs plugins of its own that any installed distribution may bring along.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    # What cannot show a character gets its escape, not a traceback; reports end lines as git does.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace", newline="\n")
    closed = OkxlintError("standard output is closed")
    code = _tell(closed) if sys.stdout is None else _run(args)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        code = code if isinstance(error, BrokenPipeError) else _tell(_unwritable(error))
        _forget_stdout()
    sys.exit(code)


def script() -> NoReturn:
    """``main`` in a process of its own, which ends at once.

    To take an inventory apart object by object, as the interpreter would, can take a second.
    """
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.flush()
    os._exit(code)


def _run(args: list[str] | None) -> int:
    stdout = sys.stdout
    try:
        return group.main(args, prog_name="okxlint", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("okxlint: interrupted", err=True)
        return 130
    except OkxlintError as error:
        return _tell(error)
    except SystemExit:
        # So click ends, with another stream, when the reader of this one has gone: all is well.
        if sys.stdout is stdout:
            raise
        return 0
    except OSError as error:
        return _tell(_unwritable(error))


def _unwritable(error: OSError) -> OkxlintError:
    return OkxlintError(f"cannot write to standard output: {error.strerror}")


def _tell(error: OkxlintError) -> int:
    from okxlint.secrets.redact import unarmed, visible

    for line in f"okxlint: {error.message}".split("\n"):
        click.echo(unarmed(visible(line)), err=True)
    if error.hint:
        click.echo(f"  {unarmed(visible(error.hint))}", err=True)
    return error.exit_code


def _forget_stdout() -> None:
    """Let what is left go nowhere, so that the interpreter's own flush at the end cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

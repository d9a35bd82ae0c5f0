"""What the options of commands take."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

import click

from okxlint.errors import OkxlintError
from okxlint.rule import rule_ids
from okxlint.unknowns import KINDS


class Day(click.ParamType[date]):
    """A UTC day."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        problem = f"'{value}' is no day; write YYYY-MM-DD, for example 2026-11-22"
        raise click.BadParameter(problem, ctx, param)


class Rules(click.ParamType[frozenset[str]]):
    """The ids of rules, parted by commas. Which there are, the policy says."""

    name = "rules"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> frozenset[str]:
        return frozenset(name.strip() for name in value.split(",") if name.strip())

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[Any]:
        done, comma, last = incomplete.rpartition(",")
        return _completed(done + comma, last)


class Kinds(click.ParamType[frozenset[str]]):
    """Kinds of unknown, parted by commas."""

    name = "kinds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> frozenset[str]:
        names = frozenset(name.strip() for name in value.split(",") if name.strip())
        for name in sorted(names - KINDS.keys()):
            from okxlint.suggest import did_you_mean

            nearest = did_you_mean(name, KINDS) or f" (there are: {', '.join(KINDS)})"
            self.fail(f"there is no kind of unknown '{name}'{nearest}", param, ctx)
        return names


class Output(click.ParamType[tuple[str, str]]):
    """A format, and the file that gets it."""

    name = "format=file"

    def __init__(self, formats: Collection[str]) -> None:
        self.formats = formats

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        name, equals, path = value.partition("=")
        if not equals or not path:
            self.fail(f"'{value}' is not FORMAT=FILE, for example sarif=okxlint.sarif", param, ctx)
        if name not in self.formats:
            from okxlint.suggest import did_you_mean

            choices = f" (there are: {', '.join(self.formats)})"
            nearest = did_you_mean(name, self.formats) or choices
            self.fail(f"there is no format '{name}'{nearest}", param, ctx)
        return name, path


class RuleId(click.ParamType[str]):
    """The id of one rule. Which there are, the policy says."""

    name = "rule"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[Any]:
        return _completed("", incomplete)


def _completed(before: str, beginning: str) -> list[Any]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(before + name) for name in rule_ids() if name.startswith(beginning)]


Command = Callable[..., Any]
color_option = click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
    help="Colour in text. NO_COLOR and FORCE_COLOR are respected.",
)  # fmt: skip
policy_option = click.option(
    "--policy", "named", type=click.Path(), metavar="FILE|PACK",
    help="The policy, instead of the one found.",
)  # fmt: skip


def format_options(formats: Sequence[str]) -> Callable[[Command], Command]:
    """``--format``, the first one by default, and ``--output``, several times if wanted."""
    chosen = click.option(
        "-f", "--format", "format_", type=click.Choice(formats), default=formats[0],
        show_default=True, help="The form on standard output.",
    )  # fmt: skip
    besides = output_option(formats, "it")
    return lambda command: chosen(besides(command))


def output_option(formats: Collection[str], what: str) -> Callable[[Command], Command]:
    """``--output``, several times if wanted, each time to another file."""
    return click.option(
        "-o", "--output", "outputs", type=Output(formats), multiple=True, metavar="FORMAT=FILE",
        callback=_apart, help=f"Write {what} to a file as well. May be given several times.",
    )  # fmt: skip


def _apart(
    ctx: click.Context, param: click.Parameter, outputs: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    seen: set[str] = set()
    for _, path in outputs if len(outputs) > 1 else ():
        real = os.path.realpath(os.path.join(cwd(), path))
        if real in seen and not real.startswith("/dev/"):
            raise click.BadParameter(f"'{path}' is given twice, and has room for one", ctx, param)
        seen.add(real)
    return outputs


policy_ref_option = click.option(
    "--policy-ref", metavar="REV",
    help="Judge by the policy, and the waivers, that this revision has.",
)  # fmt: skip


def cwd() -> str:
    """The working directory. Raises ``OkxlintError`` if it is gone."""
    try:
        return os.getcwd()
    except OSError as error:
        raise OkxlintError(f"cannot tell the working directory: {error.strerror}") from error


def wants_color(asked: str, terminal: bool) -> bool:
    """``--color`` first, then NO_COLOR, then FORCE_COLOR, then what standard output is."""
    if asked != "auto":
        return asked == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or terminal

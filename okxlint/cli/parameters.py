"""What the options of commands take."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import click

from okxlint.report import FORMATS
from okxlint.rule import Rule, load_rule, rule_ids


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
    """The ids of rules, parted by commas."""

    name = "rules"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> frozenset[str]:
        names = [name.strip() for name in value.split(",") if name.strip()]
        for name in names:
            if name not in rule_ids():
                self.fail(_no_rule(name), param, ctx)
        return frozenset(names)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[Any]:
        done, comma, last = incomplete.rpartition(",")
        return _completed(done + comma, last)


class Output(click.ParamType[tuple[str, str]]):
    """A format, and the file that gets it."""

    name = "format=file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        name, equals, path = value.partition("=")
        if not equals or not path:
            self.fail(f"'{value}' is not FORMAT=FILE, for example sarif=okxlint.sarif", param, ctx)
        if name not in FORMATS:
            from okxlint.suggest import did_you_mean

            choices = f" (there are: {', '.join(FORMATS)})"
            nearest = did_you_mean(name, FORMATS) or choices
            self.fail(f"there is no format '{name}'{nearest}", param, ctx)
        return name, path


class RuleId(click.ParamType[Rule]):
    """The id of one rule."""

    name = "rule"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Rule:
        if value not in rule_ids():
            self.fail(_no_rule(value), param, ctx)
        return load_rule(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[Any]:
        return _completed("", incomplete)


def _no_rule(name: str) -> str:
    from okxlint.suggest import did_you_mean

    return f"there is no rule '{name}'{did_you_mean(name, rule_ids())}"


def _completed(before: str, beginning: str) -> list[Any]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(before + name) for name in rule_ids() if name.startswith(beginning)]

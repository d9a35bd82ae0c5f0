"""``okxlint explain``."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

import click

from okxlint.catalogue import facts, markdown
from okxlint.cli.parameters import RuleId, cwd, policy_option
from okxlint.errors import OkxlintError
from okxlint.paths import find_tree
from okxlint.policy.file import load
from okxlint.rule import Rule, load_rule, rule_ids
from okxlint.suggest import did_you_mean

WIDTH = 88


@click.command("explain")
@click.argument("rule_id", type=RuleId(), metavar="RULE")
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "markdown", "json"]), default="text",
    show_default=True, help="Text for a terminal, Markdown, or JSON for programs.",
)  # fmt: skip
@policy_option
def command(rule_id: str, format_: str, named: str | None) -> None:
    """Explain one rule: its reason, options and examples.

    \b
    Examples:
      okxlint explain max-age
      okxlint explain no-withdraw -f markdown
    """
    rule = _rule(rule_id, named)
    if format_ == "json":
        import json

        click.echo(json.dumps(facts(rule), indent=2))
    elif format_ == "markdown":
        click.echo(markdown(rule), nl=False)
    else:
        for line in terminal_lines(markdown(rule)):
            click.echo(line)


def _rule(rule_id: str, named: str | None) -> Rule:
    """A built-in rule, whatever the policy is like, or one of the policy."""
    if rule_id in rule_ids():
        return load_rule(rule_id)
    here = cwd()
    rules = load(named, here, find_tree(here)).rules
    if rule_id not in rules:
        nearest = did_you_mean(rule_id, rules)
        hint = "A plugin's rules are there if the policy names its distribution in 'plugins'."
        raise OkxlintError(
            f"there is no rule '{rule_id}'{nearest}",
            hint if "/" in rule_id and not nearest else "See 'okxlint rules'.",
        )
    return rules[rule_id]


def terminal_lines(page: str) -> Iterator[str]:
    """A rule's Markdown for a terminal: headings stand out, code is indented, text is wrapped."""
    in_code = False
    paragraph: list[str] = []
    for line in [*page.rstrip().split("\n"), ""]:
        if in_code and not line.startswith("```"):
            yield f"    {line}".rstrip()
        elif line and not line.startswith(("#", "|", "- ", "```")):
            paragraph.append(line.strip())
        else:
            yield from _wrapped(paragraph)
            paragraph = [line] if line.startswith("- ") else []
            in_code = line.startswith("```") and not in_code
            yield from _line(line)


def _line(line: str) -> Iterator[str]:
    if line.startswith("#"):
        yield click.style(line.lstrip("# "), bold=True)
    elif line.startswith("|") and not line.startswith("|---"):
        cells = [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
        yield "  " + _row(cells)
    elif not line:
        yield ""


def _row(cells: list[str]) -> str:
    *short, last = cells
    return "  ".join([*(f"{cell:<16}" for cell in short), last]).rstrip()


def _wrapped(lines: list[str]) -> list[str]:
    text = re.sub(r"[`]|\*\*", "", " ".join(lines))
    indent = "  " if text.startswith("- ") else ""
    return textwrap.wrap(
        text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )

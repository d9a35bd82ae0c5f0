"""``okxlint rules``."""

from __future__ import annotations

import click

from okxlint.catalogue import GROUPS, PACKS, facts, summary
from okxlint.cli.parameters import cwd, policy_option
from okxlint.paths import find_tree
from okxlint.policy.file import load
from okxlint.rule import Rule


@click.command("rules")
@click.option(
    "-f", "--format", "format_", type=click.Choice(["table", "json"]), default="table",
    show_default=True, help="A table for people, or JSON for programs.",
)  # fmt: skip
@policy_option
def command(format_: str, named: str | None) -> None:
    """List the rules, with their severity in each pack; those of the policy in force too.

    \b
    Examples:
      okxlint rules
      okxlint rules -f json
    """
    here = cwd()
    known = load(named, here, find_tree(here)).rules
    rules = sorted(known.values(), key=lambda rule: (GROUPS.index(rule.group), rule.id))
    if format_ == "json":
        import json

        click.echo(json.dumps([facts(rule) for rule in rules], indent=2))
        return
    widest = max(len(rule.id) for rule in rules)
    titles = "  ".join(f"{pack:<11}" for pack in PACKS)
    click.echo(f"{'rule':<{widest}}  {titles}  requirement")
    group = ""
    for rule in rules:
        if rule.group != group:
            group = rule.group
            click.echo(f"\n{group}")
        click.echo(f"{rule.id:<{widest}}  {_severities(rule)}  {summary(rule)}")


def _severities(rule: Rule) -> str:
    words = [rule.severities[pack].word if pack in rule.severities else "-" for pack in PACKS]
    return "  ".join(f"{word:<11}" for word in words)

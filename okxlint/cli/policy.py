"""``okxlint policy``."""

from __future__ import annotations

import click

from okxlint.cli.parameters import RuleId, cwd, policy_option
from okxlint.errors import OkxlintError
from okxlint.inventory import Key
from okxlint.paths import Tree, find_tree
from okxlint.policy import Policy
from okxlint.policy.file import load
from okxlint.policy.match import described
from okxlint.policy.view import cleaned, undercut, view
from okxlint.policy.yaml import lines
from okxlint.secrets.masking import Masking
from okxlint.secrets.redact import unarmed, visible
from okxlint.suggest import did_you_mean


@click.group("policy")
def command() -> None:
    """Show the policy in force.

    \b
    Example:
      okxlint policy show
    """


@command.command("show")
@policy_option
@click.option("--rule", "rule_id", type=RuleId(), metavar="RULE", help="This rule alone.")
@click.option("--key", metavar="ACCOUNT/LABEL", help="What holds for this key, overrides included.")
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text",
    show_default=True, help="A policy with comments, or JSON for programs.",
)  # fmt: skip
def show(named: str | None, rule_id: str | None, key: str | None, format_: str) -> None:
    """Print the policy in force, each value with the file and line, or pack, that it comes from.

    \b
    Examples:
      okxlint policy show
      okxlint policy show --rule max-age
      okxlint policy show --key gridbot01/gridbot-2026q4
      okxlint policy show --policy strict -f json
    """
    here = cwd()
    tree = find_tree(here)
    policy = load(named, here, tree)
    if rule_id is not None:
        _check_rule(rule_id, policy, by_key=key is not None)
    target = _key(key, here, tree, policy) if key is not None else None
    chosen = "--policy" if named is not None else "found" if policy.top else "default"
    found = view(policy, tree.shown, chosen, rule_id, target)
    shown = cleaned(found, Masking(policy.files).redactor.mask)
    if format_ == "json":
        import json

        # A log must find no command in it, and a program the same text.
        click.echo(json.dumps(shown, indent=2).replace("##[", r"##\u005b"))
        return
    for line in lines(shown, undercut(policy)):
        click.echo(unarmed(visible(line)))


def _check_rule(rule_id: str, policy: Policy, by_key: bool) -> None:
    names = [name for name, rule in policy.rules.items() if not rule.hygiene]
    if rule_id not in policy.rules:
        nearest = did_you_mean(rule_id, names)
        raise OkxlintError(f"there is no rule '{rule_id}'{nearest}", "See 'okxlint rules'.")
    if rule_id not in names:
        raise OkxlintError(f"'{rule_id}' is always on, at its own severity: no policy sets it")
    kinds = policy.rules[rule_id].targets
    if by_key and "key" not in kinds:
        message = f"'{rule_id}' is about {described(kinds)}, so that it has nothing to say of a key"
        raise OkxlintError(message, "Leave out --key.")


def _key(name: str, here: str, tree: Tree, policy: Policy) -> Key:
    from okxlint.loading import Wanted, load_files
    from okxlint.manifest import load as load_inventory

    loaded = load_files(Wanted(here), tree, policy)
    inventory, _ = load_inventory(loaded.files)
    # Both names may have a '/' themselves.
    ways = [(name[:at], name[at + 1 :]) for at, letter in enumerate(name) if letter == "/"]
    for account, label in ways:
        found = inventory.key(account, label)
        if found is not None:
            return found
    if not inventory.key_names.isdisjoint(ways):
        message = f"the key '{name}' has an error in its manifest, so that no rule judges it"
        raise OkxlintError(message, "'okxlint check' says what it is.")
    names = [f"{key.account}/{key.label}" for key in inventory.keys]
    unread = [str(error.message) for error in loaded.unreadable.values()]
    raise OkxlintError(
        "\n".join([f"no manifest declares the key '{name}'{did_you_mean(name, names)}", *unread]),
        "Write ACCOUNT/LABEL as they stand in the manifest.",
    )

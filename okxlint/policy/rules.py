"""The rules that a policy brings along: those of its plugins, and those it states as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from okxlint.model import Severity
from okxlint.origin import Place
from okxlint.policy import Change, Said
from okxlint.policy.distributions import NotInstalled, normalized, plugins
from okxlint.policy.layer import said_at
from okxlint.policy.text import PolicyText, Wrong
from okxlint.rule import Rule, Ruleset, rule_ids

STRICT = "strict"


class Known:
    """What the files of a policy know. ``problems`` is what is wrong with it.

    A rule of a plugin begins with the severity and options that it gives for the pack `strict`, if
    the policy descends from that, else for `recommended`; a custom one with its own severity.
    """

    def __init__(self, texts: Sequence[PolicyText]) -> None:
        self.problems: list[Wrong] = []
        self.own: dict[str, Change] = {}
        """What rules say of themselves, by id."""
        found = self.plugged(texts)
        for text in texts:
            for rule, change in self.custom_of(text, found):
                found[rule.id] = rule
                self.own[rule.id] = change
        self.rules = Ruleset(found)

    def plugged(self, texts: Sequence[PolicyText]) -> dict[str, Rule]:
        """The rules of all plugins. A distribution that is named again adds nothing."""
        strict = any(text.is_pack and text.shown == STRICT for text in texts)
        found: dict[str, Rule] = {}
        owners: dict[str, str] = {}
        seen = set()
        for text in texts:
            for number, written in enumerate(text.written.plugins):
                distribution = normalized(written)
                if distribution in seen:
                    continue
                seen.add(distribution)
                place = text.origin.at("plugins", number)
                for name, rules in self.plugins_of(written, place):
                    if name in owners:
                        message = f"'{owners[name]}' has a plugin with the name '{name}' already"
                        self.problems.append(Wrong(place, message))
                        continue
                    owners[name] = distribution
                    found |= rules
                    for rule in rules.values():
                        self.own[rule.id] = _own(rule, strict, Said(distribution))
        return found

    def plugins_of(self, distribution: str, place: Place) -> Iterator[tuple[str, dict[str, Rule]]]:
        try:
            yield from plugins(distribution).items()
        except NotInstalled as error:
            self.problems.append(Wrong(place, str(error)))

    def custom_of(self, text: PolicyText, found: dict[str, Rule]) -> Iterator[tuple[Rule, Change]]:
        if not text.written.custom:
            return
        from okxlint.policy.custom_rule import custom_rule

        for number, entry in enumerate(text.written.custom):
            route = ("custom", number)
            if entry.id in found or entry.id in rule_ids():
                message = (
                    f"there is a rule '{entry.id}' already: a custom one has a name of its own"
                )
                self.problems.append(Wrong(text.origin.at(*route, "id"), message))
                continue
            rule = custom_rule(entry, text, number, self.problems)
            yield rule, Change(Severity.of(entry.severity), said=said_at(text, route))


def _own(rule: Rule, strict: bool, said: Said) -> Change:
    options = rule.strict_options if strict else {}
    return Change(rule.severities[STRICT if strict else "recommended"], options, said=said)

"""The policy in force: which rules run, how severe they are, and what a waiver needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from okxlint.inventory import Waiver
from okxlint.model import Severity
from okxlint.origin import Place
from okxlint.rule import Rule, Setting, load_rule

DEFAULT_PACK = "recommended"
DEFAULT_MANIFESTS = ("okx-keys.yaml", "okx-keys/**/*.yaml", "okx-keys/**/*.yml")
DEFAULT_REQUIRE = ("reason", "approved_by", "expires")
DEFAULT_MAX_DAYS = 180


Target = TypeVar("Target")


@dataclass(frozen=True)
class Granted:
    """A waiver kept with the policy, and the names of the object on which it stands."""

    waiver: Waiver
    account: str | None = None
    key: str | None = None
    app: str | None = None


@dataclass(frozen=True)
class WaiverTerms:
    """What the policy asks of every waiver."""

    require: tuple[str, ...] = DEFAULT_REQUIRE
    max_days: int = DEFAULT_MAX_DAYS
    """The longest time from ``granted``, else the day of the run, to ``expires``."""
    approvers: tuple[str, ...] | None = None
    """Globs, one of which must match ``approved_by``; ``None``: anyone may approve."""
    never: frozenset[str] = frozenset()
    """Rules that are not waived, besides those that never are."""
    granted: tuple[Granted, ...] = ()


@dataclass(frozen=True)
class Policy:
    """The policy in force, all layers merged."""

    source: str
    """The policy file as reports name it, or the pack."""
    settings: Mapping[str, Setting]
    """By rule id; a rule that is not there is off."""
    manifests: tuple[tuple[str | None, str], ...]
    """(folder, glob) pairs; the folder ``None`` is the repository's root."""
    waivers: WaiverTerms = field(default_factory=WaiverTerms)
    metadata_schema: Any = None
    """A JSON Schema for every key's ``metadata``, or ``None``."""
    top: Place | None = None
    """The first line of the policy file; ``None`` for a pack."""

    pack_severities: Mapping[str, Severity] = field(default_factory=dict)
    """By rule id: the severity that the packs it descends from give, whatever it says itself."""

    def groups(
        self, rule: Rule, targets: Sequence[Target], by_name: bool = False
    ) -> Iterator[tuple[Setting, Sequence[Target]]]:
        """The targets, in groups for which the policy says the same of a rule.

        ``by_name``: the rule was selected, and runs even if the policy has it off.
        """
        yield (self.selected(rule.id) if by_name else self.setting(rule.id, None)), targets

    def setting(self, rule_id: str, target: object) -> Setting:
        """What the policy says of a rule for one target, whether the rule is on or off."""
        found = self.settings.get(rule_id)
        return found or Setting(None, load_rule(rule_id).options())

    def selected(self, rule_id: str) -> Setting:
        """What holds for a rule that is asked for by name: if it is off, its pack's severity."""
        setting = self.setting(rule_id, None)
        rule = load_rule(rule_id)
        severity = self.pack_severities.get(rule_id, rule.severities["recommended"])
        return setting if setting.severity else setting._replace(severity=severity)

    @cached_property
    def rules_on(self) -> tuple[str, ...]:
        """The ids of the rules that are on for any target, hygiene aside, sorted."""
        return tuple(name for name in sorted(self.settings) if self.settings[name].severity)

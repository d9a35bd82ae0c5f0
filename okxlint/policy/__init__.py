"""The policy in force: which rules run, how severe they are, and what a waiver needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeVar

from okxlint.documents.reader import Parsed
from okxlint.documents.source import Source
from okxlint.inventory import Waiver
from okxlint.model import Severity
from okxlint.origin import Origin, Place, Step
from okxlint.policy.match import Match
from okxlint.record import NOTHING, Record, changed
from okxlint.rule import Rule, Ruleset, Setting

DEFAULT_PACK = "recommended"
DEFAULT_MANIFESTS = ("okx-keys.yaml", "okx-keys/**/*.yaml", "okx-keys/**/*.yml")
DEFAULT_REQUIRE = ("reason", "approved_by", "expires")
DEFAULT_MAX_DAYS = 180


Target = TypeVar("Target")


class Granted(Record):
    """A waiver kept with the policy, and the names of the object on which it stands."""

    waiver: Waiver
    account: str | None = None
    key: str | None = None
    app: str | None = None
    depth: int = 0
    """Which file of the policy's chain grants it, counted from the first parent.

    Beyond them all if its rule is locked by one that the granting file is neither nor stands above.
    """


class WaiverTerms(Record):
    """What the policy asks of every waiver."""

    require: tuple[str, ...] = DEFAULT_REQUIRE
    max_days: int = DEFAULT_MAX_DAYS
    """The longest time from ``granted``, else the day of the run, to ``expires``."""
    approvers: tuple[str, ...] | None = None
    """Globs, one of which must match ``approved_by``; ``None``: anyone may approve."""
    never: frozenset[str] = frozenset()
    """Rules that are not waived, besides those that never are."""
    granted: tuple[Granted, ...] = ()


class LiveTerms(Record):
    """What the policy says of what a run with a snapshot could not see: kinds of unknown."""

    require: tuple[str, ...] = ()
    """What must be seen."""
    allow_unknown: tuple[str, ...] = ()
    """What need not be."""


class Said(NamedTuple):
    """Where a policy says something."""

    source: str
    """The policy file as reports name it, the pack or the plugin."""
    origin: Origin | None = None
    """``None`` for what a plugin's rule says of itself."""
    route: tuple[Step, ...] = ()
    is_pack: bool = False

    def inside(self, name: str) -> Said:
        """Where a part of it is said: itself, if it has no such part."""
        route = (*self.route, name)
        has_it = self.origin is not None and self.origin.child(*route) is not None
        return self._replace(route=route) if has_it else self

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.origin.at(*self.route) if self.origin else Place(Source(self.source, ""), 0, 0)

    @property
    def line(self) -> int | None:
        """The line in the policy file, from 1; of a pack or plugin nobody needs one."""
        return self.place.location.line if self.origin and not self.is_pack else None

    @property
    def exact(self) -> str:
        """The file and line, of a pack too: for those who have to look at it."""
        return f"{self.source}:{self.place.location.line}" if self.origin else self.source

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.line else self.source


_NOWHERE = Said("")


class Change(Record):
    """What one place of a policy says of one rule."""

    severity: Severity | Literal["kept"] | None = "kept"
    """``None``: the rule is off."""
    options: Mapping[str, Any] = NOTHING
    locked: bool | None = None
    said: Said = _NOWHERE

    @property
    def turns_on(self) -> bool:
        """Whether the rule is on where this holds, whatever was said before."""
        return isinstance(self.severity, Severity)

    @property
    def names(self) -> tuple[str, ...]:
        """What it says something of: ``severity``, options, ``locked``."""
        severity = () if self.severity == "kept" else ("severity",)
        locked = () if self.locked is None else ("locked",)
        return (*severity, *self.options, *locked)

    @property
    def terms(self) -> tuple[object, ...]:
        """What it says, wherever it says it."""
        return self.severity, tuple(sorted(self.options.items())), bool(self.locked)

    def applied(self, old: Setting) -> Setting:
        """A setting with what is said here; what is not said is kept."""
        severity = old.severity if self.severity == "kept" else self.severity
        options = changed(old.options, **self.options) if self.options else old.options
        return Setting(severity, options)


@dataclass(frozen=True, eq=False)
class Override:
    """What the policy says otherwise of some objects."""

    match: Match
    changes: Mapping[str, Change]
    """By rule id."""
    said: Said


class Lock(Record):
    """A rule that may only become stricter from here on."""

    setting: Setting
    """What it may not fall short of."""
    said: Said
    """Where it is locked first: it is waived there, or above, or not at all."""
    depth: int
    """Which file of the policy's chain that is, counted from the first parent."""
    last: Said
    """Where it is locked last, and with it what it may not fall short of."""


class Policy(Record):
    """The policy in force, all layers merged."""

    source: str
    """The policy file as reports name it, or the pack."""
    settings: Mapping[str, Setting]
    """By rule id, overrides aside; a rule that is not there is off."""
    manifests: tuple[tuple[str | None, str], ...]
    """(folder, glob) pairs; the folder ``None`` is the repository's root."""
    waivers: WaiverTerms = WaiverTerms()
    live: LiveTerms = LiveTerms()
    metadata_schema: Any = None
    """A JSON Schema for every key's ``metadata``, or ``None``."""
    top: Place | None = None
    """The first line of the policy file; ``None`` for a pack."""
    pack_severities: Mapping[str, Severity] = NOTHING
    """By rule id: the severity that the packs it descends from give, whatever it says itself."""
    rules: Ruleset = Ruleset()
    """All that it knows, on or off."""
    overrides: tuple[Override, ...] = ()
    """In order: of two that fit an object, the later wins."""
    locks: Mapping[str, Lock] = NOTHING
    """By rule id."""
    said: Mapping[tuple[str, str], Said] = NOTHING
    """By rule id and ``severity``, option or ``locked``: where what holds is said last."""
    stated: Mapping[str, tuple[Said, ...]] = NOTHING
    """Where its other fields are said, parents first: ``manifests``, ``waivers.max_days`` …"""
    items: Mapping[tuple[str, Any], Said] = NOTHING
    """By such a field that is a list, and its entry: where that is said."""
    schema_file: str | None = None
    """The absolute path of the file of ``metadata_schema``."""
    custom: tuple[tuple[Said, Mapping[str, Any]], ...] = ()
    """The rules that it states as data, as written, and where."""
    chain: tuple[str, ...] = ()
    """The packs and files it is made of, parents first, itself last."""
    files: tuple[Parsed, ...] = ()
    """As read, packs aside: what a report may quote."""
    packs: tuple[Parsed, ...] = ()
    """The packs among them, as read."""

    def groups(
        self, rule: Rule, targets: Sequence[Target], by_name: bool = False
    ) -> Iterator[tuple[Setting, Sequence[Target]]]:
        """The targets, in groups for which the policy says the same of a rule.

        ``by_name``: the rule was selected, and runs even if the policy has it off everywhere.
        """
        base = self._base(rule.id, by_name)
        overrides = self._overrides.get(rule.id)
        if not overrides:
            yield base, targets
            return
        grouped: dict[tuple[Override, ...], list[Target]] = {}
        for target in targets:
            fitting = tuple(override for override in overrides if override.match.fits(target))
            grouped.setdefault(fitting, []).append(target)
        for fitting, group in grouped.items():
            yield _overridden(base, rule.id, fitting), group

    def setting(self, rule_id: str, target: object) -> Setting:
        """What the policy says of a rule for one target, whether the rule is on or off."""
        base = self._base(rule_id, by_name=False)
        return _overridden(base, rule_id, self.overrides_of(rule_id, target))

    def selected(self, rule_id: str) -> Setting:
        """What holds, overrides aside, for a rule that is asked for by name."""
        return self._base(rule_id, by_name=True)

    def overrides_of(self, rule_id: str, target: object) -> list[Override]:
        """The overrides that say something of a rule for one target, in order."""
        overrides = self._overrides.get(rule_id, ())
        return [override for override in overrides if override.match.fits(target)]

    @cached_property
    def rules_on(self) -> tuple[str, ...]:
        """The ids of the rules that are on for any target, hygiene aside, sorted."""
        on = {name for name, setting in self.settings.items() if setting.severity}
        for override in self.overrides:
            on |= {name for name, change in override.changes.items() if change.turns_on}
        return tuple(sorted(on))

    @cached_property
    def _overrides(self) -> Mapping[str, list[Override]]:
        """By rule id: the overrides that speak of it."""
        by_rule: dict[str, list[Override]] = {}
        for override in self.overrides:
            for rule_id in override.changes:
                by_rule.setdefault(rule_id, []).append(override)
        return by_rule

    def _base(self, rule_id: str, by_name: bool) -> Setting:
        """A rule's setting before overrides; if it is off and selected, its pack's severity."""
        rule = self.rules[rule_id]
        setting = self.settings.get(rule_id) or Setting(None, rule.options())
        if setting.severity or not by_name or rule_id in self.rules_on:
            return setting
        pack = self.pack_severities.get(rule_id, rule.severities["recommended"])
        return setting._replace(severity=pack)


def _overridden(setting: Setting, rule_id: str, overrides: Iterable[Override]) -> Setting:
    for override in overrides:
        setting = override.changes[rule_id].applied(setting)
    return setting

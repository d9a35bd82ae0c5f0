"""What a rule is: one module in ``okxlint.rules``, found by its file name.

A rule module has a docstring (its page), perhaps a class ``Options``, and a function
``check`` that is called once for each target and yields a ``Hit`` for each thing that is wrong:
where and why. Severity, waivers, fingerprints and sorting are the engine's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from os import listdir
from os.path import dirname, join
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar

from okxlint.field_types import Count, Positive
from okxlint.model import CURRENT, Severity
from okxlint.option import NoOptions, Option, RuleOptions, as_dataclass, option
from okxlint.origin import Replacement
from okxlint.record import Record

if TYPE_CHECKING:
    from okxlint.inventory import Inventory
    from okxlint.origin import Place
    from okxlint.reconciliation import Reconciliation

__all__ = [
    "ALL_ENVIRONMENTS", "NOT_PLANNED", "Count", "Environments", "Hit", "Loosening", "NoOptions",
    "Positive", "Replacement", "Rule", "RuleOptions", "Ruleset", "Run", "Setting", "days_after",
    "hygiene", "load_rule", "module_name", "option", "rule", "rule_ids",
]  # fmt: skip

Target = Literal["key", "app", "account", "file", "policy"]
"""What a rule looks at, one at a time. A file is a ``reader.Parsed``."""
Group = Literal[
    "permissions",
    "network",
    "lifecycle",
    "inventory",
    "secrets",
    "transitions",
    "live",
    "custom",
    "hygiene",
]
NOT_PLANNED = CURRENT - {"planned"}
Environments = tuple[Literal["live", "demo"], ...]
ALL_ENVIRONMENTS: Environments = ("live", "demo")

OptionsT = TypeVar("OptionsT")
T = TypeVar("T")


class Hit(Record):
    """Something wrong, as a rule says it."""

    at: Place
    value: str
    """What a waiver pins and the fingerprint holds; never a secret."""
    message: str
    help: str = ""
    """The next step, if it is another than the rule's."""
    fails_on: date | None = None
    """The first UTC day at full severity; ``None`` for a thing that does not depend on the day."""
    warn_days: int | None = 0
    """For how many days before ``fails_on`` it is a warning; ``None`` for however long."""
    at_most: Severity = Severity.ERROR
    """A limit on the policy's severity."""
    related: tuple[tuple[Place, str], ...] = ()
    fix: Replacement | None = None


class Loosening(NamedTuple):
    """One thing in which a policy is looser than another."""

    value: str
    """What loosened, as a waiver would pin it: ``max-age max_days 60 -> 90``."""
    place: Place


class Setting(NamedTuple):
    """What a policy says of one rule for one target."""

    severity: Severity | None
    """``None``: the rule is off."""
    options: Any
    """An instance of the rule's ``Options``."""


class Run(Record, Generic[OptionsT]):
    """What a check may look at besides its target."""

    inventory: Inventory
    options: OptionsT
    as_of: date
    """The UTC day of the run."""
    until: date
    """The last UTC day looked at: ``as_of``, or later for what will start to fail."""
    setting: Callable[[str, Any], Setting]
    """What the policy says of another rule for a target, ``--select`` and ``--ignore`` aside."""
    joins: dict[Callable[[Inventory], Any], Any]
    metadata_schema: Any = None
    base: Inventory | None = None
    """What the base declares, for rules of the group `transitions`, which run only with one."""
    loosened: Sequence[Loosening] = ()
    """In what the policy at hand is looser than the base's."""
    top: Place | None = None
    """The first line of the policy file; ``None`` for a pack."""
    live: Reconciliation | None = None
    """What exists on OKX, for rules of the group `live`, which run only with a snapshot."""

    def join(self, build: Callable[[Inventory], T]) -> T:
        """A rule's own view of the whole inventory, built once a run."""
        try:
            result: T = self.joins[build]
        except KeyError:
            result = self.joins[build] = build(self.inventory)
        return result

    def sees(self, fails_on: date, warn_days: int = 0) -> bool:
        """Whether a finding that fails on that day has begun by the last day looked at."""
        return days_after(fails_on, -warn_days) <= self.until

    def when(self, day: date) -> str:
        """A day as people say it: ``2026-11-20, 2 days ago``."""
        days = (day - self.as_of).days
        if days == 0:
            return f"{day}, today"
        count = f"{abs(days)} day{'s' if abs(days) != 1 else ''}"
        return f"{day}, in {count}" if days > 0 else f"{day}, {count} ago"


def days_after(day: date, days: int) -> date:
    """The UTC day so many days later (earlier, if negative), never beyond the calendar's ends."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min


Check = Callable[[Any, Run[Any]], Iterator[Hit]]


class Rule(Record):
    """A rule's facts. ``check`` is ``None`` for what okxlint finds itself while it reads."""

    id: str
    group: Group
    targets: tuple[Target, ...]
    severities: Mapping[str, Severity]
    """By pack: ``recommended``, ``strict``, and ``essentials`` for its members."""
    strict_options: Mapping[str, Any]
    """What the pack ``strict`` sets besides the severity."""
    help: str
    """The next step of the person who reads a finding."""
    security_severity: str
    """Code scanning's score, above 0 and up to 10, as text."""
    check: Check | None = None
    options: type[RuleOptions] = NoOptions
    statuses: frozenset[str] = CURRENT
    environments: Environments = ALL_ENVIRONMENTS
    waivable: bool = True
    no_worse: Callable[[str, str], bool] | None = None
    """Whether one value of a finding is no worse than another; ``None``: only if it is the same."""
    module: str = ""
    """The Python module in which it is written; empty for a rule that a policy states as data."""
    text: str = ""
    """Its page, if it has no module."""

    @property
    def hygiene(self) -> bool:
        """Always on, at its own severity, and never waived."""
        return self.group == "hygiene"

    @property
    def plugin(self) -> str:
        """The plugin that it comes from; empty for a built-in rule and one that a policy states."""
        return self.id.rpartition("/")[0]

    @property
    def doc(self) -> str:
        """The rule's page: its module's docstring, which is empty under ``python -OO``."""
        return (sys.modules[self.module].__doc__ or "") if self.module else self.text

    @property
    def facts(self) -> Mapping[str, Option]:
        """What is said of the rule's options, by name."""
        return self.options.facts

    @property
    def options_model(self) -> type:
        """Its options in a form that pydantic validates and describes."""
        options: Any = self.options
        return as_dataclass(options)

    def sees(self, target: Any, options: Any) -> bool:
        """Whether the rule looks at a target of that status and environment."""
        return bool(self.seen([target], options))

    def seen(self, targets: Sequence[T], options: Any) -> Sequence[T]:
        """Those of the targets, all of one kind, that the rule looks at."""
        if not hasattr(next(iter(targets), None), "environment"):
            return targets
        statuses, environments = self.statuses, getattr(options, "environments", self.environments)
        keys: Sequence[Any] = targets
        return [key for key in keys if key.status in statuses and key.environment in environments]


def rule(
    *,
    group: Group,
    target: Target | tuple[Target, ...],
    recommended: str,
    strict: str,
    help: str,
    security_severity: str,
    essential: bool = False,
    strict_options: Mapping[str, Any] | None = None,
    options: type[RuleOptions] = NoOptions,
    statuses: frozenset[str] = CURRENT,
    environments: Environments = ALL_ENVIRONMENTS,
    waivable: bool = True,
    no_worse: Callable[[str, str], bool] | None = None,
) -> Callable[[Check], Rule]:
    """Make a module's ``check`` its rule; the id is the file's name.

    ``recommended`` and ``strict`` are severities, and so are the packs of these names made;
    ``essential`` puts the rule into ``essentials`` too. ``statuses`` and ``environments`` say
    which keys are looked at (an option ``environments`` comes before the latter). ``no_worse``
    says whether a finding's value is no worse than the base's, so that the finding is an old one.
    """
    words = {"recommended": recommended, "strict": strict}
    if essential:
        words["essentials"] = recommended

    def make(check: Check) -> Rule:
        return Rule(
            id=_rule_id(check.__module__),
            group=group,
            targets=(target,) if isinstance(target, str) else target,
            severities={pack: Severity.of(word) for pack, word in words.items()},
            strict_options=strict_options or {},
            help=help,
            security_severity=security_severity,
            check=check,
            options=options,
            statuses=statuses,
            environments=environments,
            waivable=waivable,
            no_worse=no_worse,
            module=check.__module__,
        )

    return make


def hygiene(module: str, *, severity: str, help: str, security_severity: str) -> Rule:
    """The rule of a module that okxlint finds itself while it reads: always on, never waived."""
    level = Severity.of(severity)
    return Rule(
        id=_rule_id(module),
        group="hygiene",
        targets=("file",),
        severities={"essentials": level, "recommended": level, "strict": level},
        strict_options={},
        help=help,
        security_severity=security_severity,
        waivable=False,
        module=module,
    )


def module_name(rule_id: str) -> str:
    """The module in which a rule is written."""
    return f"okxlint.rules.{rule_id.replace('-', '_')}"


def _rule_id(module: str) -> str:
    return module.rpartition(".")[2].replace("_", "-")


@cache
def rule_ids() -> tuple[str, ...]:
    """Every built-in rule's id, sorted: the file names in ``okxlint/rules``. Imports none."""
    names = listdir(join(dirname(__file__), "rules"))
    return tuple(
        sorted(
            _rule_id(name[:-3])
            for name in names
            if name.endswith(".py") and not name.startswith("_")
        )
    )


@cache
def load_rule(rule_id: str) -> Rule:
    """The built-in rule of that id; ``KeyError`` if there is none."""
    if rule_id not in rule_ids():
        raise KeyError(rule_id)
    found: Rule = import_module(module_name(rule_id)).check
    return found


class Ruleset(Mapping[str, Rule]):
    """The rules that a policy knows, by id: the built-in ones, loaded when asked for, and its own.

    The order is that of ids.
    """

    def __init__(self, own: Mapping[str, Rule] | None = None) -> None:
        self.own = own or {}
        """The rules of plugins, and those that the policy states as data."""

    def __getitem__(self, rule_id: str) -> Rule:
        return self.own[rule_id] if rule_id in self.own else load_rule(rule_id)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self.own or rule_id in rule_ids()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*rule_ids(), *self.own}))

    def __len__(self) -> int:
        return len(rule_ids()) + len(self.own)

"""What a rule is: one module in ``okxlint.rules``, found by its file name.

A rule module has a docstring (its page), perhaps an ``Options`` dataclass, and a function
``check`` that is called once for each target and yields a ``Hit`` for each thing that is wrong:
where and why. Severity, waivers, fingerprints and sorting are the engine's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from os import listdir
from os.path import dirname, join
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, NamedTuple, TypeVar

from annotated_types import Ge

from okxlint.model import CURRENT, Severity

if TYPE_CHECKING:
    from okxlint.inventory import Inventory
    from okxlint.origin import Place

Target = Literal["key", "app", "account", "file"]
"""What a rule looks at, one at a time. A file is a ``reader.Parsed``."""
Group = Literal["permissions", "network", "lifecycle", "inventory", "secrets", "hygiene"]
NOT_PLANNED = CURRENT - {"planned"}
Count = Annotated[int, Ge(0)]
Positive = Annotated[int, Ge(1)]
Environments = tuple[Literal["live", "demo"], ...]
ALL_ENVIRONMENTS: Environments = ("live", "demo")

OptionsT = TypeVar("OptionsT")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hit:
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


class Setting(NamedTuple):
    """What a policy says of one rule for one target."""

    severity: Severity | None
    """``None``: the rule is off."""
    options: Any
    """An instance of the rule's ``Options``."""


@dataclass(frozen=True, slots=True)
class Run(Generic[OptionsT]):
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

    def join(self, build: Callable[[Inventory], T]) -> T:
        """A rule's own view of the whole inventory, built once a run."""
        if build not in self.joins:
            self.joins[build] = build(self.inventory)
        result: T = self.joins[build]
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


Direction = Literal["lower", "higher", "true", "false", "more", "fewer"]


def option(
    default: Any,
    doc: str,
    *,
    stricter: Direction | None = None,
    order: tuple[str, ...] = (),
) -> Any:
    """A field of a rule's ``Options``.

    ``stricter`` says which way is stricter: a number that is ``lower`` or ``higher``, a switch
    that is ``true`` or ``false``, a list with ``more`` or ``fewer`` entries. ``order`` names a
    word's values from the loosest to the strictest. With neither, no change is a tightening.
    """
    return field(default=default, metadata={"doc": doc, "stricter": stricter, "order": order})


@dataclass(frozen=True)
class NoOptions:
    """The options of a rule that has none."""


Check = Callable[[Any, Run[Any]], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
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
    options: type = NoOptions
    statuses: frozenset[str] = CURRENT
    environments: Environments = ALL_ENVIRONMENTS
    waivable: bool = True

    @property
    def hygiene(self) -> bool:
        """Always on, at its own severity, and never waived."""
        return self.group == "hygiene"

    @property
    def doc(self) -> str:
        """The module's docstring: the rule's page. Empty under ``python -OO``."""
        return sys.modules[module_name(self.id)].__doc__ or ""

    @property
    def option_fields(self) -> Mapping[str, Field[Any]]:
        """The fields of the rule's options, by name."""
        return {each.name: each for each in fields(self.options)}

    def sees(self, target: Any, options: Any) -> bool:
        """Whether the rule looks at a target of that status and environment."""
        environment = getattr(target, "environment", None)
        if environment is None:
            return True
        environments = getattr(options, "environments", self.environments)
        return target.status in self.statuses and environment in environments


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
    options: type = NoOptions,
    statuses: frozenset[str] = CURRENT,
    environments: Environments = ALL_ENVIRONMENTS,
    waivable: bool = True,
) -> Callable[[Check], Rule]:
    """Make a module's ``check`` its rule; the id is the file's name.

    ``recommended`` and ``strict`` are severities, and so are the packs of these names made;
    ``essential`` puts the rule into ``essentials`` too. ``statuses`` and ``environments`` say
    which keys are looked at (an option ``environments`` comes before the latter).
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
    )


def module_name(rule_id: str) -> str:
    """The module in which a rule is written."""
    return f"okxlint.rules.{rule_id.replace('-', '_')}"


def _rule_id(module: str) -> str:
    return module.rpartition(".")[2].replace("_", "-")


@cache
def rule_ids() -> tuple[str, ...]:
    """Every rule's id, sorted: the file names in ``okxlint/rules``. Imports none of them."""
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
    """The rule of that id; ``KeyError`` if there is none."""
    if rule_id not in rule_ids():
        raise KeyError(rule_id)
    found: Rule = import_module(module_name(rule_id)).check
    return found

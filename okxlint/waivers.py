"""Waivers: which hold, and for what; which are wrong, over, or of no use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from okxlint.inventory import Account, App, Inventory, Key, Waiver
from okxlint.model import Severity
from okxlint.policy import Policy, WaiverTerms
from okxlint.rule import Hit, Rule, days_after, load_rule, rule_ids
from okxlint.suggest import did_you_mean

WARN_DAYS = 14
"""For how many days before its first day without force a waiver is told of."""
KINDS = {Key: "key", App: "app", Account: "account"}


@dataclass(slots=True, eq=False)
class Entry:
    """One waiver on one object, and what it met in this run."""

    waiver: Waiver
    target: Any
    """The object; ``None`` if the policy grants it for one that is not there yet."""
    kind: str
    names: dict[str, str | None]
    problems: tuple[str, ...] = ()
    ends: date = date.max
    """Its last day, inclusive."""
    met: list[date] = field(default_factory=list)
    """The first day of each finding that it would suppress."""

    def matches(self, rule: Rule, hit: Hit) -> bool:
        """Whether a finding is of the kind that it accepts, whatever the day."""
        waiver = self.waiver
        return waiver.rule == rule.id and waiver.value in (None, hit.value)


class Book:
    """All waivers of a run, those of the manifests and those that the policy grants."""

    def __init__(self, inventory: Inventory, policy: Policy, as_of: date) -> None:
        self.as_of = as_of
        self.entries = list(_entries(inventory, policy.waivers))
        self._by_target: dict[int, list[Entry]] = {}
        for entry in self.entries:
            entry.problems = tuple(_problems(entry, policy.waivers, as_of))
            entry.ends = entry.waiver.expires or date.max
            if entry.target is not None:
                self._by_target.setdefault(id(entry.target), []).append(entry)

    def targets_of(self, rule_id: str) -> set[int]:
        """The ``id`` of every target on which a waiver for a rule stands, good or bad."""
        return {id(entry.target) for entry in self.entries if entry.waiver.rule == rule_id}

    def holding(self, target: Any, rule: Rule, hit: Hit, begins: date) -> Entry | None:
        """The waiver that suppresses a finding for longest, from today; ``None`` if none does.

        Every waiver that accepts the finding, and be it over, remembers that it met one.
        """
        best = None
        for entry in self._by_target.get(id(target), ()):
            if not entry.matches(rule, hit):
                continue
            entry.met.append(begins)
            if entry.problems or entry.ends < self.as_of:
                continue
            if best is None or entry.ends > best.ends:
                best = entry
        return best

    def hits(self, ran: dict[str, Any]) -> Iterator[tuple[str, Entry, Hit]]:
        """What is wrong with the waivers themselves, as (rule id, waiver, hit).

        ``ran`` gives the setting of each rule that was in the run.
        """
        for entry in self.entries:
            if entry.problems:
                yield "waiver-valid", entry, _invalid(entry)
            if entry.waiver.expires:
                yield "waiver-expired", entry, self._expired(entry, entry.waiver.rule in ran)
            if self._unused(entry, ran):
                yield "waiver-unused", entry, _unused(entry)

    def _expired(self, entry: Entry, in_run: bool) -> Hit:
        first = days_after(entry.ends, 1)
        bites = max(first, min(entry.met)) if entry.met and in_run else None
        over = first <= self.as_of
        rule = entry.waiver.rule
        verb = "ended" if over else "ends"
        return Hit(
            at=entry.waiver.origin.at("expires"),
            value=rule,
            message=f"the waiver of {rule} {verb} on {entry.ends}",
            fails_on=bites or first,
            warn_days=(bites - first).days + WARN_DAYS if bites else WARN_DAYS,
            at_most=Severity.ERROR if bites else Severity.WARNING,
        )

    def _unused(self, entry: Entry, ran: dict[str, Any]) -> bool:
        rule = entry.waiver.rule
        if entry.problems or entry.target is None or rule not in ran:
            return False
        if entry.ends < self.as_of or not load_rule(rule).sees(entry.target, ran[rule].options):
            return False
        return not any(begins <= entry.ends for begins in entry.met)


def _invalid(entry: Entry) -> Hit:
    return Hit(
        at=entry.waiver.origin.at("rule"),
        value=entry.waiver.rule,
        message=f"this waiver of {entry.waiver.rule} does not hold: {'; '.join(entry.problems)}",
    )


def _unused(entry: Entry) -> Hit:
    pinned = f" with the value '{entry.waiver.value}'" if entry.waiver.value else ""
    return Hit(
        at=entry.waiver.origin.at("rule"),
        value=entry.waiver.rule,
        message=f"nothing here needs a waiver of {entry.waiver.rule}{pinned}",
    )


def _entries(inventory: Inventory, terms: WaiverTerms) -> Iterator[Entry]:
    for group in (inventory.accounts, inventory.apps, inventory.keys):
        for target in group:
            for waiver in target.waivers:
                yield Entry(waiver, target, KINDS[type(target)], names_of(target))
    for grant in terms.granted:
        names = {"account": grant.account, "key": grant.key, "app": grant.app}
        kind = "key" if grant.key else "app" if grant.app else "account"
        targets = _granted_targets(inventory, kind, names)
        for named in targets or (None,):
            yield Entry(grant.waiver, named, kind, names)


def _granted_targets(inventory: Inventory, kind: str, names: dict[str, str | None]) -> list[Any]:
    if kind == "key":
        keys = inventory.keys_of_account(names["account"] or "")
        return [key for key in keys if key.label == names["key"]]
    if kind == "app":
        return [app for app in inventory.apps if app.name == names["app"]]
    return [item for item in inventory.all_accounts if item.name == names["account"]]


def names_of(target: Any) -> dict[str, str | None]:
    """The account, key and app of a finding about a target."""
    if isinstance(target, Key):
        return {"account": target.account, "key": target.label, "app": None}
    if isinstance(target, App):
        return {"account": None, "key": None, "app": target.name}
    name = getattr(target, "name", None)  # a file has none
    return {"account": name, "key": None, "app": None}


def _problems(entry: Entry, terms: WaiverTerms, as_of: date) -> Iterator[str]:
    waiver = entry.waiver
    yield from _rule_problems(entry, terms)
    missing = [name for name in terms.require if not _filled(getattr(waiver, name))]
    if missing:
        yield f"it says no {', '.join(missing)}"
    if waiver.granted and waiver.granted > as_of:
        yield f"it is granted only from {waiver.granted}"
    if waiver.expires:
        days = (waiver.expires - (waiver.granted or as_of)).days
        if days > terms.max_days:
            yield f"it lasts {days} days, and the policy allows {terms.max_days}"
    if terms.approvers is not None and not _approved(waiver, terms.approvers):
        yield "the one who approved it is no approver by the policy"


def _rule_problems(entry: Entry, terms: WaiverTerms) -> Iterator[str]:
    name = entry.waiver.rule
    if name not in rule_ids():
        yield f"there is no such rule{did_you_mean(name, rule_ids())}"
        return
    rule = load_rule(name)
    if rule.hygiene or not rule.waivable or name in terms.never:
        yield "this rule is never waived"
    elif entry.kind not in rule.targets:
        where = " or ".join(
            f"an {kind}" if kind[0] == "a" else f"a {kind}" for kind in rule.targets
        )
        yield f"this rule is about {where}, so its waiver stands there"


def _filled(value: object) -> bool:
    return bool(str(value).strip()) if value is not None else False


def _approved(waiver: Waiver, approvers: tuple[str, ...]) -> bool:
    return any(fnmatchcase(waiver.approved_by or "", glob) for glob in approvers)

"""Waivers: which hold, and for what; which are wrong, over, or of no use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from okxlint.inventory import Account, AnyAccount, App, Inventory, Key, Waiver
from okxlint.model import Severity
from okxlint.origin import Replacement
from okxlint.policy import Policy, WaiverTerms
from okxlint.policy.match import described
from okxlint.rule import Hit, Rule, days_after
from okxlint.suggest import did_you_mean

WARN_DAYS = 14
"""For how many days before its first day without force a waiver is told of."""
Identity = tuple[str | None, ...]
"""A waiver's kind of target, account, key, app, rule and value."""
KINDS = {Key: "key", App: "app", Account: "account"}
REVOKED = "revoked key"
"""The kind of target, in an identity, of a waiver on a key that is revoked."""


@dataclass(slots=True, eq=False)
class Entry:
    """One waiver, and what it met in this run."""

    waiver: Waiver
    targets: tuple[Any, ...]
    """The very objects on which it stands; none if the policy grants it for one not there yet."""
    kind: str
    names: dict[str, str | None]
    depth: int | None = None
    """Which file of the policy's chain grants it; ``None`` for one in a manifest."""
    problems: tuple[str, ...] = ()
    pending: bool = False
    """Whether the commit that rules does not have it, so that it does not hold yet."""
    ends: date = date.max
    """Its last day, inclusive."""
    looked: bool = False
    """Whether its rule has judged what it stands on."""
    met: list[date] = field(default_factory=list)
    """The first day of each finding that it would suppress."""

    @property
    def identity(self) -> Identity:
        """What tells it from other waivers, wherever it stands.

        One on the record of a revoked key is none for the key that has its label now.
        """
        revoked = any(getattr(each, "status", None) == "revoked" for each in self.targets)
        kind, names = REVOKED if revoked else self.kind, self.names
        key = names["account"], names["key"], names["app"]
        return kind, *key, self.waiver.rule, self.waiver.value

    def accepts(self, rule: Rule, hit: Hit) -> bool:
        """Whether a finding is of the kind that it accepts, whatever the day."""
        return self.waiver.rule == rule.id and self.waiver.value in (None, hit.value)


class Book:
    """All waivers of a run, those of the manifests and those that the policy grants."""

    def __init__(
        self,
        inventory: Inventory,
        policy: Policy,
        as_of: date,
        approved: Mapping[Identity, date] | None = None,
        accounts: Sequence[AnyAccount] = (),
    ) -> None:
        """``approved`` are the waivers that the commit that rules has, with their last days.

        ``accounts`` are those to which waivers may be granted besides the inventory's.
        """
        self.as_of = as_of
        self.entries = list(_entries(inventory, policy.waivers, accounts))
        self._by_target: dict[int, list[Entry]] = {}
        self._by_rule: dict[str, set[int]] = {}
        for entry in self.entries:
            entry.problems = tuple(_problems(entry, policy, as_of))
            entry.ends = entry.waiver.expires or date.max
            if approved is not None and entry.depth is None:
                until = approved.get(entry.identity, date.min)
                # What is over there and goes on here is a new waiver.
                entry.pending = until < as_of <= entry.ends or until == date.min
                entry.ends = entry.ends if entry.pending else min(entry.ends, until)
            for target in entry.targets:
                self._by_target.setdefault(id(target), []).append(entry)
                self._by_rule.setdefault(entry.waiver.rule, set()).add(id(target))

    def targets_of(self, rule_id: str) -> Collection[int]:
        """The ``id`` of every target on which a waiver for a rule stands, good or bad."""
        return self._by_rule.get(rule_id, ())

    def holding(self, target: Any, rule: Rule, hit: Hit, begins: date) -> Entry | None:
        """The waiver that suppresses a finding for longest, from today; ``None`` if none does.

        Every waiver that accepts the finding, and be it over, remembers that it met one.
        """
        best = None
        for entry in self._by_target.get(id(target), ()):
            if not entry.accepts(rule, hit):
                continue
            entry.met.append(begins)
            if entry.problems or entry.pending or entry.ends < self.as_of:
                continue
            if best is None or entry.ends > best.ends:
                best = entry
        return best

    def judged(self, target: Any, rule: Rule) -> None:
        """Tell the waivers on a target that a rule has said of it all that it has to say."""
        for entry in self._by_target.get(id(target), ()):
            entry.looked = entry.looked or entry.waiver.rule == rule.id

    def hits(
        self, ran: Collection[str], *, is_whole: bool, is_sound: bool
    ) -> Iterator[tuple[str, Entry, Hit]]:
        """What is wrong with the waivers themselves, as (rule id, waiver, hit).

        ``ran`` names the rules that were in the run. If a file could not be read (not ``is_whole``)
        no waiver is unused: what needs it may be there. If something has an error of syntax or form
        (not ``is_sound``) one may be, and it is for people to take it out.
        """
        for entry in self.entries:
            if entry.problems:
                yield "waiver-valid", entry, _invalid(entry)
            if entry.pending:
                continue
            if entry.ends < date.max:
                yield "waiver-expired", entry, self._expired(entry, entry.waiver.rule in ran)
            if is_whole and self._unused(entry):
                yield "waiver-unused", entry, _unused(entry, is_sound)

    def _expired(self, entry: Entry, in_run: bool) -> Hit:
        first = days_after(entry.ends, 1)
        needed = entry.met and in_run and not entry.problems
        bites = max(first, min(entry.met)) if needed else None
        message = f"the waiver of {entry.waiver.rule} ends on {entry.ends}"
        if entry.ends != entry.waiver.expires:
            message += ", as the commit has it that rules"
        if first <= self.as_of:
            back = bites is not None and bites <= self.as_of
            then = "what it accepted is reported again" if back else "nothing needs it now"
            message = f"the waiver of {entry.waiver.rule} ended on {entry.ends}; {then}"
        return Hit(
            at=entry.waiver.origin.at("expires"),
            value=entry.waiver.rule,
            message=message,
            fails_on=bites or first,
            warn_days=(bites - first).days + WARN_DAYS if bites else WARN_DAYS,
            at_most=Severity.ERROR if bites else Severity.WARNING,
            fix=_removal(entry) if first <= self.as_of else None,
        )

    def _unused(self, entry: Entry) -> bool:
        if entry.problems or not entry.looked or entry.ends < self.as_of:
            return False
        return not any(begins <= entry.ends for begins in entry.met)


def _invalid(entry: Entry) -> Hit:
    return Hit(
        at=entry.waiver.origin.at("rule"),
        value=entry.waiver.rule,
        message=f"this waiver of {entry.waiver.rule} does not hold: {'; '.join(entry.problems)}",
    )


def _unused(entry: Entry, is_sound: bool) -> Hit:
    what = "nothing here" if is_sound else "nothing that could be judged"
    pinned = f" with the value '{entry.waiver.value}'" if entry.waiver.value else ""
    return Hit(
        at=entry.waiver.origin.at("rule"),
        value=entry.waiver.rule,
        message=f"{what} needs a waiver of {entry.waiver.rule}{pinned}",
        fix=_removal(entry) if is_sound else None,
    )


def _removal(entry: Entry) -> Replacement | None:
    """What takes a waiver out of its manifest; those of a policy are the policy's matter."""
    if entry.depth is not None:
        return None
    at = entry.targets[0].origin.removal("waivers", entry.waiver.origin)
    return Replacement("Remove the waiver", at, "") if at else None


def _entries(
    inventory: Inventory, terms: WaiverTerms, accounts: Sequence[AnyAccount]
) -> Iterator[Entry]:
    for target in inventory.declared:
        for waiver in target.waivers:
            yield Entry(waiver, (target,), KINDS[type(target)], names_of(target))
    for entry in granted(terms):
        entry.targets = tuple(_granted_for(inventory, accounts, **entry.names))
        yield entry


def granted(terms: WaiverTerms) -> Iterator[Entry]:
    """The waivers that a policy grants, whether or not there is what they are for."""
    for grant in terms.granted:
        names = {"account": grant.account, "key": grant.key, "app": grant.app}
        kind = "key" if grant.key else "app" if grant.app else "account"
        yield Entry(grant.waiver, (), kind, names, grant.depth)


def _granted_for(
    inventory: Inventory,
    accounts: Sequence[AnyAccount],
    account: str | None,
    key: str | None,
    app: str | None,
) -> Iterator[Any]:
    if key:
        yield from inventory.keys_named(account or "", key)
    elif app:
        found = inventory.app(app)
        yield from () if found is None else (found,)
    else:
        everywhere = (*inventory.all_accounts, *accounts)
        yield from (each for each in everywhere if each.name == account)


def names_of(target: Any) -> dict[str, str | None]:
    """The account, key and app of a finding about a target."""
    if isinstance(target, Key):
        return {"account": target.account, "key": target.label, "app": None}
    if isinstance(target, App):
        return {"account": None, "key": None, "app": target.name}
    name = getattr(target, "name", None)  # a file has none
    return {"account": name, "key": None, "app": None}


def _problems(entry: Entry, policy: Policy, as_of: date) -> Iterator[str]:
    waiver, terms = entry.waiver, policy.waivers
    yield from _rule_problems(entry, policy)
    missing = [name for name in terms.require if not _filled(getattr(waiver, name))]
    if missing:
        yield f"it says no {', '.join(missing)}"
    if waiver.granted and waiver.granted > as_of:
        yield f"it is granted only from {waiver.granted}"
    if waiver.expires:
        days = (waiver.expires - (waiver.granted or as_of)).days
        if days > terms.max_days:
            yield f"it lasts {days} days, and the policy allows {terms.max_days}"
    if "approved_by" not in missing and not _approved(waiver, terms.approvers):
        yield "the one who approved it is no approver by the policy"


def _rule_problems(entry: Entry, policy: Policy) -> Iterator[str]:
    name = entry.waiver.rule
    if name not in policy.rules:
        yield f"there is no such rule{did_you_mean(name, policy.rules)}"
        return
    rule, lock = policy.rules[name], policy.locks.get(name)
    if not rule.waivable:
        yield "this rule is never waived"
    elif name in policy.waivers.never:
        yield f"the policy never waives this rule ({policy.items['waivers.never', name]})"
    elif entry.kind not in rule.targets:
        where = described(rule.targets)
        yield f"this rule is about {where}, so its waiver stands there"
    elif lock and (entry.depth is None or entry.depth > lock.depth):
        yield f"the policy locks this rule ({lock.said}), so it is waived there and not below"


def _filled(value: object) -> bool:
    return bool(str(value).strip()) if value is not None else False


def _approved(waiver: Waiver, approvers: tuple[str, ...] | None) -> bool:
    if approvers is None:
        return True
    return any(fnmatchcase(waiver.approved_by or "", glob) for glob in approvers)

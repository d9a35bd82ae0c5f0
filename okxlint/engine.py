"""The policy's rules over the inventory: what they hit becomes findings."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from okxlint.documents.reader import Parsed
from okxlint.errors import NoAnswer
from okxlint.findings import Candidate, begins, findings_of, pending
from okxlint.inventory import AnyAccount, ImpliedAccount, Inventory
from okxlint.manifest import Flaw
from okxlint.model import Finding, Pending, Severity, Unknown
from okxlint.policy import Policy
from okxlint.record import Record
from okxlint.rule import Check, Hit, Loosening, Rule, Run, Setting, days_after, load_rule
from okxlint.secrets.redact import Redactor
from okxlint.waivers import Book, Identity, names_of

if TYPE_CHECKING:
    from okxlint.reconciliation import Reconciliation
    from okxlint.snapshot import Snapshot


class Question(Record):
    """What is asked of a run."""

    as_of: date
    """The UTC day of the run."""
    horizon: int = 0
    """Days after it for which what will start to fail is told."""
    select: frozenset[str] | None = None
    """The only rules to run, hygiene aside; ``None``: all that the policy has on."""
    ignore: frozenset[str] = frozenset()

    @property
    def until(self) -> date:
        """The last UTC day looked at."""
        return days_after(self.as_of, self.horizon)


class Context(Record):
    """What is known besides the manifests that are judged."""

    base: Inventory | None = None
    """What the base declares; without one no rule of the group `transitions` runs."""
    loosened: tuple[Loosening, ...] = ()
    """In what the policy at hand is looser than the base's."""
    approved: Mapping[Identity, date] | None = None
    """The manifests' waivers that the commit that rules has; ``None``: all of them hold."""
    snapshots: tuple[Snapshot, ...] = ()
    """What exists on OKX; without one no rule of the group `live` runs."""
    max_snapshot_age: int = 1
    """Days before that of the run."""
    is_whole: bool = True
    """Whether everything could be read, the base too."""

    def runs(self, rule: Rule) -> bool:
        """Whether there is what the rule compares manifests with."""
        if rule.group == "transitions":
            return self.base is not None
        return rule.group != "live" or bool(self.snapshots)


class Verdict(Record):
    """What the engine found, in the order of reports."""

    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...]
    unknown: tuple[Unknown, ...]
    pending: tuple[Pending, ...] = ()
    live: Reconciliation | None = None
    """The inventory beside the snapshots, if there are any."""


_ALONE = Context()


def judge(
    question: Question,
    policy: Policy,
    files: Sequence[Parsed],
    inventory: Inventory,
    flaws: Sequence[Flaw],
    redactor: Redactor,
    context: Context = _ALONE,
) -> Verdict:
    """Run the rules, apply the waivers, and make the findings.

    A rule that raises is an ``Unknown`` of the kind ``rule-crash``, and the run goes on.
    """
    trial = _Trial(question, policy, files, inventory, context)
    ran = [name for name in rules_of(question, policy) if context.runs(policy.rules[name])]
    for rule_id in ran:
        trial.hear(policy.rules[rule_id])
    candidates = [_flaw(flaw) for flaw in flaws] + trial.candidates
    is_sound = all(flaw.at_most < Severity.ERROR for flaw in flaws)
    for rule_id, entry, hit in trial.book.hits(ran, is_whole=context.is_whole, is_sound=is_sound):
        rule = load_rule(rule_id)
        candidates.append(Candidate(rule, rule.severities["recommended"], hit, entry.names))
    made = findings_of(candidates, question.as_of, question.until, redactor)
    return Verdict(
        findings=tuple(finding for finding in made if finding.waiver is None),
        waived=tuple(finding for finding in made if finding.waiver is not None),
        unknown=tuple(crash for _, crash in sorted(trial.crashes.items())),
        pending=tuple(pending(each, redactor) for each in trial.book.entries if each.pending),
        live=trial.live,
    )


def rules_of(question: Question, policy: Policy) -> tuple[str, ...]:
    """The ids of the rules of a run, hygiene aside, sorted."""
    chosen = policy.rules_on if question.select is None else sorted(question.select)
    names = (name for name in chosen if name not in question.ignore)
    return tuple(name for name in names if not policy.rules[name].hygiene)


class _Trial:
    """One run of rules over one inventory; ``candidates`` and ``crashes`` are what came of it."""

    def __init__(
        self,
        question: Question,
        policy: Policy,
        files: Sequence[Parsed],
        inventory: Inventory,
        context: Context,
    ) -> None:
        self.question = question
        self.policy = policy
        self.inventory = inventory
        self.context = context
        gone = _accounts_gone(inventory, context.base) if context.base else []
        self.live = _reconciled(inventory, context.snapshots)
        found = _accounts_found([*inventory.all_accounts, *gone], self.live)
        self.book = Book(inventory, policy, question.as_of, context.approved, [*gone, *found])
        self.candidates: list[Candidate] = []
        self.crashes: dict[tuple[str, ...], Unknown] = {}
        """By what tells one from another: the first of each kind is told."""
        self._joins: dict[Callable[[Inventory], Any], Any] = {}
        self._targets: dict[str, Sequence[Any]] = {
            "key": inventory.keys,
            "app": inventory.apps,
            "account": inventory.all_accounts,
            "file": files,
            "policy": [policy],
        }
        self._accounts: dict[str, Sequence[AnyAccount]] = {
            "transitions": (*inventory.all_accounts, *gone),
            "live": (*inventory.all_accounts, *gone, *found),
        }
        """What rules of these groups look at besides: accounts that no manifest has."""
        self._seen: dict[Any, tuple[Sequence[Any], Sequence[Any]]] = {}

    def hear(self, rule: Rule) -> None:
        """Run one rule on all of its targets."""
        by_name = self.question.select is not None
        for kind in rule.targets:
            targets = self._targets[kind]
            if kind == "account":
                targets = self._accounts.get(rule.group, targets)
            for setting, group in self.policy.groups(rule, targets, by_name=by_name):
                if rule.check and setting.severity is not None:
                    self._check(rule, rule.check, setting, self._seen_by(rule, setting, group))

    def _seen_by(self, rule: Rule, setting: Setting, group: Sequence[Any]) -> Sequence[Any]:
        """The targets that a rule looks at. Most rules look at the same, so that is kept."""
        environments = getattr(setting.options, "environments", rule.environments)
        same = (id(group), rule.statuses, environments)
        if same not in self._seen:
            seen = rule.seen(group, setting.options)
            # The group is kept too: its id must not become another's.
            self._seen[same] = group, seen
        return self._seen[same][1]

    def _check(self, rule: Rule, check: Check, setting: Setting, targets: Sequence[Any]) -> None:
        severity = setting.severity or Severity.ERROR
        waived = self.book.targets_of(rule.id)
        near = self._run(setting, self.question.until)
        # A waiver is judged by what will ever begin, not only by what has begun.
        ever = self._run(setting, date.max)
        for target in targets:
            has_waiver = id(target) in waived if waived else False
            try:
                for hit in check(target, ever if has_waiver else near):
                    holds = None
                    if has_waiver:
                        holds = self.book.holding(target, rule, hit, begins(hit))
                    names = names_of(target)
                    self.candidates.append(Candidate(rule, severity, hit, names, holds))
                if has_waiver and self._saw(rule, target):
                    self.book.judged(target, rule)
            except Exception as error:  # noqa: BLE001 - whatever a rule raises is no pass
                self.crashes.setdefault(*_crash(rule, target, error))

    def _saw(self, rule: Rule, target: Any) -> bool:
        """Whether a rule that says nothing of a target would have, had there been anything."""
        if rule.group != "live" or self.live is None:
            return True
        from okxlint.coverage import shows

        as_of, max_age = self.question.as_of, self.context.max_snapshot_age
        return shows(self.live, self.inventory, target, as_of, max_age)

    def _run(self, setting: Setting, until: date) -> Run[Any]:
        return Run(
            inventory=self.inventory,
            options=setting.options,
            as_of=self.question.as_of,
            until=until,
            setting=self.policy.setting,
            joins=self._joins,
            metadata_schema=self.policy.metadata_schema,
            base=self.context.base,
            loosened=self.context.loosened,
            top=self.policy.top,
            live=self.live,
        )


def _accounts_gone(inventory: Inventory, base: Inventory) -> list[AnyAccount]:
    """The accounts that only the base has, be it by a key with a schema error."""
    names = [account.name for account in base.all_accounts]
    names += [item.account for item in base.broken if item.kind == "key" and item.account]
    known = {account.name for account in inventory.all_accounts}
    return [ImpliedAccount(name) for name in dict.fromkeys(names) if name not in known]


def _reconciled(inventory: Inventory, snapshots: Sequence[Snapshot]) -> Reconciliation | None:
    if not snapshots:
        return None
    from okxlint.reconciliation import reconcile

    return reconcile(inventory, snapshots)


def _accounts_found(known: Iterable[AnyAccount], live: Reconciliation | None) -> list[AnyAccount]:
    """The accounts that only OKX has."""
    names = {account.name for account in known}
    return [
        ImpliedAccount(name) for name in (live.account_names if live else ()) if name not in names
    ]


def _crash(rule: Rule, target: Any, error: Exception) -> tuple[tuple[str, ...], Unknown]:
    """What is told of a rule that says nothing of a target, and what tells it from the like."""
    origin = getattr(target, "origin", None) or target
    source = getattr(origin, "source", None)
    path = f" on {source.path}" if source else ""
    account = names_of(target)["account"]
    if isinstance(error, NoAnswer):
        name = getattr(target, "label", None) or getattr(target, "name", "")
        message = f"the rule {rule.id} has no answer{path}, first for '{name}': {error.message}"
        return (rule.id, path, error.message), Unknown("no-answer", message, account)
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{frames[-1].name}, line {frames[-1].lineno}"
    # Not the error's own words: they may quote what they failed on.
    message = f"the rule {rule.id} failed{path} ({type(error).__name__} in {at}); this is a bug"
    return (rule.id, path, message), Unknown("rule-crash", message, account)


def _flaw(flaw: Flaw) -> Candidate:
    rule = load_rule(flaw.rule)
    hit = Hit(
        at=flaw.place,
        value=flaw.value,
        message=flaw.message,
        help=flaw.help,
        at_most=flaw.at_most,
        fix=flaw.fix,
    )
    names = {"account": flaw.account, "key": flaw.key, "app": flaw.app}
    return Candidate(rule, rule.severities["recommended"], hit, names)

"""The policy's rules over the inventory: what they hit becomes findings."""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from okxlint.inventory import Inventory
from okxlint.manifest import Flaw
from okxlint.model import Finding, Grant, Related, Severity, Unknown
from okxlint.policy import Policy
from okxlint.reader import Parsed
from okxlint.redact import Redactor
from okxlint.rule import Hit, Rule, Run, Setting, days_after, load_rule, rule_ids
from okxlint.waivers import Book, Entry, names_of


@dataclass(frozen=True, slots=True)
class Question:
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the engine found, in the order of reports."""

    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...]
    unknown: tuple[Unknown, ...]


class Candidate(NamedTuple):
    """A finding in the making."""

    rule: Rule
    severity: Severity
    """The policy's."""
    hit: Hit
    names: dict[str, str | None]
    """The finding's account, key and app."""
    holds: Entry | None = None
    """The waiver that suppresses it."""


@dataclass(slots=True)
class _Outcome:
    candidates: list[Candidate] = field(default_factory=list)
    crashes: dict[tuple[str, str], Unknown] = field(default_factory=dict)


def judge(
    question: Question,
    policy: Policy,
    files: Sequence[Parsed],
    inventory: Inventory,
    flaws: Iterable[Flaw],
    redactor: Redactor,
) -> Verdict:
    """Run the rules, apply the waivers, and make the findings.

    A rule that raises is an ``Unknown`` of the kind ``rule-crash``, and the run goes on.
    """
    outcome = _Outcome()
    book = Book(inventory, policy, question.as_of)
    settings = _settings(question, policy)
    joins: dict[Callable[[Inventory], Any], Any] = {}

    def run_of(setting: Setting, until: date) -> Run[Any]:
        return Run(
            inventory=inventory,
            options=setting.options,
            as_of=question.as_of,
            until=until,
            setting=policy.setting,
            joins=joins,
            metadata_schema=policy.metadata_schema,
        )

    for rule_id in settings:
        rule = load_rule(rule_id)
        for targets in _targets(rule, files, inventory):
            _check(rule, targets, question, policy, book, run_of, outcome)
    candidates = [_flaw(flaw) for flaw in flaws] + outcome.candidates
    for rule_id, entry, hit in book.hits(settings):
        rule = load_rule(rule_id)
        candidates.append(Candidate(rule, rule.severities["recommended"], hit, entry.names))
    maker = _Maker(question, redactor)
    made = [found for candidate in candidates for found in maker.findings(candidate)]
    made = _numbered(sorted(made, key=_order))
    return Verdict(
        findings=tuple(finding for finding in made if finding.waiver is None),
        waived=tuple(finding for finding in made if finding.waiver is not None),
        unknown=tuple(outcome.crashes[place] for place in sorted(outcome.crashes)),
    )


def _settings(question: Question, policy: Policy) -> dict[str, Setting]:
    """The rules of the run, hygiene aside."""
    if question.select is None:
        chosen = {rule_id: policy.setting(rule_id, None) for rule_id in policy.rules_on}
    else:
        chosen = {rule_id: policy.selected(rule_id) for rule_id in sorted(question.select)}
    return {name: setting for name, setting in chosen.items() if name not in question.ignore}


def _targets(rule: Rule, files: Sequence[Parsed], inventory: Inventory) -> Iterator[Sequence[Any]]:
    everything: dict[str, Sequence[Any]] = {
        "key": inventory.keys,
        "app": inventory.apps,
        "account": inventory.all_accounts,
        "file": files,
    }
    for kind in rule.targets:
        yield everything[kind]


def _check(
    rule: Rule,
    targets: Sequence[Any],
    question: Question,
    policy: Policy,
    book: Book,
    run_of: Callable[[Setting, date], Run[Any]],
    outcome: _Outcome,
) -> None:
    check = rule.check
    if check is None:
        return
    waived = book.targets_of(rule.id)
    for setting, group in policy.groups(rule, targets, by_name=question.select is not None):
        if setting.severity is None:
            continue
        near = run_of(setting, question.until)
        # A waiver is judged by what will ever begin, not only by what has begun.
        ever = run_of(setting, date.max)
        for target in group:
            if not rule.sees(target, setting.options):
                continue
            has_waiver = id(target) in waived
            try:
                for hit in check(target, ever if has_waiver else near):
                    holds = None
                    if has_waiver:
                        holds = book.holding(target, rule, hit, _begins(hit))
                    names = names_of(target)
                    candidate = Candidate(rule, setting.severity, hit, names, holds)
                    outcome.candidates.append(candidate)
            except Exception as error:  # noqa: BLE001 - whatever a rule raises is no pass
                crash = _crash(rule, target, error)
                outcome.crashes.setdefault((rule.id, crash.message), crash)


def _crash(rule: Rule, target: Any, error: Exception) -> Unknown:
    origin = getattr(target, "origin", None) or target
    source = getattr(origin, "source", None)
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{frames[-1].name}, line {frames[-1].lineno}"
    path = f" on {source.path}" if source else ""
    # Not the error's own words: they may quote what they failed on.
    message = f"the rule {rule.id} failed{path} ({type(error).__name__} in {at}); this is a bug"
    return Unknown("rule-crash", message, names_of(target)["account"])


def _flaw(flaw: Flaw) -> Candidate:
    rule = load_rule(flaw.rule)
    hit = Hit(at=flaw.place, value=flaw.value, message=flaw.message, help=flaw.help)
    names = {"account": flaw.account, "key": flaw.key, "app": flaw.app}
    return Candidate(rule, rule.severities["recommended"], hit, names)


def _begins(hit: Hit) -> date:
    if hit.fails_on is None or hit.warn_days is None:
        return date.min
    return days_after(hit.fails_on, -hit.warn_days)


class _Maker:
    """Makes findings of candidates, for one day and its horizon."""

    def __init__(self, question: Question, redactor: Redactor) -> None:
        self.as_of = question.as_of
        self.until = question.until
        self.clean = redactor.clean

    def findings(self, candidate: Candidate) -> Iterator[Finding]:
        """What is reported of a candidate: it itself, waived or not, and its start to come."""
        hit = candidate.hit
        begins = _begins(hit)
        starts = begins
        if candidate.holds:
            if begins <= self.as_of:
                yield self._finding(candidate, self._severity(candidate))
            starts = max(begins, days_after(candidate.holds.ends, 1))
            if candidate.holds.ends == date.max:
                return
        if starts <= self.as_of:
            yield self._finding(candidate, self._severity(candidate))
        elif starts <= self.until:
            fails_on = max(starts, hit.fails_on or starts)
            message = f"{hit.message}; this starts on {starts}"
            coming = replace(hit, fails_on=fails_on, message=message)
            yield self._finding(candidate._replace(hit=coming, holds=None), Severity.INFO)

    def _severity(self, candidate: Candidate) -> Severity:
        hit = candidate.hit
        full = min(candidate.severity, hit.at_most)
        early = hit.fails_on is not None and self.as_of < hit.fails_on
        return min(full, Severity.WARNING) if early else full

    def _finding(self, candidate: Candidate, severity: Severity) -> Finding:
        rule, _, hit, names, holds = candidate
        location = hit.at.location
        clean = self.clean
        path = location.path if rule.targets == ("file",) else None
        identity = [rule.id, names["account"], names["key"], names["app"], hit.value, path]
        digest = hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:32]
        return Finding(
            rule=rule.id,
            severity=severity,
            message=clean(hit.message),
            help=clean(hit.help or rule.help),
            location=location,
            **{kind: clean(name) if name is not None else None for kind, name in names.items()},
            value=clean(hit.value),
            fails_on=hit.fails_on,
            fingerprint=digest,
            related=tuple(Related(p.location, clean(text)) for p, text in hit.related),
            waiver=self._grant(holds) if holds else None,
        )

    def _grant(self, entry: Entry) -> Grant:
        waiver = entry.waiver
        location = waiver.origin.at("rule").location
        return Grant(
            reason=self.clean(waiver.reason) if waiver.reason else None,
            approved_by=self.clean(waiver.approved_by) if waiver.approved_by else None,
            expires=waiver.expires,
            path=location.path,
            line=location.line,
        )


def _order(finding: Finding) -> tuple[Any, ...]:
    place = finding.location
    names = (finding.account or "", finding.key or "", finding.app or "")
    return (
        *(place.path, place.line, place.column, finding.rule, finding.value or ""),
        *(*names, finding.fingerprint, finding.message),
    )


def _numbered(findings: list[Finding]) -> list[Finding]:
    """Fingerprints that are equal get numbers, in the order of reports."""
    seen: dict[str, int] = {}
    numbered = []
    for finding in findings:
        number = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
        fingerprint = f"{finding.fingerprint}:{number}"
        numbered.append(replace(finding, fingerprint=fingerprint))
    return numbered


def unknown_rules(names: Iterable[str]) -> list[str]:
    """Those names that are no rule's id."""
    return [name for name in names if name not in rule_ids()]

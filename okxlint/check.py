"""A whole check: paths → documents → inventory → engine → report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from okxlint import __version__
from okxlint.base import (
    Base,
    Ruling,
    load_approved,
)
from okxlint.case import Case, Request, load_case
from okxlint.comparison import compared
from okxlint.engine import Context, Question, Verdict, judge, rules_of
from okxlint.findings import by_place, pending
from okxlint.manifest import is_manifest
from okxlint.model import Baseline, Finding, Pending, Report, RuleCard, Unknown
from okxlint.paths import Tree, chosen_by
from okxlint.policy import Policy
from okxlint.record import changed
from okxlint.secrets.masking import Masking
from okxlint.secrets.redact import Redactor
from okxlint.unknowns import settled
from okxlint.waivers import Book, Identity, granted

if TYPE_CHECKING:
    from okxlint.baseline import InForce
    from okxlint.snapshot import Snapshot

__all__ = ["Request", "report_on", "run_check"]


def run_check(request: Request) -> Report:
    """Check, and tell everything there is to tell.

    Raises ``OkxlintError`` for wrong usage and for a policy that is not right.
    """
    return report_on(load_case(request), request.question)


def report_on(case: Case, question: Question, *, everywhere: bool = False) -> Report:
    """What there is to tell of a case, for a question that may ask of another day.

    ``everywhere``: also of what PATHs do not name.
    """
    request, policy, base, masking = case.request, case.policy, case.base, case.masking
    ruling, loaded, redactor = case.ruling, case.loaded, case.masking.redactor
    approved, unread = _approved(case, question)
    context = _context(case, approved)
    verdict = judge(question, policy, loaded.files, case.inventory, case.flaws, redactor, context)
    if base:
        verdict = _against(base, verdict, question, policy, redactor, request.snapshots)
    unknown = [*loaded.unreadable.values(), *loaded.nothing, *ruling.unknown, *unread]
    unknown += [*(base.unknown if base else ()), *_not_compared(question, policy, context)]
    unknown += [*verdict.unknown, *_not_seen(verdict, case, question.as_of)]
    unknown = [_settled(each, request, policy) for each in unknown]
    verdict, told_of = _accepted(case.baseline, verdict, unknown, question, policy, redactor)
    reported = _reported(case.asked.tree, None if everywhere else loaded.chosen, policy)
    findings = _all_placed(filter(reported, verdict.findings), masking)
    told = tuple(each for each in findings if each.new is not False or not request.new_only)
    broken = [item.kind for item in case.inventory.broken]
    return Report(
        version=__version__,
        as_of=question.as_of,
        policy_source=policy.source,
        policy_ref=ruling.sha,
        base_ref=base.sha if base else None,
        findings=told,
        old=len(findings) - len(told),
        waived=_all_placed(filter(reported, verdict.waived), masking),
        pending=_pending(verdict, case.head, ruling, redactor) if ruling.sha else None,
        unknown=tuple(_cleaned(item, redactor) for item in dict.fromkeys(unknown)),
        files=sum(map(is_manifest, loaded.files)),
        accounts=len(case.inventory.accounts) + broken.count("account"),
        apps=len(case.inventory.apps) + broken.count("app"),
        keys=len(case.inventory.keys) + broken.count("key"),
        fail_on=request.fail_on,
        excerpts=masking.excerpts(),
        cards=lambda: _cards(question, policy),
        baseline=told_of,
        coverage=_coverage(verdict, masking.redactor),
    )


def waivers_of(case: Case, as_of: date) -> Book:
    """The waivers of a case on a UTC day, before any rule has run."""
    approved, _ = _approved(case, Question(as_of))
    return Book(case.inventory, case.policy, as_of, approved)


Approved = Mapping[Identity, date] | None


def _approved(case: Case, question: Question) -> tuple[Approved, Iterable[Unknown]]:
    if not case.ruling.sha:
        return None, ()
    chosen = case.loaded.chosen or ()
    return load_approved(case.asked, case.ruling, chosen, question.as_of)


def _cards(question: Question, policy: Policy) -> Mapping[str, RuleCard]:
    from okxlint.catalogue import cards

    return cards(rules_of(question, policy), policy)


def _accepted(
    baseline: InForce | None,
    verdict: Verdict,
    unknown: Iterable[Unknown],
    question: Question,
    policy: Policy,
    redactor: Redactor,
) -> tuple[Verdict, Baseline | None]:
    if baseline is None:
        return verdict, None
    from okxlint.baseline.acceptance import accept

    complete = all(each.accepted for each in unknown)
    return accept(baseline, verdict, question, policy, redactor, complete=complete)


def _context(case: Case, approved: Approved) -> Context:
    request, base = case.request, case.base
    context = Context(
        approved=approved,
        snapshots=request.snapshots,
        max_snapshot_age=request.max_snapshot_age,
        is_whole=not case.loaded.unreadable and not (base and base.unknown),
    )
    if base is None:
        return context
    from okxlint.policy_order import loosened

    weaker = loosened(base.policy, case.head, case.asked.tree.root) if base.policy else ()
    return changed(context, base=base.inventory, loosened=weaker)


def _against(
    base: Base,
    verdict: Verdict,
    question: Question,
    policy: Policy,
    redactor: Redactor,
    snapshots: tuple[Snapshot, ...],
) -> Verdict:
    """A verdict whose findings know whether they are new: the base is judged by the same rules."""
    context = Context(snapshots=snapshots)
    old = judge(question, policy, base.files, base.inventory, base.flaws, redactor, context)
    return changed(
        verdict,
        findings=compared(verdict.findings, old.findings, policy.rules),
        waived=compared(verdict.waived, (*old.findings, *old.waived), policy.rules),
    )


def _not_compared(question: Question, policy: Policy, context: Context) -> Iterator[Unknown]:
    """The rules that are asked for by name and have nothing to compare with."""
    for name in sorted(question.select or ()):
        if context.runs(policy.rules[name]):
            continue
        if policy.rules[name].group == "transitions":
            message = f"{name} was not run: it compares with a base, which --base names"
            yield Unknown("no-base", message, accepted=True)
        else:
            message = f"{name} was not run: it compares with a snapshot, which --live names"
            yield Unknown("no-snapshot", message)


def _not_seen(verdict: Verdict, case: Case, as_of: date) -> Iterator[Unknown]:
    """What the snapshots could not show. Raises ``OkxlintError`` for one of another account."""
    if verdict.live is None:
        return
    from okxlint.coverage import check_owners, unknowns

    check_owners(verdict.live, case.inventory)
    yield from unknowns(verdict.live, case.inventory, as_of, case.request.max_snapshot_age)


def _settled(unknown: Unknown, request: Request, policy: Policy) -> Unknown:
    allowed = {*policy.live.allow_unknown, *request.allow_unknown}
    return settled(unknown, policy.live.require, allowed)


def _coverage(verdict: Verdict, redactor: Redactor) -> tuple[tuple[str, str, int], ...]:
    """The accounts that OKX told of, by names that are safe to print."""
    rows = verdict.live.coverage if verdict.live else ()
    return tuple((redactor.clean(name), listing, keys) for name, listing, keys in rows)


def _all_placed(findings: Iterable[Finding], masking: Masking) -> tuple[Finding, ...]:
    """Findings as reports have them, in the order of the paths that are printed."""
    found = list(findings)
    placed = [_placed(each, masking) for each in found]
    moved = any(one is not other for one, other in zip(found, placed, strict=True))
    return tuple(sorted(placed, key=by_place) if moved else placed)


def _placed(finding: Finding, masking: Masking) -> Finding:
    """A finding whose path is safe to print: that of something without a file has names in it."""
    path = finding.location.path
    if path in masking.files:
        return finding
    location = finding.location._replace(path=masking.redactor.clean(path))
    return changed(finding, location=location)


def _pending(
    verdict: Verdict, head: Policy, ruling: Ruling, redactor: Redactor
) -> tuple[Pending, ...]:
    """The waivers that are not in force yet: those of manifests, and of the head's policy."""
    there = {entry.identity for entry in granted(ruling.policy.waivers)}
    entries = (entry for entry in granted(head.waivers) if entry.identity not in there)
    waiting = (*verdict.pending, *(pending(entry, redactor) for entry in entries))
    return tuple(each._replace(commit=ruling.sha) for each in waiting)


def _cleaned(unknown: Unknown, redactor: Redactor) -> Unknown:
    account = None if unknown.account is None else redactor.clean(unknown.account)
    return unknown._replace(message=redactor.clean(unknown.message), account=account)


def _reported(tree: Tree, chosen: list[str] | None, policy: Policy) -> Callable[[Finding], bool]:
    """Whether a finding is in what PATHs name, or related: the policy is to everything."""
    if chosen is None:
        return lambda _: True
    is_chosen = chosen_by(tree, chosen)

    def reported(finding: Finding) -> bool:
        if policy.rules[finding.rule].targets == ("policy",):
            return True
        places = [finding.location, *(related.location for related in finding.related)]
        return any(is_chosen(place.path) for place in places)

    return reported

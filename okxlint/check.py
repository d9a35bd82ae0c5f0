"""A whole check: paths → documents → inventory → engine → report."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from okxlint import __version__
from okxlint.base import (
    Asked,
    Base,
    Ruling,
    load_approved,
    load_base,
    load_ruling,
    watchful,
)
from okxlint.comparison import compared
from okxlint.engine import Context, Question, Verdict, judge, rules_of
from okxlint.errors import OkxlintError
from okxlint.findings import pending
from okxlint.loading import Wanted, load_files
from okxlint.manifest import is_manifest, load
from okxlint.model import Baseline, Finding, Pending, Report, RuleCard, Severity, Unknown
from okxlint.paths import Tree, ancestors, find_tree
from okxlint.policy import Policy
from okxlint.policy import file as policy_file
from okxlint.policy.distributions import pack_name
from okxlint.record import Record, changed
from okxlint.secrets.masking import Masking
from okxlint.secrets.redact import Redactor
from okxlint.suggest import did_you_mean
from okxlint.unknowns import settled
from okxlint.waivers import Identity, granted

if TYPE_CHECKING:
    from okxlint.baseline import InForce
    from okxlint.inventory import Inventory
    from okxlint.snapshot import Snapshot


class Request(Record):
    """What the caller of a check asks for."""

    question: Question
    wanted: Wanted
    policy: str | None = None
    """A policy file or a pack; ``None``: the policy found from the working directory."""
    require_packs: tuple[str, ...] = ()
    """Packs from which the policy must descend."""
    fail_on: Severity | None = Severity.ERROR
    base: str | None = None
    """The revision that the head is compared with; ``None``: with none."""
    policy_ref: str | None = None
    """The revision whose policy rules; ``None``: the work tree's."""
    new_only: bool = False
    """Whether what the base has already is left out."""
    baseline: str | None = None
    """The file whose findings are accepted; ``None``: there is none."""
    snapshots: tuple[Snapshot, ...] = ()
    """What exists on OKX; without one no rule of the group `live` runs."""
    max_snapshot_age: int = 1
    """Days before that of the run."""
    allow_unknown: frozenset[str] = frozenset()
    """The kinds of unknown that do not make the run incomplete."""


def run_check(request: Request) -> Report:
    """Check, and tell everything there is to tell.

    Raises ``OkxlintError`` for wrong usage and for a policy that is not right.
    """
    question, wanted = request.question, request.wanted
    asked = Asked(request.policy, wanted.cwd, find_tree(wanted.cwd))
    # The head's policy must be right even where another one rules.
    head = policy_file.load(asked.named, asked.cwd, asked.tree)
    ruling = load_ruling(asked, request.policy_ref, head) if request.policy_ref else Ruling(head)
    policy = ruling.policy
    check_selection(question, policy)
    _check_allowed(request.allow_unknown, policy)
    _check_packs(request.require_packs, policy)
    loaded = load_files(wanted, asked.tree, policy)
    paths = [file.source.path for file in loaded.files]
    chosen, as_of = loaded.chosen or (), question.as_of
    base = load_base(asked, request.base, policy, paths, chosen) if request.base else None
    policy = watchful(policy, base)
    approved, unread = load_approved(asked, ruling, chosen, as_of) if ruling.sha else (None, ())
    baseline = _baseline(asked, request, ruling)

    inventory, flaws = load(loaded.files)
    others = [*(policy.files if ruling.sha else ()), *(base.quoted if base else ())]
    others += baseline.files if baseline else ()
    masking = Masking([*loaded.files, *head.files], others)
    context = _context(asked.tree, base, head, approved)
    context = changed(context, snapshots=request.snapshots)
    verdict = judge(question, policy, loaded.files, inventory, flaws, masking.redactor, context)
    if base:
        verdict = _against(base, verdict, question, policy, masking.redactor, request.snapshots)
    unknown = [*loaded.unreadable.values(), *loaded.nothing, *ruling.unknown, *unread]
    unknown += [*(base.unknown if base else ()), *_not_compared(question, policy, context)]
    unknown += [*verdict.unknown, *_not_seen(verdict, inventory, request)]
    unknown = [_settled(each, request, policy) for each in unknown]
    verdict, told_of = _accepted(baseline, verdict, unknown, question, policy, masking.redactor)
    reported = _reported(asked.tree, loaded.chosen, policy)
    findings = tuple(_placed(each, masking) for each in verdict.findings if reported(each))
    told = tuple(each for each in findings if each.new is not False or not request.new_only)
    broken = [item.kind for item in inventory.broken]
    return Report(
        version=__version__,
        as_of=question.as_of,
        policy_source=policy.source,
        policy_ref=ruling.sha,
        base_ref=base.sha if base else None,
        findings=told,
        old=len(findings) - len(told),
        waived=tuple(_placed(each, masking) for each in verdict.waived if reported(each)),
        pending=_pending(verdict, head, ruling, masking.redactor) if ruling.sha else None,
        unknown=tuple(_cleaned(item, masking.redactor) for item in dict.fromkeys(unknown)),
        files=sum(map(is_manifest, loaded.files)),
        accounts=len(inventory.accounts) + broken.count("account"),
        apps=len(inventory.apps) + broken.count("app"),
        keys=len(inventory.keys) + broken.count("key"),
        fail_on=request.fail_on,
        excerpts=masking.excerpts(),
        cards=lambda: _cards(question, policy),
        baseline=told_of,
        coverage=verdict.live.coverage if verdict.live else (),
    )


def _cards(question: Question, policy: Policy) -> Mapping[str, RuleCard]:
    from okxlint.catalogue import cards

    return cards(rules_of(question, policy), policy)


def _baseline(asked: Asked, request: Request, ruling: Ruling) -> InForce | None:
    if request.baseline is None:
        return None
    from okxlint.baseline import load_baseline

    return load_baseline(request.baseline, asked.cwd, asked.tree, ruling.sha)


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


def _context(
    tree: Tree, base: Base | None, head: Policy, approved: Mapping[Identity, date] | None
) -> Context:
    if base is None:
        return Context(approved=approved)
    from okxlint.policy_order import loosened

    weaker = loosened(base.policy, head, tree.root) if base.policy else ()
    return Context(base.inventory, weaker, approved)


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


def _not_seen(verdict: Verdict, inventory: Inventory, request: Request) -> Iterator[Unknown]:
    """What the snapshots could not show. Raises ``OkxlintError`` for one of another account."""
    if verdict.live is None:
        return
    from okxlint.coverage import check_owners, unknowns

    check_owners(verdict.live, inventory)
    as_of, max_age = request.question.as_of, request.max_snapshot_age
    yield from unknowns(verdict.live, inventory, as_of, max_age)


def _settled(unknown: Unknown, request: Request, policy: Policy) -> Unknown:
    allowed = {*policy.live.allow_unknown, *request.allow_unknown}
    return settled(unknown, policy.live.require, allowed)


def _check_allowed(kinds: Iterable[str], policy: Policy) -> None:
    for kind in sorted(kinds):
        if kind in policy.live.require:
            said = policy.items["live.require", kind]
            message = f"'{kind}' is required at {said}; --allow-unknown cannot accept it"
            raise OkxlintError(message, "Leave it out of --allow-unknown.")


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


def check_selection(question: Question, policy: Policy) -> None:
    """Raise ``OkxlintError`` for rules that are asked for and that this policy does not give."""
    for name in sorted({*(question.select or ()), *question.ignore}):
        if name not in policy.rules:
            nearest = did_you_mean(name, policy.rules)
            raise OkxlintError(f"there is no rule '{name}'{nearest}", "See 'okxlint rules'.")
    for name in sorted(question.ignore):
        if policy.rules[name].hygiene:
            raise OkxlintError(f"'{name}' is always on; it cannot be ignored")
        if name in policy.locks:
            message = f"'{name}' is locked at {policy.locks[name].said}; it cannot be ignored"
            raise OkxlintError(message, "Leave it out of --ignore, or ask those who own the lock.")


def _check_packs(packs: Iterable[str], policy: Policy) -> None:
    for pack in packs:
        if (pack_name(pack) or pack) not in policy.chain:
            chain = " -> ".join(policy.chain)
            raise OkxlintError(
                f"the policy {policy.source} does not descend from the pack '{pack}' ({chain})",
                f"Add 'extends: {pack}' to it, or run with a policy that has it.",
            )


def _cleaned(unknown: Unknown, redactor: Redactor) -> Unknown:
    account = None if unknown.account is None else redactor.clean(unknown.account)
    return unknown._replace(message=redactor.clean(unknown.message), account=account)


def _reported(tree: Tree, chosen: list[str] | None, policy: Policy) -> Callable[[Finding], bool]:
    """Whether a finding is in what PATHs name, or related: the policy is to everything."""
    if chosen is None:
        return lambda _: True

    names = frozenset(chosen)

    @cache
    def inside(path: str) -> bool:
        return not names.isdisjoint(ancestors(os.path.join(tree.root, path)))

    def reported(finding: Finding) -> bool:
        if policy.rules[finding.rule].targets == ("policy",):
            return True
        places = [finding.location, *(related.location for related in finding.related)]
        return any(inside(place.path) for place in places)

    return reported

"""Writing a baseline: what is found today, or what an old one lists and is still found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from okxlint.baseline import asked_of, find_baseline, refusal, shortcomings
from okxlint.baseline.file import BaselineText, Entry, entry_of, written
from okxlint.check import Request, run_check
from okxlint.engine import Question
from okxlint.errors import OkxlintError
from okxlint.files import WorkFiles, save
from okxlint.loading import Wanted
from okxlint.model import Report
from okxlint.paths import Tree, absolute, find_tree
from okxlint.policy import Policy
from okxlint.policy import file as policy_file
from okxlint.record import changed
from okxlint.report.summary import plural
from okxlint.rule import days_after
from okxlint.secrets.redact import Redactor

REASON = "found before okxlint was in use; to be mended by the last day"
"""The reason of a baseline for which nobody gives one."""


@dataclass(frozen=True)
class Order:
    """What the caller asks for."""

    path: str
    as_of: date
    wanted: Wanted
    policy: str | None = None
    """A policy file or a pack; ``None``: the policy found from the working directory."""
    until: date | None = None
    """Its last day; ``None``, if an old one is pruned: the day that it has."""
    reason: str = ""
    approved_by: str = ""
    prune: bool = False


@dataclass(frozen=True)
class Done:
    """What came of it."""

    told: tuple[str, ...]
    exit: int = 0
    """0 written, 3 something could not be looked at, so that nothing was."""


def write_baseline(order: Order) -> Done:
    """Write the baseline as a whole, or nothing.

    Raises ``OkxlintError`` for wrong usage, for a policy that is not right or does not allow it,
    and for a file that is there and no baseline.
    """
    cwd = order.wanted.cwd
    tree = find_tree(cwd)
    old = _old(order, tree)
    policy = policy_file.load(order.policy, cwd, tree)
    terms = _terms(order, old, policy)
    request = Request(Question(order.as_of), order.wanted, order.policy, fail_on=None)
    report = run_check(changed(request, baseline=order.path if order.prune else None))
    if report.exit:
        told = [f"unknown[{unknown.kind}] {unknown.message}" for unknown in report.unknown]
        return Done((*told, "nothing was written: not everything was looked at"), report.exit)
    entries, told = _kept(old, report) if old and order.prune else _found(report, policy)
    text = replace(terms, accepted=tuple(entries))
    if old is None or written(text) != written(old):
        _save(absolute(order.path, cwd), order.path, text)
    accepts = f"accepts {plural(len(entries), 'finding')} until {text.until}"
    told.append(f"{tree.shown(absolute(order.path, cwd))} {accepts}")
    if text.reason == REASON and not order.prune:
        told.append(f"its reason is '{REASON}'; --reason TEXT gives a better one")
    return Done(tuple(told))


def _old(order: Order, tree: Tree) -> BaselineText | None:
    try:
        old = find_baseline(order.path, order.wanted.cwd, tree, WorkFiles())
    except OkxlintError as error:
        hint = "Nothing was written: only what is a baseline already is written anew."
        raise OkxlintError(f"'{order.path}' is not overwritten:\n{error.message}", hint) from None
    if old is None and order.prune:
        raise OkxlintError(
            f"there is no baseline '{order.path}'", "Without --prune, with --until, it is written."
        )
    return old.text if old else None


def _terms(order: Order, old: BaselineText | None, policy: Policy) -> BaselineText:
    """What the baseline says besides its entries; a last day that is set, the policy must allow."""
    reason = _given(order.reason) or (old.reason if old else REASON)
    approved_by = _given(order.approved_by)
    if order.until is None:
        if old is None or not order.prune:
            raise OkxlintError("a baseline needs a last day", "Give it as --until DATE.")
        return replace(old, reason=reason, approved_by=approved_by or old.approved_by)
    asked = asked_of(policy)
    terms = BaselineText(
        version="1",
        until=order.until,
        reason=reason,
        approved_by=approved_by,
        granted=order.as_of if "granted" in asked else None,
    )
    problem = "; ".join(shortcomings(terms, policy, order.as_of))
    if problem:
        last = days_after(order.as_of, policy.waivers.max_days)
        who = "; --approved-by says who approves it" if "approved_by" in asked else ""
        raise OkxlintError(
            f"by the policy {policy.source} this baseline would not hold: {problem}",
            f"The last day can be {order.as_of} to {last}{who}.",
        )
    return terms


def _given(text: str) -> str | None:
    return Redactor(()).clean(" ".join(text.split())) or None


def _kept(old: BaselineText, report: Report) -> tuple[list[Entry], list[str]]:
    """The entries of an old baseline that still accept something, and why the others do not."""
    stale = report.baseline.stale if report.baseline else ()
    gone = {each.location for each in stale}
    reasons = Counter(each.reason for each in stale)
    told = [f"{plural(n, 'entry')} taken out: {reason}" for reason, n in reasons.items()]
    return [entry for entry in old.accepted if entry.location not in gone], told


def _found(report: Report, policy: Policy) -> tuple[list[Entry], list[str]]:
    """An entry for each finding that may be accepted, and why there is none for the others."""
    entries = []
    refused: Counter[str] = Counter()
    for finding in report.findings:
        reason = refusal(finding.rule, policy)
        if reason:
            refused[reason] += 1
        else:
            entries.append(entry_of(finding))
    told = [f"{plural(n, 'finding')} not accepted: {reason}" for reason, n in refused.items()]
    return entries, told


def _save(path: str, named: str, text: BaselineText) -> None:
    try:
        save(path, written(text))
    except OSError as error:
        raise OkxlintError(
            f"cannot write {named}: {error.strerror}", "Name a file in a folder that you may write."
        ) from error

"""Which findings of a run a baseline accepts, and which of its entries accept nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from okxlint.baseline import InForce, refusal, shortcomings
from okxlint.baseline.file import BaselineText, Entry
from okxlint.engine import Question, Verdict
from okxlint.model import Baseline, Finding, Grant, Severity, Stale
from okxlint.policy import Policy
from okxlint.record import changed
from okxlint.rule import days_after
from okxlint.secrets.redact import Redactor

_NOT_FOUND = "there is no such finding any more"
_TWICE = "an earlier entry has the same fingerprint"
_Key = tuple[str | None, ...]


def accept(
    baseline: InForce,
    verdict: Verdict,
    question: Question,
    policy: Policy,
    redactor: Redactor,
    *,
    complete: bool,
) -> tuple[Verdict, Baseline]:
    """A verdict whose accepted findings are among the waived ones, and what became of a baseline.

    One that does not hold accepts nothing, and its entries are judged all the same. Unless the run
    is complete, nobody can say that something was not found.
    """
    if baseline.file is None:
        return verdict, Baseline(baseline.shown, None, baseline.absent)
    text = baseline.file.text
    problem = "; ".join(shortcomings(text, policy, question.as_of))
    meeting = _Meeting(text.accepted, verdict.findings, policy)
    stale = tuple(
        _stale(entry, reason, redactor)
        for entry, reason in meeting.left_over()
        if reason != _NOT_FOUND or (complete and _was_run(entry.rule, question))
    )
    told = Baseline(baseline.shown, text.until, redactor.clean(problem) or None, stale)
    if problem:
        return verdict, told
    findings: list[Finding] = []
    waived = [*verdict.waived]
    for number, finding in enumerate(verdict.findings):
        entry = meeting.met.get(number)
        if entry is None:
            findings.append(finding)
        else:
            waived.append(changed(finding, waiver=_grant(baseline.shown, text, entry, redactor)))
            findings += _coming_back(finding, entry, text, question, policy)
    return changed(verdict, findings=_sorted(findings), waived=_sorted(waived)), told


class _Meeting:
    """Entries and findings in pairs: an entry accepts one finding, and is used up by it."""

    def __init__(
        self, entries: Iterable[Entry], findings: Sequence[Finding], policy: Policy
    ) -> None:
        self.policy = policy
        self.findings = findings
        self.met: dict[int, Entry] = {}
        """By the finding's number."""
        self._refused: list[tuple[Entry, str]] = []
        self._free: dict[str, Entry] = {}
        """By fingerprint: what has met no finding yet."""
        for entry in entries:
            reason = refusal(entry.rule, policy)
            if reason or self._free.setdefault(entry.fingerprint, entry) is not entry:
                self._refused.append((entry, reason or _TWICE))
        self._meet(_identity, lambda entry, finding: True)
        self._meet(_target, self._was_worse)

    def left_over(self) -> list[tuple[Entry, str]]:
        """The entries that accept nothing and why, in the order of the file."""
        unmet = (each for number, each in enumerate(self.findings) if number not in self.met)
        worse = set(map(_identity, unmet))
        left = [
            (entry, _grown(entry) if _identity(entry) in worse else _NOT_FOUND)
            for entry in self._free.values()
        ]
        return sorted([*self._refused, *left], key=lambda each: each[0].location)

    def _meet(
        self, key: Callable[[Entry | Finding], _Key], fits: Callable[[Entry, Finding], bool]
    ) -> None:
        """Pair what has the same key. Nobody can say which of equal findings is which."""
        pools: dict[_Key, list[Entry]] = {}
        for entry in self._free.values():
            pools.setdefault(key(entry), []).append(entry)
        unmet = [number for number in range(len(self.findings)) if number not in self.met]
        # The worst first: what accepts it may accept another, but not the other way round.
        for number in sorted(unmet, key=lambda number: -self.findings[number].severity):
            finding = self.findings[number]
            pool = pools.get(key(finding), [])
            met = next((e for e in pool if _is_enough(e, finding) and fits(e, finding)), None)
            if met is not None:
                self.met[number] = met
                pool.remove(met)
                del self._free[met.fingerprint]

    def _was_worse(self, entry: Entry, finding: Finding) -> bool:
        """Whether what is accepted has become better since, by the rule's own order of values."""
        no_worse = self.policy.rules[finding.rule].no_worse
        # Without the same fingerprint, only names of which nothing is masked tell who is meant.
        if no_worse is None or any("*" in name for name in _target(finding) if name):
            return False
        try:
            return no_worse(finding.value or "", entry.value or "")
        except ValueError:
            return False  # a value that somebody made up


def _target(each: Entry | Finding) -> _Key:
    return each.rule, each.account, each.key, each.app


def _identity(each: Entry | Finding) -> _Key:
    # The fingerprint is made before anything is masked, so it tells masked values apart; the names
    # are compared too, for they are what those have read who accepted it.
    return *_target(each), each.value, each.fingerprint.partition(":")[0]


def _is_enough(entry: Entry, finding: Finding) -> bool:
    return Severity.of(entry.severity) >= finding.severity


def _grown(entry: Entry) -> str:
    return f"accepted as {entry.severity}, it has become worse"


def _was_run(rule_id: str, question: Question) -> bool:
    selected = question.select is None or rule_id in question.select
    return selected and rule_id not in question.ignore


def _coming_back(
    finding: Finding, entry: Entry, text: BaselineText, question: Question, policy: Policy
) -> Iterator[Finding]:
    """A finding, as info, that will no longer be accepted on a day that is looked at."""
    first = days_after(text.until, 1)
    fails_on = finding.fails_on
    if fails_on and question.as_of < fails_on and _may_be_worse(entry, policy):
        first = min(first, fails_on)
    if first <= question.until:
        last = days_after(first, -1)
        yield changed(
            finding,
            severity=Severity.INFO,
            message=f"{finding.message}; the baseline accepts this up to {last}",
            fails_on=max(first, fails_on or first),
        )


def _may_be_worse(entry: Entry, policy: Policy) -> bool:
    """Whether the policy has the rule at a greater severity than an entry accepts, for any key."""
    changes = (override.changes.get(entry.rule) for override in policy.overrides)
    stated = [change.severity for change in changes if change]
    stated.append(policy.selected(entry.rule).severity)
    accepted = Severity.of(entry.severity)
    return any(isinstance(each, Severity) and each > accepted for each in stated)


def _grant(path: str, text: BaselineText, entry: Entry, redactor: Redactor) -> Grant:
    return Grant(
        reason=redactor.clean(text.reason),
        approved_by=redactor.clean(text.approved_by) if text.approved_by else None,
        expires=text.until,
        path=path,
        line=entry.location.line,
    )


def _stale(entry: Entry, reason: str, redactor: Redactor) -> Stale:
    account, key, app, value = (
        None if text is None else redactor.clean(text) for text in (*entry.names, entry.value)
    )
    return Stale(
        redactor.clean(entry.rule),
        account,
        key,
        app,
        value,
        entry.fingerprint,
        entry.location,
        redactor.clean(reason),
    )


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (*finding.location[:3], finding.rule)))

"""Which findings a change has brought: those that the base does not have, or not as badly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from okxlint.model import Finding
from okxlint.record import changed
from okxlint.rule import Rule

NEVER_OLD = frozenset({"yaml-syntax", "manifest-schema", "no-secrets"})
"""Rules whose findings are always new: what was not judged may have changed behind them."""


def compared(
    findings: Iterable[Finding], base: Iterable[Finding], rules: Mapping[str, Rule]
) -> tuple[Finding, ...]:
    """The findings, each knowing whether it is new.

    One is old if the base has one of the same rule and target with the same value, or with a value
    that is worse by the rule's own order, and of no lower severity. Each finding of the base
    answers for one: a second one of the same kind is new.
    """
    heads = list(findings)
    answers = _Answers(base)
    # What stands where it stood is the old one; what was added beside it is not.
    for kind in (_place, _meaning):
        answers.give(heads, kind)
    answers.give_worse(heads, rules)
    return tuple(
        changed(finding, new=number not in answers.old) for number, finding in enumerate(heads)
    )


class _Answers:
    """Gives the findings of the base to those of the head; ``old`` is which of them got one."""

    def __init__(self, base: Iterable[Finding]) -> None:
        self.left = [finding for finding in base if finding.rule not in NEVER_OLD]
        self.old: set[int] = set()

    def give(self, heads: list[Finding], kind: Callable[[Finding], Any]) -> None:
        """To each the worst that is left of the same kind, the worst first."""
        left = self._grouped(kind)
        for number, finding in self._waiting(heads):
            known = left.get(kind(finding))
            if known and known[-1].severity >= finding.severity:
                known.pop()
                self.old.add(number)
        self.left = [finding for known in left.values() for finding in known]

    def give_worse(self, heads: list[Finding], rules: Mapping[str, Rule]) -> None:
        """To each the least bad of those that are worse, so that the worst are left for others."""
        left = self._grouped(_target)
        for number, finding in self._waiting(heads):
            no_worse = rules[finding.rule].no_worse
            known = left.get(_target(finding), []) if no_worse else []
            best: Finding | None = None
            for each in known:
                if each.severity >= finding.severity and _holds(no_worse, finding, each):
                    best = each if best is None or _holds(no_worse, each, best) else best
            if best is not None:
                known.remove(best)
                self.old.add(number)

    def _grouped(self, kind: Callable[[Finding], Any]) -> dict[Any, list[Finding]]:
        left: dict[Any, list[Finding]] = {}
        for finding in sorted(self.left, key=lambda each: each.severity):
            left.setdefault(kind(finding), []).append(finding)
        return left

    def _waiting(self, heads: list[Finding]) -> list[tuple[int, Finding]]:
        """Those that have no answer yet, the worst first."""
        waiting = [
            each
            for each in enumerate(heads)
            if each[0] not in self.old and each[1].rule not in NEVER_OLD
        ]
        return sorted(waiting, key=lambda each: -each[1].severity)


def _target(finding: Finding) -> tuple[str | None, ...]:
    return finding.rule, finding.account, finding.key, finding.app


def _meaning(finding: Finding) -> tuple[str | None, ...]:
    return *_target(finding), finding.value


def _place(finding: Finding) -> tuple[str | None, ...]:
    return *_meaning(finding), finding.location.path


def _holds(no_worse: Any, new: Finding, old: Finding) -> bool:
    """What a rule's order says of two findings; one that raises says nothing, so that it is new."""
    try:
        return bool(no_worse(new.value or "", old.value or ""))
    except Exception:  # noqa: BLE001 - whatever a rule raises is no pass
        return False

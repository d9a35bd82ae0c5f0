"""The waivers of a run: what each stands on, and what it is worth on the day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from okxlint.case import Case
from okxlint.check import waivers_of
from okxlint.model import Pending, Report
from okxlint.register import Accepted, GrantedElsewhere, State
from okxlint.waivers import Entry


class Waivers:
    """``elsewhere`` are those that a policy grants for what is not in the inventory, or not yet."""

    def __init__(self, case: Case, report: Report) -> None:
        self._clean = case.masking.redactor.clean
        self._as_of = report.as_of
        self._on: dict[int, list[Entry]] = defaultdict(list)
        entries = waivers_of(case, report.as_of).entries
        for entry in entries:
            for target in entry.targets:
                self._on[id(target)].append(entry)
        own = {file.source.path for file in case.head.files}
        waiting = [each for each in report.pending or () if each.grant.path in own]
        self.elsewhere = (
            *(self._granted(entry) for entry in entries if not entry.targets),
            *map(_waiting, waiting),
        )

    def on(self, target: Any) -> tuple[Accepted, ...]:
        """Those on one object of the inventory."""
        return tuple(self._accepted(entry) for entry in self._on[id(target)])

    def _accepted(self, entry: Entry) -> Accepted:
        waiver, clean = entry.waiver, self._clean
        state, why = _worth(entry, self._as_of)
        return Accepted(
            rule=clean(waiver.rule),
            reason=clean(waiver.reason) if waiver.reason else None,
            approved_by=clean(waiver.approved_by) if waiver.approved_by else None,
            granted=waiver.granted,
            expires=waiver.expires,
            value=clean(waiver.value) if waiver.value else None,
            state=state,
            why=clean(why),
        )

    def _granted(self, entry: Entry) -> GrantedElsewhere:
        names = {kind: name and self._clean(name) for kind, name in entry.names.items()}
        return GrantedElsewhere(**names, waiver=self._accepted(entry))


def _waiting(pending: Pending) -> GrantedElsewhere:
    """One that the policy at hand grants, and that of the commit that rules does not."""
    grant = pending.grant
    waiver = Accepted(
        rule=pending.rule,
        reason=grant.reason,
        approved_by=grant.approved_by,
        granted=None,
        expires=grant.expires,
        value=pending.value,
        state="not yet in force",
        why=_NOT_THERE,
    )
    return GrantedElsewhere(pending.account, pending.key, pending.app, waiver)


_NOT_THERE = "the commit that rules does not have it"


def _worth(entry: Entry, as_of: date) -> tuple[State, str]:
    """What a waiver is worth on a day, and why it is not worth more."""
    waiver, why = entry.waiver, "; ".join(entry.problems)
    if entry.ends < as_of and not entry.pending:
        by_commit = entry.ends != waiver.expires
        said = f"on {entry.ends}, as the commit has it that rules" if by_commit else ""
        return "ended", "; ".join(filter(None, (said, why)))
    if entry.pending and not why:
        return "not yet in force", _NOT_THERE
    only_later = waiver.granted and waiver.granted > as_of and len(entry.problems) == 1
    return ("not yet in force" if only_later else "does not hold" if why else "holds"), why

"""Candidates to findings: severity on a day, identity, order, and nothing unsafe in any text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from okxlint.model import Finding, Fix, Grant, Pending, Related, Severity
from okxlint.record import changed
from okxlint.rule import Hit, Replacement, Rule, days_after
from okxlint.secrets.redact import Redactor
from okxlint.waivers import Entry


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


def begins(hit: Hit) -> date:
    """The first UTC day on which a hit is told of; ``date.min`` if it always was."""
    if hit.fails_on is None or hit.warn_days is None:
        return date.min
    return days_after(hit.fails_on, -hit.warn_days)


def findings_of(
    candidates: Iterable[Candidate], as_of: date, until: date, redactor: Redactor
) -> list[Finding]:
    """The findings of candidates on one UTC day, in the order of reports.

    What will start by the last day looked at is among them, at severity info.
    """
    maker = _Maker(as_of, until, redactor)
    groups = filter(None, (list(maker.findings(candidate)) for candidate in candidates))
    return sorted(_numbered(groups), key=by_place)


class _Maker:
    """Makes findings of candidates, for one day and its horizon."""

    def __init__(self, as_of: date, until: date, redactor: Redactor) -> None:
        self.as_of = as_of
        self.until = until
        # Names, values and next steps come again and again.
        self.clean = lru_cache(maxsize=1 << 12)(redactor.clean)

    def findings(self, candidate: Candidate) -> Iterator[Finding]:
        """What is reported of a candidate: it itself, waived or not, and its start to come."""
        hit = candidate.hit
        first = starts = begins(hit)
        if candidate.holds:
            if first <= self.as_of:
                yield self._finding(candidate, self._severity(candidate))
            starts = max(first, days_after(candidate.holds.ends, 1))
            if candidate.holds.ends == date.max:
                return
        if starts <= self.as_of:
            yield self._finding(candidate, self._severity(candidate))
        elif starts <= self.until:
            fails_on = max(starts, hit.fails_on or starts)
            message = f"{hit.message}; this starts on {starts}"
            coming = changed(hit, fails_on=fails_on, message=message)
            yield self._finding(candidate._replace(hit=coming, holds=None), Severity.INFO)

    def _severity(self, candidate: Candidate) -> Severity:
        hit = candidate.hit
        full = min(candidate.severity, hit.at_most)
        early = hit.fails_on is not None and self.as_of < hit.fails_on
        return min(full, Severity.WARNING) if early else full

    def _finding(self, candidate: Candidate, severity: Severity) -> Finding:
        from hashlib import sha256  # a run that finds nothing has no use for it

        rule, _, hit, names, holds = candidate
        location = hit.at.location
        clean = self.clean
        path = location.path if rule.targets == ("file",) else None
        identity = [rule.id, names["account"], names["key"], names["app"], hit.value, path]
        digest = sha256(json.dumps(identity).encode()).hexdigest()[:32]
        return Finding(
            rule=rule.id,
            severity=severity,
            message=clean(hit.message),
            help=clean(hit.help or rule.help),
            location=location,
            account=_cleaned(names["account"], clean),
            key=_cleaned(names["key"], clean),
            app=_cleaned(names["app"], clean),
            value=clean(hit.value),
            fails_on=hit.fails_on,
            fingerprint=digest,
            related=tuple(Related(p.location, clean(text)) for p, text in hit.related),
            waiver=_grant(holds, clean) if holds else None,
            fix=_fix(hit.fix, clean) if hit.fix else None,
        )


def _cleaned(name: str | None, clean: Callable[[str], str]) -> str | None:
    return clean(name) if name is not None else None


def _fix(fix: Replacement, clean: Callable[[str], str]) -> Fix:
    return Fix(clean(fix.title), fix.at.location, clean(fix.text))


def _grant(entry: Entry, clean: Callable[[str], str]) -> Grant:
    waiver = entry.waiver
    location = waiver.origin.at("rule").location
    return Grant(
        reason=clean(waiver.reason) if waiver.reason else None,
        approved_by=clean(waiver.approved_by) if waiver.approved_by else None,
        expires=entry.ends if entry.ends < date.max else None,
        path=location.path,
        line=location.line,
    )


def pending(entry: Entry, redactor: Redactor) -> Pending:
    """A waiver that is not in force yet, as reports tell it."""
    clean = redactor.clean
    names = {kind: _cleaned(name, clean) for kind, name in entry.names.items()}
    value = _cleaned(entry.waiver.value, clean)
    return Pending(clean(entry.waiver.rule), **names, value=value, grant=_grant(entry, clean))


def by_place(finding: Finding) -> tuple[Any, ...]:
    """Sorts findings as reports have them."""
    place = finding.location
    names = (finding.account or "", finding.key or "", finding.app or "")
    return (
        *(place.path, place.line, place.column, finding.rule, finding.value or ""),
        *(*names, finding.message),
    )


def _numbered(groups: Iterable[list[Finding]]) -> Iterator[Finding]:
    """Fingerprints that are equal get numbers, in the order of reports.

    What comes of one candidate has one number: a finding keeps it when its waiver ends.
    """
    seen: dict[str, int] = {}
    for group in sorted(groups, key=lambda group: by_place(group[0])):
        fingerprint = group[0].fingerprint
        number = seen[fingerprint] = seen.get(fingerprint, 0) + 1
        for finding in group:
            yield changed(finding, fingerprint=f"{fingerprint}:{number}")

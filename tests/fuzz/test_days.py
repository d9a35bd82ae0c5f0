"""Whatever the day: ``fails_on`` is what a check of the days around it shows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from okxlint.model import Finding, Severity
from okxlint.policy import Policy
from okxlint.policy.file import pack
from tests.fuzz.checking import Name, judged, name_of
from tests.fuzz.invariants import limited
from tests.fuzz.profile import cases
from tests.fuzz.strategies import DAY, VALID, written

POLICIES = [pack(name) for name in ("strict", "recommended", "essentials")]
_ONE = timedelta(1)
Place = tuple[Name, str, int, int]


def by_place(data: bytes, policy: Policy, day: date, horizon: int = 0) -> dict[Place, Finding]:
    """The findings of a day by what tells one from another."""
    found = judged([data], policy, day, horizon).findings
    places = ((each, each.location) for each in found)
    return {(name_of(each), at.path, at.line, at.column): each for each, at in places}


@cases(120)
@given(VALID, st.sampled_from(POLICIES), st.integers(-3, 3))
def test_the_days_around_agree_with_fails_on(manifest: Any, policy: Policy, shift: int) -> None:
    with limited():
        data = written(manifest, "block")
        today = DAY + timedelta(shift)
        days: dict[date, dict[Place, Finding]] = {}

        def on(day: date) -> dict[Place, Finding]:
            if day not in days:
                days[day] = by_place(data, policy, day)
            return days[day]

        for place, finding in on(today).items():
            first = finding.fails_on
            if first is None:
                # What the calendar does not bring was there yesterday, as bad as today.
                assert on(today - _ONE)[place].severity == finding.severity
                continue
            full = on(first)[place]
            assert full.fails_on == first
            assert full.severity >= finding.severity
            before = on(first - _ONE).get(place)
            if before is not None:
                assert before.severity <= Severity.WARNING
                assert before.severity <= full.severity
                assert before.fails_on == first


@cases(80)
@given(VALID, st.integers(1, 60))
def test_what_a_horizon_tells_comes_on_that_day(manifest: Any, horizon: int) -> None:
    policy = POLICIES[0]
    with limited():
        data = written(manifest, "block")
        now = by_place(data, policy, DAY)
        for place, finding in by_place(data, policy, DAY, horizon).items():
            if place in now:
                continue
            assert finding.severity is Severity.INFO
            assert finding.fails_on is not None
            assert finding.fails_on > DAY
            later = by_place(data, policy, finding.fails_on)[place]
            assert later.fails_on == finding.fails_on
        # And nothing begins within it that was not told.
        at_the_end = by_place(data, policy, DAY + timedelta(horizon))
        told = by_place(data, policy, DAY, horizon)
        assert at_the_end.keys() <= told.keys()

"""Waivers, the order of policies, and drafts of what is on OKX: whatever stands in them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from okxlint.documents.reader import read
from okxlint.drafts import drafts_of
from okxlint.engine import Context
from okxlint.manifest import load
from okxlint.model import Finding
from okxlint.option import Move, Option, move
from okxlint.policy.file import pack
from okxlint.policy_order import loosened
from okxlint.rule import load_rule
from okxlint.snapshot.file import parse
from tests.conftest import policy_of
from tests.fuzz.checking import judged, judged_files, name_of
from tests.fuzz.invariants import limited
from tests.fuzz.profile import cases
from tests.fuzz.strategies import DAY, VALID, snapshots, written

STRICT = pack("strict")
LIVE = {"live-created", "live-declared", "live-ips", "live-permissions", "live-present"}
LIVE |= {"live-accounts", "live-revoked"}

# -- waivers ---------------------------------------------------------------------------------------


def _waiver(finding: Finding) -> dict[str, Any]:
    names = {"account": finding.account, "key": finding.key, "app": finding.app}
    return {
        **{kind: name for kind, name in names.items() if name},
        "rule": finding.rule,
        "reason": "known",
        "approved_by": "security@example.com",
        "expires": (DAY + timedelta(100)).isoformat(),
        "value": finding.value,
    }


def _all(findings: tuple[Finding, ...]) -> set[tuple[Any, ...]]:
    return {(name_of(each), each.location, each.severity, each.fails_on) for each in findings}


@cases(150)
@given(VALID, st.data())
def test_to_waive_a_finding_removes_it_and_nothing_else(manifest: Any, data: st.DataObject) -> None:
    with limited():
        text = written(manifest, "block")
        before = judged([text], STRICT).findings
        can = [each for each in before if STRICT.rules[each.rule].waivable and each.value]
        can = [each for each in can if not STRICT.rules[each.rule].hygiene]
        can = [each for each in can if each.rule not in STRICT.locks]
        assume(can)
        chosen = data.draw(st.sampled_from(can))
        terms = json.dumps({"granted": [_waiver(chosen)]})
        policy = policy_of(f"version: 1\nextends: strict\nwaivers: {terms}\n")
        verdict = judged([text], policy)
        alike = tuple(each for each in before if name_of(each) == name_of(chosen))
        assert _all(verdict.waived) == _all(alike)
        assert _all(verdict.findings) == _all(before) - _all(alike)


# -- the order of policies -------------------------------------------------------------------------


def _values(facts: Option) -> list[Any]:
    """Values of an option that has an order."""
    default = facts.default
    if facts.order:
        return list(facts.order)
    if facts.stricter in ("true", "false"):
        return [True, False]
    if facts.stricter in ("lower", "higher") and isinstance(default, int):
        return sorted({max(1, default - 5), max(1, default - 1), default})
    if facts.stricter in ("more", "fewer") and isinstance(default, tuple) and len(default) > 1:
        return [list(default), list(default[:1])]
    return []


DIRECTED = {
    rule_id: {
        name: values
        for name, facts in load_rule(rule_id).options.facts.items()
        if len(values := _values(facts)) > 1
    }
    for rule_id in sorted(STRICT.settings)
    if not STRICT.rules[rule_id].hygiene
}


@st.composite
def settings_of(draw: st.DrawFn) -> dict[str, Any]:
    """What a policy says of a few rules, whichever there are."""
    said: dict[str, Any] = {}
    for rule in draw(st.lists(st.sampled_from(sorted(DIRECTED)), max_size=4, unique=True)):
        options = {
            name: draw(st.sampled_from(values))
            for name, values in DIRECTED[rule].items()
            if draw(st.booleans())
        }
        said[rule] = options | {
            "severity": draw(st.sampled_from(["off", "info", "warning", "error"]))
        }
    return said


def _policy(rules: dict[str, Any]) -> Any:
    return policy_of(f"version: 1\nextends: recommended\nrules: {json.dumps(rules)}\n")


@cases(250)
@given(settings_of(), settings_of())
def test_what_one_way_is_looser_is_not_looser_the_other_way(old: Any, new: Any) -> None:
    with limited():
        before, after = _policy(old), _policy(new)
        there = {each.value for each in loosened(before, after, "/")}
        back = {each.value for each in loosened(after, before, "/")}
        for value in there:
            what, _, other = value.partition(" -> ")
            name, _, one = what.rpartition(" ")
            assert f"{name} {other} -> {one}" not in back


@cases(250)
@given(settings_of(), st.data())
def test_one_change_is_looser_in_one_direction_alone(said: Any, data: st.DataObject) -> None:
    with limited():
        rule = data.draw(st.sampled_from([name for name in sorted(DIRECTED) if DIRECTED[name]]))
        name = data.draw(st.sampled_from(sorted(DIRECTED[rule])))
        values = st.permutations(DIRECTED[rule][name])
        one, other, *_ = data.draw(values)
        rest = {**said.get(rule, {}), "severity": "error"}
        before = _policy({**said, rule: {**rest, name: one}})
        after = _policy({**said, rule: {**rest, name: other}})
        there, back = loosened(before, after, "/"), loosened(after, before, "/")
        assert len(there) + len(back) == 1
        facts = load_rule(rule).options.facts[name]
        assert bool(there) == (move(facts, _same(one), _same(other)) is Move.LOOSER)


def _same(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


# -- drafts ----------------------------------------------------------------------------------------


@cases(200)
@given(snapshots())
def test_what_is_drafted_agrees_with_what_is_on_okx(data: bytes) -> None:
    with limited():
        snapshot = parse(data, "main.json")
        drafts = list(drafts_of(snapshot))
        files = [read(f"{n}.yaml", draft.text.encode()) for n, draft in enumerate(drafts)]
        _, flaws = load(files)
        assert flaws == []
        assert not any(draft.is_short for draft in drafts)
        verdict = judged_files(files, STRICT, context=Context(snapshots=(snapshot,)))
        assert [each for each in verdict.findings if each.rule in LIVE] == []

"""What of the head's findings is old: the base has it already, or worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.comparison import NEVER_OLD, compared
from okxlint.model import Finding, Location, Severity
from okxlint.record import changed
from okxlint.rule import Rule, Ruleset, load_rule
from okxlint.values import no_more, no_others
from tests.conftest import verdict_of

RULES = Ruleset()
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def found(
    rule: str = "no-withdraw",
    value: str | None = "v",
    severity: Severity = ERROR,
    path: str = "a.yaml",
    line: int = 1,
    **names: str,
) -> Finding:
    names = names or {"account": "main", "key": "k"}
    return Finding(rule, severity, "m", "h", Location(path, line), value=value, **names)  # type: ignore[arg-type]


def news(
    head: list[Finding], base: list[Finding], rules: Mapping[str, Rule] = RULES
) -> list[bool | None]:
    """Which of the head's findings are new, in their order."""
    made = compared(head, base, rules)
    assert [changed(finding, new=None) for finding in made] == head
    return [finding.new for finding in made]


# -- one finding -----------------------------------------------------------------------------------


def test_without_findings_at_the_base_all_are_new() -> None:
    assert news([found(), found(line=2)], []) == [True, True]
    assert news([], [found()]) == []


@pytest.mark.parametrize("line", [1, 2, 999])
def test_a_moved_line_or_file_stays_old(line: int) -> None:
    assert news([found(line=line)], [found()]) == [False]
    assert news([found(line=line, path="b.yaml")], [found()]) == [False]
    other = changed(found(), message="other words", help="other help")
    assert news([other], [found()]) == [False]


@pytest.mark.parametrize(
    "head",
    [
        found(rule="least-privilege"),
        found(value="w"),
        found(value=None),
        found(account="other", key="k"),
        found(account="main", key="other"),
        found(account="main"),
        found(app="main"),
    ],
)
def test_another_rule_target_or_value_is_new(head: Finding) -> None:
    assert news([head], [found()]) == [True]
    assert news([found()], [head]) == [True]


@pytest.mark.parametrize("head", [ERROR, WARNING, INFO])
@pytest.mark.parametrize("base", [ERROR, WARNING, INFO])
def test_what_has_become_more_severe_is_new(head: Severity, base: Severity) -> None:
    assert news([found(severity=head)], [found(severity=base)]) == [head > base]


@pytest.mark.parametrize("rule", sorted(NEVER_OLD))
def test_what_was_not_judged_may_have_changed_behind_it(rule: str) -> None:
    assert RULES[rule].no_worse is None
    same = found(rule=rule)
    assert news([same, same], [same, same]) == [True, True]


# -- counts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", range(4))
@pytest.mark.parametrize("base", range(4))
def test_each_finding_of_the_base_answers_for_one(head: int, base: int) -> None:
    answers = news([found()] * head, [found()] * base)
    assert answers.count(False) == min(head, base)


def test_of_two_equal_ones_the_one_in_another_file_is_new() -> None:
    before = found(path="b.yaml", line=7)
    assert news([found(path="a.yaml"), found(path="b.yaml", line=9)], [before]) == [True, False]
    assert news([found(path="a.yaml"), found(path="b.yaml")], [before] * 2) == [False, False]


def test_the_worst_of_the_base_answers_for_the_worst() -> None:
    heads = [found(severity=WARNING), found(severity=ERROR)]
    assert news(heads, [found(severity=ERROR), found(severity=WARNING)]) == [False, False]
    assert news(heads, [found(severity=ERROR)]) == [True, False]
    assert news(heads, [found(severity=WARNING)]) == [False, True]
    assert news(heads, [found(severity=INFO)] * 2) == [True, True]


# -- worse values ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "base", "expected"),
    [
        (["47"], ["47"], [False]),
        (["46"], ["47"], [False]),
        (["48"], ["47"], [True]),
        (["9"], ["10"], [False]),  # as numbers, not as text
        # The least bad answers, so that the worse is left for the other.
        (["47", "49"], ["50", "48"], [False, False]),
        (["49", "47"], ["48", "50"], [False, False]),
        # The same value answers first, whatever the order.
        (["46", "50"], ["50", "46"], [False, False]),
        (["46", "50"], ["46", "49"], [False, True]),
        (["46", "46"], ["50"], [False, True]),
    ],
)
def test_a_worse_one_answers_for_a_better_one(
    head: list[str], base: list[str], expected: list[bool]
) -> None:
    rule = "key-limit"
    heads = [found(rule, value, account="main") for value in head]
    assert news(heads, [found(rule, value, account="main") for value in base]) == expected


def test_a_worse_one_answers_only_if_it_is_no_less_severe() -> None:
    rule = "key-limit"
    at_base = [found(rule, "52", WARNING), found(rule, "51", ERROR)]
    assert news([found(rule, "50", ERROR)], at_base) == [False]
    assert news([found(rule, "50", ERROR)], at_base[:1]) == [True]
    assert news([found(rule, "50", WARNING)], at_base[:1]) == [False]


def test_a_rule_without_an_order_has_no_worse_values() -> None:
    assert news([found(value="1")], [found(value="2")]) == [True]


def test_a_rule_whose_order_raises_lets_nothing_pass() -> None:
    def broken(*_: str) -> bool:
        raise RuntimeError

    rules = {"key-limit": changed(load_rule("key-limit"), no_worse=broken)}
    heads = [found("key-limit", "1"), found("key-limit", "3")]
    assert news(heads, [found("key-limit", "2"), found("key-limit", "3")], rules) == [True, False]
    assert news([found("key-limit", "****")], [found("key-limit", "9")]) == [True]


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 6), max_size=6),
    st.lists(st.integers(0, 6), max_size=6),
)
def test_as_many_are_old_as_can_be(head: list[int], base: list[int]) -> None:
    """Held against every way to give the base's counts to the head's, the same values first."""
    rule = "ip-count"
    answers = news([found(rule, str(n)) for n in head], [found(rule, str(n)) for n in base])
    left, wanting = list(base), []
    for value in head:
        if value in left:
            left.remove(value)
        else:
            wanting.append(value)
    assert answers.count(True) == len(wanting) - max_pairs(wanting, left)
    # More at the base never makes anything new, and none at all makes everything so.
    more = [found(rule, str(n)) for n in [*base, 7]]
    assert news([found(rule, str(n)) for n in head], more).count(True) <= answers.count(True)


def max_pairs(head: list[int], base: list[int]) -> int:
    if not head:
        return 0
    first, *rest = head
    best = max_pairs(rest, base)
    for number, each in enumerate(base):
        if each >= first:
            best = max(best, 1 + max_pairs(rest, base[:number] + base[number + 1 :]))
    return best


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [("20", "20", True), ("19", "20", True), ("21", "20", False), ("100", "21", False)],
)
def test_no_more(new: str, old: str, expected: bool) -> None:
    assert no_more(new, old) is expected


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ("owner", "owner", True),
        ("owner", "app,owner", True),
        ("app,owner", "owner,app", True),
        ("owner,purpose", "owner", False),
        ("app", "owner", False),
        ("", "", True),
    ],
)
def test_no_others(new: str, old: str, expected: bool) -> None:
    assert no_others(new, old) is expected


# -- the five rules that say which values are worse ------------------------------------------------


def keys(*fields: str) -> str:
    """A manifest with keys ``k-1``, ``k-2`` … of an account."""
    lines = [f"  - {{label: k-{n}, account: main, {text}}}" for n, text in enumerate(fields, 1)]
    return "\n".join(["version: 1", "keys:", *lines, ""])


def addresses(count: int) -> str:
    listed = ", ".join(f"203.0.113.{number}" for number in range(count))
    return keys(f"permissions: [trade], ip_allowlist: [{listed}]")


def so_many(count: int) -> str:
    return keys(*["permissions: [read_only]"] * count)


def missing(*names: str) -> str:
    given = {"owner": "owner: desk", "purpose": "purpose: grid", "created": "created: 2026-11-01"}
    stated = [text for name, text in given.items() if name not in names]
    return keys(", ".join(["permissions: [trade]", "third_party: 3commas", *stated]))


def unbound(permissions: str, more: str = "") -> str:
    return keys(f"permissions: [{permissions}]{more}")


def ageing(due: int, others: int) -> str:
    """Keys of which some come due within a fortnight."""
    old = ["permissions: [trade], created: 2026-09-01"] * due
    return keys(*old, *["permissions: [trade], created: 2026-11-20"] * others)


def limits(most: int) -> str:
    return f"version: 1\nrules: {{key-limit: {{max_keys: {most}, warn_at: 2}}}}\n"


@pytest.mark.parametrize(
    ("rule", "policy", "head", "base", "expected"),
    [
        ("ip-count", "", addresses(21), addresses(21), False),
        ("ip-count", "", addresses(21), addresses(22), False),
        ("ip-count", "", addresses(22), addresses(21), True),
        ("ip-count", "", addresses(21), addresses(20), True),
        ("key-limit", limits(9), so_many(2), so_many(2), 0),
        ("key-limit", limits(9), so_many(2), so_many(3), 0),
        ("key-limit", limits(9), so_many(3), so_many(2), 1),
        ("key-limit", limits(2), so_many(3), so_many(4), 0),
        ("documented", "", missing("owner"), missing("owner"), False),
        ("documented", "", missing("owner"), missing("owner", "purpose"), False),
        ("documented", "", missing("owner", "purpose"), missing("owner"), True),
        ("documented", "", missing("purpose"), missing("owner"), True),
        ("ip-bound", "", unbound("trade"), unbound("trade"), False),
        ("ip-bound", "", unbound("read_only"), unbound("trade"), False),
        ("ip-bound", "", unbound("trade"), unbound("read_only"), True),
        ("ip-bound", "", unbound("trade, withdraw"), unbound("trade"), True),
        ("ip-bound", "", unbound("trade", ", ip_allowlist: [0.0.0.0/0]"), unbound("trade"), False),
        ("rotation-slots", limits(3), ageing(2, 0), ageing(2, 0), False),
        ("rotation-slots", limits(3), ageing(2, 0), ageing(3, 0), False),  # 2/1 after 3/0
        ("rotation-slots", limits(3), ageing(3, 0), ageing(2, 0), True),
        ("rotation-slots", limits(3), ageing(2, 0), ageing(2, 1), False),  # 2/1 after 2/0
        ("rotation-slots", limits(3), ageing(2, 1), ageing(2, 0), True),
        ("rotation-slots", limits(5), ageing(2, 2), ageing(3, 0), True),  # 2/1 after 3/2
    ],
)
def test_worse_by_the_rules_own_order(
    rule: str, policy: str, head: str, base: str, expected: bool
) -> None:
    at_head, at_base = (findings(rule, policy, text) for text in (head, base))
    assert len(at_head) == 1
    assert news(at_head, at_base) == [bool(expected)]


def findings(rule: str, policy: str, manifest: str) -> list[Finding]:
    verdict = verdict_of(manifest, policy=policy or "version: 1\n", select=rule)
    return [finding for finding in verdict.findings if finding.rule == rule]


def test_only_these_rules_have_an_order() -> None:
    ordered = {name for name in RULES if RULES[name].no_worse}
    assert ordered == {"documented", "ip-bound", "ip-count", "key-limit", "rotation-slots"}


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [("2/1", "2/1", True), ("1/1", "2/1", True), ("2/2", "2/1", True), ("2/0", "2/1", False)],
)
def test_rotation_slots_has_an_order(new: str, old: str, expected: bool) -> None:
    no_worse: Any = RULES["rotation-slots"].no_worse
    assert no_worse(new, old) is expected


def many(value: Any) -> Iterator[Finding]:
    return (found(value=str(value)) for _ in range(20_000))


def test_thousands_of_equal_findings_are_no_trouble() -> None:
    """Linear: the square of this many steps would take hours."""
    assert news([*many("v"), *many("w")], [*many("v")]) == [False] * 20_000 + [True] * 20_000
    spread = [found(path=f"{number}.yaml") for number in range(20_000)]
    assert news(spread, [*many("v")]) == [False] * 20_000

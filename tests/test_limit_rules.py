"""How many keys an account has, and whether there is room to rotate them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from okxlint.engine import Verdict
from okxlint.model import Finding, Location
from tests.conftest import DAY, verdict_of


def manifest(*keys: str, accounts: str = "[]") -> str:
    """A manifest of keys in flow style, each on its own line; the first is on line 4."""
    head = ["version: 1", f"accounts: {accounts}", "keys:"]
    return "\n".join([*head, *(f"- {{{key}}}" for key in keys)])


def key(label: str, **fields: str) -> str:
    given = {"label": label, "account": "main", "permissions": "[trade]", **fields}
    return ", ".join(f"{name}: {value}" for name, value in given.items())


def many(count: int, prefix: str = "k", **fields: str) -> list[str]:
    return [key(f"{prefix}{number}", **fields) for number in range(count)]


def judged(rule: str, *texts: str, rules: str = "", **question: object) -> Verdict:
    verdict = verdict_of(
        *texts,
        policy=f"version: 1\nrules: {{{rules}}}\n",
        select=rule,
        **question,  # type: ignore[arg-type]
    )
    assert verdict.unknown == ()
    return verdict


def own(rule: str, *texts: str, rules: str = "", **question: object) -> list[Finding]:
    verdict = judged(rule, *texts, rules=rules, **question)
    return [finding for finding in verdict.findings if finding.rule == rule]


def span(location: Location) -> tuple[int, int, int, int]:
    return location[1:]


# key-limit


@pytest.mark.parametrize(
    ("count", "severity"),
    [(1, None), (44, None), (45, "warning"), (50, "warning"), (51, "error"), (60, "error")],
)
def test_the_default_limits(count: int, severity: str | None) -> None:
    found = own("key-limit", manifest(*many(count)))
    assert [(f.severity.word, f.value) for f in found] == (
        [(severity, str(count))] if severity else []
    )


@pytest.mark.parametrize(
    ("count", "rules", "severity"),
    [
        (2, "key-limit: {max_keys: 2}", None),
        (3, "key-limit: {max_keys: 2}", "error"),
        (2, "key-limit: {max_keys: 2, warn_at: 2}", "warning"),
        (1, "key-limit: {max_keys: 0}", "error"),
        (3, "key-limit: {max_keys: 2, severity: info}", "info"),
        (2, "key-limit: {max_keys: 2, warn_at: 2, severity: info}", "info"),
    ],
)
def test_the_options_of_key_limit(count: int, rules: str, severity: str | None) -> None:
    found = own("key-limit", manifest(*many(count)), rules=rules)
    assert [f.severity.word for f in found] == ([severity] if severity else [])


def test_every_status_but_revoked_counts() -> None:
    keys = [key(f"k{status}", status=status) for status in ("planned", "retired", "compromised")]
    keys += [key("live"), key("gone", status="revoked")]
    [found] = own("key-limit", manifest(*keys), rules="key-limit: {max_keys: 1}")
    assert (found.value, found.account, found.key) == ("4", "main", None)
    assert found.message == "account 'main' has 4 live keys, more than the 1 allowed"


def test_accounts_and_environments_count_apart() -> None:
    keys = [
        *many(2, "a"),
        *many(2, "b", account="other"),
        *many(3, "c", environment="demo"),
        *many(1, "d", account="other", environment="demo"),
    ]
    found = own("key-limit", manifest(*keys), rules="key-limit: {max_keys: 2}")
    assert [(f.account, f.value, f.message) for f in found] == [
        ("main", "3", "account 'main' has 3 demo keys, more than the 2 allowed")
    ]
    both = own("key-limit", manifest(*keys), rules="key-limit: {max_keys: 1}")
    assert sorted((f.account or "", f.value or "") for f in both) == [
        ("main", "2"),
        ("main", "3"),
        ("other", "2"),
    ]


@pytest.mark.parametrize(
    ("days", "newest"),
    [
        (["2026-01-01", "2026-03-01", "2026-02-01"], 1),
        (["2026-03-01", "2026-03-01", "2026-02-01"], 1),
        (["", "2026-03-01", "2026-02-01"], 0),
        (["", "2026-03-01", ""], 2),
    ],
)
def test_the_finding_is_at_the_newest_key(days: list[str], newest: int) -> None:
    keys = [key(f"k{number}", created=day) for number, day in enumerate(days)]
    [found] = own("key-limit", manifest(*keys), rules="key-limit: {max_keys: 2}")
    assert span(found.location) == (4 + newest, 11, 4 + newest, 13)


def test_of_several_files_the_later_path_is_the_newer() -> None:
    texts = [manifest(key(f"k{number}", created="2026-01-01")) for number in range(3)]
    [found] = own("key-limit", *texts, rules="key-limit: {max_keys: 2}")
    assert found.location.path == "c.yaml"


def test_keys_with_a_schema_error_count_unless_they_are_revoked() -> None:
    keys = [
        key("good"),
        key("bad", created="someday"),
        key("typo", environment="life"),
        key("gone", created="someday", status="revoked"),
        key("demo", created="someday", environment="demo"),
        key("far", created="someday", account="other"),
    ]
    text = manifest(*keys)
    [found] = own("key-limit", text, rules="key-limit: {max_keys: 2}")
    assert (found.value, found.location.line) == ("3", 4)
    assert own("key-limit", text, rules="key-limit: {max_keys: 3}") == []


def test_with_only_broken_keys_the_finding_is_at_the_account() -> None:
    keys = many(2, created="someday")
    text = manifest(*keys, accounts="[{name: main, type: master}]")
    [found] = own("key-limit", text, rules="key-limit: {max_keys: 1}")
    assert (found.value, span(found.location)) == ("2", (2, 19, 2, 23))
    undeclared = judged("key-limit", manifest(*keys), rules="key-limit: {max_keys: 1}")
    assert {f.rule for f in undeclared.findings} == {"manifest-schema"}


def test_an_account_without_keys_is_fine() -> None:
    text = manifest(accounts="[{name: main, type: master}]")
    assert own("key-limit", text, rules="key-limit: {max_keys: 0}") == []
    assert own("rotation-slots", text, rules="key-limit: {max_keys: 0}") == []


# rotation-slots: with the defaults a key is due from its 77th day


def aged(label: str, days: int, **fields: str) -> str:
    """A key that is so many days old on the day of the tests."""
    return key(label, created=str(DAY - timedelta(days)), **fields)


@pytest.mark.parametrize(
    ("ages", "limit", "value"),
    [
        ([77], 1, "1/0"),
        ([76], 1, None),
        ([77], 2, None),
        ([400], 1, "1/0"),
        ([400, 400], 4, None),
        ([400, 400], 3, "2/1"),
        ([400, 77, 1], 4, "2/1"),
        ([400, 76, 1], 4, None),
        ([400, 400], 1, "2/0"),
    ],
)
def test_more_keys_due_than_slots(ages: list[int], limit: int, value: str | None) -> None:
    text = manifest(*(aged(f"k{number}", days) for number, days in enumerate(ages)))
    found = own("rotation-slots", text, rules=f"key-limit: {{max_keys: {limit}}}")
    assert [(f.value, f.severity.word) for f in found] == ([(value, "warning")] if value else [])


def test_the_finding_is_at_the_first_key_due() -> None:
    keys = [aged("new", 1), aged("b", 80), aged("a", 90), aged("c", 90)]
    [found] = own("rotation-slots", manifest(*keys), rules="key-limit: {max_keys: 4}")
    assert span(found.location) == (6, 11, 6, 12)
    assert (found.value, found.account, found.key) == ("3/0", "main", None)
    assert found.fails_on == date(2026, 11, 9)
    assert found.message == (
        "account 'main' has 3 live keys to replace by 2026-12-06, and 0 free for new ones "
        "(from 2026-11-09, 13 days ago)"
    )


@pytest.mark.parametrize(
    ("other", "value"),
    [
        (aged("x", 400, status="retired"), "1/0"),
        (aged("x", 400, status="planned"), "1/0"),
        (aged("x", 400, status="compromised"), "1/0"),
        (key("x"), "1/0"),
        (aged("x", 400, status="revoked"), None),
        (aged("x", 400, environment="demo"), None),
        (aged("x", 400, account="other"), None),
        (key("x", created="someday"), "1/0"),
        (key("x", created="someday", status="revoked"), None),
        (key("x", created="someday", environment="demo"), None),
        (aged("x", 400), "2/0"),
    ],
)
def test_what_is_due_and_what_takes_a_slot(other: str, value: str | None) -> None:
    text = manifest(aged("k", 100), other)
    found = own("rotation-slots", text, rules="key-limit: {max_keys: 2}")
    assert [f.value for f in found] == ([value] if value else [])


@pytest.mark.parametrize(
    ("rules", "value"),
    [
        ("", "1/0"),
        ("max-age: off", None),
        ("max-age: info", "1/0"),
        ("max-age: {max_days: 200}", None),
        ("max-age: {max_days: 114}", None),
        ("max-age: {max_days: 113}", "1/0"),
        ("max-age: {environments: [demo]}", None),
        ("max-age: {environments: [demo, live]}", "1/0"),
        ("max-age: {warn_days: 0}", "1/0"),
        ("rotation-slots: {within_days: 0}", "1/0"),
        ("max-age: {max_days: 100}, rotation-slots: {within_days: 0}", None),
        ("max-age: {max_days: 100}, rotation-slots: {within_days: 1}", "1/0"),
    ],
)
def test_the_settings_of_the_other_rules_hold(rules: str, value: str | None) -> None:
    rules = f"key-limit: {{max_keys: 1}}, {rules}"
    found = own("rotation-slots", manifest(aged("k", 100)), rules=rules)
    assert [f.value for f in found] == ([value] if value else [])


def test_a_key_limit_that_is_off_still_says_how_many() -> None:
    rules = "key-limit: {max_keys: 1, severity: off}"
    assert [f.value for f in own("rotation-slots", manifest(aged("k", 100)), rules=rules)] == [
        "1/0"
    ]


def test_every_day_and_every_horizon_agree_on_when_it_starts() -> None:
    text = manifest(aged("a", 70), aged("b", 60), aged("c", 60), aged("d", 1))
    rules = "key-limit: {max_keys: 5}"
    # One slot is free, so that the second key that comes due finds none: on its 77th day.
    starts = DAY + timedelta(17)
    for number in range(25):
        day = DAY + timedelta(number)
        found = own("rotation-slots", text, rules=rules, as_of=day)
        assert [(f.value, f.fails_on) for f in found] == (
            [("3/1", starts)] if day >= starts else []
        )
        coming = own("rotation-slots", text, rules=rules, horizon=number)
        assert [(f.value, f.fails_on, f.severity.word) for f in coming] == (
            [("3/1", starts, "info")] if number >= 17 else []
        )
        assert [f.location for f in coming] == [f.location for f in found]
    [told] = own("rotation-slots", text, rules=rules, horizon=30)
    assert "will have 3 live keys to replace by 2026-12-23" in told.message
    assert told.message.endswith("; this starts on 2026-12-09")


def test_the_keys_of_several_files_are_one_account() -> None:
    texts = [manifest(aged("a", 80)), manifest(aged("b", 90))]
    [found] = own("rotation-slots", *texts, rules="key-limit: {max_keys: 3}")
    assert (found.value, found.location.path) == ("2/1", "b.yaml")


def test_far_days_do_not_overflow() -> None:
    last, first = key("a", created="9999-12-31"), key("b", created="0001-01-01")
    slots = "rotation-slots: {within_days: 4000}"
    rules = f"key-limit: {{max_keys: 3}}, {slots}"
    assert own("rotation-slots", manifest(last, first), rules=rules) == []
    [found] = own("rotation-slots", manifest(last, first), rules=rules, as_of=date(9999, 1, 1))
    assert found.value == "2/1"
    [found] = own("rotation-slots", manifest(first), rules=f"key-limit: {{max_keys: 1}}, {slots}")
    assert (found.value, found.fails_on) == ("1/0", date(1, 1, 1))


def test_a_waiver_stands_on_the_account() -> None:
    waiver = "{rule: rotation-slots, reason: r, approved_by: a, expires: 2026-12-31}"
    accounts = f"[{{name: main, type: master, waivers: [{waiver}]}}]"
    text = manifest(aged("k", 100), accounts=accounts)
    verdict = judged("rotation-slots", text, rules="key-limit: {max_keys: 1}")
    assert [f.value for f in verdict.waived] == ["1/0"]
    assert verdict.findings == ()


def test_a_waiver_for_what_is_yet_to_start_is_used() -> None:
    waiver = "{rule: rotation-slots, reason: r, approved_by: a, expires: 2026-12-31}"
    accounts = f"[{{name: main, type: master, waivers: [{waiver}]}}]"
    text = manifest(aged("k", 60), accounts=accounts)
    assert judged("rotation-slots", text, rules="key-limit: {max_keys: 1}").findings == ()

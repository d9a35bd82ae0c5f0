"""The rules of a key's life, where examples cannot show it: days, places, joins."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from okxlint.model import Finding, Location
from tests.conftest import DAY, verdict_of

FAR = date(9999, 12, 31)


def manifest(*keys: str, apps: str = "[]") -> str:
    """A manifest of keys written in flow style, each on its own line; the first is on line 4."""
    return "\n".join(["version: 1", f"apps: {apps}", "keys:", *(f"- {{{key}}}" for key in keys)])


def key(label: str = "k", **fields: str) -> str:
    """One key of account main that can trade, unless the fields say otherwise."""
    given = {"label": label, "account": "main", "permissions": "[trade]", **fields}
    return ", ".join(f"{name}: {value}" for name, value in given.items())


def findings(rule: str, *keys: str, options: str = "", **question: object) -> list[Finding]:
    policy = f"version: 1\nrules: {{{rule}: {{{options}}}}}\n" if options else "version: 1\n"
    verdict = verdict_of(
        manifest(*keys),
        policy=policy,
        select=rule,
        **question,  # type: ignore[arg-type]
    )
    assert verdict.unknown == ()
    return list(verdict.findings)


def severities(rule: str, one: str, *others: str, options: str, days: str) -> str:
    """The first letter of the severity on each day (``-``: nothing) from the first of November."""
    letters = ""
    for number in range(len(days)):
        found = findings(
            rule, one, *others, options=options, as_of=date(2026, 11, 1) + timedelta(number)
        )
        assert len(found) <= 1
        letters += found[0].severity.word[0] if found else "-"
    return letters


def span(location: Location) -> tuple[int, int, int, int]:
    return location[1:]


@pytest.mark.parametrize(
    ("rule", "options", "fields", "days"),
    [
        ("not-expired", "warn_days: 3", {"expires": "2026-11-05"}, "--wwwee"),
        ("not-expired", "warn_days: 0", {"expires": "2026-11-05"}, "-----ee"),
        ("not-dormant", "max_idle_days: 3", {"last_used": "2026-11-01"}, "----ww"),
        ("not-dormant", "max_idle_days: 0", {"last_used": "2026-11-01"}, "-www"),
        ("reviewed", "max_days: 3", {"last_reviewed": "2026-11-01"}, "----ww"),
        ("reviewed", "max_days: 3", {"created": "2026-11-02"}, "-----w"),
        ("retired-revoked", "", {"status": "retired"}, "wwww"),
        (
            "retired-revoked",
            "grace_days: 2",
            {"status": "retired", "status_since": "2026-11-01"},
            "---ww",
        ),
        (
            "retired-revoked",
            "grace_days: 0",
            {"status": "retired", "status_since": "2026-11-01"},
            "-www",
        ),
        (
            "compromised-revoked",
            "",
            {"status": "compromised", "status_since": "2026-11-03"},
            "wwweee",
        ),
        ("compromised-revoked", "", {"status": "compromised"}, "eee"),
        ("dates-valid", "", {"created": "2026-11-05"}, "eee---"),
    ],
)
def test_severity_by_day(rule: str, options: str, fields: dict[str, str], days: str) -> None:
    assert severities(rule, key(**fields), options=options, days=days) == days


@pytest.mark.parametrize(
    ("overlap", "days"), [("overlap_days: 2", "----ee"), ("overlap_days: 0", "--eee")]
)
def test_an_overlap_fails_from_the_day_after_it(overlap: str, days: str) -> None:
    newer = key("new", replaces="k", created="2026-11-02")
    assert severities("rotation-overlap", key(), newer, options=overlap, days=days) == days


@pytest.mark.parametrize(
    ("rule", "fields", "value", "fails_on"),
    [
        ("not-expired", {"expires": "2026-11-01"}, "2026-11-01", date(2026, 11, 2)),
        ("not-expired", {"expires": "2026-11-30"}, "2026-11-30", date(2026, 12, 1)),
        ("not-dormant", {"last_used": "2026-10-01"}, "2026-10-01", date(2026, 11, 1)),
        ("reviewed", {"created": "2026-08-01"}, "2026-08-01", date(2026, 10, 31)),
        (
            "retired-revoked",
            {"status": "retired", "status_since": "2026-11-01"},
            "retired",
            date(2026, 11, 9),
        ),
        ("retired-revoked", {"status": "retired"}, "retired", None),
        (
            "compromised-revoked",
            {"status": "compromised", "status_since": "2026-11-25"},
            "compromised",
            date(2026, 11, 26),
        ),
        ("compromised-revoked", {"status": "compromised"}, "compromised", None),
        ("dates-valid", {"created": "2026-11-30"}, "2026-11-30", None),
        ("demo-first", {"app": "grid"}, "grid", None),
    ],
)
def test_a_finding_has_its_value_and_its_first_failing_day(
    rule: str, fields: dict[str, str], value: str, fails_on: date | None
) -> None:
    [found] = findings(rule, key(**fields))
    assert (found.value, found.fails_on) == (value, fails_on)
    assert (found.account, found.key) == ("main", "k")
    assert "'k' of account 'main'" in found.message


@pytest.mark.parametrize(
    ("rule", "fields", "starts", "fails_on"),
    [
        ("not-expired", {"expires": "2026-12-20"}, date(2026, 12, 7), date(2026, 12, 21)),
        ("not-dormant", {"last_used": "2026-11-20"}, date(2026, 12, 21), date(2026, 12, 21)),
        ("reviewed", {"created": "2026-09-01"}, date(2026, 12, 1), date(2026, 12, 1)),
        (
            "retired-revoked",
            {"status": "retired", "status_since": "2026-11-20"},
            date(2026, 11, 28),
            date(2026, 11, 28),
        ),
    ],
)
def test_the_horizon_tells_what_starts_to_fail(
    rule: str, fields: dict[str, str], starts: date, fails_on: date
) -> None:
    days = (starts - DAY).days
    assert findings(rule, key(**fields), horizon=days - 1) == []
    [found] = findings(rule, key(**fields), horizon=days)
    assert (found.severity.word, found.fails_on) == ("info", fails_on)
    assert found.message.endswith(f"; this starts on {starts}")
    [on_the_day] = findings(rule, key(**fields), as_of=starts)
    assert (on_the_day.fails_on, on_the_day.value) == (fails_on, found.value)
    assert on_the_day.fingerprint == found.fingerprint


@pytest.mark.parametrize(
    ("rule", "fields", "seen"),
    [
        ("not-expired", {"expires": "2026-11-01"}, "planned active retired compromised"),
        ("dates-valid", {"created": "2027-01-01"}, "planned active retired compromised"),
        ("not-dormant", {"last_used": "2026-01-01"}, "active"),
        ("reviewed", {"created": "2026-01-01"}, "active retired compromised"),
        ("app-active", {"app": "old"}, "planned active retired compromised"),
        ("compromised-revoked", {}, "compromised"),
        ("retired-revoked", {}, "retired"),
        ("demo-first", {"app": "old"}, "active"),
        ("rotation-overlap", {"replaced_by": "new"}, "active"),
    ],
)
def test_the_statuses_that_a_rule_sees(rule: str, fields: dict[str, str], seen: str) -> None:
    others = []
    fields = dict(fields)
    if fields.pop("replaced_by", None):
        others = [key("new", replaces="k", created="2026-01-01", environment="demo")]
    found = []
    for status in ("planned", "active", "retired", "compromised", "revoked"):
        text = manifest(
            key(status=status, **fields), *others, apps="[{name: old, status: retired}]"
        )
        found += [status for _ in verdict_of(text, select=rule).findings]
    assert found == seen.split()


@pytest.mark.parametrize(
    ("rule", "fields", "judged"),
    [
        ("not-expired", {"expires": "2026-11-01"}, True),
        ("dates-valid", {"created": "2027-01-01"}, True),
        ("not-dormant", {"last_used": "2026-01-01"}, True),
        ("reviewed", {"created": "2026-01-01"}, False),
        ("compromised-revoked", {"status": "compromised"}, True),
        ("retired-revoked", {"status": "retired"}, True),
        ("demo-first", {"app": "grid"}, False),
    ],
)
def test_demo_keys(rule: str, fields: dict[str, str], judged: bool) -> None:
    assert bool(findings(rule, key(environment="demo", **fields))) is judged
    assert findings(rule, key(environment="live", **fields))


@pytest.mark.parametrize(
    "rule",
    [
        "not-expired",
        "dates-valid",
        "not-dormant",
        "reviewed",
        "rotation-overlap",
        "app-active",
    ],
)
def test_blank_and_absent_fields_find_nothing(rule: str) -> None:
    blank = dict.fromkeys(
        ("expires", "created", "last_used", "last_reviewed", "status_since", "replaces", "app"), ""
    )
    assert findings(rule, key(), key("blank", **blank)) == []


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("not-expired", {"expires": str(FAR)}),
        ("not-dormant", {"last_used": str(FAR)}),
        ("reviewed", {"created": str(FAR)}),
        ("retired-revoked", {"status": "retired", "status_since": str(FAR)}),
    ],
)
def test_the_calendar_ends_without_an_error(rule: str, fields: dict[str, str]) -> None:
    assert findings(rule, key(**fields), as_of=date(1, 1, 1)) == []
    assert findings(rule, key(**fields), horizon=3_000_000) != []


def test_the_first_day_of_the_calendar_is_a_day() -> None:
    assert findings("dates-valid", key(created="0001-01-01", last_used="0001-01-01")) == []
    [found] = findings("not-expired", key(expires="0001-01-01"))
    assert found.fails_on == date(1, 1, 2)


@pytest.mark.parametrize(
    ("rule", "fields", "at"),
    [
        ("not-expired", "expires: 2026-11-01", (6, 12, 6, 22)),
        ("not-expired", "expires: '2026-11-01'", (6, 12, 6, 24)),
        ("dates-valid", "status_since: 2027-11-01", (6, 17, 6, 27)),
        ("not-dormant", "last_used: 2026-01-01", (6, 14, 6, 24)),
        ("reviewed", "created: 2026-01-01", (6, 12, 6, 22)),
        ("reviewed", "last_reviewed: 2026-01-01", (6, 18, 6, 28)),
        ("compromised-revoked", "status: compromised", (6, 11, 6, 22)),
        ("retired-revoked", "status:   retired", (6, 13, 6, 20)),
        ("demo-first", "app: grid", (6, 8, 6, 12)),
        ("demo-first", "app: [grid]", (6, 3, 6, 6)),
        ("demo-first", "app:", (6, 3, 6, 6)),
        ("demo-first", "owner: desk", (3, 10, 3, 11)),
    ],
)
def test_the_place_is_the_scalar(rule: str, fields: str, at: tuple[int, int, int, int]) -> None:
    text = f"version: 1\nkeys:\n- label: k\n  account: main\n  permissions: [trade]\n  {fields}\n"
    [found] = verdict_of(text, select=rule).findings
    assert span(found.location) == at


def test_a_merged_field_is_at_the_place_of_use() -> None:
    text = (
        "version: 1\nx-old: &old {account: main, permissions: [trade], expires: 2026-11-01}\n"
        "keys:\n- label: k\n  <<: *old\n"
    )
    [found] = verdict_of(text, select="not-expired").findings
    assert span(found.location) == (5, 7, 5, 11)


# dates-valid


def test_each_wrong_date_is_one_finding_with_all_its_reasons() -> None:
    found = findings(
        "dates-valid",
        key(created="2027-01-02", last_used="2027-01-01", expires="2026-12-31"),
    )
    assert [finding.value for finding in found] == ["2027-01-02", "2027-01-01", "2026-12-31"]
    assert [finding.message.partition(": ")[2] for finding in found] == [
        "41 days in the future",
        "40 days in the future and before its 'created', 2027-01-02",
        "before its 'created', 2027-01-02",
    ]


@pytest.mark.parametrize("field", ["created", "last_used", "last_reviewed", "status_since"])
def test_a_date_may_be_tomorrow_and_no_later(field: str) -> None:
    assert findings("dates-valid", key(**{field: "2026-11-23"})) == []
    assert [f.value for f in findings("dates-valid", key(**{field: "2026-11-24"}))] == [
        "2026-11-24"
    ]


@pytest.mark.parametrize("field", ["last_used", "last_reviewed", "expires"])
def test_a_date_may_be_that_of_created_and_no_earlier(field: str) -> None:
    assert findings("dates-valid", key(created="2026-11-01", **{field: "2026-11-01"})) == []
    [found] = findings("dates-valid", key(created="2026-11-01", **{field: "2026-10-31"}))
    assert found.value == "2026-10-31"


def test_a_status_may_be_older_than_its_key_and_an_end_may_be_far() -> None:
    one = key(created="2026-11-01", status_since="2026-10-01", expires=str(FAR))
    assert findings("dates-valid", one) == []


# not-dormant


@pytest.mark.parametrize(
    ("against", "reviewed", "fails_on"),
    [
        ("review", "2026-10-31", "nothing"),
        ("review", "2026-11-01", None),
        ("review", "2026-09-01", "nothing"),
        ("review", "", date(2026, 11, 1)),
        ("today", "2026-10-31", date(2026, 11, 1)),
        ("today", "2026-11-01", date(2026, 11, 1)),
        ("today", "", date(2026, 11, 1)),
    ],
)
def test_a_key_is_dormant_at_its_review_or_today(
    against: str, reviewed: str, fails_on: date | str | None
) -> None:
    one = key(last_used="2026-10-01", last_reviewed=reviewed)
    found = findings("not-dormant", one, options=f"against: {against}")
    assert [finding.fails_on for finding in found] == ([] if fails_on == "nothing" else [fails_on])


def test_what_a_review_found_does_not_depend_on_the_day() -> None:
    one = key(last_used="2026-09-01", last_reviewed="2026-11-01")
    found = [findings("not-dormant", one, as_of=day) for day in (date(2026, 1, 1), DAY, FAR)]
    assert found[0] == found[1] == found[2]
    assert found[0][0].message == (
        "key 'k' of account 'main' had been unused for 61 days at its review (2026-11-01)"
    )


# reviewed


def test_a_review_counts_even_if_it_is_older_than_the_key() -> None:
    one = key(created="2026-11-01", last_reviewed="2026-01-01")
    assert [f.value for f in findings("reviewed", one)] == ["2026-01-01"]


def test_demo_keys_are_reviewed_if_the_policy_says_so() -> None:
    one = key(created="2026-01-01", environment="demo")
    assert findings("reviewed", one, options="environments: [live, demo]")
    assert findings("reviewed", key(created="2026-01-01"), options="environments: [demo]") == []


# app-active


def test_each_retired_app_of_a_key_is_found_once_where_it_is_named() -> None:
    apps = "[{name: a, status: retired}, {name: b}, {name: c, status: retired}]"
    text = manifest(key(app="[b, c, ~, a, c]"), apps=apps)
    found = verdict_of(text, select="app-active").findings
    line = text.splitlines()[3]
    start = line.index("[b, c")
    assert [(f.value, f.location.line, f.location.column - 1) for f in found] == [
        ("c", 4, start + 4),
        ("a", 4, start + 10),
        ("repeated entry", 4, start + 13),
    ]


def test_the_app_may_be_retired_in_another_file() -> None:
    keys = manifest(key(app="grid"))
    apps = "version: 1\napps:\n- name: grid\n  status: retired\n"
    [found] = verdict_of(keys, apps, select="app-active").findings
    assert found.location.path == "a.yaml"
    assert [(r.location.path, span(r.location)) for r in found.related] == [
        ("b.yaml", (4, 11, 4, 18))
    ]


def test_an_app_declared_twice_is_what_the_first_says() -> None:
    text = manifest(key(app="grid"), apps="[{name: grid}, {name: grid, status: retired}]")
    assert [f.rule for f in verdict_of(text, select="app-active").findings] == ["manifest-schema"]


# demo-first


@pytest.mark.parametrize("status", ["planned", "active", "retired", "compromised", "revoked"])
def test_a_demo_key_of_any_status_and_account_counts(status: str) -> None:
    demo = key("d", account="other", app="[x, grid]", environment="demo", status=status)
    assert findings("demo-first", key(app="[grid, y]"), demo) == []
    found = findings("demo-first", key(app="[z, y, y]"), demo)
    assert [(each.rule, each.value) for each in found] == [
        ("demo-first", "y,z"),
        ("manifest-schema", "repeated entry"),
    ]


@pytest.mark.parametrize(
    ("created", "demos", "found"),
    [
        ("2026-10-01", ["2026-10-01"], False),
        ("2026-10-01", ["2026-10-02"], True),
        ("2026-10-01", ["2026-10-02", "2026-09-30"], False),
        ("2026-10-01", ["2026-09-30", "2026-10-02"], False),
        ("2026-10-01", [""], True),
        ("2026-10-01", ["", "2026-09-30", ""], False),
        ("2026-10-01", [], True),
        ("", ["2026-10-02"], False),
        ("", [""], False),
        ("", [], True),
    ],
)
def test_in_strict_the_demo_key_came_first(created: str, demos: list[str], found: bool) -> None:
    others = [
        key(f"d{number}", app="grid", environment="demo", created=day)
        for number, day in enumerate(demos)
    ]
    one = key(app="grid", created=created)
    assert bool(findings("demo-first", one, *others, options="before: true")) is found
    assert bool(findings("demo-first", one, *others)) is not bool(demos)


def test_one_of_several_apps_with_an_early_demo_key_is_enough() -> None:
    late = key("d1", app="late", environment="demo", created="2026-10-02")
    early = key("d2", app="early", environment="demo", created="2026-09-30")
    one = key(app="[late, early]", created="2026-10-01")
    assert findings("demo-first", one, late, early, options="before: true") == []
    [found] = findings("demo-first", one, late, options="before: true")
    assert found.message == (
        "key 'k' of account 'main' can move real funds, and none of its apps (early, late) has "
        "a demo key from 2026-10-01 or before"
    )


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"permissions": "[trade]"}, True),
        ({"permissions": "[withdraw, read_only]"}, True),
        ({"permissions": "[read_only]"}, False),
        ({"third_party": "3commas"}, False),
        ({"third_party": ""}, True),
    ],
)
def test_demo_first_is_about_keys_that_move_funds(fields: dict[str, str], found: bool) -> None:
    assert bool(findings("demo-first", key(app="grid", **fields))) is found


def test_a_key_without_an_app_has_no_demo_key() -> None:
    demo = key("d", environment="demo")
    [found] = findings("demo-first", key(), demo)
    assert (found.value, found.location.line) == ("", 4)
    assert found.message.endswith("it names no app that has a demo key")


# rotation-overlap


def test_the_old_key_is_found_and_the_new_one_is_related() -> None:
    old, new = key("old"), key("new", created="2026-10-01", replaces="old")
    text = manifest(old, new)
    [found] = verdict_of(text, select="rotation-overlap").findings
    assert (found.key, found.value, found.fails_on) == ("old", "new", date(2026, 10, 9))
    assert span(found.location) == (4, 11, 4, 14)
    column = text.splitlines()[4].index("replaces: old") + len("replaces: ") + 1
    assert [span(r.location) for r in found.related] == [(5, column, 5, column + 3)]


@pytest.mark.parametrize(
    "newer",
    [
        {"account": "other"},
        {"replaces": "OLD"},
        {"created": ""},
        {"status": "planned"},
        {"status": "retired"},
        {"status": "revoked"},
        {"created": "2026-11-20"},
    ],
)
def test_no_overlap(newer: dict[str, str]) -> None:
    fields = {"created": "2026-10-01", "replaces": "old"} | newer
    assert findings("rotation-overlap", key("old"), key("new", **fields)) == []


def test_the_environment_makes_no_difference_to_an_overlap() -> None:
    new = key("new", created="2026-10-01", replaces="old", environment="demo")
    assert len(findings("rotation-overlap", key("old"), new)) == 1


def test_each_successor_is_a_finding() -> None:
    found = findings(
        "rotation-overlap",
        key("n2", created="2026-11-01", replaces="old"),
        key("old"),
        key("n1", created="2026-10-01", replaces="old"),
        key("n3", created="2026-11-20", replaces="old"),
    )
    assert [(f.value, f.fails_on) for f in found] == [
        ("n1", date(2026, 10, 9)),
        ("n2", date(2026, 11, 9)),
    ]


def test_a_chain_finds_every_key_but_the_last_and_no_key_replaces_itself() -> None:
    found = findings(
        "rotation-overlap",
        key("a", created="2026-01-01", replaces="a"),
        key("b", created="2026-02-01", replaces="a"),
        key("c", created="2026-03-01", replaces="b"),
    )
    assert [(f.key, f.value) for f in found] == [("a", "b"), ("b", "c")]


def test_an_overlap_to_come_is_told_in_the_horizon() -> None:
    keys = key("old"), key("new", created="2026-11-20", replaces="old")
    assert findings("rotation-overlap", *keys, horizon=5) == []
    [found] = findings("rotation-overlap", *keys, horizon=6)
    assert (found.severity.word, found.fails_on) == ("info", date(2026, 11, 28))


# waivers


def test_a_waiver_holds_for_a_dated_finding_and_no_longer() -> None:
    waiver = (
        "waivers: [{rule: compromised-revoked, reason: r, approved_by: a, expires: 2026-11-30}]"
    )
    one = key(status="compromised", status_since="2026-11-01") + f", {waiver}"
    verdict = verdict_of(manifest(one), select="compromised-revoked")
    assert [f.rule for f in verdict.waived] == ["compromised-revoked"]
    after = verdict_of(manifest(one), select="compromised-revoked", as_of=date(2026, 12, 1))
    assert "compromised-revoked" in [f.rule for f in after.findings]

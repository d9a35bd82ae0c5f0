"""Waivers: which hold, for what and until when, and what is said of those that do not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Literal

import pytest

from okxlint.engine import Verdict
from okxlint.model import Finding, Grant
from okxlint.record import changed
from okxlint.rule import Hit, Rule, load_rule
from tests.conftest import DAY, verdict_of

RULES = "version: 1\nextends: []\nrules: {no-withdraw: error, max-age: error}\n"
PAYS = "reason: Pays, approved_by: s@example.com"
GOOD = f"rule: no-withdraw, {PAYS}, expires: 2026-12-31"


def withdrawing(*waivers: str, fields: str = "created: 2026-11-01") -> str:
    """A manifest of one key that can withdraw, with these waivers from line 7 on."""
    lines = "".join(f"      - {{{waiver}}}\n" for waiver in waivers)
    return f"""\
version: 1
keys:
  - label: k
    account: m
    permissions: [withdraw]
    waivers:
{lines}    {fields}
"""


def aging(*waivers: str) -> str:
    """A manifest of one key that max-age warns of from 17 December and fails on the 31st."""
    return withdrawing(*waivers, fields="created: 2026-10-01").replace("[withdraw]", "[trade]")


def judged(manifest: str, day: str | date = DAY, policy: str = "", **asked: Any) -> Verdict:
    as_of = date.fromisoformat(day) if isinstance(day, str) else day
    verdict = verdict_of(manifest, policy=RULES + policy, as_of=as_of, **asked)
    assert verdict.unknown == ()
    return verdict


def brief(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{finding.rule}:{finding.severity.word}" for finding in findings]


def told(manifest: str, day: str | date = DAY, policy: str = "", **asked: Any) -> list[str]:
    """Each finding that is not waived, as ``rule:severity``."""
    return brief(judged(manifest, day, policy, **asked).findings)


def reasons(manifest: str, day: str | date = DAY, policy: str = "") -> list[str]:
    """What is wrong with the waivers that do not hold."""
    findings = judged(manifest, day, policy).findings
    prefix = "does not hold: "
    return [f.message.split(prefix)[1] for f in findings if f.rule == "waiver-valid"]


def days(first: str, last: str) -> Iterator[date]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day
        day += timedelta(1)


REFUSED = ["no-withdraw:error", "waiver-valid:error"]
"""A waiver that does not hold, and the finding that it was meant for."""


# -- a waiver that holds ---------------------------------------------------------------------------


def test_a_waived_finding_is_told_apart_with_its_waiver() -> None:
    verdict = judged(withdrawing(GOOD))
    assert verdict.findings == ()
    (finding,) = verdict.waived
    assert (finding.rule, finding.severity.word, finding.value) == (
        "no-withdraw",
        "error",
        "withdraw",
    )
    assert finding.location[1:3] == (5, 19)
    assert finding.waiver == Grant(
        reason="Pays",
        approved_by="s@example.com",
        expires=date(2026, 12, 31),
        path="a.yaml",
        line=7,
    )


def test_a_waived_finding_has_the_fingerprint_of_the_finding() -> None:
    (waived,) = judged(withdrawing(GOOD)).waived
    (found,) = judged(
        withdrawing(GOOD).replace("no-withdraw", "max-age"), select="no-withdraw"
    ).findings
    assert waived.fingerprint == found.fingerprint


def test_a_waiver_holds_for_its_own_rule_and_its_own_object_alone() -> None:
    other = "  - {label: other, account: m, permissions: [withdraw]}\n"
    verdict = judged(withdrawing(GOOD) + other)
    assert brief(verdict.waived) == ["no-withdraw:error"]
    assert [(f.rule, f.key) for f in verdict.findings] == [
        ("max-age", "other"),
        ("no-withdraw", "other"),
    ]


@pytest.mark.parametrize(
    ("value", "held"),
    [
        ("withdraw", True),
        ("'withdraw'", True),
        ("trade", False),
        ("Withdraw", False),
        ("", True),
        ("''", False),
    ],
)
def test_a_value_pins_the_finding(value: str, held: bool) -> None:
    manifest = withdrawing(f"{GOOD}, value: {value}")
    assert told(manifest) == ([] if held else ["no-withdraw:error", "waiver-unused:warning"])


def test_a_pinned_date_no_longer_holds_when_the_date_moves() -> None:
    pinned = f"rule: max-age, {PAYS}, expires: 2027-04-30, value: 2026-10-01"
    assert told(aging(pinned), "2027-01-10") == []
    assert told(
        aging(pinned).replace("created: 2026-10-01", "created: 2026-09-01"), "2027-01-10"
    ) == [
        "waiver-unused:warning",
        "max-age:error",
    ]


def test_of_several_waivers_the_one_that_ends_last_is_named() -> None:
    sooner = GOOD.replace("Pays", "Sooner").replace("2026-12-31", "2026-12-30")
    over = GOOD.replace("Pays", "Over").replace("2026-12-31", "2026-11-20")
    wrong = GOOD.replace("approved_by", "expires: 2027-01-30, value").replace(
        ", expires: 2026-12-31", ""
    )
    for order in ([sooner, GOOD, over, wrong], [wrong, over, GOOD, sooner]):
        (waived,) = judged(withdrawing(*order)).waived
        assert waived.waiver is not None
        assert waived.waiver.reason == "Pays"


def test_of_two_that_end_on_one_day_the_first_is_named() -> None:
    other = GOOD.replace("Pays", "Other")
    for order, first in (([GOOD, other], "Pays"), ([other, GOOD], "Other")):
        (waived,) = judged(withdrawing(*order)).waived
        assert waived.waiver is not None
        assert waived.waiver.reason == first


# -- the last day ----------------------------------------------------------------------------------


def test_a_waiver_holds_on_its_last_day_and_not_on_the_next() -> None:
    assert brief(judged(withdrawing(GOOD), "2026-12-31").waived) == ["no-withdraw:error"]
    after = judged(withdrawing(GOOD), "2027-01-01")
    assert after.waived == ()
    assert brief(after.findings) == ["no-withdraw:error", "waiver-expired:error"]


def test_by_day_what_is_said_of_a_waiver_that_is_needed() -> None:
    for day in days("2026-12-10", "2027-01-10"):
        expected = []
        if day >= date(2026, 12, 18):  # the first day without force is 14 days away
            expected = ["waiver-expired:warning"]
        if day >= date(2027, 1, 1):
            expected = ["no-withdraw:error", "waiver-expired:error"]
        assert told(withdrawing(GOOD), day) == expected, day


def test_where_and_when_an_expired_waiver_is_told() -> None:
    (warning,) = judged(withdrawing(GOOD), "2026-12-20").findings
    assert warning.value == "no-withdraw"
    assert warning.location == ("a.yaml", 7, 80, 7, 90)
    assert warning.fails_on == date(2027, 1, 1)
    assert (warning.account, warning.key) == ("m", "k")
    assert warning.message == "the waiver of no-withdraw ends on 2026-12-31"
    (_, error) = judged(withdrawing(GOOD), "2027-01-10").findings
    assert error.fails_on == date(2027, 1, 1)
    assert error.message == (
        "the waiver of no-withdraw ended on 2026-12-31; what it accepted is reported again"
    )


def test_the_first_day_without_force_is_the_one_on_which_it_is_over() -> None:
    (warning,) = judged(withdrawing(GOOD), "2026-12-31").findings
    assert (warning.message, warning.fix) == ("the waiver of no-withdraw ends on 2026-12-31", None)
    (_, error) = judged(withdrawing(GOOD), "2027-01-01").findings
    assert error.message.endswith("ended on 2026-12-31; what it accepted is reported again")
    assert error.fix is not None
    assert error.fix.title == "Remove the waiver"


def test_what_it_accepted_is_reported_again_from_the_day_on_which_that_begins() -> None:
    manifest = aging(f"rule: max-age, {PAYS}, expires: 2026-12-10")
    for day, then in (("16", "nothing needs it now"), ("17", "what it accepted is reported again")):
        (over, *_) = judged(manifest, f"2026-12-{day}").findings
        assert over.message == f"the waiver of max-age ended on 2026-12-10; {then}"


def test_an_expired_waiver_that_nothing_needs_is_a_warning() -> None:
    manifest = aging(f"rule: max-age, {PAYS}, expires: 2026-11-15")
    (finding,) = judged(manifest).findings
    assert (finding.rule, finding.severity.word) == ("waiver-expired", "warning")
    assert finding.message == "the waiver of max-age ended on 2026-11-15; nothing needs it now"


def test_an_expired_waiver_of_a_rule_that_is_not_in_the_run_is_a_warning() -> None:
    assert told(withdrawing(GOOD), "2027-01-10", select="max-age") == ["waiver-expired:warning"]
    off = "version: 1\nextends: []\nrules: {max-age: error}\n"
    verdict = verdict_of(withdrawing(GOOD), policy=off, as_of=date(2027, 1, 10))
    assert brief(verdict.findings) == ["waiver-expired:warning"]


def test_an_expired_waiver_becomes_an_error_on_the_day_its_finding_begins() -> None:
    manifest = aging(f"rule: max-age, {PAYS}, expires: 2026-12-10")
    for day in days("2026-12-05", "2027-01-05"):
        expected = ["waiver-expired:warning"]
        if day <= date(2026, 12, 10):
            # It ends before what it is for begins.
            expected = ["waiver-unused:warning", "waiver-expired:warning"]
        if day >= date(2026, 12, 17):
            expected = ["waiver-expired:error", "max-age:warning"]
        if day >= date(2026, 12, 31):
            expected = ["waiver-expired:error", "max-age:error"]
        assert sorted(told(manifest, day)) == sorted(expected), day


def test_a_waiver_to_the_end_of_the_calendar() -> None:
    forever = GOOD.replace("2026-12-31", "9999-12-31")
    policy = "waivers: {max_days: 4000000}\n"
    assert told(withdrawing(forever), policy=policy, horizon=50) == []
    for day in ("9999-12-01", "9999-12-31"):
        assert told(withdrawing(forever), day, policy) == ["max-age:error"]


# -- the horizon -----------------------------------------------------------------------------------


def test_a_waived_finding_whose_waiver_ends_within_the_horizon_is_told() -> None:
    manifest = withdrawing(GOOD, fields="created: 2026-11-20")
    assert told(manifest, "2026-12-01", horizon=16) == []
    assert told(manifest, "2026-12-01", horizon=17) == ["waiver-expired:info"]
    assert told(manifest, "2026-12-01", horizon=30) == ["waiver-expired:info"]
    verdict = judged(manifest, "2026-12-01", horizon=31)
    assert brief(verdict.waived) == ["no-withdraw:error"]
    assert brief(verdict.findings) == ["no-withdraw:info", "waiver-expired:info"]
    coming, _ = verdict.findings
    assert coming.fails_on == date(2027, 1, 1)
    assert coming.message == "key 'k' of account 'm' can withdraw funds; this starts on 2027-01-01"
    assert coming.waiver is None


def test_a_finding_that_begins_after_its_waiver_ends_is_told_for_its_own_day() -> None:
    manifest = aging(f"rule: max-age, {PAYS}, expires: 2026-12-20")
    for horizon, fails_on in ((19, None), (20, date(2026, 12, 31))):
        verdict = judged(manifest, "2026-12-01", horizon=horizon)
        coming = [f for f in verdict.findings if f.rule == "max-age"]
        assert [f.fails_on for f in coming] == ([fails_on] if fails_on else [])
        assert all(f.severity.word == "info" for f in coming)


# -- what a waiver needs ---------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["reason", "approved_by", "expires"])
@pytest.mark.parametrize("blank", [None, "", "~", "'  '"])
def test_by_default_reason_approver_and_last_day_are_required(
    missing: str, blank: str | None
) -> None:
    fields = dict(part.split(": ") for part in GOOD.split(", "))
    del fields[missing]
    if blank is not None and (missing != "expires" or "'" not in blank):
        fields[missing] = blank
    manifest = withdrawing(", ".join(f"{name}: {value}" for name, value in fields.items()))
    assert told(manifest) == REFUSED
    assert reasons(manifest) == [f"it says no {missing}"]


def test_all_that_is_missing_is_told_at_once() -> None:
    (finding,) = (
        f for f in judged(withdrawing("rule: no-withdraw")).findings if f.rule == "waiver-valid"
    )
    assert finding.message == (
        "this waiver of no-withdraw does not hold: it says no reason, approved_by, expires"
    )
    assert finding.value == "no-withdraw"
    assert finding.location == ("a.yaml", 7, 16, 7, 27)
    assert (finding.account, finding.key) == ("m", "k")


@pytest.mark.parametrize(
    ("require", "waiver", "held"),
    [
        ("[reason]", "reason: Pays", True),
        ("[reason]", "approved_by: s", False),
        ("[]", "", True),
        ("[granted]", "granted: 2026-11-01", True),
        ("[granted]", "reason: Pays", False),
        ("[value]", "value: withdraw", True),
        ("[value]", "reason: Pays", False),
    ],
)
def test_the_policy_says_what_is_required(require: str, waiver: str, held: bool) -> None:
    manifest = withdrawing(", ".join(filter(None, ["rule: no-withdraw", waiver])))
    assert told(manifest, policy=f"waivers: {{require: {require}}}\n") == ([] if held else REFUSED)


def test_a_waiver_without_a_last_day_does_not_end() -> None:
    manifest = withdrawing("rule: no-withdraw, reason: Pays", fields="created: 9999-01-01")
    policy = "waivers: {require: [reason]}\n"
    assert told(manifest, policy=policy) == []
    assert told(manifest, "9000-01-01", policy, horizon=1000) == []
    (waived,) = judged(manifest, policy=policy).waived
    assert waived.waiver is not None
    assert (waived.waiver.expires, waived.waiver.approved_by) == (None, None)


@pytest.mark.parametrize(
    ("granted", "expires", "policy", "longer"),
    [
        ("", "2027-05-21", "", None),  # 180 days from the day of the run
        ("", "2027-05-22", "", "it lasts 181 days, and the policy allows 180"),
        ("2026-11-22", "2027-05-21", "", None),
        ("2026-11-21", "2027-05-21", "", "it lasts 181 days, and the policy allows 180"),
        ("2026-07-05", "2027-01-01", "", None),
        ("2026-07-04", "2027-01-01", "", "it lasts 181 days, and the policy allows 180"),
        ("", "2026-12-22", "waivers: {max_days: 30}\n", None),
        ("", "2026-12-23", "waivers: {max_days: 30}\n",
         "it lasts 31 days, and the policy allows 30"),
        ("", "2027-09-01", "waivers: {max_days: 365}\n", None),
    ],
)  # fmt: skip
def test_a_waiver_lasts_no_longer_than_the_policy_allows(
    granted: str, expires: str, policy: str, longer: str | None
) -> None:
    manifest = withdrawing(
        f"rule: no-withdraw, {PAYS}, granted: {granted}, expires: {expires}",
        fields="created: 2026-11-20",
    )
    assert told(manifest, policy=policy) == (REFUSED if longer else [])
    assert reasons(manifest, policy=policy) == ([longer] if longer else [])


def test_a_waiver_does_not_hold_before_the_day_on_which_it_is_granted() -> None:
    manifest = withdrawing(f"{GOOD}, granted: 2026-11-22")
    assert told(manifest, "2026-11-21") == REFUSED
    assert reasons(manifest, "2026-11-21") == ["it is granted only from 2026-11-22"]
    assert told(manifest, "2026-11-22") == []


@pytest.mark.parametrize(
    ("approvers", "who", "held"),
    [
        ("['*@example.com']", "s@example.com", True),
        ("['*@example.com']", "s@example.com.evil.test", False),
        ("['*@example.com']", "s@EXAMPLE.com", False),
        ("['*@example.com']", "example.com", False),
        ("[a@example.com, s?@example.com]", "s1@example.com", True),
        ("[a@example.com]", "s@example.com", False),
        ("['[st]@example.com']", "t@example.com", True),
        ("[]", "s@example.com", False),
    ],
)
def test_only_an_approver_of_the_policy_can_approve(approvers: str, who: str, held: bool) -> None:
    manifest = withdrawing(GOOD.replace("s@example.com", who))
    policy = f"waivers: {{approvers: {approvers}}}\n"
    assert told(manifest, policy=policy) == ([] if held else REFUSED)
    if not held:
        why = "the one who approved it is no approver by the policy"
        assert reasons(manifest, policy=policy) == [why]


def test_with_approvers_nobody_is_no_approver_even_if_none_is_required() -> None:
    manifest = withdrawing("rule: no-withdraw, reason: Pays")
    policy = "waivers: {require: [reason], approvers: ['*']}\n"
    assert told(manifest, policy=policy) == []
    policy = "waivers: {require: [reason], approvers: ['*@example.com']}\n"
    assert told(manifest, policy=policy) == REFUSED


def test_a_missing_approver_is_told_once() -> None:
    manifest = withdrawing("rule: no-withdraw, reason: Pays, expires: 2026-12-31")
    assert reasons(manifest, policy="waivers: {approvers: [a]}\n") == ["it says no approved_by"]


# -- what can be waived ----------------------------------------------------------------------------


def test_a_rule_that_the_policy_never_waives() -> None:
    policy = "waivers: {never: [no-withdraw]}\n"
    assert told(withdrawing(GOOD), policy=policy) == REFUSED
    said = "the policy never waives this rule (okxlint.yaml:4)"
    assert reasons(withdrawing(GOOD), policy=policy) == [said]


@pytest.mark.parametrize(
    "rule_id", ["yaml-syntax", "manifest-schema", "waiver-valid", "waiver-expired", "waiver-unused"]
)
def test_hygiene_is_never_waived(rule_id: str) -> None:
    manifest = withdrawing(GOOD.replace("no-withdraw", rule_id))
    assert told(manifest) == REFUSED
    assert reasons(manifest) == ["this rule is never waived"]


def test_a_waiver_of_hygiene_suppresses_none() -> None:
    wrong = f"rule: waiver-valid, {PAYS}, expires: 2026-12-31"
    manifest = withdrawing(wrong, "rule: no-withdraw").replace("label: k", "label: k\n    label: l")
    assert sorted(told(manifest)) == [
        "no-withdraw:error",
        "waiver-valid:error",
        "waiver-valid:error",
        "yaml-syntax:error",
    ]


def test_a_rule_that_there_is_not_is_told_with_the_nearest() -> None:
    manifest = withdrawing(GOOD.replace("no-withdraw", "no-withdrawal"))
    assert told(manifest) == REFUSED
    assert reasons(manifest) == ["there is no such rule; did you mean 'no-withdraw'?"]


@pytest.mark.parametrize(
    "holder",
    [
        f"accounts: [{{name: m, type: master, waivers: [{{{GOOD}}}]}}]",
        f"apps: [{{name: a, waivers: [{{{GOOD}}}]}}]",
    ],
)
def test_a_waiver_never_holds_for_the_objects_below(holder: str) -> None:
    manifest = (
        withdrawing(fields="app: a\n    created: 2026-11-01").replace("    waivers:\n", "") + holder
    )
    assert sorted(told(manifest)) == REFUSED
    assert reasons(manifest) == ["this rule is about a key, so its waiver stands there"]


def test_the_waivers_of_an_object_with_an_error_do_not_count() -> None:
    manifest = withdrawing("rule: no-such", GOOD, fields="colour: red")
    assert told(manifest) == ["manifest-schema:error"]


def test_a_refused_waiver_that_is_also_over_is_told_of_both() -> None:
    manifest = withdrawing(GOOD.replace("reason: Pays, ", ""))
    assert told(manifest, "2027-01-10") == [
        "no-withdraw:error",
        "waiver-valid:error",
        "waiver-expired:warning",
    ]


# -- unused waivers --------------------------------------------------------------------------------


def test_a_waiver_that_suppresses_nothing_is_unused() -> None:
    manifest = aging(GOOD)
    (finding,) = judged(manifest).findings
    assert (finding.rule, finding.severity.word, finding.value) == (
        *("waiver-unused", "warning", "no-withdraw"),
    )
    assert finding.location == ("a.yaml", 7, 16, 7, 27)
    assert finding.message == "nothing here needs a waiver of no-withdraw"
    pinned = judged(withdrawing(f"{GOOD}, value: trade")).findings[-1]
    assert pinned.message == "nothing here needs a waiver of no-withdraw with the value 'trade'"


@pytest.mark.parametrize(
    ("expires", "unused"), [("2026-12-16", True), ("2026-12-17", False), ("2027-03-01", False)]
)
def test_a_waiver_that_will_be_needed_before_it_ends_is_not_unused(
    expires: str, unused: bool
) -> None:
    manifest = aging(f"rule: max-age, {PAYS}, expires: {expires}")
    assert told(manifest) == (["waiver-unused:warning"] if unused else [])


def test_a_waiver_is_not_unused_if_its_rule_did_not_run() -> None:
    assert told(aging(GOOD), select="max-age") == []
    off = "version: 1\nextends: []\nrules: {max-age: error, no-withdraw: off}\n"
    assert verdict_of(aging(GOOD), policy=off).findings == ()


@pytest.mark.parametrize(
    ("rule_id", "fields", "unused"),
    [
        ("no-withdraw", "status: revoked", False),
        ("no-withdraw", "status: retired", True),
        ("no-withdraw", "environment: demo", True),
        ("max-age", "status: planned", False),
        ("max-age", "environment: demo", False),
        ("max-age", "created: 2026-11-20", True),
    ],
)
def test_a_waiver_is_not_unused_where_its_rule_does_not_look(
    rule_id: str, fields: str, unused: bool
) -> None:
    waiver = f"rule: {rule_id}, {PAYS}, expires: 2026-12-31"
    manifest = withdrawing(waiver, fields=fields).replace("[withdraw]", "[trade]")
    said = "waiver-unused:warning" in told(manifest, policy="")
    assert said is unused


def test_an_option_can_make_the_rule_look() -> None:
    manifest = aging(f"rule: max-age, {PAYS}, expires: 2026-12-10").replace(
        "created", "environment: demo\n    created"
    )
    assert told(manifest) == []
    demo = (
        "version: 1\nextends: []\nrules: {max-age: {severity: error, environments: [live, demo]}}\n"
    )
    assert brief(verdict_of(manifest, policy=demo).findings) == ["waiver-unused:warning"]


def test_of_two_waivers_of_one_finding_neither_is_unused() -> None:
    assert told(withdrawing(GOOD, GOOD.replace("2026-12-31", "2027-01-31"))) == []


def test_a_rule_that_fails_makes_no_waiver_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(rule_id: str) -> Rule:
        rule = load_rule(rule_id)
        return changed(rule, check=fails) if rule_id == "no-withdraw" else rule

    def fails(key: Any, run: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("okxlint.rule.load_rule", broken)
    verdict = verdict_of(aging(GOOD), policy=RULES)
    assert brief(verdict.findings) == []
    assert [unknown.kind for unknown in verdict.unknown] == ["rule-crash"]


# -- accounts and apps ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["account", "app"])
def test_a_waiver_on_an_account_or_app_holds_for_a_rule_about_it(
    kind: Literal["account", "app"], monkeypatch: pytest.MonkeyPatch
) -> None:
    def watched(rule_id: str) -> Rule:
        rule = load_rule(rule_id)
        return changed(rule, targets=(kind,), check=found) if rule_id == "no-withdraw" else rule

    def found(target: Any, run: Any) -> Iterator[Hit]:
        yield Hit(at=target.origin.label, value="withdraw", message="found")

    monkeypatch.setattr("okxlint.rule.load_rule", watched)
    manifest = f"""\
version: 1
accounts:
  - {{name: m, type: master, waivers: [{{{GOOD}}}]}}
  - {{name: n, type: master}}
apps:
  - {{name: a, waivers: [{{{GOOD}}}]}}
  - {{name: b}}
"""
    verdict = judged(manifest)
    names = {"account": ("m", "n"), "app": ("a", "b")}[kind]
    assert [getattr(f, kind) for f in verdict.waived] == [names[0]]
    assert [(f.rule, getattr(f, kind)) for f in verdict.findings if getattr(f, kind)] == [
        ("no-withdraw", names[1])
    ]
    assert brief(verdict.findings).count("waiver-valid:error") == 1  # the one on the other kind
    policy = granting(f"{kind}: {names[1]}, {GOOD}")
    both = judged(manifest, policy=policy).waived
    assert sorted(str(getattr(f, kind)) for f in both) == list(names)


# -- waivers of the policy -------------------------------------------------------------------------


def granting(*waivers: str) -> str:
    return "waivers:\n  granted:\n" + "".join(f"    - {{{waiver}}}\n" for waiver in waivers)


PLAIN = withdrawing().replace("    waivers:\n", "")


def test_a_waiver_of_the_policy_holds_for_the_key_that_it_names() -> None:
    other = PLAIN.replace("label: k", "label: l")
    policy = granting(f"account: m, key: k, {GOOD}")
    verdict = judged(PLAIN, policy=policy)
    assert verdict.findings == ()
    (waived,) = verdict.waived
    assert waived.waiver is not None
    assert (waived.waiver.path, waived.waiver.line) == ("okxlint.yaml", 6)
    assert told(other, policy=policy) == ["no-withdraw:error"]


@pytest.mark.parametrize(
    ("where", "held"),
    [
        ("account: m, key: k", True),
        ("account: n, key: k", False),
        ("account: m, key: l", False),
    ],
)
def test_it_holds_for_that_key_alone(where: str, held: bool) -> None:
    assert told(PLAIN, policy=granting(f"{where}, {GOOD}")) == (
        [] if held else ["no-withdraw:error"]
    )


@pytest.mark.parametrize(("where", "column"), [("account: m", 26), ("app: a", 22)])
def test_a_waiver_of_the_policy_does_not_hold_below_what_it_names(where: str, column: int) -> None:
    manifest = PLAIN + "    app: a\napps: [{name: a}]\naccounts: [{name: m, type: master}]\n"
    verdict = judged(manifest, policy=granting(f"{where}, {GOOD}"))
    assert brief(verdict.findings) == REFUSED
    assert verdict.findings[-1].location == ("okxlint.yaml", 6, column, 6, column + 11)


def test_the_key_need_not_be_there_yet() -> None:
    policy = granting(f"account: main, key: treasury-2027, {GOOD}")
    assert told(PLAIN, policy=policy) == ["no-withdraw:error"]
    assert told(PLAIN, "2027-01-10", policy) == ["no-withdraw:error", "waiver-expired:warning"]


def test_a_waiver_of_the_policy_needs_what_every_waiver_needs() -> None:
    policy = granting("account: m, key: k, rule: no-withdraw, reason: Pays")
    assert told(PLAIN, policy=policy) == REFUSED
    policy = granting(f"account: m, key: none, rule: no-withdraw, {PAYS}, expires: 2028-01-01")
    assert told(PLAIN, policy=policy) == REFUSED


def test_a_waiver_of_the_policy_is_pinned_used_and_ends_like_any() -> None:
    pinned = granting(f"account: m, key: k, {GOOD}, value: trade")
    assert told(PLAIN, policy=pinned) == ["no-withdraw:error", "waiver-unused:warning"]
    policy = granting(f"account: m, key: k, {GOOD}")
    assert told(PLAIN, "2027-01-10", policy) == ["no-withdraw:error", "waiver-expired:error"]
    assert told(PLAIN.replace("withdraw", "trade"), policy=policy) == ["waiver-unused:warning"]


def test_a_waiver_of_the_policy_is_not_offered_to_be_taken_out() -> None:
    for manifest in (PLAIN.replace("withdraw", "trade"), "version: 1\nkeys: []\n"):
        (found,) = judged(manifest, "2027-01-10", granting(f"account: m, key: k, {GOOD}")).findings
        assert (found.rule, found.fix) == ("waiver-expired", None)


def test_a_waiver_of_the_policy_for_several_keys_of_one_name_is_told_once() -> None:
    twice = PLAIN + "  - {label: k, account: m, permissions: [withdraw], status: revoked}\n"
    policy = granting(f"account: m, key: k, {GOOD}")
    assert brief(judged(twice, policy=policy).waived) == ["no-withdraw:error"]
    assert told(twice, "2027-01-10", policy) == ["no-withdraw:error", "waiver-expired:error"]
    assert told(twice.replace("[withdraw]", "[trade]"), policy=policy) == ["waiver-unused:warning"]
    refused = granting("account: m, key: k, rule: no-withdraw")
    assert told(twice, policy=refused) == REFUSED

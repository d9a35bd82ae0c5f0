"""What the engine makes of what rules yield: severity by day, order, identity, crashes."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.documents.reader import read
from okxlint.documents.source import Source
from okxlint.engine import Question, Verdict, judge
from okxlint.inventory import ImpliedAccount
from okxlint.manifest import load
from okxlint.model import Finding, Severity
from okxlint.origin import Place
from okxlint.policy import Granted, Policy, WaiverTerms
from okxlint.record import changed
from okxlint.rule import (
    ALL_ENVIRONMENTS,
    Hit,
    Rule,
    RuleOptions,
    Ruleset,
    Setting,
    load_rule,
    option,
)
from okxlint.secrets.redact import Redactor
from tests.conftest import DAY, verdict_of

ID = "no-withdraw"  # the name that the rules below borrow
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
KEY = "version: 1\nkeys:\n  - {label: a-1, account: main, permissions: [trade]}\n"


@pytest.fixture(name="ruled")
def ruled_fixture() -> Callable[..., Verdict]:
    """Judge manifests by one rule of the test's own, under the name of another."""

    def ruled(
        *manifests: str,
        check: Callable[..., Iterator[Hit]] | None,
        severity: Severity | None = ERROR,
        waivers: WaiverTerms | None = None,
        question: Question | None = None,
        **facts: Any,
    ) -> Verdict:
        facts = {"statuses": frozenset({"active"}), "environments": ALL_ENVIRONMENTS, **facts}
        fake = changed(load_rule(ID), check=check, **facts)
        files = [read(f"{chr(97 + n)}.yaml", text.encode()) for n, text in enumerate(manifests)]
        inventory, flaws = load(files)
        setting = Setting(severity, fake.options())
        policy = Policy(
            "test", {ID: setting}, (), waivers or WaiverTerms(), rules=Ruleset({ID: fake})
        )
        asked = question or Question(DAY)
        return judge(asked, policy, files, inventory, flaws, Redactor(["hunter22"]))

    return ruled


def hits(**more: Any) -> Callable[..., Iterator[Hit]]:
    """A rule that finds one thing at each target's label."""

    def check(target: Any, run: Any) -> Iterator[Hit]:
        yield Hit(**{"at": target.origin.label, "value": "v", "message": "m", **more})

    return check


# -- severity --------------------------------------------------------------------------------

FAILS = date(2026, 11, 22)


def on(ruled: Callable[..., Verdict], day: date, horizon: int = 0, **hit: Any) -> list[Severity]:
    verdict = ruled(KEY, check=hits(**hit), question=Question(day, horizon))
    return [finding.severity for finding in verdict.findings]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-4, []), (-3, [WARNING]), (-1, [WARNING]), (0, [ERROR]), (1, [ERROR]), (9999, [ERROR])],
)
def test_before_it_fails_a_finding_is_a_warning_for_so_many_days(
    ruled: Callable[..., Verdict], days: int, expected: list[Severity]
) -> None:
    day = FAILS + timedelta(days)
    assert on(ruled, day, fails_on=FAILS, warn_days=3) == expected
    assert on(ruled, day, fails_on=FAILS, warn_days=0) == expected[:1] * (days >= 0)
    assert on(ruled, day, fails_on=FAILS, warn_days=None) == [ERROR if days >= 0 else WARNING]
    assert on(ruled, day) == [ERROR]


@pytest.mark.parametrize("severity", [ERROR, WARNING, INFO])
@pytest.mark.parametrize("at_most", [ERROR, WARNING, INFO])
@pytest.mark.parametrize("days", [-1, 0])
def test_the_least_of_policy_limit_and_day_holds(
    ruled: Callable[..., Verdict], severity: Severity, at_most: Severity, days: int
) -> None:
    check = hits(at_most=at_most, fails_on=FAILS, warn_days=5)
    question = Question(FAILS + timedelta(days))
    (finding,) = ruled(KEY, check=check, severity=severity, question=question).findings
    assert finding.severity == min(severity, at_most, WARNING if days < 0 else ERROR)


def test_the_horizon_tells_the_first_day_of_what_is_to_come(ruled: Callable[..., Verdict]) -> None:
    day = FAILS - timedelta(10)
    assert on(ruled, day, horizon=6, fails_on=FAILS, warn_days=3) == []
    assert on(ruled, day, horizon=7, fails_on=FAILS, warn_days=3) == [INFO]
    check = hits(fails_on=FAILS, warn_days=3)
    (coming,) = ruled(KEY, check=check, question=Question(day, 7)).findings
    assert coming.message == "m; this starts on 2026-11-19"
    assert coming.fails_on == FAILS
    now = ruled(KEY, check=check, question=Question(FAILS, 7)).findings
    assert [(finding.severity, finding.message) for finding in now] == [(ERROR, "m")]


def test_days_at_the_ends_of_the_calendar(ruled: Callable[..., Verdict]) -> None:
    assert on(ruled, date.max, horizon=3660, fails_on=date.max, warn_days=14) == [ERROR]
    assert on(ruled, date.max - timedelta(1), fails_on=date.max, warn_days=9999999) == [WARNING]
    assert on(ruled, date.min, fails_on=date.min, warn_days=14) == [ERROR]


@given(
    fails=st.dates(),
    as_of=st.dates(),
    warn=st.none() | st.integers(0, 400),
    horizon=st.integers(0, 400),
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_a_finding_is_always_one_of_nothing_info_warning_error_in_that_order(
    fails: date, as_of: date, warn: int | None, horizon: int
) -> None:
    from okxlint.findings import Candidate, findings_of

    hit = Hit(Place(Source("a", "x"), 0, 1), "v", "m", fails_on=fails, warn_days=warn)
    candidate = Candidate(load_rule(ID), ERROR, hit, {"account": None, "key": None, "app": None})
    until = min(as_of.toordinal() + horizon, date.max.toordinal())
    last = date.fromordinal(until)
    found = [f.severity for f in findings_of([candidate], as_of, last, Redactor(()))]
    begins = 1 if warn is None else max(fails.toordinal() - warn, 1)
    today = as_of.toordinal()
    if today >= fails.toordinal():
        assert found == [ERROR]
    elif today >= begins:
        assert found == [WARNING]
    else:
        assert found == ([INFO] if begins <= until else [])


# -- waivers and the horizon -----------------------------------------------------------------

WAIVED = KEY.replace(
    "]}", "], waivers: [{rule: no-withdraw, reason: r, approved_by: a, expires: 2026-11-25}]}"
)


def told(verdict: Verdict) -> list[tuple[str, str, str]]:
    own = [f for f in (*verdict.findings, *verdict.waived) if f.rule == ID]
    return [(f.severity.word, f.message, str(f.fails_on)) for f in own]


def test_a_waived_finding_is_told_again_when_its_waiver_ends_in_the_horizon(
    ruled: Callable[..., Verdict],
) -> None:
    before = ruled(WAIVED, check=hits(), question=Question(DAY, 3))
    assert told(before) == [("error", "m", "None")]
    assert [f.rule for f in before.waived] == [ID]
    after = ruled(WAIVED, check=hits(), question=Question(DAY, 4))
    assert told(after) == [
        ("info", "m; this starts on 2026-11-26", "2026-11-26"),
        ("error", "m", "None"),
    ]
    # It is one finding, and so it has one fingerprint.
    assert len({f.fingerprint for f in (*after.findings, *after.waived) if f.rule == ID}) == 1
    assert after.findings[0].waiver is None


def test_equal_findings_keep_their_numbers_under_a_horizon(ruled: Callable[..., Verdict]) -> None:
    twice = WAIVED + WAIVED.partition("keys:\n")[2]
    short = ruled(twice, check=hits(), question=Question(DAY))
    long = ruled(twice, check=hits(), question=Question(DAY, 30))
    numbers = [f.fingerprint[-2:] for f in short.waived]
    assert numbers == [":1", ":2"]
    assert [f.fingerprint for f in long.waived] == [f.fingerprint for f in short.waived]
    coming = [f for f in long.findings if f.rule == ID]
    assert [f.fingerprint for f in coming] == [f.fingerprint for f in short.waived]


def test_a_waived_warning_that_becomes_an_error_after_its_waiver(
    ruled: Callable[..., Verdict],
) -> None:
    check = hits(fails_on=date(2026, 12, 1), warn_days=30)
    verdict = ruled(WAIVED, check=check, question=Question(DAY, 10))
    assert told(verdict) == [
        ("info", "m; this starts on 2026-11-26", "2026-12-01"),
        ("warning", "m", "2026-12-01"),
    ]


def test_what_begins_while_a_waiver_holds_is_told_for_the_day_after_it(
    ruled: Callable[..., Verdict],
) -> None:
    check = hits(fails_on=date(2026, 11, 24))
    assert told(ruled(WAIVED, check=check, question=Question(DAY, 3))) == []
    assert told(ruled(WAIVED, check=check, question=Question(DAY, 4))) == [
        ("info", "m; this starts on 2026-11-26", "2026-11-26")
    ]
    later = hits(fails_on=date(2026, 11, 27))
    assert told(ruled(WAIVED, check=later, question=Question(DAY, 5))) == [
        ("info", "m; this starts on 2026-11-27", "2026-11-27")
    ]


def test_the_grant_says_where_the_waiver_stands_and_nothing_secret(
    ruled: Callable[..., Verdict],
) -> None:
    manifest = WAIVED.replace("reason: r", r'reason: "a\nhunter22"')
    (finding,) = ruled(manifest, check=hits()).waived
    assert finding.waiver is not None
    assert finding.waiver.reason == r"a\x0a********"
    assert (finding.waiver.path, finding.waiver.line) == ("a.yaml", 3)
    assert (finding.waiver.approved_by, finding.waiver.expires) == ("a", date(2026, 11, 25))


def test_a_waiver_without_reason_approver_and_end(ruled: Callable[..., Verdict]) -> None:
    manifest = KEY.replace("]}", "], waivers: [{rule: no-withdraw}]}")
    verdict = ruled(
        manifest, check=hits(), waivers=WaiverTerms(require=()), question=Question(DAY, 3660)
    )
    (finding,) = verdict.waived
    assert verdict.findings == ()
    assert finding.waiver is not None
    assert (finding.waiver.reason, finding.waiver.approved_by, finding.waiver.expires) == (
        None, None, None
    )  # fmt: skip


def test_a_rule_that_is_waived_is_asked_about_all_days(ruled: Callable[..., Verdict]) -> None:
    asked = []

    def check(target: Any, run: Any) -> Iterator[Hit]:
        asked.append((target.label, run.until, run.sees(date(2030, 1, 1))))
        yield from ()

    second = KEY.partition("keys:\n")[2].replace("a-1", "b-1")
    ruled(WAIVED + second, check=check, question=Question(DAY, 5))
    assert asked == [("a-1", date.max, True), ("b-1", DAY + timedelta(5), False)]


# -- what a finding says ---------------------------------------------------------------------


def test_a_finding_has_all_that_the_rule_said_and_nothing_unsafe(
    ruled: Callable[..., Verdict],
) -> None:
    def check(target: Any, run: Any) -> Iterator[Hit]:
        label = target.origin.label
        yield Hit(
            at=target.origin.at("permissions", 0),
            value="hunter22\n",
            message="\x1b[31m hunter22",
            help="ask hunter22",
            related=((label, "see hunter22\r"),),
        )

    manifest = KEY.replace("a-1", "hunter22-1").replace("main", '"ma\\e in"')
    (finding,) = ruled(manifest, check=check).findings
    assert finding == Finding(
        rule=ID,
        severity=ERROR,
        message=r"\x1b[31m ********",
        help="ask ********",
        location=finding.location,
        account=r"ma\x1b in",
        key="********-1",
        value=r"********\x0a",
        fingerprint=finding.fingerprint,
        related=finding.related,
    )
    assert finding.location == ("a.yaml", 3, 59, 3, 64)
    ((place, text),) = finding.related
    assert (place[:3], text) == (("a.yaml", 3, 13), r"see ********\x0d")


def test_without_help_of_its_own_a_finding_has_the_rules(ruled: Callable[..., Verdict]) -> None:
    (finding,) = ruled(KEY, check=hits(), help="Do this.").findings
    assert finding.help == "Do this."


OBJECTS = """version: 1
accounts: [{name: main, type: master}]
apps: [{name: bot}]
keys:
  - {label: a-1, account: main, permissions: [trade]}
  - {label: b-1, account: other, permissions: [trade]}
"""


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("key", [("main", "a-1", None), ("other", "b-1", None)]),
        ("app", [(None, None, "bot")]),
        ("account", [("main", None, None), ("other", None, None)]),
        ("file", [(None, None, None)]),
    ],
)
def test_each_kind_of_target_names_itself(
    ruled: Callable[..., Verdict], target: str, names: list[tuple[Any, ...]]
) -> None:
    seen = []

    def check(each: Any, run: Any) -> Iterator[Hit]:
        seen.append(type(each).__name__)
        source = run.inventory.keys[0].origin.source
        yield Hit(at=Place(source, 0, 1), value="v", message="m")

    verdict = ruled(OBJECTS, check=check, targets=(target,))
    assert [(f.account, f.key, f.app) for f in verdict.findings] == names
    assert len(seen) == len(names)
    assert ("ImpliedAccount" in seen) == (target == "account")


def test_a_rule_with_two_targets_is_asked_about_both(ruled: Callable[..., Verdict]) -> None:
    verdict = ruled(OBJECTS, check=hits(), targets=("key", "app"))
    assert [(f.key, f.app) for f in verdict.findings] == [
        (None, "bot"), ("a-1", None), ("b-1", None)
    ]  # fmt: skip


def test_a_waiver_of_the_policy_stands_on_an_account_that_nobody_declares(
    ruled: Callable[..., Verdict],
) -> None:
    (waiver,) = load([read("p", WAIVED.encode())])[0].keys[0].waivers
    terms = WaiverTerms(granted=(Granted(waiver, account="other"),))

    def check(account: Any, run: Any) -> Iterator[Hit]:
        at = run.inventory.keys[0].origin.label
        yield Hit(at=at, value="v", message=f"{isinstance(account, ImpliedAccount)}")

    verdict = ruled(OBJECTS, check=check, targets=("account",), waivers=terms)
    own = [finding for finding in verdict.findings if finding.rule == ID]
    assert [(f.account, f.message) for f in own] == [("main", "False")]
    assert [(f.account, f.message) for f in verdict.waived] == [("other", "True")]


class Demo(RuleOptions):
    environments: tuple[str, ...] = option(("demo",), "Where.")


@pytest.mark.parametrize(
    ("facts", "labels"),
    [
        ({"statuses": frozenset({"active", "revoked"})}, ["live", "demo", "gone"]),
        ({"environments": ("live",)}, ["live"]),
        ({"environments": ("live",), "options": Demo}, ["demo"]),
        ({"statuses": frozenset({"revoked"})}, ["gone"]),
    ],
)
def test_a_rule_sees_the_statuses_and_environments_that_it_asks_for(
    ruled: Callable[..., Verdict], facts: dict[str, Any], labels: list[str]
) -> None:
    lines = ["live}", "demo, environment: demo}", "gone, status: revoked}"]
    keys = "".join(f"  - {{account: m, permissions: [trade], label: {line}\n" for line in lines)
    verdict = ruled("version: 1\nkeys:\n" + keys, check=hits(), **facts)
    assert [finding.key for finding in verdict.findings] == labels


# -- identity and order ----------------------------------------------------------------------


def test_moving_lines_changes_no_fingerprint() -> None:
    manifest = (
        "version: 1\nkeys:\n"
        "  - {label: a-1, account: main, permissions: [withdraw], permission: x}\n"
        "  - {label: b-1, account: main, permissions: [withdraw]}\n"
    )
    moved = (
        "# a comment\n\nversion: 1\nkeys:\n"
        "  - label: b-1\n    account: main\n    permissions:\n      - withdraw\n\n"
        "  - label: a-1\n    account: main\n    permission: x\n    permissions: [withdraw]\n"
    )
    one, two = verdict_of(manifest).findings, verdict_of(moved).findings
    assert {f.fingerprint for f in one} == {f.fingerprint for f in two}
    assert len({f.fingerprint for f in one}) == len(one)
    assert all(re.fullmatch(r"[0-9a-f]{32}:1", f.fingerprint) for f in one)


def test_equal_findings_are_numbered_in_the_order_of_the_report(
    ruled: Callable[..., Verdict],
) -> None:
    again = KEY.partition("keys:\n")[2]
    verdict = ruled(KEY + again * 11, KEY, check=hits())
    numbers = [int(f.fingerprint.partition(":")[2]) for f in verdict.findings]
    assert numbers == [*range(1, 14)]
    assert len({f.fingerprint.partition(":")[0] for f in verdict.findings}) == 1


def test_many_equal_findings_at_one_place_stay_in_order(ruled: Callable[..., Verdict]) -> None:
    def check(target: Any, run: Any) -> Iterator[Hit]:
        for _ in range(12):
            yield Hit(at=target.origin.label, value="v", message="m")

    numbers = [f.fingerprint.partition(":")[2] for f in ruled(KEY, check=check).findings]
    assert numbers == [str(number) for number in range(1, 13)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("key", KEY), ("key", "\n" + KEY), True),
        (("key", KEY), ("key", KEY.replace("a-1", "a-2")), False),
        (("key", KEY), ("key", KEY.replace("main", "other")), False),
        (("file", KEY), ("file", "\n" + KEY), True),
    ],
)
def test_what_a_fingerprint_depends_on(
    ruled: Callable[..., Verdict], one: tuple[str, str], other: tuple[str, str], same: bool
) -> None:
    def check(target: Any, run: Any) -> Iterator[Hit]:
        yield Hit(at=run.inventory.keys[0].origin.label, value="v", message="m")

    prints = [
        ruled(manifest, check=check, targets=(target,)).findings[0].fingerprint
        for target, manifest in (one, other)
    ]
    assert (prints[0] == prints[1]) is same


def test_the_path_is_part_of_the_fingerprint_for_hygiene_and_secrets_alone() -> None:
    flawed = KEY.replace("]}", "], nope: 1, metadata: {token: hunter2222}}") + KEY.partition(
        "keys:\n"
    )[2].replace("a-1", "b-1").replace("trade", "withdraw")
    first, second = verdict_of(flawed).findings, verdict_of("version: 1\n", flawed).findings
    prints = [{f.rule: f.fingerprint for f in found} for found in (first, second)]
    differing = {rule for rule in prints[0] if prints[0][rule] != prints[1][rule]}
    assert differing == {"manifest-schema", "no-secrets"}
    assert ID in prints[0]


def test_a_value_of_another_kind_is_another_fingerprint() -> None:
    both = "version: 1\nkeys:\n  - {label: a-1, account: main, x: 1, created: y, permissions: []}\n"
    prints = [f.fingerprint for f in verdict_of(both).findings]
    assert len({text.partition(":")[0] for text in prints}) == len(prints) > 1


FILES = (
    "version: 1\nkeys:\n"
    "  - {label: z-1, account: main, permissions: [withdraw, trade]}\n"
    "  - {label: a-1, account: main, permissions: [withdraw]}\n",
    "version: 1\nkeys:\n  - {label: m-1, account: second, permissions: [withdraw], x: 1}\n",
    "version: 1\nkeys:\n  - {label: a-1, account: third, permissions: [withdraw]}\n",
)


def test_the_order_of_findings_does_not_depend_on_the_order_of_files(
    ruled: Callable[..., Verdict],
) -> None:
    from tests.conftest import policy_of

    policy = policy_of("version: 1\n")
    verdicts = []
    for order in itertools.permutations(range(3)):
        files = [read(f"{'abc'[number]}.yaml", FILES[number].encode()) for number in order]
        inventory, flaws = load(files)
        verdicts.append(judge(Question(DAY), policy, files, inventory, flaws, Redactor(())))
    assert all(verdict == verdicts[0] for verdict in verdicts)
    places = [(f.location.path, f.location.line, f.location.column) for f in verdicts[0].findings]
    assert places == sorted(places)
    assert len(places) > 10


def test_on_one_place_rules_then_values_are_in_order(ruled: Callable[..., Verdict]) -> None:
    def check(target: Any, run: Any) -> Iterator[Hit]:
        for value in "ba":
            yield Hit(at=target.origin.label, value=value, message="m")
        yield Hit(at=target.origin.label, value="c", message="m2")
        yield Hit(at=target.origin.label, value="c", message="m1")

    verdict = ruled(KEY, check=check)
    assert [(f.value, f.message) for f in verdict.findings] == [
        ("a", "m"), ("b", "m"), ("c", "m1"), ("c", "m2")
    ]  # fmt: skip


def test_the_hash_seed_changes_nothing(tmp_path: Path) -> None:
    for number, text in enumerate(FILES):
        (tmp_path / f"{number}.yaml").write_text(text)
    policy = "version: 1\nmanifests: ['[0-9].yaml']\n"
    (tmp_path / "okxlint.yaml").write_text(policy)
    command = [sys.executable, "-m", "okxlint", "check", "-f", "json", "--as-of", "2026-11-22"]
    outputs = {
        subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=False,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop())["findings"]


# -- which rules run -------------------------------------------------------------------------


def rules_in(verdict: Verdict) -> set[str]:
    return {finding.rule for finding in verdict.findings}


BROKEN = "version: 1\nkeys:\n  - {label: a-1, account: m, permissions: [withdraw]}\nnope: 1\n"


def test_select_and_ignore_and_hygiene_always_runs() -> None:
    files = [read("a.yaml", BROKEN.encode())]
    inventory, flaws = load(files)
    setting = Setting(ERROR, load_rule(ID).options())
    policy = Policy("p", {ID: setting, "max-age": setting._replace(severity=None)}, ())

    def rules(**asked: Any) -> set[str]:
        return rules_in(
            judge(Question(DAY, **asked), policy, files, inventory, flaws, Redactor(()))
        )

    assert rules() == {ID, "manifest-schema"}
    assert rules(ignore=frozenset({ID})) == {"manifest-schema"}
    assert rules(select=frozenset()) == {"manifest-schema"}
    assert rules(select=frozenset({"yaml-syntax"})) == {"manifest-schema"}
    assert rules(select=frozenset({"ip-bound"})) == {"ip-bound", "manifest-schema"}
    assert rules(select=frozenset({"ip-bound", ID}), ignore=frozenset({ID})) == {
        "ip-bound", "manifest-schema"
    }  # fmt: skip


def test_a_rule_that_is_off_does_not_run(ruled: Callable[..., Verdict]) -> None:
    assert ruled(KEY, check=hits(), severity=None).findings == ()
    select = Question(DAY, select=frozenset({ID}))
    (finding,) = ruled(KEY, check=hits(), severity=None, question=select).findings
    assert finding.severity is ERROR


def test_a_rule_reads_the_setting_of_another_and_shares_joins(
    ruled: Callable[..., Verdict],
) -> None:
    built = []

    def build(inventory: Any) -> int:
        built.append(len(inventory.keys))
        return 7

    def check(target: Any, run: Any) -> Iterator[Hit]:
        setting = run.setting("max-age", target)
        message = f"{run.join(build)} {setting.severity} {setting.options.max_days}"
        yield Hit(at=target.origin.label, value="v", message=message)

    verdict = ruled(KEY, KEY, check=check)
    assert {f.message for f in verdict.findings} == {"7 None 90"}
    assert built == [2]


# -- crashes ---------------------------------------------------------------------------------


def crashes(target: Any, run: Any) -> Iterator[Hit]:
    label = getattr(target, "label", "")
    if label.startswith("a"):
        raise ValueError(f"cannot judge {label} hunter22")
    yield Hit(at=target.origin.label, value="v", message="m")
    if label.startswith("c"):
        [].pop()


def test_a_crash_is_unknown_and_everything_else_is_judged(ruled: Callable[..., Verdict]) -> None:
    more = "".join(KEY.partition("keys:\n")[2].replace("a-1", name) for name in ("a-2", "b", "c"))
    verdict = ruled(KEY + more, KEY, check=crashes)
    # What a rule has said before it failed still counts.
    assert [finding.key for finding in verdict.findings] == ["b", "c"]
    assert [unknown.kind for unknown in verdict.unknown] == ["rule-crash"] * 3
    first = verdict.unknown[0].message
    pattern = (
        r"the rule no-withdraw failed on a\.yaml \(IndexError in crashes, line \d+\); this is a bug"
    )
    assert re.fullmatch(pattern, first)
    assert {unknown.account for unknown in verdict.unknown} == {"main"}
    said = " ".join(unknown.message for unknown in verdict.unknown)
    assert "b.yaml" in said
    assert "cannot judge" not in said
    assert "hunter22" not in said


def test_the_other_rules_go_on_after_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_broken(name: str) -> Rule:
        rule = load_rule(name)
        return changed(rule, check=crashes) if name == "ip-bound" else rule

    manifest = KEY.replace("trade", "withdraw")
    sound = verdict_of(manifest)
    monkeypatch.setattr("okxlint.rule.load_rule", load_broken)
    verdict = verdict_of(manifest)
    assert rules_in(verdict) == rules_in(sound) - {"ip-bound"}
    assert len(verdict.unknown) == 1
    assert sound.unknown == ()


@pytest.mark.parametrize("target", ["key", "app", "account", "file"])
def test_a_crash_names_the_file_if_there_is_one(ruled: Callable[..., Verdict], target: str) -> None:
    def check(each: Any, run: Any) -> Iterator[Hit]:
        raise RecursionError("hunter22")

    verdict = ruled(OBJECTS, check=check, targets=(target,))
    on_file = [" on a.yaml (" in unknown.message for unknown in verdict.unknown]
    # An account that is only named stands in no file of its own.
    assert on_file == ([False, True] if target == "account" else [True])
    assert all("RecursionError in check" in unknown.message for unknown in verdict.unknown)


def test_a_rule_that_yields_what_is_no_hit_is_a_crash(ruled: Callable[..., Verdict]) -> None:
    def check(target: Any, run: Any) -> Iterator[Any]:
        yield from 5  # type: ignore[misc]

    verdict = ruled(KEY, check=check)
    assert verdict.findings == ()
    assert "TypeError" in verdict.unknown[0].message

"""``okxlint upcoming``: it says of each day what a check of that day says, and no more."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import icalendar
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okxlint.check import Request, run_check
from okxlint.engine import Question
from okxlint.loading import Wanted
from okxlint.model import Finding, Location
from okxlint.record import changed
from okxlint.report.calendar import FORMATS, calendar_object
from okxlint.upcoming import Upcoming, _begun, upcoming
from tests.asking import okxlint
from tests.conftest import DAY
from tests.test_cli import ROOT

HEAD = """\
version: 1
accounts: [{name: main, type: master}]
apps: [{name: bot, owner: desk, purpose: grid, needs: [trade]}]
keys:
"""
KEY = (
    "  - {label: bot-1, account: main, app: bot, permissions: [trade], ip_allowlist: [203.0.113.7],"
    " created: 2026-09-01, secret_ref: 'vault://a'%s}\n"
)
RULES = "max-age,reviewed,not-expired,idle-expiry,rotation-slots,waiver-expired,retired-revoked"


def coming(folder: Path, manifest: str, days: int = 30, policy: str = "", **asked: Any) -> Upcoming:
    (folder / "okx-keys.yaml").write_text(manifest)
    (folder / "okxlint.yaml").write_text(f"version: 1\n{policy}")
    return upcoming(Request(Question(DAY, **asked), Wanted(str(folder)), fail_on=None), days)


def told(value: Upcoming) -> list[tuple[str, str, str, str | None]]:
    return [
        (
            str(event.day),
            event.finding.rule,
            event.finding.severity.word,
            event.was.word if event.was else None,
        )
        for event in value.events
    ]


def only(value: Upcoming, rule: str) -> list[tuple[str, str, str | None]]:
    return [(day, severity, was) for day, name, severity, was in told(value) if name == rule]


def test_a_rotation_is_told_as_a_warning_and_when_it_fails(tmp_path: Path) -> None:
    value = coming(tmp_path, HEAD + KEY % "")
    # Older than 90 days from 2026-12-01 on, and a warning 14 days before: that is there already.
    assert only(value, "max-age") == [("2026-12-01", "error", "warning")]
    value = coming(tmp_path, HEAD + (KEY % "").replace("2026-09-01", "2026-09-10"))
    assert only(value, "max-age") == [
        ("2026-11-26", "warning", None),
        ("2026-12-10", "error", "warning"),
    ]
    assert only(coming(tmp_path, HEAD + KEY % "", days=8), "max-age") == []
    assert len(only(coming(tmp_path, HEAD + KEY % "", days=9), "max-age")) == 1


def test_a_waiver_that_ends_is_told_with_what_comes_back(tmp_path: Path) -> None:
    who = "reason: a, approved_by: b@example.com, expires: 2026-12-10"
    waiver = f", waivers: [{{rule: demo-first, {who}}}]"
    value = coming(tmp_path, HEAD + KEY % waiver)
    assert only(value, "demo-first") == [("2026-12-11", "warning", None)]
    assert only(value, "waiver-expired") == [
        ("2026-11-27", "warning", None),
        ("2026-12-11", "error", "warning"),
    ]


@pytest.mark.parametrize(
    ("fields", "rule", "first"),
    [
        (", expires: 2026-12-01", "not-expired", ("2026-12-02", "error", "warning")),
        (", last_reviewed: 2026-09-01", "reviewed", ("2026-12-01", "warning", None)),
        (
            ", status: retired, status_since: 2026-11-20",
            "retired-revoked",
            ("2026-11-28", "warning", None),
        ),
    ],
)
def test_other_days(fields: str, rule: str, first: Any, tmp_path: Path) -> None:
    assert only(coming(tmp_path, HEAD + KEY % fields), rule) == [first]


def test_what_okx_drops_after_14_idle_days(tmp_path: Path) -> None:
    key = (KEY % ", last_used: 2026-11-16").replace(" ip_allowlist: [203.0.113.7],", "")
    for severity in ("error", "warning", "info"):
        value = coming(tmp_path, HEAD + key, policy=f"rules: {{idle-expiry: {severity}}}\n")
        before = min(severity, "warning", key=["info", "warning", "error"].index)
        assert only(value, "idle-expiry") == [
            ("2026-11-23", before, None),
            # The day itself is told, worse or not.
            ("2026-11-30", severity, before),
        ]


def test_a_waiver_that_nothing_needs_is_told_on_the_day_it_is_over(tmp_path: Path) -> None:
    who = "reason: a, approved_by: b@example.com, expires: 2026-12-10"
    value = coming(tmp_path, HEAD + KEY % f", waivers: [{{rule: no-withdraw, {who}}}]")
    assert only(value, "waiver-expired") == [
        ("2026-11-27", "warning", None),
        ("2026-12-11", "warning", "warning"),
    ]


def test_nothing_begins(tmp_path: Path) -> None:
    value = coming(tmp_path, HEAD)
    assert (value.events, value.until) == ((), date(2026, 12, 22))


def test_the_calendar_ends(tmp_path: Path) -> None:
    (tmp_path / "okx-keys.yaml").write_text(HEAD)
    last = Question(date(9999, 12, 30))
    value = upcoming(Request(last, Wanted(str(tmp_path)), fail_on=None), 30)
    assert value.until == date.max


DEMO = "rule: demo-first, reason: a, approved_by: b@example.com"
DEMO_PAIR = f", waivers: [{{{DEMO}, value: bot, expires: %s}}, {{{DEMO}, expires: %s}}]"


@pytest.mark.parametrize("ends", [("2026-12-20", "2026-12-10"), ("2026-12-10", "2026-12-20")])
def test_of_two_waivers_of_one_rule_each_is_told_by_its_own_day(
    ends: tuple[str, str], tmp_path: Path
) -> None:
    value = coming(tmp_path, HEAD + KEY % (DEMO_PAIR % ends), days=40)
    events = [each for each in value.events if each.finding.rule == "waiver-expired"]
    assert [
        (str(each.day), each.was and each.was.word, each.finding.message[-10:])
        for each in events
        if each.finding.severity.word == "warning"
    ] == [("2026-11-27", None, "2026-12-10"), ("2026-12-07", None, "2026-12-20")]
    assert [
        (
            str(each.day),
            each.was and each.was.word,
            re.findall(r"2026-12-\d\d", each.finding.message),
        )
        for each in events
        if each.finding.severity.word == "error"
    ] == [
        ("2026-12-11", "warning", ["2026-12-10"]),
        ("2026-12-21", "warning", ["2026-12-20"]),
    ]


def test_what_has_moved_is_no_event(tmp_path: Path) -> None:
    report = coming(tmp_path, HEAD + KEY % "").today
    place = report.findings[0].location
    moved = [changed(each, location=place._replace(line=99)) for each in report.findings]
    assert not list(_begun(report, changed(report, findings=tuple(moved))))


# -- it agrees with a check of each day ------------------------------------------------------

DAYS = st.dates(DAY - timedelta(130), DAY + timedelta(60)).map(str)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "created": DAYS,
        "last_used": DAYS,
        "last_reviewed": DAYS,
        "expires": DAYS,
        "status": st.sampled_from(["planned", "active", "retired", "compromised"]),
        "status_since": DAYS,
        "ip_allowlist": st.just(["203.0.113.7"]),
        "waivers": st.lists(
            st.fixed_dictionaries(
                {
                    "rule": st.sampled_from(["max-age", "ip-bound", "reviewed", "idle-expiry"]),
                    "reason": st.just("a"),
                    "approved_by": st.just("b@example.com"),
                    "expires": DAYS,
                }
            ),
            max_size=2,
        ),
    },
)


def identity(finding: Finding) -> tuple[str, Location]:
    """What stays the same from day to day: the numbers of equal fingerprints do not."""
    return finding.fingerprint.partition(":")[0], finding.location


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(FIELDS, min_size=1, max_size=3), st.integers(1, 25))
def test_each_day_is_told_as_a_check_of_it_finds_it(
    tmp_path: Path, keys: list[dict[str, Any]], days: int
) -> None:
    written = [
        {"label": f"key-{n}", "account": "main", "permissions": ["trade"], **fields}
        for n, fields in enumerate(keys)
    ]
    (tmp_path / "okx-keys.yaml").write_text(json.dumps({"version": 1, "keys": written}))
    request = Request(Question(DAY), Wanted(str(tmp_path)), fail_on=None)
    value = upcoming(request, days)
    expected = []
    before = {identity(each): each.severity for each in run_check(request).findings}
    for number in range(1, days + 1):
        day = DAY + timedelta(number)
        report = run_check(changed(request, question=Question(day)))
        for finding in report.findings:
            was = before.get(identity(finding))
            if was is None or was < finding.severity or finding.fails_on == day:
                expected.append((day, finding, was))
        before = {identity(each): each.severity for each in report.findings}
    assert [(event.day, event.finding, event.was) for event in value.events] == expected


# -- formats ---------------------------------------------------------------------------------


def written(value: Upcoming, name: str) -> str:
    stream = StringIO()
    FORMATS[name](value, stream, False)
    return stream.getvalue()


def hostile(tmp_path: Path) -> Upcoming:
    label = r"'a\u001b[2J, b; c\\ ::error::|<b>d é'"
    return coming(tmp_path, HEAD + (KEY % "").replace("label: bot-1", f'label: "{label[1:-1]}"'))


def test_json_is_as_its_schema_says(tmp_path: Path) -> None:
    value = json.loads(written(hostile(tmp_path), "json"))
    schema = json.loads((ROOT / "schemas/upcoming.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(value)
    assert (value["as_of"], value["until"]) == ("2026-11-22", "2026-12-22")
    (event,) = [each for each in value["events"] if each["finding"]["rule"] == "max-age"]
    assert (event["day"], event["was"]) == ("2026-12-01", "warning")
    assert event["finding"]["fails_on"] == "2026-12-01"
    assert value["today"] > 0


def test_text_is_a_calendar_for_people(tmp_path: Path) -> None:
    text = written(coming(tmp_path, HEAD + KEY % ""), "text")
    assert "Tue 2026-12-01, in 9 days\n  warning → error max-age: key 'bot-1' of account" in text
    assert "okx-keys.yaml:5:" in text
    assert "next: Create a new key on OKX" in text
    assert re.search(r"\d events? within 30 days, up to 2026-12-22 \(policy okxlint.yaml,", text)
    idle = (KEY % ", last_used: 2026-11-16").replace(" ip_allowlist: [203.0.113.7],", "")
    twice = written(coming(tmp_path, HEAD + idle), "text")
    assert len(re.findall(r"^  warning +idle-expiry: ", twice, re.MULTILINE)) == 2
    empty = written(coming(tmp_path, HEAD), "text")
    assert empty.startswith("nothing begins within 30 days, up to 2026-12-22")


def test_tomorrow(tmp_path: Path) -> None:
    key = (KEY % "").replace("2026-09-01", "2026-08-24")
    assert "Mon 2026-11-23, tomorrow" in written(coming(tmp_path, HEAD + key), "text")


@pytest.mark.parametrize("name", ["text", "markdown", "json", "ics"])
def test_nothing_of_an_input_is_obeyed(name: str, tmp_path: Path) -> None:
    text = written(hostile(tmp_path), name)
    assert "\x1b" not in text
    assert not re.search(r"^::", text, re.MULTILINE)
    assert name != "markdown" or "<b>" not in re.sub("`[^`]*`", "", text)
    lines = text.replace("\r\n", "\n").split("\n")
    assert all(line.isprintable() for line in lines)


def test_a_calendar_that_programs_take(tmp_path: Path) -> None:
    value = hostile(tmp_path)
    text = written(value, "ics")
    assert re.search(r"(?<!\r)\n", text) is None
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    calendar = icalendar.Calendar.from_ical(text)
    events: list[Any] = calendar.walk("VEVENT")
    assert not [problem for event in events for problem in event.errors]
    assert len(events) == len(value.events)
    assert len({str(event["UID"]) for event in events}) == len(events)
    (rotation,) = [event for event in events if str(event["SUMMARY"]).startswith("max-age")]
    assert rotation["DTSTART"].dt == date(2026, 12, 1)
    assert rotation["DTEND"].dt == date(2026, 12, 2)
    assert r"a\x1b[2J, b; c\ ::error::|<b>d é" in str(rotation["SUMMARY"])
    assert "Create a new key on OKX" in str(rotation["DESCRIPTION"])


def test_a_calendar_of_nothing_has_an_event_that_says_so(tmp_path: Path) -> None:
    calendar = icalendar.Calendar.from_ical(written(coming(tmp_path, HEAD), "ics"))
    events: list[Any] = calendar.walk("VEVENT")
    (event,) = events
    assert event["DTSTART"].dt == date(2026, 12, 22)
    assert str(event["SUMMARY"]) == "okxlint: nothing begins up to 2026-12-22. Ask again."


def test_the_same_event_has_the_same_uid_on_another_day(tmp_path: Path) -> None:
    coming(tmp_path, HEAD + KEY % "")
    request = Request(Question(DAY + timedelta(3)), Wanted(str(tmp_path)), fail_on=None)
    uids = [
        set(re.findall(r"UID:(\S+-20261201@okxlint)", written(upcoming(each, 20), "ics")))
        for each in (request, changed(request, question=Question(DAY)))
    ]
    assert uids[0] == uids[1] != set()


def test_the_last_day_of_the_calendar_has_no_day_after_it(tmp_path: Path) -> None:
    value = coming(tmp_path, HEAD + KEY % "")
    event = changed(value.events[0], day=date.max)
    text = written(changed(value, events=(event,)), "ics")
    assert "DTSTART;VALUE=DATE:99991231\r\n" in text
    assert "DTEND" not in text


def test_all_that_is_unknown_is_told_in_each_format(tmp_path: Path) -> None:
    (tmp_path / "okx-keys").mkdir()
    (tmp_path / "okx-keys/a.yaml").symlink_to("/etc/hostname")
    value = coming(tmp_path, HEAD)
    assert value.today.exit == 3
    for name in ("text", "markdown", "json"):
        assert "symbolic link" in written(value, name)
    assert calendar_object(value)["unknown"][0]["kind"] == "unreadable"


ONE_DAY = """\
custom:
  - id: acme-day
    for: key
    severity: error
    assert: "1 / (as_of.getDate() - 30) < 2"
    message: a
"""


@pytest.mark.parametrize(("days", "exit_status"), [(7, 0), (8, 3)])
def test_what_is_unknown_on_a_later_day_alone(days: int, exit_status: int, tmp_path: Path) -> None:
    value = coming(tmp_path, HEAD + KEY % "", days, ONE_DAY)
    assert value.today.exit == exit_status
    told = [each.message for each in value.today.unknown if not each.accepted]
    assert [each.endswith("(as of 2026-11-30)") for each in told] == [True] * len(told)
    assert len(told) == (exit_status == 3)


def test_a_calendar_that_is_not_complete_says_so_aside(tmp_path: Path) -> None:
    (tmp_path / "okx-keys.yaml").symlink_to("/etc/hostname")
    done = okxlint("upcoming", "-f", "ics", cwd=tmp_path)
    assert done.returncode == 3
    assert "BEGIN:VCALENDAR" in done.stdout
    assert "okxlint: unknown[unreadable]" in done.stderr


# -- as users run it -------------------------------------------------------------------------

TIDY = ("examples/tidy", "--as-of", "2026-11-22", "--days", "60")


def test_the_command(tmp_path: Path) -> None:
    done = okxlint("upcoming", *TIDY, "-o", f"ics={tmp_path / 'a.ics'}", cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("max-age") == 4
    assert done.stdout.endswith("0 findings there already.\n")
    text = (tmp_path / "a.ics").read_bytes()
    assert text.endswith(b"END:VCALENDAR\r\n")
    assert len(icalendar.Calendar.from_ical(text).walk("VEVENT")) == 6
    again = okxlint("upcoming", *TIDY, "-f", "ics", cwd=ROOT)
    assert again.stdout.encode().replace(b"\n", b"\r\n") == text


def test_options(tmp_path: Path) -> None:
    picked = okxlint("upcoming", *TIDY, "--select", "not-expired", "-f", "json", cwd=ROOT)
    rules = {event["finding"]["rule"] for event in json.loads(picked.stdout)["events"]}
    assert rules == {"not-expired"}
    left = okxlint("upcoming", *TIDY, "--ignore", "not-expired", "-f", "json", cwd=ROOT)
    assert "not-expired" not in left.stdout
    strict = okxlint("upcoming", *TIDY, "--policy", "strict", "-f", "json", cwd=ROOT)
    assert json.loads(strict.stdout)["policy"]["source"] == "strict"
    (tmp_path / "okx-keys.yaml").symlink_to("/etc/hostname")
    assert okxlint("upcoming", cwd=tmp_path).returncode == 3
    allowed = ("--allow-unknown", "unreadable,no-manifest")
    assert okxlint("upcoming", *allowed, cwd=tmp_path).returncode == 0
    coloured = okxlint("upcoming", *TIDY, "--color", "always", cwd=ROOT)
    assert "\x1b[1mThu 2026-12-17, in 25 days\x1b[0m" in coloured.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-",), "standard input"),
        (("--days", "0"), "0 is not in the range 1<=x<=366"),
        (("--days", "367"), "367 is not in the range 1<=x<=366"),
        (("--select", ","), "names no rule"),
        (("--select", "max-ag"), "did you mean 'max-age'?"),
        (("-f", "yaml"), "'yaml' is not one of"),
        (("--policy-ref", "nowhere"), "there is no git repository"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = okxlint("upcoming", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr

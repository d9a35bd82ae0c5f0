"""Baselines: what is written, what it accepts, and what no baseline does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.baseline.file import BaselineText, Entry, read_baseline, written
from okxlint.baseline_run import REASON, Done, Order, write_baseline
from okxlint.check import Request, run_check
from okxlint.engine import Question
from okxlint.errors import OkxlintError
from okxlint.loading import Wanted
from okxlint.model import Report, Severity
from okxlint.report import FORMATS
from tests.sample_report import written as shown
from tests.test_cli import okxlint, write
from tests.test_git import commit_all, init, run

DAY = date(2026, 11, 22)
UNTIL = date(2027, 1, 31)
FILE = "okxlint-baseline.yaml"
POLICY = (
    "version: 1\nextends: []\nrules: {ip-public: error, no-withdraw: warning, max-age: error}\n"
)
KEY = "  - {label: %s, account: main, permissions: [%s], ip_allowlist: [%s], created: 2026-11-01}\n"


@pytest.fixture(autouse=True)
def plain_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "okxlint")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "security@example.com")


def key(label: str = "bot", addresses: str = "", permissions: str = "trade") -> str:
    return KEY % (label, permissions, addresses)


def manifest(*keys: str) -> str:
    return "version: 1\nkeys:\n" + "".join(keys)


def desk(folder: Path, text: str, policy: str = POLICY) -> None:
    write(folder, {"okx-keys.yaml": text, "okxlint.yaml": policy})


def make(folder: Path, until: date | None = UNTIL, as_of: date = DAY, **more: Any) -> Done:
    paths = more.pop("paths", ())
    return write_baseline(Order(FILE, as_of, Wanted(str(folder), paths), until=until, **more))


def check(folder: Path, as_of: date = DAY, **more: Any) -> Report:
    asked = {name: more.pop(name) for name in ("horizon", "select", "ignore") if name in more}
    wanted = Wanted(str(folder), more.pop("paths", ()))
    return run_check(Request(Question(as_of, **asked), wanted, baseline=FILE, **more))


def rules(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


def stale(report: Report) -> list[tuple[str, str | None, str]]:
    assert report.baseline is not None
    return [(each.rule, each.value, each.reason) for each in report.baseline.stale]


def problem(report: Report) -> str | None:
    assert report.baseline is not None
    return report.baseline.problem


def text_of(folder: Path) -> str:
    return (folder / FILE).read_text("utf-8")


def edit(folder: Path, old: str, new: str, name: str = FILE) -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")


GONE = "there is no such finding any more"
PRIVATE = ["10.1.2.3", "10.1.2.4", "192.168.0.7"]


# -- written, then checked ---------------------------------------------------------------------


def test_what_is_written_is_accepted_and_stays_apart(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.4, 10.1.2.3"), key("a", "", "withdraw")))
    before = run_check(Request(Question(DAY), Wanted(str(tmp_path))))
    done = make(tmp_path, reason="  rotation\n of Q1 ")
    assert done == Done((f"{FILE} accepts 3 findings until 2027-01-31",))
    prints = {each.value: each.fingerprint for each in before.findings}
    assert text_of(tmp_path).split("\n", 2)[2] == (
        'version: 1\nuntil: 2027-01-31\nreason: "rotation of Q1"\naccepted:\n'
        '  - {account: "main", key: "a", rule: "no-withdraw", value: "withdraw",'
        f' severity: "warning", fingerprint: "{prints["withdraw"]}"}}\n'
        '  - {account: "main", key: "b", rule: "ip-public", value: "10.1.2.3",'
        f' severity: "error", fingerprint: "{prints["10.1.2.3"]}"}}\n'
        '  - {account: "main", key: "b", rule: "ip-public", value: "10.1.2.4",'
        f' severity: "error", fingerprint: "{prints["10.1.2.4"]}"}}\n'
    )
    report = check(tmp_path)
    assert (report.findings, report.exit, report.accepted) == ((), 0, 3)
    assert (stale(report), problem(report)) == ([], None)
    grants = [finding.waiver for finding in report.waived]
    assert [
        grant and (grant.path, grant.line, grant.reason, grant.expires) for grant in grants
    ] == [(FILE, line, "rotation of Q1", UNTIL) for line in (9, 8, 7)]
    assert [each.location for each in report.waived] == [each.location for each in before.findings]


def test_the_file_is_what_its_schema_says(tmp_path: Path) -> None:
    import jsonschema
    import yaml

    desk(tmp_path, manifest(key("b", "10.1.2.4")))
    make(tmp_path, approved_by="security@example.com")
    schema = json.loads(okxlint("schema", "baseline", cwd=tmp_path).stdout)
    loaded = yaml.load(text_of(tmp_path), Loader=yaml.BaseLoader)  # noqa: S506 - no objects in it
    jsonschema.validate(loaded | {"version": 1}, schema)
    with pytest.raises(jsonschema.ValidationError, match="unitl"):
        jsonschema.validate({"version": 1, "reason": "x", "unitl": "2027-01-31"}, schema)


def test_nothing_found_is_an_empty_baseline(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key()))
    make(tmp_path)
    assert text_of(tmp_path).endswith("accepted: []\n")
    assert (check(tmp_path).exit, check(tmp_path).accepted) == (0, 0)


def test_neither_moved_lines_nor_other_files_nor_a_later_day_change_anything(
    tmp_path: Path,
) -> None:
    keys = [key("a", "10.1.2.3, 10.1.2.4"), key("b", "10.1.2.3", "withdraw")]
    desk(tmp_path, manifest(*keys))
    make(tmp_path)
    old = text_of(tmp_path)
    (tmp_path / "okx-keys.yaml").unlink()
    moved = keys[0].replace("10.1.2.3, 10.1.2.4", "10.1.2.4, 18.203.11.7, 10.1.2.3")
    write(
        tmp_path,
        {
            "okx-keys/z.yaml": "# new\n\n" + manifest(key("new"), moved),
            "okx-keys/a.yml": manifest(keys[1]),
        },
    )
    report = check(tmp_path, as_of=DAY + timedelta(30))
    assert (report.findings, report.accepted, stale(report)) == ((), 4, [])
    make(tmp_path, as_of=DAY + timedelta(30))
    assert text_of(tmp_path) == old


ADDRESSES = st.lists(st.sampled_from(PRIVATE), max_size=4)
DESKS = st.dictionaries(st.sampled_from("abc"), ADDRESSES, min_size=1)


def entries(folder: Path) -> list[str]:
    return [line for line in text_of(folder).splitlines() if line.startswith("  - ")]


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_each_finding_is_a_line_and_each_line_a_finding(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("desk")
    addresses = data.draw(DESKS)
    names = data.draw(st.permutations(sorted(addresses)))
    desk(folder, manifest(*(key(name, ", ".join(addresses[name])) for name in names)))
    make(folder)
    first = entries(folder)
    report = check(folder)
    count = sum(map(len, addresses.values()))
    assert (report.findings, report.accepted, stale(report)) == ((), count, [])

    name = data.draw(st.sampled_from(names))
    more = data.draw(st.lists(st.sampled_from(PRIVATE), min_size=1, max_size=2))
    addresses[name] = [*more, *addresses[name]]
    desk(folder, manifest(*(key(each, ", ".join(addresses[each])) for each in names)))
    report = check(folder)
    assert (len(report.findings), report.accepted, stale(report)) == (len(more), count, [])
    make(folder)
    second = entries(folder)
    # Nothing but new lines, each in its place.
    assert [line for line in second if line in first] == first
    assert len(second) == len(first) + len(more)

    gone = addresses[name].pop(0)
    desk(folder, manifest(*(key(each, ", ".join(addresses[each])) for each in names)))
    report = check(folder)
    assert (report.findings, stale(report)) == ((), [("ip-public", gone, GONE)])
    assert make(folder, until=None, prune=True).told[0] == f"1 entry taken out: {GONE}"
    third = entries(folder)
    assert len(third) == len(second) - 1
    assert [line for line in second if line in third] == third
    assert (check(folder).findings, stale(check(folder))) == ((), [])


# -- what an entry accepts ---------------------------------------------------------------------


def test_of_equal_findings_as_many_are_accepted_as_there_are_entries(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3, 10.1.2.3")))
    make(tmp_path)
    assert [re.findall(r":(\d)\"", line) for line in entries(tmp_path)] == [["1"], ["2"]]
    edit(tmp_path, "[10.1.2.3", "[10.1.2.3, 10.1.2.3", "okx-keys.yaml")
    report = check(tmp_path)
    assert (len(report.findings), report.accepted, stale(report)) == (1, 2, [])
    # Which of them are gone makes no difference.
    edit(tmp_path, "[10.1.2.3, 10.1.2.3, 10.1.2.3]", "[10.1.2.3]", "okx-keys.yaml")
    report = check(tmp_path)
    assert (report.accepted, stale(report)) == (1, [("ip-public", "10.1.2.3", GONE)])


AGING = manifest("  - {label: old, account: main, permissions: [trade], created: 2026-09-01}\n")


def test_what_has_become_worse_is_reported_again(tmp_path: Path) -> None:
    # 91 days on 2026-12-01; a warning from 14 days before.
    desk(tmp_path, AGING)
    make(tmp_path)
    assert 'severity: "warning"' in entries(tmp_path)[0]
    before, on = date(2026, 11, 30), date(2026, 12, 1)
    assert (rules(check(tmp_path, before)), check(tmp_path, before).exit) == ([], 0)
    report = check(tmp_path, on)
    assert (rules(report), report.exit) == (["max-age"], 1)
    worse = "accepted as warning, it has become worse"
    assert stale(report) == [("max-age", "2026-09-01", worse)]
    make(tmp_path, as_of=on)
    assert check(tmp_path, on).exit == 0
    # An accepted error may be a warning again.
    report = check(tmp_path, before)
    assert (report.findings, report.accepted, stale(report)) == ((), 1, [])


def test_the_horizon_tells_what_will_be_accepted_no_longer(tmp_path: Path) -> None:
    desk(tmp_path, AGING)
    make(tmp_path)
    days = (date(2026, 12, 1) - DAY).days
    assert check(tmp_path, horizon=days - 1).findings == ()
    (coming,) = check(tmp_path, horizon=days).findings
    assert (coming.severity, coming.fails_on) == (Severity.INFO, date(2026, 12, 1))
    assert coming.message.endswith("; the baseline accepts this up to 2026-11-30")
    assert coming.waiver is None
    # Where the rule is only a warning, it does not become worse, and the last day decides.
    desk(tmp_path, AGING, POLICY.replace("max-age: error", "max-age: warning"))
    days = (UNTIL - DAY).days
    assert check(tmp_path, horizon=days).findings == ()
    (coming,) = check(tmp_path, horizon=days + 1).findings
    assert (coming.severity, coming.fails_on) == (Severity.INFO, UNTIL + timedelta(1))
    override = "overrides: [{match: {key: x}, rules: {no-withdraw: off}}]\n"
    desk(tmp_path, AGING, POLICY.replace("max-age: error", "max-age: warning") + override)
    assert check(tmp_path, horizon=days).findings == ()
    override = "overrides: [{match: {key: old}, rules: {max-age: error}}]\n"
    desk(tmp_path, AGING, POLICY.replace("max-age: error", "max-age: warning") + override)
    assert [each.fails_on for each in check(tmp_path, horizon=days).findings] == [date(2026, 12, 1)]


def many(count: int) -> str:
    return ", ".join(f"18.203.11.{number}" for number in range(count))


COUNTED = "version: 1\nextends: []\nrules: {ip-count: error}\n"


def test_what_has_become_better_is_not_new(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("b", many(24))), COUNTED)
    make(tmp_path)
    for count, found in ((23, []), (21, []), (25, ["ip-count"])):
        desk(tmp_path, manifest(key("b", many(count))), COUNTED)
        assert rules(check(tmp_path)) == found
    # An entry that accepts one thing exactly does not go to another.
    desk(tmp_path, manifest(key("c", many(22))), COUNTED)
    assert rules(check(tmp_path)) == ["ip-count"]
    desk(tmp_path, manifest(key("b", many(22))), COUNTED)
    edit(tmp_path, '"24"', '"many"')
    report = check(tmp_path)
    assert (rules(report), stale(report)) == (["ip-count"], [("ip-count", "many", GONE)])


def test_names_that_may_be_masked_need_the_same_fingerprint(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("'b*'", many(24))), COUNTED)
    make(tmp_path)
    assert check(tmp_path).findings == ()
    desk(tmp_path, manifest(key("'b*'", many(23))), COUNTED)
    assert rules(check(tmp_path)) == ["ip-count"]


def test_of_two_secrets_masked_alike_one_does_not_accept_the_other(tmp_path: Path) -> None:
    secret, other = "0123456789ABCDEF" * 2, "FEDCBA9876543210" * 2
    desk(tmp_path, manifest(key(secret, "10.1.2.3")))
    make(tmp_path)
    assert f'key: "{"*" * 32}"' in text_of(tmp_path)
    assert secret not in text_of(tmp_path)
    assert check(tmp_path).accepted == 1
    desk(tmp_path, manifest(key(other, "10.1.2.3")))
    report = check(tmp_path)
    assert (rules(report), stale(report)) == (["ip-public"], [("ip-public", "10.1.2.3", GONE)])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('key: "b"', 'key: "demo"'),
        ('account: "main"', 'account: "test"'),
        ('value: "10.1.2.3"', 'value: "18.203.11.7"'),
        ('value: "10.1.2.3", ', ""),
        ('rule: "ip-public"', 'rule: "no-withdraw"'),
        (", rule:", ', app: "a", rule:'),
        ('fingerprint: "', 'fingerprint: "0'),
    ],
)
def test_what_is_read_in_a_review_is_what_is_accepted(tmp_path: Path, old: str, new: str) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    make(tmp_path)
    edit(tmp_path, old, new)
    if "fingerprint" in new:
        (tmp_path / FILE).write_text(re.sub(r'"0(\w{31})\w:', r'"0\1:', text_of(tmp_path)))
    report = check(tmp_path)
    assert (rules(report), report.accepted) == (["ip-public"], 0)
    assert [reason for _, _, reason in stale(report)] == [GONE]


def test_an_entry_that_stands_twice_counts_once(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3, 10.1.2.3")))
    make(tmp_path)
    edit(tmp_path, ':2"', ':1"')
    report = check(tmp_path)
    assert (len(report.findings), report.accepted) == (1, 1)
    twice = "an earlier entry has the same fingerprint"
    assert stale(report) == [("ip-public", "10.1.2.3", twice)]
    make(tmp_path, until=None, prune=True)
    assert len(entries(tmp_path)) == 1


def test_waived_findings_are_not_written_and_hygiene_is_not_accepted(tmp_path: Path) -> None:
    waiver = (
        "waivers: [{rule: ip-public, reason: x, approved_by: x, expires: 2026-12-31}, "
        "{rule: no-withdraw, reason: x, approved_by: x, expires: 2026-12-31}]}"
    )
    desk(tmp_path, manifest(key("b", "10.1.2.3").replace("}", f", {waiver}")))
    assert make(tmp_path).told[0] == "1 finding not accepted: 'waiver-unused' is never waived"
    assert entries(tmp_path) == []
    report = check(tmp_path)
    assert (rules(report), len(report.waived), report.accepted) == (["waiver-unused"], 1, 0)


# -- what no baseline accepts ------------------------------------------------------------------

SECRET = manifest(key("b", "10.1.2.3").replace("}", ", metadata: {passphrase: Sample-Phrase-1}}"))
ON = "rules: {no-secrets: error, ip-public: %s}\n"


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (ON % "error" + "waivers: {never: [ip-public]}\n", "'ip-public' is never waived"),
        (ON % "{severity: error, locked: true}", "'ip-public' is locked at okxlint.yaml:3"),
    ],
)
def test_what_is_never_waived_is_neither_written_nor_accepted(
    tmp_path: Path, policy: str, reason: str
) -> None:
    desk(tmp_path, SECRET, "version: 1\nextends: []\n" + ON % "error")
    done = make(tmp_path)
    assert done.told[0] == "1 finding not accepted: 'no-secrets' is never waived"
    assert len(entries(tmp_path)) == 1
    # Somebody lists the other by hand, and the policy is another.
    (secret,) = check(tmp_path).findings
    line = f'  - {{rule: no-secrets, value: {secret.value}, severity: error, fingerprint: "%s"}}\n'
    with (tmp_path / FILE).open("a") as stream:
        stream.write(line % secret.fingerprint)
    desk(tmp_path, SECRET, "version: 1\nextends: []\n" + policy)
    report = check(tmp_path)
    assert sorted(rules(report)) == ["ip-public", "no-secrets"]
    never = ("no-secrets", "credential/1", "'no-secrets' is never waived")
    assert stale(report) == [("ip-public", "10.1.2.3", reason), never]
    assert make(tmp_path, until=None, prune=True).told == (
        f"1 entry taken out: {reason}",
        "1 entry taken out: 'no-secrets' is never waived",
        f"{FILE} accepts 0 findings until 2027-01-31",
    )
    done = make(tmp_path)
    assert sorted(done.told)[:2] == sorted(
        [
            f"1 finding not accepted: {reason}",
            "1 finding not accepted: 'no-secrets' is never waived",
        ]
    )


def test_rules_that_are_not_there_or_judge_a_change_are_told(tmp_path: Path) -> None:
    init(tmp_path / "repo")
    repo = tmp_path / "repo"
    policy = "version: 1\nextends: []\nrules: {permissions-unchanged: error}\n"
    desk(repo, manifest(key("b", "18.203.11.7", "read_only")), policy)
    make(repo)
    commit_all(repo)
    desk(repo, manifest(key("b", "18.203.11.7", "trade")), policy)
    (found,) = check(repo, base="HEAD").findings
    (repo / FILE).write_text(
        text_of(repo).replace(" []", "")
        + f'  - {{rule: permissions-unchanged, account: main, key: b, value: "{found.value}",'
        f' severity: error, fingerprint: "{found.fingerprint}"}}\n'
        + f'  - {{rule: ip-pubic, severity: error, fingerprint: "{"a" * 32}:1"}}\n'
    )
    report = check(repo, base="HEAD")
    assert rules(report) == ["permissions-unchanged"]
    assert [reason for *_, reason in stale(report)] == [
        "'permissions-unchanged' is about a change, and no debt",
        "there is no rule 'ip-pubic'; did you mean 'ip-public'?",
    ]


# -- the last day, and who approves ------------------------------------------------------------


def test_the_last_day_is_enforced(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3", "withdraw")).replace("2026-11-01", "2027-01-20"))
    make(tmp_path)
    assert check(tmp_path, UNTIL).exit == 0
    report = check(tmp_path, UNTIL + timedelta(1))
    assert (report.exit, report.accepted, stale(report)) == (1, 0, [])
    assert problem(report) == "it ended on 2027-01-31"
    assert sorted(rules(report)) == ["ip-public", "no-withdraw"]


@pytest.mark.parametrize(
    ("until", "refused"),
    [
        (DAY, None),
        (DAY - timedelta(1), "it ended on 2026-11-21"),
        (DAY + timedelta(180), None),
        (DAY + timedelta(181), "it lasts 181 days, and the policy allows 180"),
    ],
)
def test_the_last_day_is_neither_past_nor_too_far(
    tmp_path: Path, until: date, refused: str | None
) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    if refused is None:
        make(tmp_path, until)
        assert check(tmp_path).exit == 0
        return
    with pytest.raises(OkxlintError, match=refused) as error:
        make(tmp_path, until)
    assert error.value.hint == "The last day can be 2026-11-22 to 2027-05-21."
    assert not (tmp_path / FILE).exists()


def test_a_file_that_was_stretched_by_hand_accepts_nothing(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    make(tmp_path)
    edit(tmp_path, "2027-01-31", "2027-05-21")
    assert check(tmp_path).exit == 0
    edit(tmp_path, "2027-05-21", "2027-05-22")
    report = check(tmp_path)
    assert (report.exit, problem(report)) == (1, "it lasts 181 days, and the policy allows 180")
    edit(tmp_path, "2027-05-22", "2027-01-31")
    edit(tmp_path, "reason: ", 'reason: " " # ')
    assert problem(check(tmp_path)) == "it says no reason"


APPROVERS = 'waivers: {approvers: ["*@example.com"]}\n'


@pytest.mark.parametrize(
    ("terms", "by", "refused"),
    [
        ("", "", None),
        ("waivers: {require: [reason, expires]}\n", "", None),
        ("waivers: {require: [approved_by]}\n", "", "it says no approved_by"),
        ("waivers: {require: [approved_by]}\n", "anyone", None),
        (APPROVERS, " ", "it says no approved_by"),
        (APPROVERS, "me@example.org", "the one who approved it is no approver by the policy"),
        (APPROVERS, "me@example.com", None),
        ("waivers: {approvers: []}\n", "me@example.com", "is no approver"),
    ],
)
def test_who_approves_is_asked_for_where_the_policy_says_so(
    tmp_path: Path, terms: str, by: str, refused: str | None
) -> None:
    text = manifest(key("b", "10.1.2.3"))
    desk(tmp_path, text)
    make(tmp_path, approved_by=by)
    desk(tmp_path, text, POLICY + terms)
    if refused is None:
        make(tmp_path, approved_by=by)
        report = check(tmp_path)
        assert report.exit == 0
        (accepted,) = report.waived
        assert accepted.waiver is not None
        assert accepted.waiver.approved_by == (by or None)
        return
    with pytest.raises(OkxlintError, match=refused) as error:
        make(tmp_path, approved_by=by)
    assert error.value.hint.endswith("; --approved-by says who approves it.")
    report = check(tmp_path)
    assert (report.exit, report.accepted) == (1, 0)
    assert refused in str(problem(report))


def test_the_day_on_which_it_was_set_is_kept_where_the_policy_asks(tmp_path: Path) -> None:
    text, asks = manifest(key("b", "10.1.2.3")), "waivers: {require: [granted], max_days: 90}\n"
    desk(tmp_path, text)
    make(tmp_path)
    desk(tmp_path, text, POLICY + asks)
    assert problem(check(tmp_path)) == "it says no granted"
    make(tmp_path, DAY + timedelta(90))
    assert "granted: 2026-11-22\n" in text_of(tmp_path)
    assert check(tmp_path).exit == 0
    # Moving the last day alone does not do.
    edit(tmp_path, "until: 2027-02-20", "until: 2027-02-21")
    later = DAY + timedelta(30)
    assert problem(check(tmp_path, later)) == "it lasts 91 days, and the policy allows 90"
    edit(tmp_path, "granted: 2026-11-22", "granted: 2026-12-23")
    assert problem(check(tmp_path, later)) == "it is granted only from 2026-12-23"
    assert check(tmp_path, later + timedelta(1)).exit == 0


# -- what is looked at -------------------------------------------------------------------------


def test_only_what_was_looked_at_is_stale(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3", "withdraw")))
    make(tmp_path)
    desk(tmp_path, manifest(key("b", "", "trade")))
    gone = [("ip-public", "10.1.2.3", GONE), ("no-withdraw", "withdraw", GONE)]
    assert stale(check(tmp_path)) == gone
    assert stale(check(tmp_path, select=frozenset({"ip-public"}))) == gone[:1]
    assert stale(check(tmp_path, ignore=frozenset({"ip-public"}))) == gone[1:]
    # A rule that is off finds nothing any more.
    desk(tmp_path, manifest(key("b", "10.1.2.3", "trade")), POLICY.replace("c: error", "c: off"))
    assert stale(check(tmp_path)) == gone
    (tmp_path / "okx-keys").mkdir()
    (tmp_path / "okx-keys/link.yaml").symlink_to("nowhere")
    report = check(tmp_path)
    assert (report.exit, stale(report)) == (3, [])
    old = text_of(tmp_path)
    for more in ({"until": None, "prune": True}, {"until": UNTIL}):
        done = make(tmp_path, **more)
        assert done.exit == 3
        assert done.told[0].startswith("unknown[unreadable] okx-keys/link.yaml")
        assert done.told[-1] == "nothing was written: not everything was looked at"
    assert text_of(tmp_path) == old


def test_paths_choose_what_is_written_and_told_but_not_what_is_stale(tmp_path: Path) -> None:
    a, b = manifest(key("a", "10.1.2.3")), manifest(key("b", "10.1.2.4"))
    write(tmp_path, {"okxlint.yaml": POLICY, "okx-keys/a.yaml": a, "okx-keys/b.yaml": b})
    make(tmp_path, paths=("okx-keys/a.yaml",))
    assert len(entries(tmp_path)) == 1
    assert [each.key for each in check(tmp_path).findings] == ["b"]
    make(tmp_path)
    report = check(tmp_path, paths=("okx-keys/b.yaml",))
    assert (report.accepted, len(report.waived), stale(report)) == (1, 1, [])
    make(tmp_path, until=None, prune=True, paths=("okx-keys/b.yaml",))
    assert len(entries(tmp_path)) == 2


# -- other commits -----------------------------------------------------------------------------


@pytest.fixture(name="repo")
def repo_fixture(tmp_path: Path) -> Path:
    """A repository whose first commit has a finding and a baseline for it."""
    repo = init(tmp_path / "repo")
    desk(repo, manifest(key("a", "10.1.2.3")))
    make(repo)
    commit_all(repo)
    return repo


def test_a_change_cannot_accept_its_own_findings(repo: Path) -> None:
    desk(repo, manifest(key("a", "10.1.2.3"), key("b", "10.1.2.4")))
    make(repo)
    commit_all(repo)
    assert check(repo).exit == 0
    report = check(repo, policy_ref="HEAD~1")
    assert ([each.key for each in report.findings], report.accepted) == (["b"], 1)
    (accepted,) = report.waived
    assert accepted.waiver is not None
    assert (accepted.waiver.path, accepted.waiver.line) == (FILE, 7)
    assert check(repo, policy_ref="HEAD").exit == 0
    # It can leave the file out, which accepts nothing.
    (repo / FILE).unlink()
    assert check(repo, policy_ref="HEAD").exit == 0
    with pytest.raises(OkxlintError, match=f"there is no baseline '{FILE}'"):
        check(repo)


def test_a_commit_without_the_baseline_accepts_nothing(repo: Path) -> None:
    run(repo, "rm", "-q", "--cached", FILE)
    sha = commit_all_but(repo, FILE)
    report = check(repo, policy_ref="HEAD")
    assert (rules(report), report.accepted) == (["ip-public"], 0)
    assert problem(report) == f"the commit {sha[:12]}, whose policy rules, does not have it"
    document = json.loads(shown("json", report))
    assert document["baseline"] == {
        "path": FILE,
        "until": None,
        "problem": problem(report),
        "accepted": 0,
        "stale": [],
    }
    (repo / FILE).unlink()
    assert problem(check(repo, policy_ref="HEAD")) == problem(report)


def commit_all_but(repo: Path, name: str) -> str:
    (repo / ".git/info/exclude").write_text(f"{name}\n")
    return commit_all(repo)


def test_the_baseline_must_be_right_here_and_there(repo: Path, tmp_path: Path) -> None:
    edit(repo, "until", "unitl")
    with pytest.raises(OkxlintError, match="did you mean 'until'"):
        check(repo, policy_ref="HEAD")
    commit_all(repo)
    (repo / FILE).unlink()
    with pytest.raises(OkxlintError, match=r"(?s)at the commit \w{12}:\n.*did you mean 'until'"):
        check(repo, policy_ref="HEAD")
    outside = str(tmp_path / "none.yaml")
    request = Request(Question(DAY), Wanted(str(repo)), policy_ref="HEAD", baseline=outside)
    with pytest.raises(OkxlintError, match="outside the repository"):
        run_check(request)


def test_new_only_leaves_out_what_is_old_and_accepts_what_is_listed(repo: Path) -> None:
    desk(repo, manifest(key("a", "10.1.2.3"), key("b", "10.1.2.4")))
    make(repo)
    report = check(repo, base="HEAD")
    assert [(each.key, each.new) for each in report.waived] == [("a", False), ("b", True)]
    edit(repo, "2027-01-31", "2026-11-21")
    report = check(repo, base="HEAD", new_only=True)
    assert ([each.key for each in report.findings], report.old) == (["b"], 1)
    assert problem(report) == "it ended on 2026-11-21"


# -- the file ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: a baseline is one document: a mapping that begins with 'version: 1'"),
        ("- 1\n", "1:1: a baseline is one document"),
        ("a: 1\n---\nb: 1\n", "1:1: a baseline is one document"),
        ("version: 1\nuntil: [\n", "2:8: a value is missing here"),
        ("until: 2027-01-31\nreason: x\n", "1:1: 'version' is missing"),
        ("version: 2\nuntil: 2027-01-31\nreason: x\n", "1:10: 'version' is '1'"),
        ("version: 1\nreason: x\n", "1:1: 'until' is missing"),
        ("version: 1\nuntil: 2027-01-31\nreason: ~\n", "1:1: 'reason' is missing"),
        ("version: 1\nuntil: 2027-01-31\nreason: ''\n", "3:9: 'reason': this is empty"),
        ("version: 1\nuntil: 2027-02-30\nreason: x\n", "2:8: 'until': there is no such day"),
        ("version: 1\nuntil: soon\nreason: x\n", "2:8: 'until': a date is written YYYY-MM-DD"),
        (
            "{version: 1, until: 2027-01-31, reason: x, accepted: 1}",
            "1:54: 'accepted': this is a list",
        ),
        ("{version: 1, until: 2027-01-31, reason: x, accpted: []}", "1:44: 'accpted' is no field"),
        (
            "{version: 1, until: 2027-01-31, reason: x, accepted: [{rule: x, severity: error}]}",
            "1:56: 'fingerprint' is missing",
        ),
    ],
)
def test_what_is_no_baseline_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(OkxlintError) as error:
        read_baseline("b.yaml", text.encode())
    assert error.value.message.startswith(f"b.yaml:{said}")
    assert error.value.hint == "A baseline must be right as a whole."


ENTRY = 'rule: x, severity: error, fingerprint: "' + "a" * 32 + ':1"'


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (ENTRY.replace(":1", ":0"), "a fingerprint is 32 lower-case hex digits"),
        (ENTRY.replace("aa", "aA"), "a fingerprint is 32 lower-case hex digits"),
        (ENTRY.replace(":1", ""), "a fingerprint is 32 lower-case hex digits"),
        (ENTRY.replace("error", "eror"), "did you mean 'error'?"),
        (ENTRY + ", vale: x", "'vale' is no field here; did you mean 'value'?"),
        (ENTRY + ", key: [a]", "'key': this is text"),
    ],
)
def test_a_wrong_entry_is_told_with_its_place(entry: str, said: str) -> None:
    text = f"version: 1\nuntil: 2027-01-31\nreason: x\naccepted:\n  - {{{entry}}}\n"
    with pytest.raises(OkxlintError, match=r"^b\.yaml:5:") as error:
        read_baseline("b.yaml", text.encode())
    assert said in error.value.message


def test_nulls_are_as_if_absent() -> None:
    text = (
        f"version: 1\nuntil: 2027-01-31\nreason: x\ngranted:\naccepted: [~, {{{ENTRY}, key: }}]\n"
    )
    read = read_baseline("b.yaml", text.encode()).text
    assert (read.granted, len(read.accepted), read.accepted[0].key) == (None, 1, None)
    assert read.accepted[0].location[:3] == ("b.yaml", 5, 16)
    assert (
        read_baseline("b.yaml", b"{version: 1, until: 2027-01-31, reason: x}").text.accepted == ()
    )


TEXTS = st.text(max_size=20).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text))


@given(name=st.none() | TEXTS, value=TEXTS, reason=TEXTS.filter(bool))
def test_any_text_is_read_as_it_was_written(name: str | None, value: str, reason: str) -> None:
    entry = Entry(key=name, rule="x", value=value, severity="info", fingerprint="a" * 32 + ":1")
    text = BaselineText(version="1", until=UNTIL, reason=reason, accepted=(entry,))
    made = written(text)
    assert all(character.isprintable() or character == "\n" for character in made)
    assert len(made.splitlines()) == 7
    read = read_baseline("b.yaml", made.encode()).text
    (back,) = read.accepted
    assert (back.key, back.value, read.reason) == (name, value, reason)


def test_entries_are_sorted_by_what_people_look_for() -> None:
    made = [
        Entry(rule="b", severity="error", fingerprint="b" * 32 + ":1"),
        Entry(account="a", rule="a", severity="error", fingerprint="c" * 32 + ":10"),
        Entry(account="a", rule="a", severity="error", fingerprint="c" * 32 + ":9"),
        Entry(account="a", key="k", rule="a", severity="error", fingerprint="a" * 32 + ":1"),
        Entry(app="x", rule="a", severity="error", fingerprint="d" * 32 + ":1"),
    ]
    text = written(BaselineText(version="1", until=UNTIL, reason="x", accepted=tuple(made)))
    order = re.findall(r'fingerprint: "(\w)\w*:(\d+)"', text)
    assert order == [("b", "1"), ("d", "1"), ("c", "9"), ("c", "10"), ("a", "1")]


# -- writing -----------------------------------------------------------------------------------


def test_the_reason_stays_unless_another_is_given(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    assert make(tmp_path).told[-1] == f"its reason is '{REASON}'; --reason TEXT gives a better one"
    make(tmp_path, reason="SEC-123", approved_by="security@example.com")
    make(tmp_path, until=None, prune=True)
    assert 'reason: "SEC-123"\napproved_by: "security@example.com"\n' in text_of(tmp_path)
    # Who approved the old one has not approved what is written anew.
    make(tmp_path, DAY)
    assert f'until: {DAY}\nreason: "SEC-123"\naccepted:' in text_of(tmp_path)
    make(tmp_path, until=UNTIL, prune=True, reason="SEC-124")
    assert f'until: {UNTIL}\nreason: "SEC-124"\naccepted:' in text_of(tmp_path)
    with pytest.raises(OkxlintError, match="needs a last day"):
        make(tmp_path, until=None)


def test_an_old_baseline_can_be_pruned_and_nothing_stale_is_nothing_to_do(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3, 10.1.2.4")))
    make(tmp_path)
    with (tmp_path / FILE).open("a") as stream:
        stream.write("# mine\n")
    late = date(2027, 2, 10)
    desk(tmp_path, manifest(key("b", "10.1.2.3, 10.1.2.4")).replace("2026-11", "2027-02"))
    assert make(tmp_path, None, late, prune=True).told == (
        f"{FILE} accepts 2 findings until 2027-01-31",
    )
    assert text_of(tmp_path).endswith("# mine\n")
    desk(tmp_path, manifest(key("b", "10.1.2.4")).replace("2026-11", "2027-02"))
    make(tmp_path, None, late, prune=True)
    assert len(entries(tmp_path)) == 1
    assert "until: 2027-01-31" in text_of(tmp_path)


@pytest.mark.parametrize("prune", [False, True])
@pytest.mark.parametrize("text", ["", manifest(key()), "version: 1\n<<<<<<< ours\n"])
def test_what_is_no_baseline_is_never_overwritten(tmp_path: Path, text: str, prune: bool) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    (tmp_path / FILE).write_text(text)
    with pytest.raises(OkxlintError, match=f"^'{FILE}' is not overwritten:\n{FILE}:"):
        make(tmp_path, prune=prune)
    assert text_of(tmp_path) == text


def test_nor_is_a_folder_or_a_link(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    make(tmp_path)
    (tmp_path / FILE).rename(tmp_path / "other.yaml")
    (tmp_path / FILE).symlink_to("other.yaml")
    for act in (make, check):
        with pytest.raises(OkxlintError, match="is a symbolic link, which okxlint does not follow"):
            act(tmp_path)
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    with pytest.raises(OkxlintError, match="is no regular file"):
        make(tmp_path)
    order = Order("x.yaml", DAY, Wanted(str(tmp_path)), prune=True)
    with pytest.raises(OkxlintError, match=r"there is no baseline 'x\.yaml'"):
        write_baseline(order)


def test_a_file_is_written_as_a_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    make(tmp_path)
    (tmp_path / FILE).chmod(0o640)
    make(tmp_path, DAY)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o640
    old = text_of(tmp_path)

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OkxlintError, match=f"cannot write {FILE}: No space left on device"):
        make(tmp_path)
    assert text_of(tmp_path) == old
    assert sorted(os.listdir(tmp_path)) == ["okx-keys.yaml", FILE, "okxlint.yaml"]


# -- reports -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_tells_what_is_accepted_if_asked(tmp_path: Path, form: str) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    make(tmp_path, reason="SEC-123")
    report = check(tmp_path)
    told = shown(form, report, show_waived=True)
    assert ("SEC-123" in told) is (form != "concise")
    assert "10.1.2.3" in told
    if form in ("text", "concise", "github", "markdown"):
        assert "1 finding accepted by the baseline until 2027-01-31." in told.replace("`", "")
    if form != "json":
        assert "10.1.2.3" not in shown(form, report)


def test_json_has_a_baseline_only_if_there_is_one(tmp_path: Path) -> None:
    import jsonschema

    schema = json.loads(okxlint("schema", "report", cwd=tmp_path).stdout)
    desk(tmp_path, manifest(key("b", "10.1.2.3, 10.1.2.4")))
    make(tmp_path)
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    document = json.loads(shown("json", check(tmp_path)))
    jsonschema.validate(document, schema)
    (left,) = document["baseline"].pop("stale")
    assert document["baseline"] == {
        "path": FILE,
        "until": "2027-01-31",
        "problem": None,
        "accepted": 1,
    }
    assert re.fullmatch("[0-9a-f]{32}:1", left.pop("fingerprint"))
    assert left == {
        "rule": "ip-public",
        "account": "main",
        "key": "b",
        "app": None,
        "value": "10.1.2.4",
        "line": 8,
        "reason": GONE,
    }
    without = run_check(Request(Question(DAY), Wanted(str(tmp_path))))
    assert without.accepted == 0
    assert "baseline" not in json.loads(shown("json", without))


@pytest.mark.parametrize("form", ["text", "concise", "github", "markdown"])
def test_what_is_wrong_with_a_baseline_is_told(tmp_path: Path, form: str) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    make(tmp_path)
    for number in range(7):
        with (tmp_path / FILE).open("a") as stream:
            for copy in (1, 2):
                line = ENTRY.replace("rule: x", f"rule: <x>-{number}").replace(
                    "a" * 32, f"{number}{copy}" * 16
                )
                stream.write(f"  - {{{line}}}\n")
    edit(tmp_path, "2027-01-31", "2026-11-21")
    told = " ".join(shown(form, check(tmp_path), quiet=True, width=400).replace("`", "").split())
    assert f"{FILE} does not hold: it ended on 2026-11-21" in told
    assert f"stale: {FILE}:8 and 1 more: there is no rule '<x>-0'" in told
    assert f"stale: {FILE}:16 and 1 more: there is no rule '<x>-4'" in told
    assert "<x>-5" not in told
    assert "'okxlint baseline --prune -o FILE' takes out 14 stale entries" in told


def test_nothing_of_a_baseline_is_obeyed_or_told_as_a_secret(tmp_path: Path) -> None:
    secret = "0123456789ABCDEF" * 2
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    make(tmp_path)
    edit(tmp_path, f'"{REASON}"', f'"##[x] password: Sample-Word-1 {secret}"')
    edit(tmp_path, 'key: "b"', r'key: "Sample-Word-1 \x1b[31m"')
    report = check(tmp_path)
    edit(tmp_path, r'"Sample-Word-1 \x1b[31m"', '"b"')
    for each in (report, check(tmp_path)):
        for form in FORMATS:
            told = shown(form, each, show_waived=True)
            assert "Sample-Word-1" not in told
            assert secret not in told
            assert "##[x]" not in told
            assert "\x1b" not in told


# -- the command line --------------------------------------------------------------------------


def test_the_command_writes_checks_and_prunes(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    day = ("--as-of", "2026-11-22")
    done = okxlint(
        "baseline", *day, "--until", "2027-01-31", "-o", FILE, "--reason", "SEC-123",
        "--approved-by", "security@example.com", "--policy", "okxlint.yaml", cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"okxlint: {FILE} accepts 1 finding until 2027-01-31\n"
    assert okxlint("check", *day, cwd=tmp_path).returncode == 1
    done = okxlint("check", *day, "--baseline", FILE, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("no findings: ")
    done = okxlint("baseline", *day, "--prune", "-o", FILE, cwd=tmp_path)
    assert done.returncode == 0
    (tmp_path / "okx-keys.yaml").unlink()
    done = okxlint("baseline", *day, "--prune", "-o", FILE, cwd=tmp_path)
    assert (done.returncode, len(entries(tmp_path))) == (3, 1)
    assert "okxlint: nothing was written: not everything was looked at" in done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["baseline", "-o", FILE], "--until says the last day"),
        (["baseline", "--until", "2027-01-31"], "Missing option '-o'"),
        (["baseline", "--until", "soon", "-o", FILE], "write YYYY-MM-DD"),
        (["baseline", "--until", "2027-01-31", "-o", FILE, "-"], "standard input"),
        (["baseline", "--until", "2027-01-31", "-o", "no/such/x", *("--as-of", str(DAY))], "write"),
        (["check", "--baseline", FILE], "'okxlint baseline --until DATE -o FILE' writes one."),
        (["check", "--baseline", ""], "is no regular file"),
    ],
)
def test_wrong_usage_is_2(tmp_path: Path, args: list[str], said: str) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    done = okxlint(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr


def test_the_help_has_examples(tmp_path: Path) -> None:
    done = okxlint("baseline", "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Examples:\n    okxlint baseline --until" in done.stdout


def test_a_run_without_a_baseline_imports_nothing_of_it(tmp_path: Path) -> None:
    desk(tmp_path, manifest(key("b", "10.1.2.3")))
    make(tmp_path)
    code = (
        "import sys\nfrom okxlint.cli import main\n"
        "try:\n main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    ours = {"okxlint.baseline", "okxlint.baseline.file", "okxlint.baseline.acceptance"}
    for more, loaded in (([], set()), (["--baseline", FILE], ours)):
        command = [sys.executable, "-I", "-c", code, "check", "--as-of", str(DAY), *more]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert ours & set(done.stderr.split()) == loaded

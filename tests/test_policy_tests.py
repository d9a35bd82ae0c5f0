"""Policy tests: which files are tests, how each is judged, and what is told of it."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.errors import OkxlintError
from okxlint.paths import A_LINK
from okxlint.policy_test_run import Defaults, Results, run_tests
from okxlint.policy_tests import Outcome, Row
from okxlint.record import changed
from okxlint.report.outcomes import write_junit, write_text
from okxlint.rule import Rule, load_rule
from tests.conftest import DAY
from tests.sample_report import EVIL, assert_golden, assert_harmless
from tests.test_cli import okxlint, write
from tests.test_cli_edges import FULL
from tests.test_report_junit import schema
from tests.test_startup import imported

SET = "# as-of: 2026-11-22\n# policy: essentials\n"
KEY = """version: 1
keys:
  - label: reports-2026q4
    account: main
    permissions: [read_only]
    ip_allowlist: [203.0.113.7]
    created: 2026-10-01
"""
PAYS = KEY.replace("[read_only]", "[read_only, withdraw]")
UNJUDGED = "least-privilege:warning needs"
EXPECTED = PAYS.replace("q4\n", f"q4  # expect: {UNJUDGED}\n").replace(
    "draw]\n", "draw]  # expect: no-withdraw:error withdraw\n"
)


def run(folder: Path, *paths: str, cwd: str = "", **defaults: Any) -> Results:
    return run_tests(paths, str(folder / cwd), Defaults(**{"as_of": DAY, **defaults}))


def outcome_of(folder: Path, text: str | bytes, **defaults: Any) -> Outcome:
    """What comes of a test of this text, named and alone."""
    write(folder, {"t.yaml": text})
    (outcome,) = run(folder, "t.yaml", **defaults).outcomes
    return outcome


def paths_of(results: Results) -> list[str]:
    return [outcome.path for outcome in results.outcomes]


def told(outcome: Outcome) -> list[str]:
    """What was not as expected, without the reasons."""
    return [f"{row.line} {row.sign} {row.said}" for row in outcome.rows]


# -- which files are tests ---------------------------------------------------------------------


def test_a_folders_tests_are_the_manifests_that_say_something(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "t/a/expects.yaml": PAYS + "# expect: no-withdraw\n",
            "t/a/headed.yml": SET + KEY,
            "t/plain.yaml": KEY,
            "t/nearly.yaml": "# asof: 2026-11-22\n" + KEY,
            "t/wrong.yaml": KEY + "# expect: Wrong\n",
            "t/not-a-manifest.yaml": "# policy: strict\non: push\n",
            "t/a-list.yaml": "# policy: strict\n- keys\n",
            "t/empty.yaml": "# policy: strict\n",
            "t/broken.yaml": "# policy: strict\nkeys: [\n",
            "t/quoted.yaml": "version: 1\nkeys: []\nx-note: '# expect: no-withdraw'\n",
            "t/note.txt": SET + KEY,
            "t/.git/x.yaml": SET + KEY,
        },
    )
    results = run(tmp_path, "t")
    assert paths_of(results) == [
        "t/a/expects.yaml", "t/a/headed.yml", "t/broken.yaml", "t/nearly.yaml", "t/wrong.yaml"
    ]  # fmt: skip
    assert results.without == ()


def test_a_named_file_is_one_in_any_case(tmp_path: Path) -> None:
    write(tmp_path, {"plain.yaml": KEY, "notes.txt": KEY, "pays.yaml": PAYS})
    results = run(tmp_path, "plain.yaml", "notes.txt", "pays.yaml", policy="essentials")
    assert [outcome.passed for outcome in results.outcomes] == [True, False, True]
    assert paths_of(results) == ["notes.txt", "pays.yaml", "plain.yaml"]
    assert results.exit == 1


@pytest.mark.parametrize("text", ["", "# as-of: 2026-11-22\n", "---\n# expect: no-withdraw\n"])
def test_a_named_file_without_a_manifest_is_no_pass(tmp_path: Path, text: str) -> None:
    outcome = outcome_of(tmp_path, text)
    assert outcome.problems == ("this file holds no manifest, so nothing was judged",)


def test_the_order_is_that_of_paths_whatever_is_named(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(("b/1.yaml", "a/2.yaml", "a/1.yaml", "c.yaml"), SET + KEY))
    everything = run(tmp_path)
    assert paths_of(everything) == ["a/1.yaml", "a/2.yaml", "b/1.yaml", "c.yaml"]
    for named in (["c.yaml", "b", "a"], ["b", "a", "c.yaml", "b/1.yaml", "./b/../c.yaml", "a"]):
        assert run(tmp_path, *named) == everything


def test_a_file_is_named_even_if_its_folder_is_too(tmp_path: Path) -> None:
    write(tmp_path, {"t/plain.yaml": KEY, "t/test.yaml": SET + KEY})
    for named in (["t", "t/plain.yaml"], ["t/plain.yaml", "t"]):
        assert paths_of(run(tmp_path, *named, policy="essentials")) == [
            "t/plain.yaml", "t/test.yaml"
        ]  # fmt: skip


def test_what_git_ignores_is_no_test_unless_it_is_named(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    write(tmp_path, {".gitignore": "b.yaml\n", "a.yaml": SET + KEY, "b.yaml": SET + KEY})
    assert paths_of(run(tmp_path)) == ["a.yaml"]
    assert paths_of(run(tmp_path, "b.yaml")) == ["b.yaml"]


def test_a_path_without_a_test_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"a/test.yaml": SET + KEY, "b/plain.yaml": KEY, "c/x.txt": ""})
    results = run(tmp_path, "a", "b", "c", "a/test.yaml")
    assert results.without == ("b", "c")
    assert results.exit == 3
    assert run(tmp_path, "a").exit == 0
    assert run(tmp_path).without == ()
    assert run(tmp_path, cwd="b").without == (".",)


def test_a_test_that_fails_comes_before_a_path_without_one(tmp_path: Path) -> None:
    write(tmp_path, {"a/test.yaml": SET + PAYS, "b/x.txt": ""})
    assert run(tmp_path, "a", "b").exit == 1


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(OkxlintError, match="there is no file or folder 'nowhere'"):
        run(tmp_path, "nowhere")


def test_what_cannot_be_read_is_no_pass(tmp_path: Path) -> None:
    write(tmp_path, {"t/test.yaml": SET + KEY})
    os.mkfifo(tmp_path / "t/pipe.yaml")
    results = run(tmp_path, "t")
    assert [outcome.problems for outcome in results.outcomes] == [("is no regular file",), ()]
    assert results.exit == 1


def test_a_folder_that_cannot_be_listed_is_no_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"t/test.yaml": SET + KEY, "t/closed/test.yaml": SET + KEY})
    scandir = os.scandir

    def guarded(path: str) -> Any:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    results = run(tmp_path, "t", "t/closed")
    assert paths_of(results) == ["t/closed", "t/test.yaml"]
    assert results.outcomes[0].problems == ("cannot be listed: Permission denied",)
    assert results.exit == 1


def test_links_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"t/test.yaml": SET + KEY, "elsewhere/more.yaml": SET + KEY})
    (tmp_path / "t/link.yaml").symlink_to(tmp_path / "elsewhere/more.yaml")
    (tmp_path / "t/folder").symlink_to(tmp_path / "elsewhere")
    assert paths_of(run(tmp_path, "t")) == ["t/test.yaml"]
    for named in ("t/link.yaml", "t/folder"):
        (outcome,) = run(tmp_path, named).outcomes
        assert (outcome.path, outcome.problems) == (named, (A_LINK,))
    # A folder on the way is no matter, nor is it another file then.
    assert paths_of(run(tmp_path, "t/folder/more.yaml", "elsewhere")) == ["elsewhere/more.yaml"]


# -- how each is judged ------------------------------------------------------------------------


def test_each_is_judged_alone(tmp_path: Path) -> None:
    """Two tests declare the same key; the inventory that the policy names plays no part."""
    policy = "version: 1\nextends: recommended\nrules: {documented: off, secret-store: off}\n"
    write(
        tmp_path,
        {
            "okxlint.yaml": policy,
            "okx-keys.yaml": KEY.replace("reports", "test"),
            "t/a.yaml": "# as-of: 2026-11-22\n" + KEY,
            "t/b.yaml": "# as-of: 2026-11-22\n" + KEY,
        },
    )
    results = run(tmp_path, "t")
    assert [told(outcome) for outcome in results.outcomes] == [[], []]
    assert {outcome.policy for outcome in results.outcomes} == {"okxlint.yaml"}


def test_the_policy_is_its_own_else_the_one_asked_for_else_the_one_found(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".git/HEAD": "",
            "okxlint.yaml": "version: 1\nextends: essentials\n",
            "t/deep/test.yaml": "# as-of: 2026-11-22\n" + KEY,
            "t/own/okxlint.yaml": "version: 1\nextends: strict\n",
            "t/own/test.yaml": "# as-of: 2026-11-22\n# expect: a\n" + KEY,
            "t/own/named.yaml": "# as-of: 2026-11-22\n# policy: ../policy.yaml\n" + KEY,
            "t/own/pack.yaml": SET + KEY,
            "t/policy.yaml": "version: 1\nextends: []\n",
        },
    )
    write(tmp_path, {"t/own/test.yaml": "# as-of: 2026-11-22\n" + KEY})

    def policies(**defaults: Any) -> dict[str, str]:
        return {outcome.path: outcome.policy for outcome in run(tmp_path, "t", **defaults).outcomes}

    found = {
        "t/deep/test.yaml": "okxlint.yaml",
        "t/own/test.yaml": "t/own/okxlint.yaml",
        "t/own/named.yaml": "t/policy.yaml",
        "t/own/pack.yaml": "essentials",
    }
    assert policies() == found
    asked = {"t/deep/test.yaml": "t/policy.yaml", "t/own/test.yaml": "t/policy.yaml"}
    assert policies(policy="t/policy.yaml") == found | asked


def test_without_any_policy_it_is_the_pack_recommended(tmp_path: Path) -> None:
    assert outcome_of(tmp_path, KEY).policy == "recommended"


def test_a_test_outside_of_the_repository_is_judged_where_it_stands(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "okxlint.yaml": "version: 1\nextends: []\n",
            "here/.git/HEAD": "",
            "here/okxlint.yaml": "version: 1\nextends: strict\n",
            "there/test.yaml": "# as-of: 2026-11-22\n" + KEY,
            "there/named.yaml": "# policy: policy.yaml\n" + KEY,
            "there/far.yaml": "# policy: ../okxlint.yaml\n" + KEY,
            "there/policy.yaml": "version: 1\nextends: []\n",
        },
    )
    (outcome,) = run(tmp_path, "../there/test.yaml", cwd="here").outcomes
    # Not the policy of the folder around it: without git that may be anybody's.
    assert outcome.policy == "recommended"
    assert outcome.path == f"{tmp_path}/there/test.yaml"
    (outcome,) = run(tmp_path, "../there/named.yaml", cwd="here").outcomes
    assert outcome.policy == "policy.yaml"
    with pytest.raises(OkxlintError, match="is outside of the repository"):
        run(tmp_path, "../there/far.yaml", cwd="here")


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("strickt", "there is no policy file or pack 'strickt'; did you mean 'strict'?"),
        ("nowhere.yaml", "there is no policy file or pack 'nowhere.yaml'"),
        ("okxlint-nowhere:desk", "okxlint-nowhere"),
        ("bad.yaml", "t/bad.yaml:2:9: there is no rule 'max-aeg'; did you mean 'max-age'?"),
        ("../../okxlint.yaml", "'../../okxlint.yaml' is outside of the repository"),
        ("x:/../../../okxlint.yaml", "'x:/../../../okxlint.yaml' is outside of the repository"),
        ("link.yaml", "'link.yaml' is outside of the repository"),
        ("/okxlint.yaml", "'/okxlint.yaml' is no path relative to the test"),
        (".", "is no regular file"),
    ],
)
def test_a_wrong_policy_is_told_with_the_test_that_asks_for_it(
    tmp_path: Path, policy: str, said: str
) -> None:
    write(
        tmp_path,
        {
            "okxlint.yaml": "version: 1\n",
            "r/.git/HEAD": "",
            "r/t/test.yaml": f"# as-of: 2026-11-22\n# policy: {policy}\n{KEY}",
            "r/t/bad.yaml": "version: 1\nrules: {max-aeg: off}\n",
        },
    )
    (tmp_path / "r/t/link.yaml").symlink_to(tmp_path / "okxlint.yaml")
    with pytest.raises(OkxlintError) as caught:
        run(tmp_path, cwd="r")
    first, second = caught.value.message.split("\n")
    assert first == "t/test.yaml:2: this test's '# policy:' cannot be used"
    assert said in second
    assert caught.value.exit_code == 2


def test_a_policy_with_a_control_character_is_no_path(tmp_path: Path) -> None:
    with pytest.raises(OkxlintError, match="is no path relative to the test"):
        outcome_of(tmp_path, "# policy: a\0b.yaml\n" + KEY)


def test_wrong_rules_are_told_with_the_test(tmp_path: Path) -> None:
    text = "# rules: {max-aeg: off, ip-bound: {min: 3}}\n" + KEY
    with pytest.raises(OkxlintError) as caught:
        outcome_of(tmp_path, text)
    first, *rest = caught.value.message.split("\n")
    assert first == "t.yaml:1: this test's '# rules:' cannot be used"
    assert rest[0] == "there is no rule 'max-aeg'; did you mean 'max-age'?"
    assert rest[1].startswith("'min' is no option of the rule 'ip-bound'")


def test_a_wrong_policy_that_was_found_tells_its_own_place(tmp_path: Path) -> None:
    write(tmp_path, {"okxlint.yaml": "version: 1\nrules: {max-aeg: off}\n"})
    with pytest.raises(OkxlintError, match=r"^okxlint\.yaml:2:9: there is no rule"):
        outcome_of(tmp_path, "# rules: {max-age: off}\n" + KEY)


def test_the_error_of_a_policy_quotes_no_secret(tmp_path: Path) -> None:
    text = "# policy: 00112233445566778899AABBCCDDEEFF\n# password=hunter22\n"
    with pytest.raises(OkxlintError) as caught:
        outcome_of(tmp_path, text.replace("22\n", "22\n# rules: {hunter22: off}\n") + KEY)
    assert "AABBCC" not in caught.value.message
    with pytest.raises(OkxlintError) as caught:
        outcome_of(tmp_path, "# password=hunter22\n# rules: {hunter22: off}\n" + KEY)
    assert "hunter22" not in caught.value.message


def test_settings_on_top_and_selection(tmp_path: Path) -> None:
    policy = "# as-of: 2026-11-22\n# policy: essentials\n"
    assert told(outcome_of(tmp_path, policy + PAYS)) == [
        f"5 + {UNJUDGED}", "7 + no-withdraw:error withdraw"
    ]  # fmt: skip
    rules = "# rules: {no-withdraw: info, least-privilege: off}\n"
    assert told(outcome_of(tmp_path, policy + rules + PAYS)) == ["8 + no-withdraw:info withdraw"]
    select = "# select: least-privilege max-age\n"
    assert told(outcome_of(tmp_path, policy + select + PAYS)) == [f"6 + {UNJUDGED}"]


def test_each_has_settings_of_its_own(tmp_path: Path) -> None:
    settings = ["# rules: {no-withdraw: info}\n", "# rules: {no-withdraw: warning}\n", ""]
    head = "# as-of: 2026-11-22\n# policy: essentials\n"
    write(tmp_path, {f"{n}.yaml": head + rules + PAYS for n, rules in enumerate(settings)})
    found = [told(outcome)[-1] for outcome in run(tmp_path).outcomes]
    assert [said.split(":")[1] for said in found] == [
        "info withdraw", "warning withdraw", "error withdraw"
    ]  # fmt: skip


def test_the_day(tmp_path: Path) -> None:
    old = "# policy: essentials\n# select: max-age\n" + KEY
    outcome = outcome_of(tmp_path, "# as-of: 2026-12-30\n" + old)
    assert (outcome.as_of, told(outcome)) == (
        date(2026, 12, 30),
        ["10 + max-age:warning 2026-10-01"],
    )
    assert told(outcome_of(tmp_path, "# as-of: 2026-12-31\n" + old)) == [
        "10 + max-age:error 2026-10-01"
    ]
    assert told(outcome_of(tmp_path, old, as_of=date(2026, 12, 31))) == [
        "9 + max-age:error 2026-10-01"
    ]


@pytest.mark.parametrize(
    ("is_today", "dated", "undated"),
    [(True, False, True), (True, True, False), (False, False, False)],
)
def test_a_test_that_ends_otherwise_tomorrow_is_known(
    tmp_path: Path, is_today: bool, dated: bool, undated: bool
) -> None:
    text = ("# as-of: 2026-11-22\n" if dated else "") + "# policy: essentials\n" + KEY
    assert outcome_of(tmp_path, text, is_today=is_today).undated is undated


# -- what comes of it --------------------------------------------------------------------------


def test_all_as_expected(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, SET + EXPECTED)
    assert outcome == Outcome("t.yaml", 2, policy="essentials", as_of=DAY)
    assert outcome.passed


def test_a_missing_finding_and_an_unexpected_one(tmp_path: Path) -> None:
    text = SET + EXPECTED.replace("error withdraw", "warning").replace(
        "10-01", "10-01  # expect: max-age"
    )
    outcome = outcome_of(tmp_path, text)
    assert not outcome.passed
    assert (outcome.expected, outcome.count("-"), outcome.count("+")) == (3, 2, 1)
    assert outcome.rows[:2] == (
        Row(7, "-", "no-withdraw:warning", "expected, and not found"),
        Row(
            7, "+", "no-withdraw:error withdraw",
            "found, and not expected: key 'reports-2026q4' of account 'main' can withdraw funds",
        ),
    )  # fmt: skip
    assert told(outcome)[2:] == ["9 - max-age"]
    assert outcome.lines == {
        7: "    permissions: [read_only, withdraw]  # expect: no-withdraw:warning",
        9: "    created: 2026-10-01  # expect: max-age",
    }


def test_comments_that_are_wrong_fail_the_test_and_are_all_told(tmp_path: Path) -> None:
    text = "# asof: 2026-11-22\n# policy: nowhere\n" + KEY + "# expect: a:eror\n"
    assert [problem[:7] for problem in outcome_of(tmp_path, text).problems] == [
        "line 1:",
        "line 10",
    ]


def test_rules_that_there_are_not_fail_the_test(tmp_path: Path) -> None:
    text = "# select: max-aeg\n" + KEY + "# expect: no-withdrw; nothing # exepct: ip-bound\n"
    assert outcome_of(tmp_path, text + "# expects: nothing\n").problems == (
        "line 9: there is no rule 'no-withdrw'; did you mean 'no-withdraw'?",
        "line 9: there is no rule 'nothing'",
        "line 9: '# exepct' is no '# expect:'; mend it, or say it otherwise",
        "line 1: there is no rule 'max-aeg'; did you mean 'max-age'?",
    )


def test_the_rules_are_those_of_the_policy(tmp_path: Path) -> None:
    custom = (
        "version: 1\nextends: []\ncustom:\n  - {id: acme-reads, for: key, message: reads,"
        " assert: {not: {required: [permissions]}}, at: permissions}\n"
    )
    write(tmp_path, {"okxlint.yaml": custom})
    text = "# as-of: 2026-11-22\n" + KEY.replace("only]", "only]  # expect: acme-reads:error")
    assert outcome_of(tmp_path, text).passed
    assert outcome_of(tmp_path, "# policy: strict\n" + text).problems == (
        "line 7: there is no rule 'acme-reads'",
    )


def test_why_something_is_missing_is_told_if_it_is_known(tmp_path: Path) -> None:
    waiver = (
        "    waivers:\n      - {rule: no-withdraw, reason: payout, approved_by: desk@example.com,"
        " expires: 2026-12-31}\n"
    )
    text = SET + EXPECTED.replace("10-01", "10-01  # expect: not-expired; keys-kept") + waiver
    rows = outcome_of(tmp_path, text).rows
    assert [(row.said, row.why) for row in rows] == [
        ("no-withdraw:error withdraw", "expected, and not found: it is waived"),
        ("keys-kept", "expected, and not found: this rule was not in the run"),
        ("not-expired", "expected, and not found: this rule was not in the run"),
    ]
    # A rule that is always on, and one that the policy has on: they have found nothing.
    text = SET + KEY.replace("10-01", "10-01  # expect: yaml-syntax; max-age")
    assert {row.why for row in outcome_of(tmp_path, text).rows} == {"expected, and not found"}
    # Of the transitions, which a pack has on, none runs without a base.
    text = text.replace("essentials", "strict").replace("yaml-syntax; max-age", "keys-kept")
    (missing,) = (row for row in outcome_of(tmp_path, text).rows if row.sign == "-")
    assert missing.why == "expected, and not found: this rule was not in the run"


def test_what_is_wrong_with_the_manifest_and_its_waivers_counts_too(tmp_path: Path) -> None:
    text = SET + KEY + "    permission: x\n    waivers: [{rule: max-age}]\n"
    assert told(outcome_of(tmp_path, text)) == ["10 + manifest-schema:error unknown field"]
    text = SET + KEY + "    waivers: [{rule: max-age}]\n"
    assert told(outcome_of(tmp_path, text)) == ["10 + waiver-valid:error max-age"]


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\nkeys:\n\t- x  # expect: yaml-syntax:error syntax\n",
        "version: 1\nx-a: b: c  # expect: yaml-syntax:error syntax\n",
        "version: 1\nx-a: 'b\n# expect: yaml-syntax:error syntax",
        "version: 1\nx-a: [b,\n  c  # expect: yaml-syntax:error syntax\n\n",
        "version: 1\nversion: 1  # expect: yaml-syntax:error duplicate key\n",
        "version: 1\nx-a: *b  # expect: yaml-syntax:error unknown alias\n",
        "version: 1\nx-a: \x07  # expect: yaml-syntax:error encoding\n",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_yaml_cannot_read_can_be_expected(tmp_path: Path, text: str, end: str) -> None:
    outcome = outcome_of(tmp_path, (SET + text).replace("\n", end))
    assert outcome.problems == ()
    assert told(outcome) == []
    assert outcome.expected == 1


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    text = (SET + KEY).encode() + b"x-a: \xff  # expect: yaml-syntax:error encoding\n"
    assert outcome_of(tmp_path, text).passed
    assert told(outcome_of(tmp_path, text.replace(b"# expect:", b"#"))) == [
        "10 + yaml-syntax:error encoding"
    ]


def test_a_finding_inside_a_text_is_expected_where_a_comment_can_stand(tmp_path: Path) -> None:
    text = """# as-of: 2026-11-22
# policy: recommended
# select: no-secrets
version: 1
x-notes:
  block: |{1}
    one

    token: Sample-Secret-1  # expect: no-secrets
  quoted: "two
    token: Sample-Secret-2
    three"{2}
"""
    comments = ["  # expect: no-secrets:error credential/1", "  # expect: no-secrets"]
    right = text.replace("{1}", comments[0]).replace("{2}", comments[1])
    assert outcome_of(tmp_path, right).passed
    bare = outcome_of(tmp_path, text.replace("{1}", "").replace("{2}", ""))
    assert told(bare) == ["6 + no-secrets:error credential/1", "12 + no-secrets:error credential/2"]
    assert [row.why.partition(":")[0] for row in bare.rows] == [
        "found on line 9, and not expected", "found on line 11, and not expected"
    ]  # fmt: skip
    assert bare.lines == {6: "  block: |", 12: '    three"'}


def test_what_the_policy_grants_holds_and_is_not_judged_here(tmp_path: Path) -> None:
    policy = """version: 1
extends: essentials
waivers:
  granted:
    - {account: main, key: reports-2026q4, rule: no-withdraw, reason: payout,
       approved_by: desk@example.com, expires: 2026-12-31}
    - {account: main, key: reports-2026q4, rule: max-age, reason: holidays,
       approved_by: desk@example.com, expires: 2026-11-01}
    - {account: main, key: reports-2026q4, rule: ip-bound, reason: none,
       approved_by: desk@example.com, expires: 2030-12-31}
"""
    write(tmp_path, {"okxlint.yaml": policy})
    outcome = outcome_of(tmp_path, "# as-of: 2026-11-22\n" + PAYS)
    assert told(outcome) == [f"4 + {UNJUDGED}"]


def test_a_rule_that_fails_is_no_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crashes(key: Any, run: Any) -> Iterator[Any]:
        raise ValueError("hunter22")

    def load_broken(name: str) -> Rule:
        rule = load_rule(name)
        return changed(rule, check=crashes) if name == "ip-bound" else rule

    monkeypatch.setattr("okxlint.rule.load_rule", load_broken)
    outcome = outcome_of(tmp_path, SET + KEY)
    (problem,) = outcome.problems
    assert problem.startswith("the rule ip-bound failed on t.yaml (ValueError in crashes, line ")
    assert not outcome.passed


def test_nothing_secret_and_no_control_character_is_told(tmp_path: Path) -> None:
    secret = "00112233445566778899AABBCCDDEEFF"  # noqa: S105 - of nobody
    text = f"""# as-of: 2026-11-22
# policy: strict
version: 1
keys:
  - label: "x\\e[31m\\u202e"  # expect: max-age {secret}; ip-bound hunter22
    account: main
    permissions: [withdraw]
    # 7a031a2b-0000-4000-8000-00007a031a2b  # expect: max-age 7a031a2b-0000-4000-8000-00007a031a2b
    metadata: {{password: hunter22}}  # password: hunter22 \u202e {secret}
"""
    outcome = outcome_of(tmp_path, text)
    said = str(outcome)
    assert len(outcome.rows) > 8
    assert secret not in said
    assert "hunter22" not in said
    assert "7a031a2b-0000" not in said
    assert "ip-bound ********" in said
    for stream in texts_of([outcome]):
        assert_harmless(stream)
    problems = outcome_of(
        tmp_path, f"# password: hunter22\n# as-of: {secret}\n# select: hunter22\n"
    )
    assert secret not in str(problems)
    problems = outcome_of(tmp_path, f"# password: hunter22\n# select: hunter22, {secret}\n" + KEY)
    assert "hunter22" not in str(problems)
    assert secret not in str(problems)


# -- what is told of it ------------------------------------------------------------------------

PASSED = Outcome("tests/a.yaml", 3, policy="okxlint.yaml", as_of=DAY)
MISSING = Row(7, "-", "no-withdraw:warning", "expected, and not found")
UNEXPECTED = Row(
    7, "+", "no-withdraw:error withdraw", "found, and not expected: key 'x' can withdraw funds"
)
FAILED = Outcome(
    "tests/b.yaml",
    4,
    (Row(2, "-", "max-age", "expected, and not found: it is waived"), MISSING, UNEXPECTED),
    lines={2: "\tversion: 1   # expect: max-age  ", 7: "    permissions: [withdraw]"},
    policy="strict",
    as_of=DAY,
)
BROKEN = Outcome("tests/c.yaml", problems=("line 1: '# asof:' is nothing", "line 3: no"))
CRASHED = replace(FAILED, path="tests/d.yaml", rows=(UNEXPECTED,), problems=("the rule failed",))
ALL = (PASSED, FAILED, BROKEN, CRASHED)


def text_of(outcomes: tuple[Outcome, ...] | list[Outcome], color: bool = False) -> str:
    stream = io.StringIO()
    write_text(outcomes, stream, color)
    return stream.getvalue()


def junit_of(outcomes: tuple[Outcome, ...] | list[Outcome]) -> str:
    stream = io.StringIO()
    write_junit(outcomes, stream)
    return stream.getvalue()


def texts_of(outcomes: tuple[Outcome, ...] | list[Outcome]) -> list[str]:
    return [text_of(outcomes), junit_of(outcomes)]


def test_golden() -> None:
    assert_golden("policy-tests.txt", text_of(ALL))
    assert_golden("policy-tests.junit.xml", junit_of(ALL))


def test_colour_is_all_that_colour_adds() -> None:
    painted = text_of(ALL, color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == text_of(ALL)
    lines = painted.split("\n")
    assert "\x1b[1;31mFAILED tests/b.yaml (policy strict, as of 2026-11-22)\x1b[0m" in lines
    assert "\x1b[31m    - no-withdraw:warning  (expected, and not found)\x1b[0m" in lines
    assert any(line.startswith("\x1b[32m    + no-withdraw:error") for line in lines)
    assert "\x1b[1;35m  ! line 3: no\x1b[0m" in lines


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([], "0 passed (0 findings as expected)."),
        ([PASSED], "1 passed (3 findings as expected)."),
        ([replace(PASSED, expected=1)] * 2, "2 passed (2 findings as expected)."),
        ([replace(PASSED, expected=1)], "1 passed (1 finding as expected)."),
        ([FAILED], "0 passed (0 findings as expected), 1 failed (2 missing, 1 unexpected)."),
        ([BROKEN], "0 passed (0 findings as expected), 1 failed (1 could not be run)."),
        (
            [PASSED] * 1000 + [FAILED] * 1000,
            "1,000 passed (3,000 findings as expected), "
            "1,000 failed (2,000 missing, 1,000 unexpected).",
        ),
    ],
)
def test_the_counts(outcomes: list[Outcome], said: str) -> None:
    assert text_of(outcomes).split("\n")[-2] == said


def test_tests_that_may_end_otherwise_tomorrow_are_told() -> None:
    undated = [replace(PASSED, path=f"{name}.yaml", undated=True) for name in "abcd"]
    *_, last, _ = text_of([PASSED, *undated[:1]]).split("\n")
    assert last == "1 test sets no day with '# as-of:' and may end otherwise tomorrow: a.yaml"
    *_, last, _ = text_of(undated[:3]).split("\n")
    assert last.endswith("tomorrow: a.yaml, b.yaml, c.yaml")
    *_, last, _ = text_of(undated).split("\n")
    assert last == (
        "4 tests set no day with '# as-of:' and may end otherwise tomorrow: "
        "a.yaml, b.yaml, c.yaml, …"
    )


def check_junit(outcomes: list[Outcome]) -> list[ET.Element]:
    """The cases. The XML is valid and its counts are right, as are those of the text."""
    said = junit_of(outcomes)
    assert said.isascii()
    assert_harmless(said)
    assert "[[ATTACHMENT" not in said
    root = ET.fromstring(said)  # noqa: S314 - what the writer made
    (suite,) = root
    cases = list(suite)
    assert len({case.get("name") for case in cases}) == len(cases) == len(outcomes)
    failed = [case for case in cases if len(case)]
    assert len(failed) == sum(not outcome.passed for outcome in outcomes)
    for each in (root, suite):
        assert each.get("tests") == str(len(cases))
        assert each.get("failures") == str(len(suite.findall("*/failure")))
        assert each.get("errors") == str(len(suite.findall("*/error")))
    for outcome, case in zip(outcomes, cases, strict=True):
        assert [child.tag for child in case] == (
            ["error"] if outcome.problems else [] if outcome.passed else ["failure"]
        )
        assert case.attrib.pop("file")  # not in the schema, but read by GitLab
    assert [error.reason for error in schema().iter_errors(root)] == []
    lines = text_of(outcomes).split("\n")
    assert sum(line.startswith("FAILED ") for line in lines) == len(failed)
    return cases


def test_junit_says_all_that_the_text_says() -> None:
    passed, failed, broken, crashed = check_junit(list(ALL))
    assert len(passed) == 0
    assert failed[0].get("message") == "FAILED tests/b.yaml (policy strict, as of 2026-11-22)"
    told = [(case[0].text or "").strip() for case in (failed, broken, crashed)]
    assert text_of(ALL).startswith("\n\n".join(told))


def test_junit_without_a_test_is_valid() -> None:
    assert check_junit([]) == []


TEXTS = st.sampled_from(EVIL) | st.text(max_size=8)
ROWS = st.builds(Row, st.integers(1, 3), st.sampled_from("-+"), TEXTS, TEXTS)
OUTCOMES = st.builds(
    Outcome,
    TEXTS.map(lambda text: text or "t.yaml"),
    st.integers(0, 3),
    st.lists(ROWS, max_size=3).map(lambda rows: tuple(sorted(rows))),
    st.lists(TEXTS, max_size=2).map(tuple),
    st.builds(lambda one, two, three: {1: one, 2: two, 3: three}, TEXTS, TEXTS, TEXTS),
    TEXTS,
    st.none() | st.just(DAY),
    st.booleans(),
)


@given(st.lists(OUTCOMES, max_size=4))
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_whatever_is_in_it_the_output_is_whole_and_harmless(outcomes: list[Outcome]) -> None:
    check_junit(outcomes)
    text = text_of(outcomes)
    assert_harmless(text)
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


# -- the command -------------------------------------------------------------------------------


def test_passed_is_0(tmp_path: Path) -> None:
    write(tmp_path, {"t/a.yaml": SET + EXPECTED, "t/b.yaml": SET + KEY})
    done = okxlint("test", "t", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (
        0, "2 passed (2 findings as expected).\n", ""
    )  # fmt: skip


def test_failed_is_1_with_a_difference_to_read(tmp_path: Path) -> None:
    write(tmp_path, {"t/a.yaml": SET + EXPECTED, "t/b.yaml": SET + PAYS})
    done = okxlint("test", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == ""
    lines = done.stdout.split("\n")
    assert lines[:3] == [
        "FAILED t/b.yaml (policy essentials, as of 2026-11-22)",
        "  5 |   - label: reports-2026q4",
        f"    + {UNJUDGED}  (found, and not expected: key 'reports-2026q4' of account 'main' holds"
        " withdraw, but it names no app: whether it is needed cannot be judged)",
    ]
    assert lines[-2:] == [
        "1 passed (2 findings as expected), 1 failed (2 unexpected).", ""
    ]  # fmt: skip


def test_no_test_is_3_and_says_what_one_is(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": KEY, "t/x.txt": ""})
    done = okxlint("test", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stderr == (
        "okxlint: no test in .: a manifest with '# expect:', or with '# as-of:' on top\n"
    )
    assert okxlint("test", "t", "-f", "junit", cwd=tmp_path).returncode == 3


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nowhere"], "there is no file or folder 'nowhere'"),
        (["-"], "standard input ('-') is not read"),
        (["t", "--as-of", "soon"], "write YYYY-MM-DD"),
        (["t", "--policy", "strickt"], "did you mean 'strict'?"),
        (["t", "-f", "sarif"], "is not one of 'text', 'junit'"),
        (["t", "-o", "junti=x"], "did you mean 'junit'?"),
        (["t", "-o", "junit=no/such/folder/x.xml"], "cannot write no/such/folder/x.xml"),
        (["t", "-o", "text=t"], "cannot write t"),
        (["w"], "w/a.yaml:1: this test's '# policy:' cannot be used"),
        (["w", "t"], "did you mean 'strict'?"),
    ],
)
def test_wrong_usage_or_policy_is_2(tmp_path: Path, args: list[str], said: str) -> None:
    write(tmp_path, {"t/a.yaml": KEY + "# expect: a\n", "w/a.yaml": "# policy: strickt\n" + KEY})
    done = okxlint("test", *args, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_results_go_to_files_as_well(tmp_path: Path) -> None:
    write(tmp_path, {"t/a.yaml": SET + EXPECTED, "t/é.yaml": SET + PAYS})
    done = okxlint(
        "test", "t", "-f", "junit", "-o", "junit=r.xml", "-o", "text=r.txt", "--color", "always",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == (tmp_path / "r.xml").read_text()
    assert "\x1b" not in done.stdout
    text = okxlint("test", "t", cwd=tmp_path, env={"PYTHONUTF8": "1"}).stdout
    assert (tmp_path / "r.txt").read_text("utf-8") == text
    assert "FAILED t/é.yaml" in text


@pytest.mark.parametrize(
    ("args", "env", "colored"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour(tmp_path: Path, args: list[str], env: dict[str, str], colored: bool) -> None:
    write(tmp_path, {"t.yaml": SET + PAYS})
    assert ("\x1b[" in okxlint("test", "t.yaml", *args, cwd=tmp_path, env=env).stdout) is colored


def test_the_day_of_the_run_is_today_and_that_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"t.yaml": "# policy: essentials\n" + KEY.replace("2026-10-01", "2020-01-01")})
    done = okxlint("test", "t.yaml", cwd=tmp_path)
    assert "+ max-age:error 2020-01-01" in done.stdout
    assert "1 test sets no day with '# as-of:'" in done.stdout
    done = okxlint("test", "t.yaml", "--as-of", "2020-02-01", cwd=tmp_path)
    assert done.stdout == "1 passed (0 findings as expected).\n"


def test_the_same_tests_give_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path, {f"t/{name}.yaml": SET + PAYS for name in "abc"})
    runs = {
        okxlint("test", *paths, "-f", "junit", cwd=tmp_path, env={"PYTHONHASHSEED": seed}).stdout
        for paths in (["t"], ["t/c.yaml", "t/b.yaml", "t", "t/a.yaml"])
        for seed in "01"
    }
    assert len(runs) == 1


def test_a_reader_that_has_seen_enough_changes_no_verdict(tmp_path: Path) -> None:
    key = PAYS.partition("keys:\n")[2]
    many = "".join(key.replace("2026q4", f"{number}") for number in range(2000))
    write(tmp_path, {"t.yaml": SET + "version: 1\nkeys:\n" + many})
    line = f"'{sys.executable}' -m okxlint test t.yaml | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "FAILED t.yaml (policy essentials, as of 2026-11-22)\n"
    assert done.returncode == 1
    assert done.stderr == ""


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_full_disk_is_2_and_no_traceback(tmp_path: Path) -> None:
    write(tmp_path, {"t.yaml": SET + KEY})
    command = [sys.executable, "-m", "okxlint", "test", "t.yaml"]
    with FULL.open("wb") as full:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr == b"okxlint: cannot write the report: No space left on device\n"


def test_help_says_what_a_test_is_and_what_protects_it(tmp_path: Path) -> None:
    said = " ".join(okxlint("test", "--help", cwd=tmp_path).stdout.split())
    for words in (
        "# expect: RULE[:severity] [value]",
        "# as-of: DATE",
        "Exit status: 0 all passed",
    ):
        assert words in said
    assert imported(["test", "--help"], str(tmp_path)) == set()

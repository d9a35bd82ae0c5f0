"""The writers for people, and JSON, to the character."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint import resources
from okxlint.documents.source import Source
from okxlint.model import Severity, Unknown
from okxlint.report import FORMATS
from okxlint.report import text as text_format
from okxlint.secrets.excerpt import excerpt
from okxlint.secrets.redact import Redactor
from okxlint.secrets.secret_text import Leak
from tests.sample_report import (
    AT,
    BASED,
    COMMIT,
    ERROR,
    EVIL,
    FULL,
    INFO,
    ODD,
    SECRET,
    UNKNOWN,
    WAIVED,
    WARNING,
    assert_golden,
    assert_harmless,
    finding,
    hostile,
    place,
    report,
    written,
)


@pytest.mark.parametrize(
    ("name", "form", "view"),
    [
        ("report.txt", "text", {}),
        ("report.all.txt", "text", {"show_waived": True, "statistics": True}),
        ("report.quiet.txt", "text", {"quiet": True, "width": 50}),
        ("report.color.txt", "text", {"color": True, "show_waived": True}),
        ("report.concise.txt", "concise", {"show_waived": True, "statistics": True}),
        ("report.concise.color.txt", "concise", {"color": True, "quiet": True}),
        ("report.json", "json", {}),
    ],
)
def test_golden(name: str, form: str, view: dict[str, Any]) -> None:
    assert_golden(name, written(form, FULL, **view))


# -- safety ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "concise"])
@pytest.mark.parametrize("view", [{}, {"show_waived": True, "statistics": True}])
def test_nothing_in_a_report_commands_a_terminal_or_a_runner(
    form: str, view: dict[str, Any]
) -> None:
    said = written(form, FULL, **view)
    assert_harmless(said)
    assert not re.search(r"^\s*::", said, flags=re.MULTILINE)
    assert SECRET not in said


@pytest.mark.parametrize("form", ["json", "sarif", "github", "gitlab", "junit", "markdown"])
@pytest.mark.parametrize("text", EVIL)
def test_no_text_of_an_input_gets_out_of_a_writer_as_it_is_not(form: str, text: str) -> None:
    said = written(form, hostile(text), show_waived=True)
    assert_harmless(said)
    ours = r"^::(error|warning|notice) (file|title)=" if form == "github" else "$^"
    lines = [line for line in said.split("\n") if not re.match(ours, line)]
    assert [line for line in lines if line.lstrip().startswith("::")] == []


def test_color_is_all_that_color_adds() -> None:
    for form in ("text", "concise"):
        plain = written(form, FULL, show_waived=True)
        painted = written(form, FULL, show_waived=True, color=True)
        # In a painted line what a runner obeys does not stand at the start.
        bare = re.sub(r"\x1b\[[0-9;]*m", "", painted)
        assert bare.replace("\\::", "::") == plain.replace("\\::", "::")
        assert set(re.findall(r"\x1b\[([0-9;]*)m", painted)) <= {
            "0", "1", "2", "1;31", "1;33", "1;35", "1;36"
        }  # fmt: skip


def test_json_has_no_control_character_and_is_ascii() -> None:
    said = written("json", FULL)
    assert said.isascii()
    assert said.replace("\n", "").isprintable()


# -- frames ----------------------------------------------------------------------------------


def frame(line: str, start: int, end: int, width: int = 80) -> tuple[str, str]:
    """The line of a frame and the carets under it, both without the bar before them."""
    source = Source(AT, line)
    made = report(
        finding(location=place(1, start, end)),
        excerpts={AT: excerpt(source, [], Redactor(()))},
    )
    lines = written("text", made, width=width).split("\n")
    at = next(number for number, text in enumerate(lines) if text.startswith("1 |"))
    return lines[at].removeprefix("1 | "), lines[at + 1].removeprefix("  | ")


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "carets"),
    [
        ("abc", 2, 3, "abc", " ^"),
        ("abc", 1, 4, "abc", "^^^"),
        ("abc", 4, 4, "abc", "   ^"),
        ("abc", 9, 9, "abc", "   ^"),
        ("a\tb", 3, 4, "a    b", "     ^"),
        ("a\tb", 2, 4, "a    b", " ^^^^^"),
        ("支払い", 2, 3, "支払い", "  ^^"),
        ("e\u0301x", 3, 4, "e\u0301x", " ^"),
        ("a\u20ddb", 3, 4, "a\u20ddb", " ^"),
        ("a\x1bb", 3, 4, "a\ufffdb", "  ^"),
        ("\U0001f600b", 2, 3, "\U0001f600b", "  ^"),
        ("\u200bb", 2, 3, "\ufffdb", " ^"),
    ],
)
def test_carets_stand_under_the_place(
    line: str, start: int, end: int, shown: str, carets: str
) -> None:
    assert frame(line, start, end) == (shown, carets)


LONG = "".join(f"{number:04d}" for number in range(50))


@pytest.mark.parametrize(
    ("start", "end", "shown", "carets"),
    [
        (1, 5, "00000001000200030004000500060007000…", "^^^^"),
        (101, 105, "…0210022002300240025002600270028002…", " " * 16 + "^^^^"),
        (197, 201, "…04100420043004400450046004700480049", " " * 32 + "^^^^"),
        (201, 201, "…4100420043004400450046004700480049", " " * 35 + "^"),
        (50, 150, "01200130014001500160017001800190020…", "^" * 36),
    ],
)
def test_a_long_line_is_cropped_around_the_place(
    start: int, end: int, shown: str, carets: str
) -> None:
    assert frame(LONG, start, end, width=40) == (shown, carets)


@given(
    line=st.text(st.sampled_from("ab \t支e\u0301\u200b😀"), min_size=1, max_size=300),
    start=st.integers(0, 300),
    length=st.integers(0, 300),
    room=st.integers(1, 60),
)
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_a_cropped_line_fits_and_keeps_the_place(
    line: str, start: int, length: int, room: int
) -> None:
    start = min(start, len(line))
    end = min(start + length, len(line))
    parts = line[:start], line[start:end], line[end:]
    before, marked, after = text_format._cropped(*parts, room)
    columns = [text_format._columns(part) for part in (before, marked, after)]
    assert sum(columns) <= room
    spread = [part.replace("\t", "    ") for part in parts]
    assert spread[0].endswith(before.lstrip("…"))
    assert spread[1].startswith(marked.removesuffix("…"))
    assert spread[2].startswith(after.removesuffix("…"))
    if text_format._columns("".join(spread)) < room:
        assert [before, marked, after] == spread
    if parts[1].strip() and room > 2:
        assert marked.strip()


def test_a_line_of_millions_of_characters_is_not_looked_at_whole() -> None:
    line = "x" * 2_000_000
    source = Source(AT, line)
    lines = excerpt(source, [], Redactor(()))
    found = [finding(location=place(1, column, column + 3)) for column in range(1, 200)]
    said = written("text", report(*found, excerpts={AT: lines}))
    assert max(map(len, said.splitlines()[:-1])) <= 80


def test_an_excerpt_beyond_the_file_is_empty_and_hashes_are_those_of_the_file() -> None:
    lines = excerpt(Source(AT, "a\nb\n"), [], Redactor(()))
    assert [lines.line(number) for number in (0, 1, 2, 3, 4)] == ["", "a", "b", "", ""]
    assert set(lines.line_hashes()) == {1, 2, 3}


def test_an_excerpt_masks_each_secret_to_its_width_whatever_the_lines() -> None:
    text = "a: one two\nb: |\n  three\n  four\nc: five\n"
    leaks = [
        Leak("credential", text.index("one"), text.index("one") + 3),
        Leak("credential", text.index("two"), text.index("two") + 3),
        Leak("credential", text.index("three"), text.index("four") + 4),
    ]
    lines = excerpt(Source(AT, text), leaks, Redactor(["five"]))
    assert [lines.line(number) for number in range(1, 6)] == [
        "a: *** ***", "b: |", "  *****", "******", "c: ****"
    ]  # fmt: skip


# -- what is said ----------------------------------------------------------------------------


def test_a_clean_report_is_one_line() -> None:
    made = report(keys=1, files=2, cards=None)
    expected = (
        "no findings: 1 key, 2 accounts, 0 apps in 2 files (policy okxlint.yaml, as of 2026-11-22)."
        " Not looked at: OKX itself (no snapshot).\n"
    )
    assert written("text", made) == expected
    assert written("concise", made) == expected
    assert written("text", made, quiet=True) == ""
    assert written("concise", made, quiet=True) == ""


@pytest.mark.parametrize(
    ("severities", "totals"),
    [
        ((), "no findings: "),
        ((ERROR,), "1 error: "),
        ((ERROR, ERROR, WARNING), "2 errors, 1 warning: "),
        ((WARNING, WARNING, INFO), "2 warnings, 1 info: "),
        ((INFO,) * 1001, "1,001 info: "),
    ],
)
def test_totals(severities: tuple[Severity, ...], totals: str) -> None:
    made = report(*(finding(severity=severity) for severity in severities))
    assert written("concise", made).splitlines()[-1].startswith(totals)


def test_the_summary_tells_waived_unknown_and_coverage() -> None:
    coverage = (("main", "self-only", 0), ("grid", "complete", 3), ("old", "failed", 0))
    made = report(waived=WAIVED, unknown=UNKNOWN[:1], coverage=coverage, policy_source="a\x1b\nb")
    last = written("text", made).splitlines()[-1]
    assert last.endswith(
        r"(policy a\x1b\x0ab, as of 2026-11-22). 2 findings waived. "
        "Not looked at: 2 of 3 accounts on OKX; 1 unknown above."
    )


@pytest.mark.parametrize(
    ("coverage", "unknown", "said"),
    [
        ((("a", "complete", 3),), (), "Looked at: the 1 account on OKX."),
        (
            (("a", "complete", 3), ("b", "attested", 1)),
            (Unknown("third-party-addresses", "a", "a"),),
            "Looked at: all 2 accounts on OKX; not looked at: 1 unknown above.",
        ),
        # A declared account that no snapshot tells of, and one of which a demo snapshot is missing.
        (
            (("a", "complete", 3), ("b", "complete", 1)),
            (Unknown("no-snapshot", "c", "c"), Unknown("other-environment", "b", "b")),
            "Not looked at: 2 of 3 accounts on OKX; 2 unknowns above.",
        ),
        (
            (("a", "complete", 3), ("a", "failed", 0)),
            (Unknown("stale-snapshot", "a"),),
            "Not looked at: 1 of 1 account on OKX; 1 unknown above.",
        ),
    ],
)
def test_the_summary_counts_the_accounts_that_were_not_looked_at(
    coverage: tuple[tuple[str, str, int], ...], unknown: tuple[Unknown, ...], said: str
) -> None:
    last = written("text", report(unknown=unknown, coverage=coverage)).splitlines()[-1]
    assert last.endswith(f"). {said}")


@pytest.mark.parametrize("form", ["text", "concise"])
def test_the_summary_tells_the_policys_commit_and_the_old_findings_left_out(form: str) -> None:
    last = written(form, BASED).splitlines()[-1]
    assert "(policy okxlint.yaml at 0123456789ab, as of 2026-11-22). 1 finding waived." in last
    assert " 3 old findings left out. Not looked at: 1 of 2 accounts on OKX." in last
    assert " 1 old finding left out." in written(form, report(old=1))
    last = written(form, report()).splitlines()[-1]
    assert "old" not in last
    assert " at " not in last.partition("Not")[0]


@pytest.mark.parametrize("form", ["text", "concise"])
def test_what_is_unknown_and_accepted_says_so(form: str) -> None:
    said = written(form, report(unknown=(Unknown("x", "not read", accepted=True), *UNKNOWN)))
    assert said.count("(accepted)") == 1
    assert re.search(r"^unknown\[x\]:? not read \(accepted\)$", said, flags=re.MULTILINE)


def test_statistics_count_by_rule_and_severity() -> None:
    made = report(
        finding("b-rule", severity=INFO),
        *[finding("b-rule")] * 12,
        finding("a-rule", severity=INFO),
        cards=dict,
    )
    rows = ["    12  error    b-rule", "     1  info     a-rule", "     1  info     b-rule"]
    for form in ("text", "concise"):
        lines = written(form, made, statistics=True).splitlines()
        assert [line for line in lines if line.startswith("  ") and "-rule" in line] == rows
    assert "rule" not in written("text", report(), statistics=True)


def test_waived_findings_are_shown_only_if_asked_for() -> None:
    made = report(waived=WAIVED)
    assert "withdraw" not in written("text", made)
    assert "withdraw" not in written("concise", made)
    shown = written("text", made, show_waived=True)
    assert "waived error[no-withdraw]: key 'treasury'" in shown
    said = " ".join(shown.split())
    assert "until 2026-12-31, approved by s@example.com (okxlint.yaml:9): paid out each mo" in said
    assert r"without a last day (::odd\x0a\x1b[31m.yaml:1)" in said
    assert "= next" not in shown
    assert written("concise", made, show_waived=True).count("(waived)") == 2


def test_text_keeps_to_its_width_but_for_long_words() -> None:
    for width in (40, 57, 80, 120):
        lines = written("text", FULL, width=width, show_waived=True).splitlines()[:-1]
        long = [line for line in lines if len(line) > width]
        assert all(len(max(line.split(), key=len)) > width - 20 for line in long)
    assert written("text", FULL, width=1) == written("text", FULL, width=40)


# -- json ------------------------------------------------------------------------------------


def test_json_is_what_its_schema_says() -> None:
    folder = Path(resources.folder("schemas"))
    schema = json.loads((folder / "report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for made in (FULL, report(), report(coverage=(("main", "complete", 3),))):
        validator.validate(json.loads(written("json", made, quiet=True, color=True)))


def test_json_says_everything() -> None:
    said = json.loads(written("json", FULL))
    assert list(said) == [
        "version", "tool", "as_of", "policy", "summary", "findings", "waived", "unknown", "coverage"
    ]  # fmt: skip
    assert said["summary"] == {
        "files": 1, "accounts": 2, "apps": 0, "keys": 1234, "error": 14, "warning": 1, "info": 1,
        "waived": 2, "unknown": 2, "exit": 1,
    }  # fmt: skip
    assert said["findings"][14]["path"] == ODD
    assert said["waived"][0]["waiver"] == {
        "reason": "paid out each month", "approved_by": "s@example.com", "expires": "2026-12-31",
        "path": "okxlint.yaml", "line": 9,
    }  # fmt: skip
    assert said["waived"][1]["waiver"]["expires"] is None
    dated = json.loads(written("json", report(finding(fails_on=date(2027, 1, 1)))))
    assert dated["findings"][0]["fails_on"] == "2027-01-01"


def test_json_says_what_is_new_and_of_which_commit_the_policy_is() -> None:
    said = json.loads(written("json", BASED))
    assert [each["new"] for each in said["findings"]] == [True, False, False]
    assert said["policy"] == {"source": "okxlint.yaml", "ref": COMMIT}
    said = json.loads(written("json", FULL))
    assert said["findings"][0]["new"] is None
    assert said["policy"]["ref"] is None


@pytest.mark.parametrize(
    ("severities", "unknown", "fail_on", "code"),
    [
        ((), (), ERROR, 0),
        ((), UNKNOWN, ERROR, 3),
        ((), (Unknown("x", "not read", accepted=True),), ERROR, 0),
        ((), (*UNKNOWN, Unknown("x", "not read", accepted=True)), ERROR, 3),
        ((ERROR,), UNKNOWN, ERROR, 1),
        ((ERROR,), UNKNOWN, None, 3),
        ((ERROR,), (), None, 0),
        ((WARNING,), (), ERROR, 0),
        ((WARNING, INFO), (), WARNING, 1),
        ((INFO,), (), WARNING, 0),
        ((INFO,), (), INFO, 1),
    ],
)
def test_the_exit_status(
    severities: tuple[Severity, ...],
    unknown: tuple[Unknown, ...],
    fail_on: Severity | None,
    code: int,
) -> None:
    found = [finding(severity=severity) for severity in severities]
    assert report(*found, unknown=unknown, fail_on=fail_on).exit == code


@pytest.mark.parametrize("form", FORMATS)
def test_every_writer_writes_the_same_twice(form: str) -> None:
    assert written(form, FULL) == written(form, FULL)

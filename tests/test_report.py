"""The writers for people and programs, to the character.

The golden files are made anew by ``OKXLINT_UPDATE_GOLDEN=1 python -m pytest tests/test_report.py``.
"""

from __future__ import annotations

import io
import json
import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint import resources
from okxlint.excerpt import excerpt
from okxlint.model import (
    Finding,
    Grant,
    Location,
    Related,
    Report,
    RuleCard,
    Severity,
    Unknown,
)
from okxlint.redact import Redactor
from okxlint.report import FORMATS, View, writer
from okxlint.report import text as text_format
from okxlint.secret_text import Leak
from okxlint.source import Source

GOLDEN = Path(__file__).parent / "golden"
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
MANIFEST = """\
version: 1
keys:
  - label: treasury
    account: main
    permissions: [trade, withdraw]
\tip_allowlist:\t[10.0.0.1]
    purpose: 支払い専用 # token hunter22 and \x1b[31m
    waivers: &long [{rule: max-age, reason: a reason that nobody will read to its end because it \
is by far too long, approved_by: security@example.com, expires: 2026-12-31}]   # and on
::error::injected
##[error]injected

"""
AT = "okx-keys.yaml"
ODD = "::odd\n\x1b[31m.yaml"


def place(line: int, column: int, end_column: int, end_line: int = 0, path: str = AT) -> Location:
    return Location(path, line, column, end_line or line, end_column)


def finding(rule: str = "no-withdraw", **changes: Any) -> Finding:
    made = Finding(
        rule=rule,
        severity=ERROR,
        message="key 'treasury' of account 'main' can withdraw funds",
        help="Create a new key on OKX without 'Withdraw', switch the app to it, then delete this.",
        location=place(5, 26, 34),
        account="main",
        key="treasury",
        value="withdraw",
        fingerprint="f00d:1",
    )
    return replace(made, **changes)


def card(rule: str, summary: str) -> RuleCard:
    return RuleCard(rule, "permissions", summary, "Why.", "Do.", f"# {rule}\n", ERROR, "8.0")


CARDS = {
    "no-withdraw": card("no-withdraw", "A key must not be able to withdraw funds."),
    "max-age": card("max-age", "A live key must be replaced before it is too old."),
}
FINDINGS = (
    finding(location=place(1, 1, 1), message="an empty span at the start of a line"),
    finding(
        location=place(3, 5, 7, end_line=4),
        message="a span over two lines; "
        "and a message that is so long that it does not fit into eighty columns by far, "
        "with::colons and words-with-hyphens that stay whole",
        related=(
            Related(place(5, 5, 16), "the permissions"),
            Related(place(1, 1, 2, path=ODD), "another file"),
        ),
    ),
    finding(severity=WARNING),
    finding(rule="unknown-card", severity=INFO, location=place(6, 16, 26), message="behind tabs"),
    finding(location=place(7, 14, 19), message="wide characters"),
    finding(location=place(7, 28, 36), message="a secret"),
    finding(location=place(8, 5, 12), message="the start of a long line"),
    finding("max-age", location=place(8, 73, 80), message="the middle of a long line"),
    finding("max-age", location=place(8, 177, 184), message="the end of a long line"),
    finding("max-age", location=place(8, 14, 400), message="nearly all of a long line"),
    finding(location=place(9, 1, 9), message="a line that a runner would obey"),
    finding(location=place(10, 1, 9), message="##[group] in a message"),
    finding(location=place(11, 1, 1), message="a blank line"),
    finding(location=place(99, 1, 1), message="beyond the end"),
    finding(location=place(12, 3, 9, path=ODD), message="::error:: no excerpt, and an odd path"),
    finding(message=""),
)
GRANT = Grant("paid out each month", "s@example.com", date(2026, 12, 31), "okxlint.yaml", 9)
WAIVED = (
    finding(waiver=GRANT),
    finding(waiver=Grant(None, None, None, ODD, 1), location=place(4, 5, 12)),
)
UNKNOWN = (
    Unknown("unreadable", r"b\x1b.yaml: is a symbolic link, which okxlint does not follow", None),
    Unknown("rule-crash", "::error::the rule max-age failed", "main"),
)


def report(*findings: Finding, **changes: Any) -> Report:
    source = Source(AT, MANIFEST)
    at = MANIFEST.index("hunter22")
    lines = excerpt(source, [Leak("credential", at, at + 8)], Redactor(["hunter22"]))
    made = Report(
        version="1.2.3",
        as_of=date(2026, 11, 22),
        policy_source="okxlint.yaml",
        findings=findings,
        waived=(),
        unknown=(),
        files=1,
        accounts=2,
        apps=0,
        keys=1234,
        fail_on=ERROR,
        excerpts={AT: lines},
        cards=lambda: CARDS,
    )
    return replace(made, **changes)


FULL = report(*FINDINGS, waived=WAIVED, unknown=UNKNOWN)


def written(form: str, made: Report, **view: Any) -> str:
    stream = io.StringIO()
    writer(form)(made, stream, View(**{"width": 80, **view}))
    return stream.getvalue()


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
    text = written(form, FULL, **view)
    path = GOLDEN / name
    if os.environ.get("OKXLINT_UPDATE_GOLDEN") == "1":
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


# -- safety ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "concise"])
@pytest.mark.parametrize("view", [{}, {"show_waived": True, "statistics": True}])
def test_nothing_in_a_report_commands_a_terminal_or_a_runner(
    form: str, view: dict[str, Any]
) -> None:
    said = written(form, FULL, **view)
    assert said.replace("\n", "").isprintable()
    assert not re.search(r"^\s*::", said, flags=re.MULTILINE)
    assert "##[" not in said
    assert "hunter22" not in said


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


def test_statistics_count_by_rule_and_severity() -> None:
    made = report(
        finding("b-rule", severity=INFO),
        *[finding("b-rule")] * 12,
        finding("a-rule", severity=INFO),
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


@pytest.mark.parametrize(
    ("severities", "unknown", "fail_on", "code"),
    [
        ((), (), ERROR, 0),
        ((), UNKNOWN, ERROR, 3),
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

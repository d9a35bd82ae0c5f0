"""Markdown as GitHub reads it: tables that hold, nothing of an input that is markup, an end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from okxlint.model import Finding, Report, Severity, Unknown
from okxlint.report.markdown import MOST
from okxlint.report.markdown_text import code, neutral
from okxlint.secrets.redact import unarmed, visible
from tests.sample_report import (
    BASED,
    COMMIT,
    ERROR,
    EVIL,
    FULL,
    HELP,
    INFO,
    MESSAGE,
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

Row = list[str]
OURS = {"<details>", "</details>", "<br>"}
# What GitHub makes a link, a name, an emoji or a formula of, after Markdown and outside of code.
ALIVE = re.compile(
    r"@|#\d|[!~%]\d|://|www\.|mailto:|\bgh-\d|\b[0-9a-f]{7,}\b|:\w+:|\$|\[\[", re.IGNORECASE
)
NOTE = re.compile(
    r"\*\*([\d,]+) (more rows?) left out\*\*, for a report of less than 60,000 bytes\."
)


@cache
def parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def plain(token: Token) -> str:
    """What a reader sees of a cell or a paragraph, which has no markup but code and ``<br>``."""
    said = []
    for part in token.children or []:
        assert part.type in ("text", "code_inline", "html_inline", "text_special"), part
        if part.type == "html_inline":
            assert part.content in OURS
            said.append("\n")
        else:
            assert part.type == "code_inline" or not ALIVE.search(part.content), part
            said.append(part.content)
    return "".join(said)


def tables_of(said: str) -> dict[str, list[Row]]:
    """The rows of each table, by its title. All are as wide as their head."""
    tables: dict[str, list[Row]] = {}
    title = ""
    tokens = parser().parse(said)
    for number, token in enumerate(tokens):
        if token.type == "html_block":
            summary = re.fullmatch(r"<details>\n<summary>([^<]*)</summary>\n", token.content)
            assert summary or token.content == "</details>\n"
            title = summary[1] if summary else ""
        elif token.type == "heading_open":
            title = tokens[number + 1].content
        elif token.type == "table_open":
            tables[title] = list(rows_of(tokens[number:]))
            assert {len(row) for row in tables[title]} == {len(tables[title][0])}
        elif token.type == "inline":
            assert NOTE.fullmatch(token.content) or plain(token) is not None
        else:
            assert token.type.partition("_")[0] in (
                "table", "thead", "tbody", "tr", "th", "td", "heading", "paragraph"
            )  # fmt: skip
    return tables


def rows_of(tokens: list[Token]) -> Iterator[Row]:
    row: Row = []
    for number, token in enumerate(tokens):
        if token.type in ("th_open", "td_open"):
            row.append(plain(tokens[number + 1]))
        elif token.type == "tr_close":
            yield row
            row = []
        elif token.type == "table_close":
            return


def markdown(made: Report, **view: Any) -> str:
    """A report that is harmless and short enough."""
    said = written("markdown", made, **view)
    assert_harmless(said)
    assert len(said.encode()) < MOST
    assert said.startswith("## okxlint: ")
    return said


def tables(made: Report, **view: Any) -> dict[str, list[Row]]:
    return tables_of(markdown(made, **view))


@pytest.mark.parametrize(
    ("name", "made", "view"),
    [
        ("report.md", FULL, {"show_waived": True}),
        ("report.base.md", BASED, {"show_waived": True}),
        ("report.quiet.md", FULL, {"quiet": True}),
    ],
)
def test_golden(name: str, made: Report, view: dict[str, Any]) -> None:
    assert_golden(name, written("markdown", made, **view))
    tables(made, **view)


# -- what is said ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "headline"),
    [
        (report(), "passed (no findings)"),
        (report(finding(severity=WARNING)), "passed (1 warning)"),
        (report(finding()), "failed (1 error)"),
        (report(finding(), unknown=UNKNOWN), "failed (1 error, 2 unknowns)"),
        (report(unknown=UNKNOWN[:1]), "incomplete (no findings, 1 unknown)"),
        (report(finding(new=False)), "failed (1 error, 0 new)"),
        (BASED, "failed (2 errors, 1 warning, 1 new)"),
    ],
)
def test_the_headline_is_the_verdict(made: Report, headline: str) -> None:
    assert markdown(made).splitlines()[0] == f"## okxlint: {headline}"


def test_a_clean_report_says_what_it_looked_at_and_what_not() -> None:
    assert markdown(report()) == (
        "## okxlint: passed (no findings)\n\n"
        "1,234 keys, 2 accounts, 0 apps in 1 file (policy okxlint.yaml, as of 2026-11-22).\n\n"
        "Not looked at: OKX itself (no snapshot).\n"
    )
    assert markdown(report(), quiet=True) == "## okxlint: passed (no findings)\n\n"


def test_a_row_says_where_what_and_what_next() -> None:
    assert tables(report(finding())) == {
        "Findings (1)": [
            ["severity", "rule", "place", "finding and next step"],
            ["error", "no-withdraw", "okx-keys.yaml:5:26", f"{MESSAGE}\n{HELP}"],
        ]
    }


def test_the_worst_come_first_and_else_the_order_is_the_reports() -> None:
    severities = (INFO, ERROR, WARNING, ERROR)
    found = [finding(severity=s, value=str(n), message=f"m{n}") for n, s in enumerate(severities)]
    rows = tables(report(*found))["Findings (4)"][1:]
    assert [row[3].partition("\n")[0] for row in rows] == ["m1", "m3", "m2", "m0"]


def test_new_findings_stand_open_and_old_ones_are_folded() -> None:
    said = markdown(BASED)
    found = tables_of(said)
    assert [row[1] for row in found["New findings (1)"][1:]] == ["no-withdraw"]
    assert [row[0] for row in found["Old findings (2)"][1:]] == ["error", "warning"]
    assert said.index("New findings") < said.index("<details>") < said.index("Old findings")
    assert "Findings (1)" not in said
    assert list(tables(report(finding(), finding(new=False)))) == [
        "New findings (1)",
        "Old findings (1)",
    ]
    assert list(tables(report(finding(new=False)))) == ["Old findings (1)"]
    assert list(tables(report(finding(), finding()))) == ["Findings (2)"]


def test_the_policys_commit_is_told_in_full_and_old_ones_left_out_are_counted() -> None:
    said = markdown(BASED)
    assert f"(policy okxlint.yaml at `{COMMIT}`, as of 2026-11-22)" in said
    assert said.splitlines()[-1] == (
        "1 finding waived. 3 old findings left out. Not looked at: 1 of 2 accounts on OKX."
    )


def test_coverage_is_folded() -> None:
    said = markdown(BASED)
    assert tables_of(said)["Accounts read from OKX (2)"][1:] == [
        ["main", "self-only", "0"],
        ["gridbot01", "complete", "3"],
    ]
    assert "<summary>Accounts read from OKX (2)</summary>" in said


def test_what_is_unknown_is_never_folded() -> None:
    said = markdown(report(unknown=UNKNOWN))
    assert "### Not looked at (2)" in said
    assert tables_of(said)["Not looked at (2)"][1:] == [
        ["unreadable", UNKNOWN[0].message],
        ["rule-crash", UNKNOWN[1].message],
    ]
    accepted = report(unknown=(Unknown("x", "not read", accepted=True),))
    assert markdown(accepted).startswith("## okxlint: passed (no findings, 1 unknown)")
    assert tables(accepted)["Not looked at (1)"][1] == ["x (accepted)", "not read"]


def test_waived_findings_are_folded_if_asked_for() -> None:
    made = report(waived=(*WAIVED, finding("max-age")))
    assert tables(made) == {}
    said = markdown(made, show_waived=True)
    assert "<summary>Waived findings (3)</summary>" in said
    rows = tables_of(said)["Waived findings (3)"][1:]
    grant = "Waived until 2026-12-31, approved by s@example.com (okxlint.yaml:9): "
    assert rows[0][3] == f"{MESSAGE}\n{grant}paid out each month"
    assert rows[2][3] == f"{MESSAGE}\n{HELP}"


# -- the end ---------------------------------------------------------------------------------


def sized(size: int, folded: int = 0) -> Report:
    """A report whose Markdown would have so many bytes."""
    filler = finding(message="x" * 300, help="y" * 200)
    old = [finding(message="z", help="", new=False)] * folded
    many = [filler] * 70
    while len(whole(report(*many, *old)).encode()) < size - 860:
        many.append(filler)
    lacking = size - len(whole(report(*many, finding(message="", help=""), *old)).encode())
    last = finding(message="m" * min(lacking, 400), help="h" * max(lacking - 404, 0))
    made = report(*many, last, *old)
    assert len(whole(made).encode()) == size
    return made


def whole(made: Report) -> str:
    """The report as it would be without an end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("okxlint.report.markdown.MOST", 10**9)
        return written("markdown", made)


@pytest.mark.parametrize("folded", [0, 5])
def test_a_report_is_whole_as_long_as_it_has_less_than_60_000_bytes(folded: int) -> None:
    assert MOST == 60_000
    fits = sized(59_999, folded)
    assert markdown(fits) == whole(fits)
    assert len(markdown(fits).encode()) == 59_999
    cut = markdown(sized(60_000, folded))
    assert NOTE.search(cut)


def test_what_is_cut_is_counted_and_is_the_least_severe() -> None:
    severities = (INFO, WARNING, ERROR)
    many = [finding(severity=severities[n % 3], message="ü" * 300) for n in range(240)]
    said = markdown(report(*many))
    rows = tables_of(said)["Findings (240)"][1:]
    assert NOTE.findall(said) == [(str(240 - len(rows)), "more rows")]
    assert 70 < len(rows) < 90
    assert [row[0] for row in rows] == ["error"] * len(rows[:80]) + ["warning"] * len(rows[80:])
    assert len(said.encode()) > 58_000
    assert said.splitlines()[-1].startswith("Not looked at")


def test_one_row_left_out_is_one_row() -> None:
    assert NOTE.findall(markdown(sized(60_000))) == [("1", "more row")]


def test_neither_findings_nor_unknowns_crowd_the_others_out() -> None:
    unknown = tuple(Unknown("failed-account", "u" * 300, str(n)) for n in range(1000))
    coverage = tuple((f"account {n}", "failed", 0) for n in range(5000))
    many = [finding(message="m" * 300) for _ in range(1000)]
    old = [finding(message="o" * 300, new=False)] * 50
    said = markdown(
        report(*many, *old, unknown=unknown, coverage=coverage, waived=WAIVED), show_waived=True
    )
    found = tables_of(said)
    assert list(found) == [
        "New findings (1,000)",
        "Not looked at (1,000)",
        "Old findings (50)",
        "Waived findings (2)",
        "Accounts read from OKX (5,000)",
    ]
    counts = [len(rows) - 1 for rows in found.values()]
    assert counts[0] > 70
    assert counts[1] > 30
    left = [int(number.replace(",", "")) for number, _ in NOTE.findall(said)]
    totals = (1000, 1000, 50, 2, 5000)
    lacking = [total - shown for total, shown in zip(totals, counts, strict=True)]
    assert left == [number for number in lacking if number]


def test_of_few_unknowns_all_are_shown_whatever_else_there_is() -> None:
    many = [finding(message="m" * 300) for _ in range(1000)]
    found = tables(report(*many, unknown=UNKNOWN))
    assert len(found["Not looked at (2)"]) == 3


def test_a_giant_cell_is_shortened_so_that_it_hides_no_other() -> None:
    giant = "`|" * 50_000
    path = "a/" * 3000 + "keys.yaml"
    first = finding(giant, message=giant, help=giant, location=place(5, 1, 2, path=path))
    made = report(first, finding(), unknown=(Unknown(giant, giant),), policy_source=giant)
    found = tables(made)
    assert len(found["Findings (2)"]) == 3
    row = found["Findings (2)"][1]
    assert [len(part) for part in (row[1], *row[3].split("\n"))] == [400] * 3
    assert row[1].endswith("…")
    assert row[2].startswith("…")
    assert row[2].endswith("/a/keys.yaml:5:1")
    assert len(row[2]) == 204


@pytest.mark.parametrize(("length", "shown"), [(400, "x" * 400), (401, "x" * 399 + "…")])
def test_cells_end_at_400_characters(length: int, shown: str) -> None:
    rows = tables(report(finding(message="x" * length, help="")))["Findings (1)"]
    assert rows[1][3] == shown


@pytest.mark.parametrize(("length", "starts"), [(200, "p"), (201, "…")])
def test_paths_end_at_200_characters(length: int, starts: str) -> None:
    rows = tables(report(finding(location=place(1, 1, 1, path="p" * length))))["Findings (1)"]
    assert rows[1][2].startswith(starts)
    assert len(rows[1][2]) == 204


def test_rows_that_find_no_room_are_not_made() -> None:
    looked_at = []

    class Noticed(str):
        def isprintable(self) -> bool:
            looked_at.append(1)
            return True

    many: list[Finding] = [finding(message=Noticed("m" * 300)) for _ in range(5000)]
    markdown(report(*many))
    assert 70 < len(looked_at) < 300


# -- safety ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", EVIL)
def test_nothing_of_an_input_is_markup(text: str) -> None:
    said = markdown(hostile(text), show_waived=True)
    found = tables_of(said)
    assert len(found) == 5
    shown = unarmed("- " + visible(text))[2:].strip()
    row = found["New findings (2)"][1]
    assert row[1].strip() == shown
    assert {part.strip() for part in row[3].split("\n")} == {shown}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("key 'treasury' of account 'main' can trade", None),
        ("an entry (10.0.0.1), older than 90 days; see 2026-11-22.", None),
        ("Ключ — “支払い”… what?", "Ключ — `“支払い”`… what?"),
        ("holds read_only", "holds `read_only`"),
        ("(10.0.0.0/8); '2001:db8:1'", "(`10.0.0.0/8`); '`2001:db8:1`'"),
        ("max_days=60", "`max_days=60`"),
        ("ask @someone", "ask `@someone`"),
        ("see #1, GH-1 and gh-22", "see `#1`, `GH-1` and `gh-22`"),
        ("www.example.com and (www.example.com)", "`www.example.com` and (`www.example.com`)"),
        ("feedback decade 1234567 abcdef0", "feedback decade `1234567` `abcdef0`"),
        ("a|b", "`a`&#124;`b`"),
        ("`a`", "&#96;`a`&#96;"),
        ("\\|", "`\\`&#124;"),
        ("a - b – c — d -> e", "a - b – c — d `->` e"),
        ("... :: ()", "`...` `::` `()`"),
        ("two  spaces", None),
        ("a\nb", r"`a\x0ab`"),
        ("", None),
    ],
)
def test_words_stay_words_and_all_else_is_code(text: str, said: str | None) -> None:
    assert neutral(text) == (text if said is None else said)


def test_code_is_code_word_by_word() -> None:
    assert code("no-withdraw") == "`no-withdraw`"
    assert code("a b`c") == "`a` `b`&#96;`c`"
    assert code("") == ""


TEXTS = st.text(st.sampled_from("ab1 |`\\<>!@#$%&*_[](){}:./-~+=?'\"\n\t\x1bü"), max_size=24)


@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_a_table_has_its_columns_and_reads_as_its_input_whatever_that_is(texts: list[str]) -> None:
    found = tables(report(*(finding(message=f"x{text}y", help="") for text in texts)))
    rows = found[f"Findings ({len(texts)})"]
    assert [len(row) for row in rows] == [4] * (len(texts) + 1)
    assert [row[3] for row in rows[1:]] == [unarmed(visible(f"x{text}y")) for text in texts]


@pytest.mark.parametrize("severity", list(Severity))
def test_each_severity_has_its_word(severity: Severity) -> None:
    rows = tables(report(finding(severity=severity)))["Findings (1)"]
    assert rows[1][0] == severity.word

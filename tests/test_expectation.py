"""Comments that say what must be found, and how they are compared with what was."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.documents.reader import read
from okxlint.expectation import Expected, Header, Script, compare, read_script
from okxlint.model import Finding, Location, Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def script_of(text: str) -> Script:
    return read_script(read("a.yaml", text.encode()))


def found(
    line: int, rule: str, severity: Severity = ERROR, value: str | None = "v", message: str = "m"
) -> Finding:
    return Finding(rule, severity, message, "h", Location("a", line, 1, line, 2), value=value)


# -- what a comment expects --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a: 1  # expect: max-age", [("max-age", None, None)]),
        ("a: 1  #expect:max-age", [("max-age", None, None)]),
        ("a: 1  # expect: max-age:error", [("max-age", "error", None)]),
        ("# expect: max-age:error 2026-10-01  ", [("max-age", "error", "2026-10-01")]),
        ("# expect: ip-public  10.0.0.1", [("ip-public", None, "10.0.0.1")]),
        ("# expect: acme/team-owner not a b", [("acme/team-owner", None, "not a b")]),
        ("# a: b  # expect: c", [("c", None, None)]),
        (
            "x  # expect: a-b:info x y; c; d:error z",
            [("a-b", "info", "x y"), ("c", None, None), ("d", "error", "z")],
        ),
        ("# expect: a;b ;c x;d", [(n, None, v) for n, v in zip("abcd", (None, None, "x", None))]),  # noqa: B905
        ("# expect: a # because", [("a", None, None)]),
        ("# expect: a x#y z  # because; b", [("a", None, "x#y z")]),
        ("# expect: a  # expect: b c", [("a", None, None), ("b", None, "c")]),
        ('# expect: a "x; y # z"; b', [("a", None, "x; y # z"), ("b", None, None)]),
        ('# expect: a "x"y"', None),
        ('# expect: a "# expect: b"', [("a", None, "# expect: b")]),
        (r'# expect: a "\"x\" \\ \u0041 \/"  # b', [("a", None, '"x" \\ A /')]),
        ('# expect: a ""', [("a", None, "")]),
        ('# expect: a x"y"', [("a", None, 'x"y"')]),
        ("# expect: a old -> new", [("a", None, "old -> new")]),
        ("a: 1  # a remark", []),
        ("a: 'expect: b'", []),
        ("a: '# expect: b'", []),
        ('a: "# expect: b"  # expect: c', [("c", None, None)]),
        ("# expects: a", []),
        ("# see expect: a", []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_what_a_comment_expects(
    line: str, expected: list[tuple[str, str | None, str | None]] | None, end: str
) -> None:
    script = script_of(f"version: 1{end or chr(10)}{line}{end}")
    if expected is None:
        assert script.problems
    else:
        assert script.problems == ()
        assert script.expected == tuple(Expected(2, *each) for each in expected)


def test_a_block_of_text_expects_nothing() -> None:
    script = script_of("a: |  # expect: b\n  # expect: c\n\n  # expect: d\n# expect: e\n")
    assert script.expected == (Expected(1, "b", None, None), Expected(5, "e", None, None))


@pytest.mark.parametrize(
    "listed", ["Max-Age", "a;", "a:", ";", "a,b", "", "  ", 'a "b', r'a "\x"', 'a "b" c']
)
def test_what_is_no_expectation_is_told_with_its_line(listed: str) -> None:
    script = script_of(f"# expect: d\nb: c  # expect: {listed}\n\n")
    (problem,) = script.problems
    assert problem.startswith("line 2: '")
    assert problem.endswith("' is not RULE[:severity] [value]")
    assert script.is_test


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("eror", "'eror' is no severity; did you mean 'error'?"),
        ("WARNING", "'WARNING' is no severity; did you mean 'warning'?"),
        ("off", "'off' is no severity (info, warning, error)"),
    ],
)
def test_a_severity_is_one_of_three_words(word: str, said: str) -> None:
    assert script_of(f"# expect: a:{word}\n").problems == (f"line 1: {said}",)


def test_all_that_is_wrong_is_told_in_order() -> None:
    text = "# as-of: soon\n# select: ,\nversion: 1  # expect: A\na: b  # expect: c:d; E\n"
    assert [problem[:7] for problem in script_of(text).problems] == [
        "line 1:", "line 2:", "line 3:", "line 4:", "line 4:"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("comment", "word", "rule"),
    [
        ("# exepct: max-age", "exepct", "max-age"),
        ("# expects: max-age:error 2026", "expects", "max-age"),
        ("# Expect: max-age", "Expect", "max-age"),
        ("# expect max-age", "expect", "max-age"),
        ("# expect : max-age", "expect", "max-age"),
        ("# expected:max-age; b", "expected", "max-age"),
        ("# expect: a  # expct: max-age", "expct", "max-age"),
        ("# except: max-age", None, None),
        ("# expect: max-age", None, None),
        ("# aspect: max-age", None, None),
        ("# unexpected: max-age", None, None),
        ("# no expect max-age", None, None),
    ],
)
def test_what_was_perhaps_meant_to_expect_something(
    comment: str, word: str | None, rule: str | None
) -> None:
    script = script_of(f"version: 1\n{comment}\n")
    assert script.doubts == (((2, word, rule),) if word else ())
    assert script.problems == ()


def test_a_doubt_makes_no_test() -> None:
    assert not script_of("# expected: max-age\nversion: 1  # expects: max-age\n").is_test


# -- the first comment -------------------------------------------------------------------------


def test_the_first_comment_says_how_to_judge() -> None:
    script = script_of(
        "\ufeff# as-of: 2026-11-22  # a Sunday\r\n#rules:  {max-age: off}  # none  \n"
        "# a remark: none\n\n---\n  # policy : ../a#b.yaml # ours\n# select: max-age, no-withdraw\n"
        "version: 1\n"
    )
    assert script.problems == ()
    assert script.as_of == date(2026, 11, 22)
    assert script.select == frozenset({"max-age", "no-withdraw"})
    assert script.text("policy") == "../a#b.yaml"
    assert script.text("rules") == "{max-age: off}  # none"
    assert script.header["policy"] == Header(6, "../a#b.yaml")
    assert list(script.header) == ["as-of", "rules", "policy", "select"]
    assert script.is_test


def test_without_one_nothing_is_said() -> None:
    script = script_of("# of the desk\nversion: 1\nkeys: []\n")
    assert script == Script()
    assert script.text("policy") is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("asof", "as-of"),
        ("as of", "as-of"),
        ("as_of", "as-of"),
        ("polcy", "policy"),
        ("rule", "rules"),
        ("selects", "select"),
    ],
)
def test_a_name_that_is_nearly_one_is_told(name: str, meant: str) -> None:
    script = script_of(f"# a remark\n#{name}: x\nversion: 1\n")
    said = f"line 2: '# {name}:' is nothing that a test can set; did you mean '# {meant}:'?"
    assert script.problems == (said,)
    assert script.is_test


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("# policy:", "'# policy:' says nothing"),
        ("# as-of:  # when?", "'# as-of:' says nothing"),
        ("# select: , ,", "'# select:' names no rule, so none would run"),
        ("# as-of: 22.11.2026", "'22.11.2026' is no day; write YYYY-MM-DD"),
        ("# as-of: 20261122", "'20261122' is no day; write YYYY-MM-DD"),
        ("# as-of: 2026-W47-7", "'2026-W47-7' is no day; write YYYY-MM-DD"),
        ("# as-of: 2026-02-30", "'2026-02-30' is no day; write YYYY-MM-DD"),
        ("# as-of: ٢026-11-22", "'٢026-11-22' is no day; write YYYY-MM-DD"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_told_with_its_line(line: str, said: str) -> None:
    script = script_of(f"# a remark\n{line}\nversion: 1\n")
    assert script.problems == (f"line 2: {said}",)
    assert script.is_test


def test_a_thing_is_set_once() -> None:
    script = script_of("# policy: a\n\n# policy: b\nversion: 1\n")
    assert script.problems == ("line 3: '# policy:' stands on line 1 already",)


@pytest.mark.parametrize("comment", ["# as-of: 2026-11-22", "version: 1 # policy: strict"])
def test_further_down_it_does_not_count_and_that_is_told(comment: str) -> None:
    script = script_of(f"a: b\n{comment}\n")
    assert script.header == {}
    name = comment.partition("# ")[2].partition(":")[0]
    said = f"line 2: '# {name}:' holds only in the first comment; move it to the top"
    assert script.problems == (said,)
    assert not script.is_test


@pytest.mark.parametrize(
    "remark",
    [
        "# Policy: keys live for 60 days", "# Rules: see the wiki", "# note: x", "# see: x",
        "# aspect: x", "# the policy: x", "# policies and more: x", "# strict", "# 2026: x",
        "# https://example.com/policy",
    ],
)  # fmt: skip
def test_a_remark_is_a_remark(remark: str) -> None:
    assert script_of(f"{remark}\nversion: 1\n") == Script()


@pytest.mark.parametrize("near", ["# asof: x", "# polcy: x"])
def test_further_down_only_the_names_themselves_are_told(near: str) -> None:
    assert script_of(f"version: 1\n{near}\n") == Script()


# -- how it is compared ------------------------------------------------------------------------


def test_an_expectation_reads_as_it_is_written() -> None:
    assert str(Expected(3, "max-age", None, None)) == "max-age"
    assert str(Expected(3, "max-age", "error", "x y")) == "max-age:error x y"
    assert str(Expected(3, "max-age", "error", "")) == 'max-age:error ""'


@given(st.text(max_size=12) | st.text(alphabet='a ;#"\\:', max_size=8))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_any_value_can_be_expected(value: str) -> None:
    if any(ord(char) < 32 or char in "\x7f\ufeff" or not char.isprintable() for char in value):
        value = repr(value)[1:-1]  # as reports make it
    one = Expected(2, "a-b", "error", value)
    script = script_of(f"version: 1\nx: y  # expect: {one}; c # {one}\n")
    assert script.problems == ()
    assert script.expected == (one, Expected(2, "c", None, None))


@pytest.mark.parametrize(
    ("expected", "fits"),
    [
        (Expected(3, "a", None, None), True),
        (Expected(3, "a", "error", "v"), True),
        (Expected(3, "b", None, None), False),
        (Expected(3, "a", "warning", None), False),
        (Expected(3, "a", None, "w"), False),
        (Expected(3, "a", None, ""), False),
    ],
)
def test_what_fits(expected: Expected, fits: bool) -> None:
    assert expected.fits(found(3, "a")) is fits


def test_what_is_missing_and_what_nobody_expected() -> None:
    one, two = found(1, "a"), found(2, "b")
    assert compare([], []) == ((), ())
    assert compare([Expected(1, "a", None, None)], [one, two]) == ((), ((2, two),))
    missing = Expected(3, "c", None, None)
    assert compare([missing, Expected(1, "a", None, None)], [one]) == ((missing,), ())
    assert compare([Expected(2, "a", None, None)], [one]) == (
        (Expected(2, "a", None, None),), ((1, one),)
    )  # fmt: skip


def test_a_finding_is_expected_on_the_line_that_can_say_so() -> None:
    one = found(3, "a")
    expected = Expected(1, "a", None, None)
    assert compare([expected], [one], lambda _: 1) == ((), ())
    assert compare([], [one], lambda _: 1) == ((), ((1, one),))


def test_missing_ones_are_in_order_whatever_they_leave_open() -> None:
    expected = [
        Expected(10, "a", None, None),
        Expected(2, "a", "error", "v"),
        Expected(2, "a", "error", None),
        Expected(2, "a", None, None),
        Expected(2, "a", None, "v"),
    ]
    shown = [(one.line, str(one)) for one in compare(expected, []).missing]
    assert shown == [(2, "a"), (2, "a v"), (2, "a:error"), (2, "a:error v"), (10, "a")]


def test_each_finding_answers_one_expectation_and_the_most_exact_comes_first() -> None:
    one, two = found(1, "a", value="x"), found(1, "a", WARNING, "y")
    loose, exact = Expected(1, "a", None, None), Expected(1, "a", "error", "x")
    assert compare([loose, exact], [one, two]) == ((), ())
    assert compare([loose, loose, exact], [one, two]).missing == (loose,)
    assert compare([exact], [one, one]).unexpected == ((1, one),)


@given(
    st.lists(
        st.builds(
            found, st.integers(1, 3), st.sampled_from("ab"), st.sampled_from([ERROR, WARNING])
        ),
        max_size=6,
    )
)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_what_is_found_is_what_it_is_expected_to_be(findings: list[Finding]) -> None:
    comments: dict[int, list[str]] = {}
    for each in findings:
        text = f"{each.rule}:{each.severity.word} {each.value}"
        comments.setdefault(each.location.line, []).append(text)
    lines = [f"# expect: {'; '.join(comments[n])}" if n in comments else "" for n in (1, 2, 3)]
    script = script_of("\n".join(lines))
    assert compare(script.expected, findings) == ((), ())
    assert compare(script.expected, findings[1:]).missing == tuple(
        Expected(each.location.line, each.rule, each.severity.word, each.value)
        for each in findings[:1]
    )

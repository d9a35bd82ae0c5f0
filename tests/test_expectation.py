"""Comments that say what must be found, and how they are compared with what was."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.expectation import Expected, compare, read_script
from okxlint.model import Finding, Location, Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def found(line: int, rule: str, severity: Severity = ERROR, value: str = "v") -> Finding:
    return Finding(rule, severity, "m", "h", Location("a", line, 1, line, 2), value=value)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a: 1  # expect: max-age", [("max-age", None, None)]),
        ("a: 1  #expect:max-age", [("max-age", None, None)]),
        ("a: 1  # expect: max-age:error", [("max-age", "error", None)]),
        ("# expect: max-age:error 2026-10-01  ", [("max-age", "error", "2026-10-01")]),
        ("# expect: ip-public  10.0.0.1", [("ip-public", None, "10.0.0.1")]),
        ("# expect: acme/team-owner not a b", [("acme/team-owner", None, "not a b")]),
        (
            "x  # expect: a-b:info x y; c; d:error z",
            [("a-b", "info", "x y"), ("c", None, None), ("d", "error", "z")],
        ),
        ("a: 1  # a remark", []),
        ("a: expect: b", []),
        ("# expects: a", []),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_what_a_comment_expects(
    line: str, expected: list[tuple[str, str | None, str | None]], end: str
) -> None:
    script = read_script(f"version: 1{end or chr(10)}{line}{end}")
    assert script.expected == tuple(Expected(2, *each) for each in expected)


@pytest.mark.parametrize(
    "comment", ["# expect: Max-Age", "# expect: a;", "# expect: a:", "# expect: ;"]
)
def test_a_comment_that_is_none_is_told_with_its_line(comment: str) -> None:
    with pytest.raises(ValueError, match=r"^line 3: '.*' is not RULE\[:severity\] \[value\]$"):
        read_script(f"a\nb\n{comment}\n")


def test_the_header_is_at_the_top_alone() -> None:
    script = read_script(
        "# as-of: 2026-11-22\r\n#rules:  {max-age: off}  \n# a remark\n# policy: strict\n"
        "version: 1\n# select: max-age\n"
    )
    assert script.as_of == date(2026, 11, 22)
    assert script.header == {
        "as-of": "2026-11-22", "rules": "{max-age: off}", "policy": "strict"
    }  # fmt: skip
    assert read_script("version: 1\n").as_of is None
    with pytest.raises(ValueError, match="isoformat"):
        read_script("# as-of: soon\n")


def test_an_expectation_reads_as_it_is_written() -> None:
    assert str(Expected(3, "max-age", None, None)) == "line 3: max-age"
    assert str(Expected(3, "max-age", "error", "x y")) == "line 3: max-age:error x y"


@pytest.mark.parametrize(
    ("expected", "fits"),
    [
        (Expected(3, "a", None, None), True),
        (Expected(3, "a", "error", "v"), True),
        (Expected(4, "a", None, None), False),
        (Expected(3, "b", None, None), False),
        (Expected(3, "a", "warning", None), False),
        (Expected(3, "a", None, "w"), False),
    ],
)
def test_what_fits(expected: Expected, fits: bool) -> None:
    assert expected.fits(found(3, "a")) is fits


def test_what_is_missing_and_what_nobody_expected() -> None:
    one, two = found(1, "a"), found(2, "b")
    assert compare([], []) == ((), ())
    assert compare([Expected(1, "a", None, None)], [one, two]) == ((), (two,))
    missing = Expected(3, "c", None, None)
    assert compare([missing, Expected(1, "a", None, None)], [one]) == ((missing,), ())


def test_missing_ones_are_in_order_whatever_they_leave_open() -> None:
    expected = [
        Expected(10, "a", None, None),
        Expected(2, "a", "error", "v"),
        Expected(2, "a", "error", None),
        Expected(2, "a", None, None),
        Expected(2, "a", None, "v"),
    ]
    shown = [str(one) for one in compare(expected, []).missing]
    assert shown == [
        "line 2: a", "line 2: a v", "line 2: a:error", "line 2: a:error v", "line 10: a"
    ]  # fmt: skip


def test_each_finding_answers_one_expectation_and_the_most_exact_comes_first() -> None:
    one, two = found(1, "a", value="x"), found(1, "a", WARNING, "y")
    loose, exact = Expected(1, "a", None, None), Expected(1, "a", "error", "x")
    assert compare([loose, exact], [one, two]) == ((), ())
    assert compare([loose, loose, exact], [one, two]).missing == (loose,)
    assert compare([exact], [one, one]).unexpected == (one,)


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
    script = read_script("\n".join(lines))
    assert compare(script.expected, findings) == ((), ())
    assert compare(script.expected, findings[1:]).missing == tuple(
        Expected(each.location.line, each.rule, each.severity.word, each.value)
        for each in findings[:1]
    )

from __future__ import annotations

import re

import pytest

from okxlint.assertions.pattern import NotAPattern, TooSlow, compile_pattern, shortened

LABELS = ["", "gridbot-2026q4", "grid bot", "GRID", "team-a\n", "x{3}", "é", "a" * 50, "(", "ab12"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "^grid",
            "[a-z]+-[0-9]{4}q[1-4]",
            "(?i)grid",
            "(?i:grid)",
            "^team-[a-z]$",
            r"\x7B",
            ".",
        ),
        *(r"\{3\}", "[{]3", "(?P<a>a)(?P=a)", "(?<=x).", "(?<!a)b", "(?=g)g", "(?!g)g", "(?>a+)b"),
        *("a{2,}", "a{,2}b", "a{0}", "(a)?(?(1)a|b)", r"[]({]", r"[^]]", r"[\]]", r"\w+\s\w+"),
        *("a{50}", r"\(", "(?:(?:a|b)+1)?2", "a|b|", "(?s).\n", "(?m)^$"),
    ],
)
def test_patterns_mean_what_they_mean_in_python(text: str) -> None:
    pattern, theirs = compile_pattern(text), re.compile(text)
    for label in LABELS:
        assert pattern.search(label) is bool(theirs.search(label))
        assert pattern.fullmatch(label) is bool(theirs.fullmatch(label))


def test_names_of_unicode_and_of_other_dialects() -> None:
    assert compile_pattern(r"^\p{L}+$").search("é")
    assert not compile_pattern(r"^\p{Lu}{2}$").search("Éa")
    assert compile_pattern(r"(?<word>a)").search("a")


@pytest.mark.parametrize(
    ("text", "told", "offset"),
    [
        ("ab(", "missing", 3),
        ("ab)", "unbalanced", 2),
        ("[a-", "unterminated character set", 3),
        ("*a", "nothing to repeat", 0),
        ("a\\", "bad escape", 2),
        ("(?au)a", "incompatible", 0),
        ("(?P<", "missing group name", 4),
        ("a(?x) b", "a group begins with", 1),
        ("(?V1)a", "a group begins with", 0),
        ("(?#remark)", "a group begins with", 0),
        ("a(?R)?", "a group begins with", 1),
        ("(?:a){e<=3}", "written '\\{'", 5),
        ("a{e}", "written '\\{'", 1),
        ("a{", "written '\\{'", 1),
        ("a{10001}", "more than 10,000 times", 1),
        ("a{1,10001}", "more than 10,000 times", 1),
        (f"a{{{'9' * 4500}}}", "more than 10,000 times", 1),
        ("(?:(?:a*){100}){101}", "more than 10,000 times", 15),
        ("a" + "b" * 5_000, "more than 5,000 characters", 5_000),
        ("(" * 50 + ")" * 50, "nested more than 50 deep", 49),
    ],
)
def test_what_is_no_pattern(text: str, told: str, offset: int) -> None:
    with pytest.raises(NotAPattern) as caught:
        compile_pattern(text)
    assert told in caught.value.message
    assert caught.value.offset == offset
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "text",
    ["a{10000}", "(?:(?:a*){100}){99}", "a{0010}", "b" * 5_000, "(" * 49 + ")" * 49, "a{}b"],
)
def test_what_is_just_small_enough(text: str) -> None:
    compile_pattern(text)


@pytest.mark.parametrize("text", [r"^(a|aa)+$", r"(?:a|aa|aaa)+b$", r"^(?=(a|aa)+c)"])
def test_a_search_that_takes_too_long_is_given_up_for_good(text: str) -> None:
    pattern = compile_pattern(text)
    assert pattern.given_up is None
    # Ten thousand searches of half a second would not end in the time that a test may take.
    for _ in range(10_000):
        with pytest.raises(TooSlow) as caught:
            pattern.search("a" * 60 + "bc")
    with pytest.raises(TooSlow):
        pattern.fullmatch("a")
    assert f"the pattern '{text}' takes too long" in caught.value.message
    assert str(caught.value) == caught.value.message
    assert pattern.given_up is not None


def test_many_searches_that_are_each_just_short_enough_are_given_up_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = iter(range(100))
    monkeypatch.setattr("okxlint.assertions.pattern.process_time", lambda: next(seconds) / 5)
    pattern = compile_pattern("a")
    assert [pattern.search("a") for _ in range(3)] == [True, True, True]
    with pytest.raises(TooSlow):
        pattern.search("a")


def test_a_long_text_is_searched_in_time_that_is_its_own() -> None:
    assert not compile_pattern("^[a-z]+-[0-9]+$").search("a" * 1_000_000)


def test_patterns_do_not_share_what_they_have_used_up() -> None:
    with pytest.raises(TooSlow):
        compile_pattern("^(a|aa)+$").search("a" * 60 + "b")
    assert compile_pattern("^(a|aa)+$").search("aaa")


def test_long_texts_are_shortened() -> None:
    assert shortened("a" * 80) == "a" * 80
    assert shortened("a" * 81) == "a" * 79 + "…"
    assert shortened("abc", 2) == "a…"

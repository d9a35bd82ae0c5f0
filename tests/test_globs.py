"""Globs over paths."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.globs import compile_glob, is_glob, literal_folder
from okxlint.policy import DEFAULT_MANIFESTS

BOUNDED = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def matches(pattern: str, path: str) -> bool:
    return compile_glob(pattern).fullmatch(path) is not None


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("a.yaml", ["a.yaml"], ["a-yaml", "b/a.yaml", "a.yaml/b", ""]),
        ("*.yaml", ["a.yaml", ".yaml", "a b.yaml"], ["a/b.yaml", "a.yml"]),
        ("a/*.yaml", ["a/b.yaml"], ["a/b/c.yaml", "b.yaml"]),
        ("a/**/*.yaml", ["a/b.yaml", "a/b/c.yaml", "a/b/c/d.yaml"], ["a.yaml", "b/a/c.yaml"]),
        ("**/a.yaml", ["a.yaml", "b/a.yaml", "b/c/a.yaml"], ["ba.yaml", "b/ca.yaml"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "ab"]),
        ("**", ["a", "a/b"], []),
        ("a**b", ["ab", "axb"], ["a/b"]),
        ("a?c", ["abc", "a.c", "aéc"], ["ac", "a/c", "abbc"]),
        ("[ab]c", ["ac", "bc"], ["cc", "[ab]c"]),
        ("[a-c]x", ["ax", "bx", "cx"], ["dx", "-x"]),
        ("[!ab]c", ["cc", "]c"], ["ac", "/c"]),
        ("[^ab]c", ["cc"], ["ac", "/c"]),
        ("[]a]b", ["]b", "ab"], ["b"]),
        ("[!]a]b", ["bb"], ["]b", "ab"]),
        ("[a-]b", ["ab", "-b"], ["bb"]),
        ("[-a]b", ["ab", "-b"], ["bb"]),
        ("[+-9]a", ["1a", ".a", "+a"], ["/a"]),
        ("[z-a]", [], ["z", "a", "-"]),
        ("[!z-a]", ["z", "a"], ["/", ""]),
        ("[a&&b--c||d~~e]", ["a", "&", "|", "~"], ["x"]),
        ("[[]a", ["[a"], ["a"]),
        ("[\\]a", ["\\a"], ["a"]),
        ("[a", ["[a"], ["a"]),
        ("[!]", ["[!]"], ["a"]),
        ("[]", ["[]"], [""]),
        ("a+(b).c", ["a+(b).c"], ["aab.c", "ab.c"]),
        ("é*", ["é😁"], ["e"]),
        ("*", ["a\nb", "a"], ["a/b"]),
    ],
)
def test_a_pattern_matches_whole_paths(pattern: str, yes: list[str], no: list[str]) -> None:
    assert [path for path in yes if not matches(pattern, path)] == []
    assert [path for path in no if matches(pattern, path)] == []


def test_the_default_patterns() -> None:
    def default(path: str) -> bool:
        return any(matches(pattern, path) for pattern in DEFAULT_MANIFESTS)

    assert default("okx-keys.yaml")
    assert default("okx-keys/main.yaml")
    assert default("okx-keys/desk/bots.yml")
    assert not default("okx-keys.yml")
    assert not default("desk/okx-keys.yaml")


@BOUNDED
@given(st.text("ab[]!^-*?&~|\\", max_size=8), st.text("ab[]!^-*?&~|\\", max_size=6))
def test_within_one_part_a_pattern_is_what_fnmatch_takes_it_for(pattern: str, path: str) -> None:
    # `^` negates here as in a shell, and ranges that end in nothing are this module's own.
    if "^" not in pattern and not re.search(r"\[!?\]?[^\]]*-[^\]]*\]", pattern):
        assert matches(pattern, path) == fnmatchcase(path, pattern)


@BOUNDED
@given(st.text("ab[]!^-*?/&~|\\z0", max_size=12), st.text("ab/]-z", max_size=8))
def test_no_pattern_is_a_crash_or_a_warning(pattern: str, path: str) -> None:
    matches(pattern, path)
    literal_folder(pattern)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("a/b.yaml", False), ("a*", True), ("a?", True), ("[a]", True), ("a]", False)],
)
def test_what_is_a_glob(pattern: str, expected: bool) -> None:
    assert is_glob(pattern) is expected


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [
        ("okx-keys/**/*.yaml", "okx-keys"),
        ("a/b/*.yaml", "a/b"),
        ("a/b/c.yaml", "a/b"),
        ("a/b*/c/*.yaml", "a"),
        ("*.yaml", ""),
        ("**/a.yaml", ""),
        ("/abs/*.yaml", "/abs"),
    ],
)
def test_the_folder_before_the_first_wildcard(pattern: str, folder: str) -> None:
    assert literal_folder(pattern) == folder

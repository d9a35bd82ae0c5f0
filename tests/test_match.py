"""Globs over names: what fits, what surely covers something else, and what surely is apart."""

from __future__ import annotations

from fnmatch import fnmatchcase
from json import dumps

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.documents.reader import read
from okxlint.inventory import Key
from okxlint.manifest import load
from okxlint.policy.layer import check_layer
from okxlint.policy.match import Match, covers, described, literal, names_of
from okxlint.policy.merge import merge
from okxlint.policy.text import read_text
from okxlint.rule import Ruleset

QUICK = settings(max_examples=400, deadline=None, derandomize=True, database=None)
GLOBS = st.text("ab@.*?[]!-", min_size=1, max_size=7)
NAMES = st.text("ab@.", max_size=7)


def key(label: str, account: str, environment: str, apps: list[str], path: str) -> Key:
    text = (
        f"version: 1\nkeys: [{{label: '{label}', account: '{account}', app: {apps}, "
        f"environment: {environment}, permissions: [trade]}}]\n"
    )
    inventory, _ = load([read(path, text.encode())])
    return inventory.keys[0]


@pytest.mark.parametrize(
    ("glob", "other", "expected"),
    [
        ("*", "*@example.com", True),
        ("*@example.com", "*@example.com", True),
        ("*@example.com", "security@example.com", True),
        ("*@example.com", "sec-*@example.com", True),
        ("*@example.com", "?@example.com", True),
        ("*@example.com", "[ab]@example.com", True),
        ("*@example.com", "*@sub.example.com", False),
        ("*@example.com", "*", False),
        ("*@example.com", "*@example.com*", False),
        ("?@example.com", "*@example.com", False),
        ("?@example.com", "a@example.com", True),
        ("[ab]*", "a*", False),  # it does, but nobody has to be sure
        ("a", "b", False),
        ("a", "*", False),
        ("a*b", "a*b", True),
        ("a*b", "ab", True),
        ("a*b", "aXb*Yb", True),
        ("aa*", "a*", False),
        ("a*a", "a", False),
    ],
)
def test_what_a_glob_covers(glob: str, other: str, expected: bool) -> None:
    assert covers(glob, other) is expected


@QUICK
@given(NAMES, NAMES, GLOBS | st.just("*"), GLOBS, NAMES)
def test_what_a_glob_covers_it_fits(
    head: str, tail: str, inner: str, other: str, name: str
) -> None:
    glob, other, name = f"{head}{inner}{tail}", f"{head}{other}{tail}", f"{head}{name}{tail}"
    for one, two in ((glob, other), (other, glob), (inner, other)):
        if covers(one, two) and fnmatchcase(name, two):
            assert fnmatchcase(name, one)


@QUICK
@given(st.lists(GLOBS, max_size=3), st.lists(GLOBS, max_size=3), NAMES)
def test_an_approver_of_a_chain_is_one_of_each_file(
    one: list[str], other: list[str], name: str
) -> None:
    texts = [
        read_text(
            f"{n}.yaml",
            f"{{version: 1, waivers: {{approvers: {dumps(globs)}}}}}".encode(),
            "/",
            True,
        )
        for n, globs in enumerate((one, other))
    ]
    layers = [check_layer(text, Ruleset(), []) for text in texts]
    approvers = merge(layers, Ruleset(), {}).waivers.approvers or ()
    if any(fnmatchcase(name, glob) for glob in approvers):
        assert any(fnmatchcase(name, glob) for glob in one)
        assert any(fnmatchcase(name, glob) for glob in other)


@QUICK
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "account": GLOBS,
            "app": GLOBS,
            "key": GLOBS,
            "environment": st.sampled_from(["live", "demo", "*", "l*", "?emo"]),
            "path": st.sampled_from(["a.yaml", "x/a.yaml", "*", "**", "x/*", "**/a.yaml"]),
        },
    ),
    st.fixed_dictionaries({}, optional={"account": GLOBS, "app": GLOBS, "key": GLOBS}),
    st.sampled_from(["a", "b", "ab", "a.b"]),
    st.sampled_from(["live", "demo"]),
    st.sampled_from(["a.yaml", "x/a.yaml"]),
)
def test_what_two_matches_both_fit_they_may_meet_in(
    one: dict[str, str], other: dict[str, str], name: str, environment: str, path: str
) -> None:
    target = key(name, name, environment, ["a", "b"], path)
    first, second = Match(**one), Match(**other, path="**")
    if first.fits(target) and second.fits(target):
        assert first.may_meet(second)
        assert second.may_meet(first)


@pytest.mark.parametrize("path", ["a[b]*?.yaml", "plain/x.yaml", "[[]]"])
def test_a_literal_glob_fits_its_path_alone(path: str) -> None:
    match = Match(path=literal(path))
    assert match.fits(read(path, b""))
    assert not match.fits(read(f"x{path}", b""))
    assert not match.fits(
        read(path.replace("b", "c").replace("plain", "a").replace("[[", "["), b"")
    )


def test_names_and_kinds() -> None:
    target = key("k", "m", "live", ["a"], "x.yaml")
    assert names_of(target, "app") == ("a",)
    assert names_of(read("a.yaml", b""), "account") == ()
    assert described(("key", "account")) == "a key or an account"
    assert Match(environment="live", account="m").text == "account m, environment live"

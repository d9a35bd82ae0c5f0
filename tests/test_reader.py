"""Bytes to documents: the values, every limit, and every problem with its place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.documents import nesting, syntax
from okxlint.documents.nesting import MAX_ALIAS_NODES, MAX_DEPTH
from okxlint.documents.reader import Parsed, read
from okxlint.documents.scalars import NULLS
from okxlint.documents.source import MAX_BYTES
from okxlint.errors import OkxlintError
from tests.conftest import verdict_of

BOUNDED = settings(max_examples=150, deadline=None, derandomize=True, database=None)


def parsed(text: str | bytes) -> Parsed:
    return read("a.yaml", text if isinstance(text, bytes) else text.encode())


def values(text: str | bytes) -> list[Any]:
    file = parsed(text)
    assert file.problems == ()
    return [document.value for document in file.documents]


def value(text: str | bytes) -> Any:
    (only,) = values(text)
    return only


def told(text: str | bytes) -> list[tuple[str, str]]:
    """Each problem, as its kind and the text that it points at."""
    file = parsed(text)
    return [
        (problem.kind, file.source.text[problem.start : problem.end]) for problem in file.problems
    ]


# -- values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1", {"a": "1"}),
        (
            "a: no\nb: off\nc: on\nd: yes\ne: 2026-10-01",
            {"a": "no", "b": "off", "c": "on", "d": "yes", "e": "2026-10-01"},
        ),
        ("key_id: 0012\nuid: 44670589234361958", {"key_id": "0012", "uid": "44670589234361958"}),
        (
            "a: ~\nb: null\nc: Null\nd: NULL\ne:\nf: nULL",
            {"a": None, "b": None, "c": None, "d": None, "e": None, "f": "nULL"},
        ),
        ("a: 'null'\nb: \"~\"\nc: ''\nd: \"\"", {"a": "null", "b": "~", "c": "", "d": ""}),
        ("a: |\n  x\n  y\nb: >-\n  x\n  y", {"a": "x\ny\n", "b": "x y"}),
        ("a: |\nb: >", {"a": "", "b": ""}),
        ("a: x\n  y\n\n  z", {"a": "x y\nz"}),
        ("a: ''''\nb: \"\\u00e9\\x41\\n\"", {"a": "'", "b": "éA\n"}),
        ("[a, [b, {c: d}], e: f]", ["a", ["b", {"c": "d"}], {"e": "f"}]),
        ("- - a\n  - b\n-\n  c: d", [["a", "b"], {"c": "d"}]),
        ("? a\n: b\n? c", {"a": "b", "c": None}),
        (
            "'a b': c\n\"d\\te\": f\n1: g\n~: h\nnull: i",
            {"a b": "c", "d\te": "f", "1": "g", "~": "h", "null": "i"},
        ),
        ("? a\n  b\n: c\n? d e\n: f", {"a b": "c", "d e": "f"}),
        ("{? a\n b : c, ? : d}", {"a b": "c", "": "d"}),
        ("word", "word"),
    ],
)
def test_plain_yaml_is_read_by_the_core_schema(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: !!str null", "null"),
        ("a: !!str", ""),
        ("a: ! null", "null"),
        ("a: ! 'null'", "null"),
        ("a: !!null null", None),
        ("a: !!null", None),
        ("a: !!null x", "x"),
        ("a: !!int 0x1F", "0x1F"),
        ("a: !!int x", "x"),
        ("a: !!float '1.5'", "1.5"),
        ("a: !!bool true", "true"),
        ("a: !!seq [x]", ["x"]),
        ("a: !!map {x: y}", {"x": "y"}),
        ("a: !<tag:yaml.org,2002:str> x", "x"),
        ("a: ! [x]", ["x"]),
        ("a: !!str &b x", "x"),
        ("a: &b !!str x", "x"),
    ],
)
def test_tags_of_the_core_schema_are_known(text: str, expected: Any) -> None:
    assert value(text)["a"] == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a: !!timestamp 2026-10-01", "!!timestamp"),
        ("a: !!binary aGk=", "!!binary"),
        ("a: !vault x", "!vault"),
        ("!!python/object:os.system {a: b}", "!!python/object:os.system"),
        ("a: !!set\n  ? b", "!!set"),
        ("a: !!seq {b: c}", "!!seq"),
        ("a: !!str [b]", "!!str"),
        ("a: &x !mine [b]", "&x !mine"),
        ("!k a: b", "!k"),
    ],
)
def test_any_other_tag_is_refused_where_it_stands(text: str, shown: str) -> None:
    assert told(text) == [("unknown tag", shown)]
    assert parsed(text).documents == ()


def test_every_document_of_a_stream_is_read() -> None:
    assert values("a: 1\n---\n- b\n---\n...\n---\nc") == [{"a": "1"}, ["b"], None, "c"]
    assert values("%YAML 1.2\n---\na: b\n") == [{"a": "b"}]


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "\ufeff", "\ufeff# c", "   \n\n"])
def test_a_file_with_nothing_or_comments_alone_has_no_document(text: str) -> None:
    assert values(text) == []


def test_a_file_without_a_manifest_is_no_finding() -> None:
    assert verdict_of("", "# later\n", "---\n").findings == ()


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    file = parsed("\ufeffa: b")
    assert file.documents[0].value == {"a": "b"}
    assert file.spans.span(1) == (0, 1)


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_breaks_of_yaml_1_1_are_text(character: str) -> None:
    quoted = f"a: 'x{character}y'\nb: \"x{character}y\"\nc: x{character}y\nd: |\n  x{character}y\n"
    expected = f"x{character}y"
    assert value(quoted) == {"a": expected, "b": expected, "c": expected, "d": expected + "\n"}
    assert value(f"# c{character}a: 1\nb: 2") == {"b": "2"}
    assert value(f"k{character}: v\n{character}: w") == {f"k{character}": "v", character: "w"}


def test_breaks_of_yaml_1_1_are_told_from_the_characters_that_stand_in_for_them() -> None:
    text = "'\x85\u2028\u2029\ue000\ue001\ue002\ue003'"
    assert value(text) == text[1:-1]


def test_a_file_with_every_stand_in_character_is_still_read() -> None:
    every = "".join(chr(code) for code in range(0xE000, 0xF900))
    assert value(f"a: b\n# {every}\n#\x85") == {"a": "b"}


# -- the same as PyYAML, where YAML 1.1 and 1.2 agree ----------------------------------------------

PIECES = (
    "a",
    "b c",
    "x: y",
    "- z",
    "#",
    "é",
    "😁",
    "'",
    '"',
    "\\",
    "{",
    "]",
    ",",
    "&",
    "*",
    "!",
    "?",
    "1",
    "\t",
    "\n",
)
SCALARS = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
PLAIN = st.sampled_from(
    ["a", "b-c", "0012", "é😁", "no", "1.5", "x y", "2026-10-01", "203.0.113.7/32", "v://x"]
)
TREES = st.recursive(
    SCALARS | PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PLAIN | SCALARS, inner, max_size=4),
    max_leaves=12,
)


@BOUNDED
@given(
    st.lists(TREES, min_size=1, max_size=3),
    st.sampled_from([True, False, None]),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.integers(8, 90),
    st.booleans(),
)
def test_well_formed_documents_are_read_as_pyyaml_reads_them(
    trees: list[Any], flow: bool | None, style: str | None, width: int, raw: bool
) -> None:
    text = yaml.safe_dump_all(
        trees,
        default_flow_style=flow,
        default_style=style,
        width=width,
        allow_unicode=raw,
        indent=2,
    )
    expected = list(yaml.load_all(text, Loader=yaml.CBaseLoader))
    file = parsed(text)
    assert file.problems == ()
    assert [without_nulls(d.value) for d in file.documents] == [without_nulls(e) for e in expected]
    assert_spans(file)


def without_nulls(tree: Any) -> Any:
    """A plain null is text to PyYAML's base loader."""
    if isinstance(tree, dict):
        return {key: without_nulls(item) for key, item in tree.items()}
    if isinstance(tree, list):
        return [without_nulls(item) for item in tree]
    return None if tree in NULLS else tree


def assert_spans(file: Parsed) -> None:
    spans, length = file.spans, len(file.source.text)
    for node in range(len(spans.kinds)):
        start, end = spans.span(node)
        assert 0 <= start <= end <= length + 1
        assert 1 <= spans.sizes[node] <= len(spans.kinds) - node
    assert list(spans.starts) == sorted(spans.starts)


WORDS = (
    *(
        "a",
        "b: ",
        "c: ",
        "- ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "\n",
        "\n  ",
        "\n- ",
        "&x ",
        "*x ",
        "<<: ",
    ),
    *(
        "!",
        "!!str ",
        "!!null ",
        '"',
        "'",
        "|",
        ">",
        "#",
        " # c\n",
        "\t",
        "\r\n",
        "\r",
        "\ufeff",
        "\x85",
        "\u2028",
    ),
    *("---\n", "...\n", "%YAML 1.2\n", "~", "null", "::1", "@", "\\", "😁", "\x00", "\x7f"),
)


@BOUNDED
@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join), st.integers(-9, 30))
def test_no_text_is_a_crash(text: str, break_at: int) -> None:
    data = text.encode()
    if 0 <= break_at <= len(data):
        data = data[:break_at] + b"\xff" + data[break_at:]
    file = parsed(data)
    assert_spans(file)
    for problem in file.problems:
        assert 0 <= problem.start <= problem.end <= len(file.source.text) + 1
        assert problem.message
    if b"\xff" in data:
        assert file.problems[-1].kind == "encoding"


# -- duplicate keys, aliases, merges ---------------------------------------------------------------


def test_of_a_key_that_stands_twice_the_first_holds_and_the_rest_is_read() -> None:
    text = "a: 1\n'a': {b: 2, b: 3}\nc: 4\na: 5"
    assert told(text) == [("duplicate key", "'a'"), ("duplicate key", "b"), ("duplicate key", "a")]
    (document,) = parsed(text).documents
    assert document.value == {"a": "1", "c": "4"}


def test_keys_of_different_mappings_are_no_duplicates() -> None:
    assert value("a: {b: 1}\nc: {b: 2}\nb: 3") == {"a": {"b": "1"}, "c": {"b": "2"}, "b": "3"}
    assert value("1: a\n01: b") == {"1": "a", "01": "b"}


def test_an_alias_has_the_value_of_its_anchor() -> None:
    assert value("a: &x 1\nb: *x\nc: &y [p, &z q]\nd: *y\ne: *z") == {
        "a": "1",
        "b": "1",
        "c": ["p", "q"],
        "d": ["p", "q"],
        "e": "q",
    }
    assert value("a: &x\nb: *x\nc: &y ~\nd: *y") == {"a": None, "b": None, "c": None, "d": None}
    assert value("a: &x 1\nb: &x 2\nc: *x") == {"a": "1", "b": "2", "c": "2"}
    assert value("&k a: 1\nb: *k") == {"a": "1", "b": "a"}


def test_an_alias_may_be_a_key() -> None:
    assert value("- &k a\n- {*k : 1}") == ["a", {"a": "1"}]
    assert value("- &k ''\n- {*k : 1}") == ["", {"": "1"}]
    assert value("- &k ~\n- {*k : 1}") == [None, {"~": "1"}]
    assert value("- &k <<\n- {*k : 1}") == ["<<", {"<<": "1"}]
    assert told("- &k a\n- {a: 1, *k : 2}") == [("duplicate key", "*k")]


def test_an_alias_to_nothing_is_told_with_the_nearest_anchor() -> None:
    text = "office: &office [a]\nb: *ofice\nc: *other"
    assert told(text) == [("unknown alias", "*ofice"), ("unknown alias", "*other")]
    messages = [problem.message for problem in parsed(text).problems]
    assert messages[0].endswith("did you mean 'office'?")
    assert "did you mean" not in messages[1]
    assert parsed(text).documents == ()


def test_an_anchor_ends_with_its_document() -> None:
    file = parsed("a: &x 1\n---\nb: *x")
    assert [document.value for document in file.documents] == [{"a": "1"}]
    assert [problem.kind for problem in file.problems] == ["unknown alias"]


@pytest.mark.parametrize(
    "text", ["a: &x [*x]", "a: &x {b: *x}", "&x {a: [{b: *x}]}", "a: &x\n  <<: *x"]
)
def test_an_alias_inside_what_it_names_is_refused(text: str) -> None:
    assert told(text) == [("recursive alias", "*x")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m: &m {a: 1, b: 2}\nn: {b: 3, <<: *m}", {"b": "3", "a": "1"}),
        ("m: &m {a: 1, b: 2}\nn: {<<: *m, b: 3}", {"b": "3", "a": "1"}),
        (
            "m: [&p {a: 1, b: 1}, &q {b: 2, c: 2}]\nn: {<<: [*p, *q]}",
            {"a": "1", "b": "1", "c": "2"},
        ),
        (
            "m: [&p {a: 1, b: 1}, &q {b: 2, c: 2}]\nn: {<<: [*q, *p]}",
            {"b": "2", "c": "2", "a": "1"},
        ),
        ("m: &m [{a: 1}, {a: 2, b: 2}]\nn: {<<: *m}", {"a": "1", "b": "2"}),
        ("m: &m {a: 1}\no: &o {<<: *m, b: 2}\nn: {<<: *o}", {"b": "2", "a": "1"}),
        ("n: {<<: {a: 1}, b: 2}", {"b": "2", "a": "1"}),
        ("n: {<<: []}", {}),
        ("m: &m {a: ~}\nn: {<<: *m}", {"a": None}),
        ("m: &m {a: 1}\nn: {<<: *m, a: ~}", {"a": None}),
        ("n: {'<<': 1}", {"<<": "1"}),
        ("n: {!!str <<: 1}", {"<<": "1"}),
    ],
)
def test_merges(text: str, expected: Any) -> None:
    assert value(text)["n"] == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<<: a", "<<"),
        ("<<:", "<<"),
        ("<<: [a]", "<<"),
        ("<<: [{a: 1}, [b]]", "<<"),
        ("m: &m a\nn: {<<: *m}", "*m"),
        ("m: &m [a]\nn: {<<: *m}", "*m"),
        ("m: &m [a]\nn: {<<: [*m]}", "<<"),
    ],
)
def test_a_merge_of_what_is_no_mapping_is_refused(text: str, shown: str) -> None:
    assert told(text) == [("not a mapping to merge", shown)]
    assert parsed(text).documents == ()


def test_a_merge_of_an_unknown_alias_is_told_once() -> None:
    assert told("n: {<<: *m}") == [("unknown alias", "*m")]


def test_a_second_merge_in_one_mapping_is_a_duplicate_key() -> None:
    text = "<<: {a: 1}\nb: 2\n<<: {a: 3, c: 4}"
    assert told(text) == [("duplicate key", "<<")]
    assert parsed(text).documents[0].value == {"b": "2", "a": "1"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("? [a]\n: b", "["),
        ("? {a: b}\n: c", "{"),
        ("? - a\n: b", "-"),
        ("{[a]: b}", "["),
        ("- &l [a]\n- {*l : b}", "*l"),
    ],
)
def test_a_key_that_is_a_list_or_a_mapping_is_refused(text: str, shown: str) -> None:
    assert told(text) == [("key", shown)]
    assert parsed(text).documents == ()


# -- limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_depth_on_both_sides(opening: str, closing: str) -> None:
    assert values(opening * MAX_DEPTH + "x" + closing * MAX_DEPTH)
    deep = opening * (MAX_DEPTH + 1) + "x" + closing * (MAX_DEPTH + 1)
    file = parsed(deep)
    assert [problem.kind for problem in file.problems] == ["depth"]
    assert file.problems[0].start == len(opening) * MAX_DEPTH
    assert file.documents == ()


def test_depth_of_a_million_brackets_is_refused_at_once() -> None:
    assert [problem.kind for problem in parsed("[" * 1_000_000).problems] == ["depth"]


def test_depth_counts_what_stands_behind_an_alias() -> None:
    inner = "[" * 40 + "]" * 40
    for around, kinds in ((23, []), (24, ["depth"])):
        outer = "[" * around + "*x" + "]" * around
        file = parsed(f"- &x {inner}\n- {outer}")
        assert [problem.kind for problem in file.problems] == kinds, around


def test_documents_before_a_limit_are_still_judged() -> None:
    file = parsed("a: 1\n---\n" + "[" * 99)
    assert [document.value for document in file.documents] == [{"a": "1"}]


def test_nodes_that_aliases_add_on_both_sides() -> None:
    thousand = ", ".join("x" * 999)  # the list is the thousandth node
    aliases = ", ".join(["*a"] * 1000)
    text = f"- &a [{thousand}]\n- [{aliases}]"
    assert MAX_ALIAS_NODES == 1_000_000
    assert values(text)
    assert told(text + "\n- &b x\n- *b") == [("aliases", "*b")]


def test_every_kind_of_alias_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nesting, "MAX_ALIAS_NODES", 10)
    assert values("- &a [x, y]\n- [*a, *a, *a]\n- &b z\n- *b")  # 3 times 3 nodes, and 1
    text = "- &a [x, y]\n- [*a, *a, *a]\n- &b z\n- *b\n- *b"
    assert told(text) == [("aliases", "*b")]
    file = parsed("a: 1\n---\n" + text)
    assert [document.value for document in file.documents] == [{"a": "1"}]


def test_aliases_inside_an_alias_count_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "- &a [x, y]\n- &b [*a, *a]\n- *b"  # 3 + 3, then 3 of *b itself and 6 behind it
    monkeypatch.setattr(nesting, "MAX_ALIAS_NODES", 15)
    assert values(text)
    monkeypatch.setattr(nesting, "MAX_ALIAS_NODES", 14)
    assert told(text) == [("aliases", "*b")]


def test_a_billion_laughs_are_refused_at_once() -> None:
    lines = ["- &a0 [lol]"]
    lines += [f"- &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert [problem.kind for problem in parsed("\n".join(lines)).problems] == ["aliases"]


def test_size_on_both_sides() -> None:
    exact = b"a: b #" + b"x" * (MAX_BYTES - 6)
    assert len(exact) == 64 * 1024 * 1024
    assert value(exact) == {"a": "b"}
    file = parsed(exact + b"x")
    assert [problem.kind for problem in file.problems] == ["size"]
    assert file.documents == ()
    assert "larger than the 64 MiB" in file.problems[0].message


# -- what is no text -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "documents", "at"),
    [
        (b"a: \xff\n", [], 3),
        (b"\xef\xbb\xbfa: \xff\n", [], 3),
        ("a: é".encode() + b"\xff", [], 4),
        (b"a: 1\n---\nb: \xff", [{"a": "1"}], 12),
        (b"a: 1\n---\nb: [\xff", [{"a": "1"}], 13),
        (b"a: 1\n---\nb: 'x\xff'", [{"a": "1"}], 14),
        (b"a: 1\n---\nb: &x c\nd: *x\xff", [{"a": "1"}], 22),
        (b"a: 1\n---\n\xff", [{"a": "1"}], 9),
        (b"a: 1\n...\n# \xff", [{"a": "1"}], 11),
        (b"a: 1\n# \xff\n---\nb: 2", [], 7),
        (b"a: 1\n---\nb: \x01", [{"a": "1"}], 12),
        (b"a: 1\n---\nb: 'x\x7f'", [{"a": "1"}], 14),
        (b"\xff\xfea\x00", [], 0),
        ("a: \ufffe".encode(), [], 3),
    ],
)
def test_what_is_no_text_cuts_its_own_document_alone(
    data: bytes, documents: list[Any], at: int
) -> None:
    file = parsed(data)
    assert [document.value for document in file.documents] == documents
    assert [(problem.kind, problem.start, problem.end) for problem in file.problems] == [
        ("encoding", at, at + 1)
    ]


def test_what_was_wrong_before_the_place_is_still_told() -> None:
    assert [kind for kind, _ in told(b"a: 1\na: 2\nb: *c\nd: \xff")] == [
        "duplicate key",
        "unknown alias",
        "encoding",
    ]
    assert [kind for kind, _ in told(b"a: b: c\n\xff")] == ["syntax", "encoding"]


def test_a_control_character_is_named_and_bytes_are_not_shown() -> None:
    assert "U+0001" in parsed(b"a: \x01").problems[0].message
    assert parsed(b"a: \xe9").problems[0].message == "this is not UTF-8 text"


# -- what YAML cannot read -------------------------------------------------------------------------

MISTAKES = {
    "a second ': ' stands on this line, or the line is indented too far": ("a: b: c", ":", 4),
    "a value cannot begin with this character": ("a: @b", "@", 3),
    "a key without its ':'": ("a: 1\nb\n", "b", 5),
    "this does not continue what stands before it": ("a: 1\n- b", "-", 5),
    "this list ends in something that is no item": ("- a\nb: 1", "b", 4),
    "a list or mapping in brackets does not end, or a comma is missing": ("a: [b}", "}", 5),
    "a value is missing here": ("a: ]", "]", 3),
    "a value inside [ ] or { } ends with ':'": ("a: [b:]", ":", 5),
    "a value that begins with * or & needs quotes": ("a: *@example.com", "@", 4),
    "the document has ended, and something follows it": ("{a: b}}", "}", 6),
    "a list item stands behind something else on its line": ("a: - b", "-", 3),
    "a double-quoted value holds a backslash that escapes nothing": ('a: "\\q"', "\\", 4),
}


def test_every_sentence_has_its_mistake() -> None:
    assert {message for _, message, _ in syntax._PLAIN_WORDS} == set(MISTAKES)


@pytest.mark.parametrize("message", MISTAKES)
def test_a_mistake_is_told_in_plain_words_at_its_place(message: str) -> None:
    text, shown, at = MISTAKES[message]
    (problem,) = parsed(text).problems
    assert problem.message == message
    assert problem.kind == "syntax"
    assert (problem.start, text[problem.start : problem.end]) == (at, shown)
    assert problem.hint.endswith(".")
    assert parsed("a: 1\n---\n" + text).documents[0].value == {"a": "1"}


def test_a_mistake_without_own_words_is_told_in_those_of_libyaml() -> None:
    (problem,) = parsed("%YAML 3.0\n---\na").problems
    assert problem.message == "found incompatible YAML document"
    assert problem.hint == "Reading stopped here; what follows was not looked at."


def test_a_quotation_that_does_not_end_is_told_with_the_line_on_which_it_begins() -> None:
    (problem,) = parsed("a: 1\nb: 'c\nd: e\n").problems
    assert problem.message == "the quoted value that begins on line 2 does not end"
    assert (problem.start, problem.end) == (14, 15)
    assert problem.hint == "Close its quotation mark."


def test_a_tab_as_indentation_is_told_at_the_tab() -> None:
    (problem,) = parsed("a:\n\t- b").problems
    assert problem.start == 3
    assert "tabs" in problem.hint


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ip: [::1]", "::1"),
        ("ip: [::]", "::"),
        ("ip: [::/0]", "::/0"),
        ("ip: [203.0.113.7, ::ffff:203.0.113.7]", "::ffff:203.0.113.7"),
        ("ip: [2001:db8::]", "2001:db8::"),
        ("ip: [2001:db8::, 203.0.113.7]", "2001:db8::"),
        ("ip: {a: ::1}", "::1"),
        ("[::1", "::1"),
    ],
)
def test_an_ipv6_address_that_needs_quotes_is_told_so(text: str, address: str) -> None:
    assert told(text) == [("syntax", address)]
    assert f'needs quotes: "{address}"' in parsed(text).problems[0].message


@pytest.mark.parametrize("text", ["a: [:b]", "a: [::vector]", "a: [b:]", "a: [x::]"])
def test_what_is_no_ipv6_address_is_not_called_one(text: str) -> None:
    assert "IPv6" not in parsed(text).problems[0].message


def test_ipv6_addresses_that_need_no_quotes_are_read() -> None:
    assert value("ip: [2001:db8::1, 2001:db8::/32]\nb:\n  - ::1\n") == {
        "ip": ["2001:db8::1", "2001:db8::/32"],
        "b": ["::1"],
    }


def test_lines_of_a_finding_are_those_of_git() -> None:
    lone = verdict_of("version: 1 # a\x85b\u2028c\u2029d\r\nx: \xa0y\n", as_of=date(2026, 11, 22))
    (finding,) = lone.findings
    assert finding.location[1:] == (2, 1, 2, 2)


def test_without_the_c_parser_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml.cyaml", None)
    with pytest.raises(OkxlintError) as caught:
        parsed("a: b")
    assert caught.value.exit_code == 2
    assert "libyaml" in caught.value.message
    assert "pip install" in caught.value.hint


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Reading switches the garbage collector off, and must leave it as it was."""
    import gc

    was = gc.isenabled()
    yield
    assert gc.isenabled() == was


def test_the_garbage_collector_stays_off_if_it_was_off() -> None:
    import gc

    gc.disable()
    try:
        parsed("a: b")
        assert not gc.isenabled()
    finally:
        gc.enable()


# -- what libYAML reads otherwise than YAML 1.2 ----------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key: &an:chor value", ["an:chor"]),
        ("- &a: x", ["a:"]),
        ("{&a: x}", ["a:"]),
        ("a: !!str &b:c d", ["b:c"]),
        ("a: !!str # &b\n  &b:c d", ["b:c"]),
        ("a: &b:( &b", ["b:("]),
        ("a: &b x\n*b: y", ["b:"]),
    ],
)
def test_an_anchor_whose_name_some_read_longer(text: str, shown: list[str]) -> None:
    assert told(text) == [("anchor name", name) for name in shown]
    assert parsed(text).documents == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &b x\nc: [*b, *b]\nd: {*b : y}", {"a": "x", "c": ["x", "x"], "d": {"x": "y"}}),
        ("a: &b-1_C x\n<<: {d: *b-1_C}", {"a": "x", "d": "x"}),
        ("a: [&b, &c ]", {"a": [None, None]}),
        ("a: !!str # &cc\n  &c x", {"a": "x"}),
        ("a: &b\nc: *b", {"a": None, "c": None}),
    ],
)
def test_an_anchor_whose_name_all_read_alike(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[?x]", "?x"),
        ("{?foo: bar, b: c}", "?foo"),
        ('[a, ?"x"]', '?"x"'),
        ("a: [b,\n  ?c]", "?c"),
    ],
)
def test_a_question_mark_that_some_take_for_text(text: str, shown: str) -> None:
    assert told(text) == [("question mark", shown)]
    assert parsed(text).documents == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: ?x", {"a": "?x"}),
        ("a: why ?x", {"a": "why ?x"}),
        ("a: [why ?x, 'b ?c']", {"a": ["why ?x", "b ?c"]}),
        ("? a\n: [? b, c?]", {"a": [{"b": None}, "c?"]}),
        ('a: ["?x"] # ?y', {"a": ["?x"]}),
    ],
)
def test_a_question_mark_that_all_read_alike(text: str, expected: Any) -> None:
    assert value(text) == expected


def test_a_question_mark_spoils_its_document_alone() -> None:
    file = parsed("a: 1\n---\n[?x]\n---\nb: 2\n")
    assert [document.value for document in file.documents] == [{"a": "1"}, {"b": "2"}]


def test_a_second_byte_order_mark_is_told_of() -> None:
    assert told("\ufeff\ufeffa: 1") == [("encoding", "\ufeff")]
    assert "byte order mark" in parsed("\ufeff\ufeffa: 1").problems[0].message
    assert value("\ufeffa: '\ufeff'") == {"a": "\ufeff"}

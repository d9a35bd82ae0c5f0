"""Where things stand: spans of nodes, lines and columns, and the places that an origin gives."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.documents.reader import Parsed, read
from okxlint.documents.source import Source
from okxlint.documents.spans import ALIAS, MAPPING, NULL, SCALAR, SEQUENCE
from okxlint.model import Location
from okxlint.origin import Origin, Place, Step

BOUNDED = settings(max_examples=150, deadline=None, derandomize=True, database=None)
KINDS = {NULL: "null", SCALAR: "scalar", SEQUENCE: "list", MAPPING: "map", ALIAS: "alias"}


def parsed(text: str) -> Parsed:
    file = read("a.yaml", text.encode())
    assert file.problems == ()
    return file


def nodes(text: str) -> list[tuple[str, str]]:
    """Every node of a file, as its kind and the text of its span."""
    file = parsed(text)
    spans = file.spans
    return [
        (KINDS[kind], file.source.text[slice(*spans.span(node))])
        for node, kind in enumerate(spans.kinds)
    ]


def origin(text: str) -> Origin:
    file = parsed(text)
    return Origin(file.source, file.spans, file.documents[0].node)


def shown(place: Place) -> str:
    return place.source.text[place.start : place.end]


# -- spans of nodes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ab: cd", ["ab", "cd"]),
        ("ab:   cd   # e", ["ab", "cd"]),
        ("'a''b': \"c\\td\"", ["'a''b'", '"c\\td"']),
        ("é: 😁x", ["é", "😁x"]),
        ("a: b c\n  d\n\ne: f", ["a", "b c\n  d", "e", "f"]),
        ("a: 'b\n  c'\nd: \"e\\\n  f\"", ["a", "'b\n  c'", "d", '"e\\\n  f"']),
        ("a: |\n  b\n  c\n\n# d\ne: >-\n  f\n", ["a", "|\n  b\n  c", "e", ">-\n  f"]),
        ("a: |+\n  b\n\n\nc: |\nd: e", ["a", "|+\n  b", "c", "|", "d", "e"]),
        ("a: &x b\nc: !!str d\ne: &y !!str f", ["a", "b", "c", "d", "e", "f"]),
        ("a: ! b\nc: !<tag:yaml.org,2002:str> d", ["a", "b", "c", "d"]),
        ("a: &x # why\n  b", ["a", "b"]),
        ("a: &x |\n  b\n", ["a", "|\n  b"]),
        ("&x a: b", ["a", "b"]),
        ("? a\n  b\n: c", ["a\n  b", "c"]),
        ("a: 12\nb: true", ["a", "12", "b", "true"]),
        ("\ufeffa: b", ["a", "b"]),
        ("a: b\r\nc: 'd'\r\n", ["a", "b", "c", "'d'"]),
        ("a: b\r\n  c\r\nd: |\r\n  e\r\n", ["a", "b\r\n  c", "d", "|\r\n  e"]),
        ("a: 'x\x85y'\nb\u2028: \"\u2029\"", ["a", "'x\x85y'", "b\u2028", '"\u2029"']),
        ("# c\x85d\n😁é: é", ["😁é", "é"]),
    ],
)
def test_a_scalars_span_is_what_is_written(text: str, expected: list[str]) -> None:
    assert [written for kind, written in nodes(text) if kind == "scalar"] == expected


def test_lists_mappings_aliases_and_nulls() -> None:
    assert nodes("a: &x [b, ~]\nc: {d: *x}\ne:\nf: &y\ng:\n  - &z {h: i}\n  - *z") == [
        ("map", "a"),
        ("scalar", "a"),
        ("list", "["),
        ("scalar", "b"),
        ("null", "~"),
        ("scalar", "c"),
        ("map", "{"),
        ("scalar", "d"),
        ("alias", "*x"),
        ("scalar", "e"),
        ("null", ""),
        ("scalar", "f"),
        ("null", ""),
        ("scalar", "g"),
        ("list", "-"),
        ("map", "{"),
        ("scalar", "h"),
        ("scalar", "i"),
        ("alias", "*z"),
    ]


def test_text_that_looks_like_a_null_is_none() -> None:
    text = "[!!str null, ! ~, '~', !!null x, !!null null, null, '', !!str ]"
    assert [kind for kind, _ in nodes(text)[1:]] == [
        *("scalar", "scalar", "scalar", "scalar", "null", "null", "scalar", "scalar"),
    ]


def test_a_nodes_subtree_is_the_run_of_nodes_from_it() -> None:
    file = parsed("a: [b, [c, d]]\ne: {f: g}\nh: []")
    assert list(file.spans.sizes) == [13, 1, 5, 1, 3, 1, 1, 1, 3, 1, 1, 1, 1]
    pairs = [(key, value) for key, value in file.spans.pairs(0)]
    assert pairs == [(1, 2), (7, 8), (11, 12)]
    assert list(file.spans.children(2)) == [3, 4]


NAMES = st.sampled_from(["a", "b c", "é", "😁", "x-1", "no"])
FLOW = st.sampled_from(["'{}'", '"{}"', "{}"])


@BOUNDED
@given(
    st.lists(st.tuples(NAMES, FLOW, NAMES, FLOW), min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n", "\n\n", "  # é😁\n", "\n# \x85\u2028\n"]),
    st.sampled_from(["", "\ufeff", "# é\n", "---\n"]),
)
def test_spans_of_generated_mappings_are_exact(
    pairs: list[tuple[str, str, str, str]], end: str, start: str
) -> None:
    written = [(kq.format(f"{k}{n}"), vq.format(v)) for n, (k, kq, v, vq) in enumerate(pairs)]
    text = start + "".join(f"{key}: {value}{end}" for key, value in written)
    expected = [word for pair in written for word in pair]
    assert [word for kind, word in nodes(text) if kind == "scalar"] == expected


# -- lines and columns -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\n", ["a"]),
        ("a\n\nb", ["a", "", "b"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("a\rb\n", ["a\rb"]),
        ("a\x85b\u2028c\u2029d\ne", ["a\x85b\u2028c\u2029d", "e"]),
        ("a\x0bb\x0cc\x1cd", ["a\x0bb\x0cc\x1cd"]),
        ("\ufeffa\nb", ["a", "b"]),
    ],
)
def test_lines_are_those_of_git(text: str, lines: list[str]) -> None:
    source = Source("a.yaml", text)
    assert source.line_count == len(lines)
    found = [source.text[slice(*source.line_span(n + 1))] for n in range(source.line_count)]
    assert found == lines


@BOUNDED
@given(st.text(st.sampled_from(["a", "é", "😁", "\n", "\r", "\x85", "\u2028"]), max_size=30))
def test_line_and_column_lead_back_to_the_offset(text: str) -> None:
    source = Source("a.yaml", text)
    lines = text.split("\n")
    for offset in range(len(text) + 1):
        line, column = source.position(offset)
        assert line == text.count("\n", 0, offset) + 1
        assert sum(len(before) + 1 for before in lines[: line - 1]) + column - 1 == offset


def test_columns_count_code_points_from_1() -> None:
    text = "é😁: [x, 'ü\u2028', withdraw]\r\nb: c"
    place = origin(text).at("é😁", 2)
    assert place.location == Location("a.yaml", 1, 15, 1, 23)
    assert origin(text).at("b").location == Location("a.yaml", 2, 4, 2, 5)


def test_a_place_of_several_lines() -> None:
    assert origin("a: b\n  c").at("a").location == Location("a.yaml", 1, 4, 2, 4)


# -- the place of each part ------------------------------------------------------------------------

KEYS = """\
label: gridbot
account: main
permissions: [read_only, trade]
ip_allowlist:
  - 203.0.113.7
  -
  - 203.0.113.8
app: grid-bot
created:
expires: ~
metadata: {a: [x, ~, y], 'b c': {d: e}}
waivers:
  - reason: z
    rule: max-age
  - {}
"""


@pytest.mark.parametrize(
    ("route", "at", "name"),
    [
        (("label",), "gridbot", "label"),
        (("permissions",), "permissions", "permissions"),
        (("permissions", 0), "read_only", "read_only"),
        (("permissions", 1), "trade", "trade"),
        (("ip_allowlist", 0), "203.0.113.7", "203.0.113.7"),
        (("ip_allowlist", 1), "203.0.113.8", "203.0.113.8"),
        (("app",), "grid-bot", "app"),
        (("app", 0), "grid-bot", "grid-bot"),
        (("created",), "created", "created"),
        (("expires",), "~", "expires"),
        (("owner",), "gridbot", "gridbot"),
        (("metadata", "a"), "a", "a"),
        (("metadata", "a", 1), "~", "~"),
        (("metadata", "a", 2), "y", "y"),
        (("metadata", "b c"), "'b c'", "'b c'"),
        (("metadata", "b c", "d"), "e", "d"),
        (("waivers",), "waivers", "waivers"),
        (("waivers", 0, "rule"), "max-age", "rule"),
        (("waivers", 0, "expires"), "reason", "reason"),
        (("waivers", 1, "rule"), "{", "{"),
    ],
)
def test_the_place_of_a_part_and_of_its_name(route: Sequence[Step], at: str, name: str) -> None:
    assert shown(origin(KEYS).at(*route)) == at
    assert shown(origin(KEYS).name_of(*route)) == name


ALIASED = """\
x: &x {permissions: [trade], app: &app [a, b], created: 2026-10-01, label: l}
y: &y [trade, withdraw]
z: &z trade
k:
  <<: *x
  account: &account main
  expires: *z
  ip_allowlist: [*z, withdraw]
  needs: *y
  app: *app
"""


@pytest.mark.parametrize(
    ("route", "at"),
    [
        (("permissions",), "*x"),
        (("permissions", 0), "*x"),
        (("created",), "*x"),
        (("account",), "main"),
        (("expires",), "*z"),
        (("ip_allowlist", 0), "*z"),
        (("ip_allowlist", 1), "withdraw"),
        (("needs",), "*y"),
        (("needs", 1), "*y"),
        (("app", 1), "*app"),
        (("owner",), "*x"),
    ],
)
def test_a_part_behind_an_alias_is_at_the_place_of_use(route: Sequence[Step], at: str) -> None:
    assert shown(origin(ALIASED).at("k", *route)) == at


def test_the_name_of_an_aliased_field_is_its_own_and_of_a_merged_one_the_alias() -> None:
    k = origin(ALIASED).child("k")
    assert k is not None
    assert shown(k.name_of("expires")) == "expires"
    assert shown(k.name_of("created")) == "*x"
    assert shown(k.whole("expires")) == "*z"
    assert shown(k.whole("account")) == "account"
    assert shown(k.whole("owner")) == "*x"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("m: &m {a: 1}\nk: {<<: *m, a: 2}", "2"),
        ("m: [&p {a: 1}, &q {a: 2, b: 3}]\nk: {<<: [*q, *p]}", "*q"),
        ("m: [&p {b: 1}, &q {a: 2}]\nk: {<<: [*p, *q]}", "*q"),
        ("m: &m [{b: 1}, {a: 2}]\nk: {<<: *m}", "*m"),
        ("m: &m {a: 1}\no: &o {<<: *m, b: 2}\nk: {<<: *o}", "*o"),
        ("k: {<<: {a: 1}}", "1"),
        ("m: &m {a: 1}\nk: {<<: {<<: *m}}", "*m"),
        ("m: &m {a: 1}\nk: {'<<': 2, <<: *m}", "*m"),
        ("m: &m a\nk: {*m : 2}", "2"),
    ],
)
def test_a_merged_part_is_at_the_alias_that_gives_it(text: str, at: str) -> None:
    assert shown(origin(text).at("k", "a")) == at


def test_an_object_used_through_an_alias_is_at_the_alias() -> None:
    top = origin("x: &x {label: a, b: c}\ny: &y [*x, {label: d}]\nk: [*x, {label: e}]\nl: *y")
    first, second = top.children("k", count=2)
    assert [shown(first.label), shown(first.at("b")), shown(first.name_of())] == ["*x"] * 3
    assert shown(second.label) == "e"
    assert [shown(item.label) for item in top.children("l", count=2)] == ["*y", "*y"]
    assert [shown(item.label) for item in top.children("y", count=2)] == ["*x", "d"]
    assert top.children("none", count=0) == []
    assert top.child("none") is None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("{a: b, label: c, name: d}", "c"),
        ("{a: b, name: d}", "d"),
        ("{a: b, label: , name: d}", "label"),
        ("{a: b, label: [c]}", "label"),
        ("{a: b, label: {c: d}}", "label"),
        ("{a: b}", "a"),
        ("{'a b': c}", "'a b'"),
        ("{}", "{"),
    ],
)
def test_what_names_an_object(text: str, label: str) -> None:
    assert shown(origin(text).label) == label


def test_nulls_in_a_list_do_not_count_unless_they_are_data() -> None:
    top = origin("a: [~, x, null, , y]\nn: &n ~\nb: [*n, z]\nmetadata: [~, x]".replace(", ,", ","))
    assert [shown(top.at("a", index)) for index in (0, 1)] == ["x", "y"]
    assert shown(top.at("b", 0)) == "z"
    assert shown(top.at("metadata", 1)) == "x"


def test_fields_of_large_mappings_are_found_without_a_walk_for_each() -> None:
    text = "".join(f"k{n}: v{n}\n" for n in range(20_000)) + "l: [" + ", ".join("x" * 20_000) + "]"
    top = origin(text)
    assert [shown(top.at(f"k{n}")) for n in range(20_000)] == [f"v{n}" for n in range(20_000)]
    assert {shown(top.at("l", n)) for n in range(20_000)} == {"x"}

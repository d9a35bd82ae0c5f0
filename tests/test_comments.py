"""What is a comment in a file and what is text, and which line a comment speaks of."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.documents.comments import comment_line, comments, top_end
from okxlint.documents.reader import read


def comments_of(text: str) -> list[str]:
    return [comment for _, comment in comments(read("a.yaml", text.encode()))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: b # c\n", ["# c"]),
        ("a: b# c\n", []),
        ("a: b#c # d\n", ["# d"]),
        ("# a\n#b\n  # c", ["# a", "#b", "  # c".strip()]),
        ("a:   # b # c\n  - d # e\n", ["# b # c", "# e"]),
        ("a: '# b'\n", []),
        ('a: "# b" # c\n', ["# c"]),
        ('a: "b"# c\n', ["# c"]),
        ("a: [b]# c\n", ["# c"]),
        ("a: {b: [c], d: e} # f\n", ["# f"]),
        ("a: [b, # c\n  d] # e\n", ["# c", "# e"]),
        ('"# a": "b" # c\n', ["# c"]),
        ('? "# a"\n: b # c\n', ["# c"]),
        ('a: "b\n  # c\n  d" # e\n', ["# e"]),
        ("a: 'b\n\n  # c' # d\n# e\n", ["# d", "# e"]),
        ("a: b\n  c # d\n", ["# d"]),
        ("a: |\n  # b\n  c\n# d\n", ["# d"]),
        ("a: |  # b\n  # c\n  d  # e\n\n # f\ng: h # i\n", ["# b", "# f", "# i"]),
        ("a: |# b\n  # c\n", ["# b"]),
        ("a: >2-\n  # b\n  # c\n#d", ["#d"]),
        ("a: |  # b\n", ["# b"]),
        ("a: &x |  # b\n  # c\nd: *x # e\n", ["# b", "# e"]),
        ("a: !!str '# b' # c\n", ["# c"]),
        ("- |\n # a\n- # b\n- >\n\n  # c\n- d # e\n", ["# b", "# e"]),
        ("--- # a\nb: c # d\n... # e\n--- # f\ng: '# h'\n", ["# a", "# d", "# e", "# f"]),
        ("%YAML 1.2 # a\n---\nb: c\n", ["# a"]),
        ("a: é # ü\u2028# x\nb: '\u0085# c' # d\n", ["# ü\u2028# x", "# d"]),
        ("", []),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_stands_in_a_value_is_no_comment(
    text: str, found: list[str], end: str, mark: str
) -> None:
    assert comments_of(mark + text.replace("\n", end)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: '# b' # c\n\td: '# e' # f\n", ["# c", "# f"]),
        ("a: '# b'\nc: \"d\n# e\n", ["# e"]),
        ("a: b: c # d\ne: '# f'\ng: h#i # j\n", ["# d", "# j"]),
        ("a: b # c\n\x07: d # e\n", ["# c", "# e"]),
        ("# a\n[b, # c\n", ["# a", "# c"]),
        ("\t# a\n", ["# a"]),
    ],
)
def test_behind_what_cannot_be_read_a_comment_is_what_follows_a_blank(
    text: str, found: list[str]
) -> None:
    file = read("a.yaml", text.encode())
    assert file.problems
    assert [comment for _, comment in comments(file)] == found


def test_a_comment_is_where_it_begins() -> None:
    text = "\ufeffa: '#' # b\n# c\n"
    assert [at for at, _ in comments(read("a.yaml", text.encode()))] == [7, 11]


NAMES = st.sampled_from(["# expect: x", "a # b", "#", "#c", "d", " # ", "e\n# f", "''", '"#'])


@given(st.lists(NAMES, max_size=5), st.sampled_from(["'", '"', "|", ">"]), st.booleans())
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_no_text_is_taken_for_a_comment(texts: list[str], style: str, flow: bool) -> None:
    """PyYAML writes no comments, whatever it writes."""
    said = yaml.safe_dump(
        {"a": texts, "b": dict(zip("xyz", texts, strict=False))},
        default_style=style,
        default_flow_style=flow,
    )
    assert comments_of(said) == []
    marked = [f"{line} # here" for line in said.split("\n")]
    # A comment behind each line is one, unless the line goes on within a text.
    file = read("a.yaml", said.encode())
    for number, line in enumerate(marked[:-1], start=1):
        if comment_line(file, number) == number:
            lines = said.split("\n")
            lines[number - 1] = line
            assert comments_of("\n".join(lines)) == ["# here"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: b\nc: d\n", [1, 2]),
        ("a: |\n  b\n\n  c\nd: e\n", [1, 1, 1, 1, 5]),
        ("a: >-  # x\n  b\n  c\n\n\nd: e\n", [1, 1, 1, 4, 5, 6]),
        ('a: "b\n\n  c"\nd: e\n', [3, 3, 3, 4]),
        ("a: b\n  c\nd: e\n", [2, 2, 3]),
        ('a: ["b\n  c", "d\n  e"]\nf: g\n', [3, 3, 3, 4]),
        ('"a\n  b"\n', [2, 2]),
        ('? "a\n  b"\n: |\n  c\nd: e\n', [2, 2, 3, 3, 5]),
        ("- |\n a\n- 'b\n  c'\n- d\n", [1, 1, 4, 4, 5]),
        ("a: [b,\n  'c\n  d',\n  e]\n", [1, 3, 3, 4]),
        ("a: &x |\n  b\nc: *x\n", [1, 1, 3]),
        ("a: |\n  b", [1, 1]),
        ("a: |\n\nb: c\n", [1, 2, 3]),
        ("\n# a\nb: c\n", [1, 2, 3]),
        ("", [1, 2]),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_line_whose_comment_speaks_of_a_line(text: str, lines: list[int], end: str) -> None:
    file = read("a.yaml", text.replace("\n", end).encode())
    assert [comment_line(file, number) for number in range(1, len(lines) + 1)] == lines


@pytest.mark.parametrize(
    ("top", "rest"),
    [
        ("", "version: 1\n# a\n"),
        ("# a\n\n  # b\n", "version: 1\n"),
        ("---\n# a\n", "version: 1\n"),
        ("# a\r\n--- # b\r\n", "version: 1\r\n"),
        ("", "--- {a: b} # c\n"),
        ("", "---a\n"),
        ("# a\r", "b"),
        ("# a", ""),
    ],
)
def test_the_top_ends_where_the_contents_begin(top: str, rest: str) -> None:
    assert top_end(read("a.yaml", (top + rest).encode())) == len(top)

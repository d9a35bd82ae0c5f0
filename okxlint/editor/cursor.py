"""What is being written at a place of a manifest that need not be YAML yet.

A text is seldom right while it is typed. So this goes by lines and their indentation alone, and by
the brackets of one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_LINE = re.compile(r"(?P<indent> *)(?P<dashes>(?:-(?: +|$))*)(?P<rest>[^\r]*)\r?")
_FIELD = re.compile(r"""(?P<name>[\w-]+|"[\w-]+"|'[\w-]+') *:(?= |$)""")
_WORD = re.compile(r"[^\s,\[\]{}:\"']*\Z")
_PART = re.compile(rf"""{_FIELD.pattern}|"[^"]*"?|'[^']*'?|[\[\]{{}},]|[^\s,\[\]{{}}"']+|\s+""")


class Cursor(NamedTuple):
    """Where one writes."""

    route: tuple[str, ...]
    """The fields around the mapping that is written, from the top: ``("keys", "waivers")``."""
    field: str | None
    """The field whose value is written; ``None`` if a field's name is."""
    start: int
    """The offset at which the word begins that is written."""
    present: frozenset[str]
    """The fields that the mapping has above that place."""


class _Row(NamedTuple):
    """A line: where its first dash is, or else its text, where its text is, its field's name."""

    dash: int | None
    column: int
    name: str | None


def cursor_at(text: str, offset: int) -> Cursor | None:
    """What is written at an offset; ``None`` in a comment."""
    first = text.rfind("\n", 0, offset) + 1
    before = text[first:offset]
    line = _LINE.fullmatch(before)
    word = _WORD.search(before)
    if line is None or word is None or re.search(r"(?:^|\s)#", before):
        return None
    start = first + word.start()
    indent, column = len(line["indent"]), len(line["indent"]) + len(line["dashes"])
    rows = _rows(text[:first].split("\n")[:-1])
    names, present = _around(rows, indent if line["dashes"] else column, bool(line["dashes"]))
    route, rest = tuple(names), line["rest"]
    field = _FIELD.match(rest)
    if field:
        name = field["name"].strip("\"'")
        return _in_value(rest[field.end() :], route, name, start)
    if rest[:1] in ("{", "["):
        return _in_value(rest, route, None, start)
    if line["dashes"] and names:
        # An item: the first field of a mapping, or one word of a list. Both are offered.
        return Cursor(route, None, start, frozenset())
    return Cursor(route, None, start, frozenset(present))


def _rows(lines: Iterable[str]) -> Iterator[_Row]:
    """The lines that say something, from the last to the first."""
    for text in reversed(list(lines)):
        line = _LINE.fullmatch(text)
        if line is None or line["rest"].startswith("#") or not (line["rest"] or line["dashes"]):
            continue
        dash = len(line["indent"]) if line["dashes"] else None
        field = _FIELD.match(line["rest"])
        name = field["name"].strip("\"'") if field else None
        yield _Row(dash, len(line["indent"]) + len(line["dashes"]), name)


def _around(rows: Iterable[_Row], column: int, in_list: bool) -> tuple[list[str], set[str]]:
    """The fields around a place, from the top, and those of its own mapping in lines above.

    ``column`` is that of the dashes of the list in which it is, or of the fields of its mapping.
    """
    names: list[str] = []
    present: set[str] = set()
    own = not in_list
    for row in rows:
        beside = row.column == column and not in_list
        if beside and own and row.name:
            present.add(row.name)
        if in_list:
            around = row.name is not None and row.column <= column and row.dash != column
        else:
            around = row.column < column and (row.name or row.dash) is not None
        if around and row.name:
            names.append(row.name)
        if around or (beside and row.dash is not None):
            own = False
            in_list, column = (False, row.column) if row.dash is None else (True, row.dash)
        if names and column == 0 and not in_list:
            break
    return names[::-1], present


def _in_value(text: str, route: tuple[str, ...], field: str | None, start: int) -> Cursor:
    """What is written at the end of a value, or inside its brackets."""
    stack: list[tuple[tuple[str, ...], str | None, bool, frozenset[str]]] = []
    is_mapping, present = False, frozenset[str]()
    for part in _PART.finditer(text):
        match part[0]:
            case "{" | "[" as bracket:
                stack.append((route, field, is_mapping, present))
                if bracket == "{":
                    route, field = (*route, field) if field else route, None
                    present = frozenset()
                is_mapping = bracket == "{"
            case "}" | "]":
                if stack:
                    route, field, is_mapping, present = stack.pop()
            case ",":
                field = None if is_mapping else field
            case _:
                if is_mapping and part["name"]:
                    field = part["name"].strip("\"'")
                    present |= {field}
    return Cursor(route, field, start, present if field is None else frozenset())

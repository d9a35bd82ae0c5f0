"""Where an entry goes into a list of an object, and how its text is to be indented there.

Only what is plain is told: ``None`` wherever to write something could change anything else.
"""

from __future__ import annotations

from typing import NamedTuple

from okxlint.documents.source import Source
from okxlint.documents.spans import MAPPING, SEQUENCE, Spans
from okxlint.lazy import Pattern

_CLOSED = Pattern(r"(?:[\s,]*(?:(?<=\s)#[^\n]*\n[\s,]*)*[\]}])*")
_CLOSE = Pattern(r"\s*(?:,\s*)?[\]}]")
_REST = Pattern(r"[ \t]*(?:(?<=[ \t])#[^\n]*)?(?:\r?\n|\Z)")
_DASHES = Pattern(r" *(?:-[ ]+)*")
_DASH = Pattern(r"( *)-[ ]+")


class Insertion(NamedTuple):
    """Where an entry of a list goes."""

    offset: int
    before: str
    """What stands before the entry: a line end, if the last line has none, and the field's name."""
    indent: str | None
    """What stands before the entry's dash; ``None``: it goes into brackets."""
    newline: str
    after: str = ""


def entry_insertion(source: Source, spans: Spans, holder: int, field: str) -> Insertion | None:
    """Where one more entry of a list goes, at its end, in a mapping."""
    text, children = source.text, list(spans.children(holder))
    if spans.kinds[holder] != MAPPING or spans.is_shared(holder):
        return None
    names = children[::2]
    found = spans.field(holder, field)
    if found and found[0] not in names:
        return None  # merged in: an own list would hide it
    opened = found[1] if found else holder
    if text.startswith(("[", "{"), spans.starts[opened]):
        return _in_brackets(text, spans, opened, "" if found else f"{field}: [", bool(found))
    if text[spans.starts[holder]] == "{":
        return None
    column = _column(text, spans.starts[names[0]])
    indent = _indent_of_list(text, spans, found[1]) if found else " " * ((column or 0) + 2)
    end = _end_of_lines(text, spans, found[1] if found else holder)
    if column is None or indent is None or end is None:
        return None
    newline = "\r\n" if "\r\n" in text else "\n"
    before = "" if text[end - 1] == "\n" else newline
    if not found:
        before += f"{' ' * column}{field}:{newline}"
    return Insertion(end, before, indent, newline)


def _in_brackets(
    text: str, spans: Spans, node: int, before: str, is_list: bool
) -> Insertion | None:
    """Where one more entry goes at the end of a list, or of a mapping, in brackets."""
    if spans.kinds[node] != (SEQUENCE if is_list else MAPPING):
        return None
    end = _last_end(text, spans, node)
    if end is None or _CLOSE.match(text, end) is None:
        return None
    comma = ", " if spans.sizes[node] > 1 else ""
    return Insertion(end, comma + before, None, "", "" if is_list else "]")


def _last_end(text: str, spans: Spans, node: int) -> int | None:
    """Where what is in brackets ends: behind the last of it, or behind the bracket that opens."""
    children = list(spans.children(node))
    return _end(text, spans, children[-1]) if children else spans.starts[node] + 1


def _end(text: str, spans: Spans, node: int) -> int | None:
    """Where a node in brackets ends, with the bracket that closes it; ``None`` if it has none."""
    if spans.kinds[node] not in (MAPPING, SEQUENCE):
        return spans.ends[node]
    inner = _last_end(text, spans, node) if text[spans.starts[node]] in "[{" else None
    closed = None if inner is None else _CLOSE.match(text, inner)
    return closed.end() if closed else None


def _column(text: str, start: int) -> int | None:
    """The column of a block mapping's field; ``None`` if more than dashes stand before it."""
    first = text.rfind("\n", 0, start) + 1
    return start - first if _DASHES.fullmatch(text[first:start]) else None


def _indent_of_list(text: str, spans: Spans, items: int) -> str | None:
    """What stands before the dashes of a list; ``None`` if it is none with plain dashes."""
    if spans.kinds[items] != SEQUENCE or text[spans.starts[items]] == "[":
        return None
    start = spans.starts[items + 1]
    dash = _DASH.fullmatch(text[text.rfind("\n", 0, start) + 1 : start])
    return dash[1] if dash else None


def _end_of_lines(text: str, spans: Spans, node: int) -> int | None:
    """Where the lines of a node end; ``None`` if something else stands on the last of them."""
    last = max(range(node, node + spans.sizes[node]), key=lambda each: (spans.ends[each], each))
    end = spans.ends[last]
    header, _, lines = text[spans.starts[last] : end].partition("\n")
    if lines and header[0] in "|>" and ("+" in header or end == len(text)):
        return None  # an empty line after it, or a line end, would be a part of it
    closed = _CLOSED.match(text, end)
    rest = _REST.match(text, closed.end() if closed else end)
    return rest.end() if rest else None

"""Which stretch of a file is an entry of a list, with all that goes when it goes.

Only what is plain is told: ``None`` wherever to take the stretch out could change anything else.
"""

from __future__ import annotations

import re

from okxlint.documents.source import Source
from okxlint.documents.spans import MAPPING, SEQUENCE, Spans
from okxlint.lazy import Pattern

_DASH = Pattern(r"[ \t]*-[ \t]+")
_REST = Pattern(r"[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_CLOSE = Pattern(r"\s*(?:,\s*)?\}")
_COMMA = Pattern(r"\s*,[ \t]*(?:\r?\n[ \t]*)?")
_COMMA_BEFORE = re.compile(r"\s*,\s*\Z")


def entry_span(
    source: Source, spans: Spans, field: tuple[int, int], entry: int
) -> tuple[int, int] | None:
    """The stretch that takes an entry, a mapping, out of a list: offsets, the end exclusive.

    ``field`` is the list with its name. The last entry of a block list goes with the field itself;
    that of a list in brackets leaves them empty.
    """
    name, items = field
    if spans.kinds[entry] != MAPPING or _is_shared(spans, entry):
        return None
    if spans.kinds[items] != SEQUENCE or _is_shared(spans, items, whole=False):
        return None
    nodes = list(spans.children(items))
    if entry not in nodes:
        return None
    if source.text[spans.starts[items]] == "[":
        return _in_brackets(source, spans, nodes, entry)
    first, last = _lines(source, spans, entry, _DASH)
    if len(nodes) == 1:
        first, _ = _lines(source, spans, name, None)
    return None if first is None or last is None else (first, last)


def _is_shared(spans: Spans, node: int, *, whole: bool = True) -> bool:
    """Whether an alias elsewhere stands for a node, or for something in it."""
    inside = range(node, node + (spans.sizes[node] if whole else 1))
    return any(target in inside for target in spans.targets.values())


def _last(spans: Spans, node: int) -> int:
    """Where the last scalar in a node ends."""
    return max(spans.ends[inner] for inner in range(node, node + spans.sizes[node]))


def _lines(
    source: Source, spans: Spans, node: int, before: Pattern | None
) -> tuple[int | None, int | None]:
    """The whole lines of a node, if nothing else stands on them."""
    text, start, end = source.text, spans.starts[node], _last(spans, node)
    first = text.rfind("\n", 0, start) + 1
    lead = text[first:start]
    alone = before.fullmatch(lead) if before else not lead.strip(" \t")
    rest = _REST.match(text, end)
    in_braces = text[start : start + 1] == "{"
    if in_braces:
        close = _CLOSE.match(text, end)
        rest = _REST.match(text, close.end()) if close else None
    return (first if alone else None), (rest.end() if rest else None)


def _in_brackets(
    source: Source, spans: Spans, nodes: list[int], entry: int
) -> tuple[int, int] | None:
    text, start = source.text, spans.starts[entry]
    close = _CLOSE.match(text, _last(spans, entry))
    if text[start] != "{" or not close or text[start - 1 : start] not in ("[", " ", "\n", ","):
        return None
    end = close.end()
    comma = _COMMA.match(text, end)
    if entry != nodes[-1] and comma:
        return start, comma.end()
    before = _COMMA_BEFORE.search(text[:start])
    if entry != nodes[0] and before:
        return before.start(), end
    return (start, end) if len(nodes) == 1 else None

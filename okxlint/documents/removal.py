"""Which stretch of a file is an entry of a list, with all that goes when it goes.

Only what is plain is told: ``None`` wherever to take the stretch out could change anything else.
"""

from __future__ import annotations

from okxlint.documents.source import Source
from okxlint.documents.spans import MAPPING, SCALAR, SEQUENCE, Spans
from okxlint.lazy import Pattern

_DASH = Pattern(r"[ \t]*-[ \t]+")
_REST = Pattern(r"[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_CLOSE = Pattern(r"\s*(?:,\s*)?\}")
_COMMA = Pattern(r"\s*,[ \t]*(?:\r?\n[ \t]*)?")


def entry_span(
    source: Source, spans: Spans, field: tuple[int, int], entry: int
) -> tuple[int, int] | None:
    """What takes an entry, a mapping or a scalar, out of a list: offsets, the end exclusive.

    ``field`` is the list with its name. The last entry of a block list goes with the field itself;
    that of a list in brackets leaves them empty.
    """
    name, items = field
    if spans.kinds[entry] not in (MAPPING, SCALAR) or spans.kinds[items] != SEQUENCE:
        return None
    if spans.is_shared(entry) or name in spans.targets.values():
        return None
    nodes = list(spans.children(items))
    if entry not in nodes:
        return None
    if source.text[spans.starts[items]] == "[":
        return _in_brackets(source.text, spans, nodes, entry)
    first, last = _lines(source.text, spans, entry, _DASH)
    if len(nodes) == 1:
        first, _ = _lines(source.text, spans, name, None)
    return None if first is None or last is None else (first, last)


def _end(text: str, spans: Spans, node: int) -> int | None:
    """Where a node ends, with the brace that closes it."""
    last = spans.last_end(node)
    if text[spans.starts[node]] != "{":
        return last
    close = _CLOSE.match(text, last)
    return close.end() if close else None


def _lines(
    text: str, spans: Spans, node: int, before: Pattern | None
) -> tuple[int | None, int | None]:
    """The whole lines of a node, if nothing else stands on them."""
    start, end = spans.starts[node], _end(text, spans, node)
    first = text.rfind("\n", 0, start) + 1
    lead = text[first:start]
    alone = before.fullmatch(lead) if before else not lead.strip(" \t")
    rest = None if end is None else _REST.match(text, end)
    return (first if alone else None), (rest.end() if rest else None)


def _in_brackets(text: str, spans: Spans, nodes: list[int], entry: int) -> tuple[int, int] | None:
    start, end = spans.starts[entry], _end(text, spans, entry)
    at = nodes.index(entry)
    gap = text[spans.last_end(nodes[at - 1]) if at else spans.starts[entry - 1] : start]
    is_plain = text[start] == "{" or spans.kinds[entry] == SCALAR
    if end is None or not is_plain or "&" in gap or "!" in gap:
        return None
    comma = _COMMA.match(text, end)
    if entry != nodes[-1] and comma:
        return start, comma.end()
    if len(nodes) == 1:
        return start, end
    before = gap.rstrip()
    if entry != nodes[-1] or "#" in gap or not before.endswith(","):
        return None
    return start - len(gap) + len(before[:-1].rstrip()), end

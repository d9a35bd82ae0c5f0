"""What no output may quote of a file: its secrets, and whole key ids that no pattern finds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from okxlint.documents.reader import Parsed
from okxlint.documents.spans import SCALAR
from okxlint.secrets.leaks import apart, find_leaks
from okxlint.secrets.quoted import decoded, has_escapes, inside
from okxlint.secrets.redact import whole_ids
from okxlint.secrets.secret_text import KEY_ID, Leak


def hidden(file: Parsed) -> tuple[Leak, ...]:
    """Every stretch that is not to be quoted, sorted and apart from one another.

    Of a key id that stands plainly nothing is said here: a ``Redactor`` masks it wherever it is.
    """
    ids = list(_escaped_ids(file))
    return tuple(apart([*find_leaks(file), *ids])) if ids else find_leaks(file)


def blanked(file: Parsed) -> str:
    """The file's text with what is hidden as ``*``, its lines as they are."""
    text, done = file.source.text, 0
    parts: list[str] = []
    for leak in hidden(file):
        lines = text[leak.start : leak.end].split("\n")
        parts += text[done : leak.start], "\n".join("*" * len(line) for line in lines)
        done = leak.end
    return "".join((*parts, text[done:]))


def _escaped_ids(file: Parsed) -> Iterator[Leak]:
    """Whole key ids in quotes that are broken over lines, or have escapes in them."""
    text, spans = file.source.text, file.spans
    at = text.find("\\")
    while at >= 0:
        node = bisect_right(spans.starts, at) - 1
        start, end = spans.span(node) if node >= 0 else (0, 0)
        if at < end and spans.kinds[node] <= SCALAR and has_escapes(text, start, end):
            value, places = decoded(text, *inside(text, start, end))
            for first, last in whole_ids(value):
                yield Leak(KEY_ID, places[first], places[last])
            at = end - 1
        at = text.find("\\", at + 1)

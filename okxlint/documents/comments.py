"""What is a comment in a YAML file, and which comment speaks of a line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from okxlint.documents.reader import Parsed
from okxlint.lazy import Pattern

_COMMENT = Pattern(r"#[^\r\n]*")
_LINE = Pattern(r"[^\r\n]*(?:\r\n?|\n)?")
_BEFORE = frozenset(" \t\r\n,[]{}")
# Blank lines, comments and the mark that a document begins: what the first comment stands among.
_TOP = Pattern(r"(?:[ \t]*(?:---[ \t]*)?(?:#[^\r\n]*)?(?:\r\n?|\n|$))*")


class Text(NamedTuple):
    """A value or key, from offset ``start`` to ``end``: no comment begins in it."""

    start: int
    end: int
    is_block: bool
    """Then it begins behind the line that opens it, for that may end in a comment."""


def comments(file: Parsed) -> Iterator[tuple[int, str]]:
    """Each comment with its ``#``, and where it begins. What stands in a value is none."""
    text, at = file.source.text, 0
    read_to = file.spans.ends[-1] if file.spans.ends else 0
    while (at := text.find("#", at)) >= 0:
        inside = _text_at(file, at)
        found = _COMMENT.match(text, at)
        if inside:
            at = inside.end
        # Behind what YAML could not read, nobody knows where a quoted value begins.
        elif found and (at <= read_to or text[at - 1] in _BEFORE):
            yield at, found[0]
            at = found.end()
        else:
            at += 1


def top_end(file: Parsed) -> int:
    """Where the contents of a file begin: what comments come before that are at its top."""
    found = _TOP.match(file.source.text)
    return found.end() if found else 0


def comment_line(file: Parsed, line: int) -> int:
    """The line whose comment speaks of a line: itself, unless it is inside a value.

    For a block that is the line that opens it, for any other value the one on which it ends.
    """
    source = file.source
    while line <= source.line_count:
        start, end = source.line_span(line)
        last = _text_at(file, max(start, end - 1))
        if last and last.is_block:
            return source.position(last.start - 1)[0]
        over = _text_at(file, end)
        if over is None:
            break
        line, _ = source.position(over.end - 1)
    return line


def _text_at(file: Parsed, at: int) -> Text | None:
    """The value or key that holds the character at an offset, if one does."""
    node = bisect_right(file.spans.starts, at) - 1
    if node < 0:
        return None
    start, end = file.spans.span(node)
    text = file.source.text
    is_block = text[start : start + 1] in ("|", ">")
    opening = _LINE.match(text, start, end)
    if is_block and opening:
        start = opening.end()
    return Text(start, end, is_block) if start <= at < end else None

"""Scalars that read otherwise than they are written: what they say, and where each character is."""

from __future__ import annotations

import re

from okxlint.lazy import Pattern

_ESCAPE = Pattern(
    r"\\(?:x(?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4})|U(?P<U>[0-9A-Fa-f]{8})"
    r"|(?P<fold>\r?\n[ \t]*)|(?P<one>.))",
    re.DOTALL,
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", **dict.fromkeys("0abefvNLP_", " ")}
_MARKS = {'"': "\\", "'": "''"}
"""By the quote: what begins an escape."""


def has_escapes(text: str, start: int, end: int) -> bool:
    """Whether a scalar between two offsets is quoted and reads otherwise than it is written."""
    mark = _MARKS.get(text[start : start + 1])
    return mark is not None and text.find(mark, start + 1, end - 1) >= 0


def inside(text: str, start: int, end: int) -> tuple[int, int]:
    """A scalar's span without quotes, or without the line that opens a block."""
    opening = text[start : start + 1]
    if opening in ("'", '"'):
        return start + 1, end - 1
    if opening in ("|", ">"):
        body = text[start:end].partition("\n")[2].lstrip()
        return end - len(body), end
    return start, end


def decoded(text: str, start: int, end: int) -> tuple[str, list[int]]:
    """What stands within quotes as it reads, and the offset of each character and of the end."""
    raw = text[start:end]
    double = text[start - 1] == '"'
    parts: list[str] = []
    places: list[int] = []
    last = 0
    for found in (_ESCAPE if double else re.compile("''")).finditer(raw):
        shown = _unescaped(found) if double else "'"
        parts += raw[last : found.start()], shown
        places += range(start + last, start + found.start())
        places += [start + found.start()] * len(shown)
        last = found.end()
    parts.append(raw[last:])
    places += range(start + last, end + 1)
    return "".join(parts), places


def _unescaped(found: re.Match[str]) -> str:
    if found["fold"]:
        return ""
    if found["one"]:
        return _ESCAPED.get(found["one"], found["one"])
    code = int(found["x"] or found["u"] or found["U"], 16)
    return chr(code) if code < 0x110000 else "\ufffd"

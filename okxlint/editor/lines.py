"""A text as editors see it: lines from 0, columns in the units that were agreed upon.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#position
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping

_UNITS: Mapping[str, Callable[[str], int]] = {
    "utf-8": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "utf-16": lambda text: len(text) + sum(character > "\uffff" for character in text),
    "utf-32": len,
}


class Lines:
    """The lines of a text. To an editor LF, CR LF and CR end one, and nothing else does."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self._units = _UNITS[encoding]
        self._starts = [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self._starts, offset) - 1
        return line, self._units(self.text[self._starts[line] : offset])

    def offset(self, line: int, column: int) -> int:
        """The offset of a position; of one beyond a line or the text, its end."""
        if line >= len(self._starts):
            return len(self.text)
        start, end = self._starts[line], self._end(line)
        if self._units is len:
            return min(start + column, end)
        for offset in range(start, end):
            column -= self._units(self.text[offset])
            if column < 0:
                return offset
        return end

    def _end(self, line: int) -> int:
        """Where a line ends, without what ends it."""
        if line + 1 == len(self._starts):
            return len(self.text)
        end = self._starts[line + 1] - 1
        return end - 1 if self.text[end - 1 : end + 1] == "\r\n" else end

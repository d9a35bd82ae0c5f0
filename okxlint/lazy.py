"""Regular expressions that are compiled when they are first used.

Compiling the fifty that okxlint has takes longer than checking fifty keys, and most runs use few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property


class Pattern:
    """What ``re.compile`` gives, later. Offsets and results are those of ``re.Pattern``."""

    def __init__(self, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        self._pattern = pattern
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._pattern, self._flags)

    def match(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """A match that begins at ``start``."""
        return self._compiled.match(text, start, len(text) if end is None else end)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """A match of the whole text."""
        return self._compiled.fullmatch(text)

    def search(self, text: str) -> re.Match[str] | None:
        """The first match anywhere."""
        return self._compiled.search(text)

    def finditer(
        self, text: str, start: int = 0, end: int | None = None
    ) -> Iterator[re.Match[str]]:
        """All matches, one after the other."""
        return self._compiled.finditer(text, start, len(text) if end is None else end)

    def split(self, text: str) -> list[str]:
        """The text between the matches, with what groups matched."""
        return self._compiled.split(text)

    def sub(self, replacement: str, text: str) -> str:
        """The text with every match replaced."""
        return self._compiled.sub(replacement, text)

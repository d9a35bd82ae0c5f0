"""One file's text, and where in it an offset stands."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from io import StringIO
from itertools import accumulate

from okxlint.model import Location

MAX_BYTES = 64 * 1024 * 1024
"""The largest file that is read, in bytes (64 MiB)."""

_BOM = "\ufeff"


class Source:
    """The text of a file, with its path as reports name it.

    Offsets count code points of ``text`` from 0; a leading byte order mark is dropped.
    """

    def __init__(self, path: str, text: str, raw: bytes | None = b"") -> None:
        """``raw`` are the bytes of what is not UTF-8; ``None``: more than are read."""
        self.path = path
        self.has_mark = text.startswith(_BOM)
        self.text = text[1:] if self.has_mark else text
        self._raw = raw

    @property
    def data(self) -> bytes | None:
        """The very bytes of the file; ``None`` if it is too large to be read."""
        return self._raw if self._raw is None else self._raw or self.whole_text.encode()

    @property
    def whole_text(self) -> str:
        """The text with its byte order mark, as programs see it that do not know one."""
        return _BOM + self.text if self.has_mark else self.text

    @cached_property
    def _line_starts(self) -> list[int]:
        # Lines are those of git; what is added makes the last one a line too.
        lines = StringIO(self.text + ".", newline="\n")
        return [0, *accumulate(map(len, lines))][:-1]

    @property
    def line_count(self) -> int:
        """How many lines git would count, the last one without a line end included."""
        return len(self._line_starts) - (not self.text or self.text.endswith("\n"))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def location(self, start: int, end: int) -> Location:
        """The place between two offsets; ``end`` is exclusive."""
        return Location(self.path, *self.position(start), *self.position(end))

    def offsets(self, place: Location) -> tuple[int, int]:
        """The start and end of a place in this text: the way back of ``location``."""
        start, _ = self.line_span(place.line)
        end, _ = self.line_span(place.end_line)
        return start + place.column - 1, end + place.end_column - 1

    def line_span(self, line: int) -> tuple[int, int]:
        """Start and end offset of a line counted from 1, without its line end."""
        starts = self._line_starts
        start = starts[line - 1]
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        if end > start and self.text[end - 1] == "\r":
            end -= 1
        return start, end


def decode(data: bytes) -> tuple[str, int | None]:
    """UTF-8 to text, and the offset (in code points) of what is not UTF-8, if anything is not.

    The text then goes on with replacement characters, so that it can still be searched for
    secrets and be shown.
    """
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8")
        bad_at = len(good) - good.startswith(_BOM)
        return data.decode("utf-8", errors="replace"), bad_at

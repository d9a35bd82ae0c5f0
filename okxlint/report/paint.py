"""Colour, if the reader wants it."""

from __future__ import annotations

from okxlint.model import Severity

_CODES = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}


class Paint:
    """Puts ANSI colours around words; without colour it leaves them alone."""

    def __init__(self, on: bool) -> None:
        self._on = on

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._on else text

    def severity(self, severity: Severity) -> str:
        """A severity's word in its colour."""
        return self._paint(_CODES[severity], severity.word)

    def marked(self, severity: Severity, text: str) -> str:
        """Carets, or whatever else points at the place."""
        return self._paint(_CODES[severity], text)

    def unknown(self, text: str) -> str:
        """What could not be looked at."""
        return self._paint("1;35", text)

    def strong(self, text: str) -> str:
        """What the eye looks for."""
        return self._paint("1", text)

    def dim(self, text: str) -> str:
        """What frames the rest."""
        return self._paint("2", text)

    def difference(self, line: str) -> str:
        """A line of a difference: what is missing, what is too much, and what it is about."""
        codes = {"-": "31", "+": "32", "!": "1;35", "F": "1;31"}
        code = codes.get(line.lstrip()[:1])
        return self._paint(code, line) if code else line

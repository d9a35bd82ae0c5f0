"""What may come out: nothing secret, no full key id, no control character."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 2000
"""Characters of one text that are shown; more of an input helps nobody."""

_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{4}([0-9A-Fa-f]{8})")
_UUID_MASK = "********-****-****-****-****"
# An OKX secret key: 32 upper-case hex digits.
_HEX = re.compile(r"(?<![0-9A-Za-z])[0-9A-F]{32}(?![0-9A-Za-z])")


def visible(text: str) -> str:
    r"""A text on one line: what does not print is written as its escape (``\x1b``, ``\u202e``)."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(ord(c)) for c in text)


def same_width(text: str) -> str:
    """A line of a file, each character that does not print replaced by one that does."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def unarmed(line: str) -> str:
    """A line of a log in which GitHub's runner finds no command.

    It obeys ``::command::`` after leading blanks, and ``##[command]`` anywhere in a line
    (actions/runner, src/Runner.Worker/ActionCommandManager.cs).
    """
    if line.lstrip().startswith("::"):
        line = line.replace("::", r"\::", 1)
    return line.replace("##[", r"##\[")


class Redactor:
    """Masks the secrets that were found in the files, and whatever has the shape of one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # The longest first, so that no part of one is left over by a shorter one inside it.
        self._secrets = sorted(set(secrets), key=lambda text: (-len(text), text))

    def mask(self, text: str) -> str:
        """The text with secrets as ``*``, character for character, and key ids' last eight left."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, "*" * len(secret))
        text = _HEX.sub("*" * 32, text)
        return _UUID.sub(_UUID_MASK + r"\1", text)

    def clean(self, text: str) -> str:
        """A text that any output may hold: masked, on one line, of bounded length."""
        text = visible(self.mask(text))
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

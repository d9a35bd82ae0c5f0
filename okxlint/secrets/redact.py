"""What may come out: nothing secret, no full key id, no control character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from okxlint.lazy import Pattern

_FIRST = 4
"""The characters by which a secret is looked up."""
_FEW = 20
"""So many secrets can be searched for one by one before anything else."""
LONGEST = 2000
"""Characters of one text that are shown; more of an input helps nobody."""

_UUID = Pattern(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{4}([0-9A-Fa-f]{8})")
_UUID_MASK = "********-****-****-****-****"
# A key id without its hyphens.
_BARE_UUID = Pattern(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{24}([0-9A-Fa-f]{8})(?![0-9A-Za-z])")
# Each of them has this in it, and most texts do not.
_DIGITS = Pattern(r"[0-9A-Fa-f]{8}")
# An OKX secret key: 32 upper-case hex digits.
_HEX = Pattern(r"(?<![0-9A-Za-z])[0-9A-F]{32}(?![0-9A-Za-z])")


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


def whole_ids(text: str) -> Iterator[tuple[int, int]]:
    """Where whole key ids stand, each up to its last eight digits."""
    for pattern in (_UUID, _BARE_UUID):
        yield from ((found.start(), found.start(1)) for found in pattern.finditer(text))


class Redactor:
    """Masks the secrets that were found in the files, and whatever has the shape of one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted(filter(None, set(secrets)))
        # By their first characters: thousands of secrets must not mean thousands of searches.
        self._first = min((_FIRST, *map(len, self._secrets)))
        self._by_start: dict[str, list[str]] = {}
        for secret in self._secrets:
            self._by_start.setdefault(secret[: self._first], []).append(secret)

    def mask(self, text: str) -> str:
        """The text with secrets as ``*``, character for character, and key ids' last eight left."""
        # All are looked for in the text as it was, so that none hides a part of another.
        found = list(self._places(text))
        if found:
            characters = list(text)
            for start, end in found:
                characters[start:end] = "*" * (end - start)
            text = "".join(characters)
        if not _DIGITS.search(text):
            return text
        text = _HEX.sub("*" * 32, text)
        text = _BARE_UUID.sub("*" * 24 + r"\1", text)
        return _UUID.sub(_UUID_MASK + r"\1", text)

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        few = len(self._secrets) <= _FEW
        if few and not any(secret in text for secret in self._secrets):
            return
        for start in range(len(text)):
            for secret in self._by_start.get(text[start : start + self._first], ()):
                if text.startswith(secret, start):
                    yield start, start + len(secret)

    def clean(self, text: str) -> str:
        """A text that any output may hold: masked, on one line, of bounded length."""
        text = visible(self.mask(text))
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

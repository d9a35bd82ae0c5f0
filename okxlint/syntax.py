"""What YAML cannot read, told to a person."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from okxlint.scalars import Plain
from okxlint.source import MAX_BYTES
from okxlint.suggest import did_you_mean

DUPLICATE = "duplicate key"
"""The one kind of problem that leaves its document readable: the first value holds."""

SCALAR_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool"))
TAG_HINT = "Leave the tag out: okxlint reads plain YAML, and a field's type comes from its name."
KEY_HINT = "A key is a plain word. If a value was meant to begin with [ or {, put it in quotes."
TOO_DEEP = "lists and mappings stand more than 64 deep in one another"
TOO_DEEP_HINT = "A manifest needs about six levels; is this file one?"
TOO_MANY_ALIASES = "the aliases of this file add more than 1,000,000 nodes"
ALIAS_HINT = "Anchors that hold aliases multiply; write the values out."
NOT_MERGEABLE = (
    "not a mapping to merge",
    "<< merges mappings, and this is none",
)


class Problem(NamedTuple):
    """Something that YAML cannot read, from offset ``start`` to ``end``."""

    kind: str
    message: str
    start: int
    end: int
    hint: str = ""


# The characters that YAML allows: https://yaml.org/spec/1.2.2/#51-character-set
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:[ \t\r\n]+|#[^\n]*\n)*)+")
_IPV6_START = re.compile(r"::[0-9A-Fa-f:./]*")


def forbidden_character(text: str) -> int | None:
    """The offset of the first character that no YAML file may hold, or ``None``."""
    if text.isascii() and text.isprintable():
        return None
    found = _FORBIDDEN.search(text)
    return found.start() if found else None


def skip_properties(text: str, start: int, end: int) -> int:
    """Where a node itself begins, after its anchor and tag."""
    found = _PROPERTIES.match(text, start, end)
    return found.end() if found else start


def too_large(size: int) -> Problem:
    mib = MAX_BYTES // 1024 // 1024
    return Problem(
        "size",
        f"the file has {size:,} bytes; okxlint reads at most {mib} MiB",
        0,
        0,
        "Split the inventory into several manifests: okxlint reads them as one.",
    )


def not_text(text: str, at: int) -> Problem:
    """The problem of a byte or character at ``at`` that no YAML file may hold."""
    character = text[at : at + 1]
    if character == "\ufffd":
        message, hint = "this is not UTF-8 text", "Save the file as UTF-8."
    else:
        message = f"the control character U+{ord(character):04X} may not stand in a YAML file"
        hint = "Remove it, or write it as an escape inside double quotes."
    return Problem("encoding", message, at, at + 1, hint)


def duplicate(name: str) -> tuple[str, str]:
    return DUPLICATE, f"the key '{name}' stands twice in one mapping; the first one holds"


def unknown_alias(name: str, known: list[str]) -> tuple[str, str]:
    nearest = did_you_mean(name, known)
    return "unknown alias", f"*{name} names an anchor that no &{name} before it sets{nearest}"


def recursive_alias(name: str) -> tuple[str, str]:
    return "recursive alias", f"*{name} stands inside the very thing that &{name} names"


# libyaml's words for the mistakes that people make in manifests, and ours.
_PLAIN_WORDS = (
    (
        "mapping values are not allowed",
        "a second ': ' stands on this line, or the line is indented too far",
        "Put a value that holds ': ' in quotes, or mend the indentation.",
    ),
    (
        "found character that cannot start any token",
        "a value cannot begin with this character",
        "Indent with spaces, never with tabs; put a value that begins with @, ` or % in quotes.",
    ),
    (
        "could not find expected ':'",
        "a key without its ':'",
        "Write 'name: value', with a space after the colon.",
    ),
    (
        "did not find expected key",
        "this does not continue what stands before it",
        "The fields of one object begin in one column; look at the indentation here and above.",
    ),
    (
        "did not find expected '-' indicator",
        "this list ends in something that is no item",
        "Each item begins with '- ' in one column; look at the indentation here and above.",
    ),
    (
        "did not find expected ',' or",
        "a list or mapping in brackets does not end, or a comma is missing",
        "Close the bracket, or put a comma between the entries.",
    ),
    (
        "did not find expected node content",
        "a value is missing here",
        "Put a value that begins with ':', ',', ']' or '}' in quotes.",
    ),
    (
        "found unexpected end of stream",
        "a quoted value does not end",
        "Close the quotation mark that is open here.",
    ),
    (
        "did not find expected <document start>",
        "the document has ended, and something follows it",
        "A manifest begins with 'version: 1' in the first column.",
    ),
    (
        "found unknown escape character",
        "a double-quoted value holds a backslash that escapes nothing",
        "Write the backslash twice, or use single quotes.",
    ),
)


def explain(error: Any, text: str) -> Problem:
    """A PyYAML error in plain words, at the place where reading stopped."""
    said = str(getattr(error, "problem", None) or error)
    marks = [error.problem_mark, error.context_mark]
    if "end of stream" in said:
        marks.reverse()  # the quotation mark that was opened tells more than the end of the file
    at = next((min(mark.index, len(text)) for mark in marks if mark), 0)
    end = min(at + 1, len(text)) if text[at : at + 1] not in ("\n", "\r") else at
    ipv6 = _IPV6_START.match(text, at)
    if ipv6 and text[at - 1 : at] in ("[", " ", ","):
        return Problem(
            "syntax",
            f"an IPv6 address that begins with ':' needs quotes here: \"{ipv6.group()}\"",
            at,
            ipv6.end(),
            "YAML takes a leading ':' inside [ ] or { } for punctuation.",
        )
    for words, message, hint in _PLAIN_WORDS:
        if words in said:
            return Problem("syntax", message, at, end, hint)
    return Problem("syntax", said, at, end, "Reading stopped here; what follows was not looked at.")


class HiddenBreaks:
    """YAML 1.2 takes NEL, LS and PS for text; libyaml (YAML 1.1) ends a line at them.

    They are handed to it as private-use characters that the file does not hold, one for one, so
    that offsets stay, and are put back into the values.
    """

    _BREAKS = "\x85\u2028\u2029"

    def __init__(self, text: str) -> None:
        self._there: dict[int, int] = {}
        if text.isascii():
            return
        spare = (chr(code) for code in range(0xE000, 0xF8FF))
        for found in self._BREAKS:
            if found in text:
                self._there[ord(found)] = ord(next(c for c in spare if c not in text))
        self._back = {new: old for old, new in self._there.items()}

    def __bool__(self) -> bool:
        return bool(self._there)

    def hide(self, text: str) -> str:
        return text.translate(self._there) if self._there else text

    def show(self, value: str) -> str:
        shown = value.translate(self._back)
        return Plain(shown) if isinstance(value, Plain) else shown

"""What YAML cannot read, told to a person."""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

from okxlint.documents.source import MAX_BYTES
from okxlint.lazy import Pattern
from okxlint.suggest import did_you_mean

DUPLICATE = "duplicate key"
"""The one kind of problem that leaves its document readable: the first value holds."""

_TAGS = "tag:yaml.org,2002:"
CORE_TAGS = frozenset(_TAGS + name for name in ("null", "int", "float", "bool"))
SCALAR_TAGS = CORE_TAGS | {"!", _TAGS + "str"}
LIST_TAGS = frozenset({"!", _TAGS + "seq"})
MAPPING_TAGS = frozenset({"!", _TAGS + "map"})
TAG_HINT = "Leave the tag out: okxlint reads plain YAML, and a field's type comes from its name."
ODD_KEY = "a key is a list or a mapping"
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
_FORBIDDEN = Pattern("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARK = "\ufeff"
_ORDINARY = bytes([9, 10, 13, *range(0x20, 0x7F)])
"""The bytes that most files hold alone."""
_PROPERTIES = Pattern(r"(?:[&!]\S*(?:[ \t\r\n]+|#[^\n]*\n)*)+")
_IPV6 = Pattern(r"(?:::[0-9A-Fa-f:./]*|[0-9A-Fa-f:]+::)(?=[\s,\]}]|$)")
_IPV6_CHARACTERS = frozenset("0123456789abcdefABCDEF:./")
_LONGEST_ADDRESS = 50
IPV6_HINT = "YAML takes a ':' at the end of a value, and inside [ ] at its start, for punctuation."


def forbidden_character(text: str, data: bytes) -> int | None:
    """The offset of the first character of a file that no YAML file may hold, or ``None``."""
    if not data.translate(None, _ORDINARY):
        return None
    if text.startswith(_MARK):  # the first one is no part of the text, and libyaml drops another
        return 0
    found = _FORBIDDEN.search(text)
    return found.start() if found else None


def skip_properties(text: str, start: int, end: int) -> int:
    """Where a node itself begins, after its anchor and tag."""
    found = _PROPERTIES.match(text, start, end)
    return found.end() if found else start


def too_large() -> Problem:
    """The problem of a file that is not read at all."""
    mib = MAX_BYTES // 1024 // 1024
    return Problem(
        "size",
        f"the file is larger than the {mib} MiB that okxlint reads",
        0,
        0,
        "Split the inventory into several manifests: okxlint reads them as one.",
    )


def not_text(text: str, at: int) -> Problem:
    """The problem of a byte or character at ``at`` that no YAML file may hold."""
    character = text[at : at + 1]
    if character == "\ufffd":
        message, hint = "this is not UTF-8 text", "Save the file as UTF-8."
    elif character == _MARK:
        message, hint = "a second byte order mark stands here", "Remove it."
    else:
        message = f"the control character U+{ord(character):04X} may not stand in a YAML file"
        hint = "Remove it, or write it as an escape inside double quotes."
    return Problem("encoding", message, at, at + 1, hint)


def duplicate(name: str) -> tuple[str, str]:
    return DUPLICATE, f"the key '{name}' stands twice in one mapping; the first one holds"


def unknown_tag(tag: str) -> tuple[str, str]:
    written = tag.replace(_TAGS, "!!", 1) if tag.startswith(_TAGS) else tag
    return "unknown tag", f"the tag {written} is not known here"


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
        "found unexpected ':'",
        "a value inside [ ] or { } ends with ':'",
        "Put the value in quotes, or a space after the ':'.",
    ),
    (
        "did not find expected alphabetic or numeric character",
        "a value that begins with * or & needs quotes",
        "YAML takes * for an alias, and & for an anchor.",
    ),
    (
        "did not find expected <document start>",
        "the document has ended, and something follows it",
        "A second document begins with '---', and its fields stand in the first column.",
    ),
    (
        "block sequence entries are not allowed",
        "a list item stands behind something else on its line",
        "Begin the list on the next line, or write it in brackets: [one, two].",
    ),
    (
        "found unknown escape character",
        "a double-quoted value holds a backslash that escapes nothing",
        "Write the backslash twice, or use single quotes.",
    ),
)


def mark_of(error: Any) -> int:
    """The offset at which PyYAML stopped."""
    return error.problem_mark.index if getattr(error, "problem_mark", None) else 0


def is_too_deep(error: Any) -> bool:
    """Whether PyYAML stopped at a limit of libyaml's own (0.2.6: 1,000 levels), not at an error."""
    return "maximum nesting depth" in str(getattr(error, "problem", None))


def explain(error: Any, text: str) -> Problem:
    """A PyYAML error in plain words, at the place where reading stopped."""
    said = str(getattr(error, "problem", None) or error)
    at = min(mark_of(error), len(text))
    ipv6 = _ipv6_around(text, at)
    if ipv6:
        start, end = ipv6
        message = (
            f"an IPv6 address that begins or ends with ':' needs quotes: \"{text[start:end]}\""
        )
        return Problem("syntax", message, start, end, IPV6_HINT)
    if at >= len(text):  # behind the last line there is nothing to show
        at = max(0, len(text.rstrip()) - 1)
    end = at if text[at : at + 1] in ("", "\n", "\r") else at + 1
    if "end of stream" in said and error.context_mark:
        line = text.count("\n", 0, error.context_mark.index) + 1
        message = f"the quoted value that begins on line {line} does not end"
        return Problem("syntax", message, at, end, "Close its quotation mark.")
    for words, message, hint in _PLAIN_WORDS:
        if words in said:
            return Problem("syntax", message, at, end, hint)
    return Problem("syntax", said, at, end, "Reading stopped here; what follows was not looked at.")


def _ipv6_around(text: str, at: int) -> tuple[int, int] | None:
    """The address that stands at an offset, if it is one that begins or ends with a colon."""
    start = at
    while start > max(0, at - _LONGEST_ADDRESS) and text[start - 1] in _IPV6_CHARACTERS:
        start -= 1
    found = _IPV6.match(text, start, start + _LONGEST_ADDRESS)
    if not found or text[start - 1 : start] not in ("[", "{", ",", " "):
        return None
    return found.span()


class HiddenBreaks:
    """YAML 1.2 takes NEL, LS and PS for text; libyaml (YAML 1.1) ends a line at them.

    They are handed to it as private-use characters that the file does not hold, one for one, so
    that offsets stay, and are put back into the values.
    """

    _BREAKS = "\x85\u2028\u2029"

    def __init__(self, text: str) -> None:
        there = [] if text.isascii() else [char for char in self._BREAKS if char in text]
        spare = (chr(code) for code in range(0xE000, 0xF900))
        unused = islice((char for char in spare if there and char not in text), len(there))
        self._hide = {ord(old): new for old, new in zip(there, unused, strict=False)}
        self._show = {ord(new): chr(old) for old, new in self._hide.items()}

    def __bool__(self) -> bool:
        return bool(self._hide)

    def hide(self, text: str) -> str:
        """The text as libyaml gets it."""
        return text.translate(self._hide) if self._hide else text

    def show(self, value: str) -> str:
        """A value from libyaml as the file has it."""
        return value.translate(self._show) if self._show else value

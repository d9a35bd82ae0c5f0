"""Where libyaml reads something else than YAML 1.2, and says nothing: neither may be meant."""

from __future__ import annotations

from okxlint.lazy import Pattern

QUESTION = (
    "question mark",
    "a text in brackets that begins with '?' is another one without it to some programs",
)
QUESTION_HINT = "Put the text in quotes, or a space after the '?' that marks a key."
NAME_HINT = (
    "Name anchors with letters, digits, - and _ alone, and put a space between *name and a ':'."
)

# https://yaml.org/spec/1.2.2/#692-node-anchors
_ANCHOR = Pattern(r"(?:!\S*(?:[ \t\r\n]+|#[^\n]*\n)*)?[&*]([^ \t\r\n,\[\]{}]+)")
# In brackets libyaml takes any '?' for the mark of a key, and YAML 1.2 only one before a blank.
_ASKED = Pattern(r"(?<![^ \t\r\n\[{,])\?[^ \t\r\n,\[\]{}]")


def longer_name(text: str, start: int, name: str) -> str | None:
    """The whole name of a node's anchor, or of an alias, if libyaml took only a part of it."""
    found = _ANCHOR.match(text, start)
    return found[1] if found and found[1] != name else None


def odd_name(name: str) -> tuple[str, str]:
    return "anchor name", f"'{name}' is the name of an anchor to some programs, and not to others"


def has_questions(text: str) -> bool:
    """Whether a word of a file begins with a question mark."""
    return "?" in text and _ASKED.search(text) is not None

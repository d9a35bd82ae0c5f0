"""Text of an input in GitHub-flavoured Markdown, where nothing of it is markup.

A backslash or an entity is not enough: GitHub looks for ``@names``, ``#numbers`` and commits in the
page that Markdown has become, where neither is left (github/cmark-gfm#181). In code it looks for
none of them, and Markdown for no markup. So plain words stay as they are, and every other word is
code, but for the quotes and stops around it.
"""

from __future__ import annotations

import re

from okxlint.secrets.redact import visible

# Letters and digits, with marks inside and around them that mean nothing to Markdown.
_WORD = re.compile(r"""[('"]*[^\W_]+(?:[-.,'’][^\W_]+)*['",.;:)?!…]*|[-–—…]""")
_OPENING, _CLOSING = "('\"", "'\",.;:)?!…"
# What is made a link although it looks like a word: www.…, GH-1, the id of a commit.
_REFERENCE = re.compile(r"www\.|gh-[0-9]|\b[0-9a-f]{7,}\b", re.IGNORECASE)
# A code span ends at the one, and a table's cell at the other, even in code.
_NEVER_IN_CODE = re.compile(r"([`|])")


def neutral(text: str, longest: int | None = None) -> str:
    """A text on one line, of so many characters at most."""
    return " ".join(map(_neutral_word, _cut(text, longest).split(" ")))


def code(text: str, longest: int | None = None) -> str:
    """The same, with every word as code."""
    return " ".join(map(_code_word, _cut(text, longest).split(" ")))


def _cut(text: str, longest: int | None) -> str:
    text = visible(text)
    return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"


def _neutral_word(word: str) -> str:
    if _WORD.fullmatch(word) and not _REFERENCE.search(word):
        return word
    core = word.lstrip(_OPENING).rstrip(_CLOSING)
    if not core:
        return _code_word(word)
    before, core, after = word.partition(core)
    return f"{before}{_code_word(core)}{after}"


def _code_word(word: str) -> str:
    parts = (
        f"&#{ord(part)};" if part in ("`", "|") else f"`{part}`"
        for part in _NEVER_IN_CODE.split(word)
        if part
    )
    return "".join(parts)

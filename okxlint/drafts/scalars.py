"""Text of OKX in YAML: whatever it is, a reader reads the same, and a comment stays one line."""

from __future__ import annotations

import json
from collections.abc import Iterable

from okxlint.lazy import Pattern
from okxlint.secrets.masking import clean_alone

_PLAIN = Pattern(r"[A-Za-z][A-Za-z0-9_.-]*|[0-9]+(?:\.[0-9]+){3}(?:/[0-9]+)?")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
"""Without quotes these are no text to some reader of YAML."""


def scalar(text: str) -> str:
    """A text as a YAML scalar, in quotes unless every reader takes it for text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    # JSON is YAML but for what it leaves as it is and YAML forbids, or that turns a line around.
    written = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in written)


def flow(texts: Iterable[str]) -> str:
    """Texts as a list on one line."""
    return f"[{', '.join(map(scalar, texts))}]"


def comment(text: str) -> str:
    """A text as a comment may have it: on one line, nothing secret in it."""
    return clean_alone(text)

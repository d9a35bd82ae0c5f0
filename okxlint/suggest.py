"""Did you mean …?"""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that ``word`` was most likely meant to be, or ``None`` if none is near.

    Case and the difference between ``-``, ``_`` and a space do not count, and a beginning is
    nearer than any likeness: ``read`` is ``read_only``, not ``trade``.
    """
    from difflib import get_close_matches

    plain = {_plain(choice): choice for choice in choices}
    # A long word cannot be near a short name, and comparing it would cost quadratic time.
    meant = _plain(word[:80])
    for choice, written in plain.items():
        if len(meant) >= 3 and choice.startswith(meant):
            return written
    matches = get_close_matches(meant, plain, n=1, cutoff=0.6)
    return plain[matches[0]] if matches else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """``; did you mean 'x'?`` or nothing: to be put at the end of a sentence."""
    found = nearest(word, choices)
    return f"; did you mean '{found}'?" if found else ""


def _plain(word: str) -> str:
    return word.lower().replace("-", "_").replace(" ", "_")

"""Globs over paths: ``*`` and ``?`` stay inside one part, ``**`` spans any number of parts."""

from __future__ import annotations

import re
from functools import cache

_MAGIC = re.compile(r"[*?[]")
_ANY = "[^/]*"


def is_glob(pattern: str) -> bool:
    """Whether a pattern can match anything but the path that it spells."""
    return _MAGIC.search(pattern) is not None


@cache
def compile_glob(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression for ``fullmatch`` on a path with ``/``."""
    parts = pattern.split("/")
    out = []
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            out.append(".*" if last else "(?:[^/]+/)*")
        else:
            out.append(_part(part) + ("" if last else "/"))
    return re.compile("".join(out), re.DOTALL)


def literal_folder(pattern: str) -> str:
    """The part of a pattern's path before the first part with a wildcard."""
    parts = pattern.split("/")[:-1]
    kept = []
    for part in parts:
        if is_glob(part):
            break
        kept.append(part)
    return "/".join(kept)


def _part(part: str) -> str:
    out: list[str] = []
    at = 0
    while at < len(part):
        character = part[at]
        close = _closing(part, at) if character == "[" else -1
        if character == "*":
            if out[-1:] != [_ANY]:
                out.append(_ANY)
        elif character == "?":
            out.append("[^/]")
        elif close > 0:
            out.append(_one_of(part[at + 1 : close]))
            at = close
        else:
            out.append(re.escape(character))
        at += 1
    return "".join(out)


def _closing(part: str, at: int) -> int:
    """Where the ``]`` of the set that opens at ``at`` stands; a ``]`` that comes first is in it."""
    first = at + 2 if part[at + 1 : at + 2] in ("!", "^") else at + 1
    return part.find("]", first + 1)


def _one_of(inside: str) -> str:
    negated = inside[0] in "!^"
    characters = inside[1:] if negated else inside
    out = []
    at = 0
    while at < len(characters):
        first, last = characters[at], characters[at]
        if characters[at + 1 : at + 2] == "-" and at + 2 < len(characters):
            last = characters[at + 2]
            at += 2
        if first <= last:
            out.append(f"{re.escape(first)}-{re.escape(last)}")
        at += 1
    if negated:
        return f"[^/{''.join(out)}]"
    return f"(?!/)[{''.join(out)}]" if out else "(?!)"

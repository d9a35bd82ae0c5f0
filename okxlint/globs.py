"""Globs over paths: ``*`` and ``?`` stay inside one part, ``**`` spans any number of parts."""

from __future__ import annotations

import re
from functools import cache

_MAGIC = re.compile(r"[*?[]")


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
    out = []
    at = 0
    while at < len(part):
        character = part[at]
        close = part.find("]", at + 2) if character == "[" else -1
        if character == "*":
            out.append("[^/]*")
        elif character == "?":
            out.append("[^/]")
        elif close > 0:
            inside = part[at + 1 : close].replace("\\", r"\\").replace("[", r"\[")
            negated = inside[0] in "!^"
            out.append(f"[^{inside[1:]}/]" if negated else f"[{inside}]")
            at = close
        else:
            out.append(re.escape(character))
        at += 1
    return "".join(out)

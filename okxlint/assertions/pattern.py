"""Regular expressions of a policy, searched in bounded time.

They are those of Python's ``re``. The library ``regex`` searches with them, because it can be told
to give up: a pattern such as ``^(a|aa)+$`` keeps ``re`` busy for ever.
"""

from __future__ import annotations

import re
from time import process_time
from typing import Any

from okxlint.errors import NoAnswer

_LONGEST = 5_000
_LARGEST = 10_000
"""What a pattern may hold when each counted repetition is written out, as ``regex`` does."""
_DEEPEST = 50
_BUDGET = 0.5
"""Seconds of this process that a pattern may take in all, beyond what each search may take."""
_SEARCH = 150e-6
_CHARACTER = 100e-9

_TOKEN = re.compile(
    r"\\(?:[pPN]\{[^}]*\}|.)|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[a-zA-Z-]*[:)]|\(\??|\)|\{(\d*),?(\d*)\}|.",
    re.DOTALL,
)
# Flags that change how a pattern is read, and recursion, are no part of ``re`` or not needed here.
_GROUP = re.compile(r"\((?!\?)|\(\?(?:[:=!>(]|<[=!A-Za-z_]|P[<=]|[aimsu-]+[:)])")
_GROUPS = (
    "a group begins with '(', '(?:', '(?=', '(?!', '(?<=', '(?<!', '(?>', '(?P<name>' or flags "
    "such as '(?i)'"
)


class NotAPattern(ValueError):
    """A text that is no regular expression; ``offset`` is where it goes wrong."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class TooSlow(NoAnswer):
    """A search, or a whole check, that was given up."""


class BoundedPattern:
    """A regular expression that gives up when it takes too long."""

    def __init__(self, text: str, compiled: Any) -> None:
        self.text = text
        self._compiled = compiled
        self._left = _BUDGET

    def search(self, text: str) -> bool:
        """Whether the pattern matches anywhere in a text. Raises ``TooSlow``."""
        return self._within(self._compiled.search, text)

    def fullmatch(self, text: str) -> bool:
        """Whether the pattern matches a whole text. Raises ``TooSlow``."""
        return self._within(self._compiled.fullmatch, text)

    @property
    def given_up(self) -> TooSlow | None:
        """Why no search is made any more, once one took too long."""
        if self._left > 0:
            return None
        return TooSlow(
            f"the pattern '{shortened(self.text)}' takes too long to search with; write it without "
            "a repetition inside a repetition, such as '(a+)+', and with '^' at its start"
        )

    def _within(self, look: Any, text: str) -> bool:
        start = process_time()
        try:
            if self._left > 0:
                found = look(text, timeout=self._left) is not None
        except TimeoutError:
            self._left = 0.0
        if self.given_up:
            raise self.given_up
        # What a search may take is free, so that any number of objects can be checked.
        over = process_time() - start - _SEARCH - _CHARACTER * len(text)
        if over > 0:
            self._left -= over
        return found


def compile_pattern(text: str) -> BoundedPattern:
    """A pattern that is ready to be searched with. Raises ``NotAPattern``."""
    _refuse_large(text)
    import regex

    try:
        # Its cache would keep every pattern that a long-running process ever saw.
        return BoundedPattern(text, regex.compile(text, cache_pattern=False))
    except regex.error as error:
        wrong: Any = error
        raise NotAPattern(wrong.msg, wrong.pos or 0) from None
    except ValueError as error:  # flags that exclude each other
        raise NotAPattern(str(error)) from None


def _refuse_large(text: str) -> None:
    """Refuse what would take long to compile, and what ``regex`` reads in another way than ``re``.

    A repetition counts as many parts as it has when it is written out.
    """
    if len(text) > _LONGEST:
        raise NotAPattern(f"it has more than {_LONGEST:,} characters", _LONGEST)
    groups, last = [0], 0
    for token in _TOKEN.finditer(text):
        found, at = token[0], token.start()
        if found[0] == "(" and not _GROUP.match(text, at):
            raise NotAPattern(_GROUPS, at)
        if found == "{":  # else ``regex`` would read '{e}' as: with any errors
            raise NotAPattern("a '{' that counts nothing is written '\\{'", at)
        if token.lastindex:
            last *= max(1, *(_number(count) for count in token.groups("0"))) - 1
        elif found[0] == "(" and found[-1] != ")":
            groups.append(0)
            if len(groups) > _DEEPEST:
                raise NotAPattern(f"its groups are nested more than {_DEEPEST} deep", at)
            continue
        elif found == ")" and len(groups) > 1:
            last = groups.pop()
        else:
            last = 0 if found in "*+?" else 1
        groups[-1] += last
        if groups[-1] > _LARGEST:
            raise NotAPattern(f"it repeats its parts more than {_LARGEST:,} times", at)


def _number(digits: str) -> int:
    return int(digits.lstrip("0")[:9] or 0)  # Python refuses to read thousands of digits


def shortened(text: str, longest: int = 80) -> str:
    """The beginning of a long text, for a message."""
    return text if len(text) <= longest else text[: longest - 1] + "…"

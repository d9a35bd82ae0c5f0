"""What stops a run before it has a report."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong with a file, in words that are safe to print."""

    path: str
    """As reports name it."""
    line: int
    """From 1, as the column is."""
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class OkxlintError(Exception):
    """Wrong usage, policy or environment: told in one message; the run ends with ``exit_code``."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class PolicyError(OkxlintError):
    """A policy that is wrong; the message begins with its file, line and column."""

    def __init__(self, message: str, hint: str = "", problems: tuple[Problem, ...] = ()) -> None:
        """``problems`` are what the message tells, one by one, where they have a place."""
        super().__init__(message, hint)
        self.problems = problems


class Unreadable(Exception):
    """A file or folder that is there and cannot be read. The run goes on and ends incomplete."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class NoAnswer(Exception):
    """A rule of the policy that cannot say whether an object is right: never a pass.

    The message is told as it is: it names no value of a manifest.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

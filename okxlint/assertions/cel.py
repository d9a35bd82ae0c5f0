"""Custom rules whose ``assert`` is a text: an expression in CEL about an account, an app or a key.

The engine is Google's, by ``cel-expr-python``. It gives an error as a value that counts as true,
and it takes a misspelled name in a mapping for an error of the data; so every name and type is
checked when an expression is compiled, and whatever is not true or false is no answer.

An absent date is null, and there is no answer to which of null and a date is the earlier: a rule
guards it, ``key.expires == null || key.expires < as_of``. ``metadata`` is of no known type: what is
asked of it is guarded too, ``has(key.metadata.risk) && key.metadata.risk < 3``. ``matches()`` takes
the regular expressions of the rest of a policy, in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from okxlint.assertions.cel_problems import ExpressionProblem, problem, reason, type_of
from okxlint.assertions.cel_tree import Call, Tree, read, with_calls_of
from okxlint.assertions.cel_types import (
    SEARCH,
    ExpressionFailed,
    checking,
    reads,
    running,
    size,
    stamp,
    values_of,
)
from okxlint.assertions.pattern import BoundedPattern, NotAPattern, compile_pattern, shortened
from okxlint.errors import OkxlintError
from okxlint.inventory import Account, App, Key

__all__ = ["Expression", "ExpressionFailed", "ExpressionProblem", "compile_expression"]

_LONGEST = 4_000
_MOST_LOOPS = 2
_MOST_ITERATIONS = 10_000
"""Where the engine gives up."""
_DEAREST = 10**9
"""What an expression may cost on one object, as ``_is_dear`` estimates it."""
_HAS = re.compile(r"\bhas\s*\(\s*(\w+)\s*\.\s*\w+\s*\)")
_ALWAYS_THERE = "every field is there: compare it with '', [] or null instead of asking has()"
_EXAMPLES = {"timestamp": "2026-10-01T00:00:00Z", "duration": "720h"}


@dataclass(frozen=True, eq=False)
class Expression:
    """An expression that every object of a kind has to meet."""

    text: str
    kind: str
    _program: Any
    _values: Mapping[str, Callable[[Any], Any]]
    _tree: Tree
    _patterns: Mapping[str, BoundedPattern]

    @property
    def uses_day(self) -> bool:
        """Whether the day of the run matters."""
        return any(name == "as_of" for name, _ in self._tree.variables)

    def holds(self, target: Key | App | Account, as_of: date) -> bool:
        """Whether the expression is true of an object on a day. Raises ``ExpressionFailed``."""
        data = {name: value(target) for name, value in self._values.items()}
        self._refuse_dear(data)
        data["as_of"] = stamp(as_of)
        try:
            answer = self._program.eval(data=data).value()
        except RuntimeError as error:
            answer = str(error)
        if isinstance(answer, bool):
            return answer
        for pattern in self._patterns.values():
            if pattern.given_up:
                raise ExpressionFailed(pattern.given_up.message)
        raise ExpressionFailed(reason(str(answer)))

    def _refuse_dear(self, data: dict[str, Any]) -> None:
        characters = longest = 0
        for value in data.values():
            held, items = size(value)
            characters += held
            longest = max(longest, items)
        if _is_dear(self.text, self._tree, characters, longest):
            raise ExpressionFailed("it would take too long: it looks at too much text too often")


def _is_dear(text: str, tree: Tree, characters: int = 0, longest: int = 0) -> bool:
    """Whether an expression could take seconds: nothing can interrupt the engine.

    Each node may go through all text that is looked at, in each iteration of the loops that it
    stands in; and a loop that makes a list may join what it goes through to itself.
    """
    iterations = min(max(longest, tree.longest) ** tree.loops, _MOST_ITERATIONS)
    cost: int = iterations * (len(text) + characters) * tree.nodes ** (1 + tree.lists)
    return cost > _DEAREST


def compile_expression(text: str, kind: str) -> Expression:
    """The expression that a text is, about each ``key``, ``app`` or ``account``.

    Raises ``ExpressionProblem`` for what is none, and ``OkxlintError`` without the extra.
    """
    checked = _checked(text, kind)
    serialized = checked.serialize()
    tree = read(serialized)
    if _is_dear(text, tree):
        raise ExpressionProblem("it would take too long: it goes through too much too often")
    patterns = _patterns(tree, text)
    run = running(kind, lambda searched, pattern: patterns[pattern].search(searched))
    program = run.deserialize(with_calls_of(SEARCH, "matches", serialized))
    try:
        program.eval(data={})  # without values: what is wrong with any values is told now
    except RuntimeError as error:
        raise ExpressionProblem(reason(str(error))) from None
    values = values_of(kind, {name for name, _ in tree.variables})
    return Expression(text, kind, program, values, tree, patterns)


def _checked(text: str, kind: str) -> Any:
    if len(text) > _LONGEST:
        raise ExpressionProblem(f"it has more than {_LONGEST:,} characters", _LONGEST)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ExpressionProblem("this is no character", error.start) from None
    try:
        environment = checking(kind)
    except ImportError:
        raise OkxlintError(
            "an 'assert' in CEL needs an extra that is not installed",
            "Install okxlint with its extra 'cel': pip install '.[cel]' in its clone.",
        ) from None
    try:
        checked = environment.compile(text)
    except RuntimeError as error:
        raise _asked_by_has(text, kind) or problem(str(error), text, kind) from None
    outcome = checked.return_type().name()
    if outcome == "BOOL":
        return checked
    message = f"it must come out as true or false, and this comes out as {type_of(outcome.lower())}"
    if outcome == "DYN":
        message = "it may come out as anything: compare it, as in 'key.metadata.checked == true'"
    raise _asked_by_has(text, kind) or ExpressionProblem(message)


def _asked_by_has(text: str, kind: str) -> ExpressionProblem | None:
    """The problem with ``has(key.owner)``, of which the engine says something else."""
    found = next((each for each in _HAS.finditer(text) if each[1] == kind), None)
    return ExpressionProblem(_ALWAYS_THERE, found.start()) if found else None


def _patterns(tree: Tree, text: str) -> dict[str, BoundedPattern]:
    """The patterns of an expression; what cannot be told to be right or bounded is refused."""
    # The engine takes has(key.owner) for key.owner, but at the bracket and not at the dot.
    asked = (offset for name, offset in tree.variables if "." in name and text[offset] == "(")
    for offset in (*asked, *tree.tested):
        raise ExpressionProblem(_ALWAYS_THERE, offset)
    for offset in tree.made:
        raise ExpressionProblem("a message cannot be made here", offset)
    if tree.loops > _MOST_LOOPS:
        raise ExpressionProblem(f"macros stand in macros more than {_MOST_LOOPS} deep")
    patterns = {}
    for call in tree.calls:
        literal = call.arguments[-1] if call.arguments else None
        if call.function == "dyn":
            raise ExpressionProblem("dyn() would hide a misspelled name", call.offset)
        if call.function == "matches":
            patterns[literal or ""] = _pattern(literal, call)
        example = _EXAMPLES.get(call.function)
        if example and literal is not None and not reads(call.function, literal):
            message = f"'{shortened(literal)}' is no {call.function}, as '{example}' is one"
            raise ExpressionProblem(message, call.offset)
    return patterns


def _pattern(literal: str | None, call: Call) -> BoundedPattern:
    if literal is None:
        raise ExpressionProblem("the pattern of matches() is written in quotes", call.offset)
    try:
        return compile_pattern(literal)
    except NotAPattern as error:
        message = f"'{shortened(literal)}' is no regular expression: {error.message}"
        raise ExpressionProblem(message, call.offset) from None

"""What is wrong with a CEL expression, told to a person: the engine speaks to its programmers."""

from __future__ import annotations

import re

from okxlint.assertions.field_shapes import shapes
from okxlint.suggest import did_you_mean

_FUNCTIONS = (
    "all", "bool", "contains", "double", "duration", "endsWith", "exists", "exists_one", "filter",
    "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear", "getHours",
    "getMilliseconds", "getMinutes", "getMonth", "getSeconds", "has", "int", "map", "matches",
    "size", "startsWith", "string", "timestamp", "type", "uint",
)  # fmt: skip
_OTHER_WORDS = {"and": "&&", "or": "||", "not": "!", "= ": "==", "=": "==", "<>": "!="}

_ISSUE = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNEXPECTED = re.compile(r"Syntax error: .*?(?:input|at:|at) '(.*?)'(?: expecting|$)")
_UNDECLARED = re.compile(r"undeclared reference to '(.*?)' \(")
_UNDEFINED = re.compile(r"undefined field '(.*?)' not found in struct")
_OVERLOAD = re.compile(r"no matching overload for '(.*?)' applied to '\((.*)\)'")
_SELECT = re.compile(r"expression of type '(.*?)' cannot be the operand of a select")
_NO_OVERLOAD = re.compile(
    r"UNKNOWN: No matching overloads found : (?:\(([\w., ]*)\)\.)?[^(]+\(([\w., ]*)\)"
)
_REASONS = (
    ("Key not found", "a mapping lacks the name that it asks for: ask with has() first"),
    ("Index error", "a list has fewer items than it asks for"),
    ("by zero", "it divides by zero"),
    ("budget", "its macros go through more than 10,000 items"),
    ("OUT_OF_RANGE", "a number or a date is out of range"),
    ("onver", "a text is not of the form that it converts from"),
    ("timezone", "there is no time zone of that name"),
)
_OPERATORS = {"@in": "in", "_[_]": "[…]", "_?_:_": "? :"}
_TYPES = (
    ("google.protobuf.Timestamp", "date"),
    ("timestamp", "date"),
    ("int64", "int"),
    ("google.protobuf.Duration", "duration"),
    ("okxlint.waiver", "waiver"),
    ("null_type", "null"),
    ("string", "text"),
    ("dyn", "anything"),
)


class ExpressionProblem(ValueError):
    """What is wrong with an expression; ``offset`` counts code points of it."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def problem(told: str, text: str, kind: str) -> ExpressionProblem:
    """What the engine says of an expression about a kind of object, in the words of a policy."""
    issues = [
        (message, _offset(text, int(line), int(column)))
        for line, column, message in _ISSUE.findall(told)
    ]
    if not issues or issues[0][0].startswith("Exceeded max recursion"):
        return ExpressionProblem("it is nested too deeply")
    # An unknown function is told after the unknown variables inside its brackets.
    unknown = [
        (_unknown_function(found[1]), offset)
        for message, offset in issues
        if (found := _UNDECLARED.match(message))
        and "." not in found[1]
        and text[offset : offset + 1] == "("
    ]
    if unknown:
        return ExpressionProblem(*unknown[0])
    message, offset = issues[0]
    if found := _UNDECLARED.match(message):
        return _unknown_name(found[1], kind, text, offset)
    if found := _UNDEFINED.match(message):  # told at the dot before it, or at a bracket
        offset = max(text.find(found[1], offset), offset)
    return ExpressionProblem(_message(message), offset)


def type_of(name: str) -> str:
    """A type of CEL in the words of a policy."""
    for theirs, ours in _TYPES:
        name = re.sub(rf"\b{re.escape(theirs)}\b", ours, name)
    return name


def reason(told: str) -> str:
    """Why an expression has no answer for an object.

    The engine's own words may quote what is in the object, so none of them but types are used.
    """
    if found := _NO_OVERLOAD.match(told):
        types = ", ".join(type_of(each) for each in found.groups() if each)
        if "null" in types:
            return "it looks at null, as an absent date is: guard it, as in '… != null && …'"
        return f"it does not go with the types of what it looks at: {types}"
    return next((ours for theirs, ours in _REASONS if theirs in told), "it has no answer")


def _offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")[: max(line - 1, 0)]
    return min(sum(len(each) + 1 for each in lines) + max(column - 1, 0), len(text))


def _message(told: str) -> str:
    if found := _UNDEFINED.match(told):
        return f"'{found[1]}' is no field of a waiver{did_you_mean(found[1], shapes('waiver'))}"
    if found := _OVERLOAD.search(told):
        return _wrong_types(found[1], found[2])
    if found := _SELECT.search(told):
        return f"{type_of(found[1])} has no fields"
    if told.startswith("Syntax error"):
        return _unexpected(told)
    return told


def _unexpected(told: str) -> str:
    if "<EOF>" in told and "expecting <EOF>" not in told:
        return "it ends too early"
    found = _UNEXPECTED.match(told)
    word = found[1] if found else ""
    meant = _OTHER_WORDS.get(word)
    hint = f"; did you mean '{meant}'?" if meant else ""
    return f"this cannot be read as CEL: '{word.strip()}'{hint}"


def _unknown_function(name: str) -> str:
    if name in _FUNCTIONS:
        return f"{name}() does not take what it is given here"
    return f"there is no function {name}(){did_you_mean(name, _FUNCTIONS)}"


def _unknown_name(name: str, kind: str, text: str, offset: int) -> ExpressionProblem:
    """The problem with a name, which is told at its last dot."""
    top, *rest = name.removeprefix(".").split(".")
    start = max(text.rfind(top, 0, offset + len(top)), 0)
    article = "a" if kind == "key" else "an"
    fields = shapes(kind)
    if top == kind and rest:
        near = did_you_mean(rest[0], fields)
        at = text.find(rest[0], start + len(top))
        return ExpressionProblem(f"'{rest[0]}' is no field of {article} {kind}{near}", at)
    if top == kind:
        example = f"'{kind}.{next(iter(fields))}'"
        message = f"'{kind}' alone has no value: name a field of it, as in {example}"
        return ExpressionProblem(message, start)
    known = [*(f"{kind}.{field}" for field in fields), "as_of"]
    near = did_you_mean(f"{kind}.{name}", known) or did_you_mean(name, known)
    message = f"'{top}' is not known: this is about '{kind}' and 'as_of'{near}"
    return ExpressionProblem(message, start)


def _wrong_types(function: str, types: str) -> str:
    operator = _OPERATORS.get(function) or function.strip("_")
    name = f"{function}()" if function[0].isalpha() else f"'{operator}'"
    given = type_of(types)
    hint = ": absent text is '' and an absent list is []" if "null" in given else ""
    return f"{name} does not go with {given}{hint}"

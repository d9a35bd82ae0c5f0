"""What a checked CEL expression is made of: what it names, what it would cost, its literals.

The engine gives an expression as a serialized ``cel.expr.CheckedExpr``; the parts that matter here
are described below (https://github.com/google/cel-spec/blob/master/proto/cel/expr/checked.proto).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from okxlint.assertions.cel_messages import Fields, described, pool_of

_MESSAGES: dict[str, Fields] = {
    "Any": {"value": (2, "bytes")},
    "Checked": {
        "references": (2, "*ReferenceOf"),
        "types": (3, "*TypeOf"),
        "expr": (4, "Expr"),
        "source": (5, "Source"),
    },
    "ReferenceOf": {"id": (1, "int"), "reference": (2, "Reference")},
    "Reference": {"name": (1, "text")},
    "TypeOf": {"id": (1, "int"), "type": (2, "Type")},
    "Type": {"list": (6, "bytes"), "message": (9, "text")},
    "Source": {"positions": (4, "*Position")},
    "Position": {"id": (1, "int"), "offset": (2, "int")},
    "Expr": {
        "id": (2, "int"),
        "literal": (3, "Literal"),
        "select": (5, "Select"),
        "call": (6, "Call"),
        "list": (7, "List"),
        "struct": (8, "Struct"),
        "loop": (9, "Loop"),
    },
    "Literal": {"text": (6, "text")},
    "Select": {"operand": (1, "Expr"), "test_only": (3, "bool")},
    "Call": {"target": (1, "Expr"), "function": (2, "text"), "arguments": (3, "*Expr")},
    "List": {"elements": (1, "*Expr")},
    "Struct": {"name": (1, "text"), "entries": (2, "*Entry")},
    "Entry": {"key": (3, "Expr"), "value": (4, "Expr")},
    "Loop": {
        "range": (2, "Expr"),
        "start": (4, "Expr"),
        "condition": (5, "Expr"),
        "step": (6, "Expr"),
        "result": (7, "Expr"),
    },
}


class Call(NamedTuple):
    """A call of a function; an argument that is no text in quotes is ``None``."""

    function: str
    arguments: tuple[str | None, ...]
    offset: int


class Tree(NamedTuple):
    """What an expression is made of."""

    variables: tuple[tuple[str, int], ...]
    """Each use of a variable, as it is declared, and where."""
    nodes: int
    loops: int
    """How deep macros stand inside macros."""
    lists: int
    """How many macros make a list."""
    longest: int
    """The length of the longest list that is written out."""
    calls: tuple[Call, ...]
    tested: tuple[int, ...]
    """Where ``has()`` asks for a field of a message: that is always there."""
    made: tuple[int, ...]
    """Where a message is made."""


def read(serialized: bytes) -> Tree:
    """The tree of an expression as the engine serializes it."""
    messages = _messages()
    checked = messages["Checked"].FromString(messages["Any"].FromString(serialized).value)
    offsets = {each.id: each.offset for each in checked.source.positions}
    names = {each.id: each.reference.name for each in checked.references}
    types = {each.id: each.type for each in checked.types}
    variables: list[tuple[str, int]] = []
    calls: list[Call] = []
    tested: list[int] = []
    made: list[int] = []
    deepest = lists = longest = 0
    for expr, loops in _walk(checked.expr):
        deepest = max(deepest, loops)
        offset = offsets.get(expr.id, 0)
        if expr.HasField("call"):
            arguments = tuple(map(_literal, expr.call.arguments))
            calls.append(Call(expr.call.function, arguments, offset))
        elif expr.HasField("struct"):
            longest = max(longest, len(expr.struct.entries))
            made += [offset] if expr.struct.name else []
        elif expr.id in names:
            variables.append((names[expr.id], offset))
        elif expr.HasField("select"):
            of_message = types[expr.select.operand.id].HasField("message")
            tested += [offset] if of_message and expr.select.test_only else []
        elif expr.HasField("list"):
            longest = max(longest, len(expr.list.elements))
        elif expr.HasField("loop"):
            lists += types[expr.id].HasField("list")
    return Tree(
        tuple(variables),
        len(types),
        deepest,
        lists,
        longest,
        tuple(calls),
        tuple(tested),
        tuple(made),
    )


def with_calls_of(function: str, instead_of: str, serialized: bytes) -> bytes:
    """The expression with one function called where it calls another."""
    messages = _messages()
    wrapped = messages["Any"].FromString(serialized)
    checked = messages["Checked"].FromString(wrapped.value)
    for expr, _ in _walk(checked.expr):
        if expr.HasField("call") and expr.call.function == instead_of:
            expr.call.function = function
    wrapped.value = checked.SerializeToString()
    return bytes(wrapped.SerializeToString())


def _literal(expr: Any) -> str | None:
    return expr.literal.text if expr.literal.HasField("text") else None


def _walk(top: Any) -> Iterator[tuple[Any, int]]:
    """Every expression inside one, with how many loops it stands in."""
    left = [(top, 0)]
    while left:
        expr, loops = left.pop()
        yield expr, loops
        left += _inside(expr, loops)


def _inside(message: Any, loops: int) -> Iterator[tuple[Any, int]]:
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        inner = loops + (message.DESCRIPTOR.name == "Loop" and field.name != "range")
        for each in (value,) if hasattr(value, "ListFields") else value:
            if each.DESCRIPTOR.name == "Expr":
                yield each, inner
            else:
                yield from _inside(each, inner)


@lru_cache(maxsize=1)
def _messages() -> dict[str, Any]:
    from google.protobuf.message_factory import GetMessageClass

    package = "okxlint.assertions.cel"
    pool = pool_of(described(package, _MESSAGES))
    return {
        name: GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}")) for name in _MESSAGES
    }

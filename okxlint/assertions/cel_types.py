"""The fields of an account, an app or a key as CEL knows them: their types, and their values."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any

from okxlint.address import Address
from okxlint.assertions.cel_messages import described, pool_of
from okxlint.assertions.field_shapes import Shape, shapes
from okxlint.documents.scalars import typed
from okxlint.errors import NoAnswer

_PACKAGE = "okxlint"
_WAIVER = "waiver"
SEARCH = "searched"
_EPOCH = date(1970, 1, 1)


class ExpressionFailed(NoAnswer):
    """An expression that has no answer for one object."""


@lru_cache(maxsize=3)
def checking(kind: str) -> Any:
    """The environment that compiles expressions about a kind: it knows the types of all fields.

    CEL has no type for a date or null, so every date is taken to be there.
    """
    from cel_expr_python import cel

    types = {
        Shape.TEXT: cel.Type.STRING,
        Shape.TEXTS: cel.Type.List(cel.Type.STRING),
        Shape.DATE: cel.Type.TIMESTAMP,
        Shape.MAPPING: cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
        Shape.WAIVERS: cel.Type.List(cel.Type(f"{_PACKAGE}.{_WAIVER}")),
    }
    words = {Shape.TEXT: "text", Shape.DATE: "date"}
    numbered = enumerate(shapes("waiver").items(), start=1)
    waiver = {name: (number, words[shape]) for number, (name, shape) in numbered}
    # Each field is a variable of its own: a name that is no field is then no variable either.
    fields = {f"{kind}.{name}": types[shape] for name, shape in shapes(kind).items()}
    return cel.NewEnv(
        descriptor_pool=pool_of(described(_PACKAGE, {_WAIVER: waiver})),
        variables=fields | {"as_of": cel.Type.TIMESTAMP},
    )


def running(kind: str, search: Callable[[str, str], bool]) -> Any:
    """An environment that runs what was compiled, with values that say of what type they are.

    ``SEARCH`` stands in it for ``matches``: the engine's own compiles its pattern at each call.
    """
    from cel_expr_python import cel

    text, texts = cel.Type.STRING, cel.Type.List(cel.Type.STRING)
    plain = {Shape.TEXT: text, Shape.TEXTS: texts}
    fields = {
        f"{kind}.{name}": plain.get(shape, cel.Type.DYN) for name, shape in shapes(kind).items()
    }
    overloads = [
        cel.Overload(f"{SEARCH}_{is_member}", cel.Type.BOOL, [text, text], is_member, search)
        for is_member in (True, False)
    ]
    environment = cel.NewEnv(
        descriptor_pool=pool_of(described(_PACKAGE, {})),
        variables=fields | {"as_of": cel.Type.DYN},
        functions=[cel.FunctionDecl(SEARCH, overloads)],
    )
    environment.compile("true")  # only then does it use the types of its variables
    return environment


@lru_cache(maxsize=2)
def _reading(function: str) -> Any:
    from cel_expr_python import cel

    environment = cel.NewEnv(variables={"text": cel.Type.STRING})
    return environment.compile(f"{function}(text) == {function}(text)")


def reads(function: str, literal: str) -> bool:
    """Whether ``timestamp`` or ``duration`` can read a text."""
    return _reading(function).eval(data={"text": literal}).value() is True


def values_of(kind: str, names: Collection[str]) -> dict[str, Callable[[Any], Any]]:
    """For each variable of a kind what takes its value from an object."""
    known = shapes(kind)
    return {
        f"{kind}.{name}": _value_of(name, known[name])
        for name in known
        if f"{kind}.{name}" in names
    }


def _value_of(name: str, shape: Shape) -> Callable[[Any], Any]:
    field = attrgetter(name)
    match shape:
        case Shape.TEXT:
            return lambda target: _text(field(target) or "")
        case Shape.DATE:
            return lambda target: stamp(field(target))
        case Shape.MAPPING:
            return lambda target: _plain(typed(field(target) or {}))
        case Shape.WAIVERS:
            fields = [(name, _value_of(name, shape)) for name, shape in shapes("waiver").items()]
            return lambda target: [
                {name: take(waiver) for name, take in fields} for waiver in field(target)
            ]
        case Shape.TEXTS if name == "permissions":
            return lambda target: _sorted(target.rights)
    return lambda target: [_entry(each) for each in field(target) or ()]


def _entry(entry: str | Address) -> str:
    return _text(entry) if isinstance(entry, str) else entry.text


@lru_cache(maxsize=64)
def _sorted(rights: frozenset[str]) -> list[str]:
    return sorted(rights)


def _text(text: str) -> str:
    # The engine takes text as C does: it would compare what stands before the character alone.
    if "\0" in text or not (text.isascii() or _is_unicode(text)):
        raise ExpressionFailed("it looks at text with a character that CEL cannot read")
    return text


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {_text(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise ExpressionFailed("it looks at a number of more than 64 bits, which CEL does not have")
    return value


def size(value: Any) -> tuple[int, int]:
    """How many characters a value has in all, and how many items the longest list in it has."""
    if isinstance(value, str):
        return len(value), 0
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if not isinstance(value, list):
        return 1, 0
    try:
        return len("".join(value)), len(value)  # most lists are of texts
    except TypeError:
        inside = [size(item) for item in value]
    longest = max(items for _, items in inside)
    return sum(characters for characters, _ in inside), max(longest, len(value))


@lru_cache(maxsize=1 << 13)
def stamp(day: date | None) -> Any:
    """A day as CEL has it: the timestamp of its beginning in UTC, or null."""
    from google.protobuf.timestamp_pb2 import Timestamp

    return day and Timestamp(seconds=(day - _EPOCH).days * 86_400)

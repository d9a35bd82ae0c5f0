"""Frozen values that cost next to nothing to define.

``dataclass(frozen=True)`` compiles six methods for each class, a third of a millisecond; a run
defines dozens of such nouns before it looks at the first key. Here they are inherited.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar, dataclass_transform

T = TypeVar("T", bound="Record")
NOTHING: Mapping[Any, Any] = MappingProxyType({})
"""The default of a field that is a mapping."""


@dataclass_transform(frozen_default=True)
class Record:
    """A value of the fields that its class annotates, in their order, with their defaults.

    Two are equal if they are of one class and all fields are. Calling the class with too few,
    too many or unknown fields raises ``TypeError``, and so does setting one.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = cls.__dict__
        cls._fields = tuple(name for name in cls.__annotations__ if name[0] != "_")
        cls._defaults = {name: own[name] for name in cls._fields if name in own}

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = self._fields
        state = {**self._defaults, **dict(zip(fields, values, strict=False)), **named}
        if len(state) != len(fields) or len(values) + len(named) > len(fields):
            raise TypeError(_problem(type(self), values, named))
        self.__dict__.update(state)

    def __setattr__(self, name: str, value: Any) -> None:
        raise TypeError(f"a {type(self).__name__} does not change")

    def __delattr__(self, name: str) -> None:
        raise TypeError(f"a {type(self).__name__} does not change")

    def _values(self) -> tuple[Any, ...]:
        state = self.__dict__
        return tuple([state[name] for name in self._fields])

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self._fields)
        return f"{type(self).__name__}({told})"


def changed(record: T, **named: Any) -> T:
    """The record with other values of some fields. Raises ``TypeError`` for one that it lacks."""
    kept = {name: record.__dict__[name] for name in record._fields if name not in named}
    return type(record)(**kept, **named)


def _problem(kind: type[Record], values: tuple[Any, ...], named: dict[str, Any]) -> str:
    fields = kind._fields
    if len(values) > len(fields):
        return f"a {kind.__name__} has {len(fields)} fields, and {len(values)} are given"
    given = [*fields[: len(values)], *named]
    unknown = [name for name in named if name not in fields]
    twice = sorted({name for name in given if given.count(name) > 1})
    missing = [name for name in fields if name not in given and name not in kind._defaults]
    told = (("unknown", unknown), ("given twice", twice), ("missing", missing))
    words = "; ".join(f"{what}: {', '.join(names)}" for what, names in told if names)
    return f"the fields of a {kind.__name__}: {words}"

"""The parts of a JSON Schema: where a schema has schemas of its own, and how large it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from okxlint.origin import Step

_MOST_VALUES = 10_000
_DEEPEST = 64
_LARGEST_OBJECT = 100_000
"""Characters and values of an object."""

# Where a schema has schemas of its own: the first three are about the value that it is about.
_SAME = ("not", "if", "then", "else")
_SAME_LISTS = ("allOf", "anyOf", "oneOf")
_SAME_NAMED = ("dependentSchemas",)
_PARTS = (
    "additionalProperties",
    "contains",
    "contentSchema",
    "items",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_PART_LISTS = ("prefixItems",)
_PARTS_NAMED = ("$defs", "definitions", "patternProperties", "properties")

Route = tuple[Step, ...]


class SchemaProblem(ValueError):
    """Something that is wrong with a schema, and the route from its top to the place."""

    def __init__(self, message: str, route: Route = ()) -> None:
        super().__init__(message)
        self.message = message
        self.route = route


class Part(NamedTuple):
    """A schema inside a schema, or the whole one."""

    schema: Any
    route: Route
    resolver: Any


def about_the_same(schema: dict[str, Any]) -> Iterator[tuple[Route, Any]]:
    """The schemas inside one that are about the very value that it is about."""
    return _inside(schema, _SAME, _SAME_LISTS, _SAME_NAMED)


def inside(schema: dict[str, Any]) -> Iterator[tuple[Route, Any]]:
    """The schemas inside one, each with its route from there."""
    every = (_SAME + _PARTS, _SAME_LISTS + _PART_LISTS, _SAME_NAMED + _PARTS_NAMED)
    return _inside(schema, *every)


def _inside(
    schema: dict[str, Any], single: Iterable[str], listed: Iterable[str], named: Iterable[str]
) -> Iterator[tuple[Route, Any]]:
    for keyword in single:
        if keyword in schema:
            yield (keyword,), schema[keyword]
    for keyword in listed:
        for index, part in enumerate(schema.get(keyword, ())):
            yield (keyword, index), part
    for keyword in named:
        for name, part in schema.get(keyword, {}).items():
            yield (keyword, name), part


def pointer(route: Route) -> str:
    """A route as a JSON pointer (RFC 6901); ``""`` is the whole."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in route)
    return "".join(f"/{step}" for step in steps)


def refuse_large(contents: Any, route: Route) -> None:
    """Refuse a schema that is too large or too deep to be followed. Raises ``SchemaProblem``."""
    left, count = [(contents, 0)], 0
    while left:
        value, depth = left.pop()
        count += 1
        if count > _MOST_VALUES:
            raise SchemaProblem(f"it has more than {_MOST_VALUES:,} values", route)
        if depth > _DEEPEST:
            raise SchemaProblem(f"it is nested more than {_DEEPEST} deep", route)
        if isinstance(value, dict | list):
            each_in = value.values() if isinstance(value, dict) else value
            left += ((each, depth + 1) for each in each_in)


def is_large(value: Any) -> bool:
    """Whether an object is so large that jsonschema, which quotes it in its errors, takes long."""
    left, weight = [value], 0
    while left and weight <= _LARGEST_OBJECT:
        each = left.pop()
        weight += 1
        if isinstance(each, str):
            weight += len(each)
        elif isinstance(each, dict):
            weight += sum(map(len, each))
            left += each.values()
        elif isinstance(each, list):
            left += each
    return weight > _LARGEST_OBJECT

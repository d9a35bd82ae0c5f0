"""Custom rules whose ``assert`` is a mapping: a JSON Schema for an account, an app or a key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from okxlint.assertions.field_shapes import KINDS, Shape, shapes
from okxlint.assertions.json_keywords import FORMATS
from okxlint.assertions.json_parts import Part, Route, SchemaProblem
from okxlint.assertions.json_schema import Schema
from okxlint.documents.scalars import typed
from okxlint.manifest import stated_fields
from okxlint.suggest import did_you_mean

AssertionProblem = SchemaProblem
"""What is wrong with an ``assert``; ``route`` leads from it to the place."""

_DEFAULTS: dict[str, dict[str, str]] = {
    "key": {"environment": "live", "status": "active"},
    "app": {"status": "active"},
    "account": {},
}
# Keywords that jsonschema reads without a function for them, and those that tell something.
_READ = frozenset({
    "$anchor", "$comment", "$defs", "$dynamicAnchor", "$id", "default", "definitions", "deprecated",
    "description", "else", "examples", "maxContains", "minContains", "readOnly", "then", "title",
    "writeOnly",
})  # fmt: skip


@dataclass(frozen=True)
class SchemaAssertion:
    """A JSON Schema that every object has to meet."""

    schema: Schema

    def holds(self, fields: dict[str, Any]) -> bool:
        """Whether the schema allows an object, as ``written`` gives it. Raises ``TooSlow``."""
        return self.schema.allows(fields)


def compile_schema(schema: Any, kind: str) -> SchemaAssertion:
    """The assertion that a mapping makes about each ``key``, ``app`` or ``account``.

    Raises ``AssertionProblem`` for what is no schema, and for what could never find anything.
    """
    checked = Schema(typed(schema))
    for part in checked.parts:
        if isinstance(part.schema, dict):
            _refuse_unchecked(part)
    for part in _about_the_object(checked):
        _refuse_unknown_fields(part, kind)
        _refuse_other_than_text(part, kind)
    return SchemaAssertion(checked)


def written(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    """An object of a manifest as JSON Schema sees it: as written, with the defaults filled in.

    Text is text whatever it looks like, and what says nothing is left out; in ``metadata`` alone
    numbers and booleans are told from text.
    """
    seen = _DEFAULTS[kind] | stated_fields(KINDS[kind], fields)
    if "metadata" in seen:
        seen["metadata"] = typed(seen["metadata"])
    return seen


def _refuse_unchecked(part: Part) -> None:
    """A misspelled keyword checks nothing, and JSON Schema would not say so."""
    for name, wanted in part.schema.items():
        if name not in _keywords():
            message = f"'{name}' is no keyword of JSON Schema{did_you_mean(name, _keywords())}"
            raise AssertionProblem(message, (*part.route, name))
        if name == "format" and wanted not in FORMATS:
            message = f"the format '{wanted}' is not checked; these are: {', '.join(FORMATS)}"
            raise AssertionProblem(message, (*part.route, name))


@lru_cache(maxsize=1)
def _keywords() -> list[str]:
    from jsonschema import Draft202012Validator

    return sorted(_READ | Draft202012Validator.VALIDATORS.keys())


def _about_the_object(schema: Schema) -> Iterator[Part]:
    """The parts that are about the object itself, not about what is in it."""
    left, seen = [schema.parts[0]], set()
    while left:
        part = left.pop()
        if isinstance(part.schema, dict) and id(part.schema) not in seen:
            seen.add(id(part.schema))
            yield part
            left += schema.same(part)


def _refuse_unknown_fields(part: Part, kind: str) -> None:
    fields = shapes(kind)
    for name, route in _names(part.schema):
        if name not in fields:
            article = "a" if kind == "key" else "an"
            message = f"'{name}' is no field of {article} {kind}{did_you_mean(name, fields)}"
            raise AssertionProblem(message, part.route + route)


def _names(schema: dict[str, Any]) -> Iterator[tuple[str, Route]]:
    for keyword in ("properties", "dependentRequired", "dependentSchemas"):
        yield from ((name, (keyword, name)) for name in schema.get(keyword, ()))
    lists: list[tuple[Route, Any]] = [(("required",), schema.get("required", ()))]
    for name, needed in schema.get("dependentRequired", {}).items():
        lists.append((("dependentRequired", name), needed))
    names = schema.get("propertyNames")
    if isinstance(names, dict):
        lists.append((("propertyNames", "enum"), names.get("enum", ())))
    for route, items in lists:
        yield from ((str(item), (*route, index)) for index, item in enumerate(items))


def _refuse_other_than_text(part: Part, kind: str) -> None:
    """A number never equals a field that is text, not even one that looks like it."""
    for name, schema in part.schema.get("properties", {}).items():
        if not isinstance(schema, dict) or shapes(kind)[name] not in (
            Shape.TEXT,
            Shape.DATE,
        ):
            continue
        route = (*part.route, "properties", name)
        for index, value in enumerate(schema.get("enum", ())):
            _refuse_value(name, value, (*route, "enum", index))
        if "const" in schema:
            _refuse_value(name, schema["const"], (*route, "const"))
        types = schema.get("type", "string")
        if "string" not in ([types] if isinstance(types, str) else types):
            message = f"'{name}' is text, whatever it looks like: its type is 'string'"
            raise AssertionProblem(message, (*route, "type"))


def _refuse_value(name: str, value: Any, route: Route) -> None:
    if not isinstance(value, str):
        message = f"'{name}' is text, whatever it looks like: put this value in quotes"
        raise AssertionProblem(message, route)

"""The JSON Schema that an organisation gives for the ``metadata`` of its keys."""

from __future__ import annotations

import json
import os.path
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from okxlint.errors import PolicyError, Unreadable
from okxlint.origin import Place, Step
from okxlint.paths import read_bytes

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FORMATS = ("date", "email", "ipv4", "ipv6", "regex", "uuid")
"""The formats that are checked: those that need nothing installed besides jsonschema."""

# Their own messages quote names alone; those of the others quote values.
_QUOTES_NAMES = frozenset({"required", "additionalProperties", "dependentRequired"})
_LONGEST = 200


class Mismatch(NamedTuple):
    """Something in a value that the schema refuses."""

    route: tuple[Step, ...]
    """From the value to the part that is refused."""
    message: str
    """What is wrong with it; never the value itself."""

    @property
    def pointer(self) -> str:
        """The route as a JSON pointer (RFC 6901); ``""`` is the whole value."""
        steps = (str(step).replace("~", "~0").replace("/", "~1") for step in self.route)
        return "".join(f"/{step}" for step in steps)


@dataclass(frozen=True)
class MetadataSchema:
    """A schema that is ready to be asked."""

    validator: Any

    def errors(self, value: Any) -> list[Mismatch]:
        """Everything that the schema refuses, in the order of routes."""
        found = [
            Mismatch(tuple(error.absolute_path), _message(error))
            for error in self.validator.iter_errors(value)
        ]
        return sorted(found, key=lambda each: ([str(step) for step in each.route], each.message))


def load_schema(path: str, folder: str, place: Place) -> MetadataSchema:
    """Read a schema; a relative path is one from the folder. Raises ``PolicyError``.

    ``place`` is where the policy names the schema.
    """
    try:
        schema = json.loads(read_bytes(os.path.join(folder, path), path))
    except Unreadable as error:
        raise _error(place, str(error)) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _error(place, f"{path}: is no JSON: {error.msg} ({where})") from None
    except (ValueError, RecursionError):
        raise _error(place, f"{path}: is no JSON that can be read") from None
    dialect = schema.get("$schema", DIALECT) if isinstance(schema, dict) else DIALECT
    if str(dialect).rstrip("#") != DIALECT:
        raise _error(place, f"{path}: '$schema' is not {DIALECT}")
    try:
        return _checked(schema, path, place)
    except RecursionError:
        raise _error(place, f"{path}: refers to itself without an end") from None


def _checked(schema: Any, path: str, place: Place) -> MetadataSchema:
    from jsonschema import Draft202012Validator, FormatChecker, SchemaError
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = "/".join(["", *map(str, error.absolute_path)])
        raise _error(place, f"{path}: is no valid schema at '{where}': {error.message}") from None
    # A registry that retrieves nothing: what does not stand in the file itself is not found.
    registry: Registry[Any] = Registry()
    root: Resource[Any] = DRAFT202012.create_resource(schema)
    for reference in _unresolved(root, registry.resolver_with_root(root)):
        message = f"{path}: the reference '{reference}' leads to nothing in the file itself"
        raise _error(place, message)
    checker = FormatChecker(FORMATS)
    loaded = MetadataSchema(Draft202012Validator(schema, registry=registry, format_checker=checker))
    loaded.errors({})  # a reference in a circle shows only when it is followed
    return loaded


def _unresolved(resource: Any, resolver: Any) -> Iterator[str]:
    from referencing.exceptions import Unresolvable

    if isinstance(resource.contents, dict):
        for keyword in ("$ref", "$dynamicRef"):
            reference = resource.contents.get(keyword)
            if reference is None:
                continue
            try:
                resolver.lookup(reference)
            except Unresolvable:
                yield reference
    for inside in resource.subresources():
        yield from _unresolved(inside, resolver.in_subresource(inside))


def _message(error: Any) -> str:
    keyword, wanted = error.validator, error.validator_value
    if keyword is None:
        # jsonschema tells the object, and not the field of it that the schema has as false.
        return "'false' in the schema refuses this or a field of it"
    if keyword in _QUOTES_NAMES:
        return _shortened(error.message)
    if isinstance(wanted, dict) or (isinstance(wanted, list) and keyword != "enum"):
        return f"'{keyword}' of the schema is not met"
    return _shortened(f"this should have {keyword} {json.dumps(wanted, ensure_ascii=False)}")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _error(place: Place, message: str) -> PolicyError:
    at = place.location
    return PolicyError(
        f"{at.path}:{at.line}:{at.column}: {message}",
        "Nothing was checked: a policy must be right as a whole.",
    )

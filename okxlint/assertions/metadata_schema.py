"""The JSON Schema that an organisation gives for the ``metadata`` of its keys."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from okxlint.assertions.json_parts import Route, SchemaProblem, pointer
from okxlint.assertions.json_schema import Schema
from okxlint.assertions.pattern import shortened
from okxlint.errors import PolicyError, Problem, Unreadable
from okxlint.files import Files, WorkFiles
from okxlint.origin import Place

# Their own messages quote names alone; those of the others quote values.
_QUOTES_NAMES = frozenset(
    {"required", "additionalProperties", "dependentRequired", "unevaluatedProperties"}
)
_LONGEST = 200
_WORK = WorkFiles()


class Mismatch(NamedTuple):
    """Something in a value that the schema refuses."""

    route: Route
    """From the value to the part that is refused."""
    message: str
    """What is wrong with it; never the value itself."""

    @property
    def pointer(self) -> str:
        """The route as a JSON pointer (RFC 6901); ``""`` is the whole value."""
        return pointer(self.route)


@dataclass(frozen=True)
class MetadataSchema:
    """A schema that is ready to be asked."""

    schema: Schema
    data: bytes = b""
    """What the file holds."""

    def errors(self, value: Any) -> list[Mismatch]:
        """Everything that the schema refuses, in the order of routes. Raises ``TooSlow``."""
        found = [
            Mismatch(tuple(error.absolute_path), _message(error))
            for error in self.schema.errors(value)
        ]
        return sorted(found, key=lambda each: ([str(step) for step in each.route], each.message))


def load_schema(path: str, folder: str, place: Place, files: Files = _WORK) -> MetadataSchema:
    """Read a schema; a relative path is one from the folder. Raises ``PolicyError``.

    ``place`` is where the policy names the schema.
    """
    try:
        data = files.read(files.absolute(path, folder), path)
        contents = json.loads(data)
    except Unreadable as error:
        raise _error(place, str(error)) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _error(place, f"{path}: is no JSON: {error.msg} ({where})") from None
    except (ValueError, RecursionError):
        raise _error(place, f"{path}: is no JSON that can be read") from None
    try:
        return MetadataSchema(Schema(contents), data)
    except SchemaProblem as error:
        at = f" at '{pointer(error.route)}'" if error.route else ""
        told = shortened(error.message, _LONGEST)
        raise _error(place, f"{path}: is no valid schema{at}: {told}") from None


def _message(error: Any) -> str:
    keyword, wanted = error.validator, error.validator_value
    if keyword is None:
        # jsonschema tells the object, and not the field of it that the schema has as false.
        return "'false' in the schema refuses this or a field of it"
    if keyword in _QUOTES_NAMES:
        return shortened(error.message, _LONGEST)
    if isinstance(wanted, dict) or (isinstance(wanted, list) and keyword != "enum"):
        return f"'{keyword}' of the schema is not met"
    return shortened(
        f"this should have {keyword} {json.dumps(wanted, ensure_ascii=False)}", _LONGEST
    )


def _error(place: Place, message: str) -> PolicyError:
    at = place.location
    problem = Problem(at.path, at.line, at.column, message)
    hint = "Nothing was checked: a policy must be right as a whole."
    return PolicyError(str(problem), hint, (problem,))

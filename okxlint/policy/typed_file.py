"""A file of one document that is right as a whole, or not at all: baselines, attested lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from pydantic_core import ValidationError

from okxlint.documents.reader import Parsed, read
from okxlint.errors import OkxlintError
from okxlint.forms import validator
from okxlint.origin import Origin, Place
from okxlint.policy.text import Wrong, explain, nearest_of, told


class TypedFile(NamedTuple):
    """A file that was read, and where it says what it says."""

    value: Any
    origin: Origin
    parsed: Parsed


def read_typed(shown: str, data: bytes, kinds: Sequence[type], what: str) -> TypedFile:
    """A file's bytes as the first of ``kinds``, read by the reader of manifests.

    The others are the types of the entries of its lists, of the entries of those, and so on;
    ``what`` is the file to people: ``a baseline``. Raises ``OkxlintError`` that names file, line
    and column of everything that is wrong.
    """
    hint = f"{what[0].upper()}{what[1:]} must be right as a whole."
    file = read(shown, data)
    documents = [document for document in file.documents if document.value is not None]
    problems = [Wrong(Place(file.source, p.start, p.end), p.message) for p in file.problems]
    if problems or len(documents) != 1 or not isinstance(documents[0].value, dict):
        message = f"{what} is one document: a mapping that begins with 'version: 1'"
        raise OkxlintError(told(problems or [Wrong(Place(file.source, 0, 0), message)]), hint)
    origin = Origin(file.source, file.spans, documents[0].node)
    try:
        value = validator(kinds[0]).validate_python(_stated(documents[0].value))
    except ValidationError as error:
        details = error.errors(include_url=False)
        wrong = [_wrong(origin, detail, kinds) for detail in details]
        raise OkxlintError(told(wrong), hint) from None
    return TypedFile(value, origin, file)


def _stated(value: Any) -> Any:
    """A value without nulls: they are as if absent."""
    if isinstance(value, dict):
        return {name: _stated(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_stated(item) for item in value if item is not None]
    return value


def _wrong(origin: Origin, detail: Any, kinds: Sequence[type]) -> Wrong:
    route = detail["loc"]
    if detail["type"] != "unexpected_keyword_argument":
        return explain(origin, detail)
    kind = kinds[sum(isinstance(step, int) for step in route)]
    nearest = nearest_of(str(route[-1]), [each.name for each in fields(kind) if each.init])
    return Wrong(origin.name_of(*route), f"'{route[-1]}' is no field here{nearest}")

"""The types of a manifest's fields: how each is read from text, and what its JSON Schema says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetPydanticSchema, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from okxlint import address
from okxlint.address import Address
from okxlint.lazy import Pattern

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_IS_DATE = Pattern(_DATE)
_KEY_ID = r"[0-9A-Fa-f]{4,12}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_IS_KEY_ID = Pattern(_KEY_ID)


@lru_cache(maxsize=1 << 14)
def _day(text: str) -> date:
    try:
        if _IS_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("date", "there is no such day in the calendar") from None
    raise PydanticCustomError("date", "a date is written YYYY-MM-DD, for example 2026-10-01")


def _address(text: str) -> Address:
    try:
        return address.parse(text)
    except address.NotAnAddress as error:
        nearest = f"; did you mean '{error.nearest}'?" if error.nearest else ""
        raise PydanticCustomError(
            "address", "{problem}{nearest}", {"problem": error.problem, "nearest": nearest}
        ) from None


def _parse_key_id(value: Any) -> str:
    text = _text(value)
    if not _IS_KEY_ID.fullmatch(text):
        raise PydanticCustomError(
            "key_id", "a key_id is the last 4 to 12 hex digits of the OKX key id, or the whole UUID"
        )
    return text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise PydanticCustomError("string_type", "this is text, not a list or a mapping")


def _from_text(parse: Callable[[str], Any]) -> GetPydanticSchema:
    """How a field is read from text. ``parse`` is called by pydantic itself, with text alone."""
    return GetPydanticSchema(
        lambda kind, handler: core_schema.no_info_after_validator_function(
            parse, core_schema.str_schema()
        )
    )


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


SCALAR = {"type": ["string", "number", "boolean"]}
Text = Annotated[str, WithJsonSchema(SCALAR)]
Name = Annotated[str, Field(min_length=1), WithJsonSchema({**SCALAR, "minLength": 1})]
Label = Annotated[
    str,
    Field(min_length=1, max_length=50),
    WithJsonSchema({**SCALAR, "minLength": 1, "maxLength": 50}),
]
Day = Annotated[
    date,
    _from_text(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_DATE}$"}),
]
Entry = Annotated[
    Address,
    _from_text(_address),
    WithJsonSchema({"type": "string", "description": "IPv4, IPv6 or CIDR"}),
]
KeyId = Annotated[
    str,
    PlainValidator(_parse_key_id),
    WithJsonSchema({**SCALAR, "pattern": f"^(?:{_KEY_ID})$"}),
]
Names = Annotated[
    tuple[Name, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [SCALAR, {"type": "array", "items": SCALAR}]}),
]
Permission = Literal["read_only", "trade", "withdraw"]
"""All that OKX knows: https://www.okx.com/docs-v5/en/#overview-api-key-permissions"""
Status = Literal["planned", "active", "retired", "compromised", "revoked"]
Environment = Literal["live", "demo"]

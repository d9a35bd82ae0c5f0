"""The types of a manifest's fields: how each is read from text, and what its JSON Schema says."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic_core import PydanticCustomError

from okxlint import address
from okxlint.address import Address
from okxlint.forms import STR, Form, after, before, between, plain, several
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


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


SCALAR = {"type": ["string", "number", "boolean"]}
_NAME = {"type": "str", "min_length": 1}
Text = Annotated[str, Form(STR, SCALAR)]
Name = Annotated[str, Form(_NAME, {**SCALAR, "minLength": 1})]
Label = Annotated[
    str, Form({**_NAME, "max_length": 50}, {**SCALAR, "minLength": 1, "maxLength": 50})
]
Day = Annotated[
    date, Form(after(_day), {"type": "string", "format": "date", "pattern": f"^{_DATE}$"})
]
Entry = Annotated[
    Address, Form(after(_address), {"type": "string", "description": "IPv4, IPv6 or CIDR"})
]
KeyId = Annotated[str, Form(plain(_parse_key_id), {**SCALAR, "pattern": f"^(?:{_KEY_ID})$"})]
Names = Annotated[
    tuple[Name, ...],
    Form(
        before(_listed, several(_NAME)),
        {"anyOf": [SCALAR, {"type": "array", "items": SCALAR}]},
    ),
]
Count = Annotated[int, between(0)]
Positive = Annotated[int, between(1)]
Permission = Literal["read_only", "trade", "withdraw"]
"""All that OKX knows: https://www.okx.com/docs-v5/en/#overview-api-key-permissions"""
Status = Literal["planned", "active", "retired", "compromised", "revoked"]
Environment = Literal["live", "demo"]

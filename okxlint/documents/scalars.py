"""What a plain scalar means by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema)."""

from __future__ import annotations

import re
from typing import Any

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_FIRST = frozenset("0123456789+-.tTfF")
ODD_FIRST = _FIRST | {"", "~", "n", "N"}
"""What a plain scalar must begin with to be more than a text."""
# Python refuses longer decimal strings to keep the conversion from taking quadratic time.
_MAX_DIGITS = 4000


class Plain(str):
    """A plain scalar that the core schema reads as a number or a boolean, still as it is written.

    A field that is text takes it so (``key_id: 0012``); ``typed`` gives its other meaning.
    """

    __slots__ = ()


def plain(text: str) -> str | None:
    """A plain scalar: ``None`` for a null, a ``Plain`` for a number or boolean, else the text."""
    if text in NULLS:
        return None
    if text[0] in _FIRST and (text in _BOOLS or _FLOAT.fullmatch(text) or _INT.fullmatch(text)):
        return Plain(text)
    return text


def typed(value: Any) -> Any:
    """A value as the reader gives it, with numbers and booleans for its ``Plain`` scalars."""
    if isinstance(value, Plain):
        return _scalar(value)
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return value


def _scalar(text: Plain) -> bool | int | float | str:
    if text in _BOOLS:
        return _BOOLS[text]
    if len(text) > _MAX_DIGITS:
        return str(text)
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))

"""How the types of files are read: validators of pydantic's core, made from annotations.

pydantic itself makes the same of them, and JSON Schemas besides; but to import it takes as long as
to check fifty keys, and what it adds is not needed to read a file. A test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic_core import SchemaValidator

Core = dict[str, Any]
"""A schema of pydantic's core: https://docs.pydantic.dev/latest/api/pydantic_core_schema/"""
FORBID = {"extra": "forbid"}
"""The ``__pydantic_config__`` of a type in which an unknown field is an error."""
STR: Core = {"type": "str"}


class Form:
    """What an annotation says of a value: how it is read, and how JSON Schema describes it."""

    def __init__(self, core: Core, json: Mapping[str, Any]) -> None:
        self.core = core
        self.json = json

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Core:
        return dict(self.core)  # pydantic writes into it

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        return dict(self.json)


class Alias(NamedTuple):
    """The name that a field has in a file, where Python has another use for it."""

    name: str


def after(read: Callable[[str], Any]) -> Core:
    """A text that a function makes something of; it raises ``PydanticCustomError``."""
    return {"type": "function-after", "function": _function(read), "schema": STR}


def before(read: Callable[[Any], Any], core: Core) -> Core:
    """A value that a function sees first."""
    return {"type": "function-before", "function": _function(read), "schema": core}


def plain(read: Callable[[Any], Any]) -> Core:
    """A value that only a function sees."""
    return {"type": "function-plain", "function": _function(read)}


def several(core: Core) -> Core:
    """A list of such values, as a tuple."""
    return {"type": "tuple", "items_schema": [core], "variadic_item_index": 0}


def between(least: int, greatest: int | None = None) -> Form:
    """A whole number within bounds."""
    core: Core = {"type": "int", "ge": least}
    json: dict[str, Any] = {"type": "integer", "minimum": least}
    if greatest is not None:
        core["le"] = json["maximum"] = greatest
    return Form(core, json)


def _function(read: Callable[..., Any]) -> Core:
    return {"type": "no-info", "function": read}


class _Foreign(Exception):
    """A type that pydantic may know, and this module does not."""


@cache
def validator(kind: Any) -> Any:
    """The validator of a type, built once: a ``SchemaValidator``, or what pydantic makes.

    A type of a plugin may say what only pydantic understands.
    """
    try:
        return SchemaValidator(_core(kind))
    except _Foreign:
        from pydantic import TypeAdapter

        return TypeAdapter(kind).validator


_SIMPLE: dict[Any, Core] = {
    str: STR,
    int: {"type": "int"},
    bool: {"type": "bool"},
    Any: {"type": "any"},
}


def _core(hint: Any) -> Core:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if (origin := get_origin(hint)) in _BY_ORIGIN:
        return _BY_ORIGIN[origin](*get_args(hint))
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass(hint)
    raise _Foreign


def _annotated(hint: Any, *said: Any) -> Core:
    forms = [each for each in said if isinstance(each, Form)]
    if len(forms) + sum(isinstance(each, Alias) for each in said) < len(said):
        raise _Foreign
    return forms[0].core if forms else _core(hint)


def _literal(*words: Any) -> Core:
    return {"type": "literal", "expected": [*words]}


def _optional(hint: Any, *others: Any) -> Core:
    if others != (NoneType,):
        raise _Foreign
    return {"type": "nullable", "schema": _core(hint)}


def _tuple(*hints: Any) -> Core:
    if hints[1:] == (...,):
        return several(_core(hints[0]))
    return {"type": "tuple", "items_schema": [*map(_core, hints)]}


def _list(hint: Any) -> Core:
    return {"type": "list", "items_schema": _core(hint)}


def _dict(key: Any, value: Any) -> Core:
    return {"type": "dict", "keys_schema": _core(key), "values_schema": _core(value)}


_BY_ORIGIN: dict[Any, Callable[..., Core]] = {
    Annotated: _annotated,
    Literal: _literal,
    Union: _optional,
    UnionType: _optional,
    tuple: _tuple,
    list: _list,
    dict: _dict,
}


def _dataclass(kind: type) -> Core:
    hints = get_type_hints(kind, include_extras=True)
    all_fields = fields(kind)
    config = {"title": kind.__name__}
    if "extra" in (stated := getattr(kind, "__pydantic_config__", {})):
        config["extra_fields_behavior"] = stated["extra"]
    return {
        "type": "dataclass",
        "cls": kind,
        "config": config,
        "fields": [each.name for each in all_fields],
        "slots": "__slots__" in kind.__dict__,
        "schema": {
            "type": "dataclass-args",
            "dataclass_name": kind.__name__,
            "fields": [_field(each, hints[each.name]) for each in all_fields if each.init],
        },
    }


def _field(field: Field[Any], hint: Any) -> Core:
    core = _core(hint)
    if field.default is not MISSING:
        core = {"type": "default", "schema": core, "default": field.default}
    elif field.default_factory is not MISSING:
        factory = {"default_factory": field.default_factory, "default_factory_takes_data": False}
        core = {"type": "default", "schema": core, **factory}
    made = {"type": "dataclass-field", "name": field.name, "schema": core, "kw_only": field.kw_only}
    for said in getattr(hint, "__metadata__", ()):
        if isinstance(said, Alias):
            made["validation_alias"] = said.name
    return made

"""Objects of sarif_om as plain JSON."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import attr
import sarif_om  # noqa: TID253 - the SARIF writer alone imports this module, and it is late itself


class _Property(NamedTuple):
    attribute: str
    name: str
    default: Any


def plain(value: Any) -> Any:
    """An object of sarif_om as dicts and lists, without what has the value that SARIF assumes.

    A ``level`` is always written: where it is missing, that of the rule holds, not ``warning``.
    """
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    kind: type = type(value)
    if not attr.has(kind):
        return value
    written = {}
    for attribute, name, default in _properties(kind):
        part = getattr(value, attribute)
        if part is not None and part != default:
            written[name] = plain(part)
    return written


@cache
def _properties(kind: type) -> tuple[_Property, ...]:
    found = []
    for each in attr.fields(kind):
        default = each.default
        if default is attr.NOTHING or each.name == "level":
            default = None
        elif isinstance(default, attr.Factory):  # type: ignore[arg-type]  # typed as a function
            default = default.factory()
        name = each.metadata["schema_property_name"]
        # sarif_om has the name of a draft; the standard's is `status`.
        if kind is sarif_om.Suppression and each.name == "state":
            name = "status"
        found.append(_Property(each.name, name, default))
    return tuple(found)

"""What is wrong with an account, app, key or waiver of a manifest, told to a person."""

from __future__ import annotations

import re
from typing import Any

from okxlint.inventory import Waiver
from okxlint.origin import Origin, Place, Replacement
from okxlint.suggest import did_you_mean

_WRITE = "Write the value as told."
_ADDRESSES = ("ip_allowlist", "egress")
_ADDRESS = "Put an address that ends with ':' in quotes: \"2001:db8::\"."
_WORDS = {
    "string_type": "this is text, not a list or a mapping",
    "tuple_type": "this is a list: [one, two], or items that begin with '- '",
    "dict_type": "this is a mapping of names to values",
    "dataclass_type": "this is a mapping of names to values",
    "string_too_short": "this is empty",
    "string_too_long": "this has more characters than the 50 that OKX allows",
}


def explain(kind: type[Any], detail: Any, where: Origin) -> tuple[str, str, Place, str]:
    """A pydantic error about the one object of a list, as (value, message, place, help)."""
    route: tuple[str | int, ...] = detail["loc"][2:]
    field = next((str(step) for step in reversed(route) if isinstance(step, str)), "")
    holder = Waiver if len(route) > 1 and route[0] == "waivers" else kind
    word = holder.__name__.lower()
    article = "an" if word[0] == "a" else "a"
    known = [name for name, each in holder.__dataclass_fields__.items() if each.init]
    match detail["type"]:
        case "unexpected_keyword_argument":
            message = f"'{field}' is no field of {article} {word}{did_you_mean(field, known)}"
            help_ = f"The fields of {article} {word}: {', '.join(known)}."
            return "unknown field", message, where.name_of(*route), help_
        case "missing":
            message = f"{article} {word} needs '{field}'"
            return f"missing {field}", message, where.at(*route), f"Add the field '{field}'."
        case "literal_error":
            choices = detail["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            nearest = did_you_mean(str(detail["input"]), choices)
            message = f"this is no value of '{field}'{nearest}"
            return f"invalid {field}", message, where.at(*route), f"One of: {', '.join(choices)}."
        case "tuple_type" | "dict_type" | "dataclass_type" as wrong:
            message = f"'{field}': {_WORDS[wrong]}"
            return f"invalid {field}", message, where.whole(*route), _WRITE
        case other:
            message = f"'{field}': {_WORDS.get(other, detail['msg'])}"
            help_ = (
                _ADDRESS if field in _ADDRESSES and isinstance(detail["input"], dict) else _WRITE
            )
            return f"invalid {field}", message, where.at(*route), help_


def near_miss(detail: Any, place: Place) -> Replacement | None:
    """The one right word that a value can only mean: the same, but for case, ``-`` and blanks.

    Of permissions only ``read_only`` is corrected, which every key has: no other right may come of
    a correction.
    """
    value = detail["input"]
    if detail["type"] != "literal_error" or not isinstance(value, str):
        return None
    words = re.findall(r"'([a-z_]+)'", detail["ctx"]["expected"])
    meant = [word for word in words if _bare(word) == _bare(value)]
    if "permissions" in detail["loc"] or "needs" in detail["loc"]:
        meant = ["read_only"] if _bare(value) in ("read", "readonly") else []
    written = place.source.text[place.start : place.end]
    if len(meant) != 1 or written.strip("\"'") != value:
        return None
    return Replacement(f"Write '{meant[0]}'", place, written.replace(value, meant[0]))


def _bare(word: str) -> str:
    return re.sub(r"[\s_-]", "", word).casefold()

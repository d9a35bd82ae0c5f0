"""What each field of an account, an app, a key or a waiver holds, told from its type."""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache

from okxlint.inventory import Account, App, Key, Waiver

KINDS: dict[str, type[Account | App | Key | Waiver]] = {
    "account": Account,
    "app": App,
    "key": Key,
    "waiver": Waiver,
}
"""By the word that a policy uses."""


class Shape(Enum):
    """What a field holds."""

    TEXT = auto()
    TEXTS = auto()
    DATE = auto()
    MAPPING = auto()
    WAIVERS = auto()


@lru_cache(maxsize=len(KINDS))
def shapes(kind: str) -> dict[str, Shape]:
    """The fields that a manifest can give, in their order."""
    fields = KINDS[kind].__dataclass_fields__.values()
    return {field.name: _shape(str(field.type)) for field in fields if field.init}


def _shape(written: str) -> Shape:
    if "Waiver" in written:
        return Shape.WAIVERS
    if written.startswith("dict"):
        return Shape.MAPPING
    if written.startswith(("tuple", "Names")):
        return Shape.TEXTS
    return Shape.DATE if written.startswith("Day") else Shape.TEXT

"""Where the packs in ``policies/`` and the JSON Schemas in ``schemas/`` are."""

from __future__ import annotations

import os.path

_HERE = os.path.dirname(os.path.abspath(__file__))


def folder(name: str) -> str:
    """The folder ``policies`` or ``schemas``: inside a wheel, or at the top of a checkout."""
    inside = os.path.join(_HERE, "_data", name)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_HERE), name)


def packs() -> tuple[str, ...]:
    """The names of the packs, sorted."""
    return tuple(
        sorted(name[:-5] for name in os.listdir(folder("policies")) if name.endswith(".yaml"))
    )


def pack_path(name: str) -> str:
    """The file of a pack."""
    return os.path.join(folder("policies"), f"{name}.yaml")

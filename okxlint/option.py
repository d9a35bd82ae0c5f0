"""A rule's options: what each is for, and which way it is stricter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field
from enum import Enum
from typing import Any, Literal

Direction = Literal["lower", "higher", "true", "false", "more", "fewer", "given"]


def option(
    default: Any,
    doc: str,
    *,
    stricter: Direction | None = None,
    order: tuple[str, ...] = (),
) -> Any:
    """A field of a rule's ``Options``.

    ``stricter`` says which way is stricter: a number that is ``lower`` or ``higher``, a switch
    that is ``true`` or ``false``, a list with ``more`` or ``fewer`` entries, a text or list that
    is ``given`` rather than empty. ``order`` names a word's values from the loosest to the
    strictest. With neither, no change is a tightening.
    """
    return field(default=default, metadata={"doc": doc, "stricter": stricter, "order": order})


@dataclass(frozen=True)
class NoOptions:
    """The options of a rule that has none."""


class Move(Enum):
    """What a change of a setting does."""

    SAME = "same"
    STRICTER = "stricter"
    LOOSER = "looser"
    OTHER = "other"
    """Neither: the option has no direction, or of two lists neither holds the other."""


def move(facts: Field[Any], old: Any, new: Any) -> Move:
    """What it does to an option to become ``new``."""
    if old == new:
        return Move.SAME
    order = facts.metadata["order"]
    if order:
        return _moved(order.index(new) > order.index(old))
    direction = facts.metadata["stricter"]
    if direction in ("more", "fewer"):
        looser, stricter = (old, new) if direction == "more" else (new, old)
        return _of_lists(set(looser), set(stricter))
    if direction == "given":
        return Move.OTHER if old and new else _moved(bool(new))
    return _moved(_IS_STRICTER[direction](old, new)) if direction else Move.OTHER


_IS_STRICTER: Mapping[str, Callable[[Any, Any], bool]] = {
    "lower": lambda old, new: new < old,
    "higher": lambda old, new: new > old,
    "true": lambda old, new: new is True,
    "false": lambda old, new: new is False,
}


def _moved(is_stricter: bool) -> Move:
    return Move.STRICTER if is_stricter else Move.LOOSER


def _of_lists(looser: set[Any], stricter: set[Any]) -> Move:
    if looser == stricter:
        return Move.SAME
    if looser < stricter:
        return Move.STRICTER
    return Move.LOOSER if stricter < looser else Move.OTHER


def written(value: Any) -> str:
    """An option's value as it stands in a policy."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {written(item)}' for name, item in value.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if value != "" else '""'

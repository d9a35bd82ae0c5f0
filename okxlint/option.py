"""A rule's options: what each is for, and which way it is stricter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Literal, NamedTuple

from okxlint.record import Record

Direction = Literal["lower", "higher", "true", "false", "more", "fewer", "given"]


class Option(NamedTuple):
    """What is said of one option."""

    default: Any
    doc: str
    stricter: Direction | None = None
    order: tuple[str, ...] = ()


def option(
    default: Any,
    doc: str,
    *,
    stricter: Direction | None = None,
    order: tuple[str, ...] = (),
) -> Any:
    """An option of a rule: a field of its ``RuleOptions``.

    ``stricter`` says which way is stricter: a number that is ``lower`` or ``higher``, a switch
    that is ``true`` or ``false``, a list with ``more`` or ``fewer`` entries, a text or list that
    is ``given`` rather than empty. ``order`` names a word's values from the loosest to the
    strictest. With neither, no change is a tightening.
    """
    return Option(default, doc, stricter, order)


class RuleOptions(Record):
    """What a policy says of a rule besides its severity. A rule's own class annotates them."""

    facts: ClassVar[Mapping[str, Option]] = {}
    """By name."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        given = cls._defaults.items()
        cls.facts = {name: facts for name, facts in given if isinstance(facts, Option)}
        cls._defaults = {name: facts.default for name, facts in cls.facts.items()}


class NoOptions(RuleOptions):
    """The options of a rule that has none."""


@cache
def as_dataclass(options: Any) -> type:
    """The class of a rule's options in a form that pydantic validates and describes."""
    from dataclasses import field, make_dataclass
    from typing import get_type_hints

    hints = get_type_hints(options, include_extras=True)
    fields = [
        (name, hints[name], field(default=facts.default)) for name, facts in options.facts.items()
    ]
    return make_dataclass(options.__name__, fields, frozen=True)


class Move(Enum):
    """What a change of a setting does."""

    SAME = "same"
    STRICTER = "stricter"
    LOOSER = "looser"
    OTHER = "other"
    """Neither: the option has no direction, or of two lists neither holds the other."""


def move(facts: Option, old: Any, new: Any) -> Move:
    """What it does to an option to become ``new``."""
    if old == new:
        return Move.SAME
    order = facts.order
    if order:
        return _moved(order.index(new) > order.index(old))
    direction = facts.stricter
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

"""Names for readers that take equal names for one thing, and keep the first or the last of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def numbered(names: Iterable[str]) -> Iterator[str]:
    """The names in their order, each another one: a second ``a`` is ``a (2)``."""
    wanted = list(names)
    taken = set(wanted)
    numbers: dict[str, int] = {}
    for name in wanted:
        given, number = name, numbers.get(name, 0) + 1
        if number > 1:
            while (given := f"{name} ({number})") in taken:
                number += 1
        taken.add(given)
        numbers[name] = number
        yield given

"""Which of two settings of a rule is the stricter: an ordering, told change by change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from okxlint.model import Severity
from okxlint.option import Move, move, written
from okxlint.rule import Rule, Setting


class Shift(NamedTuple):
    """One thing in which two settings of a rule differ."""

    name: str
    """``severity``, or the option's name."""
    old: str
    """As it stands in a policy."""
    new: str
    move: Move

    @property
    def loosens(self) -> bool:
        """Whether it is anything but a tightening: what has no direction may let anything in."""
        return self.move is not Move.STRICTER

    def __str__(self) -> str:
        return f"{self.name} {self.old} -> {self.new}"


def shifts(rule: Rule, old: Setting, new: Setting, *, even_off: bool = False) -> Iterator[Shift]:
    """What changes from one setting of a rule to another.

    Options do not matter to a rule that is off: only that it goes on, or off, is told then.
    ``even_off``: they do, as another place may yet turn it on.
    """
    if old.severity is not new.severity:
        way = Move.STRICTER if (new.severity or 0) > (old.severity or 0) else Move.LOOSER
        yield Shift("severity", word(old.severity), word(new.severity), way)
    if not even_off and (old.severity is None or new.severity is None):
        return
    for name, facts in rule.facts.items():
        before, after = getattr(old.options, name), getattr(new.options, name)
        way = move(facts, before, after)
        if way is not Move.SAME:
            yield Shift(name, written(before), written(after), way)


def word(severity: Severity | None) -> str:
    """A severity as it stands in a policy; ``None`` is ``off``."""
    return severity.word if severity else "off"

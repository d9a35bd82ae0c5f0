"""Where an object of a file is written, and the place of each of its parts."""

from __future__ import annotations

from typing import NamedTuple

from okxlint.documents.removal import entry_span
from okxlint.documents.source import Source
from okxlint.documents.spans import ALIAS, NULL, SCALAR, Spans
from okxlint.model import Location

Step = str | int
"""A field's name, or an index into a list (nulls in the list aside)."""


class Place(NamedTuple):
    """A stretch of a source, as offsets; ``end`` is exclusive."""

    source: Source
    start: int
    end: int

    @property
    def location(self) -> Location:
        """The place as reports tell it."""
        return self.source.location(self.start, self.end)


class Replacement(NamedTuple):
    """A safe fix: what is to stand at a place instead."""

    title: str
    at: Place
    text: str


class Origin(NamedTuple):
    """An object's mapping in its file. ``node`` is an alias if the object is used through one."""

    source: Source
    spans: Spans
    node: int

    def at(self, *route: Step) -> Place:
        """The place of a part: a scalar's own span, else the name of its field.

        A part behind an alias is at the ``*alias``, a part that is not there at ``label``.
        """
        return self._walk(route, by_name=False)

    def name_of(self, *route: Step) -> Place:
        """The place of a field's name."""
        return self._walk(route, by_name=True)

    def whole(self, *route: Step) -> Place:
        """The place of a field that is not right as a whole: its name, or the ``*alias`` it is."""
        inside = self.child(*route)
        if inside and self.spans.kinds[inside.node] == ALIAS:
            return self._place(inside.node)
        return self.name_of(*route)

    @property
    def label(self) -> Place:
        """What names the object: its ``label`` or ``name`` scalar, else its first key."""
        return self._label(self.node)

    @property
    def extent(self) -> tuple[int, int]:
        """From the object's first character to the end of the last scalar in it, as offsets."""
        return self.spans.starts[self.node], self.spans.last_end(self.node)

    def child(self, *route: Step) -> Origin | None:
        """The origin of an object inside this one; ``None`` if it is not there."""
        node = self.node
        for step in route:
            if self.spans.kinds[node] == ALIAS:
                break
            found = self._step(node, step)
            if found is None:
                return None
            node = found[1]
        return self._replace(node=node)

    def removal(self, field: str, entry: Origin) -> Place | None:
        """What takes an entry out of a list of this object; ``None`` if that is not plain."""
        if self.spans.kinds[self.node] == ALIAS:
            return None
        found = self.spans.field(self.node, field)
        span = entry_span(self.source, self.spans, found, entry.node) if found else None
        return Place(self.source, *span) if span else None

    def children(self, *route: Step, count: int) -> list[Origin]:
        """The origins of a list's ``count`` items; of an aliased list each is at the ``*alias``."""
        inside = self.child(*route)
        if inside is None:
            return []
        if self.spans.kinds[inside.node] == ALIAS:
            return [inside] * count
        return [Origin(self.source, self.spans, item) for item in self.spans.items(inside.node)]

    def _walk(self, route: tuple[Step, ...], by_name: bool) -> Place:
        node = name = self.node
        kinds = self.spans.kinds
        for step in route:
            if kinds[node] == ALIAS:
                return self._place(node)
            found = self._step(node, step, whole=route[0] == "metadata")
            if found is None:
                return self._label(node)
            name, node = found
        if kinds[name] == ALIAS or (kinds[node] == ALIAS and not by_name):
            return self._place(node)
        start, end = self.spans.span(node)
        if by_name or kinds[node] > SCALAR or start == end:
            return self._place(name)
        return self._place(node)

    def _step(self, node: int, step: Step, whole: bool = False) -> tuple[int, int] | None:
        if isinstance(step, str):
            return self.spans.field(node, step)
        if self.spans.kinds[node] <= SCALAR:
            return node, node  # a field that may be a scalar or a list
        # In metadata a null is an item like any other.
        items = list(self.spans.children(node)) if whole else self.spans.items(node)
        return (items[step], items[step]) if step < len(items) else None

    def _label(self, node: int) -> Place:
        if self.spans.kinds[node] == ALIAS:
            return self._place(node)
        for field in ("label", "name"):
            found = self.spans.field(node, field)
            if found:
                name, value = found
                start, end = self.spans.span(value)
                scalar = self.spans.kinds[value] in (NULL, SCALAR, ALIAS)
                return self._place(value if scalar and end > start else name)
        return self._place(next(self.spans.children(node), node))

    def _place(self, node: int) -> Place:
        return Place(self.source, *self.spans.span(node))

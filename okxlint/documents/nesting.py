"""Nodes as they are met while a file is read: places, anchors, tags, and how deep they stand."""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

from okxlint.documents import differences, syntax
from okxlint.documents.scalars import plain
from okxlint.documents.spans import ALIAS, MAPPING, MERGE, SCALAR, SEQUENCE, Spans
from okxlint.documents.syntax import Problem

MAX_DEPTH = 64
"""How many lists and mappings may stand in one another, those behind an alias included."""
MAX_GUESSES = 20
"""For so many problems of a file it is guessed what was meant."""
MAX_ALIAS_NODES = 1_000_000
"""How many nodes all aliases of a file may add together."""


class Stop(Exception):
    """Reading cannot go on; the problem has been noted."""


class Stretch(NamedTuple):
    """From one offset to another; ``end`` is exclusive."""

    start: int
    end: int


class Notes:
    """The problems met so far, and whether the document at hand can still be judged."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.readable = True

    def add(self, kind: str, message: str, at: Stretch, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(kind, message, *at, hint))
        self.readable = self.readable and kind == syntax.DUPLICATE

    def odd_key(self, at: Stretch) -> None:
        """Note a key that is a list or a mapping."""
        self.add("key", syntax.ODD_KEY, at, syntax.KEY_HINT)

    def too_deep(self, at: Stretch) -> Stop:
        """Note that things stand too deep in one another; what to raise then."""
        self.add("depth", syntax.TOO_DEEP, at, syntax.TOO_DEEP_HINT)
        return Stop()


class Anchor(NamedTuple):
    """What an anchor names."""

    node: int
    value: Any
    nodes: int = 1
    height: int = 0
    """How many lists and mappings stand in one another there; 0 for a scalar."""


class Anchors:
    """The anchors of a document, and how much aliases have added in the whole file."""

    def __init__(self) -> None:
        self.by_name: dict[str, Anchor | None] = {}
        """``None`` for what is still open."""
        self.deepest = 0
        """The greatest depth met since the innermost anchored list or mapping began."""
        self._added = 0
        self._open: list[tuple[int, int]] = []

    def open(self, name: str, depth: int) -> None:
        """Begin an anchored list or mapping that stands so deep."""
        self.by_name[name] = None
        self._open.append((self._added, self.deepest))
        self.deepest = depth

    def close(self, name: str, node: int, value: Any, size: int, depth: int) -> None:
        """End the one that began last, which has so many nodes."""
        added, deepest = self._open.pop()
        height = self.deepest - depth + 1
        self.by_name[name] = Anchor(node, value, size + self._added - added, height)
        self.deepest = max(self.deepest, deepest)

    def find(self, name: str, at: Stretch, depth: int, notes: Notes) -> Anchor | None:
        """What an alias that stands so deep stands for; ``None`` if for nothing, which is noted."""
        anchor = self.by_name.get(name)
        if name not in self.by_name:
            # The last hundred will do, and for the first few: to compare all with all takes long.
            few = len(notes.problems) < MAX_GUESSES
            known = list(islice(reversed(self.by_name), 100)) if few else []
            notes.add(*syntax.unknown_alias(name, known), at)
        elif anchor is None:
            notes.add(*syntax.recursive_alias(name), at)
        else:
            self._added += anchor.nodes
            if self._added > MAX_ALIAS_NODES:
                notes.add("aliases", syntax.TOO_MANY_ALIASES, at, syntax.ALIAS_HINT)
                raise Stop
            if depth + anchor.height > MAX_DEPTH:
                raise notes.too_deep(at)
        return anchor


class Nodes:
    """The nodes of a file, each with the event of PyYAML that tells of it."""

    def __init__(self, text: str, spans: Spans, hidden: syntax.HiddenBreaks) -> None:
        self.text = text
        self.spans = spans
        self.hidden = hidden
        self.notes = Notes()
        self.anchors = Anchors()
        self.names: dict[str, str] = {}
        """Plain keys met before, each one string for all. None has a space: it may be a fold."""

    def open(self, event: Any, kind: int, depth: int, is_key: bool) -> int:
        """Begin a list or mapping that stands so deep; its node."""
        start = event.start_mark.index
        if event.anchor or event.tag:
            start = self._own_start(event, _TAGS[kind])
        if depth > MAX_DEPTH:
            raise self.notes.too_deep(Stretch(start, start + 1))
        if is_key:
            self.notes.odd_key(Stretch(start, start + 1))
        if event.anchor:
            self.anchors.open(event.anchor, depth)
        elif depth > self.anchors.deepest:
            self.anchors.deepest = depth
        return self.spans.add(kind, start, start + 1)

    def close(self, event: Any, node: int, depth: int, value: Any) -> None:
        """End the list or mapping that an event began."""
        size = self.spans.sizes[node] = len(self.spans.kinds) - node
        if event.anchor:
            self.anchors.close(event.anchor, node, value, size, depth)

    def scalar(self, event: Any) -> tuple[int, int, Any]:
        """A scalar with quotes, anchor, tag or folded lines: its place and its value."""
        start, end = event.start_mark.index, event.end_mark.index
        text = self.hidden.show(event.value)
        if event.anchor or event.tag:
            start = self._own_start(event, syntax.SCALAR_TAGS)
        if event.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip(" \t\r\n"))
        value: Any = text
        if event.tag in syntax.CORE_TAGS or not (event.tag or event.style):
            value = plain(text)
        if event.anchor:
            self.anchors.by_name[event.anchor] = Anchor(len(self.spans.kinds), value)
        return start, end, value

    def scalar_key(self, event: Any) -> str:
        """Take in a scalar that is a key; what it says."""
        start, end, _ = self.scalar(event)
        node = self.spans.add(SCALAR, start, end)
        name = self.hidden.show(event.value)
        if event.style or event.tag or self.text[start:end] != name:
            self.spans.names[node] = name
        elif not (self.hidden or " " in name or name == MERGE):
            name = self.names.setdefault(name, name)
        return name

    def alias_key(self, event: Any, depth: int) -> str | None:
        """Take in an alias that is a key; what it says, if it can be a key."""
        node, anchor = self._alias(event, depth)
        if anchor is None:
            return None
        if anchor.height:
            self.notes.odd_key(place(event))
            return None
        value = anchor.value
        name = self.spans.names[node] = self.spans.key_text(anchor.node) if value is None else value
        return name

    def alias_value(self, event: Any, depth: int) -> Any:
        """Take in an alias in a list or mapping that stands so deep; its value."""
        _, anchor = self._alias(event, depth)
        if anchor is None:
            return None
        self.anchors.deepest = max(self.anchors.deepest, depth + anchor.height)
        return anchor.value

    def _alias(self, event: Any, depth: int) -> tuple[int, Anchor | None]:
        at = place(event)
        self._check_name(event, at)
        node = self.spans.add(ALIAS, *at)
        anchor = self.anchors.find(event.anchor, at, depth, self.notes)
        if anchor:
            self.spans.targets[node] = anchor.node
        return node, anchor

    def _own_start(self, event: Any, tags: frozenset[str]) -> int:
        """Where a node itself begins, after its anchor and tag."""
        start, end = place(event)
        own = syntax.skip_properties(self.text, start, end)
        if event.anchor:
            self._check_name(event, Stretch(start, own))
        if event.tag and event.tag not in tags:
            at = Stretch(start, start + len(self.text[start:own].rstrip()))
            self.notes.add(*syntax.unknown_tag(event.tag), at, syntax.TAG_HINT)
        return own

    def _check_name(self, event: Any, at: Stretch) -> None:
        """Note an anchor or alias whose name goes on where libyaml begins something else."""
        name = differences.longer_name(self.text, at.start, event.anchor)
        if name:
            start = self.text.find(name, at.start)
            where = Stretch(start, start + len(name))
            self.notes.add(*differences.odd_name(name), where, differences.NAME_HINT)

    def check_questions(self, first: int) -> None:
        """Note what a question mark before it, without a blank, made a key; from a node onwards."""
        starts = self.spans.starts
        for node in range(first, len(starts)):
            start = starts[node]
            if start and self.text[start - 1] == "?" and self.spans.kinds[node] <= SCALAR:
                where = Stretch(start - 1, self.spans.ends[node])
                self.notes.add(*differences.QUESTION, where, differences.QUESTION_HINT)


_TAGS = {SEQUENCE: syntax.LIST_TAGS, MAPPING: syntax.MAPPING_TAGS}


def place(event: Any) -> Stretch:
    """Where a node stands, its anchor and tag included."""
    return Stretch(event.start_mark.index, event.end_mark.index)

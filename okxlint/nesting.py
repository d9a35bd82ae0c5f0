"""Lists and mappings that are still open, and what anchors name, while a file is read."""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

from okxlint import syntax
from okxlint.spans import MERGE
from okxlint.syntax import Problem

MAX_DEPTH = 64
"""How many lists and mappings may stand in one another, those behind an alias included."""
MAX_GUESSES = 20
"""For so many problems of a file it is guessed what was meant."""
MAX_ALIAS_NODES = 1_000_000
"""How many nodes all aliases of a file may add together."""

EXPECTS_KEY = object()
ITEM = object()
_DROPPED = object()


class Stop(Exception):
    """Reading cannot go on; the problem has been noted."""


class Stretch(NamedTuple):
    """From one offset to another; ``end`` is exclusive."""

    start: int
    end: int


class _Merge(Stretch):
    """The key ``<<``, where it stands."""


class Notes:
    """The problems met so far, and whether the document at hand can still be judged."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.readable = True

    def add(self, kind: str, message: str, at: Stretch, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(kind, message, *at, hint))
        self.readable = self.readable and kind == syntax.DUPLICATE


class Open:
    """A list or mapping whose end has not come yet; at the bottom of all, the document."""

    __slots__ = ("added", "anchor", "height", "key", "merges", "node", "value")

    def __init__(
        self, node: int = 0, is_map: bool = False, anchor: str | None = None, added: int = 0
    ) -> None:
        self.node = node
        self.anchor = anchor
        self.value: Any = {} if is_map else []
        self.key: Any = EXPECTS_KEY if is_map else ITEM
        """Whose value comes next: of a key, of ``<<``, or of one that is passed over."""
        self.merges: list[Any] | None = None
        self.height = 1
        self.added = added
        """How many nodes aliases had added before."""

    def name(self, name: str, at: Stretch, notes: Notes) -> None:
        """Take a key."""
        if name in self.value:
            notes.add(*syntax.duplicate(name), at)
            self.key = _DROPPED
        else:
            self.key = name

    def name_merge(self, at: Stretch, notes: Notes) -> None:
        """Take a key ``<<``."""
        if self.merges is None:
            self.merges = []
            self.key = _Merge(*at)
        else:
            notes.add(*syntax.duplicate(MERGE), at)
            self.key = _DROPPED

    def drop(self) -> None:
        """Pass over the value that comes next."""
        self.key = _DROPPED

    def set(self, value: Any, notes: Notes, alias: Stretch | None = None) -> None:
        """Take the value of the key at hand."""
        key, self.key = self.key, EXPECTS_KEY
        if isinstance(key, _Merge):
            merges = value if isinstance(value, list) else [value]
            if all(isinstance(mapping, dict) for mapping in merges):
                self.merges = merges
            elif notes.readable or value is not None:
                notes.add(*syntax.NOT_MERGEABLE, alias or key)
        elif key is not _DROPPED:
            self.value[key] = value

    def put(self, value: Any, height: int, notes: Notes, alias: Stretch | None = None) -> None:
        """Take in a list or mapping, itself or by an alias, as an item or a value."""
        if height >= self.height:
            self.height = height + 1
        if self.key is ITEM:
            self.value.append(value)
        else:
            self.set(value, notes, alias)

    def close(self) -> None:
        """Merge what is to be merged: what stands in the mapping itself comes first."""
        for mapping in self.merges or ():
            for key, value in mapping.items():
                self.value.setdefault(key, value)


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
        self.added = 0

    def find(self, name: str, at: Stretch, depth: int, notes: Notes) -> Anchor | None:
        """What an alias stands for; ``None`` if it stands for nothing, which is noted."""
        anchor = self.by_name.get(name)
        if name not in self.by_name:
            # The last hundred will do, and for the first few: to compare all with all takes long.
            few = len(notes.problems) < MAX_GUESSES
            known = list(islice(reversed(self.by_name), 100)) if few else []
            notes.add(*syntax.unknown_alias(name, known), at)
        elif anchor is None:
            notes.add(*syntax.recursive_alias(name), at)
        else:
            self.added += anchor.nodes
            if self.added > MAX_ALIAS_NODES:
                notes.add("aliases", syntax.TOO_MANY_ALIASES, at, syntax.ALIAS_HINT)
                raise Stop
            if depth + anchor.height > MAX_DEPTH:
                notes.add("depth", syntax.TOO_DEEP, at, syntax.TOO_DEEP_HINT)
                raise Stop
        return anchor

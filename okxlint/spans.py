"""Where each node of a file stands: flat arrays in document order, about 13 bytes a node.

A node's subtree is the run of nodes from it, ``sizes[node]`` long; a mapping's children alternate
key and value. An alias is one node, and ``targets`` tells which node it stands for.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from okxlint.scalars import NULLS

SCALAR, SEQUENCE, MAPPING, ALIAS = range(4)
MERGE = "<<"


class Spans:
    """The positions of one file's nodes, as code point offsets (``end`` is exclusive)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.kinds = bytearray()
        self.starts = array("I")
        self.ends = array("I")
        self.sizes = array("I")
        self.targets: dict[int, int] = {}
        self.names: dict[int, str] = {}
        """What keys say that are not written plainly: quoted, aliased, over several lines."""

    def span(self, node: int) -> tuple[int, int]:
        """Start and end of a scalar or alias; of a list or mapping, what it opens with."""
        return self.starts[node], self.ends[node]

    def target(self, node: int) -> int:
        """The node that an alias stands for; any other node stands for itself."""
        return self.targets.get(node, node)

    def children(self, node: int) -> Iterator[int]:
        """The child nodes; of a mapping, keys and values in turn."""
        child, end = node + 1, node + self.sizes[node]
        while child < end:
            yield child
            child += self.sizes[child]

    def pairs(self, node: int) -> Iterator[tuple[int, int]]:
        """The (key, value) nodes of a mapping as written, ``<<`` among them."""
        children = self.children(node)
        return zip(children, children, strict=True)

    def items(self, node: int) -> list[int]:
        """The nodes of a list, without those that are null: they count as absent."""
        return [child for child in self.children(self.target(node)) if not self._is_null(child)]

    def field(self, node: int, name: str) -> tuple[int, int] | None:
        """The (key, value) nodes of a mapping's field, merged ones included; ``None`` if absent.

        For a field that an alias merges in, both are that ``*alias``.
        """
        merges = []
        for key, value in self.pairs(self.target(node)):
            word = self.key_text(key)
            if word == name:
                return key, value
            if word == MERGE and key not in self.names:
                merges.append(value)
        for merge in merges:
            for shown, mapping in self._merged(merge):
                found = self.field(mapping, name)
                if found:
                    return (shown, shown) if self.kinds[shown] == ALIAS else found
        return None

    def key_text(self, key: int) -> str:
        """What a mapping's key says."""
        return self.names.get(key) or self.text[self.starts[key] : self.ends[key]]

    def _merged(self, value: int) -> Iterator[tuple[int, int]]:
        """What a ``<<`` names, as (the node to point at, the mapping), in order of precedence."""
        target = self.target(value)
        if self.kinds[target] != SEQUENCE:
            yield value, target
            return
        for child in self.children(target):
            yield (value if target != value else child), self.target(child)

    def _is_null(self, node: int) -> bool:
        node = self.target(node)
        return (
            self.kinds[node] == SCALAR and self.text[self.starts[node] : self.ends[node]] in NULLS
        )

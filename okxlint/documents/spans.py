"""Where each node of a file stands: flat arrays in document order, about 13 bytes a node.

A node's subtree is the run of nodes from it, ``sizes[node]`` long; a mapping's children alternate
key and value. An alias is one node, and ``targets`` tells which node it stands for.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

NULL, SCALAR, SEQUENCE, MAPPING, ALIAS = range(5)
"""The kinds of nodes. ``NULL`` is a scalar too: one that says nothing."""
MERGE = "<<"


class Spans:
    """The positions of one file's nodes, as code point offsets (``end`` is exclusive)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.kinds = bytearray()
        self.starts = array("I")
        self.ends = array("I")
        self.sizes = array("I")
        self.adders = (
            *(self.kinds.append, self.starts.append),
            *(self.ends.append, self.sizes.append),
        )
        """For each of the four arrays: what appends to it. One node is one call of each."""
        self.targets: dict[int, int] = {}
        self.names: dict[int, str] = {}
        """What keys say that are not written plainly: quoted, aliased, over several lines."""
        # The last list and mapping that were looked into: there may be a million errors in one.
        self._items: tuple[int, list[int]] = (-1, [])
        self._fields: tuple[int, dict[str, tuple[int, int]], list[int]] = (-1, {}, [])

    def add(self, kind: int, start: int, end: int) -> int:
        """Append a node that holds no others yet; its number."""
        self.kinds.append(kind)
        self.starts.append(start)
        self.ends.append(end)
        self.sizes.append(1)
        return len(self.kinds) - 1

    def span(self, node: int) -> tuple[int, int]:
        """Start and end of a scalar or alias; of a list or mapping, what it opens with."""
        return self.starts[node], self.ends[node]

    def last_end(self, node: int) -> int:
        """Where the last scalar in a node ends."""
        return max(self.ends[node : node + self.sizes[node]])

    def is_shared(self, node: int) -> bool:
        """Whether an alias stands for a node, for something in it, or for what it is in."""
        end = node + self.sizes[node]
        return any(
            target < end and node < target + self.sizes[target] for target in self.targets.values()
        )

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
        target = self.target(node)
        if self._items[0] != target:
            children = self.children(target)
            items = [child for child in children if self.kinds[self.target(child)] != NULL]
            self._items = target, items
        return self._items[1]

    def field(self, node: int, name: str) -> tuple[int, int] | None:
        """The (key, value) nodes of a mapping's field, merged ones included; ``None`` if absent.

        For a field that an alias merges in, both are that ``*alias``.
        """
        fields, merges = self._named(self.target(node))
        if name in fields:
            return fields[name]
        for merge in merges:
            for shown, mapping in self._merged(merge):
                found = self.field(mapping, name)
                if found:
                    return (shown, shown) if self.kinds[shown] == ALIAS else found
        return None

    def _named(self, node: int) -> tuple[dict[str, tuple[int, int]], list[int]]:
        """A mapping's own fields, and the values of its ``<<``."""
        if self._fields[0] != node:
            fields: dict[str, tuple[int, int]] = {}
            merges = []
            for key, value in self.pairs(node):
                word = self.key_text(key)
                if word == MERGE and key not in self.names:
                    merges.append(value)
                else:
                    fields.setdefault(word, (key, value))
            self._fields = node, fields, merges
        return self._fields[1:]

    def key_text(self, key: int) -> str:
        """What a mapping's key says."""
        name = self.names.get(key)
        return self.text[self.starts[key] : self.ends[key]] if name is None else name

    def _merged(self, value: int) -> Iterator[tuple[int, int]]:
        """What a ``<<`` names, as (the node to point at, the mapping), in order of precedence."""
        target = self.target(value)
        if self.kinds[target] != SEQUENCE:
            yield value, target
            return
        for child in self.children(target):
            yield (value if target != value else child), self.target(child)

"""Secrets that stand in a manifest's text, to the character.

What counts is told on the page of the rule ``no-secrets``. The text is searched as it is, with
comments and with what YAML cannot read; where a field's name decides, the nodes tell which value is
the field's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from weakref import WeakKeyDictionary

from okxlint.documents.reader import Parsed
from okxlint.documents.source import Source
from okxlint.documents.spans import ALIAS, SCALAR, SEQUENCE
from okxlint.secrets.quoted import decoded, has_escapes, inside
from okxlint.secrets.secret_text import (
    COLON,
    CREDENTIAL,
    NAME,
    RANK,
    SECRET_KEY,
    Leak,
    hex_runs,
    is_digest,
    is_secret,
    labelled,
    line_value,
    mistaken_value,
    private_keys,
    telling_names,
    text_value,
)


def find_leaks(file: Parsed) -> tuple[Leak, ...]:
    """Every secret in a file, sorted and apart from one another. A file is searched once."""
    if file.source not in _FOUND:
        _FOUND[file.source] = tuple(apart(_Search(file).leaks()))
    return _FOUND[file.source]


_FOUND: WeakKeyDictionary[Source, tuple[Leak, ...]] = WeakKeyDictionary()
"""By the text, as long as anybody has it: masking asks for it, and so does the rule."""


def apart(leaks: Iterable[Leak]) -> list[Leak]:
    """Leaks that overlap as one; it is of the kind that says most."""
    found: list[Leak] = []
    for leak in sorted(leaks, key=lambda leak: (leak.start, leak.end)):
        if found and leak.start < found[-1].end:
            last = found[-1]
            kind = max(last.kind, leak.kind, key=RANK.index)
            found[-1] = Leak(kind, last.start, max(last.end, leak.end))
        else:
            found.append(leak)
    return found


class _Search:
    def __init__(self, file: Parsed) -> None:
        self.text = file.source.text
        self.spans = file.spans
        kinds = self.spans.kinds
        # Beyond the last node there are comments, or what YAML could not read.
        self.read_to = self.spans.ends[-1] if kinds else 0
        self.broken = bool(file.problems)
        self.parents: dict[int, int] = {}
        self.escapes: dict[int, bool] = {}
        self.judged: set[int] = set()

    def leaks(self) -> Iterator[Leak]:
        text = self.text
        for start, end in hex_runs(text):
            if not is_digest(labelled(text, start) or self.field(start)):
                yield Leak(SECRET_KEY, start, end)
        yield from private_keys(text)
        last = Leak("", 0, 0)
        for name in telling_names(text):
            # A secret that goes on for long may hold many names; it is searched once.
            if not last.start <= name.start() < last.end:
                for last in self.named(name):
                    yield last
        for node in self.spans.targets.keys() & self.spans.names.keys():
            if NAME.search(self.spans.names[node].lower()):
                yield from self.values(node + 1)
        yield from self.escaped()

    def named(self, name: re.Match[str]) -> Iterator[Leak]:
        """What stands under a telling name: a field's value, or what follows it in a text."""
        node = self.node_at(name.start())
        if node is None:
            loose = self.broken and name.start() >= self.read_to
            yield from line_value(self.text, name) if loose else text_value(self.text, name)
        elif name.end("close") == self.spans.ends[node] and self.is_key(node):
            if self.is_cut_off(node + 1):
                yield from line_value(self.text, name)
            elif self.is_empty(node + 1):
                yield from mistaken_value(self.text, name.end())
            else:
                yield from self.values(node + 1)
        elif not self.has_escapes(node):
            yield from text_value(self.text, name, self.spans.ends[node])

    def values(self, node: int) -> Iterator[Leak]:
        """The secrets among a value's scalars; the fields of a mapping have names of their own."""
        node = self.spans.target(node)
        if node in self.judged:
            return
        self.judged.add(node)
        if self.spans.kinds[node] == SEQUENCE:
            for item in self.spans.children(node):
                yield from self.values(item)
        elif self.spans.kinds[node] <= SCALAR:  # a null by its tag has a text too
            start, end = inside(self.text, *self.spans.span(node))
            value = self.text[start:end]
            if self.has_escapes(node):
                value, _ = decoded(self.text, start, end)
            if is_secret(value):
                yield Leak(CREDENTIAL, start, end)

    def escaped(self) -> Iterator[Leak]:
        """What the quoted scalars hold that are not written as they read."""
        for mark in ("\\", "''"):
            at = self.text.find(mark)
            while at >= 0:
                node = self.node_at(at)
                if node is not None and self.has_escapes(node):
                    yield from self.in_decoded(node)
                    at = self.spans.ends[node] - 1
                at = self.text.find(mark, at + 1)

    def in_decoded(self, node: int) -> Iterator[Leak]:
        value, places = decoded(self.text, *inside(self.text, *self.spans.span(node)))
        if self.is_key(node) and NAME.search(value.lower()):
            yield from self.values(node + 1)
        found = [leak for name in telling_names(value) for leak in text_value(value, name)]
        for start, end in hex_runs(value):
            if not is_digest(labelled(value, start) or self.field(self.spans.starts[node])):
                found.append(Leak(SECRET_KEY, start, end))
        for leak in (*found, *private_keys(value)):
            yield Leak(leak.kind, places[leak.start], places[leak.end])

    # -- nodes ---------------------------------------------------------------------------------

    def node_at(self, offset: int) -> int | None:
        """The scalar in which an offset stands."""
        node = bisect_right(self.spans.starts, offset) - 1
        if node >= 0 and self.spans.kinds[node] <= SCALAR and offset < self.spans.ends[node]:
            return node
        return None

    def is_key(self, node: int) -> bool:
        return bool(COLON.match(self.text, self.spans.ends[node]))

    def is_cut_off(self, node: int) -> bool:
        """Whether reading stopped before a node was there as a whole."""
        if node >= len(self.spans.kinds):
            return True
        return self.broken and self.spans.kinds[node] == SEQUENCE and self.spans.sizes[node] == 1

    def is_empty(self, node: int) -> bool:
        """Whether YAML finds no value: nothing is there, or an alias of nothing."""
        kind, (start, end) = self.spans.kinds[node], self.spans.span(node)
        return start == end or (kind == ALIAS and node not in self.spans.targets)

    def field(self, offset: int) -> str:
        """The name of the field whose value, or list, the scalar at an offset is part of."""
        node = self.node_at(offset)
        while node:
            key = node - 1
            if self.spans.kinds[key] in (SCALAR, ALIAS) and self.is_key(key):
                return self.spans.key_text(key)
            node = self.parent(node)
            if node is None or self.spans.kinds[node] != SEQUENCE:
                break
        return ""

    def parent(self, node: int) -> int | None:
        sizes, other = self.spans.sizes, node - 1
        while other >= 0 and other + sizes[other] <= node:
            # What was climbed once is not climbed again, however long the list.
            other = self.parents.get(other, other - 1)
        if other >= 0:
            self.parents[node] = other
        return other if other >= 0 else None

    def has_escapes(self, node: int) -> bool:
        """Whether a scalar is quoted and reads otherwise than it is written."""
        if node not in self.escapes:
            self.escapes[node] = has_escapes(self.text, *self.spans.span(node))
        return self.escapes[node]

"""The events of PyYAML's C parser to plain values and spans, in one pass.

PyYAML's own ``load`` and ``compose`` recurse in C and crash the interpreter on deep nesting, and
take YAML 1.1 for granted (``no`` is false there), so neither is used: what is here counts depth
itself, reads scalars by the core schema of YAML 1.2 and keeps the place of every node.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from okxlint.documents import differences, syntax
from okxlint.documents.nesting import Nodes, Stop, Stretch, place
from okxlint.documents.scalars import ODD_FIRST, plain
from okxlint.documents.spans import MAPPING, MERGE, NULL, SCALAR, SEQUENCE, Spans
from okxlint.documents.syntax import Problem
from okxlint.errors import OkxlintError


class Document(NamedTuple):
    """One YAML document: plain values (``dict``, ``list``, ``str``, ``None``) and its root node."""

    value: Any
    node: int


class Composer:
    """Reads one stream. ``documents``, ``problems`` and ``spans`` are what came of it.

    Each list or mapping is read to its end by a call of its own; ``MAX_DEPTH`` bounds them.
    """

    def __init__(self, text: str) -> None:
        hidden = syntax.HiddenBreaks(text)
        self.text = text
        self.spans = Spans(text)
        self.documents: list[Document] = []
        self.followed = 0
        """How many of the documents have their end in the text: an end mark or a next document."""
        self.stopped_at: int | None = None
        """Where the syntax is broken, if it is."""
        self.gave_up = False
        """Whether it is broken only by brackets that stand deeper than libyaml goes."""
        self._nodes = Nodes(text, self.spans, hidden)
        self._hides = bool(hidden)
        self._asks = differences.has_questions(text)
        self._plain = lru_cache(maxsize=1 << 12)(plain)
        self._next_event = _parser(hidden.hide(text)).get_event

    @property
    def problems(self) -> list[Problem]:
        """What cannot be read, in the order of the text."""
        return self._nodes.notes.problems

    def run(self) -> None:
        """Read to the end, or to what cannot be read."""
        try:
            self._next_event()  # the stream's start
            while type(self._next_event()) is DocumentStartEvent:
                self._document()
        except yaml.YAMLError as error:
            self.stopped_at = syntax.mark_of(error)
            self.gave_up = syntax.is_too_deep(error)
            self.problems.append(syntax.explain(error, self.text))
        except Stop:
            pass

    def _document(self) -> None:
        notes = self._nodes.notes
        notes.readable = True
        self._nodes.anchors.by_name.clear()
        self.followed = len(self.documents)
        node = len(self.spans.kinds)
        value = self._node(self._next_event(), 1)
        end = self._next_event()
        if self._asks:
            self._nodes.check_questions(node)
        if notes.readable:
            self.documents.append(Document(value, node))
        if end.explicit:
            self.followed = len(self.documents)

    def _node(self, event: Any, depth: int, is_key: bool = False) -> Any:
        """Any node's value; ``depth`` is that of a list or mapping in this place, from 1."""
        kind = type(event)
        if kind is ScalarEvent:
            return self._scalar(event)
        if kind is AliasEvent:
            return self._nodes.alias_value(event, depth - 1)
        if kind is MappingStartEvent:
            return self._mapping(event, depth, is_key)
        return self._list(event, depth, is_key)

    def _scalar(self, event: Any) -> Any:
        value, start, end = event.value, event.start_mark.index, event.end_mark.index
        if end - start != len(value) or self._hides:
            start, end, value = self._nodes.scalar(event)
        elif value[:1] in ODD_FIRST:
            value = self._plain(value)
        self.spans.add(NULL if value is None else SCALAR, start, end)
        return value

    # -- lists and mappings ----------------------------------------------------------------------

    def _list(self, opening: Any, depth: int, is_key: bool) -> list[Any]:
        node = self._nodes.open(opening, SEQUENCE, depth, is_key)
        items = []
        while type(event := self._next_event()) is not SequenceEndEvent:
            items.append(self._node(event, depth + 1))
        self._nodes.close(opening, node, depth, items)
        return items

    def _mapping(self, opening: Any, depth: int, is_key: bool) -> dict[str, Any]:
        node = self._nodes.open(opening, MAPPING, depth, is_key)
        # Most nodes of a file go through this loop: what is usual is done here, without a call.
        next_event, names = self._next_event, self._nodes.names
        plain, hides = self._plain, self._hides
        add_kind, add_start, add_end, add_size = self.spans.adders
        fields: dict[str, Any] = {}
        merges: list[list[dict[str, Any]]] = []
        while type(event := next_event()) is not MappingEndEvent:
            key = names.get(event.value) if type(event) is ScalarEvent else None
            start, end = event.start_mark.index, event.end_mark.index
            # As long as its stretch of the file: no quotes, no anchor, no tag, nothing folded.
            if key is not None and end - start == len(key) and key not in fields:
                add_kind(SCALAR)
                add_start(start)
                add_end(end)
                add_size(1)
            else:
                key = self._odd_key(event, depth, fields, merges)
                if key is None:
                    continue
            event = next_event()
            start, end = event.start_mark.index, event.end_mark.index
            if type(event) is not ScalarEvent:
                fields[key] = self._node(event, depth + 1)
                continue
            value: Any = event.value
            if end - start != len(value) or hides:
                start, end, value = self._nodes.scalar(event)
            elif value[:1] in ODD_FIRST:
                value = plain(value)
            add_kind(NULL if value is None else SCALAR)
            add_start(start)
            add_end(end)
            add_size(1)
            fields[key] = value
        for mapping in chain.from_iterable(merges):
            for name, value in mapping.items():
                fields.setdefault(name, value)
        self._nodes.close(opening, node, depth, fields)
        return fields

    # -- keys ------------------------------------------------------------------------------------

    def _odd_key(
        self, event: Any, depth: int, fields: dict[str, Any], merges: list[list[dict[str, Any]]]
    ) -> str | None:
        """A key that the loop does not take as it is.

        ``None`` if its value has been read too: to be merged, or passed over.
        """
        node = len(self.spans.kinds)
        name = self._name(event, depth)
        at = Stretch(*self.spans.span(node))
        if name == MERGE and node not in self.spans.names:
            self._merge(at, depth, merges)
            return None
        if name is not None:
            if name not in fields:
                return name
            self._nodes.notes.add(*syntax.duplicate(name), at)
        self._node(self._next_event(), depth + 1)
        return None

    def _name(self, event: Any, depth: int) -> str | None:
        """What a key says; ``None`` if it can be none."""
        if type(event) is ScalarEvent:
            return self._nodes.scalar_key(event)
        if type(event) is AliasEvent:
            return self._nodes.alias_key(event, depth)
        deepest = self._nodes.anchors.deepest
        self._node(event, depth + 1, is_key=True)
        self._nodes.anchors.deepest = deepest
        return None

    def _merge(self, at: Stretch, depth: int, merges: list[list[dict[str, Any]]]) -> None:
        """Read the value of a key ``<<``."""
        notes = self._nodes.notes
        if merges:
            notes.add(*syntax.duplicate(MERGE), at)
        event = self._next_event()
        value = self._node(event, depth + 1)
        if merges:
            return
        mappings = value if isinstance(value, list) else [value]
        if not all(isinstance(mapping, dict) for mapping in mappings):
            if notes.readable or value is not None:
                notes.add(*syntax.NOT_MERGEABLE, place(event) if type(event) is AliasEvent else at)
            mappings = []
        merges.append(mappings)


def _parser(text: str) -> Any:
    try:
        from yaml.cyaml import CParser  # type: ignore[attr-defined]
    except ImportError:
        raise OkxlintError(
            "this PyYAML was built without its C parser (libyaml)",
            "install PyYAML from a wheel: pip install --force-reinstall --only-binary :all: pyyaml",
        ) from None
    return CParser(text)

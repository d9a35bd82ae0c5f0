"""The events of PyYAML's C parser to plain values and spans, in one pass.

PyYAML's own ``load`` and ``compose`` recurse in C and crash the interpreter on deep nesting, and
take YAML 1.1 for granted (``no`` is false there), so neither is used: this loop counts depth
itself, reads scalars by the core schema of YAML 1.2 and keeps the place of every node.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import yaml
from yaml.events import MappingStartEvent, ScalarEvent, StreamEndEvent

from okxlint import syntax
from okxlint.errors import OkxlintError
from okxlint.nesting import (
    EXPECTS_KEY,
    ITEM,
    MAX_DEPTH,
    Anchor,
    Anchors,
    Notes,
    Open,
    Stop,
    Stretch,
)
from okxlint.scalars import ODD_FIRST, plain
from okxlint.spans import ALIAS, MAPPING, MERGE, NULL, SCALAR, SEQUENCE, Spans
from okxlint.syntax import Problem


class Document(NamedTuple):
    """One YAML document: plain values (``dict``, ``list``, ``str``, ``None``) and its root node."""

    value: Any
    node: int


class Composer:
    """Reads one stream. ``documents``, ``problems`` and ``spans`` are what came of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = Spans(text)
        self.documents: list[Document] = []
        self.followed = 0
        """How many of the documents have their end in the text: an end mark or a next document."""
        self.stopped_at: int | None = None
        """Where the syntax is broken, if it is."""
        self._notes = Notes()
        self._stack = [Open()]
        self._anchors = Anchors()
        self._root = 0
        self._names: dict[str, str] = {}
        """Keys met before, each one string for all. A space may be a folded line: none has one."""
        self._hidden = syntax.HiddenBreaks(text)

    @property
    def problems(self) -> list[Problem]:
        """What cannot be read, in the order of the text."""
        return self._notes.problems

    def run(self) -> None:
        """Read to the end, or to what cannot be read."""
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.SequenceStartEvent: self._open,
            yaml.SequenceEndEvent: self._end,
            MappingStartEvent: self._open,
            yaml.MappingEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._start_document,
            yaml.DocumentEndEvent: self._end_document,
        }
        get_event = _parser(self._hidden.hide(self.text)).get_event
        try:
            get_event()  # the stream's start
            self._read(get_event, handlers)
        except yaml.YAMLError as error:
            self.stopped_at = syntax.mark_of(error)
            self.problems.append(syntax.explain(error, self.text))
        except Stop:
            pass

    def _read(self, get_event: Callable[[], Any], handlers: dict[type, Any]) -> None:
        # Every node goes through this loop: what is usual is done here, without a call.
        spans, stack, names, hidden = self.spans, self._stack, self._names, bool(self._hidden)
        add_kind, add_size = spans.kinds.append, spans.sizes.append
        add_start, add_end = spans.starts.append, spans.ends.append
        scalar = lru_cache(maxsize=1 << 12)(plain)
        while True:
            event = get_event()
            kind = type(event)
            if kind is not ScalarEvent:
                if kind is StreamEndEvent:
                    return
                handlers[kind](event)
                continue
            value, start, end = event.value, event.start_mark.index, event.end_mark.index
            # As long as its stretch of the file: no quotes, no anchor, no tag, nothing folded.
            bare = end - start == len(value) and not hidden
            top = stack[-1]
            key = top.key
            if key is EXPECTS_KEY:
                if bare and value in names and value not in top.value:
                    top.key = names[value]
                else:
                    start, end = self._odd_key(top, event, start, end)
                add_kind(SCALAR)
            else:
                if not bare:
                    start, end, value = self._odd_value(event, start, end)
                elif value[:1] in ODD_FIRST:
                    value = scalar(value)
                add_kind(NULL if value is None else SCALAR)
                if key is ITEM:
                    top.value.append(value)
                elif type(key) is str:
                    top.value[key] = value
                    top.key = EXPECTS_KEY
                else:
                    top.set(value, self._notes)
            add_start(start)
            add_end(end)
            add_size(1)

    def _start_document(self, event: Any) -> None:
        self._anchors.by_name.clear()
        self._notes.readable = True
        self._root = len(self.spans.kinds)
        self.followed = len(self.documents)

    def _end_document(self, event: Any) -> None:
        value = self._stack[0].value.pop()
        if self._notes.readable:
            self.documents.append(Document(value, self._root))
        if event.explicit:
            self.followed = len(self.documents)

    # -- scalars ---------------------------------------------------------------------------------

    def _odd_value(self, event: Any, start: int, end: int) -> tuple[int, int, Any]:
        """A scalar with quotes, anchor, tag or folded lines: its place and its value."""
        text = self._hidden.show(event.value)
        if event.anchor or event.tag:
            start = self._own_start(event, syntax.SCALAR_TAGS)
        if event.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip(" \t\r\n"))
        value: Any = text
        if event.tag in syntax.CORE_TAGS or not (event.tag or event.style):
            value = plain(text)
        if event.anchor:
            self._anchors.by_name[event.anchor] = Anchor(len(self.spans.kinds), value)
        return start, end, value

    def _odd_key(self, top: Open, event: Any, start: int, end: int) -> tuple[int, int]:
        """A key that the loop does not take as it is; its place."""
        start, end, _ = self._odd_value(event, start, end)
        at = Stretch(start, end)
        name = self._hidden.show(event.value)
        if event.style or event.tag or self.text[start:end] != name:
            self.spans.names[len(self.spans.kinds)] = name
        elif name == MERGE:
            top.name_merge(at, self._notes)
            return at
        elif " " not in name:
            name = self._names.setdefault(name, name)
        top.name(name, at, self._notes)
        return at

    def _own_start(self, event: Any, tags: frozenset[str]) -> int:
        """Where a node itself begins, after its anchor and tag."""
        start, end = event.start_mark.index, event.end_mark.index
        own = syntax.skip_properties(self.text, start, end)
        if event.tag and event.tag not in tags:
            at = Stretch(start, start + len(self.text[start:own].rstrip()))
            self._notes.add(*syntax.unknown_tag(event.tag), at, syntax.TAG_HINT)
        return own

    # -- lists, mappings and aliases -------------------------------------------------------------

    def _open(self, event: Any) -> None:
        is_map = type(event) is MappingStartEvent
        start = event.start_mark.index
        if event.anchor or event.tag:
            start = self._own_start(event, syntax.MAPPING_TAGS if is_map else syntax.LIST_TAGS)
        at = Stretch(start, start + 1)
        if len(self._stack) > MAX_DEPTH:  # the document itself is one of them
            self._notes.add("depth", syntax.TOO_DEEP, at, syntax.TOO_DEEP_HINT)
            raise Stop
        if self._stack[-1].key is EXPECTS_KEY:
            self._notes.add("key", syntax.ODD_KEY, at, syntax.KEY_HINT)
        node = self.spans.add(MAPPING if is_map else SEQUENCE, *at)
        if event.anchor:
            self._anchors.by_name[event.anchor] = None
        self._stack.append(Open(node, is_map, event.anchor, self._anchors.added))

    def _end(self, event: Any) -> None:
        done = self._stack.pop()
        done.close()
        node, value, height = done.node, done.value, done.height
        size = self.spans.sizes[node] = len(self.spans.kinds) - node
        if done.anchor:
            nodes = size + self._anchors.added - done.added
            self._anchors.by_name[done.anchor] = Anchor(node, value, nodes, height)
        top = self._stack[-1]
        if top.key is EXPECTS_KEY:
            top.drop()  # told of when it opened
        else:
            top.put(value, height, self._notes)

    def _alias(self, event: Any) -> None:
        at = Stretch(event.start_mark.index, event.end_mark.index)
        top, spans = self._stack[-1], self.spans
        node = spans.add(ALIAS, *at)
        anchor = self._anchors.find(event.anchor, at, len(self._stack) - 1, self._notes)
        if anchor:
            spans.targets[node] = anchor.node
        if top.key is not EXPECTS_KEY:
            value, height = (anchor.value, anchor.height) if anchor else (None, 0)
            top.put(value, height, self._notes, at)
        elif anchor and not anchor.height:
            value = anchor.value
            name = spans.names[node] = spans.key_text(anchor.node) if value is None else value
            top.name(name, at, self._notes)
        else:
            top.drop()
            if anchor:
                self._notes.add("key", syntax.ODD_KEY, at, syntax.KEY_HINT)


def _parser(text: str) -> Any:
    try:
        from yaml.cyaml import CParser  # type: ignore[attr-defined]
    except ImportError:
        raise OkxlintError(
            "this PyYAML was built without its C parser (libyaml)",
            "install PyYAML from a wheel: pip install --force-reinstall --only-binary :all: pyyaml",
        ) from None
    return CParser(text)

"""YAML to plain values and spans, in one pass over the events of PyYAML's C parser.

PyYAML's own ``load`` and ``compose`` recurse in C and crash the interpreter on deep nesting, and
take YAML 1.1 for granted (``no`` is false there), so neither is used: this loop counts depth
itself, reads scalars by the core schema of YAML 1.2 and keeps the place of every node.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from okxlint import syntax
from okxlint.errors import OkxlintError
from okxlint.scalars import Plain, plain
from okxlint.source import MAX_BYTES, Source, decode
from okxlint.spans import ALIAS, MAPPING, MERGE, SCALAR, SEQUENCE, Spans
from okxlint.syntax import Problem

MAX_DEPTH = 64
"""How many lists and mappings may stand in one another, those behind an alias included."""
MAX_ALIAS_NODES = 1_000_000
"""How many nodes all aliases of a file may add together."""


class Document(NamedTuple):
    """One YAML document: plain values (``dict``, ``list``, ``str``, ``None``) and its root node."""

    value: Any
    node: int


class Parsed(NamedTuple):
    """A file as read. Documents that could not be read whole are not among ``documents``."""

    source: Source
    spans: Spans
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


def read(path: str, data: bytes) -> Parsed:
    """Read a file's bytes. Raises ``OkxlintError`` only if PyYAML lacks its C parser."""
    if len(data) > MAX_BYTES:
        source = Source(path, "")
        return Parsed(source, Spans(""), (), (syntax.too_large(len(data)),))
    text, bad_at = decode(data)
    source = Source(path, text)
    if bad_at is None:
        bad_at = syntax.forbidden_character(source.text)
    if bad_at is None:
        return _parse(source, source.text)
    # What stands before the place is still judged, but not the document that it cuts in two.
    before = _parse(source, source.text[:bad_at])
    problem = syntax.not_text(source.text, bad_at)
    return before._replace(documents=before.documents[:-1], problems=(*before.problems, problem))


def _parse(source: Source, text: str) -> Parsed:
    collecting = gc.isenabled()
    # Millions of small objects that live on: each cyclic collection would walk them all in vain.
    gc.disable()
    try:
        loop = _Loop(text)
        loop.run()
    finally:
        if collecting:
            gc.enable()
    return Parsed(source, loop.spans, tuple(loop.documents), tuple(loop.problems))


class _Stop(Exception):
    """Reading cannot go on; the problem has been noted."""


_EXPECTS_KEY = object()
_DROPPED = object()


class _Open:
    """A list or mapping whose end has not come yet."""

    __slots__ = ("added", "anchor", "height", "is_map", "key", "merges", "node", "value")

    def __init__(self, node: int, is_map: bool, anchor: str | None, added: int) -> None:
        self.node = node
        self.is_map = is_map
        self.anchor = anchor
        self.value: Any = {} if is_map else []
        self.key: Any = _EXPECTS_KEY
        self.merges: list[Any] | None = None
        self.height = 1
        self.added = added


class _Anchor(NamedTuple):
    node: int
    value: Any
    nodes: int
    height: int


class _Loop:
    """Reads one stream. ``documents``, ``problems`` and ``spans`` are what came of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = Spans(text)
        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        self.readable = True
        self.stack: list[_Open] = []
        self.anchors: dict[str, _Anchor | None] = {}
        self.alias_nodes = 0
        self.root_node = 0
        self.words: dict[str, str] = {}
        self.hidden = syntax.HiddenBreaks(text)

    def run(self) -> None:
        parser = _parser(self.hidden.hide(self.text))
        handlers: dict[type, Callable[[Any], None]] = {
            ScalarEvent: self.scalar,
            SequenceStartEvent: self.start_list,
            SequenceEndEvent: self.end,
            MappingStartEvent: self.start_map,
            MappingEndEvent: self.end,
            AliasEvent: self.alias,
            DocumentStartEvent: self.start_document,
        }
        get_event, handle = parser.get_event, handlers.get
        try:
            while True:
                event = get_event()
                handler = handle(type(event))
                if handler:
                    handler(event)
                elif type(event) is StreamEndEvent:
                    return
        except yaml.YAMLError as error:
            self.problems.append(syntax.explain(error, self.text))
        except _Stop:
            pass

    def node(self, kind: int, start: int, end: int) -> int:
        spans = self.spans
        spans.kinds.append(kind)
        spans.starts.append(start)
        spans.ends.append(end)
        spans.sizes.append(1)
        return len(spans.kinds) - 1

    def problem(self, kind: str, message: str, start: int, end: int, hint: str = "") -> None:
        self.problems.append(Problem(kind, message, start, end, hint))
        self.readable = self.readable and kind == syntax.DUPLICATE

    def start_document(self, event: Any) -> None:
        self.anchors.clear()
        self.readable = True

    # -- nodes ---------------------------------------------------------------------------------

    def scalar(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        text = event.value
        value: Any
        if event.anchor or event.tag:
            start = syntax.skip_properties(self.text, start, end)
        if event.implicit[0]:
            value = plain(text)
        else:
            if event.style in ("|", ">"):
                end = start + len(self.text[start:end].rstrip())
            value = self.tagged(event.tag, text, start, end) if event.tag else text
        if self.hidden and value is not None:
            value = self.hidden.show(value)
        node = self.node(SCALAR, start, end)
        stack = self.stack
        if stack:
            top = stack[-1]
            if not top.is_map:
                top.value.append(value)
            elif top.key is _EXPECTS_KEY:
                self.key(top, node, event)
            else:
                self.set(top, value, node)
        else:
            self.root(value, node)
        if event.anchor:
            kept = text if value is None and top_is_key(stack) else value
            self.anchors[event.anchor] = _Anchor(node, kept, 1, 0)

    def tagged(self, tag: str, text: str, start: int, end: int) -> Any:
        if tag in ("!", "tag:yaml.org,2002:str"):
            return text
        if tag == "tag:yaml.org,2002:null":
            return None
        if tag in syntax.SCALAR_TAGS:
            return Plain(text)
        self.problem("unknown tag", f"the tag {tag} is not known here", start, end, syntax.TAG_HINT)
        return text

    def start_list(self, event: Any) -> None:
        self.open(event, SEQUENCE, "tag:yaml.org,2002:seq")

    def start_map(self, event: Any) -> None:
        self.open(event, MAPPING, "tag:yaml.org,2002:map")

    def open(self, event: Any, kind: int, tag: str) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor or event.tag:
            start = syntax.skip_properties(self.text, start, end)
        if event.tag not in (None, "!", tag):
            message = f"the tag {event.tag} is not known here"
            self.problem("unknown tag", message, event.start_mark.index, end, syntax.TAG_HINT)
        if len(self.stack) >= MAX_DEPTH:
            self.problem("depth", syntax.TOO_DEEP, start, start + 1, syntax.TOO_DEEP_HINT)
            raise _Stop
        if self.stack and self.stack[-1].is_map and self.stack[-1].key is _EXPECTS_KEY:
            self.problem("key", "a key is a list or a mapping", start, start + 1, syntax.KEY_HINT)
        node = self.node(kind, start, end)
        if event.anchor:
            self.anchors[event.anchor] = None  # not usable before its end
        self.stack.append(_Open(node, kind == MAPPING, event.anchor, self.alias_nodes))

    def end(self, event: Any) -> None:
        done = self.stack.pop()
        size = len(self.spans.kinds) - done.node
        self.spans.sizes[done.node] = size
        if done.merges:
            self.merge(done)
        if done.anchor:
            nodes = size + self.alias_nodes - done.added
            self.anchors[done.anchor] = _Anchor(done.node, done.value, nodes, done.height)
        if self.stack:
            self.put(self.stack[-1], done.value, done.node, done.height)
        else:
            self.root(done.value, done.node)

    def alias(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        node = self.node(ALIAS, start, end)
        value: Any = None
        height = 0
        if event.anchor not in self.anchors:
            known = list(self.anchors)
            self.problem(*syntax.unknown_alias(event.anchor, known), start, end)
        elif (anchor := self.anchors[event.anchor]) is None:
            self.problem(*syntax.recursive_alias(event.anchor), start, end)
        else:
            value, height = anchor.value, anchor.height
            self.spans.targets[node] = anchor.node
            self.alias_nodes += anchor.nodes
            self.check_limits(height, start, end)
        if self.stack:
            self.put(self.stack[-1], value, node, height)
        else:
            self.root(value, node)

    def check_limits(self, height: int, start: int, end: int) -> None:
        if self.alias_nodes > MAX_ALIAS_NODES:
            self.problem("aliases", syntax.TOO_MANY_ALIASES, start, end, syntax.ALIAS_HINT)
            raise _Stop
        if len(self.stack) + height > MAX_DEPTH:
            self.problem("depth", syntax.TOO_DEEP, start, end, syntax.TOO_DEEP_HINT)
            raise _Stop

    # -- what a node becomes a part of -----------------------------------------------------------

    def root(self, value: Any, node: int) -> None:
        if self.readable:
            self.documents.append(Document(value, node))

    def put(self, top: _Open, value: Any, node: int, height: int) -> None:
        """Put a list, mapping or alias into the list or mapping around it."""
        if height >= top.height:
            top.height = height + 1
        if not top.is_map:
            top.value.append(value)
        elif top.key is not _EXPECTS_KEY:
            self.set(top, value, node)
        elif isinstance(value, str):
            self.spans.names[node] = value
            self.name(top, value, node)
        else:
            top.key = _DROPPED

    def key(self, top: _Open, node: int, event: Any) -> None:
        text: str = event.value
        start, end = self.spans.span(node)
        if self.text[start:end] == text and not event.style:
            if text == MERGE:
                self.start_merge(top, node)
                return
        else:
            text = self.spans.names[node] = self.hidden.show(text) if self.hidden else text
        self.name(top, self.words.setdefault(text, text), node)

    def name(self, top: _Open, text: str, node: int) -> None:
        if text in top.value:
            start, end = self.spans.span(node)
            self.problem(*syntax.duplicate(text), start, end)
            top.key = _DROPPED
        else:
            top.key = text

    def set(self, top: _Open, value: Any, node: int) -> None:
        if top.key is _DROPPED:
            pass
        elif top.key is MERGE:
            if self.mergeable(value):
                top.merges = value if isinstance(value, list) else [value]
            elif self.readable:
                start, end = self.spans.span(node)
                self.problem(*syntax.NOT_MERGEABLE, start, max(end, start + 1))
        else:
            top.value[top.key] = value
        top.key = _EXPECTS_KEY

    def start_merge(self, top: _Open, node: int) -> None:
        if top.merges is None:
            top.merges = []
            top.key = MERGE
        else:
            start, end = self.spans.span(node)
            self.problem(*syntax.duplicate(MERGE), start, end)
            top.key = _DROPPED

    def mergeable(self, value: Any) -> bool:
        if isinstance(value, list):
            return all(isinstance(item, dict) for item in value)
        return isinstance(value, dict)

    def merge(self, done: _Open) -> None:
        for mapping in done.merges or ():
            for key, value in mapping.items():
                done.value.setdefault(key, value)


def top_is_key(stack: list[_Open]) -> bool:
    """Whether the scalar just put was a key: then its text counts even if it reads as null."""
    return bool(stack) and stack[-1].is_map and stack[-1].key is not _EXPECTS_KEY


def _parser(text: str) -> Any:
    try:
        from yaml.cyaml import CParser  # type: ignore[attr-defined]
    except ImportError:
        raise OkxlintError(
            "this PyYAML was built without its C parser (libyaml)",
            "install PyYAML from a wheel: pip install --force-reinstall --only-binary :all: pyyaml",
        ) from None
    return CParser(text)

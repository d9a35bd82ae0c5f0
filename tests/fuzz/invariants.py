"""What holds for every file that the reader read, whatever was in it."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from okxlint.documents.comments import comments, top_end
from okxlint.documents.reader import Parsed, read
from okxlint.documents.scalars import NULLS
from okxlint.documents.spans import ALIAS, MAPPING, NULL, SCALAR, SEQUENCE, Spans
from okxlint.secrets.masking import Masking

LIMIT = 20
"""Seconds that one case may take; the slowest takes a small part of one."""
_DIGITS = frozenset("123456789")
_BREAK = re.compile(r"\r\n|\r|\n")


@contextmanager
def limited(seconds: int = LIMIT) -> Iterator[None]:
    """Fail what hangs. Only where there is an alarm (not on Windows), and in the main thread."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() != threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise TimeoutError(f"one case took more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def check_read(data: bytes) -> Parsed:
    """Read bytes, and check all that holds for what came of it."""
    file = read("a.yaml", data)
    check_spans(file)
    for problem in file.problems:
        assert problem.message
        assert 0 <= problem.start <= problem.end <= len(file.source.text)
    for document in file.documents:
        _check_values(file, document.node, document.value, set())
    _check_masked(file)
    return file


def check_spans(file: Parsed) -> None:
    """Each node stands inside the file, in the order of the text, and on what its kind says."""
    spans, text = file.spans, file.source.text
    count = len(spans.kinds)
    assert len(spans.starts) == len(spans.ends) == len(spans.sizes) == count
    assert all(one <= other for one, other in pairwise(spans.starts))
    for node, kind in enumerate(spans.kinds):
        start, end = spans.span(node)
        assert 0 <= start <= end <= len(text)
        assert node + spans.sizes[node] <= count
        if kind == ALIAS:
            assert text[start] == "*"
        elif kind == NULL:
            # With a tag of the core schema a quoted or blank text is null too.
            assert text[start:end] in NULLS or text[start] in "|>'\"", text[start:end]
        line, column = file.source.position(start)
        first, last = file.source.line_span(line)
        assert first <= start
        # On the line that it names, or at its very end.
        assert column == start - first + 1
        assert start <= last + 1


def _check_values(file: Parsed, node: int, value: Any, seen: set[int]) -> None:
    """The value of a document is what stands at the places of its nodes."""
    spans = file.spans
    node = spans.target(node)
    if node in seen:
        return
    seen.add(node)
    kind = spans.kinds[node]
    if kind == NULL:
        assert value is None
    elif kind == SCALAR:
        assert isinstance(value, str)
        check_scalar(file, node, value)
    elif kind == SEQUENCE:
        children = list(spans.children(node))
        assert len(children) == len(value)
        for child, item in zip(children, value, strict=True):
            _check_values(file, child, item, seen)
    else:
        assert kind == MAPPING
        for name, child in _own_fields(spans, node):
            assert name in value
            _check_values(file, child, value[name], seen)
        for key, _ in spans.pairs(node):
            if spans.kinds[key] == SCALAR:
                check_scalar(file, key, spans.key_text(key))


def _own_fields(spans: Spans, node: int) -> Iterator[tuple[str, int]]:
    """A mapping's fields and values, each name once: of two the first holds."""
    told = set()
    for key, value in spans.pairs(node):
        name = spans.key_text(key)
        merges = name == "<<" and key not in spans.names
        if name not in told and not merges:
            told.add(name)
            yield name, value


def check_scalar(file: Parsed, node: int, value: str) -> None:
    """What stands at a scalar's place is its value."""
    start, end = file.spans.span(node)
    written = file.source.text[start:end]
    if written[:1] in ("'", '"'):
        assert _alone(written) == value, (written, value)
    elif written[:1] in ("|", ">"):
        header = written.split("\n", 1)[0].split("#", 1)[0]
        # A block that says how far it is indented says so of where it stands.
        if _DIGITS.isdisjoint(header):
            # What ends a block is not part of its span.
            alone = _alone(written)
            assert (alone or "").rstrip() == value.rstrip(), (written, value, alone)
    else:
        assert folded(written) == value, (written, value)


def folded(written: str) -> str:
    """A plain scalar over one or more lines, by https://yaml.org/spec/1.2.2/#733-plain-style."""
    first, *others = (line.strip(" \t") for line in _BREAK.split(written))
    value, blank = first, 0
    for line in others:
        if line:
            value += ("\n" * blank or " ") + line
            blank = 0
        else:
            blank += 1
    return value


def _alone(written: str) -> str | None:
    """What a quoted text or a block says that is a file of its own."""
    file = read("alone.yaml", f"{written}\n".encode())
    assert file.problems == (), (written, file.problems)
    (document,) = file.documents
    assert document.value is None or isinstance(document.value, str)
    return document.value


def _check_masked(file: Parsed) -> None:
    """What is quoted of a file has nothing in it that a terminal obeys, and keeps its width."""
    found = list(comments(file))
    assert all(file.source.text[at] == "#" for at, _ in found)
    assert 0 <= top_end(file) <= len(file.source.text)
    masking = Masking([file])
    leaks = masking.leaks[file.source.path]
    assert all(one.end <= other.start for one, other in pairwise(leaks))
    shown = masking.excerpts()[file.source.path]
    for number in range(1, file.source.line_count + 1):
        start, end = file.source.line_span(number)
        line = shown.line(number)
        assert len(line) == end - start
        assert all(character.isprintable() or character == "\t" for character in line)

"""A file's bytes to its documents: plain values, the place of every node, and every problem."""

from __future__ import annotations

import gc
from typing import NamedTuple

from okxlint.documents import syntax
from okxlint.documents.compose import Composer, Document
from okxlint.documents.source import MAX_BYTES, Source, decode
from okxlint.documents.spans import Spans
from okxlint.documents.syntax import Problem

__all__ = ["Document", "Parsed", "read"]


class Parsed(NamedTuple):
    """A file as read. Documents that could not be read whole are not among ``documents``."""

    source: Source
    spans: Spans
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    is_exact: bool = True
    """Whether the text is what the bytes say: what is not UTF-8 could not be written again."""


def read(path: str, data: bytes) -> Parsed:
    """Read a file's bytes. Raises ``OkxlintError`` only if PyYAML lacks its C parser."""
    if len(data) > MAX_BYTES:
        source = Source(path, "", None)
        return Parsed(source, Spans(""), (), (syntax.too_large(),))
    text, bad_at = decode(data)
    is_exact = bad_at is None
    source = Source(path, text, b"" if is_exact else data)
    if bad_at is None:
        bad_at = syntax.forbidden_character(source.text, data)
    if bad_at is None:
        composer = _compose(source.text)
        return Parsed(source, composer.spans, tuple(composer.documents), tuple(composer.problems))
    # What stands before the place is still judged, but not the document that it cuts in two, and
    # nothing is said of what only the cut made wrong.
    composer = _compose(source.text[:bad_at])
    documents = composer.documents[: composer.followed]
    problems = composer.problems[:-1] if composer.stopped_at == bad_at else composer.problems
    problems = [problem for problem in problems if problem.end < bad_at]
    problems.append(syntax.not_text(source.text, bad_at))
    return Parsed(source, composer.spans, tuple(documents), tuple(problems), is_exact)


def _compose(text: str) -> Composer:
    collecting = gc.isenabled()
    # Millions of small objects that live on: each cyclic collection would walk them all in vain.
    gc.disable()
    try:
        composer = Composer(text)
        composer.run()
        if composer.gave_up:
            # libyaml looks ahead: it may come upon brackets that are too deep for itself before it
            # tells of the first. Up to there it tells of all, and so of the first that is too deep.
            composer = Composer(text[: composer.stopped_at])
            composer.run()
    finally:
        if collecting:
            gc.enable()
    return composer

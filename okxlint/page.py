"""A rule's docstring as data: its page, and the examples in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from okxlint.lazy import Pattern
from okxlint.record import Record


class Example(NamedTuple):
    """A manifest on a rule's page. Comments in it say what must be found (``expectation``)."""

    section: str
    """The heading above it: ``Bad``, ``Good``, ``Boundary``, perhaps with more behind a colon."""
    text: str
    base: str | None = None
    """What it was before, if that matters: the block ``yaml base`` above it."""
    snapshot: str | None = None
    """What OKX said, if that matters: the block ``json snapshot`` above it."""


class Page(Record):
    """What a rule's docstring says."""

    summary: str
    """The first line: the requirement, as a sentence."""
    reason: str
    """Why, in Markdown."""
    sections: tuple[tuple[str, str], ...]
    """Heading and Markdown of what follows, as written."""

    @property
    def examples(self) -> tuple[Example, ...]:
        """All manifests on the page, in order."""
        return tuple(_examples(self.sections))


def _examples(sections: Iterable[tuple[str, str]]) -> Iterator[Example]:
    for title, body in sections:
        above: dict[str, str] = {}
        for found in _FENCE.finditer(body):
            if found["kind"] == "yaml":
                yield Example(title, found["text"], **above)
                above = {}
            else:
                above[found["kind"].split()[1]] = found["text"]


_FENCE = Pattern(
    r"^```(?P<kind>yaml|yaml base|json snapshot)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_HEADING = Pattern(r"^## (.+)$", re.MULTILINE)


def read_page(docstring: str) -> Page:
    """The page of a docstring; an empty one (``python -OO``) gives an empty page."""
    head, *rest = _HEADING.split(docstring.strip())
    summary, _, reason = head.partition("\n")
    titles, bodies = rest[::2], rest[1::2]
    sections = tuple(
        (title.strip(), body.strip("\n")) for title, body in zip(titles, bodies, strict=True)
    )
    return Page(summary.strip(), reason.strip(), sections)

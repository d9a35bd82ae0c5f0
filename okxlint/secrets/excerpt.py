"""The lines of a source that a report may show."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache

from okxlint.documents.source import Source
from okxlint.model import Excerpt
from okxlint.secrets.redact import Redactor, same_width
from okxlint.secrets.secret_text import Leak


def excerpt(source: Source, leaks: Sequence[Leak], redactor: Redactor) -> Excerpt:
    """What writers see of a source: each line as wide as it is written, secrets as ``*``.

    The leaks are sorted and apart from one another, as they are found.
    """
    ends = [leak.end for leak in leaks]

    @cache
    def line(number: int) -> str:
        if not 1 <= number <= source.line_count:
            return ""
        start, end = source.line_span(number)
        shown: list[str] = []
        done = start
        at = bisect_right(ends, start)
        while at < len(leaks) and leaks[at].start < end:
            first, last = max(leaks[at].start, start), min(leaks[at].end, end)
            shown += source.text[done:first], "*" * (last - first)
            done = last
            at += 1
        text = "".join([*shown, source.text[done:end]])
        return same_width(redactor.mask(text))

    @cache
    def hashes() -> Mapping[int, str]:
        from okxlint.line_hash import git_line_hashes

        return git_line_hashes(source.whole_text)

    return Excerpt(line, hashes)

"""The fingerprint of a line, as code scanning computes it when it takes in a report."""

from __future__ import annotations

from array import array
from collections import Counter
from itertools import accumulate, chain, compress
from operator import sub

_WINDOW = 100
_BASE = 37
_MASK = (1 << 64) - 1
_LEAVING = pow(_BASE, _WINDOW, 1 << 64)
_END_OF_FILE = 0xFFFF
_LINE_FEED = 0x0A
_BLANKS = str.maketrans("", "", " \t")


def line_hashes(text: str) -> dict[int, str]:
    r"""``primaryLocationLineHash`` of each line, as the upload step of code scanning computes it.

    A line's hash covers the hundred UTF-16 units from its start on, blanks aside, across line
    ends; behind it stands which occurrence of that hash in the file it is. Lines end at LF, CR LF
    and a lone CR. A byte order mark is a character, so the text must still have it.
    (github/codeql-action, src/fingerprints.ts)
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BLANKS)
    # In the machine's byte order; the codec puts a byte order mark of its own in front.
    units = array("H", text.encode("utf-16", "surrogatepass"))[1:]
    units.append(_END_OF_FILE)
    units.extend([0] * _WINDOW)

    first = 0
    for unit in units[:_WINDOW]:
        first = (first * _BASE + unit) & _MASK
    # The window moves on by one unit: one enters, the one a hundred before it leaves.
    moves = map(sub, units[_WINDOW:], map(_LEAVING.__mul__, units))
    windows = accumulate(moves, lambda value, move: (value * _BASE + move) & _MASK, initial=first)
    starts = chain((True,), map(_LINE_FEED.__eq__, units))

    seen: Counter[int] = Counter()
    hashes = {}
    for line, value in enumerate(compress(windows, starts), start=1):
        seen[value] += 1
        hashes[line] = f"{value:x}:{seen[value]}"
    return hashes


def git_line_hashes(text: str) -> dict[int, str]:
    r"""The same by the line numbers of git and of our findings, which a lone CR does not end.

    Each line of git has the hash of the line that starts at the same offset. In a file with lone
    CRs the numbers of code scanning run ahead of git's; elsewhere they are the same.
    """
    hashes = line_hashes(text)
    if text.count("\r") == text.count("\r\n"):
        return hashes
    by_git = {}
    line = 1
    for git_line, content in enumerate(text.split("\n"), start=1):
        by_git[git_line] = hashes[line]
        line += 1 + content.count("\r") - content.endswith("\r")
    return by_git

"""Safe fixes: the edits that findings offer, applied to the text of manifests until none is left.

Comments, quotes and line ends stay as they are. What a manifest says of its keys is compared before
and after: a file in which anything of it would be lost is left as it is.
"""

from __future__ import annotations

import os.path
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from okxlint.case import Request, load_case
from okxlint.check import report_on
from okxlint.documents.reader import Parsed, read
from okxlint.inventory import Declared, Inventory, Key
from okxlint.manifest import NAMED_ONCE, load
from okxlint.model import Fix, Report
from okxlint.record import NOTHING, Record, changed
from okxlint.secrets.redact import Redactor
from okxlint.waivers import names_of

MOST_ROUNDS = 10
"""Edits that overlap are applied one after the other, in so many rounds."""


class Edit(NamedTuple):
    """A stretch of a text, as offsets, and what is to stand there instead."""

    start: int
    end: int
    text: str


class Edited(NamedTuple):
    """A file with its fixes."""

    path: str
    """Absolute."""
    shown: str
    """As reports name it."""
    before: str
    after: str
    """Both with a byte order mark, if the file has one."""


class Mended(Record):
    """What the fixes of a request come to."""

    files: tuple[Edited, ...]
    fixes: int
    """How many edits were applied."""
    masks: tuple[Redactor, ...]
    """What masks the secrets of the texts: those found before the edits, and after."""
    is_complete: bool
    """Whether all was looked at that there is."""
    left: Mapping[str, str] = NOTHING
    """By the file as reports name it: why fixes that are offered there were not applied."""


def mend(request: Request) -> Mended:
    """Apply in memory the fixes of all findings that a check reports. Raises ``OkxlintError``."""
    texts: dict[str, Edited] = {}
    masks: list[Redactor] = []
    count = 0
    for _ in range(MOST_ROUNDS):
        edited = {**request.wanted.edited}
        edited |= {file.path: file.after.encode() for file in texts.values()}
        case = load_case(changed(request, wanted=changed(request.wanted, edited=edited)))
        masks = [*masks[:1], case.masking.redactor]
        report = report_on(case, request.question)
        offered, done = _fixes(report), count
        left: dict[str, str] = {}
        for file in case.loaded.files:
            shown = file.source.path
            if shown not in offered:
                continue
            edits, refused = safe_edits(file, offered[shown])
            if refused:
                left[shown] = _LESS if file.is_exact else _NOT_TEXT
            if edits:
                path = os.path.join(case.asked.tree.root, shown)
                first = texts[path].before if path in texts else file.source.whole_text
                mark = file.source.whole_text.removesuffix(file.source.text)
                after = mark + with_edits(file.source.text, edits)
                texts[path] = Edited(path, shown, first, after)
                count += len(edits)
        if count == done:
            break
    return Mended(
        files=tuple(texts[path] for path in sorted(texts)),
        fixes=count,
        masks=tuple(masks),
        is_complete=all(unknown.accepted for unknown in report.unknown),
        left=left,
    )


_NOT_TEXT = "it is not UTF-8, and writing it would change what is not"
_LESS = "with an edit that is offered it would not say all that it says"


def _fixes(report: Report) -> Mapping[str, list[Fix]]:
    found: dict[str, list[Fix]] = defaultdict(list)
    for finding in report.findings:
        if finding.fix:
            found[finding.fix.location.path].append(finding.fix)
    return found


def safe_edits(file: Parsed, fixes: Iterable[Fix]) -> tuple[list[Edit], bool]:
    """The edits of those fixes that can be made at once, in the order of the text.

    Also whether any was refused: that with which the file would be read less well, or would say
    less than it should. One that overlaps an earlier one waits, and is not refused.
    """
    edits: list[Edit] = []
    for edit in sorted({Edit(*file.source.offsets(fix.location), fix.text) for fix in fixes}):
        if not edits or edit.start >= edits[-1].end:
            edits.append(edit)
    safe = _safe(file, edits) if file.is_exact else []
    return safe, len(safe) < len(edits)


def _safe(file: Parsed, edits: list[Edit]) -> list[Edit]:
    """Those of the edits that are safe together, found by halves: most files have no other."""
    if not edits or _is_safe(file, edits):
        return edits
    half = len(edits) // 2
    if half == 0:
        return []
    first, last = _safe(file, edits[:half]), _safe(file, edits[half:])
    both = [*first, *last]
    return both if not first or not last or _is_safe(file, both) else first


def _is_safe(file: Parsed, edits: list[Edit]) -> bool:
    new = read(file.source.path, with_edits(file.source.text, edits).encode())
    return says_as_much(file, new, edits)


def with_edits(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits that are sorted and do not overlap."""
    parts: list[str] = []
    at = 0
    for start, end, new in edits:
        parts += text[at:start], new
        at = end
    return "".join((*parts, text[at:]))


def says_as_much(file: Parsed, new: Parsed, edits: Iterable[Edit]) -> bool:
    """Whether a text is read as well as what it was without those edits, and says as much.

    What an edit takes out may be one waiver, or a name that stands twice.
    """
    before, now = load([file])[0], load([new])[0]
    waivers = sorted(_waivers(before))
    held = [_held(waivers, edit) for edit in edits if not edit.text]
    said, said_now = (Counter(said for _, said in _waivers(each)) for each in (before, now))
    return (
        len(new.problems) <= len(file.problems)
        and _facts(before) <= _facts(now)
        and len(before.declared) + len(before.broken) == len(now.declared) + len(now.broken)
        and all(len(each) <= 1 for each in held)
        and said - said_now == Counter(said for each in held for _, said in each)
    )


def _facts(inventory: Inventory) -> Counter[str]:
    """What is said of accounts, apps and keys, waivers and the length of key ids aside."""
    return Counter(map(_said, inventory.declared))


def _said(each: Declared) -> str:
    fields = {name: value for name, value in each.fields.items() if name != "waivers"}
    if isinstance(each, Key) and each.key_id:
        fields["key_id"] = each.key_id[-8:].lower()
    for name in fields.keys() & NAMED_ONCE:
        fields[name] = sorted(set(getattr(each, name)))
    return f"{type(each).__name__} {sorted(fields.items(), key=lambda item: item[0])!r}"


def _waivers(inventory: Inventory) -> Iterator[tuple[int, str]]:
    """Where each waiver stands, and what it says of what."""
    for each in inventory.declared:
        for waiver in each.waivers:
            yield (
                waiver.origin.spans.starts[waiver.origin.node],
                f"{names_of(each)} {waiver.rule!r} {waiver.reason!r} {waiver.approved_by!r} "
                f"{waiver.granted} {waiver.expires} {waiver.value!r}",
            )


def _held(waivers: list[tuple[int, str]], edit: Edit) -> list[tuple[int, str]]:
    """Of the waivers, in the order of the text, those that stand where an edit is."""
    first, last = (bisect_left(waivers, (at, "")) for at in (edit.start, edit.end))
    return waivers[first:last]

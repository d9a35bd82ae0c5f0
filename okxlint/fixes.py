"""Safe fixes: the edits that findings offer, applied to the text of manifests until none is left.

Comments, quotes and line ends stay as they are. What a manifest says of its keys is compared before
and after: a file in which anything of it would be lost is left as it is.
"""

from __future__ import annotations

import os.path
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from okxlint.case import Request, load_case
from okxlint.check import report_on
from okxlint.documents.reader import Parsed, read
from okxlint.inventory import Declared, Inventory, Key
from okxlint.manifest import NAMED_ONCE, load, repeats
from okxlint.model import Fix, Report
from okxlint.record import Record, changed
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
    left: tuple[str, ...] = ()
    """Files whose fixes would have changed more than they should, as reports name them."""


def mend(request: Request) -> Mended:
    """Apply in memory the fixes of all findings that a check reports. Raises ``OkxlintError``."""
    texts: dict[str, Edited] = {}
    refused: set[str] = set()
    masks: list[Redactor] = []
    count, is_complete = 0, True
    for _ in range(MOST_ROUNDS):
        edited = {**request.wanted.edited}
        edited |= {file.path: file.after.encode() for file in texts.values()}
        case = load_case(changed(request, wanted=changed(request.wanted, edited=edited)))
        masks = [*masks[:1], case.masking.redactor]
        report = report_on(case, request.question)
        is_complete = all(unknown.accepted for unknown in report.unknown)
        fixes, done = _fixes(report), count
        for file in case.loaded.files:
            shown = file.source.path
            if shown not in fixes or shown in refused:
                continue
            edits = safe_edits(file, fixes[shown])
            if edits is None:
                refused.add(shown)
                continue
            path = os.path.join(case.asked.tree.root, shown)
            first = texts[path].before if path in texts else file.source.whole_text
            after = with_edits(file.source.text, edits)
            mark = file.source.whole_text.removesuffix(file.source.text)
            texts[path] = Edited(path, shown, first, mark + after)
            count += len(edits)
        if count == done:
            break
    files = (texts[path] for path in sorted(texts))
    return Mended(tuple(files), count, tuple(masks), is_complete, tuple(sorted(refused)))


def _fixes(report: Report) -> Mapping[str, list[Fix]]:
    found: dict[str, list[Fix]] = defaultdict(list)
    for finding in report.findings:
        if finding.fix:
            found[finding.fix.location.path].append(finding.fix)
    return found


def safe_edits(file: Parsed, fixes: Iterable[Fix]) -> list[Edit] | None:
    """The edits of those fixes that do not overlap, in the order of the text.

    ``None`` if with them the file would be read less well, or would say less than it should.
    """
    edits: list[Edit] = []
    for edit in sorted({Edit(*file.source.offsets(fix.location), fix.text) for fix in fixes}):
        if not edits or edit.start >= edits[-1].end:
            edits.append(edit)
    new = read(file.source.path, with_edits(file.source.text, edits).encode())
    removed = sum(not edit.text for edit in edits)
    return edits if says_as_much(file, new, removed) else None


def with_edits(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits that are sorted and do not overlap."""
    parts: list[str] = []
    at = 0
    for start, end, new in edits:
        parts += text[at:start], new
        at = end
    return "".join((*parts, text[at:]))


def says_as_much(file: Parsed, new: Parsed, removed: int) -> bool:
    """Whether a text is read as well as another, and says all that it says.

    Entries that are removed are waivers, or stood twice; nothing else is missing.
    """
    before, now = load([file])[0], load([new])[0]
    lost = _waivers(before) - _waivers(now)
    return (
        len(new.problems) <= len(file.problems)
        and _facts(before) <= _facts(now)
        and len(before.declared) + len(before.broken) == len(now.declared) + len(now.broken)
        and lost.total() + _repeats(before) - _repeats(now) == removed
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


def _repeats(inventory: Inventory) -> int:
    return sum(1 for each in inventory.declared for _ in repeats(each))


def _waivers(inventory: Inventory) -> Counter[str]:
    return Counter(
        f"{names_of(each)} {waiver.rule!r} {waiver.reason!r} {waiver.approved_by!r} "
        f"{waiver.granted} {waiver.expires} {waiver.value!r}"
        for each in inventory.declared
        for waiver in each.waivers
    )

"""Safe fixes: the edits that findings offer, applied to the text of manifests until none is left.

Comments, quotes and line ends stay as they are. What a manifest says of its keys is compared before
and after: a file in which anything of it would be lost is left as it is.
"""

from __future__ import annotations

import os.path
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from okxlint.case import Case, Request, load_case
from okxlint.check import report_on
from okxlint.documents.reader import Parsed, read
from okxlint.manifest import load
from okxlint.model import Fix, Location
from okxlint.record import Record, changed

MOST_ROUNDS = 10
"""Edits that overlap are applied one after the other, in so many rounds."""


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
    left: tuple[str, ...] = ()
    """Files whose fixes would have changed more than they should, as reports name them."""


def mend(request: Request) -> Mended:
    """Apply in memory the fixes of all findings that a check reports. Raises ``OkxlintError``."""
    texts: dict[str, Edited] = {}
    refused: set[str] = set()
    count = 0
    for _ in range(MOST_ROUNDS):
        edited = {file.path: file.after.encode() for file in texts.values()}
        case = load_case(changed(request, wanted=changed(request.wanted, edited=edited)))
        fixes = _fixes(case)
        news = {
            file.source.path: _applied(file, fixes[file.source.path])
            for file in case.loaded.files
            if file.source.path in fixes and file.source.path not in refused
        }
        for file in case.loaded.files:
            shown = file.source.path
            if shown not in news:
                continue
            after, applied = news[shown]
            if not _says_as_much(file, after):
                refused.add(shown)
                continue
            path = os.path.join(case.asked.tree.root, shown)
            first = texts[path].before if path in texts else file.source.whole_text
            texts[path] = Edited(path, shown, first, after)
            count += applied
        if not news.keys() - refused:
            break
    files = (texts[path] for path in sorted(texts))
    return Mended(tuple(files), count, tuple(sorted(refused)))


def _fixes(case: Case) -> Mapping[str, list[Fix]]:
    found: dict[str, list[Fix]] = defaultdict(list)
    for finding in report_on(case, case.request.question).findings:
        if finding.fix:
            found[finding.fix.location.path].append(finding.fix)
    return found


def _applied(file: Parsed, fixes: list[Fix]) -> tuple[str, int]:
    """The text with those fixes that do not overlap, and how many they are."""
    text = file.source.text
    edits = sorted({(*_offsets(file, fix.location), fix.text) for fix in fixes})
    parts: list[str] = []
    at = count = 0
    for start, end, new in edits:
        if start >= at:
            parts += text[at:start], new
            at = end
            count += 1
    mark = file.source.whole_text.removesuffix(text)
    return mark + "".join((*parts, text[at:])), count


def _offsets(file: Parsed, place: Location) -> tuple[int, int]:
    start, _ = file.source.line_span(place.line)
    end, _ = file.source.line_span(place.end_line)
    return start + place.column - 1, end + place.end_column - 1


def _says_as_much(file: Parsed, after: str) -> bool:
    """Whether the new text is read as well as the old one, and says all that it says of keys."""
    new = read(file.source.path, after.encode())
    return len(new.problems) <= len(file.problems) and _facts(file) <= _facts(new)


def _facts(file: Parsed) -> set[tuple[Any, ...]]:
    """What a manifest says of accounts, apps and keys, waivers and the length of key ids aside."""
    inventory, _ = load([file])
    keys = {
        (
            *(key.account, key.label, key.app, key.permissions, key.environment, key.status),
            *(key.created, key.last_reviewed, key.last_used, key.expires, key.status_since),
            *(tuple(entry.text for entry in key.ip_allowlist), (key.key_id or "")[-8:].lower()),
            *(key.third_party, key.replaces, key.secret_ref, key.owner, key.purpose),
        )
        for key in inventory.keys
    }
    apps = {
        (app.name, app.needs, tuple(entry.text for entry in app.egress), app.status, app.owner)
        for app in inventory.apps
    }
    return keys | apps | {(each.name, each.type, each.parent) for each in inventory.accounts}

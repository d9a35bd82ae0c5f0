"""What an editor offers to do about a place: the safe fixes, and a waiver to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from okxlint.documents.insertion import Insertion, entry_insertion
from okxlint.drafts.scalars import scalar
from okxlint.editor.checked import Checked
from okxlint.fixes import Edit, safe_edits
from okxlint.inventory import Declared, Key
from okxlint.model import Finding

_WAIVER_DAYS = 30
"""How long a waiver holds that is offered, unless the policy allows less."""


class Action(NamedTuple):
    """An offer: what it does, to the file that is looked at."""

    title: str
    edits: list[Edit]
    """In the order of the text."""
    finding: Finding | None = None
    """What it is about; ``None`` for all that can be mended in the file."""
    is_fix: bool = True
    """Whether the finding is gone then. A waiver is there to be filled in."""


def actions(checked: Checked, path: str, start: int, end: int) -> Iterator[Action]:
    """What is offered for a stretch of a file, fixes first; nothing if it is not UTF-8 on disk."""
    if not checked.can_be_edited(path):
        return
    found = checked.at(path, start, end)
    for finding in found:
        if finding.fix and checked.path_of(finding.fix.location) == path:
            edits, _ = safe_edits(checked.files[path], [finding.fix])
            if edits:
                yield Action(finding.fix.title, edits, finding)
    for finding in found:
        edit = waiver(checked, path, finding)
        if edit:
            title = f"Add a waiver of {finding.rule}, to be filled in"
            yield Action(title, [edit], finding, is_fix=False)


def fix_all(checked: Checked, path: str) -> Action | None:
    """All safe fixes of a file that do not overlap; ``None`` if there are none."""
    fixes = [finding.fix for finding in checked.findings.get(path, ()) if finding.fix]
    ours = [fix for fix in fixes if checked.path_of(fix.location) == path]
    edits, _ = safe_edits(checked.files[path], ours if checked.can_be_edited(path) else [])
    return Action("Apply all safe fixes of okxlint", edits) if edits else None


def waiver(checked: Checked, path: str, finding: Finding) -> Edit | None:
    """What adds a waiver of a finding to the object that it is about.

    Reason and approver are left for people to fill in: until then the waiver does not hold, unless
    the policy does not ask for them. ``None`` where no waiver could hold, or no edit is plain.
    """
    policy, file = checked.case.policy, checked.files[path]
    rule, target = policy.rules[finding.rule], _target(checked, path, finding)
    never = not rule.waivable or rule.id in policy.waivers.never
    if never or target is None or rule.id in policy.locks:
        return None
    place = entry_insertion(file.source, file.spans, target.origin.node, "waivers")
    if place is None:
        return None
    granted = checked.report.as_of
    ends = granted + timedelta(min(_WAIVER_DAYS, policy.waivers.max_days))
    fields = [f"rule: {finding.rule}", "reason:", "approved_by:", f"granted: {granted}"]
    fields.append(f"expires: {ends}")
    if finding.value and "*" not in finding.value:
        fields.append(f"value: {scalar(finding.value)}")
    text = place.before + _entry(fields, place) + place.after
    return Edit(place.offset, place.offset, text)


def _entry(fields: list[str], place: Insertion) -> str:
    if place.indent is None:
        # In brackets a field without a value needs the blank.
        return f"{{{', '.join(f'{field} ' if field[-1] == ':' else field for field in fields)}}}"
    starts = ("- ", *("  " for _ in fields[1:]))
    lines = zip(starts, fields, strict=True)
    return "".join(f"{place.indent}{start}{field}{place.newline}" for start, field in lines)


def _target(checked: Checked, path: str, finding: Finding) -> Declared | None:
    """The object of this file that a finding is about."""
    source = checked.files[path].source
    start, end = source.offsets(finding.location)
    clean = checked.case.masking.redactor.clean
    for target in checked.case.inventory.declared:
        if target.origin.source is not source:
            continue
        first, last = target.origin.extent
        kind = type(target).__name__.lower()
        name = target.label if isinstance(target, Key) else target.name
        if first <= start and end <= last and clean(name) == getattr(finding, kind):
            return target
    return None

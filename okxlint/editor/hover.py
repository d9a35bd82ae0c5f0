"""What an editor shows of the place under the pointer: a rule's page, a key's age and due days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from okxlint.catalogue import markdown
from okxlint.editor.checked import Checked
from okxlint.inventory import Key
from okxlint.model import Finding
from okxlint.report.markdown_text import code, neutral

_TELLING = (
    *("label", "status", "status_since", "created", "last_reviewed", "last_used", "expires"),
)
"""The fields of a key that show its card."""


class Hover(NamedTuple):
    """Markdown about a stretch of a file, as offsets; ``end`` is exclusive."""

    text: str
    start: int
    end: int


def hover(checked: Checked, path: str, offset: int) -> Hover | None:
    """What there is to tell of a place; ``None`` if that is nothing."""
    found = checked.at(path, offset, offset)
    key = checked.key_at(path, offset)
    card = _card_at(checked, key, offset) if key else None
    parts = [card.text] if card else []
    parts += (_finding(finding) for finding in found)
    parts += (_page(checked, name) for name in dict.fromkeys(each.rule for each in found))
    if found:
        source = checked.files[path].source
        first = min(found, key=lambda finding: _length(checked, path, finding))
        return Hover("\n\n---\n\n".join(parts), *source.offsets(first.location))
    return card or _waived_rule(checked, path, offset)


def _length(checked: Checked, path: str, finding: Finding) -> int:
    start, end = checked.files[path].source.offsets(finding.location)
    return end - start


def _finding(finding: Finding) -> str:
    return (
        f"**{finding.severity.word}** {code(finding.rule)}: {neutral(finding.message)}"
        f"\n\n{neutral(finding.help)}"
    )


def _page(checked: Checked, rule_id: str) -> str:
    return markdown(checked.case.policy.rules[rule_id])


def _waived_rule(checked: Checked, path: str, offset: int) -> Hover | None:
    """The page of the rule that a waiver is of."""
    for target in checked.case.inventory.declared:
        for waiver in target.waivers:
            place = waiver.origin.at("rule")
            here = place.source is checked.files[path].source and place.start <= offset <= place.end
            if here and waiver.rule in checked.case.policy.rules:
                return Hover(_page(checked, waiver.rule), place.start, place.end)
    return None


def _card_at(checked: Checked, key: Key, offset: int) -> Hover | None:
    for field in _TELLING:
        place, name = key.origin.at(field), key.origin.name_of(field)
        if min(place.start, name.start) <= offset <= max(place.end, name.end):
            return Hover("\n".join(_card(checked, key)), place.start, place.end)
    return None


def _card(checked: Checked, key: Key) -> Iterator[str]:
    clean = checked.case.masking.redactor.clean
    as_of = checked.report.as_of
    yield f"{code(clean(key.label))} · account {code(clean(key.account))}"
    yield ""
    yield f"{key.status}, {key.environment} · {', '.join(sorted(key.rights))}"
    yield ""
    if key.created:
        yield f"Created {key.created}: {_days((as_of - key.created).days)} old."
    else:
        yield "It does not say when it was created."
    due = sorted(_due(checked, key, as_of), key=lambda each: (each[0], each[1].rule))
    if due:
        yield ""
    for day, finding in due:
        yield f"- **{day}**, in {_days((day - as_of).days)}: {code(finding.rule)}"


def _due(checked: Checked, key: Key, as_of: date) -> Iterator[tuple[date, Finding]]:
    clean = checked.case.masking.redactor.clean
    names = clean(key.account), clean(key.label)
    for finding in checked.coming:
        day = finding.fails_on
        if (finding.account, finding.key) == names and day and day > as_of:
            yield day, finding


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"

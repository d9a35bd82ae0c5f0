"""The register as one page of HTML that needs nothing else: no network, no fonts, no frames.

Jinja escapes every value. The page's Content-Security-Policy allows its one style and its one
script, by their hashes, and nothing besides (https://www.w3.org/TR/CSP3/#grammardef-hash-source).
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TextIO

from okxlint.model import CURRENT, Finding, Severity
from okxlint.register import Accepted, Entry, Register
from okxlint.register.making import RIGHTS
from okxlint.register.words import of_live, of_policy, of_rest, of_target, of_type

_HERE = Path(__file__).parent
_COLUMNS = (
    *("key", "account", "app", "owner", "permissions", "status", "age", "rotate by", "findings"),
)
_SOON = 30
"""Days within which a rotation is due."""
_LISTED = 25
"""So many of them stand in a list; the table of keys has them all."""
_WEEKS_BACK, _WEEKS_ON = 8, 26
_TALLEST, _BASE = 70, 100
"""Units of the drawing: the highest bar, and where all of them stand."""


class Week(NamedTuple):
    """A bar of the rotations."""

    number: int
    """Its place, from the left."""
    title: str
    keys: int
    height: float
    parts: list[tuple[str, float, float]]
    """What it is made of, from above: kind, top and height."""
    label: str


def write_html(register: Register, stream: TextIO) -> None:
    """The whole page."""
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    style, script = ((_HERE / name).read_text("utf-8") for name in ("page.css", "page.js"))
    limited = [entry for entry in register.entries if _is_active(entry) and entry.rotate_by]
    due = sorted(
        (entry for entry in limited if _days_left(entry, register.as_of) <= _SOON),
        key=lambda entry: str(entry.rotate_by),
    )
    parts = environment.get_template(
        "page.html.j2"
    ).generate(
        register=register,
        policy=_content_policy(style, script),
        style=Markup(style),  # noqa: S704 - ours, of this package
        script=Markup(script),  # noqa: S704 - ours, of this package
        counts=list(_counts(register, due)),
        late=sum(_is_late(entry, register.as_of) for entry in limited),
        weeks=list(_weeks(limited, register.as_of)),
        today_at=_WEEKS_BACK * 24 + 24 * register.as_of.weekday() / 7,
        due=due[:_LISTED],
        more_due=max(0, len(due) - _LISTED),
        rights=RIGHTS,
        columns=_COLUMNS,
        others=list(_others(register)),
        facts=_facts,
        of_live=of_live(register),
        of_policy=of_policy(register),
        of_rest=of_rest(register),
        of_type=of_type,
    )
    stream.writelines(parts)
    stream.write("\n")


def _content_policy(style: str, script: str) -> str:
    allowed = (
        f"{kind}-src 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
        for kind, text in (("style", style), ("script", script))
    )
    return "; ".join(["default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"])


def _is_active(entry: Entry) -> bool:
    return entry.status in CURRENT


def _days_left(entry: Entry, today: date) -> int:
    return (entry.rotate_by - today).days if entry.rotate_by else _SOON + 1


def _is_late(entry: Entry, today: date) -> bool:
    return _days_left(entry, today) < 0


def _counts(register: Register, due: list[Entry]) -> Iterator[tuple[int, str, str]]:
    severities = Counter(finding.severity for finding in register.findings)
    late = sum(_is_late(entry, register.as_of) for entry in due)
    yield len(register.entries), "keys", ""
    yield sum(_is_active(entry) for entry in register.entries), "of them current", ""
    if broken := sum(not entry.judged for entry in register.entries):
        yield broken, "of them not judged", "error"
    yield len(register.accounts), "accounts", ""
    yield severities[Severity.ERROR], "errors", "error" if severities[Severity.ERROR] else ""
    yield (
        severities[Severity.WARNING],
        "warnings",
        "warning" if severities[Severity.WARNING] else "",
    )
    yield late, "rotations late", "late" if late else ""
    yield len(due) - late, f"due in {_SOON} days", "due" if len(due) > late else ""


def _weeks(entries: list[Entry], today: date) -> Iterator[Week]:
    """Bars from some weeks ago to half a year ahead; what is beyond is counted at the ends."""
    if not entries:
        return
    monday = today - timedelta(today.weekday())
    weeks: dict[int, list[Entry]] = {}
    for entry in entries:
        number = (entry.rotate_by - monday).days // 7 if entry.rotate_by else _WEEKS_ON
        weeks.setdefault(min(max(number, -_WEEKS_BACK), _WEEKS_ON), []).append(entry)
    most = max(map(len, weeks.values()))
    for number in range(-_WEEKS_BACK, _WEEKS_ON + 1):
        first, found = monday + timedelta(7 * number), weeks.get(number, [])
        late = sum(_is_late(entry, today) for entry in found)
        rest = "due" if 7 * number <= _SOON else "later"
        heights = [round(_TALLEST * count / most, 1) for count in (len(found) - late, late)]
        parts = [(rest, _BASE - sum(heights), heights[0]), ("late", _BASE - heights[1], heights[1])]
        beyond = {-_WEEKS_BACK: " or before", _WEEKS_ON: " or later"}.get(number, "")
        title = f"{len(found)} in the week from {first}{beyond}"
        mark = {-_WEEKS_BACK: "≤ ", _WEEKS_ON: "≥ "}.get(number, "")
        label = f"{mark}{first:%m-%d}" if mark or number % 4 == 0 else ""
        shown = [part for part in parts if part[2]]
        yield Week(number + _WEEKS_BACK, title, len(found), sum(heights), shown, label)


def _others(register: Register) -> Iterator[tuple[str, Sequence[Accepted], Sequence[Finding]]]:
    """What is to be told of accounts, apps and the rest, as (target, waivers, findings)."""
    for account in register.accounts:
        if account.waivers or account.findings:
            yield f"account {account.name}", account.waivers, account.findings
    for app in register.apps:
        if app.waivers or app.findings:
            yield f"app {app.name}", app.waivers, app.findings
    for finding in register.others:
        yield of_target(finding.account, finding.key, finding.app), (), [finding]
    for each in register.granted:
        yield f"{of_target(each.account, each.key, each.app)} (by the policy)", [each.waiver], ()


def _facts(entry: Entry) -> Iterator[tuple[str, str]]:
    """What stands below a key's name, the columns aside."""
    told = {
        "purpose": entry.purpose,
        "addresses": ", ".join(entry.addresses),
        "bound to the app of": entry.third_party,
        "status since": entry.status_since,
        "created": entry.created,
        "last used": entry.last_used,
        "last review": entry.last_reviewed,
        "planned last day": entry.expires,
        "replaces": entry.replaces,
        "secret": entry.secret_ref,
        "key id": f"…{entry.key_id}" if entry.key_id else "",
        "metadata": json.dumps(entry.metadata, ensure_ascii=False) if entry.metadata else "",
        "declared at": f"{entry.path}:{entry.line}",
        "on OKX": f"{entry.live} (account: {entry.listing})" if entry.live else "",
        "waived findings": entry.waived or "",
    }
    yield from ((name, str(value)) for name, value in told.items() if value)

"""The register as one page of HTML that needs nothing else: no network, no fonts, no frames.

Jinja escapes every value. The page's Content-Security-Policy allows its one style and its one
script, by their hashes, and nothing besides (https://www.w3.org/TR/CSP3/#grammardef-hash-source).
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TextIO

from okxlint.model import CURRENT, Severity
from okxlint.register import Entry, Register
from okxlint.register.making import RIGHTS

_HERE = Path(__file__).parent
_COLUMNS = (
    *("key", "account", "app", "owner", "permissions", "status", "age", "rotate by", "findings"),
)
_SOON = 30
"""Days within which a rotation is due."""
_LISTED = 25
"""So many of them stand in a list; the table of keys has them all."""
_WEEKS_BACK, _WEEKS_ON = 8, 26
_TALLEST = 80
"""Units of the drawing."""


class Week(NamedTuple):
    """A bar of the rotations."""

    title: str
    keys: int
    height: float
    kind: str
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
        weeks=list(_weeks(limited, register.as_of)),
        today_at=_WEEKS_BACK * 24 + 24 * register.as_of.weekday() / 7,
        due=due[:_LISTED],
        more_due=max(0, len(due) - _LISTED),
        rights=RIGHTS,
        columns=_COLUMNS,
        has_live=any(account.listing for account in register.accounts),
        facts=_facts,
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


def _counts(register: Register, due: list[Entry]) -> Iterator[tuple[int, str, str]]:
    found = [
        finding
        for source in (register.entries, register.accounts)
        for each in source
        for finding in each.findings
    ]
    severities = Counter(finding.severity for finding in (*found, *register.others))
    late = sum(_days_left(entry, register.as_of) < 0 for entry in due)
    yield sum(_is_active(entry) for entry in register.entries), "current keys", ""
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
    numbers = [
        (entry.rotate_by - monday).days // 7 for entry in entries if entry.rotate_by is not None
    ]
    counts = Counter(min(max(number, -_WEEKS_BACK), _WEEKS_ON) for number in numbers)
    most = max(counts.values())
    for number in range(-_WEEKS_BACK, _WEEKS_ON + 1):
        first, count = monday + timedelta(7 * number), counts[number]
        kind = "late" if number < 0 else "due" if 7 * number <= _SOON else "later"
        beyond = {-_WEEKS_BACK: " or before", _WEEKS_ON: " or later"}.get(number, "")
        title = f"{count} in the week from {first}{beyond}"
        label = f"{first:%m-%d}" if number % 4 == 0 else ""
        yield Week(title, count, round(_TALLEST * count / most, 1), kind, label)


def _facts(entry: Entry) -> Iterator[tuple[str, str]]:
    """What stands below a key's name, the columns aside."""
    told = {
        "purpose": entry.purpose,
        "addresses": ", ".join(entry.addresses),
        "created": entry.created,
        "last review": entry.last_reviewed,
        "planned last day": entry.expires,
        "secret": entry.secret_ref,
        "key id": f"…{entry.key_id}" if entry.key_id else "",
        "on OKX": entry.live,
        "waived findings": entry.waived or "",
    }
    yield from ((name, str(value)) for name, value in told.items() if value)

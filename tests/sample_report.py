"""The sample that the tests of all writers share: findings at odd places, with hostile names."""

from __future__ import annotations

import io
import os
from datetime import date
from pathlib import Path
from typing import Any

from okxlint.documents.source import Source
from okxlint.model import (
    Excerpt,
    Finding,
    Grant,
    Location,
    Related,
    Report,
    RuleCard,
    Severity,
    Unknown,
)
from okxlint.record import changed
from okxlint.report import View, writer
from okxlint.secrets.excerpt import excerpt
from okxlint.secrets.redact import Redactor
from okxlint.secrets.secret_text import Leak

GOLDEN = Path(__file__).parent / "golden"
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
SECRET = "hunter22"  # noqa: S105 - of nobody
MANIFEST = """\
version: 1
keys:
  - label: treasury
    account: main
    permissions: [trade, withdraw]
\tip_allowlist:\t[10.0.0.1]
    purpose: 支払い専用 # token hunter22 and \x1b[31m
    waivers: &long [{rule: max-age, reason: a reason that nobody will read to its end because it \
is by far too long, approved_by: security@example.com, expires: 2026-12-31}]   # and on
::error::injected
##[error]injected

"""
AT = "okx-keys.yaml"
ODD = "::odd\n\x1b[31m.yaml"
MESSAGE = "key 'treasury' of account 'main' can withdraw funds"
HELP = "Create a new key on OKX without 'Withdraw', switch the app to it, then delete this."


def place(line: int, column: int, end_column: int, end_line: int = 0, path: str = AT) -> Location:
    return Location(path, line, column, end_line or line, end_column)


def finding(rule: str = "no-withdraw", **changes: Any) -> Finding:
    made = Finding(
        rule=rule,
        severity=ERROR,
        message=MESSAGE,
        help=HELP,
        location=place(5, 26, 34),
        account="main",
        key="treasury",
        value="withdraw",
        fingerprint="f00d:1",
    )
    return changed(made, **changes)


def card(rule: str, severity: Severity = ERROR, summary: str = "") -> RuleCard:
    return RuleCard(
        id=rule,
        group="permissions",
        summary=summary or f"What {rule} asks for.",
        reason="Why it does.",
        help="What to do.",
        markdown=f"# {rule}\n\nWhat to do.\n",
        severity=severity,
        security_severity="8.0",
    )


CARDS = {
    "no-withdraw": card("no-withdraw", summary="A key must not be able to withdraw funds."),
    "max-age": card("max-age", summary="A live key must be replaced before it is too old."),
}
FINDINGS = (
    finding(location=place(1, 1, 1), message="an empty span at the start of a line"),
    finding(
        location=place(3, 5, 7, end_line=4),
        message="a span over two lines; "
        "and a message that is so long that it does not fit into eighty columns by far, "
        "with::colons and words-with-hyphens that stay whole",
        related=(
            Related(place(5, 5, 16), "the permissions"),
            Related(place(1, 1, 2, path=ODD), "another file"),
        ),
    ),
    finding(severity=WARNING),
    finding(rule="unknown-card", severity=INFO, location=place(6, 16, 26), message="behind tabs"),
    finding(location=place(7, 14, 19), message="wide characters"),
    finding(location=place(7, 28, 36), message="a secret"),
    finding(location=place(8, 5, 12), message="the start of a long line"),
    finding("max-age", location=place(8, 73, 80), message="the middle of a long line"),
    finding("max-age", location=place(8, 177, 184), message="the end of a long line"),
    finding("max-age", location=place(8, 14, 400), message="nearly all of a long line"),
    finding(location=place(9, 1, 9), message="a line that a runner would obey"),
    finding(location=place(10, 1, 9), message="##[group] in a message"),
    finding(location=place(11, 1, 1), message="a blank line"),
    finding(location=place(99, 1, 1), message="beyond the end"),
    finding(location=place(12, 3, 9, path=ODD), message="::error:: no excerpt, and an odd path"),
    finding(message=""),
)
GRANT = Grant("paid out each month", "s@example.com", date(2026, 12, 31), "okxlint.yaml", 9)
WAIVED = (
    finding(waiver=GRANT),
    finding(waiver=Grant(None, None, None, ODD, 1), location=place(4, 5, 12)),
)
UNKNOWN = (
    Unknown("unreadable", r"b\x1b.yaml: is a symbolic link, which okxlint does not follow", None),
    Unknown("rule-crash", "::error::the rule max-age failed", "main"),
)


def excerpt_of(text: str) -> Excerpt:
    at = text.find(SECRET)
    leaks = [Leak("credential", at, at + len(SECRET))] if at >= 0 else []
    return excerpt(Source(AT, text), leaks, Redactor([SECRET]))


def report(*findings: Finding, text: str = MANIFEST, **changes: Any) -> Report:
    """A report about one manifest with this text."""
    cards = {each.rule: card(each.rule) for each in (*findings, *changes.get("waived", ()))}
    made = Report(
        version="1.2.3",
        as_of=date(2026, 11, 22),
        policy_source="okxlint.yaml",
        findings=findings,
        waived=(),
        unknown=(),
        files=1,
        accounts=2,
        apps=0,
        keys=1234,
        fail_on=ERROR,
        excerpts={AT: excerpt_of(text)},
        cards=lambda: cards,
    )
    return changed(made, **changes)


FULL = report(*FINDINGS, waived=WAIVED, unknown=UNKNOWN, cards=lambda: CARDS)

COMMIT = "0123456789abcdef0123456789abcdef01234567"
BASED = report(
    finding(new=True),
    finding("max-age", severity=WARNING, location=place(8, 5, 12), new=False),
    finding("max-age", location=place(9, 5, 12), new=False, value="2026-01-01"),
    waived=WAIVED[:1],
    coverage=(("main", "self-only", 0), ("gridbot01", "complete", 3)),
    policy_ref=COMMIT,
    old=3,
)
"""A report with a base, a policy of a commit, and a snapshot."""

EVIL = (
    "::error::pwned",
    " \t::stop-commands::x",
    "##[add-mask]x",
    "a\n::add-mask::b\r\n##[group]c\u2028d\x85e",
    "\x00\x01\x07\x1b[31m\x7f\x9b\udcff\ufffe\U0010ffff\u202e\u200b",
    "]]><evil/>&amp;<!-- --><![CDATA[x",
    "a|b \\|c| `d` ``e | f`` \\` \\",
    "<img src=x onerror=alert(1)> </details> <br>",
    "@someone @org/team someone@example.com user/repo#1 #1 GH-1 !1 ~bug :tada: $x$",
    "https://evil.example www.evil.example [x](https://evil.example) ![x](y) <https://e.example>",
    "*a* _b_ **c** ~~d~~ # e - f > g 1. h",
    "[[ATTACHMENT|/etc/passwd]]",
    "%0A::error::x %25 a,b:c=d",
    COMMIT,
    "",
    " ",
)
"""Texts that no writer may let do anything."""


def hostile(text: str) -> Report:
    """A report with a text wherever an input can have one."""
    grant = Grant(text, text, date(2026, 12, 31), text, 9)
    bad = finding(
        text,
        message=text,
        help=text,
        location=place(1, 1, 2, path=text),
        account=text,
        key=text,
        app=text,
        value=text,
        related=(Related(place(1, 1, 2, path=text), text),),
    )
    return report(
        bad,
        changed(bad, severity=WARNING, new=False),
        changed(bad, severity=INFO),
        waived=(changed(bad, waiver=grant),),
        unknown=(Unknown(text, text, text),),
        policy_source=text,
        coverage=((text, text, 1),),
    )


def written(form: str, made: Report, **view: Any) -> str:
    stream = io.StringIO()
    writer(form)(made, stream, View(**{"width": 80, **view}))
    return stream.getvalue()


def assert_golden(name: str, text: str) -> None:
    """The text is that of a golden file.

    They are made anew by ``OKXLINT_UPDATE_GOLDEN=1 python -m pytest tests/test_report*.py``.
    """
    path = GOLDEN / name
    if os.environ.get("OKXLINT_UPDATE_GOLDEN") == "1":
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


def assert_harmless(said: str) -> None:
    """What every writer owes to a terminal and to a log."""
    assert said.replace("\n", "").isprintable()
    assert "##[" not in said

"""What changed between two snapshots, as text, JSON (version 1) and Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal, TextIO

from typing_extensions import TypedDict

from okxlint import __version__
from okxlint.report.json_v1 import Tool
from okxlint.report.markdown_text import code, neutral
from okxlint.report.paint import Paint
from okxlint.report.summary import plural
from okxlint.secrets.masking import clean_alone
from okxlint.secrets.redact import unarmed
from okxlint.snapshot import Snapshot
from okxlint.snapshot_changes import Change, Difference, Kind

_CELL = 300
"""Characters of a value that a cell of a table holds."""
_WORDS: dict[str, str] = {"ips": "addresses", "label": "name"}


class SideObject(TypedDict):
    """One of the two snapshots: its file, and when it was taken."""

    path: str
    taken_at: str


class ChangeObject(TypedDict):
    """One thing that is otherwise than before; null is what there is not."""

    kind: Kind
    account: str
    key: str | None
    field: str | None
    old: str | None
    new: str | None


class UnseenObject(TypedDict):
    """What could not be compared; ``counts``: and changes the exit status."""

    account: str
    message: str
    counts: bool


class DifferenceObject(TypedDict):
    """What changed on OKX between two snapshots, version 1."""

    version: Literal[1]
    tool: Tool
    site: str
    environment: Literal["live", "demo"]
    old: SideObject
    new: SideObject
    changes: list[ChangeObject]
    unknown: list[UnseenObject]


Write = Callable[[DifferenceObject, TextIO, bool], None]
"""Writes to a stream; the last says whether in colour."""


def document(old: Snapshot, new: Snapshot, found: Difference) -> DifferenceObject:
    """A difference as plain data, masked and cleaned, as every format tells it."""
    clean = clean_alone

    def said(text: str | None) -> str | None:
        return None if text is None else clean(text)

    def side(snapshot: Snapshot) -> SideObject:
        return {"path": clean(snapshot.path), "taken_at": f"{snapshot.taken_at:%Y-%m-%dT%H:%M:%SZ}"}

    def change(each: Change) -> ChangeObject:
        return {
            "kind": each.kind,
            "account": clean(each.account),
            "key": said(each.key),
            "field": each.field,
            "old": said(each.old),
            "new": said(each.new),
        }

    return {
        "version": 1,
        "tool": {"name": "okxlint", "version": __version__},
        "site": clean(new.site),
        "environment": new.environment,
        "old": side(old),
        "new": side(new),
        "changes": [change(each) for each in found.changes],
        "unknown": [
            {"account": clean(each.account), "message": clean(each.reason), "counts": each.counts}
            for each in found.unseen
        ],
    }


def write_json(value: DifferenceObject, stream: TextIO, color: bool) -> None:
    """As one JSON object, in ASCII."""
    stream.write(json.dumps(value, indent=2).replace("##[", r"#\u0023[") + "\n")


def write_text(value: DifferenceObject, stream: TextIO, color: bool) -> None:
    """For people: a line for each change."""
    paint = Paint(color)
    for change in value["changes"]:
        sign = _sign(change)
        what = unarmed(f"{_whose(change)}: {_told(change)}")
        stream.write(paint.difference(f"{sign} {what}") + "\n")
    for unseen in value["unknown"]:
        message = f"account '{unseen['account']}': {unseen['message']}"
        stream.write(f"{paint.unknown('unknown')} {unarmed(message)}\n")
    stream.write(f"{paint.strong(_summary(value))}\n")


def write_markdown(value: DifferenceObject, stream: TextIO, color: bool) -> None:
    """For a job's summary or a comment: a table, in which nothing of a snapshot is markup."""
    lines = [f"**{_summary(value)}**", ""]
    if value["changes"]:
        lines += ["| | account | key | what |", "|---|---|---|---|"]
        for change in value["changes"]:
            account, key = code(change["account"], _CELL), code(change["key"] or "", _CELL)
            what = neutral(_told(change), 2 * _CELL)
            lines.append(f"| `{_sign(change)}` | {account} | {key} | {what} |")
        lines.append("")
    for unseen in value["unknown"]:
        account, message = code(unseen["account"], _CELL), neutral(unseen["message"], 2 * _CELL)
        lines.append(f"- unknown: {account}: {message}")
    stream.write("\n".join(lines).rstrip("\n") + "\n")


FORMATS: dict[str, Write] = {"text": write_text, "json": write_json, "markdown": write_markdown}


def _sign(change: ChangeObject) -> str:
    if change["kind"].endswith("appeared"):
        return "+"
    return "-" if change["kind"].endswith("gone") else "~"


def _whose(change: ChangeObject) -> str:
    account = f"account '{change['account']}'"
    return account if change["key"] is None else f"key '{change['key']}' of {account}"


def _told(change: ChangeObject) -> str:
    old, new = change["old"] or "none", change["new"] or "none"
    kind = change["kind"]
    if kind.endswith("appeared"):
        return f"appeared: {new}"
    if kind.endswith("gone"):
        return f"is gone: {old}"
    field = change["field"] or ""
    what = _WORDS.get(field, field.replace("_", " "))
    said = f"{what} {old} -> {new}"
    words = {"key-made-anew": "was made anew", "key-renamed": "was renamed"}
    if kind == "auditor-changed":
        return f"the credential that read OKX: {said}"
    return f"{words[kind]}: {said}" if kind in words else said


def _summary(value: DifferenceObject) -> str:
    count = len(value["changes"])
    days = f"between {value['old']['taken_at']} and {value['new']['taken_at']}"
    return f"{plural(count, 'change') if count else 'No change'} {days}"

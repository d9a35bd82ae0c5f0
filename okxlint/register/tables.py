"""The register as CSV, JSON (version 1) and Markdown."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Literal, TextIO

from typing_extensions import TypedDict

from okxlint.register import AccountEntry, Entry, Register
from okxlint.report.json_v1 import FindingObject, PolicyInForce, Tool, UnknownObject, finding_object
from okxlint.report.markdown_text import code, neutral
from okxlint.report.summary import plural

_CELL = 200
"""Characters of a value that a cell of a Markdown table holds."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


class InputObject(TypedDict):
    """A file that the register is made of; null for one that is not UTF-8."""

    kind: str
    path: str
    sha256: str | None


class AcceptedObject(TypedDict):
    """A waiver on a key."""

    rule: str
    reason: str | None
    approved_by: str | None
    expires: str | None


class KeyObject(TypedDict):
    """A declared key."""

    account: str
    label: str
    apps: list[str]
    owner: str
    purpose: str
    environment: str
    status: str
    permissions: list[str]
    addresses: list[str]
    created: str | None
    age_days: int | None
    rotate_by: str | None
    """The last day on which ``max-age`` does not fail; null if it does not limit the key."""
    last_reviewed: str | None
    expires: str | None
    secret_ref: str
    key_id: str
    live: str
    """What is known of it on OKX; empty without a snapshot."""
    waivers: list[AcceptedObject]
    findings: list[FindingObject]
    waived: int


class AccountObject(TypedDict):
    """An account, declared or named by a key."""

    name: str
    type: str
    used: dict[str, int]
    slots: int
    permissions: dict[str, int]
    listing: str
    findings: list[FindingObject]


class RegisterObject(TypedDict):
    """The key register, version 1."""

    version: Literal[1]
    tool: Tool
    as_of: str
    policy: PolicyInForce
    inputs: list[InputObject]
    accounts: list[AccountObject]
    keys: list[KeyObject]
    findings: list[FindingObject]
    """Those of neither a key nor an account: of apps, files and the policy."""
    unknown: list[UnknownObject]


def register_object(register: Register) -> RegisterObject:
    """The register as plain data."""
    return {
        "version": 1,
        "tool": {"name": "okxlint", "version": register.version},
        "as_of": str(register.as_of),
        "policy": {"source": register.policy_source, "ref": register.policy_ref},
        "inputs": [
            {"kind": each.kind, "path": each.path, "sha256": each.sha256}
            for each in register.inputs
        ],
        "accounts": [_account(account) for account in register.accounts],
        "keys": [_key(entry) for entry in register.entries],
        "findings": [finding_object(finding) for finding in register.others],
        "unknown": [
            {"kind": each.kind, "account": each.account, "message": each.message}
            for each in register.unknown
        ],
    }


def _account(account: AccountEntry) -> AccountObject:
    return {
        "name": account.name,
        "type": account.type,
        "used": dict(account.used),
        "slots": account.slots,
        "permissions": dict(account.rights),
        "listing": account.listing,
        "findings": [finding_object(finding) for finding in account.findings],
    }


def _key(entry: Entry) -> KeyObject:
    return {
        "account": entry.account,
        "label": entry.label,
        "apps": [*entry.apps],
        "owner": entry.owner,
        "purpose": entry.purpose,
        "environment": entry.environment,
        "status": entry.status,
        "permissions": [*entry.permissions],
        "addresses": [*entry.addresses],
        "created": _day(entry.created),
        "age_days": entry.age,
        "rotate_by": _day(entry.rotate_by),
        "last_reviewed": _day(entry.last_reviewed),
        "expires": _day(entry.expires),
        "secret_ref": entry.secret_ref,
        "key_id": entry.key_id,
        "live": entry.live,
        "waivers": [
            {
                "rule": each.rule,
                "reason": each.reason,
                "approved_by": each.approved_by,
                "expires": _day(each.expires),
            }
            for each in entry.waivers
        ],
        "findings": [finding_object(finding) for finding in entry.findings],
        "waived": entry.waived,
    }


def _day(day: object) -> str | None:
    return str(day) if day else None


def write_json(register: Register, stream: TextIO) -> None:
    """As one JSON object, in ASCII."""
    text = json.dumps(register_object(register), indent=2)
    stream.write(text.replace("##[", r"#\u0023[") + "\n")


def write_csv(register: Register, stream: TextIO) -> None:
    """A row for each key; what the register is made of stands in each, so that rows can be moved.

    RFC 4180, but for the line ends, which are those of the other files here. A cell that a
    spreadsheet would take for a formula begins with an apostrophe.
    """
    writer = csv.writer(stream, lineterminator="\n")
    rows = [dict(_row(entry, register)) for entry in register.entries]
    names = [name for name, _ in _row(_NOBODY, register)]
    writer.writerow(names)
    writer.writerows([[_safe(row[name]) for name in names] for row in rows])


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


_NOBODY = Entry(
    *("", "", (), "", "", "", "", (), (), None, None, None, None, None, "", "", (), (), 0, "")
)


def _row(entry: Entry, register: Register) -> Iterator[tuple[str, str]]:
    for name, value in _key(entry).items():
        if name == "findings":
            found = (f"{each.severity.word} {each.rule}" for each in entry.findings)
            yield name, "; ".join(found)
        elif name == "waivers":
            yield name, "; ".join(_waiver(each) for each in _key(entry)["waivers"])
        elif isinstance(value, list):
            yield name, " ".join(map(str, value))
        else:
            yield name, "" if value is None else str(value)
    yield "as_of", str(register.as_of)
    yield "policy", register.policy_source
    yield "policy_ref", register.policy_ref or ""
    yield "okxlint", register.version
    yield "inputs", " ".join(f"{each.path}={each.sha256 or '-'}" for each in register.inputs)


def _waiver(waiver: AcceptedObject) -> str:
    until = f" until {waiver['expires']}" if waiver["expires"] else ""
    by = f" by {waiver['approved_by']}" if waiver["approved_by"] else ""
    return f"{waiver['rule']}{by}{until}"


def write_markdown(register: Register, stream: TextIO) -> None:
    """A table of all keys, in which nothing of an input is markup."""
    commit = f" at `{register.policy_ref}`" if register.policy_ref else ""
    lines = [
        "# OKX key register",
        "",
        f"{plural(len(register.entries), 'key')} of {plural(len(register.accounts), 'account')} "
        f"as of {register.as_of}, policy {code(register.policy_source)}{commit}, okxlint "
        f"{register.version}.",
        "",
        "| account | key | app | owner | permissions | addresses | status | created | rotate by "
        "| last review | secret | waivers | findings |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(_cells(entry))} |" for entry in register.entries]
    lines += ["", "| input | SHA-256 |", "|---|---|"]
    lines += [
        f"| {each.kind} {code(each.path, _CELL)} | `{each.sha256 or '–'}` |"
        for each in register.inputs
    ]
    for unknown in register.unknown:
        lines += ["", f"- unknown: {code(unknown.kind)}: {neutral(unknown.message, 2 * _CELL)}"]
    stream.write("\n".join(lines) + "\n")


def _cells(entry: Entry) -> Iterator[str]:
    yield code(entry.account, _CELL)
    yield code(entry.label, _CELL)
    yield neutral(", ".join(entry.apps), _CELL)
    yield neutral(entry.owner, _CELL)
    yield ", ".join(entry.permissions)
    yield neutral(", ".join(entry.addresses), _CELL)
    yield entry.status if entry.environment == "live" else f"{entry.status}, demo"
    yield _day(entry.created) or "–"
    yield _day(entry.rotate_by) or "–"
    yield _day(entry.last_reviewed) or "–"
    yield neutral(entry.secret_ref, _CELL)
    yield neutral("; ".join(_waiver(each) for each in _key(entry)["waivers"]), _CELL)
    yield "; ".join(f"{each.severity.word} {each.rule}" for each in entry.findings) or "–"

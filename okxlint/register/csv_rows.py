"""The register as CSV: a row for each key, account, app, finding and unknown.

A waiver that stands on none of them has one too.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

from okxlint.model import Finding
from okxlint.register import Accepted, AccountEntry, AppEntry, Entry, Register
from okxlint.register.json_v1 import KeyObject, key_object
from okxlint.register.words import of_findings, of_type, of_waiver

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
_MORE = ("type", "used_live", "used_demo", "slots", "needs", "egress", "keys", "message", "help")
"""The columns that keys have nothing for."""
_MADE_OF = ("as_of", "policy", "policy_ref", "policy_state", "okxlint", "inputs", "only_in")
COLUMNS = ("kind", *KeyObject.__annotations__, *_MORE, *_MADE_OF)


def write_csv(register: Register, stream: TextIO) -> None:
    """What the register is made of stands in each row, so that rows can be moved.

    RFC 4180, but for the line ends, which are those of the other files here. A text that a
    spreadsheet would take for a formula begins with an apostrophe.
    """
    made_of = {
        "as_of": str(register.as_of),
        "policy": register.policy_source,
        "policy_ref": register.policy_ref,
        "policy_state": register.policy_state,
        "okxlint": register.version,
        "inputs": " ".join(f"{each.path}={each.sha256 or '-'}" for each in register.inputs),
        "only_in": " ".join(register.paths),
    }
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in _rows(register):
        whole = {**row, **made_of}
        writer.writerow([_cell(whole.get(name)) for name in COLUMNS])


def _rows(register: Register) -> Iterator[Mapping[str, Any]]:
    yield from map(_key, register.entries)
    yield from map(_account, register.accounts)
    yield from map(_app, register.apps)
    yield from map(_finding, register.findings)
    for each in register.granted:
        names = {"account": each.account, "label": each.key, "apps": each.app}
        yield {"kind": "waiver", **names, "waivers": of_waiver(each.waiver)}
    for unknown in register.unknown:
        yield {
            "kind": "unknown",
            "account": unknown.account,
            "message": f"{unknown.kind}: {unknown.message}",
        }


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else str(value)


def _key(entry: Entry) -> Mapping[str, Any]:
    texts = {
        name: " ".join(value) if isinstance(value, list) else value
        for name, value in key_object(entry).items()
        if name not in ("findings", "waivers", "metadata", "judged")
    }
    return {
        **texts,
        "kind": "key",
        "judged": "yes" if entry.judged else "no",
        "metadata": None if entry.metadata is None else json.dumps(entry.metadata),
        "waivers": _waivers(entry.waivers),
        "findings": of_findings(entry.findings),
    }


def _account(account: AccountEntry) -> Mapping[str, Any]:
    return {
        "kind": "account",
        "account": account.name,
        "type": of_type(account),
        "used_live": account.used["live"],
        "used_demo": account.used["demo"],
        "slots": account.slots,
        "permissions": " ".join(f"{right}={count}" for right, count in account.rights.items()),
        "listing": account.listing,
        "waivers": _waivers(account.waivers),
        "findings": of_findings(account.findings),
        "waived": account.waived,
    }


def _app(app: AppEntry) -> Mapping[str, Any]:
    return {
        "kind": "app",
        "apps": app.name,
        "owner": app.owner,
        "purpose": app.purpose,
        "status": app.status,
        "needs": None if app.needs is None else " ".join(app.needs) or "nothing",
        "egress": " ".join(app.egress),
        "keys": app.keys,
        "waivers": _waivers(app.waivers),
        "findings": of_findings(app.findings),
        "waived": app.waived,
    }


def _finding(finding: Finding) -> Mapping[str, Any]:
    return {
        "kind": "finding",
        "account": finding.account,
        "label": finding.key,
        "apps": finding.app,
        "path": finding.location.path,
        "line": finding.location.line,
        "findings": of_findings([finding]),
        "message": finding.message,
        "help": finding.help,
    }


def _waivers(waivers: Iterable[Accepted]) -> str:
    return "; ".join(map(of_waiver, waivers))

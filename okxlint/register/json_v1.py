"""The register as JSON, version 1."""

from __future__ import annotations

import json
from typing import Any, Literal, TextIO

from typing_extensions import TypedDict

from okxlint.register import (
    Accepted,
    AccountEntry,
    AppEntry,
    Entry,
    PolicyState,
    Register,
    State,
)
from okxlint.report.json_v1 import FindingObject, PolicyInForce, Tool, UnknownObject, finding_object


class InputObject(TypedDict):
    """A file that the register is made of."""

    kind: str
    path: str
    sha256: str | None
    """Of its bytes, in hex; null for one that is too large to be read."""
    commit: str | None
    """The commit that has these very bytes at that path; null if none is known to."""


class PolicyObject(PolicyInForce):
    """With why no commit is named, if none is: ``state``."""

    state: PolicyState


class AcceptedObject(TypedDict):
    """A waiver on a key, app or account."""

    rule: str
    reason: str | None
    approved_by: str | None
    granted: str | None
    expires: str | None
    value: str | None
    """The only value of a finding that it accepts; null: any."""
    state: State
    why: str
    """Why it does not hold; empty if it does."""


class GrantedObject(AcceptedObject):
    """A waiver that the policy grants, and that stands on nothing in the inventory."""

    account: str | None
    key: str | None
    app: str | None


class KeyObject(TypedDict):
    """A declared key."""

    account: str
    label: str
    environment: str
    status: str
    path: str
    line: int
    judged: bool
    """False for a key with a schema error: no rule looked at it, and most of it is not told."""
    apps: list[str]
    owner: str
    purpose: str
    status_since: str | None
    permissions: list[str]
    addresses: list[str]
    created: str | None
    age_days: int | None
    rotate_by: str | None
    """The last day on which ``max-age`` does not fail; null if it does not limit the key."""
    last_reviewed: str | None
    last_used: str | None
    expires: str | None
    secret_ref: str
    key_id: str
    third_party: str
    replaces: str
    metadata: dict[str, Any] | None
    waivers: list[AcceptedObject]
    findings: list[FindingObject]
    waived: int
    live: str
    """What is known of it on OKX; empty without a snapshot."""
    listing: str
    """How much of its account OKX showed; empty without a snapshot."""


class AccountObject(TypedDict):
    """An account, declared or named by a key."""

    name: str
    type: str
    is_declared: bool
    used: dict[str, int]
    slots: int
    permissions: dict[str, int]
    listing: str
    waivers: list[AcceptedObject]
    findings: list[FindingObject]
    waived: int


class AppObject(TypedDict):
    """A declared app."""

    name: str
    owner: str
    purpose: str
    status: str
    needs: list[str] | None
    egress: list[str]
    keys: int
    waivers: list[AcceptedObject]
    findings: list[FindingObject]
    waived: int


class RegisterObject(TypedDict):
    """The key register, version 1."""

    version: Literal[1]
    tool: Tool
    as_of: str
    policy: PolicyObject
    paths: list[str]
    """What it is confined to; empty: it is of the whole inventory."""
    left_out: int
    """How many keys are declared elsewhere."""
    inputs: list[InputObject]
    accounts: list[AccountObject]
    apps: list[AppObject]
    keys: list[KeyObject]
    findings: list[FindingObject]
    """Those of nothing above: of files and the policy."""
    granted: list[GrantedObject]
    """Waivers that the policy grants for what is not in the inventory, or that do not hold yet."""
    unknown: list[UnknownObject]


def register_object(register: Register) -> RegisterObject:
    """The register as plain data."""
    return {
        "version": 1,
        "tool": {"name": "okxlint", "version": register.version},
        "as_of": str(register.as_of),
        "policy": {
            "source": register.policy_source,
            "ref": register.policy_ref,
            "state": register.policy_state,
        },
        "paths": [*register.paths],
        "left_out": register.left_out,
        "inputs": [
            {"kind": i.kind, "path": i.path, "sha256": i.sha256, "commit": i.commit}
            for i in register.inputs
        ],
        "accounts": [_account(account) for account in register.accounts],
        "apps": [_app(app) for app in register.apps],
        "keys": [key_object(entry) for entry in register.entries],
        "findings": [finding_object(finding) for finding in register.others],
        "granted": [
            {
                **_accepted(each.waiver),
                "account": each.account,
                "key": each.key,
                "app": each.app,
            }
            for each in register.granted
        ],
        "unknown": [
            {"kind": each.kind, "account": each.account, "message": each.message}
            for each in register.unknown
        ],
    }


def write_json(register: Register, stream: TextIO) -> None:
    """As one JSON object, in ASCII."""
    text = json.dumps(register_object(register), indent=2)
    stream.write(text.replace("##[", r"#\u0023[") + "\n")


def _account(account: AccountEntry) -> AccountObject:
    return {
        "name": account.name,
        "type": account.type,
        "is_declared": account.is_declared,
        "used": dict(account.used),
        "slots": account.slots,
        "permissions": dict(account.rights),
        "listing": account.listing,
        "waivers": [_accepted(waiver) for waiver in account.waivers],
        "findings": [finding_object(finding) for finding in account.findings],
        "waived": account.waived,
    }


def _app(app: AppEntry) -> AppObject:
    return {
        "name": app.name,
        "owner": app.owner,
        "purpose": app.purpose,
        "status": app.status,
        "needs": None if app.needs is None else [*app.needs],
        "egress": [*app.egress],
        "keys": app.keys,
        "waivers": [_accepted(waiver) for waiver in app.waivers],
        "findings": [finding_object(finding) for finding in app.findings],
        "waived": app.waived,
    }


def key_object(entry: Entry) -> KeyObject:
    """A key as plain data."""
    return {
        "account": entry.account,
        "label": entry.label,
        "environment": entry.environment,
        "status": entry.status,
        "path": entry.path,
        "line": entry.line,
        "judged": entry.judged,
        "apps": [*entry.apps],
        "owner": entry.owner,
        "purpose": entry.purpose,
        "status_since": _day(entry.status_since),
        "permissions": [*entry.permissions],
        "addresses": [*entry.addresses],
        "created": _day(entry.created),
        "age_days": entry.age,
        "rotate_by": _day(entry.rotate_by),
        "last_reviewed": _day(entry.last_reviewed),
        "last_used": _day(entry.last_used),
        "expires": _day(entry.expires),
        "secret_ref": entry.secret_ref,
        "key_id": entry.key_id,
        "third_party": entry.third_party,
        "replaces": entry.replaces,
        "metadata": None if entry.metadata is None else dict(entry.metadata),
        "waivers": [_accepted(waiver) for waiver in entry.waivers],
        "findings": [finding_object(finding) for finding in entry.findings],
        "waived": entry.waived,
        "live": entry.live,
        "listing": entry.listing,
    }


def _accepted(waiver: Accepted) -> AcceptedObject:
    return {
        "rule": waiver.rule,
        "reason": waiver.reason,
        "approved_by": waiver.approved_by,
        "granted": _day(waiver.granted),
        "expires": _day(waiver.expires),
        "value": waiver.value,
        "state": waiver.state,
        "why": waiver.why,
    }


def _day(day: object) -> str | None:
    return str(day) if day else None

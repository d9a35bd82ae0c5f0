"""A snapshot to begin with, as the tests of what is made of snapshots have it."""

from __future__ import annotations

import json
from typing import Any


def key(label: str = "gridbot-2026q4", **more: Any) -> dict[str, Any]:
    """A key of a snapshot."""
    return {
        "label": label,
        "key_id": None,
        "permissions": ["read_only", "trade"],
        "ips": ["203.0.113.7"],
        "created": "2026-10-01T08:12:33.085Z",
        **more,
    }


def account(name: str, *keys: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A sub-account whose keys were listed, unless ``more`` says otherwise."""
    return {"name": name, "type": "sub", "listing": "complete", "keys": list(keys), **more}


def master(*keys: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The master account."""
    return account("main", *keys, **{"type": "master", "listing": "self-only", **more})


def snapshot(*accounts: dict[str, Any], **more: Any) -> str:
    """A snapshot's text; without accounts it has a master and one sub-account with one key."""
    auditor = {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]}
    value = {
        "version": 1,
        "taken_at": "2026-11-26T06:00:00Z",
        "site": "global",
        "environment": "live",
        "auditor": auditor,
        "accounts": list(accounts) or [master(), account("gridbot01", key())],
        **more,
    }
    return json.dumps(value)

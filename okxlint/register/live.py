"""What snapshots say of keys and accounts, in a few words."""

from __future__ import annotations

from okxlint.inventory import Broken, Key
from okxlint.reconciliation import Reconciliation


def on_okx(key: Key, live: Reconciliation | None) -> str:
    """What is known of a key on OKX; empty without a snapshot."""
    if live is None:
        return ""
    reading = live.reading_of(key)
    if key in live.twins:
        return "on OKX, under another label" if live.twins[key].renamed else "on OKX"
    if reading is None:
        return "not on OKX" if _is_lacking(key, live) else "no snapshot"
    return "not on OKX" if reading.account.listing == "complete" else "unknown"


def _is_lacking(key: Key | Broken, live: Reconciliation) -> bool:
    """Whether its master's list of sub-accounts does not have the key's account."""
    return key.environment == "live" and key.account in live.lacking


def listing_of(key: Key | Broken, live: Reconciliation | None) -> str:
    """How much of a key's account is known, in the key's environment; empty without a snapshot."""
    if live is None:
        return ""
    reading = live.readings.get((key.account, key.environment))
    if reading is not None:
        return reading.account.listing
    return "not on OKX" if _is_lacking(key, live) else "no snapshot"


def listing(name: str, live: Reconciliation | None) -> str:
    """How much of an account is known; empty without a snapshot."""
    if live is None:
        return ""
    told = ", ".join(reading.account.listing for reading in live.of_account(name))
    return told or ("not on OKX" if name in live.lacking else "no snapshot")

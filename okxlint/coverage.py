"""What snapshots could not show of an inventory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from okxlint.errors import OkxlintError
from okxlint.inventory import AnyAccount, Inventory, Key
from okxlint.model import Unknown
from okxlint.reconciliation import Reading, Reconciliation
from okxlint.snapshot import Snapshot


def unknowns(
    live: Reconciliation, inventory: Inventory, as_of: date, max_age: int
) -> Iterator[Unknown]:
    """What snapshots could not show of an inventory. ``max_age`` is in days."""
    for snapshot in live.snapshots:
        age = _age(snapshot, as_of)
        if not 0 <= age <= max_age:
            yield Unknown("stale-snapshot", _stale(snapshot.path, age, max_age))
    for _, reading in sorted(live.readings.items()):
        yield from _of_reading(reading)
    yield from _not_covered(live, inventory)
    for key in live.twins:
        if key.third_party:
            message = (
                f"OKX does not show the addresses of key '{key.label}' of account "
                f"'{key.account}': {key.third_party} manages them"
            )
            yield Unknown("third-party-addresses", message, key.account)


def shows(
    live: Reconciliation,
    inventory: Inventory,
    target: Key | AnyAccount,
    as_of: date,
    max_age: int,
) -> bool:
    """Whether snapshots tell enough of a key or an account for silence to mean that all is well.

    That takes a fresh and whole list of its account, or the very key on OKX. ``max_age`` is in
    days.
    """
    if isinstance(target, Key):
        name, environments, whole = target.account, {target.environment}, {"complete"}
        if target in live.twins:
            whole |= {"attested", "self-only"}
    else:
        name, whole = target.name, {"complete", "attested"}
        # A key that nobody declared is most likely of the live environment.
        environments = {"live", *(key.environment for key in inventory.keys_of_account(name))}
    readings = [live.readings.get((name, environment)) for environment in environments]
    return all(
        reading
        and reading.account.listing in whole
        and 0 <= _age(reading.snapshot, as_of) <= max_age
        for reading in readings
    )


def check_owners(live: Reconciliation, inventory: Inventory) -> None:
    """Raise ``OkxlintError`` for a snapshot that another account's credential took."""
    for (name, _), reading in sorted(live.readings.items()):
        declared = inventory.account(name)
        if reading.is_auditors and declared and not reading.may_have(declared.uid):
            raise OkxlintError(
                f"the snapshot {reading.snapshot.path} of account '{name}' is of the uid "
                f"{reading.account.uid}, and {declared.uid} is declared",
                "It was taken with another account's credential: name the account whose it is.",
            )


def _age(snapshot: Snapshot, as_of: date) -> int:
    """In days; below 0 for one of a later day."""
    return (as_of - snapshot.taken_at.date()).days


def _stale(path: str, age: int, max_age: int) -> str:
    snapshot = f"the snapshot {path}" if path else "the snapshot"
    if age < 0:
        return f"{snapshot} was taken {_days(-age)} after the day of this run"
    return f"{snapshot} is {_days(age)} old, and may be {_days(max_age)} old: take a new one"


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _of_reading(reading: Reading) -> Iterator[Unknown]:
    account = reading.account
    if account.listing == "failed":
        reason = account.reason or "nobody said why"
        message = f"the keys of account '{account.name}' could not be read: {reason}"
        yield Unknown("failed-account", message, account.name)
    elif account.listing == "self-only" and account.type == "master":
        message = (
            f"OKX lists the keys of master account '{account.name}' to nobody: only the "
            "credential's own was seen"
        )
        yield Unknown("master-keys", message, account.name)
    elif account.listing == "self-only":
        message = f"of account '{account.name}' only the credential's own key was seen"
        yield Unknown("self-only", message, account.name)


def _not_covered(live: Reconciliation, inventory: Inventory) -> Iterator[Unknown]:
    environments: dict[str, set[str]] = {name: set() for name in inventory.account_names}
    for key in inventory.keys:
        environments.setdefault(key.account, set()).add(key.environment)
    for item in inventory.broken:
        if item.kind == "key" and item.account:
            environments.setdefault(item.account, set()).add(item.environment)
    for name in sorted(environments.keys() - live.lacking):
        read = {reading.snapshot.environment for reading in live.of_account(name)}
        if not read:
            yield Unknown("no-snapshot", f"no snapshot tells of account '{name}'", name)
            continue
        for environment in sorted(environments[name] - read):
            message = f"no snapshot tells of the {environment} keys of account '{name}'"
            yield Unknown("other-environment", message, name)

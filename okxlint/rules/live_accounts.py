"""The sub-accounts on OKX are those that are declared.

A sub-account that no manifest declares is where keys grow unseen. One that is declared and does
not exist has a wrong name, and nothing that is declared for it was ever compared.

## Bad

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": []},
    {"name": "shadow01", "type": "sub", "listing": "complete", "keys": []}
  ]
}
```

```yaml
version: 1
accounts:
  - {name: main, type: master}  # expect: live-accounts:warning shadow01
  - {name: gridbot01, type: sub, parent: main}
  - {name: gridbot02, type: sub, parent: main}  # expect: live-accounts:warning gridbot02
```

## Good

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": []},
    {"name": "shadow01", "type": "sub", "listing": "complete", "keys": []}
  ]
}
```

```yaml
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade]}
```

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": []}
  ]
}
```

```yaml
version: 1
accounts:
  - {name: main, type: master}
  - {name: other, type: master}
  - {name: gridbot01, type: sub, parent: main}
  - {name: arb01, type: sub, parent: other}
  - {name: arb02, type: sub}
```

## Notes

It runs only with a snapshot that a master's credential took. As long as no account is declared,
none is missed. A declared sub-account without a `parent` is missed only if there is a snapshot of
every declared master. What OKX lacks in a snapshot of the demo environment is not missed. A
sub-account whose `uid` cannot be the one that is declared is another account of that name: OKX
lacks the declared one.

A sub-account that is not declared is told at the `name` of its master; if that is not declared, at
its first key, else at line 1 of the policy file, else at the path `okx-live/<master>/<name>`.

## Sources

- A master's key can list its sub-accounts: https://www.okx.com/docs-v5/en/#sub-account-rest-api-get-sub-account-list
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from okxlint.inventory import Account, AnyAccount, Inventory
from okxlint.rule import Hit, NoOptions, Run, rule
from okxlint.transition import place_of_account

if TYPE_CHECKING:
    from okxlint.reconciliation import Reconciliation


@rule(
    group="live",
    target="account",
    recommended="warning",
    strict="error",
    security_severity="5.0",
    help=(
        "Declare the sub-account with its keys if it is yours; correct the name if it is mistyped; "
        "take it out once it is closed on OKX and its keys are revoked."
    ),
)
def check(account: AnyAccount, run: Run[NoOptions]) -> Iterator[Hit]:
    if run.live is None or not run.inventory.accounts:
        return
    for name in _undeclared(account.name, run.live, run.inventory):
        yield Hit(
            at=place_of_account(account.name, name, run),
            value=name,
            message=f"sub-account '{name}' of '{account.name}' is on OKX, and is not declared",
        )
    if isinstance(account, Account) and account.type == "sub":
        yield from _lacked(account, run.live)


def _undeclared(master: str, live: Reconciliation, inventory: Inventory) -> list[str]:
    names = {
        each.name
        for reading in live.of_account(master)
        if reading.is_auditors
        for each in reading.snapshot.accounts
        if each.type == "sub" and each.name != master
    }
    return sorted(names - inventory.account_names)


def _lacked(account: Account, live: Reconciliation) -> Iterator[Hit]:
    reading = live.readings.get((account.name, "live"))
    problem = ""
    if reading is None and account.name in live.lacking:
        problem = "OKX has no such sub-account"
    elif reading is not None and not reading.may_have(account.uid):
        problem = f"OKX has another account of that name, with the uid {reading.account.uid}"
    if problem:
        yield Hit(
            at=account.origin.label,
            value=account.name,
            message=f"sub-account '{account.name}' is declared, and {problem}",
        )

"""Every key on OKX is declared.

A key that no manifest declares was made by someone who went around the review: a colleague in a
hurry, or an intruder who wants to come back: who is in an account once makes a key that outlives
the password.

## Bad

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": [
      {"label": "gridbot-2026q4", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"]},
      {"label": "backdoor", "permissions": ["read_only", "withdraw"], "ips": [], "created": "2026-11-20T03:12:00Z"},
      {"label": "arb-q4", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"], "key_id": "7a031a2b"}
    ]}
  ]
}
```

```yaml
version: 1
accounts:
  - {name: main, type: master}
  - {name: gridbot01, type: sub, parent: main}  # expect: live-declared:error backdoor; live-declared:error arb-q4
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade]}
  - {label: arb-2026q4, account: gridbot01, permissions: [trade], key_id: 7a031a2b}
```

## Good

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": [
      {"label": "gridbot-2026q4", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"]},
      {"label": "gridbot-2026q3", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"]}
    ]}
  ]
}
```

```yaml
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade]}
  - {label: gridbot-2026q3, account: gridbot01, permissions: [trade], status: retired}
```

## Notes

It runs only with a snapshot. A key of any status counts as declared, and so does one with a schema
error; but not one of the other environment, and not one whose `key_id` says that it is another key.

A key that was only renamed is told as that, once: it has the `key_id` of a declared key, or, where
ids are not known, its permissions, addresses and day of creation, and no other key has. Write the
label that it has on OKX, or give it its old one there.

The finding is at the account's `name`. If the account is not declared, it is at the account's first
key, else at line 1 of the policy file, else at the path `okx-live/<account>/<label>`.

## Sources

- OKX lists the keys of sub-accounts with name, permissions, addresses and creation time: https://www.okx.com/docs-v5/en/#sub-account-rest-api-query-the-api-key-of-a-sub-account
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from okxlint.inventory import AnyAccount
from okxlint.origin import Place
from okxlint.rule import Hit, NoOptions, Run, rule
from okxlint.transition import place_of_account

if TYPE_CHECKING:
    from okxlint.reconciliation import Found


@rule(
    group="live",
    target="account",
    recommended="error",
    strict="error",
    security_severity="9.5",
    help=(
        "Find out who made it, and for what. If nobody can say, delete it on OKX at once and look "
        "at the account's log; else declare it, and have the change reviewed."
    ),
)
def check(account: AnyAccount, run: Run[NoOptions]) -> Iterator[Hit]:
    for found in run.live.found.get(account.name, ()) if run.live else ():
        label = found.live.label
        at = place_of_account(account.name, label, run)
        if found.declared is None:
            yield Hit(at=at, value=label, message=_message(found, run))
        else:
            yield _renamed(found, at)


def _message(found: Found, run: Run[NoOptions]) -> str:
    live, account = found.live, found.reading.account.name
    ips = ", ".join(live.ips) or "no address"
    age = f"created on {run.when(live.day)}" if live.day else "of unknown age"
    declared = "and no manifest declares it"
    if found.namesake and found.namesake.environment != found.reading.snapshot.environment:
        declared = f"and is declared as a {found.namesake.environment} key"
    elif found.namesake:
        ending = f": it ends in {live.key_id}" if live.key_id else ""
        declared = f"and is not the key that is declared with this label{ending}"
    return (
        f"key '{live.label}' of account '{account}' is on OKX ({live.rights_text}; {ips}; {age}), "
        f"{declared}"
    )


def _renamed(found: Found, at: Place) -> Hit:
    label, key = found.live.label, found.declared
    assert key is not None  # noqa: S101
    return Hit(
        at=at,
        value=label,
        message=(
            f"key '{key.label}' of account '{key.account}' was renamed: on OKX it is called "
            f"'{label}'"
        ),
        help=f"Write 'label: {label}' in the manifest, or give the key its old name on OKX.",
        related=((key.origin.label, "it is declared here"),),
    )

"""A key that is declared revoked or compromised is not on OKX any more.

A record that says *revoked* closes the case: nobody looks again. If the key was never deleted, it
still works for whoever has its secret.

## Bad

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": [
      {"label": "gridbot-2026q3", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"]},
      {"label": "arb-2026q3", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"]},
      {"label": "renamed", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"], "key_id": "7a031a2b"}
    ]}
  ]
}
```

```yaml
version: 1
keys:
  - label: gridbot-2026q3
    account: gridbot01
    permissions: [trade]
    status: revoked  # expect: live-revoked:error revoked
  - label: arb-2026q3
    account: gridbot01
    permissions: [trade]
    status: compromised  # expect: live-revoked:error compromised
  - label: hedge-2026q3
    account: gridbot01
    permissions: [trade]
    key_id: 7a031a2b
    status: revoked  # expect: live-revoked:error revoked
```

## Good

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": [
      {"label": "gridbot", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"], "key_id": "0c55d1e0"}
    ]}
  ]
}
```

```yaml
version: 1
keys:
  - {label: gridbot, account: gridbot01, permissions: [trade], key_id: 7a031a2b, status: revoked}
  - {label: gridbot, account: gridbot01, permissions: [trade], key_id: 0c55d1e0}
  - {label: arb-2026q3, account: gridbot01, permissions: [trade], status: revoked}
```

## Notes

It runs only with a snapshot. If a label stands both on a revoked and on a current key, the key on
OKX is the one whose `key_id` it has; if that is not known, the one that was created on that day,
else the current one. A key whose id is known to be another one's is undeclared (`live-declared`).

## Sources

- OKX lists the keys of sub-accounts with name, permissions, addresses and creation time: https://www.okx.com/docs-v5/en/#sub-account-rest-api-query-the-api-key-of-a-sub-account
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="live",
    target="key",
    recommended="error",
    strict="error",
    security_severity="9.0",
    statuses=frozenset({"compromised", "revoked"}),
    help="Delete the key on OKX now: API management, the key, Delete. Then take a new snapshot.",
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    twin = run.live.twins.get(key) if run.live else None
    if twin is None:
        return
    name = f", where it is called '{twin.live.label}'" if twin.renamed else ""
    yield Hit(
        at=key.origin.at("status"),
        value=key.status,
        message=(
            f"key '{key.label}' of account '{key.account}' is declared {key.status}, and is still "
            f"on OKX{name}"
        ),
    )

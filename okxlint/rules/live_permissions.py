"""A key holds on OKX the permissions that its manifest says.

What is reviewed and approved is the manifest. If the key on OKX can do more, nobody approved that;
if it can do less, the program fails when it needs it. Either the key was edited on OKX, or the
manifest was never true.

Permissions are compared as sets: the order does not matter, `read` is another word for
`read_only`, and every key has `read_only`. A permission that okxlint does not know counts too.

## Bad

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": [
      {"label": "gridbot-2026q4", "permissions": ["read_only", "trade", "withdraw"], "ips": ["198.51.100.7"]}
    ]}
  ]
}
```

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]  # expect: live-permissions:error read_only,trade,withdraw
```

## Good

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": [
      {"label": "gridbot-2026q4", "permissions": ["trade", "read"], "ips": ["198.51.100.7"]}
    ]}
  ]
}
```

```yaml
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade]}
  - {label: arb-2026q4, account: gridbot01, permissions: [trade], environment: demo}
```

## Notes

It runs only with a snapshot, and compares keys of the snapshot's environment. A key that has
another label on OKX is compared all the same, and `live-declared` tells of the label.

## Sources

- OKX lists the keys of sub-accounts with name, permissions, addresses and creation time: https://www.okx.com/docs-v5/en/#sub-account-rest-api-query-the-api-key-of-a-sub-account
- `read` for `read_only` in a reply: https://www.okx.com/docs-v5/en/#sub-account-rest-api-reset-the-api-key-of-a-sub-account
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="live",
    target="key",
    recommended="error",
    strict="error",
    security_severity="8.0",
    help=(
        "Find out which is right. If the key can do too much, create a new one with only what its "
        "app needs, switch the app, and delete this one on OKX."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    twin = run.live.twins.get(key) if run.live else None
    if twin is None or twin.live.rights == key.rights:
        return
    yield Hit(
        at=key.origin.at("permissions"),
        value=twin.live.rights_text,
        message=(
            f"key '{key.label}' of account '{key.account}' holds {twin.live.rights_text} on OKX, "
            f"and {key.rights_text} is declared"
        ),
    )

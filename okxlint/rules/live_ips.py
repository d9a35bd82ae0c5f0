"""A key is bound on OKX to the addresses that its manifest says.

The allow-list on OKX is what stops a stolen key. If it is wider there than in the manifest, or
empty, the review saw another list than the one that protects.

Addresses are compared as networks: the order does not matter, and two halves of a network are the
network.

## Bad

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": [
      {"label": "gridbot-2026q4", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7", "203.0.113.0/24"]},
      {"label": "arb-2026q4", "permissions": ["read_only", "trade"], "ips": []}
    ]}
  ]
}
```

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [trade]
    ip_allowlist: [198.51.100.7]  # expect: live-ips:error 198.51.100.7,203.0.113.0/24
  - label: arb-2026q4
    account: gridbot01
    permissions: [trade]
    ip_allowlist: [198.51.100.8]  # expect: live-ips:error ""
```

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": [
      {"label": "gridbot-2026q4", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"]}
    ]}
  ]
}
```

```yaml
version: 1
keys:
  - label: gridbot-2026q4  # expect: live-ips:error 198.51.100.7
    account: gridbot01
    permissions: [trade]
```

## Good

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": [
      {"label": "gridbot-2026q4", "permissions": ["read_only", "trade"], "ips": ["198.51.100.8/29", "198.51.100.0/29"]},
      {"label": "copy-2026q4", "permissions": ["read_only", "trade"], "ips": []}
    ]}
  ]
}
```

```yaml
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade], ip_allowlist: [198.51.100.0/28]}
  - {label: copy-2026q4, account: gridbot01, permissions: [trade], ip_allowlist: [198.51.100.9], third_party: 3commas}
```

## Notes

It runs only with a snapshot. OKX hides the addresses of a key that is bound to a provider's app:
with `third_party` they cannot be compared, which is told as unknown (`third-party-addresses`). An
entry of OKX that is no address is never equal to a declared one.

## Sources

- OKX lists the keys of sub-accounts with name, permissions, addresses and creation time: https://www.okx.com/docs-v5/en/#sub-account-rest-api-query-the-api-key-of-a-sub-account
- OKX manages the addresses of a third party's app: https://www.okx.com/help/third-party-app-ip-whitelist-launch
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
        "Find out which is right. Bind the key on OKX to the addresses from which its app connects, "
        "and declare the same."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    twin = run.live.twins.get(key) if run.live else None
    if twin is None or key.third_party or twin.is_bound_like(key):
        return
    live = ",".join(sorted(twin.live.ips))
    declared = ", ".join(sorted(entry.text for entry in key.ip_allowlist))
    yield Hit(
        at=key.origin.at("ip_allowlist"),
        value=live,
        message=(
            f"key '{key.label}' of account '{key.account}' is bound on OKX to "
            f"{live.replace(',', ', ') or 'no address'}, and {declared or 'no address'} is declared"
        ),
    )

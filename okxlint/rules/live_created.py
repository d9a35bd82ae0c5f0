"""A key was created on OKX on the day that its manifest says.

The age of a key, and so the day of its rotation, is counted from `created`. A later day in the
manifest hides an old key, and another day on OKX may mean that the key was made anew under its old
label, with a secret that nobody handed out.

Days are those of UTC, and one day of difference is let pass: people write the day of their own
time zone.

## Bad

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": [
      {"label": "gridbot-2026q4", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"], "created": "2026-09-29T23:59:59.999Z"},
      {"label": "arb-2026q4", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"], "created": "2026-10-03T00:00:00Z"}
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
    created: 2026-10-01  # expect: live-created:warning 2026-09-29
  - label: arb-2026q4
    account: gridbot01
    permissions: [trade]
    created: 2026-10-01  # expect: live-created:warning 2026-10-03
```

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": [
      {"label": "gridbot-2026q4", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"], "created": "2026-10-01T08:30:00Z"}
    ]}
  ]
}
```

```yaml
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade]}  # expect: live-created:warning 2026-10-01
```

## Good

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": [
      {"label": "gridbot-2026q4", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"], "created": "2026-09-30T00:00:00Z"},
      {"label": "arb-2026q4", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"], "created": "2026-10-02T23:59:59Z"},
      {"label": "hedge-2026q4", "permissions": ["read_only", "trade"], "ips": ["198.51.100.7"], "created": null}
    ]}
  ]
}
```

```yaml
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade], created: 2026-10-01}
  - {label: arb-2026q4, account: gridbot01, permissions: [trade], created: 2026-10-01}
  - {label: hedge-2026q4, account: gridbot01, permissions: [trade], created: 2026-10-01}
```

## Notes

It runs only with a snapshot, and says nothing of a key whose creation OKX does not tell. A key
without `created` is told the day that OKX has.

## Sources

- OKX lists the keys of sub-accounts with name, permissions, addresses and creation time: https://www.okx.com/docs-v5/en/#sub-account-rest-api-query-the-api-key-of-a-sub-account
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="live",
    target="key",
    recommended="warning",
    strict="error",
    security_severity="4.0",
    help=(
        "If the manifest is wrong, write the day that OKX has. If someone made the key anew, find "
        "out who, and declare the new key."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    twin = run.live.twins.get(key) if run.live else None
    day = twin.live.day if twin else None
    if day is None or (key.created and abs((key.created - day).days) <= 1):
        return
    declared = f"{key.created} is declared" if key.created else "no day is declared"
    yield Hit(
        at=key.origin.at("created"),
        value=str(day),
        message=(
            f"key '{key.label}' of account '{key.account}' was created on OKX on {day}, and "
            f"{declared}"
        ),
    )

"""A key that is declared active exists on OKX.

A key that is gone from OKX was deleted by someone who did not say so, or by OKX itself after 14
idle days without a bound address. Its app is down, or about to be, and its record says otherwise.

## Bad

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
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade]}
  - {label: arb-2026q4, account: gridbot01, permissions: [trade]}  # expect: live-present:error arb-2026q4
```

## Good

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []},
    {"name": "gridbot01", "type": "sub", "listing": "complete", "keys": []},
    {"name": "arb01", "type": "sub", "listing": "failed", "reason": "it is suspended"}
  ]
}
```

```yaml
version: 1
keys:
  - {label: gridbot-2027q1, account: gridbot01, permissions: [trade], status: planned}
  - {label: gridbot-2026q3, account: gridbot01, permissions: [trade], status: retired}
  - {label: gridbot-demo, account: gridbot01, permissions: [trade], environment: demo}
  - {label: arb-2026q4, account: arb01, permissions: [trade]}
  - {label: treasury, account: main, permissions: [withdraw]}
```

## Notes

It runs only with a snapshot. Only a complete listing of the key's account can show that a key is
not there: what could not be read, what OKX lists to nobody (a master's keys) and a list that a
person wrote never make a key missing, and are told as unknown instead. A key that has another
label on OKX is there: `live-declared` tells of it.

## Sources

- OKX lists the keys of sub-accounts with name, permissions, addresses and creation time: https://www.okx.com/docs-v5/en/#sub-account-rest-api-query-the-api-key-of-a-sub-account
- Keys with trade or withdraw and no bound address end after 14 idle days: https://www.okx.com/docs-v5/en/#overview-api-key-security
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="live",
    target="key",
    recommended="error",
    strict="error",
    security_severity="4.0",
    statuses=frozenset({"active"}),
    help=(
        "Find out who deleted it. If it is gone for good, set 'status: revoked' and "
        "'status_since'; if its app needs it, create a new key."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    reading = run.live.reading_of(key) if run.live else None
    if run.live is None or reading is None or key in run.live.twins:
        return
    if reading.account.listing == "complete":
        day = reading.snapshot.taken_at.date()
        yield Hit(
            at=key.origin.label,
            value=key.label,
            message=(
                f"key '{key.label}' of account '{key.account}' is declared active, and was not on "
                f"OKX on {day}"
            ),
        )

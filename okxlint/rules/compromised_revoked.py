"""A compromised key must be deleted at once.

Whoever has its secret can do what the key can do until it is deleted. Setting the status warns your
colleagues; it does not stop anyone on OKX, where a secret cannot be changed, only the key deleted.

So that the day of a leak can be recorded without a check standing in the way, this is a warning on
the day of `status_since` and before it, and fails from the day after. Without `status_since` it
fails now.

## Bad

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    status: compromised  # expect: compromised-revoked:error compromised
    status_since: 2026-11-18
  - label: arb-2026q4
    account: gridbot01
    permissions: [read_only]
    status: compromised  # expect: compromised-revoked:error compromised
```

## Boundary

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: since-yesterday
    account: main
    permissions: [trade]
    status: compromised  # expect: compromised-revoked:error compromised
    status_since: 2026-11-21
  - label: since-today
    account: main
    permissions: [trade]
    status: compromised  # expect: compromised-revoked:warning compromised
    status_since: 2026-11-22
```

## Good

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    status: revoked
    status_since: 2026-11-22
  - label: gridbot-2027q1
    account: gridbot01
    permissions: [read_only, trade]
```

## Notes

With a `status_since` in the future it is a warning up to that day; `dates-valid` finds the date.
Demo keys are judged too.

## Sources

- What of a key can be changed, and that secret and passphrase cannot: https://www.okx.com/help/api-faq
- Keys of sub-accounts can be deleted by API: https://www.okx.com/docs-v5/en/#sub-account-rest-api-delete-the-api-key-of-sub-accounts
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, days_after, rule


@rule(
    group="lifecycle",
    target="key",
    recommended="error",
    strict="error",
    security_severity="9.5",
    statuses=frozenset({"compromised"}),
    help=(
        "Delete the key on OKX now: OKX has no undo for a leaked secret. Then set "
        "'status: revoked', give the app a new key, and look through the account's orders, "
        "transfers and withdrawals since the leak."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    since = key.status_since
    yield Hit(
        at=key.origin.at("status"),
        value="compromised",
        message=(
            f"key '{key.label}' of account '{key.account}' is compromised and not revoked"
            + (f" (since {run.when(since)})" if since else "")
        ),
        fails_on=days_after(since, 1) if since else None,
        warn_days=None,
    )

"""A waiver must still be needed.

A waiver that suppresses nothing today may suppress tomorrow what nobody has agreed to. When the
finding is mended the waiver goes with it.

A waiver is unused if it holds and its rule ran on that very object, but no finding there needs it,
now or on any day up to its `expires`. So a waiver may be written before the day on which its
finding begins. Nothing is said if the rule was not in the run, if it does not look at keys of that
status or environment, or if the policy grants the waiver for a key that is not declared yet.

## Bad

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-10-01
    waivers:
      - rule: no-withdraw  # expect: waiver-unused:warning no-withdraw
        reason: Paid the custodian each month
        approved_by: security@example.com
        expires: 2026-12-31
      - rule: max-age  # expect: waiver-unused:warning max-age
        reason: Ends before the key is too old, and before the warning
        approved_by: security@example.com
        expires: 2026-12-16
```

## Good

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: treasury-2026q4
    account: main
    permissions: [withdraw]
    created: 2026-10-01
    waivers:
      - rule: no-withdraw
        reason: Pays the custodian each month
        approved_by: security@example.com
        expires: 2026-12-31
      - rule: max-age
        reason: No rotation over the holidays; needed from 17 December
        approved_by: security@example.com
        expires: 2027-01-15
  - label: treasury-2026q1
    account: main
    permissions: [withdraw]
    status: revoked
    waivers:
      - rule: no-withdraw
        reason: Paid the custodian each month
        approved_by: security@example.com
        expires: 2026-12-31
```

## Notes

- A waiver with a `value` is unused as soon as the finding has another value.
- Of two waivers that accept the same finding neither is unused.
- What needs a waiver may stand where nobody looked. While a file cannot be read no waiver is called unused; while
  anything has an error of syntax or form one may be, but `--fix` does not take it out. One of a live rule takes a fresh
  and whole list of the account on OKX (of every environment in which the account has keys), or the very key there.
"""

from okxlint.rule import hygiene

check = hygiene(
    __name__,
    severity="warning",
    security_severity="2.0",
    help="Remove the waiver; git keeps who granted it and why.",
)

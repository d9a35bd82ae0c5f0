"""A waiver must be renewed, or its finding mended, before its last day is over.

A waiver ends so that somebody looks again. It holds on its last day, `expires`, and no longer. If
it would still suppress something after that day, this is an error, beside the finding itself, which
is back. If it would suppress nothing, or its rule is not in the run, a warning says that it can go.

From 14 days before its first day without force it is a warning, so that the renewal or the
rotation can be planned.

## Bad

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: treasury-2026q3
    account: main
    permissions: [withdraw]
    created: 2026-11-01
    waivers:
      - rule: no-withdraw
        reason: Pays the custodian each month
        approved_by: security@example.com
        expires: 2026-11-15  # expect: waiver-expired:error no-withdraw
      - rule: max-age
        reason: The custodian could not switch over in October
        approved_by: security@example.com
        expires: 2026-11-15  # expect: waiver-expired:warning max-age
```

## Good

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: treasury-2026q4
    account: main
    permissions: [withdraw]
    waivers:
      - rule: no-withdraw
        reason: Pays the custodian each month
        approved_by: security@example.com
        expires: 2026-12-31
```

## Boundary

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: a-over
    account: main
    permissions: [withdraw]
    waivers:
      - {rule: no-withdraw, reason: Pays, approved_by: security@example.com, expires: 2026-11-21}  # expect: waiver-expired:error no-withdraw
  - label: a-last-day
    account: main
    permissions: [withdraw]
    waivers:
      - {rule: no-withdraw, reason: Pays, approved_by: security@example.com, expires: 2026-11-22}  # expect: waiver-expired:warning no-withdraw
  - label: a-14-days
    account: main
    permissions: [withdraw]
    waivers:
      - {rule: no-withdraw, reason: Pays, approved_by: security@example.com, expires: 2026-12-05}  # expect: waiver-expired:warning no-withdraw
  - label: a-15-days
    account: main
    permissions: [withdraw]
    waivers:
      - {rule: no-withdraw, reason: Pays, approved_by: security@example.com, expires: 2026-12-06}
```
"""

from okxlint.rule import hygiene

check = hygiene(
    __name__,
    severity="error",
    security_severity="5.0",
    help="Mend what the waiver was for and remove it, or have it approved again with a later day.",
)

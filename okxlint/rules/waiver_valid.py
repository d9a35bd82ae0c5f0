"""A waiver must name a rule that can be waived, and have what the policy asks.

A waiver is a decision that a person answers for: to accept one finding, for a reason, until a day.
One that does not say so accepts nothing. Here a waiver does not hold if

- there is no rule of that name, or the rule is never waived, by okxlint or by the policy's `never`;
- the rule looks at other things than the object on which the waiver stands: a waiver of a rule
  about accounts stands on the account, and none reaches the objects below;
- it lacks a field of the policy's `require` (`reason`, `approved_by` and `expires`, if the policy
  says nothing else);
- more than `max_days` (180, if the policy says nothing else) lie between `granted`, or else the
  day of the run, and `expires`;
- `granted` is after the day of the run;
- `approved_by` matches none of the policy's `approvers`.

The finding that it was meant for is then reported as if the waiver were not there.

## Bad

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: treasury-2026q4
    account: main
    permissions: [withdraw]
    waivers:
      - rule: no-withdrawal  # expect: waiver-valid:error no-withdrawal
        reason: Pays the custodian each month
        approved_by: security@example.com
        expires: 2026-12-31
      - rule: manifest-schema  # expect: waiver-valid:error manifest-schema
        reason: Written by hand
        approved_by: security@example.com
        expires: 2026-12-31
      - rule: key-limit  # expect: waiver-valid:error key-limit
        reason: Belongs on the account
        approved_by: security@example.com
        expires: 2026-12-31
      - rule: no-withdraw  # expect: waiver-valid:error no-withdraw
        approved_by: security@example.com
        expires: 2026-12-31
      - rule: no-withdraw  # expect: waiver-valid:error no-withdraw
        reason: Not yet granted
        approved_by: security@example.com
        granted: 2026-11-23
        expires: 2026-12-31
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
        granted: 2026-11-22
        expires: 2026-12-31
```

## Boundary

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: treasury-2026q4
    account: main
    permissions: [withdraw]
    waivers:
      # 180 days from the day of the run
      - {rule: no-withdraw, reason: Pays, approved_by: security@example.com, expires: 2027-05-21}
      # 181
      - {rule: no-withdraw, reason: Pays, approved_by: security@example.com, expires: 2027-05-22}  # expect: waiver-valid:error no-withdraw
      # 180 days from the day on which it was granted
      - {rule: no-withdraw, reason: Pays, approved_by: security@example.com, granted: 2026-11-12, expires: 2027-05-11}
      # 181
      - {rule: no-withdraw, reason: Pays, approved_by: security@example.com, granted: 2026-11-11, expires: 2027-05-11}  # expect: waiver-valid:error no-withdraw
```

## Notes

- A waiver without `expires`, where the policy does not require one, has no last day, and `max_days`
  does not limit it.
- A waiver without `granted` that lasts too long today comes into force on the day from which it
  would be short enough. Write `granted`, and this does not depend on the day.
"""

from okxlint.rule import hygiene

check = hygiene(
    __name__,
    severity="error",
    security_severity="5.0",
    help="Give the waiver what is missing, or remove it and mend the finding that it was meant for.",
)

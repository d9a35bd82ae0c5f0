"""The dates of a key must be possible.

Most rules of a key's life count from these dates, so a wrong one hides what they would find: a key
that was "created" next year never gets old. What has happened cannot lie in the future, and nothing
happens to a key before it is created.

`created`, `last_used`, `last_reviewed` and `status_since` may be at most one day after the day of
the run: days here are UTC days, and tomorrow's date may be right where it was written. `last_used`,
`last_reviewed` and `expires` may be the day of `created`, not one before it.

## Bad

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    created: 2062-10-01  # expect: dates-valid:error 2062-10-01
  - label: arb-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-10-01
    last_used: 2026-09-28  # expect: dates-valid:error 2026-09-28
    last_reviewed: 2027-11-01  # expect: dates-valid:error 2027-11-01
    expires: 2026-01-15  # expect: dates-valid:error 2026-01-15
  - label: treasury-2026q1
    account: main
    permissions: [withdraw]
    status: retired
    status_since: 2026-12-24  # expect: dates-valid:error 2026-12-24
```

## Boundary

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - {label: tomorrow, account: main, permissions: [trade], created: 2026-11-23}
  - {label: in-two-days, account: main, permissions: [trade], created: 2026-11-24}  # expect: dates-valid:error 2026-11-24
  - {label: first-day, account: main, permissions: [trade], created: 2026-10-01, last_used: 2026-10-01}
  - {label: day-before, account: main, permissions: [trade], created: 2026-10-01, last_used: 2026-09-30}  # expect: dates-valid:error 2026-09-30
  - {label: one-day-key, account: main, permissions: [trade], created: 2026-10-01, expires: 2026-10-01}
```

## Good

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-10-01
    last_reviewed: 2026-11-01
    last_used: 2026-11-20
    expires: 2027-01-15
    status_since: 2026-10-01
  - label: undated
    account: gridbot01
    permissions: [read_only]
    last_used: 2026-11-20
```

## Notes

A date that is wrong in both ways is one finding that gives both reasons. A planned key is judged
too: `created` is the day on which a key was made, so leave it out until it is.
"""

from collections.abc import Iterator
from datetime import date

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, days_after, rule

_FIELDS = (
    ("created", True, False),
    ("last_used", True, True),
    ("last_reviewed", True, True),
    ("status_since", True, False),
    ("expires", False, True),
)
"""Each date, whether it may not lie in the future, and whether it may not be before ``created``."""


@rule(
    group="lifecycle",
    target="key",
    recommended="error",
    strict="error",
    security_severity="5.0",
    help="Look the day up on OKX or in your records and correct the date. Dates are UTC days.",
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    tomorrow = days_after(run.as_of, 1)
    created = key.created
    for field, is_past, is_later in _FIELDS:
        day: date | None = getattr(key, field)
        if day is None:
            continue
        too_late = is_past and day > tomorrow
        too_early = is_later and created is not None and day < created
        if too_late or too_early:
            reasons = []
            if too_late:
                reasons.append(f"{(day - run.as_of).days} days in the future")
            if too_early:
                reasons.append(f"before its 'created', {created}")
            yield Hit(
                at=key.origin.at(field),
                value=str(day),
                message=(
                    f"'{field}' of key '{key.label}' of account '{key.account}' is {day}: "
                    f"{' and '.join(reasons)}"
                ),
            )

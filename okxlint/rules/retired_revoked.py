"""A retired key must be deleted soon.

A key out of use serves nobody but a thief. `retired` is meant for the few days in which you make
sure that nothing fails without it; then it is deleted.

A key may be retired for `grace_days` from its `status_since`: with 7, one retired on 1 November is
fine up to the 8th and fails on the 9th. Without `status_since` nobody can tell for how long, and it
fails now.

## Bad

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q3
    account: gridbot01
    permissions: [read_only, trade]
    status: retired  # expect: retired-revoked:warning retired
    status_since: 2026-10-01
  - label: gridbot-2026q2
    account: gridbot01
    permissions: [read_only, trade]
    status: retired  # expect: retired-revoked:warning retired
```

## Boundary

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: eight-days
    account: main
    permissions: [trade]
    status: retired  # expect: retired-revoked:warning retired
    status_since: 2026-11-14
  - label: seven-days
    account: main
    permissions: [trade]
    status: retired
    status_since: 2026-11-15
```

## Good

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q3
    account: gridbot01
    permissions: [read_only, trade]
    status: retired
    status_since: 2026-11-20
  - label: gridbot-2026q2
    account: gridbot01
    permissions: [read_only, trade]
    status: revoked
    status_since: 2026-07-04
```

## Notes

Demo keys are judged too. A `status_since` in the future puts the end of the grace period off;
`dates-valid` finds such a date.
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Count, Hit, RuleOptions, Run, days_after, option, rule


class Options(RuleOptions):
    grace_days: Count = option(7, "For how many days a key may be retired.", stricter="lower")


@rule(
    group="lifecycle",
    target="key",
    recommended="warning",
    strict="error",
    security_severity="5.5",
    options=Options,
    statuses=frozenset({"retired"}),
    help=(
        "Delete the key on OKX, then set 'status: revoked' and 'status_since' to that day. "
        "If something still uses it, switch that to its new key first."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    name = f"key '{key.label}' of account '{key.account}'"
    at = key.origin.at("status")
    if key.status_since is None:
        message = f"{name} is retired and not revoked, and does not say since when"
        yield Hit(at=at, value="retired", message=message)
        return
    days = run.options.grace_days
    fails_on = days_after(key.status_since, days + 1)
    if run.sees(fails_on):
        verb = "has" if fails_on <= run.as_of else "will have"
        message = (
            f"{name} {verb} been retired for more than {days} days and not revoked "
            f"(from {run.when(fails_on)})"
        )
        yield Hit(at=at, value="retired", message=message, fails_on=fails_on)

"""A live key must be reviewed regularly.

Apps come and go, people change teams, and a right that was fine last year may be too much now. At a
review somebody confirms that the key is still needed, with these permissions and these addresses,
and writes the day into `last_reviewed`.

The time counts from `last_reviewed`, or from `created` if there has been no review: making a key is
a review of its own. With `max_days: 90`, a key reviewed on 1 August is fine up to 30 October and
fails on 31 October. A key with neither date is not judged here; `max-age` finds it.

## Bad

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q2
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-05-01
    last_reviewed: 2026-08-01  # expect: reviewed:warning 2026-08-01
  - label: arb-2026q2
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-05-01  # expect: reviewed:warning 2026-05-01
```

## Boundary

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - {label: a-91, account: main, permissions: [trade], last_reviewed: 2026-08-23}  # expect: reviewed:warning 2026-08-23
  - {label: a-90, account: main, permissions: [trade], last_reviewed: 2026-08-24}
```

## Good

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q2
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-05-01
    last_reviewed: 2026-11-01
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-10-01
  - label: sandbox
    account: gridbot01
    permissions: [trade]
    environment: demo
    created: 2024-01-01
```

## Good: demo keys judged too, a revoked one aside

```yaml
# as-of: 2026-11-22
# rules: {reviewed: {environments: [live, demo]}}
version: 1
keys:
  - label: sandbox
    account: gridbot01
    permissions: [trade]
    environment: demo
    created: 2024-01-01
    last_reviewed: 2026-09-15
  - label: gridbot-2025q1
    account: gridbot01
    permissions: [trade]
    created: 2025-01-02
    status: revoked
```
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import (
    NOT_PLANNED,
    Environments,
    Hit,
    Positive,
    RuleOptions,
    Run,
    days_after,
    option,
    rule,
)


class Options(RuleOptions):
    max_days: Positive = option(
        90, "The greatest number of days without a review.", stricter="lower"
    )
    environments: Environments = option(("live",), "The environments judged.", stricter="more")


@rule(
    group="lifecycle",
    target="key",
    recommended="warning",
    strict="error",
    security_severity="4.0",
    options=Options,
    statuses=NOT_PLANNED,
    help=(
        "Ask the owner whether the app still needs this key, its permissions and its addresses, "
        "compare them with what OKX shows, then set 'last_reviewed' to the day of that review."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    since = key.last_reviewed or key.created
    if since is None:
        return
    days = run.options.max_days
    fails_on = days_after(since, days + 1)
    if not run.sees(fails_on):
        return
    verb = "is" if fails_on <= run.as_of else "will be"
    what = (
        f"more than {days} days past its last review"
        if key.last_reviewed
        else f"older than {days} days without a review"
    )
    yield Hit(
        at=key.origin.at("last_reviewed" if key.last_reviewed else "created"),
        value=str(since),
        message=(
            f"key '{key.label}' of account '{key.account}' {verb} {what} "
            f"(from {run.when(fails_on)})"
        ),
        fails_on=fails_on,
    )

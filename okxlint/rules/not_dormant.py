"""A key that nobody uses must go.

A key that no program uses is missed by nobody: it can be stolen and used for long without anyone
noticing. If it is not needed, deleting it costs nothing.

A manifest knows of the last use only what somebody wrote down, most often at a review. So with
`against: review` the rule asks whether the key was in use when it was last looked at: a finding if
`last_used` is more than `max_idle_days` before `last_reviewed`. A key without `last_reviewed` is
judged on the day of the run. With `against: today`, as in the pack `strict`, every key is: this
suits those whose manifests are kept up to date by a program. A key without `last_used` says
nothing about its use, and this rule finds nothing.

## Bad

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q2
    account: gridbot01
    permissions: [read_only, trade]
    last_used: 2026-07-03  # expect: not-dormant:warning 2026-07-03
    last_reviewed: 2026-11-01
  - label: arb-2026q2
    account: gridbot01
    permissions: [read_only, trade]
    last_used: 2026-09-30  # expect: not-dormant:warning 2026-09-30
```

## Bad: judged on the day of the run

```yaml
# as-of: 2026-11-22
# rules: {not-dormant: {against: today}}
version: 1
keys:
  - label: gridbot-2026q2
    account: gridbot01
    permissions: [read_only, trade]
    last_used: 2026-09-30  # expect: not-dormant:warning 2026-09-30
    last_reviewed: 2026-10-01
```

## Boundary

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - {label: review-31, account: main, permissions: [trade], last_used: 2026-10-01, last_reviewed: 2026-11-01}  # expect: not-dormant:warning 2026-10-01
  - {label: review-30, account: main, permissions: [trade], last_used: 2026-10-02, last_reviewed: 2026-11-01}
  - {label: today-31, account: main, permissions: [trade], last_used: 2026-10-22}  # expect: not-dormant:warning 2026-10-22
  - {label: today-30, account: main, permissions: [trade], last_used: 2026-10-23}
```

## Good

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    last_used: 2026-11-20
  - label: used-at-its-review
    account: gridbot01
    permissions: [read_only, trade]
    last_used: 2026-09-30
    last_reviewed: 2026-10-01
  - label: gridbot-2026q3
    account: gridbot01
    permissions: [read_only, trade]
    last_used: 2026-07-03
    status: retired
```

## Notes

What was found at a review stays found until somebody writes a later `last_used` or deletes the key:
it does not depend on the day of the run, so such a finding has no first day.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from okxlint.inventory import Key
from okxlint.rule import Count, Hit, RuleOptions, Run, days_after, option, rule


class Options(RuleOptions):
    max_idle_days: Count = option(
        30, "The greatest number of days without a use.", stricter="lower"
    )
    against: Literal["review", "today"] = option(
        "review",
        "The day on which it is judged: that of its last review, if any, or that of the run.",
        order=("review", "today"),
    )


@rule(
    group="lifecycle",
    target="key",
    recommended="warning",
    strict="error",
    strict_options={"against": "today"},
    security_severity="4.5",
    options=Options,
    statuses=frozenset({"active"}),
    help=(
        "If nothing uses the key, delete it on OKX and set 'status: revoked'. If something does, "
        "write the day of its last use into 'last_used'."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    if key.last_used is None:
        return
    most = run.options.max_idle_days
    reviewed = key.last_reviewed if run.options.against == "review" else None
    if reviewed:
        idle = (reviewed - key.last_used).days
        if idle > most:
            yield _hit(key, f"had been unused for {idle} days at its review ({reviewed})")
        return
    fails_on = days_after(key.last_used, most + 1)
    if run.sees(fails_on):
        verb = "has" if fails_on <= run.as_of else "will have"
        since = f"(from {run.when(fails_on)})"
        yield _hit(key, f"{verb} been unused for more than {most} days {since}", fails_on)


def _hit(key: Key, what: str, fails_on: date | None = None) -> Hit:
    return Hit(
        at=key.origin.at("last_used"),
        value=str(key.last_used),
        message=f"key '{key.label}' of account '{key.account}' {what}",
        fails_on=fails_on,
    )

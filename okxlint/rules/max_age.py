"""A live key must be replaced before it is too old.

A key that leaked without anyone noticing is worth something only as long as it lives. OKX never
ends a key that is bound to addresses, so the manifest says when it was created and this rule when
its time is over. It begins to warn before, while there is time to rotate in peace.

A key is judged by the day on which it was created: with `max_days: 90`, a key of 1 August is fine
up to 30 October, its 90th day, and fails on 31 October. A key without `created` cannot be judged
and fails at once, unless it is only planned.

## Bad

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q2
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-06-01  # expect: max-age:error 2026-06-01
  - label: gridbot-undated  # expect: max-age:error missing
    account: gridbot01
    permissions: [read_only]
```

## Boundary

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - {label: a-91, account: main, permissions: [trade], created: 2026-08-23}  # expect: max-age:error 2026-08-23
  - {label: a-90, account: main, permissions: [trade], created: 2026-08-24}  # expect: max-age:warning 2026-08-24
  - {label: a-77, account: main, permissions: [trade], created: 2026-09-06}  # expect: max-age:warning 2026-09-06
  - {label: a-76, account: main, permissions: [trade], created: 2026-09-07}
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
  - label: gridbot-2027q1
    account: gridbot01
    permissions: [read_only, trade]
    status: planned
  - label: sandbox
    account: gridbot01
    permissions: [trade]
    environment: demo
    created: 2024-01-01
```

## Sources

- Only keys without bound addresses end by themselves, after 14 idle days: https://www.okx.com/docs-v5/en/#overview-api-key-security
"""

from collections.abc import Iterator
from datetime import date

from okxlint.inventory import Key
from okxlint.rule import (
    NOT_PLANNED,
    Count,
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
    max_days: Positive = option(90, "The greatest age in days.", stricter="lower")
    warn_days: Count = option(14, "For how many days before, it warns.", stricter="higher")
    environments: Environments = option(("live",), "The environments judged.", stricter="more")


@rule(
    group="lifecycle",
    target="key",
    essential=True,
    recommended="error",
    strict="error",
    strict_options={"max_days": 60},
    security_severity="6.5",
    options=Options,
    statuses=NOT_PLANNED,
    help=(
        "Create a new key on OKX with the same permissions and addresses, switch the app to it, "
        "delete the old one, and declare the new one with its own label and 'created'."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    fails_on = first_day(key, run.options)
    if fails_on is None:
        yield Hit(
            at=key.origin.at("created"),
            value="missing",
            message=f"{_name(key)} does not say when it was created",
            help="Add 'created' with the day that OKX shows for this key.",
        )
        return
    if not run.sees(fails_on, run.options.warn_days):
        return
    verb = "is" if fails_on <= run.as_of else "will be"
    yield Hit(
        at=key.origin.at("created"),
        value=str(key.created),
        message=(
            f"{_name(key)} {verb} older than {run.options.max_days} days (from {run.when(fails_on)})"
        ),
        fails_on=fails_on,
        warn_days=run.options.warn_days,
    )


def _name(key: Key) -> str:
    return f"key '{key.label}' of account '{key.account}'"


def first_day(key: Key, options: Options) -> date | None:
    """The first UTC day on which the key is too old; ``None`` if it does not say its age."""
    return days_after(key.created, options.max_days + 1) if key.created else None

"""A key's label must end with the quarter for which it was made.

People talk of a key by its label. One that ends in `2026q3` says by itself that it is due, in a
list, in an alarm and in the middle of the night. A label that names another quarter than its key's
`created` hides the age: it was copied from an older entry, or the key was never rotated.

A key may be made `early_days` before the first day of the next quarter and bear that one's name.
A key without `created` is not judged.

## Bad

```yaml
version: 1
keys:
  - label: gridbot-2026q3  # expect: acme/label-quarter:warning gridbot-2026q3
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-10-01
  - label: gridbot  # expect: acme/label-quarter:warning gridbot
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-10-01
```

## Boundary

```yaml
version: 1
keys:
  - {label: a-2026q4, account: main, permissions: [read_only], created: 2026-09-17}
  - label: b-2026q4  # expect: acme/label-quarter:warning b-2026q4
    account: main
    permissions: [read_only]
    created: 2026-09-16
```

## Good

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-10-01
  - label: Gridbot 2026Q4
    account: gridbot02
    permissions: [read_only, trade]
    created: 2026-12-31
  - {label: sandbox, account: main, permissions: [trade], created: 2026-10-01, environment: demo}
  - {label: undated, account: main, permissions: [read_only]}
```
"""

from collections.abc import Iterator
from datetime import date

from okxlint.inventory import Key
from okxlint.rule import Count, Environments, Hit, RuleOptions, Run, days_after, option, rule


class Options(RuleOptions):
    early_days: Count = option(
        14, "For how many days before a quarter keys are made for it.", stricter="lower"
    )
    environments: Environments = option(("live",), "The environments judged.", stricter="more")


@rule(
    group="inventory",
    target="key",
    recommended="warning",
    strict="error",
    strict_options={"early_days": 7},
    security_severity="2.0",
    options=Options,
    help=(
        "Give the key the name of its quarter, on OKX and here alike. If it is older than its "
        "label says, correct 'created', or rotate it."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    if key.created is None:
        return
    made = quarter(key.created)
    soon = quarter(days_after(key.created, run.options.early_days))
    if not key.label.lower().endswith((made, soon)):
        wanted = f"'{made}'" if made == soon else f"'{made}' or '{soon}'"
        yield Hit(
            at=key.origin.label,
            value=key.label,
            message=(
                f"the label '{key.label}' of a key of account '{key.account}' does not end with "
                f"{wanted}, and the key was created on {key.created}"
            ),
        )


def quarter(day: date) -> str:
    """The quarter of a day as labels have it: ``2026q4``."""
    return f"{day.year}q{(day.month + 2) // 3}"

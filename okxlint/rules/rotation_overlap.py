"""A replaced key must go soon after its successor is there.

A rotation ends when the old key is deleted. Until then there are two keys for one job, and the old
one is the older secret of the two, with nothing left to do. A few days of overlap are enough to
switch the app and to see it work.

An active key is found when another active key of its account names it in `replaces` and was created
more than `overlap_days` ago: with 7, a successor of 1 November leaves time up to the 8th, and the
old key fails on the 9th. A successor without `created` starts no count.

## Bad

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q3  # expect: rotation-overlap:error gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-07-01
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-10-01
    replaces: gridbot-2026q3
```

## Boundary

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - {label: a-old, account: main, permissions: [trade]}  # expect: rotation-overlap:error a-new
  - {label: a-new, account: main, permissions: [trade], replaces: a-old, created: 2026-11-14}
  - {label: b-old, account: main, permissions: [trade]}
  - {label: b-new, account: main, permissions: [trade], replaces: b-old, created: 2026-11-15}
```

## Good

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q2
    account: gridbot01
    permissions: [read_only, trade]
    status: retired
    status_since: 2026-11-20
  - label: gridbot-2026q3
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-07-01
    replaces: gridbot-2026q2
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    created: 2026-11-20
    replaces: gridbot-2026q3
```

## Notes

Each successor of a key is a finding of its own. The environment makes no difference: a label is
unique on its account. A key that is retired in time is left to `retired-revoked`.
"""

from collections.abc import Iterator
from datetime import date

from okxlint.inventory import Inventory, Key
from okxlint.rule import Count, Hit, RuleOptions, Run, days_after, option, rule


class Options(RuleOptions):
    overlap_days: Count = option(7, "For how many days both keys may be active.", stricter="lower")


@rule(
    group="lifecycle",
    target="key",
    recommended="error",
    strict="error",
    security_severity="5.5",
    options=Options,
    statuses=frozenset({"active"}),
    help=(
        "Make sure that the app uses the newer key, then delete this one on OKX and set "
        "'status: revoked'."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    days = run.options.overlap_days
    for newer, created in run.join(_successors).get((key.account, key.label), ()):
        fails_on = days_after(created, days + 1)
        if newer is key or not run.sees(fails_on):
            continue
        verb = "is" if fails_on <= run.as_of else "will be"
        yield Hit(
            at=key.origin.label,
            value=newer.label,
            message=(
                f"key '{key.label}' of account '{key.account}' {verb} still active more than "
                f"{days} days after '{newer.label}' was created to replace it "
                f"(from {run.when(fails_on)})"
            ),
            fails_on=fails_on,
            related=((newer.origin.at("replaces"), f"'{newer.label}' replaces it"),),
        )


def _successors(inventory: Inventory) -> dict[tuple[str, str], list[tuple[Key, date]]]:
    """By the account and label of what they replace: the active keys, and when they were made."""
    successors: dict[tuple[str, str], list[tuple[Key, date]]] = {}
    for key in inventory.keys:
        if key.status == "active" and key.replaces and key.created:
            successors.setdefault((key.account, key.replaces), []).append((key, key.created))
    return successors

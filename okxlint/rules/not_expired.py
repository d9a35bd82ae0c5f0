"""A key must be gone after its planned last day.

Whoever asked for the key said for how long it would be needed. After that day nobody has agreed to
it any more, and a key that outlives its purpose is one that nobody watches. The rule begins to warn
before, while there is time to replace the key or to agree on a later day.

`expires` is the last day on which the key may exist: with `expires: 2026-11-21` it is fine on
21 November and fails on the 22nd. Every key that is not revoked is judged, planned and demo keys
too. A key without `expires` has no planned end, and this rule finds nothing.

## Bad

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q2
    account: gridbot01
    permissions: [read_only, trade]
    expires: 2026-10-31  # expect: not-expired:error 2026-10-31
  - label: arb-trial
    account: gridbot01
    permissions: [trade]
    status: planned
    expires: 2026-11-30  # expect: not-expired:warning 2026-11-30
```

## Boundary

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - {label: over, account: main, permissions: [trade], expires: 2026-11-21}  # expect: not-expired:error 2026-11-21
  - {label: last-day, account: main, permissions: [trade], expires: 2026-11-22}  # expect: not-expired:warning 2026-11-22
  - {label: fails-in-14, account: main, permissions: [trade], expires: 2026-12-05}  # expect: not-expired:warning 2026-12-05
  - {label: fails-in-15, account: main, permissions: [trade], expires: 2026-12-06}
```

## Good

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    expires: 2027-01-15
  - label: gridbot-2026q3
    account: gridbot01
    permissions: [read_only, trade]
    expires: 2026-10-15
    status: revoked
  - label: no-planned-end
    account: gridbot01
    permissions: [read_only]
```
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Count, Hit, RuleOptions, Run, days_after, option, rule


class Options(RuleOptions):
    warn_days: Count = option(
        14, "For how many days before the first day after `expires`, it warns.", stricter="higher"
    )


@rule(
    group="lifecycle",
    target="key",
    recommended="error",
    strict="error",
    security_severity="6.0",
    options=Options,
    help=(
        "If the app still needs access, create a new key on OKX and switch the app to it. Delete "
        "this key on OKX and set 'status: revoked'. If the key is to stay, agree on a later "
        "'expires' in review."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    if key.expires is None:
        return
    fails_on = days_after(key.expires, 1)
    if not run.sees(fails_on, run.options.warn_days):
        return
    verb = "is past" if fails_on <= run.as_of else "reaches"
    yield Hit(
        at=key.origin.at("expires"),
        value=str(key.expires),
        message=(
            f"key '{key.label}' of account '{key.account}' {verb} its planned last day "
            f"({run.when(key.expires)})"
        ),
        fails_on=fails_on,
        warn_days=run.options.warn_days,
    )

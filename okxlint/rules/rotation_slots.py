"""An account must have room for the keys that are soon to be replaced.

A key is rotated by making a new one beside it. OKX lets an account have 50 keys, so an account that
is nearly full has no room for that, and its keys would have to be deleted before their successors
exist: the apps stand still meanwhile, or the rotation is put off. This tells you while there is time.

The keys that are due are the active live keys that `max-age` fails now or within `within_days`. The
free slots are `max_keys` of `key-limit` less the live keys that are not revoked, planned ones
included. More keys due than slots free is a finding, at the first key due; its value is
`due/free`. Both settings are those of the policy in force. With `max-age` off, no key is due.

## Bad

```yaml
# as-of: 2026-11-22
# rules: {key-limit: {max_keys: 4}}
version: 1
keys:
  - {label: gridbot-2026q3, account: gridbot01, permissions: [trade], created: 2026-09-01}
  - {label: arb-2026q3, account: gridbot01, permissions: [trade], created: 2026-08-01}  # expect: rotation-slots:warning 2/1
  - {label: hedge-2026q4, account: gridbot01, permissions: [trade], created: 2026-11-02}
```

## Boundary

```yaml
# as-of: 2026-11-22
# rules: {key-limit: {max_keys: 2}}
version: 1
keys:
  - {label: a-in-14, account: full-due, permissions: [trade], created: 2026-09-06}  # expect: rotation-slots:warning 1/0
  - {label: a-new, account: full-due, permissions: [trade], created: 2026-11-02}
  - {label: b-in-15, account: full, permissions: [trade], created: 2026-09-07}
  - {label: b-new, account: full, permissions: [trade], created: 2026-11-02}
  - {label: c-in-14, account: one-slot, permissions: [trade], created: 2026-09-06}
```

## Good

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - {label: gridbot-2026q3, account: gridbot01, permissions: [trade], created: 2026-09-01}
  - {label: arb-2026q3, account: gridbot01, permissions: [trade], created: 2026-08-01}
```

## Good: no longer in use, or only for demo trading

```yaml
# as-of: 2026-11-22
# rules: {key-limit: {max_keys: 2}}
version: 1
keys:
  - {label: gridbot-2026q2, account: gridbot01, permissions: [trade], created: 2026-06-01, status: retired}
  - {label: gridbot-2026q3, account: gridbot01, permissions: [trade], created: 2026-11-02}
  - {label: gridbot-demo, account: gridbot01, permissions: [trade], created: 2025-01-02, environment: demo}
```

## Notes

A key without `created` is not due: what `max-age` asks of it is the date, not a rotation. A key with
a schema error takes up a slot, as for `key-limit`. A key that has a successor already is still due
until it is retired, and the successor has taken its slot. A finding that is yet to come has the
value that it will have on the day on which it starts, if nothing changes until then.

## Sources

- Error 59501, each account can create up to 50 API keys: https://www.okx.com/docs-v5/en/#error-code-rest-api-account
"""

from collections.abc import Iterator
from datetime import date

from okxlint.inventory import AnyAccount, Key
from okxlint.rule import Count, Hit, RuleOptions, Run, days_after, option, rule
from okxlint.rules.key_limit import current_keys, uncounted
from okxlint.rules.max_age import first_day


class Options(RuleOptions):
    within_days: Count = option(
        14, "How many days before its first failing day a key is due.", stricter="higher"
    )


def _no_worse(new: str, old: str) -> bool:
    """No more keys are due, and no fewer slots are free."""
    (due, free), (was_due, was_free) = (map(int, value.split("/")) for value in (new, old))
    return due <= was_due and free >= was_free


@rule(
    group="inventory",
    target="account",
    recommended="warning",
    strict="warning",
    security_severity="2.5",
    options=Options,
    no_worse=_no_worse,
    help=(
        "Delete keys on OKX that are out of use and set them to 'status: revoked', or rotate "
        "early and one after the other, deleting each old key before the next new one."
    ),
)
def check(account: AnyAccount, run: Run[Options]) -> Iterator[Hit]:
    keys = current_keys(account, "live", run.inventory)
    taken = len(keys) + uncounted(account, "live", run)
    free = max(0, int(run.setting("key-limit", account).options.max_keys) - taken)
    if len(keys) <= free:
        return
    ageing = sorted(_ageing(keys, run), key=lambda aged: (aged[0], aged[1].order))
    if len(ageing) <= free:
        return
    within = run.options.within_days
    # With so many slots free, it is the next key to come due that finds none.
    starts = days_after(ageing[free][0], -within)
    if not run.sees(starts):
        return
    by = days_after(max(starts, run.as_of), within)
    due = sum(day <= by for day, _ in ageing)
    verb = "has" if starts <= run.as_of else "will have"
    plural = "s" if due != 1 else ""
    yield Hit(
        at=ageing[0][1].origin.label,
        value=f"{due}/{free}",
        message=(
            f"account '{account.name}' {verb} {due} live key{plural} to replace by {by}, and "
            f"{free} free for new ones (from {run.when(starts)})"
        ),
        fails_on=starts,
    )


def _ageing(keys: list[Key], run: Run[Options]) -> Iterator[tuple[date, Key]]:
    """The active keys that ``max-age`` will fail, with the first day on which it does."""
    for key in keys:
        if key.status != "active":
            continue
        severity, options = run.setting("max-age", key)
        day = first_day(key, options)
        if day and severity and key.environment in options.environments:
            yield day, key

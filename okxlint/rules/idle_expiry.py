"""A key that is bound to no address must not lie idle until OKX drops it.

OKX ends a live key that can trade or withdraw and is bound to no address after 14 days without
use. The app that needs it then stops, perhaps in the night on which it should have hedged. Binding
the key to addresses ends the matter, and `ip-bound` asks for that anyway.

The days are counted from `last_used`, else from `created`; a key with neither is not judged. A key
last used on 1 November is told of from 8 November, `warn_days: 7` before it fails on the 15th.
From the 22nd it is an info only: the key is most likely gone, and what is wrong is the manifest.
A call counts as use only if it needs the key, and on a WebSocket only the login does.

Demo keys never end, and neither do keys that only read. A key with `third_party` is bound to the
provider's addresses, though the manifest has none.

## Bad

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - label: hedge-2026q4
    account: main
    permissions: [read_only, trade]
    created: 2026-09-01
    last_used: 2026-11-06  # expect: idle-expiry:warning 2026-11-06
  - label: treasury-2026q4
    account: main
    permissions: [withdraw]
    created: 2026-11-10  # expect: idle-expiry:warning 2026-11-10
```

## Boundary

```yaml
# as-of: 2026-11-22
# rules: {idle-expiry: error}
version: 1
keys:
  - {label: idle-6, account: main, permissions: [trade], last_used: 2026-11-16}
  - {label: idle-7, account: main, permissions: [trade], last_used: 2026-11-15}  # expect: idle-expiry:warning 2026-11-15
  - {label: idle-13, account: main, permissions: [trade], last_used: 2026-11-09}  # expect: idle-expiry:warning 2026-11-09
  - {label: idle-14, account: main, permissions: [trade], last_used: 2026-11-08}  # expect: idle-expiry:error 2026-11-08
  - {label: idle-20, account: main, permissions: [trade], last_used: 2026-11-02}  # expect: idle-expiry:error 2026-11-02
  - {label: idle-21, account: main, permissions: [trade], last_used: 2026-11-01}  # expect: idle-expiry:info 2026-11-01
```

## Good

```yaml
# as-of: 2026-11-22
version: 1
keys:
  - {label: in-use, account: main, permissions: [trade], created: 2026-01-01, last_used: 2026-11-20}
  - {label: bound, account: main, permissions: [trade], last_used: 2026-11-01, ip_allowlist: [203.0.113.7]}
  - {label: reader, account: main, permissions: [read_only], last_used: 2026-11-01}
  - {label: sandbox, account: main, permissions: [trade], last_used: 2026-11-01, environment: demo}
  - {label: copybot, account: main, permissions: [trade], last_used: 2026-11-01, third_party: 3commas}
  - {label: to-come, account: main, permissions: [trade], created: 2026-11-01, status: planned}
  - {label: undated, account: main, permissions: [trade]}
```

## Notes

A retired or compromised key is judged like an active one: it is still on OKX, and whether it has
gone by itself is worth knowing. A `last_used` before `created` is taken as it stands; that the two
do not agree is for `dates-valid` to say.

## Sources

- Keys with trade or withdraw and without addresses end after 14 days of inactivity, what counts as use, and that demo keys never end: https://www.okx.com/docs-v5/en/#overview-api-key-security
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.model import Severity
from okxlint.rule import NOT_PLANNED, Count, Hit, RuleOptions, Run, days_after, option, rule

IDLE_DAYS = 14
"""After so many days without use OKX drops the key."""
GONE_DAYS = 21
"""After so many it can be taken for gone."""


class Options(RuleOptions):
    warn_days: Count = option(7, "For how many days before, it warns.", stricter="higher")


@rule(
    group="network",
    target="key",
    recommended="warning",
    strict="error",
    security_severity="3.5",
    options=Options,
    statuses=NOT_PLANNED,
    environments=("live",),
    help=(
        "Bind the key on OKX to the addresses from which its app connects, and list them under "
        "'ip_allowlist'. If it is in use, bring 'last_used' up to date; if not, delete it."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    start = key.last_used or key.created
    if start is None or key.ip_allowlist or key.third_party:
        return
    rights = [right for right in ("trade", "withdraw") if right in key.permissions]
    if not rights:
        return
    fails_on = days_after(start, IDLE_DAYS)
    if not run.sees(fails_on, run.options.warn_days):
        return
    gone = (run.as_of - start).days >= GONE_DAYS
    field, said = ("last_used", "last used") if key.last_used else ("created", "created")
    verb = "drops" if fails_on >= run.as_of else "dropped"
    yield Hit(
        at=key.origin.at(field),
        value=str(start),
        message=(
            f"key '{key.label}' of account '{key.account}' can {' and '.join(rights)}, is bound to "
            f"no address and was {said} on {start}: unless it was used since, OKX {verb} it on "
            f"{run.when(fails_on)}"
        ),
        help=_HELP_GONE if gone else "",
        fails_on=fails_on,
        warn_days=run.options.warn_days,
        at_most=Severity.INFO if gone else Severity.ERROR,
    )


_HELP_GONE = (
    "Confirm on OKX that the key still exists. If it does, bring 'last_used' up to date and bind "
    "it to addresses; if not, set its status to revoked."
)

"""An app must have run in demo trading before it gets a live key.

A program that has never traded against the demo environment makes its first mistake with real
funds. OKX has demo trading with keys of its own, so a declared demo key of the same app shows that
there was a place to try it.

A live key that can trade or withdraw is found if none of its apps has a demo key. A demo key of any
status counts, a revoked one too, and it may be on another account: apps are matched by name,
declared or not. With `before: true`, as in the pack `strict`, only a demo key counts that was
created on or before the day of the live key. A key that names no app has no demo key either. Keys
of a `third_party` are not judged: what runs there is not yours to try.

## Bad

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot  # expect: demo-first:warning grid-bot
    permissions: [read_only, trade]
  - label: shared-2026q4
    account: gridbot01
    app: [hedger, arb-bot]  # expect: demo-first:warning arb-bot,hedger
    permissions: [read_only, trade]
  - label: treasury-2026q4  # expect: demo-first:warning
    account: main
    permissions: [read_only, withdraw]
```

## Bad: a demo key that came later

```yaml
# rules: {demo-first: {before: true}}
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot  # expect: demo-first:warning grid-bot
    permissions: [read_only, trade]
    created: 2026-10-01
  - label: gridbot-demo
    account: main
    app: grid-bot
    permissions: [trade]
    environment: demo
    created: 2026-10-02
```

## Good

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
  - label: gridbot-demo
    account: main
    app: grid-bot
    permissions: [trade]
    environment: demo
    status: revoked
  - label: reports-2026q4
    account: main
    app: reports
    permissions: [read_only]
  - label: copytrade-2026q4
    account: main
    permissions: [trade]
    third_party: 3commas
```

## Good: a demo key of the same day

```yaml
# rules: {demo-first: {before: true}}
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    created: 2026-10-01
  - label: gridbot-demo
    account: main
    app: grid-bot
    permissions: [trade]
    environment: demo
    created: 2026-10-01
```

## Notes

With `before: true` a demo key without `created` does not count: nothing shows that it came first.
A live key without `created` cannot be compared, and any demo key will do for it; `max-age` finds
that the date is missing.

## Sources

- Demo trading, and its own keys: https://www.okx.com/docs-v5/en/#overview-demo-trading-services
"""

from collections.abc import Iterator
from datetime import date

from okxlint.inventory import Inventory, Key
from okxlint.rule import Hit, RuleOptions, Run, option, rule


class Options(RuleOptions):
    before: bool = option(
        False, "Only a demo key created on or before this key counts.", stricter="true"
    )


@rule(
    group="lifecycle",
    target="key",
    recommended="warning",
    strict="error",
    strict_options={"before": True},
    security_severity="3.0",
    options=Options,
    statuses=frozenset({"active"}),
    environments=("live",),
    help=(
        "Create a demo key on OKX (under demo trading), run the app with it, and declare it with "
        "'environment: demo' and the same 'app'."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    if key.third_party or not ("trade" in key.permissions or "withdraw" in key.permissions):
        return
    first_demo = run.join(_first_demo_days)
    before = key.created if run.options.before else None
    for app in key.app:
        if app in first_demo and _in_time(first_demo[app], before):
            return
    apps = sorted(set(key.app))
    who = f"none of its apps ({', '.join(apps)}) has" if apps else "it names no app that has"
    when = f" from {before} or before" if before else ""
    yield Hit(
        at=key.origin.at("app"),
        value=",".join(apps),
        message=(
            f"key '{key.label}' of account '{key.account}' can move real funds, "
            f"and {who} a demo key{when}"
        ),
    )


def _in_time(first_demo: date | None, before: date | None) -> bool:
    return before is None or (first_demo is not None and first_demo <= before)


def _first_demo_days(inventory: Inventory) -> dict[str, date | None]:
    """By app: the earliest ``created`` of its demo keys; ``None`` if none of them has one."""
    first: dict[str, date | None] = {}
    for key in inventory.keys:
        if key.environment == "demo":
            for app in key.app:
                known = first.get(app)
                if known is None or (key.created and key.created < known):
                    first[app] = key.created
    return first

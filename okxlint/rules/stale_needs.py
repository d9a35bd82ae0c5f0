"""An app must not be declared to need a permission that none of its keys holds.

What stands under `needs` is what the next key will be given without another thought. If the
app's active keys all do without a permission, the app evidently works without it, and the line
only waits to let a key grow. Take it away, and `least-privilege` will hold the next key to it.

Only active keys count: a planned key is in no use yet, a retired one no longer. An app without an
active key is not judged. `read_only` is in every key, so needing it is never stale.

## Bad

```yaml
version: 1
apps:
  - name: grid-bot
    needs: [read_only, trade, withdraw]  # expect: stale-needs:warning withdraw
  - name: portfolio-report
    needs: [trade]  # expect: stale-needs:warning trade
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
  - label: report-2026q4
    account: main
    app: portfolio-report
    permissions: [read_only]
  - label: report-2027q1
    account: main
    app: portfolio-report
    permissions: [trade]
    status: planned
```

## Good

```yaml
version: 1
apps:
  - {name: grid-bot, needs: [read_only, trade]}
  - {name: not-started-yet, needs: [trade]}
  - {name: price-alert, needs: []}
keys:
  - {label: gridbot-a, account: gridbot01, app: grid-bot, permissions: [read_only]}
  - {label: gridbot-b, account: gridbot02, app: [grid-bot, price-alert], permissions: [trade]}
```
"""

from collections.abc import Iterator

from okxlint.inventory import App
from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="permissions",
    target="app",
    recommended="warning",
    strict="error",
    security_severity="3.0",
    help=(
        "Take the permission out of the app's 'needs'. If the app cannot work without it, it needs "
        "another key: create one on OKX that holds it."
    ),
)
def check(app: App, run: Run[NoOptions]) -> Iterator[Hit]:
    if not app.needs:
        return
    active = [key for key in run.inventory.keys_of_app(app.name) if key.status == "active"]
    if not active:
        return
    held = {"read_only", *(right for key in active for right in key.permissions)}
    which = "its active key does not hold" if len(active) == 1 else "no active key of it holds"
    for right in dict.fromkeys(app.needs):
        if right not in held:
            yield Hit(
                at=app.origin.at("needs", app.needs.index(right)),
                value=right,
                message=f"app '{app.name}' is declared to need {right}, which {which}",
            )

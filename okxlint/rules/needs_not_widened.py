"""What an app needs and where it connects from must not grow unseen.

`needs` and `egress` are what keys are held against: with one word more there, a key may hold a
right or an address that was an error before. That is a change of what the app is, and whoever
reviews it should look at it as such.

An app is compared with the app of that name at the base. Each permission that `needs` has gained is
found, and each entry of `egress` that does not lie within the one before. To take either away
altogether is found as well: a key is then held to none.

## Bad

```yaml base
version: 1
apps:
  - {name: grid-bot, needs: [read_only], egress: [203.0.113.0/29]}
  - {name: tax-export, needs: [read_only], egress: [192.0.2.1]}
```

```yaml
version: 1
apps:
  - name: tax-export  # expect: needs-not-widened:warning any needs; needs-not-widened:warning any egress
  - name: grid-bot
    needs:
      - read_only
      - trade  # expect: needs-not-widened:warning trade
    egress:
      - 203.0.113.0/29
      - 203.0.113.8  # expect: needs-not-widened:warning 203.0.113.8
```

## Good

```yaml base
version: 1
apps:
  - {name: grid-bot, needs: [read_only, trade], egress: [203.0.113.0/28]}
  - {name: tax-export}
```

```yaml
version: 1
apps:
  - {name: grid-bot, needs: [trade], egress: [203.0.113.0/29, 203.0.113.8]}
  - {name: tax-export, egress: [192.0.2.1]}
  - {name: hedge, needs: [trade], egress: [198.51.100.7]}
```

## Notes

An app without `egress` is held to none, so that its first entry narrows it. An app without `needs`
is not declared to need anything: its first `needs` are found, `read_only` aside, which every key
has. An app that is new, or has a new name, is compared with none. It runs only with `--base`.
"""

from collections.abc import Iterator

from okxlint.inventory import App
from okxlint.rule import Hit, NoOptions, Run, rule
from okxlint.transition import app_before, outside


@rule(
    group="transitions",
    target="app",
    recommended="warning",
    strict="warning",
    security_severity="5.0",
    help="Have whoever answers for the app confirm that it needs this, and why.",
)
def check(app: App, run: Run[NoOptions]) -> Iterator[Hit]:
    old = app_before(app, run)
    if old is None:
        return
    for name in _gone(old, app):
        yield Hit(
            at=app.origin.at(name),
            value=f"any {name}",
            message=f"app '{app.name}' has no '{name}' any more, so that its keys are held to none",
        )
    known = {"read_only", *(old.needs or ())}
    for number, right in enumerate(app.needs or ()):
        if right not in known:
            yield Hit(
                at=app.origin.at("needs", number),
                value=right,
                message=f"app '{app.name}' needs {right}, which it does not at the base",
            )
    for number in outside(app.egress, old.egress) if old.egress else ():
        entry = app.egress[number]
        yield Hit(
            at=app.origin.at("egress", number),
            value=entry.text,
            message=(
                f"entry '{entry.text}' of the egress of app '{app.name}' is outside of what it is "
                "at the base"
            ),
        )


def _gone(old: App, new: App) -> Iterator[str]:
    # An empty list of needs says something: it needs nothing.
    if old.needs is not None and new.needs is None:
        yield "needs"
    if old.egress and not new.egress:
        yield "egress"

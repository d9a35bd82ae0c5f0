"""A retired app must have no keys left.

When a program is switched off its keys stay as they are. Nobody looks after them from then on, while
their secrets still lie in old configurations, backups and images.

Every key that is not revoked and names a retired app is found, demo keys too. A key of several apps
is found once for each retired one among them: the others may well need it, but then it is theirs.

## Bad

```yaml
version: 1
apps:
  - {name: grid-bot, status: retired}
  - {name: arb-bot}
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot  # expect: app-active:error grid-bot
    permissions: [read_only, trade]
  - label: shared-2026q4
    account: gridbot01
    app:
      - arb-bot
      - grid-bot  # expect: app-active:error grid-bot
    permissions: [read_only]
```

## Good

```yaml
version: 1
apps:
  - {name: grid-bot, status: retired}
  - {name: arb-bot, status: active}
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    status: revoked
  - label: arb-2026q4
    account: gridbot01
    app: arb-bot
    permissions: [read_only, trade]
  - label: undeclared-2026q4
    account: gridbot01
    app: not-declared
    permissions: [read_only]
```

## Notes

An app that no manifest declares is no retired app; `references-valid` finds its name.
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="lifecycle",
    target="key",
    recommended="error",
    strict="error",
    security_severity="6.5",
    help=(
        "Delete the key on OKX and set 'status: revoked'. If another app uses it, name that app "
        "in 'app' in place of the retired one."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    for app in dict.fromkeys(run.inventory.apps_of(key)):
        if app.status == "retired":
            yield Hit(
                at=key.origin.at("app", key.app.index(app.name)),
                value=app.name,
                message=(
                    f"key '{key.label}' of account '{key.account}' is a key of the app "
                    f"'{app.name}', which is retired"
                ),
                related=((app.origin.at("status"), f"the app '{app.name}' is retired here"),),
            )

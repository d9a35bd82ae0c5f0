"""A key must hold no permission that none of its apps needs.

What a program never does, its key should not be able to do: whoever steals the key can. The
manifest says under `needs` what an app must be able to do, and each key is held against that.
With several apps on one key, a permission is fine if one of them needs it. `read_only` is never
asked about, because OKX gives it to every key.

A key with `trade` or `withdraw` none of whose apps is declared with `needs` cannot be judged. With
`require_needs` that is a finding too, so that silence is never taken for a pass: a warning, or
whatever `undeclared_needs` says. `needs: []` says that an app needs nothing, and is judged.

## Bad

```yaml
version: 1
apps:
  - name: portfolio-report
    needs: [read_only]
keys:
  - label: report-2026q4
    account: main
    app: portfolio-report
    permissions: [read_only, trade]  # expect: least-privilege:error trade
```

## Bad: more than one permission, more than one app

```yaml
version: 1
apps:
  - {name: price-alert, needs: []}
  - {name: portfolio-report, needs: [read_only]}
  - {name: tax-export}
keys:
  - label: shared
    account: main
    app: [price-alert, portfolio-report, tax-export]
    permissions:
      - trade  # expect: least-privilege:error trade
      - withdraw  # expect: least-privilege:error withdraw
```

## Bad: no app says what it needs

```yaml
version: 1
apps:
  - name: grid-bot
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot  # expect: least-privilege:warning needs
    permissions: [read_only, trade]
  - label: by-hand  # expect: least-privilege:warning needs
    account: main
    permissions: [trade]
```

## Good

```yaml
version: 1
apps:
  - {name: grid-bot, needs: [read_only, trade]}
  - {name: portfolio-report, needs: [read_only]}
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: [grid-bot, portfolio-report]
    permissions: [read_only, trade]
  - label: report-2026q4
    account: main
    permissions: [read_only]
```

## Notes

An app with an error in its own declaration may well need the permission. As long as that error
stands, its keys are among those that cannot be judged.

## Sources

- The three permissions and what they allow: https://www.okx.com/docs-v5/en/#overview-api-key-permissions
"""

from collections.abc import Iterator
from typing import Literal

from okxlint.inventory import App, Key
from okxlint.model import Severity
from okxlint.rule import Hit, RuleOptions, Run, option, rule


class Options(RuleOptions):
    require_needs: bool = option(
        True, "Whether a key that cannot be judged is a finding.", stricter="true"
    )
    undeclared_needs: Literal["warning", "error"] = option(
        "warning", "How severe that finding is at most.", order=("warning", "error")
    )


@rule(
    group="permissions",
    target="key",
    essential=True,
    recommended="error",
    strict="error",
    strict_options={"undeclared_needs": "error"},
    security_severity="8.0",
    options=Options,
    help=(
        "Create a new key on OKX with only what the app needs, switch the app to it, then delete "
        "this one. If the app does need the permission, write it under the app's 'needs'."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    held = [right for right in ("trade", "withdraw") if right in key.permissions]
    if not held:
        return
    judges = [app for app in run.inventory.apps_of(key) if app.needs is not None]
    if judges and not run.inventory.has_broken_app(key):
        needed: set[str] = set()
        for app in judges:
            needed.update(app.needs or ())
        yield from (_unneeded(key, right, judges) for right in held if right not in needed)
    elif run.options.require_needs:
        yield Hit(
            at=key.origin.at("app"),
            value="needs",
            message=(
                f"key '{key.label}' of account '{key.account}' holds {' and '.join(held)}, but "
                f"{_silence(key)}: whether it is needed cannot be judged"
            ),
            help="Declare the key's app, and under its 'needs' what it must be able to do.",
            at_most=Severity.of(run.options.undeclared_needs),
        )


def _unneeded(key: Key, right: str, judges: list[App]) -> Hit:
    names = ", ".join(f"'{app.name}'" for app in judges)
    who = f"its app {names} does not need" if len(judges) == 1 else f"none of {names} needs"
    return Hit(
        at=key.origin.at("permissions", key.permissions.index(right)),
        value=right,
        message=f"key '{key.label}' of account '{key.account}' holds {right}, which {who}",
        related=tuple(
            (app.origin.at("needs"), f"what app '{app.name}' is declared to need") for app in judges
        ),
    )


def _silence(key: Key) -> str:
    if not key.app:
        return "it names no app"
    names = ", ".join(f"'{name}'" for name in dict.fromkeys(key.app))
    if len(key.app) == 1:
        return f"its app {names} is not declared with 'needs'"
    return f"its apps {names} are not rightly declared with 'needs'"

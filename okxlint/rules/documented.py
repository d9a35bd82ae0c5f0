"""A key must say which app uses it, who owns it, what it is for and since when.

When a key leaks or grows old, someone has to decide whether it may be deleted. That is a matter of
minutes if the manifest names the app and its owner, and of days if it does not.

`owner` and `purpose` may stand on the key or on any of its apps, where they are written once for
all keys. One finding names everything that is missing. A planned key has no `created` yet, and a key
bound to a provider by `third_party` belongs to no app of yours; neither is asked for.

## Bad

```yaml
version: 1
keys:
  - label: gridbot-2026q4  # expect: documented:warning app,owner,purpose,created
    account: gridbot01
    permissions: [read_only, trade]
  - label: arb-2026q4  # expect: documented:warning purpose
    account: gridbot01
    app: arb-bot
    owner: quant-desk
    permissions: [read_only, trade]
    created: 2026-10-01
```

## Good

```yaml
version: 1
apps:
  - name: grid-bot
    owner: quant-desk
    purpose: Grid trading on BTC-USDT
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    created: 2026-10-01
  - label: gridbot-2027q1
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    status: planned
  - label: copy-2026q4
    account: main
    permissions: [read_only, trade]
    third_party: 3commas
    owner: treasury
    purpose: Copy trading
    created: 2026-10-01
```

## Good: less is asked for

```yaml
# rules: {documented: {require: [owner]}}
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    owner: quant-desk
    permissions: [read_only, trade]
```

## Notes

A text of blanks alone counts as missing. `app` is there once the key names one; whether that app is
declared is asked by `references-valid`. While an app of the key has a schema error, owner and
purpose are not asked for: the app may well say them. The missing fields are always named in the order app,
owner, purpose, created, whatever the order of `require`.
"""

from collections.abc import Iterator
from typing import Literal

from okxlint.inventory import Inventory, Key
from okxlint.rule import Hit, RuleOptions, Run, option, rule
from okxlint.values import no_others

FIELDS = ("app", "owner", "purpose", "created")
Required = tuple[Literal["app", "owner", "purpose", "created"], ...]


class Options(RuleOptions):
    require: Required = option(FIELDS, "The fields that must be filled in.", stricter="more")


@rule(
    group="inventory",
    target="key",
    recommended="warning",
    strict="error",
    security_severity="3.0",
    options=Options,
    no_worse=no_others,
    help=(
        "Add the missing fields to the key. Write 'owner' and 'purpose' on the app, once for all "
        "of its keys; OKX shows the day of creation."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    missing = _missing(key, run.inventory)
    if missing:
        missing = [name for name in missing if name in run.options.require]
    if missing:
        yield Hit(
            at=key.origin.label,
            value=",".join(missing),
            message=(
                f"key '{key.label}' of account '{key.account}' does not say its "
                f"{', '.join(missing)}"
            ),
        )


def _missing(key: Key, inventory: Inventory) -> list[str]:
    missing = []
    if not (any(map(_filled, key.app)) or _filled(key.third_party)):
        missing.append("app")
    # An app whose own declaration is wrong may well say the rest.
    if not inventory.has_broken_app(key):
        has_owner, has_purpose = _filled(key.owner), _filled(key.purpose)
        for app in inventory.apps_of(key):
            has_owner = has_owner or _filled(app.owner)
            has_purpose = has_purpose or _filled(app.purpose)
        if not has_owner:
            missing.append("owner")
        if not has_purpose:
            missing.append("purpose")
    if key.created is None and key.status != "planned":
        missing.append("created")
    return missing


def _filled(text: str | None) -> bool:
    return bool(text and not text.isspace())

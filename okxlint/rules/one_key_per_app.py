"""A key must serve one app, and an app must have one key.

A key that two apps share has the permissions and addresses of both, and when it leaks, or one of
the apps goes, both have to stop. An app with two keys has twice the secrets to lose, and nobody
remembers which one is in use. One key for one app can be named, judged and deleted by itself.

Each app after the first on a key is found. Then, for each app, so is every active key after the
first of the same account and environment. The first is the one with the earliest `created`, then by
path and line; keys without `created` come last. A successor is let pass while the app is switched
over: when a chain of `replaces` leads from it to the first key, and the rule `rotation-overlap`,
which ends that time, is on.

## Bad: two apps on one key

```yaml
version: 1
keys:
  - label: shared-2026q4
    account: gridbot01
    app: [grid-bot, arb-bot]  # expect: one-key-per-app:error arb-bot
    permissions: [read_only, trade]
```

## Bad: two keys of one app

```yaml
version: 1
keys:
  - label: gridbot-b
    account: gridbot01
    app: grid-bot  # expect: one-key-per-app:error grid-bot
    permissions: [read_only, trade]
    created: 2026-10-15
  - label: gridbot-a
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    created: 2026-10-01
```

## Good

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    created: 2026-10-01
  - label: gridbot-demo
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    environment: demo
  - label: gridbot-2027q1
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    status: planned
  - label: gridbot-eu
    account: gridbot02
    app: grid-bot
    permissions: [read_only, trade]
```

## Good: a rotation under way

```yaml
# rules: {rotation-overlap: error}
version: 1
keys:
  - label: gridbot-2026q3
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    created: 2026-09-01
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    created: 2026-11-20
    replaces: gridbot-2026q3
```

## Notes

An app that a key names twice is one app. The first key itself is never found for being one of two;
which of them is superfluous is yours to say. The chain of `replaces` may go through keys of any
status. `rotation-overlap` has to be on for both keys. An app on two accounts needs a key on each.
"""

from collections.abc import Iterator
from datetime import date

from okxlint.inventory import Inventory, Key
from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="inventory",
    target="key",
    essential=True,
    recommended="error",
    strict="error",
    security_severity="6.0",
    help=(
        "Create a key of its own on OKX for each app, switch the app to it, and delete the key "
        "that is left over. If the key is the successor of the other one, say so in 'replaces'."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    keys = run.join(_Keys)
    for index, app in enumerate(key.app):
        if index and app in key.app[:index]:
            continue
        problems = []
        if index:
            problems.append(f"serves '{app}' besides '{key.app[0]}'")
        first = keys.first(key, app)
        if first is not key and not _rotates(key, first, run):
            problems.append(
                f"is one more active {key.environment} key of '{app}', which has '{first.label}'"
            )
        if problems:
            yield Hit(
                at=key.origin.at("app", index),
                value=app,
                message=f"key '{key.label}' of account '{key.account}' {' and '.join(problems)}",
                related=(
                    ((first.origin.label, f"the first key of '{app}'"),) if first is not key else ()
                ),
            )


def _rotates(key: Key, first: Key, run: Run[NoOptions]) -> bool:
    """Whether a key is a successor of the first, for as long as ``rotation-overlap`` lets it."""
    on = all(run.setting("rotation-overlap", each).severity for each in (key, first))
    return on and run.join(_Keys).leads(key, first)


class _Keys:
    """The first active key of each app, account and environment, and what replaces lead to it."""

    def __init__(self, inventory: Inventory) -> None:
        self._key = inventory.key
        self._first: dict[tuple[str, str, str], Key] = {}
        self._leads: dict[int, dict[int, bool]] = {}
        active = [key for key in inventory.keys if key.status == "active"]
        # Keys of one day, and those without a day, stay in the order of paths and lines.
        for key in sorted(active, key=lambda key: (key.created is None, key.created or date.max)):
            for app in key.app:
                self._first.setdefault((app, key.account, key.environment), key)

    def first(self, key: Key, app: str) -> Key:
        """The first active key for the same; a key that is not active stands for itself."""
        if key.status != "active":
            return key
        return self._first[app, key.account, key.environment]

    def leads(self, key: Key, first: Key) -> bool:
        """Whether a chain of ``replaces`` leads from one key to the other."""
        known = self._leads.setdefault(id(first), {id(first): True})
        passed = []
        step: Key | None = key
        while step is not None and id(step) not in known:
            known[id(step)] = False  # ends a chain that runs in a circle
            passed.append(step)
            step = self._key(step.account, step.replaces) if step.replaces else None
        leads = step is not None and known[id(step)]
        known.update((id(each), leads) for each in passed)
        return leads

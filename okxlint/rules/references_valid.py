"""What a key or account refers to must be declared.

A rule can judge a key only by what it knows of its account and app. A mistyped name takes the key
out of their sight: an app that is not declared has no owner, needs nothing and connects from
nowhere, and an account that is not declared has no limit.

A key's `account` is looked up once any account is declared, its `app` once any app is, so that a
first manifest may be of keys alone. An account's `parent` is always looked up. A `replaces` that
names no key of the same account is told as an info: the old key may have gone before it was ever
declared.

## Bad

```yaml
version: 1
accounts:
  - {name: main, type: master}
  - {name: gridbot01, type: sub, parent: mian}  # expect: references-valid:error mian
apps:
  - name: grid-bot
keys:
  - label: gridbot-2026q4
    account: gridbot1  # expect: references-valid:error gridbot1
    app: [grid-bot, gridbot]  # expect: references-valid:error gridbot
    permissions: [read_only, trade]
  - label: arb-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    replaces: arb-2026q3  # expect: references-valid:info arb-2026q3
```

## Good

```yaml
version: 1
accounts:
  - {name: main, type: master}
  - {name: gridbot01, type: sub, parent: main}
keys:
  - label: gridbot-2026q3
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    status: revoked
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    replaces: gridbot-2026q3
```

## Notes

The name of an object with a schema error counts as declared. Names are compared as written, case
included. A `parent` that is declared as a sub-account is not asked about. A name that was meant is
guessed only for the first wrong ones of a large inventory, since guessing takes time.
"""

from collections.abc import Collection, Iterator

from okxlint.inventory import Account, AnyAccount, Inventory, Key
from okxlint.model import Severity
from okxlint.rule import Hit, NoOptions, Run, rule
from okxlint.suggest import did_you_mean


@rule(
    group="inventory",
    target=("key", "account"),
    recommended="error",
    strict="error",
    security_severity="4.5",
    help="Correct the name, or declare what it names.",
)
def check(target: Key | AnyAccount, run: Run[NoOptions]) -> Iterator[Hit]:
    if isinstance(target, Key):
        return _key(target, run)
    return _account(target, run) if isinstance(target, Account) else iter(())


def _key(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    accounts, apps = run.inventory.account_names, run.inventory.app_names
    if accounts and key.account not in accounts:
        yield Hit(
            at=key.origin.at("account"),
            value=key.account,
            message=(
                f"the account '{key.account}' of key '{key.label}' is not declared"
                f"{run.join(_Guesses).of('account', key.account, accounts)}"
            ),
        )
    for index, app in enumerate(key.app):
        if apps and app not in apps:
            yield Hit(
                at=key.origin.at("app", index),
                value=app,
                message=(
                    f"the app '{app}' of key '{key.label}' of account '{key.account}' "
                    f"is not declared{run.join(_Guesses).of('app', app, apps)}"
                ),
            )
    if key.replaces is not None and (key.account, key.replaces) not in run.inventory.key_names:
        yield Hit(
            at=key.origin.at("replaces"),
            value=key.replaces,
            message=(
                f"account '{key.account}' has no key '{key.replaces}' for key '{key.label}' "
                f"to replace{run.join(_Guesses).label(key)}"
            ),
            help="Correct the label, or keep the old key in the manifest as 'status: revoked'.",
            at_most=Severity.INFO,
        )


def _account(account: Account, run: Run[NoOptions]) -> Iterator[Hit]:
    names = run.inventory.account_names
    if account.parent is not None and account.parent not in names:
        yield Hit(
            at=account.origin.at("parent"),
            value=account.parent,
            message=(
                f"the parent '{account.parent}' of account '{account.name}' is not declared"
                f"{run.join(_Guesses).of('account', account.parent, names)}"
            ),
        )


class _Guesses:
    """Guesses what a name was meant to be, until that has taken long enough."""

    def __init__(self, inventory: Inventory) -> None:
        self._keys_of_account = inventory.keys_of_account
        self._comparisons_left = 20_000
        self._made: dict[tuple[str, str], str] = {}

    def of(self, kind: str, name: str, choices: Collection[str]) -> str:
        """``; did you mean 'x'?`` or nothing, for a name of an account or app."""
        if (kind, name) not in self._made:
            may = self._may(len(choices))
            self._made[kind, name] = did_you_mean(name, sorted(choices)) if may else ""
        return self._made[kind, name]

    def label(self, key: Key) -> str:
        """``; did you mean 'x'?`` or nothing, for what a key replaces: any key but itself."""
        keys = self._keys_of_account(key.account)
        if not self._may(len(keys)):
            return ""
        others = {other.label for other in keys} - {key.label}
        return did_you_mean(key.replaces or "", sorted(others))

    def _may(self, comparisons: int) -> bool:
        if comparisons > self._comparisons_left:
            return False
        self._comparisons_left -= comparisons
        return True

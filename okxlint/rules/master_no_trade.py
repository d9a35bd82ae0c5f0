"""A live key of a master account with sub-accounts must not be able to trade.

On a master account, `trade` is more than placing orders. With it, a key creates and deletes the
keys of every sub-account and moves funds between them, so all the walls that the sub-accounts were
made for fall with this one key. Let bots trade on sub-accounts, and let the master's keys read.

OKX lets only a key that is bound to addresses manage other keys, but asks nothing of the kind for
transfers. A master account that no declared sub-account names as its `parent` has no such walls,
and is not judged. Neither is a demo key.

## Bad

```yaml
version: 1
accounts:
  - {name: main, type: master}
  - {name: gridbot01, type: sub, parent: main}
keys:
  - label: hedge-2026q4
    account: main
    permissions: [read_only, trade]  # expect: master-no-trade:warning trade
    ip_allowlist: [203.0.113.7]
```

## Good

```yaml
version: 1
accounts:
  - {name: main, type: master}
  - {name: gridbot01, type: sub, parent: main}
  - {name: solo, type: master}
keys:
  - {label: audit-2026q4, account: main, permissions: [read_only]}
  - {label: sandbox, account: main, permissions: [trade], environment: demo}
  - {label: gridbot-2026q4, account: gridbot01, permissions: [read_only, trade]}
  - {label: solo-2026q4, account: solo, permissions: [read_only, trade]}
```

## Sources

- Keys of sub-accounts are created by a key of the master account, bound to addresses: https://www.okx.com/docs-v5/en/#sub-account-rest-api-create-an-api-key-for-a-sub-account
- They are deleted in the same way: https://www.okx.com/docs-v5/en/#sub-account-rest-api-delete-the-api-key-of-sub-accounts
- The master account moves funds between sub-accounts: https://www.okx.com/docs-v5/en/#sub-account-rest-api-master-accounts-manage-the-transfers-between-sub-accounts
"""

from collections.abc import Iterator

from okxlint.inventory import Account, Inventory, Key
from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="permissions",
    target="key",
    recommended="warning",
    strict="error",
    security_severity="8.2",
    environments=("live",),
    help=(
        "Create a key on a sub-account of its own for what trades here, switch the app to it, then "
        "delete this one. A job that only reads gets a key without 'Trade'."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    if "trade" not in key.permissions:
        return
    subs = run.join(_subs_by_parent).get(key.account)
    account = run.inventory.account(key.account) if subs else None
    if subs and account and account.type == "master":
        count = f"{len(subs)} sub-account{'s' if len(subs) > 1 else ''}"
        yield Hit(
            at=key.origin.at("permissions", key.permissions.index("trade")),
            value="trade",
            message=(
                f"key '{key.label}' can trade on the master account '{key.account}', and so create "
                f"and delete the keys of its {count} and move their funds"
            ),
            related=((subs[0].origin.at("parent"), f"'{subs[0].name}' belongs to this account"),),
        )


def _subs_by_parent(inventory: Inventory) -> dict[str, list[Account]]:
    """The declared sub-accounts by the name of their master account."""
    subs: dict[str, list[Account]] = {}
    for account in inventory.accounts:
        if account.type == "sub" and account.parent:
            subs.setdefault(account.parent, []).append(account)
    return subs

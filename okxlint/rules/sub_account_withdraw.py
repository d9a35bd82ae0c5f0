"""A key of a sub-account must not claim to withdraw: OKX gives no such key.

Withdrawing is for the master account, so a key like this cannot exist. Either the manifest is wrong
about the permission, and reviews are held on a fiction, or it is wrong about the account, and the
key that withdraws belongs to the master. Look at the key on OKX before you edit the manifest. A key
whose account is not declared is not judged here.

## Bad

```yaml
version: 1
accounts:
  - {name: main, type: master}
  - {name: gridbot01, type: sub, parent: main}
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, withdraw]  # expect: sub-account-withdraw:error withdraw
```

## Good

```yaml
version: 1
accounts:
  - {name: main, type: master}
  - {name: gridbot01, type: sub, parent: main}
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
  - label: treasury-2026q4
    account: main
    permissions: [read_only, withdraw]
```

## Sources

- Keys of sub-accounts are created with read and trade only: https://www.okx.com/docs-v5/en/#sub-account-rest-api-create-an-api-key-for-a-sub-account
- Error 59504, sub-accounts do not support withdrawals: https://www.okx.com/docs-v5/en/#error-code-rest-api
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="permissions",
    target="key",
    recommended="error",
    strict="error",
    security_severity="6.0",
    help=(
        "Look at the key on OKX: correct 'permissions' if it cannot withdraw, or 'account' if it "
        "belongs to the master account."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    if "withdraw" not in key.permissions:
        return
    account = run.inventory.account(key.account)
    if account and account.type == "sub":
        yield Hit(
            at=key.origin.at("permissions", key.permissions.index("withdraw")),
            value="withdraw",
            message=(
                f"key '{key.label}' is declared to withdraw, but its account '{key.account}' is a "
                "sub-account, and OKX gives those no such key"
            ),
            related=((account.origin.at("type"), f"'{account.name}' is declared a sub-account"),),
        )

"""A key that can withdraw must not be able to trade as well.

A key with both permissions turns everything into one coin and sends it away, without another
person or program taking part. If a treasury job really has to withdraw, its key does that alone:
it moves what another key has sold, and its program places no orders. The finding is at `trade`,
the permission to drop first; `no-withdraw` judges `withdraw` itself.

## Bad

```yaml
version: 1
keys:
  - label: treasury-2026q4
    account: main
    permissions: [read_only, withdraw, trade]  # expect: withdraw-isolated:error trade
```

## Good

```yaml
version: 1
keys:
  - label: treasury-2026q4
    account: main
    permissions: [read_only, withdraw]
  - label: hedge-2026q4
    account: main
    permissions: [read_only, trade]
  - label: treasury-2025q1
    account: main
    permissions: [trade, withdraw]
    status: revoked
```
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="permissions",
    target="key",
    recommended="error",
    strict="error",
    security_severity="9.2",
    help=(
        "Create two keys on OKX, one that trades and one that withdraws, give each to its own app, "
        "then delete this one."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    if "withdraw" in key.permissions and "trade" in key.permissions:
        yield Hit(
            at=key.origin.at("permissions", key.permissions.index("trade")),
            value="trade",
            message=(
                f"key '{key.label}' of account '{key.account}' can both trade and withdraw funds"
            ),
        )

"""A key must not be able to withdraw funds.

Whoever holds a key with `withdraw` and reaches an address that the account has verified can empty
it, and no bot needs the right to trade. Funds leave by hand, on the website, with a second factor.
If one key really has to withdraw, give it a waiver with a last day, alone on its account.

## Bad

```yaml
version: 1
keys:
  - label: treasury-2026q4
    account: main
    permissions: [read_only, withdraw]  # expect: no-withdraw:error withdraw
  - label: hedge-2026q4
    account: main
    permissions:
      - trade
      - withdraw  # expect: no-withdraw:error withdraw
```

## Good

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
  - label: treasury-2025q1
    account: main
    permissions: [withdraw]
    status: revoked
```

## Sources

- Withdrawals by API go to verified addresses only: https://www.okx.com/docs-v5/en/#funding-account-rest-api-withdrawal
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="permissions",
    target="key",
    essential=True,
    recommended="error",
    strict="error",
    security_severity="9.5",
    help=(
        "Create a new key on OKX without 'Withdraw', switch the app to it, then delete this one. "
        "If this key has to withdraw, ask for a waiver with a last day."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    if "withdraw" in key.permissions:
        yield Hit(
            at=key.origin.at("permissions", key.permissions.index("withdraw")),
            value="withdraw",
            message=f"key '{key.label}' of account '{key.account}' can withdraw funds",
        )

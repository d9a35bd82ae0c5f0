"""An account must stay within its number of keys.

OKX lets an account have 50 keys. With none free, a key cannot be rotated in peace: the old one has
to go before the new one exists, and so does whatever runs on it. So many keys on one account also
say that too much runs there.

Live and demo keys of an account are counted apart. Every key that is not revoked counts: planned
ones, which will need a place, and retired and compromised ones, which still hold theirs. From
`warn_at` keys on it is a warning, above `max_keys` it fails. There is one finding, at the newest key:
by `created`, then by path and line; a key without `created` is taken as the newest.

## Bad

```yaml
# rules: {key-limit: {max_keys: 2}}
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade], created: 2026-10-01}
  - {label: arb-2026q4, account: gridbot01, permissions: [trade], created: 2026-11-02}  # expect: key-limit:error 3
  - {label: hedge-2026q4, account: gridbot01, permissions: [trade], created: 2026-10-15}
```

## Boundary

```yaml
# rules: {key-limit: {max_keys: 3, warn_at: 2}}
version: 1
keys:
  - {label: a1, account: four-keys, permissions: [trade]}
  - {label: a2, account: four-keys, permissions: [trade]}
  - {label: a3, account: four-keys, permissions: [trade]}
  - {label: a4, account: four-keys, permissions: [trade], status: planned}  # expect: key-limit:error 4
  - {label: b1, account: three-keys, permissions: [trade]}
  - {label: b2, account: three-keys, permissions: [trade]}
  - {label: b3, account: three-keys, permissions: [trade]}  # expect: key-limit:warning 3
  - {label: c1, account: two-keys, permissions: [trade]}
  - {label: c2, account: two-keys, permissions: [trade], status: retired}  # expect: key-limit:warning 2
  - {label: d1, account: one-key, permissions: [trade]}
  - {label: d2, account: one-key, permissions: [trade], environment: demo}
  - {label: d3, account: one-key, permissions: [trade], status: revoked}
```

## Good

```yaml
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade], created: 2026-10-01}
  - {label: arb-2026q4, account: gridbot01, permissions: [trade], created: 2026-10-01}
```

## Notes

OKX says "each account" and leaves open whether a sub-account is one; here each account, master or
sub, is counted for itself, and each environment too. A `max_keys` above 50 promises more than OKX
gives. A key with a schema error is counted as well, since it is most likely there; one without a
readable `environment` counts as live. If an account has only such keys, the finding is at the
account's `name`; if the account is not declared either, there is no place to point at and only
the schema errors are told.

## Sources

- Error 59501, each account can create up to 50 API keys: https://www.okx.com/docs-v5/en/#error-code-rest-api-account
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from okxlint.inventory import AnyAccount, Inventory, Key
from okxlint.model import CURRENT, Severity
from okxlint.rule import ALL_ENVIRONMENTS, Count, Hit, Positive, RuleOptions, Run, option, rule
from okxlint.values import no_more


class Options(RuleOptions):
    max_keys: Count = option(
        50, "The greatest number of keys of an account and environment.", stricter="lower"
    )
    warn_at: Positive = option(45, "The number of keys from which it warns.", stricter="lower")


@rule(
    group="inventory",
    target="account",
    essential=True,
    recommended="error",
    strict="error",
    security_severity="3.5",
    options=Options,
    no_worse=no_more,
    help=(
        "Delete keys on OKX that are out of use and set them to 'status: revoked', or give an app "
        "a sub-account of its own."
    ),
)
def check(account: AnyAccount, run: Run[Options]) -> Iterator[Hit]:
    most = run.options.max_keys
    for environment in ALL_ENVIRONMENTS:
        keys = current_keys(account, environment, run.inventory)
        count = len(keys) + uncounted(account, environment, run)
        if count <= most and count < run.options.warn_at:
            continue
        newest = max(keys, key=lambda key: key.age_order, default=account)
        if newest.origin is None:
            continue
        plural = "s" if count != 1 else ""
        limit = f"more than the {most} allowed" if count > most else f"of {most} allowed"
        yield Hit(
            at=newest.origin.label,
            value=str(count),
            message=f"account '{account.name}' has {count} {environment} key{plural}, {limit}",
            at_most=Severity.ERROR if count > most else Severity.WARNING,
        )


def current_keys(account: AnyAccount, environment: str, inventory: Inventory) -> list[Key]:
    """The keys of an account and environment that are, or will be, on OKX."""
    return [
        key
        for key in inventory.keys_of_account(account.name)
        if key.environment == environment and key.status in CURRENT
    ]


def uncounted(account: AnyAccount, environment: str, run: Run[Any]) -> int:
    """How many keys of an account and environment have a schema error and are not revoked."""
    return run.join(_broken)[account.name, environment]


def _broken(inventory: Inventory) -> Counter[tuple[str, str]]:
    return Counter(
        (item.account, "demo" if item.environment == "demo" else "live")
        for item in inventory.broken
        if item.kind == "key" and item.status != "revoked"
    )

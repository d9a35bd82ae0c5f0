"""A key must have a label that no other key of its account has.

The label is how a person finds the key on the website of OKX, and how a waiver, a rotation and the
comparison with OKX name it here. With two keys of one label, each of them may mean the wrong one.
OKX itself refuses a second key of one name on an account, so one of the two declarations is wrong:
a copy that was not finished, or a key that was deleted and is not marked as revoked.

A current key is found when a current key before it, by path and line, has its account and label.
Revoked keys do not count: their labels may be used again.

## Bad

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
  - label: gridbot-2026q4  # expect: unique-label:error gridbot-2026q4
    account: gridbot01
    permissions: [read_only]
```

## Good

```yaml
version: 1
keys:
  - label: gridbot
    account: gridbot01
    permissions: [read_only, trade]
    status: revoked
  - label: gridbot
    account: gridbot01
    permissions: [read_only, trade]
  - label: gridbot
    account: gridbot02
    permissions: [read_only, trade]
```

## Notes

Labels that differ in case alone are two labels, as they are on OKX. Each key after the first is
found, and its finding names the first.

## Sources

- Error 59502, this note name already exists: https://www.okx.com/docs-v5/en/#error-code-rest-api
- The label is case sensitive: https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-account-configuration
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="inventory",
    target="key",
    recommended="error",
    strict="error",
    security_severity="4.0",
    help=(
        "Look at the keys of this account on OKX and give each declaration the name of its key. "
        "Set a key that is no longer there to 'status: revoked'."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    first = run.inventory.key(key.account, key.label)
    if first is not None and first is not key:
        yield Hit(
            at=key.origin.label,
            value=key.label,
            message=f"account '{key.account}' has a key '{key.label}' already",
            related=((first.origin.label, "the first key of this label"),),
        )

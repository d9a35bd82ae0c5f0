"""A key's permissions must not be edited: rights grow by a new key.

Whoever can edit a manifest could give a key that runs for months already a right that nobody
thought of when it was made, and everything that has the old secret has the new right. A new key
has a secret of its own, an age of its own and an owner who asked for it.

A key is compared with the same key of the base: that with its account and label, unless both
`created` and `key_id` differ. Each permission that it gains is a finding. One that it loses is told
as info: is it edited on OKX too?

## Bad

```yaml base
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [read_only, trade]}
  - {label: export-2026, account: main, permissions: [read_only, trade]}
```

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions:
      - trade
      - withdraw  # expect: permissions-unchanged:error read_only,trade -> read_only,trade,withdraw
  - label: export-2026
    account: main
    permissions: [read_only]  # expect: permissions-unchanged:info read_only,trade -> read_only
```

## Good

```yaml base
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade]}
  - {label: hedge, account: main, permissions: [trade], created: 2026-07-01, key_id: 7a031a2b}
```

```yaml
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [read_only, trade]}
  - {label: payout-2026q4, account: main, permissions: [withdraw]}
  - {label: hedge, account: main, permissions: [withdraw], created: 2026-11-20, key_id: 0c55d1e0}
```

## Notes

The value is `old -> new`, both with the implied `read_only`. A key that is revoked in the base and
current again is compared as well. It runs only with `--base`.

## Sources

- A key's name and permissions can be edited on OKX: https://www.okx.com/help/api-faq
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.model import Severity
from okxlint.rule import Hit, NoOptions, Run, rule
from okxlint.transition import before


@rule(
    group="transitions",
    target="key",
    recommended="error",
    strict="error",
    security_severity="9.0",
    help=(
        "Declare a new key with the permissions that are needed, make it on OKX, switch the app "
        "to it, and delete the old one."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    old = before(key, run)
    if old is None or old.rights == key.rights:
        return
    name = f"key '{key.label}' of account '{key.account}'"
    value = f"{old.rights_text} -> {key.rights_text}"
    gained = sorted(key.rights - old.rights)
    for right in gained:
        yield Hit(
            at=key.origin.at("permissions", key.permissions.index(right)),
            value=value,
            message=f"{name} gains {right}, which it does not have at the base",
        )
    lost = sorted(old.rights - key.rights)
    if lost:
        yield Hit(
            at=key.origin.name_of("permissions"),
            value=value,
            message=f"{name} loses {' and '.join(lost)}, which it has at the base",
            help="Edit the key on OKX too: a manifest changes nothing there.",
            at_most=Severity.INFO,
        )

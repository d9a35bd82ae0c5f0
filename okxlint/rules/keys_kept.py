"""A key must not vanish from the manifests: a deleted one stays as revoked.

A key that nobody declares any more may well be alive on OKX, and no rule looks at it. The record of
a deleted key also tells an auditor when it went. So a key that is current at the base is there
after a change too, whatever its status.

Renaming a key, moving it to another account and taking its file out of `manifests` are the same:
what was there under this account and label is not there any more. So is a key made anew under an
old label, which shows by another `created` and another `key_id`: the old key is kept beside it, as
revoked. And a key that was on OKX does not become `planned` again, where hardly a rule looks at it.

## Bad

```yaml base
version: 1
accounts:
  - {name: main, type: master}
keys:
  - {label: treasury-2026q3, account: main, permissions: [withdraw]}
  - {label: treasury-2026q4, account: main, permissions: [withdraw]}
```

```yaml
version: 1
accounts:
  - {name: main, type: master}  # expect: keys-kept:error treasury-2026q3
keys:
  - {label: treasury-2026q4, account: main, permissions: [withdraw]}
```

```yaml base
version: 1
keys:
  - {label: hedge, account: main, permissions: [trade], created: 2026-07-01, key_id: 7a031a2b}
  - {label: arb-2026q4, account: main, permissions: [trade], created: 2026-10-01}
```

```yaml
version: 1
keys:
  - label: hedge
    account: main
    permissions: [trade]
    created: 2026-11-20
    key_id: 0c55d1e0  # expect: keys-kept:error hedge
  - label: arb-2026q4
    account: main
    permissions: [trade]
    status: planned  # expect: keys-kept:error arb-2026q4
```

## Good

```yaml base
version: 1
keys:
  - {label: treasury-2026q3, account: main, permissions: [withdraw]}
  - {label: treasury-2026q2, account: main, permissions: [withdraw], status: revoked}
  - {label: hedge, account: main, permissions: [trade], created: 2026-07-01, key_id: 7a031a2b}
```

```yaml
version: 1
keys:
  - {label: treasury-2026q3, account: main, permissions: [withdraw], status: revoked}
  - {label: hedge, account: main, permissions: [trade], created: 2026-07-01, key_id: 7a031a2b, status: revoked}
  - {label: hedge, account: main, permissions: [trade], created: 2026-11-20, key_id: 0c55d1e0}
```

## Notes

The finding is at the account's `name`. If the account is not declared, it is at the account's first
key, else at line 1 of the policy file. A key made anew is found at its `key_id`, and one that is
planned again at its `status`. A key with a schema error still counts as declared, on both sides. It
runs only with `--base`.

## Sources

- Only keys without bound addresses end by themselves, after 14 idle days: https://www.okx.com/docs-v5/en/#overview-api-key-security
"""

from collections.abc import Iterator

from okxlint.documents.source import Source
from okxlint.inventory import AnyAccount, Broken, Inventory, Key
from okxlint.model import CURRENT
from okxlint.origin import Place
from okxlint.rule import Hit, NoOptions, Run, rule
from okxlint.transition import made_anew, place_of_account


@rule(
    group="transitions",
    target="account",
    recommended="error",
    strict="error",
    security_severity="6.0",
    help=(
        "Declare the key again. If it is deleted on OKX, keep it with 'status: revoked'; if it has "
        "another name now, declare the new one besides."
    ),
)
def check(account: AnyAccount, run: Run[NoOptions]) -> Iterator[Hit]:
    if run.base is None:
        return
    broken = {item.name for item in _broken(account.name, run.inventory)}
    lost: dict[str, Hit] = {}
    for key in run.base.keys_of_account(account.name):
        hit = _lost(key, run) if key.status in CURRENT and key.label not in broken else None
        if hit:
            lost.setdefault(key.label, hit)
    for item in _broken(account.name, run.base):
        if item.status in CURRENT and (account.name, item.name) not in run.inventory.key_names:
            lost.setdefault(item.name, _gone(account.name, item.name, run))
    yield from (lost[label] for label in sorted(lost))


def _lost(old: Key, run: Run[NoOptions]) -> Hit | None:
    """What is wrong if no key of the head is a key of the base; ``None`` if one is."""
    named = run.inventory.keys_named(old.account, old.label)
    if not named:
        return _gone(old.account, old.label, run, old)
    same = [key for key in named if not made_anew(old, key)]
    if not same:
        return Hit(
            at=named[0].origin.at("key_id"),
            value=old.label,
            message=(
                f"key '{old.label}' of account '{old.account}' is current at the base, and what "
                "has its name now was made anew"
            ),
            help=(
                "Keep the old key beside the new one, with 'status: revoked' once it is deleted on "
                "OKX, or give the new one a label of its own."
            ),
        )
    if old.status == "planned" or any(key.status != "planned" for key in same):
        return None
    return Hit(
        at=same[0].origin.at("status"),
        value=old.label,
        message=(
            f"key '{old.label}' of account '{old.account}' is {old.status} at the base, and is "
            "declared as planned, as if it were not on OKX yet"
        ),
        help="Leave its status as it is, or set it to 'revoked' once it is deleted on OKX.",
    )


def _gone(account: str, label: str, run: Run[NoOptions], old: Key | None = None) -> Hit:
    related: tuple[tuple[Place, str], ...] = ()
    if old:
        # Its file may be there still, and then the line is another one.
        place = old.origin.label.location
        where = Place(Source(place.path, ""), 0, 0)
        related = ((where, f"at the base it is here, on line {place.line}"),)
    return Hit(
        at=place_of_account(account, label, run),
        value=label,
        message=(
            f"key '{label}' of account '{account}' is current at the base, and no manifest has it "
            "any more"
        ),
        related=related,
    )


def _broken(account: str, inventory: Inventory) -> Iterator[Broken]:
    """An account's keys that have a schema error, and a label."""
    for item in inventory.broken:
        if item.kind == "key" and item.account == account and item.name:
            yield item

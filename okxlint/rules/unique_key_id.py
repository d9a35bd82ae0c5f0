"""A key must be declared once, so no two keys may have one id.

Two declarations with the same `key_id` are one and the same key. It then has two labels, two owners
and two sets of permissions, and at most one of them is true. Mostly a key was copied to begin the
next one and its `key_id` was left as it was.

A current key is found when its `key_id` agrees with that of a current key before it, by path and
line, on all digits that both have: `7a031a2b` and `90e27a031a2b` are one key, `90e27a031a2b` and
`51bb7a031a2b` are two. Ids of fewer than eight digits are not compared, since two keys may well
share so few.

## Bad

```yaml
version: 1
keys:
  - label: gridbot-2026q3
    account: gridbot01
    permissions: [read_only, trade]
    key_id: 7a031a2b
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    key_id: 90E27A031A2B  # expect: unique-key-id:error 7a031a2b
```

## Boundary

```yaml
version: 1
keys:
  - {label: a1, account: main, permissions: [trade], key_id: 7a031a2b}
  - {label: a2, account: main, permissions: [trade], key_id: 7a031a2b}  # expect: unique-key-id:error 7a031a2b
  - {label: b1, account: main, permissions: [trade], key_id: a031a2c}
  - {label: b2, account: main, permissions: [trade], key_id: a031a2c}
```

## Good

```yaml
version: 1
keys:
  - label: gridbot-2026q3
    account: gridbot01
    permissions: [read_only, trade]
    key_id: 7a031a2b
    status: revoked
  - label: gridbot-renamed
    account: gridbot01
    permissions: [read_only, trade]
    key_id: 7a031a2b
  - label: arb-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    key_id: 7a031a2c
```

## Notes

Case and the dashes of a whole UUID do not count. The value is the last eight digits in lower case.
Keys of different accounts and environments are compared too: an id is given once.
"""

from collections.abc import Iterator

from okxlint.inventory import Inventory, Key
from okxlint.model import CURRENT
from okxlint.rule import Hit, NoOptions, Run, rule

_SHORTEST = 8
"""Digits of an id that is compared; a shorter one says too little."""


@rule(
    group="inventory",
    target="key",
    recommended="error",
    strict="error",
    security_severity="4.0",
    help=(
        "Compare the ids with those that OKX shows for these keys and correct the wrong one. If "
        "it is one key, remove the declaration that is not true."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    digits = _digits(key)
    if len(digits) < _SHORTEST:
        return
    first = run.join(_Ids).first(digits)
    if first is not key:
        yield Hit(
            at=key.origin.at("key_id"),
            value=digits[-8:],
            message=(
                f"key '{key.label}' of account '{key.account}' has the id of key '{first.label}' "
                f"of account '{first.account}' (…{digits[-8:]})"
            ),
            related=((first.origin.at("key_id"), "the first key of this id"),),
        )


class _Ids:
    """The current keys by the ends of their ids, each with its number in the inventory's order."""

    def __init__(self, inventory: Inventory) -> None:
        self._whole: dict[str, tuple[int, Key]] = {}
        self._ends: dict[str, tuple[int, Key]] = {}
        for number, key in enumerate(inventory.keys):
            digits = _digits(key)
            if key.status in CURRENT and len(digits) >= _SHORTEST:
                self._whole.setdefault(digits, (number, key))
        # Ends of other lengths than an id in the inventory has are never asked for.
        self._lengths = sorted({len(digits) for digits in self._whole})
        for digits, found in self._whole.items():
            for end in self._ends_of(digits):
                self._ends.setdefault(end, found)

    def first(self, digits: str) -> Key:
        """The first key whose id agrees with one that is in the inventory itself."""
        # A longer id agrees if it ends in these digits, a shorter one if these end in it.
        shorter = (self._whole[end] for end in self._ends_of(digits) if end in self._whole)
        return min(self._ends[digits], *shorter, key=lambda found: found[0])[1]

    def _ends_of(self, digits: str) -> list[str]:
        return [digits[-length:] for length in self._lengths if length <= len(digits)]


def _digits(key: Key) -> str:
    return (key.key_id or "").replace("-", "").lower()

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
    first = run.join(_first_of_id).get(key.key_id or "", key)
    if first is not key:
        last = _digits(key)[-8:]
        yield Hit(
            at=key.origin.at("key_id"),
            value=last,
            message=(
                f"key '{key.label}' of account '{key.account}' has the id of key '{first.label}' "
                f"of account '{first.account}' (…{last})"
            ),
            related=((first.origin.at("key_id"), "the first key of this id"),),
        )


def _first_of_id(inventory: Inventory) -> dict[str, Key]:
    """By a current key's id, as written: the first such key whose id agrees with it."""
    digits_of: dict[str, str] = {}
    whole: dict[str, tuple[int, Key]] = {}
    for number, key in enumerate(inventory.keys):
        if key.key_id and key.status in CURRENT:
            digits = digits_of[key.key_id] = _digits(key)
            if len(digits) >= _SHORTEST:
                whole.setdefault(digits, (number, key))
    first = _first_of_digits(whole)
    return {written: first[digits] for written, digits in digits_of.items() if digits in first}


def _first_of_digits(whole: dict[str, tuple[int, Key]]) -> dict[str, Key]:
    """By their digits, each with a number in the inventory's order: the first key that agrees."""
    # Ends of other lengths than an id in the inventory has are never asked for.
    lengths = sorted({len(digits) for digits in whole})
    if len(lengths) == 1:
        return {digits: key for digits, (_, key) in whole.items()}
    ends = {
        digits: [digits[-length:] for length in lengths if length <= len(digits)]
        for digits in whole
    }
    longer: dict[str, tuple[int, Key]] = {}
    for digits, found in whole.items():
        for end in ends[digits]:
            longer.setdefault(end, found)
    # A longer id agrees if it ends in these digits, a shorter one if these end in it.
    return {
        digits: min(
            longer[digits],
            *(whole[end] for end in ends[digits] if end in whole),
            key=lambda found: found[0],
        )[1]
        for digits in whole
    }


def _digits(key: Key) -> str:
    return (key.key_id or "").replace("-", "").lower()

"""A key's day of creation must not move: it would be younger than it is.

A date is easily changed, and with it a key that should have gone passes for a new one. A key that
was really made anew under an old label has another `key_id`, and that shows it.

A key is compared with the same key of the base: that with its account and label, unless both
`created` and `key_id` differ. A `created` that is later, or that is not there any more, is found.

## Bad

```yaml base
version: 1
keys:
  - {label: gridbot-2026q2, account: gridbot01, permissions: [trade], created: 2026-06-01, key_id: 7a031a2b}
  - {label: arb-2026q2, account: gridbot01, permissions: [trade], created: 2026-06-01}
```

```yaml
version: 1
keys:
  - label: gridbot-2026q2
    account: gridbot01
    permissions: [trade]
    created: 2026-06-02  # expect: created-unchanged:error 2026-06-01 -> 2026-06-02
    key_id: 7a031a2b
  - label: arb-2026q2  # expect: created-unchanged:error 2026-06-01 -> missing
    account: gridbot01
    permissions: [trade]
```

## Good

```yaml base
version: 1
keys:
  - {label: gridbot, account: gridbot01, permissions: [trade], created: 2026-06-01, key_id: 7a031a2b}
  - {label: arb, account: gridbot01, permissions: [trade], created: 2026-06-01}
  - {label: hedge, account: gridbot01, permissions: [trade]}
```

```yaml
version: 1
keys:
  - {label: gridbot, account: gridbot01, permissions: [trade], created: 2026-11-20, key_id: 0c55d1e0}
  - {label: arb, account: gridbot01, permissions: [trade], created: 2026-05-31}
  - {label: hedge, account: gridbot01, permissions: [trade], created: 2026-11-20}
```

## Notes

An earlier day makes a key older, which hides nothing. It runs only with `--base`.
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, rule
from okxlint.transition import before


@rule(
    group="transitions",
    target="key",
    recommended="error",
    strict="error",
    security_severity="6.5",
    help=(
        "Write the day that OKX shows for this key. If it was made anew, write its new 'key_id' "
        "too, or better give it a label of its own."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    old = before(key, run)
    if old is None or old.created is None or (key.created and key.created <= old.created):
        return
    verb = f"is now {key.created}" if key.created else "is gone"
    yield Hit(
        at=key.origin.at("created"),
        value=f"{old.created} -> {key.created or 'missing'}",
        message=(
            f"'created' of key '{key.label}' of account '{key.account}' {verb}; "
            f"at the base it is {old.created}"
        ),
    )

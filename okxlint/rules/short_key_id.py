"""A manifest must hold the last digits of a key's id, not the whole of it.

The id of a key is one of the three parts that OKX asks for with every call; the other two are the
secret and the passphrase. Whoever has the id knows what to look for, and which key a leaked secret
belongs to. Its last eight digits are enough to tell one key from another, and are of no other use.

## Bad

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    key_id: 5e9a1c44-0b7d-4f2e-9d3a-61c27a031a2b  # expect: short-key-id:warning 7a031a2b
```

## Good

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    key_id: 7a031a2b
  - label: arb-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    key_id: 61c27a031a2c
```

## Notes

The value is the last eight digits in lower case. The whole id stays in the history of git; that
alone is no reason to replace the key.

## Sources

- What a call is signed with, and its header `OK-ACCESS-KEY`: https://www.okx.com/docs-v5/en/#overview-rest-authentication
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.origin import Place
from okxlint.rule import Hit, NoOptions, Replacement, Run, rule


@rule(
    group="secrets",
    target="key",
    recommended="warning",
    strict="error",
    security_severity="2.5",
    help="Keep the last eight digits of 'key_id' and remove the rest.",
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    # A shorter id is written without dashes; the schema lets nothing else pass.
    if key.key_id and "-" in key.key_id:
        last = key.key_id[-8:].lower()
        at = key.origin.at("key_id")
        yield Hit(
            at=at,
            fix=_shortened(key.key_id, at),
            value=last,
            message=(
                f"key '{key.label}' of account '{key.account}' has its whole id in the manifest; "
                f"its last eight digits, {last}, are enough"
            ),
        )


def _shortened(key_id: str, at: Place) -> Replacement | None:
    """The last eight digits in the same quotes; none for an id that stands elsewhere (an alias)."""
    written = at.source.text[at.start : at.end]
    if written.strip("\"'") != key_id:
        return None
    return Replacement("Keep the last eight digits", at, written.replace(key_id[:-8], ""))

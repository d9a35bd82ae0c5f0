"""A live key must not be declared a demo key.

Most rules ask little of demo keys, for there is no money behind them. To call a live key one would
quiet them all, and on OKX no key changes from one to the other: a demo key is made as such.

A key is compared with the same key of the base: that with its account and label, unless both
`created` and `key_id` differ.

## Bad

```yaml base
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade]}
```

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [trade]
    environment: demo  # expect: environment-unchanged:error live -> demo
```

## Good

```yaml base
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade], environment: demo}
```

```yaml
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade], environment: live}
  - {label: gridbot-demo, account: gridbot01, permissions: [trade], environment: demo}
```

## Notes

From demo to live all rules begin to look at the key, so that nothing is hidden. It runs only with
`--base`.

## Sources

- A demo trading key is created in demo trading, apart from live keys: https://www.okx.com/docs-v5/en/#overview-demo-trading-services
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
    security_severity="7.0",
    help=(
        "Declare the demo key with a label of its own, and leave this one live, or set it to "
        "'status: revoked' once it is deleted on OKX."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    old = before(key, run)
    if old and (old.environment, key.environment) == ("live", "demo"):
        yield Hit(
            at=key.origin.at("environment"),
            value="live -> demo",
            message=(
                f"key '{key.label}' of account '{key.account}' is live at the base, and is "
                "declared a demo key"
            ),
        )

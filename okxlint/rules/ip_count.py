"""An allow-list must not have more entries than OKX takes.

OKX binds a key to at most 20 addresses and refuses a longer list, so a manifest with more does not
describe any key that exists. Long before that, a long list says that the key is shared by many
machines: one gateway, or one key for each app, is easier to watch.

Every entry counts, a network as one, and so does one that stands there twice. There is one finding
for a key, at the first entry too many.

## Bad

```yaml
# rules: {ip-count: {max_entries: 2}}
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist:
      - 203.0.113.7
      - 203.0.113.8
      - 203.0.113.9  # expect: ip-count:error 4
      - 203.0.113.10
```

## Boundary

```yaml
version: 1
keys:
  - label: twenty
    account: main
    permissions: [read_only]
    ip_allowlist: [
      192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4, 192.0.2.5,
      192.0.2.6, 192.0.2.7, 192.0.2.8, 192.0.2.9, 192.0.2.10,
      192.0.2.11, 192.0.2.12, 192.0.2.13, 192.0.2.14, 192.0.2.15,
      192.0.2.16, 192.0.2.17, 192.0.2.18, 192.0.2.19, 192.0.2.20,
    ]
  - label: twenty-one
    account: main
    permissions: [read_only]
    ip_allowlist: [
      192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4, 192.0.2.5,
      192.0.2.6, 192.0.2.7, 192.0.2.8, 192.0.2.9, 192.0.2.10,
      192.0.2.11, 192.0.2.12, 192.0.2.13, 192.0.2.14, 192.0.2.15,
      192.0.2.16, 192.0.2.17, 192.0.2.18, 192.0.2.19, 192.0.2.20,
      192.0.2.21,  # expect: ip-count:error 21
    ]
```

## Good

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist: [203.0.113.7, 203.0.113.8]
```

## Sources

- Error 59503, at most 20 addresses on a key: https://www.okx.com/docs-v5/en/#error-code-rest-api
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, Positive, RuleOptions, Run, option, rule
from okxlint.values import no_more


class Options(RuleOptions):
    max_entries: Positive = option(20, "The greatest number of entries.", stricter="lower")


@rule(
    group="network",
    target="key",
    recommended="error",
    strict="error",
    security_severity="3.5",
    options=Options,
    no_worse=no_more,
    help=(
        "List only addresses from which the app still connects, send it through one gateway, or "
        "give each group of machines a key of its own."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    count, most = len(key.ip_allowlist), run.options.max_entries
    if count > most:
        yield Hit(
            at=key.origin.at("ip_allowlist", most),
            value=str(count),
            message=(
                f"key '{key.label}' of account '{key.account}' has {count} addresses, "
                f"and {most} are allowed"
            ),
        )

"""A network in an allow-list must not be wider than it has to be.

Each address that a key lets in is one from which a stolen copy works. A whole network of a cloud
provider takes in its other customers, and a machine there costs a thief a few cents. List the
addresses from which the app connects, or the small network that is yours.

A network is judged by its prefix length: with `min_prefix_v4: 28`, a /28 with its 16 addresses is
fine and a /27 is not. A single address is a /32, or a /128 in IPv6. An IPv4-mapped IPv6 network is
judged as the IPv4 network that it maps. Each entry is judged alone.

## Bad

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist:
      - 203.0.113.7
      - 198.51.100.0/24  # expect: ip-narrow:error 198.51.100.0/24
      - 2001:db8::/32  # expect: ip-narrow:error 2001:db8::/32
```

## Boundary

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist:
      - 203.0.113.0/28
      - 203.0.113.32/27  # expect: ip-narrow:error 203.0.113.32/27
      - ::ffff:203.0.113.0/124
      - ::ffff:203.0.113.0/123  # expect: ip-narrow:error ::ffff:203.0.113.0/123
      - 2001:db8:0:1::/64
      - 2001:db8:0:2::/63  # expect: ip-narrow:error 2001:db8:0:2::/63
```

## Boundary: single addresses only

```yaml
# rules: {ip-narrow: {min_prefix_v4: 32, min_prefix_v6: 128}}
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist:
      - 203.0.113.7
      - 203.0.113.8/32
      - 203.0.113.10/31  # expect: ip-narrow:error 203.0.113.10/31
      - 2001:db8::7
      - 2001:db8::8/127  # expect: ip-narrow:error 2001:db8::8/127
```

## Good

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist: [203.0.113.7, 198.51.100.16/29, "2001:db8::/64"]
```
"""

from collections.abc import Iterator
from typing import Annotated

from okxlint.forms import between
from okxlint.inventory import Key
from okxlint.rule import Hit, RuleOptions, Run, option, rule


class Options(RuleOptions):
    min_prefix_v4: Annotated[int, between(0, 32)] = option(
        28, "The shortest prefix of an IPv4 network, in bits.", stricter="higher"
    )
    min_prefix_v6: Annotated[int, between(0, 128)] = option(
        64, "The shortest prefix of an IPv6 network, in bits.", stricter="higher"
    )


@rule(
    group="network",
    target="key",
    recommended="error",
    strict="error",
    strict_options={"min_prefix_v4": 32, "min_prefix_v6": 128},
    security_severity="7.0",
    options=Options,
    help=(
        "Bind the key on OKX to the single addresses from which the app connects, or to a smaller "
        "network that nobody else has. A NAT gateway with a fixed address makes it one entry."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    least = {4: run.options.min_prefix_v4, 6: run.options.min_prefix_v6}
    for number, entry in enumerate(key.ip_allowlist):
        if entry.first != entry.last and entry.prefix < least[entry.version]:
            yield Hit(
                at=key.origin.at("ip_allowlist", number),
                value=entry.text,
                message=(
                    f"entry '{entry.text}' of key '{key.label}' of account '{key.account}' is an "
                    f"IPv{entry.version} /{entry.prefix}, wider than the /{least[entry.version]} "
                    "that is allowed"
                ),
            )

"""Every entry of an allow-list must be an address that a public host can have.

OKX sees the public address from which a request reaches it, never the one that a machine has
inside its own network. An entry such as `10.0.0.5` therefore lets nobody in, and whoever wrote it
believes that the key is bound to that machine. Usually the address of the NAT gateway was meant.

An entry is judged against a table of our own, made from IANA's special-purpose registries of IPv4
and IPv6: private, loopback, link-local, shared, multicast, reserved, unspecified and the rest. It
fails if the whole of it lies inside one of those ranges; the narrowest is named. The ranges for
documentation are allowed, because examples use them, unless `allow_documentation` is `false`.

## Bad

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist:
      - 10.0.0.5  # expect: ip-public:error 10.0.0.5
      - 100.64.0.0/10  # expect: ip-public:error 100.64.0.0/10
      - 224.0.0.0/3  # expect: ip-public:error 224.0.0.0/3
      - ::1  # expect: ip-public:error ::1
      - fd12:3456:789a::/48  # expect: ip-public:error fd12:3456:789a::/48
      - ::ffff:192.168.1.1  # expect: ip-public:error ::ffff:192.168.1.1
      - 4000::1  # expect: ip-public:error 4000::1
```

## Bad: addresses of examples, where the policy refuses them

```yaml
# rules: {ip-public: {allow_documentation: false}}
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist:
      - 203.0.113.7  # expect: ip-public:error 203.0.113.7
      - 2001:db8::/48  # expect: ip-public:error 2001:db8::/48
```

## Good

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist: [203.0.113.7, "2001:db8::7", 18.203.11.0/28, 192.0.0.9]
```

## Notes

The table is that of IANA as of 2025-10-09, with multicast and the IPv6 space outside of `2000::/3`,
from which no address is given to anybody today. Inside a special range, what the registry calls
globally reachable (such as `192.0.0.9`) is fine. What it says "N/A" of is not: 6to4 and Teredo
addresses are made from an IPv4 address, which is the one to list.

A network that merely contains or overlaps such a range, for example `8.0.0.0/5`, has public hosts
in it and is not found here: it is too wide, which `ip-narrow` says.

## Sources

- OKX compares the address of the request with the list, error 50110: https://www.okx.com/docs-v5/en/#error-code-rest-api
- IPv4: https://www.iana.org/assignments/iana-ipv4-special-registry/
- IPv6: https://www.iana.org/assignments/iana-ipv6-special-registry/
- The IPv6 space that is delegated: https://www.iana.org/assignments/ipv6-address-space/
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, RuleOptions, Run, option, rule
from okxlint.special_ranges import DOCUMENTATION, range_around


class Options(RuleOptions):
    allow_documentation: bool = option(
        True, "Whether the ranges reserved for documentation pass.", stricter="false"
    )


@rule(
    group="network",
    target="key",
    recommended="error",
    strict="error",
    strict_options={"allow_documentation": False},
    security_severity="5.5",
    options=Options,
    help=(
        "Find out from which public address the app's requests leave (the NAT gateway's, the "
        "proxy's), and bind the key on OKX to that one instead."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    for number, entry in enumerate(key.ip_allowlist):
        around = range_around(entry)
        if around is None:
            continue
        if around.kind == DOCUMENTATION and run.options.allow_documentation:
            continue
        yield Hit(
            at=key.origin.at("ip_allowlist", number),
            value=entry.text,
            message=(
                f"entry '{entry.text}' of key '{key.label}' of account '{key.account}' lies inside "
                f"{around.network} ({around.name}, {around.source}), where no public host is"
            ),
        )

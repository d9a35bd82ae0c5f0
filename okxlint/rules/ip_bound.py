"""A live key must be bound to addresses.

A key that works from anywhere is worth its full rights to whoever reads it in a log, a backup or
a chat. Bound to the addresses from which its app connects, a stolen copy is of no use elsewhere.
Reading counts too: balances and positions are what an attacker looks for first.

A list that lets in everything binds nothing, so a key also fails if its entries together cover all
of IPv4 or all of IPv6. How wide a list may be short of that is for `ip-narrow`. Demo keys hold no
money and are judged only if `environments` names them. A key with `third_party` is not judged: OKX
binds it to the provider's servers and does not show their addresses.

## Bad

```yaml
version: 1
keys:
  - label: gridbot-2026q4  # expect: ip-bound:error read_only,trade
    account: gridbot01
    permissions: [read_only, trade]
  - label: report-2026q4
    account: main
    permissions: [read_only]
    ip_allowlist: []  # expect: ip-bound:error read_only
```

## Bad: a list that lets in everything

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist: [0.0.0.0/0]  # expect: ip-bound:error read_only,trade
  - label: gridbot-2027q1
    account: gridbot01
    permissions: [trade]
    ip_allowlist:  # expect: ip-bound:error read_only,trade
      - 0.0.0.0/1
      - 128.0.0.0/2
      - 192.0.0.0/2
  - label: hedge-2026q4
    account: main
    permissions: [trade]
    ip_allowlist: [203.0.113.7, "::/0"]  # expect: ip-bound:error read_only,trade
```

## Bad: demo keys, where the policy asks for it

```yaml
# rules: {ip-bound: {environments: [live, demo]}}
version: 1
keys:
  - label: sandbox  # expect: ip-bound:error read_only,trade
    account: main
    permissions: [trade]
    environment: demo
```

## Good

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist: [203.0.113.7, "2001:db8::7"]
  - label: sandbox
    account: main
    permissions: [trade]
    environment: demo
  - label: copybot-2026q4
    account: main
    permissions: [trade]
    third_party: 3commas
```

## Notes

A planned key is judged as well: it is the request for a key, and the addresses belong to it.

## Sources

- Addresses and networks that a key is bound to: https://www.okx.com/docs-v5/en/#overview-api-key-security
- Keys bound to a provider's app, whose addresses OKX does not show: https://www.okx.com/help/third-party-app-ip-whitelist-launch
"""

from collections.abc import Iterator

from okxlint.address import covers_everything
from okxlint.inventory import Key
from okxlint.rule import Environments, Hit, RuleOptions, Run, option, rule
from okxlint.values import no_others


class Options(RuleOptions):
    environments: Environments = option(("live",), "The environments judged.", stricter="more")


@rule(
    group="network",
    target="key",
    essential=True,
    recommended="error",
    strict="error",
    strict_options={"environments": ("live", "demo")},
    security_severity="8.5",
    options=Options,
    no_worse=no_others,
    help=(
        "Bind the key on OKX to the addresses from which its app connects, and list them under "
        "'ip_allowlist'. If the key has been in use without, replace it by a new one."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    if key.third_party:
        return
    # Few lists have an entry that begins at zero, and without one nothing is covered.
    begun = {entry.version for entry in key.ip_allowlist if entry.first == 0}
    if key.ip_allowlist and not begun:
        return
    covered = [f"IPv{n}" for n in sorted(begun) if covers_everything(key.ip_allowlist, n)]
    if key.ip_allowlist and not covered:
        return
    why = f"lets in all of {' and '.join(covered)}" if covered else "is bound to no address"
    yield Hit(
        at=key.origin.at("ip_allowlist"),
        value=key.rights_text,
        message=f"key '{key.label}' of account '{key.account}' {why}",
    )

"""A key's addresses must not grow beyond what its app is known to connect from.

One more address in an allow-list is one more machine that can use the key. If the app really moves,
its `egress` says so, in a change of its own that somebody approves; a key may then be bound to any
address within it. Everything else is found here, and so is a key that is bound to nothing any more,
or that gets a `third_party`: OKX then lets in what the provider says, whatever is listed.

A key is compared with the same key of the base: that with its account and label, unless both
`created` and `key_id` differ. An entry is fine if it lies within the key's own list at the base or
the `egress` of its apps there, of several entries together too. Address space is compared, not
text.

## Bad

```yaml base
version: 1
apps:
  - {name: grid-bot, egress: [203.0.113.0/29]}
keys:
  - {label: gridbot-2026q4, account: gridbot01, app: grid-bot, permissions: [trade], ip_allowlist: [203.0.113.2]}
  - {label: arb-2026q4, account: gridbot01, permissions: [trade], ip_allowlist: [198.51.100.7]}
  - {label: dca-2026q4, account: gridbot01, permissions: [trade], ip_allowlist: [198.51.100.8]}
```

```yaml
version: 1
apps:
  - {name: grid-bot, egress: [203.0.113.0/28]}
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [trade]
    ip_allowlist:
      - 203.0.113.0/28  # expect: ips-not-widened:warning 203.0.113.0/28
  - label: arb-2026q4  # expect: ips-not-widened:warning none
    account: gridbot01
    permissions: [trade]
  - label: dca-2026q4
    account: gridbot01
    permissions: [trade]
    ip_allowlist: [198.51.100.8]
    third_party: 3commas  # expect: ips-not-widened:warning none
```

## Boundary

```yaml base
version: 1
apps:
  - {name: grid-bot, egress: [203.0.113.0/29]}
keys:
  - {label: gridbot-2026q4, account: gridbot01, app: grid-bot, permissions: [trade], ip_allowlist: [203.0.113.2]}
```

```yaml
version: 1
apps:
  - {name: grid-bot, egress: [203.0.113.0/29]}
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [trade]
    ip_allowlist:
      - 203.0.113.7
      - 203.0.113.8  # expect: ips-not-widened:warning 203.0.113.8
```

## Good

```yaml base
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade], ip_allowlist: [203.0.113.0/29, 203.0.113.8/29]}
  - {label: export-2026, account: main, permissions: [read_only]}
```

```yaml
version: 1
keys:
  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade], ip_allowlist: [203.0.113.0/28]}
  - {label: export-2026, account: main, permissions: [read_only], ip_allowlist: [192.0.2.1]}
```

## Notes

A key without an address can be used from everywhere, so that its first address narrows it; not so
with `third_party`, whose provider's addresses nobody here knows. The apps are those of the key at
the base: to name another app widens nothing. It runs only with `--base`.

## Sources

- Keys bound to a provider's app, whose addresses OKX does not show: https://www.okx.com/help/third-party-app-ip-whitelist-launch
"""

from collections.abc import Iterator

from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, rule
from okxlint.transition import before, egress_of, outside

NONE = "none"
"""The value of a key that is bound to no address any more."""


@rule(
    group="transitions",
    target="key",
    recommended="warning",
    strict="error",
    security_severity="6.0",
    help=(
        "Take the address off again, or add it to the app's 'egress' first, in a change of its own."
    ),
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    old = before(key, run)
    if old is None or run.base is None:
        return
    name = f"key '{key.label}' of account '{key.account}'"
    handed_over = bool(key.third_party and not old.third_party)
    if old.ip_allowlist and (handed_over or not key.ip_allowlist):
        now = "is bound to what its provider says" if handed_over else "is bound to none any more"
        yield Hit(
            at=key.origin.at("third_party" if handed_over else "ip_allowlist"),
            value=NONE,
            message=f"{name} has addresses at the base, and {now}",
            help="Bind the key to its addresses again.",
        )
    if not old.ip_allowlist and not old.third_party:
        return
    allowed = [*old.ip_allowlist, *egress_of(old, run.base)]
    for number in outside(key.ip_allowlist, allowed):
        entry = key.ip_allowlist[number]
        yield Hit(
            at=key.origin.at("ip_allowlist", number),
            value=entry.text,
            message=(
                f"entry '{entry.text}' of {name} is neither in its list at the base nor in the "
                "egress of its app there"
            ),
        )

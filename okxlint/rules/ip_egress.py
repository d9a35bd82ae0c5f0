"""A key must be bound only to addresses from which its app connects.

The one who runs an app knows from where it connects, and writes it down once, as the app's
`egress`. An entry outside of that is an old server that now belongs to somebody else, the home
address of someone who tried something out, or a typing error: it serves the app nothing and lets a
stranger in.

An entry must lie within the app's `egress`, as a whole; several networks of it may cover the entry
together. With several apps on one key, their egress is united, and an app that states none adds
none. If none of them states any, the policy's option `egress` is what counts. If that is not given
either, nothing is found. A key with `third_party` is not judged: it is the provider that connects.

## Bad

```yaml
version: 1
apps:
  - name: grid-bot
    egress: [203.0.113.0/28]
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    ip_allowlist:
      - 203.0.113.7
      - 203.0.113.16  # expect: ip-egress:error 203.0.113.16
      - 203.0.113.0/27  # expect: ip-egress:error 203.0.113.0/27
      - "2001:db8::7"  # expect: ip-egress:error 2001:db8::7
```

## Bad: the policy's own egress

```yaml
# rules: {ip-egress: {egress: [203.0.113.0/24]}}
version: 1
apps:
  - name: hedge
    egress: [198.51.100.0/24]
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist: [203.0.113.7, 198.51.100.7]  # expect: ip-egress:error 198.51.100.7
  - label: hedge-2026q4
    account: main
    app: hedge
    permissions: [read_only, trade]
    ip_allowlist: [203.0.113.7, 198.51.100.7]  # expect: ip-egress:error 203.0.113.7
```

## Good

```yaml
version: 1
apps:
  - {name: grid-bot, egress: [203.0.113.0/29, 203.0.113.8/29]}
  - {name: hedge, egress: [198.51.100.7]}
  - {name: tax-export}
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: [grid-bot, hedge, tax-export]
    permissions: [read_only, trade]
    ip_allowlist: [203.0.113.0/28, 198.51.100.7]
  - label: tax-2026
    account: main
    app: tax-export
    permissions: [read_only]
    ip_allowlist: [192.0.2.1]
  - label: copybot-2026q4
    account: main
    app: hedge
    permissions: [trade]
    third_party: 3commas
    ip_allowlist: [192.0.2.1]
```

## Notes

To give the option `egress` where there is none is a tightening, as keys are judged by it from then
on. No other change of it is: more networks let more in, and none at all judges nothing.

An app with an error in its own declaration may well state the address. As long as that error
stands, which fails the run by itself, its keys are not judged.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic_core import PydanticCustomError

from okxlint.address import Address, NotAnAddress, parse
from okxlint.forms import Form, after
from okxlint.inventory import App, Key
from okxlint.rule import Hit, RuleOptions, Run, option, rule


def _checked(text: str) -> str:
    try:
        parse(text)
    except NotAnAddress as error:
        nearest = f"; did you mean '{error.nearest}'?" if error.nearest else ""
        raise PydanticCustomError(
            "address", "this {problem}{nearest}", {"problem": error.problem, "nearest": nearest}
        ) from None
    return text


class Options(RuleOptions):
    egress: tuple[Annotated[str, Form(after(_checked), {"type": "string"})], ...] = option(
        (),
        "Where apps connect from that state no egress: addresses and networks.",
        stricter="given",
    )


@rule(
    group="network",
    target="key",
    recommended="error",
    strict="error",
    security_severity="6.5",
    options=Options,
    help=(
        "Take the address off the key on OKX and off 'ip_allowlist'. If the app really connects "
        "from there, add it to the app's 'egress' first."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    if key.third_party or not key.ip_allowlist or run.inventory.has_broken_app(key):
        return
    stated = [app for app in run.inventory.apps_of(key) if app.egress]
    if not (stated or run.options.egress):
        return
    allowed = _allowed(stated, run.options)
    for number, entry in enumerate(key.ip_allowlist):
        if not entry.within(allowed):
            yield Hit(
                at=key.origin.at("ip_allowlist", number),
                value=entry.text,
                message=(
                    f"entry '{entry.text}' of key '{key.label}' of account '{key.account}' is "
                    f"outside the egress of {_whose(stated)}"
                ),
                related=tuple(
                    (app.origin.at("egress"), f"from where app '{app.name}' connects")
                    for app in stated
                ),
            )


def _allowed(stated: list[App], options: Options) -> list[Address]:
    if stated:
        return [network for app in stated for network in app.egress]
    return [parse(text) for text in options.egress]


def _whose(stated: list[App]) -> str:
    if not stated:
        return "the policy, which counts where no app states one"
    names = ", ".join(f"'{app.name}'" for app in stated)
    return f"its app {names}" if len(stated) == 1 else f"its apps {names}"

"""An app's live keys must be bound to addresses of one site.

An app runs at one site, and a spare copy waits at another. If its keys work from both, a spare
that starts by mistake trades at the same time, and neither copy knows of the other's orders. The
spare is an app of its own, with a key of its own: to switch over is then a decision, and to switch
back means to take that key away.

`sites` has one network for each site. An address outside of all of them is not judged here:
whether an app connects from there at all is what `ip-egress` asks.

## Bad

```yaml
# rules: {acme/one-site: {sites: [203.0.113.0/24, 198.51.100.0/24]}}
version: 1
apps:
  - name: grid-bot
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    ip_allowlist: [203.0.113.7]
  - label: gridbot-eu-2026q4
    account: gridbot02
    app: grid-bot
    permissions: [read_only, trade]
    ip_allowlist:
      - 203.0.113.8
      - 198.51.100.8  # expect: acme/one-site:error 198.51.100.8
```

## Good

```yaml
# rules: {acme/one-site: {sites: [203.0.113.0/24, 198.51.100.0/24]}}
version: 1
apps:
  - name: grid-bot
  - name: grid-bot-spare
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    ip_allowlist: [203.0.113.7, 192.0.2.7]
  - label: spare-2026q4
    account: gridbot01
    app: grid-bot-spare
    permissions: [read_only, trade]
    ip_allowlist: [198.51.100.8]
  - label: gridbot-2026q3
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    ip_allowlist: [198.51.100.7]
    status: revoked
```
"""

from collections.abc import Iterator
from typing import Annotated

from okxlint.address import Address, NotAnAddress, parse
from okxlint.inventory import App
from okxlint.model import CURRENT
from okxlint.origin import Place
from okxlint.rule import Hit, RuleOptions, Run, option, rule
from pydantic import AfterValidator


def network(text: str) -> str:
    """A network in the policy. What this raises for any other text is told with its place there."""
    try:
        parse(text)
    except NotAnAddress as error:
        raise ValueError(f"this {error}") from None
    return text


class Options(RuleOptions):
    sites: tuple[Annotated[str, AfterValidator(network)], ...] = option(
        (), "The network of each site; with none, nothing is judged."
    )


@rule(
    group="network",
    target="app",
    recommended="error",
    strict="error",
    security_severity="5.0",
    options=Options,
    help=(
        "Declare the copy at the other site as an app of its own, create a key for it on OKX, and "
        "take its addresses off this app's keys."
    ),
)
def check(app: App, run: Run[Options]) -> Iterator[Hit]:
    sites = [parse(text) for text in run.options.sites]
    first: tuple[str, Place] | None = None
    for place, entry in entries(app, run):
        site = next((site.text for site in sites if entry.within([site])), None)
        if site is None:
            continue
        if first is None:
            first = site, place
        elif site != first[0]:
            yield Hit(
                at=place,
                value=entry.text,
                message=(
                    f"entry '{entry.text}' binds app '{app.name}' to the site {site} besides "
                    f"{first[0]}"
                ),
                related=((first[1], "the first entry of the app"),),
            )


def entries(app: App, run: Run[Options]) -> Iterator[tuple[Place, Address]]:
    """The addresses of an app's live keys, in the order of the manifests."""
    for key in run.inventory.keys_of_app(app.name):
        if key.status in CURRENT and key.environment == "live" and not key.third_party:
            for number, entry in enumerate(key.ip_allowlist):
                yield key.origin.at("ip_allowlist", number), entry

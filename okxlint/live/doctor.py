"""Why a credential or a connection does not work: one step after the other, to the first reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from okxlint.live.client import AccountFailed, Client, Refused
from okxlint.live.exchange import Config, config, keys_of, sub_accounts
from okxlint.live.reach import reach
from okxlint.live.reading import Wanted, masked, masked_address, refuse_others, refuse_rights
from okxlint.live.steps import Name, Step
from okxlint.report.summary import plural

CLOCK_WINDOW = 30
"""Seconds by which a request's time may be off: https://www.okx.com/docs-v5/en/#overview-rest-authentication"""
CLOCK_CLOSE = 5
"""Seconds that are worth no word: a clock that is set over the network is closer."""
_STEP_OF: dict[str | None, Name] = {
    "50067": "key",
    "50111": "key",
    "50118": "key",
    "50119": "key",
    "50101": "environment",
    "50038": "environment",
    "50105": "passphrase",
    "50113": "signature",
    "50035": "address",
    "50110": "address",
    "50030": "permissions",
    "50120": "permissions",
}
"""Of which step OKX's codes speak."""


def examine(client: Client, wanted: Wanted) -> Iterator[Step]:
    """All steps after that of the credential, each as it is taken.

    After the first that hinders those that follow, they are told as skipped.
    """
    told: set[Name] = {"credential", "answer"}
    for step in _walk(client, wanted):
        told.add(step.name)
        yield step
    yield from skipped(told)


def skipped(told: set[Name]) -> Iterator[Step]:
    """The steps that were not taken."""
    for name in get_args(Name):
        if name not in told:
            yield Step(name, "skipped", "not looked at")


def _walk(client: Client, wanted: Wanted) -> Iterator[Step]:
    for step in reach(client.host):
        yield step
        if step.final:
            return
    try:
        theirs, mine = client.server_time()
    except Refused as error:
        yield _answer(error)
        return
    yield _clock((theirs - mine) / 1000)
    try:
        asked = config(client)
    except Refused as error:
        yield _answer(error)
        return
    yield from _guarded(client, asked, wanted)
    yield from _account(client, asked, wanted)


def _answer(error: Refused) -> Step:
    name = _STEP_OF.get(error.code, "answer")
    return Step(name, "failed", error.message, error.hint or "", final=True)


def _clock(ahead: float) -> Step:
    """Of OKX's clock less this machine's, in seconds.

    It hinders nothing that follows: okxlint goes by OKX's clock once OKX has refused its own.
    """
    if abs(ahead) <= CLOCK_CLOSE:
        return Step("clock", "ok", f"{abs(ahead):.1f} seconds from OKX's")
    side = "behind" if ahead > 0 else "ahead of"
    said = f"the clock of this machine is {abs(ahead):.0f} seconds {side} OKX's"
    hint = "Set it (timedatectl set-ntp true, or the clock of the host under this machine)."
    if abs(ahead) <= CLOCK_WINDOW:
        return Step("clock", "warning", said, hint)
    refused = f"{said}; OKX refuses what is more than {CLOCK_WINDOW} off"
    return Step("clock", "failed", refused, f"{hint} okxlint goes by OKX's clock till then.")


def _guarded(client: Client, asked: Config, wanted: Wanted) -> Iterator[Step]:
    """What one signed request proves. Of a bad one OKX says only what it finds first."""
    yield Step("key", "ok", f"known here, labelled '{client.clean(asked.label)}'")
    yield Step("environment", "ok", "demo trading" if wanted.demo else "live trading")
    yield Step("passphrase", "ok", "right")
    yield Step("signature", "ok", "right: the secret is the key's")
    if asked.ips:
        bound = ", ".join(map(masked_address, asked.ips))
        yield Step("address", "ok", f"this machine's is among those of the key: {bound}")
    else:
        yield Step(
            "address",
            "warning",
            "the key is bound to none: who has the credential can use it from anywhere",
            "Bind it to this machine's address, on OKX under API management.",
        )


def _account(client: Client, asked: Config, wanted: Wanted) -> Iterator[Step]:
    try:
        refuse_rights(asked, wanted)
    except Refused as error:
        yield Step("permissions", "failed", error.message, error.hint or "", final=True)
        return
    yield Step("permissions", "ok", client.clean(", ".join(asked.permissions)))
    try:
        refuse_others(asked, wanted)
    except Refused as error:
        yield Step("account", "failed", error.message, error.hint or "", final=True)
        return
    what = "the master account" if asked.is_master else "a sub-account"
    yield Step("account", "ok", f"{what} {masked(asked.uid)}")
    yield _sub_accounts(client, asked)


def _sub_accounts(client: Client, asked: Config) -> Step:
    if not asked.is_master:
        return Step(
            "sub-accounts",
            "warning",
            "a sub-account's credential shows itself alone",
            "Create the key in the master account to see all sub-accounts.",
        )
    try:
        found = sub_accounts(client)
        if not found:
            return Step("sub-accounts", "ok", "there are none")
        first = client.clean(found[0].name)
        keys_of(client, found[0].name)
    except Refused as error:
        return Step("sub-accounts", "failed", error.message, error.hint or "", final=True)
    except AccountFailed as error:
        said = f"the keys of '{first}' cannot be read: {error}"
        hint = "'okxlint snapshot' reads all of them, and says which could not be read."
        return Step("sub-accounts", "failed", said, hint)
    number = plural(len(found), "sub-account")
    return Step("sub-accounts", "ok", f"{number}; the keys of '{first}' can be read")

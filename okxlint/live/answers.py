"""What OKX's error codes mean for a reader: whether to ask again, and what a person can do.

Codes as https://www.okx.com/docs-v5/en/#error-code lists them. Its HTTP statuses are not reliable
(50119 is documented as 200 and comes as 401), so the code is asked first.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Then(Enum):
    """What follows from an answer."""

    RETRY = "retry"
    """Ask again, after a while."""
    SLOWLY = "retry slowly"
    """Ask again, after two seconds or more: too much was asked."""
    RESYNC = "resync"
    """Ask again, once, by the server's clock."""
    ACCOUNT = "this sub-account only"
    """The account cannot be read; others can."""
    STOP = "stop"
    """Ask nothing more: it would be refused as well, and may lock the key."""


class Meaning(NamedTuple):
    """What an answer means."""

    then: Then
    said: str
    """A sentence without a full stop, to follow ``OKX says:``."""
    hint: str = ""
    """The next step."""


_BUSY = "Try again later; https://www.okx.com/status tells of maintenance."
_VARIABLES = "Set the three variables anew, exactly as OKX showed them when the key was made."
_BUG = "This is a defect of okxlint or of a proxy in between: please report it with the code."
_MASTER = "Create the key in the master account: only that can list sub-accounts."
_READ = "Give the key the permission Read, on OKX under API management."
_SUPPORT = "Ask OKX's support."

CODES: dict[str, Meaning] = {
    "50001": Meaning(Then.RETRY, "the service is unavailable for the moment", _BUSY),
    "50004": Meaning(Then.RETRY, "the request timed out at OKX", _BUSY),
    "50011": Meaning(
        Then.SLOWLY, "too many requests", "Run fewer readers of this account at once."
    ),
    "50013": Meaning(Then.RETRY, "the systems are busy", _BUSY),
    "50026": Meaning(Then.RETRY, "a system error", _BUSY),
    "50040": Meaning(Then.SLOWLY, "requests came too fast", "Run fewer readers at once."),
    "50061": Meaning(
        Then.SLOWLY, "too many requests of this account", "Run fewer readers at once."
    ),
    "50102": Meaning(
        Then.RESYNC,
        "the time of the request is more than 30 seconds off",
        "Set the clock of this machine (timedatectl set-ntp true).",
    ),
    "50014": Meaning(Then.STOP, "a parameter is missing", _BUG),
    "50030": Meaning(Then.STOP, "the key has no permission for this", _READ),
    "50035": Meaning(
        Then.STOP,
        "this needs a key that is bound to an address",
        "Bind the key to the address of this machine, on OKX under API management.",
    ),
    "50038": Meaning(
        Then.STOP, "the demo environment does not have this", "Leave out --demo, with a live key."
    ),
    "50051": Meaning(Then.STOP, "this is not offered where the account is", _SUPPORT),
    "50067": Meaning(
        Then.STOP, "the key is of another site", "Name the site of the account with --site."
    ),
    "50100": Meaning(Then.STOP, "the API is frozen for this account", _SUPPORT),
    "50101": Meaning(
        Then.STOP,
        "the key does not match the environment",
        "Use --demo with a key of demo trading, and leave it out with any other.",
    ),
    "50103": Meaning(Then.STOP, "the header with the key is empty", _BUG),
    "50104": Meaning(Then.STOP, "the header with the passphrase is empty", _BUG),
    "50105": Meaning(
        Then.STOP,
        "the passphrase is wrong",
        "It is the one that was chosen for this very key, not the account's password. OKX cannot "
        "show it again: if it is lost, create a new key.",
    ),
    "50106": Meaning(Then.STOP, "the header with the signature is empty", _BUG),
    "50107": Meaning(Then.STOP, "the header with the time is empty", _BUG),
    "50108": Meaning(Then.STOP, "there is no such exchange id", _BUG),
    "50109": Meaning(Then.STOP, "there is no such exchange domain", "Check --site and --base-url."),
    "50110": Meaning(
        Then.STOP,
        "the key is bound to addresses, and this machine's is not among them",
        "Add the address from which this machine reaches the internet to the key on OKX, or run "
        "from a machine whose address is there.",
    ),
    "50111": Meaning(Then.STOP, "the key is not one", _VARIABLES),
    "50112": Meaning(Then.STOP, "the time of the request is not written as it should be", _BUG),
    "50113": Meaning(
        Then.STOP,
        "the signature is wrong",
        "The secret is not this key's. " + _VARIABLES,
    ),
    "50114": Meaning(Then.STOP, "the authorization is not valid", _VARIABLES),
    "50115": Meaning(Then.STOP, "the request method is not valid", _BUG),
    "50116": Meaning(Then.STOP, "a fast API allows one key alone", _SUPPORT),
    "50118": Meaning(
        Then.STOP,
        "the key of a provider's app works from the provider alone",
        "Create another key.",
    ),
    "50119": Meaning(
        Then.STOP,
        "there is no such key here",
        "It may be of another region: try --site eea, us or tr. Or it was deleted: OKX drops a key "
        "with trade or withdraw and no bound address after 14 idle days.",
    ),
    "50120": Meaning(Then.STOP, "the key has no permission for this", _READ),
    "50121": Meaning(
        Then.STOP,
        "OKX serves nobody at this machine's address",
        "Run from a country that OKX serves.",
    ),
    "51000": Meaning(Then.ACCOUNT, "it takes this for no sub-account's name"),
    "58115": Meaning(Then.ACCOUNT, "there is no such sub-account"),
    "59500": Meaning(Then.STOP, "only a key of the master account may ask this", _MASTER),
    "59504": Meaning(Then.STOP, "sub-accounts cannot withdraw", _BUG),
    "59506": Meaning(Then.ACCOUNT, "there is no such key"),
    "59508": Meaning(Then.ACCOUNT, "the sub-account is suspended"),
    "59510": Meaning(Then.ACCOUNT, "there is no such sub-account"),
    "59604": Meaning(Then.STOP, "only a key of the master account may ask this", _MASTER),
    "59608": Meaning(Then.ACCOUNT, "only brokers may ask this"),
    "59613": Meaning(Then.ACCOUNT, "the sub-account has no escrow relation"),
    "59614": Meaning(Then.ACCOUNT, "managed sub-accounts do not support this"),
    "59619": Meaning(Then.ACCOUNT, "the sub-account is a broker's, which has its own list"),
}

_HTTP: dict[int, Meaning] = {
    401: Meaning(Then.STOP, "the request is not authorized", _VARIABLES),
    403: Meaning(Then.STOP, "the request is forbidden", "A firewall or proxy may be in between."),
    404: Meaning(Then.STOP, "there is nothing at this path", "Check --base-url."),
    407: Meaning(Then.STOP, "a proxy wants to be asked first", "Name a proxy with --base-url."),
    408: Meaning(Then.RETRY, "the request timed out", _BUSY),
    425: Meaning(Then.RETRY, "the request came too early", _BUSY),
    429: Meaning(Then.SLOWLY, "too many requests", "Run fewer readers of this account at once."),
}


def meaning_of(code: str | None, status: int, *, of_account: bool) -> Meaning:
    """What an answer means: by OKX's code, else by the HTTP status.

    ``of_account``: it was asked about one sub-account, so that a code nobody knows is of that
    account alone. Anything else that nobody knows stops the run.
    """
    if code in CODES:
        return CODES[code]
    if status in _HTTP:
        return _HTTP[status]
    if 300 <= status < 400:
        return Meaning(
            Then.STOP,
            "it sends to another host, where a credential does not belong",
            "Check --site and --base-url.",
        )
    if status >= 500:
        return Meaning(Then.RETRY, "the server failed", _BUSY)
    if code is None:
        return Meaning(
            Then.STOP, "the answer is not OKX's", "Check --base-url, and what is in between."
        )
    return Meaning(
        Then.ACCOUNT if of_account else Then.STOP,
        "an error that okxlint does not know",
        "Look the code up at https://www.okx.com/docs-v5/en/#error-code",
    )

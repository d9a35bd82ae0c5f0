"""What OKX says in a form in which it can be compared: uids with stars, addresses as networks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_network

from okxlint.address import Address, NotAnAddress, parse


def may_be(one: str | None, other: str | None) -> bool:
    """Whether two uids can be one. OKX writes those of sub-accounts with stars in the middle.

    Source: https://www.okx.com/docs-v5/en/#sub-account-rest-api-get-sub-account-list
    """
    if not one or not other:
        return True
    if "*" not in one + other:
        return one == other
    shown = "*".join(re.escape(part) for part in re.split(r"\*+", other if "*" in other else one))
    plain = one if "*" in other else other
    return re.fullmatch(shown.replace("*", "[0-9*]*"), plain) is not None


def network(text: str) -> Address | None:
    """An address as OKX writes it; of a network with host bits the network; ``None`` if neither.

    How OKX writes networks is not documented:
    https://www.okx.com/docs-v5/en/#overview-api-key-security
    """
    try:
        return parse(text)
    except NotAnAddress:
        pass
    try:
        return parse(str(ip_network(text, strict=False)))
    except ValueError:
        return None


def spans(ips: Iterable[str]) -> frozenset[tuple[int, int, int] | str]:
    """Addresses as one compares them: as ranges that do not touch; what is none, as it is."""
    known = {text: network(text) for text in ips}
    plain = frozenset(text for text, address in known.items() if address is None)
    return plain | spans_of(address for address in known.values() if address)


def spans_of(addresses: Iterable[Address]) -> frozenset[tuple[int, int, int] | str]:
    """Declared addresses in the same form."""
    joined: list[tuple[int, int, int]] = []
    for version, first, last in sorted((each.version, each.first, each.last) for each in addresses):
        if joined and joined[-1][0] == version and joined[-1][2] + 1 >= first:
            joined[-1] = version, joined[-1][1], max(last, joined[-1][2])
        else:
            joined.append((version, first, last))
    return frozenset(joined)

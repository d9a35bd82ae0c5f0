"""Ranges of addresses that no public host has, by IANA's registries. Data, and one look-up.

The special-purpose registries of IPv4 and IPv6 (RFC 6890, RFC 8190), with what stands in
registries of its own beside them: multicast, and the IPv6 space that is not delegated.

- https://www.iana.org/assignments/iana-ipv4-special-registry/
- https://www.iana.org/assignments/iana-ipv6-special-registry/
- https://www.iana.org/assignments/ipv6-address-space/

A row is ``PUBLIC`` where the registry says "globally reachable: true"; such rows matter inside
wider ones that are not. Whatever the registry says "false" or "N/A" of, or nothing, is special.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import Final, Literal, NamedTuple

from okxlint.address import Address, parse

UPDATED = "2025-10-09"
"""When IANA last changed the registries, as they stand here."""

SPECIAL: Final = "special"
DOCUMENTATION: Final = "documentation"
PUBLIC: Final = "public"


class Range(NamedTuple):
    """One row of the table."""

    network: str
    name: str
    source: str
    kind: Literal["special", "documentation", "public"] = SPECIAL


RANGES = (
    Range("0.0.0.0/8", "this network", "RFC 791"),
    Range("0.0.0.0/32", "this host on this network", "RFC 1122"),
    Range("10.0.0.0/8", "private use", "RFC 1918"),
    Range("100.64.0.0/10", "shared address space", "RFC 6598"),
    Range("127.0.0.0/8", "loopback", "RFC 1122"),
    Range("169.254.0.0/16", "link-local", "RFC 3927"),
    Range("172.16.0.0/12", "private use", "RFC 1918"),
    Range("192.0.0.0/24", "IETF protocol assignments", "RFC 6890"),
    Range("192.0.0.0/29", "IPv4 service continuity", "RFC 7335"),
    Range("192.0.0.8/32", "IPv4 dummy address", "RFC 7600"),
    Range("192.0.0.9/32", "port control protocol anycast", "RFC 7723", PUBLIC),
    Range("192.0.0.10/32", "TURN anycast", "RFC 8155", PUBLIC),
    Range("192.0.0.170/32", "NAT64 and DNS64 discovery", "RFC 8880"),
    Range("192.0.0.171/32", "NAT64 and DNS64 discovery", "RFC 8880"),
    Range("192.0.2.0/24", "documentation", "RFC 5737", DOCUMENTATION),
    Range("192.31.196.0/24", "AS112", "RFC 7535", PUBLIC),
    Range("192.52.193.0/24", "automatic multicast tunneling", "RFC 7450", PUBLIC),
    Range("192.88.99.0/24", "deprecated 6to4 relay anycast", "RFC 7526"),
    Range("192.88.99.2/32", "6a44 relay anycast", "RFC 6751"),
    Range("192.168.0.0/16", "private use", "RFC 1918"),
    Range("192.175.48.0/24", "AS112 direct delegation", "RFC 7534", PUBLIC),
    Range("198.18.0.0/15", "benchmarking", "RFC 2544"),
    Range("198.51.100.0/24", "documentation", "RFC 5737", DOCUMENTATION),
    Range("203.0.113.0/24", "documentation", "RFC 5737", DOCUMENTATION),
    # The two below it, for a network that spans both.
    Range("224.0.0.0/3", "multicast and reserved", "RFC 5771, RFC 1112"),
    Range("224.0.0.0/4", "multicast", "RFC 5771"),
    Range("240.0.0.0/4", "reserved", "RFC 1112"),
    Range("255.255.255.255/32", "limited broadcast", "RFC 919"),
    # IPv4-mapped addresses (::ffff:0:0/96) are IPv4 addresses by the time they are looked up.
    Range("::/3", "outside of global unicast", "RFC 3587"),
    Range("::/96", "deprecated IPv4-compatible", "RFC 4291"),
    Range("::/128", "unspecified", "RFC 4291"),
    Range("::1/128", "loopback", "RFC 4291"),
    Range("64:ff9b::/96", "IPv4/IPv6 translation", "RFC 6052", PUBLIC),
    Range("64:ff9b:1::/48", "local IPv4/IPv6 translation", "RFC 8215"),
    Range("100::/64", "discard-only", "RFC 6666"),
    Range("100:0:0:1::/64", "dummy prefix", "RFC 9780"),
    Range("2001::/23", "IETF protocol assignments", "RFC 2928"),
    Range("2001::/32", "Teredo", "RFC 4380"),
    Range("2001:1::1/128", "port control protocol anycast", "RFC 7723", PUBLIC),
    Range("2001:1::2/128", "TURN anycast", "RFC 8155", PUBLIC),
    Range("2001:1::3/128", "DNS-SD service registration anycast", "RFC 9665", PUBLIC),
    Range("2001:2::/48", "benchmarking", "RFC 5180"),
    Range("2001:3::/32", "automatic multicast tunneling", "RFC 7450", PUBLIC),
    Range("2001:4:112::/48", "AS112", "RFC 7535", PUBLIC),
    Range("2001:10::/28", "deprecated ORCHID", "RFC 4843"),
    Range("2001:20::/28", "ORCHIDv2", "RFC 7343", PUBLIC),
    Range("2001:30::/28", "drone remote identification", "RFC 9374", PUBLIC),
    Range("2001:db8::/32", "documentation", "RFC 3849", DOCUMENTATION),
    Range("2002::/16", "6to4", "RFC 3056"),
    Range("2620:4f:8000::/48", "AS112 direct delegation", "RFC 7534", PUBLIC),
    Range("3fff::/20", "documentation", "RFC 9637", DOCUMENTATION),
    Range("4000::/2", "outside of global unicast", "RFC 3587"),
    Range("5f00::/16", "segment routing identifiers", "RFC 9602"),
    Range("8000::/1", "outside of global unicast", "RFC 3587"),
    Range("fc00::/7", "unique local", "RFC 4193"),
    Range("fe80::/10", "link-local", "RFC 4291"),
    Range("fec0::/10", "deprecated site-local", "RFC 3879"),
    Range("ff00::/8", "multicast", "RFC 4291"),
)


def range_around(entry: Address) -> Range | None:
    """The narrowest row that holds the whole entry; ``None`` if there is none, or it is public."""
    starts, rows = _stretches(entry.version)
    for last, row in rows[bisect_right(starts, entry.first) - 1]:
        if entry.last <= last:
            return None if row.kind == PUBLIC else row
    return None


@cache
def _stretches(version: int) -> tuple[list[int], list[list[tuple[int, Range]]]]:
    """Where each stretch begins that the same rows hold, and these, the narrowest first.

    A row is told with its last address.
    """
    networks = [(parse(row.network), row) for row in RANGES]
    rows = [(network, row) for network, row in networks if network.version == version]
    rows.sort(key=lambda each: -each[0].prefix)
    edges = {0, *(net.first for net, _ in rows), *(net.last + 1 for net, _ in rows)}
    starts = sorted(edges)
    return starts, [
        [(net.last, row) for net, row in rows if net.first <= start <= net.last] for start in starts
    ]

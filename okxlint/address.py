"""Addresses of an allow-list: IPv4, IPv6 or CIDR, as ranges of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from okxlint.lazy import Pattern

BITS = {4: 32, 6: 128}
_MAPPED = 0xFFFF << 32
"""Where the IPv4-mapped addresses begin: ::ffff:0:0/96 (RFC 4291, 2.5.5.2)."""
_PREFIX = Pattern(r"0|[1-9][0-9]{0,2}")
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_PLAIN_IPV4 = Pattern(rf"(?:{_OCTET}\.){{3}}{_OCTET}")


class Address(NamedTuple):
    """One entry: a single address, or a network. ``first`` and ``last`` are inclusive.

    An IPv4-mapped IPv6 address is the IPv4 address that it maps.
    """

    text: str
    """As written."""
    version: int
    first: int
    last: int

    @property
    def prefix(self) -> int:
        """The prefix length in bits: 32 for one IPv4 address."""
        return BITS[self.version] - (self.last - self.first).bit_length()

    def within(self, others: Iterable[Address]) -> bool:
        """Whether every address of this entry is in one of the others or in several together."""
        reached = self.first
        for first, last in _ranges(others, self.version):
            if first > reached:
                return False
            reached = max(reached, last + 1)
            if reached > self.last:
                return True
        return False


class NotAnAddress(ValueError):
    """A text that is no address; ``nearest`` is the right one that it was meant to be."""

    def __init__(self, problem: str, nearest: str | None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.nearest = nearest


def covers_everything(addresses: Iterable[Address], version: int) -> bool:
    """Whether the entries together leave out no address of IPv4 (4) or IPv6 (6)."""
    everything = Address("", version, 0, (1 << BITS[version]) - 1)
    return everything.within(addresses)


@lru_cache(maxsize=1 << 16)
def parse(text: str) -> Address:
    """Plain decimal IPv4, IPv6 without a zone, or CIDR. Raises ``NotAnAddress``.

    No netmask, no leading zeros, no host bits.
    """
    if _PLAIN_IPV4.fullmatch(text):  # most are, and ipaddress takes ten times as long
        number = int.from_bytes(map(int, text.split(".")))
        return Address(text, 4, number, number)
    host, slash, bits = text.partition("/")
    try:
        address = ip_address(host)
    except ValueError:
        raise NotAnAddress("is no IPv4 or IPv6 address or CIDR network", _nearest(text)) from None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise NotAnAddress("names a zone (%), which means nothing to OKX", _nearest(text))
    version, first = _judged(address)
    if not slash:
        return Address(text, version, first, first)
    size = 32 if isinstance(address, IPv4Address) else 128
    if not _PREFIX.fullmatch(bits) or int(bits) > size:
        raise NotAnAddress(f"has no prefix length from 0 to {size} after the '/'", _nearest(text))
    host_mask = (1 << (size - int(bits))) - 1
    if int(address) & host_mask:
        raise NotAnAddress("is a network with host bits set", _shown(address, int(bits)))
    return Address(text, version, first, first + host_mask)


def _judged(address: IPv4Address | IPv6Address) -> tuple[int, int]:
    number = int(address)
    if isinstance(address, IPv6Address):
        if number >> 32 == _MAPPED >> 32:
            return 4, number & 0xFFFFFFFF
        return 6, number
    return 4, number


def _ranges(addresses: Iterable[Address], version: int) -> Iterator[tuple[int, int]]:
    return iter(sorted((a.first, a.last) for a in addresses if a.version == version))


def _shown(address: IPv4Address | IPv6Address, bits: int | None) -> str:
    """The address, or the network of that prefix length around it, as it is judged."""
    version, number = _judged(address)
    if version != address.version and (bits is None or bits >= 96):
        address, bits = IPv4Address(number), None if bits is None else bits - 96
    if bits is None:
        return str(address)
    host_bits = address.max_prefixlen - bits
    return f"{type(address)(int(address) >> host_bits << host_bits)}/{bits}"


_DRESSED = Pattern(
    r"\s*(?:https?://)?\[?(?P<host>[0-9A-Fa-f:.]+?)\]?(?:%[\w.-]*)?"
    r"(?::(?P<port>[0-9]{1,5}))?(?:/(?P<bits>[0-9.]*))?\s*"
)


def _nearest(text: str) -> str | None:
    """The address inside what looks like one: with a port, a scheme, leading zeros, a netmask."""
    found = _DRESSED.fullmatch(text[:100])
    if not found:
        return None
    host = found["host"]
    if found["port"] and ":" in host and "]" not in text:
        return None  # nine groups are no address with a port
    if host.count(".") == 3 and ":" not in host:
        host = ".".join(str(int(part)) if part.isdecimal() else part for part in host.split("."))
    try:
        address = ip_address(host)
    except ValueError:
        return None
    bits = _prefix_length(found["bits"] or "", address.max_prefixlen)
    return _shown(address, bits)


def _prefix_length(written: str, size: int) -> int | None:
    if written.isdecimal() and int(written) <= size:
        return int(written)
    try:
        mask = int(IPv4Address(written))
    except ValueError:
        return None
    ones = 32 - (mask ^ 0xFFFFFFFF).bit_length()
    return ones if mask == (0xFFFFFFFF << (32 - ones)) & 0xFFFFFFFF else None

"""Addresses of an allow-list, as ranges of numbers."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.address import Address, NotAnAddress, covers_everything, parse

BOUNDED = settings(max_examples=200, deadline=None, derandomize=True, database=None)

V4 = st.integers(0, 2**32 - 1).map(IPv4Address)
V6 = st.integers(0, 2**128 - 1).map(IPv6Address).filter(lambda address: not address.ipv4_mapped)


def v4(text: str) -> int:
    return int(IPv4Address(text))


@pytest.mark.parametrize(
    ("text", "version", "first", "last", "prefix"),
    [
        ("203.0.113.7", 4, v4("203.0.113.7"), v4("203.0.113.7"), 32),
        ("203.0.113.0/24", 4, v4("203.0.113.0"), v4("203.0.113.255"), 24),
        ("203.0.113.7/32", 4, v4("203.0.113.7"), v4("203.0.113.7"), 32),
        ("0.0.0.0/0", 4, 0, 2**32 - 1, 0),
        ("::1", 6, 1, 1, 128),
        ("::/0", 6, 0, 2**128 - 1, 0),
        ("2001:DB8::/32", 6, 0x20010DB8 << 96, (0x20010DB9 << 96) - 1, 32),
        ("2001:0db8:0:0::1", 6, (0x20010DB8 << 96) + 1, (0x20010DB8 << 96) + 1, 128),
        ("64:ff9b::203.0.113.7", 6, (0x64FF9B << 96) + v4("203.0.113.7"), None, 128),
    ],
)
def test_addresses_and_networks(
    text: str, version: int, first: int, last: int | None, prefix: int
) -> None:
    found = parse(text)
    assert found == Address(text, version, first, first if last is None else last)
    assert found.prefix == prefix


@pytest.mark.parametrize(
    ("mapped", "plain"),
    [
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::FFFF:cb00:7107", "203.0.113.7"),
        ("::ffff:203.0.113.7/128", "203.0.113.7/32"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
    ],
)
def test_an_ipv4_mapped_address_is_judged_as_the_ipv4_address(mapped: str, plain: str) -> None:
    assert parse(mapped)[1:] == parse(plain)[1:]
    assert parse(mapped).prefix == parse(plain).prefix
    assert parse(mapped).text == mapped


def test_a_network_around_the_mapped_addresses_is_ipv6() -> None:
    assert parse("::fffe:0:0/95").version == 6
    assert parse("::/80").version == 6


HOST_BITS = "is a network with host bits set"
NOTHING = "is no IPv4 or IPv6 address or CIDR network"
PREFIX_4 = "has no prefix length from 0 to 32 after the '/'"
PREFIX_6 = "has no prefix length from 0 to 128 after the '/'"
ZONE = "names a zone (%), which means nothing to OKX"


@pytest.mark.parametrize(
    ("text", "problem", "nearest"),
    [
        ("203.0.113.7/24", HOST_BITS, "203.0.113.0/24"),
        ("203.0.113.1/31", HOST_BITS, "203.0.113.0/31"),
        ("203.0.113.7/0", HOST_BITS, "0.0.0.0/0"),
        ("2001:db8::1/64", HOST_BITS, "2001:db8::/64"),
        ("::ffff:203.0.113.7/120", HOST_BITS, "203.0.113.0/24"),
        ("::ffff:203.0.113.7/95", HOST_BITS, "::fffe:0:0/95"),
        ("::ffff:0:0/16", HOST_BITS, "::/16"),
        ("203.0.113.007", NOTHING, "203.0.113.7"),
        ("0203.0.113.7", NOTHING, "203.0.113.7"),
        ("010.1.1.1/8", NOTHING, "10.0.0.0/8"),
        ("203.0.113.0/255.255.255.0", PREFIX_4, "203.0.113.0/24"),
        ("203.0.113.9/255.255.255.252", PREFIX_4, "203.0.113.8/30"),
        ("203.0.113.0/255.0.255.0", PREFIX_4, "203.0.113.0"),
        ("203.0.113.0/08", PREFIX_4, "203.0.0.0/8"),
        ("203.0.113.0/", PREFIX_4, "203.0.113.0"),
        ("203.0.113.0/33", PREFIX_4, "203.0.113.0"),
        ("203.0.113.0/+8", PREFIX_4, None),
        ("203.0.113.0/8/8", PREFIX_4, None),
        ("203.0.113.0/٨", PREFIX_4, None),
        ("2001:db8::/129", PREFIX_6, "2001:db8::"),
        ("::ffff:203.0.113.0/129", PREFIX_6, "203.0.113.0"),
        ("fe80::1%eth0", ZONE, "fe80::1"),
        ("fe80::1%eth0/64", ZONE, "fe80::/64"),
        ("fe80::1%", NOTHING, "fe80::1"),
        ("https://203.0.113.7:443/", NOTHING, "203.0.113.7"),
        ("203.0.113.7:443", NOTHING, "203.0.113.7"),
        ("[2001:db8::1]", NOTHING, "2001:db8::1"),
        ("[2001:db8::1]:443", NOTHING, "2001:db8::1"),
        ("[::ffff:203.0.113.7]:443", NOTHING, "203.0.113.7"),
        (" 203.0.113.7", NOTHING, "203.0.113.7"),
        ("203.0.113.7\n", NOTHING, "203.0.113.7"),
        ("1:2:3:4:5:6:7:8:9", NOTHING, None),
        ("203.0.113.256", NOTHING, None),
        ("203.0.113", NOTHING, None),
        ("203.0.113.7-203.0.113.9", NOTHING, None),
        ("203.0.113.*", NOTHING, None),
        ("0xcb007107", NOTHING, None),
        ("3405803783", NOTHING, None),
        ("١.2.3.4", NOTHING, None),
        ("example.com", NOTHING, None),
        ("/", NOTHING, None),
        ("", NOTHING, None),
        ("1" * 100_000, NOTHING, None),
        ("1:" * 100_000, NOTHING, None),
    ],
)
def test_what_is_no_address_names_the_nearest_right_one(
    text: str, problem: str, nearest: str | None
) -> None:
    with pytest.raises(NotAnAddress) as caught:
        parse(text)
    assert (caught.value.problem, caught.value.nearest) == (problem, nearest)
    if nearest is not None:
        assert parse(nearest).text == nearest


@BOUNDED
@given(V4 | V6, st.integers(0, 128))
def test_every_network_is_read_as_the_standard_library_reads_it(
    address: IPv4Address | IPv6Address, bits: int
) -> None:
    network = ip_network((address, bits % (address.max_prefixlen + 1)), strict=False)
    found = parse(str(network))
    assert (found.first, found.last) == (int(network[0]), int(network[-1]))
    assert (found.version, found.prefix) == (network.version, network.prefixlen)
    single = parse(str(address))
    assert single.first == single.last == int(address)
    assert single.within([found])


@BOUNDED
@given(st.text(st.sampled_from("0123456789abcfF:./%[]- x\n"), max_size=24))
def test_no_text_is_a_crash_and_what_is_read_is_an_address(text: str) -> None:
    try:
        found = parse(text)
    except NotAnAddress as error:
        nearest = error.nearest
    else:
        nearest = None
        assert "%" not in text
        assert found.version == ip_address(text.partition("/")[0]).version or "ffff:" in text
        assert 0 <= found.first <= found.last < 1 << 128
    if nearest:
        assert parse(nearest).text == nearest


@pytest.mark.parametrize(
    ("entry", "others", "expected"),
    [
        ("203.0.113.7", ["203.0.113.0/24"], True),
        ("203.0.113.0/24", ["203.0.113.0/24"], True),
        ("203.0.113.0/24", ["203.0.113.0/25"], False),
        ("203.0.113.0/24", ["203.0.113.128/25", "203.0.113.0/25"], True),
        ("203.0.113.0/24", ["203.0.113.0/25", "203.0.113.129"], False),
        ("203.0.113.0/24", ["203.0.113.0/26", "203.0.113.0/25", "203.0.113.128/25"], True),
        ("203.0.113.0/30", ["203.0.113.0", "203.0.113.1", "203.0.113.2", "203.0.113.3"], True),
        ("203.0.113.7", [], False),
        ("203.0.113.7", ["::/0"], False),
        ("::1", ["0.0.0.0/0"], False),
        ("::ffff:203.0.113.7", ["203.0.113.0/24"], True),
        ("203.0.113.7", ["::ffff:203.0.113.0/120"], True),
        ("0.0.0.0/0", ["0.0.0.0/1", "128.0.0.0/1"], True),
    ],
)
def test_within_one_or_several_together(entry: str, others: list[str], expected: bool) -> None:
    assert parse(entry).within([parse(other) for other in others]) is expected


@pytest.mark.parametrize(
    ("entries", "four", "six"),
    [
        (["0.0.0.0/0"], True, False),
        (["::/0"], False, True),
        (["::ffff:0:0/96"], True, False),
        (["0.0.0.0/1", "128.0.0.0/1"], True, False),
        (["::/1", "8000::/1"], False, True),
        (["0.0.0.0/1", "128.0.0.0/2"], False, False),
        (["0.0.0.0/1", "128.0.0.0/1", "::/0"], True, True),
        ([], False, False),
    ],
)
def test_entries_that_leave_out_nothing(entries: list[str], four: bool, six: bool) -> None:
    addresses = [parse(entry) for entry in entries]
    assert (covers_everything(addresses, 4), covers_everything(addresses, 6)) == (four, six)

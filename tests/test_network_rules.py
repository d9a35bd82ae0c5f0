"""The network rules, where an example on their pages would not show enough."""

from __future__ import annotations

from datetime import date, timedelta
from ipaddress import ip_network

import pytest

from okxlint.address import parse
from okxlint.errors import PolicyError
from okxlint.model import Finding, Location, Severity
from okxlint.rule import load_rule
from okxlint.special_ranges import DOCUMENTATION, PUBLIC, RANGES, UPDATED, Range, range_around
from tests.conftest import DAY, verdict_of

STATUSES = ("planned", "active", "retired", "compromised", "revoked")


def found(
    rule: str,
    *manifests: str,
    options: str = "",
    as_of: date = DAY,
    horizon: int = 0,
) -> list[Finding]:
    policy = f"version: 1\nrules: {{{rule}: {options}}}\n" if options else "version: 1\n"
    verdict = verdict_of(*manifests, policy=policy, as_of=as_of, horizon=horizon, select=rule)
    assert verdict.unknown == ()
    return list(verdict.findings)


def key(fields: str, permissions: str = "[trade]") -> str:
    return f"version: 1\nkeys:\n- {{label: k, account: main, permissions: {permissions}{fields}}}\n"


def bound(entries: str, fields: str = "") -> str:
    return key(f", ip_allowlist: [{entries}]{fields}")


def text_at(manifest: str, location: Location) -> str:
    assert location.line == location.end_line
    return manifest.split("\n")[location.line - 1][location.column - 1 : location.end_column - 1]


# ip-bound


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ("", "k"),
        (", ip_allowlist: []", "ip_allowlist"),
        (", ip_allowlist: ", "ip_allowlist"),
        (", ip_allowlist: [~]", "ip_allowlist"),
        (', ip_allowlist: ["::/0"]', "ip_allowlist"),
    ],
)
def test_a_key_without_addresses_is_found_at_its_list(fields: str, place: str) -> None:
    manifest = key(fields)
    (finding,) = found("ip-bound", manifest)
    assert text_at(manifest, finding.location) == place
    assert (finding.value, finding.severity) == ("read_only,trade", Severity.ERROR)


def test_an_empty_list_behind_an_alias_is_found_at_the_alias() -> None:
    manifest = (
        "version: 1\nx-none: &none []\nkeys:\n"
        "- {label: k, account: main, permissions: [withdraw, trade], ip_allowlist: *none}\n"
    )
    (finding,) = found("ip-bound", manifest)
    assert text_at(manifest, finding.location) == "*none"
    assert finding.value == "read_only,trade,withdraw"


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ("0.0.0.0/0", "all of IPv4"),
        ("'::/0'", "all of IPv6"),
        ("'::/0', 0.0.0.0/0", "all of IPv4 and IPv6"),
        ("'::ffff:0:0/96'", "all of IPv4"),
        ("128.0.0.0/1, 0.0.0.0/1", "all of IPv4"),
        ("0.0.0.0/1, 64.0.0.0/2, 128.0.0.0/1, 203.0.113.7", "all of IPv4"),
        ("'8000::/1', '4000::/2', '::/2'", "all of IPv6"),
        ("0.0.0.0/1, 128.0.0.0/2", None),
        ("128.0.0.0/1", None),
        ("0.0.0.0/1, '8000::/1'", None),
        ("0.0.0.0/1, 128.0.0.0/2, 192.0.0.0/3, 224.0.0.0/4", None),
    ],
)
def test_entries_that_cover_a_whole_family_bind_nothing(entries: str, says: str | None) -> None:
    findings = found("ip-bound", bound(entries))
    assert [says in finding.message for finding in findings if says] == [True] * bool(says)
    assert len(findings) == bool(says)


def test_256_networks_cover_everything_and_255_do_not() -> None:
    networks = [f"{number}.0.0.0/8" for number in range(256)]
    assert len(found("ip-bound", bound(", ".join(networks)))) == 1
    assert found("ip-bound", bound(", ".join(networks[:-1]))) == []


@pytest.mark.parametrize("status", STATUSES)
def test_keys_of_every_current_status_must_be_bound(status: str) -> None:
    count = 0 if status == "revoked" else 1
    assert len(found("ip-bound", key(f", status: {status}", "[read_only]"))) == count


def test_demo_keys_must_be_bound_only_if_the_policy_says_so() -> None:
    demo = key(", environment: demo")
    assert found("ip-bound", demo) == []
    assert len(found("ip-bound", demo, options="{environments: [live, demo]}")) == 1
    assert found("ip-bound", key(""), options="{environments: [demo]}") == []


def test_a_key_bound_to_a_third_party_needs_no_addresses() -> None:
    assert found("ip-bound", key(", third_party: 3commas")) == []
    assert found("ip-bound", bound("0.0.0.0/0", ", third_party: 3commas")) == []
    assert len(found("ip-bound", key(", third_party: "))) == 1


# ip-public


def special(text: str) -> str | None:
    row = range_around(parse(text))
    return row.network if row else None


@pytest.mark.parametrize("row", RANGES, ids=[row.network for row in RANGES])
def test_each_range_is_found_as_a_whole_and_at_both_ends(row: Range) -> None:
    public = row.kind == PUBLIC
    assert range_around(parse(row.network)) == (None if public else row)
    network = ip_network(row.network)
    for address in (network[0], network[-1]):
        narrowest = special(str(address))
        assert (narrowest is None) is public
        if narrowest:
            assert parse(narrowest).within([parse(row.network)])


@pytest.mark.parametrize(
    ("before", "network", "after"),
    [
        (None, "0.0.0.0/8", "1.0.0.0"),
        ("9.255.255.255", "10.0.0.0/8", "11.0.0.0"),
        ("100.63.255.255", "100.64.0.0/10", "100.128.0.0"),
        ("126.255.255.255", "127.0.0.0/8", "128.0.0.0"),
        ("169.253.255.255", "169.254.0.0/16", "169.255.0.0"),
        ("172.15.255.255", "172.16.0.0/12", "172.32.0.0"),
        ("191.255.255.255", "192.0.0.0/24", "192.0.1.0"),
        ("192.0.1.255", "192.0.2.0/24", "192.0.3.0"),
        ("192.88.98.255", "192.88.99.0/24", "192.88.100.0"),
        ("192.167.255.255", "192.168.0.0/16", "192.169.0.0"),
        ("198.17.255.255", "198.18.0.0/15", "198.20.0.0"),
        ("198.51.99.255", "198.51.100.0/24", "198.51.101.0"),
        ("203.0.112.255", "203.0.113.0/24", "203.0.114.0"),
        ("223.255.255.255", "224.0.0.0/3", None),
        (None, "1fff::/16", "2000::"),
        (None, "2001::/23", "2001:200::"),
        ("2001:db7:ffff::", "2001:db8::/32", "2001:db9::"),
        ("2001:ffff::", "2002::/16", "2003::"),
        ("3ffe:ffff::", "3fff::/20", "3fff:1000::"),
        ("3fff:ffff::", "4000::/2", None),
    ],
)
def test_the_neighbours_of_a_special_range_are_public(
    before: str | None, network: str, after: str | None
) -> None:
    assert special(network) is not None
    for neighbour in (before, after):
        assert neighbour is None or special(neighbour) is None


@pytest.mark.parametrize(
    ("entry", "network"),
    [
        ("0.0.0.0/32", "0.0.0.0/32"),
        ("0.0.0.1", "0.0.0.0/8"),
        ("192.0.0.8", "192.0.0.8/32"),
        ("192.0.0.9", None),
        ("192.0.0.10", None),
        ("192.0.0.11", "192.0.0.0/24"),
        ("192.0.0.8/30", "192.0.0.0/24"),
        ("192.0.0.170/31", "192.0.0.0/24"),
        ("239.1.2.3", "224.0.0.0/4"),
        ("240.0.0.0/5", "240.0.0.0/4"),
        ("224.0.0.0/3", "224.0.0.0/3"),
        ("255.255.255.255", "255.255.255.255/32"),
        ("::", "::/128"),
        ("::1", "::1/128"),
        ("::2", "::/96"),
        ("::ffff:10.0.0.1", "10.0.0.0/8"),
        ("::ffff:8.8.8.8", None),
        ("64:ff9b::808:808", None),
        ("64:ff9b:1::1", "64:ff9b:1::/48"),
        ("200::1", "::/3"),
        ("2001:0:1::1", "2001::/32"),
        ("2001:1::1", None),
        ("2001:1::4", "2001::/23"),
        ("2001:3::1", None),
        ("2001:4:112::1", None),
        ("2001:4:113::1", "2001::/23"),
        ("2001:1f::1", "2001:10::/28"),
        ("2001:20::1", None),
        ("2001:30::1", None),
        ("2001:40::1", "2001::/23"),
        ("2002:cb00:7107::1", "2002::/16"),
        ("2606:4700::1", None),
        ("5f00::1", "5f00::/16"),
        ("6000::1", "4000::/2"),
        ("9000::1", "8000::/1"),
        ("fdff::1", "fc00::/7"),
        ("fe80::1", "fe80::/10"),
        ("fec0::1", "fec0::/10"),
        ("fe80::/9", "8000::/1"),
        ("ff0e::1", "ff00::/8"),
        ("c000::/2", "8000::/1"),
    ],
)
def test_the_narrowest_range_around_an_entry_decides(entry: str, network: str | None) -> None:
    assert special(entry) == network


@pytest.mark.parametrize(
    "entry", ["0.0.0.0/0", "8.0.0.0/5", "192.0.0.0/23", "::/0", "::/2", "2000::/3", "2001:d00::/24"]
)
def test_a_network_that_only_contains_a_special_range_is_not_inside_it(entry: str) -> None:
    assert special(entry) is None


def test_the_table_has_each_network_once_and_sources_for_all() -> None:
    assert len({parse(row.network)[1:] for row in RANGES}) == len(RANGES)
    assert all(row.source.startswith("RFC ") and row.name for row in RANGES)
    documentation = {row.network for row in RANGES if row.kind == DOCUMENTATION}
    assert documentation == {
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "2001:db8::/32",
        "3fff::/20",
    }


def test_the_page_of_ip_public_says_of_which_day_the_table_is() -> None:
    assert f"as of {date.fromisoformat(UPDATED)}" in load_rule("ip-public").doc


def test_an_entry_that_is_not_public_is_found_at_its_scalar() -> None:
    manifest = bound("18.203.11.7, ~, '10.0.0.5', 10.0.0.5", ", third_party: x, environment: demo")
    first, second = found("ip-public", manifest)
    assert text_at(manifest, first.location) == "'10.0.0.5'"
    assert text_at(manifest, second.location) == "10.0.0.5"
    assert first.value == second.value == "10.0.0.5"
    assert first.fingerprint != second.fingerprint
    assert "10.0.0.0/8 (private use, RFC 1918)" in first.message


def test_documentation_ranges_are_found_only_where_the_policy_refuses_them() -> None:
    entries = "192.0.2.1, 198.51.100.0/25, 203.0.113.7, '2001:db8::1', '3fff::1', 10.0.0.1"
    assert [f.value for f in found("ip-public", bound(entries))] == ["10.0.0.1"]
    refused = found("ip-public", bound(entries), options="{allow_documentation: false}")
    assert len(refused) == 6


def test_an_aliased_list_is_found_at_the_alias_of_each_key() -> None:
    manifest = (
        "version: 1\nx-office: &office [10.0.0.1, 203.0.113.7]\nkeys:\n"
        "- {label: a, account: main, permissions: [trade], ip_allowlist: *office}\n"
        "- {label: b, account: main, permissions: [trade], ip_allowlist: *office}\n"
    )
    findings = found("ip-public", manifest)
    assert [(f.location.line, text_at(manifest, f.location)) for f in findings] == [
        (4, "*office"),
        (5, "*office"),
    ]


# ip-narrow


@pytest.mark.parametrize(
    ("entry", "default", "strict"),
    [
        ("203.0.113.7", True, True),
        ("203.0.113.7/32", True, True),
        ("203.0.113.6/31", True, False),
        ("203.0.113.0/28", True, False),
        ("203.0.113.0/27", False, False),
        ("0.0.0.0/0", False, False),
        ("2001:db8::7", True, True),
        ("2001:db8::7/128", True, True),
        ("2001:db8::6/127", True, False),
        ("2001:db8::/64", True, False),
        ("2001:db8::/63", False, False),
        ("::/0", False, False),
        ("::ffff:203.0.113.0/124", True, False),
        ("::ffff:203.0.113.0/123", False, False),
        ("::ffff:203.0.113.7", True, True),
    ],
)
def test_the_widest_network_allowed(entry: str, default: bool, strict: bool) -> None:
    manifest = bound(f"'{entry}'", ", third_party: x")
    options = "{min_prefix_v4: 32, min_prefix_v6: 128}"
    assert [f.value for f in found("ip-narrow", manifest)] == [entry] * (not default)
    assert [f.value for f in found("ip-narrow", manifest, options=options)] == [entry] * (
        not strict
    )


def test_a_wide_network_is_found_at_its_scalar_with_both_widths() -> None:
    manifest = bound("203.0.113.7, 198.51.100.0/24")
    (finding,) = found("ip-narrow", manifest)
    assert text_at(manifest, finding.location) == "198.51.100.0/24"
    assert "an IPv4 /24, wider than the /28 that is allowed" in finding.message


@pytest.mark.parametrize("options", ["{min_prefix_v4: 33}", "{min_prefix_v6: 129}"])
def test_a_prefix_longer_than_an_address_is_refused(options: str) -> None:
    with pytest.raises(PolicyError, match="less than or equal"):
        found("ip-narrow", bound("203.0.113.7"), options=options)


# ip-count


@pytest.mark.parametrize(
    ("count", "most", "value"), [(20, 20, None), (21, 20, "21"), (5, 1, "5"), (1, 1, None)]
)
def test_the_first_entry_too_many_is_found_once(count: int, most: int, value: str | None) -> None:
    manifest = bound(", ".join(f"203.0.113.{number}" for number in range(count)))
    findings = found("ip-count", manifest, options=f"{{max_entries: {most}}}")
    assert [finding.value for finding in findings] == ([value] if value else [])
    for finding in findings:
        assert text_at(manifest, finding.location) == f"203.0.113.{most}"


def test_entries_count_as_often_as_they_stand_there_and_nulls_do_not() -> None:
    manifest = bound("~, 203.0.113.7, 203.0.113.7, ~, 203.0.113.8")
    (finding,) = found("ip-count", manifest, options="{max_entries: 2}")
    assert (finding.value, text_at(manifest, finding.location)) == ("3", "203.0.113.8")
    assert found("ip-count", manifest, options="{max_entries: 3}") == []


@pytest.mark.parametrize("rule", ["ip-public", "ip-narrow", "ip-count"])
@pytest.mark.parametrize("status", STATUSES)
def test_lists_of_every_current_key_are_judged(rule: str, status: str) -> None:
    manifest = bound("10.0.0.0/8, 10.0.0.0/8", f", environment: demo, status: {status}")
    options = "{max_entries: 1}" if rule == "ip-count" else ""
    assert bool(found(rule, manifest, options=options)) is (status != "revoked")


# ip-egress

EGRESS = """\
version: 1
apps:
- {name: a, egress: [203.0.113.0/29, 203.0.113.8/29]}
- {name: b, egress: ['2001:db8::/64', 198.51.100.7]}
- {name: silent}
- {name: blank, egress: []}
"""


@pytest.mark.parametrize(
    ("app", "entries", "values"),
    [
        ("a", "203.0.113.0, 203.0.113.15", []),
        ("a", "203.0.113.16, 203.0.112.255", ["203.0.113.16", "203.0.112.255"]),
        ("a", "203.0.113.0/28", []),
        ("a", "203.0.113.0/27", ["203.0.113.0/27"]),
        ("a", "'::ffff:203.0.113.7'", []),
        ("a", "'2001:db8::7'", ["2001:db8::7"]),
        ("[a, b]", "203.0.113.7, '2001:db8::7', 198.51.100.7, 198.51.100.8", ["198.51.100.8"]),
        ("[a, silent]", "203.0.113.7, 198.51.100.7", ["198.51.100.7"]),
        ("[nobody, a]", "203.0.113.7, 198.51.100.7", ["198.51.100.7"]),
        ("silent", "192.0.2.1", []),
        ("blank", "192.0.2.1", []),
        ("nobody", "192.0.2.1", []),
        ("[]", "192.0.2.1", []),
    ],
)
def test_entries_lie_within_the_united_egress(app: str, entries: str, values: list[str]) -> None:
    findings = found("ip-egress", EGRESS, bound(entries, f", app: {app}"))
    assert [finding.value for finding in findings] == values


@pytest.mark.parametrize("app", ["silent", "blank", "nobody", "[silent, blank]", "[]"])
def test_the_option_counts_where_no_app_states_an_egress(app: str) -> None:
    manifest = bound("203.0.113.7, 192.0.2.1", f", app: {app}")
    (finding,) = found("ip-egress", EGRESS, manifest, options="{egress: [203.0.113.0/24]}")
    assert (finding.value, finding.related) == ("192.0.2.1", ())


def test_an_app_with_an_error_leaves_its_keys_unjudged() -> None:
    broken = EGRESS + "- {name: broken, egress: 203.0.113.7}\n"
    for app in ("broken", "[a, broken]"):
        manifest = bound("192.0.2.1", f", app: {app}")
        findings = found("ip-egress", broken, manifest, options="{egress: [203.0.113.0/24]}")
        assert [finding.rule for finding in findings] == ["manifest-schema"]


def test_the_option_adds_nothing_to_what_an_app_states() -> None:
    manifest = bound("192.0.2.1", ", app: a")
    (finding,) = found("ip-egress", EGRESS, manifest, options="{egress: [192.0.2.0/24]}")
    assert finding.value == "192.0.2.1"


def test_an_entry_outside_is_found_at_its_scalar_with_the_egress_beside_it() -> None:
    manifest = bound("203.0.113.7, 192.0.2.1", ", app: [a, silent, b]")
    (finding,) = found("ip-egress", EGRESS, manifest)
    assert text_at(manifest, finding.location) == "192.0.2.1"
    assert [text_at(EGRESS, related.location) for related in finding.related] == ["egress"] * 2
    assert [related.location.line for related in finding.related] == [3, 4]
    assert finding.message.endswith("is outside the egress of its apps 'a', 'b'")


def test_egress_says_nothing_of_keys_bound_to_a_third_party_or_revoked_or_unbound() -> None:
    for fields in (", third_party: x", ", status: revoked"):
        assert found("ip-egress", EGRESS, bound("192.0.2.1", f", app: a{fields}")) == []
    assert found("ip-egress", EGRESS, key(", app: a")) == []
    for fields in (", environment: demo", ", status: planned"):
        assert len(found("ip-egress", EGRESS, bound("192.0.2.1", f", app: a{fields}"))) == 1


@pytest.mark.parametrize(
    ("egress", "says"),
    [
        ("[203.0.113.1/24]", "okxlint.yaml:2:30: .*did you mean '203.0.113.0/24'"),
        ("[203.0.113.0/24, office]", "okxlint.yaml:2:46: .*is no IPv4 or IPv6 address"),
        ("203.0.113.0/24", "okxlint.yaml:2:29: .*this is a list"),
    ],
)
def test_an_egress_that_is_no_address_is_an_error_of_the_policy(egress: str, says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        found("ip-egress", bound("203.0.113.7"), options=f"{{egress: {egress}}}")


# idle-expiry

START = date(2026, 11, 1)
IDLE = key(f", last_used: {START}")


@pytest.mark.parametrize(
    ("day", "severity"),
    [
        (-400, None),
        (0, None),
        (6, None),
        (7, Severity.WARNING),
        (13, Severity.WARNING),
        (14, Severity.ERROR),
        (20, Severity.ERROR),
        (21, Severity.INFO),
        (400, Severity.INFO),
    ],
)
@pytest.mark.parametrize("field", ["last_used", "created"])
def test_severity_by_idle_day(field: str, day: int, severity: Severity | None) -> None:
    manifest = key(f", {field}: {START}")
    as_of = START + timedelta(day)
    findings = found("idle-expiry", manifest, options="error", as_of=as_of)
    assert [finding.severity for finding in findings] == ([severity] if severity else [])
    for finding in findings:
        assert finding.fails_on == date(2026, 11, 15)
        assert finding.value == "2026-11-01"
        assert text_at(manifest, finding.location) == "2026-11-01"


@pytest.mark.parametrize(("day", "word"), [(7, "warning"), (14, "warning"), (21, "info")])
def test_its_own_severity_is_a_warning(day: int, word: str) -> None:
    (finding,) = found("idle-expiry", IDLE, as_of=START + timedelta(day))
    assert finding.severity.word == word


@pytest.mark.parametrize(
    ("warn_days", "day", "count"),
    [(0, 13, 0), (0, 14, 1), (3, 10, 0), (3, 11, 1), (14, -1, 0), (14, 0, 1)],
)
def test_the_warning_begins_as_many_days_before_as_the_policy_says(
    warn_days: int, day: int, count: int
) -> None:
    options = f"{{warn_days: {warn_days}}}"
    as_of = START + timedelta(day)
    assert len(found("idle-expiry", IDLE, options=options, as_of=as_of)) == count


def test_the_horizon_tells_of_an_expiry_to_come() -> None:
    assert found("idle-expiry", IDLE, as_of=START, horizon=6) == []
    (coming,) = found("idle-expiry", IDLE, as_of=START, horizon=7)
    assert coming.severity is Severity.INFO
    assert coming.fails_on == date(2026, 11, 15)
    assert "drops it on 2026-11-15, in 14 days; this starts on 2026-11-08" in coming.message


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (10, "OKX drops it on 2026-11-15, in 4 days"),
        (14, "OKX drops it on 2026-11-15, today"),
        (15, "OKX dropped it on 2026-11-15, 1 day ago"),
    ],
)
def test_the_message_reads_right_before_and_after(day: int, says: str) -> None:
    (finding,) = found("idle-expiry", IDLE, as_of=START + timedelta(day))
    assert says in finding.message
    assert "was last used on 2026-11-01" in finding.message


def test_from_the_21st_day_the_next_step_is_to_confirm_that_the_key_exists() -> None:
    (before,) = found("idle-expiry", IDLE, as_of=START + timedelta(20))
    (after,) = found("idle-expiry", IDLE, as_of=START + timedelta(21))
    assert before.help == load_rule("idle-expiry").help
    assert after.help.startswith("Confirm on OKX that the key still exists.")


@pytest.mark.parametrize("last_used", ["2026-11-10", "2025-11-10"])
def test_last_used_counts_before_created_whichever_is_later(last_used: str) -> None:
    manifest = key(f", created: 2026-06-01, last_used: {last_used}")
    (finding,) = found("idle-expiry", manifest)
    assert finding.value == last_used
    assert text_at(manifest, finding.location) == last_used


@pytest.mark.parametrize(
    ("fields", "permissions", "count"),
    [
        ("", "[trade]", 1),
        ("", "[withdraw]", 1),
        ("", "[read_only]", 0),
        (", ip_allowlist: []", "[trade]", 1),
        (", ip_allowlist: [203.0.113.7]", "[trade]", 0),
        (", third_party: x", "[trade]", 0),
        (", environment: demo", "[trade]", 0),
        (", status: planned", "[trade]", 0),
        (", status: retired", "[trade]", 1),
        (", status: compromised", "[trade]", 1),
        (", status: revoked", "[trade]", 0),
    ],
)
def test_which_keys_can_expire(fields: str, permissions: str, count: int) -> None:
    manifest = key(f", last_used: 2026-11-10{fields}", permissions)
    assert len(found("idle-expiry", manifest)) == count


def test_a_key_without_dates_is_not_judged() -> None:
    assert found("idle-expiry", key(", created: , last_used: ")) == []


@pytest.mark.parametrize(
    ("start", "as_of", "severities"),
    [
        ("0001-01-01", date.min, [Severity.INFO]),
        ("0001-01-01", DAY, [Severity.INFO]),
        ("0001-01-01", date.max, [Severity.INFO]),
        ("9999-12-31", date.min, []),
        ("9999-12-31", DAY, []),
        ("9999-12-17", date.max, [Severity.WARNING]),
    ],
)
def test_the_ends_of_the_calendar_are_no_trouble(
    start: str, as_of: date, severities: list[Severity]
) -> None:
    findings = found("idle-expiry", key(f", last_used: {start}"), as_of=as_of, horizon=14)
    assert [finding.severity for finding in findings] == severities

"""The rules of the group ``live``, each on both sides of what it asks, and where they point."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from okxlint.check import Request, run_check
from okxlint.documents.reader import read
from okxlint.engine import Context, Question, Verdict, judge
from okxlint.loading import Wanted
from okxlint.manifest import load
from okxlint.model import Finding
from okxlint.secrets.redact import Redactor
from okxlint.snapshot.file import parse
from tests.conftest import DAY, policy_of
from tests.sample_snapshot import account, key, master, snapshot

HEAD = (
    "version: 1\n"
    "accounts:\n"
    "  - {name: main, type: master}\n"
    "  - {name: gridbot01, type: sub, parent: main}\n"
    "keys:\n"
)
GRIDBOT = {
    "label": "gridbot-2026q4",
    "account": "gridbot01",
    "permissions": "[trade]",
    "ip_allowlist": "[203.0.113.7]",
    "created": "2026-10-01",
}
LIVE = (
    "live-declared live-present live-permissions live-ips live-revoked live-created live-accounts"
)


def declared(**fields: str | None) -> str:
    """A declared key, as the one on OKX but for what is named."""
    stated = {**GRIDBOT, **fields}
    return "  - {" + ", ".join(f"{k}: {v}" for k, v in stated.items() if v is not None) + "}\n"


def verdict(manifest: str, *texts: str, policy: str = "version: 1\n", as_of: date = DAY) -> Verdict:
    file = read("a.yaml", manifest.encode())
    inventory, flaws = load([file])
    snapshots = tuple(parse(text.encode(), f"{n}.json") for n, text in enumerate(texts))
    rules = frozenset([*LIVE.split(), "auditor-privilege"])
    context = Context(snapshots=snapshots)
    question = Question(as_of, select=rules)
    return judge(question, policy_of(policy), [file], inventory, flaws, Redactor(()), context)


def told(found: Verdict) -> list[tuple[str, str | None, str | None]]:
    return [(each.rule, each.key, each.value) for each in found.findings]


def on_okx(*keys: dict[str, Any], **more: Any) -> str:
    """A snapshot whose only sub-account has these keys."""
    return snapshot(master(), account("gridbot01", *keys), **more)


def one(found: Verdict) -> Finding:
    (finding,) = found.findings
    return finding


def at(finding: Finding) -> tuple[str, int, int]:
    return finding.location[:3]


def test_what_is_as_declared_is_no_finding() -> None:
    assert told(verdict(HEAD + declared(), on_okx(key()))) == []


# -- keys that nobody declares, and keys that are not there ----------------------------------


def test_an_undeclared_key_stands_at_its_account() -> None:
    found = one(verdict(HEAD, on_okx(key("stranger", permissions=["withdraw"], ips=[]))))
    assert (found.rule, found.account, found.key, found.value) == (
        *("live-declared", "gridbot01", None),
        "stranger",
    )
    assert at(found) == ("a.yaml", 4, 12)
    assert "(read_only,withdraw; no address; created on 2026-10-01, 52 days ago)" in found.message


def test_without_an_account_it_stands_at_the_first_key_of_it() -> None:
    manifest = "version: 1\nkeys:\n" + declared(label="first") + declared()
    found = verdict(manifest, on_okx(key("first"), key(), key("stranger")))
    assert at(one(found)) == ("a.yaml", 3, 13)


@pytest.mark.parametrize("policy", [True, False])
def test_without_a_key_it_stands_at_the_policy_else_nowhere(policy: bool, tmp_path: Path) -> None:
    if policy:
        (tmp_path / "okxlint.yaml").write_text("version: 1\n")
    (tmp_path / "okx-keys.yaml").write_text("version: 1\nkeys: []\n")
    snapshots = (parse(on_okx(key("stranger")).encode(), "a.json"),)
    question = Question(DAY, select=frozenset(["live-declared"]))
    report = run_check(Request(question, Wanted(str(tmp_path)), snapshots=snapshots))
    (finding,) = report.findings
    assert at(finding) == ("okxlint.yaml" if policy else "okx-live/gridbot01/stranger", 1, 1)


@pytest.mark.parametrize("status", ["planned", "active", "retired", "compromised", "revoked"])
def test_a_key_of_any_status_is_declared(status: str) -> None:
    found = verdict(HEAD + declared(status=status), on_okx(key()))
    assert "live-declared" not in [rule for rule, _, _ in told(found)]


def test_a_key_with_a_schema_error_is_declared() -> None:
    found = verdict(HEAD + declared(permissions="[trad]"), on_okx(key()))
    assert [rule for rule, _, _ in told(found)] == ["manifest-schema"]


@pytest.mark.parametrize(
    ("listing", "missing"),
    [("complete", True), ("self-only", False), ("attested", False), ("failed", False)],
)
def test_only_a_whole_listing_makes_a_key_missing(listing: str, missing: bool) -> None:
    more = {
        "failed": {"reason": "no"},
        "attested": {"attested_by": "security@example.com", "attested_on": "2026-11-22"},
    }
    there = account("gridbot01", listing=listing, **more.get(listing, {}))
    found = verdict(HEAD + declared(), snapshot(master(), there))
    expected = [("live-present", "gridbot-2026q4", "gridbot-2026q4")] if missing else []
    assert told(found) == expected


@pytest.mark.parametrize("status", ["planned", "retired", "compromised", "revoked"])
def test_only_an_active_key_is_missing(status: str) -> None:
    assert told(verdict(HEAD + declared(status=status), on_okx())) == []


def test_a_missing_key_stands_at_its_label() -> None:
    assert at(one(verdict(HEAD + declared(), on_okx()))) == ("a.yaml", 6, 13)


# -- the same key ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("manifest", "live", "value"),
    [
        ("[trade]", ["read_only", "trade"], None),
        ("[read_only, trade]", ["trade", "read"], None),
        ("[read_only]", [], None),
        ("[trade]", ["read_only"], "read_only"),
        ("[read_only]", ["read_only", "withdraw", "trade"], "read_only,trade,withdraw"),
        ("[trade]", ["trade", "transfer"], "read_only,trade,transfer"),
    ],
)
def test_permissions_as_sets(manifest: str, live: list[str], value: str | None) -> None:
    found = verdict(HEAD + declared(permissions=manifest), on_okx(key(permissions=live)))
    expected = [("live-permissions", "gridbot-2026q4", value)] if value else []
    assert told(found) == expected
    assert [at(each) for each in found.findings] == [("a.yaml", 6, 49)] * bool(value)


@pytest.mark.parametrize(
    ("manifest", "live", "same"),
    [
        ("[203.0.113.7]", ["203.0.113.7/32"], True),
        ("[203.0.113.0/31]", ["203.0.113.1", "203.0.113.0"], True),
        ("[203.0.113.7]", ["203.0.113.7", "203.0.113.8"], False),
        ("[203.0.113.7]", [], False),
        (None, [], True),
        (None, ["203.0.113.7"], False),
        ("['2001:db8::1']", ["2001:DB8:0::1"], True),
        ("[203.0.113.7]", ["::ffff:203.0.113.7"], True),
        ("[203.0.113.0/24]", ["203.0.113.9/24"], True),
        ("[203.0.113.7]", ["203.0.113.7", "anywhere"], False),
    ],
)
def test_addresses_as_networks(manifest: str | None, live: list[str], same: bool) -> None:
    found = verdict(HEAD + declared(ip_allowlist=manifest), on_okx(key(ips=live)))
    expected = [("live-ips", "gridbot-2026q4", ",".join(sorted(live)))]
    assert told(found) == ([] if same else expected)
    place = ("a.yaml", 6, 71) if manifest else ("a.yaml", 6, 13)
    assert [at(each) for each in found.findings] == [place] * (not same)


def test_addresses_that_a_provider_manages_are_not_compared() -> None:
    found = verdict(HEAD + declared(third_party="3commas"), on_okx(key(ips=[])))
    assert told(found) == []


@pytest.mark.parametrize("status", ["planned", "active", "retired"])
def test_a_key_that_may_be_there(status: str) -> None:
    assert told(verdict(HEAD + declared(status=status), on_okx(key()))) == []


@pytest.mark.parametrize("status", ["compromised", "revoked"])
def test_a_key_that_must_be_gone(status: str) -> None:
    found = verdict(HEAD + declared(status=status), on_okx(key()))
    assert told(found) == [("live-revoked", "gridbot-2026q4", status)]
    assert found.findings[0].location.line == 6
    assert told(verdict(HEAD + declared(status=status), on_okx())) == []


@pytest.mark.parametrize(
    ("day", "live", "off"),
    [
        ("2026-10-01", "2026-10-01T00:00:00Z", False),
        ("2026-10-02", "2026-10-01T00:00:00Z", False),
        ("2026-10-03", "2026-10-01T23:59:59.999Z", True),
        ("2026-09-30", "2026-10-01T23:59:59.999Z", False),
        ("2026-09-29", "2026-10-01T00:00:00Z", True),
        (None, "2026-10-01T00:00:00Z", True),
        ("2026-10-01", None, False),
        (None, None, False),
    ],
)
def test_a_day_of_creation(day: str | None, live: str | None, off: bool) -> None:
    found = verdict(HEAD + declared(created=day), on_okx(key(created=live)))
    assert told(found) == ([("live-created", "gridbot-2026q4", "2026-10-01")] if off else [])


# -- which key is which ------------------------------------------------------------------------


def test_a_rename_by_the_last_eight_digits() -> None:
    manifest = HEAD + declared(key_id="7a031a2b", ip_allowlist="[203.0.113.8]")
    found = verdict(manifest, on_okx(key("new-name", key_id="7a031a2b")))
    assert told(found) == [
        ("live-declared", None, "new-name"),
        ("live-ips", "gridbot-2026q4", "203.0.113.7"),
    ]
    assert "'gridbot-2026q4' of account 'gridbot01' was renamed" in found.findings[0].message
    (related,) = found.findings[0].related
    assert related.location[:3] == ("a.yaml", 6, 13)


def test_a_rename_by_permissions_addresses_and_creation() -> None:
    assert told(verdict(HEAD + declared(), on_okx(key("new-name")))) == [
        ("live-declared", None, "new-name")
    ]


@pytest.mark.parametrize(
    "manifest",
    [
        declared(permissions="[read_only]"),
        declared(ip_allowlist="[203.0.113.8]"),
        declared(created="2026-10-02"),
        declared(created=None),
        declared(status="planned"),
        declared(key_id="00000000"),
    ],
)
def test_what_is_no_rename(manifest: str) -> None:
    live = key("new-name", key_id="7a031a2b" if "key_id" in manifest else None)
    found = verdict(HEAD + manifest, on_okx(live))
    missing = [("live-present", "gridbot-2026q4", "gridbot-2026q4")] * ("planned" not in manifest)
    assert sorted(told(found), key=str) == sorted(
        [("live-declared", None, "new-name"), *missing], key=str
    )
    assert all("renamed" not in finding.message for finding in found.findings)


def test_of_two_that_are_alike_neither_is_a_rename() -> None:
    found = verdict(HEAD + declared(), on_okx(key("one"), key("two")))
    assert [value for _, _, value in told(found)] == ["one", "two", "gridbot-2026q4"]
    twice = declared() + declared(label="other")
    found = verdict(HEAD + twice, on_okx(key("one")))
    assert [rule for rule, _, _ in told(found)] == ["live-declared", "live-present", "live-present"]


def test_a_key_made_anew_under_its_old_label_is_another() -> None:
    found = verdict(HEAD + declared(key_id="00000000"), on_okx(key(key_id="7a031a2b")))
    assert [rule for rule, _, _ in told(found)] == ["live-declared", "live-present"]
    assert (
        "is not the key that is declared with this label: it ends in" in found.findings[0].message
    )


def test_a_revoked_record_of_the_same_label_does_not_hide_the_current_key() -> None:
    old = declared(status="revoked", created="2026-01-01")
    assert told(verdict(HEAD + old + declared(), on_okx(key()))) == []


@pytest.mark.parametrize("day", ["2026-01-01", "2026-12-01"])
def test_of_two_keys_of_one_label_the_one_made_that_day_is_declared(day: str) -> None:
    other = key(permissions=["withdraw"], created=f"{day}T00:00:00Z")
    for keys in ([other, key()], [key(), other]):
        found = one(verdict(HEAD + declared(), on_okx(*keys)))
        assert (found.rule, found.value) == ("live-declared", "gridbot-2026q4")
        assert "(read_only,withdraw; " in found.message
        assert found.message.endswith("is not the key that is declared with this label")


def test_of_two_keys_of_one_label_the_one_with_the_id_is_declared() -> None:
    keys = key(created="2026-01-01T00:00:00Z", key_id="7a031a2b"), key(permissions=["withdraw"])
    found = verdict(HEAD + declared(key_id="7a031a2b"), on_okx(*keys))
    assert [rule for rule, _, _ in told(found)] == ["live-declared", "live-created"]


def test_labels_are_of_one_account() -> None:
    both = "  - {name: gridbot02, type: sub, parent: main}\n"
    manifest = HEAD.replace("keys:\n", both + "keys:\n") + declared(account="gridbot02")
    there = snapshot(master(), account("gridbot01", key()), account("gridbot02"))
    assert sorted(rule for rule, _, _ in told(verdict(manifest, there))) == [
        "live-declared",
        "live-present",
    ]


def test_environments_are_apart() -> None:
    demo = on_okx(key(), environment="demo")
    assert told(verdict(HEAD + declared(), demo)) == [("live-declared", None, "gridbot-2026q4")]
    assert told(verdict(HEAD + declared(environment="demo"), demo)) == []
    found = verdict(HEAD + declared(environment="demo"), on_okx(key()))
    assert "is declared as a demo key" in one(found).message


def test_several_masters() -> None:
    other = {"account": "europe", "permissions": ["read_only"], "ips": ["203.0.113.*"]}
    second = snapshot(
        account("europe", type="master", listing="self-only"),
        account("eubot", key()),
        auditor=other,
    )
    found = verdict(HEAD + declared(), on_okx(key()), second)
    assert ("live-declared", None, "gridbot-2026q4") in told(found)
    assert {each.account for each in found.findings} == {"europe", "eubot"}


def test_of_two_snapshots_the_later_one_tells() -> None:
    old = on_okx(taken_at="2026-11-20T00:00:00Z")
    new = on_okx(key(), taken_at="2026-11-22T00:00:00Z")
    assert told(verdict(HEAD + declared(), new, old)) == []


# -- accounts and the auditor ------------------------------------------------------------------


def test_a_sub_account_that_is_not_declared_stands_at_its_parent() -> None:
    found = one(verdict(HEAD, snapshot(master(), account("gridbot01"), account("other"))))
    assert (found.rule, found.account, found.value) == ("live-accounts", "main", "other")
    assert at(found) == ("a.yaml", 3, 12)


def test_a_declared_sub_account_that_okx_lacks_stands_at_its_name() -> None:
    found = one(verdict(HEAD, snapshot(master())))
    assert (found.rule, found.value, at(found)) == ("live-accounts", "gridbot01", ("a.yaml", 4, 12))


def test_accounts_are_not_asked_for_until_one_is_declared() -> None:
    manifest = "version: 1\nkeys:\n" + declared()
    assert told(verdict(manifest, on_okx(key()))) == []


def test_a_sub_account_of_another_uid() -> None:
    manifest = HEAD.replace("parent: main", "parent: main, uid: '3400123412347413'")
    same = snapshot(master(), account("gridbot01", uid="3400***********7413"))
    other = snapshot(master(), account("gridbot01", uid="9900***********7413"))
    assert told(verdict(manifest, same)) == []
    assert "with the uid 9900***********7413" in one(verdict(manifest, other)).message


@pytest.mark.parametrize(
    ("permissions", "ips", "severity"),
    [
        (["read_only"], ["203.0.113.*"], None),
        (["read_only"], [], "warning"),
        (["read_only", "trade"], ["203.0.113.*"], "error"),
        (["withdraw"], [], "error"),
    ],
)
def test_the_auditor(permissions: list[str], ips: list[str], severity: str | None) -> None:
    who = {"account": "main", "permissions": permissions, "ips": ips}
    found = verdict(HEAD, snapshot(master(), account("gridbot01"), auditor=who))
    assert [each.severity.word for each in found.findings] == [severity] * bool(severity)
    assert [(each.rule, at(each)) for each in found.findings] == [
        ("auditor-privilege", ("a.yaml", 3, 12))
    ] * bool(severity)


def test_the_auditor_is_never_waived() -> None:
    manifest = HEAD.replace(
        "type: master}",
        "type: master, waivers: [{rule: auditor-privilege, reason: a, approved_by: b@example.com, "
        "expires: 2026-12-31}]}",
    )
    who = {"account": "main", "permissions": ["trade"], "ips": []}
    found = verdict(manifest, snapshot(master(), account("gridbot01"), auditor=who))
    assert [rule for rule, _, _ in told(found)].count("auditor-privilege") == 1


def test_live_rules_are_waived_like_others() -> None:
    waiver = "[{rule: live-ips, reason: a, approved_by: b@example.com, expires: 2026-12-31}]"
    manifest = HEAD + declared(ip_allowlist="[203.0.113.8]", waivers=waiver)
    found = verdict(manifest, on_okx(key()))
    assert told(found) == []
    assert [each.rule for each in found.waived] == ["live-ips"]


# -- waivers that nothing needs ---------------------------------------------------------------

GRANTED = "reason: a, approved_by: b@example.com, expires: 2026-12-31"
TAKEN = date(2026, 11, 26)
WHOLE = {"listing": "attested", "attested_by": "a@example.com", "attested_on": "2026-11-26"}
DEMO = {"environment": "demo"}
OTHER = key("other", permissions=["read_only"], ips=[])


def unused(manifest: str, *texts: str, as_of: date = TAKEN) -> bool:
    return "waiver-unused" in [rule for rule, _, _ in told(verdict(manifest, *texts, as_of=as_of))]


@pytest.mark.parametrize(
    ("texts", "days", "expected"),
    [
        ([on_okx(key())], 0, True),
        # One day is the age that a snapshot may have.
        ([on_okx(key())], 1, True),
        ([on_okx(key())], 2, False),
        ([on_okx(key())], -1, False),
        # The very key is there, whatever else there is.
        ([snapshot(account("gridbot01", key(), listing="self-only"))], 0, True),
        ([snapshot(account("gridbot01", OTHER, listing="self-only"))], 0, False),
        ([snapshot(account("gridbot01", key(), **WHOLE))], 0, True),
        # Nobody looked.
        ([snapshot(master(), account("gridbot01", listing="failed", reason="off"))], 0, False),
        ([snapshot(master())], 0, False),
        ([on_okx(key(), **DEMO)], 0, False),
    ],
)
def test_a_keys_waiver_is_unused_only_if_it_was_looked_at(
    texts: list[str], days: int, expected: bool
) -> None:
    manifest = HEAD + declared(waivers=f"[{{rule: live-ips, {GRANTED}}}]")
    assert unused(manifest, *texts, as_of=TAKEN + timedelta(days)) is expected


@pytest.mark.parametrize(
    ("texts", "days", "expected"),
    [
        ([on_okx(key()), on_okx(**DEMO)], 0, True),
        ([on_okx(key()), on_okx(**DEMO)], 2, False),
        ([on_okx(key())], 0, False),
        ([on_okx(**DEMO)], 0, False),
        ([snapshot(master(), account("gridbot01", **WHOLE)), on_okx(**DEMO)], 0, True),
        ([snapshot(account("gridbot01", key(), listing="self-only")), on_okx(**DEMO)], 0, False),
    ],
)
def test_an_accounts_waiver_is_unused_only_if_all_environments_were_looked_at(
    texts: list[str], days: int, expected: bool
) -> None:
    waiver = f"waivers: [{{rule: live-declared, {GRANTED}, value: stranger}}]"
    manifest = HEAD.replace("parent: main", f"parent: main, {waiver}")
    manifest += declared() + declared(label="demo-1", environment="demo")
    assert unused(manifest, *texts, as_of=TAKEN + timedelta(days)) is expected


def test_a_waiver_of_what_is_live_is_unused_in_the_one_environment_that_there_is() -> None:
    waiver = f"waivers: [{{rule: live-declared, {GRANTED}, value: stranger}}]"
    manifest = HEAD.replace("parent: main", f"parent: main, {waiver}") + declared()
    assert unused(manifest, on_okx(key()))
    assert not unused(manifest, on_okx(key(), **DEMO))
    assert not unused(manifest, on_okx(key("stranger")))

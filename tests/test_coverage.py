"""What snapshots could not show: each kind of unknown, and which of them end a run with 3."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from okxlint.check import Request, run_check
from okxlint.coverage import unknowns
from okxlint.documents.reader import read
from okxlint.engine import Question
from okxlint.errors import OkxlintError
from okxlint.loading import Wanted
from okxlint.manifest import load
from okxlint.model import Report, Unknown
from okxlint.reconciliation import reconcile
from okxlint.snapshot.file import parse
from okxlint.unknowns import KINDS, TOLD, Kind, settled
from tests.conftest import DAY
from tests.sample_snapshot import account, key, master, snapshot
from tests.test_cli import ROOT
from tests.test_live_rules import HEAD, declared

PAGE = (ROOT / "docs/live.md").read_text("utf-8")


def of(manifest: str, *texts: str, as_of: date = DAY, max_age: int = 1) -> list[Unknown]:
    inventory, _ = load([read("a.yaml", manifest.encode())])
    live = reconcile(inventory, [parse(text.encode(), "a.json") for text in texts])
    return list(unknowns(live, inventory, as_of, max_age))


def kinds(manifest: str, text: str, max_age: int = 1) -> list[tuple[str, str | None]]:
    found = of(manifest, text, as_of=date(2026, 11, 26), max_age=max_age)
    return [(each.kind, each.account) for each in found]


MASTER = ("master-keys", "main")


def test_what_nobody_can_see_of_a_master() -> None:
    assert kinds(HEAD + declared(), snapshot()) == [MASTER]


def test_an_attested_master_is_seen() -> None:
    whole = master(listing="attested", attested_by="security@example.com", attested_on="2026-11-26")
    assert kinds(HEAD + declared(), snapshot(whole, account("gridbot01", key()))) == []


def test_an_account_that_failed() -> None:
    found = of(HEAD, snapshot(master(), account("gridbot01", listing="failed", reason="it is off")))
    assert ("failed-account", "gridbot01") in [(each.kind, each.account) for each in found]
    assert any(each.message.endswith("could not be read: it is off") for each in found)


def test_a_sub_accounts_own_credential() -> None:
    who = {"account": "gridbot01", "permissions": ["read_only"], "ips": ["203.0.113.*"]}
    own = snapshot(account("gridbot01", key(), listing="self-only"), auditor=who)
    assert kinds(HEAD + declared(), own) == [("self-only", "gridbot01"), ("no-snapshot", "main")]


def test_an_account_of_which_no_snapshot_tells() -> None:
    manifest = HEAD.replace("keys:", "  - {name: europe, type: master}\nkeys:")
    assert kinds(manifest, snapshot()) == [MASTER, ("no-snapshot", "europe")]
    keys = HEAD + declared(account="implied")
    assert kinds(keys, snapshot()) == [MASTER, ("no-snapshot", "implied")]
    broken = HEAD + declared(account="implied", permissions="[trad]")
    assert kinds(broken, snapshot()) == [MASTER, ("no-snapshot", "implied")]


def test_an_account_that_is_not_right_is_asked_for_all_the_same() -> None:
    manifest = HEAD.replace("keys:", "  - {name: europe, type: mister}\nkeys:")
    assert kinds(manifest, snapshot()) == [MASTER, ("no-snapshot", "europe")]


def test_an_account_that_okx_lacks_is_a_finding_and_no_unknown() -> None:
    assert kinds(HEAD, snapshot(master())) == [MASTER]


def test_keys_of_another_environment() -> None:
    both = HEAD + declared() + declared(label="demo", environment="demo")
    assert kinds(both, snapshot()) == [MASTER, ("other-environment", "gridbot01")]
    broken = HEAD + declared(environment="demo", permissions="[trad]")
    assert kinds(broken, snapshot()) == [MASTER, ("other-environment", "gridbot01")]


def test_addresses_that_a_provider_manages() -> None:
    found = kinds(HEAD + declared(third_party="3commas"), snapshot())
    assert found == [MASTER, ("third-party-addresses", "gridbot01")]


@pytest.mark.parametrize(
    ("taken_at", "max_age", "stale"),
    [
        ("2026-11-26T23:59:59Z", 1, False),
        ("2026-11-25T00:00:00Z", 1, False),
        ("2026-11-24T23:59:59Z", 1, True),
        ("2026-11-27T00:00:00Z", 1, True),
        ("2026-11-25T23:59:59Z", 0, True),
        ("2026-11-26T00:00:00Z", 0, False),
        ("2026-11-16T00:00:00Z", 10, False),
        ("2026-11-15T23:59:59Z", 10, True),
    ],
)
def test_the_age_of_a_snapshot(taken_at: str, max_age: int, stale: bool) -> None:
    found = kinds(HEAD + declared(), snapshot(taken_at=taken_at), max_age=max_age)
    assert (("stale-snapshot", None) in found) == stale


def test_the_age_is_told_with_the_file() -> None:
    (old, *_) = of(HEAD, snapshot(), as_of=date(2026, 11, 28))
    assert old.message == "the snapshot a.json is 2 days old, and may be 1 day old: take a new one"
    (later, *_) = of(HEAD, snapshot(), as_of=date(2026, 11, 25))
    assert later.message == "the snapshot a.json was taken 1 day after the day of this run"


# -- what they mean for a run ----------------------------------------------------------------


def report(folder: Path, manifest: str, text: str, policy: str = "", allow: str = "") -> Report:
    (folder / "okx-keys.yaml").write_text(manifest)
    (folder / "okxlint.yaml").write_text(f"version: 1\n{policy}")
    question = Question(date(2026, 11, 26), select=frozenset(["live-present"]))
    allowed = frozenset(filter(None, [allow]))
    snapshots = (parse(text.encode(), "a.json"),)
    wanted = Wanted(str(folder))
    return run_check(Request(question, wanted, snapshots=snapshots, allow_unknown=allowed))


OWN = {"account": "gridbot01", "permissions": ["read_only"], "ips": ["203.0.113.*"]}
CASES = {
    "master-keys": (HEAD + declared(), snapshot(), 0),
    "other-environment": (HEAD + declared(environment="demo"), snapshot(), 0),
    "third-party-addresses": (HEAD + declared(third_party="3commas"), snapshot(), 0),
    "failed-account": (
        HEAD,
        snapshot(master(), account("gridbot01", listing="failed", reason="no")),
        3,
    ),
    "no-snapshot": (HEAD + declared(account="implied"), snapshot(), 3),
    "stale-snapshot": (HEAD, snapshot(taken_at="2026-11-01T00:00:00Z"), 3),
    "self-only": (
        "version: 1\nkeys:\n" + declared(),
        snapshot(account("gridbot01", key(), listing="self-only"), auditor=OWN),
        3,
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_which_kinds_end_a_run_with_3(kind: str, tmp_path: Path) -> None:
    manifest, text, code = CASES[kind]
    found = report(tmp_path, manifest, text)
    assert kind in [unknown.kind for unknown in found.unknown]
    assert found.exit == code
    assert found.coverage


@pytest.mark.parametrize("kind", [kind for kind, case in CASES.items() if case[2] == 3])
@pytest.mark.parametrize("by", ["flag", "policy"])
def test_a_kind_that_is_accepted_is_told_and_does_not_count(
    kind: str, by: str, tmp_path: Path
) -> None:
    manifest, text, _ = CASES[kind]
    policy = f"live: {{allow_unknown: [{kind}]}}\n" if by == "policy" else ""
    found = report(tmp_path, manifest, text, policy, kind if by == "flag" else "")
    (unknown,) = [each for each in found.unknown if each.kind == kind]
    assert (unknown.accepted, found.exit) == (True, 0)


def test_what_the_policy_requires_counts_and_cannot_be_accepted(tmp_path: Path) -> None:
    manifest, text, _ = CASES["master-keys"]
    policy = "live: {require: [master-keys]}\n"
    assert report(tmp_path, manifest, text, policy).exit == 3
    with pytest.raises(OkxlintError, match="master-keys"):
        report(tmp_path, manifest, text, policy, "master-keys")


def test_another_accounts_snapshot_is_wrong_usage(tmp_path: Path) -> None:
    manifest = HEAD.replace("type: master", "type: master, uid: '44705892343619584'")
    report(tmp_path, manifest, snapshot(master(uid="44705892343619584")))
    with pytest.raises(OkxlintError, match="is of the uid 11111111111111111, and 4470"):
        report(tmp_path, manifest, snapshot(master(uid="11111111111111111")))


# -- the list of kinds -----------------------------------------------------------------------


def test_all_kinds_are_told_of() -> None:
    assert tuple(KINDS) == get_args(Kind)
    assert {kind for kind, case in CASES.items() if case[2] == 0} == TOLD
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    assert {kind: said for kind, said, _ in rows} == KINDS
    for kind, _, status in rows:
        if kind in CASES:
            assert status.startswith("3" if CASES[kind][2] else "as it is")


@pytest.mark.parametrize("kind", KINDS)
def test_settled(kind: str) -> None:
    unknown = Unknown(kind, "")
    assert settled(unknown, (), ()).accepted == (kind in TOLD)
    assert settled(unknown, (), (kind,)).accepted
    assert not settled(unknown, (kind,), (kind,)).accepted

"""``okxlint check --live``, as users run it: every format, exit status and option of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.asking import okxlint
from tests.repositories import git, plain_git
from tests.sample_snapshot import account, key, master, snapshot
from tests.test_live_rules import HEAD, declared

DAY = ("--as-of", "2026-11-26")
ONLY = ("--select", "live-declared,live-ips,live-present,auditor-privilege")
STRANGER = key("stranger", permissions=["withdraw"], ips=[])
FAILED = account("gridbot02", listing="failed", reason="the sub-account is suspended")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Manifests, and a snapshot with two strangers and a sub-account that failed."""
    second = "  - {name: gridbot02, type: sub, parent: main}\nkeys:\n"
    (tmp_path / "okx-keys.yaml").write_text(HEAD.replace("keys:\n", second) + declared())
    there = account("gridbot01", key(), STRANGER, key("stranger-2", created="2026-10-02T00:00:00Z"))
    (tmp_path / "main.json").write_text(snapshot(master(), there, FAILED))
    return tmp_path


def check(desk: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return okxlint("check", "--live", "main.json", *DAY, *ONLY, *arguments, cwd=desk)


def report(desk: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = check(desk, "-f", "json", *arguments)
    return done.returncode, json.loads(done.stdout)


def kinds(found: dict[str, Any]) -> list[str]:
    return [each["kind"] for each in found["unknown"]]


def test_json(desk: Path) -> None:
    code, found = report(desk)
    assert code == 1
    assert [each["value"] for each in found["findings"]] == ["stranger", "stranger-2"]
    assert {(each["line"], each["column"]) for each in found["findings"]} == {(4, 12)}
    assert kinds(found) == ["failed-account", "master-keys"]
    assert found["coverage"]["accounts"] == [
        {"name": "gridbot01", "listing": "complete", "keys": 3},
        {"name": "gridbot02", "listing": "failed", "keys": 0},
        {"name": "main", "listing": "self-only", "keys": 0},
    ]
    assert found["summary"]["unknown"] == 2


@pytest.mark.parametrize(
    "format_", ["text", "concise", "github", "gitlab", "junit", "markdown", "sarif", "json"]
)
def test_every_format_tells_findings_unknowns_and_coverage(format_: str, desk: Path) -> None:
    done = check(desk, "-f", format_)
    assert done.returncode == 1
    words = " ".join(done.stdout.split())
    for said in ("stranger", "the sub-account is suspended", "failed-account", "master-keys"):
        assert said in words, said
    assert done.stdout.count("\x1b") == 0


def test_text_says_how_much_was_not_seen(desk: Path) -> None:
    words = " ".join(check(desk).stdout.split())
    assert "Not looked at: 2 of 3 accounts on OKX; 2 unknowns above." in words
    markdown = check(desk, "-f", "markdown").stdout
    assert "gridbot02" in markdown


def test_junit_has_a_case_for_what_was_not_seen(desk: Path) -> None:
    root = ElementTree.fromstring(check(desk, "-f", "junit").stdout)  # noqa: S314 - our own
    assert "failed-account" in ElementTree.tostring(root, encoding="unicode")


def test_undeclared_keys_are_alerts_of_their_own(desk: Path) -> None:
    (run,) = json.loads(check(desk, "-f", "sarif").stdout)["runs"]
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert [place["artifactLocation"]["uri"] for place in places] == [
        "okx-live/gridbot01/stranger",
        "okx-live/gridbot01/stranger-2",
    ]
    related = run["results"][0]["relatedLocations"][0]["physicalLocation"]
    assert related["artifactLocation"]["uri"] == "okx-keys.yaml"
    assert run["automationDetails"]["id"].startswith("okxlint-live")


def test_what_is_accepted_by_name(desk: Path) -> None:
    known = snapshot(master(), account("gridbot01", key()), FAILED)
    (desk / "main.json").write_text(known)
    assert check(desk).returncode == 3
    assert check(desk, "--allow-unknown", "failed-account").returncode == 0
    assert check(desk, "--allow-unknown", "self-only , failed-account").returncode == 0
    assert check(desk, "--allow-unknown", "self-only").returncode == 3
    wrong = check(desk, "--allow-unknown", "failed-acount")
    assert wrong.returncode == 2
    assert "did you mean 'failed-account'?" in wrong.stderr
    (desk / "okxlint.yaml").write_text(
        "version: 1\nlive: {require: [master-keys], allow_unknown: [failed-account]}\n"
    )
    assert check(desk).returncode == 3
    both = check(desk, "--allow-unknown", "master-keys")
    assert both.returncode == 2
    assert "master-keys" in both.stderr


def test_a_policy_that_requires_what_it_accepts(desk: Path) -> None:
    (desk / "okxlint.yaml").write_text(
        "version: 1\nlive: {require: [master-keys], allow_unknown: [master-keys]}\n"
    )
    done = check(desk)
    assert done.returncode == 2
    assert "okxlint.yaml:2:" in done.stderr


def test_policy_show_tells_it(desk: Path) -> None:
    (desk / "okxlint.yaml").write_text("version: 1\nlive: {require: [master-keys]}\n")
    shown = okxlint("policy", "show", cwd=desk).stdout
    assert "live:\n  require:\n    - master-keys" in shown
    value = json.loads(okxlint("policy", "show", "-f", "json", cwd=desk).stdout)
    assert value["live"]["require"]["value"] == ["master-keys"]


@pytest.mark.parametrize(("days", "code"), [("1", 1), ("0", 1), ("3", 1)])
def test_an_old_snapshot_is_unknown_and_still_compared(days: str, code: int, desk: Path) -> None:
    later = ("--as-of", "2026-11-28", "--max-snapshot-age", days)
    status, found = report(desk, *later)
    assert status == code
    assert ("stale-snapshot" in kinds(found)) == (days != "3")
    assert len(found["findings"]) == 2


def test_several_snapshots(desk: Path) -> None:
    other = {"account": "europe", "permissions": ["read_only"], "ips": ["203.0.113.*"]}
    europe = account("europe", type="master", listing="self-only")
    (desk / "europe.json").write_text(snapshot(europe, auditor=other))
    _, found = report(desk, "--live", "europe.json")
    assert [each["name"] for each in found["coverage"]["accounts"]] == [
        *("europe", "gridbot01", "gridbot02", "main"),
    ]


def test_a_live_rule_that_is_asked_for_without_a_snapshot_is_unknown(desk: Path) -> None:
    done = okxlint("check", *DAY, "--select", "live-present", "-f", "json", cwd=desk)
    found = json.loads(done.stdout)
    assert (done.returncode, kinds(found)) == (3, ["no-snapshot"])
    assert "live-present" in found["unknown"][0]["message"]
    plain = okxlint("check", *DAY, "--select", "no-withdraw", "-f", "json", cwd=desk)
    assert (plain.returncode, json.loads(plain.stdout)["unknown"]) == (0, [])


def test_a_waiver_of_a_live_rule_without_a_snapshot_is_not_unused(desk: Path) -> None:
    waiver = "[{rule: live-ips, reason: a, approved_by: b@example.com, expires: 2026-12-31}]"
    (desk / "okx-keys.yaml").write_text(HEAD + declared(waivers=waiver))
    done = okxlint("check", *DAY, "-f", "concise", cwd=desk)
    assert "waiver-unused" not in done.stdout
    assert "waiver-unused" in check(desk, "-f", "concise").stdout


def test_only_what_a_change_brought_is_new(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain_git(monkeypatch)
    git(desk, "init", "-q", "-b", "main")
    git(desk, "add", "okx-keys.yaml")
    git(desk, "commit", "-qm", "one")
    wider = (desk / "okx-keys.yaml").read_text().replace("[203.0.113.7]", "[203.0.113.8]")
    (desk / "okx-keys.yaml").write_text(wider)
    code, found = report(desk, "--base", "HEAD", "--new-only")
    assert code == 1
    assert [(each["rule"], each["new"]) for each in found["findings"]] == [("live-ips", True)]


def test_a_baseline_accepts_no_live_finding(desk: Path) -> None:
    done = okxlint(
        "baseline", "--until", "2027-01-01", "--reason", "as it was", "-o", "b.yaml", cwd=desk
    )
    assert done.returncode == 0
    assert "live-" not in (desk / "b.yaml").read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "main.json"),
        ("{", "main.json"),
        ("[]", "main.json"),
        ('{"version": 2}', "version"),
        (snapshot().replace('"global"', "1"), "site"),
        ("{" * 100_000, "main.json"),
        (snapshot().replace('"version": 1', f'"version": {"9" * 5000}'), "too long"),
        (None, "cannot read the snapshot main.json: cannot be read: No such"),
    ],
)
def test_a_snapshot_that_is_none(text: str | None, said: str, desk: Path) -> None:
    if text is None:
        (desk / "main.json").unlink()
    else:
        (desk / "main.json").write_text(text)
    done = check(desk)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_options_that_go_with_a_snapshot(desk: Path) -> None:
    done = okxlint("check", "--max-snapshot-age", "3", cwd=desk)
    assert (done.returncode, "--live" in done.stderr) == (2, True)

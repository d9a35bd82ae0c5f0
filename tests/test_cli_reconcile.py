"""``okxlint reconcile`` as users run it."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from okxlint.live.client import ENDPOINTS
from okxlint.snapshot.file import load_snapshot
from tests.asking import okxlint
from tests.exchange import Books, Exchange, Key, faults

MANIFEST = """\
version: 1
accounts:
  - {name: main, type: master}
  - {name: gridbot01, type: sub, parent: main}
keys:
  - {label: auditor, account: main, permissions: [read_only], ip_allowlist: [203.0.113.7]}
  - label: bot
    account: gridbot01
    permissions: [read_only, trade]
    ip_allowlist: [203.0.113.7]
    created: 2026-10-01
"""
LIVE = (
    *("live-declared", "live-present", "live-permissions", "live-ips", "live-revoked"),
    *("live-created", "live-accounts", "auditor-privilege"),
)
ASKED = ("reconcile", "--account", "main", "--select", ",".join(LIVE))


def books(perm: str = "read_only,trade") -> Books:
    made = Books()
    made.add("gridbot01", Key("bot", perm))
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "okx-keys.yaml").write_text(MANIFEST)
    return tmp_path


def run(exchange: Exchange, folder: Path, *more: str) -> tuple[int, dict[str, Any], str]:
    done = okxlint(
        *(*ASKED, "--base-url", exchange.url, "-f", "json", *more),
        cwd=folder,
        environment=exchange.books.environment,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


def test_what_is_as_declared_is_clean(folder: Path) -> None:
    with Exchange(books()) as exchange:
        code, report, told = run(exchange, folder)
    assert (code, report["findings"], told) == (0, [], "")
    assert [each["kind"] for each in report["unknown"]] == ["master-keys"]
    assert os.listdir(folder) == ["okx-keys.yaml"]


def test_what_is_otherwise_is_found_and_the_snapshot_kept(folder: Path) -> None:
    with Exchange(books("read_only,trade,withdraw")) as exchange:
        code, report, _ = run(exchange, folder, "--keep", "main.json", "-o", "sarif=a.sarif")
    assert code == 1
    assert [each["rule"] for each in report["findings"]] == ["live-permissions"]
    path = folder / "main.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_snapshot(str(path)).accounts[1].keys[0].permissions == (
        *("read_only", "trade", "withdraw"),
    )
    assert json.loads((folder / "a.sarif").read_text())["version"] == "2.1.0"
    again = okxlint(
        *("check", "--live", "main.json", "-f", "json", "--select", ",".join(LIVE)), cwd=folder
    )
    assert (again.returncode, json.loads(again.stdout)["findings"]) == (1, report["findings"])


def test_an_account_that_failed_makes_no_key_missing(folder: Path) -> None:
    with Exchange(books()) as exchange:
        exchange.fail("apikey", faults.error("59508"))
        code, report, told = run(exchange, folder)
        assert (code, report["findings"]) == (3, [])
        assert "failed-account" in [each["kind"] for each in report["unknown"]]
        assert "account 'gridbot01' could not be read" in told
        code, report, _ = run(exchange, folder, "--allow-unknown", "failed-account")
        assert code == 0


@pytest.mark.parametrize("code", ["50105", "50113", "50119", "50110"])
def test_a_refusal_ends_before_anything_is_judged(code: str, folder: Path) -> None:
    with Exchange(books()) as exchange:
        exchange.fail("config", faults.error(code, 401))
        status, report, told = run(exchange, folder, "--keep", "main.json")
        assert (status, report) == (2, {})
        assert f"({code})" in told
        assert len(exchange.requests) == 1
    assert os.listdir(folder) == ["okx-keys.yaml"]


def test_options_of_check_hold(folder: Path) -> None:
    with Exchange(books("read_only")) as exchange:
        code, report, _ = run(exchange, folder, "--fail-on", "never")
        assert (code, report["summary"]["error"]) == (0, 1)
        code, report, _ = run(exchange, folder, "--ignore", "live-permissions")
        assert (code, report["findings"]) == (0, [])
        code, report, _ = run(exchange, folder, "--as-of", "2026-01-01")
        assert "stale-snapshot" in [each["kind"] for each in report["unknown"]]
        code, report, _ = run(exchange, folder, "okx-keys.yaml")
        assert code == 1


def test_nothing_is_asked_in_a_dry_run(folder: Path) -> None:
    with Exchange(books()) as exchange:
        url = exchange.url
        done = okxlint(*ASKED, "--base-url", url, "--dry-run", "--keep", "k.json", cwd=folder)
        assert exchange.requests == []
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert sorted(line.split()[1].split("?")[0] for line in lines) == sorted(
        f"{url}{endpoint.path}" for endpoint in ENDPOINTS
    )
    assert all(line.startswith("GET ") for line in lines)
    assert "OKX says how many" in lines[-1]
    assert os.listdir(folder) == ["okx-keys.yaml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-",), "'okxlint check' does"),
        (("--new-only",), "--new-only goes with --base"),
        ((), "OKX_API_KEY, OKX_SECRET_KEY, OKX_PASSPHRASE are not set"),
        (("--policy", "no.yaml"), "no.yaml"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], said: str, folder: Path) -> None:
    done = okxlint(*ASKED, *arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_run_without_a_manifest_is_incomplete(tmp_path: Path) -> None:
    with Exchange(books()) as exchange:
        code, report, _ = run(exchange, tmp_path, "--fail-on", "never")
    assert code == 3
    assert "no-manifest" in [each["kind"] for each in report["unknown"]]

"""``okxlint snapshot`` as users run it."""

from __future__ import annotations

import json
import os
import pty
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from okxlint.snapshot.file import load_snapshot
from tests.asking import okxlint
from tests.exchange import Books, Exchange, Key, faults
from tests.exchange.books import KEY, PASSPHRASE, SECRET, UID

MANIFEST = f"""\
version: 1
accounts:
  - {{name: main, type: master, uid: "{UID}", site: eea}}
  - {{name: gridbot01, type: sub, parent: main}}
"""


def books() -> Books:
    made = Books()
    made.add("gridbot01", Key("bot", "read_only,trade"))
    made.add("gridbot02", Key("a"), Key("b"))
    return made


def test_a_file_that_is_its_owner_s_alone(tmp_path: Path) -> None:
    with Exchange(books()) as exchange:
        done = okxlint(
            *("snapshot", "--account", "main", "--base-url", exchange.url, "-o", "main.json"),
            cwd=tmp_path,
            environment=exchange.books.environment,
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    path = tmp_path / "main.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    snapshot = load_snapshot(str(path))
    assert [(each.name, len(each.keys)) for each in snapshot.accounts] == [
        ("main", 1),
        ("gridbot01", 1),
        ("gridbot02", 2),
    ]
    assert os.listdir(tmp_path) == ["main.json"]


def test_standard_output_and_an_account_that_failed(tmp_path: Path) -> None:
    with Exchange(books()) as exchange:
        exchange.fail("gridbot02", faults.error("59508", 200))
        done = okxlint(
            *("snapshot", "--account", "main", "--base-url", exchange.url),
            cwd=tmp_path,
            environment=exchange.books.environment,
        )
    assert done.returncode == 3
    assert [each["listing"] for each in json.loads(done.stdout)["accounts"]] == [
        "self-only",
        "complete",
        "failed",
    ]
    assert done.stderr == (
        "okxlint: account 'gridbot02' could not be read: OKX says: the sub-account is suspended "
        "(59508)\n"
    )


def test_what_okxlint_does_not_know_is_told(tmp_path: Path) -> None:
    made = books()
    made.subs["gridbot01"].keys[0].perm = "read_only,borrow"
    made.subs["gridbot02"].extra["newField"] = 1
    with Exchange(made) as exchange:
        done = okxlint(
            *("snapshot", "--account", "main", "--base-url", exchange.url),
            cwd=tmp_path,
            environment=made.environment,
        )
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "okxlint: OKX has a permission that okxlint does not know, and keeps: borrow",
        "okxlint: OKX has a field that okxlint does not know, and keeps: newField",
    ]


def test_a_refusal_writes_nothing_and_says_why(tmp_path: Path) -> None:
    made = books()
    made.own.perm = "read_only,trade"
    with Exchange(made) as exchange:
        asked = ("snapshot", "--account", "main", "--base-url", exchange.url, "-o", "main.json")
        done = okxlint(*asked, cwd=tmp_path, environment=made.environment)
        assert done.returncode == 2
        assert done.stderr.startswith(
            "okxlint: the credential holds trade, and to read is all that it needs\n  "
        )
        assert os.listdir(tmp_path) == []
        more = (*asked, "--allow-privileged-auditor")
        assert okxlint(*more, cwd=tmp_path, environment=made.environment).returncode == 0


def test_an_old_snapshot_stays_if_there_is_no_new_one(tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text("old")
    with Exchange(books()) as exchange:
        exchange.fail("/list", faults.error("50105", 401))
        done = okxlint(
            *("snapshot", "--account", "main", "--base-url", exchange.url, "-o", "main.json"),
            cwd=tmp_path,
            environment=exchange.books.environment,
        )
    assert (done.returncode, (tmp_path / "main.json").read_text()) == (2, "old")
    assert "the passphrase is wrong (50105)" in done.stderr


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with Exchange(books()) as exchange:
        done = okxlint(
            *("snapshot", "--account", "main", "--base-url", exchange.url, "-o", "no/main.json"),
            cwd=tmp_path,
            environment=exchange.books.environment,
        )
    assert done.returncode == 2
    assert "cannot write no/main.json: No such file" in done.stderr


def test_the_inventory_gives_uid_and_site(tmp_path: Path) -> None:
    (tmp_path / "okx-keys.yaml").write_text(MANIFEST.replace(UID, "123456789"))
    with Exchange(books()) as exchange:
        done = okxlint(
            *("snapshot", "--account", "main", "--base-url", exchange.url),
            cwd=tmp_path,
            environment=exchange.books.environment,
        )
        assert done.returncode == 2
        assert "the credential is of another account: 'main' is declared with the uid" in (
            done.stderr
        )
        (tmp_path / "okx-keys.yaml").write_text(MANIFEST)
        done = okxlint(
            *("snapshot", "--account", "main", "--base-url", exchange.url, "--env-prefix", "A_"),
            cwd=tmp_path,
            environment={f"A_{k}": value for k, value in exchange.books.environment.items()},
        )
        assert done.returncode == 0
    done = okxlint("reconcile", "--account", "main", "--dry-run", cwd=tmp_path)
    assert "https://eea.okx.com/" in done.stdout
    done = okxlint("reconcile", "--account", "main", "--dry-run", "--site", "tr", cwd=tmp_path)
    assert "https://tr.okx.com/" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing option '--account'"),
        (("--account", "main"), "OKX_API_KEY, OKX_SECRET_KEY, OKX_PASSPHRASE are not set"),
        (("--account", "main", "--env-prefix", "X_"), "X_OKX_API_KEY,"),
        (("--account", "main", "--site", "mars"), "'mars' is not one of"),
        (("--account", "main", "--site", "eea", "--base-url", "https://a.example.com"), "both"),
        (("--account", "main", "--base-url", "http://a.example.com"), "plain http"),
        (("--account", "main", "--attested", "no.yaml"), "OKX_API_KEY"),
        (("--account", "main", "--policy", "no.yaml"), "no.yaml"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = okxlint("snapshot", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "argument",
    ["--passphrase=Hunter2-Hunter2", "--api-key", "--secret", SECRET, KEY, f"-o{PASSPHRASE}",
     "OKX_PASSPHRASE=Hunter2-Hunter2"],
)  # fmt: skip
@pytest.mark.parametrize("command", ["snapshot", "reconcile"])
def test_a_credential_as_an_argument(command: str, argument: str, tmp_path: Path) -> None:
    arguments = (command, "--account", "main", argument, "Hunter2-Hunter2")
    done = okxlint(*arguments, cwd=tmp_path, environment=Books().environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert "argument 3 looks like a credential" in done.stderr
    for secret in ("Hunter2", SECRET, KEY, PASSPHRASE):
        assert secret not in done.stderr


ATTESTED = """\
version: 1
attested_by: ops@example.com
attested_on: 2026-11-20
accounts:
  - name: main
    keys:
      - {label: auditor, permissions: [read_only], ip_allowlist: [203.0.113.7]}
      - {label: treasury, permissions: [read_only, withdraw], created: 2026-10-01}
"""


def test_an_attested_list(tmp_path: Path) -> None:
    text = ATTESTED.replace("ip_allowlist", "ips")
    (tmp_path / "attested.yaml").write_text(text)
    with Exchange(books()) as exchange:
        arguments = ("snapshot", "--account", "main", "--base-url", exchange.url)
        attested = ("--attested", "attested.yaml")
        environment = exchange.books.environment
        done = okxlint(*arguments, *attested, cwd=tmp_path, environment=environment)
        assert done.returncode == 0, done.stderr
        main = json.loads(done.stdout)["accounts"][0]
        assert (main["listing"], main["attested_by"]) == ("attested", "ops@example.com")
        assert [key["label"] for key in main["keys"]] == ["auditor", "treasury"]
        (tmp_path / "attested.yaml").write_text(text.replace("label: auditor", "label: other"))
        done = okxlint(*arguments, *attested, cwd=tmp_path, environment=environment)
        assert done.returncode == 2
        assert "lacks auditor" in done.stderr


def test_an_interrupted_reading_leaves_no_file(tmp_path: Path, interruptible: None) -> None:
    with Exchange(books()) as exchange:
        exchange.fail("apikey", faults.silent)
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "okxlint", "snapshot", "--account", "main",
             "--base-url", exchange.url, "-o", "main.json"],
            cwd=tmp_path,
            env=os.environ | exchange.books.environment,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )  # fmt: skip
        until = time.monotonic() + 60
        while not exchange.asked("apikey") and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert (process.returncode, told.lstrip()) == (130, "okxlint: interrupted\n")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("fails", [False, True])
def test_progress_on_a_terminal(fails: bool, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with Exchange(books()) as exchange:
        if fails:
            exchange.fail("apikey", faults.error("50105", 401))
        try:
            code = subprocess.run(
                [sys.executable, "-P", "-m", "okxlint", "snapshot", "--account", "main",
                 "--base-url", exchange.url, "-o", "main.json"],
                cwd=tmp_path,
                env=os.environ | exchange.books.environment,
                stderr=theirs,
                check=False,
            ).returncode  # fmt: skip
            told = os.read(ours, 10_000).decode()
        finally:
            os.close(theirs)
            os.close(ours)
    if fails:
        assert code == 2
        assert "okxlint: 0 of 2 sub-accounts read\r\nokxlint: OKX says" in told
    else:
        assert code == 0
        assert told.startswith("\rokxlint: 0 of 2 sub-accounts read\r")
        assert told.endswith("\rokxlint: 2 of 2 sub-accounts read\r\n")


@pytest.mark.parametrize("command", ["snapshot", "reconcile"])
def test_help_and_a_dry_run_import_no_client(command: str, tmp_path: Path) -> None:
    arguments = [command, "--help"]
    code = (
        "import sys; from okxlint.cli import group\n"
        f"group.main({arguments!r}, standalone_mode=False)\n"
        "heavy = {'urllib3', 'ssl', 'http.client', 'pydantic', 'yaml'} & sys.modules.keys()\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "--account" in done.stdout
    assert done.stderr == "[]\n"

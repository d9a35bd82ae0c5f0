"""What goes wrong around a run, as a user meets it; ``docs/exit-status.md`` tells it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

import pytest

from okxlint.check import Request, run_check
from okxlint.engine import Question
from okxlint.loading import Wanted
from okxlint.paths import read_bytes
from okxlint.report import View, text
from tests.conftest import DAY
from tests.exchange import Books, Exchange, Key
from tests.repositories import git, plain_git

ACCOUNTS = "version: 1\naccounts: [{name: main, type: master}]\n"
KEY = "{label: %s, account: main, permissions: [withdraw]}"
MANIFEST = f"{ACCOUNTS}keys: [{KEY % 'zürich'}]\n"
ARGUMENTS = ("check", "--as-of", "2026-11-22", "-f", "concise", "--select", "no-withdraw")
# Not even root may read what nobody may read.
AS_ANYBODY = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
needs_setpriv = pytest.mark.skipif(
    os.geteuid() == 0 and not shutil.which("setpriv"), reason="root reads everything"
)
needs_prlimit = pytest.mark.skipif(not shutil.which("prlimit"), reason="no disk can be made full")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one manifest, which has one finding."""
    plain_git(monkeypatch)
    folder = tmp_path / "desk"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "okx-keys.yaml").write_text(MANIFEST, "utf-8")
    return folder


def run(
    desk: Path,
    *arguments: str,
    before: Sequence[str] = (),
    without: Sequence[str] = (),
    **variables: str,
) -> subprocess.CompletedProcess[str]:
    """Run the command; nothing that it says is ever a traceback."""
    clean = {name: value for name, value in os.environ.items() if name not in without}
    done = subprocess.run(
        [*before, sys.executable, "-P", "-m", "okxlint", *(arguments or ARGUMENTS)],
        cwd=desk,
        env={**clean, **variables},
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done


def as_anybody(desk: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(desk, *arguments, before=AS_ANYBODY if os.geteuid() == 0 else ())


def found(done: subprocess.CompletedProcess[str]) -> int:
    """How many findings of the one rule there are."""
    return done.stdout.count("[no-withdraw]")


WRITING = [
    ("check", "-o", "sarif=out/file"),
    ("check", "-o", "markdown=out/file"),
    ("baseline", "--until", "2027-01-01", "--reason", "as it was", "-o", "out/file"),
]


@needs_prlimit
@pytest.mark.parametrize("arguments", WRITING)
def test_a_disk_that_is_full_gets_no_half_file(arguments: tuple[str, ...], desk: Path) -> None:
    (desk / "out").mkdir()
    done = run(desk, *arguments, before=("prlimit", "--fsize=64"))
    assert done.returncode == 2
    assert "okxlint: cannot write out/file: File too large\n  Name a file" in done.stderr
    assert os.listdir(desk / "out") == []


@needs_prlimit
@pytest.mark.parametrize("command", [("snapshot", "-o"), ("reconcile", "--keep")])
def test_a_snapshot_is_whole_or_as_it_was(command: tuple[str, ...], desk: Path) -> None:
    (desk / "main.json").write_text("{}")
    books = Books()
    books.add("grid01", Key("one"))
    with Exchange(books) as exchange:
        done = run(
            desk, *command, "main.json", "--account", "main", "--base-url", exchange.url,
            before=("prlimit", "--fsize=64"), **books.environment,
        )  # fmt: skip
    assert done.returncode == 2
    assert "cannot write main.json: File too large" in done.stderr
    assert (desk / "main.json").read_text() == "{}"
    assert sorted(os.listdir(desk)) == [".git", "main.json", "okx-keys.yaml"]


@needs_setpriv
@pytest.mark.parametrize("arguments", WRITING)
def test_a_folder_that_is_closed_to_writers(arguments: tuple[str, ...], desk: Path) -> None:
    (desk / "out").mkdir(mode=0o555)
    done = as_anybody(desk, *arguments)
    assert done.returncode == 2
    assert "okxlint: cannot write out/file: Permission denied" in done.stderr


@needs_setpriv
def test_a_folder_and_a_file_that_nobody_may_read(desk: Path) -> None:
    (desk / "okx-keys/closed").mkdir(parents=True)
    (desk / "okx-keys/closed/a.yaml").write_text(MANIFEST, "utf-8")
    (desk / "okx-keys/b.yaml").write_text(MANIFEST, "utf-8")
    (desk / "okx-keys/b.yaml").chmod(0)
    (desk / "okx-keys/closed").chmod(0)
    done = as_anybody(desk, *ARGUMENTS, "--fail-on", "never")
    (desk / "okx-keys/closed").chmod(0o755)
    assert (done.returncode, found(done)) == (3, 1)
    assert "unknown[unreadable] okx-keys/closed" in done.stdout
    assert "unknown[unreadable] okx-keys/b.yaml" in done.stdout


def test_links_in_a_circle_and_out_of_the_repository(desk: Path) -> None:
    folder = desk / "okx-keys"
    folder.mkdir()
    (folder / "self.yaml").symlink_to("self.yaml")
    (folder / "up").symlink_to("..")
    (folder / "out.yaml").symlink_to("/etc/hostname")
    done = run(desk, *ARGUMENTS, "--fail-on", "never")
    assert (done.returncode, found(done)) == (3, 1)
    links = [line for line in done.stdout.splitlines() if "symbolic link" in line]
    assert [any(name in line for line in links) for name in ("self", "up", "out")] == [True] * 3


def test_any_name_of_a_file_is_told_on_one_line(desk: Path) -> None:
    (desk / "okx-keys").mkdir()
    names = [b"a\nb", b"\xff", b"\x1b[2Jc", b"::error ::d", "\u202ee".encode(), b"a b%20#?"]
    for number, name in enumerate(names):
        key = KEY % f"key{number}"
        with open(os.fsencode(desk / "okx-keys") + b"/" + name + b".yaml", "w") as stream:
            stream.write(f"version: 1\nkeys: [{key}]\n")
    done = run(desk, *ARGUMENTS, "-o", "sarif=out.sarif", "-o", "json=out.json")
    lines = done.stdout.splitlines()
    assert (done.returncode, found(done), len(lines)) == (1, 7, 8)
    assert all(line.isprintable() for line in lines)
    assert not any(line.startswith("::") for line in lines)
    findings = json.loads((desk / "out.json").read_text("utf-8"))["findings"]
    assert len({finding["path"] for finding in findings}) == 7
    results = json.loads((desk / "out.sarif").read_text("utf-8"))["runs"][0]["results"]
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert "okx-keys/%FF.yaml" in {place["artifactLocation"]["uri"] for place in places}


def test_a_manifest_that_disappears_is_unknown(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(path: str, shown: str) -> bytes:
        Path(path).unlink()
        return read_bytes(path, shown)

    monkeypatch.setattr("okxlint.loading.read_bytes", gone)
    report = run_check(Request(Question(DAY), Wanted(str(desk))))
    assert [unknown.kind for unknown in report.unknown] == ["unreadable", "no-manifest"]


def as_text(request: Request) -> str:
    stream = StringIO()
    text.write(run_check(request), stream, View())
    return stream.getvalue()


def test_a_manifest_that_changes_is_judged_as_it_was_read(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(Question(DAY), Wanted(str(desk)))
    before = as_text(request)

    def changing(path: str, shown: str) -> bytes:
        data = read_bytes(path, shown)
        Path(path).write_text("version: 1\n")
        return data

    monkeypatch.setattr("okxlint.loading.read_bytes", changing)
    assert as_text(request) == before


@pytest.mark.parametrize(
    ("without", "variables"),
    [
        ((), {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        (("HOME",), {}),
        (("HOME", "PATH", "LANG", "TERM"), {"PATH": "/nowhere"}),
    ],
    ids=["no UTF-8", "no home", "no git"],
)
def test_a_bare_environment(
    without: tuple[str, ...], variables: dict[str, str], desk: Path
) -> None:
    done = run(desk, without=without, **variables)
    assert (done.returncode, found(done)) == (1, 1)


def test_without_git_what_it_ignores_is_looked_at_and_that_is_told(desk: Path) -> None:
    (desk / ".gitignore").write_text("*.yaml\n")
    assert run(desk).returncode == 3
    done = run(desk, PATH="/nowhere")
    assert found(done) == 1
    assert "unknown[git-ignore]" in done.stdout
    assert run(desk, *ARGUMENTS, "--base", "HEAD", PATH="/nowhere").returncode == 2


def worktree(desk: Path) -> Path:
    git(desk, "worktree", "add", "-q", "../tree")
    return desk.parent / "tree"


def submodule(desk: Path) -> Path:
    git(desk, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(desk), "sub")
    return desk / "sub"


@pytest.mark.parametrize("place", [worktree, submodule])
def test_other_trees_of_git(place: Callable[[Path], Path], desk: Path) -> None:
    git(desk, "add", "-A")
    git(desk, "commit", "-qm", "one")
    done = run(place(desk), *ARGUMENTS, "--base", "HEAD")
    assert (done.returncode, found(done)) == (1, 1)
    assert "okx-keys.yaml:3:" in done.stdout


def test_a_bare_clone_has_no_manifest_and_is_not_clean(desk: Path) -> None:
    git(desk, "add", "-A")
    git(desk, "commit", "-qm", "one")
    git(desk, "clone", "-q", "--bare", ".", "../bare")
    done = run(desk.parent / "bare")
    assert (done.returncode, found(done)) == (3, 0)
    assert "unknown[no-manifest]" in done.stdout


@pytest.mark.parametrize(
    ("policy", "place"),
    [
        ('manifests: ["okx-keys\\\\*.yaml"]', "2:13"),
        ('manifests: [a.yaml, "C:\\\\keys\\\\*.yaml"]', "2:21"),
        ('metadata_schema: "schemas\\\\key.json"', "2:18"),
        ('overrides: [{match: {path: "okx-keys\\\\*"}, rules: {no-withdraw: off}}]', "2:28"),
    ],
)
def test_a_path_as_windows_writes_it(policy: str, place: str, desk: Path) -> None:
    (desk / "okxlint.yaml").write_text(f"version: 1\n{policy}\n")
    done = run(desk)
    assert done.returncode == 2
    assert f"okxlint.yaml:{place}: " in done.stderr
    assert "paths have '/' between their parts, on Windows too" in done.stderr


def test_ten_thousand_manifests_of_one_key(desk: Path) -> None:
    (desk / "okx-keys").mkdir()
    for number in range(10_000):
        key = KEY % f"key{number}"
        (desk / f"okx-keys/{number}.yaml").write_text(f"version: 1\nkeys: [{key}]\n")
    done = run(desk)
    assert (done.returncode, found(done)) == (1, 10_001)


def test_one_manifest_of_a_hundred_thousand_keys(desk: Path) -> None:
    keys = "".join(f"  - {KEY % f'key{number}'}\n" for number in range(100_000))
    (desk / "okx-keys.yaml").write_text(f"{ACCOUNTS}keys:\n{keys}")
    report = run_check(Request(Question(DAY, select=frozenset(["key-limit"])), Wanted(str(desk))))
    assert [(finding.rule, finding.value) for finding in report.findings] == [
        ("key-limit", "100000")
    ]

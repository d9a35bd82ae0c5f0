"""What a shell can do to the command line: closed pipes, full disks, empty variables."""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from okxlint.cli import main
from tests.test_cli import BAD, DAY, GOOD, okxlint, report, rules_of, write

FULL = Path("/dev/full")


def test_an_empty_list_of_rules_is_no_pass(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD})
    for empty in ("", " , "):
        done = okxlint("check", "--select", empty, cwd=tmp_path)
        assert done.returncode == 2
        assert "--select names no rule" in done.stderr
    assert "no-withdraw" in rules_of(report("--ignore", "", cwd=tmp_path, code=1))


def test_options_given_several_times_add_up(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD})
    both = ("--select", "no-withdraw", "--select", "least-privilege")
    assert rules_of(report(*both, cwd=tmp_path, code=1)) == {"no-withdraw", "least-privilege"}
    one = (*both, "--ignore", "least-privilege", "--ignore", "max-age")
    assert rules_of(report(*one, cwd=tmp_path, code=1)) == {"no-withdraw"}


def test_an_empty_policy_is_no_policy(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": GOOD})
    done = okxlint("check", "--policy", "", cwd=tmp_path)
    assert done.returncode == 2
    assert "is no regular file" in done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_full_disk_is_2_and_no_traceback(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": GOOD})
    command = [sys.executable, "-m", "okxlint", "check", *DAY]
    with FULL.open("wb") as full:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr == b"okxlint: cannot write the report: No space left on device\n"


def test_a_reader_that_has_seen_enough_is_no_traceback(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD})
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "okxlint", "check", *DAY]
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=pipe, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr == b""


def test_a_working_directory_that_is_gone_is_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone() -> str:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(os, "getcwd", gone)
    monkeypatch.setattr(gc, "disable", lambda: None)  # it would last for all tests to come
    with pytest.raises(SystemExit, match="2"):
        main(["check"])
    said = capsys.readouterr().err
    assert said == "okxlint: cannot tell the working directory: No such file or directory\n"


@pytest.mark.parametrize("columns", ["", "0", "x", "²", "9" * 5000, "-5"])
def test_a_width_that_is_none_is_not_taken(tmp_path: Path, columns: str) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD})
    done = okxlint("check", *DAY, cwd=tmp_path, env={"COLUMNS": columns})
    assert done.returncode == 1
    assert max(map(len, done.stdout.splitlines()[:-1])) <= 100


@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-5"])
def test_every_command_prints_where_characters_are_missing(tmp_path: Path, encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding}
    for args in (("rules",), ("schema", "policy"), ("explain", "no-secrets")):
        done = okxlint(*args, cwd=tmp_path, env=env)
        assert done.returncode == 0
    assert "\\u2026" in done.stdout or "\N{HORIZONTAL ELLIPSIS}" in done.stdout


def test_a_list_of_rules_is_completed_behind_its_last_comma(tmp_path: Path) -> None:
    words = {"COMP_WORDS": "okxlint check --select max-age,no-w", "COMP_CWORD": "3"}
    done = okxlint(cwd=tmp_path, env={"_OKXLINT_COMPLETE": "bash_complete", **words})
    assert done.stdout == "plain,max-age,no-withdraw\n"


@pytest.mark.parametrize(
    ("line", "said"), [("okxlint ch", "plain,check\n"), ("okxlint nope max", "\n")]
)
def test_commands_are_completed_and_a_wrong_one_is_no_traceback(
    tmp_path: Path, line: str, said: str
) -> None:
    words = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    done = okxlint(cwd=tmp_path, env={"_OKXLINT_COMPLETE": "bash_complete", **words})
    assert done.stdout == said


def test_standard_output_need_not_be_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr(gc, "disable", lambda: None)
    monkeypatch.setattr(sys, "stdout", said)
    with pytest.raises(SystemExit, match="0"):
        main(["explain", "max-age"])
    assert said.getvalue().startswith("max-age\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("check - <&-", 2, "cannot read standard input: it is closed"),
        ("check >&-", 2, "standard output is closed"),
        ("rules >/dev/full", 2, "cannot write to standard output"),
        ("--version >/dev/full", 2, "cannot write to standard output"),
        ("check | true; exit ${PIPESTATUS[0]}", 0, ""),
        ("rules | true; exit ${PIPESTATUS[0]}", 0, ""),
    ],
)
def test_odd_standard_streams(tmp_path: Path, command: str, code: int, said: str) -> None:
    (tmp_path / "okx-keys.yaml").write_text("version: 1\n")
    line = f"'{sys.executable}' -m okxlint {command}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == code
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr

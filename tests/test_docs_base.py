"""The page ``docs/base.md``: its commands do what it says, one after the other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.test_cli import ROOT

PAGE = (ROOT / "docs/base.md").read_text("utf-8")
OKXLINT = 'okxlint() { "$PYTHON" -P -m okxlint "$@"; }\n'
WHO = {f"GIT_{who}_{what}": "desk" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
PLAIN = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


class Step(NamedTuple):
    """A block of commands, what they print and how they end."""

    commands: str
    said: str | None
    code: int


STEPS = [
    Step(found[2], found[3], int(found[1] or 0))
    for found in re.finditer(
        r"(?:^<!-- exit (\d) -->\n)?^```sh\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?",
        PAGE,
        re.MULTILINE | re.DOTALL,
    )
]


def run(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    unset = ("NO_COLOR", "FORCE_COLOR")
    clean = {k: v for k, v in os.environ.items() if k not in unset and not k.startswith("GIT_")}
    return subprocess.run(
        ["bash", "-e", "-c", OKXLINT + commands],
        cwd=folder,
        env=clean | WHO | PLAIN | {"PYTHON": sys.executable},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def with_any_commit(text: str) -> str:
    """A report with one word for each commit: their names are other ones each time."""
    return re.sub(r"\b[0-9a-f]{12}\b", "0123456789ab", text)


def test_all_commands_do_what_the_page_says(tmp_path: Path) -> None:
    assert len(STEPS) == len(re.findall(r"^```sh$", PAGE, re.MULTILINE)) >= 8
    assert sum(step.said is not None for step in STEPS) == len(
        re.findall("^```text$", PAGE, re.MULTILINE)
    )
    for step in STEPS:
        done = run(step.commands, tmp_path)
        assert done.returncode == step.code, done.stderr
        told = done.stderr if step.code == 2 else done.stdout
        if step.said is not None:
            assert with_any_commit(told) == step.said

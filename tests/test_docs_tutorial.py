"""The page ``docs/tutorial.md``: its commands, one after the other, do what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.test_cli import ROOT
from tests.test_docs_base import OKXLINT, PLAIN, WHO

PAGE = ROOT / "docs/tutorial.md"
_STEP = re.compile(
    r"(?:^<!-- exit (?P<code>\d) -->\n)?^```sh\n(?P<commands>.*?)^```$"
    r"(?:\n\n^```text\n(?P<said>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)


def test_all_commands_do_what_the_page_says(tmp_path: Path) -> None:
    page = PAGE.read_text("utf-8")
    steps = list(_STEP.finditer(page))
    assert len(steps) == page.count("```sh\n") >= 10
    folder = tmp_path
    for step in steps:
        done = run(step["commands"], folder)
        printed = re.sub(r"\b[0-9a-f]{12}\b", "0123456789ab", done.stdout + done.stderr)
        assert (printed, done.returncode) == (step["said"] or "", int(step["code"] or 0))
        folder = tmp_path / "desk"


def run(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    unset = ("NO_COLOR", "FORCE_COLOR", "COLUMNS")
    clean = {k: v for k, v in os.environ.items() if k not in unset and not k.startswith("GIT_")}
    return subprocess.run(
        ["bash", "-c", OKXLINT + commands],
        cwd=folder,
        env=clean | WHO | PLAIN | {"PYTHON": sys.executable},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

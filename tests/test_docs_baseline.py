"""The guide ``docs/baseline.md``: its commands do what it says, one after the other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from okxlint.baseline.file import BaselineText
from okxlint.policy.text import written_names
from okxlint.rule import load_rule, rule_ids
from tests.test_cli import ROOT

PAGE = (ROOT / "docs/baseline.md").read_text("utf-8")
OKXLINT = """
set -o pipefail
okxlint() { "$PYTHON" -P -m okxlint "$@"; }
"""
STEPS = re.findall(
    r"(?:^<!-- exit (\d) -->\n)?^```sh\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?",
    PAGE,
    re.MULTILINE | re.DOTALL,
)


def test_all_commands_do_what_the_page_says(tmp_path: Path) -> None:
    names = ("NO_COLOR", "FORCE_COLOR")
    clean = {k: v for k, v in os.environ.items() if k not in names and not k.startswith("GIT_")}
    for code, commands, said in STEPS:
        done = subprocess.run(
            ["bash", "-c", OKXLINT + commands],
            cwd=tmp_path,
            env=clean | {"PYTHON": sys.executable, "GIT_CONFIG_GLOBAL": os.devnull},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert (done.stdout, done.returncode) == (said, int(code or 0))
    assert len(STEPS) == PAGE.count("```sh\n") > 8
    assert sum(bool(said) for _, _, said in STEPS) == PAGE.count("```text\n")


def test_the_page_names_what_there_is() -> None:
    fields = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert ["version", *fields] == written_names(BaselineText)
    better = re.search(r"which values are worse \((.*?)\)", PAGE, re.DOTALL)
    assert better is not None
    ordered = [rule_id for rule_id in rule_ids() if load_rule(rule_id).no_worse]
    assert re.findall("`(.*?)`", better[1]) == ordered

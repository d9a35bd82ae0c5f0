"""The guide ``docs/test-a-policy.md``: its commands do what it says, one after the other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from okxlint.documents.reader import read
from okxlint.expectation import HEADERS, read_script
from tests.test_cli import ROOT

PAGE = (ROOT / "docs/test-a-policy.md").read_text("utf-8")
OKXLINT = 'okxlint() { "$PYTHON" -P -m okxlint "$@"; }; pip() { echo "pip $*" >&2; }\n'


class Step(NamedTuple):
    """A block of commands, what they print and how they end."""

    commands: str
    said: str
    code: int


STEPS = [
    Step(found[2], found[3] or "", int(found[1] or 0))
    for found in re.finditer(
        r"(?:^<!-- exit (\d) -->\n)?^```sh\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?",
        PAGE,
        re.MULTILINE | re.DOTALL,
    )
]


def run(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    return subprocess.run(
        ["bash", "-c", OKXLINT + commands],
        cwd=folder,
        env=clean | {"PYTHON": sys.executable},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module", name="desk")
def desk_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder after all commands, each of which has done what the page says."""
    folder = tmp_path_factory.mktemp("desk")
    for step in STEPS:
        done = run(step.commands, folder)
        assert (done.stdout, done.stderr, done.returncode) == (step.said, "", step.code)
    return folder


def test_all_commands_do_what_the_page_says(desk: Path) -> None:
    assert len(STEPS) == len(re.findall(r"^```sh$", PAGE, re.MULTILINE)) >= 6
    assert sum(bool(step.said) for step in STEPS) == len(
        re.findall("^```text$", PAGE, re.MULTILINE)
    )
    assert {step.code for step in STEPS} == {0, 1}
    assert (desk / "okxlint-tests.xml").exists()


def test_the_commands_for_ci_pass(desk: Path) -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    workflow, gitlab = map(yaml.safe_load, blocks)
    steps = workflow["jobs"]["test"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    assert runs[0] == 'bash .okxlint-source/action/install.sh "$RUNNER_TEMP/okxlint"'
    for command in (*runs[1:], *gitlab["policy"]["script"]):
        program, rest = command.split(" ", 1)
        assert program.strip('"').endswith("/bin/okxlint")
        assert rest.startswith("test ")
        assert run(f"okxlint {rest}", desk).returncode == 0
    base = yaml.safe_load((ROOT / "examples/workflows/gitlab-ci.yml").read_text("utf-8"))
    assert gitlab["policy"]["extends"] in base
    assert "/opt/okxlint-environment/bin/okxlint " in base["okxlint"]["script"][1]
    assert gitlab["policy"]["artifacts"]["reports"]["junit"] == "okxlint-tests.xml"


def test_the_comments_in_its_tables_are_right() -> None:
    shown = re.findall(r"^\| `(# .*?)` \|", PAGE, re.MULTILINE)
    scripts = {
        line: read_script(read("a.yaml", f"{line}\nversion: 1\n".encode())) for line in shown
    }
    assert [script.problems for script in scripts.values()] == [()] * len(shown)
    set_by_it = [name for script in scripts.values() for name in script.header]
    assert set_by_it == list(HEADERS)
    counts = [len(script.expected) for line, script in scripts.items() if "expect" in line]
    assert counts == [1, 1, 1, 2, 1, 1]
    assert scripts['# expect: descriptive-label "a; b"'].expected[0].value == "a; b"

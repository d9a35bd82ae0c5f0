"""The page ``docs/policy.md``: its commands do what it says, its examples are right."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from okxlint.documents.reader import read
from okxlint.manifest import is_manifest, load
from okxlint.paths import Tree
from okxlint.policy.file import load as load_policy
from okxlint.policy.match import FIELDS
from okxlint.policy.text import Written, written_names
from okxlint.resources import packs
from tests.test_cli import ROOT

PAGE = (ROOT / "docs/policy.md").read_text("utf-8")
# A wheel is built and put where Python finds it: what pip does, without asking an index.
SETUP = """
okxlint() { "$PYTHON" -P -m okxlint "$@"; }
pip() {
  (cd "${@: -1}" && "$PYTHON" -c 'from hatchling.build import build_wheel; build_wheel("dist")') \
    > /dev/null && "$PYTHON" -m zipfile -e "${@: -1}"/dist/*.whl "$SITE"
}
"""
STEPS = [
    (commands, said, int(code or 0))
    for code, commands, said in re.findall(
        r"(?:^<!-- exit (\d) -->\n)?^```sh\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?",
        PAGE,
        re.MULTILINE | re.DOTALL,
    )
]


def run(commands: str, folder: Path) -> tuple[str, int]:
    site = folder.parent / "site"
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS") and not name.startswith("GIT_")
    }
    done = subprocess.run(
        ["bash", "-c", SETUP + commands],
        cwd=folder,
        env=clean | {"PYTHON": sys.executable, "SITE": str(site), "PYTHONPATH": str(site)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout, done.returncode


def test_all_commands_do_what_the_page_says(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    for commands, said, code in STEPS:
        assert run(commands, folder) == (said, code), commands
    assert len(STEPS) == len(re.findall("^```sh$", PAGE, re.MULTILINE)) > 10
    assert sum(bool(said) for _, said, _ in STEPS) == PAGE.count("```text\n")


@pytest.mark.parametrize(
    "text", re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
)
def test_examples_are_whole_files(tmp_path: Path, text: str) -> None:
    file = read("okxlint.yaml", text.encode())
    if "keys:" in text:
        assert is_manifest(file)
        assert load([file])[1] == []
        return
    (tmp_path / "okxlint.yaml").write_text(text)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/key-metadata.json").write_text("{}")
    policy = load_policy(None, str(tmp_path), Tree(str(tmp_path), git=False))
    assert policy.source == "okxlint.yaml"


def test_the_page_names_what_there_is() -> None:
    rows = re.findall(r"^\| (`.*?`) \|", PAGE, re.MULTILINE)
    named = [name for row in rows for name in re.findall("`(.*?)`", row)]
    assert set(written_names(Written)) - {"version"} <= set(named)
    assert set(FIELDS["key"]) <= set(named)
    assert all(f"\n- `{pack}`: " in PAGE for pack in packs())


def test_the_links_lead_somewhere() -> None:
    prose = re.sub(r"(?ms)^```.*?^```$", "", PAGE)
    headings = re.findall(r"(?m)^#+ (.*)$", prose)
    anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in headings}
    links = re.findall(r"\]\((.*?)\)", prose)
    assert {link[1:] for link in links if link.startswith("#")} <= anchors
    files = {link.partition("#")[0] for link in links} - {""}
    assert files >= {"custom-rules.md", "write-a-rule.md", "test-a-policy.md"}
    assert all((ROOT / "docs" / name).exists() for name in files)

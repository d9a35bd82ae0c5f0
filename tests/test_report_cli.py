"""The formats of CI services, from the command line."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from okxlint.report import FORMATS
from tests.test_cli import BAD, DAY, GOOD, ROOT, okxlint, write


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("github", "::error file=okx-keys.yaml,line=6,col="),
        ("gitlab", "[\n  {\n"),
        ("junit", '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="okxlint"'),
        ("markdown", "## okxlint: failed ("),
    ],
)
def test_each_format_on_standard_output(tmp_path: Path, form: str, start: str) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD})
    done = okxlint("check", *DAY, "-f", form, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == ""
    assert done.stdout.startswith(start)
    assert "no-withdraw" in done.stdout
    clean = okxlint("check", *DAY, "-f", form, "--select", "no-secrets", cwd=tmp_path)
    assert clean.returncode == 0
    assert "no-withdraw" not in clean.stdout


def test_all_at_once_tell_the_same(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD})
    summary = tmp_path / "summary"
    summary.write_text("what the step wrote before\n")
    done = okxlint(
        "check", *DAY, "-f", "github", "-o", "gitlab=r.json", "-o", "junit=r.xml",
        "-o", f"markdown={summary}", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    entries = json.loads((tmp_path / "r.json").read_text())
    cases = ET.parse(tmp_path / "r.xml").getroot().findall("*/testcase")  # noqa: S314 - ours
    rows = [line for line in summary.read_text().splitlines() if "okx-keys.yaml:" in line]
    annotations = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert len(entries) == len(cases) == len(rows) == len(annotations) > 1
    assert summary.read_text().startswith("## okxlint")


@pytest.mark.parametrize("form", ["github", "gitlab", "junit", "markdown"])
def test_the_same_input_gives_the_same_bytes(tmp_path: Path, form: str) -> None:
    write(tmp_path, {"okx-keys/a.yaml": BAD, "okx-keys/b.yaml": BAD.replace("main", "second")})
    runs = {
        okxlint("check", *DAY, "-f", form, cwd=tmp_path, env={"PYTHONHASHSEED": seed}).stdout
        for seed in "012"
    }
    assert len(runs) == 1


@pytest.mark.parametrize("form", ["github", "gitlab", "junit", "markdown"])
def test_a_clean_run_says_so(tmp_path: Path, form: str) -> None:
    write(tmp_path, {"okx-keys.yaml": GOOD})
    done = okxlint("check", *DAY, "-f", form, cwd=tmp_path)
    assert done.returncode == 0
    assert ("no findings" in done.stdout) is (form != "gitlab")
    assert form != "gitlab" or done.stdout == "[]\n"


def test_the_page_of_formats_has_them_all() -> None:
    page = (ROOT / "docs/formats.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE) == list(FORMATS)

"""Every rule by the examples on its page, each run alone; and the policy tests in ``manifests``."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from okxlint.page import Example, read_page

import okxlint_acme.rules

HERE = Path(__file__).parent
EXAMPLES = [
    pytest.param(f"acme/{module.name.replace('_', '-')}", example, id=f"{module.name}-{number}")
    for module in iter_modules(okxlint_acme.rules.__path__)
    for number, example in enumerate(
        read_page(import_module(f"okxlint_acme.rules.{module.name}").__doc__ or "").examples
    )
]


def okxlint_test(path: Path) -> str:
    """What ``okxlint test`` says if all passes."""
    command = [sys.executable, "-P", "-m", "okxlint", "test", path]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_example(rule: str, example: Example, tmp_path: Path) -> None:
    (tmp_path / "okxlint.yaml").write_text("version: 1\nplugins: [okxlint-acme]\n")
    manifest = tmp_path / "okx-keys.yaml"
    manifest.write_text(f"# select: {rule}\n{example.text}")
    okxlint_test(manifest)
    assert ("# expect:" in example.text) == (example.section != "Good")


def test_the_pack() -> None:
    assert "2 passed" in okxlint_test(HERE / "manifests")

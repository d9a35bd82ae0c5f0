"""The wheel, installed in a fresh environment, and what the sdist makes of itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = "version: 1\nkeys:\n  - {label: t-2026q4, account: main, permissions: [withdraw]}\n"


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTHON"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the sdist, as an index would get it."""
    folder = tmp_path_factory.mktemp("dist")
    build = "import sys; from hatchling.build import build_sdist; build_sdist(sys.argv[1])"
    assert run(sys.executable, "-c", build, folder, cwd=ROOT).returncode == 0
    (sdist,) = folder.glob("*.tar.gz")
    pip = (sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q")
    done = run(*pip, "-w", folder, sdist, cwd=folder)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_packs_and_schemas(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "okxlint/_data/policies/recommended.yaml" in names
    assert "okxlint/_data/schemas/manifest.schema.json" in names
    assert "okxlint/py.typed" in names
    assert not [name for name in names if name.startswith(("tests", "tools", "benchmarks"))]


def test_the_installed_wheel_checks_a_manifest(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    assert run(sys.executable, "-m", "venv", environment, cwd=tmp_path).returncode == 0
    bin_ = environment / ("Scripts" if os.name == "nt" else "bin")
    done = run(bin_ / "python", "-m", "pip", "install", "-q", wheel, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "okx-keys.yaml").write_text(MANIFEST)
    okxlint = bin_ / "okxlint"
    done = run(okxlint, "check", "-f", "json", "--as-of", "2026-11-22", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "no-withdraw" in {finding["rule"] for finding in json.loads(done.stdout)["findings"]}
    for pack in ("essentials", "strict"):
        assert run(okxlint, "check", "--policy", pack, cwd=tmp_path).returncode == 1
    assert json.loads(run(okxlint, "schema", "policy", cwd=tmp_path).stdout)["title"]


def test_two_builds_are_one_wheel(wheel: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "dist")
    shutil.copytree(ROOT, copy, ignore=ignored, copy_function=shutil.copyfile)
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    assert run(sys.executable, "-c", build, tmp_path, cwd=copy).returncode == 0
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()

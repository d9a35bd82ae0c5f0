"""What a start imports: heavy libraries only on the path that needs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "pydantic", "yaml", "jsonschema", "sarif_om", "difflib", "subprocess", "ssl",
    "urllib.request", "http.client", "asyncio", "importlib.metadata", "unittest",
    "pkgutil", "pygls", "lsprotocol", "okxlint.policy.plugin_rule", "urllib3",
    "okxlint.reconciliation", "okxlint.coverage", "okxlint.snapshot", "okxlint.live.client",
}  # fmt: skip
CHECK_NEEDS = {"yaml"}


def imported(args: list[str], cwd: str) -> set[str]:
    """The heavy modules that a command line loads."""
    code = (
        "import sys\n"
        "from okxlint.cli import main\n"
        "try:\n main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    command = [sys.executable, "-I", "-c", code, *args]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)
    return HEAVY & set(done.stderr.split())


@pytest.mark.parametrize("args", [["--version"], ["--help"], []])
def test_version_and_help_import_nothing_heavy(args: list[str], tmp_path: Path) -> None:
    assert imported(args, str(tmp_path)) == set()


def test_a_clean_check_imports_no_more_than_it_needs(tmp_path: Path) -> None:
    manifest = "version: 1\nkeys:\n  - {label: bot-1, account: main, permissions: [trade]}\n"
    (tmp_path / "okx-keys.yaml").write_text(manifest)
    assert imported(["check"], str(tmp_path)) <= CHECK_NEEDS


def test_only_sarif_imports_sarif_om(tmp_path: Path) -> None:
    manifest = "version: 1\nkeys:\n  - {label: bot-1, account: main, permissions: [trade]}\n"
    (tmp_path / "okx-keys.yaml").write_text(manifest)
    assert "sarif_om" in imported(["check", "-f", "sarif"], str(tmp_path))
    assert "sarif_om" not in imported(["check", "-f", "json"], str(tmp_path))


@pytest.mark.parametrize(
    ("policy", "asked"), [("", []), ("plugins: [okxlint-acme]\n", ["okxlint-acme", "all"])]
)
def test_entry_points_are_read_only_for_what_a_policy_names(
    policy: str, asked: list[str], tmp_path: Path
) -> None:
    (tmp_path / "okx-keys.yaml").write_text("version: 1\n")
    (tmp_path / "okxlint.yaml").write_text(f"version: 1\n{policy}")
    code = (
        "import importlib.metadata as metadata\n"
        "from okxlint.cli import main\n"
        "def asked(name): print(name); raise metadata.PackageNotFoundError(name)\n"
        "def listed(**_): print('all'); return iter(())\n"
        "metadata.Distribution.from_name = asked\n"
        "metadata.Distribution.discover = listed\n"
        "main(['check', '-q'])\n"
    )
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == asked
    assert done.returncode == (2 if asked else 0), done.stderr

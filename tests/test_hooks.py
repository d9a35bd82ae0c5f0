"""The hooks, run by pre-commit and by prek in repositories that use them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.action_runner import ROOT
from tests.pull_request import Files, commit, git, plain_environment

TOOLS = ("pre-commit", "prek")
TOP = "version: 1\nkeys:\n"
PARTS = (
    *("okxlint", "policies", "schemas"),
    *(".pre-commit-hooks.yaml", "LICENSE", "README.md", "pyproject.toml"),
)
"""What a hook's environment is built from."""


def key(label: str, permissions: str = "read_only", days: int = 10) -> str:
    """A key of this age."""
    created = datetime.now(UTC).date() - timedelta(days)
    return (
        f"  - {{label: {label}, account: main, permissions: [{permissions}],"
        f" ip_allowlist: [198.51.100.7], created: {created}}}\n"
    )


class Done(NamedTuple):
    """How a commit, or a run of hooks, ended."""

    code: int
    told: str


class Hooks:
    """One environment of each tool, which all repositories of these tests use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.source = folder / "source"
        self.revision = git(self.source, "rev-parse", "HEAD")

    def config(self, *hooks: str) -> str:
        """A repository's configuration with these hooks."""
        used = [{"id": name} for name in hooks]
        repo = {"repo": str(self.source), "rev": self.revision, "hooks": used}
        return json.dumps({"repos": [repo]})

    def run(self, folder: Path, *command: str) -> Done:
        """Run a command in a repository, as someone who has installed both tools."""
        scripts = sysconfig.get_path("scripts")
        kept = {n: t for n, t in plain_environment().items() if not n.startswith(("COV", "PYTHON"))}
        homes = {f"{name}_HOME": str(self._folder / name) for name in ("PRE_COMMIT", "PREK")}
        path = f"{scripts}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            command,
            cwd=folder,
            env=kept | homes | {"PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode())


@pytest.fixture(name="hooks", scope="module")
def hooks_fixture(tmp_path_factory: pytest.TempPathFactory) -> Hooks:
    folder = tmp_path_factory.mktemp("hooks")
    if "PYTEST_XDIST_WORKER" in os.environ:
        # What takes long is made once for all workers; both tools lock what they make.
        shared = tmp_path_factory.getbasetemp().parent / "hooks"
        shared.mkdir(exist_ok=True)
        with suppress(OSError):  # another worker was first
            source(folder).rename(shared / "source")
        return Hooks(shared)
    source(folder)
    return Hooks(folder)


def source(folder: Path) -> Path:
    """A repository of okxlint as it stands here, with what is not committed yet."""
    made = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, made / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, made)
    git(made, "init", "-q", "-b", "main")
    commit(made, {})
    return made


class Repository:
    """A repository whose commits a tool checks."""

    def __init__(self, folder: Path, tool: str, hooks: Hooks, *used: str) -> None:
        self._tool = tool
        self._hooks = hooks
        self.folder = folder
        git(folder, "init", "-q", "-b", "main")
        policy = "version: 1\nextends: essentials\nrules: {keys-kept: error}\n"
        self.write({".pre-commit-config.yaml": hooks.config(*used), "okxlint.yaml": policy})
        done = hooks.run(folder, tool, "install", "--install-hooks")
        assert done.code == 0, done.told

    def write(self, files: Files) -> None:
        for name, text in files.items():
            path = self.folder / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)

    def commit(self, files: Files) -> Done:
        """Commit a change, as far as the hooks let it; what they refuse is taken back."""
        self.write(files)
        git(self.folder, "add", "-A")
        done = self.commit_staged()
        if done.code and self.has_commits:
            git(self.folder, "reset", "-q", "--hard")
        return done

    def commit_staged(self) -> Done:
        return self._hooks.run(self.folder, "git", "commit", "-q", "-m", "keys")

    def run(self, *arguments: str) -> Done:
        return self._hooks.run(self.folder, self._tool, "run", *arguments)

    @property
    def has_commits(self) -> bool:
        return (self.folder / ".git/refs/heads/main").exists()


@pytest.fixture(name="tool", params=TOOLS)
def tool_fixture(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_a_commit_is_blocked_for_what_it_brings(hooks: Hooks, tool: str, tmp_path: Path) -> None:
    repository = Repository(tmp_path, tool, hooks, "okxlint")
    # The first commit of all has nothing to be compared with.
    refused = repository.commit({"okx-keys.yaml": TOP + key("treasury-2026q4", "withdraw")})
    assert refused.code == 1
    assert "no-withdraw" in refused.told
    grown_old = TOP + key("gridbot-2025q1")
    assert repository.commit({"okx-keys.yaml": grown_old}).code == 0

    desk = {"okx-keys/desk-a.yaml": TOP + key("desk-a-2026q4")}
    assert repository.commit(desk).code == 0
    refused = repository.commit({"okx-keys/desk-b.yaml": TOP + key("treasury-2026q4", "withdraw")})
    assert refused.code == 1
    assert "okx-keys/desk-b.yaml" in refused.told
    # A key that goes, with its manifest or out of it; the former is a commit that only deletes.
    for gone in ({"okx-keys/desk-a.yaml": None}, {"okx-keys.yaml": f"{TOP}  []\n"}):
        refused = repository.commit(gone)
        assert refused.code == 1
        assert "keys-kept" in refused.told


def test_a_day_that_passes_blocks_no_commit(hooks: Hooks, tool: str, tmp_path: Path) -> None:
    repository = Repository(tmp_path, tool, hooks, "okxlint", "okxlint-all")
    repository.write({"okx-keys.yaml": TOP + key("gridbot-2025q1", days=400)})
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "--no-verify", "-m", "a year ago")
    repository.write({"README.md": "Keys\n"})
    git(tmp_path, "add", "-A")
    assert repository.run("okxlint").code == 0
    whole = repository.run("okxlint-all")
    assert whole.code == 1
    assert "max-age" in whole.told


def test_what_is_staged_is_judged(hooks: Hooks, tool: str, tmp_path: Path) -> None:
    repository = Repository(tmp_path, tool, hooks, "okxlint")
    good = TOP + key("gridbot-2026q4")
    bad = TOP + key("gridbot-2026q4", "withdraw")
    assert repository.commit({"okx-keys.yaml": good}).code == 0
    for staged, unstaged, code in ((bad, good, 1), (good + "# kept\n", bad, 0)):
        repository.write({"okx-keys.yaml": staged})
        git(tmp_path, "add", "okx-keys.yaml")
        repository.write({"okx-keys.yaml": unstaged})
        assert repository.commit_staged().code == code
        assert (tmp_path / "okx-keys.yaml").read_text() == unstaged
    # A manifest that git does not know yet is a part of the inventory all the same.
    repository.write({"okx-keys.yaml": good, "okx-keys/draft.yaml": TOP + key("x", "withdraw")})
    git(tmp_path, "add", "okx-keys.yaml")
    refused = repository.commit_staged()
    assert refused.code == 1
    assert "okx-keys/draft.yaml" in refused.told


def test_policy_tests_run_when_data_changes(hooks: Hooks, tool: str, tmp_path: Path) -> None:
    repository = Repository(tmp_path, tool, hooks, "okxlint-test")
    expecting = f"# as-of: 2026-11-22\n{TOP}" + (
        "  - {label: treasury-2026q4, account: main, permissions: [withdraw],"
        " ip_allowlist: [198.51.100.7], created: 2026-11-01}"
    )
    passing = "# select: no-withdraw\n" + expecting + "  # expect: no-withdraw\n"
    assert repository.commit({"tests/policy/withdraw.yaml": passing}).code == 0
    failing = "# select: no-withdraw\n" + expecting + "\n"
    refused = repository.commit({"tests/policy/withdraw.yaml": failing})
    assert refused.code == 1
    assert "tests/policy/withdraw.yaml" in refused.told
    untouched = repository.commit({"README.md": "Keys\n"})
    assert untouched.code == 0
    assert re.search(r"no files to check", untouched.told)


def test_a_hook_can_be_tried_without_a_configuration(
    hooks: Hooks, tool: str, tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, {"okxlint.yaml": "version: 1\nextends: essentials\n"})
    trying = (tool, "try-repo", str(hooks.source), "okxlint")
    for permissions, code in (("withdraw", 1), ("read_only", 0)):
        (tmp_path / "okx-keys.yaml").write_text(TOP + key("treasury", permissions))
        git(tmp_path, "add", "-A")
        done = hooks.run(tmp_path, *trying)
        assert done.code == code, done.told
        assert ("no-withdraw" in done.told) is bool(code)


def test_the_page_names_what_rules_in_cel_need() -> None:
    page = (ROOT / "docs/ci.md").read_text("utf-8")
    named = re.search(r"`additional_dependencies: (\[.*?\])`", page)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert named is not None
    assert json.loads(named[1]) == project["optional-dependencies"]["cel"]


def test_the_hooks_are_what_the_page_shows() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    page = (ROOT / "docs/ci.md").read_text()
    for hook in hooks:
        assert f"| `{hook['id']}` | `{hook['entry']}` |" in page


@pytest.mark.parametrize("tool", TOOLS)
def test_the_manifest_of_hooks_is_valid(hooks: Hooks, tool: str) -> None:
    done = hooks.run(ROOT, tool, "validate-manifest", ".pre-commit-hooks.yaml")
    assert done.code == 0, done.told

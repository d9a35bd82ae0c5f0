"""The action, run step by step as GitHub's runner would."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement

from okxlint import __version__
from okxlint.errors import OkxlintError
from tests.action_runner import ROOT, Job, Outputs
from tests.pull_request import Files, PullRequest, commit, git

INSTALLED: dict[str, Outputs] = {"install": {"folder": sys.prefix}}
"""The environment of these tests, in place of one that the install step would make."""

TOP = "version: 1\nkeys:\n"
POLICY = "version: 1\nextends: essentials\n"
LAX = f"{POLICY}rules: {{no-withdraw: off, least-privilege: off}}\n"


def key(label: str, permissions: str = "read_only", days: int = 10, account: str = "main") -> str:
    """A key of this age."""
    created = datetime.now(UTC).date() - timedelta(days)
    return (
        f"  - {{label: {json.dumps(label)}, account: {account}, permissions: [{permissions}],"
        f" ip_allowlist: [198.51.100.7], created: {created}}}\n"
    )


KEPT_KEY = TOP + key("gridbot-2026q4")
WITHDRAWS = TOP + key("treasury-2026q4", "withdraw")
KEPT: Files = {"okxlint.yaml": POLICY, "okx-keys.yaml": KEPT_KEY}
NEW_KEY: Files = {"okx-keys/desk-a.yaml": TOP + key("desk-a-2026q4")}
BAD_KEY: Files = {"okx-keys/desk-a.yaml": WITHDRAWS}
OLD_KEY = TOP + key("gridbot-2025q1", days=400)


def run(pull: PullRequest, event: str = "pull_request", **inputs: str) -> Job:
    given = {name.replace("_", "-"): text for name, text in inputs.items()}
    return pull.runner(event).run(given, INSTALLED)


def checked(folder: Path, base: Files, head: Files, **inputs: str) -> Job:
    """The action on a pull request, checked out as the example does it."""
    pull = PullRequest(folder, base, head)
    pull.check_out()
    return run(pull, **inputs)


def failures(job: Job) -> list[str]:
    return [command.message for command in job.commands if command.name == "error"]


# -- verdict, outputs and reports ----------------------------------------------------------------


def test_a_change_without_findings(tmp_path: Path) -> None:
    job = checked(tmp_path, KEPT, NEW_KEY)
    assert (job.code, job.outputs["exit-code"]) == (0, "0")
    assert [job.outputs[name] for name in ("errors", "warnings", "new")] == ["0", "0", "0"]
    assert job.step("Check").summary.startswith("## okxlint")
    assert job.step("Upload to code scanning").conclusion == "skipped"
    assert not job.commands
    # The report is where no tree that is checked could have put a link.
    assert Path(job.outputs["sarif-file"]).parent.parent == tmp_path / "temp"
    assert json.loads(Path(job.outputs["sarif-file"]).read_text())["version"] == "2.1.0"
    assert not job.changes


def test_a_change_with_a_finding(tmp_path: Path) -> None:
    job = checked(tmp_path, KEPT, BAD_KEY, upload_sarif="true", category="keys")
    assert (job.code, job.outputs["exit-code"]) == (1, "1")
    assert [job.outputs[name] for name in ("errors", "warnings", "new")] == ["1", "1", "2"]
    error, *others = [command for command in job.commands if command.name == "error"]
    assert "file=okx-keys/desk-a.yaml,line=3" in error.properties
    assert not others
    assert "no-withdraw" in job.step("Check").summary
    # Findings do not keep the report from code scanning, and the verdict comes after it.
    names = [step.name for step in job.steps]
    assert names[-2:] == ["Upload to code scanning", "Verdict"]
    upload = job.step("Upload to code scanning")
    assert upload.given == {"sarif_file": job.outputs["sarif-file"]}
    assert job.step("Check").conclusion == "success"
    assert job.step("Verdict").code == 1
    (sarif,) = json.loads(Path(job.outputs["sarif-file"]).read_text())["runs"]
    assert sarif["automationDetails"]["id"] == "keys/"


def test_what_the_base_has_already_counts_unless_only_new_findings_do(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {**KEPT, "okx-keys.yaml": OLD_KEY}, NEW_KEY)
    pull.check_out()
    job = run(pull)
    assert (job.code, job.outputs["errors"], job.outputs["new"]) == (1, "1", "0")
    job = run(pull, new_only="True")
    assert (job.code, job.outputs["errors"], job.outputs["new"]) == (0, "0", "0")


def test_a_policy_that_the_change_weakens_does_not_rule(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, KEPT, {**BAD_KEY, "okxlint.yaml": LAX})
    pull.check_out()
    job = run(pull)
    assert job.code == 1
    assert pull.base[:12] in job.log
    assert run(pull, policy_ref="none").code == 0


WAIVER = "waivers: [{rule: no-withdraw, reason: payouts, approved_by: me@example.com}]"
GONE = "keys-kept"
OF_A_CHANGE: dict[str, tuple[Files, str]] = {
    "grants itself a waiver": (
        {"okx-keys/desk-a.yaml": WITHDRAWS.replace("}\n", f", {WAIVER}}}\n")},
        "no-withdraw",
    ),
    "names other manifests": (
        {**BAD_KEY, "okxlint.yaml": f"{POLICY}manifests: [okx-keys.yaml]\n"},
        "no-withdraw",
    ),
    "brings a policy of its own": ({**BAD_KEY, "desk-a/okxlint.yaml": LAX}, "no-withdraw"),
    "lets git ignore a manifest": ({**BAD_KEY, ".gitignore": "okx-keys/\n"}, "no-withdraw"),
    "deletes a manifest": ({**NEW_KEY, "okx-keys.yaml": None}, GONE),
    "empties a manifest": ({**NEW_KEY, "okx-keys.yaml": ""}, GONE),
    "deletes all manifests": ({"okx-keys.yaml": None}, GONE),
    "breaks a manifest": ({"okx-keys/desk-a.yaml": f"{TOP}  - [\n"}, "yaml-syntax"),
}


@pytest.mark.parametrize(("head", "rule"), OF_A_CHANGE.values(), ids=OF_A_CHANGE)
def test_a_change_cannot_get_around_its_check(tmp_path: Path, head: Files, rule: str) -> None:
    policy = f"{POLICY}rules: {{keys-kept: error}}\nwaivers: {{require: []}}\n"
    job = checked(tmp_path, {**KEPT, "okxlint.yaml": policy}, head, new_only="true")
    assert job.code == 1
    (error,) = [command for command in job.commands if command.name == "error"]
    assert f"title=okxlint {rule}" in error.properties


def test_a_link_in_place_of_a_manifest_is_not_followed(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, KEPT, {**NEW_KEY, "kept/okx-keys.yaml": KEPT_KEY})
    pull.check_out()
    manifest = pull.workspace / "okx-keys.yaml"
    manifest.unlink()
    manifest.symlink_to("kept/okx-keys.yaml")
    assert run(pull).code == 3


def test_inputs_reach_okxlint(tmp_path: Path) -> None:
    head = {**BAD_KEY, "lax.yaml": LAX}
    pull = PullRequest(tmp_path, {**KEPT, "lax.yaml": LAX}, head)
    pull.check_out()
    assert run(pull, policy="lax.yaml").code == 0
    assert run(pull, fail_on="never", summary="false").step("Check").summary == ""
    assert "baseline.yaml does not hold" in run(pull, baseline="baseline.yaml").log
    # 'none': nothing to compare with, so the new key is not told apart.
    job = run(pull, base="none", policy_ref="none", new_only="true")
    assert (job.code, job.outputs["new"]) == (1, "2")
    assert "There is no base here" in job.log


def test_paths_are_lines(tmp_path: Path) -> None:
    head = {
        "okx-keys/desk a.yaml": TOP + key("desk-a-2026q4"),
        "okx-keys/desk b.yaml": TOP + key("desk-b-2026q4", "withdraw"),
        "okx-keys/-c.yaml": TOP + key("desk-c-2026q4"),
    }
    pull = PullRequest(tmp_path, KEPT, head)
    pull.check_out()
    assert run(pull, paths="okx-keys/desk a.yaml\n\nokx-keys/-c.yaml\n").code == 0
    assert run(pull, paths="okx-keys/desk a.yaml\r\nokx-keys/desk b.yaml\r\n").code == 1
    job = run(pull, paths="okx-keys/desk a.yaml okx-keys/-c.yaml")
    assert (job.code, job.outputs["exit-code"]) == (2, "2")


def test_what_cannot_be_checked_is_neither_clean_nor_a_finding(tmp_path: Path) -> None:
    nothing = checked(tmp_path / "a", {"README.md": ""}, {"README.md": "none yet\n"})
    assert (nothing.code, nothing.outputs["exit-code"]) == (3, "3")
    broken = checked(tmp_path / "b", KEPT, {"okxlint.yaml": "version: 2\n"}, upload_sarif="true")
    assert (broken.code, broken.outputs["exit-code"]) == (2, "2")
    assert [broken.outputs[name] for name in ("sarif-file", "errors", "new")] == [""] * 3
    assert broken.step("Upload to code scanning").conclusion == "skipped"
    # The reason is an annotation, not only a line of the log.
    (failure,) = failures(broken)
    assert failure.startswith("okxlint: okxlint.yaml:1:")


@pytest.mark.parametrize(
    ("name", "text"),
    [("new-only", "yes"), ("summary", "on"), ("fail-on", "fatal\n::stop-commands::x")],
)
def test_an_input_that_cannot_be_meant(tmp_path: Path, name: str, text: str) -> None:
    pull = PullRequest(tmp_path, KEPT, NEW_KEY)
    pull.check_out()
    job = pull.runner().run({name: text}, INSTALLED)
    assert job.code == 2
    assert [command.name for command in job.commands] == ["error"]
    assert name in failures(job)[0]


# -- where the base is ---------------------------------------------------------------------------


def test_a_clone_without_the_base_is_told_what_it_lacks(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, KEPT, NEW_KEY)
    pull.check_out(depth=1)
    job = run(pull)
    assert (job.code, job.outputs["exit-code"]) == (2, "2")
    assert job.step("Check").conclusion == "skipped"
    (failure,) = failures(job)
    assert pull.base in failure
    assert "'fetch-depth: 2'" in failure
    # Whoever names both revisions, or none, needs no base.
    assert run(pull, base="none", policy_ref="HEAD").code == 0


def test_the_base_of_a_head_that_is_not_merged_is_what_the_event_says(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, KEPT, BAD_KEY)
    # The head is a merge whose first parent has a policy that suits it.
    git(pull.origin, "checkout", "-q", "keys")
    suits = commit(pull.origin, {"okxlint.yaml": LAX})
    tree = git(pull.origin, "rev-parse", "HEAD^{tree}")
    pull.head = git(pull.origin, "commit-tree", tree, "-p", suits, "-p", pull.head, "-m", "merge")
    git(pull.origin, "update-ref", "refs/heads/keys", pull.head)
    pull.check_out("refs/heads/keys", depth=0)
    job = run(pull)
    assert f"The base of this change is {pull.base}." in job.log
    assert job.code == 1
    # Even if it is the commit that the event is about.
    job = pull.runner(GITHUB_SHA=pull.head).run({}, INSTALLED)
    assert f"The base of this change is {pull.base}." in job.log


def test_a_head_of_a_fork_without_the_base(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, KEPT, NEW_KEY)
    pull.check_out("refs/heads/keys", depth=1)
    job = run(pull)
    assert job.code == 2
    assert "'fetch-depth: 0'" in failures(job)[0]


def test_a_push_is_checked_whole_by_its_own_policy(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, KEPT, {**BAD_KEY, "okxlint.yaml": LAX})
    pull.check_out(depth=1)
    job = run(pull, "push", new_only="true")
    assert (job.code, job.outputs["errors"]) == (0, "0")
    assert "The base of this change" not in job.log


def test_a_merge_queue_says_its_base(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, KEPT, {**BAD_KEY, "okxlint.yaml": LAX})
    pull.check_out()
    assert run(pull, "merge_group").code == 1


def test_an_event_that_checks_out_the_base_checks_nothing(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, KEPT, BAD_KEY)
    pull.check_out("refs/heads/main")
    on_base = pull.runner("pull_request_target", GITHUB_SHA=pull.base)
    job = on_base.run({"base": "HEAD", "policy-ref": "HEAD"}, INSTALLED)
    assert job.code == 2
    assert "nothing of the pull request is here" in failures(job)[0]
    pull.check_out("refs/heads/keys", depth=0)
    assert on_base.run({}, INSTALLED).code == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pull_request": {"head": {"sha": "main"}}}'])
def test_an_event_that_says_nothing_of_its_base(tmp_path: Path, text: str) -> None:
    pull = PullRequest(tmp_path, KEPT, NEW_KEY)
    pull.check_out()
    path = tmp_path / "other.json"
    path.write_text(text)
    job = pull.runner(GITHUB_EVENT_PATH=str(path)).run({}, INSTALLED)
    assert job.code == 2
    assert "the event's payload" in failures(job)[0]


def test_a_workspace_without_the_repository(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, KEPT, NEW_KEY)
    (tmp_path / "elsewhere").mkdir()
    job = pull.runner(GITHUB_WORKSPACE=str(tmp_path / "elsewhere")).run({}, INSTALLED)
    assert job.code == 2
    assert "there is no git repository" in failures(job)[0]


# -- what a pull request may try -----------------------------------------------------------------

HOSTILE = "$(touch made)`touch made`;touch made\n::error::made\n##[error]made"


def test_nothing_of_a_manifest_runs_or_commands(tmp_path: Path) -> None:
    name = "okx-keys/$(touch made)`touch made`\n::stop-commands::made\n.yaml"
    head = {
        name: TOP + key(HOSTILE, "withdraw", account="'$(touch made)'"),
        "okx-keys/desk\n::error::made.yaml": "keys: [\n",
    }
    job = checked(tmp_path, KEPT, head, upload_sarif="true")
    assert job.code == 1
    assert {command.name for command in job.commands} <= {"error", "warning", "notice"}
    assert all("title=okxlint" in command.properties for command in job.commands)
    assert not list(tmp_path.rglob("made"))


def test_nothing_of_an_input_runs_or_commands(tmp_path: Path) -> None:
    branch = "$(touch${IFS}made)`touch${IFS}made`;touch${IFS}made"
    pull = PullRequest(tmp_path, KEPT, BAD_KEY, branch)
    pull.check_out(depth=0)
    assert run(pull, base=f"origin/{branch}", new_only="true", policy_ref=branch).code == 2
    assert run(pull, base=f"origin/{branch}", new_only="true").code == 0
    for names in (("paths", "category"), ("policy",), ("policy-ref",), ("base",), ("sarif-file",)):
        job = pull.runner().run(dict.fromkeys(names, HOSTILE), INSTALLED)
        assert {command.name for command in job.commands} <= {"error", "warning", "notice"}
        assert all("title=okxlint" in command.properties for command in job.commands)
    assert not list(tmp_path.rglob("made"))


def test_nothing_is_imported_from_the_tree(tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'made')!r}, 'w').close()\n"
    names = ("json", "yaml", "click", "sitecustomize", "usercustomize", "okxlint/__init__", "git")
    head = {**BAD_KEY, **{f"{name}.py": trap for name in names}}
    pull = PullRequest(tmp_path, KEPT, head)
    pull.check_out()
    variables = {
        "PYTHONPATH": str(pull.workspace),
        "PYTHONSTARTUP": str(pull.workspace / "json.py"),
        "PYTHONHOME": str(pull.workspace),
        "PYTHONINSPECT": "1",
        "_OKXLINT_COMPLETE": "bash_source",
    }
    assert pull.runner(**variables).run({}, INSTALLED).code == 1
    assert not (tmp_path / "made").exists()


def test_a_report_in_the_tree_is_not_taken_for_ours(tmp_path: Path) -> None:
    forged = {"okxlint.sarif": "forged", "okxlint.yaml": "version: 2\n"}
    job = checked(tmp_path, KEPT, forged, sarif_file="okxlint.sarif", upload_sarif="true")
    assert (job.code, job.outputs["sarif-file"]) == (2, "")
    assert not (tmp_path / "workspace/okxlint.sarif").exists()


def test_a_link_in_the_tree_leads_no_report_astray(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "okxlint.sarif").write_text("kept")
    pull = PullRequest(tmp_path, KEPT, NEW_KEY)
    git(pull.origin, "checkout", "-q", "keys")
    (pull.origin / "out").symlink_to(outside)
    (pull.origin / "okxlint.sarif").symlink_to(outside / "okxlint.sarif")
    commit(pull.origin, {})
    pull.check_out("refs/heads/keys", depth=0)
    job = run(pull, sarif_file="okxlint.sarif")
    assert (job.code, job.outputs["sarif-file"]) == (0, str(pull.workspace / "okxlint.sarif"))
    assert not (pull.workspace / "okxlint.sarif").is_symlink()
    assert run(pull, sarif_file="reports/okxlint.sarif").code == 0
    for place in ("out/okxlint.sarif", "okx-keys.yaml/okxlint.sarif", "okx-keys"):
        job = run(pull, sarif_file=place)
        assert (job.code, job.outputs["sarif-file"]) == (2, "")
        assert "'sarif-file'" in failures(job)[0]
    assert (outside / "okxlint.sarif").read_text() == "kept"


# -- the run's own integrity ---------------------------------------------------------------------


@pytest.fixture(name="check", scope="module")
def check_fixture() -> ModuleType:
    """The module of the step that checks."""
    about = importlib.util.spec_from_file_location("action_check", ROOT / "action/check.py")
    assert about is not None
    assert about.loader is not None
    module = importlib.util.module_from_spec(about)
    about.loader.exec_module(module)
    return module


def test_a_run_without_its_report_does_not_pass(check: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "okxlint.json"
    with pytest.raises(OkxlintError, match="ended with 0, but without a report"):
        check.read_report(path, 0)
    path.write_text('{"summary": {"exit": 1}}')
    with pytest.raises(OkxlintError, match="ended with 0, and its report says otherwise"):
        check.read_report(path, 0)
    assert check.read_report(path, 1) == {"summary": {"exit": 1}}


# -- installation --------------------------------------------------------------------------------


def wheel_with_a_pack(folder: Path) -> str:
    """Put a distribution that nobody else has into a folder; returns what asks for it."""
    about = "okxlint_acme-1.0.dist-info"
    members = {
        "okxlint_acme/house.yaml": POLICY,
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: okxlint-acme\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/entry_points.txt": "[okxlint.packs]\nhouse = okxlint_acme\n",
    }
    members[f"{about}/RECORD"] = "".join(f"{name},,\n" for name in (*members, f"{about}/RECORD"))
    folder.mkdir()
    wheel = folder / "okxlint_acme-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return f"okxlint-acme==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"


def test_what_is_installed_is_what_is_locked_and_checks(tmp_path: Path) -> None:
    policy = "version: 1\nextends: okxlint-acme:house\n"
    pull = PullRequest(tmp_path, {**KEPT, "okxlint.yaml": policy}, BAD_KEY)
    pull.check_out()
    # What a build must not take from the tree that is checked.
    (pull.workspace / "hatchling.py").write_text("raise SystemExit('taken')\n")
    plugins = wheel_with_a_pack(tmp_path / "wheels")
    places = f"{os.environ.get('PIP_FIND_LINKS', '')} {tmp_path / 'wheels'}"
    runner = pull.runner(PYTHONPATH=str(pull.workspace), PIP_FIND_LINKS=places)
    job = runner.run({"extras": "cel", "plugins": f"\n{plugins}\n"})
    assert job.step("Install okxlint").code == 0, job.log
    assert (job.code, job.outputs["exit-code"]) == (1, "1"), job.log
    assert not job.changes

    folder = Path(job.step("Install okxlint").outputs["folder"])
    assert folder.parent == tmp_path / "temp"
    listing = [str(folder / "bin/python"), "-Im", "pip", "list", "--format=json"]
    listed = json.loads(subprocess.check_output(listing))
    found = {canonical(each["name"]): each for each in listed}
    locked = pins(ROOT / "action/requirements-cel.txt")
    assert {name: found.pop(name)["version"] for name in locked} == locked
    # Nor a link into the action's folder, which may outlive the job.
    assert "editable_project_location" not in found["okxlint"]
    assert found["okxlint"]["version"] == __version__
    assert found.keys() - {"setuptools"} == {"okxlint", "okxlint-acme", "pip"}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: Path) -> dict[str, str]:
    """Versions by name."""
    found = re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(), re.MULTILINE)
    return {canonical(name): version for name, version in found}


def asked() -> dict[str, list[Requirement]]:
    """What pyproject.toml asks for: of everyone, of the build, and for each extra."""
    about = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = about["project"]["optional-dependencies"]
    of_all = [*about["project"]["dependencies"], *about["build-system"]["requires"]]
    lists = {"": of_all} | {name: [*of_all, *extras[name]] for name in extras}
    return {name: [Requirement(text) for text in texts] for name, texts in lists.items()}


def test_the_development_environment_is_locked() -> None:
    locked = pins(ROOT / "dev-constraints.txt")
    for requirement in asked()["dev"]:
        version = locked[canonical(requirement.name)]
        assert requirement.specifier.contains(version), requirement
    both = pins(ROOT / "action/requirements.txt").items() - locked.items()
    assert {name for name, _ in both} <= {"hatchling", "pathspec", "pluggy", "trove-classifiers"}
    assert "://" not in (ROOT / "dev-constraints.txt").read_text()


@pytest.mark.parametrize("lock", sorted((ROOT / "action").glob("requirements*.txt")), ids=str)
def test_a_lock_has_all_that_is_asked_for(lock: Path) -> None:
    """After a change of dependencies: ``action/lock.sh``."""
    locked = pins(lock)
    extra = lock.stem.removeprefix("requirements").removeprefix("-")
    for requirement in asked()[extra]:
        assert requirement.specifier.contains(locked[canonical(requirement.name)]), requirement
    # One version of each, so that several locks can be installed together.
    assert pins(ROOT / "action/requirements.txt").items() <= locked.items()
    text = lock.read_text()
    assert not re.search(r"https?:|^--?[a-z]", text, re.MULTILINE)
    # A line without a hash would let pip refuse all, or take anything.
    entries = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("extra", ["lsp2", "../cel", "$(touch made)", "dev"])
def test_an_extra_that_is_not_locked(tmp_path: Path, extra: str) -> None:
    pull = PullRequest(tmp_path, KEPT, NEW_KEY)
    job = pull.runner().run({"extras": f"cel, {extra}"})
    assert (job.code, job.outputs["exit-code"]) == (2, "2")
    assert "okxlint has no extra" in failures(job)[0]
    assert [step.conclusion for step in job.steps[1:4]] == ["skipped"] * 3


def test_a_machine_without_a_python_that_is_new_enough(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "mktemp", "dirname", "mkdir"):
        (tools / name).symlink_to(str(shutil.which(name)))
    old = tools / "python3"
    old.write_text("#!/bin/bash\nexit 1\n")
    old.chmod(0o755)
    pull = PullRequest(tmp_path, KEPT, NEW_KEY)
    job = pull.runner(PATH=str(tools)).run({})
    assert job.code == 2
    assert failures(job)[0].startswith("no Python of 3.11 or newer is on the PATH")


# -- what others say of it -----------------------------------------------------------------------

WORKFLOWS = (
    "examples/workflows/pull-request.yml",
    "examples/workflows/scheduled.yml",
    "examples/workflows/reconcile.yml",
)
SCHEMAS = {
    "vendor.github-actions": ["action.yml"],
    "vendor.github-workflows": [*WORKFLOWS],
    "vendor.gitlab-ci": ["examples/workflows/gitlab-ci.yml"],
}


def tool(name: str, *arguments: str) -> None:
    """Run a tool of the extra dev; it has to be content."""
    script = Path(sysconfig.get_path("scripts"), name)
    done = subprocess.run([script, *arguments], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_zizmor_finds_nothing() -> None:
    strict = ("--persona=auditor", "--strict-collection", "--no-config", "--no-ignores")
    offline = ("--offline", "--no-online-audits")
    tool("zizmor", *strict, *offline, "action.yml", ".pre-commit-hooks.yaml", *WORKFLOWS)


@pytest.mark.parametrize(("schema", "names"), SCHEMAS.items())
def test_the_form_is_right(schema: str, names: list[str]) -> None:
    tool("check-jsonschema", "--builtin-schema", schema, *names)


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    scripts = [ROOT / "action/install.sh", ROOT / "action/lock.sh"]
    for number, step in enumerate(action["runs"]["steps"]):
        if "run" in step:
            # Expressions have no place in a script: what they give would be run.
            assert "${{" not in step["run"]
            scripts.append(tmp_path / f"{number}.sh")
            scripts[-1].write_text(f"#!/bin/bash\n{step['run']}\n")
    tool("shellcheck", *map(str, scripts))


def test_every_action_is_pinned_with_its_version() -> None:
    for name in ("action.yml", *WORKFLOWS, "docs/ci.md", "docs/pull-requests.md"):
        for line in (ROOT / name).read_text().splitlines():
            if re.match(r"\s*(- )?uses:", line):
                assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


# -- what the page says --------------------------------------------------------------------------


def test_the_page_names_every_input_and_output() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    page = (ROOT / "docs/ci.md").read_text()
    rows = set(re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE))
    assert action["inputs"].keys() | action["outputs"].keys() <= rows


def test_what_the_page_lets_one_paste_is_what_is_tested() -> None:
    page = (ROOT / "docs/ci.md").read_text()
    for path in (ROOT / "examples/workflows").iterdir():
        text = path.read_text()
        assert f"examples/workflows/{path.name}" in page
        assert f"```yaml\n{text}```" in page

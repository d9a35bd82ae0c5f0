"""A check against a base, and by the policy of another commit."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from okxlint.base import Asked, watchful
from okxlint.check import Request, run_check
from okxlint.engine import Question
from okxlint.errors import OkxlintError, Unreadable
from okxlint.history.commit import Commit
from okxlint.history.files import CommitFiles
from okxlint.loading import Wanted
from okxlint.paths import find_tree
from okxlint.policy import Policy
from tests.conftest import DAY
from tests.policy_files import install
from tests.repositories import (
    MANIFEST,
    POLICY,
    Repository,
    git,
    new,
    places,
    plain_git,
    said,
    told,
)
from tests.test_cli import okxlint

KEYS = "okx-keys.yaml"
OLD = "created: 2026-06-01"
"""A day on which max-age fails."""
AGED = MANIFEST.replace("created: 2026-10-01", OLD)
FAILS = "max-age:error 2026-06-01"
WITHDRAW = "no-withdraw:error withdraw"
HELD = "permissions: [read_only, trade]\n    ip"
RIGHTS = (HELD, HELD.replace("]", ", withdraw]"))
ACCEPTED = "reason: r, approved_by: s@example.com"


@pytest.fixture(autouse=True)
def _git(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_git(monkeypatch)


def repository(tmp_path: Path, keys: str, policy: str | None = None) -> Repository:
    """A repository with a manifest, and perhaps a policy."""
    files = {KEYS: keys}
    if policy is not None:
        files["okxlint.yaml"] = policy
    return Repository(tmp_path / "repo", files)


def refusal(repo: Repository, **asked: Any) -> OkxlintError:
    with pytest.raises(OkxlintError) as caught:
        repo.check(**asked)
    assert caught.value.exit_code == 2
    return caught.value


def ages(report: Any) -> list[bool | None]:
    return [each.new for each in report.findings if each.rule == "max-age"]


# -- what is old -----------------------------------------------------------------------------------


def test_without_a_base_nobody_knows_what_is_new(tmp_path: Path) -> None:
    repo = repository(tmp_path, AGED)
    report = repo.check(base=None)
    assert ages(report) == [None]
    assert (report.base_ref, report.old, report.pending) == (None, 0, None)


def test_what_the_base_has_is_old(tmp_path: Path) -> None:
    repo = repository(tmp_path, AGED)
    repo.change(KEYS, RIGHTS)
    report = repo.check()
    assert report.base_ref == repo.sha
    assert ages(report) == [False]
    assert FAILS not in new(report)
    assert WITHDRAW in new(report)
    # Only new ones are told of and count, and how many others there are.
    only = repo.check(new_only=True)
    assert said(only.findings) == new(report)
    assert only.old == len(report.findings) - len(only.findings) > 0


def test_with_new_only_a_run_passes_in_which_nothing_is_new(tmp_path: Path) -> None:
    repo = repository(tmp_path, AGED)
    assert repo.check().exit == 1
    report = repo.check(new_only=True)
    assert (report.exit, report.findings) == (0, ())
    assert report.old == len(repo.check().findings)


def test_moved_lines_and_moved_keys_stay_old(tmp_path: Path) -> None:
    repo = repository(tmp_path, AGED)
    repo.write({KEYS: "# moved\n\n" + AGED})
    assert ages(repo.check()) == [False]
    (repo.folder / KEYS).rename(repo.folder / "renamed.yaml")
    repo.write({"okxlint.yaml": f"{POLICY}manifests: [renamed.yaml]\n"})
    assert ages(repo.check()) == [False]
    start = AGED.index("keys:\n")
    repo.write({KEYS: AGED[:start], "okx-keys/all.yaml": "version: 1\n" + AGED[start:]})
    repo.write({"okxlint.yaml": None, "renamed.yaml": None})
    assert ages(repo.check()) == [False]


def test_a_key_that_is_added_beside_an_equal_one_is_new(tmp_path: Path) -> None:
    repo = repository(tmp_path, AGED)
    added = f"  - {{label: a-1, account: main, permissions: [trade], {OLD}}}\n"
    repo.change(KEYS, ("keys:\n", f"keys:\n{added}"))
    report = repo.check()
    assert [each.new for each in report.findings if each.rule == "max-age"] == [True, False]


def test_both_sides_are_judged_on_the_same_day(tmp_path: Path) -> None:
    repo = repository(tmp_path, MANIFEST)
    for day, expected in (("2026-12-16", []), ("2026-12-17", [False]), ("2027-06-01", [False])):
        assert ages(repo.check(as_of=date.fromisoformat(day))) == expected
    assert ages(repo.check(as_of=date(2026, 12, 1), horizon=30)) == [False]


def test_both_sides_are_judged_by_the_policy_in_force(tmp_path: Path) -> None:
    repo = repository(tmp_path, MANIFEST, POLICY)
    repo.write({"okxlint.yaml": POLICY + "rules: {max-age: {max_days: 30}}\n"})
    assert ages(repo.check()) == [False]
    assert ages(repo.check(policy_ref="main")) == []


def test_what_a_waiver_held_back_is_new_without_it(tmp_path: Path) -> None:
    waiver = f"    waivers: [{{rule: max-age, {ACCEPTED}, expires: 2026-12-31}}]\n"
    waived = AGED.replace("    status: active\n", "    status: active\n" + waiver)
    repo = repository(tmp_path, waived)
    report = repo.check()
    assert [each.new for each in report.waived] == [False]
    assert ages(report) == []
    repo.write({KEYS: AGED})
    assert ages(repo.check()) == [True]
    # And the other way round: what is waived now was there before.
    repo.commit("unwaived")
    repo.write({KEYS: waived})
    assert [each.new for each in repo.check(base="HEAD").waived] == [False]


def test_what_was_not_judged_at_the_base_is_never_old(tmp_path: Path) -> None:
    files = {
        "okx-keys/a.yaml": MANIFEST + "    colour: red\n",
        "okx-keys/b.yaml": "version: 1\nkeys: [\n",
        "okx-keys/c.yaml": "version: 1\nx-a: {password: hunter2hunter2}\n",
    }
    report = Repository(tmp_path / "repo", files).check()
    never = ("manifest-schema", "yaml-syntax", "no-secrets")
    expected = dict.fromkeys(never, True) | {"demo-first": False}
    assert {each.rule: each.new for each in report.findings} == expected


# -- which commit ----------------------------------------------------------------------------------


def test_the_base_is_where_the_branch_began(tmp_path: Path) -> None:
    repo = repository(tmp_path, MANIFEST)
    repo.commit("change")
    git(repo.folder, "switch", "-q", "main")
    repo.change(KEYS, RIGHTS)
    repo.commit()
    git(repo.folder, "switch", "-q", "change")
    report = repo.check()
    assert report.base_ref == repo.sha
    # On main the key got more rights; here it did not lose any.
    assert said(report.findings) == []
    repo.change(KEYS, RIGHTS)
    assert WITHDRAW in new(repo.check())


def test_before_the_first_commit_everything_is_new(tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / KEYS).write_text(AGED)
    repo = Repository.__new__(Repository)
    repo.folder = folder
    report = repo.check()
    assert report.base_ref is None
    assert ages(report) == [True]
    assert told(report) == []
    assert "names no commit here" in refusal(repo, base=None, policy_ref="main").message


def test_an_inventory_and_a_policy_that_the_base_does_not_have(tmp_path: Path) -> None:
    repo = Repository(tmp_path / "repo", {"README": "none"})
    repo.write({KEYS: AGED, "okxlint.yaml": POLICY})
    report = repo.check()
    assert ages(report) == [True]
    assert told(report) == []
    assert {each.split(":")[0] for each in new(report)} == {"max-age"}


def test_a_manifest_that_was_broken_at_the_base(tmp_path: Path) -> None:
    repo = repository(tmp_path, AGED.replace("keys:\n", "keys: [\n"))
    repo.write({KEYS: AGED})
    assert ages(repo.check()) == [True]
    repo = Repository(tmp_path / "other", {KEYS: AGED.replace("status: active", "status: asleep")})
    repo.write({KEYS: AGED.replace("read_only, trade]\n    ip", "withdraw]\n    ip")})
    report = repo.check()
    assert WITHDRAW in new(report)
    assert "permissions-unchanged" not in str(new(report))


@pytest.mark.parametrize("option", ["base", "policy_ref"])
def test_a_revision_that_is_not_there(tmp_path: Path, option: str) -> None:
    repo = repository(tmp_path, MANIFEST)
    asked = {"base": None, option: "origin/next"}
    error = refusal(repo, **asked)
    assert error.message == "'origin/next' names no commit here"
    assert "git fetch origin next:refs/remotes/origin/next" in error.hint


def test_a_shallow_clone_is_told_how_to_get_the_rest(tmp_path: Path) -> None:
    repo = repository(tmp_path, MANIFEST)
    repo.commit("change")
    repo.write({"README": "x"})
    repo.commit()
    url = f"file://{repo.folder}"
    for branches in ("--single-branch", "--no-single-branch"):
        target = tmp_path / branches
        git(tmp_path, "clone", "-q", "--depth=1", branches, "-b", "change", url, str(target))
        done = okxlint("check", "--base", "origin/main", cwd=target)
        assert (done.returncode, done.stdout) == (2, "")
        assert "git fetch --unshallow" in done.stderr
        assert "fetch-depth: 0" in done.stderr
    git(target, "fetch", "-q", "--unshallow")
    asked = ("check", "--base", "origin/main", "--as-of", "2026-11-22")
    assert okxlint(*asked, cwd=target).returncode == 0


def test_without_git_there_is_no_base(tmp_path: Path) -> None:
    (tmp_path / KEYS).write_text(MANIFEST)
    for option in ("--base", "--policy-ref"):
        done = okxlint("check", option, "main", cwd=tmp_path)
        assert done.returncode == 2
        assert "there is no git repository" in done.stderr


@pytest.mark.parametrize("missing", [KEYS, "okxlint.yaml", "team.yaml", "schema.json"])
@pytest.mark.parametrize("option", ["base", "policy_ref"])
def test_an_object_that_the_clone_lacks(tmp_path: Path, missing: str, option: str) -> None:
    files = {
        KEYS: MANIFEST,
        "okxlint.yaml": "version: 1\nextends: ./team.yaml\nmetadata_schema: schema.json\n",
        "team.yaml": "version: 1\n",
        "schema.json": "{}",
    }
    repo = Repository(tmp_path / "repo", files)
    oid = git(repo.folder, "rev-parse", f"HEAD:{missing}")
    (repo.folder / ".git/objects" / oid[:2] / oid[2:]).unlink()
    error = refusal(repo, **{"base": None, option: "main"})
    assert f"{repo.sha[:12]}:{missing} is not in this clone" in error.message
    assert f"git cat-file -p {oid}" in error.message


# -- which files -----------------------------------------------------------------------------------


def test_the_bases_own_patterns_and_the_ones_in_force_are_looked_at(tmp_path: Path) -> None:
    own = f"{POLICY}manifests: [a.yaml]\n"
    files = {"a.yaml": AGED, "b.yaml": AGED.replace("gridbot", "other"), "okxlint.yaml": own}
    repo = Repository(tmp_path / "repo", files)
    assert ages(repo.check()) == [False]
    repo.write({"okxlint.yaml": f"{POLICY}manifests: [a.yaml, b.yaml]\n"})
    assert ages(repo.check()) == [False, False]
    repo.write({"okxlint.yaml": f"{POLICY}manifests: [b.yaml]\n"})
    assert [each for each in new(repo.check()) if "keys-kept" in each] == [
        "keys-kept:error gridbot-2026q4",
        "keys-kept:error gridbot-demo",
    ]


def test_a_manifest_that_is_named_is_compared_with_itself(tmp_path: Path) -> None:
    repo = Repository(tmp_path / "repo", {"far/keys.yaml": AGED})
    assert ages(repo.check("far/keys.yaml")) == [False]
    repo.change("far/keys.yaml", RIGHTS)
    assert "permissions-unchanged" in str(new(repo.check("far/keys.yaml")))


def test_a_folder_with_something_of_the_inventory_is_not_searched(tmp_path: Path) -> None:
    example = AGED.replace("gridbot", "example")
    repo = Repository(tmp_path / "repo", {KEYS: AGED, "docs/example.yaml": example})
    repo.write({"docs/example.yaml": None})
    report = repo.check(".")
    assert new(report) == []
    assert ages(report) == [False]


def test_links_and_submodules_of_the_base_are_told_of(tmp_path: Path) -> None:
    repo = Repository(tmp_path / "repo", {"far.yaml": MANIFEST, "okx-keys/a.yaml": MANIFEST})
    (repo.folder / "okx-keys/b.yaml").symlink_to("../far.yaml")
    sha = repo.commit()
    (repo.folder / "okx-keys/b.yaml").unlink()
    report = repo.check(base=sha, policy_ref=sha)
    assert told(report) == ["no-policy accepted", "unreadable accepted"]
    assert report.unknown[1].message.startswith(f"{sha[:12]}:okx-keys/b.yaml: is a symbolic link")
    assert report.exit == 0


def test_standard_input_is_compared(tmp_path: Path) -> None:
    repo = repository(tmp_path, AGED)
    text = AGED.replace(*RIGHTS)
    asked = ("--base", "main", "--new-only", "--as-of", "2026-11-22", "-f", "concise")
    for named in (["--stdin-filename", KEYS], []):
        done = okxlint("check", "-", *asked, *named, cwd=repo.folder, stdin=text)
        assert done.returncode == 1
        assert "[permissions-unchanged]" in done.stdout
        assert "[max-age]" not in done.stdout


def test_a_secret_of_the_base_comes_out_nowhere(tmp_path: Path) -> None:
    secret = "0123456789ABCDEF" * 2
    key = f"version: 1\nkeys:\n  - {{label: {secret}, account: m, permissions: [trade]}}\n"
    policy = f"{POLICY}waivers: {{approvers: [a]}}\nmanifests: ['*.yaml', {secret}.yaml]\n"
    repo = repository(tmp_path, key, policy)
    repo.write({KEYS: "version: 1\n", "okxlint.yaml": None})
    for name in ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"):
        done = okxlint("check", "--base", "main", "-f", name, cwd=repo.folder)
        assert done.returncode == 1
        assert secret not in done.stdout + done.stderr


# -- the policy of another commit ------------------------------------------------------------------


def test_the_policy_its_parents_and_its_schema_are_the_commits(tmp_path: Path) -> None:
    team = "version: 1\nmetadata_schema: s.json\n"
    files = {
        KEYS: MANIFEST.replace("    status: active\n", "    metadata: {desk: a}\n"),
        "policies/okx.yaml": "version: 1\nextends: ./team.yaml\nmanifests: [../okx-keys.yaml]\n",
        "policies/team.yaml": team + "rules: {max-age: {max_days: 30}}\n",
        "policies/s.json": '{"required": ["ticket"]}',
    }
    repo = Repository(tmp_path / "repo", files)
    named = "policies/okx.yaml"
    at_head = repo.check(policy=named)
    assert {each.rule for each in at_head.findings} == {"max-age", "metadata-valid"}
    assert told(at_head) == []
    repo.write({"policies/team.yaml": team, "policies/s.json": "{}"})
    assert repo.check(base=None, policy=named).findings == ()
    ruled = repo.check(policy=named, policy_ref="main")
    assert {each.rule for each in ruled.findings} == {
        "max-age",
        "metadata-valid",
        "policy-not-weakened",
    }
    assert new(ruled) == [
        "policy-not-weakened:warning max-age max_days 30 -> 90",
        "policy-not-weakened:warning metadata_schema -> another",
    ]
    # The head's must be right all the same.
    repo.write({"policies/s.json": None})
    assert "s.json: cannot be read" in refusal(repo, policy=named, policy_ref="main").message
    # Then it may as well be without.
    repo.write({"policies/team.yaml": "version: 1\n"})
    gone = "policy-not-weakened:warning metadata_schema -> gone"
    assert gone in new(repo.check(policy=named, policy_ref="main"))


def test_folders_are_found_by_the_commits_links_alone(tmp_path: Path) -> None:
    files = {
        KEYS: AGED,
        "policies/okx.yaml": POLICY + "manifests: [../okx-keys.yaml]\n",
        "examples/okx.yaml": "version: 1\nextends: []\nmanifests: [../okx-keys.yaml]\n",
    }
    repo = Repository(tmp_path / "repo", files)
    (repo.folder / "policies").rename(repo.folder / "kept")
    (repo.folder / "policies").symlink_to("examples")
    named = "policies/okx.yaml"
    assert "max-age" not in str(said(repo.check(base=None, policy=named).findings))
    report = repo.check(policy=named, policy_ref="main")
    assert FAILS in said(report.findings)
    assert "policy-not-weakened:warning max-age severity error -> off" in new(report)


def test_a_schema_outside_of_the_repository_is_no_commits(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text("{}")
    repo = repository(tmp_path, MANIFEST, "version: 1\nmetadata_schema: ../s.json\n")
    assert repo.check(base=None).exit == 0
    error = refusal(repo, policy_ref="main")
    assert "s.json: is outside the repository" in error.message


def test_an_installed_pack_is_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    pack = "version: 1\nextends: []\nmetadata_schema: s.json\nrules: {metadata-valid: error}\n"
    install(site, "okxlint-acme", {"desk": pack})
    (site / "acme_packs/s.json").write_text('{"required": ["ticket"]}')
    monkeypatch.syspath_prepend(str(site))
    files = {
        KEYS: MANIFEST.replace("    status: active\n", "    metadata: {desk: a}\n"),
        "okxlint.yaml": "version: 1\nextends: okxlint-acme:desk\n",
    }
    repo = Repository(tmp_path / "repo", files)
    assert said(repo.check(policy_ref="main").findings) == ["metadata-valid:error "]
    for named in ("okxlint-acme:desk", "strict"):
        assert repo.check(policy=named, policy_ref="main").policy_source == named
    # Where what the base builds on is not installed, nobody can tell what is looser.
    monkeypatch.undo()
    plain_git(monkeypatch)
    repo.write({"okxlint.yaml": "version: 1\nextends: essentials\n"})
    report = repo.check()
    assert (report.exit, told(report)) == (3, ["base-policy"])
    assert "okxlint-acme" in report.unknown[0].message
    policy = POLICY + "plugins: [no-such]\n"
    plugged = Repository(tmp_path / "b", {KEYS: MANIFEST, "okxlint.yaml": policy})
    plugged.write({"okxlint.yaml": POLICY})
    assert (plugged.check().exit, told(plugged.check())) == (3, ["base-policy"])
    assert "no-such" in refusal(plugged, policy_ref="main").message


def test_no_policy_there_is_the_pack_recommended_and_the_heads_manifests(tmp_path: Path) -> None:
    repo = Repository(tmp_path / "repo", {"a.yaml": MANIFEST})
    lax = "version: 1\nextends: []\nmanifests: [a.yaml]\n"
    repo.write({"a.yaml": AGED, "okxlint.yaml": lax})
    assert repo.check(base=None).findings == ()
    report = repo.check(base=None, policy_ref="main")
    assert FAILS in said(report.findings)
    assert (report.policy_source, report.policy_ref) == ("recommended", repo.sha)
    assert told(report) == ["no-policy accepted"]
    # The same if another file is named that only the head has.
    repo.write({"other.yaml": lax})
    assert FAILS in said(repo.check(base=None, policy="other.yaml", policy_ref="main").findings)


def test_a_policy_that_is_not_right_there(tmp_path: Path) -> None:
    repo = repository(tmp_path, MANIFEST, "version: 1\nrules: {nope: off, no: off}\n")
    repo.write({"okxlint.yaml": POLICY})
    error = refusal(repo, policy_ref="main")
    first, second, third = error.message.split("\n")
    assert first == f"at the commit {repo.sha[:12]}:"
    assert second.startswith("okxlint.yaml:2:9: there is no rule 'nope'")
    # It could not rule there either: a change that mends it passes, and it is told.
    report = repo.check()
    assert (report.exit, told(report)) == (0, ["base-policy accepted"])
    assert "no rule 'nope'" in report.unknown[0].message
    assert "no rule 'no'" in report.unknown[0].message
    assert third.startswith("okxlint.yaml:2:20")
    # The patterns of the pack are looked at, whatever those of the head are.
    repo.write({"okxlint.yaml": f"{POLICY}manifests: [b.yaml]\n", "b.yaml": "version: 1\n"})
    assert "keys-kept:error gridbot-2026q4" in new(repo.check())


def test_a_policy_that_cannot_be_read_there(tmp_path: Path) -> None:
    repo = repository(tmp_path, MANIFEST)
    (repo.folder / "okxlint.yaml").symlink_to("../far.yaml")
    (tmp_path / "far.yaml").write_text(POLICY)
    sha = repo.commit()
    error = refusal(repo, policy_ref=sha)
    assert error.message.startswith(f"at the commit {sha[:12]}")
    assert "is outside the repository" in error.message
    # It may have ruled there: nobody can say that this change loosens nothing.
    report = repo.check(base=sha)
    assert (report.exit, told(report)) == (3, ["base-policy"])
    # Whatever is in the way to it.
    (repo.folder / "okxlint.yaml").unlink()
    (repo.folder / "a").symlink_to("b")
    (repo.folder / "b").symlink_to("a")
    sha = repo.commit()
    for name in ("a", "b"):
        (repo.folder / name).unlink()
    repo.write({"a/okx.yaml": POLICY + "manifests: [../okx-keys.yaml]\n"})
    assert "cannot be found" in refusal(repo, policy="a/okx.yaml", policy_ref=sha).message
    report = repo.check(base=sha, policy="a/okx.yaml")
    assert told(report) == ["base-policy", "unreadable accepted"]


@pytest.mark.parametrize(
    ("extends", "accepted"),
    [
        ("./linked.yaml", False),
        ("recommended, ./linked.yaml", False),
        ("./module/okx.yaml", False),
        ("./missing.yaml", True),
        ("recomended", True),
        ("./broken.yaml", True),
        ("okxlint-nobody:desk", False),
    ],
)
def test_what_the_bases_policy_extends(tmp_path: Path, extends: str, accepted: bool) -> None:
    files = {KEYS: MANIFEST, "okxlint.yaml": f"version: 1\nextends: [{extends}]\n"}
    repo = Repository(tmp_path / "repo", files | {"broken.yaml": "version: 2\n"})
    (repo.folder / "linked.yaml").symlink_to("../far.yaml")
    (tmp_path / "far.yaml").write_text(POLICY)
    cacheinfo = f"160000,{repo.sha},module"
    git(repo.folder, "add", "-A")
    git(repo.folder, "update-index", "--add", "--cacheinfo", cacheinfo)
    git(repo.folder, "commit", "-qm", "parents")
    repo.write({"okxlint.yaml": POLICY})
    report = repo.check(base="HEAD")
    assert told(report) == ["base-policy accepted" if accepted else "base-policy"]
    assert report.exit == (0 if accepted else 3)


def test_a_policy_in_a_submodule_is_no_missing_one(tmp_path: Path) -> None:
    repo = repository(tmp_path, MANIFEST)
    git(repo.folder, "update-index", "--add", "--cacheinfo", f"160000,{repo.sha},module")
    git(repo.folder, "commit", "-qm", "module")
    repo.write({"module/okx.yaml": POLICY + "manifests: [../okx-keys.yaml]\n"})
    named = "module/okx.yaml"
    report = repo.check(base="HEAD", policy=named)
    assert (report.exit, told(report)[0]) == (3, "base-policy")
    error = refusal(repo, policy=named, policy_ref="HEAD")
    assert "is a submodule, whose files no commit of this repository holds" in error.message


def test_a_policy_outside_of_the_repository_is_no_part_of_a_change(tmp_path: Path) -> None:
    repo = repository(tmp_path, AGED)
    far = tmp_path / "far.yaml"
    far.write_text(f"{POLICY}manifests: [repo/okx-keys.yaml]\n")
    for named in (str(far), "../far.yaml"):
        report = repo.check(policy=named)
        assert ages(report) == [False]
        assert (told(report), new(report)) == ([], [])
        error = refusal(repo, policy=named, policy_ref="main")
        assert "is outside of the repository" in error.message
        assert error.hint.startswith("Leave --policy-ref out")
    # A link to the repository leads into it.
    (tmp_path / "link").symlink_to("repo")
    repo.write({"policies/okx.yaml": "version: 1\nextends: []\nmanifests: [../okx-keys.yaml]\n"})
    for named in (str(tmp_path / "link/policies/okx.yaml"), "../link/policies/okx.yaml"):
        report = repo.check(policy=named)
        assert "policy-not-weakened:warning max-age severity error -> off" in new(report)
        assert repo.check(policy=named, policy_ref="main").policy_source == "recommended"
    repo.write({"okxlint.yaml": "version: 1\nextends: []\n"})
    report = run_check(Request(Question(DAY), Wanted(str(tmp_path / "link")), base="main"))
    assert "policy-not-weakened:warning max-age severity error -> off" in new(report)
    # Manifests there are told of: no commit has them.
    (tmp_path / "more.yaml").write_text("version: 1\n")
    far.write_text(f"{POLICY}manifests: [repo/okx-keys.yaml, more.yaml]\n")
    assert told(repo.check(policy=str(far))) == ["unreadable accepted"]


def test_a_rule_that_tells_of_what_loosens_is_as_loud_as_at_the_base(tmp_path: Path) -> None:
    def severity(before: str, after: str) -> str:
        rule = "policy-not-weakened"
        base = "version: 1\nrules: {policy-not-weakened: %s}\n"
        files = {KEYS: MANIFEST, "okxlint.yaml": base % before}
        repo = Repository(tmp_path / f"{before}-{after}", files)
        repo.write({"okxlint.yaml": base % f"{after}, max-age: {{max_days: 99}}"})
        found = {each.severity.word for each in repo.check().findings if each.rule == rule}
        return ",".join(found)

    assert severity("error", "off") == "error"
    assert severity("error", "warning") == "error"
    assert severity("warning", "error") == "error"
    assert severity("off", "off") == ""
    assert severity("off", "info") == "info"
    assert severity("info", "off") == "info"
    policy = Policy("p", {}, ())
    assert watchful(policy, None) is policy


# -- waivers ---------------------------------------------------------------------------------------


def waived(text: str, where: str = "    status: active\n") -> str:
    return AGED.replace(where, f"{where}    waivers: [{{rule: max-age, {ACCEPTED}, {text}}}]\n", 1)


UNTIL = "expires: 2026-12-31"


@pytest.mark.parametrize(
    ("before", "after", "holds", "pending"),
    [
        (UNTIL, UNTIL, True, False),
        (UNTIL, "expires: 2026-11-30", True, False),
        (UNTIL, "expires: 2027-01-31", True, False),
        ("expires: 2026-11-22", "expires: 2027-01-31", True, False),
        # It is over there: that it goes on is not in force yet.
        ("expires: 2026-11-21", "expires: 2027-01-31", False, True),
        ("expires: 2026-11-21", "expires: 2026-11-22", False, True),
        ("expires: 2026-11-21", "expires: 2026-11-21", False, False),
        (UNTIL, "expires: 2026-11-21", False, False),
        (f"{UNTIL}, value: 2026-06-01", UNTIL, False, True),
        (UNTIL, f"{UNTIL}, value: 2026-06-01", False, True),
        (f"{UNTIL}, reason: other", UNTIL, True, False),
        (f"{UNTIL}, approved_by: other@example.com", f"{UNTIL}", True, False),
        (None, UNTIL, False, True),
        (UNTIL, None, False, False),
    ],
)
def test_a_waiver_holds_as_the_commit_that_rules_has_it(
    tmp_path: Path, before: str | None, after: str | None, holds: bool, pending: bool
) -> None:
    def text(said: str | None) -> str:
        # The later of two equal fields would be an error.
        own = "" if said is None else waived(said)
        for name in ("reason: r, ", "approved_by: s@example.com, "):
            if said and name.partition(":")[0] in said:
                own = own.replace(name, "")
        return own or AGED

    repo = repository(tmp_path, text(before))
    repo.write({KEYS: text(after)})
    report = repo.check(policy_ref="main")
    assert bool(report.waived) is holds
    assert bool(ages(report)) is not holds
    told_of = [(each.rule, each.account, each.key, each.commit) for each in report.pending or ()]
    assert told_of == ([("max-age", "gridbot01", "gridbot-2026q4", repo.sha)] if pending else [])
    # A pending waiver is neither unused nor over.
    hygiene = {each.rule for each in report.findings} & {"waiver-unused", "waiver-expired"}
    assert hygiene <= (set() if pending else {"waiver-expired"})


def test_a_waiver_that_is_made_longer_ends_when_it_was_to_end(tmp_path: Path) -> None:
    repo = repository(tmp_path, waived("expires: 2026-11-30"))
    repo.write({KEYS: waived("expires: 2027-01-31")})
    report = repo.check(policy_ref="main")
    (warning,) = (each for each in report.findings if each.rule == "waiver-expired")
    assert "ends on 2026-11-30, as the commit has it that rules" in warning.message
    later = repo.check(policy_ref="main", as_of=date(2026, 12, 1))
    assert ages(later) == [False]  # the base is no better on that day
    assert [each.rule for each in later.pending or ()] == ["max-age"]


def test_after_one_that_is_not_in_force_yet_the_others_are_told_of(tmp_path: Path) -> None:
    repo = repository(tmp_path, waived("expires: 2026-11-21"))
    new = f"{{rule: no-withdraw, {ACCEPTED}, {UNTIL}}}, {{rule: max-age"
    repo.change(KEYS, ("{rule: max-age", new))
    report = repo.check(policy_ref="main")
    assert [each.rule for each in report.pending or ()] == ["no-withdraw"]
    assert "waiver-expired" in {each.rule for each in report.findings}


def test_a_waiver_stands_for_its_own_kind_of_target(tmp_path: Path) -> None:
    """Three objects of one name: what is approved for the one is not for another."""
    head = """\
version: 1
accounts:
  - {name: x, type: master%s}
apps:
  - {name: x%s}
keys:
  - {label: x, account: x, app: x, permissions: [trade]%s}
"""
    waiver = f", waivers: [{{rule: max-age, {ACCEPTED}, {UNTIL}}}]"
    marks = [("", "", waiver), ("", waiver, ""), (waiver, "", "")]
    repo = Repository(tmp_path / "repo", {KEYS: head % marks[0]})
    for mark in marks[1:]:
        repo.write({KEYS: head % mark})
        assert len(repo.check(policy_ref="main").pending or ()) == 1
    repo.write({KEYS: head % marks[0]})
    assert repo.check(policy_ref="main").pending == ()


def test_a_waiver_that_does_not_hold_there_is_not_approved(tmp_path: Path) -> None:
    policy = f"{POLICY}waivers: {{approvers: [s@example.com]}}\n"
    wrong = waived(UNTIL).replace("s@example.com", "bot@example.com")
    repo = repository(tmp_path, wrong, policy)
    assert ages(repo.check()) == [False]
    repo.write({KEYS: waived(UNTIL)})
    report = repo.check(policy_ref="main")
    assert ages(report) == [False]
    assert [each.rule for each in report.pending or ()] == ["max-age"]


def test_a_waiver_moves_with_its_key(tmp_path: Path) -> None:
    repo = repository(tmp_path, waived(UNTIL))
    (repo.folder / KEYS).unlink()
    repo.write({"okx-keys/moved.yaml": "# moved\n" + waived(UNTIL)})
    report = repo.check(policy_ref="main")
    assert (len(report.waived), report.pending) == (1, ())
    # It stays approved when the key is revoked.
    repo.change("okx-keys/moved.yaml", ("status: active", "status: revoked"))
    assert repo.check(policy_ref="main").pending == ()


def test_a_waiver_in_a_file_that_a_path_names_is_approved_by_that_file(tmp_path: Path) -> None:
    repo = Repository(tmp_path / "repo", {"far/a.yaml": waived(UNTIL)})
    assert len(repo.check("far/a.yaml", policy_ref="main").waived) == 1
    assert len(repo.check("far", policy_ref="main").waived) == 1
    repo.write({"okxlint.yaml": f"{POLICY}manifests: [far/a.yaml]\n"})
    report = repo.check(policy_ref="main")
    assert (len(report.waived), len(report.pending or ())) == (0, 1)


GRANT = f"{{account: main, key: payout, rule: no-withdraw, {ACCEPTED}, {UNTIL}}}"


def test_security_approves_ahead_in_the_policy(tmp_path: Path) -> None:
    policy = f"{POLICY}waivers: {{granted: [{GRANT}]}}\n"
    repo = repository(tmp_path, MANIFEST, policy)
    key = "  - {label: payout, account: main, permissions: [withdraw]}\n"
    repo.write({KEYS: MANIFEST + key, "okxlint.yaml": POLICY})
    report = repo.check(policy_ref="main")
    assert "no-withdraw" in str(said(report.waived))
    assert "no-withdraw" not in str(new(report))
    assert report.pending == ()
    # What the head grants besides is told, and does not hold.
    more = GRANT.replace("payout", "other")
    repo.write({"okxlint.yaml": f"{POLICY}waivers: {{granted: [{GRANT}, {more}]}}\n"})
    report = repo.check(policy_ref="main")
    assert [(each.key, each.grant.path, each.grant.line) for each in report.pending or ()] == [
        ("other", "okxlint.yaml", 3)
    ]


def test_the_end_of_an_account_is_approved_ahead(tmp_path: Path) -> None:
    """A waiver for keys-kept on an account that is there no more."""
    grant = f"{{account: gridbot01, rule: keys-kept, {ACCEPTED}, {UNTIL}}}"
    policy = f"{POLICY}waivers: {{granted: [{grant}]}}\n"
    repo = repository(tmp_path, MANIFEST, policy)
    repo.write({KEYS: "version: 1\naccounts: [{name: main, type: master}]\n"})
    report = repo.check(policy_ref="main")
    assert (report.exit, new(report)) == (0, [])
    assert len(report.waived) == 2


# -- reports and options ---------------------------------------------------------------------------


def test_reports_say_all_of_it(tmp_path: Path) -> None:
    repo = repository(tmp_path, AGED, POLICY)
    repo.write({KEYS: waived(UNTIL)})
    repo.change(KEYS, RIGHTS)
    asked = ("--base", "main", "--policy-ref", "main", "--new-only", "--as-of", "2026-11-22")
    done = okxlint("check", *asked, "-f", "json", cwd=repo.folder)
    report = json.loads(done.stdout)
    assert done.returncode == report["summary"]["exit"] == 1
    assert report["policy"] == {"source": "okxlint.yaml", "ref": repo.sha}
    assert {each["new"] for each in report["findings"]} == {True}
    (pending,) = report["pending"]
    assert pending["waiver"]["line"] == 22
    text = okxlint("check", *asked, cwd=repo.folder, env={"COLUMNS": "400"}).stdout
    at = repo.sha[:12]
    assert f"(policy okxlint.yaml at {at}, as of 2026-11-22)" in text
    assert (
        "pending[max-age]: the waiver of max-age for key gridbot01/gridbot-2026q4 "
        f"(okx-keys.yaml:22) does not hold yet: the commit {at}, whose policy rules, does not have "
        "it in force\n"
    ) in text
    assert "1 waiver not yet in force. 1 old finding left out." in text
    without = json.loads(okxlint("check", "-f", "json", cwd=repo.folder).stdout)
    assert "pending" not in without
    assert {each["new"] for each in without["findings"]} == {None}


def test_new_only_goes_with_a_base(tmp_path: Path) -> None:
    repo = repository(tmp_path, AGED)
    done = okxlint("check", "--new-only", cwd=repo.folder)
    assert done.returncode == 2
    assert "--new-only goes with --base" in done.stderr
    # In a program, too, nothing is left out of which nobody knows that it is old.
    assert ages(repo.check(base=None, new_only=True)) == [None]


def test_a_rule_that_is_asked_for_and_has_no_base_is_told_of(tmp_path: Path) -> None:
    repo = repository(tmp_path, MANIFEST)
    select = frozenset({"keys-kept", "max-age"})
    report = repo.check(base=None, select=select)
    assert told(report) == ["no-base accepted"]
    assert report.unknown[0].message.startswith("keys-kept was not run")
    assert repo.check(select=select).unknown == ()


def test_the_rules_of_the_base_are_run_of_the_head_alone(tmp_path: Path) -> None:
    """What a waiver holds back in a comparison is of no use without one, and nobody says so."""
    waiver = f"    waivers: [{{rule: permissions-unchanged, {ACCEPTED}, {UNTIL}}}]\n"
    text = MANIFEST.replace("    status: active\n", "    status: active\n" + waiver)
    repo = repository(tmp_path, MANIFEST)
    repo.write({KEYS: text})
    assert said(repo.check(base=None).findings) == []
    assert said(repo.check().findings) == ["waiver-unused:warning permissions-unchanged"]


@pytest.mark.parametrize(
    ("label", "account"), [("a/../b", "m"), ("a b", "m/n"), ("::error::x", "m"), ("##[group]", "m")]
)
def test_what_has_no_line_has_a_path_that_is_safe(tmp_path: Path, label: str, account: str) -> None:
    key = f"{{label: '{label}', account: '{account}', permissions: [trade]}}"
    repo = repository(tmp_path, f"version: 1\nkeys:\n  - {key}\n")
    repo.write({KEYS: "version: 1\nkeys: []\n"})
    report = repo.check(select=frozenset({"keys-kept"}))
    assert places(report, "keys-kept") == [f"okx-live/{account}/{label}:1:1"]
    done = okxlint("check", "--base", "main", "-f", "github", cwd=repo.folder)
    assert done.returncode == 1
    assert "\n##[" not in done.stdout
    assert done.stdout.count("::error ") == done.stdout.count("\n::error ") + 1


# -- git -------------------------------------------------------------------------------------------


@pytest.fixture(name="started")
def started_fixture(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The git command of each process that is started from now on."""
    commands: list[str] = []
    known = {"rev-parse", "ls-tree", "cat-file", "merge-base", "check-ignore", "rev-list"}

    class Recorded(subprocess.Popen[bytes]):
        def __init__(self, args: list[str], **more: Any) -> None:
            super().__init__(args, **more)
            commands.extend(word for word in args if word in known)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    return commands


def test_a_commit_is_listed_once(tmp_path: Path, started: list[str]) -> None:
    files = {KEYS: AGED, "okxlint.yaml": POLICY}
    files |= {f"okx-keys/{number}.yaml": "version: 1\n" for number in range(200)}
    repo = Repository(tmp_path / "repo", files)
    git(repo.folder, "commit", "-q", "--allow-empty", "-m", "another")
    del started[:]
    report = repo.check(base=repo.sha, policy_ref=repo.sha)
    assert report.files == 201
    assert started.count("ls-tree") == 1
    assert started.count("cat-file") <= 3
    del started[:]
    repo.check(base=repo.sha, policy_ref="main")
    assert started.count("ls-tree") == 2
    del started[:]
    repo.check(base=None)
    assert set(started) == {"check-ignore"}


def test_nothing_of_the_repository_runs(tmp_path: Path) -> None:
    repo = repository(tmp_path, AGED, POLICY)
    ran = tmp_path / "ran"
    for name in ("post-checkout", "fsmonitor", "reference-transaction"):
        hook = repo.folder / ".git/hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch '{ran}'\n")
        hook.chmod(0o755)
    for name in ("filter.x.smudge", "filter.x.clean", "core.fsmonitor", "diff.x.textconv"):
        git(repo.folder, "config", name, f"sh -c 'touch {ran}'")
    (repo.folder / ".git/info/attributes").write_text("* filter=x diff=x\n")
    assert ages(repo.check(policy_ref="main")) == [False]
    assert not ran.exists()


def test_git_is_told_what_the_caller_told_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = repository(tmp_path, AGED)
    (repo.folder / ".git").rename(tmp_path / "elsewhere.git")
    (repo.folder / ".git").mkdir()
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(repo.folder))
    assert ages(repo.check()) == [False]


def test_files_of_a_commit_as_if_in_the_work_tree(tmp_path: Path) -> None:
    repo = Repository(tmp_path / "repo", {"a/b.yaml": MANIFEST})
    (repo.folder / "link.yaml").symlink_to("a/b.yaml")
    (repo.folder / "circle").symlink_to("circle")
    sha = repo.commit()
    tree = find_tree(str(repo.folder))
    with Commit(tree, sha) as commit:
        files = CommitFiles(tree, commit)
        path = files.absolute("b.yaml", f"{tree.root}/a")
        assert path == f"{tree.root}/a/b.yaml"
        assert files.exists(path)
        assert not files.exists(f"{tree.root}/a/c.yaml")
        assert files.real(f"{tree.root}/link.yaml") == path
        assert files.read(f"{tree.root}/link.yaml", "x") == MANIFEST.encode()
        for missing in ("a/c.yaml", "a", "circle"):
            with pytest.raises(Unreadable):
                files.read(f"{tree.root}/{missing}", "x")
    assert Asked(None, tree.root, tree).kept(commit) is commit


# -- a run without a base --------------------------------------------------------------------------

READING = {"history.commit", "history.files", "history.links", "history.revision"}
READING |= {"commit_manifests"}
ORDERING = {"policy_order", "policy.override_order", "policy.places"}


def imported(args: list[str], cwd: Path) -> set[str]:
    """The modules of okxlint that a command line loads."""
    code = (
        "import sys\nfrom okxlint.cli import main\n"
        "try:\n main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    command = [sys.executable, "-I", "-c", code, *args]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)
    return {name.removeprefix("okxlint.") for name in done.stderr.split() if "okxlint." in name}


def test_a_run_without_a_base_loads_nothing_for_one(tmp_path: Path) -> None:
    repo = repository(tmp_path, AGED)
    past = READING | ORDERING
    assert past & imported(["check"], repo.folder) == set()
    assert past - imported(["check", "--base", "main"], repo.folder) == set()
    assert past & imported(["check", "--policy-ref", "main"], repo.folder) == READING

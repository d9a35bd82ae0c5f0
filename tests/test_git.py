"""What is read of other commits, by which revision, and that nothing of a repository runs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from okxlint import git
from okxlint.errors import OkxlintError, Unreadable
from okxlint.history import commit
from okxlint.history.commit import Commit
from okxlint.history.revision import commit_at, merge_base
from okxlint.paths import A_LINK, Found, Tree, find_tree, matching, search

ODD_NAMES = (b"new\nline.yaml", b"caf\xe9.yaml", b'"quoted" \\.yaml', b" lead.yaml", b"-x.yaml")
DEPTH = "'git fetch --unshallow' gets the rest of its history"


@pytest.fixture(autouse=True)
def plain_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """A git that knows nothing of the machine, and of who commits."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "okxlint")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "security@example.com")


def run(folder: Path, *args: str, data: bytes = b"") -> str:
    done = subprocess.run(["git", *args], cwd=folder, check=True, capture_output=True, input=data)
    return os.fsdecode(done.stdout).strip()


def init(folder: Path, *args: str) -> Path:
    folder.mkdir(parents=True)
    run(folder, "init", "-q", "-b", "main", *args)
    return folder


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        put(folder, name.replace("__", "/") + ".yaml", text)


def put(folder: Path, path: str, text: str = "") -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)


def commit_all(folder: Path, message: str = "keys") -> str:
    run(folder, "add", "-A")
    run(folder, "commit", "-q", "--allow-empty", "-m", message)
    return run(folder, "rev-parse", "HEAD")


def tree_of(folder: Path) -> Tree:
    return find_tree(str(folder))


@pytest.fixture(name="repo")
def repo_fixture(tmp_path: Path) -> Path:
    """Two commits on main; ``a.yaml`` says which of them it is of."""
    folder = init(tmp_path / "repo")
    write(folder, a="one", keys__b="same")
    commit_all(folder)
    write(folder, a="two")
    commit_all(folder)
    return folder


@pytest.fixture(name="started")
def started_fixture(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Each process that is started from now on."""
    processes: list[subprocess.Popen[bytes]] = []

    class Recorded(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    return processes


def commands(processes: list[subprocess.Popen[bytes]]) -> list[str]:
    known = ("rev-parse", "ls-tree", "cat-file", "merge-base", "check-ignore")
    return [word for each in processes for word in each.args if word in known]  # type: ignore[union-attr]


def read(at: Commit, path: str) -> str:
    return at.read(path, path).decode()


def reason(at: Commit, path: str) -> str:
    with pytest.raises(Unreadable) as caught:
        at.read(path, path)
    return caught.value.reason


def refusal(folder: Path, rev: str, ask: Any = commit_at) -> OkxlintError:
    with pytest.raises(OkxlintError) as caught:
        ask(tree_of(folder), rev)
    assert caught.value.exit_code == 2
    return caught.value


# -- revisions -------------------------------------------------------------------------------


def test_a_revision_is_a_commit_however_it_is_named(repo: Path) -> None:
    first, second = run(repo, "rev-parse", "HEAD~1"), run(repo, "rev-parse", "HEAD")
    run(repo, "tag", "-a", "-m", "one", "v1", "HEAD~1")
    for name in ("HEAD~1", "main^", first, first[:8], "v1", "refs/tags/v1", "@~"):
        assert commit_at(tree_of(repo), name).sha == first
    assert commit_at(tree_of(repo / "keys"), "main").sha == second


def test_no_shell_sees_a_revision(repo: Path) -> None:
    run(repo, "branch", "odd;$(touch$IFS.x)`'\"&|ä")
    assert commit_at(tree_of(repo), "odd;$(touch$IFS.x)`'\"&|ä").sha


@pytest.mark.parametrize("rev", ["", "-", "--all", "--output=x", "-h", "HEAD\0"])
def test_what_git_could_take_for_an_option_is_no_revision(repo: Path, rev: str) -> None:
    for ask in (commit_at, merge_base):
        assert "is no revision" in refusal(repo, rev, ask).message


@pytest.mark.parametrize(
    ("rev", "reason", "hint"),
    [
        ("next", "", "'git fetch origin next:refs/remotes/origin/next', then origin/next"),
        ("origin/next", "", "'git fetch origin next:refs/remotes/origin/next'"),
        ("refs/remotes/origin/n/x", "", "'git fetch origin n/x:refs/remotes/origin/n/x'"),
        ("refs/heads/next", "", "'git fetch origin next:refs/remotes/origin/next'"),
        ("n;ext~2", "", "'git fetch origin 'n;ext:refs/remotes/origin/n;ext''"),
        ("0123abc", "", "'git fetch origin 0123abc' gets it."),
        ("0" * 40, "", f"'git fetch origin {'0' * 40}' gets it."),
        ("HEAD~9", "", "'git log --oneline HEAD' shows the commits that there are."),
        ("main^9", "", "'git log --oneline main' shows"),
        ("@~9", "", "'git log --oneline HEAD' shows"),
        ("^HEAD", "", "shows the commits"),
        ("HEAD^..HEAD", "", "shows the commits"),
        ("HEAD:a.yaml", "", "shows the commits"),
        ("main@{upstream}", ": no upstream configured for branch 'main'", "shows"),
    ],
)
def test_an_unknown_revision_is_told_with_what_mends_it(
    repo: Path, rev: str, reason: str, hint: str
) -> None:
    for ask in (commit_at, merge_base):
        error = refusal(repo, rev, ask)
        assert error.message == f"'{rev}' names no commit here{reason}"
        assert hint in error.hint
        assert "shallow" not in error.hint


def test_what_is_no_commit_is_refused(repo: Path) -> None:
    run(repo, "tag", "blob", "HEAD:a.yaml")
    assert "'blob' names no commit here" in refusal(repo, "blob").message


def test_the_merge_base_is_where_two_branches_part(repo: Path) -> None:
    first, second = run(repo, "rev-parse", "HEAD~1"), run(repo, "rev-parse", "HEAD")
    run(repo, "checkout", "-q", "-b", "change", "HEAD~1")
    commit_all(repo, "change")
    assert merge_base(tree_of(repo), "main").sha == first
    assert merge_base(tree_of(repo), "HEAD").sha == run(repo, "rev-parse", "HEAD")
    run(repo, "merge", "-q", "--no-edit", "main")
    assert merge_base(tree_of(repo), "main").sha == second


def test_without_a_common_commit_there_is_no_merge_base(repo: Path) -> None:
    run(repo, "checkout", "-q", "--orphan", "other")
    commit_all(repo, "other")
    error = refusal(repo, "main", merge_base)
    assert error.message == "'main' and HEAD have no commit in common"
    assert "git log --oneline main" in error.hint


def test_before_the_first_commit_the_base_has_no_files(tmp_path: Path) -> None:
    folder = init(tmp_path / "new")
    write(folder, a="one")
    for rev in ("HEAD", "main", "origin/main"):
        with merge_base(tree_of(folder), rev) as base:
            assert base.sha is None
            assert base.entries == {}
            assert not base.exists("a.yaml")
            assert base.shown("a.yaml") == "a.yaml"
            assert base.matching([(str(folder), "*.yaml")]) == Found()
            assert reason(base, "a.yaml") == "cannot be read: No such file or directory"
    error = refusal(folder, "HEAD")
    assert error.message == "'HEAD' names no commit here"
    assert error.hint == "This branch has no commit yet; 'git commit' makes its first."


def test_a_new_branch_without_history_has_no_base(repo: Path) -> None:
    run(repo, "checkout", "-q", "--orphan", "other")
    assert refusal(repo, "main", merge_base).message == "'HEAD' names no commit here"
    assert refusal(repo, "next", merge_base).message == "'next' names no commit here"


def test_a_head_without_its_commit_is_not_before_the_first(tmp_path: Path) -> None:
    folder = init(tmp_path / "new")
    put(folder, ".git/HEAD", f"{'1' * 40}\n")
    assert "names no commit here" in refusal(folder, "main", merge_base).message


# -- repositories that are not whole ---------------------------------------------------------


def clone(repo: Path, *args: str) -> Path:
    run(repo, "config", "uploadpack.allowFilter", "true")
    folder = repo.parent / "clone"
    run(repo.parent, "clone", "-q", *args, f"file://{repo}", str(folder))
    return folder


def test_a_shallow_clone_says_how_to_get_the_rest(repo: Path) -> None:
    folder = clone(repo, "--depth=1")
    assert DEPTH in refusal(folder, "HEAD~1").hint
    assert "git fetch --deepen=100 origin" in refusal(folder, "HEAD~1").hint
    assert "'fetch-depth: 0'" in refusal(folder, "HEAD~1").hint
    old = run(repo, "rev-parse", "HEAD~1")
    assert f"'git fetch origin {old}' gets it. The clone is shallow" in refusal(folder, old).hint
    with commit_at(tree_of(folder), "HEAD") as at:
        assert read(at, "a.yaml") == "two"
    run(folder, "fetch", "-q", "--unshallow")
    assert commit_at(tree_of(folder), "HEAD~1").sha == old


def test_a_merge_base_beyond_a_shallow_clone_is_told(repo: Path) -> None:
    run(repo, "checkout", "-q", "-b", "change", "HEAD~1")
    commit_all(repo, "change")
    folder = clone(repo, "--depth=1", "--no-single-branch")
    error = refusal(folder, "origin/main", merge_base)
    assert error.message == "the merge base of 'origin/main' and HEAD is not in this clone"
    assert DEPTH in error.hint
    run(folder, "fetch", "-q", "--unshallow")
    assert merge_base(tree_of(folder), "origin/main").sha == run(repo, "rev-parse", "main~1")


def test_the_first_parent_of_a_shallow_merge_commit_is_its_base(repo: Path) -> None:
    run(repo, "checkout", "-q", "-b", "change", "HEAD~1")
    commit_all(repo, "change")
    run(repo, "merge", "-q", "--no-edit", "main")
    folder = clone(repo, "--depth=2")
    for parent in ("HEAD^1", "HEAD^2"):
        assert merge_base(tree_of(folder), parent).sha == run(folder, "rev-parse", parent)


def test_a_shallow_clone_that_may_lack_a_newer_merge_base_is_refused(tmp_path: Path) -> None:
    repo = init(tmp_path / "repo")
    oldest = commit_all(repo, "oldest")
    newer = commit_all(repo, "newer")
    commit_all(repo, "main")
    run(repo, "checkout", "-q", "-b", "side", oldest)
    commit_all(repo, "side")
    run(repo, "checkout", "-q", "-b", "change", newer)
    commit_all(repo, "far")
    commit_all(repo, "near")
    run(repo, "merge", "-q", "--no-edit", "side")
    folder = clone(repo, "--depth=3", "--no-single-branch")
    assert run(folder, "merge-base", "HEAD", "origin/main") == oldest  # what git itself believes
    assert "is not in this clone" in refusal(folder, "origin/main", merge_base).message
    run(folder, "fetch", "-q", "--unshallow")
    assert merge_base(tree_of(folder), "origin/main").sha == newer


def test_a_partial_clone_is_not_filled_but_told_of(repo: Path) -> None:
    folder = clone(repo, "--filter=blob:none", "-c", "protocol.file.allow=always")
    missing = run(folder, "rev-list", "--objects", "--all", "--missing=print").count("?")
    assert missing == 1
    with commit_at(tree_of(folder), "HEAD~1") as at:
        oid = at.entries["a.yaml"].oid
        expected = (
            "is not in this clone, and okxlint fetches nothing; "
            f"'git cat-file -p {oid}' fetches it if the clone is partial"
        )
        assert reason(at, "a.yaml") == expected
        assert read(at, "keys/b.yaml") == "same"
        assert reason(at, "a.yaml") == expected
        assert run(folder, "rev-list", "--objects", "--all", "--missing=print").count("?") == 1
        assert run(folder, "cat-file", "-p", oid) == "one"
        assert read(at, "a.yaml") == "one"


def test_a_partial_clone_without_its_folders_is_told_of(repo: Path) -> None:
    folder = clone(repo, "--filter=tree:0", "--no-checkout")
    with pytest.raises(OkxlintError, match="git cannot read the repository at"):
        _ = commit_at(tree_of(folder), "HEAD").entries


def test_a_damaged_repository_is_told_of(repo: Path) -> None:
    run(repo, "checkout", "-q", "-b", "change", "HEAD~1")
    commit_all(repo, "change")
    common = run(repo, "rev-parse", "HEAD~1")
    os.remove(repo / ".git/objects" / common[:2] / common[2:])
    error = refusal(repo, "main", merge_base)
    assert error.message.startswith(f"git cannot read the repository at {repo}: ")
    assert error.hint == f"'git -C {repo} fsck' says more."


# -- git refuses, or is not there ------------------------------------------------------------


def test_without_a_repository(tmp_path: Path) -> None:
    for ask in (commit_at, merge_base):
        error = refusal(tmp_path, "HEAD", ask)
        assert error.message.startswith(f"there is no git repository at {tmp_path}: not a git ")
        assert "git rev-parse --show-toplevel" in error.hint


def test_a_git_file_that_leads_nowhere(tmp_path: Path) -> None:
    put(tmp_path, ".git", "gitdir: /nowhere\n")
    assert "there is no git repository" in refusal(tmp_path, "HEAD").message


def test_a_repository_of_another_user(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    error = refusal(repo, "HEAD")
    assert error.message == f"git does not read {repo}, which belongs to another user"
    assert error.hint.endswith(f"git config --global --add safe.directory {repo}")


def test_without_a_git_program(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(repo, "git", "#!/bin/sh\ntouch ran\n")
    (repo / "git").chmod(0o755)
    monkeypatch.chdir(repo)
    # Neither an empty nor a relative folder of PATH leads into the checked tree.
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", str(repo / "keys")]))
    error = refusal(repo, "HEAD")
    assert error.message == "git is not installed"
    assert not (repo / "ran").exists()


def test_a_git_program_that_does_not_start(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = commit_at(tree_of(repo), "HEAD")
    assert at.entries
    put(tmp_path, "bin/git", "\0")
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert refusal(repo, "HEAD").message == "git cannot be run: Exec format error"
    with pytest.raises(OkxlintError, match="git cannot be run"):
        at.read("a.yaml", "a.yaml")


def test_a_reason_is_told_even_if_git_gives_none() -> None:
    assert git.Answer(3, b"", "trace: x\n").told == ""
    assert git.Answer(3, b"", "trace: x\n").reason == "exit status 3"
    assert git.Answer(3, b"", "trace: x\nfatal: a: b\nfatal: c").reason == "a: b"


def test_a_work_tree_that_begins_elsewhere_is_refused(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(repo / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(repo))
    with pytest.raises(OkxlintError, match="does not begin at") as caught:
        commit_at(Tree(str(repo / "keys"), git=False), "HEAD")
    assert "GIT_WORK_TREE" in caught.value.hint


# -- the files of a commit -------------------------------------------------------------------


def test_files_are_read_as_they_were_committed(repo: Path) -> None:
    put(repo, "a.yaml", "not committed")
    put(repo, "new.yaml", "not committed")
    with commit_at(tree_of(repo), "HEAD~1") as at:
        assert list(at.entries) == ["a.yaml", "keys/b.yaml"]
        assert read(at, "a.yaml") == "one"
        assert [path for path in ("", "a.yaml", "keys", "keys/b.yaml") if not at.exists(path)] == []
        assert [
            path for path in ("new.yaml", "key", "a.yaml/x", "/", "keys/") if at.exists(path)
        ] == []
        assert reason(at, "new.yaml") == "cannot be read: No such file or directory"
        assert reason(at, "a.yaml/x") == "cannot be read: No such file or directory"
        assert reason(at, "keys") == reason(at, "") == "is no regular file"
        assert at.shown("a.yaml") == f"{run(repo, 'rev-parse', 'HEAD~1')[:12]}:a.yaml"


def test_one_listing_and_one_process_serve_a_whole_commit(
    tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    repo = init(tmp_path / "repo")
    oid = run(repo, "hash-object", "-w", "--stdin", data=b"text")
    lines = "".join(f"100644 {oid} 0\tkeys/{n // 100:03}/{n:05}.yaml\n" for n in range(10_000))
    run(repo, "update-index", "--index-info", data=lines.encode())
    run(repo, "commit", "-q", "-m", "many")
    del started[:]
    with commit_at(tree_of(repo), "HEAD") as at:
        assert len(at.matching([(str(repo), "keys/**/*.yaml")]).files) == 10_000
        assert {read(at, path) for path in list(at.entries)[::50]} == {"text"}
    assert commands(started) == ["rev-parse", "ls-tree", "cat-file"]


def test_no_process_outlives_its_commit(repo: Path, started: list[subprocess.Popen[bytes]]) -> None:
    at = commit_at(tree_of(repo), "HEAD")
    at.close()
    assert read(at, "a.yaml") == "two"
    assert started[-1].poll() is None
    at.close()
    at.close()
    assert started[-1].returncode is not None
    assert started[-1].stdin is not None
    assert started[-1].stdin.closed
    with git.Objects(str(repo)) as objects:
        assert objects.read(run(repo, "rev-parse", "HEAD:a.yaml"), 3) == b"two"
    assert all(process.returncode is not None for process in started)


def test_a_process_that_ends_early_is_begun_anew(
    repo: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    with commit_at(tree_of(repo), "HEAD") as at:
        assert read(at, "a.yaml") == "two"
        started[-1].kill()
        started[-1].wait()
        assert "is not in this clone" in reason(at, "a.yaml")
        assert read(at, "a.yaml") == "two"


@pytest.mark.parametrize("limit", [5, 4, 3, 0])
def test_no_more_than_the_limit_and_one_byte_is_kept(
    repo: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    write(repo, five="12345", more="x" * 300_000)
    commit_all(repo)
    monkeypatch.setattr(commit, "MAX_BYTES", limit)
    with commit_at(tree_of(repo), "HEAD") as at:
        assert len(at.read("more.yaml", "")) == limit + 1
        assert read(at, "five.yaml") == "12345"[: limit + 1]
        assert len(at.read("more.yaml", "")) == limit + 1
        assert read(at, "keys/b.yaml") == "same"[: limit + 1]


def test_objects_that_are_no_blobs_are_not_read(repo: Path) -> None:
    with git.Objects(str(repo)) as objects:
        assert objects.read("1" * 40, 9) is None
        assert objects.read(run(repo, "rev-parse", "HEAD:keys"), 9) is None
        assert objects.read(run(repo, "rev-parse", "HEAD"), 9) is None
        assert objects.read(run(repo, "rev-parse", "HEAD:a.yaml"), 9) == b"two"


def test_an_empty_file_and_a_commit_without_files(tmp_path: Path) -> None:
    repo = init(tmp_path / "repo")
    commit_all(repo, "nothing")
    write(repo, a="")
    commit_all(repo)
    with commit_at(tree_of(repo), "HEAD~1") as before, commit_at(tree_of(repo), "HEAD") as after:
        assert before.entries == {}
        assert before.exists("")
        assert before.matching([(str(repo), "**/*.yaml")]) == Found()
        assert after.read("a.yaml", "") == b""


def test_odd_names_are_files_like_others(repo: Path) -> None:
    for name in ODD_NAMES:
        (repo / "keys" / os.fsdecode(name)).write_bytes(name)
    commit_all(repo)
    tree = tree_of(repo)
    patterns = [(str(repo), "keys/*.yaml")]
    with commit_at(tree, "HEAD") as at:
        found = at.matching(patterns).files
        assert sorted(found) == sorted(map(tree.shown, matching(tree, patterns).files))
        assert {at.read(path, "") for path in found} == {b"same", *ODD_NAMES}


# -- repositories of every kind --------------------------------------------------------------


def test_another_work_tree_of_a_repository(repo: Path, tmp_path: Path) -> None:
    run(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"), "HEAD~1")
    tree = tree_of(tmp_path / "side/keys")
    assert tree.root == str(tmp_path / "side")
    with commit_at(tree, "main") as main, merge_base(tree, "main") as base:
        assert (read(main, "a.yaml"), read(base, "a.yaml")) == ("two", "one")


def test_a_bare_repository(repo: Path, tmp_path: Path) -> None:
    run(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    with commit_at(tree_of(tmp_path / "bare.git"), "HEAD~1") as at:
        assert read(at, "a.yaml") == "one"


def test_a_sha256_repository(tmp_path: Path) -> None:
    repo = init(tmp_path / "repo", "--object-format=sha256")
    write(repo, a="one")
    sha = commit_all(repo)
    assert len(sha) == 64
    with merge_base(tree_of(repo), "HEAD") as at:
        assert (at.sha, read(at, "a.yaml")) == (sha, "one")


@pytest.fixture(name="outer")
def outer_fixture(repo: Path, tmp_path: Path) -> Path:
    """A repository with a file, and ``repo`` as its submodule ``team``."""
    outer = init(tmp_path / "outer")
    put(outer, "a.yaml", "outer")
    run(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repo), "team")
    commit_all(outer)
    return outer


def test_a_submodule_is_a_repository_of_its_own(outer: Path) -> None:
    tree = tree_of(outer / "team/keys")
    assert tree.root == str(outer / "team")
    with commit_at(tree, "HEAD~1") as at:
        assert read(at, "a.yaml") == "one"


def test_what_may_be_in_a_submodule_is_told(outer: Path) -> None:
    put(outer, ".gitignore", "ignored.yaml\n")
    put(outer, "ignored.yaml")
    tree = tree_of(outer)
    with commit_at(tree, "HEAD") as at:
        for patterns, files, told in (
            (["*.yaml"], ["a.yaml"], []),
            (["*/*.yaml"], [], ["team"]),
            (["**/*.yaml"], ["a.yaml"], ["team"]),
            (["team/keys/*.yaml", "team/a.yaml"], [], ["team"]),
            (["team/*.yaml"], [], ["team"]),
            (["team"], [], []),
            (["teams/*.yaml", "teams/a.yaml"], [], []),
        ):
            found = at.matching([(str(outer), pattern) for pattern in patterns])
            assert found.files == files
            assert [error.path for error in found.unreadable] == list(map(at.shown, told))
            # On disk they are there.
            there = matching(tree, [(str(outer), pattern) for pattern in patterns])
            assert bool(there.files) is bool(files or told)
            assert (there.refusal, there.unreadable) == ("", [])
        assert (
            reason(at, "team")
            == reason(at, "team/a.yaml")
            == ("is a submodule, whose files no commit of this repository holds")
        )


def test_the_callers_variables_are_respected(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo / "keys")
    monkeypatch.setenv("GIT_DIR", "../.git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    for kind in ("LITERAL", "GLOB", "ICASE"):
        monkeypatch.setenv(f"GIT_{kind}_PATHSPECS", "1")
    put(repo, ".gitignore", "*.yaml\n")
    put(repo, "ignored.yaml")
    found = matching(tree_of(repo), [(str(repo), "*.yaml")])
    assert (found.refusal, [Path(path).name for path in found.files]) == ("", ["a.yaml"])
    with commit_at(tree_of(repo), "HEAD~1") as at:
        assert read(at, "a.yaml") == "one"
    # Objects that are not in the repository yet, as a hook on a server sees them.
    other = init(tmp_path / "other")
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert "names no commit" in refusal(other, run(repo, "rev-parse", "HEAD")).message
    monkeypatch.setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", str(repo / ".git/objects"))
    with commit_at(tree_of(other), run(repo, "rev-parse", "HEAD")) as at:
        assert read(at, "a.yaml") == "two"


# -- patterns --------------------------------------------------------------------------------


@pytest.fixture(name="linked")
def linked_fixture(tmp_path: Path) -> Path:
    """A repository with links of every kind, beside a folder that is outside of it."""
    repo = init(tmp_path / "repo")
    put(tmp_path, "outside/a.yaml")
    for path in ("okx-keys.yaml", "d/a.yaml", "d/e/b.yaml", "d/e/f/c.yaml", "d/c.txt", "x/y.yml"):
        put(repo, path, path)
    for path, target in (
        ("d/link.yaml", "../okx-keys.yaml"),
        ("d/gone.yaml", "nowhere"),
        ("d/team", "../x"),
        ("d/loop", "."),
        ("way", "d/e"),
        ("far/way", "../way/f"),
        ("none", "none"),
        ("one", "two/x"),
        ("two", "one/x"),
        ("out", "../outside"),
        ("abroad", str(tmp_path / "outside")),
        ("home", str(repo / "d")),
    ):
        (repo / path).parent.mkdir(exist_ok=True)
        (repo / path).symlink_to(target)
    commit_all(repo)
    return repo


PATTERNS = [
    "okx-keys.yaml", "./okx-keys.yaml", "nowhere.yaml", "nowhere/*.yaml", "okx-keys.yaml/*.yaml",
    "d", ".", "okx-keys.yaml/x", "*.yaml", "./*.yaml", "d/*.yaml", "d/**/*.yaml", "*/e/*.yaml",
    "d/*/f/?.yaml", "d/**/f/**", "**/[ab].yaml", "d/../*.yaml", "z\0*.yaml", "d/e/../*.yaml",
    "**/*.yaml", "**/*.yml", "*/*.y?l", "d/link.yaml", "d/team", "d/team/*.yml", "d/team/y.yml",
    "d/loop/*.yaml", "d/loop/loop/a.yaml", "way/*.yaml", "way/b.yaml", "way", "way/",
    "way/f/*.yaml", "way/../*.yaml", "way/../a.yaml", "way/.", "way/./*.yaml", "far/way/c.yaml",
    "far/way/*.yaml", "far/way/../../../*.yaml", "none", "none/*.yaml", "home/*.yaml",
    "home/a.yaml", "home/e/*.yaml", "d/**/", "d/*.txt", "../repo/d/*.yaml", "d//a.yaml", "d/e/**/",
    "**/way", "*/way", "**/e", "**/team/*.yml", "**/x/*", "x/**/**/*.yml",
]  # fmt: skip


@pytest.mark.parametrize(
    "pattern",
    PATTERNS,
)
def test_a_pattern_names_in_a_commit_what_it_names_on_disk(linked: Path, pattern: str) -> None:
    tree = tree_of(linked)
    for folder in (linked, linked / "d"):
        patterns = [(str(folder), pattern)]
        there = matching(tree, patterns)
        with commit_at(tree, "HEAD") as at:
            found = at.matching(patterns)
            told = [(at.shown(error.path), error.reason) for error in there.unreadable]
            assert sorted(found.files) == sorted(map(tree.shown, there.files))
            assert sorted((e.path, e.reason) for e in found.unreadable) == sorted(told)
            assert [e.path for e in found.unreadable] == [
                at.shown(path) for path in at.entries if at.shown(path) in dict(told)
            ]


def test_a_file_that_two_patterns_name_is_one_file(linked: Path) -> None:
    names = ("d/a.yaml", "d/*.yaml", "home/a.yaml", "./d//a.yaml")
    with commit_at(tree_of(linked), "HEAD") as at:
        found = at.matching([(str(linked), name) for name in names])
        assert found.files == ["d/a.yaml"]


@pytest.mark.parametrize(
    "pattern",
    [
        "../outside/*.yaml",
        "/okx-keys.yaml",
        "out/a.yaml",
        "out/**/*.yaml",
        "abroad/x/*.yaml",
        "../*.yaml",
    ],
)
def test_no_commit_knows_what_was_outside(linked: Path, pattern: str) -> None:
    with commit_at(tree_of(linked), "HEAD") as at:
        found = at.matching([(str(linked), pattern), (str(linked), "okx-keys.yaml")])
        assert found.files == ["okx-keys.yaml"]
        told = [error.reason for error in found.unreadable]
        outside = "is outside the repository, so that no commit holds it"
        # A link itself, named as the folder to look into, is told of as one.
        assert told in ([outside], [A_LINK])


def test_links_that_lead_in_a_circle_are_told(linked: Path) -> None:
    with commit_at(tree_of(linked), "HEAD") as at:
        found = at.matching([(str(linked), "one/x/*.yaml")])
        assert [error.reason for error in found.unreadable] == [
            "cannot be found: Too many levels of symbolic links"
        ]


def test_a_chain_of_links_has_the_length_that_the_system_allows(tmp_path: Path) -> None:
    repo = init(tmp_path / "repo")
    put(repo, "l0/a.yaml")
    for number in range(1, 42):
        (repo / f"l{number}").symlink_to(f"l{number - 1}")
    commit_all(repo)
    with commit_at(tree_of(repo), "HEAD") as at:
        assert at.path_of("l40/a.yaml", str(repo)) == "l0/a.yaml"
        with pytest.raises(Unreadable, match="Too many levels"):
            at.path_of("l41/a.yaml", str(repo))


def test_a_link_of_the_change_leads_nowhere_in_the_base(repo: Path) -> None:
    put(repo, "policies/okxlint.yaml", "strict")
    put(repo, "examples/okxlint.yaml", "lax")
    commit_all(repo)
    run(repo, "rm", "-q", "-r", "policies")
    (repo / "policies").symlink_to("examples")
    commit_all(repo)
    with commit_at(tree_of(repo), "HEAD~1") as at:
        path = at.path_of("policies/okxlint.yaml", str(repo))
        assert read(at, path) == "strict"


def test_a_repository_is_found_by_a_link_to_it(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("repo")
    with commit_at(tree_of(tmp_path / "link"), "HEAD") as at:
        assert at.path_of(str(tmp_path / "link/keys/b.yaml"), "/") == "keys/b.yaml"
        assert at.path_of("../link/keys/.", str(repo)) == "keys"


def test_a_link_whose_target_is_not_in_the_clone_is_told(linked: Path) -> None:
    oid = run(linked, "rev-parse", "HEAD:way")
    os.remove(linked / ".git/objects" / oid[:2] / oid[2:])
    with commit_at(tree_of(linked), "HEAD") as at:
        found = at.matching([(str(linked), "way/f/*.yaml")])
        assert [error.path for error in found.unreadable] == [at.shown("way")]
        assert "is not in this clone" in found.unreadable[0].reason
        # It could lead to a folder, and be a file: both are told.
        for pattern in ("way*/*.yaml", "wa?"):
            found = at.matching([(str(linked), pattern)])
            assert [error.path for error in found.unreadable] == [at.shown("way")]


@pytest.mark.parametrize("folder", ["", "d", "d/e", "nowhere", "okx-keys.yaml"])
def test_a_search_finds_what_it_finds_on_disk(linked: Path, folder: str) -> None:
    tree = tree_of(linked)
    there = search(tree, str(linked / folder), Found())
    with commit_at(tree, "HEAD") as at:
        assert sorted(at.search(folder)) == sorted(map(tree.shown, there))


# -- nothing of the repository runs, and nothing of it lies ----------------------------------

CONFIG = """
[core]
\tfsmonitor = {script}
\thooksPath = {folder}
\tsshCommand = {script}
\tpager = {script}
\teditor = {script}
\tgitProxy = {script}
\taskPass = {script}
\talternateRefsCommand = {script}
[alias]
\trev-parse = !{script}
\tls-tree = !{script}
\tcat-file = !{script}
\tcheck-ignore = !{script}
[filter "evil"]
\tclean = {script}
\tsmudge = {script}
\tprocess = {script}
\trequired = true
[diff "evil"]
\ttextconv = {script}
\tcommand = {script}
[diff]
\texternal = {script}
[credential]
\thelper = !{script}
[pager]
\tls-tree = {script}
\trev-parse = {script}
[uploadpack]
\tpackObjectsHook = {script}
[remote "origin"]
\turl = ext::{script}
\tuploadpack = {script}
\tpromisor = true
[extensions]
\tpartialClone = origin
[protocol]
\tallow = always
[protocol "ext"]
\tallow = always
[core]
\trepositoryFormatVersion = 1
"""


@pytest.fixture(name="marker")
def marker_fixture(repo: Path, tmp_path: Path) -> Iterator[Path]:
    """A file that is there once anything that the repository names has run."""
    marker = tmp_path / "ran"
    script = tmp_path / "hooks" / "script"
    put(script.parent, script.name, f'#!/bin/sh\necho "$0 $*" >> {marker}\nexit 1\n')
    script.chmod(0o755)
    for hook in ("post-index-change", "reference-transaction", "post-checkout", "query-watchman"):
        (script.parent / hook).symlink_to("script")
    put(repo, ".gitattributes", "*.yaml filter=evil diff=evil text working-tree-encoding=UTF-16\n")
    run(repo, "add", ".gitattributes")
    run(repo, "commit", "-q", "-m", "attributes")
    with (repo / ".git/config").open("a") as stream:
        stream.write(CONFIG.format(script=script, folder=script.parent))
    yield marker
    assert not marker.exists()


def test_nothing_that_the_repository_names_is_run(repo: Path, marker: Path) -> None:
    for args in (
        ["status"],
        ["cat-file", "--textconv", "HEAD:a.yaml"],
        ["cat-file", "-e", "1" * 40],
    ):
        subprocess.run(["git", *args], cwd=repo, check=False, capture_output=True)
        assert marker.exists(), args  # what is asked here could run it
        marker.unlink()
    put(repo, ".gitignore", "ignored.yaml\n")
    put(repo, "ignored.yaml")
    tree = tree_of(repo)
    with merge_base(tree, "HEAD~1") as base, commit_at(tree, "HEAD") as head:
        patterns = [(str(repo), "**/*.yaml")]
        assert base.matching(patterns).files == head.matching(patterns).files
        assert (read(base, "a.yaml"), read(head, "keys/b.yaml")) == ("two", "same")
        os.remove(repo / ".git/objects" / (oid := head.entries["a.yaml"].oid)[:2] / oid[2:])
        assert "is not in this clone" in reason(head, "a.yaml")
    assert "names no commit" in refusal(repo, "1" * 40).message
    there = matching(tree, patterns)
    assert (there.refusal, len(there.files)) == ("", 2)


def test_a_replaced_object_does_not_stand_for_the_base(repo: Path) -> None:
    old, new = run(repo, "rev-parse", "HEAD~1"), run(repo, "rev-parse", "HEAD")
    run(repo, "replace", old, new)
    run(repo, "replace", run(repo, "rev-parse", f"{new}:keys/b.yaml"), f"{new}:a.yaml")
    assert run(repo, "show", f"{old}:a.yaml") == "two"
    with commit_at(tree_of(repo), old) as at:
        assert at.sha == old
        assert (read(at, "a.yaml"), read(at, "keys/b.yaml")) == ("one", "same")


def test_a_graft_does_not_move_the_base(repo: Path) -> None:
    old, new = run(repo, "rev-parse", "HEAD~1"), run(repo, "rev-parse", "HEAD")
    run(repo, "checkout", "-q", "-b", "change", old)
    change = commit_all(repo, "change")
    put(repo, ".git/info/grafts", f"{change} {new}\n")
    assert run(repo, "merge-base", "HEAD", "main") == new
    assert merge_base(tree_of(repo), "main").sha == old


def test_nothing_is_written(repo: Path) -> None:
    def state() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in repo.rglob("*")}

    before = state()
    with merge_base(tree_of(repo), "HEAD~1") as at:
        assert read(at, "a.yaml") == "one"
        matching(tree_of(repo), [(str(repo), "**/*.yaml")])
    assert state() == before

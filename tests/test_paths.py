"""Which files a check looks at, how they are named, and what is told of those it cannot look at."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from okxlint import paths
from okxlint.check import Request, run_check
from okxlint.engine import Question
from okxlint.errors import OkxlintError, Unreadable
from okxlint.loading import STDIN, Wanted
from okxlint.model import Report
from okxlint.paths import (
    Found,
    Tree,
    absolute,
    find_tree,
    matching,
    read_bytes,
    search,
    without_ignored,
)
from okxlint.policy import DEFAULT_MANIFESTS

KEY = "version: 1\nkeys:\n  - {label: a-1, account: main, permissions: [withdraw]}\n"
NO_POLICY = "version: 1\nextends: []\nrules: {no-withdraw: error, unique-label: error}\n"


def write(folder: Path, *names: str, text: str = KEY) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def git(folder: Path, *args: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *identity, *args], cwd=folder, check=True, capture_output=True)


@pytest.fixture(name="repo")
def repo_fixture(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q")
    return folder


def found_by(root: Path, *patterns: str, is_git: bool = False) -> tuple[list[str], list[str]]:
    """What patterns name, and what is told to be unreadable; as reports name the paths."""
    tree = Tree(str(root), git=is_git)
    found = matching(tree, [(str(root), pattern) for pattern in patterns])
    return [tree.shown(path) for path in found.files], [each.path for each in found.unreadable]


# -- the tree --------------------------------------------------------------------------------


def test_the_root_is_the_nearest_folder_upwards_with_git(repo: Path) -> None:
    write(repo, "a/b/x")
    assert find_tree(str(repo / "a/b")) == Tree(str(repo), git=True)


def test_a_git_file_marks_a_root_too(repo: Path, tmp_path: Path) -> None:
    write(repo, "okx-keys.yaml")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "keys")
    git(repo, "worktree", "add", "-q", str(tmp_path / "tree"))
    assert (tmp_path / "tree/.git").is_file()
    write(tmp_path / "tree", "sub/x")
    tree = find_tree(str(tmp_path / "tree/sub"))
    assert tree == Tree(str(tmp_path / "tree"), git=True)
    write(tmp_path / "tree", ".gitignore", text="*.yaml\n")
    write(tmp_path / "tree", "okx-keys/a.yaml", "okx-keys/b.yml")
    assert found_by(tmp_path / "tree", *DEFAULT_MANIFESTS, is_git=True) == (
        ["okx-keys.yaml", "okx-keys/b.yml"],  # what is committed is not ignored
        [],
    )


def test_without_git_the_root_is_the_folder_itself(tmp_path: Path) -> None:
    write(tmp_path, "a/x")
    assert find_tree(str(tmp_path / "a")) == Tree(str(tmp_path / "a"), git=False)


def test_a_link_to_the_working_directory_is_resolved(tmp_path: Path) -> None:
    write(tmp_path, "a/x")
    (tmp_path / "link").symlink_to("a")
    assert find_tree(str(tmp_path / "link")).root == str(tmp_path / "a")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/r/a/b.yaml", "a/b.yaml"),
        ("/r", "."),
        ("/r/..hidden", "..hidden"),
        ("/other/b.yaml", "/other/b.yaml"),
        ("/", "/"),
        ("/rr/b.yaml", "/rr/b.yaml"),
    ],
)
def test_paths_are_shown_relative_to_the_root_and_absolute_outside(path: str, shown: str) -> None:
    assert Tree("/r", git=False).shown(path) == shown


@pytest.mark.parametrize(
    ("path", "folder", "inside"),
    [
        ("/r/a", "/r/a", True),
        ("/r/a/b", "/r/a", True),
        ("/r/ab", "/r/a", False),
        ("/r", "/r/a", False),
        ("/r", "/", True),
        ("/", "/", True),
    ],
)
def test_what_is_inside_a_folder(path: str, folder: str, inside: bool) -> None:
    assert paths.is_inside(path, folder) is inside


# -- patterns --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("okx-keys.yaml", ["okx-keys.yaml"]),
        ("./okx-keys.yaml", ["okx-keys.yaml"]),
        ("nowhere.yaml", []),
        ("nowhere/*.yaml", []),
        ("okx-keys.yaml/*.yaml", []),
        ("d", []),
        ("*.yaml", ["okx-keys.yaml", "other.yaml"]),
        ("./*.yaml", ["okx-keys.yaml", "other.yaml"]),
        ("d/*.yaml", ["d/a.yaml"]),
        ("d/**/*.yaml", ["d/a.yaml", "d/e/b.yaml", "d/e/f/c.yaml"]),
        ("*/e/*.yaml", ["d/e/b.yaml"]),
        ("d/*/f/?.yaml", ["d/e/f/c.yaml"]),
        ("d/**/f/**", ["d/e/f/c.yaml"]),
        ("**/[ab].yaml", ["d/a.yaml", "d/e/b.yaml"]),
        ("d/../*.yaml", ["okx-keys.yaml", "other.yaml"]),
        ("z\0*.yaml", []),
    ],
)
def test_a_pattern_names_files(tmp_path: Path, pattern: str, expected: list[str]) -> None:
    write(tmp_path, "okx-keys.yaml", "other.yaml", "d/a.yaml", "d/e/b.yaml", "d/e/f/c.yaml")
    write(tmp_path, ".git/x.yaml", "d/.git/y.yaml")
    assert found_by(tmp_path, pattern) == (expected, [])


def test_a_file_that_two_patterns_name_is_one_file(tmp_path: Path) -> None:
    write(tmp_path, "d/a.yaml")
    (tmp_path / "link").symlink_to("d")
    assert found_by(tmp_path, "d/a.yaml", "d/*.yaml", "link/a.yaml", "./d//a.yaml") == (
        ["d/a.yaml"],
        [],
    )


def test_patterns_may_lead_out_of_the_root(tmp_path: Path) -> None:
    write(tmp_path, "shared/a.yaml", "shared/sub/b.yaml", "repo/x")
    root = tmp_path / "repo"
    shared = str(tmp_path / "shared")
    both = [f"{shared}/a.yaml", f"{shared}/sub/b.yaml"]
    assert found_by(root, "../shared/**/*.yaml") == (both, [])
    assert found_by(root, f"{shared}/**/*.yaml") == (both, [])
    assert found_by(root, f"{shared}/a.yaml") == (both[:1], [])


def test_only_folders_that_a_pattern_can_reach_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "desk-1/keys/a.yaml", "node_modules/x/y.yaml", "desk-1/keys/old/b.yaml")
    listed = []
    scandir: Callable[..., Any] = os.scandir

    def recorded(top: str) -> Any:
        listed.append(Path(top).name)
        return scandir(top)

    monkeypatch.setattr(os, "scandir", recorded)
    assert found_by(tmp_path, "desk-*/keys/*.yaml") == (["desk-1/keys/a.yaml"], [])
    assert sorted(listed) == sorted([tmp_path.name, "desk-1", "keys"])


# -- symbolic links --------------------------------------------------------------------------


def test_links_that_a_pattern_names_are_told_and_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "secret.yaml", "elsewhere/a.yaml", "keys/a.yaml")
    (tmp_path / "keys/link.yaml").symlink_to("../secret.yaml")
    (tmp_path / "keys/gone.yaml").symlink_to("nowhere")
    (tmp_path / "keys/team").symlink_to("../elsewhere")
    (tmp_path / "keys/loop").symlink_to(".")
    (tmp_path / "keys/self").symlink_to("self")
    (tmp_path / "folder").symlink_to("elsewhere")
    (tmp_path / "none").symlink_to("none")
    files, unreadable = found_by(tmp_path, "keys/**/*.yaml")
    assert files == ["keys/a.yaml"]
    assert unreadable == ["keys/gone.yaml", "keys/link.yaml", "keys/loop", "keys/team"]
    assert found_by(tmp_path, "keys/*.yaml")[1] == ["keys/gone.yaml", "keys/link.yaml"]
    assert found_by(tmp_path, "folder/*.yaml") == ([], ["folder"])
    assert found_by(tmp_path, "none/*.yaml") == ([], ["none"])
    assert found_by(tmp_path, "folder") == ([], ["folder"])
    assert found_by(tmp_path, "keys/link.yaml") == ([], ["keys/link.yaml"])


def test_a_link_to_a_folder_on_the_way_is_resolved(tmp_path: Path) -> None:
    write(tmp_path, "real/keys/a.yaml")
    (tmp_path / "link").symlink_to("real")
    assert found_by(tmp_path, "link/keys/*.yaml") == (["real/keys/a.yaml"], [])
    assert found_by(tmp_path, "link/keys/a.yaml") == (["real/keys/a.yaml"], [])


def test_a_link_that_git_ignores_is_skipped(repo: Path) -> None:
    write(repo, ".gitignore", text="link.yaml\nfolder\n")
    (repo / "link.yaml").symlink_to("nowhere")
    (repo / "folder").symlink_to("nowhere")
    assert found_by(repo, "*.yaml", "folder/*.yaml", is_git=True) == ([], [])


def test_a_search_passes_over_links(tmp_path: Path) -> None:
    write(tmp_path, "d/a.yaml", "d/e/b.yml", "d/c.txt", "x/y.yaml")
    (tmp_path / "d/l.yaml").symlink_to("a.yaml")
    (tmp_path / "d/x").symlink_to("../x")
    (tmp_path / "d/loop").symlink_to(".")
    tree, found = Tree(str(tmp_path), git=False), Found()
    inside = search(tree, str(tmp_path / "d"), found)
    assert [tree.shown(path) for path in inside] == ["d/a.yaml", "d/e/b.yml"]
    assert found == Found()


# -- git -------------------------------------------------------------------------------------

ODD_NAMES = (b"new\nline.yaml", b"caf\xe9.yaml", b'"quoted" \\.yaml', b" lead.yaml", b"-x.yaml")


def test_what_git_ignores_is_skipped_whatever_its_name(repo: Path) -> None:
    folder = os.fsencode(repo) + b"/keys"
    os.mkdir(folder)
    for name in ODD_NAMES:
        for prefix in (b"", b"ignored-"):
            with open(folder + b"/" + prefix + name, "w") as stream:
                stream.write(KEY)
    assert len(found_by(repo, "keys/*.yaml", is_git=True)[0]) == 2 * len(ODD_NAMES)
    write(repo, ".gitignore", text="ignored-*\n")
    left, unreadable = found_by(repo, "keys/*.yaml", is_git=True)
    assert sorted(map(os.fsencode, left)) == sorted(b"keys/" + name for name in ODD_NAMES)
    assert unreadable == []


def test_a_folder_that_git_ignores_is_skipped_and_what_is_committed_is_not(repo: Path) -> None:
    write(repo, "keys/a.yaml", "keys/old/b.yaml", "keys/old/c.yaml")
    write(repo, ".gitignore", text="old/\n")
    git(repo, "add", "-f", "keys/old/b.yaml")
    assert found_by(repo, "keys/**/*.yaml", is_git=True)[0] == ["keys/a.yaml", "keys/old/b.yaml"]


def test_a_file_outside_the_root_does_not_disturb_git(repo: Path, tmp_path: Path) -> None:
    write(tmp_path, "outside.yaml")
    write(repo, "a.yaml", "b.yaml")
    write(repo, ".gitignore", text="b.yaml\n")
    assert found_by(repo, "*.yaml", "../outside.yaml", is_git=True)[0] == [
        "a.yaml",
        str(tmp_path / "outside.yaml"),
    ]


def test_without_a_git_program_nothing_is_skipped_and_it_is_told(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repo, "a.yaml")
    write(repo, ".gitignore", text="a.yaml\n")
    assert found_by(repo, "*.yaml", is_git=True)[0] == []
    monkeypatch.setenv("PATH", str(repo))
    found = matching(Tree(str(repo), git=True), [(str(repo), "*.yaml")])
    assert found == Found([str(repo / "a.yaml")], refusal="git is not installed")


def test_where_git_refuses_nothing_is_skipped_and_it_is_told(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", ".git", text="gitdir: /nowhere\n")
    tree, found = Tree(str(tmp_path), git=True), Found()
    assert without_ignored(tree, [], found) == []
    assert without_ignored(tree, ["/elsewhere"], found) == ["/elsewhere"]
    assert found == Found()
    names = [str(tmp_path / "a.yaml")]
    assert without_ignored(tree, names, found) == names
    assert found.refusal.startswith(f"there is no git repository at {tmp_path}: ")
    found = Found()
    assert search(tree, str(tmp_path), found) == names
    assert found.refusal


def test_a_file_in_a_submodule_does_not_disturb_git(repo: Path, tmp_path: Path) -> None:
    write(repo, "keys.yaml")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "keys")
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repo), "team")
    write(outer, "a.yaml", "team.yaml")
    write(outer, ".gitignore", text="team.yaml\n")
    found = matching(Tree(str(outer), git=True), [(str(outer), "**/*.yaml")])
    assert found == Found([str(outer / "a.yaml"), str(outer / "team/keys.yaml")])
    found = matching(Tree(str(outer), git=True), [(str(outer), "team/*.yaml")])
    assert found == Found([str(outer / "team/keys.yaml")])


# -- what cannot be read ---------------------------------------------------------------------


def test_a_pipe_is_no_regular_file_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(Unreadable, match=r"^p: is no regular file$"):
        read_bytes(str(tmp_path / "pipe.yaml"), "p")
    with pytest.raises(Unreadable, match="is no regular file"):
        read_bytes(str(tmp_path), "folder")


def test_a_file_that_is_gone_or_closed_is_unreadable_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unreadable, match=r"^x: cannot be read: No such file or directory$"):
        read_bytes(str(tmp_path / "x"), "x")
    write(tmp_path, "a.yaml")

    def closed(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(paths, "open", closed, raising=False)
    with pytest.raises(Unreadable, match=r"^a: cannot be read: Permission denied$") as caught:
        read_bytes(str(tmp_path / "a.yaml"), "a")
    assert (caught.value.path, caught.value.reason) == ("a", "cannot be read: Permission denied")


def test_a_folder_that_cannot_be_listed_is_told_and_the_others_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "keys/a/1.yaml", "keys/b/2.yaml", "keys/c/3.yaml")
    scandir: Callable[..., Any] = os.scandir

    def closed(top: str) -> Any:
        if top.endswith("/b"):
            raise PermissionError(errno.EACCES, "Permission denied", top)
        return scandir(top)

    monkeypatch.setattr(os, "scandir", closed)
    found = matching(Tree(str(tmp_path), git=False), [(str(tmp_path), "keys/**/*.yaml")])
    assert [Path(path).name for path in found.files] == ["1.yaml", "3.yaml"]
    assert [str(error) for error in found.unreadable] == [
        "keys/b: cannot be listed: Permission denied"
    ]


# -- PATHs of a check ------------------------------------------------------------------------


def check(cwd: Path, *named: str, **more: Any) -> Report:
    question = Question(date(2026, 11, 22))
    return run_check(Request(question, Wanted(str(cwd), named, **more)))


def places(report: Report) -> list[str]:
    return [finding.location.path for finding in report.findings]


def told(report: Report) -> list[tuple[str, str]]:
    return [(unknown.kind, unknown.message) for unknown in report.unknown]


@pytest.fixture(name="desk")
def desk_fixture(repo: Path) -> Path:
    write(repo, "okxlint.yaml", text=NO_POLICY)
    write(repo, "okx-keys.yaml", "okx-keys/a.yaml", "okx-keys/desk/b.yaml")
    return repo


BOTH = ["okx-keys.yaml", "okx-keys/a.yaml", "okx-keys/desk/b.yaml"]


@pytest.mark.parametrize(
    ("cwd", "named", "expected"),
    [
        (".", (), BOTH),
        (".", (".",), BOTH),
        ("okx-keys", ("..",), BOTH),
        ("okx-keys", (".",), BOTH[1:]),
        (".", ("/",), BOTH),
        (".", ("../",), BOTH),
        (".", ("okx-keys/desk",), BOTH[2:]),
        (".", ("okx-keys/desk/",), BOTH[2:]),
        (".", ("okx-keys/a.yaml", "./okx-keys/a.yaml", "okx-keys.yaml"), BOTH[:2]),
        ("okx-keys/desk", ("../a.yaml",), BOTH[1:2]),
    ],
)
def test_paths_choose_what_is_reported(
    desk: Path, cwd: str, named: tuple[str, ...], expected: list[str]
) -> None:
    report = check(desk / cwd, *named)
    withdraw = [f.location.path for f in report.findings if f.rule == "no-withdraw"]
    assert withdraw == expected
    assert report.files == 3
    assert report.unknown == ()


def test_a_chosen_link_is_told_once_and_a_link_to_a_folder_above_is_resolved(desk: Path) -> None:
    (desk / "okx-keys/link.yaml").symlink_to("a.yaml")
    (desk / "way").symlink_to("okx-keys")
    reason = "is a symbolic link, which okxlint does not follow; name what it points to"
    report = check(desk, "okx-keys/link.yaml")
    assert told(report) == [("unreadable", f"okx-keys/link.yaml: {reason}")]
    assert places(report) == []
    assert places(check(desk, "way/desk/b.yaml"))[:1] == ["okx-keys/desk/b.yaml"]
    assert told(check(desk, "way"))[-1] == ("unreadable", f"way: {reason}")


def test_a_chosen_file_beyond_the_patterns_joins_the_inventory(desk: Path, tmp_path: Path) -> None:
    write(desk, "more.yaml", text=KEY.replace("a-1", "b-1"))
    write(desk, ".gitignore", text="more.yaml\n")
    write(tmp_path, "outside.yaml", text=KEY.replace("a-1", "c-1"))
    report = check(desk, "more.yaml", str(tmp_path / "outside.yaml"))
    assert report.files == 5
    outside = str(tmp_path / "outside.yaml")
    assert set(places(report)) == {outside, "more.yaml"}
    assert outside in report.excerpts


def test_what_is_named_and_holds_nothing_is_unknown(desk: Path) -> None:
    write(desk, "empty/compose.yaml", text="services: {}\n")
    write(desk, "note.yaml", text="# nothing\n")
    report = check(desk, "empty", "note.yaml", "okx-keys.yaml")
    assert told(report) == [
        ("no-manifest", "empty holds no manifest, so nothing was checked there"),
        ("no-manifest", "note.yaml holds no manifest, so nothing was checked there"),
    ]
    # Named itself, a file is a manifest, even if a search of its folder would pass over it.
    assert places(check(desk, "empty", "empty/compose.yaml")) == ["empty/compose.yaml"] * 2


def test_a_file_that_cannot_be_read_is_told_once(desk: Path) -> None:
    os.mkfifo(desk / "okx-keys/pipe.yaml")
    expected = [("unreadable", "okx-keys/pipe.yaml: is no regular file")]
    assert told(check(desk)) == expected
    assert told(check(desk, "okx-keys/pipe.yaml")) == expected
    assert check(desk, "okx-keys/pipe.yaml").exit == 3


@pytest.mark.parametrize(
    ("text", "is_manifest"),
    [
        ("version: 1\naccounts: []\n", True),
        ("apps:\n", True),
        ('{"keys": []}', True),
        ("a: {keys: []}\n", False),
        ("- keys\n", False),
        ("a: 1\n---\nkeys: []\n", True),
        ('"keys": [a]\na: 1\na: 2\n', True),
        ("a: 1\na: 2\n", False),
        ("x: [\nkeys:\n", True),
        ("x: [\n  keys:\n", False),
        ("x: [\r\nkeys:\r\n", True),
    ],
)
def test_a_search_takes_what_looks_like_a_manifest(
    tmp_path: Path, text: str, is_manifest: bool
) -> None:
    write(tmp_path, "d/x.yaml", text=text)
    report = check(tmp_path, "d")
    assert report.files == int(is_manifest)
    assert [kind for kind, _ in told(report)] == ([] if is_manifest else ["no-manifest"])


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(OkxlintError, match=r"there is no file or folder 'x/y.yaml'"):
        check(tmp_path, "x/y.yaml")


def test_standard_input_as_the_whole_inventory_takes_no_other_path(desk: Path) -> None:
    report = check(desk, "-", stdin=KEY.encode())
    assert (set(places(report)), report.files) == ({STDIN}, 1)
    empty = check(desk, "-", stdin=b"# nothing\n")
    assert told(empty) == [
        ("no-manifest", "standard input holds no manifest, so nothing was checked there")
    ]
    with pytest.raises(OkxlintError, match="'-' is the whole inventory"):
        check(desk, "-", "okx-keys.yaml", stdin=KEY.encode())


def test_standard_input_stands_for_a_file_that_need_not_be_there(desk: Path) -> None:
    report = check(desk, "-", stdin=KEY.encode(), stdin_filename="okx-keys/new.yaml")
    assert (set(places(report)), report.files) == ({"okx-keys/new.yaml"}, 4)
    report = check(desk, "-", "okx-keys.yaml", stdin=KEY.encode(), stdin_filename="okx-keys/a.yaml")
    assert report.files == 3
    assert {"okx-keys.yaml", "okx-keys/a.yaml"} <= set(places(report))


def test_related_places_count_as_well(desk: Path) -> None:
    report = check(desk, "okx-keys.yaml")
    rules = {(finding.rule, finding.location.path) for finding in report.findings}
    assert ("unique-label", "okx-keys/a.yaml") in rules


def test_odd_names_are_files_like_others(repo: Path) -> None:
    os.mkdir(repo / "okx-keys")
    for name in ODD_NAMES:
        (repo / "okx-keys" / os.fsdecode(name)).write_text(KEY)
    report = check(repo)
    assert report.files == len(ODD_NAMES)
    assert {os.fsencode(path) for path in places(report)} == {b"okx-keys/" + n for n in ODD_NAMES}


def test_dots_behind_a_link_to_a_folder_mean_that_folders_parent(tmp_path: Path) -> None:
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real" / "deep")
    expected = os.path.join(os.path.realpath(tmp_path), "real", "keys.yaml")
    assert absolute("link/../keys.yaml", str(tmp_path)) == expected
    assert absolute("link/..", str(tmp_path)) == os.path.dirname(expected)

"""From a revision that a user names to its commit, or to what it has in common with HEAD."""

from __future__ import annotations

import os
from shlex import quote
from typing import NamedTuple

from okxlint import git
from okxlint.errors import OkxlintError
from okxlint.history.commit import Commit
from okxlint.lazy import Pattern
from okxlint.paths import Tree

_SHA = Pattern(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ABBREVIATED = Pattern(r"[0-9A-Fa-f]{7,64}")
# 'HEAD~3', 'main@{1}', 'v1^{commit}': what follows is a way from the name before it.
_WAY = Pattern(r"(?s)[~^@:].*")
_REMOTE = Pattern(r"^(?:refs/heads/|(?:refs/remotes/)?origin/)")
_SHALLOW = (
    "The clone is shallow: 'git fetch --unshallow' gets the rest of its history, "
    "'git fetch --deepen=100 origin' a part; in GitHub Actions: 'fetch-depth: 0' for checkout."
)


class _Answer(NamedTuple):
    """What git says of a revision."""

    sha: str
    """Empty if it names no commit."""
    is_shallow: bool
    reason: str


def commit_at(tree: Tree, rev: str) -> Commit:
    """The commit that a revision names. Raises ``OkxlintError``."""
    answer = _look_up(tree.root, rev)
    if not answer.sha:
        raise _unknown(tree.root, rev, answer)
    return Commit(tree, answer.sha)


def merge_base(tree: Tree, rev: str) -> Commit:
    """The newest commit that a revision and HEAD have in common. Raises ``OkxlintError``.

    Before the first commit of a repository it is one without files and ``sha``.
    """
    theirs, ours = _look_up(tree.root, rev), _look_up(tree.root, "HEAD")
    if not theirs.sha:
        if _has_no_commit(tree.root):
            return Commit(tree, None)
        raise _unknown(tree.root, rev, theirs)
    if not ours.sha:
        raise _unknown(tree.root, "HEAD", ours)
    answer = git.run(tree.root, "merge-base", ours.sha, theirs.sha)
    # Without a commit that it should have, git says both that and that there is no base.
    if answer.code not in (0, 1) or answer.told:
        raise git.refused(tree.root, answer)
    base = answer.output.decode().strip()
    if answer.code == 0 and not (ours.is_shallow and _is_cut(tree.root, base, ours, theirs)):
        return Commit(tree, base)
    if ours.is_shallow:
        raise OkxlintError(f"the merge base of '{rev}' and HEAD is not in this clone", _SHALLOW)
    raise OkxlintError(
        f"'{rev}' and HEAD have no commit in common",
        f"Name a branch that HEAD began from; 'git log --oneline {quote(rev)}' shows this one.",
    )


def _look_up(root: str, rev: str) -> _Answer:
    """Ask git for a revision. Raises ``OkxlintError`` if it cannot even be asked for."""
    if not rev or rev.startswith("-") or "\0" in rev:
        raise OkxlintError(
            f"'{rev}' is no revision", "Name a branch, a tag or a commit, such as origin/main."
        )
    about = ("--is-shallow-repository", "--show-prefix")
    answer = git.run(root, "rev-parse", *about, "--verify", "--end-of-options", f"{rev}^{{commit}}")
    shallow, newline, rest = os.fsdecode(answer.output).partition("\n")
    if not newline:
        raise git.refused(root, answer)
    # The prefix may itself hold a line end; the name of a commit does not.
    prefix, _, sha = rest.removesuffix("\n").rpartition("\n")
    if answer.code or not _SHA.fullmatch(sha):
        return _Answer("", shallow == "true", answer.reason if answer.code else "")
    if prefix:
        raise OkxlintError(
            f"git's work tree does not begin at {root}, but above it",
            "Unset GIT_DIR and GIT_WORK_TREE, or begin at 'git rev-parse --show-toplevel'.",
        )
    return _Answer(sha, shallow == "true", "")


def _has_no_commit(root: str) -> bool:
    """Whether this is a repository before its first commit: HEAD leads nowhere, and no ref is."""
    if git.run(root, "rev-parse", "--verify", "--quiet", "HEAD").code == 0:
        return False
    refs = git.run(root, "for-each-ref", "--count=1", "--format=%(refname)")
    return refs.code == 0 and not refs.output


def _is_cut(root: str, base: str, ours: _Answer, theirs: _Answer) -> bool:
    """Whether a shallow clone may lack a newer merge base than the one it shows."""
    if base in (ours.sha, theirs.sha):
        return False
    # Where the clone is cut, a commit seems to be the first of all.
    first = ("rev-list", "--max-parents=0", "--max-count=1")
    answer = git.run(root, *first, ours.sha, theirs.sha, f"^{base}")
    return answer.code != 0 or bool(answer.output)


def _unknown(root: str, rev: str, answer: _Answer) -> OkxlintError:
    is_plain = answer.reason in ("", "Needed a single revision")
    reason = "" if is_plain else f": {answer.reason}"
    start = _WAY.sub("", rev) or "HEAD"
    hints = []
    if start != rev and _look_up(root, start).sha:
        if not answer.is_shallow:
            hints.append(f"'git log --oneline {quote(start)}' shows the commits that there are.")
    elif start == "HEAD":
        hints.append("This branch has no commit yet; 'git commit' makes its first.")
    elif _ABBREVIATED.fullmatch(start):
        hints.append(f"'git fetch origin {start}' gets it.")
    else:
        branch = _REMOTE.sub("", start)
        refs = quote(f"{branch}:refs/remotes/origin/{branch}")
        hints.append(f"If it is a branch: 'git fetch origin {refs}', then origin/{branch}.")
    if answer.is_shallow:
        hints.append(_SHALLOW)
    return OkxlintError(f"'{rev}' names no commit here{reason}", " ".join(hints))

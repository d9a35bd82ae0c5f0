"""The files of a commit, at the places that they would have in the work tree."""

from __future__ import annotations

import os.path

from okxlint.errors import OkxlintError, Unreadable
from okxlint.history.commit import Commit
from okxlint.paths import Tree, ancestors


class CommitFiles:
    """What ``files.Files`` asks, answered by a commit."""

    def __init__(self, tree: Tree, commit: Commit) -> None:
        self.tree = tree
        self.commit = commit

    def absolute(self, path: str, folder: str) -> str:
        return os.path.join(self.tree.root, self.commit.path_of(path, folder))

    def real(self, path: str) -> str:
        return self.absolute(os.path.join(path, os.curdir), self.tree.root)

    def exists(self, path: str) -> bool:
        # What is in a submodule may be there: to read it then tells that nobody knows.
        inside = self._inside(path)
        above = (self.commit.entries.get(folder) for folder in ancestors(inside))
        return self.commit.exists(inside) or any(entry and entry.is_submodule for entry in above)

    def read(self, path: str, shown: str) -> bytes:
        return read_file(self.commit, self._inside(self.real(path)), shown)

    def _inside(self, path: str) -> str:
        return os.path.relpath(path, self.tree.root).replace(os.sep, "/")


def read_file(commit: Commit, path: str, shown: str | None = None) -> bytes:
    """A file's bytes, one more than the limit at most. Raises ``Unreadable``.

    Raises ``OkxlintError`` for one that the commit has and the clone lacks: without it nobody can
    say what the commit holds.
    """
    try:
        return commit.read(path, shown or commit.shown(path))
    except Unreadable as error:
        entry = commit.entries.get(path)
        if entry is None or entry.obstacle:
            raise
        raise OkxlintError(
            f"{commit.shown(path)} {error.reason}",
            "Or clone without '--filter', so that all files of the history are there.",
        ) from error

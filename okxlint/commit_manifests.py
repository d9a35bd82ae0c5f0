"""Which files of a commit are manifests, and what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping

from okxlint.documents.reader import Parsed, read
from okxlint.errors import Unreadable
from okxlint.history.commit import Commit
from okxlint.history.files import read_file
from okxlint.manifest import LISTS
from okxlint.model import Unknown
from okxlint.paths import Tree

Patterns = Iterable[tuple[str | None, str]]
"""(folder, glob) pairs; the folder ``None`` is the repository's root."""


class Manifests:
    """The manifests of a commit. ``unknown`` is what there cannot be read."""

    def __init__(
        self, tree: Tree, commit: Commit, parsed: MutableMapping[tuple[str, str], Parsed]
    ) -> None:
        self.tree = tree
        self.commit = commit
        self.unknown: dict[Unknown, None] = {}
        self._parsed = parsed
        self._paths: set[str] = set()
        self._searched: set[str] = set()

    def add_inventory(self, patterns: Patterns, chosen: Iterable[str]) -> None:
        """Add what a check of that commit by these patterns, with these PATHs, would look at."""
        inventory = self.add_matching(patterns)
        for name in chosen:
            path = self._inside(name)
            if path is None:
                continue
            before = f"{path}/" if path else ""
            if path in self.commit.entries:
                self.add_files([path])
            elif not any(file.startswith(before) for file in inventory):
                self._searched.update(self.commit.search(path))

    def add_matching(self, patterns: Patterns) -> list[str]:
        """Add what patterns name, and return it."""
        found = self.commit.matching((folder or self.tree.root, glob) for folder, glob in patterns)
        for error in found.unreadable:
            # Links and submodules: no check of that commit could read them either.
            self.unknown[Unknown("unreadable", str(error), accepted=True)] = None
        self._paths.update(found.files)
        return found.files

    def add_files(self, paths: Iterable[str]) -> None:
        """Add those of some paths at which the commit has a file."""
        entries = self.commit.entries
        self._paths.update(p for p in paths if p in entries and not entries[p].obstacle)

    def read(self) -> Iterator[Parsed]:
        """All of them, by path. Raises ``OkxlintError`` for one that this clone lacks."""
        for path in sorted(self._paths | self._searched):
            key = path, self.commit.entries[path].oid
            if key not in self._parsed:
                self._parsed[key] = read(path, read_file(self.commit, path))
            file = self._parsed[key]
            if path in self._paths or _declares(file):
                yield file

    def _inside(self, name: str) -> str | None:
        try:
            return self.commit.path_of(name, self.tree.root)
        except Unreadable:
            return None  # of what is outside no commit tells


def _declares(file: Parsed) -> bool:
    """Whether a file that a folder was searched for has what a manifest has at its top."""
    values = [document.value for document in file.documents]
    return any(isinstance(value, dict) and not value.keys().isdisjoint(LISTS) for value in values)

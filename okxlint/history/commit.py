"""A commit as data: the files of a base, or the policy that another commit has."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple, Self

from okxlint import git
from okxlint.documents.source import MAX_BYTES
from okxlint.errors import Unreadable
from okxlint.globs import is_glob
from okxlint.history.links import Links
from okxlint.paths import A_LINK, NO_FILE, SUFFIXES, Found, Tree, Wildcards


class Entry(NamedTuple):
    """What a commit has at a path: a file, a symbolic link or a submodule."""

    mode: str
    oid: str

    @property
    def is_link(self) -> bool:
        return self.mode == "120000"

    @property
    def is_submodule(self) -> bool:
        return self.mode == "160000"

    @property
    def obstacle(self) -> str:
        """Why it is not read; empty for a file."""
        if self.is_submodule:
            return "is a submodule, whose files no commit of this repository holds"
        return A_LINK if self.is_link else ""


class Commit:
    """The files of one commit. Paths are relative to the repository's top, with ``/``.

    Use it in a ``with``, or ``close`` it: to read a file starts a process.
    """

    def __init__(self, tree: Tree, sha: str | None) -> None:
        self.sha = sha
        """In full. ``None``: where nothing was committed yet; there are no files then."""
        self._root = tree.root
        self._objects = git.Objects(tree.root)
        self._links = Links(tree.root, self._target)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process that reads; the next read would begin another."""
        self._objects.close()

    def shown(self, path: str) -> str:
        """A path as git names it in this commit, so that ``git show`` takes it."""
        return f"{self.sha[:12]}:{path}" if self.sha else path

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """All that is in the commit, folders aside, by path. Raises ``OkxlintError``."""
        if self.sha is None:
            return {}
        answer = git.run(self._root, "ls-tree", "-r", "-z", "--full-tree", self.sha)
        if answer.code:
            raise git.refused(self._root, answer)
        entries = {}
        for line in os.fsdecode(answer.output).split("\0")[:-1]:
            about, _, path = line.partition("\t")
            mode, _, oid = about.split(" ")
            entries[path] = Entry(mode, oid)
        return entries

    @cached_property
    def _folders(self) -> frozenset[str]:
        folders = {""}
        for path in self.entries:
            folder = path.rpartition("/")[0]
            while folder not in folders:
                folders.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(folders)

    def exists(self, path: str) -> bool:
        """Whether there is something at a path, be it a folder or a link."""
        return path in self.entries or path in self._folders

    def read(self, path: str, shown: str) -> bytes:
        """A file's bytes, one more than the limit at most. Raises ``Unreadable``."""
        nearest = self._nearest(path)
        entry = self.entries.get(nearest)
        if entry and entry.obstacle:
            raise Unreadable(shown if nearest == path else self.shown(nearest), entry.obstacle)
        if path in self._folders:
            raise Unreadable(shown, NO_FILE)
        if entry is None or nearest != path:
            raise Unreadable(shown, f"cannot be read: {os.strerror(errno.ENOENT)}")
        return self._blob(entry, shown)

    def _blob(self, entry: Entry, shown: str) -> bytes:
        data = self._objects.read(entry.oid, MAX_BYTES + 1)
        if data is None:
            fetch = f"'git cat-file -p {entry.oid}' fetches it if the clone is partial"
            raise Unreadable(shown, f"is not in this clone, and okxlint fetches nothing; {fetch}")
        return data

    def _nearest(self, path: str) -> str:
        """The path of what is in the way to a path, or is there; the path itself if nothing is."""
        way = path
        while way:
            if way in self.entries:
                return way
            way = way.rpartition("/")[0]
        return path

    def path_of(self, path: str, folder: str) -> str:
        """A path from an absolute folder, as the commit has it: ``paths.absolute`` for commits.

        Only the commit's own links lead on: those of the work tree may come with the change that
        is to be checked. Raises ``Unreadable`` for a path that is outside or leads in a circle.
        """
        whole = os.path.join(folder, path)
        place = self._links.follow(whole)
        if place is None:
            raise Unreadable(whole, f"cannot be found: {os.strerror(errno.ELOOP)}")
        inside = self._links.inside(place)
        if inside is None:
            raise Unreadable(place, "is outside the repository, so that no commit holds it")
        return inside

    def _target(self, path: str) -> str | None:
        entry = self.entries.get(path)
        if entry is None or not entry.is_link:
            return None
        return os.fsdecode(self._blob(entry, self.shown(path)))

    def _is_folder(self, path: str) -> bool:
        """Whether a link or a submodule is a folder on disk. Raises ``Unreadable``."""
        if self.entries[path].is_submodule:
            return True
        place = self._links.follow(os.path.join(self._root, path, os.curdir))
        if place is None:
            return False
        inside = self._links.inside(place)
        if inside is None:
            return os.path.isdir(place)
        entry = self.entries.get(self._nearest(inside))
        return inside in self._folders or (entry is not None and entry.is_submodule)

    def matching(self, patterns: Iterable[tuple[str, str]]) -> Found:
        """The files that (folder, glob) patterns name: ``paths.matching`` for commits.

        Folders are absolute, as there. A link or a submodule that a pattern names, or behind which
        it could name something, is told of; so is a pattern that leads out of the repository.
        """
        found = Found()
        paths: dict[str, None] = {}
        for folder, pattern in patterns:
            try:
                paths |= dict.fromkeys(self._matches(folder, pattern))
            except Unreadable as error:
                found.unreadable.append(error)
        for path in paths:
            if obstacle := self.entries[path].obstacle:
                found.unreadable.append(Unreadable(self.shown(path), obstacle))
            else:
                found.files.append(path)
        return found

    def _matches(self, folder: str, pattern: str) -> Iterator[str]:
        wildcards = Wildcards(pattern) if is_glob(pattern) else None
        top = self.path_of(wildcards.top if wildcards else pattern, folder)
        nearest = self._nearest(top)
        entry = self.entries.get(nearest)
        if not wildcards:
            # A submodule is a folder: what is named may be in it, but is not the folder itself.
            if entry and entry.is_submodule == (nearest != top):
                yield nearest
        elif entry and entry.obstacle:
            yield nearest
        else:
            before = f"{top}/" if top else ""
            for path in self.entries:
                if path.startswith(before) and self._is_named(path, path[len(before) :], wildcards):
                    yield path

    def _is_named(self, path: str, below: str, wildcards: Wildcards) -> bool:
        names = wildcards.name(below)
        if not self.entries[path].obstacle:
            return names
        holds = wildcards.may_hold(below)
        if names == holds:
            return names
        try:
            # A folder is no file that could be named, but something in it may be.
            return holds if self._is_folder(path) else names
        except Unreadable:
            return True

    def search(self, folder: str) -> list[str]:
        """The YAML files below a folder, links aside: ``paths.search`` for commits."""
        before = f"{folder}/" if folder else ""
        return [
            path
            for path, entry in self.entries.items()
            if path.startswith(before) and path.endswith(SUFFIXES) and not entry.obstacle
        ]

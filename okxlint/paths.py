"""From PATHs and a policy's patterns to the files of the inventory."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from okxlint import git
from okxlint.documents.source import MAX_BYTES
from okxlint.errors import OkxlintError, Unreadable
from okxlint.globs import compile_glob, is_glob, literal_folder
from okxlint.record import Record

SUFFIXES = (".yaml", ".yml")
A_LINK = "is a symbolic link, which okxlint does not follow; name what it points to"
NO_FILE = "is no regular file"


class Tree(Record):
    """The folder that reports' paths are relative to."""

    root: str
    """Absolute: the repository's top, or the working directory where there is no git."""
    git: bool

    def shown(self, path: str) -> str:
        """A path as reports name it: relative to the root with ``/``, absolute if outside."""
        relative = os.path.relpath(path, self.root)
        outside = relative == os.pardir or relative.startswith(os.pardir + os.sep)
        return (path if outside else relative).replace(os.sep, "/")


def find_tree(start: str) -> Tree:
    """The repository around a folder, or else that folder."""
    start = os.path.realpath(start)
    for folder in ancestors(start):
        if os.path.lexists(os.path.join(folder, ".git")):
            return Tree(folder, git=True)
    return Tree(start, git=False)


def chosen_by(tree: Tree, names: Iterable[str] | None) -> Callable[[str], bool]:
    """What tells whether a path, as reports name it, is one of absolute paths or below one.

    ``None``: everything is.
    """
    if names is None:
        return lambda _: True
    chosen = frozenset(names)

    @cache
    def is_chosen(path: str) -> bool:
        return not chosen.isdisjoint(ancestors(os.path.join(tree.root, path)))

    return is_chosen


def ancestors(folder: str) -> Iterator[str]:
    """A folder and those around it, up to the root of the file system."""
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def absolute(path: str, cwd: str) -> str:
    """A PATH with its folder's symbolic links resolved, but not its own."""
    # Not by the letters alone: behind a link to a folder, '..' is that folder's parent.
    folder, name = os.path.split(os.path.join(cwd, path).rstrip(os.sep) or os.sep)
    if name in ("", os.curdir, os.pardir):
        return os.path.realpath(os.path.join(folder, name))
    return os.path.join(os.path.realpath(folder), name)


@dataclass
class Found:
    """Files of the inventory, and what could not be looked at."""

    files: list[str] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    refusal: str = ""
    """Why git did not say what it ignores, so that nothing was skipped; empty if it did."""

    def add(self, path: str, tree: Tree) -> None:
        if os.path.islink(path):
            self.unreadable.append(Unreadable(tree.shown(path), A_LINK))
        else:
            self.files.append(path)


def matching(tree: Tree, patterns: Iterable[tuple[str, str]]) -> Found:
    """The files that (folder, glob) patterns name. A pattern that matches nothing is no error.

    A symbolic link that a pattern names, or behind which it could name something, is told of.
    """
    found = Found()
    paths = (
        path for folder, pattern in patterns for path in _matches(tree, folder, pattern, found)
    )
    for path in without_ignored(tree, list(dict.fromkeys(paths)), found):
        found.add(path, tree)
    return found


def _matches(tree: Tree, folder: str, pattern: str, found: Found) -> Iterator[str]:
    if not is_glob(pattern):
        path = absolute(pattern, folder)
        if os.path.islink(path) or (os.path.lexists(path) and not os.path.isdir(path)):
            yield path
        return
    wildcards = Wildcards(pattern)
    top = absolute(wildcards.top, folder)
    if os.path.islink(top):
        yield top
        return
    before = len(os.path.join(top, ""))
    links: list[str] = []

    def enters(inner: str) -> bool:
        holds = wildcards.may_hold(inner[before:])
        if holds and os.path.islink(inner):
            links.append(inner)
        return holds

    for path in walk(tree, top, found, enters):
        if wildcards.name(path[before:]):
            yield path
    yield from links


def is_named(path: str, patterns: Iterable[tuple[str, str]]) -> bool:
    """Whether (folder, glob) patterns name an absolute path, be there a file or not."""
    return any(_names(path, folder, pattern) for folder, pattern in patterns)


def _names(path: str, folder: str, pattern: str) -> bool:
    if not is_glob(pattern):
        return path == absolute(pattern, folder)
    wildcards = Wildcards(pattern)
    top = absolute(wildcards.top, folder)
    return is_inside(path, top) and wildcards.name(path[len(os.path.join(top, "")) :])


class Wildcards:
    """A pattern with wildcards, taken apart where they begin."""

    def __init__(self, pattern: str) -> None:
        self.top = literal_folder(pattern)
        """The folder that it looks into."""
        below = os.path.normpath(pattern[len(self.top) :].lstrip("/"))
        self._parts = below.split(os.sep)
        self._expression = compile_glob("/".join(self._parts))

    def name(self, path: str) -> bool:
        """Whether they name a file, by its path below ``top``."""
        return self._expression.fullmatch(path.replace(os.sep, "/")) is not None

    def may_hold(self, path: str) -> bool:
        """Whether they could name something below a folder, by its path below ``top``."""
        for number, name in enumerate(path.split(os.sep)):
            if self._parts[number] == "**":
                return True
            last = number + 1 == len(self._parts)
            if last or not compile_glob(self._parts[number]).fullmatch(name):
                return False
        return True


def walk(
    tree: Tree, top: str, found: Found, enters: Callable[[str], bool] = lambda _: True
) -> Iterator[str]:
    """All files below a folder, sorted, ``.git`` aside; links to folders are not followed.

    ``enters`` says of a folder's path whether to look into it.
    """

    def failed(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            path = tree.shown(error.filename)
            found.unreadable.append(Unreadable(path, f"cannot be listed: {error.strerror}"))

    for folder, folders, names in os.walk(top, onerror=failed):
        inner = sorted(name for name in folders if name != ".git")
        folders[:] = [name for name in inner if enters(os.path.join(folder, name))]
        for name in sorted(names):
            yield os.path.join(folder, name)


def search(tree: Tree, folder: str, found: Found) -> list[str]:
    """The YAML files below a folder that git does not ignore; symbolic links are passed over."""
    paths = [path for path in walk(tree, folder, found) if path.endswith(SUFFIXES)]
    return without_ignored(tree, [path for path in paths if not os.path.islink(path)], found)


def read_bytes(path: str, shown: str) -> bytes:
    """A file's bytes, one more than the limit at most. Raises ``Unreadable``."""
    try:
        # A pipe or a device would be waited for, perhaps for ever.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise Unreadable(shown, NO_FILE)
        with open(path, "rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(shown, f"cannot be read: {error.strerror}") from error


def without_ignored(tree: Tree, paths: Sequence[str], found: Found) -> list[str]:
    """The paths that git does not ignore; all of them without git, or where git refuses to say."""
    # git refuses the whole question if one path of it is outside.
    inside = [path for path in paths if is_inside(path, tree.root)]
    if not tree.git or not inside:
        return list(paths)
    try:
        ignored = git.ignored(tree.root, inside)
    except OkxlintError as error:
        found.refusal = error.message
        return list(paths)
    return [path for path in paths if path not in ignored]


def is_inside(path: str, folder: str) -> bool:
    """Whether a path is a folder's, or that of something in it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def check_paths(paths: Sequence[str], cwd: str) -> list[str]:
    """PATHs made absolute, each once. Raises ``OkxlintError`` for one that is not there."""
    named = {absolute(path, cwd): path for path in paths}
    for name, path in named.items():
        if not os.path.lexists(name):
            raise OkxlintError(
                f"there is no file or folder '{path}'",
                "PATHs are relative to the working directory.",
            )
    return list(named)

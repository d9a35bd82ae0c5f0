"""A tree of files, wherever it is: the work tree here, or a commit."""

from __future__ import annotations

import os.path
from typing import Protocol

from okxlint.paths import absolute, read_bytes


class Files(Protocol):
    """Files by the absolute paths that they have in the work tree.

    All but ``exists`` raise ``Unreadable``.
    """

    def absolute(self, path: str, folder: str) -> str:
        """A path from a folder, links to folders resolved as this tree has them."""
        ...

    def real(self, path: str) -> str:
        """Where a path leads in the end."""
        ...

    def exists(self, path: str) -> bool:
        """Whether there is anything at a path."""
        ...

    def read(self, path: str, shown: str) -> bytes:
        """A file's bytes, one more than the limit at most."""
        ...


class WorkFiles:
    """The files on disk."""

    def absolute(self, path: str, folder: str) -> str:
        return absolute(path, folder)

    def real(self, path: str) -> str:
        return os.path.realpath(path)

    def exists(self, path: str) -> bool:
        return os.path.lexists(path)

    def read(self, path: str, shown: str) -> bytes:
        return read_bytes(path, shown)

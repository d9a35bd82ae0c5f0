"""A tree of files, wherever it is: the work tree here, or a commit."""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from contextlib import suppress
from stat import S_IMODE
from typing import Protocol

from okxlint.paths import absolute, read_bytes
from okxlint.record import NOTHING


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
    """The files on disk, or what an editor has in place of some."""

    def __init__(self, edited: Mapping[str, bytes] = NOTHING) -> None:
        """``edited`` is by absolute path."""
        self._edited = edited

    def absolute(self, path: str, folder: str) -> str:
        return absolute(path, folder)

    def real(self, path: str) -> str:
        return os.path.realpath(path)

    def exists(self, path: str) -> bool:
        return path in self._edited or os.path.lexists(path)

    def read(self, path: str, shown: str) -> bytes:
        data = self._edited.get(path)
        return read_bytes(path, shown) if data is None else data


def save(path: str, text: str, *, private: bool = False) -> None:
    """Write a file as a whole, or leave what is there as it is. Raises ``OSError``.

    It keeps the mode that it has, unless it is to be its owner's alone (0600).
    """
    folder, name = os.path.split(path)
    beside = os.path.join(folder, f".{name}.{os.getpid()}")
    mode = 0o600 if private else 0o666
    number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with open(number, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if os.path.lexists(path) and not private:
            os.chmod(beside, S_IMODE(os.stat(path).st_mode))
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise

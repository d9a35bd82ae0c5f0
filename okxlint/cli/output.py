"""Where a command writes: standard output, and files besides."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from stat import S_ISREG
from typing import TextIO

from okxlint.errors import OkxlintError
from okxlint.files import save

Write = Callable[[TextIO], None]


def to_file(path: str, write: Write) -> None:
    """Write a file anew. Raises ``OkxlintError`` if that cannot be, and leaves no half of it.

    A symbolic link is refused: in a tree of strangers it may lead anywhere.
    """
    device = os.path.abspath(path).startswith(("/dev/", "/proc/"))
    if os.path.islink(path) and not device:
        raise OkxlintError(f"cannot write {path}: is a symbolic link", "Name what it points to.")
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as stream:
            try:
                write(stream)
                stream.flush()
            except BaseException:
                if S_ISREG(os.fstat(stream.fileno()).st_mode):
                    os.unlink(path)  # a half would be taken for the whole
                raise
    except OSError as error:
        raise OkxlintError(
            f"cannot write {path}: {error.strerror}", "Name a file in a folder that you may write."
        ) from error


def to_whole_file(path: str, text: str, *, private: bool = False) -> None:
    """Write a file as a whole, or leave what is there as it is. Raises ``OkxlintError``.

    ``private``: it is its owner's alone. A symbolic link is refused, as by ``to_file``.
    """
    if os.path.islink(path):
        raise OkxlintError(f"cannot write {path}: is a symbolic link", "Name what it points to.")
    try:
        save(path, text, private=private)
    except OSError as error:
        raise OkxlintError(
            f"cannot write {path}: {error.strerror}", "Name a file in a folder that you may write."
        ) from error


def to_stdout(write: Write) -> None:
    """Write to standard output. Raises ``OkxlintError`` if that cannot be."""
    try:
        write(sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        return  # the reader has seen enough, and the verdict stands
    except OSError as error:
        raise OkxlintError(f"cannot write the report: {error.strerror}") from error

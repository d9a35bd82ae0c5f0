"""Drafts as files of a folder: names that every file system takes, and nothing overwritten."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress

from okxlint.drafts import Draft
from okxlint.errors import OkxlintError
from okxlint.lazy import Pattern

_LONGEST = 60
_ODD = Pattern(r"[^A-Za-z0-9._-]+")
# Names of devices on Windows, whatever follows their first stop.
_DEVICE = Pattern(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")


def file_names(accounts: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """A file's name for each account; no two are alike, or like one of ``taken``, but for case."""
    used = {name.lower() for name in taken}
    names = []
    for account in accounts:
        stem = _stem(account)
        name, number = f"{stem}.yaml", 1
        while name.lower() in used:
            number += 1
            name = f"{stem}-{number}.yaml"
        used.add(name.lower())
        names.append(name)
    return names


def _stem(account: str) -> str:
    stem = _ODD.sub("-", account)[:_LONGEST].strip(".-") or "account"
    return f"account-{stem}" if _DEVICE.fullmatch(stem) else stem


def write_drafts(folder: str, drafts: Sequence[Draft], *, beside: bool = False) -> list[str]:
    """Write each draft as a file of its own, or none. The files' paths.

    ``beside``: a name that is taken gets a number. Raises ``OkxlintError`` if a file is there
    already, or if one cannot be written.
    """
    try:
        taken = os.listdir(folder) if beside and os.path.isdir(folder) else ()
        names = file_names((draft.account for draft in drafts), taken)
        paths = [os.path.join(folder, name) for name in names]
        _refuse([path for path in paths if os.path.lexists(path)])
        os.makedirs(folder, exist_ok=True)
        _write_all(list(zip(paths, drafts, strict=True)))
    except OSError as error:
        raise OkxlintError(
            f"cannot write {error.filename or folder}: {error.strerror}",
            "Name a folder that you may write. Nothing was written.",
        ) from error
    return paths


def _refuse(there: Sequence[str]) -> None:
    if there:
        are = "is" if len(there) == 1 else "are"
        raise OkxlintError(
            f"nothing is overwritten, and {', '.join(there)} {are} there already",
            "Name another folder, or give --update to draft only what no manifest declares.",
        )


def _write_all(files: Sequence[tuple[str, Draft]]) -> None:
    written: list[str] = []
    try:
        for path, draft in files:
            # Exclusive: what came into being since the look is not overwritten either.
            with open(path, "x", encoding="utf-8", newline="\n") as stream:
                written.append(path)
                stream.write(draft.text)
    except BaseException:
        for path in written:
            with suppress(OSError):
                os.unlink(path)
        raise

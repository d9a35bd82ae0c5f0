"""Paths to documents: the files of the inventory, read, and what could not be looked at."""

from __future__ import annotations

import os.path
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from okxlint.documents.reader import Parsed, read
from okxlint.errors import OkxlintError, Unreadable
from okxlint.manifest import LISTS, is_manifest
from okxlint.model import Unknown
from okxlint.paths import (
    Found,
    Tree,
    absolute,
    ancestors,
    check_paths,
    is_inside,
    is_named,
    matching,
    read_bytes,
    search,
)
from okxlint.policy import Policy
from okxlint.record import NOTHING, Record

STDIN = "<stdin>"
"""How reports name a manifest that came on standard input without a name."""


class Wanted(Record):
    """What is to be looked at."""

    cwd: str
    paths: tuple[str, ...] = ()
    """What is reported; empty: everything."""
    stdin: bytes | None = None
    stdin_filename: str | None = None
    """The manifest that ``stdin`` stands in for; ``None``: it is the whole inventory."""
    edited: Mapping[str, bytes] = NOTHING
    """By absolute path: what files would hold, in place of what they hold, or do not hold yet."""


@dataclass
class Loaded:
    """The files of the inventory, and what could not be looked at."""

    files: list[Parsed] = field(default_factory=list)
    unreadable: dict[str, Unknown] = field(default_factory=dict)
    """By shown path."""
    nothing: list[Unknown] = field(default_factory=list)
    """What was looked at and holds no manifest."""
    chosen: list[str] | None = None
    """The absolute paths of what is reported; ``None``: everything."""

    def note(self, error: Unreadable) -> None:
        self.unreadable[error.path] = Unknown("unreadable", str(error))


def load_files(wanted: Wanted, tree: Tree, policy: Policy) -> Loaded:
    """The whole inventory's files. Raises ``OkxlintError`` for PATHs that cannot be meant."""
    loaded = Loaded()
    paths = [path for path in wanted.paths if path != "-"]
    if wanted.stdin is not None and wanted.stdin_filename is None:
        if paths:
            raise OkxlintError(
                "'-' is the whole inventory, and other PATHs have no place in it",
                "Give --stdin-filename to say which manifest standard input stands for.",
            )
        loaded.files.append(read(STDIN, wanted.stdin))
        if not is_manifest(loaded.files[0]):
            loaded.nothing.append(_nothing("standard input holds no manifest"))
        return loaded
    patterns = [(folder or tree.root, glob) for folder, glob in policy.manifests]
    found = matching(tree, patterns)
    found.files += (
        path for path in wanted.edited if not os.path.lexists(path) and is_named(path, patterns)
    )
    named = check_paths(paths, wanted.cwd)
    searched = _add_named(named, tree, found)
    data: dict[str, bytes] = {}
    if wanted.stdin is not None and wanted.stdin_filename is not None:
        path = absolute(wanted.stdin_filename, wanted.cwd)
        data[path] = wanted.stdin
        named.append(path)
    for path in sorted({*found.files, *data}, key=tree.shown):
        file = _read(path, data.get(path, wanted.edited.get(path)), tree, loaded)
        if file and (path not in searched or _looks_like_manifest(file)):
            loaded.files.append(file)
    for error in found.unreadable:
        loaded.note(error)
    if found.refusal:
        # Nothing was left out for it, so that nothing is missing from the report.
        message = f"files that git ignores were not skipped: {found.refusal}"
        loaded.nothing.append(Unknown("git-ignore", message, accepted=True))
    loaded.chosen = named or None
    loaded.nothing += _without_manifest(loaded, tree)
    return loaded


def _add_named(named: Sequence[str], tree: Tree, found: Found) -> set[str]:
    """Add what PATHs name beyond the policy's manifests; returns what a folder was searched for."""
    searched: set[str] = set()
    known = set(found.files)
    for path in named:
        if os.path.isdir(path) and not os.path.islink(path):
            if not any(is_inside(file, path) for file in known):
                searched.update(search(tree, path, found))
        elif path not in known:
            found.add(path, tree)
    found.files += sorted(searched)
    return searched.difference(named)


def _read(path: str, data: bytes | None, tree: Tree, loaded: Loaded) -> Parsed | None:
    shown = tree.shown(path)
    try:
        return read(shown, read_bytes(path, shown) if data is None else data)
    except Unreadable as error:
        loaded.note(error)
        return None


def _looks_like_manifest(file: Parsed) -> bool:
    """Whether a file that a search came upon has a manifest's top-level fields.

    A file that YAML cannot read counts if a line of it begins like one: better a finding too many
    than a manifest that nobody looked at.
    """
    values = [document.value for document in file.documents]
    if any(isinstance(value, dict) and not value.keys().isdisjoint(LISTS) for value in values):
        return True
    lines = file.source.text.split("\n") if file.problems else []
    return any(line.startswith(tuple(f"{name}:" for name in LISTS)) for line in lines)


def _without_manifest(loaded: Loaded, tree: Tree) -> Iterator[Unknown]:
    """What holds no manifest, so that nothing was checked there."""
    manifests = [
        os.path.join(tree.root, file.source.path) for file in loaded.files if is_manifest(file)
    ]
    if loaded.chosen is None:
        if not manifests:
            yield Unknown("no-manifest", "no manifest was found, so nothing was checked")
        return
    held = {folder for path in manifests for folder in ancestors(path)}
    for name in loaded.chosen:
        shown = tree.shown(name)
        if shown not in loaded.unreadable and name not in held:
            yield _nothing(f"{shown} holds no manifest")


def _nothing(what: str) -> Unknown:
    return Unknown("no-manifest", f"{what}, so nothing was checked there")

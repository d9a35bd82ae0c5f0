"""What a register is made of: each file, the hash of its bytes, and the commit that has them."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from hashlib import new, sha256

from okxlint.case import Case
from okxlint.errors import OkxlintError, Unreadable
from okxlint.history.commit import Commit, Entry
from okxlint.paths import Tree
from okxlint.register import Input, Kind, PolicyState

CommitOf = Callable[[str, bytes], str | None]


class Provenance:
    """``inputs`` are all files, manifests first; ``ref`` and ``state`` say where the policy is."""

    def __init__(self, case: Case) -> None:
        head, ruling = _head(case), case.ruling.sha
        here = _commit_of(head, case.asked.tree)

        def of_policy(path: str, data: bytes) -> str | None:
            return ruling or here(path, data)

        clean = case.masking.redactor.clean
        with head or nullcontext():
            read = [*_manifests(case, here), *_policy(case, of_policy), *_others(case)]
        self.inputs = tuple(Input(i.kind, clean(i.path), i.sha256, i.commit) for i in read)
        its = ("policy",) if _is_packs(case) else ("policy", "metadata schema")
        own = {each.commit for each in read if each.kind in its}
        self.ref = ruling or (own.pop() if len(own) == 1 else None)
        self.state: PolicyState = "committed"
        if not self.ref:
            self.state = "not committed" if head else "no git"
            if not case.policy.files:
                self.state = "pack"


def _manifests(case: Case, commit_of: CommitOf) -> Iterator[Input]:
    for file in sorted(case.loaded.files, key=lambda file: file.source.path):
        yield _input("manifest", file.source.path, file.source.data, commit_of)


def _policy(case: Case, commit_of: CommitOf) -> Iterator[Input]:
    for file in case.policy.files:
        yield _input("policy", file.source.path, file.source.data, commit_of)
    schema, path = case.policy.metadata_schema, case.policy.schema_file
    if schema is not None and path:
        shown = case.asked.tree.shown(os.path.normpath(path))
        if _is_packs(case):
            # Where something is installed, no two machines agree.
            yield _input("metadata schema", os.path.basename(path), schema.data)
        else:
            yield _input("metadata schema", shown, schema.data, commit_of)


def _others(case: Case) -> Iterator[Input]:
    for file in case.policy.packs:
        if ":" in file.source.path:  # the others are okxlint's own
            yield _input("pack", file.source.path, file.source.data)
    for snapshot in case.request.snapshots:
        yield Input("snapshot", snapshot.path, snapshot.sha256, None)


def _is_packs(case: Case) -> bool:
    """Whether the schema of ``metadata`` is that of a pack."""
    said = case.policy.stated.get("metadata_schema", ())
    return bool(said) and said[-1].is_pack


def _input(
    kind: Kind, path: str, data: bytes | None, commit_of: CommitOf = lambda path, data: None
) -> Input:
    if data is None:
        return Input(kind, path, None, None)
    return Input(kind, path, sha256(data).hexdigest(), commit_of(os.path.normpath(path), data))


def _head(case: Case) -> Commit | None:
    """HEAD, which before the first commit has no files; ``None`` if there is no git to ask."""
    from okxlint.history.revision import merge_base

    if not case.asked.tree.git:
        return None
    try:
        commit = merge_base(case.asked.tree, "HEAD")
        _ = commit.entries  # which git may refuse
    except OkxlintError:
        return None
    return commit


def _commit_of(head: Commit | None, tree: Tree) -> CommitOf:
    """What tells whether HEAD has a file to the byte."""

    def commit_of(path: str, data: bytes) -> str | None:
        entry = _entry(head, tree, path) if head else None
        return head.sha if head and entry and entry.oid == _oid(data, len(entry.oid)) else None

    return commit_of


def _entry(head: Commit, tree: Tree, path: str) -> Entry | None:
    """What a commit has at a path, or where its own links lead from there."""
    entry = head.entries.get(path)
    if entry and not entry.is_link:
        return entry
    try:
        return head.entries.get(head.path_of(os.path.join(path, os.curdir), tree.root))
    except Unreadable:
        return None


def _oid(data: bytes, digits: int) -> str:
    """The id that git gives a blob (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects)."""
    algorithm = "sha1" if digits == 40 else "sha256"
    return new(algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

"""What a register is made of: each file, the hash of its bytes, and the commit that has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import new, sha256
from typing import Literal

from okxlint.case import Case
from okxlint.documents.reader import Parsed
from okxlint.errors import OkxlintError
from okxlint.register import Input

CommitOf = Callable[[str, bytes], str | None]


def inputs_of(case: Case) -> tuple[Input, ...]:
    """All files, manifests first."""
    clean, here = case.masking.redactor.clean, _commit_of(case)
    ruling = case.ruling.sha

    def of_policy(path: str, data: bytes) -> str | None:
        return ruling or here(path, data)

    def inputs() -> Iterator[Input]:
        for file in sorted(case.loaded.files, key=lambda file: file.source.path):
            yield _of_text("manifest", file, here)
        for file in case.policy.files:
            yield _of_text("policy", file, of_policy)
        schema = case.policy.metadata_schema
        if schema is not None and case.policy.schema_file:
            shown = case.asked.tree.shown(case.policy.schema_file)
            commit = of_policy(shown, schema.data)
            yield Input("metadata schema", shown, sha256(schema.data).hexdigest(), commit)
        for snapshot in case.request.snapshots:
            yield Input("snapshot", snapshot.path, snapshot.sha256, None)

    return tuple(Input(each.kind, clean(each.path), each.sha256, each.commit) for each in inputs())


def _of_text(kind: Literal["manifest", "policy"], file: Parsed, commit_of: CommitOf) -> Input:
    path, data = file.source.path, file.source.whole_text.encode()
    if not file.is_exact:
        return Input(kind, path, None, None)
    return Input(kind, path, sha256(data).hexdigest(), commit_of(path, data))


def _commit_of(case: Case) -> CommitOf:
    """What tells whether HEAD has a file to the byte. Without git, or a commit, it never has."""
    if not case.asked.tree.git:
        return lambda path, data: None
    from okxlint.history.revision import commit_at

    try:
        commit = commit_at(case.asked.tree, "HEAD")
        entries = commit.entries
    except OkxlintError:
        return lambda path, data: None

    def commit_of(path: str, data: bytes) -> str | None:
        entry = entries.get(path)
        return commit.sha if entry and entry.oid == _oid(data, len(entry.oid)) else None

    return commit_of


def _oid(data: bytes, digits: int) -> str:
    """The id that git gives a blob (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects)."""
    algorithm = "sha1" if digits == 40 else "sha256"
    return new(algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

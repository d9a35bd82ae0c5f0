"""The action's second step: the commit that a change began from, as GitHub knows it.

Run by the Python of okxlint's own environment with -I, so that nothing is imported from the tree
that is checked. Nothing is fetched. A base that is not here ends the job with exit status 2.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from okxlint import git
from okxlint.errors import OkxlintError
from okxlint.secrets.redact import unarmed, visible

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MERGED = ("pull_request", "pull_request_review", "pull_request_review_comment")
"""Events for which GitHub checks out what the pull request would become on its base."""


class Base(NamedTuple):
    """Where a change began."""

    sha: str
    depth: str
    """The 'fetch-depth' that brings it here."""


class Head(NamedTuple):
    """The commit that is checked out."""

    sha: str
    parents: tuple[str, ...]


def main(environ: Mapping[str, str]) -> int:
    """Write the base's id as an output, if this event has one; returns the exit status."""
    try:
        sha = present_base(environ, os.path.realpath(environ["GITHUB_WORKSPACE"]))
    except OkxlintError as error:
        told = unarmed(visible(f"{error.message} {error.hint}"))
        print(f"::error title=okxlint::{told.replace('%', '%25')}")
        return error.exit_code
    if sha:
        print(f"The base of this change is {sha}.")
        with open(environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as stream:
            stream.write(f"sha={sha}\n")
    return 0


def present_base(environ: Mapping[str, str], workspace: str) -> str | None:
    """The base, if an input needs one. Raises ``OkxlintError`` if it is not in the clone."""
    base = base_of(environ, workspace)
    if base is None or environ["OKXLINT_NEEDED"] != "true":
        return None
    if git.run(workspace, "cat-file", "-e", f"{base.sha}^{{commit}}").code:
        raise OkxlintError(
            f"the base of this change, {base.sha}, is not in this clone.",
            f"Give actions/checkout 'fetch-depth: {base.depth}'.",
        )
    return base.sha


def base_of(environ: Mapping[str, str], workspace: str) -> Base | None:
    """The base of a pull request, or of a merge queue's group; ``None`` for any other event.

    What GitHub has merged has the base as its first parent: whoever wrote the pull request has no
    say in that. The first parent of any other commit is theirs to choose; then the event tells.
    Raises ``OkxlintError``.
    """
    event = environ.get("GITHUB_EVENT_NAME", "")
    if event == "merge_group":
        return Base(sha_in(read_payload(environ), "merge_group", "base_sha"), "0")
    if not event.startswith("pull_request"):
        return None
    payload = read_payload(environ)
    head = read_head(workspace)
    is_of_event = head is not None and head.sha == environ.get("GITHUB_SHA")
    if event not in _MERGED and is_of_event:
        raise OkxlintError(
            f"the event {event} checks out the base: nothing of the pull request is here.",
            "Run on the event pull_request.",
        )
    theirs = sha_in(payload, "pull_request", "head", "sha")
    if head and is_of_event and len(head.parents) == 2 and head.parents[1] == theirs:
        return Base(head.parents[0], "2")
    return Base(sha_in(payload, "pull_request", "base", "sha"), "0")


def read_head(workspace: str) -> Head | None:
    """The commit that is checked out, as its object says it, even where the clone is cut.

    ``None`` before the first commit. Raises ``OkxlintError``.
    """
    name = git.run(workspace, "rev-parse", "--verify", "--quiet", "HEAD")
    if name.told:
        raise git.refused(workspace, name)
    commit = git.run(workspace, "cat-file", "commit", "HEAD")
    if name.code or commit.code:
        return None
    about = commit.output.partition(b"\n\n")[0].decode(errors="replace").split("\n")
    parents = [line.removeprefix("parent ") for line in about if line.startswith("parent ")]
    return Head(name.output.decode().strip(), tuple(parents))


def read_payload(environ: Mapping[str, str]) -> Any:
    """What GitHub says of the event. Raises ``OkxlintError`` if it cannot be read."""
    try:
        with open(environ.get("GITHUB_EVENT_PATH", ""), encoding="utf-8") as stream:
            return json.load(stream)
    except (OSError, ValueError) as error:
        raise OkxlintError(f"the event's payload cannot be read: {error}") from error


def sha_in(payload: Any, *names: str) -> str:
    """A commit that the payload names. Raises ``OkxlintError`` if it names none."""
    for name in names:
        payload = payload.get(name) if isinstance(payload, dict) else None
    if not isinstance(payload, str) or not _SHA.fullmatch(payload):
        raise OkxlintError(f"the event's payload names no commit as {'.'.join(names)}")
    return payload


if __name__ == "__main__":
    sys.exit(main(os.environ))

"""A pull request as GitHub keeps it, and what actions/checkout makes of it in a workspace."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.action_runner import Runner

Files = Mapping[str, str | None]
"""Texts by path; ``None``: the file goes."""

_WHO = {
    f"GIT_{who}_{what}": text
    for who in ("AUTHOR", "COMMITTER")
    for what, text in (("NAME", "okxlint"), ("EMAIL", "security@example.com"))
}
_PLAIN = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def plain_environment() -> dict[str, str]:
    """The variables of someone who has configured no git."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    return kept | _PLAIN | _WHO


def git(folder: Path, *arguments: str) -> str:
    """Run git; returns what it prints."""
    command = ["git", *arguments]
    environment = plain_environment()
    done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return os.fsdecode(done.stdout).strip()


def commit(folder: Path, files: Files) -> str:
    """Commit a change; returns the commit's id."""
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "-q", "--allow-empty", "-m", "keys")
    return git(folder, "rev-parse", "HEAD")


class PullRequest:
    """A branch that is to become part of main, and what GitHub has merged of the two."""

    def __init__(self, folder: Path, base: Files, head: Files, branch: str = "keys") -> None:
        self._folder = folder
        self.origin = folder / "origin"
        self.workspace = folder / "workspace"
        for path in (self.origin, self.workspace):
            path.mkdir(parents=True)
            git(path, "init", "-q", "-b", "main")
        self.base = commit(self.origin, base)
        git(self.origin, "checkout", "-q", "-b", branch)
        self.head = commit(self.origin, head)
        self.merge = self._merged()

    def _merged(self) -> str:
        """What GitHub makes of a pull request: a commit that the base is the first parent of."""
        git(self.origin, "checkout", "-q", "--detach", self.base)
        git(self.origin, "merge", "-q", "--no-ff", "--no-edit", self.head)
        merge = git(self.origin, "rev-parse", "HEAD")
        git(self.origin, "update-ref", "refs/pull/1/merge", merge)
        return merge

    def check_out(self, ref: str = "refs/pull/1/merge", depth: int = 2) -> None:
        """Do what actions/checkout does; depth 0 is everything."""
        shallow = [f"--depth={depth}"] if depth else []
        all_ = [] if depth else ["+refs/heads/*:refs/remotes/origin/*"]
        origin = self.origin.as_uri()
        git(self.workspace, "fetch", "-q", "--no-tags", *shallow, origin, ref, *all_)
        git(self.workspace, "checkout", "-q", "--force", "--detach", "FETCH_HEAD")

    def runner(self, event: str = "pull_request", **variables: str) -> Runner:
        """The machine that an event starts."""
        payload = self._folder / "event.json"
        shas = {"base": {"sha": self.base}, "head": {"sha": self.head}}
        group = {"base_sha": self.base, "head_sha": self.merge}
        payload.write_text(json.dumps({"pull_request": shas, "merge_group": group}))
        event_variables = {
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(payload),
            "GITHUB_SHA": self.merge,
        }
        return Runner(self.workspace, self._folder / "temp", **event_variables | variables)

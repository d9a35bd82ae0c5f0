"""A git repository with a base on ``main`` and a change to it in the work tree, to be checked."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from okxlint.check import Request, run_check
from okxlint.engine import Question
from okxlint.loading import Wanted
from okxlint.model import Finding, Report
from tests.conftest import DAY

Files = Mapping[str, str]
"""Texts by path."""

MANIFEST = """\
version: 1
accounts:
  - {name: main, type: master}
  - {name: gridbot01, type: sub, parent: main}
apps:
  - name: grid-bot
    owner: quant-desk
    purpose: Grid trading on BTC-USDT
    needs: [read_only, trade]
    egress: [203.0.113.0/29]
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    ip_allowlist: [203.0.113.2]
    created: 2026-10-01
    last_reviewed: 2026-11-01
    last_used: 2026-11-20
    environment: live
    status: active
    key_id: 7a031a2b
    secret_ref: vault://trading/okx/gridbot
  - label: gridbot-demo
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    created: 2026-09-20
    environment: demo
"""
"""An inventory in which nothing is wrong on the day of the tests."""
POLICY = "version: 1\nextends: recommended\n"


def plain_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make git know nothing of the machine, and of who commits."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "okxlint")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "security@example.com")


def git(folder: Path, *args: str) -> str:
    done = subprocess.run(["git", *args], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Repository:
    """A folder with a repository whose branch ``main`` has some files."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        git(folder, "init", "-q", "-b", "main")
        self.write(files)
        self.sha = self.commit()

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write files, or take them away."""
        for name, text in files.items():
            path = self.folder / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)

    def change(self, path: str, *pairs: tuple[str, str]) -> None:
        """Replace texts in a file that it has once each."""
        text = (self.folder / path).read_text()
        for old, new in pairs:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (self.folder / path).write_text(text)

    def commit(self, branch: str | None = None) -> str:
        """Commit what is there, perhaps on a new branch; the commit's id."""
        if branch:
            git(self.folder, "switch", "-q", "-c", branch)
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "--allow-empty", "-m", "keys")
        return git(self.folder, "rev-parse", "HEAD")

    def check(
        self,
        *paths: str,
        base: str | None = "main",
        policy_ref: str | None = None,
        cwd: str = ".",
        **more: Any,
    ) -> Report:
        """What a check of the work tree says."""
        asked = {name: more.pop(name) for name in ("select", "horizon") if name in more}
        wanted = Wanted(cwd=str((self.folder / cwd).resolve()), paths=paths)
        question = Question(more.pop("as_of", DAY), **asked)
        return run_check(Request(question, wanted, base=base, policy_ref=policy_ref, **more))


def said(findings: tuple[Finding, ...]) -> list[str]:
    """Findings as ``rule:severity value``, in their order."""
    return [f"{each.rule}:{each.severity.word} {each.value}" for each in findings]


def new(report: Report) -> list[str]:
    """The new findings of a report."""
    return said(tuple(each for each in report.findings if each.new))


def places(report: Report, rule: str) -> list[str]:
    """Where a rule finds something: ``path:line:column text``, as far as the line goes."""
    told = []
    for each in report.findings:
        if each.rule == rule:
            path, line, column, _, end = each.location
            excerpt = report.excerpts.get(path)
            text = excerpt.line(line)[column - 1 : end - 1] if excerpt else ""
            told.append(f"{path}:{line}:{column} {text}".rstrip())
    return told


def told(report: Report) -> list[str]:
    """What the report does not know, accepted or not."""
    return [f"{each.kind}{' accepted' if each.accepted else ''}" for each in report.unknown]

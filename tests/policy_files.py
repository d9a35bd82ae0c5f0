"""Policies in files of their own: written to a folder, loaded, and what is said of them."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from okxlint.documents.reader import read
from okxlint.engine import Question, judge
from okxlint.errors import PolicyError
from okxlint.manifest import load as load_inventory
from okxlint.paths import Tree
from okxlint.policy import Policy
from okxlint.policy.file import load
from okxlint.secrets.redact import Redactor
from tests.conftest import DAY

HEAD = "version: 1\n"
Texts = Mapping[str, str]


def write(folder: Path, files: Texts) -> Path:
    """Write files; a policy's text is given without its first line."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        has_head = not name.endswith((".yaml", ".yml")) or re.search("(?m)^version", text)
        head = "" if has_head else HEAD
        path.write_text(head + text)
    return folder


def policy_in(folder: Path, files: Texts, named: str | None = None, cwd: str = ".") -> Policy:
    """The policy of a repository with these files."""
    write(folder, files)
    return load(named, str((folder / cwd).resolve()), Tree(str(folder.resolve()), git=True))


def errors_in(folder: Path, files: Texts, named: str | None = None) -> list[str]:
    """What is wrong with the policy of a repository with these files, line by line."""
    with pytest.raises(PolicyError) as caught:
        policy_in(folder, files, named)
    assert caught.value.exit_code == 2
    return caught.value.message.split("\n")


def options_of(policy: Policy, rule: str = "max-age", target: Any = None) -> Any:
    """A rule's options, for all or for one object."""
    return policy.setting(rule, target).options


def word_of(policy: Policy, rule: str, target: Any = None) -> str:
    """A rule's severity as a policy writes it."""
    severity = policy.setting(rule, target).severity
    return severity.word if severity else "off"


def install(site: Path, name: str, packs: Texts, package: str = "acme_packs") -> None:
    """Install a distribution with packs, by hand: one on a path of Python's modules."""
    points = "".join(f"{pack} = {package}\n" for pack in packs if "/" not in pack)
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/entry_points.txt": f"[okxlint.packs]\n{points}",
        f"{package}/__init__.py": "raise AssertionError('a pack is data: nothing is imported')\n",
        **{f"{package}/{pack}.yaml": text for pack, text in packs.items()},
    }
    write(site, files)
    importlib.invalidate_caches()


def judged(
    policy: Policy,
    manifests: Texts,
    select: str | None = None,
    ignore: str = "",
    as_of: date = DAY,
) -> list[str]:
    """What is found in manifests by path: ``RULE:SEVERITY NAME``, sorted."""
    files = [read(path, text.encode()) for path, text in manifests.items()]
    inventory, flaws = load_inventory(files)
    question = Question(
        as_of,
        select=frozenset(select.split(",")) if select else None,
        ignore=frozenset(filter(None, ignore.split(","))),
    )
    verdict = judge(question, policy, files, inventory, flaws, Redactor(()))
    assert verdict.unknown == ()
    return sorted(
        f"{each.rule}:{each.severity.word} {each.key or each.app or each.account or ''}".strip()
        for each in verdict.findings
    )

"""Drafts beside manifests that are there already: files of their own, nothing declared twice."""

from __future__ import annotations

import os.path
from collections.abc import Sequence
from typing import NamedTuple

from okxlint.errors import OkxlintError
from okxlint.loading import Wanted, load_files
from okxlint.manifest import load
from okxlint.paths import Tree, find_tree, is_named
from okxlint.policy import Policy
from okxlint.policy import file as policy_file
from okxlint.secrets.redact import Redactor
from okxlint.starter import FURTHER, POLICY, Declared, further_manifest
from okxlint.starter.configurations import Draft


class Further(NamedTuple):
    """What is written besides, and what is not."""

    files: dict[str, str]
    """Texts by paths below the folder."""
    declared: tuple[str, ...]
    """The labels of keys that are declared already."""


def beside(folder: str, account: str, owner: str, drafts: Sequence[Draft]) -> Further:
    """Manifests of what a folder's own do not declare yet, one for each program.

    ``folder`` is absolute. ``account`` is the one to declare if none is. Raises ``OkxlintError``
    if what is declared cannot be told, or if there is no place for the drafts.
    """
    has_policy = os.path.lexists(os.path.join(folder, POLICY))
    # Without a policy of its own the folder gets one, which takes the usual manifests in it.
    tree = find_tree(folder) if has_policy else Tree(folder, git=False)
    policy = policy_file.load(None, folder, tree)
    loaded = load_files(Wanted(folder), tree, policy)
    inventory, flaws = load(loaded.files)
    wrong = dict.fromkeys([*loaded.unreadable, *(flaw.place.source.path for flaw in flaws)])
    if wrong:
        shown = Redactor(()).clean(", ".join(wrong))
        raise OkxlintError(
            f"what is declared already cannot be told: {shown} is not right",
            "'okxlint check' says what to mend. Nothing was written.",
        )
    accounts = {each.name for each in inventory.accounts}
    account = next((a.name for a in inventory.accounts if a.type == "master"), account)
    apps = {each.name for each in inventory.apps}
    labels = {key.label.lower() for key in inventory.keys}
    new = [draft for draft in drafts if draft.label.lower() not in labels]
    files = {}
    for program in dict.fromkeys(draft.program for draft in new):
        path = f"{FURTHER}/{program}.yaml"
        _refuse(folder, path, policy, tree)
        ours = [draft for draft in new if draft.program == program]
        files[path] = further_manifest(account, owner, ours, Declared(accounts, apps))
        accounts.add(account)
        apps |= {draft.app for draft in ours}
    return Further(files, tuple(draft.label for draft in drafts if draft not in new))


def _refuse(folder: str, path: str, policy: Policy, tree: Tree) -> None:
    """Raise ``OkxlintError`` if a file is there already, or if the policy would not look at it."""
    there = os.path.join(folder, path)
    if os.path.lexists(there):
        raise OkxlintError(
            f"nothing is overwritten, and {path} is there already",
            "Move it aside, or name another folder. Nothing was written.",
        )
    if not is_named(there, [(base or tree.root, glob) for base, glob in policy.manifests]):
        raise OkxlintError(
            f"there are manifests already, and the policy's 'manifests' do not take {path}",
            f"Add {path} to 'manifests' in {POLICY}. Nothing was written.",
        )

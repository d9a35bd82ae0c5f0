"""What of a snapshot no manifest declares yet."""

from __future__ import annotations

import os.path

from okxlint.drafts import Draft, drafts_of
from okxlint.errors import OkxlintError
from okxlint.loading import Wanted, load_files
from okxlint.manifest import load
from okxlint.paths import find_tree
from okxlint.policy import file as policy_file
from okxlint.reconciliation import reconcile
from okxlint.snapshot import Snapshot


def undeclared(snapshot: Snapshot, cwd: str, folder: str, policy: str | None) -> list[Draft]:
    """Drafts of the accounts and keys that neither the inventory nor ``folder`` declares.

    A key that is declared under another label is declared. Raises ``OkxlintError`` if the policy
    is not right, or if a manifest cannot be read as a whole: what it declares is not known then.
    """
    tree = find_tree(cwd)
    paths = (folder,) if os.path.isdir(os.path.join(cwd, folder)) else ()
    loaded = load_files(Wanted(cwd, paths), tree, policy_file.load(policy, cwd, tree))
    problems = [unknown.message for unknown in loaded.unreadable.values()]
    inventory, flaws = load(loaded.files)
    problems += sorted({flaw.place.source.path for flaw in flaws})
    if problems:
        raise OkxlintError(
            f"what is declared already cannot be told: {', '.join(dict.fromkeys(problems))} "
            "is not right",
            "'okxlint check' says what to mend. Nothing was written.",
        )
    found = reconcile(inventory, [snapshot]).found
    keys = {
        name: [each.live for each in of_account if each.declared is None]
        for name, of_account in found.items()
    }
    return list(drafts_of(snapshot, keys, inventory.account_names))

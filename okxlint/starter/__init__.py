"""The first files of a repository that declares its keys."""

from __future__ import annotations

import os.path
from collections.abc import Sequence

from okxlint.resources import folder
from okxlint.starter.configurations import Draft

_HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = "okx-keys.schema.json"
MANIFEST = "okx-keys.yaml"
_HEAD = f"""\
# yaml-language-server: $schema={SCHEMA}
# The OKX API keys of this desk. Nothing secret belongs here: a key's name on OKX, not its secret.
version: 1
"""
_EXAMPLE = """\
keys: []
#  - label: gridbot-2026q4           # the key's name on OKX
#    account: {account}
#    app: grid-bot                   # declared under 'apps'
#    permissions: [read_only, trade]
#    ip_allowlist: [203.0.113.7]     # the addresses it is bound to
#    created: 2026-10-01
#    secret_ref: vault://trading/okx/gridbot
"""


def starter_files(account: str, owner: str, drafts: Sequence[Draft]) -> dict[str, str]:
    """The texts of all files by their paths, in the order in which they are told of."""
    return {
        MANIFEST: manifest(account, owner, drafts),
        SCHEMA: _text(folder("schemas"), "manifest.schema.json"),
        "okxlint.yaml": _text(_HERE, "policy.yaml"),
        ".pre-commit-config.yaml": _text(_HERE, "hooks.yaml"),
        ".github/workflows/okxlint.yml": _text(_HERE, "workflow.yml"),
    }


def manifest(account: str, owner: str, drafts: Sequence[Draft]) -> str:
    """A first manifest: one master account, and what configurations name."""
    lines = [_HEAD + f"accounts:\n  - name: {_quoted(account)}\n    type: master\n"]
    lines.append("apps:\n" if drafts else "apps: []\n")
    for app in dict.fromkeys(draft.app for draft in drafts):
        lines.append(f"  - name: {_quoted(app)}\n    needs: [read_only, trade]  # TODO check\n")
        lines.append(f"    owner: {_quoted(owner)}\n" if owner else "    # TODO owner, purpose\n")
    lines.append("keys:\n" if drafts else _EXAMPLE.format(account=account))
    for draft in drafts:
        lines += [
            f"  - label: {_quoted(draft.label)}  # TODO the key's name on OKX\n",
            f"    account: {_quoted(account)}  # TODO the account it belongs to\n",
            f"    app: {_quoted(draft.app)}\n",
            "    permissions: [read_only, trade]  # TODO what it holds on OKX\n",
            f"    environment: {draft.environment}\n",
            "    # TODO ip_allowlist, created, secret_ref, last_reviewed\n",
        ]
    return "".join(lines)


def _quoted(text: str) -> str:
    """A text as YAML in single quotes, which know no escapes but their own."""
    return "'" + text.replace("'", "''") + "'"


def _text(where: str, name: str) -> str:
    with open(os.path.join(where, name), encoding="utf-8") as stream:
        return stream.read()

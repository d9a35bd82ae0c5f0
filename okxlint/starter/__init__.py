"""The first files of a repository that declares its keys."""

from __future__ import annotations

import os.path
from collections.abc import Iterable, Sequence
from datetime import date

from okxlint.drafts.scalars import scalar
from okxlint.resources import folder
from okxlint.starter.configurations import Draft

_HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = "okx-keys.schema.json"
MANIFEST = "okx-keys.yaml"
OF_THE_REPOSITORY = (".pre-commit-config.yaml", ".github/workflows/okxlint.yml")
"""What is looked for at the top of a repository alone."""
_HEAD = """\
# yaml-language-server: $schema={schema}
# The OKX API keys of this desk. Nothing secret belongs here: a key's name on OKX, not its secret.
version: 1
"""
# Without their '#' the examples are what they would be, and check clean.
_EXAMPLES = """\
apps:
#  - name: grid-bot
#    owner: {owner}
#    purpose: Grid trading on BTC-USDT
#    needs: [trade]
#    egress: [203.0.113.7]           # the addresses from which it connects
keys:
#  - label: gridbot-demo             # the key's name on OKX
#    account: {account}
#    app: grid-bot                   # declared under 'apps'
#    environment: demo
#    permissions: [read_only, trade]
#    ip_allowlist: [203.0.113.7]     # the addresses it is bound to
#    created: {day}             # as OKX shows it, a UTC day
#    secret_ref: vault://trading/okx/gridbot-demo
"""


def starter_files(account: str, owner: str, drafts: Sequence[Draft], today: date) -> dict[str, str]:
    """The texts of all files by their paths, in the order in which they are told of."""
    return {
        MANIFEST: manifest(account, owner, drafts, today),
        SCHEMA: _text(folder("schemas"), "manifest.schema.json"),
        "okxlint.yaml": _text(_HERE, "policy.yaml"),
        OF_THE_REPOSITORY[0]: _text(_HERE, "hooks.yaml"),
        OF_THE_REPOSITORY[1]: _text(_HERE, "workflow.yml"),
    }


def manifest(account: str, owner: str, drafts: Sequence[Draft], today: date) -> str:
    """A first manifest: one master account, and what configurations name."""
    head = _HEAD.format(schema=SCHEMA)
    head += f"accounts:\n  - name: {scalar(account)}\n    type: master\n"
    if drafts:
        return head + "".join(_drafted(account, owner, drafts))
    return head + _EXAMPLES.format(
        account=scalar(account), owner=scalar(owner or "quant-desk"), day=today
    )


def draft_files(account: str, owner: str, drafts: Sequence[Draft]) -> dict[str, str]:
    """The drafts of each program as a manifest of its own, beside one that is there already."""
    files = {}
    for program in dict.fromkeys(draft.program for draft in drafts):
        ours = [draft for draft in drafts if draft.program == program]
        head = _HEAD.format(schema=f"../{SCHEMA}")
        files[f"okx-keys/{program}.yaml"] = head + "".join(_drafted(account, owner, ours))
    return files


def _drafted(account: str, owner: str, drafts: Sequence[Draft]) -> Iterable[str]:
    yield "apps:\n"
    for app in dict.fromkeys(draft.app for draft in drafts):
        yield f"  - name: {scalar(app)}\n    needs: [read_only, trade]  # TODO check\n"
        yield f"    owner: {scalar(owner)}\n" if owner else "    # TODO owner, purpose\n"
    yield "keys:\n"
    for draft in drafts:
        yield f"  - label: {scalar(draft.label)}  # TODO the key's name on OKX\n"
        yield f"    account: {scalar(account)}  # TODO the account it belongs to\n"
        yield f"    app: {scalar(draft.app)}\n"
        yield "    permissions: [read_only, trade]  # TODO what it holds on OKX\n"
        yield f"    environment: {draft.environment}\n"
        yield "    # TODO ip_allowlist, created, secret_ref, last_reviewed\n"


def _text(where: str, name: str) -> str:
    with open(os.path.join(where, name), encoding="utf-8") as stream:
        return stream.read()

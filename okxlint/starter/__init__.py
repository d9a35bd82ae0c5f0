"""The first files of a repository that declares its keys."""

from __future__ import annotations

import os.path
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from okxlint.drafts.scalars import scalar
from okxlint.resources import folder
from okxlint.starter.configurations import Draft

_HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = "okx-keys.schema.json"
MANIFEST = "okx-keys.yaml"
POLICY = "okxlint.yaml"
FURTHER = "okx-keys"
"""The folder of manifests besides the first."""
OF_THE_REPOSITORY = (".pre-commit-config.yaml", ".github/workflows/okxlint.yml")
"""What is looked for at the top of a repository alone."""
_HEAD = """\
# yaml-language-server: $schema={schema}
# The OKX API keys of this desk. Nothing secret belongs here: a key's name on OKX, not its secret.
version: 1
"""
_ACCOUNT = "accounts:\n  - name: {account}\n    type: master\n"
# Without their '#' the examples are what they would be, and check clean.
_EXAMPLES = """\
apps:  # the lines below are examples: take their '#' away
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
        POLICY: _text(_HERE, "policy.yaml"),
        OF_THE_REPOSITORY[0]: _text(_HERE, "hooks.yaml"),
        OF_THE_REPOSITORY[1]: _text(_HERE, "workflow.yml"),
    }


def manifest(account: str, owner: str, drafts: Sequence[Draft], today: date) -> str:
    """A first manifest: one master account, and what configurations name."""
    head = _HEAD.format(schema=SCHEMA) + _ACCOUNT.format(account=scalar(account))
    if drafts:
        return head + "".join(_drafted(account, owner, drafts))
    return head + _EXAMPLES.format(
        account=scalar(account), owner=scalar(owner or "quant-desk"), day=today
    )


class Declared(NamedTuple):
    """The names that manifests declare already."""

    accounts: Collection[str]
    apps: Collection[str]


def further_manifest(account: str, owner: str, drafts: Sequence[Draft], declared: Declared) -> str:
    """A manifest of drafts in ``okx-keys/``, which declares nothing that is declared already."""
    head = _HEAD.format(schema=f"../{SCHEMA}")
    if account not in declared.accounts:
        head += _ACCOUNT.format(account=scalar(account))
    return head + "".join(_drafted(account, owner, drafts, declared.apps))


def _drafted(
    account: str, owner: str, drafts: Sequence[Draft], declared: Collection[str] = ()
) -> Iterable[str]:
    apps = [app for app in dict.fromkeys(draft.app for draft in drafts) if app not in declared]
    if apps:
        yield "apps:\n"
    for app in apps:
        yield f"  - name: {scalar(app)}\n    needs: [read_only, trade]  # TODO check\n"
        if owner:
            yield f"    owner: {scalar(owner)}\n    # TODO purpose\n"
        else:
            yield "    # TODO owner, purpose\n"
    yield "keys:\n"
    for draft in drafts:
        yield f"  - label: {scalar(draft.label)}  # TODO the key's name on OKX\n"
        yield f"    account: {scalar(account)}  # TODO the account it belongs to\n"
        yield f"    app: {scalar(draft.app)}\n"
        yield "    permissions: [read_only, trade]  # TODO what it holds on OKX\n"
        yield f"    environment: {draft.environment}\n"
        yield "    # TODO ip_allowlist, created, secret_ref, last_reviewed\n"


def at_the_top(folder: str) -> tuple[str, ...]:
    """What to tell of a folder below a repository's top: what the files there have to say."""
    from shlex import quote

    policy = f"{folder}/{POLICY}"
    hooks, workflow = OF_THE_REPOSITORY
    return (
        f"{hooks} and {workflow} belong to the top of the repository, and were not written. There",
        f"  the hook runs: okxlint check --policy {quote(policy)} --base HEAD --new-only",
        f"  and the step of the workflow has: policy: {scalar(policy)}",
    )


def _text(where: str, name: str) -> str:
    with open(os.path.join(where, name), encoding="utf-8") as stream:
        return stream.read()

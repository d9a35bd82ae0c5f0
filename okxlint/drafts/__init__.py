"""Manifests drafted from a snapshot: what OKX knows, with a place for what only people know."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from okxlint.comparable import network
from okxlint.drafts.scalars import comment, flow, scalar
from okxlint.field_types import Permission
from okxlint.snapshot import SITES, LiveAccount, LiveKey, Snapshot

LONGEST_LABEL = 50
"""Characters of a label that a manifest takes, as OKX does."""
_TO_FILL = (
    "# TODO app: the program that uses it, declared under 'apps' with owner, purpose and needs",
    "# TODO secret_ref: where its secret is kept, for example vault://trading/okx/NAME",
    "# TODO last_reviewed, expires: the day on which somebody looked at it, its planned last day",
)
_PARTLY = {
    "self-only": "OKX told of the credential's own key alone: declare the others too.",
    "attested": "A person read these keys off OKX's page; OKX itself did not list them.",
    "failed": "The keys of this account could not be read from OKX: declare them by hand.",
}


@dataclass(frozen=True)
class Draft:
    """One account's manifest."""

    account: str
    text: str
    keys: int
    """So many keys are declared in it."""
    notes: tuple[str, ...]
    """What of the account could not be declared, and why; as the snapshot says it, uncleaned."""
    is_short: bool
    """Whether something that OKX told is not declared in it."""
    is_empty: bool
    """Whether it declares nothing, so that there is nothing to write."""


def drafts_of(
    snapshot: Snapshot,
    keys: Mapping[str, Sequence[LiveKey]] | None = None,
    declared: Collection[str] = (),
) -> Iterator[Draft]:
    """A draft for each account of a snapshot, in its order.

    ``keys`` are those to declare, by account; ``None``: all that the snapshot has. An account that
    is among ``declared`` is not declared again, and has no draft without a key to declare.
    """
    masters = [each.name for each in snapshot.accounts if each.type == "master"]
    parent = masters[0] if len(masters) == 1 else None
    for account in snapshot.accounts:
        wanted = account.keys if keys is None else tuple(keys.get(account.name, ()))
        if wanted or account.name not in declared:
            is_new = account.name not in declared
            yield _draft(snapshot, account, wanted, parent, is_new=is_new)


def _draft(
    snapshot: Snapshot,
    account: LiveAccount,
    keys: Sequence[LiveKey],
    parent: str | None,
    *,
    is_new: bool,
) -> Draft:
    notes: list[str] = []
    is_short = False
    if account.listing != "complete":
        notes.append(_PARTLY[account.listing] + (f" ({account.reason})" if account.reason else ""))
    blocks = []
    for key in keys:
        problem = _unfit(key)
        if problem:
            notes.append(f"key '{key.label}' is left out: {problem}")
            is_short = True
            continue
        lines, doubts = _key(key, account.name, snapshot.environment)
        blocks += lines
        notes += (f"key '{key.label}': {doubt}" for doubt in doubts)
        is_short = is_short or bool(doubts)
    body = [*_head(snapshot, notes), "version: 1"]
    if is_new:
        body += ["accounts:", *_account(snapshot, account, parent)]
    if blocks:
        body += ["keys:", *blocks]
    text = "".join(f"{line}\n" for line in body)
    return Draft(
        account=account.name,
        text=text,
        keys=sum(line.startswith("  - ") for line in blocks),
        notes=tuple(notes),
        is_short=is_short,
        is_empty=not is_new and not blocks,
    )


def _head(snapshot: Snapshot, notes: Sequence[str]) -> Iterator[str]:
    yield f"# Drafted by 'okxlint import' from what OKX said on {snapshot.taken_at.date()}."
    yield "# Every TODO asks for what only people know."
    yield from (f"# NOTE {comment(note)}" for note in notes)


def _account(snapshot: Snapshot, account: LiveAccount, parent: str | None) -> Iterator[str]:
    yield f"  - name: {scalar(account.name)}"
    yield f"    type: {account.type}"
    if account.type == "master":
        if account.uid and "*" not in account.uid:
            yield f"    uid: {scalar(account.uid)}"
        if snapshot.site in SITES:
            yield f"    site: {snapshot.site}"
    elif parent is not None:
        yield f"    parent: {scalar(parent)}"


def _unfit(key: LiveKey) -> str:
    """Why no manifest can declare a key; empty if one can."""
    if not key.label:
        return "it has no label"
    if len(key.label) > LONGEST_LABEL:
        return f"its label has {len(key.label)} characters, and a manifest takes {LONGEST_LABEL}"
    return ""


def _key(key: LiveKey, account: str, environment: str) -> tuple[list[str], list[str]]:
    """A key's lines, and what of it could not be declared."""
    known = get_args(Permission)
    permissions = [word for word in known if word in key.rights]
    doubts = [f"okxlint knows no permission '{p}'" for p in key.permissions if p not in known]
    entries = []
    for text in key.ips:
        address = network(text)
        if address is None:
            doubts.append(f"'{text}' is no address, and left out")
        else:
            entries.append(address.text)
    fields = [
        f"- label: {scalar(key.label)}",
        f"  account: {scalar(account)}",
        f"  permissions: {flow(permissions)}",
    ]
    if entries:
        fields.append(f"  ip_allowlist: {flow(entries)}")
    if key.day:
        fields.append(f"  created: {key.day}")
    fields += [f"  environment: {environment}", "  status: active"]
    if key.key_id:
        fields.append(f"  key_id: {scalar(key.key_id)}")
    fields += (f"  {line}" for line in _TO_FILL)
    return [f"  {line}" for line in fields], doubts

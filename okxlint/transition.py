"""The same key before a change, and where something is found that no manifest has any more."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from okxlint.address import BITS, Address
from okxlint.documents.source import Source
from okxlint.inventory import App, Inventory, Key
from okxlint.model import CURRENT
from okxlint.origin import Place
from okxlint.rule import Run

_HIGHEST = 1 << BITS[6]
"""Beyond all addresses."""


def before(key: Key, run: Run[Any]) -> Key | None:
    """The key as the base has it; ``None`` if the base has no such key.

    It is the same if account and label are, unless both ``created`` and ``key_id`` differ: then it
    was made anew under an old label.
    """
    named = run.base.keys_named(key.account, key.label) if run.base else []
    same = [each for each in named if not made_anew(each, key)]
    return min(same, key=lambda each: (each.status not in CURRENT, each.order), default=None)


def made_anew(old: Key, new: Key) -> bool:
    """Whether a key of the same account and label is another one. What is not said is no proof."""
    if not (old.created and new.created and old.key_id and new.key_id):
        return False
    return old.created != new.created and not _agree(old.key_id, new.key_id)


def _agree(one: str, other: str) -> bool:
    """Whether two ids agree on all digits that both have; of an id they are the last."""
    one, other = (text.replace("-", "").lower() for text in (one, other))
    length = min(len(one), len(other))
    return one[-length:] == other[-length:]


def egress_of(key: Key, inventory: Inventory) -> list[Address]:
    """From where the key's apps connect, as an inventory has it."""
    return [entry for app in inventory.apps_of(key) for entry in app.egress]


def outside(entries: Sequence[Address], allowed: Sequence[Address]) -> Iterator[int]:
    """The numbers of the entries that do not lie within allowed ones, or several together."""
    # Put together once: both lists may be long.
    reach: list[tuple[int, int, int]] = []
    for version, first, last in sorted((each.version, each.first, each.last) for each in allowed):
        if reach and reach[-1][0] == version and reach[-1][2] + 1 >= first:
            reach[-1] = version, reach[-1][1], max(last, reach[-1][2])
        else:
            reach.append((version, first, last))
    for number, entry in enumerate(entries):
        at = bisect_right(reach, (entry.version, entry.first, _HIGHEST)) - 1
        version, _, last = reach[at] if at >= 0 else (0, 0, 0)
        if version != entry.version or last < entry.last:
            yield number


def app_before(app: App, run: Run[Any]) -> App | None:
    """The app of that name as the base has it."""
    return run.base.app(app.name) if run.base else None


def place_of_account(name: str, label: str, run: Run[Any]) -> Place:
    """Where something about an account is found that has no line of its own.

    At the account's ``name``, else at its first key, else at line 1 of the policy file, else at
    the pseudo path ``okx-live/<account>/<label>``.
    """
    account = run.inventory.account(name)
    if account:
        return account.origin.label
    keys = run.inventory.keys_of_account(name)
    if keys:
        return min(keys, key=lambda key: key.order).origin.label
    return run.top or Place(Source(f"okx-live/{name}/{label}", ""), 0, 0)

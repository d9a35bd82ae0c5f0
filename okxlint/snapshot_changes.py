"""What changed on OKX between two snapshots of the same accounts, and what cannot be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Literal, NamedTuple

from okxlint.comparable import may_be, spans
from okxlint.errors import OkxlintError
from okxlint.snapshot import Auditor, LiveAccount, LiveKey, Snapshot

Kind = Literal[
    "account-appeared", "account-gone", "account-changed", "listing-changed",
    "key-appeared", "key-gone", "key-renamed", "key-changed", "key-made-anew",
    "auditor-changed",
]  # fmt: skip
FLAGS = ("type", "enabled", "two_factor", "can_transfer_out")


class Change(NamedTuple):
    """One thing that is otherwise than before; texts are as OKX says them."""

    kind: Kind
    account: str
    key: str | None = None
    """Its label in the new snapshot, else in the old one."""
    field: str | None = None
    """What of it changed: ``permissions``, ``ips``, ``label`` …"""
    old: str | None = None
    new: str | None = None


class Unseen(NamedTuple):
    """What could not be compared."""

    account: str
    reason: str
    counts: bool = True
    """Whether it makes a comparison incomplete; a master's other keys OKX lists to nobody."""


class Difference(NamedTuple):
    """All that two snapshots tell together, in the order of accounts and keys."""

    changes: tuple[Change, ...]
    unseen: tuple[Unseen, ...]


def difference(old: Snapshot, new: Snapshot) -> Difference:
    """What changed from one snapshot to another.

    Raises ``OkxlintError`` if they are not of the same accounts: another site, environment or
    master account.
    """
    _check(old, new)
    before = {account.name: account for account in old.accounts}
    after = {account.name: account for account in new.accounts}
    changes = list(_auditor(old.auditor, new.auditor))
    unseen: list[Unseen] = []
    for name in sorted(before.keys() | after.keys()):
        was, is_ = before.get(name), after.get(name)
        if was is None and is_ is not None:
            changes.append(Change("account-appeared", name, new=is_.type))
            changes += (_appeared(name, key) for key in is_.keys)
            unseen += _not_listed(is_)
            if is_.listing == "self-only":
                unseen.append(_self_only(is_))
        elif is_ is None and was is not None:
            changes.append(Change("account-gone", name, old=was.type))
            changes += (_gone(name, key) for key in was.keys)
        elif was is not None and is_ is not None:
            changes += _account(was, is_)
            pairing = _Pairing(was, is_)
            changes += pairing.changes()
            unseen += pairing.unseen()
    return Difference(tuple(changes), tuple(unseen))


def _check(old: Snapshot, new: Snapshot) -> None:
    uids = old.auditor.uid, new.auditor.uid
    differ = {
        "site": (old.site, new.site),
        "environment": (old.environment, new.environment),
        "account": (old.auditor.account, new.auditor.account),
        "uid": ("", "") if may_be(*uids) else uids,
    }
    for what, (one, other) in differ.items():
        if one != other:
            raise OkxlintError(
                f"the snapshots are not of the same accounts: the {what} is {one} in {old.path}, "
                f"and {other} in {new.path}",
                "Compare two snapshots that one credential's account took of one environment.",
            )
    if old.taken_at > new.taken_at:
        raise OkxlintError(
            f"{old.path} was taken after {new.path}", "Give the older snapshot first."
        )


def _auditor(old: Auditor, new: Auditor) -> Iterator[Change]:
    pairs = {
        "label": (old.label, new.label),
        "permissions": (joined(old.permissions), joined(new.permissions)),
        "ips": (joined(old.ips), joined(new.ips)),
    }
    for what, (one, other) in pairs.items():
        if one != other:
            yield Change("auditor-changed", new.account, None, what, one, other)


def _account(old: LiveAccount, new: LiveAccount) -> Iterator[Change]:
    for name in FLAGS:
        one, other = getattr(old, name), getattr(new, name)
        if one != other and None not in (one, other):
            yield Change("account-changed", new.name, None, name, _word(one), _word(other))
    if old.listing != new.listing:
        yield Change("listing-changed", new.name, None, "listing", old.listing, new.listing)


def _self_only(account: LiveAccount, others: str = "") -> Unseen:
    reason = f"OKX told of the credential's own key alone{others}"
    return Unseen(account.name, reason, counts=bool(others) or account.type != "master")


def _not_listed(account: LiveAccount) -> Iterator[Unseen]:
    if account.listing == "failed":
        yield Unseen(account.name, f"its keys could not be read: {account.reason or 'no reason'}")


class _Pairing:
    """The keys of one account before and after: which is which."""

    def __init__(self, old: LiveAccount, new: LiveAccount) -> None:
        self.old, self.new = old, new
        self.before, self.after = list(old.keys), list(new.keys)
        self.pairs: list[tuple[LiveKey, LiveKey]] = []
        # In this order: an id says more than a name, a name more than what keys are like.
        self._pair(lambda key: key.key_id)
        self._pair(lambda key: (key.label, *_like(key)), alike=True)
        self._pair(lambda key: key.label)
        self._pair(lambda key: _like(key) if key.created else None)

    def _pair(self, what: Callable[[LiveKey], Hashable], *, alike: bool = False) -> None:
        """Pair what is alike on both sides once only; ``alike``: which of several does not matter.

        Two keys whose ids are known and differ are never one, but for one label made anew.
        """
        before, after = _groups(self.before, what), _groups(self.after, what)
        for like, olds in before.items():
            news = after.get(like, [])
            if alike or (len(olds) == len(news) == 1):
                for one, other in zip(olds, news, strict=False):
                    if one.label == other.label or not _differ(one, other):
                        self.pairs.append((one, other))
                        _take(self.before, one)
                        _take(self.after, other)

    def changes(self) -> Iterator[Change]:
        """What the keys tell, in the order of labels."""
        name = self.new.name
        found = [change for one, other in self.pairs for change in _key(name, one, other)]
        if self.old.listing in ("complete", "attested"):
            found += (_appeared(name, key) for key in self.after)
        if self.new.listing in ("complete", "attested"):
            found += (_gone(name, key) for key in self.before)
        yield from sorted(found, key=lambda each: (each.key or "", each.kind, each.field or ""))

    def unseen(self) -> Iterator[Unseen]:
        """Why something of the keys cannot be told."""
        name = self.new.name
        yield from _not_listed(self.new)
        if self.new.listing == "self-only":
            others = ", ".join(key.label for key in self.before)
            yield _self_only(self.new, f"; not seen any more: {others}" if others else "")
        if self.old.listing not in ("complete", "attested") and self.new.listing != "failed":
            if self.old.listing == "failed":
                yield Unseen(name, "its keys could not be read for the older snapshot")
            elif self.after:
                labels = ", ".join(key.label for key in self.after)
                yield Unseen(name, f"the older snapshot may have lacked, and not OKX: {labels}")


def _groups(
    keys: Sequence[LiveKey], what: Callable[[LiveKey], Hashable]
) -> dict[Hashable, list[LiveKey]]:
    groups: dict[Hashable, list[LiveKey]] = defaultdict(list)
    for key in keys:
        groups[what(key)].append(key)
    groups.pop(None, None)
    return groups


def _like(key: LiveKey) -> tuple[Hashable, ...]:
    return key.rights, spans(key.ips), key.created


def _take(keys: list[LiveKey], key: LiveKey) -> None:
    del keys[next(number for number, each in enumerate(keys) if each is key)]


def _differ(one: LiveKey, other: LiveKey) -> bool:
    return bool(one.key_id and other.key_id and one.key_id != other.key_id)


def _key(account: str, old: LiveKey, new: LiveKey) -> Iterator[Change]:
    if old.label != new.label:
        yield Change("key-renamed", account, new.label, "label", old.label, new.label)
    if old.rights != new.rights:
        yield Change(
            "key-changed", account, new.label, "permissions", old.rights_text, new.rights_text
        )
    if spans(old.ips) != spans(new.ips):
        yield Change("key-changed", account, new.label, "ips", joined(old.ips), joined(new.ips))
    made = _made(old), _made(new)
    if None not in made and made[0] != made[1]:
        yield Change("key-made-anew", account, new.label, "created", *made)
    elif _differ(old, new):
        yield Change("key-made-anew", account, new.label, "key_id", old.key_id, new.key_id)


def _made(key: LiveKey) -> str | None:
    if key.created is None:
        return None
    return key.created.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _appeared(account: str, key: LiveKey) -> Change:
    return Change("key-appeared", account, key.label, new=_described(key))


def _gone(account: str, key: LiveKey) -> Change:
    return Change("key-gone", account, key.label, old=_described(key))


def _described(key: LiveKey) -> str:
    made = f", created {key.day}" if key.day else ""
    return f"{key.rights_text}, bound to {joined(key.ips) or 'no address'}{made}"


def joined(texts: Sequence[str]) -> str:
    """Texts as one compares them: sorted, parted by commas."""
    return ",".join(sorted(texts))


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

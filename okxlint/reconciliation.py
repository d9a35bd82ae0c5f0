"""The declared keys beside those that exist on OKX: which is which, and what could not be compared.

Keys are the same by account and label, within the environment that a snapshot is of. A key whose
id, or whose permissions, addresses and day of creation, are those of a declared key that has no
other counterpart was renamed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from okxlint.comparable import may_be, spans, spans_of
from okxlint.inventory import Inventory, Key
from okxlint.model import CURRENT
from okxlint.snapshot import LiveAccount, LiveKey, Snapshot

ID_DIGITS = 4
"""So many digits of two key ids say at least whether they can be the same."""

T = TypeVar("T")


class Reading(NamedTuple):
    """What one snapshot tells of one account."""

    account: LiveAccount
    snapshot: Snapshot

    @property
    def is_auditors(self) -> bool:
        """Whether it is the account of the credential that read OKX."""
        return self.account.name == self.snapshot.auditor.account

    def may_have(self, uid: str | None) -> bool:
        """Whether the account can be the one that is declared with a uid."""
        return may_be(uid, self.account.uid)


class Twin(NamedTuple):
    """The key on OKX that a declared key is."""

    live: LiveKey
    renamed: bool = False
    """Whether it has another label there."""

    def is_bound_like(self, key: Key) -> bool:
        """Whether it is bound to the very addresses that are declared, as networks."""
        return spans(self.live.ips) == spans_of(key.ip_allowlist)


class Found(NamedTuple):
    """A key on OKX whose label no manifest declares."""

    live: LiveKey
    reading: Reading
    declared: Key | None = None
    """The declared key that it is, under another label."""
    namesake: Key | None = None
    """A declared key that has its label and is another key."""


@dataclass(frozen=True, eq=False)
class Reconciliation:
    """One inventory beside what one or more snapshots tell. Read only."""

    readings: Mapping[tuple[str, str], Reading]
    """By account and environment; of two snapshots the later one tells."""
    snapshots: tuple[Snapshot, ...]
    twins: Mapping[Key, Twin]
    found: Mapping[str, tuple[Found, ...]]
    """By account."""
    lacking: frozenset[str] = frozenset()
    """The declared sub-accounts that OKX does not have."""

    def reading_of(self, key: Key) -> Reading | None:
        """What is known of the account of a key, in the key's environment."""
        return self.readings.get((key.account, key.environment))

    def of_account(self, name: str) -> Iterator[Reading]:
        """What is known of an account, by environment."""
        for environment in ("live", "demo"):
            if (name, environment) in self.readings:
                yield self.readings[name, environment]

    @property
    def account_names(self) -> tuple[str, ...]:
        """The accounts that the snapshots tell of, in the order of names."""
        return tuple(sorted({name for name, _ in self.readings}))

    @property
    def coverage(self) -> tuple[tuple[str, str, int], ...]:
        """Accounts as (name, listing, keys on OKX), as reports tell them."""
        return tuple(
            (account.name, account.listing, len(account.keys))
            for _, (account, _) in sorted(self.readings.items())
        )


def reconcile(inventory: Inventory, snapshots: Iterable[Snapshot]) -> Reconciliation:
    """An inventory beside snapshots."""
    in_time = sorted(snapshots, key=lambda each: (each.taken_at, each.path))
    readings: dict[tuple[str, str], Reading] = {
        (account.name, snapshot.environment): Reading(account, snapshot)
        for snapshot in in_time
        for account in snapshot.accounts
    }
    twins: dict[Key, Twin] = {}
    found: dict[str, list[Found]] = {}
    for (name, environment), reading in sorted(readings.items()):
        declared = [
            key for key in inventory.keys_of_account(name) if key.environment == environment
        ]
        pairing = _Pairing(declared, reading)
        twins |= pairing.twins
        others = [key for key in inventory.keys_of_account(name) if key.environment != environment]
        found.setdefault(name, []).extend(pairing.found(inventory, others))
    return Reconciliation(
        readings,
        tuple(in_time),
        twins,
        {name: tuple(each) for name, each in found.items()},
        frozenset(_lacking(inventory, readings)),
    )


def _lacking(inventory: Inventory, readings: Mapping[tuple[str, str], Reading]) -> Iterator[str]:
    # What the demo environment has of sub-accounts is not documented: it makes nothing missing.
    masters = {
        name
        for (name, environment), reading in readings.items()
        if environment == "live" and reading.is_auditors and reading.account.type == "master"
    }
    declared = {account.name for account in inventory.accounts if account.type == "master"}
    for account in inventory.accounts:
        parents = {account.parent} if account.parent else declared or masters
        listed = bool(parents) and parents <= masters
        if account.type == "sub" and listed and (account.name, "live") not in readings:
            yield account.name


class _Pairing:
    """Finds for each key of one account on OKX the declared key that it is."""

    def __init__(self, declared: Sequence[Key], reading: Reading) -> None:
        self.declared = declared
        self.reading = reading
        self.twins: dict[Key, Twin] = {}
        taken = self._pair_by_label(reading.account.keys)
        self.left = [live for n, live in enumerate(reading.account.keys) if n not in taken]
        self.renamed: dict[int, Key] = {}
        """By the number of the key in ``left``."""
        self._pair(_id_of_live, _id_of_key)
        self._pair(_shape_of_live, _shape_of_key)

    def _pair_by_label(self, lives: Sequence[LiveKey]) -> frozenset[int]:
        """Take what has one label, the surest first; the numbers of the keys on OKX so taken."""
        named: dict[str, list[Key]] = {}
        for key in self.declared:
            named.setdefault(key.label, []).append(key)
        alike = [
            (_unlike(key, live), number, key)
            for number, live in enumerate(lives)
            for key in named.get(live.label, ())
            if not _differ(key, live)
        ]
        taken: set[int] = set()
        for _, number, key in sorted(alike, key=lambda pair: pair[:2]):
            if number not in taken and key not in self.twins:
                self.twins[key] = Twin(lives[number])
                taken.add(number)
        return frozenset(taken)

    def _pair(
        self,
        of_live: Callable[[LiveKey], Hashable],
        of_key: Callable[[Key], Hashable],
    ) -> None:
        """Take as renamed what is alike, if it is the only one so on either side."""
        alone = [n for n in range(len(self.left)) if n not in self.renamed]
        lives = _single(alone, lambda number: of_live(self.left[number]))
        keys = _single((key for key in self.declared if key not in self.twins), of_key)
        for what, number in lives.items():
            key = keys.get(what)
            if key is not None and not _differ(key, self.left[number]):
                self.twins[key] = Twin(self.left[number], renamed=True)
                self.renamed[number] = key

    def found(self, inventory: Inventory, others: Iterable[Key]) -> Iterator[Found]:
        """The keys on OKX that are not declared under their label."""
        broken = {
            item.name
            for item in inventory.broken
            if item.kind == "key" and item.account == self.reading.account.name
        }
        namesakes = {key.label: key for key in (*others, *self.declared)}
        for number, live in enumerate(self.left):
            key = self.renamed.get(number)
            if key is not None or live.label not in broken:
                yield Found(live, self.reading, key, namesakes.get(live.label))


def _single(items: Iterable[T], what: Callable[[T], Hashable]) -> dict[Hashable, T]:
    """The items by what they are like, those aside of which there are several, or nothing known."""
    groups: dict[Hashable, list[T]] = {}
    for item in items:
        groups.setdefault(what(item), []).append(item)
    groups.pop(None, None)
    return {like: group[0] for like, group in groups.items() if len(group) == 1}


def _unlike(key: Key, live: LiveKey) -> tuple[bool, bool, int, tuple[str, int]]:
    """Sorts the declared keys of one label: the one that a live key most surely is comes first.

    A label may stand twice: on the current key, and on one that is revoked.
    """
    days = abs((key.created - live.day).days) if key.created and live.day else 1
    by_id = bool(key.key_id and live.key_id)  # and then they agree
    made_another_day = days > 1
    return not by_id, made_another_day, key.status not in CURRENT, key.order


def _digits(key_id: str) -> str:
    return key_id.replace("-", "").lower()[-8:]


def _differ(key: Key, live: LiveKey) -> bool:
    """Whether two keys have ids that say that they are not one."""
    if not key.key_id or not live.key_id:
        return False
    one, other = _digits(key.key_id), _digits(live.key_id)
    length = min(len(one), len(other))
    return length >= ID_DIGITS and one[-length:] != other[-length:]


def _id_of_live(live: LiveKey) -> Hashable:
    return _digits(live.key_id) if live.key_id else None


def _id_of_key(key: Key) -> Hashable:
    digits = _digits(key.key_id) if key.key_id else ""
    return digits if len(digits) == 8 else None


def _shape_of_live(live: LiveKey) -> Hashable:
    """What tells a key whose id is not known from others."""
    return (live.rights, spans(live.ips), live.day) if live.day else None


def _shape_of_key(key: Key) -> Hashable:
    # Only what is on OKX can have another name there.
    if key.created is None or key.status not in CURRENT - {"planned"}:
        return None
    return key.rights, spans_of(key.ip_allowlist), key.created

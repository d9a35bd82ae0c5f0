"""One reading of OKX: who asks, which sub-accounts there are, and which keys each has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from okxlint.address import BITS
from okxlint.comparable import may_be, network
from okxlint.live.client import AccountFailed, Client, Refused
from okxlint.live.exchange import Config, config, keys_of, sub_accounts
from okxlint.live.transport import CONNECTIONS
from okxlint.snapshot import Auditor, LiveAccount, LiveKey, Snapshot
from okxlint.snapshot.file import in_order

BASE_SECONDS = 120.0
ACCOUNT_SECONDS = 0.5
"""The whole reading takes at most ``BASE_SECONDS``, and so much for each sub-account."""
Progress = Callable[[int, int], None]
"""Called with how many sub-accounts were read, and of how many."""


@dataclass(frozen=True)
class Wanted:
    """What a reading is asked for."""

    account: str
    """The name that manifests give the credential's account."""
    uid: str | None = None
    """The one that they declare."""
    demo: bool = False
    allow_privileged: bool = False
    attested: Sequence[LiveAccount] = ()
    """What a person read off OKX's page."""


def take_snapshot(
    client: Client,
    wanted: Wanted,
    own_key_id: str | None,
    progress: Progress = lambda done, total: None,
) -> Snapshot:
    """What OKX says now. ``own_key_id`` is the last eight digits of the credential's own key.

    Raises ``Refused`` for what makes a reading impossible or unwise; an account that cannot be
    read is ``failed`` in the snapshot.
    """
    auditor = config(client)
    taken_at = datetime.fromtimestamp(client.now() // 1000, UTC)
    refuse_rights(auditor, wanted)
    refuse_others(auditor, wanted)
    own = LiveKey(auditor.label, auditor.permissions, auditor.ips, own_key_id)
    master = LiveAccount(
        name=wanted.account,
        type="master" if auditor.is_master else "sub",
        listing="self-only",
        keys=(own,),
        uid=auditor.uid,
    )
    subs = sub_accounts(client) if auditor.is_master else []
    if any(each.name == wanted.account for each in subs):
        raise Refused(
            f"'{wanted.account}' is the name of a sub-account, and the credential is the master's",
            "Give --account the name that manifests give the master.",
        )
    seconds = BASE_SECONDS + ACCOUNT_SECONDS * len(subs)
    read = _Reader(client, client.clock.monotonic() + seconds).read(subs, progress)
    return Snapshot(
        taken_at=taken_at,
        site=client.host.site,
        environment="demo" if wanted.demo else "live",
        auditor=Auditor(
            account=wanted.account,
            uid=masked(auditor.uid),
            permissions=auditor.permissions,
            ips=tuple(map(masked_address, auditor.ips)),
            label=auditor.label,
        ),
        accounts=in_order(_attested([master, *read], wanted.attested), wanted.account),
    )


def refuse_rights(auditor: Config, wanted: Wanted) -> None:
    """Raise ``Refused`` for a credential that can do more than read."""
    rights = sorted({*auditor.permissions} - {"read_only"})
    if rights and not wanted.allow_privileged:
        raise Refused(
            f"the credential holds {', '.join(rights)}, and to read is all that it needs",
            "Create a key with Read alone, bound to this machine's address. "
            "--allow-privileged-auditor goes on with this one.",
        )


def refuse_others(auditor: Config, wanted: Wanted) -> None:
    """Raise ``Refused`` for a credential of another account than the one that was named."""
    if not may_be(wanted.uid, auditor.uid):
        raise Refused(
            f"the credential is of another account: '{wanted.account}' is declared with the uid "
            f"{wanted.uid}, and OKX says {masked(auditor.uid)}",
            "Set the variables to a key of this account, or correct --account or the manifest.",
        )


class _Reader:
    """Reads the keys of sub-accounts, several at a time, until time is up."""

    def __init__(self, client: Client, deadline: float) -> None:
        self.client = client
        self.deadline = deadline

    def read(self, subs: Sequence[LiveAccount], progress: Progress) -> list[LiveAccount]:
        """The accounts with their keys, or why there are none. Raises ``Refused``."""
        pool = ThreadPoolExecutor(CONNECTIONS)
        try:
            futures = [pool.submit(self._one, account) for account in subs]
            self._until_done(futures, progress)
            return [
                future.result()
                if future.done()
                else _failed(account, "time was up before it was read")
                for account, future in zip(subs, futures, strict=True)
            ]
        finally:
            self.client.stop(Refused("the reading is over", "Begin another."))
            pool.shutdown(wait=False, cancel_futures=True)

    def _until_done(self, futures: Sequence[Future[LiveAccount]], progress: Progress) -> None:
        left = set(futures)
        progress(0, len(futures))
        while left and self.client.clock.monotonic() < self.deadline:
            # In slices, so that Ctrl-C is heard.
            done, left = wait(left, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
            if done:
                progress(len(futures) - len(left), len(futures))

    def _one(self, account: LiveAccount) -> LiveAccount:
        try:
            keys = keys_of(self.client, account.name)
        except AccountFailed as error:
            return _failed(account, str(error))
        except Refused as error:
            self.client.stop(error)
            raise
        return replace(account, listing="complete", reason=None, keys=keys)


def _failed(account: LiveAccount, reason: str) -> LiveAccount:
    return replace(account, listing="failed", reason=reason)


def _attested(
    read: Sequence[LiveAccount], attested: Sequence[LiveAccount]
) -> Iterator[LiveAccount]:
    """What OKX told, and what a person read where it did not.

    The person's list stands in for a listing that is not complete. The credential's own key, which
    OKX itself told of, stays as OKX told it; a list without it is not whole: ``Refused``.
    """
    by_name = {account.name: account for account in attested}
    for account in read:
        theirs = by_name.pop(account.name, None)
        if theirs is None or account.listing == "complete":
            yield account
            continue
        own = {key.label for key in account.keys}
        missing = own - {key.label for key in theirs.keys}
        if missing:
            raise Refused(
                f"the attested list of '{account.name}' lacks {', '.join(sorted(missing))}, the "
                "key that reads OKX: it is not the whole list",
                "Read OKX's page again, and write down every key of this environment.",
            )
        keys = (*account.keys, *(key for key in theirs.keys if key.label not in own))
        yield replace(
            account,
            listing="attested",
            reason=None,
            keys=keys,
            attested_by=theirs.attested_by,
            attested_on=theirs.attested_on,
        )
    yield from by_name.values()


def masked(uid: str) -> str:
    """A uid by its first and last digits."""
    return f"{uid[:3]}{'*' * (len(uid) - 6)}{uid[-3:]}" if len(uid) > 8 else "*" * len(uid)


def masked_address(text: str) -> str:
    """An address by its first half: ``203.0.*.*``."""
    address = network(text)
    if address is None:
        return "*"
    if address.version == 4:
        first = address.first >> BITS[4] // 2
        return f"{first >> 8}.{first & 0xFF}.*.*"
    return f"{address.first >> 112:x}:{address.first >> 96 & 0xFFFF:x}:*"

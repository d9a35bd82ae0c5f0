"""Measures a whole reading of OKX: 100 sub-accounts at the exchange of the tests, which counts requests as OKX does.

``python benchmarks/live.py``: with its limits enforced and 100 ms of latency, the reading may take 1.1 x N/10 + 1 seconds,
and no request may be refused. Exit status 1 if it is otherwise.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from okxlint.live.client import Client
from okxlint.live.credentials import read_credential
from okxlint.live.reading import Wanted, take_snapshot
from okxlint.live.sites import host_of
from tests.exchange import Books, Exchange, Key

ACCOUNTS = 100
LATENCY = 0.1


def main() -> int:
    """Measure once: the pace, not the machine, is what takes the time."""
    books = Books()
    for number in range(ACCOUNTS):
        books.add(f"bot{number:04}", Key("a"), Key("b"))
    bound = 1.1 * ACCOUNTS / 10 + 1
    with Exchange(books, limits=True, latency=LATENCY) as exchange:
        client = Client(host_of(None, exchange.url), read_credential(books.environment))
        start = time.perf_counter()
        snapshot = take_snapshot(client, Wanted("main"), None)
        seconds = time.perf_counter() - start
        refused = exchange.rates.refused if exchange.rates else 0
    complete = sum(account.listing == "complete" for account in snapshot.accounts)
    print(
        f"{complete} of {ACCOUNTS} sub-accounts in {seconds:.2f} s (at most {bound:.2f} s), {refused} requests refused"
    )
    return 0 if seconds <= bound and complete == ACCOUNTS and not refused else 1


if __name__ == "__main__":
    sys.exit(main())

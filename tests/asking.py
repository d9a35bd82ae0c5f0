"""Clients of the exchange in ``tests/exchange``: in this process with a clock that never waits, and
as users run okxlint.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from okxlint.live.client import Client, Clock, Refused
from okxlint.live.credentials import Credential
from okxlint.live.reading import Wanted, take_snapshot
from okxlint.live.sites import host_of
from okxlint.snapshot import LiveAccount, Snapshot
from tests.exchange import Books, Exchange

T = TypeVar("T")


class Hours:
    """A clock whose sleep takes no time, but says that it did."""

    def __init__(self, jitter: float = 0.0, wrong: float = 0.0) -> None:
        self.slept: list[float] = []
        self.passed = 0.0
        self._lock = threading.Lock()
        self.clock = Clock(
            now=lambda: time.time() + wrong,
            monotonic=lambda: self.passed,
            sleep=self._sleep,
            jitter=lambda: jitter,
        )

    def _sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.passed += seconds


def credential_of(books: Books) -> Credential:
    return Credential(*books.environment.values())


def client_of(exchange: Exchange, hours: Hours | None = None, **options: Any) -> Client:
    host = host_of(None, exchange.url)
    clock = (hours or Hours()).clock
    return Client(host, credential_of(exchange.books), clock=clock, **options)


def snapshot_of(
    exchange: Exchange, account: str = "main", hours: Hours | None = None, **wanted: Any
) -> Snapshot:
    asked = Wanted(account, **wanted)
    client = client_of(exchange, hours, demo=asked.demo)
    return take_snapshot(client, asked, credential_of(exchange.books).key_id)


def account_of(snapshot: Snapshot, name: str) -> LiveAccount:
    return next(account for account in snapshot.accounts if account.name == name)


def refused(work: Callable[[], T]) -> Refused:
    try:
        work()
    except Refused as error:
        return error
    raise AssertionError("it was not refused")


def okxlint(
    *arguments: str,
    cwd: Path,
    environment: dict[str, str] | None = None,
    options: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Run the command as users do, with no variable of OKX but those given."""
    unwanted = ("OKX_", "GIT_", "NO_COLOR", "FORCE_COLOR")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return subprocess.run(
        [sys.executable, *options, "-P", "-m", "okxlint", *arguments],
        cwd=cwd,
        env=clean | (environment or {}),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )

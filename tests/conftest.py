"""What every test gets: no network, and a way to judge a manifest in one line."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import settings

from okxlint.documents.reader import read
from okxlint.engine import Question, Verdict, judge
from okxlint.files import WorkFiles
from okxlint.manifest import load
from okxlint.paths import Tree
from okxlint.policy import Policy
from okxlint.policy.chain import Chain
from okxlint.policy.file import policy_of as policy_of_text
from okxlint.policy.text import read_text
from okxlint.secrets.redact import Redactor

DAY = date(2026, 11, 22)

# The same cases each time: no run is red by chance. Others are looked for by ``make fuzz``.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may reach a host beyond loopback."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    """A command run in this process leaves the garbage collector off: not for the next test."""
    yield
    gc.enable()


def policy_of(text: str, folder: str = "/") -> Policy:
    """The policy that a file ``okxlint.yaml`` with this text makes."""
    chain = Chain(Tree(folder, git=False), WorkFiles())
    top = read_text("okxlint.yaml", text.encode(), folder, is_pack=False)
    return policy_of_text(chain, top)


def verdict_of(
    *manifests: str,
    policy: str = "version: 1\n",
    as_of: date = DAY,
    horizon: int = 0,
    select: str | None = None,
) -> Verdict:
    """What the engine says of manifests ``a.yaml``, ``b.yaml``, …"""
    files = [read(f"{chr(ord('a') + n)}.yaml", text.encode()) for n, text in enumerate(manifests)]
    inventory, flaws = load(files)
    chosen = frozenset(select.split(",")) if select else None
    question = Question(as_of, horizon, chosen)
    return judge(question, policy_of(policy), files, inventory, flaws, Redactor(()))


@pytest.fixture(name="verdict")
def verdict_fixture() -> Callable[..., Verdict]:
    return verdict_of


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Programs that a test starts hear Ctrl-C, also if a shell runs the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)

"""Asks OKX: signed, paced, bounded. It can ask with GET and in no other way."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from okxlint import __version__
from okxlint.errors import OkxlintError
from okxlint.live.answers import Meaning, Then, meaning_of
from okxlint.live.credentials import Credential
from okxlint.live.pace import Pace
from okxlint.live.signing import headers, target, timestamp
from okxlint.live.sites import Host
from okxlint.live.transport import NoAnswer, Transport
from okxlint.live.words import Words

ATTEMPTS = 4


class Endpoint(NamedTuple):
    """What can be asked, and how often in two seconds."""

    path: str
    limit: int
    signed: bool = True
    of_account: bool = False
    """Whether it is about one sub-account."""


# Limits: https://www.okx.com/docs-v5/en/, at each of them.
TIME = Endpoint("/api/v5/public/time", 10, signed=False)
CONFIG = Endpoint("/api/v5/account/config", 5)
SUB_ACCOUNTS = Endpoint("/api/v5/users/subaccount/list", 20)
KEYS = Endpoint("/api/v5/users/subaccount/apikey", 20, of_account=True)
ENDPOINTS = (TIME, CONFIG, SUB_ACCOUNTS, KEYS)
"""All that is ever asked."""


class Refused(OkxlintError):
    """OKX gave no answer that helps, and nothing more is to be asked."""

    def __init__(self, message: str, hint: str, code: str | None = None) -> None:
        super().__init__(message, hint)
        self.code = code


class AccountFailed(Exception):
    """One sub-account cannot be read; the message is the reason, safe to print."""


class Clock(NamedTuple):
    """Time, to be replaced in tests."""

    now: Callable[[], float] = time.time
    """Seconds since 1970."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    """From 0 to 1, so that readers that failed together do not come back together."""


_CLOCK = Clock()


class Client:
    """One credential at one host. Threads may share it."""

    def __init__(
        self, host: Host, credential: Credential, *, demo: bool = False, clock: Clock = _CLOCK
    ) -> None:
        self.host = host
        self._credential = credential
        self._demo = demo
        self.clock = clock
        self._words = Words(credential)
        self._transport = Transport(host)
        self._paces = {
            each.path: Pace(each.limit, clock.monotonic, clock.sleep) for each in ENDPOINTS
        }
        self._offset = 0
        """The server's clock less this machine's, in milliseconds."""
        self._synced = 0
        """How often the server's clock was asked for."""
        self._sync = threading.Lock()
        self._stopped: Refused | None = None

    def __repr__(self) -> str:
        return f"Client({self.host.url})"

    def get(
        self, endpoint: Endpoint, parameters: Mapping[str, str] | None = None
    ) -> list[dict[str, Any]]:
        """What OKX has under ``data``.

        Raises ``Refused``, and for an endpoint of one sub-account ``AccountFailed``.
        """
        attempt = 0
        while True:
            attempt += 1
            synced = self._synced
            answer = self._ask(endpoint, parameters or {})
            if answer.data is not None:
                return answer.data
            meaning = answer.meaning
            last = attempt >= ATTEMPTS
            if meaning.then is Then.RESYNC and endpoint.signed and self._resync(synced):
                continue
            if meaning.then not in (Then.RETRY, Then.SLOWLY) or last:
                raise self._failure(endpoint, answer)
            base = 2.0 if meaning.then is Then.SLOWLY else 0.5
            self.clock.sleep(base * 2 ** (attempt - 1) * (1 + self.clock.jitter()))

    def stop(self, why: Refused) -> None:
        """Ask nothing more, in no thread: each ``get`` raises ``why``."""
        self._stopped = self._stopped or why

    def clean(self, text: str) -> str:
        """A text of OKX, short, without what the credential holds, key ids and addresses."""
        return self._words.clean(text)

    def mask(self, text: str) -> str:
        """A text of OKX, character for character, without what the credential holds and key ids."""
        return self._words.mask(text)

    def now(self) -> int:
        """Milliseconds since 1970, by the server's clock if this machine's was found wrong."""
        return round(self.clock.now() * 1000) + self._offset

    def server_time(self) -> tuple[int, int]:
        """OKX's clock and this machine's, both in milliseconds since 1970. Raises ``Refused``."""
        before = self.clock.now()
        data = self.get(TIME)
        mine = (before + self.clock.now()) / 2
        try:
            return int(data[0]["ts"]), round(mine * 1000)
        except (IndexError, KeyError, TypeError, ValueError):
            raise Refused("OKX's answer holds no time", "Check --base-url.") from None

    def _resync(self, synced: int) -> bool:
        """Take over the server's clock, once; whether it is worth to ask again."""
        with self._sync:
            if self._synced > synced:
                return True  # another thread has done it meanwhile
            if self._synced:
                return False
            theirs, mine = self.server_time()
            self._offset = theirs - mine
            self._synced += 1
        return True

    def _ask(self, endpoint: Endpoint, parameters: Mapping[str, str]) -> _Answer:
        self._paces[endpoint.path].wait()
        if self._stopped:
            raise self._stopped
        asked = target(endpoint.path, parameters)
        sent = {"User-Agent": f"okxlint/{__version__}"}
        if self._demo:
            sent["x-simulated-trading"] = "1"
        if endpoint.signed:
            stamp = timestamp(self.now())
            sent |= headers(self._credential, stamp, asked)
        try:
            status, body = self._transport.get(asked, sent)
        except NoAnswer as error:
            return _Answer(None, error.meaning)
        return self._read(endpoint, status, body)

    def _read(self, endpoint: Endpoint, status: int, body: bytes) -> _Answer:
        try:
            envelope = json.loads(body)
        except (ValueError, RecursionError):
            envelope = None
        code = str(envelope["code"]) if isinstance(envelope, dict) and "code" in envelope else None
        data = envelope.get("data") if isinstance(envelope, dict) else None
        if code == "0" and status == 200 and _is_rows(data):
            return _Answer(data, _FINE, code)
        said = str(envelope.get("msg", "")) if isinstance(envelope, dict) else ""
        if code == "0":
            code = None  # it says that all is well, and gives nothing
        meaning = meaning_of(code, status, of_account=endpoint.of_account)
        return _Answer(None, meaning, code, status, said)

    def _failure(self, endpoint: Endpoint, answer: _Answer) -> Refused | AccountFailed:
        told = self._words.of_answer(answer.code, answer.status, answer.meaning, answer.said)
        # What did not get better by asking again is this account's matter: others may be well.
        of_account = answer.meaning.then in (Then.ACCOUNT, Then.RETRY, Then.SLOWLY)
        if endpoint.of_account and of_account:
            return AccountFailed(told)
        return Refused(told, answer.meaning.hint, answer.code)


class _Answer(NamedTuple):
    data: list[dict[str, Any]] | None
    meaning: Meaning
    code: str | None = None
    status: int | None = None
    said: str = ""


_FINE = Meaning(Then.STOP, "all is well")


def _is_rows(data: Any) -> bool:
    return isinstance(data, list) and all(isinstance(row, dict) for row in data)

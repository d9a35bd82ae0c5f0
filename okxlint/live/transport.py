"""One GET over the wire: no redirect, no proxy, no more than so many bytes and seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from okxlint.live.answers import Meaning, Then
from okxlint.live.sites import Host

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, HTTPConnectionPool
    from urllib3.exceptions import HTTPError

MAX_BYTES = 8 << 20
"""So many bytes of an answer are read."""
CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
ANSWER_SECONDS = 30.0
"""For one answer in all, however it drips."""
CONNECTIONS = 8

T = TypeVar("T")


class NoAnswer(Exception):
    """No whole answer came."""

    def __init__(self, meaning: Meaning) -> None:
        super().__init__(meaning.said)
        self.meaning = meaning


class Transport:
    """Connections to one host, which stay open. Threads may share it."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._connections = _connections(host)

    def get(self, target: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body of the answer. Raises ``NoAnswer``."""
        return _bounded(lambda: self._fetch(target, headers), ANSWER_SECONDS)

    def _fetch(self, target: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError

        try:
            response = self._connections.urlopen(
                "GET",
                self._host.path + target,
                headers={"Accept-Encoding": "identity", **headers},
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
                timeout=Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            )
            try:
                body = _body(response)
            except BaseException:
                response.close()
                raise
            response.release_conn()
        except HTTPError as error:
            raise NoAnswer(_meaning(error, self._host)) from None
        return response.status, body


def _connections(host: Host) -> HTTPConnectionPool:
    import ssl

    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

    if host.scheme == "http":
        return HTTPConnectionPool(host.name, host.port, maxsize=CONNECTIONS)
    context = ssl.create_default_context()
    return HTTPSConnectionPool(host.name, host.port, maxsize=CONNECTIONS, ssl_context=context)


def _body(response: BaseHTTPResponse) -> bytes:
    """The whole body. Raises ``NoAnswer`` for one that is too long."""
    parts: list[bytes] = []
    size = 0
    while part := response.read1(1 << 16):
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise NoAnswer(
                Meaning(Then.STOP, "the answer is longer than 8 MiB", "Check --base-url.")
            )
    return b"".join(parts)


def _bounded(work: Callable[[], T], seconds: float) -> T:
    """What a function returns, if it does so in time.

    A timeout of a socket is over with every byte: a peer that sends one now and then would hold a
    reader for ever. So the work has a thread of its own, which is left to itself.
    """
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise NoAnswer(Meaning(Then.RETRY, f"no whole answer came within {seconds:.0f} seconds"))
    return done[0]


def _meaning(error: HTTPError, host: Host) -> Meaning:
    """What it means that no answer came. Nothing of the error's own text is told."""
    from urllib3 import exceptions

    where = f"{host.name}, port {host.port}"
    check = "Check --site, --base-url and the network; 'okxlint doctor' goes step by step."
    match error:
        case exceptions.NameResolutionError() | exceptions.LocationParseError():
            return Meaning(Then.STOP, f"there is no host {host.name}", check)
        case exceptions.SSLError():
            return Meaning(
                Then.STOP,
                f"the certificate of {where} is not to be trusted",
                "Someone may be listening in. If it is your own proxy, make its authority "
                "known to this machine (SSL_CERT_FILE).",
            )
        case exceptions.ConnectTimeoutError() | exceptions.NewConnectionError():
            return Meaning(Then.RETRY, f"no connection to {where}", check)
        case exceptions.ReadTimeoutError():
            return Meaning(Then.RETRY, f"{host.name} does not answer", check)
        case _:
            return Meaning(Then.RETRY, f"the connection to {host.name} was cut", check)

"""The server: one thread for each connection, which stays open as OKX's do."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

from tests.exchange.books import Books
from tests.exchange.faults import Fault, Wire
from tests.exchange.gate import No, Rates, refuse

Rows = list[dict[str, Any]]


class Asked(NamedTuple):
    """A request that came."""

    method: str
    target: str
    """As it stood on the wire."""
    headers: dict[str, str]


class _Plan(NamedTuple):
    part: str
    fault: Fault
    left: list[int]


class Exchange:
    """A running exchange: ``with Exchange(books) as exchange``."""

    def __init__(
        self,
        books: Books | None = None,
        *,
        skew: float = 0.0,
        latency: float = 0.0,
        limits: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.books = books or Books()
        self.skew = skew
        """Seconds by which its clock is ahead of this machine's."""
        self.latency = latency
        """Seconds before each answer."""
        self.rates = Rates() if limits else None
        self.requests: list[Asked] = []
        self.stopped = threading.Event()
        self._plans: list[_Plan] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.exchange = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._tls = tls is not None
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.cut()
        self._server.server_close()
        self._thread.join()

    def fail(self, part: str, fault: Fault, times: int = 1 << 30) -> None:
        """Fail the next requests whose target holds ``part``."""
        self._plans.append(_Plan(part, fault, [times]))

    def asked(self, part: str) -> list[Asked]:
        """The requests whose target holds ``part``."""
        return [each for each in self.requests if part in each.target]

    def note(self, asked: Asked) -> Fault | None:
        """Remember a request; the fault that is planned for it."""
        with self._lock:
            self.requests.append(asked)
            for plan in self._plans:
                if plan.part in asked.target and plan.left[0] > 0:
                    plan.left[0] -= 1
                    return plan.fault
        return None

    def rows(self, asked: Asked, caller: str) -> Rows | No:
        """What is answered."""
        parts = urlsplit(asked.target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if asked.method != "GET":
            return No("50115", 405, "Invalid request method.")
        if parts.path == "/api/v5/public/time":
            return [{"ts": str(round((time.time() + self.skew) * 1000))}]
        answers: dict[str, Callable[[dict[str, str]], Rows | No]] = {
            "/api/v5/account/config": lambda _: [self.books.config],
            "/api/v5/users/subaccount/list": self._subs,
            "/api/v5/users/subaccount/apikey": self._keys,
        }
        if parts.path not in answers:
            return No("50404", 404, "Not Found")
        no = refuse(self.books, asked.method, asked.target, asked.headers, caller, self.skew)
        return no or answers[parts.path](query)

    def _subs(self, query: dict[str, str]) -> Rows | No:
        if self.books.uid != self.books.main_uid:
            return No("59500", 200, "Only the API key of the main account has permission.")
        subs = sorted(self.books.subs.values(), key=lambda sub: (-sub.ts, sub.name))
        if "enable" in query:
            subs = [sub for sub in subs if sub.enable == (query["enable"] == "true")]
        if "subAcct" in query:
            subs = [sub for sub in subs if sub.name == query["subAcct"]]
        if "after" in query:
            subs = [sub for sub in subs if sub.ts < int(query["after"])]
        return [sub.row for sub in subs[: min(100, int(query.get("limit", "100")))]]

    def _keys(self, query: dict[str, str]) -> Rows | No:
        if self.books.uid != self.books.main_uid:
            return No("59604", 200, "Only the API key of the main account can access this API.")
        if not query.get("subAcct"):
            return No("50014", 400, 'Parameter "subAcct" can not be empty.')
        sub = self.books.subs.get(query["subAcct"])
        if sub is None:
            return No("59510", 200, "Sub-account does not exist")
        return [key.row for key in sub.keys]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    exchange: Exchange

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def cut(self) -> None:
        """End what is still open, so that no thread waits for a client."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no matter of the server's."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        exchange = self.server.exchange
        asked = Asked(self.command, self.path, dict(self.headers))
        wire = Wire(self.connection, exchange.stopped)
        fault = exchange.note(asked)
        if exchange.latency:
            exchange.stopped.wait(exchange.latency)
        if fault:
            self.close_connection = wire.last = True
            fault(wire)
            return
        path = urlsplit(asked.target).path
        no = exchange.rates.refuse(path) if exchange.rates else None
        answer = no or exchange.rows(asked, self.client_address[0])
        if isinstance(answer, No):
            body: dict[str, Any] = {"msg": answer.message, "code": answer.code}
            wire.answer(json.dumps(body).encode(), answer.status)
        else:
            body = {"code": "0", "msg": "", "data": answer}
            wire.answer(json.dumps(body).encode())

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """A test prints nothing."""

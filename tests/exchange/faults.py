"""Ways to fail: each gets the open connection, and does with it what a bad server does."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

Fault = Callable[["Wire"], None]


class Wire:
    """An open connection to a client that has asked something."""

    def __init__(self, connection: socket.socket, stopped: threading.Event) -> None:
        self.connection = connection
        self.stopped = stopped
        """Set when the test is over: nothing goes on after that."""
        self.last = False
        """Whether the connection ends with the answer, which then says so: else a client may send
        its next request into a connection that is being closed.
        """

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def answer(
        self, body: bytes, status: int = 200, kind: str = "application/json", **headers: str
    ) -> None:
        """Head and body in one write."""
        fields = {"Content-Type": kind, "Content-Length": str(len(body)), **headers}
        if self.last:
            fields["Connection"] = "close"
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        self.send(f"HTTP/1.1 {status} -\r\n{lines}\r\n".encode() + body)


def error(code: Any, status: int = 200, message: str = "no", **fields: Any) -> Fault:
    """An error as OKX tells it, which has no ``data``."""
    body = json.dumps({"msg": message, "code": code, **fields}).encode()
    return lambda wire: wire.answer(body, status)


def raw(body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> Fault:
    """Any body."""
    return lambda wire: wire.answer(body, status, kind, **headers)


HTML = raw(b"<html><body>Just a moment...</body></html>", 200, "text/html")
BAD_GATEWAY = raw(b"<html>502</html>", 502, "text/html")
EMPTY = raw(b"")
NO_DATA = raw(b'{"code": "0", "msg": ""}')
NO_LIST = raw(b'{"code": "0", "msg": "", "data": {"ts": "1"}}')
NO_OBJECTS = raw(b'{"code": "0", "msg": "", "data": [1]}')
NO_OBJECT = raw(b"[]")
NOT_UTF8 = raw(b'{"code": "0", "msg": "\xff"}')
TOO_DEEP = raw(b"[" * 100_000)


def redirect(status: int, where: str) -> Fault:
    """Somewhere else."""
    return raw(b"", status, Location=where)


def cut_at_once(wire: Wire) -> None:
    """The connection ends before an answer begins."""
    wire.connection.shutdown(socket.SHUT_RDWR)


def cut_in_the_body(wire: Wire) -> None:
    """The connection ends in the midst of the answer."""
    wire.send(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"code": "0", ')
    wire.connection.shutdown(socket.SHUT_RDWR)


def cut_between_chunks(wire: Wire) -> None:
    """The same, of an answer whose length nobody has said."""
    wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1, 2\r\n")
    wire.connection.shutdown(socket.SHUT_RDWR)


def too_large(wire: Wire) -> None:
    """A body that says to be huge."""
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
    _endlessly(wire, b" " * 65536)


def endless(wire: Wire) -> None:
    """A body without an end."""
    wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    _endlessly(wire, b"10000\r\n" + b" " * 65536 + b"\r\n")


def _endlessly(wire: Wire, part: bytes) -> None:
    with contextlib.suppress(OSError):  # the client has had enough
        while not wire.stopped.is_set():
            wire.send(part)


def drip(wire: Wire) -> None:
    """A byte now and then, for ever: no timeout of a socket ever ends it."""
    with contextlib.suppress(OSError):
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not wire.stopped.wait(0.02):
            wire.send(b" ")


def drip_head(wire: Wire) -> None:
    """The same in the head."""
    with contextlib.suppress(OSError):
        wire.send(b"HTTP/1.1 200 OK\r\nX: ")
        while not wire.stopped.wait(0.02):
            wire.send(b"x")


def silent(wire: Wire) -> None:
    """No answer."""
    wire.stopped.wait()

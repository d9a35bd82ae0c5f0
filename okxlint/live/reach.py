"""The way to a host: its name, a connection, TLS. Nothing is sent on it but a handshake."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

from okxlint.live.sites import Host
from okxlint.live.steps import Step
from okxlint.live.transport import CONNECT_SECONDS

_NETWORK = "Check --site, --base-url and the network: a firewall, or a proxy that must be named."


def reach(host: Host) -> Iterator[Step]:
    """The steps until requests can be sent."""
    try:
        found = socket.getaddrinfo(host.name, host.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        hint = "Check --site, --base-url and the name server of this machine."
        yield Step("name", "failed", f"there is no host {host.name}", hint, final=True)
    else:
        addresses = sorted({str(each[4][0]) for each in found})
        yield Step("name", "ok", f"{host.name} is {', '.join(addresses[:4])}")
        yield from _connect(host)


def _connect(host: Host) -> Iterator[Step]:
    where = f"{host.name}, port {host.port}"
    try:
        connection = socket.create_connection((host.name, host.port), CONNECT_SECONDS)
    except OSError as error:
        why = "nothing answers" if isinstance(error, TimeoutError) else error.strerror
        said = f"no connection to {where}: {why}"
        yield Step("connection", "failed", said, _NETWORK, final=True)
    else:
        yield Step("connection", "ok", f"to {where}")
        with connection:
            yield _handshake(host, connection) if host.scheme == "https" else _plain()


def _plain() -> Step:
    return Step("tls", "ok", "none is needed: plain http, on this machine alone")


def _handshake(host: Host, connection: socket.socket) -> Step:
    context = ssl.create_default_context()
    try:
        with context.wrap_socket(connection, server_hostname=host.name) as secured:
            until = (secured.getpeercert() or {}).get("notAfter")
            version = secured.version()
    except ssl.SSLCertVerificationError as error:
        return Step(
            "tls",
            "failed",
            f"the certificate of {host.name} is not to be trusted: {error.verify_message}",
            "Someone may be listening in, or the clock of this machine is far off. If it is your "
            "own proxy, make its authority known to this machine (SSL_CERT_FILE).",
            final=True,
        )
    except OSError:
        said = f"{host.name} does not speak TLS as it should"
        return Step("tls", "failed", said, _NETWORK, final=True)
    ends = f", certificate valid until {_day(until)}" if isinstance(until, str) else ""
    return Step("tls", "ok", f"{version}{ends}")


def _day(moment: str) -> str:
    return f"{datetime.fromtimestamp(ssl.cert_time_to_seconds(moment), UTC):%Y-%m-%d}"

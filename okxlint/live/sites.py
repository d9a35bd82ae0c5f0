"""The hosts of OKX, and which other ones may be asked."""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from okxlint.errors import OkxlintError
from okxlint.lazy import Pattern

HOSTS = {
    "global": "openapi.okx.com",
    "eea": "eea.okx.com",
    "us": "us.okx.com",
    "tr": "tr.okx.com",
}
"""A key lives on one site; another's host does not know it (50119).

Sources: https://www.okx.com/docs-v5/en/#overview-production-trading-services for `global`, `eea`
and `us` (which serves Australia too); `tr` as OKX's own command-line tool has it.
"""


_NAME = Pattern(r"[A-Za-z0-9._:-]+")
_PATH = Pattern(r"[A-Za-z0-9._~/-]*")


class Host(NamedTuple):
    """Where to ask."""

    site: str
    """A name of ``HOSTS``, or ``custom``."""
    scheme: str
    name: str
    port: int
    path: str = ""
    """What stands before every path, for a proxy that takes one."""

    @property
    def url(self) -> str:
        """The host as people write it."""
        default = {"https": 443, "http": 80}[self.scheme]
        name = f"[{self.name}]" if ":" in self.name else self.name
        port = "" if self.port == default else f":{self.port}"
        return f"{self.scheme}://{name}{port}{self.path}"


def host_of(site: str | None, base_url: str | None) -> Host:
    """The host of a site (``global`` by default), or of a URL. Raises ``OkxlintError``."""
    if base_url is None:
        name = site or "global"
        return Host(name, "https", HOSTS[name], 443)
    if site is not None:
        raise OkxlintError("--site and --base-url both name the host", "Give one of them.")
    return _custom(base_url)


def _custom(url: str) -> Host:
    hint = "Write it as https://okx-proxy.example.com, with a port and a path if it has them."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise OkxlintError("--base-url is no URL", hint) from None
    if parts.username is not None or parts.password is not None:
        raise OkxlintError("--base-url holds a user or password, which would end up in logs", hint)
    name = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not _NAME.fullmatch(name):
        raise OkxlintError("--base-url does not begin with https:// and a host", hint)
    if parts.query or parts.fragment or not _PATH.fullmatch(parts.path):
        raise OkxlintError("--base-url has more than scheme, host, port and path", hint)
    if parts.scheme == "http" and not _is_loopback(name):
        raise OkxlintError(
            "--base-url is plain http, which shows the passphrase to everyone on the way",
            "Use https; http is for this machine alone (127.0.0.1, ::1, localhost).",
        )
    default = 443 if parts.scheme == "https" else 80
    path = parts.path.rstrip("/")
    return Host("custom", parts.scheme, name, port or default, path)


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False

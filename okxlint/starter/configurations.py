"""What the configurations of trading programs name: which keys there are, never what they are.

Their secrets are not looked at but for whether they are there, and nothing of them is kept.
ccxt's keys: https://github.com/ccxt/ccxt/wiki/Manual#authentication; freqtrade's configuration:
https://www.freqtrade.io/en/stable/configuration/; hummingbot's connectors:
https://hummingbot.org/client/global-configs/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from okxlint.documents.reader import read
from okxlint.errors import OkxlintError, Unreadable
from okxlint.paths import absolute, read_bytes
from okxlint.secrets.redact import Redactor

_MASK = Redactor(()).mask
_OKX = ("okx", "okex", "myokx")
"""How these programs call OKX and its sites, in the beginning of a name."""
_SECRET = ("secret", "password", "passphrase", "key", "apikey", "api_key")
_REFERENCE = re.compile(r"\$\{?\w+\}?|env:\w+|\*+|<.*>")
# Comments as freqtrade's JSON has them; in a text '//' follows a ':' or stands in quotes.
_COMMENT = re.compile(r'^((?:[^"\n/]|"(?:[^"\\\n]|\\.)*"|/(?!/))*)//[^\n]*', re.MULTILINE)


class Draft(NamedTuple):
    """A key that a configuration names."""

    label: str
    app: str
    environment: Literal["live", "demo"]
    plain: tuple[str, ...] = ()
    """The fields in which a secret stands in plain text, by their routes."""


def drafts_of(program: str, path: str, cwd: str) -> list[Draft]:
    """The keys for OKX that a file of ``ccxt``, ``freqtrade`` or ``hummingbot`` names.

    Raises ``OkxlintError`` for a file that cannot be read, or that names none.
    """
    try:
        data = read_bytes(absolute(path, cwd), path)
    except Unreadable as error:
        raise OkxlintError(str(error), f"Name the configuration of {program}.") from None
    text = _COMMENT.sub(r"\1", data.decode("utf-8", "replace"))
    file = read(path, text.encode())
    value = file.documents[0].value if file.documents and not file.problems else None
    found = list(_PROGRAMS[program](value)) if isinstance(value, dict) else []
    if not found:
        raise OkxlintError(
            f"{path} names no key for OKX as a configuration of {program} does",
            "Nothing was written. See docs/init.md for the files that are understood.",
        )
    return found


def _ccxt(value: Mapping[str, Any]) -> Iterator[Draft]:
    for name, exchange in value.items():
        if name.startswith(_OKX) and isinstance(exchange, dict):
            is_demo = exchange.get("sandbox") in ("true", "True")
            plain = tuple(_plain(exchange, name))
            yield Draft(_label(f"ccxt-{name}"), "ccxt", "demo" if is_demo else "live", plain)


def _freqtrade(value: Mapping[str, Any]) -> Iterator[Draft]:
    exchange = value.get("exchange")
    if isinstance(exchange, dict) and str(exchange.get("name", "")).startswith(_OKX):
        name = _label(str(value.get("bot_name") or "freqtrade"))
        yield Draft(name, name, "live", tuple(_plain(exchange, "exchange")))


def _hummingbot(value: Mapping[str, Any]) -> Iterator[Draft]:
    name = str(value.get("connector", ""))
    if name.startswith(_OKX):
        plain = tuple(_plain(value, ""))
        # Its own files hold secrets encrypted, in long hex.
        seen = tuple(route for route in plain if not _is_encrypted(str(value[route])))
        yield Draft(_label(f"hummingbot-{name}"), "hummingbot", "live", seen)


_PROGRAMS: dict[str, Callable[[Mapping[str, Any]], Iterator[Draft]]] = {
    "ccxt": _ccxt,
    "freqtrade": _freqtrade,
    "hummingbot": _hummingbot,
}


def _plain(fields: Mapping[str, Any], route: str) -> Iterator[str]:
    for name, value in fields.items():
        told = isinstance(value, str) and len(value.strip()) > 0
        if told and name.lower().endswith(_SECRET) and not _REFERENCE.fullmatch(value.strip()):
            yield f"{route}.{name}" if route else name


def _is_encrypted(value: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{100,}", value) is not None


def _label(name: str) -> str:
    """A name as a label: on one line, not too long, with nothing that could be a secret."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", _MASK(name))[:50].strip("-") or "key"

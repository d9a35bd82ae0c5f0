"""What the configurations of trading programs name: which keys there are, never what they are.

Their secrets are not looked at but for whether they are there, and nothing of them is kept.
ccxt's keys: https://github.com/ccxt/ccxt/wiki/Manual#authentication; freqtrade's configuration:
https://www.freqtrade.io/en/stable/configuration/; hummingbot's connectors:
https://hummingbot.org/client/global-configs/
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from okxlint.documents.reader import read
from okxlint.errors import OkxlintError, Unreadable
from okxlint.paths import absolute, read_bytes
from okxlint.secrets.redact import Redactor

_CLEAN = Redactor(()).clean
_MASK = Redactor(()).mask
_OKX = ("okx", "okex", "myokx")
"""How these programs call OKX and its sites, in the beginning of a name."""
_SECRET = ("secret", "password", "passphrase", "key", "token", "twofa")
"""How the name of a field ends that holds one."""
_BESIDE = ("api_server", "telegram")
"""The parts of freqtrade's configuration that hold secrets of its own."""
_REFERENCE = re.compile(
    r"\$\{\w+\}|\$[A-Z][A-Z0-9_]*|env:\w+|\*+|<[A-Za-z]+(?:[ _-][A-Za-z]+)+>"
    r"|(?i:your(?:[ _-][a-z]+)+)"
)
"""What stands for a secret: a variable, or the words of a sample."""
# Outside of texts in quotes, freqtrade's JSON may have both kinds of comments and a last comma.
# What is not ended goes on to the end of the file, so that no place is looked at twice.
_COMMENT = r"//[^\n]*|/\*.*?(?:\*/|\Z)"
_MORE_THAN_JSON = re.compile(
    rf'(?P<text>"(?:[^"\\]|\\.)*+(?:"|\\?\Z))|{_COMMENT}|,(?=\s*(?:(?:{_COMMENT})\s*)*+[\]}}])',
    re.DOTALL,
)


class Draft(NamedTuple):
    """A key that a configuration names."""

    program: str
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
        data = read_bytes(absolute(path, cwd), _CLEAN(path))
    except Unreadable as error:
        raise OkxlintError(str(error), f"Name the configuration of {program}.") from None
    value = _value(data)
    found = list(_PROGRAMS[program](value)) if isinstance(value, dict) else []
    if not found:
        raise OkxlintError(
            f"{_CLEAN(path)} names no key for OKX as a configuration of {program} does",
            "Nothing was written. See docs/init.md for the files that are understood.",
        )
    return _numbered(found)


def _value(data: bytes) -> Any:
    """What a file says as JSON, as JSON with comments, or as YAML; ``None`` if as none of them."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    for form in (text, _MORE_THAN_JSON.sub(lambda found: found["text"] or " ", text)):
        with suppress(ValueError, RecursionError):
            return json.loads(form)
    file = read("", data)
    return file.documents[0].value if file.documents and not file.problems else None


def _numbered(drafts: list[Draft]) -> list[Draft]:
    """Drafts of which no two have one label."""
    seen: dict[str, int] = {}
    numbered = []
    for draft in drafts:
        count = seen[draft.label] = seen.get(draft.label, 0) + 1
        label = draft.label if count == 1 else f"{draft.label}-{count}"
        numbered.append(draft._replace(label=label))
    return numbered


def _ccxt(value: Mapping[str, Any]) -> Iterator[Draft]:
    for name, exchange in value.items():
        if _is_okx(name) and isinstance(exchange, dict):
            is_demo = str(exchange.get("sandbox")).lower() == "true"
            plain = tuple(_plain(exchange, name))
            environment: Literal["live", "demo"] = "demo" if is_demo else "live"
            yield Draft("ccxt", _label(f"ccxt-{name}"), "ccxt", environment, plain)


def _freqtrade(value: Mapping[str, Any]) -> Iterator[Draft]:
    exchange = value.get("exchange")
    if isinstance(exchange, dict) and _is_okx(exchange.get("name")):
        name = _label(str(value.get("bot_name") or "freqtrade"))
        parts = {part: value.get(part) for part in ("exchange", *_BESIDE)}
        yield Draft("freqtrade", name, name, "live", tuple(_plain(parts, "")))


def _hummingbot(value: Mapping[str, Any]) -> Iterator[Draft]:
    name = value.get("connector")
    if _is_okx(name):
        # Its own files hold secrets encrypted, in long hex.
        ours = {name: text for name, text in value.items() if not _is_encrypted(str(text))}
        label = _label(f"hummingbot-{name}")
        yield Draft("hummingbot", label, "hummingbot", "live", tuple(_plain(ours, "")))


_PROGRAMS: dict[str, Callable[[Mapping[str, Any]], Iterator[Draft]]] = {
    "ccxt": _ccxt,
    "freqtrade": _freqtrade,
    "hummingbot": _hummingbot,
}


def _is_okx(name: object) -> bool:
    return isinstance(name, str) and name.lower().startswith(_OKX)


def _plain(value: Any, route: str) -> Iterator[str]:
    """The routes, safe to print, of secrets in plain text in a part of a configuration."""
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        inside = f"{route}.{name}" if route else str(name)
        if isinstance(inner, dict):
            yield from _plain(inner, inside)
        elif isinstance(inner, str) and name.lower().endswith(_SECRET):
            text = inner.strip()
            if text and not _REFERENCE.fullmatch(text):
                yield _CLEAN(inside)


def _is_encrypted(value: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{100,}", value) is not None


def _label(name: str) -> str:
    """A name as a label: on one line, not too long, with nothing that could be a secret."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", _MASK(name))[:50].strip("-") or "key"

"""What the configurations of trading programs name: which keys there are, never what they are.

Their secrets are not looked at but for whether they are there, and nothing of them is kept.
ccxt's keys: https://github.com/ccxt/ccxt/wiki/Manual#authentication; freqtrade's configuration:
https://www.freqtrade.io/en/stable/configuration/; hummingbot's connectors:
https://hummingbot.org/client/global-configs/
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from okxlint.documents.reader import read
from okxlint.documents.source import MAX_BYTES
from okxlint.errors import OkxlintError, Unreadable
from okxlint.paths import absolute, read_bytes
from okxlint.secrets.redact import Redactor
from okxlint.secrets.secret_text import SHORTEST
from okxlint.starter.plain_secrets import Plain, plain_secrets

_OKX = ("okx", "okex", "myokx")
"""How these programs call OKX and its sites, in the beginning of a name."""
_ODD = re.compile(r"[^A-Za-z0-9._-]+")
# Hummingbot's own files hold secrets encrypted, in long hex.
_ENCRYPTED = re.compile(r"[0-9a-f]{100,}")
_LONGEST = 50
"""Characters of a label that a manifest takes, as OKX does."""
# Outside of texts in quotes, freqtrade's JSON may have both kinds of comments and a last comma.
# What is not ended goes on to the end of the file, so that no place is looked at twice.
_COMMENT = r"//[^\n]*|/\*.*?(?:\*/|\Z)"
_MORE_THAN_JSON = re.compile(
    rf'(?P<text>"(?:[^"\\]|\\.)*+(?:"|\\?\Z))|{_COMMENT}|,(?=\s*(?:(?:{_COMMENT})\s*)*+[\]}}])',
    re.DOTALL,
)


class Draft(NamedTuple):
    """A key that a configuration names. Its texts are safe to print."""

    program: str
    label: str
    app: str
    environment: Literal["live", "demo"]
    plain: tuple[str, ...] = ()
    """The fields in which a secret stands in plain text, by their routes."""


class _Named(NamedTuple):
    """A key in the words of the configuration."""

    label: str
    app: str
    is_demo: bool
    plain: tuple[Plain, ...]


def drafts_of(program: str, path: str, cwd: str) -> list[Draft]:
    """The keys for OKX that a file of ``ccxt``, ``freqtrade`` or ``hummingbot`` names.

    Raises ``OkxlintError`` for a file that cannot be read, or that names none.
    """
    shown = Redactor(()).clean(path)
    try:
        data = read_bytes(absolute(path, cwd), shown)
    except Unreadable as error:
        raise OkxlintError(
            str(error), f"Name the configuration of {program}. Nothing was written."
        ) from None
    value = _value(data, shown)
    found = list(_PROGRAMS[program](value)) if isinstance(value, dict) else []
    if not found:
        raise OkxlintError(
            f"{shown} names no key for OKX as a configuration of {program} does",
            "Nothing was written. See docs/init.md for the files that are understood.",
        )
    # To mask the shortest would spoil each name that has them in it.
    secrets = {text for each in found for _, text in each.plain if len(text) >= SHORTEST}
    redactor = Redactor(secrets)
    return [_draft(program, each, redactor) for each in found]


def _draft(program: str, named: _Named, redactor: Redactor) -> Draft:
    return Draft(
        program=program,
        label=_label(named.label, redactor),
        app=_label(named.app, redactor),
        environment="demo" if named.is_demo else "live",
        plain=tuple(dict.fromkeys(redactor.clean(each.route) for each in named.plain)),
    )


def _value(data: bytes, shown: str) -> Any:
    """What a file says as JSON, as JSON with comments, or as YAML.

    Raises ``OkxlintError`` if it is none of them.
    """
    hint = "Nothing was written. A configuration is JSON or YAML, in UTF-8."
    if len(data) > MAX_BYTES:
        raise OkxlintError(f"{shown} has more than {MAX_BYTES >> 20} MiB", hint)
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    for form in (text, _MORE_THAN_JSON.sub(lambda found: found["text"] or " ", text)):
        with suppress(ValueError, RecursionError):
            return json.loads(form)
    file = read("", data)
    if file.problems:
        line, _ = file.source.position(file.problems[0].start)
        raise OkxlintError(f"{shown} is neither JSON nor YAML (see line {line})", hint)
    return file.documents[0].value if file.documents else None


def numbered(drafts: Iterable[Draft]) -> list[Draft]:
    """Drafts of which no two have one label; letters' case makes no difference."""
    used: set[str] = set()
    # Where to go on: thousands of like names must not mean millions of looks.
    last: dict[str, int] = {}
    each_its_own = []
    for draft in drafts:
        label, number = draft.label, last.get(draft.label, 1)
        while label.lower() in used:
            number += 1
            tail = f"-{number}"
            label = draft.label[: _LONGEST - len(tail)] + tail
        last[draft.label] = number
        used.add(label.lower())
        each_its_own.append(draft._replace(label=label))
    return each_its_own


def _ccxt(value: Mapping[str, Any]) -> Iterator[_Named]:
    for name, exchange in value.items():
        if _is_okx(name) and isinstance(exchange, dict):
            is_demo = str(exchange.get("sandbox")).lower() == "true"
            plain = tuple(plain_secrets(exchange, name, keys=True))
            yield _Named(f"ccxt-{name}", "ccxt", is_demo, plain)


def _freqtrade(value: Mapping[str, Any]) -> Iterator[_Named]:
    exchange = value.get("exchange")
    if isinstance(exchange, dict) and _is_okx(exchange.get("name")):
        name = str(value.get("bot_name") or "freqtrade")
        others = {part: inner for part, inner in value.items() if part != "exchange"}
        plain = (
            *plain_secrets(exchange, "exchange", keys=True),
            *plain_secrets(others, "", keys=False),
        )
        yield _Named(name, name, False, plain)


def _hummingbot(value: Mapping[str, Any]) -> Iterator[_Named]:
    name = value.get("connector")
    if _is_okx(name):
        plain = plain_secrets(value, "", keys=True)
        seen = tuple(each for each in plain if not _ENCRYPTED.fullmatch(each.secret))
        yield _Named(f"hummingbot-{name}", "hummingbot", False, seen)


_PROGRAMS: dict[str, Callable[[Mapping[str, Any]], Iterator[_Named]]] = {
    "ccxt": _ccxt,
    "freqtrade": _freqtrade,
    "hummingbot": _hummingbot,
}


def _is_okx(name: object) -> bool:
    return isinstance(name, str) and name.lower().startswith(_OKX)


def _label(name: str, redactor: Redactor) -> str:
    """A name as a label: of plain characters, not too long, with nothing that could be a secret."""
    # Twice: what the hyphens replace may have kept the parts of a key's id from being one.
    for _ in range(2):
        name = _ODD.sub("-", redactor.mask(name))
    return name[:_LONGEST].strip("-") or "key"

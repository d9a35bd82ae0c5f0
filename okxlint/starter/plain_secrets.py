"""Credentials in plain text in a configuration: names that tell of them, and what is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from okxlint.lazy import Pattern
from okxlint.secrets.secret_text import STORES

_TELLING = (
    *("secret", "secretkey", "privatekey", "apikey", "password", "passphrase", "token"),
    *("secrets", "passwords", "tokens", "walletkey", "accesskey", "twofa"),
)
"""The ends of names that tell of a credential, without what parts their words."""
_PARTING = Pattern(r"[-_. ]+")
_WORD = "key|secret|password|passphrase|token"
# Whatever else might be a placeholder might as well be a password.
_NO_SECRET = Pattern(
    r"\$\{[A-Z_][A-Z0-9_]*\}|\$[A-Z_][A-Z0-9_]*|env:[A-Za-z_]\w*|\*+"
    rf"|(?:(?:{'|'.join(STORES)})://|arn:).+"
    rf"|(?i:<(?:(?:your|my|the|api|okx|exchange|secret)[ _-]?)*(?:{_WORD}|here)>"
    rf"|your(?:[ _-][a-z]+){{0,3}}[ _-](?:{_WORD}|here))"
)


class Plain(NamedTuple):
    """A credential in plain text."""

    route: str
    secret: str


def plain_secrets(fields: Mapping[str, Any], route: str, *, keys: bool) -> Iterator[Plain]:
    """The credentials below some fields, with their routes, as the file has both.

    ``keys``: a name that ends with ``key`` tells of one as well, as it does in the part of a
    configuration that is about access to an exchange.
    """
    # Not by recursion: a file may be nested deeper than Python's stack.
    waiting = [(route, fields)]
    while waiting:
        before, some = waiting.pop()
        inner = []
        for name, value in some.items():
            here = f"{before}.{name}" if before else str(name)
            if _tells(str(name), keys=keys):
                yield from (Plain(here, text) for text in _texts(value) if not _is_none(text))
            for number, item in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(item, dict):
                    inner.append((f"{here}.{number}" if item is not value else here, item))
        waiting += reversed(inner)


def _tells(name: str, *, keys: bool) -> bool:
    word = _PARTING.sub("", name).lower()
    return word.endswith(_TELLING) or (keys and word.endswith("key"))


def _texts(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str | int | float) and not isinstance(item, bool):
            yield str(item).strip()


def _is_none(text: str) -> bool:
    return not text or _NO_SECRET.fullmatch(text) is not None

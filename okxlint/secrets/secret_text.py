"""Secrets in plain text: names that tell of one, and what stands behind them.

Every search is bounded, so that no text takes more than linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from okxlint.lazy import Pattern

STORES = (
    *("vault", "op", "bw", "bws", "arn", "aws-sm", "aws-ssm", "gcp-sm", "azure-kv", "sops"),
    *("pass", "keyring", "doppler", "infisical", "akeyless", "conjur", "k8s"),
)
"""The secret stores known by the beginning of a reference."""
SHORTEST = 6
"""Characters of a value under a telling name; a shorter one is no secret."""

CREDENTIAL, SECRET_KEY, PRIVATE_KEY = "credential", "okx-secret-key", "private-key"
KEY_ID = "key-id"
"""A whole one is no secret, and not to be printed either."""
RANK = (KEY_ID, CREDENTIAL, SECRET_KEY, PRIVATE_KEY)


class Leak(NamedTuple):
    """A secret or key id, as code point offsets into the file's text; ``end`` is exclusive."""

    kind: str
    start: int
    end: int


_SEP = "[-_. ]{0,3}"
_WORDS = {
    "secret": f"secret(?:{_SEP}key)?",
    "pass": f"pass{_SEP}(?:phrase|word|wd)",
    "private": f"private{_SEP}key",
    "token": "token",
    "ok": f"ok{_SEP}access{_SEP}sign",
}
_KEY_END = r"\s*(?:#[^\n]{0,200}\n\s*)?"
# A name and what makes it one. Each begins with its own letters, by which `re` finds it fast.
_NAMES = tuple(
    (
        start,
        Pattern(
            rf"(?P<name>{word})(?P<close>[\"'`]?)\]?{_KEY_END}(?P<sign>:=|=>|={{1,3}}|:)",
        ),
    )
    for start, word in _WORDS.items()
)
NAME = Pattern(rf"(?:{'|'.join(_WORDS.values())})\s*$")
COLON = Pattern(rf"{_KEY_END}:")
_VALUE = Pattern(
    r"""[ \t]*(?:(?:bearer|basic)[ \t]+)?
    (?: "(?P<double>(?:\\.|[^"\\\n]){0,9999})"
      | '(?P<single>[^'\n]{0,9999})'
      | `(?P<back>[^`\n]{0,9999})`
      | ["'`]?[(\[{<]{0,9}(?P<plain>\S{1,9999}) )""",
    re.VERBOSE | re.IGNORECASE,
)
# What begins with one of these and is not in quotes is no value to YAML.
_MISTAKEN = Pattern(r"[ \t]*[#&!*](?P<word>[^\s#]\S{0,9998})[ \t]*(?:$|#|\n|\r)")
_NEXT_PAIR = Pattern(r"[,;&|][\"']?[\w.\-]+[\"']?[=:]")
_REFERENCE = Pattern(
    rf"(?i:(?:{'|'.join(STORES)})://|arn:).*|env:[A-Za-z_]\w*|\*{{3,}}"
    # A default value behind the name, as shells have it, would be the secret itself.
    r"|(?:\$\{(?!\w+:[-=][^}]{6})\{?[^{}]*\}?\})+"
)
_HEX = Pattern(r"(?<![0-9A-Za-z])[0-9A-F]{32}(?![0-9A-Za-z])")
_STEP = 10
_SAMPLE = Pattern(r"[0-9A-F]{3,}")
_NAME_CHARACTERS = "-._0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HUMP = Pattern(r"(?<=[a-z0-9])(?=[A-Z])")
_DIGEST = Pattern(
    r"(?<![a-z])(?:(?:md5|sha\d*)(?:sum)?|digest|checksum|hash(?:es)?|fingerprint|e-?tag|id|uuid"
    r"|kid|uid)s?(?![a-z])"
)
_PEM = Pattern(r"-{4,5} ?(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_PEM_BODY = Pattern(r"(?:(?:\\[nr]|[\s#\"'|>-])*[A-Za-z0-9+/=]{16,})+")
_FAR = 9999
"""How far on its line a name or its value is looked for."""
_LINE_START = Pattern(r"[\s-]*+[\"']?[\w.\- ]*+")
_FIELD = Pattern(r"\s*(?:- +)?[\"']?[\w.\-]+[\"']?:(?:\s|$)")
_COMMENT = Pattern(r"(?:^|\s)#.*")
_OPENING = Pattern(r"\s*(?:[|>][-+0-9]*(?=\s))?\s*(?:#[^\n]*\n\s*)?(?:- +)?[\"']?")


def is_secret(value: str) -> bool:
    """Whether a value under a telling name is a secret, and no reference to one."""
    value = value.strip()
    return len(value) >= SHORTEST and not _REFERENCE.fullmatch(value)


def hex_runs(text: str) -> Iterator[tuple[int, int]]:
    """The runs of 32 upper-case hex digits.

    A run that long holds three in a row of every tenth character, and those are looked at first.
    """
    for some in _SAMPLE.finditer(text[::_STEP]):
        start, end = (some.start() - 1) * _STEP + 1, some.end() * _STEP + 1
        yield from (found.span() for found in _HEX.finditer(text, max(start, 0), end))


def labelled(text: str, start: int) -> str:
    """The name that stands before a value on its line, with ``:`` or ``=`` between."""
    before = text[max(start - 100, 0) : start].rstrip(" \t\"'`")
    name = before.rstrip("=:>")
    return _last_word(name.rstrip(" \t\"'`")) if name != before else ""


def _last_word(text: str) -> str:
    return text[len(text.rstrip(_NAME_CHARACTERS)) :]


def is_digest(name: str) -> bool:
    return bool(_DIGEST.search(_HUMP.sub("_", name).lower()))


def private_keys(text: str) -> Iterator[Leak]:
    if "PRIVATE KEY" not in text:
        return
    marks = [*_PEM.finditer(text)]
    for mark, follower in pairwise([*marks, None]):
        if mark is None or mark[1] == "END":
            continue
        if follower is not None and follower[1] == "END":
            yield Leak(PRIVATE_KEY, mark.start(), follower.end())
        elif body := _PEM_BODY.match(text, mark.end()):
            yield Leak(PRIVATE_KEY, mark.start(), body.end())


def telling_names(text: str) -> list[re.Match[str]]:
    """The telling names with what makes them names, in order."""
    # The one letter that is longer in lower case would move all offsets behind it.
    lower = text.replace("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "i").lower()
    found = [match for start, name in _NAMES if start in lower for match in name.finditer(lower)]
    return sorted(found, key=lambda match: match.start())


def text_value(text: str, name: re.Match[str], end: int | None = None) -> Iterator[Leak]:
    """The value in ``name=value`` or ``name: value``: one word, or what stands in quotes."""
    at = name.end()
    if "\n" in name[0] or not (name["sign"] != ":" or name["close"] or _parted(text, name)):
        return
    found = _VALUE.match(text, at) if end is None else _VALUE.match(text, at, end)
    if not found:
        return
    which = found.lastgroup or ""
    start, value = found.start(which), found[which]
    if which == "plain":
        pair = _NEXT_PAIR.search(value)
        value = value[: pair.start()] if pair else value
        value = _without_closing(value)
    if is_secret(value):
        yield Leak(CREDENTIAL, start, start + len(value))


def mistaken_value(text: str, at: int) -> Iterator[Leak]:
    """A value without quotes that YAML takes for something else: a comment, an alias, a tag."""
    found = _MISTAKEN.match(text, at)
    if found and is_secret(found["word"]):
        yield Leak(CREDENTIAL, *found.span("word"))


def _without_closing(value: str) -> str:
    """A word without the punctuation that ends what stands around it."""
    for opening, closing in ("()", "[]", "{}", "<>"):
        value = value.rstrip(",;\"'`" + ("" if opening in value else closing))
    return value


def _parted(text: str, name: re.Match[str]) -> bool:
    """Whether a colon ends a name, and does not part a path (``arn:…:secret:okx/grid``)."""
    after = text[name.end() : name.end() + 1]
    if not after or after in " \t\r\n\"'":
        return True
    start = name.start() - len(_last_word(text[max(name.start() - 80, 0) : name.start()]))
    return after not in ":/" and text[start - 1 : start] not in (":", "/", "#", "@")


def line_value(text: str, name: re.Match[str]) -> Iterator[Leak]:
    """The value of a field where YAML cannot be read: the line, and those further indented."""
    far = max(name.start() - _FAR, 0)
    head = text[max(text.rfind("\n", far, name.start()) + 1, far) : name.start()]
    quoted = _VALUE.match(text, name.end())
    if not _LINE_START.fullmatch(head) or (quoted and quoted.lastgroup != "plain"):
        yield from text_value(text, name)
        return
    indent = len(head) - len(head.lstrip(" -"))
    lines = re.compile(
        rf"[^\n]{{0,{_FAR}}}(?:\n(?:[ \t]{{{indent + 1},}}[^\n]*|[ \t\r]*(?=\n))){{0,999}}"
    )
    found = lines.match(text, name.end())
    value = found[0] if found else ""
    line, _, rest = value.partition("\n")
    if not rest.strip() or _FIELD.match(rest):
        value = _COMMENT.sub("", line)
    opening = _OPENING.match(value)
    start = opening.end() if opening else 0
    value = value[start:].rstrip().rstrip("\"'")
    if is_secret(value):
        yield Leak(CREDENTIAL, name.end() + start, name.end() + start + len(value))

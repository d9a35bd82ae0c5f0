"""The policy in force as YAML that means the same, with a comment on where each value is said."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from okxlint.documents.scalars import plain
from okxlint.lazy import Pattern
from okxlint.policy.view import DEFAULT
from okxlint.secrets.redact import visible

CHOSEN = {
    "--policy": "named by --policy",
    "found": "found from the working directory upwards",
    DEFAULT: "there is no okxlint.yaml",
}
_PLAIN = Pattern(r"[A-Za-z0-9_][A-Za-z0-9_./+-]*")
_COLUMN = 44
"""Where comments begin, if the line leaves room."""
Row = Mapping[str, Any]


def lines(shown: Row, undercut: Collection[str]) -> Iterator[str]:
    """The lines of a view.

    A granted waiver is told in a comment: here it would stand with the lock that it may stand
    below. So is the lock of a rule of ``undercut``, of which an override says less than what holds
    elsewhere, though not less than what is locked.
    """
    yield f"# {shown['source']}: {CHOSEN[shown['chosen']]}"
    yield f"# made of {' -> '.join(shown['chain'])}"
    if "key" in shown:
        yield f"# for the key {shown['key']['value']}, overrides included ({shown['key']['from']})"
    yield "version: 1"
    yield "extends: []"
    yield from _fields(shown)
    yield "rules:" if shown["rules"] else "rules: {}"
    for name, rule in shown["rules"].items():
        yield from _rule(name, rule, "  ")
        lock = rule["locked"]
        if lock and name not in undercut:
            yield _row("locked", {"value": True, "from": lock["from"]}, "    ")
        elif lock:
            held = {"severity": lock["severity"], **lock["options"]}
            yield f"    # locked at {lock['from']}: {_flow(held)}"
    yield from _overrides(shown.get("overrides", ()))
    if "waivers" in shown:
        yield from _waivers(shown["waivers"])
    live = {name: terms for name, terms in shown.get("live", {}).items() if terms["value"]}
    if live:
        yield "live:"
    for name, terms in live.items():
        yield from _list(name, terms, "  ")


def _fields(shown: Row) -> Iterator[str]:
    for name in ("manifests", "plugins"):
        if name in shown and shown[name]["value"]:
            yield from _list(name, shown[name])
    if "metadata_schema" in shown and shown["metadata_schema"]["value"] is not None:
        yield _row("metadata_schema", shown["metadata_schema"])
    if shown["custom"]:
        yield "custom:"
    for entry in shown["custom"]:
        said = {name: item for name, item in entry.items() if name != "from"}
        yield _line(f"  - {_flow(said)}", entry["from"])


def _overrides(shown: Sequence[Row]) -> Iterator[str]:
    if shown:
        yield "overrides:"
    for override in shown:
        yield _line(f"  - match: {_flow(override['match'])}", override["from"])
        yield "    rules:"
        for name, rule in override["rules"].items():
            yield from _rule(name, rule, "      ")


def _rule(name: str, rule: Row, indent: str) -> Iterator[str]:
    said = dict(rule["options"])
    if "severity" in rule:
        said = {"severity": rule["severity"], **said}
    yield f"{indent}{name}:{'' if said else ' {}'}"
    for option, value in said.items():
        yield _row(option, value, f"{indent}  ")


def _waivers(shown: Row) -> Iterator[str]:
    yield "waivers:"
    yield from _list("require", shown["require"], "  ")
    yield _row("max_days", shown["max_days"], "  ")
    if shown["approvers"]["value"] is not None:
        yield from _list("approvers", shown["approvers"], "  ")
    yield from _list("never", shown["never"], "  ")
    for granted in shown["granted"]:
        said = {name: item for name, item in granted.items() if name != "from"}
        yield _line(f"  # granted: {_flow(said)}", granted["from"])


def _list(name: str, shown: Row, indent: str = "") -> Iterator[str]:
    """A list, each entry on a line of its own."""
    if not shown["value"]:
        yield _line(f"{indent}{name}: []", ", ".join(shown["from"]))
        return
    yield f"{indent}{name}:"
    for value, said in zip(shown["value"], shown["from"], strict=True):
        yield _line(f"{indent}  - {_flow(value)}", said)


def _row(name: str, value: Row, indent: str = "") -> str:
    return _line(f"{indent}{name}: {_flow(value['value'])}", value["from"])


def _line(text: str, said: str) -> str:
    return f"{text:<{_COLUMN}}  # {said}"


def _flow(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flow(name)}: {_flow(item)}' for name, item in value.items())}}}"
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and type(plain(value)) is str
        return value if is_plain else _quoted(value)
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    return json.dumps(value)


def _quoted(text: str) -> str:
    # What a log could take for a command is written with escapes: the text stays the same.
    return visible(json.dumps(text, ensure_ascii=False)).replace("##[", r"##\x5b")

"""What may stand at a place of a manifest: fields, words, and names of the inventory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from okxlint.catalogue import summary
from okxlint.drafts.scalars import scalar
from okxlint.editor.checked import Checked
from okxlint.editor.cursor import Cursor, cursor_at
from okxlint.inventory import Account, App, Key, Waiver
from okxlint.manifest import LISTS

_KINDS: dict[str, type[Any]] = {
    "accounts": Account,
    "apps": App,
    "keys": Key,
    "waivers": Waiver,
}
"""What is declared in each list."""


class Completion(NamedTuple):
    """One thing that may stand there."""

    label: str
    text: str
    """What is written."""
    detail: str = ""
    is_field: bool = False


def complete(checked: Checked, text: str, offset: int) -> tuple[int, list[Completion]]:
    """Where the word at an offset begins, and what may stand for it."""
    cursor = cursor_at(text, offset)
    if cursor is None:
        return offset, []
    # Nothing is offered that a report would mask.
    clean = checked.case.masking.redactor.clean
    offers = (each for each in _offers(checked, cursor) if clean(each.label) == each.label)
    return cursor.start, list(dict.fromkeys(offers))


def _offers(checked: Checked, cursor: Cursor) -> Iterator[Completion]:
    if not cursor.route:
        if cursor.field is None:
            yield from _fields(("version", *LISTS), cursor, "a field of a manifest")
        elif cursor.field == "version":
            yield Completion("1", "1", "the version of the format")
        return
    kind = _KINDS.get(cursor.route[-1])
    holder = _KINDS.get(cursor.route[-2]) if len(cursor.route) > 1 else None
    if kind and cursor.field:
        yield from _values(checked, kind, cursor.field)
    elif kind:
        names = [name for name, each in kind.__dataclass_fields__.items() if each.init]
        yield from _fields(names, cursor, f"a field of each of {cursor.route[-1]}")
    elif holder and cursor.field is None:
        yield from _values(checked, holder, cursor.route[-1])


def _fields(names: Iterable[str], cursor: Cursor, detail: str) -> Iterator[Completion]:
    for name in names:
        if name not in cursor.present:
            space = "" if name in _KINDS else " "
            yield Completion(name, f"{name}:{space}", detail, is_field=True)


def _values(checked: Checked, kind: type[Any], field: str) -> Iterator[Completion]:
    inventory = checked.case.inventory
    match kind.__name__, field:
        case "Key", "app":
            yield from (_named(app.name, app.purpose or "") for app in inventory.apps)
        case ("Key", "account") | ("Account", "parent"):
            accounts = inventory.all_accounts
            yield from (_named(each.name, getattr(each, "type", "")) for each in accounts)
        case "Key", "replaces":
            keys = inventory.keys
            yield from (_named(key.label, f"account {key.account}") for key in keys)
        case "Waiver", "rule":
            rules = checked.case.policy.rules.values()
            waivable = (rule for rule in rules if rule.waivable)
            yield from (_named(rule.id, summary(rule)) for rule in waivable)
        case _:
            yield from (_named(word, "") for word in _words(get_type_hints(kind).get(field)))


def _named(name: str, detail: str) -> Completion:
    return Completion(name, scalar(name), detail)


def _words(hint: Any) -> Iterator[str]:
    """The words that a type allows, wherever in it they stand."""
    if get_origin(hint) is Literal:
        yield from get_args(hint)
        return
    for inner in get_args(hint):
        yield from _words(inner)

"""Documents to inventory: every manifest validated, every problem kept with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from okxlint.inventory import Account, App, Broken, Inventory, Key, Waiver
from okxlint.origin import Origin, Place
from okxlint.reader import Document, Parsed
from okxlint.suggest import did_you_mean

VERSION = "1"
LISTS = ("accounts", "apps", "keys")
"""The top-level fields, one of which makes a YAML file a manifest."""


class Flaw(NamedTuple):
    """Something in a file that is not as it must be, found before any rule looks."""

    rule: Literal["yaml-syntax", "manifest-schema"]
    value: str
    """What kind of problem: the finding's value."""
    message: str
    help: str
    place: Place
    account: str | None = None
    key: str | None = None
    app: str | None = None


Object = Account | App | Key
_O = TypeVar("_O", Account, App, Key)
_N = TypeVar("_N", Account, App)
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def load(files: Iterable[Parsed]) -> tuple[Inventory, list[Flaw]]:
    """The inventory of all files, and everything that is wrong with their form."""
    loader = _Loader()
    for file in files:
        loader.file(file)
    inventory = Inventory(
        tuple(loader.unique(loader.accounts, "account")),
        tuple(loader.unique(loader.apps, "app")),
        tuple(loader.keys),
        tuple(loader.broken),
    )
    return inventory, loader.flaws


def is_manifest(file: Parsed) -> bool:
    """Whether a file holds anything at all: comments alone, or nothing, make no manifest."""
    return bool(file.problems) or any(document.value is not None for document in file.documents)


class _Loader:
    def __init__(self) -> None:
        self.accounts: list[Account] = []
        self.apps: list[App] = []
        self.keys: list[Key] = []
        self.broken: list[Broken] = []
        self.flaws: list[Flaw] = []

    def file(self, file: Parsed) -> None:
        for problem in file.problems:
            place = Place(file.source, problem.start, problem.end)
            help_ = problem.hint or "Mend this place; everything else in the file was still read."
            self.flaws.append(Flaw("yaml-syntax", problem.kind, problem.message, help_, place))
        for document in file.documents:
            if document.value is not None:
                self.document(file, document)

    def document(self, file: Parsed, document: Document) -> None:
        origin = Origin(file.source, file.spans, document.node)
        fields = document.value
        if not isinstance(fields, dict):
            what = "a list" if isinstance(fields, list) else "a single value"
            message = f"a manifest is a mapping with 'version', and this document is {what}"
            self.schema("not a mapping", message, origin.name_of(), _START)
            return
        if not self.supported(fields, origin):
            return
        for name in fields:
            if name not in (*LISTS, "version") and not name.startswith("x-"):
                nearest = did_you_mean(name, (*LISTS, "version"))
                message = f"'{name}' is no field of a manifest{nearest}"
                self.schema("unknown field", message, origin.name_of(name), _TOP_FIELDS)
        self.accounts += self.objects(Account, fields.get("accounts"), origin, "accounts")
        self.apps += self.objects(App, fields.get("apps"), origin, "apps")
        self.keys += self.objects(Key, fields.get("keys"), origin, "keys")

    def supported(self, fields: dict[str, Any], origin: Origin) -> bool:
        version = fields.get("version")
        if version is None:
            message = "'version' is missing: each document says which form it has"
            self.schema("missing version", message, origin.label, "Write 'version: 1' at the top.")
        elif version != VERSION:
            message = "this version of a manifest is not known to this okxlint"
            help_ = "Write 'version: 1', or install a newer okxlint. The document was not judged."
            self.schema("unknown version", message, origin.at("version"), help_)
            return False
        return True

    def objects(self, kind: type[_O], items: Any, origin: Origin, name: str) -> Iterator[_O]:
        if items is None:
            return
        if not isinstance(items, list):
            message = f"'{name}' is a list: each item begins with '- '"
            self.schema("not a list", message, origin.name_of(name), _START)
            return
        adapter = _adapter(kind)
        items = [item for item in items if item is not None]
        for item, where in zip(items, origin.children(name), strict=True):
            if not isinstance(item, dict):
                message = f"an item of '{name}' is a mapping with fields, and this is none"
                self.schema("not a mapping", message, where.name_of(), _START)
                continue
            fields = _without_nulls(item)
            try:
                built: _O = adapter.validate_python(fields)
            except ValidationError as error:
                self.invalid(kind, fields, where, error)
                continue
            yield _placed(built, where)

    def invalid(
        self, kind: type[Object], fields: dict[str, Any], where: Origin, error: ValidationError
    ) -> None:
        named = _names(kind, fields)
        for detail in error.errors(include_url=False):
            value, message, place, help_ = _explain(kind, detail, where)
            self.flaws.append(Flaw("manifest-schema", value, message, help_, place, **named))
        broken = _broken(kind, fields)
        if broken:
            self.broken.append(broken)

    def schema(self, value: str, message: str, place: Place, help_: str) -> None:
        self.flaws.append(Flaw("manifest-schema", value, message, help_, place))

    def unique(self, objects: list[_N], word: Literal["account", "app"]) -> Iterator[_N]:
        first: dict[str, _N] = {}
        for item in objects:
            if item.name not in first:
                first[item.name] = item
                yield item
                continue
            earlier = first[item.name].origin.label.location
            message = (
                f"the {word} '{item.name}' is declared already in {earlier.path}, "
                f"line {earlier.line}; the first one holds"
            )
            help_ = f"Keep one declaration of each {word}, or give this one its own name."
            named = {word: item.name}
            place = item.origin.label
            flaw = Flaw("manifest-schema", f"second {word}", message, help_, place, **named)
            self.flaws.append(flaw)


_START = "See 'okxlint explain manifest-schema' for a manifest of the right form."
_TOP_FIELDS = "Top-level fields are version, accounts, apps, keys, and names that begin with 'x-'."
_UNTYPED = frozenset({"metadata"})


def _adapter(kind: type[_O]) -> TypeAdapter[_O]:
    # Built once, on first use: the validator of Key alone takes a tenth of a small run.
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _without_nulls(fields: dict[str, Any]) -> dict[str, Any]:
    """A null or an empty value is as if absent, also in a list and in a waiver."""
    kept = {}
    for name, value in fields.items():
        if type(value) is list:
            kept[name] = [
                _without_nulls(item) if type(item) is dict else item
                for item in value
                if item is not None
            ]
        elif value is not None:
            kept[name] = value
    return kept


def _placed(built: _O, where: Origin) -> _O:
    # The one place that completes a frozen object: pydantic made it, and knows no positions.
    object.__setattr__(built, "origin", where)
    if built.waivers:
        for waiver, origin in zip(built.waivers, where.children("waivers"), strict=True):
            object.__setattr__(waiver, "origin", origin)
    return built


def _names(kind: type[Object], fields: dict[str, Any]) -> dict[str, str | None]:
    if kind is Key:
        return {"account": _string(fields, "account"), "key": _string(fields, "label")}
    return {"account" if kind is Account else "app": _string(fields, "name")}


def _string(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None


def _broken(kind: type[Object], fields: dict[str, Any]) -> Broken | None:
    if kind is not Key:
        name = _string(fields, "name")
        return Broken("account" if kind is Account else "app", name) if name else None
    return Broken(
        "key",
        _string(fields, "label") or "",
        _string(fields, "account") or "",
        _string(fields, "environment") or "live",
        _string(fields, "status") or "active",
    )


def _explain(kind: type[Object], detail: Any, where: Origin) -> tuple[str, str, Place, str]:
    """A pydantic error as (value, message, place, help)."""
    route: tuple[str | int, ...] = detail["loc"]
    field = next((str(step) for step in reversed(route) if isinstance(step, str)), "")
    holder = Waiver if len(route) > 1 and route[0] == "waivers" else kind
    word = holder.__name__.lower()
    article = "an" if word[0] == "a" else "a"
    known = [name for name in holder.__dataclass_fields__ if name != "origin"]
    match detail["type"]:
        case "unexpected_keyword_argument":
            message = f"'{field}' is no field of {article} {word}{did_you_mean(field, known)}"
            help_ = f"The fields of {article} {word}: {', '.join(known)}."
            return "unknown field", message, where.name_of(*route), help_
        case "missing":
            holding = where.child(*route[:-1]) or where
            message = f"{article} {word} needs '{field}'"
            return f"missing {field}", message, holding.label, f"Add the field '{field}'."
        case "literal_error":
            choices = detail["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            nearest = did_you_mean(str(detail["input"]), choices)
            message = f"this is no value of '{field}'{nearest}"
            return f"invalid {field}", message, where.at(*route), f"One of: {', '.join(choices)}."
        case _:
            message = f"'{field}': {_WORDS.get(detail['type'], detail['msg'])}"
            return f"invalid {field}", message, where.at(*route), "Write the value as told."


_WORDS = {
    "string_type": "this is text, not a list or a mapping",
    "tuple_type": "this is a list: [one, two], or items that begin with '- '",
    "dict_type": "this is a mapping of names to values",
    "dataclass_type": "this is a mapping of names to values",
    "string_too_short": "this is empty",
    "string_too_long": "this has more characters than the 50 that OKX allows",
}

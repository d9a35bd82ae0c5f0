"""Documents to inventory: every manifest validated, every problem kept with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from okxlint.inventory import Account, App, Broken, Inventory, Key, Waiver
from okxlint.model import STATUSES
from okxlint.origin import Origin, Place
from okxlint.reader import Document, Parsed
from okxlint.schema_error import explain
from okxlint.suggest import did_you_mean

VERSION = "1"
ENVIRONMENTS = ("live", "demo")
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
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def load(files: Iterable[Parsed]) -> tuple[Inventory, list[Flaw]]:
    """The inventory of all files, and everything that is wrong with their form."""
    loader = _Loader()
    for file in files:
        loader.file(file)
    inventory = Inventory(
        tuple(loader.accounts),
        tuple(loader.apps),
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
        self.named: dict[tuple[type, str], Origin] = {}
        """The first account or app of each name."""
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
            self.schema("not a list", message, origin.whole(name), _START)
            return
        adapter = _adapter(kind)
        items = [item for item in items if item is not None]
        for item, where in zip(items, origin.children(name, count=len(items)), strict=True):
            if not isinstance(item, dict):
                message = f"an item of '{name}' is a mapping with fields, and this is none"
                self.schema("not a mapping", message, where.name_of(), _START)
                continue
            fields = _stated(kind, item)
            second = self.is_second(kind, _string(fields, "name"), where)
            try:
                built: _O = adapter.validate_python(fields)
            except ValidationError as error:
                self.invalid(kind, fields, where, error)
                continue
            if not second:
                yield _placed(built, where)

    def invalid(
        self, kind: type[Object], fields: dict[str, Any], where: Origin, error: ValidationError
    ) -> None:
        named = _names(kind, fields)
        for detail in error.errors(include_url=False):
            value, message, place, help_ = explain(kind, detail, where)
            self.flaws.append(Flaw("manifest-schema", value, message, help_, place, **named))
        broken = _broken(kind, fields)
        if broken:
            self.broken.append(broken)

    def schema(self, value: str, message: str, place: Place, help_: str) -> None:
        self.flaws.append(Flaw("manifest-schema", value, message, help_, place))

    def is_second(self, kind: type[Object], name: str | None, where: Origin) -> bool:
        """Whether an account or app of that name came before; if so, that is told."""
        if kind is Key or name is None:
            return False
        first = self.named.setdefault((kind, name), where)
        if first is where:
            return False
        word = kind.__name__.lower()
        earlier = first.label.location
        message = (
            f"the {word} '{name}' is declared already in {earlier.path}, "
            f"line {earlier.line}; the first one holds"
        )
        help_ = f"Keep one declaration of each {word}, or give this one its own name."
        names = {"account" if kind is Account else "app": name}
        place = where.label
        self.flaws.append(Flaw("manifest-schema", f"second {word}", message, help_, place, **names))
        return True


_START = "See 'okxlint explain manifest-schema' for a manifest of the right form."
_TOP_FIELDS = "Top-level fields are version, accounts, apps, keys, and names that begin with 'x-'."


def _adapter(kind: type[_O]) -> TypeAdapter[_O]:
    # Built once, on first use: the validator of Key alone takes a tenth of a small run.
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _stated(kind: type[Object | Waiver], fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that say something: a null, an empty list or mapping is as if absent.

    Not so the empty list of an app's ``needs``, nor a field that there is not: its name is wrong.
    """
    if not any(map(_says_nothing_or_nests, fields.values())):
        return fields
    kept = {}
    for name, value in fields.items():
        stated = value
        if type(value) is list:
            stated = [
                _stated(Waiver, item) if type(item) is dict else item
                for item in value
                if item is not None
            ]
        nothing = not stated and stated != ""
        if nothing and name in kind.__dataclass_fields__ and name not in ("needs", "origin"):
            continue
        kept[name] = stated
    return kept


def _says_nothing_or_nests(value: Any) -> bool:
    """Whether a field may hold a null or an empty list; most hold a text or a list of texts."""
    if type(value) is list:
        return not value or any(type(item) is not str for item in value)
    return value is None or value == {}


def _placed(built: _O, where: Origin) -> _O:
    # The one place that completes a frozen object: pydantic made it, and knows no positions.
    object.__setattr__(built, "origin", where)
    if built.waivers:
        origins = where.children("waivers", count=len(built.waivers))
        for waiver, origin in zip(built.waivers, origins, strict=True):
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
    environment, status = fields.get("environment"), fields.get("status")
    return Broken(
        "key",
        _string(fields, "label") or "",
        _string(fields, "account") or "",
        environment if environment in ENVIRONMENTS else "live",
        status if status in STATUSES else "active",
    )

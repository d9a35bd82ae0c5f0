"""Documents to inventory: every manifest validated, every problem kept with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields as fields_of
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic_core import ValidationError

from okxlint.documents.reader import Document, Parsed
from okxlint.forms import validator
from okxlint.inventory import Account, App, Broken, Inventory, Key, Waiver
from okxlint.model import STATUSES, Severity
from okxlint.origin import Origin, Place, Replacement
from okxlint.schema_error import explain, near_miss
from okxlint.suggest import did_you_mean

VERSION = "1"
ENVIRONMENTS = ("live", "demo")
LISTS = ("accounts", "apps", "keys")
"""The top-level fields, one of which makes a YAML file a manifest."""
NAMED_ONCE = ("app", "needs")
"""Lists in which a second entry of the same name says nothing, and no fact of a key on OKX."""


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
    fix: Replacement | None = None
    at_most: Severity = Severity.ERROR


Object = Account | App | Key
_O = TypeVar("_O", Account, App, Key)
_AT_A_TIME = 1000
"""So many objects are validated in one call."""
_TEXTS = {str}


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
        items = [item for item in items if item is not None]
        stated = [stated_fields(kind, item) if isinstance(item, dict) else None for item in items]
        validated = _validated(kind, [fields for fields in stated if fields is not None])
        named = kind in (Account, App)  # a key has a label, and rules look at that
        for fields, where in zip(stated, origin.children(name, count=len(items)), strict=True):
            if fields is None:
                message = f"an item of '{name}' is a mapping with fields, and this is none"
                self.schema("not a mapping", message, where.name_of(), _START)
                continue
            second = named and self.is_second(kind, _string(fields, "name"), where)
            built = next(validated)
            if isinstance(built, ValidationError):
                self.invalid(kind, fields, where, built)
            elif not second:
                yield _placed(built, where, fields)
                self.repeated(built, where)

    def invalid(
        self, kind: type[Object], fields: dict[str, Any], where: Origin, error: ValidationError
    ) -> None:
        named = _names(kind, fields)
        for detail in error.errors(include_url=False):
            value, message, place, help_ = explain(kind, detail, where)
            fix = near_miss(detail, place)
            flaw = Flaw("manifest-schema", value, message, help_, place, **named)
            self.flaws.append(flaw._replace(fix=fix))
        broken = _broken(kind, fields, where)
        if broken:
            self.broken.append(broken)

    def repeated(self, built: Object, where: Origin) -> None:
        """Tell of names that stand twice in a list."""
        for field, index in repeats(built):
            name = getattr(built, field)[index]
            entry = where.child(field, index)
            at = where.removal(field, entry) if entry else None
            flaw = Flaw(
                "manifest-schema",
                "repeated entry",
                f"'{name}' stands twice in '{field}'",
                "Keep one of them.",
                where.at(field, index),
                **_names(type(built), built.fields),
                fix=Replacement(f"Remove the second '{name}'", at, "") if at else None,
                at_most=Severity.INFO,
            )
            self.flaws.append(flaw)

    def schema(self, value: str, message: str, place: Place, help_: str) -> None:
        self.flaws.append(Flaw("manifest-schema", value, message, help_, place))

    def is_second(self, kind: type[Object], name: str | None, where: Origin) -> bool:
        """Whether an account or app of that name came before; if so, that is told."""
        if name is None:
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
        names: dict[str, Any] = {"account" if kind is Account else "app": name}
        place = where.label
        self.flaws.append(Flaw("manifest-schema", f"second {word}", message, help_, place, **names))
        return True


def repeats(built: Object) -> Iterator[tuple[str, int]]:
    """Each entry of a list that stands there before, as field and index."""
    for field in NAMED_ONCE:
        names = getattr(built, field, None) or ()
        if len(names) > 1 and len(set(names)) < len(names):
            yield from ((field, at) for at, name in enumerate(names) if name in names[:at])


_START = "See 'okxlint explain manifest-schema' for a manifest of the right form."
_TOP_FIELDS = "Top-level fields are version, accounts, apps, keys, and names that begin with 'x-'."


def _validated(kind: type[_O], items: list[dict[str, Any]]) -> Iterator[_O | ValidationError]:
    """Each object, or what is wrong with it.

    They are validated many at a time; those among which something is wrong, once more one by one.
    """
    for start in range(0, len(items), _AT_A_TIME):
        some = items[start : start + _AT_A_TIME]
        try:
            yield from _built(kind, some)
        except ValidationError:
            for fields in some:
                try:
                    yield from _built(kind, [fields])
                except ValidationError as error:
                    yield error


def _built(kind: type[_O], items: list[dict[str, Any]]) -> list[_O]:
    """Objects of one kind. Raises ``ValidationError``."""
    given = tuple(items if each is kind else [] for each in _KINDS)
    built: list[_O] = validator(_ALL).validate_python(given)[_KINDS.index(kind)]
    return built


_KINDS = (Account, App, Key)
_ALL = tuple[list[Account], list[App], list[Key]]
"""One validator of all kinds: what they have in common is built once."""


def stated_fields(kind: type[Object | Waiver], fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that say something: a null, an empty list or mapping is as if absent.

    Not so the empty list of an app's ``needs``, nor a field that there is not: its name is wrong.
    """
    if _says_all(fields):
        return fields
    kept = {}
    for name, value in fields.items():
        stated = value
        if type(value) is list:
            stated = [
                stated_fields(Waiver, item) if type(item) is dict else item
                for item in value
                if item is not None
            ]
        nothing = not stated and stated != ""
        if nothing and name != "needs" and name in _FIELD_NAMES[kind]:
            continue
        kept[name] = stated
    return kept


_FIELD_NAMES: dict[type, frozenset[str]] = {
    kind: frozenset(each.name for each in fields_of(kind) if each.init)
    for kind in (Account, App, Key, Waiver)
}
"""The fields that a manifest can give."""


def _says_all(fields: dict[str, Any]) -> bool:
    """Whether each field plainly says something: most are a text or a list of texts."""
    for value in fields.values():
        kind = type(value)
        if kind is str:
            continue
        if kind is list:
            if not value or {*map(type, value)} != _TEXTS:
                return False
        elif value is None or value == {}:
            return False
    return True


def _placed(built: _O, where: Origin, fields: dict[str, Any]) -> _O:
    # The one place that completes a frozen object: pydantic made it, and knows no positions.
    object.__setattr__(built, "origin", where)
    object.__setattr__(built, "fields", fields)
    if built.waivers:
        origins = where.children("waivers", count=len(built.waivers))
        for waiver, origin in zip(built.waivers, origins, strict=True):
            object.__setattr__(waiver, "origin", origin)
    return built


def _names(kind: type[Object], fields: Mapping[str, Any]) -> dict[str, Any]:
    if kind is Key:
        return {"account": _string(fields, "account"), "key": _string(fields, "label")}
    return {"account" if kind is Account else "app": _string(fields, "name")}


def _string(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None


def _broken(kind: type[Object], fields: dict[str, Any], where: Origin) -> Broken | None:
    if kind is not Key:
        name = _string(fields, "name")
        return Broken("account" if kind is Account else "app", name, where) if name else None
    environment, status = fields.get("environment"), fields.get("status")
    return Broken(
        "key",
        _string(fields, "label") or "",
        where,
        _string(fields, "account") or "",
        environment if environment in ENVIRONMENTS else "live",
        status if status in STATUSES else "active",
    )

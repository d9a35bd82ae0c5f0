"""One policy file as it is written: its fields, each of the right form, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal, NamedTuple

from pydantic_core import ValidationError

from okxlint.documents.reader import Parsed, read
from okxlint.errors import PolicyError, Problem
from okxlint.field_types import Name, Names, Positive, Text
from okxlint.forms import FORBID, STR, Alias, Form, validator
from okxlint.inventory import Waiver
from okxlint.origin import Origin, Place, Step
from okxlint.policy import DEFAULT_PACK
from okxlint.secrets.redact import Redactor, visible
from okxlint.suggest import did_you_mean
from okxlint.unknowns import Kind

_WORDED = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_HINT = "Nothing was checked: a policy must be right as a whole."


class Wrong(NamedTuple):
    """Something wrong with a policy: where, and what."""

    place: Place
    message: str


@dataclass(frozen=True)
class Globs:
    """What an override or a custom rule is for: every field that is there must match."""

    __pydantic_config__ = FORBID
    account: Name | None = None
    app: Name | None = None
    key: Name | None = None
    environment: Name | None = None
    path: Name | None = None


@dataclass(frozen=True)
class OverrideText:
    """An entry of ``overrides``: what holds otherwise for some objects."""

    __pydantic_config__ = FORBID
    match: Globs
    rules: dict[str, Any]


@dataclass(frozen=True)
class CustomText:
    """An entry of ``custom``: a rule that is data."""

    __pydantic_config__ = FORBID
    id: Annotated[str, Form({**STR, "pattern": _WORDED}, {"type": "string", "pattern": _WORDED})]
    kind: Annotated[Literal["key", "app", "account"], Alias("for")]
    assertion: Annotated[Any, Alias("assert")]
    message: Name
    where: Globs = Globs()
    severity: Literal["info", "warning", "error"] = "error"
    at: Name | None = None
    help: Text | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GrantedWaiver(Waiver):
    """An entry of ``waivers.granted``: a waiver, and the names of the object it stands on."""

    __pydantic_config__ = FORBID
    account: Name | None = None
    key: Name | None = None
    app: Name | None = None


@dataclass(frozen=True)
class WaiverText:
    """What a policy file says of waivers."""

    __pydantic_config__ = FORBID
    require: tuple[Literal["reason", "approved_by", "granted", "expires", "value"], ...] | None = (
        None
    )
    max_days: Positive | None = None
    approvers: tuple[Name, ...] | None = None
    never: tuple[Name, ...] = ()
    granted: tuple[GrantedWaiver, ...] = ()


@dataclass(frozen=True)
class LiveText:
    """What a policy file says of runs with a snapshot."""

    __pydantic_config__ = FORBID
    require: tuple[Literal["master-keys"], ...] = ()
    allow_unknown: tuple[Kind, ...] = ()


@dataclass(frozen=True)
class Written:
    """A policy file's fields, as written."""

    __pydantic_config__ = FORBID
    version: Literal["1"]
    extends: Names = (DEFAULT_PACK,)
    manifests: tuple[Name, ...] = ()
    rules: dict[str, Any] = field(default_factory=dict)
    overrides: tuple[OverrideText, ...] = ()
    waivers: WaiverText = WaiverText()
    live: LiveText = LiveText()
    metadata_schema: Text | None = None
    plugins: tuple[Name, ...] = ()
    custom: tuple[CustomText, ...] = ()


@dataclass(frozen=True, eq=False)
class PolicyText:
    """A policy file that was read: what is right in itself, and what is wrong with the rest."""

    shown: str
    """As errors and reports name it."""
    folder: str
    """What its paths are relative to."""
    is_pack: bool
    """Then ``manifests`` are relative to the repository's root."""
    written: Written
    origin: Origin
    file: Parsed
    problems: tuple[Wrong, ...] = ()
    chain: list[PolicyText] = field(default_factory=list)
    """All that it extends, parents first, and itself; empty until ``extends`` is followed."""


def read_text(shown: str, data: bytes, folder: str, is_pack: bool) -> PolicyText:
    """A policy file's bytes, read by the reader of manifests."""
    file = read(shown, data)
    problems = [Wrong(Place(file.source, p.start, p.end), p.message) for p in file.problems]
    documents = [document for document in file.documents if document.value is not None]
    if len(documents) != 1 or not isinstance(documents[0].value, dict):
        if not problems:
            message = "a policy is one document: a mapping that begins with 'version: 1'"
            problems.append(Wrong(Place(file.source, 0, 0), message))
        origin = Origin(file.source, file.spans, 0)
        nothing = Written("1", extends=())
        return PolicyText(shown, folder, is_pack, nothing, origin, file, tuple(problems))
    origin = Origin(file.source, file.spans, documents[0].node)
    written, wrong = _written(_fields_of(documents[0].value), origin)
    granted = written.waivers.granted
    if granted:
        places = origin.children("waivers", "granted", count=len(granted))
        for waiver, where in zip(granted, places, strict=True):
            object.__setattr__(waiver, "origin", where)
    return PolicyText(shown, folder, is_pack, written, origin, file, (*problems, *wrong))


def _fields_of(document: dict[str, Any]) -> dict[str, Any]:
    """A policy's fields without nulls: they are as if absent. Not so where each word counts."""
    kept = {name: _stated(name, item) for name, item in document.items()}
    return {name: item for name, item in kept.items() if item is not None}


def _stated(name: str, value: Any) -> Any:
    if name in ("rules", "assert"):
        return value
    if isinstance(value, dict):
        inside = {inner: _stated(inner, item) for inner, item in value.items()}
        return {inner: item for inner, item in inside.items() if item is not None}
    if isinstance(value, list):
        return [_stated("", item) for item in value if item is not None]
    return value


def _written(values: dict[str, Any], origin: Origin) -> tuple[Written, list[Wrong]]:
    """The fields that are right in themselves, and what is wrong with the others."""
    match values:
        # So packs are. To build the validator of all fields takes longer than all else.
        case {"version": "1", "extends": [], "rules": dict() as rules} if len(values) == 3:
            return Written("1", (), rules=rules), []
        case {"version": "1", "rules": dict() as rules} if len(values) == 2:
            return Written("1", rules=rules), []
    checked = validator(Written)
    try:
        return checked.validate_python(values), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    wrong = {detail["loc"][0] for detail in details}
    sound = {name: value for name, value in values.items() if name not in wrong}
    written: Written = checked.validate_python({"version": "1", **sound})
    return written, [explain(origin, detail) for detail in details]


def explain(origin: Origin, detail: Any, inside: tuple[Step, ...] = ()) -> Wrong:
    """A pydantic error as its place and a sentence."""
    route: tuple[Step, ...] = (*inside, *detail["loc"])
    field_name = next((str(step) for step in reversed(route) if isinstance(step, str)), "")
    match detail["type"]:
        case "unexpected_keyword_argument":
            nearest = nearest_of(field_name, _names_at(detail["loc"]))
            return Wrong(origin.name_of(*route), f"'{field_name}' is no field here{nearest}")
        case "missing":
            holding = origin.child(*route[:-1]) or origin
            return Wrong(holding.label, f"'{field_name}' is missing")
        case "literal_error":
            expected = detail["ctx"]["expected"]
            choices = expected.replace("'", "").replace(" or ", ", ").split(", ")
            nearest = did_you_mean(str(detail["input"]), choices)
            one_of = "one of " if len(choices) > 1 else ""
            return Wrong(origin.at(*route), f"'{field_name}' is {one_of}{expected}{nearest}")
        case other:
            said = (
                detail["msg"].removeprefix("Value error, ").replace("Input should", "this should")
            )
            return Wrong(origin.at(*route), f"'{field_name}': {_WORDS.get(other, said)}")


_WORDS = {
    "string_type": "this is text, not a number, a list or a mapping",
    "string_too_short": "this is empty",
    "string_pattern_mismatch": "this is words of lower-case letters and digits, joined by '-'",
    "tuple_type": "this is a list: [one, two], or items that begin with '- '",
    "dict_type": "this is a mapping of names to values",
    "dataclass_type": "this is a mapping of names to values",
    "int_parsing": "this is a whole number",
    "int_type": "this is a whole number",
    "bool_type": "this is true or false",
}
_ENTRIES: dict[tuple[str, ...], type] = {
    (): Written,
    ("waivers",): WaiverText,
    ("waivers", "granted"): GrantedWaiver,
    ("live",): LiveText,
    ("overrides",): OverrideText,
    ("overrides", "match"): Globs,
    ("custom",): CustomText,
    ("custom", "where"): Globs,
}


def _names_at(route: tuple[Step, ...]) -> list[str]:
    """The fields that there are beside one that there is not."""
    names = tuple(step for step in route[:-1] if isinstance(step, str))
    kind = _ENTRIES.get(names, Written)
    return [name for name in written_names(kind) if name != "origin"]


def written_names(kind: type) -> list[str]:
    """A type's fields by the names that they have in a file."""
    own = {"kind": "for", "assertion": "assert"} if kind is CustomText else {}
    return [own.get(each.name, each.name) for each in fields(kind)]


def nearest_of(name: str, names: Sequence[str]) -> str:
    """The nearest right word, or all that there are: to be put at the end of a sentence."""
    return did_you_mean(name, names) or f" (there are: {', '.join(names)})"


def refuse(problems: Iterable[Wrong]) -> None:
    """Raise a ``PolicyError`` that tells all that is wrong, file by file in the order given."""
    files: dict[str, list[Wrong]] = {}
    for problem in problems:
        files.setdefault(problem.place.source.path, []).append(problem)
    said = [each for file in files.values() for each in _said(file)]
    if said:
        raise PolicyError("\n".join(map(str, said)), _HINT, tuple(said))


def told(problems: Iterable[Wrong]) -> str:
    """What is wrong with one file, a line each, in the order of the text."""
    return "\n".join(map(str, _said(problems)))


def _said(problems: Iterable[Wrong]) -> Iterator[Problem]:
    clean = Redactor(()).clean
    for place, message in sorted(problems, key=lambda problem: problem.place.start):
        at = place.location
        yield Problem(visible(at.path), at.line, at.column, clean(message))

"""One policy file: read, and checked to the letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from okxlint import resources
from okxlint.errors import PolicyError
from okxlint.field_types import Name, Names, Text
from okxlint.inventory import Waiver
from okxlint.model import Severity
from okxlint.origin import Origin, Place, Step
from okxlint.policy import DEFAULT_PACK
from okxlint.reader import Parsed, read
from okxlint.redact import Redactor, visible
from okxlint.rule import Rule, load_rule, rule_ids
from okxlint.scalars import typed
from okxlint.suggest import did_you_mean

SEVERITIES = ("off", "info", "warning", "error")
Wrong = tuple[Place, str]
"""Something wrong with a policy: where, and what."""
_FORBID = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GrantedWaiver(Waiver):
    """An entry of ``waivers.granted``: a waiver, and the names of the object it stands on."""

    __pydantic_config__ = _FORBID
    account: Name | None = None
    key: Name | None = None
    app: Name | None = None


@dataclass(frozen=True)
class WaiverLayer:
    """What one policy file says of waivers."""

    __pydantic_config__ = _FORBID
    require: tuple[Literal["reason", "approved_by", "granted", "expires", "value"], ...] | None = (
        None
    )
    max_days: Annotated[int, Field(ge=1)] | None = None
    approvers: tuple[Name, ...] | None = None
    never: tuple[Name, ...] = ()
    granted: tuple[GrantedWaiver, ...] = ()


@dataclass(frozen=True)
class Written:
    """A policy file's fields, as written."""

    __pydantic_config__ = _FORBID
    version: Literal["1"]
    extends: Names = (DEFAULT_PACK,)
    manifests: tuple[Name, ...] = ()
    rules: dict[str, Any] = field(default_factory=dict)
    waivers: WaiverLayer = WaiverLayer()
    metadata_schema: Text | None = None


@dataclass(frozen=True)
class Change:
    """What one policy file says of one rule."""

    severity: Severity | Literal["kept"] | None = "kept"
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """One policy file, checked."""

    shown: str
    folder: str | None
    """What its paths are relative to; ``None`` for a pack: the repository's root."""
    written: Written
    changes: dict[str, Change]
    origin: Origin


def parse(shown: str, data: bytes, folder: str | None) -> Layer:
    """One policy file. Raises ``PolicyError`` for everything that is wrong with it."""
    file = read(shown, data)
    _refuse([(Place(file.source, p.start, p.end), p.message) for p in file.problems])
    origin, fields = _root(file)
    written, problems = _written(fields, origin)
    changes = {}
    rules = fields.get("rules")
    for name, entry in rules.items() if isinstance(rules, dict) else ():
        changes[name] = _change(name, typed(entry), origin, problems)
    problems += _path_problems(written, origin)
    problems += _waiver_problems(written, origin)
    _refuse(problems)
    granted = written.waivers.granted
    origins = origin.children("waivers", "granted", count=len(granted))
    for waiver, where in zip(granted, origins, strict=True):
        object.__setattr__(waiver, "origin", where)
    return Layer(shown, folder, written, changes, origin)


def _written(fields: dict[str, Any], origin: Origin) -> tuple[Written, list[Wrong]]:
    """The fields that are right in themselves, and what is wrong with the others."""
    adapter = _adapter(Written)
    try:
        return adapter.validate_python(fields), []
    except ValidationError as error:
        details = _details(error)
    wrong = {detail["loc"][0] for detail in details}
    sound = {name: value for name, value in fields.items() if name not in wrong}
    written: Written = adapter.validate_python({"version": "1", **sound})
    return written, [_explain(origin, detail) for detail in details]


def _change(name: str, entry: Any, origin: Origin, problems: list[Wrong]) -> Change:
    route = ("rules", name)
    if name not in rule_ids():
        problems.append((origin.name_of(*route), _unknown_rule(name)))
        return Change()
    rule = load_rule(name)
    if rule.hygiene:
        message = f"'{name}' is always on, at its own severity"
        problems.append((origin.name_of(*route), message))
    if not isinstance(entry, dict):
        return Change(_severity(entry, origin.at(*route), problems))
    options = dict(entry)
    severity: Severity | Literal["kept"] | None = "kept"
    if "severity" in options:
        place = origin.at(*route, "severity")
        severity = _severity(options.pop("severity"), place, problems)
    return Change(severity, _options(rule, options, origin, problems))


def _severity(word: Any, place: Place, problems: list[Wrong]) -> Severity | None:
    if word in SEVERITIES:
        return None if word == "off" else Severity.of(word)
    nearest = did_you_mean(str(word), SEVERITIES)
    problems.append((place, f"a severity is one of {', '.join(SEVERITIES)}{nearest}"))
    return None


def _options(
    rule: Rule, given: dict[str, Any], origin: Origin, problems: list[Wrong]
) -> dict[str, Any]:
    import json

    inside = ("rules", rule.id)
    names = (*rule.option_fields, "severity")
    for name in [name for name in given if name not in names]:
        del given[name]
        message = f"'{name}' is no option of the rule '{rule.id}'{_nearest_of(name, names)}"
        problems.append((origin.name_of(*inside, name), message))
    if not given:
        return {}
    try:
        # Through JSON, where a list can become a tuple and yet a text can become no number.
        checked = _adapter(rule.options).validate_json(json.dumps(given), strict=True)
    except ValidationError as error:
        problems += (_explain(origin, detail, inside) for detail in _details(error))
        return {}
    return {name: getattr(checked, name) for name in given}


def _nearest_of(name: str, names: Sequence[str]) -> str:
    return did_you_mean(name, names) or f" (there are: {', '.join(names)})"


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _path_problems(written: Written, origin: Origin) -> Iterator[Wrong]:
    for number, name in enumerate(written.extends):
        if name not in resources.packs():
            nearest = did_you_mean(name, resources.packs())
            yield origin.at("extends", number), f"there is no pack '{name}'{nearest}"
    paths: list[tuple[tuple[Step, ...], str]]
    paths = [(("manifests", n), path) for n, path in enumerate(written.manifests)]
    if written.metadata_schema:
        paths.append((("metadata_schema",), written.metadata_schema))
    for route, path in paths:
        if "\0" in path:
            yield origin.at(*route), "no path holds the character U+0000"


def _waiver_problems(written: Written, origin: Origin) -> Iterator[Wrong]:
    route: tuple[Step, ...]
    for number, name in enumerate(written.waivers.never):
        if name not in rule_ids():
            yield origin.at("waivers", "never", number), _unknown_rule(name)
    for number, granted in enumerate(written.waivers.granted):
        route = ("waivers", "granted", number)
        if granted.rule not in rule_ids():
            yield origin.at(*route, "rule"), _unknown_rule(granted.rule)
        if bool(granted.app) == bool(granted.account):
            message = "a waiver is granted to an account, a key of an account, or an app"
            yield origin.at(*route, "rule"), message
        elif granted.key and not granted.account:
            yield origin.at(*route, "key"), "a key is named with its account"


def _unknown_rule(name: str) -> str:
    return f"there is no rule '{name}'{did_you_mean(name, rule_ids())}"


def _root(file: Parsed) -> tuple[Origin, dict[str, Any]]:
    top = Place(file.source, 0, 0)
    documents = [document for document in file.documents if document.value is not None]
    if len(documents) != 1 or not isinstance(documents[0].value, dict):
        _refuse([(top, "a policy is one document: a mapping that begins with 'version: 1'")])
    origin = Origin(file.source, file.spans, documents[0].node)
    value = documents[0].value
    fields = {name: item if name == "rules" else _stated(item) for name, item in value.items()}
    return origin, {name: item for name, item in fields.items() if item is not None}


def _stated(value: Any) -> Any:
    """A value without nulls: they are as if absent. Not so in ``rules``, where each word counts."""
    if isinstance(value, dict):
        return {name: _stated(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_stated(item) for item in value if item is not None]
    return value


def _details(error: ValidationError) -> list[Any]:
    return list(error.errors(include_url=False))


def _explain(origin: Origin, detail: Any, inside: tuple[str, ...] = ()) -> Wrong:
    """A pydantic error as its place and a sentence."""
    route = (*inside, *detail["loc"])
    field_name = next((str(step) for step in reversed(route) if isinstance(step, str)), "")
    match detail["type"]:
        case "unexpected_keyword_argument":
            nearest = _nearest_of(field_name, _fields(detail["loc"]))
            return origin.name_of(*route), f"'{field_name}' is no field here{nearest}"
        case "missing":
            holding = origin.child(*route[:-1]) or origin
            return holding.label, f"'{field_name}' is missing"
        case "literal_error":
            expected = detail["ctx"]["expected"]
            choices = expected.replace("'", "").replace(" or ", ", ").split(", ")
            nearest = did_you_mean(str(detail["input"]), choices)
            one_of = "one of " if len(choices) > 1 else ""
            return origin.at(*route), f"'{field_name}' is {one_of}{expected}{nearest}"
        case other:
            said = detail["msg"].replace("Input should", "this should")
            return origin.at(*route), f"'{field_name}': {_WORDS.get(other, said)}"


_WORDS = {
    "string_type": "this is text, not a number, a list or a mapping",
    "string_too_short": "this is empty",
    "tuple_type": "this is a list: [one, two], or items that begin with '- '",
    "dict_type": "this is a mapping of names to values",
    "dataclass_type": "this is a mapping of names to values",
    "int_parsing": "this is a whole number",
    "int_type": "this is a whole number",
    "bool_type": "this is true or false",
}


def _fields(route: tuple[Step, ...]) -> list[str]:
    kind: type = Written
    if route[0] == "waivers" and len(route) > 1:
        kind = GrantedWaiver if "granted" in route else WaiverLayer
    return [name for name in kind.__dataclass_fields__ if name != "origin"]  # type: ignore[attr-defined]


def _refuse(problems: list[Wrong]) -> None:
    if not problems:
        return
    lines = []
    clean = Redactor(()).clean
    for place, message in sorted(problems, key=lambda problem: problem[0].start):
        at = place.location
        lines.append(f"{visible(at.path)}:{at.line}:{at.column}: {clean(message)}")
    raise PolicyError("\n".join(lines), "Nothing was checked: a policy must be right as a whole.")

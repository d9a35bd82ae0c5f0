"""Policy files: found, read, checked to the letter, and merged into the policy in force."""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from okxlint import resources
from okxlint.errors import OkxlintError, PolicyError, Unreadable
from okxlint.inventory import Name, Text, Waiver
from okxlint.model import Severity
from okxlint.origin import Origin, Place, Step
from okxlint.paths import Tree, ancestors, read_bytes
from okxlint.policy import (
    DEFAULT_MANIFESTS,
    DEFAULT_MAX_DAYS,
    DEFAULT_PACK,
    DEFAULT_REQUIRE,
    Granted,
    Policy,
    WaiverTerms,
)
from okxlint.reader import Parsed, read
from okxlint.rule import Rule, Setting, load_rule, rule_ids
from okxlint.scalars import typed
from okxlint.suggest import did_you_mean

FILE_NAME = "okxlint.yaml"
SEVERITIES = ("off", "info", "warning", "error")
_FORBID = ConfigDict(extra="forbid")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(_listed)]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GrantedWaiver(Waiver):
    """An entry of ``waivers.granted``: a waiver, and the names of the object it stands on."""

    __pydantic_config__ = _FORBID
    account: Name | None = None
    key: Name | None = None
    app: Name | None = None


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Written:
    """A policy file's fields, as written."""

    __pydantic_config__ = _FORBID
    version: Literal["1"]
    extends: Names = (DEFAULT_PACK,)
    manifests: tuple[Name, ...] = ()
    rules: dict[str, Any] = field(default_factory=dict)
    waivers: WaiverLayer = WaiverLayer()
    metadata_schema: Text | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What one policy file says of one rule."""

    severity: Severity | Literal["kept"] | None = "kept"
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layer:
    """One policy file, checked."""

    shown: str
    folder: str | None
    """What its paths are relative to; ``None`` for a pack: the repository's root."""
    written: Written
    changes: dict[str, Change]
    origin: Origin


def find(cwd: str, tree: Tree) -> str | None:
    """The policy file that holds in a folder: the nearest one upwards, no higher than the root."""
    for folder in ancestors(os.path.realpath(cwd)):
        path = os.path.join(folder, FILE_NAME)
        if os.path.lexists(path):
            return path
        if folder == tree.root:
            return None
    return None


def load(named: str | None, cwd: str, tree: Tree) -> Policy:
    """The policy of ``--policy`` (a file or a pack), else the one found, else ``recommended``.

    Raises ``PolicyError``, which names file, line and column of everything that is wrong.
    """
    path = named or find(cwd, tree)
    if path is None:
        return merge(chain_of_pack(DEFAULT_PACK), DEFAULT_PACK)
    if path in resources.packs():
        return merge(chain_of_pack(path), path)
    path = os.path.normpath(os.path.join(cwd, path))
    if not os.path.lexists(path):
        nearest = did_you_mean(path, resources.packs())
        packs = ", ".join(resources.packs())
        raise OkxlintError(
            f"there is no policy file or pack '{named}'{nearest}", f"Packs: {packs}."
        )
    shown = tree.shown(path)
    try:
        data = read_bytes(path, shown)
    except Unreadable as error:
        raise PolicyError(str(error), "Make the policy readable, or name another.") from error
    layer = parse(shown, data, os.path.dirname(path))
    return merge(_chain(layer), shown)


def chain_of_pack(name: str) -> list[Layer]:
    """A pack and what it extends, parents first."""
    path = resources.pack_path(name)
    return _chain(parse(name, read_bytes(path, name), None))


def _chain(layer: Layer) -> list[Layer]:
    chain: list[Layer] = []
    for number, parent in enumerate(layer.written.extends):
        if parent not in resources.packs():
            nearest = did_you_mean(parent, resources.packs())
            place = layer.origin.at("extends", number)
            raise _errors([(place, f"there is no pack '{parent}'{nearest}")])
        chain += chain_of_pack(parent)
    return [*chain, layer]


def parse(shown: str, data: bytes, folder: str | None) -> Layer:
    """One policy file. Raises ``PolicyError`` for everything that is wrong with it."""
    file = read(shown, data)
    _refuse([(Place(file.source, p.start, p.end), p.message) for p in file.problems])
    origin, fields = _root(file)
    try:
        written: Written = TypeAdapter(Written).validate_python(fields)
    except ValidationError as error:
        raise _errors([_explain(origin, detail) for detail in _details(error)]) from None
    problems: list[tuple[Place, str]] = []
    changes = {}
    for name, entry in written.rules.items():
        try:
            changes[name] = _change(name, typed(entry), origin)
        except _Wrong as wrong:
            problems += wrong.problems
    problems += _waiver_problems(written, origin)
    _refuse(problems)
    for waiver, where in zip(
        written.waivers.granted, origin.children("waivers", "granted"), strict=True
    ):
        object.__setattr__(waiver, "origin", where)
    return Layer(shown, folder, written, changes, origin)


def merge(chain: list[Layer], source: str) -> Policy:
    """The policy that a chain of layers makes, parents first: what comes later wins."""
    settings: dict[str, Setting] = {}
    manifests: dict[tuple[str | None, str], None] = {}
    packs: dict[str, Severity] = {}
    for layer in chain:
        for name, change in layer.changes.items():
            old = settings.get(name) or Setting(None, load_rule(name).options())
            severity = old.severity if change.severity == "kept" else change.severity
            options = replace(old.options, **change.options) if change.options else old.options
            settings[name] = Setting(severity, options)
            if layer.folder is None and severity:
                packs[name] = severity
        manifests |= {(layer.folder, pattern): None for pattern in layer.written.manifests}
    last = chain[-1]
    default = {(last.folder, pattern): None for pattern in DEFAULT_MANIFESTS}
    return Policy(
        source=source,
        settings=settings,
        manifests=tuple(manifests or default),
        waivers=_terms([layer.written.waivers for layer in chain]),
        metadata_schema=_metadata_schema(chain),
        pack_severities=packs,
        top=Place(last.origin.source, 0, 0) if last.folder is not None else None,
    )


def _terms(layers: list[WaiverLayer]) -> WaiverTerms:
    stated = [layer.require for layer in layers if layer.require is not None]
    require = dict.fromkeys(name for names in stated for name in names)
    approvers: tuple[str, ...] | None = None
    for layer in layers:
        if layer.approvers is not None:
            both = set(layer.approvers if approvers is None else approvers)
            approvers = tuple(sorted(both & set(layer.approvers)))
    return WaiverTerms(
        require=tuple(require) if stated else DEFAULT_REQUIRE,
        max_days=min((n.max_days for n in layers if n.max_days), default=DEFAULT_MAX_DAYS),
        approvers=approvers,
        never=frozenset(name for layer in layers for name in layer.never),
        granted=tuple(
            Granted(waiver, waiver.account, waiver.key, waiver.app)
            for layer in layers
            for waiver in layer.granted
        ),
    )


def _metadata_schema(chain: list[Layer]) -> Any:
    for layer in reversed(chain):
        if layer.written.metadata_schema is not None:
            from okxlint.metadata_schema import load_schema

            place = layer.origin.at("metadata_schema")
            return load_schema(layer.written.metadata_schema, layer.folder or "", place)
    return None


class _Wrong(Exception):
    def __init__(self, *problems: tuple[Place, str]) -> None:
        super().__init__()
        self.problems = problems


def _change(name: str, entry: Any, origin: Origin) -> Change:
    route = ("rules", name)
    if name not in rule_ids():
        raise _Wrong((origin.name_of(*route), _unknown_rule(name)))
    rule = load_rule(name)
    if rule.hygiene:
        raise _Wrong((origin.name_of(*route), f"'{name}' is always on, at its own severity"))
    if not isinstance(entry, dict):
        return Change(_severity(entry, origin.at(*route)))
    options = dict(entry)
    severity: Severity | Literal["kept"] | None = "kept"
    if "severity" in options:
        severity = _severity(options.pop("severity"), origin.at(*route, "severity"))
    return Change(severity, _options(rule, options, origin))


def _severity(word: Any, place: Place) -> Severity | None:
    if word not in SEVERITIES:
        nearest = did_you_mean(str(word), SEVERITIES)
        raise _Wrong((place, f"a severity is one of {', '.join(SEVERITIES)}{nearest}"))
    return None if word == "off" else Severity.of(word)


def _options(rule: Rule, given: dict[str, Any], origin: Origin) -> dict[str, Any]:
    import json

    if not given:
        return {}
    known = list(rule.option_fields)
    try:
        # Through JSON, where a list can become a tuple and yet a text can become no number.
        checked: Any = TypeAdapter(rule.options).validate_json(json.dumps(given), strict=True)
    except ValidationError as error:
        raise _Wrong(
            *(_explain(origin, d, ("rules", rule.id), known) for d in _details(error))
        ) from None
    return {name: getattr(checked, name) for name in given}


def _waiver_problems(written: Written, origin: Origin) -> Iterator[tuple[Place, str]]:
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
        raise _errors([(top, "a policy is one document: a mapping that begins with 'version: 1'")])
    origin = Origin(file.source, file.spans, documents[0].node)
    return origin, {k: v for k, v in documents[0].value.items() if v is not None}


def _details(error: ValidationError) -> list[Any]:
    return list(error.errors(include_url=False))


def _explain(
    origin: Origin, detail: Any, inside: tuple[str, ...] = (), known: list[str] | None = None
) -> tuple[Place, str]:
    """A pydantic error as its place and a sentence."""
    route = (*inside, *detail["loc"])
    field_name = next((str(step) for step in reversed(route) if isinstance(step, str)), "")
    match detail["type"]:
        case "unexpected_keyword_argument":
            names = [*known, "severity"] if known is not None else _fields(detail["loc"])
            what = f"option of the rule '{inside[-1]}'" if inside else "field here"
            nearest = did_you_mean(field_name, names)
            choices = nearest or f" (there are: {', '.join(names)})"
            return origin.name_of(*route), f"'{field_name}' is no {what}{choices}"
        case "missing":
            holding = origin.child(*route[:-1]) or origin
            return holding.label, f"'{field_name}' is missing"
        case "literal_error":
            expected = detail["ctx"]["expected"]
            nearest = did_you_mean(str(detail["input"]), expected.replace("'", "").split(", "))
            return origin.at(*route), f"'{field_name}' is one of {expected}{nearest}"
        case _:
            said = detail["msg"].replace("Input should be", "this should be")
            return origin.at(*route), f"'{field_name}': {said}"


def _fields(route: tuple[Step, ...]) -> list[str]:
    kind: type = Written
    if route[0] == "waivers" and len(route) > 1:
        kind = GrantedWaiver if "granted" in route else WaiverLayer
    return [name for name in kind.__dataclass_fields__ if name != "origin"]  # type: ignore[attr-defined]


def _refuse(problems: list[tuple[Place, str]]) -> None:
    if problems:
        raise _errors(problems)


def _errors(problems: list[tuple[Place, str]]) -> PolicyError:
    lines = []
    for place, message in problems:
        at = place.location
        lines.append(f"{at.path}:{at.line}:{at.column}: {message}")
    return PolicyError("\n".join(lines), "Nothing was checked: a policy must be right as a whole.")

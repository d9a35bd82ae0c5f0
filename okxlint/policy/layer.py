"""One policy file's words about rules, checked against the rules that there are."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

from pydantic_core import ValidationError

from okxlint.documents.scalars import typed
from okxlint.forms import validator
from okxlint.globs import is_glob
from okxlint.model import Severity
from okxlint.origin import Origin, Place, Step
from okxlint.policy import Change, Override, Said
from okxlint.policy.match import FIELDS, Match, described
from okxlint.policy.text import Globs, PolicyText, Wrong, explain, nearest_of
from okxlint.record import Record
from okxlint.rule import ALL_ENVIRONMENTS, Rule, Ruleset
from okxlint.suggest import did_you_mean

SEVERITIES = ("off", "info", "warning", "error")
Route = tuple[Step, ...]


class Layer(Record):
    """One policy file, checked: what it says of rules, and what otherwise of some objects."""

    text: PolicyText
    changes: Mapping[str, Change]
    """By rule id."""
    overrides: tuple[Override, ...]


def check_layer(text: PolicyText, rules: Ruleset, problems: list[Wrong]) -> Layer:
    """What a policy file says of the rules that it knows; ``problems`` gets what is wrong."""
    check = _Check(text, rules, problems)
    changes = check.changes(text.written.rules, ("rules",))
    overrides = tuple(check.overrides())
    problems += check.paths()
    problems += check.waivers()
    return Layer(text, changes, overrides)


def said_at(text: PolicyText, route: Route) -> Said:
    """A place of a policy file, to be told of."""
    return Said(text.shown, text.origin, route, text.is_pack)


def match_of(globs: Globs, text: PolicyText) -> Match:
    """The globs of a policy file as a match; its paths are relative to that file."""
    folder = "" if text.is_pack else posixpath.dirname(text.shown.removeprefix("./"))
    parts: list[str] = []
    for part in (globs.path or "").split("/"):
        if part == ".." and not parts:
            folder = posixpath.dirname(folder)
        elif part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    path = None if globs.path is None else "/".join(parts)
    return Match(globs.account, globs.app, globs.key, globs.environment, path, folder)


def match_problems(
    globs: Globs, kinds: tuple[str, ...], origin: Origin, route: Route
) -> Iterator[Wrong]:
    """What is wrong with globs for objects of some kinds: a match that can never be."""
    yield from _kind_problems(globs, kinds, origin, route)
    yield from _glob_problems(globs, origin, route)


def _kind_problems(
    globs: Globs, kinds: tuple[str, ...], origin: Origin, route: Route
) -> Iterator[Wrong]:
    known = {name for kind in kinds for name in FIELDS[kind]}
    for name in [name for name in FIELDS["key"] if getattr(globs, name) is not None]:
        if name not in known:
            message = f"this is about {described(kinds)}, which has no {name} to match"
            yield Wrong(origin.name_of(*route, name), message)


def _glob_problems(globs: Globs, origin: Origin, route: Route) -> Iterator[Wrong]:
    glob = globs.environment
    if glob and not any(fnmatchcase(name, glob) for name in ALL_ENVIRONMENTS):
        message = f"there is no environment '{glob}'{nearest_of(glob, ALL_ENVIRONMENTS)}"
        yield Wrong(origin.at(*route, "environment"), message)
    problem = globs.path and _path_problem(globs.path, origin.source.path)
    if problem:
        yield Wrong(origin.at(*route, "path"), f"'path': {problem}")


def _path_problem(path: str, shown: str) -> str:
    """Why a glob fits no manifest, whatever there is; empty if it may."""
    if "\\" in path:
        return _backslashes(path)
    parts = path.split("/")
    if parts[0] == "":
        return f"this is relative to this file: '{path.lstrip('/') or '**'}'"
    if parts[-1] in ("", ".", ".."):
        return f"this names a folder; '{path.rstrip('/')}/**' is all that is in it"
    depth = shown.removeprefix("./").strip("/").count("/")
    before = ""
    for part in parts:
        depth += -1 if part == ".." else part not in (".", "")
        if depth < 0:
            return "this is outside of the repository"
        if part == ".." and is_glob(before):
            return f"'..' is no way back from '{before}'"
        before = part
    return ""


def _backslashes(path: str) -> str:
    """Why a path as Windows writes it names nothing, on any system."""
    return f"paths have '/' between their parts, on Windows too: '{path.replace(chr(92), '/')}'"


class _Check:
    def __init__(self, text: PolicyText, rules: Ruleset, problems: list[Wrong]) -> None:
        self.text = text
        self.written = text.written
        self.origin = text.origin
        self.rules = rules
        self.problems = problems

    def wrong(self, place: Place, message: str) -> None:
        self.problems.append(Wrong(place, message))

    def changes(self, entries: Mapping[str, Any], route: Route) -> dict[str, Change]:
        """What ``rules`` say, at the top or in an override."""
        found = {}
        for name, entry in entries.items():
            if name not in self.rules:
                self.wrong(self.origin.name_of(*route, name), self.unknown(name))
            else:
                found[name] = self.change(self.rules[name], typed(entry), (*route, name))
        return found

    def change(self, rule: Rule, entry: Any, route: Route) -> Change:
        if rule.hygiene:
            message = f"'{rule.id}' is always on, at its own severity"
            self.wrong(self.origin.name_of(*route), message)
        said = said_at(self.text, route)
        if not isinstance(entry, dict):
            return Change(self.severity(entry, self.origin.at(*route)), said=said)
        options = dict(entry)
        severity: Severity | Literal["kept"] | None = "kept"
        if "severity" in options:
            place = self.origin.at(*route, "severity")
            severity = self.severity(options.pop("severity"), place)
        locked = self.locked(options, route)
        return Change(severity, self.options(rule, options, route), locked, said)

    def severity(self, word: Any, place: Place) -> Severity | None:
        if word in SEVERITIES:
            return None if word == "off" else Severity.of(word)
        nearest = did_you_mean(str(word), SEVERITIES)
        self.wrong(place, f"a severity is one of {', '.join(SEVERITIES)}{nearest}")
        return None

    def locked(self, options: dict[str, Any], route: Route) -> bool | None:
        if "locked" not in options:
            return None
        locked = options.pop("locked")
        if route[0] != "rules":
            self.wrong(
                self.origin.name_of(*route, "locked"), "a rule is locked under 'rules', for all"
            )
        elif not isinstance(locked, bool):
            self.wrong(self.origin.at(*route, "locked"), "'locked': this is true or false")
        return locked is True

    def options(self, rule: Rule, given: dict[str, Any], route: Route) -> dict[str, Any]:
        import json

        names = (*rule.facts, "severity", "locked")
        for name in [name for name in given if name not in names]:
            del given[name]
            message = f"'{name}' is no option of the rule '{rule.id}'{nearest_of(name, names)}"
            self.wrong(self.origin.name_of(*route, name), message)
        if not given:
            return {}
        try:
            # Through JSON, where a list can become a tuple and yet a text can become no number.
            options = validator(rule.options_model)
            checked = options.validate_json(json.dumps(given), strict=True)
        except ValidationError as error:
            details = error.errors(include_url=False)
            self.problems += (explain(self.origin, detail, route) for detail in details)
            return {}
        return {name: getattr(checked, name) for name in given}

    def overrides(self) -> Iterator[Override]:
        for number, entry in enumerate(self.written.overrides):
            route: Route = ("overrides", number)
            if not match_of(entry.match, self.text).stated:
                message = "'match' names nothing: what holds for all stands under 'rules'"
                self.wrong(self.origin.name_of(*route, "match"), message)
            self.problems += _glob_problems(entry.match, self.origin, (*route, "match"))
            changes = self.changes(entry.rules, (*route, "rules"))
            for name in changes:
                kinds = self.rules[name].targets
                found = _kind_problems(entry.match, kinds, self.origin, (*route, "match"))
                self.problems += [Wrong(place, f"'{name}': {message}") for place, message in found]
            said = said_at(self.text, route)
            yield Override(match_of(entry.match, self.text), changes, said)

    def paths(self) -> Iterator[Wrong]:
        paths: list[tuple[Route, str]]
        paths = [(("manifests", n), path) for n, path in enumerate(self.written.manifests)]
        if self.written.metadata_schema:
            paths.append((("metadata_schema",), self.written.metadata_schema))
        for route, path in paths:
            if "\0" in path:
                yield Wrong(self.origin.at(*route), "no path holds the character U+0000")
            elif "\\" in path:
                yield Wrong(self.origin.at(*route), _backslashes(path))

    def waivers(self) -> Iterator[Wrong]:
        route: Route
        for number, name in enumerate(self.written.waivers.never):
            if name not in self.rules:
                yield Wrong(self.origin.at("waivers", "never", number), self.unknown(name))
        for number, granted in enumerate(self.written.waivers.granted):
            route = ("waivers", "granted", number)
            if granted.rule not in self.rules:
                yield Wrong(self.origin.at(*route, "rule"), self.unknown(granted.rule))
            if bool(granted.app) == bool(granted.account):
                message = "a waiver is granted to an account, a key of an account, or an app"
                yield Wrong(self.origin.at(*route, "rule"), message)
            elif granted.key and not granted.account:
                yield Wrong(self.origin.at(*route, "key"), "a key is named with its account")

    def unknown(self, name: str) -> str:
        return f"there is no rule '{name}'{did_you_mean(name, self.rules)}"

"""In what one policy is looser than another: told change by change, with the line that says so."""

from __future__ import annotations

import json
import os.path
from collections.abc import Iterator
from datetime import date
from typing import Any

from okxlint.globs import compile_glob, is_glob
from okxlint.policy import Policy
from okxlint.policy.match import covers
from okxlint.policy.override_order import (
    Scope,
    includes,
    is_many,
    matches_of,
    normal,
    said_otherwise,
    scopes,
    setting_in,
)
from okxlint.policy.places import Places
from okxlint.policy.strictness import Shift, shifts
from okxlint.rule import Loosening, Rule
from okxlint.waivers import Entry, granted


def loosened(old: Policy, new: Policy, root: str) -> tuple[Loosening, ...]:
    """Everything in which ``new`` may let through what ``old`` does not.

    What has no order (a custom rule's assertion, a list of another kind) counts as looser if it is
    changed at all: nobody can tell that it is not. ``root`` is the repository's.
    """
    places = Places(old, new)
    found = [
        *_rules(old, new, places),
        *_locks(old, new, places),
        *_terms(old, new, places),
        *_granted(old, new, places),
        *_live(old, new, places),
        *_manifests(old, new, places, root),
        *_schema(old, new, places),
    ]
    return tuple(dict.fromkeys(found))


def _rules(old: Policy, new: Policy, places: Places) -> Iterator[Loosening]:
    spoken = {rule_id for override in old.overrides for rule_id in override.changes}
    for rule_id in sorted({*old.settings, *spoken}):
        known = [setting_in(old, rule_id, each) for each in scopes(matches_of(rule_id, old))]
        severities = [setting.severity for setting in known if setting.severity]
        if not severities:
            continue
        if rule_id not in new.rules:
            place = places.field("plugins" if "/" in rule_id else "custom")
            yield Loosening(f"{rule_id} severity {max(severities).word} -> gone", place)
            continue
        yield from _settings(rule_id, old, new, places)
        if not _asserts_as_much(old.rules[rule_id], new.rules[rule_id]):
            place = places.of(new.said.get((rule_id, "severity")), "assert")
            yield Loosening(f"{rule_id} is another rule", place)


def _settings(rule_id: str, old: Policy, new: Policy, places: Places) -> Iterator[Loosening]:
    """In what a rule is looser for all objects, or for some that overrides tell from others."""
    told: list[tuple[Shift, Scope]] = []
    matches = matches_of(rule_id, old, new)
    if _says(rule_id, old) == _says(rule_id, new):
        return
    for scope in scopes(matches):
        before, after = (setting_in(policy, rule_id, scope) for policy in (old, new))
        for shift in shifts(new.rules[rule_id], before, after, even_off=is_many(matches)):
            # What is so for many is not told again for some of them.
            if shift.loosens and not any(shift == each and wide <= scope for each, wide in told):
                told.append((shift, scope))
                objects = " and ".join(match.text for match in matches if match in scope)
                value = f"{rule_id} {shift} for {objects}" if objects else f"{rule_id} {shift}"
                yield Loosening(value, places.setting(rule_id, shift.name, scope))


def _says(rule_id: str, policy: Policy) -> object:
    """All that a policy says of a rule, wherever it says it."""
    otherwise = [(match, change.terms) for match, change in said_otherwise(policy, rule_id)]
    return policy.setting(rule_id, None), otherwise


def _asserts_as_much(old: Rule, new: Rule) -> bool:
    """Whether a custom rule asserts the same of as many objects; no other rule can change."""
    if old.group != "custom":
        return True
    before: Any = old.check
    after: Any = new.check
    return (
        new.group == "custom"
        and old.targets == new.targets
        and _plain(before.asserted) == _plain(after.asserted)
        and includes([normal(before.match)], normal(after.match))
    )


def _plain(asserted: str) -> str:
    """An assertion as it is compared: a JSON Schema whatever the order of its fields."""
    try:
        return json.dumps(json.loads(asserted), sort_keys=True)
    except ValueError:  # an expression
        return asserted


def _locks(old: Policy, new: Policy, places: Places) -> Iterator[Loosening]:
    for rule_id in sorted(set(old.locks) & set(new.rules)):
        if rule_id not in new.locks:
            yield Loosening(f"{rule_id} locked -> gone", places.rule(rule_id))
            continue
        before, after = old.locks[rule_id], new.locks[rule_id]
        rule = new.rules[rule_id]
        told = list(shifts(rule, old.setting(rule_id, None), new.setting(rule_id, None)))
        for shift in shifts(rule, before.setting, after.setting, even_off=True):
            if shift.loosens and shift not in told:
                place = places.setting(rule_id, shift.name, frozenset())
                yield Loosening(f"{rule_id} locked {shift}", place)


def _terms(old: Policy, new: Policy, places: Places) -> Iterator[Loosening]:
    before, after = old.waivers, new.waivers
    for name in before.require:
        if name not in after.require:
            yield Loosening(f"waivers.require {name} -> gone", places.stated("waivers.require"))
    if after.max_days > before.max_days:
        value = f"waivers.max_days {before.max_days} -> {after.max_days}"
        yield Loosening(value, places.stated("waivers.max_days"))
    if before.approvers is not None:
        if after.approvers is None:
            yield Loosening("waivers.approvers -> anyone", places.stated("waivers.approvers"))
        for name in after.approvers or ():
            if not any(covers(each, name) for each in before.approvers):
                place = places.item("waivers.approvers", name)
                yield Loosening(f"waivers.approvers + {name}", place)
    for name in sorted(before.never - after.never):
        yield Loosening(f"waivers.never {name} -> gone", places.stated("waivers.never"))


def _granted(old: Policy, new: Policy, places: Places) -> Iterator[Loosening]:
    before = list(granted(old.waivers))
    for entry in granted(new.waivers):
        if not any(_accepts_as_much(each, entry) for each in before):
            waiver, names = entry.waiver, [name for name in entry.names.values() if name]
            pinned = f" with the value '{waiver.value}'" if waiver.value else ""
            until = f" until {waiver.expires}" if waiver.expires else ""
            value = f"waivers.granted {waiver.rule} for {'/'.join(names)}{pinned}{until}"
            place = waiver.origin.at("rule")
            yield Loosening(value, place)


def _accepts_as_much(one: Entry, other: Entry) -> bool:
    """Whether a waiver accepts all that another one does, and for as long."""
    same = (one.kind, one.names, one.waiver.rule) == (other.kind, other.names, other.waiver.rule)
    lasts = (one.waiver.expires or date.max) >= (other.waiver.expires or date.max)
    return same and lasts and one.waiver.value in (None, other.waiver.value)


def _live(old: Policy, new: Policy, places: Places) -> Iterator[Loosening]:
    for name in old.live.require:
        if name not in new.live.require:
            yield Loosening(f"live.require {name} -> gone", places.stated("live.require"))
    for name in new.live.allow_unknown:
        if name not in old.live.allow_unknown:
            place = places.item("live.allow_unknown", name)
            yield Loosening(f"live.allow_unknown + {name}", place)


def _manifests(old: Policy, new: Policy, places: Places, root: str) -> Iterator[Loosening]:
    after = [(folder or root, glob) for folder, glob in new.manifests]
    for folder, glob in old.manifests:
        if not any(_names_as_much(each, (folder or root, glob)) for each in after):
            yield Loosening(f"manifests {glob} -> gone", places.stated("manifests"))


def _names_as_much(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether a (folder, glob) surely names what another one does."""
    path = os.path.normpath(os.path.join(*other))
    if os.path.normpath(os.path.join(*one)) == path:
        return True
    inside = os.path.relpath(path, one[0]).replace(os.sep, "/")
    glob = os.path.normpath(one[1]).replace(os.sep, "/")
    return not is_glob(other[1]) and bool(compile_glob(glob).fullmatch(inside))


def _schema(old: Policy, new: Policy, places: Places) -> Iterator[Loosening]:
    before, after = _contents(old), _contents(new)
    if before is not None and before != after:
        gone = "gone" if after is None else "another"
        yield Loosening(f"metadata_schema -> {gone}", places.stated("metadata_schema"))


def _contents(policy: Policy) -> str | None:
    """A policy's schema as text: its values are compared with their types."""
    schema = policy.metadata_schema
    return None if schema is None else json.dumps(schema.schema.parts[0].schema, sort_keys=True)

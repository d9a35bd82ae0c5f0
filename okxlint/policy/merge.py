"""The layers of a policy to the policy in force: what comes later wins, but for what is locked.

All `rules` come first, parents before children, then all `overrides` in the same order.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from okxlint.files import Files, WorkFiles
from okxlint.model import Severity
from okxlint.origin import Place
from okxlint.policy import (
    DEFAULT_MANIFESTS,
    DEFAULT_MAX_DAYS,
    DEFAULT_REQUIRE,
    Change,
    Granted,
    LiveTerms,
    Policy,
    Said,
    WaiverTerms,
)
from okxlint.policy.layer import Layer, match_of, said_at
from okxlint.policy.locks import Locks
from okxlint.policy.match import covers
from okxlint.policy.text import PolicyText, Wrong, refuse
from okxlint.rule import Ruleset, Setting

_WORK = WorkFiles()


def merge(
    layers: Sequence[Layer], rules: Ruleset, own: Mapping[str, Change], files: Files = _WORK
) -> Policy:
    """The policy that layers make, parents first, the policy itself last.

    ``own`` is what rules say of themselves that no layer needs to turn on: those of plugins, and
    custom ones. Raises ``PolicyError`` for a lock that is not kept.
    """
    locks = Locks(layers, rules, own)
    merging = _Merging(rules, own, locks)
    for depth, layer in enumerate(layers):
        merging.take(layer, depth)
    locks.keep_in_overrides(layers, merging.settings)
    texts = [layer.text for layer in layers]
    refuse(dict.fromkeys([*locks.problems, *_not_both(texts)]))
    last = texts[-1]
    return Policy(
        source=last.shown,
        settings=merging.settings,
        manifests=_manifests(texts),
        waivers=_terms(texts, locks),
        live=_live(texts),
        metadata_schema=_metadata_schema(texts, files),
        pack_severities=merging.packs,
        top=None if last.is_pack else Place(last.origin.source, 0, 0),
        rules=rules,
        overrides=tuple(override for layer in layers for override in layer.overrides),
        locks=locks.by_rule,
        said=merging.said,
        stated=_stated(texts),
        items=_items(texts),
        schema_file=_schema_file(texts),
        custom=_custom(texts),
        chain=tuple(text.shown for text in texts),
        files=tuple(text.file for text in dict.fromkeys(texts) if not text.is_pack),
        packs=tuple(text.file for text in dict.fromkeys(texts) if text.is_pack),
    )


class _Merging:
    def __init__(self, rules: Ruleset, own: Mapping[str, Change], locks: Locks) -> None:
        self.rules = rules
        self.locks = locks
        self.settings: dict[str, Setting] = {}
        self.packs: dict[str, Severity] = {}
        """The severities that packs, plugins and custom rules themselves give."""
        self.said: dict[tuple[str, str], Said] = {}
        for rule_id, change in own.items():
            self.apply(rule_id, change)
            severity = self.settings[rule_id].severity
            if severity:
                self.packs[rule_id] = severity

    def take(self, layer: Layer, depth: int) -> None:
        self.locks.keep_schema(layer.text)
        for rule_id, change in layer.changes.items():
            self.apply(rule_id, change)
            new = self.settings[rule_id]
            self.locks.keep(rule_id, change, new)
            if change.locked:
                self.locks.add(rule_id, layer, depth, new, self.said)
            if layer.text.is_pack and new.severity:
                self.packs[rule_id] = new.severity

    def apply(self, rule_id: str, change: Change) -> None:
        old = self.settings.get(rule_id) or Setting(None, self.rules[rule_id].options())
        self.settings[rule_id] = change.applied(old)
        for name in change.names:
            self.said[rule_id, name] = change.said


def _manifests(texts: Sequence[PolicyText]) -> tuple[tuple[str | None, str], ...]:
    stated = {
        (_folder(text), pattern): None for text in texts for pattern in text.written.manifests
    }
    return tuple(stated) or tuple((_folder(texts[-1]), glob) for glob in DEFAULT_MANIFESTS)


def _folder(text: PolicyText) -> str | None:
    """What the manifests that a file names are relative to: ``None`` is the repository's root."""
    return None if text.is_pack else text.folder


def _stated(texts: Sequence[PolicyText]) -> dict[str, tuple[Said, ...]]:
    """Where a policy's fields are said, rules aside. Of ``max_days`` only the least holds."""
    stated: dict[str, tuple[Said, ...]] = {}
    least = min((n for text in texts if (n := text.written.waivers.max_days)), default=None)
    for text in dict.fromkeys(texts):
        written = text.written
        if written.manifests:
            stated["manifests"] = (*stated.get("manifests", ()), said_at(text, ("manifests",)))
        for each in fields(written.waivers):
            value = getattr(written.waivers, each.name)
            if value != each.default and (each.name != "max_days" or value == least):
                name = f"waivers.{each.name}"
                said = said_at(text, ("waivers", each.name))
                stated[name] = (*stated.get(name, ()), said)
        for field in ("require", "allow_unknown"):
            if getattr(written.live, field):
                name = f"live.{field}"
                stated[name] = (*stated.get(name, ()), said_at(text, ("live", field)))
    for text in texts:
        if text.written.metadata_schema is not None:
            stated["metadata_schema"] = (said_at(text, ("metadata_schema",)),)
    return stated


def _items(texts: Sequence[PolicyText]) -> dict[tuple[str, Any], Said]:
    """Where each entry of the fields that are lists is said first."""
    items: dict[tuple[str, Any], Said] = {}
    for text in texts:
        for number, glob in enumerate(text.written.manifests):
            said = said_at(text, ("manifests", number))
            items.setdefault(("manifests", (_folder(text), glob)), said)
        for number, name in enumerate(text.written.plugins):
            items.setdefault(("plugins", name), said_at(text, ("plugins", number)))
        for field in ("require", "approvers", "never"):
            for number, name in enumerate(getattr(text.written.waivers, field) or ()):
                said = said_at(text, ("waivers", field, number))
                items.setdefault((f"waivers.{field}", name), said)
        for field in ("require", "allow_unknown"):
            for number, name in enumerate(getattr(text.written.live, field)):
                items.setdefault((f"live.{field}", name), said_at(text, ("live", field, number)))
    return items


def _terms(texts: Sequence[PolicyText], locks: Locks) -> WaiverTerms:
    written = [text.written.waivers for text in texts]
    stated = [each.require for each in written if each.require is not None]
    require = dict.fromkeys(name for names in stated for name in names)
    approvers: tuple[str, ...] | None = None
    for each in written:
        if each.approvers is not None:
            theirs = each.approvers if approvers is None else _both(approvers, each.approvers)
            approvers = tuple(sorted(set(theirs)))
    return WaiverTerms(
        require=tuple(require) if stated else DEFAULT_REQUIRE,
        max_days=min((n.max_days for n in written if n.max_days), default=DEFAULT_MAX_DAYS),
        approvers=approvers,
        never=frozenset(name for each in written for name in each.never),
        granted=tuple(_granted(texts, locks)),
    )


def _live(texts: Sequence[PolicyText]) -> LiveTerms:
    written = [text.written.live for text in texts]
    return LiveTerms(
        tuple(dict.fromkeys(name for each in written for name in each.require)),
        tuple(dict.fromkeys(name for each in written for name in each.allow_unknown)),
    )


def _not_both(texts: Sequence[PolicyText]) -> Iterator[Wrong]:
    """What is asked for and need not be."""
    required = {
        name: said_at(text, ("live", "require"))
        for text in reversed(texts)
        for name in text.written.live.require
    }
    for text in texts:
        for number, name in enumerate(text.written.live.allow_unknown):
            if name in required:
                message = f"'{name}' is required at {required[name]}: it cannot be accepted"
                yield Wrong(text.origin.at("live", "allow_unknown", number), message)


def _both(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """The globs of two lists that each cover what they fit by a glob of the other list."""
    return [
        glob
        for mine, theirs in ((one, other), (other, one))
        for glob in mine
        if any(covers(wider, glob) for wider in theirs)
    ]


def _granted(texts: Sequence[PolicyText], locks: Locks) -> list[Granted]:
    granted = []
    for text in dict.fromkeys(texts):
        for waiver in text.written.waivers.granted:
            depth = texts.index(text) if locks.may_waive(waiver.rule, text) else len(texts)
            granted.append(Granted(waiver, waiver.account, waiver.key, waiver.app, depth))
    return granted


def _custom(texts: Sequence[PolicyText]) -> tuple[tuple[Said, Mapping[str, Any]], ...]:
    custom = []
    for text in dict.fromkeys(texts):
        for number, entry in enumerate(text.written.custom):
            shown = {
                "id": entry.id,
                "for": entry.kind,
                "where": match_of(entry.where, text).globs,
                "severity": entry.severity,
                "assert": entry.assertion,
                "at": entry.at,
                "message": entry.message,
                "help": entry.help,
            }
            said = said_at(text, ("custom", number))
            custom.append((said, {k: v for k, v in shown.items() if v or k == "assert"}))
    return tuple(custom)


def _schema_file(texts: Sequence[PolicyText]) -> str | None:
    found = [text for text in texts if text.written.metadata_schema is not None]
    return os.path.join(found[-1].folder, str(found[-1].written.metadata_schema)) if found else None


def _metadata_schema(texts: Sequence[PolicyText], files: Files) -> Any:
    for text in reversed(texts):
        if text.written.metadata_schema is not None:
            from okxlint.assertions.metadata_schema import load_schema

            place = text.origin.at("metadata_schema")
            # A pack's is what is installed, whatever the policy's files are read from.
            where = _WORK if text.is_pack else files
            return load_schema(text.written.metadata_schema, text.folder, place, where)
    return None

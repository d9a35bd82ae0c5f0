"""Locks: below a policy that locks a rule, and beside it, the rule may only become stricter."""

from __future__ import annotations

import os.path
from collections.abc import Iterator, Mapping, Sequence

from okxlint.policy import Change, Lock, Override, Said
from okxlint.policy.layer import Layer, said_at
from okxlint.policy.strictness import Shift, shifts
from okxlint.policy.text import PolicyText, Wrong
from okxlint.rule import Ruleset, Setting

SCHEMA_RULE = "metadata-valid"
"""The rule that judges by the policy's ``metadata_schema``: who locks the one locks the other."""
Settings = Mapping[str, Setting]
Places = Mapping[tuple[str, str], Said]


class Locks:
    """The locks of a policy, while its layers are merged. ``problems`` is where one is broken."""

    def __init__(self, layers: Sequence[Layer], rules: Ruleset, own: Mapping[str, Change]) -> None:
        self.rules = rules
        self.own = own
        self.by_rule: dict[str, Lock] = {}
        self.problems: list[Wrong] = []
        self._layers = {layer.text: layer for layer in layers}
        self._owners: dict[str, list[PolicyText]] = {}
        self._schema: PolicyText | None = None
        self._locked_schema: PolicyText | None = None

    def add(self, rule_id: str, layer: Layer, depth: int, setting: Setting, said: Places) -> None:
        """A layer locks a rule, with the setting that it has there.

        What another parent of a child said before must not fall short of what the layer is by
        itself, with its own parents: that is what was locked.
        """
        change, text = layer.changes[rule_id], layer.text
        place = change.said.inside("locked")
        for shift in self._loosened(rule_id, self._alone(rule_id, text), setting):
            where = said.get((rule_id, shift.name), change.said).inside(shift.name)
            self._refuse(where, f"{shift}: '{rule_id}' is locked at {place.exact}")
        first = self.by_rule.get(rule_id) or Lock(setting, place, depth, place)
        self.by_rule[rule_id] = Lock(setting, first.said, first.depth, place)
        self._owners.setdefault(rule_id, []).append(text)
        if rule_id == SCHEMA_RULE:
            self._lock_schema(text, place)

    def keep(self, rule_id: str, change: Change, new: Setting) -> None:
        """Tell of what falls short of a lock, at the place that says so."""
        lock = self.by_rule.get(rule_id)
        if lock is None:
            return
        by = f"'{rule_id}' is locked at {lock.last.exact}"
        for shift in self._loosened(rule_id, lock.setting, new):
            if shift.name in change.names:
                self._refuse(change.said.inside(shift.name), f"{shift}: {by}")
        if change.locked is False:
            self._refuse(change.said.inside("locked"), f"locked true -> false: {by}")

    def keep_in_overrides(self, layers: Sequence[Layer], settings: Settings) -> None:
        """An override falls short of a lock if it does so for any object."""
        before: list[tuple[PolicyText, Override]] = []
        for layer in layers:
            for override in layer.overrides:
                for rule_id, change in override.changes.items():
                    if rule_id not in self.by_rule:
                        continue
                    base = settings[rule_id]
                    self.keep(rule_id, change, change.applied(base))
                    for other in self._above(rule_id, layer.text, before):
                        self._keep_other(rule_id, override, other, base)
                before.append((layer.text, override))

    def keep_schema(self, text: PolicyText) -> None:
        """A layer may say which schema of ``metadata`` holds."""
        if text.written.metadata_schema is None:
            return
        locked = self._locked_schema
        if locked and _schema_path(locked) != _schema_path(text):
            place = self.by_rule[SCHEMA_RULE].last
            self._refuse_schema(text, locked, place)
        self._schema = text

    def may_waive(self, rule_id: str, text: PolicyText) -> bool:
        """Whether a file is each one that locks a rule, or stands above it."""
        return all(text in _chain(owner) for owner in self._owners.get(rule_id, ()))

    def _alone(self, rule_id: str, text: PolicyText) -> Setting:
        """A rule's setting by a file and its own parents."""
        setting = Setting(None, self.rules[rule_id].options())
        said = [self._layers[each].changes.get(rule_id) for each in _chain(text)]
        for change in filter(None, [self.own.get(rule_id), *said]):
            setting = change.applied(setting)
        return setting

    def _loosened(self, rule_id: str, old: Setting, new: Setting) -> Iterator[Shift]:
        # Options count even of a rule that is off: what turns it on may stand elsewhere.
        for shift in shifts(self.rules[rule_id], old, new, even_off=True):
            if shift.loosens:
                yield shift

    def _above(
        self, rule_id: str, text: PolicyText, before: Sequence[tuple[PolicyText, Override]]
    ) -> Iterator[Override]:
        """Earlier overrides of a rule that were locked with it, by others than this file."""
        chains = [_chain(owner) for owner in self._owners[rule_id]]
        for above, override in before:
            if rule_id in override.changes and any(
                above in chain and text not in chain for chain in chains
            ):
                yield override

    def _keep_other(self, rule_id: str, override: Override, other: Override, base: Setting) -> None:
        """An override must not undo for any object what one that was locked says of it."""
        change, said = override.changes[rule_id], other.changes[rule_id]
        if not other.match.may_meet(override.match):
            return
        old = said.applied(base)
        for shift in self._loosened(rule_id, old, change.applied(old)):
            if shift.name in change.names and shift.name in said.names:
                by = f"'{rule_id}' is locked at {self.by_rule[rule_id].last.exact}"
                there = f"is so for {other.match.text} at {said.said.inside(shift.name).exact}"
                self._refuse(change.said.inside(shift.name), f"{shift}: {by} and {there}")

    def _lock_schema(self, text: PolicyText, place: Said) -> None:
        stating = [each for each in _chain(text) if each.written.metadata_schema is not None]
        if stating and self._schema and _schema_path(stating[-1]) != _schema_path(self._schema):
            self._refuse_schema(self._schema, stating[-1], place)
        self._locked_schema = self._schema

    def _refuse_schema(self, text: PolicyText, locked: PolicyText, place: Said) -> None:
        there = said_at(locked, ("metadata_schema",)).exact
        message = f"'{SCHEMA_RULE}' is locked at {place.exact}, with the metadata_schema of {there}"
        at = text.origin.at("metadata_schema")
        self.problems.append(Wrong(at, f"{message}; no other may take its place"))

    def _refuse(self, said: Said, message: str) -> None:
        self.problems.append(Wrong(said.place, f"{message}; it may only become stricter"))


def _chain(text: PolicyText) -> Sequence[PolicyText]:
    return text.chain or [text]


def _schema_path(text: PolicyText) -> str:
    return os.path.normpath(os.path.join(text.folder, text.written.metadata_schema or ""))

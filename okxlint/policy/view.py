"""The policy in force as plain data: each value, and where it is said."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from okxlint.documents.scalars import typed
from okxlint.inventory import Key
from okxlint.policy import Change, Granted, Override, Policy, Said
from okxlint.policy.match import literal
from okxlint.policy.strictness import shifts, word
from okxlint.rule import Rule, Setting

DEFAULT = "default"
"""Where a value comes from that nobody says."""
_WAIVER = ("rule", "reason", "approved_by", "granted", "expires", "value")
Shown = Callable[[str], str]
"""From an absolute path to the one that reports tell."""


def view(
    policy: Policy, shown: Shown, chosen: str, rule_id: str | None = None, key: Key | None = None
) -> dict[str, Any]:
    """What ``okxlint policy show --format json`` prints: of all rules, or of one.

    ``chosen`` is what made it the policy in force. With a key, what holds for it after overrides;
    without, the rules before them, and the overrides. Paths are relative to the repository's root.
    """
    found: dict[str, Any] = {
        "version": 1,
        "source": policy.source,
        "chosen": chosen,
        "chain": list(policy.chain),
    }
    if key is not None:
        place = key.origin.label.location
        found["key"] = _value(f"{key.account}/{key.label}", f"{place.path}:{place.line}")
    names = _names(policy, rule_id, key)
    found |= _own(policy, names)
    found["rules"] = {name: _rule(policy, policy.rules[name], key) for name in names}
    if key is None:
        overrides = [each for each in policy.overrides if rule_id in (None, *each.changes)]
        found["overrides"] = [_override(each, rule_id) for each in overrides]
    if key is None and rule_id is None:
        found |= _terms(policy, shown)
    return found


def undercut(policy: Policy) -> frozenset[str]:
    """The rules of which an override says less, in anything, than what holds before overrides."""
    return frozenset(
        rule_id
        for override in policy.overrides
        for rule_id, change in override.changes.items()
        for shift in shifts(
            policy.rules[rule_id],
            policy.setting(rule_id, None),
            change.applied(policy.setting(rule_id, None)),
            even_off=True,
        )
        if shift.loosens
    )


def cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    """A view in which every text is cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(name): cleaned(item, clean) for name, item in value.items()}
    return [cleaned(item, clean) for item in value] if isinstance(value, list) else value


def _value(value: Any, said: Said | str | None) -> dict[str, Any]:
    return {"value": _plain(value), "from": str(said or DEFAULT)}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _names(policy: Policy, rule_id: str | None, key: Key | None) -> list[str]:
    """The rules to show: the one asked for, or those that are spoken of, or that judge keys."""
    if rule_id is not None:
        return [rule_id]
    if key is None:
        return sorted(policy.settings)
    return [name for name in policy.rules_on if "key" in policy.rules[name].targets]


def _own(policy: Policy, names: Iterable[str]) -> dict[str, Any]:
    """Where the rules come from that are not built in: what a policy needs to know them."""
    plugins = [name for field, name in policy.items if field == "plugins"]
    return {
        "plugins": _list(policy, "plugins", plugins if any("/" in name for name in names) else []),
        "custom": [
            {**typed(dict(entry)), "from": str(said)}
            for said, entry in policy.custom
            if entry["id"] in names
        ],
    }


def _rule(policy: Policy, rule: Rule, key: Key | None) -> dict[str, Any]:
    setting = policy.setting(rule.id, key)
    overrides = policy.overrides_of(rule.id, key)

    def said(name: str) -> Said | None:
        for override in reversed(overrides):
            change = override.changes[rule.id]
            if name in change.names:
                return change.said.inside(name)
        found = policy.said.get((rule.id, name))
        return found.inside(name) if found else None

    lock = policy.locks.get(rule.id)
    return {
        "severity": _value(word(setting.severity), said("severity")),
        "options": {
            name: _value(getattr(setting.options, name), said(name)) for name in rule.facts
        },
        "locked": {"from": str(lock.said), **_setting(rule, lock.setting)} if lock else None,
    }


def _setting(rule: Rule, setting: Setting) -> dict[str, Any]:
    options = {name: _plain(getattr(setting.options, name)) for name in rule.facts}
    return {"severity": word(setting.severity), "options": options}


def _override(override: Override, rule_id: str | None) -> dict[str, Any]:
    changes = override.changes.items()
    return {
        "match": override.match.globs,
        "from": str(override.said),
        "rules": {name: _change(change) for name, change in changes if rule_id in (None, name)},
    }


def _change(change: Change) -> dict[str, Any]:
    options = {
        name: _value(value, change.said.inside(name)) for name, value in change.options.items()
    }
    if change.severity == "kept":
        return {"options": options}
    severity = _value(word(change.severity), change.said.inside("severity"))
    return {"severity": severity, "options": options}


def _terms(policy: Policy, shown: Shown) -> dict[str, Any]:
    """All that a policy says besides what it says of rules."""
    terms, schema = policy.waivers, policy.schema_file
    globs = {
        _glob(*each, shown): policy.items.get(("manifests", each)) for each in policy.manifests
    }
    approvers = terms.approvers
    return {
        "manifests": {"value": [*globs], "from": [str(said or DEFAULT) for said in globs.values()]},
        "metadata_schema": _value(schema and shown(schema), _said(policy, "metadata_schema")),
        "waivers": {
            "require": _list(policy, "waivers.require", terms.require),
            "max_days": _value(terms.max_days, _said(policy, "waivers.max_days")),
            "approvers": _value(None, None)
            if approvers is None
            else _list(policy, "waivers.approvers", approvers),
            "never": _list(policy, "waivers.never", sorted(terms.never)),
            "granted": [_granted(each) for each in terms.granted],
        },
        "live": {
            "require": _list(policy, "live.require", policy.live.require),
            "allow_unknown": _list(policy, "live.allow_unknown", policy.live.allow_unknown),
        },
    }


def _said(policy: Policy, field: str) -> Said | None:
    return next(iter(policy.stated.get(field, ())), None)


def _list(policy: Policy, field: str, values: Sequence[str]) -> dict[str, Any]:
    """A list, and where each of its entries is said; of an empty one, where that is said."""
    entries = [policy.items.get((field, value)) for value in values]
    said: Sequence[Said | None] = entries or policy.stated.get(field) or [None]
    return {"value": list(values), "from": [str(each or DEFAULT) for each in said]}


def _glob(folder: str | None, glob: str, shown: Shown) -> str:
    """A glob of manifests as one from the repository's root."""
    if folder is None or os.path.isabs(glob) or shown(folder) == ".":
        return glob
    return f"{literal(shown(folder))}/{glob.removeprefix('./')}"


def _granted(granted: Granted) -> dict[str, Any]:
    waiver = granted.waiver
    place = waiver.origin.at("rule").location
    names = {name: getattr(granted, name) for name in ("account", "key", "app")}
    said = {name: getattr(waiver, name) for name in _WAIVER}
    found = {name: str(value) for name, value in {**names, **said}.items() if value is not None}
    return {**found, "from": f"{place.path}:{place.line}"}

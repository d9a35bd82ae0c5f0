"""The policy in force: found, read with the packs it extends, and merged."""

from __future__ import annotations

import os.path
from dataclasses import replace
from typing import Any

from okxlint import resources
from okxlint.errors import OkxlintError, PolicyError, Unreadable
from okxlint.model import Severity
from okxlint.origin import Place
from okxlint.paths import Tree, absolute, ancestors, read_bytes
from okxlint.policy import (
    DEFAULT_MANIFESTS,
    DEFAULT_MAX_DAYS,
    DEFAULT_PACK,
    DEFAULT_REQUIRE,
    Granted,
    Policy,
    WaiverTerms,
)
from okxlint.policy_layer import Layer, WaiverLayer, parse
from okxlint.rule import Setting, load_rule
from okxlint.suggest import did_you_mean

__all__ = ["FILE_NAME", "chain_of_pack", "find", "load", "merge", "parse"]

FILE_NAME = "okxlint.yaml"


def find(cwd: str, tree: Tree) -> str | None:
    """The policy file that holds in a folder: the nearest one upwards, no higher than the root."""
    for folder in ancestors(os.path.realpath(cwd)):
        path = os.path.join(folder, FILE_NAME)
        if os.path.lexists(path):
            return path
        if folder == tree.root:
            break
    return None


def load(named: str | None, cwd: str, tree: Tree) -> Policy:
    """The policy of ``--policy`` (a file or a pack), else the one found, else ``recommended``.

    Raises ``PolicyError``, which names file, line and column of everything that is wrong.
    """
    path = find(cwd, tree) if named is None else named
    if path is None:
        return merge(chain_of_pack(DEFAULT_PACK), DEFAULT_PACK)
    if path in resources.packs():
        return merge(chain_of_pack(path), path)
    path = absolute(path, cwd)
    if not os.path.lexists(path):
        nearest = did_you_mean(str(named), resources.packs())
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
    return [*(parent for name in layer.written.extends for parent in chain_of_pack(name)), layer]


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

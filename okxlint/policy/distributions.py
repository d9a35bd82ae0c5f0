"""What installed distributions add: packs, and plugins with rules.

They are found by the distribution's name, which a policy gives, never by being installed. A pack
is data: to find it, nothing of its distribution is imported. What is imported of a plugin is what
Python finds for its package; ``__main__`` sees to it that this is nothing of the checked tree.
"""

from __future__ import annotations

import os.path
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib import import_module
from typing import Any

from okxlint.lazy import Pattern
from okxlint.rule import Rule
from okxlint.suggest import did_you_mean

PACKS = "okxlint.packs"
"""The entry point group of packs: ``PACK = "package"``, the package with ``PACK.yaml`` in it."""
RULES = "okxlint.rules"
"""The entry point group of plugins: ``PLUGIN = "package"``, the package of rule modules."""

# At least two characters: one alone is a drive of Windows.
_DISTRIBUTION = Pattern(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")
_NAME = Pattern(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FORM = "words of lower-case letters and digits, joined by '-'"


class NotInstalled(Exception):
    """A distribution, pack or plugin that is not there, or cannot be used: told in a sentence."""


def normalized(distribution: str) -> str:
    """A distribution's name as indexes compare it: ``OKXLint_Acme`` is ``okxlint-acme``."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def pack_name(name: str) -> str | None:
    """``DISTRIBUTION:PACK``, the distribution's name normalized; ``None`` for any other text.

    A file of such a name is no policy unless it is named with its folder.
    """
    distribution, colon, pack = name.partition(":")
    if colon and _DISTRIBUTION.fullmatch(distribution) and _NAME.fullmatch(pack):
        return f"{normalized(distribution)}:{pack}"
    return None


def pack_file(distribution: str, pack: str) -> str:
    """The path of a pack in an installed distribution. Raises ``NotInstalled``."""
    packs = _entry_points(distribution, PACKS)
    if pack not in packs:
        nearest = did_you_mean(pack, packs)
        raise NotInstalled(f"the distribution '{distribution}' has no pack '{pack}'{nearest}")
    package = packs[pack]
    for folder in _folders(package):
        path = os.path.join(folder, f"{pack}.yaml")
        if os.path.isfile(path):
            return path
    raise NotInstalled(f"'{pack}.yaml' is not in the package '{package}' of '{distribution}'")


def _folders(package: str) -> Iterator[str]:
    """The folders of a package, of which nothing is imported."""
    from importlib.util import find_spec

    top, *inner = package.split(".")
    spec = find_spec(top)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        yield os.path.join(folder, *inner)


def plugins(distribution: str) -> dict[str, dict[str, Rule]]:
    """The plugins of an installed distribution: by name, their rules by id ``PLUGIN/RULE``.

    Raises ``NotInstalled`` for a distribution that is not there, has no plugin, or has one that
    cannot be imported or holds what is no rule.
    """
    points = _entry_points(distribution, RULES)
    if not points:
        raise NotInstalled(f"the distribution '{distribution}' has no plugin of okxlint")
    found = {}
    for plugin, package in points.items():
        rules = _rules(plugin, package, f"the plugin '{plugin}' of '{distribution}'")
        found[plugin] = {rule.id: rule for rule in rules}
    return found


def _rules(plugin: str, package: str, whose: str) -> Iterator[Rule]:
    from pkgutil import iter_modules

    from okxlint.policy.plugin_rule import plugged, problems_of

    folders = getattr(_imported(package, whose), "__path__", ())
    names = [module.name for module in iter_modules(folders) if module.name[0] != "_"]
    if not names:
        raise NotInstalled(f"{whose} has no rules: no module is in the package '{package}'")
    for name in sorted(names):
        module = _imported(f"{package}.{name}", whose)
        rule: Any = getattr(module, "check", None)
        problems = "; it ".join(problems_of(rule, module.__name__))
        if problems:
            raise NotInstalled(f"{whose} cannot be used: '{module.__name__}' {problems}")
        yield plugged(plugin, rule)


def _imported(name: str, whose: str) -> Any:
    try:
        with redirect_stdout(sys.stderr):  # standard output is the report's
            return import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a plugin raises, its rules cannot be judged by
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise NotInstalled(f"{whose} cannot be imported: '{name}' raises {said}") from error


def _entry_points(distribution: str, group: str) -> dict[str, str]:
    """The entry points of a distribution: packages by name. Raises ``NotInstalled``."""
    what = "plugin" if group == RULES else "pack"
    found: dict[str, str] = {}
    for point in _read_points(distribution, group):
        name, package = point.name, point.value
        whose = f"the {what} '{name}' of '{distribution}'"
        if name in found:
            raise NotInstalled(f"'{distribution}' has two {what}s with the name '{name}'")
        if not _NAME.fullmatch(name):
            raise NotInstalled(f"{whose} needs another name: {_FORM}")
        if not all(part.isidentifier() for part in package.split(".")):
            raise NotInstalled(f"{whose} is '{package}', which is no package's name")
        found[name] = package
    return found


def _read_points(distribution: str, group: str) -> list[Any]:
    """Of two installations of one name the first on Python's path counts, as with imports."""
    from importlib import metadata

    try:
        installed = metadata.distribution(distribution)
    except (metadata.PackageNotFoundError, ValueError):
        nearest = _nearest(distribution, group)
        raise NotInstalled(f"no distribution '{distribution}' is installed{nearest}") from None
    try:
        return [point for point in installed.entry_points if point.group == group]
    except Exception as error:  # whatever a broken file makes Python raise
        said = type(error).__name__
        raise NotInstalled(
            f"the entry points of '{distribution}' cannot be read ({said}): install it anew"
        ) from error


def _nearest(distribution: str, group: str) -> str:
    """The distribution that was meant, perhaps by the name of a plugin or pack of it."""
    from importlib import metadata

    try:
        points = [(p.name, p.dist.name) for p in metadata.entry_points(group=group) if p.dist]
    except Exception:  # noqa: BLE001 - another distribution is broken, which is no matter here
        return ""
    for name, owner in points:
        if name == distribution:
            return f"; did you mean '{owner}'?"
    return did_you_mean(distribution, {owner for _, owner in points})

"""Which object of the register each finding is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from okxlint.inventory import Account, AnyAccount, App, Broken, Key
from okxlint.model import Finding, Location
from okxlint.waivers import names_of

Target = Key | App | AnyAccount | Broken
_Names = tuple[str | None, str | None, str | None]


class Placed:
    """Findings by the object that they are about."""

    def __init__(
        self,
        findings: Iterable[Finding],
        targets: Iterable[Target],
        clean: Callable[[str], str],
    ) -> None:
        """``clean`` makes of a name what findings say."""
        self._named: dict[_Names, list[Target]] = defaultdict(list)
        for target in targets:
            account, key, app = (name and clean(name) for name in _names(target))
            self._named[account, key, app].append(target)
        self._found: dict[int, list[Finding]] = defaultdict(list)
        for finding in findings:
            for target in self._targets(finding):
                self._found[id(target)].append(finding)

    def of(self, target: Target) -> tuple[Finding, ...]:
        """What is found of an object."""
        return tuple(self._found.get(id(target), ()))

    def _targets(self, finding: Finding) -> list[Target]:
        named = self._named.get((finding.account, finding.key, finding.app), [])
        if len(named) == 1 and _is_named(named[0]):
            return named
        # Of several of one name it is about the one that it stands in, and else about each.
        within = [each for each in named if _holds(each, finding.location)]
        return within or [each for each in named if _is_named(each)]


def _is_named(target: Target) -> bool:
    """Whether it has all the names that a finding of it has; else only the place tells."""
    if isinstance(target, Broken) and target.kind == "key":
        return bool(target.account and target.name)
    return True


def _names(target: Target) -> _Names:
    if isinstance(target, Broken):
        name = target.name or None
        if target.kind == "key":
            return target.account or None, name, None
        return (name, None, None) if target.kind == "account" else (None, None, name)
    names = names_of(target)
    return names["account"], names["key"], names["app"]


def _holds(target: Target, place: Location) -> bool:
    if not isinstance(target, (Key, App, Account, Broken)):
        return False
    source, (start, end) = target.origin.source, target.origin.extent
    return source.path == place.path and start <= source.offsets(place)[0] <= end

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
        self.others: list[Finding] = []
        """Those that are about none of them."""
        for finding in findings:
            targets_of_it = self._targets(finding)
            for target in targets_of_it:
                self._found[id(target)].append(finding)
            if not targets_of_it:
                self.others.append(finding)

    def of(self, target: Target) -> tuple[Finding, ...]:
        """What is found of an object."""
        return tuple(self._found.get(id(target), ()))

    def _targets(self, finding: Finding) -> list[Target]:
        named = self._named.get((finding.account, finding.key, finding.app), [])
        if len(named) < 2:
            return named
        # Of several of one name it is about the one that it stands in, and else about each.
        return [each for each in named if _holds(each, finding.location)] or named


def _names(target: Target) -> _Names:
    if isinstance(target, Broken):
        name = target.name
        if target.kind == "key":
            return target.account, name, None
        return (name, None, None) if target.kind == "account" else (None, None, name)
    names = names_of(target)
    return names["account"], names["key"], names["app"]


def _holds(target: Target, place: Location) -> bool:
    if not isinstance(target, (Key, App, Account, Broken)):
        return False
    source, (start, end) = target.origin.source, target.origin.extent
    return source.path == place.path and start <= source.offsets(place)[0] <= end

"""Which objects overrides tell apart, and what a policy says of a rule for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from okxlint.globs import compile_glob, is_glob
from okxlint.policy import Change, Policy
from okxlint.policy.match import Match, covers
from okxlint.rule import Setting

Scope = frozenset[Match]
"""Matches that fit an object together."""
MOST = 12
"""With more matches than that, only two are looked at together: see ``scopes``."""


def scopes(matches: Sequence[Match]) -> list[Scope]:
    """The sets of matches that may fit an object together, the smallest first.

    Of two policies one is looser for an object in its severity only if it is so where two of their
    overrides fit: in each the last that says it. In an option it is so where four do: the rule must
    be on, too. Of many matches that would be too many sets.
    """
    found: dict[Scope, None] = {}
    for size in range((2 if is_many(matches) else 4) + 1):
        for some in combinations(matches, size):
            if _may_meet(some):
                scope = _whole(some, matches)
                if _may_meet(scope):
                    found[scope] = None
    return sorted(found, key=len)


def is_many(matches: Sequence[Match]) -> bool:
    """Whether ``scopes`` are not enough to tell whether a rule is on."""
    return len(matches) > MOST


def matches_of(rule_id: str, *policies: Policy) -> list[Match]:
    """What the overrides of a rule are for, each once."""
    stated = [match for policy in policies for match, _ in said_otherwise(policy, rule_id)]
    return list(dict.fromkeys(stated))


def said_otherwise(policy: Policy, rule_id: str) -> list[tuple[Match, Change]]:
    """What overrides say of a rule, in order, for which objects."""
    return [
        (normal(override.match), override.changes[rule_id])
        for override in policy.overrides
        if rule_id in override.changes
    ]


def setting_in(policy: Policy, rule_id: str, scope: Scope) -> Setting:
    """What a policy says of a rule where some matches fit, and no others."""
    setting = policy.setting(rule_id, None)
    for match, change in said_otherwise(policy, rule_id):
        if match in scope:
            setting = change.applied(setting)
    return setting


def normal(match: Match) -> Match:
    """A match whose path is relative to the repository's root."""
    return Match(**match.globs)


def includes(some: Iterable[Match], match: Match) -> bool:
    """Whether a match surely fits whatever some matches fit together."""
    have = [each.globs for each in some]
    return all(
        any(name in globs and _covers(name, glob, globs[name]) for globs in have)
        for name, glob in match.globs.items()
    )


def _covers(name: str, glob: str, other: str) -> bool:
    if name != "path":
        return covers(glob, other)
    return glob == other or (not is_glob(other) and bool(compile_glob(glob).fullmatch(other)))


def _may_meet(some: Iterable[Match]) -> bool:
    return all(one.may_meet(other) for one, other in combinations(some, 2))


def _whole(some: Sequence[Match], matches: Sequence[Match]) -> Scope:
    """Some matches with all that fit wherever these do."""
    scope: Scope = frozenset(some)
    while scope:
        more = {match for match in matches if match not in scope and includes(scope, match)}
        if not more:
            break
        scope |= more
    return scope

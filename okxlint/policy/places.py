"""Where a policy says what it says, so that what it loosens is found there."""

from __future__ import annotations

from typing import Any

from okxlint.documents.source import Source
from okxlint.origin import Origin, Place
from okxlint.policy import Policy, Said
from okxlint.policy.override_order import Scope, said_otherwise


class Places:
    """The places of one policy, which stands in for another.

    What nobody says any more, or what only a pack says, is at the field that it depends on, else at
    the policy's first line.
    """

    def __init__(self, old: Policy, new: Policy) -> None:
        self.policy = new
        # Where there is no policy file any more, it is found where that was.
        path = old.source if new.top is None and old.top else new.source
        self.top = new.top or Place(Source(path, ""), 0, 0)
        self._own = _origin(new)

    def field(self, *route: str) -> Place:
        """A field of the policy file itself, else the one that it would be in."""
        for length in range(len(route), 0, -1):
            if self._own and self._own.child(*route[:length]):
                return self._own.at(*route[:length])
        return self.top

    def of(self, said: Said | None, part: str = "") -> Place:
        """Where something is said, or a part of it."""
        if said is None or said.is_pack:
            return self.field("extends")
        inside = said.inside(part) if part else said
        return inside.place if inside.origin else self.top

    def rule(self, rule_id: str) -> Place:
        """Where a policy file speaks of a rule last, overrides aside."""
        said = [said for (name, _), said in self.policy.said.items() if name == rule_id]
        own = [each for each in said if each.origin and not each.is_pack]
        return self.of(own[-1] if own else None)

    def setting(self, rule_id: str, name: str, scope: Scope) -> Place:
        """Where a rule's severity or option is said for objects of a scope."""
        for match, change in reversed(said_otherwise(self.policy, rule_id)):
            if match in scope and name in change.names:
                return self.of(change.said, name)
        return self.of(self.policy.said.get((rule_id, name)), name)

    def stated(self, name: str) -> Place:
        """Where a field is said last: ``waivers.max_days``."""
        said = self.policy.stated.get(name)
        return self.of(said[-1]) if said else self.field(*name.split("."))

    def item(self, field: str, entry: Any) -> Place:
        """Where an entry of a field that is a list is said."""
        said = self.policy.items.get((field, entry))
        return self.of(said) if said else self.stated(field)


def _origin(policy: Policy) -> Origin | None:
    """The policy file as a mapping; ``None`` of a pack."""
    if policy.top is None:
        return None
    file = policy.files[-1]
    document = next(each for each in file.documents if each.value is not None)
    return Origin(file.source, file.spans, document.node)

"""When one value of a finding is no worse than another of the same rule and target."""

from __future__ import annotations


def no_more(new: str, old: str) -> bool:
    """Of two counts."""
    return int(new) <= int(old)


def no_others(new: str, old: str) -> bool:
    """Of two lists, joined by ``,``: nothing is in the new one that is not in the old."""
    return set(new.split(",")) <= set(old.split(","))

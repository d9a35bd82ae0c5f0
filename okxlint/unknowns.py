"""The kinds of what a run did not look at, and which of them leave the exit status as it is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from okxlint.model import Unknown

Kind = Literal[
    "master-keys",
    "self-only",
    "failed-account",
    "no-snapshot",
    "other-environment",
    "stale-snapshot",
    "third-party-addresses",
    "no-manifest",
    "unreadable",
    "rule-crash",
    "no-answer",
    "no-base",
    "no-policy",
    "base-policy",
    "git-ignore",
]
KINDS: dict[Kind, str] = {
    "master-keys": "a master's other keys, which OKX lists to nobody",
    "self-only": "an account of which only the credential's own key was seen",
    "failed-account": "an account whose keys could not be read",
    "no-snapshot": "a declared account that no snapshot covers",
    "other-environment": "declared keys of an environment that no snapshot of their account is of",
    "stale-snapshot": "a snapshot that is too old, or of a later day than the run",
    "third-party-addresses": "the addresses of a key that is bound to a provider's app",
    "no-manifest": "a place where no manifest was found",
    "unreadable": "a file or folder that cannot be read",
    "rule-crash": "a rule that failed on an object",
    "no-answer": "a rule that cannot say whether an object is right",
    "no-base": "a rule that compares with a base, in a run without one",
    "no-policy": "a policy that the commit that rules does not have",
    "base-policy": "the policy of the base, which is not right",
    "git-ignore": "which files git ignores",
}
"""Every kind of unknown, with what it is of."""
TOLD = frozenset({"master-keys", "other-environment", "third-party-addresses"})
"""The kinds of live runs that are told and leave the exit status as it is."""


def settled(unknown: Unknown, required: Collection[str], allowed: Collection[str]) -> Unknown:
    """An unknown of a run, accepted if it is by nature or by name, and not required."""
    accepted = unknown.accepted or unknown.kind in TOLD or unknown.kind in allowed
    return unknown._replace(accepted=accepted and unknown.kind not in required)

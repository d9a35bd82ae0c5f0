"""What other commits have: the base that a change began from, and the policy that rules it."""

from __future__ import annotations

import os.path
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from okxlint.documents.reader import Parsed
from okxlint.errors import PolicyError, Unreadable
from okxlint.files import Files
from okxlint.inventory import Inventory
from okxlint.manifest import Flaw, load
from okxlint.model import Unknown
from okxlint.paths import SUFFIXES, Tree, ancestors
from okxlint.policy import DEFAULT_PACK, Policy
from okxlint.policy import file as policy_file
from okxlint.policy.chain import Chain
from okxlint.policy.distributions import NotInstalled, plugins
from okxlint.record import Record, changed
from okxlint.waivers import REVOKED, Book, Identity

if TYPE_CHECKING:
    from okxlint.history.commit import Commit

WATCH = "policy-not-weakened"
"""The rule that tells what a change loosens."""


@dataclass(frozen=True)
class Asked:
    """Which policy is asked for, from where."""

    named: str | None
    """A policy file or a pack; ``None``: the policy found from ``cwd``."""
    cwd: str
    tree: Tree
    commits: dict[str | None, Commit] = field(default_factory=dict)
    """What was looked at, by id: to list a commit's files takes time."""
    parsed: dict[tuple[str, str], Parsed] = field(default_factory=dict)
    """What was read of them, by path and git's id."""

    def kept(self, commit: Commit) -> Commit:
        """That commit as it was looked at first."""
        return self.commits.setdefault(commit.sha, commit)

    @property
    def is_outside(self) -> bool:
        """Whether the policy is a file outside of the repository, of which no commit tells."""
        if self.named is None:
            return False
        # By the letters, but for links to the repository: those in it may be the change's doing.
        path = os.path.normpath(os.path.join(self.cwd, self.named))
        return all(os.path.realpath(folder) != self.tree.root for folder in ancestors(path))


class Base(Record):
    """What the base declares, and its own policy."""

    sha: str | None
    """``None``: nothing was committed yet."""
    files: tuple[Parsed, ...]
    inventory: Inventory
    flaws: tuple[Flaw, ...]
    policy: Policy | None
    """``None`` if it cannot be read, or if there was nothing yet."""
    unknown: tuple[Unknown, ...] = ()

    @property
    def quoted(self) -> tuple[Parsed, ...]:
        """Everything of it that a message may quote."""
        return (*self.files, *(self.policy.files if self.policy else ()))


class Ruling(Record):
    """The policy in force."""

    policy: Policy
    sha: str | None = None
    """The commit that it is from; ``None``: the work tree."""
    manifests: tuple[tuple[str | None, str], ...] = ()
    """Of its patterns those that the commit itself has."""
    unknown: tuple[Unknown, ...] = ()


def load_base(
    asked: Asked, rev: str, policy: Policy, paths: Iterable[str], chosen: Sequence[str]
) -> Base:
    """The base of HEAD and a revision: the manifests that its own policy and this one name.

    ``paths`` are files of the head that are manifests too, relative to the repository's root;
    ``chosen`` is what PATHs name, absolute. Raises ``OkxlintError`` for a revision, or a file of
    it, that is not there.
    """
    from okxlint.commit_manifests import Manifests
    from okxlint.history.revision import merge_base

    unknown: list[Unknown] = []
    with asked.kept(merge_base(asked.tree, rev)) as commit:
        own = _policy_at(asked, commit, policy, unknown) if commit.sha else None
        # What its own policy does not say, a pack does: this one alone may look away.
        patterns = (own or policy_file.pack(DEFAULT_PACK)).manifests
        manifests = Manifests(asked.tree, commit, asked.parsed)
        manifests.add_inventory(patterns, chosen)
        manifests.add_matching(policy.manifests)
        manifests.add_files(paths)
        files = tuple(manifests.read())
    inventory, flaws = load(files)
    unknown += manifests.unknown
    return Base(commit.sha, files, inventory, tuple(flaws), own, tuple(unknown))


def load_ruling(asked: Asked, rev: str, head: Policy) -> Ruling:
    """The policy that a commit has. Manifests that the head's policy adds are looked at too.

    Raises ``OkxlintError`` for a revision that is not there, and for a policy there that is not
    right.
    """
    from okxlint.history.revision import commit_at

    unknown: list[Unknown] = []
    with asked.kept(commit_at(asked.tree, rev)) as commit:
        policy = _ruling_policy(asked, commit, unknown)
    manifests = tuple(dict.fromkeys((*policy.manifests, *head.manifests)))
    ruling = changed(policy, manifests=manifests)
    return Ruling(ruling, commit.sha, policy.manifests, tuple(unknown))


def load_approved(
    asked: Asked, ruling: Ruling, chosen: Sequence[str], as_of: date
) -> tuple[Mapping[Identity, date], tuple[Unknown, ...]]:
    """The waivers in the manifests of the commit that rules that hold there, with their last days.

    Only what is a manifest there counts: the head's policy could name a file that nobody has ever
    looked at as one. And what of them could not be read: a waiver in that does not hold.
    """
    from okxlint.commit_manifests import Manifests

    with asked.commits[ruling.sha] as commit:
        manifests = Manifests(asked.tree, commit, asked.parsed)
        manifests.add_inventory(ruling.manifests, chosen)
        inventory, _ = load(manifests.read())
    return _approvals(inventory, ruling.policy, as_of), tuple(manifests.unknown)


def watchful(policy: Policy, base: Base | None) -> Policy:
    """A policy that tells of what loosens at least as loudly as the base's does.

    The first thing that a change could loosen is the rule that says so.
    """
    if base is None or base.policy is None:
        return policy
    before, now = (each.setting(WATCH, None) for each in (base.policy, policy))
    if (before.severity or 0) <= (now.severity or 0):
        return policy
    return changed(policy, settings={**policy.settings, WATCH: before})


def _approvals(inventory: Inventory, policy: Policy, as_of: date) -> dict[Identity, date]:
    days: dict[Identity, date] = {}
    for entry in Book(inventory, policy, as_of).entries:
        if entry.depth is None and not entry.problems:
            # It stays approved when its key is revoked, and is not when a record's label is reused.
            for identity in (entry.identity, (REVOKED, *entry.identity[1:])):
                days[identity] = max(entry.ends, days.get(identity, date.min))
    return days


def _policy_at(asked: Asked, commit: Commit, head: Policy, unknown: list[Unknown]) -> Policy | None:
    from okxlint.history.files import CommitFiles

    if asked.is_outside:
        return head
    files = CommitFiles(asked.tree, commit)
    try:
        if policy_file.locate(asked.named, asked.cwd, asked.tree, files) is None:
            return policy_file.pack(DEFAULT_PACK)
        return policy_file.load(asked.named, asked.cwd, asked.tree, files)
    except (PolicyError, Unreadable) as error:
        told = "; ".join(str(error).split("\n"))
        message = f"nobody can tell what is looser than the base's policy: {told}"
        # What is not right could not rule there either, and a change that mends it must be able to
        # pass. But what cannot be read here may have ruled there.
        accepted = not _is_out_of_reach(asked, files)
        unknown.append(Unknown("base-policy", message, accepted=accepted))
        return None


def _is_out_of_reach(asked: Asked, files: Files) -> bool:
    """Whether a policy, or something that it builds on, is not installed or cannot be read here."""
    chain = Chain(asked.tree, files)
    try:
        path = policy_file.locate(asked.named, asked.cwd, asked.tree, files)
        for text in chain.of(chain.file(path or "")):
            for name in text.written.plugins:
                plugins(name)
            for name in () if text.is_pack else text.written.extends:
                if ":" in name and "/" not in name:
                    chain.installed(name)
                elif name.endswith(SUFFIXES):
                    parent = files.absolute(name, text.folder)
                    if files.exists(parent):
                        chain.file(parent)
    except (NotInstalled, Unreadable):
        return True
    return False


def _ruling_policy(asked: Asked, commit: Commit, unknown: list[Unknown]) -> Policy:
    from okxlint.history.files import CommitFiles

    files = CommitFiles(asked.tree, commit)
    at = (commit.sha or "")[:12]
    if asked.is_outside:
        raise PolicyError(
            f"the policy '{asked.named}' is outside of the repository, so that no commit has it",
            "Leave --policy-ref out: no pull request changes that file.",
        )
    try:
        found = policy_file.locate(asked.named, asked.cwd, asked.tree, files)
        if found is None:
            message = f"there is no policy at {at}: the pack {DEFAULT_PACK} rules"
            unknown.append(Unknown("no-policy", message, accepted=True))
            return policy_file.pack(DEFAULT_PACK)
        return policy_file.load(asked.named, asked.cwd, asked.tree, files)
    except PolicyError as error:
        raise PolicyError(f"at the commit {at}:\n{error.message}", error.hint) from None
    except Unreadable as error:
        raise PolicyError(f"at the commit {at}: {error}") from None

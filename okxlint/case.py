"""All that a check looks at, read once: whatever the day, it is judged from here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from okxlint import resources
from okxlint.base import Asked, Base, Ruling, load_base, load_ruling, watchful
from okxlint.engine import Question
from okxlint.errors import OkxlintError
from okxlint.files import WorkFiles
from okxlint.inventory import Inventory
from okxlint.loading import Loaded, Wanted, load_files
from okxlint.manifest import Flaw, load
from okxlint.model import Severity
from okxlint.paths import find_tree
from okxlint.policy import Policy
from okxlint.policy import file as policy_file
from okxlint.policy.distributions import pack_name
from okxlint.record import Record
from okxlint.secrets.masking import Masking
from okxlint.suggest import did_you_mean, nearest

if TYPE_CHECKING:
    from okxlint.baseline import InForce
    from okxlint.snapshot import Snapshot


class Request(Record):
    """What the caller of a check asks for."""

    question: Question
    wanted: Wanted
    policy: str | None = None
    """A policy file or a pack; ``None``: the policy found from the working directory."""
    require_packs: tuple[str, ...] = ()
    """Packs from which the policy must descend."""
    fail_on: Severity | None = Severity.ERROR
    base: str | None = None
    """The revision that the head is compared with; ``None``: with none."""
    policy_ref: str | None = None
    """The revision whose policy rules; ``None``: the work tree's."""
    new_only: bool = False
    """Whether what the base has already is left out."""
    baseline: str | None = None
    """The file whose findings are accepted; ``None``: there is none."""
    snapshots: tuple[Snapshot, ...] = ()
    """What exists on OKX; without one no rule of the group `live` runs."""
    max_snapshot_age: int = 1
    """Days before that of the run."""
    allow_unknown: frozenset[str] = frozenset()
    """The kinds of unknown that do not make the run incomplete."""


class Case(Record):
    """What was asked for, and everything that was read for it."""

    request: Request
    asked: Asked
    head: Policy
    """The work tree's own policy, which must be right even where another one rules."""
    ruling: Ruling
    policy: Policy
    """The policy that rules."""
    loaded: Loaded
    base: Base | None
    baseline: InForce | None
    inventory: Inventory
    flaws: tuple[Flaw, ...]
    masking: Masking


def load_case(request: Request) -> Case:
    """Read the policy, the manifests and what they are compared with.

    Raises ``OkxlintError`` for wrong usage and for a policy that is not right.
    """
    wanted = request.wanted
    asked = Asked(request.policy, wanted.cwd, find_tree(wanted.cwd))
    head = policy_file.load(asked.named, asked.cwd, asked.tree, WorkFiles(wanted.edited))
    ruling = load_ruling(asked, request.policy_ref, head) if request.policy_ref else Ruling(head)
    policy = ruling.policy
    check_selection(request.question, policy)
    _check_allowed(request.allow_unknown, policy)
    _check_packs(request.require_packs, policy)
    loaded = load_files(wanted, asked.tree, policy)
    paths = [file.source.path for file in loaded.files]
    chosen = loaded.chosen or ()
    base = load_base(asked, request.base, policy, paths, chosen) if request.base else None
    baseline = _baseline(asked, request, ruling)
    inventory, flaws = load(loaded.files)
    others = [*(policy.files if ruling.sha else ()), *(base.quoted if base else ())]
    others += baseline.files if baseline else ()
    return Case(
        request=request,
        asked=asked,
        head=head,
        ruling=ruling,
        policy=watchful(policy, base),
        loaded=loaded,
        base=base,
        baseline=baseline,
        inventory=inventory,
        flaws=tuple(flaws),
        masking=Masking([*loaded.files, *head.files], others),
    )


def _baseline(asked: Asked, request: Request, ruling: Ruling) -> InForce | None:
    if request.baseline is None:
        return None
    from okxlint.baseline import load_baseline

    return load_baseline(request.baseline, asked.cwd, asked.tree, ruling.sha)


def check_selection(question: Question, policy: Policy) -> None:
    """Raise ``OkxlintError`` for rules that are asked for and that this policy does not give."""
    for name in sorted({*(question.select or ()), *question.ignore}):
        if name not in policy.rules:
            meant = did_you_mean(name, policy.rules)
            raise OkxlintError(f"there is no rule '{name}'{meant}", "See 'okxlint rules'.")
    for name in sorted(question.ignore):
        if policy.rules[name].hygiene:
            raise OkxlintError(f"'{name}' is always on; it cannot be ignored")
        if name in policy.locks:
            message = f"'{name}' is locked at {policy.locks[name].said}; it cannot be ignored"
            raise OkxlintError(message, "Leave it out of --ignore, or ask those who own the lock.")


def _check_allowed(kinds: Iterable[str], policy: Policy) -> None:
    for kind in sorted(kinds):
        if kind in policy.live.require:
            said = policy.items["live.require", kind]
            message = f"'{kind}' is required at {said}; --allow-unknown cannot accept it"
            raise OkxlintError(message, "Leave it out of --allow-unknown.")


def _check_packs(packs: Iterable[str], policy: Policy) -> None:
    # A file of the chain is never proposed: whoever writes the policy could have named it so.
    known = {*resources.packs(), *filter(pack_name, policy.chain)}
    for pack in packs:
        if (pack_name(pack) or pack) in policy.chain:
            continue
        meant = pack if pack in known else nearest(pack, sorted(known))
        typo = f"; did you mean '{meant}'?" if meant not in (None, pack) else ""
        chain = " -> ".join(policy.chain)
        step = f"Add 'extends: {meant or pack}' to it, or run with a policy that has it."
        raise OkxlintError(
            f"the policy {policy.source} does not descend from the pack '{pack}' ({chain}){typo}",
            "Correct --require-pack." if meant in policy.chain else step,
        )

"""The baseline of a run: where it is read from, and what a policy asks of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from typing import NamedTuple

from okxlint.baseline.file import BaselineFile, BaselineText, read_baseline
from okxlint.documents.reader import Parsed
from okxlint.errors import OkxlintError, Unreadable
from okxlint.files import Files, WorkFiles
from okxlint.paths import A_LINK, Tree
from okxlint.policy import Policy
from okxlint.suggest import did_you_mean


class InForce(NamedTuple):
    """The baseline of a run."""

    shown: str
    """As reports name it."""
    file: BaselineFile | None
    """``None``: the commit that rules does not have it."""
    absent: str = ""
    """Then why nothing is accepted."""

    @property
    def files(self) -> tuple[Parsed, ...]:
        """As read: what a report may quote."""
        return (self.file.parsed,) if self.file else ()


def load_baseline(path: str, cwd: str, tree: Tree, sha: str | None = None) -> InForce:
    """The baseline at a path, as a commit has it or, without one, as it is in the work tree.

    The work tree's must be right even where a commit's holds. Raises ``OkxlintError``.
    """
    work = find_baseline(path, cwd, tree, WorkFiles())
    if sha is None:
        if work is None:
            raise OkxlintError(
                f"there is no baseline '{path}'",
                "'okxlint baseline --until DATE -o FILE' writes one.",
            )
        return InForce(work.shown, work)
    from okxlint.history.files import CommitFiles
    from okxlint.history.revision import commit_at

    with commit_at(tree, sha) as commit:
        try:
            found = find_baseline(path, cwd, tree, CommitFiles(tree, commit))
        except OkxlintError as error:
            raise OkxlintError(f"at the commit {sha[:12]}:\n{error.message}", error.hint) from None
    if found is None:
        shown = work.shown if work else path
        return InForce(shown, None, f"the commit {sha[:12]}, whose policy rules, does not have it")
    return InForce(found.shown, found)


def find_baseline(path: str, cwd: str, tree: Tree, files: Files) -> BaselineFile | None:
    """The baseline at a path from a folder; ``None`` if there is nothing.

    Raises ``OkxlintError`` for what is there and is none.
    """
    try:
        place = files.absolute(path, cwd)
        if not files.exists(place):
            return None
        return read_baseline(tree.shown(place), _read(place, tree.shown(place), files))
    except Unreadable as error:
        raise OkxlintError(f"the baseline {error}") from error


def _read(place: str, shown: str, files: Files) -> bytes:
    # It may be written anew, and what a link leads to is no place to write to.
    if files.real(place) != place:
        raise Unreadable(shown, A_LINK)
    return files.read(place, shown)


def shortcomings(text: BaselineText, policy: Policy, as_of: date) -> Iterator[str]:
    """Why a baseline does not hold on a day: it has to keep what the policy asks of waivers."""
    if text.until < as_of:
        yield f"it ended on {text.until}"
    missing = [name for name in asked_of(policy) if not _filled(text, name)]
    if missing:
        yield f"it says no {', '.join(missing)}"
    if text.granted and text.granted > as_of:
        yield f"it is granted only from {text.granted}"
    days = (text.until - (text.granted or as_of)).days
    if days > policy.waivers.max_days:
        yield f"it lasts {days} days, and the policy allows {policy.waivers.max_days}"
    approvers = policy.waivers.approvers
    by = text.approved_by
    if by and approvers is not None and not any(fnmatchcase(by, glob) for glob in approvers):
        yield "the one who approved it is no approver by the policy"


def asked_of(policy: Policy) -> tuple[str, ...]:
    """The fields that a baseline must have besides its last day.

    Who approved it is asked for where a policy says who may, or requires it in so many words: else
    it is who takes the file into the repository.
    """
    stated = policy.waivers.require if "waivers.require" in policy.stated else ()
    asked = {"reason", *stated} & {"reason", "approved_by", "granted"}
    if policy.waivers.approvers is not None:
        asked.add("approved_by")
    return tuple(sorted(asked))


def _filled(text: BaselineText, name: str) -> bool:
    value = getattr(text, name)
    return value is not None and bool(str(value).strip())


def refusal(rule_id: str, policy: Policy) -> str | None:
    """Why no baseline accepts a rule's findings; ``None`` if one may."""
    if rule_id not in policy.rules:
        return f"there is no rule '{rule_id}'{did_you_mean(rule_id, policy.rules)}"
    rule, lock = policy.rules[rule_id], policy.locks.get(rule_id)
    if not rule.waivable or rule_id in policy.waivers.never:
        return f"'{rule_id}' is never waived"
    if lock:
        return f"'{rule_id}' is locked at {lock.said}"
    if rule.group == "transitions":
        return f"'{rule_id}' is about a change, and no debt"
    if rule.group == "live":
        return f"'{rule_id}' is about keys on OKX, which a baseline does not know"
    return None

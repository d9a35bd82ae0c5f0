"""A folder, checked with the texts that are open in an editor in place of what files hold."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property

from okxlint.case import Case, Request, load_case
from okxlint.check import report_on
from okxlint.documents.reader import Parsed
from okxlint.documents.source import decode
from okxlint.engine import Question
from okxlint.errors import Unreadable
from okxlint.inventory import Key
from okxlint.loading import Wanted
from okxlint.model import Finding, Location, Report
from okxlint.paths import read_bytes
from okxlint.record import Record, changed

_COMING = 366
"""Days for which a key's card tells what is due."""


class Settings(Record):
    """What the one who starts the server asks for."""

    policy: str | None = None
    """A policy file or a pack; ``None``: the policy found from the folder."""
    horizon: int = 0
    """Days for which what will start to fail is told."""
    as_of: date | None = None
    """The UTC day of each check; ``None``: today."""


class Checked(Record):
    """What a check of a folder came to."""

    case: Case
    report: Report

    @cached_property
    def files(self) -> Mapping[str, Parsed]:
        """What was read, policy files too, by absolute path."""
        files = [*self.case.head.files, *self.case.loaded.files]
        return {self._absolute(file.source.path): file for file in files}

    @cached_property
    def findings(self) -> Mapping[str, list[Finding]]:
        """By the absolute path of each file that was read."""
        found: dict[str, list[Finding]] = {path: [] for path in self.files}
        for finding in self.report.findings:
            path = self.path_of(finding.location)
            if path:
                found[path].append(finding)
        return found

    @cached_property
    def coming(self) -> tuple[Finding, ...]:
        """What fails, or will within a year."""
        question = changed(self.case.request.question, horizon=_COMING)
        return report_on(self.case, question).findings

    def can_be_edited(self, path: str) -> bool:
        """Whether a file is UTF-8: of what is not, an editor has another text than it holds."""
        if not self.files[path].is_exact:
            return False
        try:
            return decode(read_bytes(path, path))[1] is None
        except Unreadable:
            return True  # it is not written yet

    def at(self, path: str, start: int, end: int) -> list[Finding]:
        """The findings of a file that stand in a stretch of it, or touch it."""
        touching = []
        for finding in self.findings.get(path, ()):
            first, last = self.files[path].source.offsets(finding.location)
            if first <= end and start <= last:
                touching.append(finding)
        return touching

    def key_at(self, path: str, offset: int) -> Key | None:
        """The key whose mapping a place in a file is in."""
        for key in self.case.inventory.keys:
            if self._absolute(key.origin.source.path) == path:
                start, end = key.origin.extent
                if start <= offset <= end:
                    return key
        return None

    def path_of(self, place: Location) -> str | None:
        """The absolute path of the file that a place is in; ``None`` if it is in none."""
        path = self._absolute(place.path)
        return path if path in self.files else None

    def _absolute(self, shown: str) -> str:
        return os.path.normpath(os.path.join(self.case.asked.tree.root, shown))


def check(folder: str, texts: Mapping[str, str], settings: Settings) -> Checked:
    """Check a folder, given by its absolute path, and the texts by theirs.

    What a folder without anything of the inventory holds is found as ``okxlint check FOLDER``
    finds it. Raises ``OkxlintError`` for a policy that is not right.
    """
    # What is not Unicode is found so, and at its place.
    edited = {path: text.encode("utf-8", "surrogatepass") for path, text in texts.items()}
    request = Request(
        Question(settings.as_of or datetime.now(UTC).date(), settings.horizon),
        Wanted(folder, (folder,), edited=edited),
        policy=settings.policy,
        fail_on=None,
    )
    case = load_case(request)
    return Checked(case, report_on(case, request.question))

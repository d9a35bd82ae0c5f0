"""The run of policy tests: which manifests are tests, and by which policy each is judged."""

from __future__ import annotations

import os.path
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from okxlint import resources
from okxlint.documents.reader import Parsed, read
from okxlint.engine import Question
from okxlint.errors import OkxlintError, Unreadable
from okxlint.expectation import Script, read_script
from okxlint.manifest import LISTS
from okxlint.paths import (
    A_LINK,
    Found,
    Tree,
    absolute,
    check_paths,
    find_tree,
    is_inside,
    read_bytes,
    search,
)
from okxlint.policy import Policy
from okxlint.policy import file as policy_file
from okxlint.policy_tests import Outcome, broken, outcome_of
from okxlint.secrets.masking import Masking


@dataclass(frozen=True)
class Results:
    """What came of a run."""

    outcomes: tuple[Outcome, ...]
    """By path."""
    without: tuple[str, ...] = ()
    """The PATHs in which there is no test."""

    @property
    def exit(self) -> int:
        """0 all passed, 1 some failed, 3 there was nothing to run."""
        if not all(outcome.passed for outcome in self.outcomes):
            return 1
        return 3 if self.without else 0


@dataclass(frozen=True)
class Defaults:
    """What holds for tests that do not say it themselves."""

    as_of: date
    policy: str | None = None
    """A policy file or a pack; ``None``: the policy found from the test's folder upwards."""
    is_today: bool = False
    """Whether nobody has set the day, so that it is another one each day."""


def run_tests(paths: Sequence[str], cwd: str, defaults: Defaults) -> Results:
    """Run the tests in files and folders.

    In a folder a manifest is a test if it expects something, or if its first comment says how it
    is to be judged; a file that is named is one in any case. Raises ``OkxlintError`` for a PATH
    that is not there, and for a policy that is not right.
    """
    tree = find_tree(cwd)
    runner = _Runner(tree, cwd, defaults)
    named = check_paths(paths or (os.curdir,), cwd)
    folders = [name for name in named if os.path.isdir(name) and not os.path.islink(name)]
    found = Found()
    searched = {path for folder in folders for path in search(tree, folder, found)}
    outcomes = {
        error.path: Outcome(error.path, problems=(error.reason,)) for error in found.unreadable
    }
    tested = []
    for path in sorted(searched.union(named).difference(folders)):
        outcome = runner.outcome(path, is_named=path in named)
        if outcome:
            outcomes[outcome.path] = outcome
            tested.append(path)
    return Results(
        tuple(outcomes[path] for path in sorted(outcomes)),
        tuple(
            tree.shown(folder)
            for folder in folders
            if not any(is_inside(path, folder) for path in tested)
        ),
    )


class _Runner:
    """Finds out how each test is to be judged, and keeps the policies for the next one."""

    def __init__(self, tree: Tree, cwd: str, defaults: Defaults) -> None:
        self.tree = tree
        self.cwd = cwd
        self.defaults = defaults
        self.policies: dict[tuple[str, str | None, str | None], Policy] = {}

    def outcome(self, path: str, is_named: bool) -> Outcome | None:
        """What comes of a file; ``None`` if it is no test."""
        shown = self.tree.shown(path)
        if os.path.islink(path):
            return Outcome(shown, problems=(A_LINK,))
        try:
            file = read(shown, read_bytes(path, shown))
        except Unreadable as error:
            return Outcome(shown, problems=(error.reason,))
        script = read_script(file)
        if not (is_named or script.expected or (script.is_test and _declares(file))):
            return None
        if script.problems:
            return broken(file, script.problems, Masking([file]))
        question = Question(script.as_of or self.defaults.as_of, select=script.select)
        outcome = outcome_of(file, script, self.policy(path, file, script), question)
        return replace(outcome, undated=self.defaults.is_today and script.as_of is None)

    def policy(self, path: str, file: Parsed, script: Script) -> Policy:
        """The policy of a test: its own, else the one asked for, else the one found from it."""
        folder = os.path.dirname(path)
        named, rules = script.text("policy"), script.text("rules")
        inside = is_inside(folder, self.tree.root)
        tree = self.tree if inside else find_tree(folder)
        cwd, name = (folder, named) if named else (self.cwd, self.defaults.policy)
        key = (cwd if name else folder, name, rules)
        try:
            if named:
                _check_reach(named, folder, tree)
            if key not in self.policies:
                self.policies[key] = policy_file.load(name, key[0], tree, rules=rules)
        except OkxlintError as error:
            raise _asked(error, file, script) from error
        return self.policies[key]


def _declares(file: Parsed) -> bool:
    """Whether a file has what a manifest has at its top, or cannot be read as a whole."""
    values = [document.value for document in file.documents]
    tops = [value.keys() for value in values if isinstance(value, dict)]
    return bool(file.problems) or any(not top.isdisjoint(LISTS) for top in tops)


def _check_reach(named: str, folder: str, tree: Tree) -> None:
    """Raise ``OkxlintError`` for a policy that a test may not name."""
    if os.path.isabs(named) or "\0" in named:
        raise OkxlintError(f"'{named}' is no path relative to the test")
    path = absolute(named, folder)
    is_pack = named in resources.packs() or (":" in named and not os.path.lexists(path))
    if not is_pack and not is_inside(os.path.realpath(path), tree.root):
        raise OkxlintError(f"'{named}' is outside of the repository")


def _asked(error: OkxlintError, file: Parsed, script: Script) -> OkxlintError:
    """The error of a policy, with the line of the test that asks for it."""
    name = "rules" if re.search("^# rules:", error.message, re.MULTILINE) else "policy"
    if name not in script.header:
        return error
    clean = Masking([file]).redactor.clean
    at = f"{file.source.path}:{script.header[name].line}"
    # Where in '# rules:' it stands is told by a place in a file that there is not.
    said = re.sub(r"^# rules:\d+:\d+: ", "", error.message, flags=re.MULTILINE)
    lines = [f"{at}: this test's '# {name}:' cannot be used", *said.split("\n")]
    return OkxlintError("\n".join(map(clean, lines)), error.hint)

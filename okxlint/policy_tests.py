"""Policy tests: manifests whose comments say what must be found in them, each judged alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import NamedTuple

from okxlint.case import check_selection
from okxlint.documents.comments import comment_line
from okxlint.documents.reader import Parsed
from okxlint.engine import Context, Question, judge, rules_of
from okxlint.errors import OkxlintError
from okxlint.expectation import Expected, Script, compare
from okxlint.manifest import is_manifest, load
from okxlint.model import Finding
from okxlint.policy import Policy
from okxlint.secrets.masking import Masking
from okxlint.suggest import did_you_mean

_ALONE = Context()


class Row(NamedTuple):
    """What was not as expected on a line; its texts are safe to print, control characters aside."""

    line: int
    sign: str
    """``-`` for what is missing, ``+`` for what nobody expected."""
    said: str
    """As a comment would expect it."""
    why: str


@dataclass(frozen=True)
class Outcome:
    """What came of one policy test."""

    path: str
    """As reports name it."""
    expected: int = 0
    """How many findings its comments expect."""
    rows: tuple[Row, ...] = ()
    problems: tuple[str, ...] = ()
    """Why it could not be run: it has failed then, whatever else is said."""
    lines: Mapping[int, str] = field(default_factory=dict)
    """The text of the lines of ``rows``, nothing secret in it."""
    policy: str = ""
    as_of: date | None = None
    """The UTC day on which it was judged."""
    undated: bool = False
    """Whether that day is another one each day."""

    @property
    def passed(self) -> bool:
        return not (self.rows or self.problems)

    def count(self, sign: str) -> int:
        """How many findings are missing (``-``) or unexpected (``+``)."""
        return sum(row.sign == sign for row in self.rows)


def outcome_of(
    file: Parsed, script: Script, policy: Policy, question: Question, context: Context = _ALONE
) -> Outcome:
    """What comes of one test: its file is the whole inventory."""
    masking = Masking([file, *policy.files])
    problems = [*script.problems, *_unknown_rules(script, question, policy)]
    if not is_manifest(file):
        problems.append("this file holds no manifest, so nothing was judged")
    if problems:
        return broken(file, problems, masking)
    inventory, flaws = load([file])
    verdict = judge(question, policy, [file], inventory, flaws, masking.redactor, context)
    # What is wrong with waivers that the policy grants is no matter of this manifest.
    own = [finding for finding in verdict.findings if finding.location.path == file.source.path]
    line_of = partial(comment_line, file)
    missing, unexpected = compare(script.expected, own, line_of)
    waived = [(line_of(finding.location.line), finding) for finding in verdict.waived]
    ran = [name for name in rules_of(question, policy) if context.runs(policy.rules[name])]
    clean = masking.redactor.clean
    rows = [Row(one.line, "-", clean(str(one)), _why(one, waived, ran, policy)) for one in missing]
    rows += (_unexpected(line, finding) for line, finding in unexpected)
    text_of = masking.excerpts()[file.source.path].line
    return Outcome(
        file.source.path,
        len(script.expected),
        tuple(sorted(rows, key=lambda row: row.line)),
        problems=tuple(clean(unknown.message) for unknown in verdict.unknown),
        lines={row.line: text_of(row.line) for row in rows},
        policy=policy.source,
        as_of=question.as_of,
    )


def broken(file: Parsed, problems: Iterable[str], masking: Masking) -> Outcome:
    """The outcome of a test that could not be run."""
    return Outcome(file.source.path, problems=tuple(map(masking.redactor.clean, problems)))


def _unknown_rules(script: Script, question: Question, policy: Policy) -> Iterator[str]:
    for line, rule, *_ in script.expected:
        if rule not in policy.rules:
            yield f"line {line}: there is no rule '{rule}'{did_you_mean(rule, policy.rules)}"
    for line, word, rule in script.doubts:
        if rule in policy.rules:
            yield f"line {line}: '# {word}' is no '# expect:'; mend it, or say it otherwise"
    try:
        check_selection(question, policy)
    except OkxlintError as error:
        at = f"line {script.header['select'].line}: " if "select" in script.header else ""
        yield f"{at}{error.message}"


def _why(
    one: Expected, waived: Iterable[tuple[int, Finding]], ran: Collection[str], policy: Policy
) -> str:
    """Why what was expected is missing, as far as that can be told."""
    if any(line == one.line and one.fits(finding) for line, finding in waived):
        return "expected, and not found: it is waived"
    if one.rule not in ran and not policy.rules[one.rule].hygiene:
        return "expected, and not found: this rule was not in the run"
    return "expected, and not found"


def _unexpected(line: int, finding: Finding) -> Row:
    said = Expected(line, finding.rule, finding.severity.word, finding.value)
    at = finding.location.line
    where = "found" if at == line else f"found on line {at}"
    return Row(line, "+", str(said), f"{where}, and not expected: {finding.message}")

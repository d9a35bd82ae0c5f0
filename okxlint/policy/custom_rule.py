"""A rule that a policy states as data: an assertion over one object, in JSON Schema or CEL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from okxlint.address import Address
from okxlint.documents.scalars import typed
from okxlint.inventory import Account, App, Key, Waiver
from okxlint.model import Severity
from okxlint.origin import Place, Step
from okxlint.policy.layer import match_of, match_problems, said_at
from okxlint.policy.match import Match, described
from okxlint.policy.text import CustomText, PolicyText, Wrong, nearest_of
from okxlint.rule import Hit, NoOptions, Rule, Run
from okxlint.secrets.masking import Masking

KINDS: dict[str, type] = {"key": Key, "app": App, "account": Account}
_FAR = 3660
"""Days before and after the run within which the first failing day is looked for."""
_WAIVED = 400
"""Days after it for an object with a waiver: about as long as one lasts."""
_SCORES = {Severity.ERROR: "6.0", Severity.WARNING: "4.0", Severity.INFO: "1.0"}

Holds = Callable[[Any, date], bool]
"""Whether an object is as the rule asks on a UTC day."""


def custom_rule(entry: CustomText, text: PolicyText, number: int, problems: list[Wrong]) -> Rule:
    """The rule of an entry of ``custom``. What is wrong with it, ``problems`` gets.

    Raises ``OkxlintError`` for an expression in CEL where that is not installed.
    """
    route: tuple[Step, ...] = ("custom", number)
    problems += match_problems(entry.where, (entry.kind,), text.origin, (*route, "where"))
    names = [each.name for each in fields(KINDS[entry.kind]) if each.init]
    if entry.at is not None and entry.at not in names:
        message = (
            f"'{entry.at}' is no field of {described([entry.kind])}{nearest_of(entry.at, names)}"
        )
        problems.append(Wrong(text.origin.at(*route, "at"), message))
    assertion = _assertion(entry, text, (*route, "assert"), problems)
    severity = Severity.of(entry.severity)
    at = entry.at or ("label" if entry.kind == "key" else "name")
    check = assertion and _Check(
        match_of(entry.where, text), *assertion, at, entry.message, _written(entry.assertion)
    )
    where = str(said_at(text, route))
    # Its page goes to people as it is: into SARIF, 'rules' and 'explain'.
    mask = Masking([text.file]).redactor.mask
    return Rule(
        id=entry.id,
        group="custom",
        targets=(entry.kind,),
        severities={"recommended": severity, "strict": severity},
        strict_options={},
        help=mask(entry.help or f"Change the {entry.kind} as this rule of {where} asks."),
        security_severity=_SCORES[severity],
        check=check,
        options=NoOptions,
        text=mask(_page(entry, where)),
    )


def _assertion(
    entry: CustomText, text: PolicyText, route: tuple[Step, ...], problems: list[Wrong]
) -> tuple[Holds, bool] | None:
    """How an object is judged, and whether the day matters."""
    if isinstance(entry.assertion, str):
        from okxlint.assertions.cel import ExpressionProblem, compile_expression

        try:
            expression = compile_expression(entry.assertion, entry.kind)
        except ExpressionProblem as problem:
            scalar = text.origin.at(*route)
            place = _inside(scalar, entry.assertion, problem.offset)
            problems.append(Wrong(place, problem.message))
            return None
        return expression.holds, expression.uses_day
    from okxlint.assertions.json_assert import AssertionProblem, compile_schema, written

    try:
        schema = compile_schema(entry.assertion, entry.kind)
    except AssertionProblem as problem:
        problems.append(Wrong(text.origin.at(*route, *problem.route), problem.message))
        return None
    return lambda target, _: schema.holds(written(entry.kind, target.fields)), False


@dataclass(frozen=True, slots=True)
class _Check:
    """The check of one custom rule."""

    match: Match
    holds: Holds
    by_day: bool
    at: str
    message: str
    asserted: str
    """The assertion as it is written: what two rules of one name are compared by."""

    def __call__(self, target: Any, run: Run[NoOptions]) -> Iterator[Hit]:
        if target.origin is None or not self.match.fits(target):
            return
        now = self.holds(target, run.as_of)
        if now and not self.by_day:
            return
        fails_on = None
        if now:
            fails_on = self.coming(target, run)
            if fails_on is None:
                return
        elif self.by_day:
            fails_on = self.begun(target, run.as_of)
        yield Hit(
            at=target.origin.at(self.at),
            value=value_of(target, self.at),
            message=self.message,
            fails_on=fails_on,
        )

    def coming(self, target: Any, run: Run[NoOptions]) -> date | None:
        """The first day after the run's, up to the last one looked at, on which it fails."""
        far = _WAIVED if run.until == date.max else _FAR
        days = min((run.until - run.as_of).days, far)
        later = (run.as_of + timedelta(number) for number in range(1, days + 1))
        return next((day for day in later if not self.holds(target, day)), None)

    def begun(self, target: Any, as_of: date) -> date | None:
        """A day on which it began to fail; ``None`` if it did on all days looked at.

        Looked for in steps that double: of an assertion that fails on and off, it is one of the
        days on which that began.
        """
        failing, holding = 0, 1
        while not self.holds(target, as_of - timedelta(holding)):
            if holding == _FAR:
                return None
            failing, holding = holding, min(holding * 2, _FAR)
        while holding - failing > 1:
            middle = (holding + failing) // 2
            if self.holds(target, as_of - timedelta(middle)):
                holding = middle
            else:
                failing = middle
        return as_of - timedelta(failing)


def value_of(target: Any, field: str) -> str:
    """A field's value as a waiver pins it: sets and lists sorted and joined, text as written."""
    value = target.rights if field == "permissions" else getattr(target, field)
    if value is None:
        return ""
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    if isinstance(value, tuple | frozenset):
        return ",".join(sorted(map(_told, value)))
    return str(value)


def _told(item: Any) -> str:
    if isinstance(item, Address):
        return item.text
    return item.rule if isinstance(item, Waiver) else str(item)


def _inside(scalar: Place, text: str, offset: int) -> Place:
    """The place in the policy of an offset into a text, as near as its quotes let one tell."""
    source, start, end = scalar
    written = source.text[start:end]
    for quotes in (0, 1):
        if written[quotes : len(written) - quotes] == text:
            at = min(start + quotes + offset, end - 1)
            return Place(source, at, at + 1)
    # A block: each line of the text stands on a line of its own, further in.
    lines = text[:offset].split("\n")
    at = start
    for number, line in enumerate(lines):
        at = source.text.find("\n", at, end) + 1
        full = text.split("\n")[number]
        found = source.text.find(full, at, end) if at else -1
        if found < 0:
            return scalar
        at = found
        if number == len(lines) - 1:
            return Place(source, at + len(line), at + len(line) + 1)
    return scalar


def _written(assertion: Any) -> str:
    if isinstance(assertion, str):
        return assertion.strip()
    return json.dumps(typed(assertion), indent=2, ensure_ascii=False)


def _page(entry: CustomText, where: str) -> str:
    """The page that ``explain`` shows."""
    message = " ".join(entry.message.split())
    summary = message if message.endswith((".", "!", "?")) else f"{message}."
    language = "cel" if isinstance(entry.assertion, str) else "json"
    body = f"```{language}\n{_written(entry.assertion)}\n```"
    globs = {each.name: getattr(entry.where, each.name) for each in fields(entry.where)}
    stated = [f"{name} `{glob}`" for name, glob in globs.items() if glob is not None]
    scope = f" with {' and '.join(stated)}" if stated else ""
    told = f"The policy states this rule at {where}, for every {entry.kind}{scope}."
    return f"{summary}\n\n{told}\n\n## Asserted\n\n{body}\n"

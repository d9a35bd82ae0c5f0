"""What is asked of a rule from a plugin, and what keeps it from harming a run.

A built-in rule is known by our tests to be sound; that of a plugin is looked at when it is loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args

from okxlint.lazy import Pattern
from okxlint.model import STATUSES, Severity
from okxlint.option import RuleOptions
from okxlint.origin import Place
from okxlint.record import changed
from okxlint.rule import ALL_ENVIRONMENTS, Check, Group, Hit, Rule, Run, Target

GROUPS = tuple(group for group in get_args(Group) if group not in ("custom", "hygiene"))
"""Hygiene is okxlint's own, and a custom rule is one that a policy states."""
_MODULE = Pattern(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SCORE = Pattern(r"10(\.0)?|[0-9](\.[0-9])?")


class NotAHit(TypeError):
    """A rule yields what is no ``Hit``, or one whose parts are not what they should be."""


class Ended(Exception):
    """A rule tries to end the program."""


def plugged(plugin: str, rule: Rule) -> Rule:
    """A plugin's rule as a policy knows it: ``PLUGIN/RULE``, and on whatever pack it extends."""
    return changed(
        rule,
        id=f"{plugin}/{rule.id}",
        severities={"essentials": rule.severities["recommended"], **rule.severities},
        check=Guarded(rule.check) if rule.check else None,
    )


def problems_of(rule: Any, module: str) -> Iterator[str]:
    """What is wrong with what a module of a plugin has for its ``check``."""
    if not isinstance(rule, Rule) or rule.check is None:
        yield "has no 'check' made by @rule; the name of a module that is no rule begins with '_'"
        return
    if rule.module != module:
        yield f"has the 'check' of '{rule.module}', not one of its own"
    name = module.rpartition(".")[2]
    if not _MODULE.fullmatch(name):
        yield "is no name for a rule: words of lower-case letters and digits, joined by '_'"
    if rule.group not in GROUPS:
        yield f"has the group '{rule.group}'; a plugin's rule has one of {', '.join(GROUPS)}"
    named = (
        ("target", rule.targets, get_args(Target)),
        ("statuses", rule.statuses, STATUSES),
        ("environments", rule.environments, ALL_ENVIRONMENTS),
    )
    for what, given, choices in named:
        if not given or not set(given) <= set(choices):
            yield f"has a '{what}' that is not of {', '.join(choices)}"
    told: Any = rule.help  # what their types say is what is to be seen
    if not isinstance(told, str) or not told:
        yield "has no 'help': the next step of the person who reads a finding"
    score: Any = rule.security_severity
    if not isinstance(score, str) or not _SCORE.fullmatch(score) or float(score) == 0:
        yield f"has the 'security_severity' {score!r}, which is not text from '0.1' to '10.0'"
    yield from _option_problems(rule)


def _option_problems(rule: Rule) -> Iterator[str]:
    """What is wrong with a rule's options: a policy could not be checked against them."""
    from pydantic import TypeAdapter, ValidationError

    told: Any = rule.options
    if not isinstance(told, type) or not issubclass(told, RuleOptions):
        yield "has 'options' that are no RuleOptions"
        return
    wrong = [name for name in told._fields if name not in told.facts]
    if wrong:
        yield f"has an option '{wrong[0]}' that is not made by option(...)"
        return
    try:
        model = rule.options_model
        options: TypeAdapter[Any] = TypeAdapter(model)
        for values in ({}, rule.strict_options):
            written = options.dump_json(model(**values), warnings="none")
            options.validate_json(written, strict=True)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        name = ".".join(map(str, detail["loc"]))
        yield f"has an option '{name}' with a value of its own that cannot be: {detail['msg']}"
    except Exception as error:  # noqa: BLE001 - what the plugin's own types may raise
        yield f"has options that cannot be used: {type(error).__name__}: {error}"


@dataclass(frozen=True, slots=True)
class Guarded:
    """The check of a plugin's rule.

    What it prints goes to standard error; if it tries to end the program, or yields what is no
    hit, it fails as any rule does that raises.
    """

    check: Check

    def __call__(self, target: Any, run: Run[Any]) -> Iterator[Hit]:
        hits: list[Hit] = []
        failure: Exception | None = None
        try:
            with redirect_stdout(sys.stderr):
                hits.extend(map(_sound, self.check(target, run)))
        except KeyboardInterrupt:
            raise
        except Exception as error:  # noqa: BLE001 - raised again below
            failure = error
        except BaseException as error:  # noqa: BLE001 - raised below as what a run goes on after
            failure = Ended().with_traceback(error.__traceback__)
        # What it found before it failed is found.
        yield from hits
        if failure:
            raise failure


def _sound(hit: Any) -> Hit:
    if not isinstance(hit, Hit):
        raise NotAHit
    parts: Any = hit
    sound = (
        isinstance(parts.at, Place)
        and all(isinstance(text, str) for text in (parts.value, parts.message, parts.help))
        and (parts.fails_on is None or _is_day(parts.fails_on))
        and (parts.warn_days is None or isinstance(parts.warn_days, int))
        and isinstance(parts.at_most, Severity)
        and all(isinstance(at, Place) and isinstance(text, str) for at, text in parts.related)
    )
    if not sound:
        raise NotAHit
    return hit


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)

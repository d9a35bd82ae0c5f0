"""What is told of rules: cards for reports, pages for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_origin, get_type_hints

from okxlint.model import RuleCard, Severity
from okxlint.option import Option, written
from okxlint.page import read_page
from okxlint.policy import Policy
from okxlint.rule import Rule, load_rule, rule_ids

PACKS = ("essentials", "recommended", "strict")
GROUPS = (
    *("permissions", "network", "lifecycle", "inventory", "secrets", "transitions", "live"),
    *("custom", "hygiene"),
)
"""The groups of rules, in the order in which they are listed."""


def hygiene_ids() -> tuple[str, ...]:
    """The rules that are always on."""
    return tuple(rule_id for rule_id in rule_ids() if load_rule(rule_id).hygiene)


def cards(rules: Iterable[str], policy: Policy) -> Mapping[str, RuleCard]:
    """The cards of the rules of a run, hygiene included, by id."""
    ids = sorted({*rules, *hygiene_ids()})
    return {rule_id: _card(policy.rules[rule_id], policy) for rule_id in ids}


def _card(rule: Rule, policy: Policy) -> RuleCard:
    page = read_page(rule.doc)
    if rule.hygiene:
        severity = rule.severities["recommended"]
    else:
        severity = policy.selected(rule.id).severity or Severity.ERROR
    return RuleCard(
        id=rule.id,
        group=rule.group,
        summary=page.summary or rule.id,
        reason=page.reason or rule.help,
        help=rule.help,
        markdown=markdown(rule),
        severity=severity,
        security_severity=rule.security_severity,
    )


def summary(rule: Rule) -> str:
    """The requirement in one sentence."""
    return read_page(rule.doc).summary or rule.id


def facts(rule: Rule) -> dict[str, Any]:
    """Everything that can be said of a rule, as plain data: what ``--format json`` prints."""
    page = read_page(rule.doc)
    return {
        "id": rule.id,
        "group": rule.group,
        "summary": page.summary,
        "reason": page.reason,
        "help": rule.help,
        "targets": list(rule.targets),
        "severity": {pack: _word(rule, pack) for pack in PACKS},
        "waivable": rule.waivable,
        "options": {
            name: {
                "type": type_words(get_type_hints(rule.options)[name]),
                "default": _plain(field.default),
                "strict": _plain(rule.strict_options.get(name, field.default)),
                "stricter": field.stricter,
                "order": list(field.order),
                "doc": field.doc,
            }
            for name, field in rule.facts.items()
        },
        "examples": [
            {"section": example.section, "manifest": example.text} for example in page.examples
        ],
        "sections": [{"title": title, "markdown": body} for title, body in page.sections],
    }


def markdown(rule: Rule) -> str:
    """The rule's page in Markdown: docstring, severities, options and next step."""
    page = read_page(rule.doc)
    parts = [f"# {rule.id}", page.summary, page.reason, f"**Next step.** {rule.help}"]
    parts += [_severity_lines(rule), _options_table(rule)]
    parts += [f"## {title}\n\n{body}" for title, body in page.sections]
    return "\n\n".join(part for part in parts if part) + "\n"


def _severity_lines(rule: Rule) -> str:
    if rule.hygiene:
        return "Always on. It cannot be turned off or waived."
    if rule.group == "custom":
        return f"Severity: {_word(rule, 'recommended')}, as the policy states."
    words = ", ".join(f"`{pack}`: {_word(rule, pack)}" for pack in PACKS)
    plugged = " A plugin's rule is on wherever a policy names the plugin." if rule.plugin else ""
    waived = "" if rule.waivable else " It is never waived."
    return f"Severity by pack: {words}.{plugged}{waived}"


def _word(rule: Rule, pack: str) -> str:
    severity = rule.severities.get(pack)
    return severity.word if severity else "off"


def _options_table(rule: Rule) -> str:
    if not rule.facts:
        return ""
    types = get_type_hints(rule.options)
    rows = [
        "## Options",
        "",
        "| option | type | default | strict | stricter | meaning |",
        "|---|---|---|---|---|---|",
    ]
    for name, field in rule.facts.items():
        strict = rule.strict_options.get(name, field.default)
        rows.append(
            f"| `{name}` | {type_words(types[name])} | `{written(field.default)}` "
            f"| `{written(strict)}` | {_direction(field)} | {field.doc} |"
        )
    return "\n".join(rows)


def _direction(field: Option) -> str:
    """Which way an option is stricter, in a word; of words, from the loosest to the strictest."""
    return " < ".join(field.order) or field.stricter or "–"


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def type_words(hint: Any) -> str:
    """A type as people say it: ``number``, ``list of live or demo``."""
    if get_origin(hint) is tuple:
        inner = type_words(get_args(hint)[0])
        return f"list of {inner}" if " or " in inner else f"list of {inner}s"
    choices = get_args(hint)
    if choices:
        return " or ".join(str(choice) for choice in choices)
    return {int: "number", bool: "true or false", str: "text"}.get(hint, "text")

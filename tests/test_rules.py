"""Every rule by its own examples, run alone; and what is asked of every rule's page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from okxlint.documents.reader import read
from okxlint.engine import Context, Question, judge
from okxlint.expectation import Script, compare, read_script
from okxlint.manifest import load
from okxlint.page import Example, read_page
from okxlint.policy_order import loosened
from okxlint.policy_tests import Row, outcome_of
from okxlint.rule import NoOptions, Rule, load_rule, module_name, rule_ids
from okxlint.secrets.redact import Redactor
from okxlint.snapshot.file import parse
from tests.conftest import DAY, policy_of

RULES = [load_rule(rule_id) for rule_id in rule_ids()]
EXAMPLES = [
    pytest.param(rule.id, example, id=f"{rule.id}-{number}-{example.section.split(':')[0]}")
    for rule in RULES
    for number, example in enumerate(read_page(rule.doc).examples)
]


@pytest.mark.parametrize(("rule_id", "example"), EXAMPLES)
def test_example(rule_id: str, example: Example, tmp_path: Path) -> None:
    rule = load_rule(rule_id)
    file = read("a.yaml", example.text.encode())
    script = read_script(file)
    assert set(script.header) <= {"as-of", "rules"}
    # A rule runs alone. Those of hygiene always run, and judge waivers by what all others find.
    question = Question(script.as_of or DAY, select=None if rule.hygiene else frozenset({rule_id}))
    policy = policy_of(f"version: 1\n{settings_of(rule, script, tmp_path)}")
    if rule.targets == ("policy",):
        check_policies(example, script, question)
    else:
        outcome = outcome_of(file, script, policy, question, context_of(example))
        unexpected = [row for row in outcome.rows if row.sign == "+"]
        assert outcome.problems == ()
        assert [row for row in outcome.rows if row.sign == "-"] == []
        assert [row for row in unexpected if not rule.hygiene or is_of(row, rule_id)] == []
    if example.section.startswith("Good"):
        assert not script.expected
    if example.section.startswith("Bad"):
        assert script.expected


def settings_of(rule: Rule, script: Script, folder: Path) -> str:
    """What a policy says for an example: its ``# rules:``, and the JSON Schema on the page."""
    settings = f"rules: {script.text('rules')}\n" if "rules" in script.header else ""
    schema = re.search(r"^```json\n(.*?)^```$", rule.doc, re.MULTILINE | re.DOTALL)
    if schema:
        (folder / "schema.json").write_text(schema[1])
        settings += f"metadata_schema: {folder / 'schema.json'}\n"
    return settings


def is_of(row: Row, rule_id: str) -> bool:
    return row.said.partition(":")[0] == rule_id


def context_of(example: Example) -> Context:
    """What was before, if the page says so."""
    if example.base is None:
        snapshot = example.snapshot and parse(example.snapshot.encode(), "snapshot.json")
        return Context(snapshots=(snapshot,) if snapshot else ())
    inventory, flaws = load([read("a.yaml", example.base.encode())])
    assert flaws == []
    return Context(base=inventory)


def check_policies(example: Example, script: Script, question: Question) -> None:
    """An example in which two policies stand: what the later one loosens is as expected."""
    assert example.base is not None
    old, new = policy_of(example.base), policy_of(example.text)
    inventory, _ = load([])
    context = Context(inventory, loosened(old, new, "/"))
    verdict = judge(question, policy_of("version: 1\n"), [], inventory, (), Redactor(()), context)
    assert verdict.unknown == ()
    assert compare(script.expected, verdict.findings) == ((), ())


@pytest.mark.parametrize("rule_id", rule_ids())
def test_page(rule_id: str) -> None:
    rule = load_rule(rule_id)
    page = read_page(rule.doc)
    titles = [title.split(":")[0] for title, _ in page.sections]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule_id)
    assert page.summary.endswith(".")
    assert len(page.summary) <= 80
    assert len(page.reason) > 60, "a rule says why"
    sections = {example.section.split(":")[0] for example in page.examples}
    assert {"Bad", "Good"} <= sections
    assert set(titles) <= {"Bad", "Good", "Boundary", "Notes", "Sources"}
    assert rule.help.endswith(".")
    assert 0 < float(rule.security_severity) <= 10
    if has_threshold(rule_id):
        assert "Boundary" in sections, "both sides of a threshold are shown"
    if re.search(r"\bOKX\b", page.reason):
        assert "Sources" in titles, "a fact about OKX has its source"


def has_threshold(rule_id: str) -> bool:
    """Whether a rule compares a number of days, entries or bits."""
    return any(
        isinstance(field.default, int) and not isinstance(field.default, bool)
        for field in load_rule(rule_id).facts.values()
    )


@pytest.mark.parametrize("rule_id", rule_ids())
def test_severities(rule_id: str) -> None:
    rule = load_rule(rule_id)
    assert rule.severities["strict"] >= rule.severities["recommended"]
    for name in rule.strict_options:
        assert name in rule.facts
    for field in rule.facts.values():
        assert field.doc.endswith(".")
    assert rule.options is NoOptions or rule.options.__module__ == module_name(rule_id)

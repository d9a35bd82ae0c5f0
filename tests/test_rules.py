"""Every rule by its own examples, run alone; and what is asked of every rule's page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from okxlint.expectation import compare, read_script
from okxlint.page import Example, read_page
from okxlint.rule import NoOptions, load_rule, module_name, rule_ids
from tests.conftest import DAY, verdict_of

RULES = [load_rule(rule_id) for rule_id in rule_ids()]
EXAMPLES = [
    pytest.param(rule.id, example, id=f"{rule.id}-{number}-{example.section.split(':')[0]}")
    for rule in RULES
    for number, example in enumerate(read_page(rule.doc).examples)
]


@pytest.mark.parametrize(("rule_id", "example"), EXAMPLES)
def test_example(rule_id: str, example: Example, tmp_path: Path) -> None:
    script = read_script(example.text)
    rule = load_rule(rule_id)
    settings = f"rules: {script.header['rules']}\n" if "rules" in script.header else ""
    schema = re.search(r"^```json\n(.*?)^```$", rule.doc, re.MULTILINE | re.DOTALL)
    if schema:
        (tmp_path / "schema.json").write_text(schema[1])
        settings += f"metadata_schema: {tmp_path / 'schema.json'}\n"
    verdict = verdict_of(
        example.text,
        policy=f"version: 1\n{settings}",
        as_of=script.as_of or DAY,
        select=None if rule.hygiene else rule_id,
    )
    assert verdict.unknown == ()
    own = [f for f in verdict.findings if not rule.hygiene or f.rule == rule_id]
    difference = compare(script.expected, own)
    assert difference.missing == (), [str(one) for one in difference.missing]
    assert difference.unexpected == ()
    if example.section.startswith("Good"):
        assert not script.expected
    if example.section.startswith("Bad"):
        assert script.expected


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
        for field in load_rule(rule_id).option_fields.values()
    )


@pytest.mark.parametrize("rule_id", rule_ids())
def test_severities(rule_id: str) -> None:
    rule = load_rule(rule_id)
    assert rule.severities["strict"] >= rule.severities["recommended"]
    for name in rule.strict_options:
        assert name in rule.option_fields
    for field in rule.option_fields.values():
        assert field.metadata["doc"].endswith(".")
    assert rule.options is NoOptions or rule.options.__module__ == module_name(rule_id)

"""The examples of the rules that need a base, in a repository with that base."""

from __future__ import annotations

from pathlib import Path

import pytest

from okxlint.documents.reader import read
from okxlint.expectation import compare, read_script
from okxlint.page import Example, read_page
from okxlint.rule import load_rule, rule_ids
from tests.conftest import DAY
from tests.repositories import Repository, plain_git

RULES = [rule for rule in map(load_rule, rule_ids()) if rule.group == "transitions"]
EXAMPLES = [
    pytest.param(rule.id, example, id=f"{rule.id}-{number}-{example.section}")
    for rule in RULES
    for number, example in enumerate(read_page(rule.doc).examples)
]


@pytest.mark.parametrize(("rule_id", "example"), EXAMPLES)
def test_example(
    rule_id: str, example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_git(monkeypatch)
    assert example.base is not None, "what it was before stands above it"
    name = "okxlint.yaml" if load_rule(rule_id).targets == ("policy",) else "okx-keys.yaml"
    repo = Repository(tmp_path / "repo", {name: example.base, "README": "keys"})
    repo.write({name: example.text})
    script = read_script(read(name, example.text.encode()))
    assert (script.problems, script.header) == ((), {})
    report = repo.check(select=frozenset({rule_id}), as_of=script.as_of or DAY)
    assert [each.kind for each in report.unknown if each.kind != "no-manifest"] == []
    difference = compare(script.expected, report.findings)
    assert difference == ((), ())
    assert {each.location.path for each in report.findings} <= {name}
    assert all(each.new for each in report.findings)
    assert bool(script.expected) == (not example.section.startswith("Good"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_a_page_shows_both(rule: object) -> None:
    sections = {example.section for example in read_page(getattr(rule, "doc", "")).examples}
    assert {"Bad", "Good"} <= sections

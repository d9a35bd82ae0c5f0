"""What is told of rules: cards, pages, facts, and what is generated from them."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pytest

from okxlint import catalogue
from okxlint.catalogue import (
    GROUPS,
    PACKS,
    cards,
    facts,
    hygiene_ids,
    markdown,
    summary,
    type_words,
)
from okxlint.cli.explain import WIDTH, terminal_lines
from okxlint.model import Severity
from okxlint.page import read_page
from okxlint.record import changed
from okxlint.rule import NoOptions, RuleOptions, load_rule, option, rule_ids
from tests.conftest import policy_of

ROOT = Path(__file__).resolve().parent.parent
RULES = [load_rule(rule_id) for rule_id in rule_ids()]


@pytest.fixture(name="generate", scope="module")
def generate_fixture() -> ModuleType:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return import_module("generate")
    finally:
        sys.path.remove(str(ROOT / "tools"))


@pytest.fixture(name="made", scope="module")
def made_fixture(generate: ModuleType) -> ModuleType:
    """What makes the pages."""
    return sys.modules[generate.pages.__module__]


# -- pages -----------------------------------------------------------------------------------

PAGE = """The requirement.

The reason, in
two lines.

Another paragraph.

## Bad

```yaml
version: 1  # expect: x
# a comment
```

Between.

```yaml base
version: 2
before: it
```

```json snapshot
{}
```

```yaml
version: 2
```

## Notes

- no ```yaml``` here

```text
no manifest
```

## Good: another

```yaml
```
"""


def test_a_page_has_a_summary_a_reason_sections_and_examples() -> None:
    page = read_page(PAGE)
    assert page.summary == "The requirement."
    assert page.reason == "The reason, in\ntwo lines.\n\nAnother paragraph."
    assert [title for title, _ in page.sections] == ["Bad", "Notes", "Good: another"]
    assert page.sections[1][1] == "- no ```yaml``` here\n\n```text\nno manifest\n```"
    assert [tuple(example) for example in page.examples] == [
        ("Bad", "version: 1  # expect: x\n# a comment\n", None, None),
        ("Bad", "version: 2\n", "version: 2\nbefore: it\n", "{}\n"),
        ("Good: another", "", None, None),
    ]


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_docstring_is_an_empty_page(text: str) -> None:
    page = read_page(text)
    assert (page.summary, page.reason, page.sections, page.examples) == ("", "", (), ())


# -- cards -----------------------------------------------------------------------------------


def test_cards_are_those_of_the_run_and_of_hygiene() -> None:
    policy = policy_of("version: 1\nextends: strict\nrules: {reviewed: off, max-age: info}\n")
    made = cards(["max-age", "reviewed"], policy)
    assert list(made) == sorted({"max-age", "reviewed", *hygiene_ids()})
    assert made["max-age"].severity is Severity.INFO
    assert made["reviewed"].severity is Severity.ERROR  # selected: its pack's
    assert made["waiver-unused"].severity is Severity.WARNING
    card = made["max-age"]
    rule = load_rule("max-age")
    assert (card.id, card.group, card.help) == ("max-age", "lifecycle", rule.help)
    assert card.summary == summary(rule)
    assert card.reason in card.markdown
    assert card.security_severity == rule.security_severity


def test_without_docstrings_a_card_still_says_something(monkeypatch: pytest.MonkeyPatch) -> None:
    for rule_id in rule_ids():
        load_rule(rule_id)
    monkeypatch.setattr(catalogue, "read_page", lambda _: read_page(""))
    for card in cards(["max-age"], policy_of("version: 1\n")).values():
        assert card.summary == card.id
        assert card.reason == card.help
        assert card.markdown.startswith(f"# {card.id}\n\n**Next step.** ")
    assert summary(load_rule("max-age")) == "max-age"


def test_a_waiver_can_name_no_hygiene() -> None:
    assert set(hygiene_ids()) >= {"yaml-syntax", "manifest-schema", "waiver-valid"}
    assert not any(load_rule(rule_id).waivable for rule_id in hygiene_ids())


# -- facts and Markdown ----------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_can_be_told(rule: Any) -> None:
    told = facts(rule)
    assert told["id"] == rule.id
    assert rule.group in GROUPS
    assert list(told["severity"]) == list(PACKS)
    assert set(told["severity"].values()) <= {"off", "info", "warning", "error"}
    assert told["examples"]
    assert set(told["options"]) == set(rule.facts)
    page = markdown(rule)
    for name, each in told["options"].items():
        assert re.fullmatch(r"[a-z ]+", each["type"]), each["type"]
        assert f"| `{name}` | {each['type']} | `" in page
        assert each["doc"] in page
    assert ("## Options" in page) == bool(rule.facts)
    assert ("cannot be turned off" in page) == rule.hygiene
    assert ("never waived" in page.split("## ")[0]) >= (not rule.waivable and not rule.hygiene)
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in rows}) <= 1
    assert not re.search(r"`\(|True`|False`|None`", "\n".join(rows))


def test_the_options_of_a_rule_as_facts_and_as_a_table() -> None:
    told = facts(load_rule("max-age"))["options"]
    assert told["environments"] == {
        "type": "list of live or demo",
        "default": ["live"],
        "strict": ["live"],
        "stricter": "more",
        "order": [],
        "doc": load_rule("max-age").facts["environments"].doc,
    }
    assert told["max_days"]["strict"] == 60
    assert "| `environments` | list of live or demo | `[live]` | `[live]` |" in markdown(
        load_rule("max-age")
    )
    assert "| `allow_documentation` | true or false | `true` | `false` |" in markdown(
        load_rule("ip-public")
    )
    assert "`essentials`: error, `recommended`: error, `strict`: error." in markdown(
        load_rule("max-age")
    )
    assert "`essentials`: off" in markdown(load_rule("reviewed"))


class Options(RuleOptions):
    pattern: str = option("", "The user's own 'pattern'.", stricter="given")
    count: int = option(3, "A count.", stricter="lower")
    mode: str = option("a", "A mode.", order=("a", "b"))
    name: str = option("x", "A name.")


def test_an_empty_text_and_quotes_in_a_table() -> None:
    rule = changed(load_rule("max-age"), options=Options, strict_options={"pattern": "a-.*"})
    page = markdown(rule)
    assert "| `pattern` | text | `\"\"` | `a-.*` | given | The user's own 'pattern'. |" in page
    assert "| `count` | number | `3` | `3` | lower | A count. |" in page
    assert "| `mode` | text | `a` | `a` | a < b | A mode. |" in page
    assert "| `name` | text | `x` | `x` | – | A name. |" in page
    assert "## Options" not in markdown(changed(rule, options=NoOptions))


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (int, "number"),
        (bool, "true or false"),
        (str, "text"),
        (Literal["a"], "a"),
        (Literal["a", "b", "c"], "a or b or c"),
        (tuple[str, ...], "list of texts"),
        (tuple[int, ...], "list of numbers"),
        (tuple[Literal["a", "b"], ...], "list of a or b"),
        (float, "text"),
    ],
)
def test_types_as_people_say_them(hint: Any, words: str) -> None:
    assert type_words(hint) == words


# -- explain ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_page_for_a_terminal_keeps_all_words_and_the_width(rule: Any) -> None:
    lines = list(terminal_lines(markdown(rule)))
    page = re.sub(r"\x1b\[\d*m", "", "\n".join(lines))
    assert "```" not in page
    assert "**Next" not in page
    prose = [line for line in page.splitlines() if not line.startswith((" ", "rule"))]
    assert all(len(line) <= WIDTH or "http" in line for line in prose)
    for word in summary(rule).split():
        assert word.replace("`", "") in page


def test_a_terminal_gets_code_lists_tables_and_headings() -> None:
    page = (
        "# title\n\none `two`\n**three**\n\n- item that is\n  continued\n- another\n\n"
        "before:\n```yaml\nkey: x\n\n  # y\n```\n\n| a | b |\n|---|---|\n| `c` | d |\nend\n"
    )
    assert [re.sub(r"\x1b\[\d*m", "", line) for line in terminal_lines(page)] == [
        "title", "", "one two three", "", "- item that is continued", "- another", "",
        "before:", "    key: x", "", "      # y", "", "  a                 b",
        "  c                 d", "end", "",
    ]  # fmt: skip
    words = " ".join(["word"] * 40)
    wrapped = list(terminal_lines(f"- {words}\n"))
    assert [line[:6] for line in wrapped] == ["- word", "  word", "  word", ""]


# -- what is generated -----------------------------------------------------------------------


def test_links_of_a_table_lead_to_the_pages(made: ModuleType) -> None:
    page = made.rules_page([load_rule("max-age")])
    assert "| [`max-age`](rules/max-age.md) | A live key must be replaced " in page
    assert "](docs/command-line.md#okxlint-check) |" in made.commands_table()


def test_the_picture_is_of_a_real_run(made: ModuleType) -> None:
    words = re.sub(r"<[^>]*>", "", made.picture(ROOT)).replace("&#160;", " ")
    assert "$ okxlint check examples/desk" in words
    assert "error[no-withdraw]: key &#x27;reports&#x27; of account" in words


def test_a_pack_is_written_from_the_rules(generate: ModuleType) -> None:
    rules = [load_rule(name) for name in ("max-age", "reviewed", "yaml-syntax", "no-withdraw")]
    assert generate.pack_text("essentials", rules).splitlines()[2:] == [
        "version: 1", "extends: []", "rules:", "  no-withdraw: error", "  max-age: error"
    ]  # fmt: skip
    assert generate.pack_text("strict", rules).splitlines()[3:] == [
        "extends: recommended", "rules:",
        "  max-age: {severity: error, max_days: 60}", "  reviewed: error",
    ]  # fmt: skip


def test_flow_yaml(generate: ModuleType) -> None:
    assert generate.flow(("live", "demo")) == "[live, demo]"
    assert [generate.flow(value) for value in (3, True, False, "x")] == ["3", "true", "false", "x"]


def test_marked_parts_are_renewed_and_the_rest_is_kept(made: ModuleType) -> None:
    page = "a\n<!-- begin commands -->\nold\n<!-- end commands -->\nb\n<!-- begin x -->\nc\n"
    text = made.marked(page)
    assert text.startswith("a\n<!-- begin commands -->\n| command | does |\n")
    assert text.endswith("|\n<!-- end commands -->\nb\n<!-- begin x -->\nc\n")
    assert "old" not in text
    assert made.marked(text) == text


def test_check_names_what_is_stale_and_changes_nothing(
    generate: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "same.txt").write_text("same\n")
    made = [(tmp_path / "same.txt", "same\n"), (tmp_path / "sub/new.txt", "new\n")]
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "everything", lambda: iter(made))
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    assert generate.main() == 1
    assert not (tmp_path / "sub").exists()
    said = capsys.readouterr()
    assert said.out == "sub/new.txt\n"
    assert "stale" in said.err
    monkeypatch.setattr(sys, "argv", ["generate.py"])
    assert generate.main() == 0
    assert (tmp_path / "sub/new.txt").read_text() == "new\n"
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    assert generate.main() == 0
    assert capsys.readouterr().out == "sub/new.txt\n"

"""Workflow commands, as GitHub's runner reads them: at most ten of a kind, and none but ours."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.model import Finding, Severity, Unknown
from tests.sample_report import (
    BASED,
    ERROR,
    EVIL,
    FULL,
    HELP,
    INFO,
    MESSAGE,
    WARNING,
    assert_golden,
    assert_harmless,
    finding,
    hostile,
    place,
    report,
    written,
)


class Command(NamedTuple):
    """What the runner understands of a line."""

    name: str
    properties: dict[str, str]
    data: str


def command_of(line: str) -> Command | None:
    """A line as the runner reads it (actions/runner, src/Runner.Common/ActionCommand.cs)."""
    found = re.fullmatch(r"\s*::(?P<info>.*?)::(?P<data>.*)", line, flags=re.DOTALL)
    if not found:
        assert "##[" not in line
        return None
    name, _, told = found["info"].partition(" ")
    pairs = [pair.partition("=") for pair in told.strip().split(",") if pair]
    properties = {key: unescaped(value, "\r\n:,%") for key, _, value in pairs}
    return Command(name, properties, unescaped(found["data"], "\r\n%"))


def unescaped(text: str, characters: str) -> str:
    for character in characters:
        text = text.replace(f"%{ord(character):02X}", character)
    return text


def commands(said: str) -> list[Command]:
    return [command for line in said.split("\n") if (command := command_of(line))]


def only(*findings: Finding, **changes: Any) -> Command:
    (command,) = commands(written("github", report(*findings, **changes)))
    return command


@pytest.mark.parametrize(
    ("name", "made", "view"),
    [
        ("report.github.txt", FULL, {"show_waived": True}),
        ("report.github.quiet.txt", FULL, {"quiet": True}),
        ("report.github.base.txt", BASED, {}),
    ],
)
def test_golden(name: str, made: Any, view: dict[str, Any]) -> None:
    assert_golden(name, written("github", made, **view))


def test_an_annotation_says_where_what_and_what_next() -> None:
    assert only(finding()) == Command(
        "error",
        {
            "file": "okx-keys.yaml",
            "line": "5",
            "col": "26",
            "endColumn": "34",
            "title": "okxlint no-withdraw",
        },
        f"{MESSAGE}\n{HELP}",
    )


def test_what_ends_on_another_line_has_no_end() -> None:
    properties = only(finding(location=place(3, 5, 7, end_line=4))).properties
    assert "endColumn" not in properties
    assert (properties["line"], properties["col"]) == ("3", "5")


@pytest.mark.parametrize(
    ("severity", "kind"), [(ERROR, "error"), (WARNING, "warning"), (INFO, "notice")]
)
def test_each_severity_has_its_kind(severity: Severity, kind: str) -> None:
    assert only(finding(severity=severity)).name == kind


def test_no_annotation_is_empty_for_the_runner_would_drop_it() -> None:
    for blank in ("", " "):
        assert only(finding(message=blank, help="")).data == "no-withdraw"


def test_names_are_escaped_and_come_back() -> None:
    path = "a:b,c%3A=d/%.yaml"
    command = only(finding(location=place(1, 1, 1, path=path), message="100%0A, a: b"))
    assert command.properties["file"] == path
    assert command.data.startswith("100%0A, a: b\n")
    assert set(command.properties) == {"file", "line", "col", "endColumn", "title"}


# -- order and limits ------------------------------------------------------------------------


@pytest.mark.parametrize("severity", [ERROR, WARNING, INFO])
def test_ten_of_a_kind_are_shown_and_of_eleven_the_last_is_counted(severity: Severity) -> None:
    many = [finding(severity=severity, message=f"m{n}", help="") for n in range(11)]
    said = written("github", report(*many[:10]))
    assert [command.data for command in commands(said)] == [f"m{n}" for n in range(10)]
    assert "Not shown" not in said
    said = written("github", report(*many))
    assert [command.data for command in commands(said)] == [f"m{n}" for n in range(10)]
    kind = commands(said)[0].name
    (line,) = [line for line in said.splitlines() if line.startswith("Not shown")]
    assert line == (
        f"Not shown: 1 more {kind}. GitHub shows 10 of each kind for a step; "
        "'-o markdown=$GITHUB_STEP_SUMMARY' tells more."
    )


def test_the_worst_come_first_and_all_that_is_left_is_on_one_line() -> None:
    kinds = (INFO, WARNING, ERROR)
    many = [finding(severity=kinds[n % 3]) for n in range(36)]
    said = written("github", report(*many), quiet=True)
    names = [command.name for command in commands(said)]
    assert names == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    last = said.splitlines()[30:]
    assert len(last) == 1
    assert last[0].startswith("Not shown: 2 more errors, 2 more warnings, 2 more notices. ")


def test_what_is_new_comes_before_what_is_old() -> None:
    old = [finding(message=f"old {n}", help="", new=False) for n in range(10)]
    said = written("github", report(*old, finding(message="new", help="", new=True)))
    assert [command.data for command in commands(said)] == ["new", *(f"old {n}" for n in range(9))]


def test_what_is_unknown_is_the_first_of_the_warnings() -> None:
    unknown = [Unknown("failed-account", f"account {n}", str(n)) for n in range(2)]
    warnings = [finding(severity=WARNING, message="m", help="") for _ in range(9)]
    said = written("github", report(finding(), *warnings, unknown=tuple(unknown)))
    told = commands(said)
    assert [command.name for command in told] == ["error"] + ["warning"] * 10
    assert told[1] == Command(
        "warning", {"title": "okxlint unknown failed-account"}, "not looked at: account 0"
    )
    assert [command.data for command in told[3:]] == ["m"] * 8
    assert "Not shown: 1 more warning. " in said
    assert "2 unknowns above" in said.splitlines()[-1]


def test_what_is_unknown_and_accepted_is_the_last_of_the_notices() -> None:
    accepted = Unknown("master-keys", "keys of 'main'", "main", accepted=True)
    said = written("github", report(finding(severity=INFO), unknown=(accepted,)))
    assert [command.name for command in commands(said)] == ["notice", "notice"]
    assert commands(said)[1].data == "not looked at: keys of 'main'"


def test_a_clean_report_has_no_annotation_and_says_what_it_looked_at() -> None:
    said = written("github", report())
    assert said.startswith("no findings: 1,234 keys")
    assert written("github", report(), quiet=True) == ""


def test_waived_findings_are_plain_lines_if_asked_for() -> None:
    made = report(waived=FULL.waived)
    assert "waived:" not in written("github", made)
    said = written("github", made, show_waived=True)
    assert commands(said) == []
    assert said.splitlines()[0] == (
        f"waived: okx-keys.yaml:5:26: error[no-withdraw] {MESSAGE} "
        "(until 2026-12-31, approved by s@example.com (okxlint.yaml:9): paid out each month)"
    )
    bare = written("github", report(waived=(finding(),)), show_waived=True)
    assert bare.splitlines()[0].endswith(MESSAGE)


# -- safety ----------------------------------------------------------------------------------


def assert_only_ours(said: str) -> None:
    assert_harmless(said)
    told = commands(said)
    assert [command.name for command in told] == ["error", "warning", "warning", "notice"]
    for command in told:
        assert set(command.properties) <= {"file", "line", "col", "endColumn", "title"}
        assert command.properties["title"].startswith("okxlint")
        # What the runner writes to the log starts no command in whatever reads that.
        assert not re.search(r"^\s*::", command.data, flags=re.MULTILINE)


@pytest.mark.parametrize("text", EVIL)
def test_nothing_of_an_input_is_a_command(text: str) -> None:
    assert_only_ours(written("github", hostile(text), show_waived=True))


@given(st.text(st.sampled_from(":#[]%,= \n\r\t\x1b0ADstop-comand")))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_no_text_at_all_is_a_command(text: str) -> None:
    assert_only_ours(written("github", hostile(text), show_waived=True))

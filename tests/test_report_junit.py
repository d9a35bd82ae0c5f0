"""JUnit XML: valid whatever is in it, with names that no reader takes for one another."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.model import Report, Severity, Unknown
from okxlint.record import changed
from tests.sample_report import (
    BASED,
    COMMIT,
    ERROR,
    EVIL,
    FULL,
    HELP,
    INFO,
    MESSAGE,
    ODD,
    UNKNOWN,
    WAIVED,
    WARNING,
    assert_golden,
    assert_harmless,
    finding,
    hostile,
    place,
    report,
    written,
)


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).parent / "data/junit-10.xsd")


def suites_of(made: Report, **view: Any) -> dict[str, ET.Element]:
    """The suites by name. The report is valid, its counts are right, its cases are all others."""
    said = written("junit", made, **view)
    assert said.isascii()
    assert_harmless(said)
    root = ET.fromstring(said)  # noqa: S314 - what the writer made
    cases = root.findall("*/testcase")
    assert cases
    names = [(case.get("classname"), case.get("name")) for case in cases]
    assert len(set(names)) == len(names)
    assert root.get("tests") == str(len(cases))
    for suite in root:
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        for count, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(count) == str(len(suite.findall(f"testcase/{kind}")))
    for case in cases:
        (outcome,) = case
        assert outcome.text  # GitLab shows this alone
        # Not in the schema, but read by GitLab and by reporters on GitHub.
        assert ("file" in case.attrib) is ("line" in case.attrib)
        case.attrib.pop("file", None)
        case.attrib.pop("line", None)
    assert [error.reason for error in schema().iter_errors(root)] == []
    again = ET.fromstring(said)  # noqa: S314 - the same, with the attributes
    return {suite.get("name", ""): suite for suite in again}


def case_of(made: Report, **view: Any) -> ET.Element:
    (suite,) = suites_of(made, **view).values()
    (case,) = suite.findall("testcase")
    return case


@pytest.mark.parametrize(
    ("name", "made", "view"),
    [
        ("report.junit.xml", FULL, {"show_waived": True}),
        ("report.junit.base.xml", BASED, {}),
        ("report.junit.clean.xml", report(), {}),
    ],
)
def test_golden(name: str, made: Report, view: dict[str, Any]) -> None:
    assert_golden(name, written("junit", made, **view))
    suites_of(made, **view)


def test_a_case_says_where_what_and_what_next() -> None:
    case = case_of(report(finding(app="grid-bot", related=FULL.findings[1].related)))
    assert case.attrib == {
        "classname": "okxlint.no-withdraw",
        "name": "main/treasury, grid-bot: withdraw",
        "time": "0",
        "file": "okx-keys.yaml",
        "line": "5",
    }
    (failure,) = case
    assert failure.tag == "failure"
    assert failure.attrib == {"type": "error", "message": MESSAGE}
    assert failure.text == (
        f"okx-keys.yaml:5:26: error[no-withdraw] {MESSAGE}\n"
        f"next: {HELP}\n"
        "see: okx-keys.yaml:5:5: the permissions\n"
        r"see: ::odd\x0a\x1b[31m.yaml:1:1: another file"
    )


@pytest.mark.parametrize(
    ("severity", "fail_on", "outcome"),
    [
        (ERROR, ERROR, "failure"),
        (WARNING, ERROR, "system-out"),
        (WARNING, WARNING, "failure"),
        (INFO, WARNING, "system-out"),
        (INFO, INFO, "failure"),
        (ERROR, None, "system-out"),
    ],
)
def test_what_fails_the_run_is_a_failure_and_the_rest_passes_and_is_told(
    severity: Severity, fail_on: Severity | None, outcome: str
) -> None:
    (told,) = case_of(report(finding(severity=severity), fail_on=fail_on))
    assert told.tag == outcome
    assert f"{severity.word}[no-withdraw] {MESSAGE}" in (told.text or "")


def test_there_is_a_suite_for_each_file_and_one_for_what_is_unknown() -> None:
    elsewhere = finding(location=place(1, 1, 1, path="okx-keys/b.yaml"))
    suites = suites_of(report(finding(), elsewhere, finding(value="x"), unknown=UNKNOWN))
    counts = {name: suite.get("tests") for name, suite in suites.items()}
    assert counts == {"okx-keys.yaml": "2", "okx-keys/b.yaml": "1", "okxlint": "2"}
    case = suites["okxlint"].findall("testcase")[1]
    assert (case.get("classname"), case.get("name")) == ("okxlint.unknown", "rule-crash: main")
    (error,) = case
    assert error.tag == "error"
    assert error.text == "not looked at: ::error::the rule max-age failed"


def test_what_is_unknown_and_accepted_is_skipped() -> None:
    (told,) = case_of(report(unknown=(Unknown("x", "not read", accepted=True),)))
    assert (told.tag, told.text) == ("skipped", "not looked at: not read")


def test_a_suite_says_by_which_policy_on_which_day() -> None:
    suite = suites_of(BASED)["okx-keys.yaml"]
    told = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert told == {
        "version": "1.2.3",
        "as_of": "2026-11-22",
        "policy": "okxlint.yaml",
        "policy_ref": COMMIT,
    }
    suite = suites_of(report())["okxlint"]
    assert "policy_ref" not in {each.get("name") for each in suite.iter("property")}


def test_a_run_with_nothing_to_tell_has_one_case_that_passes() -> None:
    for made in (report(), report(waived=WAIVED)):
        case = case_of(made)
        assert case.get("name") == "check"
        (told,) = case
        assert told.tag == "system-out"
        assert (told.text or "").startswith("no findings: ")


def test_waived_findings_are_skipped_if_asked_for() -> None:
    made = report(waived=(*WAIVED, finding("max-age")))
    cases = suites_of(made, show_waived=True)["okx-keys.yaml"].findall("testcase")
    told = [case[0] for case in cases]
    assert [each.tag for each in told] == ["skipped"] * 3
    grant = (
        "waived until 2026-12-31, approved by s@example.com (okxlint.yaml:9): paid out each month"
    )
    assert told[0].get("message") == grant
    assert told[0].text == f"okx-keys.yaml:5:26: error[no-withdraw] {MESSAGE}\n{grant}"
    assert told[2].get("message") == "waived"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"account": None, "key": None, "value": "the problem"}, "the problem"),
        ({"account": None, "key": None, "value": None}, "okx-keys.yaml"),
        ({"key": None}, "main: withdraw"),
        ({"account": None, "key": None, "app": "grid-bot"}, "grid-bot: withdraw"),
        ({"value": "x" * 185}, "main/treasury: " + "x" * 185),
        ({"value": "x" * 186}, "main/treasury: " + "x" * 184 + "…"),
    ],
)
def test_names_hold_no_line_and_are_not_endless(changes: dict[str, Any], name: str) -> None:
    assert case_of(report(finding(**changes))).get("name") == name
    assert len(name) <= 200


def test_moving_lines_changes_no_name() -> None:
    before = case_of(report(finding()))
    after = case_of(report(finding(location=place(50, 26, 34))))
    assert before.get("name") == after.get("name")
    assert before.get("line") != after.get("line")


def test_equal_names_are_told_apart() -> None:
    other = finding(location=place(1, 1, 1, path="b.yaml"))
    suites = suites_of(report(finding(), finding(), other, finding("max-age")))
    names = [case.get("name") for suite in suites.values() for case in suite.iter("testcase")]
    assert names == [
        "main/treasury: withdraw",
        "main/treasury: withdraw (2)",
        "main/treasury: withdraw",
        "main/treasury: withdraw (3)",
    ]


# -- safety ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", EVIL)
def test_nothing_of_an_input_spoils_the_xml(text: str) -> None:
    said = written("junit", hostile(text), show_waived=True)
    suites_of(hostile(text), show_waived=True)
    assert "[[ATTACHMENT" not in said
    assert not any(line.lstrip().startswith("::") for line in said.splitlines())


def test_an_odd_path_is_a_name_that_prints() -> None:
    made = report(finding(location=place(1, 1, 1, path=ODD)))
    assert list(suites_of(made)) == [r"\::odd\x0a\x1b[31m.yaml"]


@given(st.lists(st.text(max_size=8), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_any_texts_make_valid_xml(texts: list[str]) -> None:
    first, *more = map(hostile, texts)
    findings = [each for made in (first, *more) for each in made.findings]
    unknown = tuple(Unknown(text, text, text) for text in texts)
    suites_of(changed(first, findings=tuple(findings), unknown=unknown), show_waived=True)

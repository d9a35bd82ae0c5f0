"""GitLab's Code Quality report: entries that GitLab takes, each with a fingerprint of its own."""

from __future__ import annotations

import json
import os.path
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.model import Report, Severity, Unknown
from okxlint.record import changed
from tests.sample_report import (
    BASED,
    ERROR,
    EVIL,
    FULL,
    GRANT,
    HELP,
    INFO,
    MESSAGE,
    UNKNOWN,
    WARNING,
    assert_golden,
    assert_harmless,
    finding,
    hostile,
    place,
    report,
    written,
)

FIELDS = {"description", "check_name", "fingerprint", "severity", "location"}
SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


@cache
def validator() -> jsonschema.Draft202012Validator:
    path = Path(__file__).parent / "data/gitlab-codeclimate.schema.json"
    return jsonschema.Draft202012Validator(json.loads(path.read_text("utf-8")))


def entries_of(made: Report, **view: Any) -> list[dict[str, Any]]:
    """The entries, which are of GitLab's schema and have all that its documentation asks for."""
    said = written("gitlab", made, **view)
    assert said.isascii()
    assert_harmless(said)
    assert said.startswith("[")  # no byte order mark
    entries: list[dict[str, Any]] = json.loads(said)
    for entry in entries:
        validator().validate(entry)
        assert set(entry) == FIELDS
        assert entry["severity"] in SEVERITIES
        assert entry["description"].isprintable()
        assert entry["location"]["lines"]["begin"] >= 1
        path = entry["location"]["path"]
        assert not os.path.isabs(path)
        assert not path.startswith("./")
        assert path.isprintable()
    fingerprints = [entry["fingerprint"] for entry in entries]
    assert len(set(fingerprints)) == len(fingerprints)
    return entries


@pytest.mark.parametrize(
    ("name", "made", "view"),
    [
        ("report.gitlab.json", FULL, {"show_waived": True}),
        ("report.gitlab.base.json", BASED, {}),
    ],
)
def test_golden(name: str, made: Report, view: dict[str, Any]) -> None:
    assert_golden(name, written("gitlab", made, **view))
    entries_of(made, **view)


def test_an_entry_says_what_is_wrong_and_what_to_do() -> None:
    assert entries_of(report(finding())) == [
        {
            "description": f"{MESSAGE}. {HELP}",
            "check_name": "no-withdraw",
            "fingerprint": "f00d:1",
            "severity": "critical",
            "location": {"path": "okx-keys.yaml", "lines": {"begin": 5}},
        }
    ]


@pytest.mark.parametrize(
    ("severity", "told"), [(ERROR, "critical"), (WARNING, "minor"), (INFO, "info")]
)
def test_severities(severity: Severity, told: str) -> None:
    (entry,) = entries_of(report(finding(severity=severity)))
    assert entry["severity"] == told


def test_a_report_without_findings_is_an_empty_list() -> None:
    assert written("gitlab", report()) == "[]\n"


def test_equal_fingerprints_are_told_apart_and_none_meets_another() -> None:
    names = ("a", "a", "a (2)", "a", "b")
    many = [finding(fingerprint=name) for name in names]
    told = [entry["fingerprint"] for entry in entries_of(report(*many))]
    assert told == ["a", "a (3)", "a (2)", "a (4)", "b"]


def test_fingerprints_are_those_of_the_run_whatever_else_is_found() -> None:
    first, second = finding(fingerprint="a:1"), finding(fingerprint="b:1")
    assert [entry["fingerprint"] for entry in entries_of(report(first, second))] == ["a:1", "b:1"]
    assert [entry["fingerprint"] for entry in entries_of(report(second))] == ["b:1"]


def test_what_is_unknown_is_an_entry_at_a_path_of_its_own() -> None:
    first, second = entries_of(report(unknown=UNKNOWN))
    assert first["check_name"] == "unknown-unreadable"
    assert first["severity"] == "major"
    assert first["description"].startswith("Not looked at: b")
    assert first["location"] == {
        "path": "okxlint-unknown/unreadable",
        "lines": {"begin": 1},
    }
    assert second["location"]["path"] == "okxlint-unknown/rule-crash"
    again = entries_of(report(finding(), unknown=UNKNOWN[1:]))
    assert again[1]["fingerprint"] == second["fingerprint"]
    (accepted,) = entries_of(report(unknown=(UNKNOWN[1]._replace(accepted=True),)))
    assert accepted == {**second, "severity": "info"}
    accounts = (Unknown("failed-account", "no answer", name) for name in "ab")
    entries_of(report(unknown=tuple(accounts)))


def test_waived_findings_are_infos_if_asked_for() -> None:
    made = report(waived=(finding(waiver=GRANT), finding(fingerprint="b")))
    assert entries_of(made) == []
    waived, bare = entries_of(made, show_waived=True)
    assert waived["severity"] == bare["severity"] == "info"
    assert waived["description"] == (
        f"{MESSAGE}. Waived until 2026-12-31, approved by s@example.com (okxlint.yaml:9): "
        "paid out each month."
    )
    assert bare["description"] == f"{MESSAGE}."


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("keys/a.yaml", "keys/a.yaml"),
        ("/srv/shared/a.yaml", "srv/shared/a.yaml"),
        ("a\udcff\n.yaml", r"a\udcff\x0a.yaml"),
    ],
)
def test_paths_are_relative_and_print(path: str, told: str) -> None:
    (entry,) = entries_of(report(finding(location=place(1, 1, 1, path=path))))
    assert entry["location"]["path"] == told


def test_no_description_is_empty() -> None:
    (entry,) = entries_of(report(finding(message="", help="")))
    assert entry["description"] == "no-withdraw."


@pytest.mark.parametrize("text", EVIL)
def test_nothing_of_an_input_spoils_the_list(text: str) -> None:
    entries = entries_of(hostile(text), show_waived=True)
    assert len(entries) == 5


@given(st.lists(st.text(max_size=8), max_size=6))
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_any_texts_make_a_list_that_gitlab_takes(texts: list[str]) -> None:
    made = [changed(each, fingerprint=text) for text in texts for each in hostile(text).findings]
    assert len(entries_of(report(*made))) == 3 * len(texts)

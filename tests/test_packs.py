"""The packs, by the policy tests in ``tests/policies``: what each finds, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from okxlint import resources
from okxlint.documents.reader import read
from okxlint.expectation import Script, read_script
from okxlint.policy import file as policy_file
from okxlint.policy_test_run import Defaults, run_tests
from tests.conftest import DAY
from tests.test_cli import ROOT, okxlint

FOLDER = ROOT / "tests" / "policies"
FILES = sorted(FOLDER.glob("*.yaml"))
PACKS = resources.packs()
WITHOUT_A_TEST = {"transitions", "live"}
"""Groups of rules that look at a base or a snapshot besides manifests: a policy test has none."""


def script_of(path: Path) -> Script:
    script = read_script(read(path.name, path.read_bytes()))
    assert script.problems == ()
    return script


def pack_of(path: Path) -> str:
    """The pack that a test is about: its file's name begins with it."""
    return path.stem.partition("-")[0]


def test_the_packs_find_what_they_should_from_the_command_line() -> None:
    done = okxlint("test", "tests/policies", cwd=ROOT)
    assert done.stdout.startswith(f"{len(FILES)} passed (")
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_what_the_packs_find(path: Path) -> None:
    (outcome,) = run_tests([str(path)], str(ROOT), Defaults(DAY)).outcomes
    assert outcome.rows == ()
    assert outcome.problems == ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_each_runs_a_whole_pack_on_a_day_of_its_own(path: Path) -> None:
    script = script_of(path)
    assert set(script.header) == {"as-of", "policy"}
    named = script.text("policy")
    assert named in (pack_of(path), f"with-schema/{pack_of(path)}.policy.yaml")


@pytest.mark.parametrize("pack", PACKS)
def test_each_rule_of_a_pack_is_found_with_its_severity(pack: str) -> None:
    policy = policy_file.pack(pack)
    expected = {
        (one.rule, one.severity)
        for path in FILES
        if pack_of(path) == pack
        for one in script_of(path).expected
    }
    on = {
        (name, setting.severity.word)
        for name, setting in policy.settings.items()
        if setting.severity and policy.rules[name].group not in WITHOUT_A_TEST
    }
    assert len(on) >= 6
    assert on - expected == set()


def test_the_rules_that_are_always_on_are_found() -> None:
    rules = policy_file.pack("essentials").rules
    expected = {one.rule for path in FILES for one in script_of(path).expected}
    assert {name for name in rules if rules[name].hygiene} - expected == set()


@pytest.mark.parametrize("pack", ["essentials", "recommended", "strict"])
def test_there_is_a_test_in_which_nothing_is_found(pack: str) -> None:
    assert any(pack_of(path) == pack and not script_of(path).expected for path in FILES)

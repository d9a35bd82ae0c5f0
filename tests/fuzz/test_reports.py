"""Whatever inventory comes: a report, safe to print, the same whatever stands first."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from okxlint.check import Request, run_check
from okxlint.documents.reader import read
from okxlint.engine import Question
from okxlint.loading import Wanted
from okxlint.model import Finding
from okxlint.policy.file import pack
from okxlint.snapshot.file import parse
from tests import sample_snapshot
from tests.fuzz.checking import (
    check_outputs,
    check_report,
    judged,
    name_of,
    outputs,
    report_of,
)
from tests.fuzz.invariants import limited
from tests.fuzz.profile import cases
from tests.fuzz.strategies import (
    BYTES,
    DAY,
    HOSTILE_BYTES,
    NEARLY_BYTES,
    SECRET,
    VALID,
    VALID_BYTES,
    snapshots,
    written,
)

RUN_DAYS = [DAY, DAY, DAY, date.min, date.max]


@pytest.fixture(scope="module", name="cwd")
def cwd_fixture(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with nothing in it."""
    return str(tmp_path_factory.mktemp("cwd"))


@cases(250)
@given(data=HOSTILE_BYTES | NEARLY_BYTES | VALID_BYTES | BYTES, as_of=st.sampled_from(RUN_DAYS))
def test_every_report_is_safe_to_print(cwd: str, data: bytes, as_of: date) -> None:
    with limited():
        check_outputs(outputs(report_of(data, cwd, as_of=as_of)))


@cases(100)
@given(data=VALID_BYTES | NEARLY_BYTES, live=snapshots())
def test_what_okx_said_is_safe_to_print(cwd: str, data: bytes, live: bytes) -> None:
    with limited():
        check_outputs(outputs(report_of(data, cwd, snapshots=(parse(live, "main.json"),))))


@cases(150)
@given(data=NEARLY_BYTES | VALID_BYTES)
def test_a_finding_stands_on_what_it_tells_of(cwd: str, data: bytes) -> None:
    with limited():
        text = read("a.yaml", data).source.text
        for finding in report_of(data, cwd).findings:
            at = finding.location
            if finding.rule in ON_THEIR_VALUE and at.line == at.end_line:
                line = text.split("\n")[at.line - 1]
                shown = line[at.column - 1 : at.end_column - 1].strip("'\"")
                assert finding.value in (shown, None), (finding.rule, shown)


ON_THEIR_VALUE = {
    *("no-withdraw", "withdraw-isolated", "sub-account-withdraw", "stale-needs", "master-no-trade"),
    *("ip-public", "ip-egress", "not-expired", "dates-valid", "app-active", "retired-revoked"),
}


@st.composite
def parts(draw: st.DrawFn) -> list[bytes]:
    """An inventory in two to three files."""
    return draw(st.lists(VALID_BYTES | NEARLY_BYTES, min_size=2, max_size=3))


@cases(40)
@given(data=parts(), order=st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, data: list[bytes], order: Any
) -> None:
    names = [f"{number}.yaml" for number in range(len(data))]
    shuffled = list(zip(names, data, strict=True))
    order.shuffle(shuffled)
    with limited():
        assert _on_disk(tmp_path_factory.mktemp("one"), zip(names, data, strict=True)) == _on_disk(
            tmp_path_factory.mktemp("other"), shuffled
        )


def _on_disk(root: Path, files: Any) -> dict[str, str]:
    (root / "okxlint.yaml").write_text("version: 1\nextends: strict\nmanifests: ['*.yaml']\n")
    paths = []
    for name, data in files:
        (root / name).write_bytes(data)
        paths.append(name)
    report = run_check(Request(Question(DAY), Wanted(str(root), tuple(paths))))
    check_report(report)
    return outputs(report)


def _said(finding: Finding) -> tuple[Any, ...]:
    """All that is told of a finding but for its columns and its number among equals."""
    place = finding.location
    return (
        *name_of(finding),
        finding.severity,
        finding.message,
        finding.help,
        finding.fails_on,
        place.path,
        place.line,
    )


@cases(150)
@given(VALID, st.randoms(use_true_random=False))
def test_the_order_of_fields_does_not_matter(manifest: Any, order: Any) -> None:
    policy = pack("strict")
    with limited():
        one = judged([written(manifest, "json")], policy)
        # Of characters that no YAML may hold the first ends the reading, whichever that is.
        assume(not any(each.rule == "yaml-syntax" for each in one.findings))
        other = judged([written(_shuffled(manifest, order), "json")], policy)
        assert sorted(map(repr, map(_said, one.findings))) == sorted(
            map(repr, map(_said, other.findings))
        )


def _shuffled(value: Any, order: Any) -> Any:
    if isinstance(value, list):
        return [_shuffled(item, order) for item in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    order.shuffle(names)
    return {name: _shuffled(value[name], order) for name in names}


def test_findings_are_in_the_order_of_the_paths_that_are_printed(cwd: str) -> None:
    keys = [sample_snapshot.key(label) for label in ("\x1bz", "A")]
    live = parse(sample_snapshot.snapshot(sample_snapshot.account("bot", *keys)).encode(), "a.json")
    report = report_of(
        b"version: 1\naccounts: [{name: main, type: master}]\n", cwd, snapshots=(live,)
    )
    paths = [each.location.path for each in report.findings if each.rule == "live-declared"]
    assert paths == ["okx-live/bot/A", "okx-live/bot/\\x1bz"]


def test_the_coverage_of_an_odd_account_is_safe_to_print(cwd: str) -> None:
    live = parse(sample_snapshot.snapshot(sample_snapshot.account(SECRET)).encode(), "a.json")
    report = report_of(b"version: 1\naccounts: []\n", cwd, snapshots=(live,))
    assert report.coverage == (("*" * len(SECRET), "complete", 0),)
    check_outputs(outputs(report))

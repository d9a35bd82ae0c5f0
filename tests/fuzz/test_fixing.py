"""Safe fixes, whatever inventory comes: no finding comes of them, and only their own go."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okxlint.check import Request, run_check
from okxlint.engine import Question
from okxlint.fixes import mend
from okxlint.loading import Wanted
from okxlint.model import Report, Severity
from tests.fuzz.checking import name_of
from tests.fuzz.invariants import limited
from tests.fuzz.profile import cases
from tests.fuzz.strategies import APPS, DAY, DAYS, NEARLY_BYTES, STYLES, VALID, written

MENDED = {"short-key-id", "waiver-unused", "waiver-expired", "waiver-valid"}
"""The last of them is told of a waiver that is over too, and goes with it."""
_WAIVER = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(["no-withdraw", "max-age", "ip-bound", "key-limit", "stale-needs"]),
        "reason": st.just("known"),
        "approved_by": st.just("security@example.com"),
        "expires": DAYS,
    }
)
_NEEDS = st.lists(st.sampled_from(["read_only", "trade", "readonly", "READ"]), max_size=4)


@st.composite
def mendable(draw: st.DrawFn) -> Any:
    """A valid manifest to which what can be mended is added."""
    manifest = deepcopy(draw(VALID))
    for each in (each for name in ("accounts", "apps", "keys") for each in manifest[name]):
        if draw(st.booleans()):
            each["waivers"] = draw(st.lists(_WAIVER, max_size=3))
    for app in manifest["apps"]:
        app["needs"] = draw(_NEEDS)
    for key in manifest["keys"]:
        key["app"] = draw(st.lists(APPS, max_size=4))
        key["status"] = draw(st.sampled_from(["active", "Active", "retired", "RETIRED", "activ"]))
    return manifest


def _report(folder: Path, data: bytes) -> Report:
    (folder / "okx-keys.yaml").write_bytes(data)
    return run_check(_request(folder))


def _request(folder: Path) -> Request:
    return Request(Question(DAY), Wanted(str(folder)), policy="strict", fail_on=None)


@pytest.fixture(scope="module", name="folder")
def folder_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one manifest."""
    return tmp_path_factory.mktemp("fixing")


@cases(150)
@given(data=st.builds(written, mendable(), STYLES) | NEARLY_BYTES)
def test_a_fix_hides_nothing_and_is_done_once(folder: Path, data: bytes) -> None:
    with limited():
        before = _report(folder, data)
        mended = mend(_request(folder))
        if not mended.files:
            return
        (file,) = mended.files
        after = _report(folder, file.after.encode())
        assert mend(_request(folder)).files == ()
        errors = [each for each in before.findings if each.rule == "manifest-schema"]
        if all(each.severity < Severity.ERROR for each in errors):
            there, now = (
                {name_of(each) for each in report.findings if each.rule != "manifest-schema"}
                for report in (before, after)
            )
            assert now <= there
            assert {rule for rule, *_ in there - now} <= MENDED
            assert {name_of(each) for each in after.waived} == {
                name_of(each) for each in before.waived
            }

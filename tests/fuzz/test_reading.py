"""Whatever bytes come: the reader says what is wrong, and its places are right."""

from __future__ import annotations

from hypothesis import given

from okxlint.errors import OkxlintError
from okxlint.files import WorkFiles
from okxlint.manifest import load
from okxlint.paths import Tree
from okxlint.policy.chain import Chain
from okxlint.policy.file import policy_of
from okxlint.policy.text import read_text
from okxlint.snapshot.file import dumps, parse
from tests.fuzz.invariants import check_read, limited
from tests.fuzz.profile import cases
from tests.fuzz.strategies import (
    BYTES,
    HOSTILE_BYTES,
    NEARLY_BYTES,
    POLICY_BYTES,
    VALID_BYTES,
    snapshots,
)


@cases(1200)
@given(BYTES)
def test_any_bytes_are_read_and_their_places_are_right(data: bytes) -> None:
    with limited():
        load([check_read(data)])


@cases(300)
@given(HOSTILE_BYTES | NEARLY_BYTES)
def test_any_inventory_is_read_and_its_places_are_right(data: bytes) -> None:
    with limited():
        load([check_read(data)])


@cases(150)
@given(VALID_BYTES)
def test_a_valid_inventory_has_no_flaw(data: bytes) -> None:
    with limited():
        file = check_read(data)
        _, flaws = load([file])
        # Texts of metadata may hold what no YAML file may hold.
        assert not flaws or file.problems


@cases(200)
@given(BYTES | POLICY_BYTES)
def test_any_bytes_of_a_policy_are_read_or_refused(data: bytes) -> None:
    with limited():
        chain = Chain(Tree("/", git=False), WorkFiles())
        try:
            policy_of(chain, read_text("okxlint.yaml", data, "/", is_pack=False))
        except OkxlintError as error:
            told = error.message + (error.hint or "")
            assert all(char.isprintable() or char == "\n" for char in told)


@cases(300)
@given(BYTES | snapshots())
def test_any_bytes_of_a_snapshot_are_read_or_refused(data: bytes) -> None:
    with limited():
        try:
            snapshot = parse(data, "main.json")
        except OkxlintError:
            return
        assert parse(dumps(snapshot).encode(), "main.json") == snapshot

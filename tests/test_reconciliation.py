"""Declared keys beside those on OKX: uids, addresses, and which sub-accounts OKX lacks."""

from __future__ import annotations

import pytest

from okxlint.comparable import may_be, network, spans
from okxlint.documents.reader import read
from okxlint.manifest import load
from okxlint.reconciliation import Reconciliation, reconcile
from okxlint.snapshot.file import parse
from tests.sample_snapshot import account, key, master, snapshot
from tests.test_live_rules import HEAD, declared


def beside(manifest: str, *texts: str) -> Reconciliation:
    inventory, _ = load([read("a.yaml", manifest.encode())])
    return reconcile(inventory, [parse(text.encode(), f"{n}.json") for n, text in enumerate(texts)])


@pytest.mark.parametrize(
    ("one", "other", "possible"),
    [
        (None, "44705892343619584", True),
        ("", "44705892343619584", True),
        ("44705892343619584", "44705892343619584", True),
        ("44705892343619584", "44705892343619585", False),
        ("3400***********7413", "3400123412347413", True),
        ("3400***********7413", "3400123412347414", False),
        ("3400***********7413", "3401123412347413", False),
        ("3400***********7413", "3400**********7413", True),
        ("3400***7413", "34007413", True),
        ("3400***7413", "340x7413", False),
    ],
)
def test_uids_with_stars(one: str | None, other: str, possible: bool) -> None:
    assert may_be(one, other) == may_be(other, one) == possible


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (["203.0.113.0/25", "203.0.113.128/25"], ["203.0.113.0/24"], True),
        (["203.0.113.0", "203.0.113.1"], ["203.0.113.0/31"], True),
        (["203.0.113.0", "203.0.113.2"], ["203.0.113.0/31"], False),
        (["203.0.113.7", "203.0.113.0/24"], ["203.0.113.0/24"], True),
        (["203.0.113.0/25"], ["203.0.113.0/24"], False),
        (["::ffff:203.0.113.7"], ["203.0.113.7"], True),
        (["255.255.255.255", "::"], ["255.255.255.255"], False),
        (["anywhere"], ["anywhere"], True),
        (["anywhere"], [], False),
    ],
)
def test_addresses_are_compared_as_ranges(one: list[str], other: list[str], same: bool) -> None:
    assert (spans(one) == spans(other)) == same


def test_what_okx_may_write_as_an_address() -> None:
    assert str(network("203.0.113.9/24")) == str(network("203.0.113.0/24"))
    assert network("anywhere") is None


@pytest.mark.parametrize(
    ("manifest", "text", "lacking"),
    [
        (HEAD, snapshot(), set()),
        (HEAD, snapshot(master()), {"gridbot01"}),
        (HEAD, snapshot(master(), environment="demo"), set()),
        (HEAD, snapshot(master(), account("gridbot01", listing="failed", reason="no")), set()),
        (HEAD.replace(", parent: main", ""), snapshot(master()), {"gridbot01"}),
        (HEAD.replace("parent: main", "parent: europe"), snapshot(master()), set()),
        (
            HEAD.replace(", parent: main", "").replace(
                "keys:", "  - {name: europe, type: master}\nkeys:"
            ),
            snapshot(master()),
            set(),
        ),
    ],
)
def test_only_a_masters_own_snapshot_says_what_it_lacks(
    manifest: str, text: str, lacking: set[str]
) -> None:
    assert beside(manifest, text).lacking == lacking


def test_of_as_many_keys_of_one_label_each_has_its_own() -> None:
    old = declared(status="revoked", created="2026-01-01")
    on_okx = key(created="2026-01-01T00:00:00Z"), key()
    live = beside(HEAD + declared() + old, snapshot(master(), account("gridbot01", *on_okx)))
    assert {each.created: twin.live.day for each, twin in live.twins.items()} == {
        each.created: each.created for each in live.twins
    }
    assert (len(live.twins), live.found["gridbot01"]) == (2, ())

"""Requests are spread so that OKX never has to refuse one, and no more than that."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okxlint.live.client import ENDPOINTS
from okxlint.live.pace import WINDOW, Pace
from okxlint.live.reading import Wanted, take_snapshot
from tests.asking import Hours, client_of
from tests.exchange import Books, Exchange
from tests.exchange.gate import LIMITS


class _Alone:
    """A clock for one thread."""

    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def _starts(limit: int, gaps: list[float]) -> list[float]:
    clock = _Alone()
    pace = Pace(limit, lambda: clock.now, clock.sleep)
    starts = []
    for gap in gaps:
        clock.now += gap
        pace.wait()
        starts.append(clock.now)
    return starts


@given(
    st.integers(1, 25),
    st.lists(st.floats(0, 5, allow_nan=False, width=32), min_size=1, max_size=80),
)
def test_no_window_has_more_than_the_limit(limit: int, gaps: list[float]) -> None:
    starts = _starts(limit, gaps)
    for first, last in zip(starts, starts[limit:], strict=False):
        assert last - first > WINDOW


@given(st.integers(1, 25), st.lists(st.floats(3, 5, width=32), min_size=1, max_size=30))
def test_who_is_slow_does_not_wait(limit: int, gaps: list[float]) -> None:
    starts = _starts(limit, gaps)
    assert starts[-1] == pytest.approx(100 + sum(gaps))


@pytest.mark.parametrize("count", [0, 1, 20, 21, 100, 101, 400, 1000, 10_000])
def test_a_list_of_any_length_is_read_in_time(count: int) -> None:
    starts = _starts(20, [0.0] * count)
    assert not starts or starts[-1] - 100 <= 1.1 * count / 10


def test_threads_share_a_pace() -> None:
    hours = Hours()
    pace = Pace(20, lambda: 0.0, hours.clock.sleep)
    threads = [threading.Thread(target=pace.wait) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    step = min(hours.slept)
    assert step > WINDOW
    assert sorted(hours.slept) == pytest.approx([step] * 20 + [2 * step] * 10)


def test_limits_are_those_of_okx() -> None:
    assert {endpoint.path: endpoint.limit for endpoint in ENDPOINTS} == LIMITS


def test_a_whole_reading_takes_no_longer_than_its_requests() -> None:
    books = Books()
    for number in range(100):
        books.add(f"bot{number:03}")
    hours = Hours()
    with Exchange(books) as exchange:
        snapshot = take_snapshot(client_of(exchange, hours), Wanted("main"), None)
    assert [account.listing for account in snapshot.accounts] == ["self-only", *["complete"] * 100]
    # Of threads that wait at the same time this clock adds up what each has waited.
    assert len(hours.slept) <= 80

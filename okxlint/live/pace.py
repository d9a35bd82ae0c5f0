"""Requests spread over time, so that OKX never has to refuse one."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

WINDOW = 2.0
"""Seconds over which OKX counts requests: https://www.okx.com/docs-v5/en/#overview-rate-limits"""
_MARGIN = 0.15
"""Seconds by which a request may be longer on its way than a later one, which so comes closer."""


class Pace:
    """At most ``limit`` requests in any two seconds; for threads that share it."""

    def __init__(
        self,
        limit: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._starts: deque[float] = deque(maxlen=limit)
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next request may go."""
        with self._lock:
            now = self._clock()
            start = now
            if len(self._starts) == self._starts.maxlen:
                start = max(now, self._starts[0] + WINDOW + _MARGIN)
            self._starts.append(start)
        if start > now:
            self._sleep(start - now)

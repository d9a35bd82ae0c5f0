"""What the exchange asks of every request before it answers: headers, clock, signature, rate."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from tests.exchange.books import Books

STAMP = "OK-ACCESS-TIMESTAMP"
REQUIRED = (
    ("OK-ACCESS-KEY", "50103"),
    ("OK-ACCESS-PASSPHRASE", "50104"),
    ("OK-ACCESS-SIGN", "50106"),
    (STAMP, "50107"),
)
WINDOW = 2.0
LIMITS = {
    "/api/v5/public/time": 10,
    "/api/v5/account/config": 5,
    "/api/v5/users/subaccount/list": 20,
    "/api/v5/users/subaccount/apikey": 20,
}


class No(NamedTuple):
    """A refusal."""

    code: str
    status: int
    message: str


class Rates:
    """Counts requests as OKX does: so many of each path in any two seconds."""

    def __init__(self) -> None:
        self.refused = 0
        self._seen: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def refuse(self, path: str) -> No | None:
        with self._lock:
            now = time.monotonic()
            seen = self._seen.setdefault(path, deque())
            while seen and now - seen[0] >= WINDOW:
                seen.popleft()
            if len(seen) >= LIMITS.get(path, 20):
                self.refused += 1
                return No("50011", 429, "Too Many Requests")
            seen.append(now)
            return None


def refuse(
    books: Books, method: str, target: str, headers: Mapping[str, str], caller: str, skew: float
) -> No | None:
    """Why a signed request is not let in. ``skew`` is in seconds."""
    return _malformed(headers) or next(
        (
            No(code, 401, message)
            for wrong, code, message in _wrong(books, method, target, headers, caller, skew)
            if wrong
        ),
        None,
    )


def _malformed(headers: Mapping[str, str]) -> No | None:
    for name, code in REQUIRED:
        if not headers.get(name):
            return No(code, 401, f'Request header "{name}" cannot be empty.')
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", headers[STAMP]):
        return No("50112", 401, "Invalid OK-ACCESS-TIMESTAMP.")
    return None


def _wrong(
    books: Books, method: str, target: str, headers: Mapping[str, str], caller: str, skew: float
) -> Iterator[tuple[bool, str, str]]:
    """What OKX looks at, in its order, and how it calls what is wrong."""
    key, stamp = headers["OK-ACCESS-KEY"], headers[STAMP]
    said = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    late = abs(said.timestamp() - (time.time() + skew)) > 30
    yield late, "50102", "Timestamp request expired."
    yield key != books.own.api_key, "50119", "API key doesn't exist"
    simulated = headers.get("x-simulated-trading") == "1"
    yield simulated != books.demo, "50101", "APIKey does not match current environment."
    other = headers["OK-ACCESS-PASSPHRASE"] != books.passphrase
    yield other, "50105", 'Request header "OK-ACCESS-PASSPHRASE" incorrect.'
    digest = hmac.new(books.secret.encode(), f"{stamp}{method}{target}".encode(), hashlib.sha256)
    unlike = headers["OK-ACCESS-SIGN"] != base64.b64encode(digest.digest()).decode()
    yield unlike, "50113", "Invalid Sign"
    stranger = bool(books.allowed) and caller not in books.allowed
    told = f"Your IP {caller} is not included in your API key's {key} IP whitelist."
    yield stranger, "50110", told

"""The page ``docs/reconcile.md`` says of errors, options, limits and variables what there is."""

from __future__ import annotations

import re
from typing import get_args

from okxlint.cli.reconcile import command as reconcile
from okxlint.cli.snapshot import command as snapshot
from okxlint.live.answers import CODES, Then
from okxlint.live.client import ATTEMPTS, ENDPOINTS
from okxlint.live.credentials import NAMES
from okxlint.live.doctor import CLOCK_CLOSE, CLOCK_WINDOW
from okxlint.live.reading import ACCOUNT_SECONDS, BASE_SECONDS
from okxlint.live.steps import Name, Status
from okxlint.live.transport import ANSWER_SECONDS, MAX_BYTES
from tests.test_cli import ROOT

PAGE = (ROOT / "docs/reconcile.md").read_text("utf-8")
WORDS = {
    Then.RETRY: "retry",
    Then.SLOWLY: "retry",
    Then.RESYNC: "resync",
    Then.ACCOUNT: "account",
    Then.STOP: "stop",
}


def test_every_code_stands_in_it() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| \d{5} \|", line)]
    assert rows == [
        f"| {code} | {meaning.said} | {WORDS[meaning.then]} | {meaning.hint} |"
        for code, meaning in sorted(CODES.items())
    ]


def test_every_option_of_a_reading_stands_in_it() -> None:
    told = set(re.findall(r"^\| `(--[\w-]+)", PAGE, re.MULTILINE))
    there = {option.opts[-1] for option in snapshot.params} - {"--account", "--output"}
    assert told == there
    others = {option.opts[-1] for option in reconcile.params}
    assert told | {"--account", "--keep", "--dry-run", "--sarif-category"} <= others


def test_limits_and_variables() -> None:
    for endpoint in ENDPOINTS:
        assert f"| `GET {endpoint.path}` | {endpoint.limit} |" in PAGE
    assert re.findall(r"^\| `(OKX_\w+)`", PAGE, re.MULTILINE) == [*NAMES]
    assert ATTEMPTS == 4
    assert (BASE_SECONDS, ACCOUNT_SECONDS, ANSWER_SECONDS) == (120, 0.5, 30)
    assert MAX_BYTES == 8 << 20


def test_every_step_of_the_doctor() -> None:
    steps = re.findall(r"^\| `([a-z][a-z-]*)` \|", PAGE, re.MULTILINE)
    assert [*steps, "answer"] == sorted(get_args(Name), key="answer".__eq__)
    assert all(f"`{status}`" in PAGE for status in get_args(Status))
    clock = next(line for line in PAGE.splitlines() if line.startswith("| `clock`"))
    assert f"more than {CLOCK_WINDOW} seconds off; a warning from {CLOCK_CLOSE} on" in clock

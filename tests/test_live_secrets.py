"""Nothing of a credential comes out, whatever goes wrong."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any

import pytest

from okxlint.errors import OkxlintError
from okxlint.live import transport
from okxlint.live.client import AccountFailed
from okxlint.snapshot.file import dumps
from tests.asking import client_of, credential_of, okxlint, snapshot_of
from tests.exchange import Books, Exchange, Key, faults
from tests.exchange.books import KEY, PASSPHRASE, SECRET

OTHER = "0c0ffee0-0f0e-4b1c-9d3a-10fe1234abcd"
"""The id of another key, of which OKX tells."""
SPOKEN = (
    f"Your IP 198.51.100.211 (2001:db8:99::9) of {KEY} {OTHER} {SECRET} {PASSPHRASE}"
    "\x1b[2J\n::error::"
)
EVERY = {
    "none": None,
    **{
        f"{code}/{status}": faults.error(code, status, SPOKEN)
        for code, status in (
            *(("50011", 429), ("50102", 401), ("50105", 401), ("50110", 401), ("50119", 200)),
            *(("59510", 200), ("59999", 200), ("77777", 401), (SPOKEN, 200), (SPOKEN, 500)),
        )
    },
    "text": faults.raw(SPOKEN.encode(), 200, "text/plain"),
    "403": faults.raw(SPOKEN.encode(), 403, "text/html"),
    "html": faults.HTML,
    "no list": faults.NO_LIST,
    "redirect": faults.redirect(302, f"https://{KEY}.example.com/{SECRET}/{PASSPHRASE}"),
    "cut": faults.cut_at_once,
    "cut in the body": faults.cut_in_the_body,
    "too large": faults.too_large,
    "row": faults.raw(f'{{"code": "0", "data": [{{"{SECRET}": "{KEY}"}}]}}'.encode()),
}


def books() -> Books:
    made = Books()
    extra = {"note": f"{OTHER} {SECRET}", "secretKey": SECRET, "passphrase": PASSPHRASE}
    made.add("gridbot01", Key("bot", api_key=OTHER, extra=extra))
    made.own.extra["apiKey"] = KEY
    return made


def is_clean(text: str) -> bool:
    shown = [
        each for each in (KEY, OTHER, SECRET, PASSPHRASE, KEY[:20], OTHER[:20]) if each in text
    ]
    shown += [
        each for each in ("198.51.100.211", "2001:db8:99::9", "\x1b", "\n::error") if each in text
    ]
    assert shown == []
    return True


def told(error: BaseException) -> str:
    """All that anyone could print of an exception, with the arguments of those behind it."""
    parts = ["".join(traceback.format_exception(error)), repr(error), repr(error.args)]
    if isinstance(error, OkxlintError):
        parts.append(error.hint)
    behind = [each for each in (error.__cause__, error.__context__) if each]
    return "\n".join([*parts, *map(told, behind)])


@pytest.mark.parametrize("fault", EVERY)
@pytest.mark.parametrize("part", ["config", "/list", "apikey", "time"])
def test_in_this_process(
    part: str, fault: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(transport, "READ_SECONDS", 5.0)
    caplog.set_level(logging.DEBUG)
    parts: list[Any] = []
    with Exchange(books()) as exchange:
        bad = EVERY[fault]
        if bad:
            exchange.fail(part, bad)
        if part == "time":
            exchange.fail("config", faults.error("50102", 401, SPOKEN), 1)
        try:
            parts.append(dumps(snapshot_of(exchange)))
        except (OkxlintError, AccountFailed) as error:
            parts.append(told(error))
        parts += [repr(client_of(exchange)), repr(credential_of(exchange.books)), caplog.text]
        parts += [str(record.__dict__) for record in caplog.records]
    assert "urllib3" in caplog.text
    is_clean("\n".join(map(str, parts)).replace("\n::error::x", ""))


@pytest.mark.parametrize("fault", ["none", "50110/401", "59999/200", "text", "cut in the body"])
@pytest.mark.parametrize("part", ["config", "apikey"])
def test_as_users_see_it(part: str, fault: str, tmp_path: Path) -> None:
    with Exchange(books()) as exchange:
        bad = EVERY[fault]
        if bad:
            exchange.fail(part, bad)
        done = okxlint(
            *("reconcile", "--account", "main", "--base-url", exchange.url, "-f", "json"),
            *("--keep", "main.json", "-o", "sarif=a.sarif", "-o", "text=a.txt"),
            cwd=tmp_path,
            environment=exchange.books.environment,
            options=("-X", "dev"),
        )
    assert done.returncode in (1, 2, 3)
    assert "Traceback" not in done.stderr
    is_clean(done.stdout)
    is_clean(done.stderr)
    for path in tmp_path.iterdir():
        is_clean(path.read_text("utf-8"))


@pytest.mark.parametrize("name", ["OKX_API_KEY", "OKX_SECRET_KEY", "OKX_PASSPHRASE"])
@pytest.mark.parametrize("end", [" ", "\n", "é"])
def test_a_variable_that_is_wrong(name: str, end: str, tmp_path: Path) -> None:
    environment = Books().environment
    environment[name] += end
    done = okxlint("snapshot", "--account", "main", cwd=tmp_path, environment=environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert name in done.stderr
    is_clean(done.stderr)

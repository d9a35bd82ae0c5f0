"""Lists that a person read off OKX's page: strict, for a person writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from okxlint.errors import OkxlintError
from okxlint.live.attested import load_attested
from okxlint.snapshot import LiveAccount, LiveKey

DAY = date(2026, 11, 22)
HEAD = "version: 1\nattested_by: ops@example.com\nattested_on: 2026-11-22\n"


def load(folder: Path, text: str, as_of: date = DAY) -> tuple[LiveAccount, ...]:
    path = folder / "attested.yaml"
    path.write_text(text, encoding="utf-8")
    return load_attested(str(path), as_of)


def test_what_a_person_read_is_a_listing_of_its_own(tmp_path: Path) -> None:
    key = "{label: 0012, permissions: [trade, read_only, trade], ips: [203.0.113.0/28]"
    key += ", key_id: 0C55D1E0-0000-4000-8000-00007A031A2B, created: 2026-10-01}"
    text = f"{HEAD}accounts:\n  - name: main\n    keys: [{key}]\n  - {{name: a, type: sub}}\n"
    main, sub = load(tmp_path, text)
    assert main.keys == (
        LiveKey(
            "0012",
            ("read_only", "trade"),
            ("203.0.113.0/28",),
            "7a031a2b",
            datetime(2026, 10, 1, tzinfo=UTC),
        ),
    )
    assert (main.type, main.listing, main.attested_by) == ("master", "attested", "ops@example.com")
    assert (sub.type, sub.keys, sub.attested_on) == ("sub", (), DAY)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{HEAD}acounts: []\n", "did you mean 'accounts'"),
        (f"{HEAD}accounts:\n  - {{name: a, key: []}}\n", "attested.yaml:5:"),
        (f"{HEAD}accounts: [{{name: a}}, {{name: a}}]\n", "an account stands twice"),
        (f"{HEAD}accounts: [{{name: a, keys: [{{label: b}}]}}]\n", "permissions"),
        (
            f"{HEAD}accounts: [{{name: a, keys: [{{label: b, permissions: [loan]}}]}}]\n",
            "permissions",
        ),
        ("version: 2\nattested_by: a\nattested_on: 2026-11-22\n", "version"),
        ("version: 1\nattested_by: a\nattested_on: 22.11.2026\n", "YYYY-MM-DD"),
        ("[]\n", "an attested list is one document"),
    ],
)
def test_what_is_not_right_is_refused(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(OkxlintError) as caught:
        load(tmp_path, text)
    assert told in caught.value.message


def test_a_list_of_a_day_to_come_is_refused(tmp_path: Path) -> None:
    assert load(tmp_path, HEAD, DAY) == ()
    with pytest.raises(OkxlintError, match="yet to come"):
        load(tmp_path, HEAD, date(2026, 11, 21))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OkxlintError, match="cannot read the attested list"):
        load_attested(str(tmp_path / "gone.yaml"), DAY)

"""Snapshots as files: what is written is read again, and what is not right is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.errors import OkxlintError
from okxlint.snapshot import Auditor, LiveAccount, LiveKey, Snapshot
from okxlint.snapshot.file import dumps, load_snapshot, parse
from tests.sample_snapshot import account, key, master, snapshot
from tests.test_cli import okxlint

SCHEMA = json.loads(
    (Path(__file__).resolve().parent.parent / "schemas/snapshot.schema.json").read_text()
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC, fold=0)
)
KEYS = st.builds(
    LiveKey,
    label=TEXTS,
    permissions=st.sets(st.sampled_from(["read_only", "trade", "withdraw", "loan"])).map(
        lambda words: tuple(sorted(words))
    ),
    ips=st.lists(TEXTS, max_size=2).map(tuple),
    key_id=st.none() | st.text("0123456789abcdef", min_size=8, max_size=8),
    created=st.none() | INSTANTS,
)


def read(text: str | bytes) -> Snapshot:
    return parse(text.encode() if isinstance(text, str) else text, "main.json")


def refused(text: str | bytes) -> str:
    with pytest.raises(OkxlintError) as caught:
        read(text)
    assert caught.value.exit_code == 2
    assert "okxlint snapshot" in caught.value.hint
    return caught.value.message


@settings(deadline=None, max_examples=60)
@given(st.lists(KEYS, max_size=3), TEXTS, st.none() | st.booleans(), INSTANTS)
def test_what_is_written_is_read_again_and_fits_the_schema(
    keys: list[LiveKey], name: str, flag: bool | None, taken_at: datetime
) -> None:
    sub = LiveAccount(
        f"s{name}", "sub", "attested", tuple(keys), "447***84", None, flag, flag, flag, "ops",
        date(2026, 11, 1), {"kind": name},
    )  # fmt: skip
    failed = LiveAccount("t", "sub", "failed", reason="no answer")
    first = LiveAccount("main", "master", "self-only")
    auditor = Auditor("main", None, ("read_only",), ())
    whole = Snapshot(taken_at, "eea", "demo", auditor, (first, sub, failed))
    text = dumps(whole)
    jsonschema.validate(json.loads(text), SCHEMA)
    again = read(text)
    assert dumps(again) == text
    of_sub = next(each for each in again.accounts if each.name == sub.name)
    assert set(map(repr, of_sub.keys)) == set(map(repr, keys))
    assert replace(of_sub, keys=()) == replace(sub, keys=())
    assert text.isascii()
    assert text.endswith("}\n")


def test_nulls_are_written_only_where_programs_look_for_them() -> None:
    (_, sub) = json.loads(dumps(read(snapshot())))["accounts"]
    assert sub == {
        "name": "gridbot01",
        "type": "sub",
        "uid": None,
        "two_factor": None,
        "can_transfer_out": None,
        "listing": "complete",
        "keys": [key()],
    }


def test_what_is_optional_may_be_absent_or_null() -> None:
    bare = {"label": "a", "permissions": ["read"], "created": "2026-10-01", "ips": None}
    text = snapshot(
        {"name": "one", "listing": "self-only", "keys": [bare], "uid": None, "kind": 7},
        {"name": "two", "listing": "complete"},
        auditor={"permissions": ["read_only"]},
        tool=None,
    )
    found = read(text)
    assert [(each.name, each.type) for each in found.accounts] == [
        ("one", "master"),
        ("two", "sub"),
    ]
    assert found.auditor.account == "one"
    (only,) = found.accounts[0].keys
    assert only == LiveKey("a", ("read_only",), created=datetime(2026, 10, 1, tzinfo=UTC))


def test_the_auditors_account_is_the_first_master_else_the_first() -> None:
    nobody = {"account": "gone", "permissions": []}
    assert read(snapshot(account("a"), master(), auditor=nobody)).auditor.account == "main"
    assert read(snapshot(account("a"), account("b"), auditor=nobody)).auditor.account == "a"


def test_no_more_of_a_key_id_is_kept_than_its_last_eight_digits() -> None:
    whole = "0C55D1E0-0000-4000-8000-00007A031A2B"
    found = read(snapshot(account("a", key(key_id=whole))))
    assert found.accounts[0].keys[0].key_id == "7a031a2b"
    assert "0c55d1e0" not in dumps(found).lower()
    assert "key_id" in refused(snapshot(account("a", key(key_id="a031a2b"))))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"\xff", "it is not UTF-8"),
        ("{\n  nothing", "line 2, column 3: it is not JSON"),
        ("", "line 1, column 1"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "it is not a JSON object"),
        ('{"version": 1, "version": 1}', "stands twice in one object: 'version'"),
        (snapshot(version=2), "'version' is not 1"),
        (snapshot(version=True), "'version' is not 1"),
        (snapshot(version="1"), "'version' is not 1"),
        (snapshot(accounts=[]), "'accounts' is empty"),
        (snapshot(accounts=None), "accounts: this is a list"),
        (snapshot(account("a"), account("a")), "the account 'a' stands twice"),
        (snapshot(account("")), "accounts[0].name: this is empty"),
        (snapshot(account("a", listing="all")), "accounts[0].listing: "),
        (snapshot({"name": "a"}), "accounts[0].listing: this is missing"),
        (snapshot({"name": "a", "listing": "complete", "keys": {}}), "keys: this is a list"),
        (snapshot(account("a", {"label": "b"})), "keys[0].permissions: this is missing"),
        (snapshot(account("a", key(permissions="trade"))), "permissions: this is a list"),
        (snapshot(account("a", key(created="2026-02-30"))), "created: this is an instant"),
        (snapshot(account("a", key(created="2026-10-01T25:00:00Z"))), "created: this is an"),
        (snapshot(account("a", attested_on="2026-13-01")), "attested_on: this is a day"),
        (snapshot(account("a", attested_on=7)), "attested_on: this is a day"),
        (snapshot(taken_at="2026-11-26"), "taken_at: this is an instant"),
        (snapshot(environment="test"), "environment: "),
        (snapshot(account("a", *[{}] * 4)), "and 3 more"),
    ],
)
def test_what_is_not_right_is_refused_with_its_place(text: Any, told: str) -> None:
    assert told in refused(text)


def test_a_snapshot_may_be_64_mib_and_no_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    text = snapshot()
    monkeypatch.setattr("okxlint.snapshot.file.MAX_BYTES", len(text))
    assert read(text).path == "main.json"
    assert "larger than 64 MiB" in refused(text + "\n")


def test_a_file_is_named_as_reports_name_it(tmp_path: Path) -> None:
    path = tmp_path / "main.json"
    path.write_bytes(b"\xef\xbb\xbf" + snapshot().encode())
    assert load_snapshot(str(path)).path == str(path)
    assert load_snapshot(str(path), "main.json").path == "main.json"
    with pytest.raises(OkxlintError, match=r"cannot read the snapshot gone\.json"):
        load_snapshot(str(tmp_path / "gone.json"), "gone.json")


def test_the_schema_is_printed(tmp_path: Path) -> None:
    assert json.loads(okxlint("schema", "snapshot", cwd=tmp_path).stdout) == SCHEMA
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(snapshot()), SCHEMA)

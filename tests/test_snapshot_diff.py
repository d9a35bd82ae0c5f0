"""What changed on OKX between two snapshots, and what is never said without having been seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from okxlint.errors import OkxlintError
from okxlint.report.difference import FORMATS, document
from okxlint.snapshot import Snapshot
from okxlint.snapshot.file import parse
from okxlint.snapshot_changes import Difference, difference
from tests.sample_snapshot import account, key, master, snapshot
from tests.test_cli import okxlint, write

ID = "7a031a2b"
SCHEMA = json.loads(
    (Path(__file__).resolve().parent.parent / "schemas/snapshot-diff.schema.json").read_text()
)


def read(text: str, name: str) -> Snapshot:
    return parse(text.encode(), name)


def between(old: str, new: str) -> Difference:
    return difference(read(old, "old.json"), read(new, "new.json"))


def of_keys(old: list[dict[str, Any]], new: list[dict[str, Any]], **more: Any) -> list[str]:
    """The changes of one account's keys, each in a few words."""
    found = between(
        snapshot(master(), account("a", *old)), snapshot(master(), account("a", *new, **more))
    )
    return [
        " ".join(filter(None, (each.kind, each.key, each.field, each.old, each.new)))
        for each in found.changes
    ]


DESCRIBED = "read_only,trade, bound to 203.0.113.7, created 2026-10-01"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ([key()], [key()], []),
        ([key(permissions=["read", "trade"])], [key(permissions=["trade"])], []),
        ([key(ips=["203.0.113.6", "203.0.113.7"])], [key(ips=["203.0.113.6/31"])], []),
        ([], [key("b")], [f"key-appeared b {DESCRIBED}"]),
        ([key("b")], [], [f"key-gone b {DESCRIBED}"]),
        (
            [key("b")],
            [key("b", permissions=["withdraw"])],
            ["key-changed b permissions read_only,trade read_only,withdraw"],
        ),
        (
            [key("b")],
            [key("b", ips=["198.51.100.1", "2001:db8::1"])],
            ["key-changed b ips 203.0.113.7 198.51.100.1,2001:db8::1"],
        ),
        # Renamed: by the id, whatever else changed; without ids by all that a key is like.
        (
            [key("b", key_id=ID)],
            [key("c", key_id=ID, ips=[])],
            ["key-changed c ips 203.0.113.7", "key-renamed c label b c"],
        ),
        ([key("b")], [key("c")], ["key-renamed c label b c"]),
        (
            [key("b", key_id=ID)],
            [key("c", key_id="0c55d1e0")],
            [f"key-gone b {DESCRIBED}", f"key-appeared c {DESCRIBED}"],
        ),
        (
            [key("b", created=None)],
            [key("c", created=None)],
            [
                "key-gone b read_only,trade, bound to 203.0.113.7",
                "key-appeared c read_only,trade, bound to 203.0.113.7",
            ],
        ),
        (
            [key("b"), key("c")],
            [key("d")],
            [f"key-gone {b} {DESCRIBED}" for b in "bc"] + [f"key-appeared d {DESCRIBED}"],
        ),
        # Made anew under its old label.
        (
            [key("b")],
            [key("b", created="2026-11-01")],
            ["key-made-anew b created 2026-10-01T08:12:33.085Z 2026-11-01T00:00:00.000Z"],
        ),
        (
            [key("b", key_id=ID, created=None)],
            [key("b", key_id="0c55d1e0", created=None)],
            [f"key-made-anew b key_id {ID} 0c55d1e0"],
        ),
        ([key("b", created=None)], [key("b")], []),
        # A label that stands twice.
        ([key("b"), key("b", ips=[])], [key("b", ips=[]), key("b")], []),
        ([key("b"), key("b")], [key("b")], [f"key-gone b {DESCRIBED}"]),
    ],
)
def test_what_changed_of_keys(
    old: list[dict[str, Any]], new: list[dict[str, Any]], told: list[str]
) -> None:
    assert sorted(of_keys(old, new)) == sorted(told)


@pytest.mark.parametrize("listing", ["failed", "self-only"])
def test_a_key_is_never_gone_without_a_whole_listing(listing: str) -> None:
    old = snapshot(master(), account("a", key("b")))
    new = snapshot(master(), account("a", listing=listing))
    found = between(old, new)
    assert [each.kind for each in found.changes] == ["listing-changed"]
    assert any(each.account == "a" and each.counts for each in found.unseen)
    back = between(new, snapshot(master(), account("a", key("b"))))
    assert [each.kind for each in back.changes] == ["listing-changed"]
    assert any(each.account == "a" and each.counts for each in back.unseen)


def test_an_attested_list_shows_what_is_gone() -> None:
    assert of_keys([key("b")], [], listing="attested") == [
        "listing-changed listing complete attested",
        f"key-gone b {DESCRIBED}",
    ]


def test_a_masters_other_keys_are_told_and_do_not_count() -> None:
    found = between(snapshot(), snapshot())
    assert found.changes == ()
    assert [(each.account, each.counts) for each in found.unseen] == [("main", False)]
    found = between(snapshot(master(key("b"))), snapshot(master()))
    assert [(each.account, each.counts) for each in found.unseen] == [("main", True)]
    assert "not seen any more: b" in found.unseen[0].reason


def test_accounts_that_appeared_and_are_gone() -> None:
    one, other = account("a", key("b")), account("c", key("d"), listing="failed", reason="why")
    found = between(
        snapshot(master(), one), snapshot(master(), other, account("e", listing="self-only"))
    )
    assert [(each.kind, each.account) for each in found.changes] == [
        ("account-gone", "a"),
        ("key-gone", "a"),
        ("account-appeared", "c"),
        ("key-appeared", "c"),
        ("account-appeared", "e"),
    ]
    assert [each.account for each in found.unseen] == ["c", "e", "main"]


def test_flags_of_accounts_that_are_known_on_both_sides() -> None:
    old = account("a", enabled=True, two_factor=None, can_transfer_out=False)
    new = account("a", enabled=False, two_factor=True, can_transfer_out=True)
    found = between(snapshot(master(), old), snapshot(master(), new))
    assert [(each.field, each.old, each.new) for each in found.changes] == [
        ("enabled", "true", "false"),
        ("can_transfer_out", "false", "true"),
    ]


def test_the_credential_is_compared_too() -> None:
    auditor = {"account": "main", "permissions": ["read_only", "trade"], "ips": [], "label": "x"}
    found = between(snapshot(), snapshot(auditor=auditor))
    assert [each.field for each in found.changes] == ["label", "permissions", "ips"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"site": "eea"}, "the site is global in old.json, and eea in new.json"),
        ({"environment": "demo"}, "the environment is live"),
        ({"auditor": {"account": "gridbot01", "permissions": []}}, "the account is main"),
        ({"taken_at": "2026-11-26T05:59:59Z"}, "old.json was taken after new.json"),
    ],
)
def test_snapshots_of_something_else_are_not_compared(more: dict[str, Any], told: str) -> None:
    with pytest.raises(OkxlintError, match=told):
        between(snapshot(), snapshot(**more))


def test_another_uid_is_another_account() -> None:
    def of(uid: str) -> str:
        auditor = {"account": "main", "uid": uid, "permissions": []}
        return snapshot(auditor=auditor)

    assert between(of("447***84"), of("447***84")).changes == ()
    with pytest.raises(OkxlintError, match="the uid is"):
        between(of("447***84"), of("447***85"))


# -- as a user runs it ---------------------------------------------------------------------------


def test_exit_statuses_and_formats(tmp_path: Path) -> None:
    hostile = key("::error::\x1b[31m| @team `x`\n##[x]", key_id=ID)
    failed = account("gridbot01", listing="failed", reason="::x")
    write(
        tmp_path,
        {
            "old.json": snapshot(),
            "new.json": snapshot(master(), account("gridbot01", key(), hostile)),
            "failed.json": snapshot(master(), failed),
            "eea.json": snapshot(site="eea"),
        },
    )
    same = okxlint("snapshot-diff", "old.json", "old.json", cwd=tmp_path)
    assert same.returncode == 0
    assert "No change between" in same.stdout
    assert okxlint("snapshot-diff", "failed.json", "failed.json", cwd=tmp_path).returncode == 3
    assert okxlint("snapshot-diff", "old.json", "eea.json", cwd=tmp_path).returncode == 2
    done = okxlint(
        "snapshot-diff", "old.json", "new.json", "-o", "json=a.json", "-o", "markdown=a.md",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "##[" not in done.stdout
    assert done.stdout.startswith("+ key '::error::\\x1b[31m| @team `x`")
    value = json.loads((tmp_path / "a.json").read_text())
    jsonschema.validate(value, SCHEMA)
    assert [each["kind"] for each in value["changes"]] == ["key-appeared"]
    table = (tmp_path / "a.md").read_text()
    assert "`@team`" in table
    assert "##[" not in (tmp_path / "a.json").read_text()
    rows = [line for line in table.split("\n") if line.startswith("| `+`")]
    assert [row.count("|") for row in rows] == [5]
    colored = okxlint("snapshot-diff", "old.json", "new.json", "--color", "always", cwd=tmp_path)
    assert "\x1b[32m+" in colored.stdout


def test_every_kind_of_change_is_told_in_every_format(tmp_path: Path) -> None:
    old = snapshot(
        master(),
        account("a", key("b", key_id=ID), key("made"), enabled=True),
        account("gone", key("d"), listing="complete"),
    )
    auditor = {"account": "main", "permissions": ["read_only", "trade"]}
    new = snapshot(
        master(),
        account("a", key("c", key_id=ID), key("made", created="2026-11-01"), enabled=False),
        account("f", listing="failed", reason="why"),
        auditor=auditor,
    )
    write(tmp_path, {"old.json": old, "new.json": new})
    text = okxlint("snapshot-diff", "old.json", "new.json", cwd=tmp_path).stdout
    for told in (
        "~ key 'c' of account 'a': was renamed: name b -> c",
        "~ key 'made' of account 'a': was made anew: created",
        "~ account 'a': enabled true -> false",
        "- account 'gone': is gone: sub",
        "+ account 'f': appeared: sub",
        "~ account 'main': the credential that read OKX: permissions read_only -> read_only,trade",
        "unknown account 'f': its keys could not be read: why",
    ):
        assert told in text
    md = okxlint("snapshot-diff", "old.json", "new.json", "-f", "markdown", cwd=tmp_path).stdout
    assert "- unknown: `f`: its keys could not be read: why" in md
    assert md.startswith("**")
    assert len(FORMATS) == 3


def test_whole_key_ids_and_secrets_are_masked() -> None:
    label = "0c55d1e0-0000-4000-8000-00007a031a2b"
    old, new = read(snapshot(), "a"), read(snapshot(master(), account(label, key("A" * 32))), "b")
    text = json.dumps(document(old, new, difference(old, new)))
    assert label not in text
    assert "A" * 32 not in text


def test_the_schema_is_printed(tmp_path: Path) -> None:
    assert json.loads(okxlint("schema", "snapshot-diff", cwd=tmp_path).stdout) == SCHEMA

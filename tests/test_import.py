"""Manifests drafted from a snapshot: valid at once, equal to what is on OKX, never overwriting."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from okxlint.comparable import spans, spans_of
from okxlint.documents.reader import read
from okxlint.drafts import Draft, drafts_of
from okxlint.drafts.files import file_names, write_drafts
from okxlint.drafts.scalars import comment, scalar
from okxlint.errors import OkxlintError
from okxlint.inventory import Inventory
from okxlint.manifest import load
from okxlint.reconciliation import reconcile
from okxlint.snapshot import Snapshot
from okxlint.snapshot.file import parse
from tests.sample_snapshot import account, key, master, snapshot
from tests.test_cli import okxlint, write

HOSTILE = [
    "no", "null", "~", "0012", "1e5", "a: b", "a #b", "'", '"', "- a", "[a", "{a", "&a", "*a", "!a",
    "a\nkeys: []", "a\rb", "\x00\x1b[31m", "\u2028", "\u202e", "\ufeff", "😁", " a ", "%a", "@a",
    "`",    "2026-10-01", "é" * 50, "...", "---", "a\tb", "\x85", "<<", "=", "\\", "a,b]",
]  # fmt: skip
TEXTS = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50
)
ADDRESSES = st.sampled_from(
    ["203.0.113.7", "203.0.113.0/28", "203.0.113.9/28", "2001:db8::7", "2001:db8::/64",
     "::ffff:203.0.113.7"]
)  # fmt: skip
KEYS = st.fixed_dictionaries(
    {
        "label": TEXTS,
        "permissions": st.lists(st.sampled_from(["read_only", "read", "trade", "withdraw"])),
        "ips": st.lists(ADDRESSES, max_size=3),
        "key_id": st.none() | st.text("0123456789abcdef", min_size=8, max_size=8),
        "created": st.none() | st.sampled_from(["2026-10-01", "2026-10-02T23:59:59.999Z"]),
    }
)
SUBS = st.lists(
    st.tuples(TEXTS, st.lists(KEYS, max_size=4, unique_by=lambda each: each["label"])),
    max_size=3,
    unique_by=lambda each: each[0],
)


def drafted(text: str) -> tuple[Snapshot, list[Draft], Inventory]:
    """A snapshot, its drafts, and what they declare: without anything wrong in them."""
    live = parse(text.encode(), "main.json")
    drafts = list(drafts_of(live))
    files = [read(f"{n}.yaml", draft.text.encode()) for n, draft in enumerate(drafts)]
    inventory, flaws = load(files)
    assert flaws == []
    return live, drafts, inventory


@settings(deadline=None, max_examples=150)
@given(SUBS, st.sampled_from(["live", "demo"]))
@example([(name, [key(label) for label in HOSTILE]) for name in HOSTILE[:2]], "live")
def test_what_is_drafted_is_what_is_on_okx(
    subs: list[tuple[str, list[dict[str, Any]]]], environment: str
) -> None:
    accounts = [account(name, *keys) for name, keys in subs if name != "main"]
    live, _, inventory = drafted(snapshot(master(), *accounts, environment=environment))
    beside = reconcile(inventory, [live])
    assert not any(beside.found.values())
    assert not beside.lacking
    assert {each.name for each in inventory.accounts} == {each.name for each in live.accounts}
    assert len(inventory.keys) == sum(len(each.keys) for each in live.accounts)
    for declared in inventory.keys:
        twin = beside.twins[declared]
        assert not twin.renamed
        assert twin.live.label == declared.label
        assert twin.live.rights == declared.rights
        assert spans(twin.live.ips) == spans_of(declared.ip_allowlist)
        assert twin.live.day == declared.created
        assert twin.live.key_id == declared.key_id
        assert (declared.status, declared.environment) == ("active", environment)


@given(TEXTS)
def test_a_scalar_is_read_as_it_was(text: str) -> None:
    (document,) = read("a.yaml", f"x-a: [{scalar(text)}]\n".encode()).documents
    assert document.value == {"x-a": [text]}


@given(TEXTS)
def test_a_comment_stays_a_comment(text: str) -> None:
    file = read("a.yaml", f"# {comment(text)}\nx-a: b\n".encode())
    assert not file.problems
    assert [each.value for each in file.documents] == [{"x-a": "b"}]


def test_accounts_are_declared_as_far_as_they_are_known() -> None:
    text = snapshot(
        master(key("audit"), uid="44705892343619584"), account("gridbot01", uid="447***84")
    )
    _, drafts, inventory = drafted(text)
    main, sub = inventory.accounts
    assert (main.type, main.uid, main.site, main.parent) == (
        "master", "44705892343619584", "global", None,
    )  # fmt: skip
    assert (sub.type, sub.uid, sub.site, sub.parent) == ("sub", None, None, "main")
    assert "declare the others too" in drafts[0].notes[0]
    assert "TODO app" in drafts[0].text
    assert (drafts[1].notes, drafts[1].keys) == ((), 0)


def test_a_starred_uid_and_another_host_are_not_declared() -> None:
    _, _, inventory = drafted(snapshot(master(uid="447***84"), site="custom"))
    assert (inventory.accounts[0].uid, inventory.accounts[0].site) == (None, None)


def test_a_sub_account_without_its_master_has_no_parent() -> None:
    _, _, inventory = drafted(snapshot(account("a", listing="self-only")))
    assert inventory.accounts[0].parent is None


def test_a_label_may_have_50_characters_and_no_more() -> None:
    _, (draft,), inventory = drafted(snapshot(account("a", key("x" * 50), key("y" * 51), key(""))))
    assert [each.label for each in inventory.keys] == ["x" * 50]
    assert draft.is_short
    assert "it has no label" in draft.text
    assert "has 51 characters, and a manifest takes 50" in draft.text


def test_what_okxlint_does_not_know_is_told_and_left_out() -> None:
    odd = key(permissions=["trade", "loan\nx: y"], ips=["203.0.113.7", "host\nkeys: 7"])
    _, (draft,), inventory = drafted(snapshot(account("a", odd)))
    assert inventory.keys[0].permissions == ("read_only", "trade")
    assert [each.text for each in inventory.keys[0].ip_allowlist] == ["203.0.113.7"]
    assert draft.is_short
    assert len(draft.notes) == 2
    assert "NOTE key 'gridbot-2026q4': okxlint knows no permission 'loan\\x0ax: y'" in draft.text


def test_nothing_secret_stands_in_a_comment() -> None:
    _, (draft,), _ = drafted(snapshot(account("a", listing="failed", reason="A" * 32)))
    assert "A" * 32 not in draft.text
    assert "could not be read from OKX" in draft.text


def test_files_have_names_that_every_file_system_takes() -> None:
    names = file_names(
        ["a", "A", "a-2", "../etc", "..", "", "con", "NUL.txt", "x" * 300, "é/b", ".hidden", "😁"]
    )
    assert names == [
        "a.yaml", "A-2.yaml", "a-2-2.yaml", "etc.yaml", "account.yaml", "account-2.yaml",
        "account-con.yaml", "account-NUL.txt.yaml", "x" * 60 + ".yaml", "b.yaml", "hidden.yaml",
        "account-3.yaml",
    ]  # fmt: skip


def test_drafts_are_written_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, drafts, _ = drafted(snapshot())
    real, opened = open, []

    def full(path: Any, *args: Any, **more: Any) -> Any:
        opened.append(path)
        if len(opened) == 2:
            raise OSError(28, "No space left on device", path)
        return real(path, *args, **more)

    monkeypatch.setattr("builtins.open", full)
    with pytest.raises(OkxlintError, match="No space left on device"):
        write_drafts(str(tmp_path), drafts)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("")
    _, drafts, _ = drafted(snapshot())
    with pytest.raises(OkxlintError, match="cannot write"):
        write_drafts(str(tmp_path / "keys" / "more"), drafts)


# -- as a user runs it ---------------------------------------------------------------------------


def test_drafts_pass_the_check_with_their_own_snapshot(tmp_path: Path) -> None:
    write(tmp_path, {"main.json": snapshot()})
    done = okxlint("import", "main.json", "-o", "okx-keys", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert f"{os.path.join('okx-keys', 'gridbot01.yaml')}: 1 key" in done.stderr
    assert sorted(os.listdir(tmp_path / "okx-keys")) == ["gridbot01.yaml", "main.yaml"]
    checked = okxlint(
        "check", "--live", "main.json", "--as-of", "2026-11-26", "-f", "json", cwd=tmp_path
    )
    rules = {finding["rule"] for finding in json.loads(checked.stdout)["findings"]}
    assert not {rule for rule in rules if rule.startswith("live-") or rule == "manifest-schema"}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write(tmp_path, {"main.json": snapshot(), "okx-keys/gridbot01.yaml": "mine"})
    done = okxlint("import", "main.json", "-o", "okx-keys", cwd=tmp_path)
    assert done.returncode == 2
    assert "gridbot01.yaml is there already" in done.stderr
    assert "--update" in done.stderr
    assert os.listdir(tmp_path / "okx-keys") == ["gridbot01.yaml"]
    assert (tmp_path / "okx-keys/gridbot01.yaml").read_text() == "mine"


def test_what_could_not_be_read_or_declared_is_3(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "failed.json": snapshot(master(), account("a", listing="failed", reason="::error::x")),
            "long.json": snapshot(account("a", key("x" * 51))),
        },
    )
    done = okxlint("import", "failed.json", "-o", "one", cwd=tmp_path)
    assert done.returncode == 3
    assert "(::error::x)" in done.stderr
    assert sorted(os.listdir(tmp_path / "one")) == ["a.yaml", "main.yaml"]
    again = okxlint("import", "failed.json", "-o", "one", "--update", cwd=tmp_path)
    assert again.returncode == 3
    assert "account 'a': its keys could not be read" in again.stderr
    (tmp_path / "two").mkdir()
    done = okxlint("import", "long.json", "-o", "two", "--update", cwd=tmp_path)
    assert done.returncode == 3
    assert os.listdir(tmp_path / "two") == ["a.yaml"]


def test_update_drafts_only_what_is_not_declared(tmp_path: Path) -> None:
    before = "version: 1\r\naccounts: [{name: main, type: master}]\r\nkeys:\r\n"
    before += "  - {label: gridbot-2026q4, account: gridbot01, permissions: [trade]}\r\n"
    subs = account("gridbot01", key(), key("new-2026q4")), account("arb01", key("arb-2026q4"))
    write(
        tmp_path,
        {"okx-keys/gridbot01.yaml": before, "main.json": snapshot(master(), *subs)},
    )
    update = ("import", "main.json", "-o", "okx-keys", "--update")
    assert okxlint(*update, cwd=tmp_path).returncode == 0
    folder = tmp_path / "okx-keys"
    assert sorted(os.listdir(folder)) == ["arb01.yaml", "gridbot01-2.yaml", "gridbot01.yaml"]
    assert (folder / "gridbot01.yaml").read_bytes() == before.encode()
    added = (folder / "gridbot01-2.yaml").read_text()
    assert added.count("- label:") == 1
    assert "label: new-2026q4" in added
    again = okxlint(*update, cwd=tmp_path)
    assert again.returncode == 0
    assert "nothing was written" in again.stderr
    assert len(os.listdir(folder)) == 3


def test_update_sees_a_folder_outside_the_inventory(tmp_path: Path) -> None:
    long = account("gridbot01", key(), key("x" * 51))
    write(tmp_path, {"main.json": snapshot(master(), long)})
    update = ("import", "main.json", "-o", "elsewhere", "--update")
    assert okxlint(*update, cwd=tmp_path).returncode == 3
    files = sorted(os.listdir(tmp_path / "elsewhere"))
    again = okxlint(*update, cwd=tmp_path)
    assert again.returncode == 3
    assert "has 51 characters" in again.stderr
    assert sorted(os.listdir(tmp_path / "elsewhere")) == files


def test_update_needs_manifests_that_are_right(tmp_path: Path) -> None:
    write(
        tmp_path, {"main.json": snapshot(), "okx-keys/a.yaml": "version: 1\nkeys: [{label: a}]\n"}
    )
    done = okxlint("import", "main.json", "-o", "okx-keys", "--update", cwd=tmp_path)
    assert done.returncode == 2
    assert "okx-keys/a.yaml is not right" in done.stderr


def test_a_policy_without_update_is_wrong_usage(tmp_path: Path) -> None:
    done = okxlint("import", "a.json", "-o", "b", "--policy", "strict", cwd=tmp_path)
    assert done.returncode == 2
    assert "--update" in done.stderr

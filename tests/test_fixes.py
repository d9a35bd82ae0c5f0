"""Safe fixes: what they change, what they never touch, and ``check --fix`` and ``--diff``."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okxlint.check import Request
from okxlint.cli.fixing import fix
from okxlint.documents.reader import read
from okxlint.engine import Question
from okxlint.errors import OkxlintError
from okxlint.fixes import Edit, Mended, mend, safe_edits, says_as_much
from okxlint.loading import Wanted
from okxlint.manifest import load
from okxlint.model import Fix
from tests.asking import okxlint
from tests.conftest import DAY

HEAD = "version: 1\naccounts: [{name: main, type: master}]\nkeys:\n"
KEY = (
    "  - label: bot-1  # its name\n    account: main\n    permissions: [trade]\n"
    "    created: 2026-10-01\n"
)
GOOD = "{rule: ip-bound, reason: a, approved_by: b@example.com, expires: 2026-12-31}"
UNUSED = "{rule: no-withdraw, reason: a, approved_by: b@example.com, expires: 2026-12-31}"
OVER = "{rule: demo-first, reason: a, approved_by: b@example.com, expires: 2026-11-21}"
UUID = "1e4f0c2a-0f0e-4b1c-9d3a-10fe7a031a2b"


def mended(folder: Path, text: str) -> Mended:
    (folder / "okx-keys.yaml").write_bytes(text.encode())
    return mend(Request(Question(DAY), Wanted(str(folder)), fail_on=None))


def fixed(folder: Path, text: str) -> str:
    """The text with its fixes; a second round changes nothing."""
    value = mended(folder, text)
    after = value.files[0].after if value.files else text
    assert mended(folder, after).files == ()
    return after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # A whole id.
        (f"    key_id: {UUID}\n", "    key_id: 7a031a2b\n"),
        (f"    key_id: '{UUID.upper()}'  # whole\n", "    key_id: '7A031A2B'  # whole\n"),
        # Waivers in a block.
        (f"    waivers:\n      - {UNUSED}\n      - {GOOD}\n", f"    waivers:\n      - {GOOD}\n"),
        (
            f"    waivers:\n      - {GOOD}\n      - {OVER}  # over\n",
            f"    waivers:\n      - {GOOD}\n",
        ),
        (f"    waivers:  # old\n      - {OVER}\n    owner: desk\n", "    owner: desk\n"),
        (f"    waivers:\n    - {UNUSED}\n    owner: desk\n", "    owner: desk\n"),
        (
            "    waivers:\n      - rule: no-withdraw\n        reason: |\n          long\n"
            "          text\n        approved_by: b@example.com\n"
            "        expires: 2026-12-31  # last\n"
            "    owner: desk\n",
            "    owner: desk\n",
        ),
        # Waivers in brackets.
        (f"    waivers: [{UNUSED}, {GOOD}]\n", f"    waivers: [{GOOD}]\n"),
        (f"    waivers: [{GOOD}, {OVER}]  # one\n", f"    waivers: [{GOOD}]  # one\n"),
        (f"    waivers: [{GOOD}, {OVER}, {UNUSED}]\n", f"    waivers: [{GOOD}]\n"),
        (f"    waivers: [{OVER}]\n", "    waivers: []\n"),
        (
            f"    waivers: [\n      {UNUSED},\n      {GOOD},\n    ]\n",
            f"    waivers: [\n      {GOOD},\n    ]\n",
        ),
        # Near misses.
        ("    status: Active\n", "    status: active\n"),
        ("    environment: 'LIVE'\n", "    environment: 'live'\n"),
    ],
)
def test_what_is_changed_and_nothing_else(before: str, after: str, tmp_path: Path) -> None:
    rest = "  # the next\n  - {label: bot-2, account: main, permissions: [read_only]}\n"
    for end in ("\n", "\r\n"):
        text, expected = ((HEAD + KEY + part + rest).replace("\n", end) for part in (before, after))
        assert fixed(tmp_path, text) == expected
        assert fixed(tmp_path, "\ufeff" + text) == "\ufeff" + expected
    # At the end of a file too, with and without a line end.
    assert fixed(tmp_path, HEAD + KEY + before) == HEAD + KEY + after
    alone = fixed(tmp_path, HEAD + KEY + before.rstrip("\n"))
    assert alone.rstrip("\n") == (HEAD + KEY + after).rstrip("\n")


@pytest.mark.parametrize("word", ["read", "READ", "Read_Only", "read-only", "'readonly'"])
def test_reading_is_the_one_right_that_is_corrected(word: str, tmp_path: Path) -> None:
    text = HEAD + KEY.replace("[trade]", f"[{word}, trade]")
    quote = "'" if "'" in word else ""
    assert fixed(tmp_path, text) == text.replace(word, f"{quote}read_only{quote}")
    app = f"version: 1\napps: [{{name: a, needs: [{word}]}}]\n"
    assert fixed(tmp_path, app) == app.replace(word, f"{quote}read_only{quote}")


@pytest.mark.parametrize(
    "part",
    [
        "    permissions: [Trade]\n",
        "    permissions: [trad]\n",
        "    permissions: [WITHDRAW]\n",
        "    status: activ\n",
        "    environment: production\n",
        "    ip_allowlist: [010.0.0.1]\n",
        "    ip_allowlist: [203.0.113.7, 203.0.113.7]\n",
        "    expires: 2026-1-2\n",
        "    key_id: 7a031a2b\n",
        f"    waivers: [{GOOD}]\n",
        # Somebody has to read these: they may have been meant.
        f"    waivers: [{UNUSED.replace('withdraw', 'withdrow')}]\n",
        "    waivers: [{rule: no-withdraw}]\n",
    ],
)
def test_what_is_never_touched(part: str, tmp_path: Path) -> None:
    text = (
        HEAD
        + KEY.replace("    permissions: [trade]\n", "")
        + (part if "permissions" in part else "    permissions: [trade]\n" + part)
    )
    assert mended(tmp_path, text).files == ()


@pytest.mark.parametrize(
    "text",
    [
        f"x-a: &w {UNUSED}\n" + HEAD.replace("version: 1\n", "") + KEY + "    waivers: [*w]\n",
        f"x-a: &w [{UNUSED}]\n" + HEAD.replace("version: 1\n", "") + KEY + "    waivers: *w\n",
        HEAD.replace("version: 1\n", "")
        + KEY
        + f"    waivers: [&w {UNUSED}]\n"
        + KEY.replace("bot-1", "bot-2")
        + "    waivers: [*w]\n",
        f"x-a: &k {{waivers: [{UNUSED}]}}\n"
        + HEAD.replace("version: 1\n", "")
        + KEY
        + "    <<: *k\n",
        f"x-a: &i {UUID}\n" + HEAD.replace("version: 1\n", "") + KEY + "    key_id: *i\n",
        HEAD.replace("version: 1\n", "")
        + f"  - waivers:\n      - {UNUSED}\n"
        + KEY.replace("  - ", "    "),
        HEAD.replace("version: 1\n", "") + KEY + f"    waivers: [{UNUSED} # why\n    ]\n",
    ],
)
def test_what_stands_elsewhere_or_not_plainly_is_left(text: str, tmp_path: Path) -> None:
    value = mended(tmp_path, "version: 1\n" + text)
    for file in value.files:
        # If anything was taken out, then what is left says the same of every key.
        assert keys_of(file.after) == keys_of(file.before)
        assert read("a", file.after.encode()).problems == ()
    assert not value.left


def keys_of(text: str) -> list[tuple[object, ...]]:
    inventory, flaws = load([read("a.yaml", text.encode())])
    assert list(flaws) == []
    return [
        (key.account, key.label, key.permissions, key.ip_allowlist, key.created, key.status)
        for key in inventory.keys
    ]


WAIVERS = st.lists(st.sampled_from([GOOD, UNUSED, OVER]), min_size=1, max_size=4)
STYLES = st.sampled_from(["block", "flow", "lines"])
COMMENTS = st.sampled_from(["", "  # why", "\n      # own line"])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(WAIVERS, STYLES, COMMENTS), min_size=1, max_size=3), st.booleans())
def test_only_what_is_of_no_use_goes(
    tmp_path: Path, keys: list[tuple[list[str], str, str]], crlf: bool
) -> None:
    parts = [HEAD]
    for number, (waivers, style, comment) in enumerate(keys):
        parts.append(KEY.replace("bot-1", f"bot-{number}"))
        if style == "block":
            lines = "".join(f"      - {waiver}{comment}\n" for waiver in waivers)
            parts.append(f"    waivers:\n{lines}")
        else:
            between = ", " if style == "flow" else ",\n      "
            parts.append(f"    waivers: [{between.join(waivers)}]\n")
    text = "".join(parts).replace("\n", "\r\n" if crlf else "\n")
    after = fixed(tmp_path, text)
    assert after.count("no-withdraw") == after.count("demo-first") == 0
    assert after.count("ip-bound") == text.count("ip-bound")
    assert keys_of(after) == keys_of(text)
    assert after.count("\n") == after.count("\r\n") or not crlf
    assert set(after.split("\n")) - set(text.split("\n")) <= {
        line for line in after.split("\n") if "waivers: [" in line or "rule:" in line or "]" in line
    }


# -- as users run it -------------------------------------------------------------------------

TEXT = HEAD + KEY + f"    key_id: {UUID}\n    waivers: [{OVER}, {GOOD}]\n"
DAYS = ("--as-of", "2026-11-22")


def test_fix_writes_the_file_and_reports_what_is_left(tmp_path: Path) -> None:
    path = tmp_path / "okx-keys.yaml"
    path.write_text(TEXT)
    path.chmod(0o640)
    done = okxlint("check", "--fix", *DAYS, "-f", "json", cwd=tmp_path)
    assert done.stderr == "okxlint: applied 2 edits in 1 file\n"
    rules = {each["rule"] for each in json.loads(done.stdout)["findings"]}
    assert not rules & {"short-key-id", "waiver-expired"}
    assert path.read_text() == TEXT.replace(UUID, "7a031a2b").replace(f"{OVER}, ", "")
    assert path.stat().st_mode & 0o777 == 0o640
    again = okxlint("check", "--fix", *DAYS, cwd=tmp_path)
    assert again.stderr == "okxlint: nothing to fix\n"


def test_diff_changes_nothing_and_shows_no_whole_id(tmp_path: Path) -> None:
    path = tmp_path / "okx-keys.yaml"
    path.write_text(TEXT)
    done = okxlint("check", "--diff", *DAYS, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("--- a/okx-keys.yaml\n+++ b/okx-keys.yaml\n@@")
    assert "+    key_id: 7a031a2b\n" in done.stdout
    assert UUID[:8] not in done.stdout
    assert path.read_text() == TEXT
    coloured = okxlint("check", "--diff", *DAYS, "--color", "always", cwd=tmp_path)
    assert "\x1b[32m+    key_id" in coloured.stdout
    path.write_text(HEAD + KEY)
    clean = okxlint("check", "--diff", *DAYS, cwd=tmp_path)
    assert (clean.returncode, clean.stdout) == (0, "")


def test_paths_choose_what_is_fixed(tmp_path: Path) -> None:
    folder = tmp_path / "okx-keys"
    folder.mkdir()
    for name in ("a", "b"):
        text = TEXT.replace("bot-1", name)
        (folder / f"{name}.yaml").write_text(
            text if name == "a" else re.sub("accounts.*\n", "", text)
        )
    okxlint("check", "--fix", *DAYS, "okx-keys/a.yaml", cwd=tmp_path)
    assert UUID not in (folder / "a.yaml").read_text()
    assert UUID in (folder / "b.yaml").read_text()


def test_a_waiver_of_the_policy_is_the_policys_matter(tmp_path: Path) -> None:
    (tmp_path / "okx-keys.yaml").write_text(HEAD + KEY)
    granted = UNUSED.replace("{", "{account: main, key: bot-1, ")
    policy = f"version: 1\nwaivers: {{granted: [{granted}]}}\n"
    (tmp_path / "okxlint.yaml").write_text(policy)
    done = okxlint("check", "--fix", *DAYS, cwd=tmp_path)
    assert "waiver-unused" in done.stdout
    assert (tmp_path / "okxlint.yaml").read_text() == policy


def test_sarif_and_json_offer_the_same_edit(tmp_path: Path) -> None:
    (tmp_path / "okx-keys.yaml").write_text(TEXT)
    done = okxlint("check", *DAYS, "-f", "sarif", "-o", "json=a.json", cwd=tmp_path)
    (run,) = json.loads(done.stdout)["runs"]
    fixes = [each["fixes"] for each in run["results"] if "fixes" in each]
    assert len(fixes) == 2
    offered = [each["fix"] for each in json.loads((tmp_path / "a.json").read_text())["findings"]]
    assert [each["title"] for each in offered if each] == [
        "Keep the last eight digits",
        "Remove the waiver",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--fix", "--diff"), "give one of them"),
        (("--fix", "-"), "standard input is none"),
        (("--diff", "-"), "standard input is none"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = okxlint("check", *arguments, cwd=tmp_path)
    assert (done.returncode, said in done.stderr) == (2, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_is_closed(tmp_path: Path) -> None:
    (tmp_path / "okx-keys.yaml").write_text(TEXT)
    tmp_path.chmod(0o555)
    done = okxlint("check", "--fix", *DAYS, cwd=tmp_path)
    tmp_path.chmod(0o755)
    assert done.returncode == 2
    assert "cannot write" in done.stderr


SHARED = (
    HEAD
    + "  - &b\n    label: bot-1\n    account: main\n    permissions: [trade]\n"
    + f"    ip_allowlist: [18.203.11.7]\n    waivers: [{GOOD}]\n"
)


@pytest.mark.parametrize(
    "other",
    [
        # The second key needs the waiver that the first one does not.
        "  - <<: *b\n    label: bot-2\n    ip_allowlist: []\n",
        "  - <<: [*b]\n    label: bot-2\n    ip_allowlist: []\n",
        "  - {label: bot-2, account: main, permissions: [read_only], metadata: {x: *b}}\n",
    ],
)
def test_a_waiver_that_several_keys_share_is_left(other: str, tmp_path: Path) -> None:
    assert mended(tmp_path, SHARED + other).files == ()
    assert len(mended(tmp_path, SHARED).files) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    metadata: {ticket: SEC-1}\n", ""),
        (f"    waivers: [{GOOD}]\n", ""),
        (KEY, ""),
        ("type: master, site: eea", "type: master"),
    ],
)
def test_a_text_that_says_less_is_not_written(before: str, after: str) -> None:
    text = HEAD.replace("master", "master, site: eea") + KEY + KEY
    text += f"    metadata: {{ticket: SEC-1}}\n    waivers: [{GOOD}]\n"
    file, less = read("a.yaml", text.encode()), text.replace(before, after, 1)
    assert says_as_much(file, file, [])
    assert not says_as_much(file, read("a.yaml", less.encode()), [])
    somewhere = [Edit(0, 1, "")]
    assert not says_as_much(file, read("a.yaml", less.encode()), somewhere)


@pytest.mark.parametrize(
    "beside",
    [
        "    metadata: {passphrase: hunter2-horse}\n",
        "    metadata:\n      api_secret: |\n        hunter2-horse\n",
        "    # -----BEGIN PRIVATE KEY-----\n    # hunter2-horse\n    # -----END PRIVATE KEY-----\n",
        f"    waivers: [{UNUSED.replace('reason: a', 'reason: passphrase=hunter2-horse')}]\n",
    ],
)
def test_a_difference_shows_no_secret(beside: str, tmp_path: Path) -> None:
    (tmp_path / "okx-keys.yaml").write_text(HEAD + KEY + f"    key_id: {UUID}\n" + beside)
    done = okxlint("check", "--diff", *DAYS, cwd=tmp_path)
    assert (done.returncode, "+    key_id: 7a031a2b" in done.stdout) == (1, True)
    assert "hunter2" not in done.stdout + done.stderr
    assert "*****" in done.stdout


def test_a_comment_that_ends_with_a_comma_is_left(tmp_path: Path) -> None:
    text = HEAD + KEY + f"    waivers: [{GOOD}, # see a,\n      {OVER}\n      ]\n"
    assert mended(tmp_path, text).files == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    app: [a, b, a]  # two\n", "    app: [a, b]  # two\n"),
        ("    app: [a, a, b, 'a', a]\n", "    app: [a, b]\n"),
        (
            "    app:\n      - a\n      - a  # again\n      - b\n",
            "    app:\n      - a\n      - b\n",
        ),
        ("    app: [\n      a,\n      a,\n    ]\n", "    app: [\n      a,\n    ]\n"),
    ],
)
def test_a_name_that_stands_twice_is_left_once(before: str, after: str, tmp_path: Path) -> None:
    assert fixed(tmp_path, HEAD + KEY + before) == HEAD + KEY + after


def test_a_need_that_stands_twice_is_told_as_info(tmp_path: Path) -> None:
    apps = "apps:\n  - name: a\n    needs: [trade, read_only, trade]\n"
    (tmp_path / "okx-keys.yaml").write_text(HEAD + KEY + apps)
    done = okxlint("check", "-f", "json", *DAYS, cwd=tmp_path)
    (found,) = (
        each for each in json.loads(done.stdout)["findings"] if each["value"] == "repeated entry"
    )
    assert (found["severity"], found["app"], found["line"], found["column"]) == (
        "info",
        "a",
        10,
        31,
    )
    assert fixed(tmp_path, HEAD + KEY + apps) == HEAD + KEY + apps.replace(", trade]", "]")


@pytest.mark.parametrize(
    "lists",
    [
        "    app: [a, &b a]\n    purpose: *b\n",
        "    app: [a, !!str a]\n",
        "    permissions: [trade, trade]\n",
        "    ip_allowlist: [203.0.113.7, 203.0.113.7]\n",
    ],
)
def test_what_is_not_plain_or_is_a_fact_of_the_key_stands_twice(lists: str, tmp_path: Path) -> None:
    key = KEY if "permissions" not in lists else KEY.replace("    permissions: [trade]\n", "")
    assert mended(tmp_path, HEAD + key + lists).files == ()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fix", "--as-of", "9999-12-31"], "--as-of cannot be a day to come"),
        (["--diff", "-f", "json"], "leave -f and -o out"),
        (["--diff", "-o", "json=x.json"], "leave -f and -o out"),
    ],
)
def test_what_does_not_go_with_a_fix(arguments: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "okx-keys.yaml").write_text(HEAD + KEY)
    done = okxlint("check", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["okx-keys.yaml"]


def test_a_difference_of_what_could_not_be_looked_at(tmp_path: Path) -> None:
    assert okxlint("check", "--diff", cwd=tmp_path).returncode == 3


def test_a_read_only_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = tmp_path / "okx-keys.yaml"
    manifest.write_text(HEAD + KEY + f"    key_id: {UUID}\n")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(OkxlintError, match="it is read-only"):
        fix(Request(Question(DAY), Wanted(str(tmp_path)), fail_on=None))
    assert UUID in manifest.read_text()


# -- what an edit must not hide ---------------------------------------------------------------

OTHER = "version: 1\nkeys:\n" + KEY.replace("bot-1", "bot-2")
LIMIT = GOOD.replace("ip-bound", "key-limit")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (OTHER, True),
        (OTHER.replace("[trade]", "[trad]"), False),
        (OTHER + "    label: bot-3\n", False),
        (OTHER.replace("version: 1", "version: 2"), False),
        (OTHER.replace("keys:", "key:"), False),
        # What is told as info leaves nothing out.
        (OTHER + "    app: [a, a]\n", True),
    ],
)
def test_a_waiver_is_taken_out_only_if_all_could_be_judged(
    other: str, told: bool, tmp_path: Path
) -> None:
    folder = tmp_path / "okx-keys"
    folder.mkdir()
    text = HEAD.replace("master}", f"master, waivers: [{LIMIT}]}}") + KEY
    (folder / "a.yaml").write_text(text)
    (folder / "b.yaml").write_text(other)
    done = okxlint("check", "--fix", *DAYS, "-f", "json", cwd=tmp_path)
    assert done.returncode in (0, 1)
    after = (folder / "a.yaml").read_text()
    assert (after == text) is not told
    said = [
        each["message"]
        for each in json.loads(done.stdout)["findings"]
        if each["rule"] == "waiver-unused"
    ]
    assert said == ([] if told else ["nothing that could be judged needs a waiver of key-limit"])


def test_a_waiver_is_not_unused_beside_a_file_that_nobody_could_read(tmp_path: Path) -> None:
    folder = tmp_path / "okx-keys"
    folder.mkdir()
    text = HEAD.replace("master}", f"master, waivers: [{LIMIT}]}}") + KEY
    (folder / "a.yaml").write_text(text)
    (folder / "b.yaml").symlink_to(tmp_path / "not-there.yaml")
    done = okxlint("check", "--fix", *DAYS, cwd=tmp_path)
    assert "waiver-unused" not in done.stdout
    assert (folder / "a.yaml").read_text() == text


def test_the_other_edits_of_a_file_are_made() -> None:
    text = HEAD + KEY + f"    key_id: {UUID}\n    waivers: [{GOOD}]\n"
    file = read("a.yaml", text.encode())

    def offer(old: str, new: str) -> Fix:
        start = text.index(old)
        return Fix("", file.source.location(start, start + len(old)), new)

    shorter, gone = offer(UUID, UUID[-8:]), offer("    permissions: [trade]\n", "")
    lines = offer(f"    waivers: [{GOOD}]\n", "")
    (first,), nothing = safe_edits(file, [shorter])
    assert not nothing
    (last,), _ = safe_edits(file, [lines])
    assert safe_edits(file, [gone, shorter, lines]) == ([first, last], True)
    assert safe_edits(file, [gone, shorter]) == ([first], True)
    assert safe_edits(file, [shorter, gone, offer("accounts: [", "accounts: {")]) == ([first], True)
    assert safe_edits(file, []) == ([], False)


def test_what_is_not_safe_beside_another_edit_is_left() -> None:
    # Either of the names may go, but not both.
    text = HEAD + KEY + "    app: [a, b, a]\n"
    file = read("a.yaml", text.encode())
    at = text.index("a, b, a")
    both = [Edit(at, at + 3, ""), Edit(at + 4, at + 7, "")]
    fixes = [Fix("", file.source.location(edit.start, edit.end), "") for edit in both]
    for edit, fix_ in zip(both, fixes, strict=True):
        assert safe_edits(file, [fix_]) == ([edit], False)
    assert safe_edits(file, fixes) == (both[:1], True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    status: Active\n    app: [g, g]\n", "    status: active\n    app: [g]\n"),
        ("    permissions: [readonly, trade]\n    app: [g, h, g]\n", None),
    ],
)
def test_names_that_stand_twice_in_what_is_not_right(
    before: str, after: str | None, tmp_path: Path
) -> None:
    key = KEY if "permissions" not in before else KEY.replace("    permissions: [trade]\n", "")
    wanted = after or before.replace("readonly", "read_only").replace(", g]", "]")
    assert fixed(tmp_path, HEAD + key + before) == HEAD + key + wanted


def test_a_correction_that_repeats_a_need(tmp_path: Path) -> None:
    text = HEAD + KEY + "apps:\n  - name: a\n    needs: [read_only, read, trade]\n"
    assert fixed(tmp_path, text) == text.replace("read, ", "")


def test_a_file_that_is_not_utf8_is_left(tmp_path: Path) -> None:
    path = tmp_path / "okx-keys.yaml"
    data = (HEAD + KEY + f"    key_id: {UUID}\n").encode() + b"---\n# caf\xe9\n"
    path.write_bytes(data)
    done = okxlint("check", "--fix", *DAYS, cwd=tmp_path)
    assert path.read_bytes() == data
    assert done.stderr == (
        "okxlint: okx-keys.yaml: mend it by hand: it is not UTF-8, and writing it would change "
        "what is not\n"
    )
    assert "yaml-syntax" in done.stdout
    shown = okxlint("check", "--diff", *DAYS, cwd=tmp_path)
    assert (shown.returncode, shown.stdout, shown.stderr) == (1, "", done.stderr)


@pytest.mark.parametrize(
    "written",
    [
        f'"{UUID[:24]}\\\n      {UUID[24:]}"',
        f'"\\x{ord(UUID[0]):x}{UUID[1:]}"',
        f'"{UUID[:9]}\\u{ord(UUID[9]):04x}{UUID[10:]}"',
        UUID,
    ],
)
def test_no_form_of_a_whole_id_is_shown(written: str, tmp_path: Path) -> None:
    text = HEAD + KEY + f"    key_id: {written}\n    status: Active\n    waivers: [{OVER}]\n"
    (tmp_path / "okx-keys.yaml").write_text(text)
    shown = okxlint("check", "--diff", *DAYS, cwd=tmp_path)
    assert shown.returncode == 1
    told = okxlint("check", *DAYS, cwd=tmp_path)
    for output in (shown.stdout, told.stdout):
        assert not any(UUID[at : at + 6] in output for at in range(len(UUID) - 14))

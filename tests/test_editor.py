"""The editor's modules without an editor: places, what is written there, told and offered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.documents.insertion import Insertion, entry_insertion
from okxlint.documents.reader import read
from okxlint.editor.actions import actions, fix_all
from okxlint.editor.checked import Checked, Settings, check
from okxlint.editor.completion import complete
from okxlint.editor.cursor import cursor_at
from okxlint.editor.hover import Hover, hover
from okxlint.editor.lines import Lines
from okxlint.fixes import with_edits
from okxlint.manifest import load
from tests.conftest import DAY

HEAD = "version: 1\naccounts: [{name: main, type: master}]\n"
KEY = """\
keys:
  - label: bot-1  # ours
    account: main
    permissions: [trade, withdraw]
    created: 2026-10-01
"""
UUID = "1e4f0c2a-0f0e-4b1c-9d3a-10fe7a031a2b"


def checked_of(folder: Path, text: str, policy: str = "version: 1\n") -> tuple[Checked, str]:
    """A folder whose manifest says something else on disk, and the manifest's path."""
    path = folder.resolve() / "okx-keys.yaml"
    path.write_text("version: 1\n")
    (folder / "okxlint.yaml").write_text(policy)
    return check(str(folder.resolve()), {str(path): text}, Settings(as_of=DAY)), str(path)


def cut(marked: str) -> tuple[str, int]:
    """A text without the mark ``¦`` in it, and where that was."""
    before, _, after = marked.partition("¦")
    return before + after, len(before)


# -- lines -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 6), ("utf-16", 3), ("utf-32", 2)])
def test_columns_are_counted_in_the_units_agreed_upon(encoding: str, column: int) -> None:
    lines = Lines("a\n\U0001f511é= x", encoding)
    assert lines.position(4) == (1, column)
    assert lines.offset(1, column) == 4
    # A position inside a character is that character's.
    assert lines.offset(1, 1) == (3 if encoding == "utf-32" else 2)


def test_a_line_ends_where_an_editor_ends_it() -> None:
    lines = Lines("a\r\nb\rc\nd\u2028e\x0cf\n")
    assert [lines.position(offset)[0] for offset in (0, 3, 5, 7, 9, 11, 13)] == [
        0,
        1,
        2,
        3,
        3,
        3,
        4,
    ]
    # Beyond a line's end, before what ends it; beyond the text, its end.
    assert [lines.offset(line, 99) for line in (0, 1, 2, 3, 4, 99)] == [1, 4, 6, 12, 13, 13]


@given(st.text(st.sampled_from("ab\r\n\u2028é\U0001f511")), st.sampled_from(["utf-8", "utf-16"]))
def test_every_offset_has_a_position_and_comes_back(text: str, encoding: str) -> None:
    lines = Lines(text, encoding)
    for offset in range(len(text) + 1):
        inside = text[offset - 1 : offset + 1] == "\r\n"
        assert lines.offset(*lines.position(offset)) == offset - inside


# -- what is written at a place --------------------------------------------------------------


@pytest.mark.parametrize(
    ("marked", "route", "field", "word", "present"),
    [
        ("¦", (), None, "", ""),
        ("version: 1\nke¦", (), None, "ke", "version"),
        ("version: ¦", (), "version", "", ""),
        ("keys:\n  - lab¦", ("keys",), None, "lab", ""),
        ("keys:\n- label: x\n  acc¦\n  status: x", ("keys",), None, "acc", "label"),
        ("keys:\n  -\n    label: x\n    ¦", ("keys",), None, "", "label"),
        ("keys:\n  - label: x\n  - ¦", ("keys",), None, "", ""),
        ("keys:\n  - label: x\n    status: ac¦", ("keys",), "status", "ac", ""),
        ("keys:\r\n  - label: x\r\n    status: ac¦", ("keys",), "status", "ac", ""),
        ("keys:\n  - label: x\n    permissions: [a, tr¦]", ("keys",), "permissions", "tr", ""),
        ("keys:\n  - label: x\n    needs:\n      - tr¦", ("keys", "needs"), None, "tr", ""),
        ("keys:\n  - label: x\n    needs:\n    - tr¦", ("keys", "needs"), None, "tr", ""),
        ("keys:\n  - {label: 'a, b', ac¦", ("keys",), None, "ac", "label"),
        ('keys:\n  - {"label": "}", status: ac¦', ("keys",), "status", "ac", ""),
        ("keys: [{label: x, app: ¦", ("keys",), "app", "", ""),
        ("keys:\n  - {label: x, app: [a], waivers: [{rule: ¦", ("keys", "waivers"), "rule", "", ""),
        ("keys:\n  - {waivers: [{rule: a}], ¦", ("keys",), None, "", "waivers"),
        (
            "keys:\n  - label: x\n    waivers:\n      - rule: a\n        reason: b\n        ¦",
            ("keys", "waivers"), None, "", "rule reason",
        ),
        ("keys:\n  - app: x\n    waivers:\n      - rule: a\n    ¦",
         ("keys",), None, "", "app waivers"),
        ("apps:\n  - name: a\n# note\n\nkeys:\n  - app: ¦", ("keys",), "app", "", ""),
        ("keys:\n  - app: x\n    owner: >\n      a\n      b\n    ¦",
         ("keys",), None, "", "app owner"),
    ],
)  # fmt: skip
def test_what_is_written_at_a_place(
    marked: str, route: tuple[str, ...], field: str | None, word: str, present: str
) -> None:
    text, offset = cut(marked)
    cursor = cursor_at(text, offset)
    assert cursor
    assert (cursor.route, cursor.field, text[cursor.start : offset]) == (route, field, word)
    assert cursor.present == set(present.split())


@pytest.mark.parametrize("marked", ["# ke¦", "version: 1  # ke¦"])
def test_nothing_is_written_in_a_comment(marked: str) -> None:
    assert cursor_at(*cut(marked)) is None


@given(st.text(st.sampled_from("ab: -\n[]{},'\"#\t\r")), st.integers(0, 40))
def test_no_text_is_too_odd_to_write_in(text: str, offset: int) -> None:
    cursor = cursor_at(text, min(offset, len(text)))
    assert cursor is None or 0 <= cursor.start <= offset


# -- completion ------------------------------------------------------------------------------

DESK = (
    "version: 1\naccounts: [{name: main, type: master}, {name: sub-1, type: sub, parent: main}]\n"
    "apps: [{name: grid, purpose: grids}, {name: 'on', needs: []}]\n"
    "keys: [{label: k1, account: main, permissions: [trade]}]\n"
)


@pytest.mark.parametrize(
    ("marked", "texts"),
    [
        ("¦", ["version: ", "accounts:", "apps:", "keys:"]),
        ("version: 1\nkeys:\n¦", ["accounts:", "apps:"]),
        ("version: ¦", ["1"]),
        ("accounts:\n  - ¦", ["name: ", "type: ", "uid: ", "site: ", "parent: ", "waivers:"]),
        ("accounts:\n  - type: ¦", ["master", "sub"]),
        ("accounts:\n  - site: ¦", ["global", "eea", "us", "tr"]),
        ("accounts:\n  - parent: ¦", ["main", "sub-1"]),
        ("apps:\n  - needs: [¦", ["read_only", "trade", "withdraw"]),
        ("keys:\n  - permissions:\n      - ¦", ["read_only", "trade", "withdraw"]),
        ("keys:\n  - status: ¦", ["planned", "active", "retired", "compromised", "revoked"]),
        ("keys:\n  - environment: ¦", ["live", "demo"]),
        ("keys:\n  - app: ¦", ["grid", '"on"']),
        ("keys:\n  - account: ¦", ["main", "sub-1"]),
        ("keys:\n  - replaces: ¦", ["k1"]),
        ("keys:\n  - label: ¦", []),
        ("keys:\n  - metadata: {a: ¦", []),
        ("other:\n  - a: ¦", []),
        ("# ¦", []),
        (
            "keys:\n  - label: a\n    waivers:\n      - rule: a\n        ¦",
            ["reason: ", "approved_by: ", "granted: ", "expires: ", "value: "],
        ),
    ],
)
def test_what_may_stand_at_a_place(marked: str, texts: list[str], tmp_path: Path) -> None:
    checked, _ = checked_of(tmp_path, DESK)
    text, offset = cut(marked)
    start, offers = complete(checked, text, offset)
    assert start == offset
    assert [each.text for each in offers] == texts


def test_the_rules_that_can_be_waived_may_stand_in_a_waiver(tmp_path: Path) -> None:
    checked, _ = checked_of(tmp_path, DESK)
    _, offers = complete(checked, *cut("keys:\n  - waivers:\n      - rule: ¦"))
    details = {each.label: each.detail for each in offers}
    assert details["max-age"] == "A live key must be replaced before it is too old."
    assert not details.keys() & {"no-secrets", "yaml-syntax", "waiver-valid"}


def test_a_name_that_a_report_would_mask_is_not_offered(tmp_path: Path) -> None:
    checked, _ = checked_of(tmp_path, DESK.replace("grid,", f"{UUID},"))
    _, offers = complete(checked, *cut("keys:\n  - app: ¦"))
    assert [each.label for each in offers] == ["on"]


# -- hover -----------------------------------------------------------------------------------


def told(folder: Path, marked: str, policy: str = "version: 1\n") -> Hover | None:
    text, offset = cut(marked)
    return hover(*checked_of(folder, text, policy), offset)


def test_a_label_shows_the_keys_age_and_due_days(tmp_path: Path) -> None:
    shown = told(tmp_path, HEAD + KEY.replace("bot-1", "bot¦-1").replace(", withdraw", ""))
    assert shown
    card, *_ = shown.text.split("\n\n---\n\n")
    assert card == (
        "`bot-1` · account `main`\n\n"
        "active, live · read_only, trade\n\n"
        "Created 2026-10-01: 52 days old.\n\n"
        "- **2026-12-31**, in 39 days: `max-age`\n"
        "- **2026-12-31**, in 39 days: `reviewed`"
    )


def test_a_key_without_a_day_says_so(tmp_path: Path) -> None:
    shown = told(
        tmp_path, HEAD + KEY.replace("    created: 2026-10-01\n", "").replace("bot", "b¦ot")
    )
    assert shown
    assert "It does not say when it was created." in shown.text


def test_a_finding_shows_its_message_its_next_step_and_the_rules_page(tmp_path: Path) -> None:
    text = HEAD + KEY.replace("withdraw", "with¦draw")
    shown = told(tmp_path, text)
    assert shown
    assert "**error** `no-withdraw`: key 'bot-1' of account 'main' can withdraw funds" in shown.text
    assert "\n# no-withdraw\n" in shown.text
    plain, offset = cut(text)
    assert plain[shown.start : shown.end] == "withdraw"
    assert shown.start <= offset <= shown.end


def test_a_waivers_rule_shows_its_page(tmp_path: Path) -> None:
    waiver = "    waivers: [{rule: demo-¦first, reason: a, approved_by: b, expires: 2026-12-01}]\n"
    shown = told(tmp_path, HEAD + KEY + waiver)
    assert shown
    assert shown.text.startswith("# demo-first\n")


@pytest.mark.parametrize("marked", [f"¦{HEAD}{KEY}", HEAD + KEY.replace("main\n", "ma¦in\n")])
def test_most_places_show_nothing(marked: str, tmp_path: Path) -> None:
    assert told(tmp_path, marked, "version: 1\nextends: []\n") is None


def test_nothing_of_an_input_is_markup_in_a_hover(tmp_path: Path) -> None:
    label = "'![x](https://example.com/a.png) **b**'"
    shown = told(tmp_path, HEAD + KEY.replace("bot-1", f"{label[:5]}¦{label[5:]}"))
    assert shown
    assert shown.text.startswith("`![x](https://example.com/a.png)` `**b**` · account `main`\n")


# -- actions ---------------------------------------------------------------------------------


def offered(folder: Path, text: str, at: str, policy: str = "version: 1\n") -> dict[str, str]:
    """The text after each action that is offered at a word, by the action's title."""
    checked, path = checked_of(folder, text, policy)
    start = text.index(at)
    found = actions(checked, path, start, start + len(at))
    return {action.title: with_edits(text, action.edits) for action in found}


def test_a_fix_is_offered_where_its_finding_is(tmp_path: Path) -> None:
    text = HEAD + KEY + f"    key_id: {UUID}\n"
    after = offered(tmp_path, text, UUID)
    assert text.replace(UUID, UUID[-8:]) in after.values()
    assert not any("key_id" in title for title in offered(tmp_path, text, "bot-1"))


def test_a_waiver_to_fill_in_does_not_hold_before_it_is_filled_in(tmp_path: Path) -> None:
    after = offered(tmp_path, HEAD + KEY, "withdraw")
    text = after["Add a waiver of no-withdraw, to be filled in"]
    assert text == HEAD + KEY + (
        "    waivers:\n      - rule: no-withdraw\n        reason:\n        approved_by:\n"
        "        granted: 2026-11-22\n        expires: 2026-12-22\n        value: withdraw\n"
    )
    checked, path = checked_of(tmp_path, text)
    rules = [finding.rule for finding in checked.findings[path]]
    assert {"no-withdraw", "waiver-valid"} <= set(rules)
    filled = text.replace("reason:", "reason: until the move").replace("_by:", "_by: a@example.com")
    checked, path = checked_of(tmp_path, filled)
    rules = [finding.rule for finding in checked.findings[path]]
    assert not {"no-withdraw", "waiver-valid"} & set(rules)


def test_a_waiver_in_brackets_is_filled_in_likewise(tmp_path: Path) -> None:
    text = HEAD + "keys: [{label: a-1, account: main, permissions: [withdraw]}]\n"
    after = offered(tmp_path, text, "withdraw")["Add a waiver of no-withdraw, to be filled in"]
    assert (
        ", waivers: [{rule: no-withdraw, reason: , approved_by: , granted: 2026-11-22, "
        "expires: 2026-12-22, value: withdraw}]}]"
    ) in after
    filled = after.replace("reason:", "reason: until then").replace("_by:", "_by: a@example.com")
    checked, path = checked_of(tmp_path, filled)
    rules = {finding.rule for finding in checked.findings[path]}
    assert not {"no-withdraw", "waiver-valid", "yaml-syntax"} & rules


def test_a_waiver_lasts_no_longer_than_the_policy_allows(tmp_path: Path) -> None:
    after = offered(tmp_path, HEAD + KEY, "withdraw", "version: 1\nwaivers: {max_days: 7}\n")
    assert "expires: 2026-11-29" in after["Add a waiver of no-withdraw, to be filled in"]


@pytest.mark.parametrize(
    ("policy", "text", "at"),
    [
        ("waivers: {never: [no-withdraw]}", HEAD + KEY, "withdraw"),
        ("rules: {no-withdraw: {severity: error, locked: true}}", HEAD + KEY, "withdraw"),
        ("", HEAD + KEY + "    x: 1\n", "x"),
    ],
)
def test_no_waiver_is_offered_that_could_not_hold_or_stand(
    policy: str, text: str, at: str, tmp_path: Path
) -> None:
    after = offered(tmp_path, text, at, f"version: 1\n{policy}\n")
    assert not any("no-withdraw" in title for title in after)


def test_nothing_is_offered_for_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    text = HEAD + KEY + f"    key_id: {UUID}\n    purpose: caf\ufffd\n"
    checked, path = checked_of(tmp_path, text)
    at = text.index(UUID)
    assert list(actions(checked, path, at, at))
    assert fix_all(checked, path)
    # The editor has replaced what is not UTF-8; the file has it still.
    Path(path).write_bytes(text.encode().replace("\ufffd".encode(), b"\xe9"))
    assert not list(actions(checked, path, at, at))
    assert fix_all(checked, path) is None
    Path(path).unlink()
    assert fix_all(checked, path)


def test_all_fixes_of_a_file_at_once(tmp_path: Path) -> None:
    text = HEAD + KEY + f"    key_id: {UUID}\n    app: [a, a]\n"
    checked, path = checked_of(tmp_path, text)
    everything = fix_all(checked, path)
    assert everything
    mended = text.replace(UUID, UUID[-8:]).replace("[a, a]", "[a]")
    assert with_edits(text, everything.edits) == mended
    assert fix_all(*checked_of(tmp_path, HEAD + KEY)) is None


# -- where a waiver goes ---------------------------------------------------------------------

WAIVER = "{rule: demo-first, reason: a, approved_by: b}"
ENDS = [
    "    created: 2026-10-01",
    "    created: 2026-10-01  # a comment",
    "    owner:",
    "    purpose: >\n      long\n      text\n",
    "    purpose: |+\n      long\n\n",
    "    purpose: |-\n      long",
    "    purpose: 'quoted\n      twice'  # and a comment",
    "    app: [a, b]",
    "    app: [\n      a,  # one\n      b,\n    ]",
    "    app:\n      - a\n      # after it\n",
    "    metadata: {a: [1, {b: 2}], c: '}'}",
    "    metadata:\n      a:\n        - b: c\n",
    f"    waivers:\n      - {WAIVER}",
    f"    waivers:\n    - {WAIVER}  # in line",
    "    waivers:\n      - rule: demo-first\n        reason: |\n          a\n        value: b\n",
    f"    waivers: [{WAIVER}]",
    "    waivers: []",
    "    waivers:",
]
STARTS = [
    "  - label: k\n    account: main\n    permissions: [trade]\n",
    "- label: k\n  account: main\n  permissions: [trade]\n",
    "  -\n    label: k\n    account: main\n    permissions: [trade]\n",
    "  - &k\n    label: k\n    account: main\n    permissions: [trade]\n",
    "  - {label: k, account: main, permissions: [trade]}\n",
    "  - ? label\n    : k\n    account: main\n    permissions: [trade]\n",
]
OTHER = "  - {label: z, account: main, permissions: [read_only]}\n"
AFTER = ["", "\n", OTHER, "apps: [{name: a}]\n", "...\n"]


@settings(max_examples=300)
@given(
    start=st.sampled_from(STARTS),
    ends=st.lists(st.sampled_from(ENDS), max_size=3, unique_by=lambda end: end.split(":")[0]),
    after=st.sampled_from(AFTER),
    newline=st.sampled_from(["\n", "\r\n"]),
    merged=st.booleans(),
)
def test_an_entry_adds_one_waiver_and_changes_nothing_else(
    start: str, ends: list[str], after: str, newline: str, merged: bool
) -> None:
    body = "\n".join(ends)
    if start.startswith("- "):
        body = "\n".join(line.removeprefix("  ") for line in body.split("\n"))
        after = after.removeprefix("  ")
    if merged and "&k" in start and after == OTHER:
        after = "  - {<<: *k, label: z}\n"
    text = "version: 1\nkeys:\n" + start + body + ("\n" if body and after else "") + after
    before = text.replace("\n", newline)
    edit = insertion(before)
    if edit is None:
        return
    now = before[: edit.offset] + entry_of(edit) + before[edit.offset :]
    assert not read("a.yaml", now.encode()).problems, now
    assert waivers_in(now) == [*waivers_in(before), "max-age"], now
    assert facts(now) == facts(before), now


def insertion(text: str) -> Insertion | None:
    """Where a waiver of the first key goes; ``None`` too if there is none, or no YAML."""
    file = read("a.yaml", text.encode())
    (inventory, _) = load([file])
    if file.problems or not inventory.keys:
        return None
    return entry_insertion(file.source, file.spans, inventory.keys[0].origin.node, "waivers")


def entry_of(place: Insertion) -> str:
    if place.indent is None:
        return f"{place.before}{{rule: max-age, reason: , value: a}}{place.after}"
    return f"{place.before}{place.indent}- rule: max-age{place.newline}"


def waivers_in(text: str) -> list[str]:
    (inventory, _) = load([read("a.yaml", text.encode())])
    return [waiver.rule for waiver in inventory.keys[0].waivers]


def facts(text: str) -> list[Any]:
    """All values of a text, the first key's waivers aside."""
    values = [document.value for document in read("a.yaml", text.encode()).documents]
    values[0]["keys"][0].pop("waivers", None)
    return values


@pytest.mark.parametrize(
    "end", [end for end in ENDS if "+" not in end and not end.endswith(("waivers:", "g"))]
)
def test_the_usual_ways_to_write_a_key_take_a_waiver(end: str) -> None:
    assert insertion("version: 1\nkeys:\n" + STARTS[0] + end)


FLOW = [
    "{label: k, account: main, permissions: [trade]¦}",
    "{label: k, account: main, permissions: [trade]¦, }",
    "{label: k, account: main, permissions: [trade], metadata: {a: [{b: c}]}¦ }",
    '{"label": k, "account": main, "permissions": ["trade"], owner: "a }"¦}',
    "{label: k, account: main, permissions: [trade], waivers: [¦]}",
    "{label: k, account: main, permissions: [trade], waivers: [{rule: ip-bound}¦], owner: a}",
    "{\n    label: k,\n    account: main,\n    permissions: [\n    trade,\n    ]¦,\n    }",
]


@pytest.mark.parametrize("key", FLOW)
def test_in_brackets_it_goes_before_the_one_that_closes(key: str) -> None:
    before = "version: 1\nkeys:\n  - " + key.replace("¦", "") + "\n"
    edit = insertion(before)
    assert edit
    assert edit.offset == before.index(key[0]) + key.index("¦")
    now = before[: edit.offset] + entry_of(edit) + before[edit.offset :]
    assert not read("a.yaml", now.encode()).problems
    assert waivers_in(now) == [*waivers_in(before), "max-age"]
    assert facts(now) == facts(before)


@pytest.mark.parametrize(
    "key",
    [
        "? label\n    : k\n    account: main\n    permissions: [trade]",
        "{label: k, account: main, permissions: [trade] # a\n    }",
        "{label: k, account: main, permissions: [trade], waivers: [{rule: a} # b\n    ]}",
        "{label: k, account: main, permissions: [trade], waivers: }",
        "{label: k, account: main, permissions: [trade], waivers: {rule: a}}",
        "label: k\n    account: main\n    permissions: [trade]\n    waivers:",
        "{label: k, account: main, permissions: [trade], metadata: {a: [b # c\n    ]}}",
    ],
)
def test_an_unusual_way_takes_none(key: str) -> None:
    assert insertion("version: 1\nkeys:\n  - " + key) is None

"""``okxlint register`` as CSV, JSON and Markdown, and what it says of keys and accounts."""

from __future__ import annotations

import csv
import html
import json
import re
from collections import Counter
from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from okxlint.case import load_case
from okxlint.check import Request, report_on
from okxlint.engine import Question
from okxlint.loading import Wanted
from okxlint.register import Entry, Register
from okxlint.register.csv_rows import write_csv
from okxlint.register.json_v1 import register_object, write_json
from okxlint.register.making import register_of
from okxlint.register.markdown import write_markdown
from okxlint.register.page import write_html
from okxlint.snapshot.file import load_snapshot
from tests.asking import okxlint
from tests.conftest import DAY
from tests.policy_files import install
from tests.repositories import git, plain_git
from tests.sample_snapshot import account, key, master, snapshot
from tests.test_cli import ROOT

MANIFEST = """\
version: 1
accounts:
  - {name: main, type: master}
  - {name: gridbot01, type: sub, parent: main}
apps:
  - {name: grid-bot, owner: quant-desk, purpose: Grid trading, needs: [trade]}
  - {name: hedge-bot, owner: risk-desk, needs: [trade]}
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: [grid-bot, hedge-bot]
    permissions: [trade]
    ip_allowlist: [203.0.113.7, 198.51.100.0/28]
    created: 2026-10-01
    last_reviewed: 2026-11-01
    expires: 2027-01-15
    key_id: 1e4f0c2a-0f0e-4b1c-9d3a-10fe7a031a2b
    secret_ref: vault://trading/okx/gridbot
    waivers:
      - {rule: demo-first, reason: no demo, approved_by: security@example.com, expires: 2026-12-31}
  - {label: old, account: gridbot01, permissions: [read_only], status: revoked, created: 2026-01-01}
  - {label: demo, account: gridbot01, permissions: [trade], environment: demo, owner: lab}
  - {label: treasury, account: main, permissions: [withdraw]}
  - {label: broken, account: main, permissions: [with]}
"""


def register(folder: Path, manifest: str = MANIFEST, policy: str = "", **asked: Any) -> Register:
    (folder / "okx-keys.yaml").write_text(manifest)
    (folder / "okxlint.yaml").write_text(f"version: 1\n{policy}")
    case = load_case(Request(Question(DAY), Wanted(str(folder)), fail_on=None, **asked))
    return register_of(case, report_on(case, case.request.question))


def entry(made: Register, label: str) -> Entry:
    return next(each for each in made.entries if each.label == label)


def test_a_key_with_all_that_is_said_of_it(tmp_path: Path) -> None:
    made = entry(register(tmp_path), "gridbot-2026q4")
    assert (made.account, made.apps) == ("gridbot01", ("grid-bot", "hedge-bot"))
    assert (made.owner, made.purpose) == ("quant-desk, risk-desk", "Grid trading")
    assert made.permissions == ("read_only", "trade")
    assert made.addresses == ("203.0.113.7", "198.51.100.0/28")
    assert (made.age, made.rotate_by) == (52, date(2026, 12, 30))
    assert made.key_id == "7a031a2b"
    (waiver,) = made.waivers
    assert (waiver.rule, waiver.approved_by) == ("demo-first", "security@example.com")
    assert waiver.expires == date(2026, 12, 31)
    assert made.waived == 1
    assert [each.rule for each in made.findings] == ["one-key-per-app", "short-key-id"]
    assert (made.worst and made.worst.word, made.live) == ("error", "")


def test_keys_of_every_status_and_environment(tmp_path: Path) -> None:
    made = register(tmp_path)
    labels = ["demo", "gridbot-2026q4", "old", "broken", "treasury"]
    assert [each.label for each in made.entries] == labels
    assert entry(made, "old").findings == ()
    assert entry(made, "old").rotate_by is None
    assert (entry(made, "demo").owner, entry(made, "demo").rotate_by) == ("lab", None)
    assert (entry(made, "treasury").age, entry(made, "treasury").rotate_by) == (None, None)


def test_the_day_of_rotation_is_the_last_that_does_not_fail(tmp_path: Path) -> None:
    short = "rules: {max-age: {max_days: 30}}\n"
    assert entry(register(tmp_path, policy=short), "gridbot-2026q4").rotate_by == date(2026, 10, 31)
    off = "rules: {max-age: off}\n"
    assert entry(register(tmp_path, policy=off), "gridbot-2026q4").rotate_by is None
    override = "overrides: [{match: {account: gridbot01}, rules: {max-age: {max_days: 10}}}]\n"
    made = register(tmp_path, policy=override)
    assert entry(made, "gridbot-2026q4").rotate_by == date(2026, 10, 11)


def test_accounts(tmp_path: Path) -> None:
    made = register(tmp_path, policy="rules: {key-limit: {max_keys: 1}}\n")
    sub, main = made.accounts
    assert (sub.name, sub.type, sub.slots) == ("gridbot01", "sub", 1)
    assert sub.used == {"live": 1, "demo": 1}
    assert sub.rights == {"read_only": 2, "trade": 2, "withdraw": 0}
    # A key with a schema error takes a slot as well.
    assert (main.used["live"], main.rights["withdraw"]) == (2, 1)
    assert [each.rule for each in main.findings] == ["key-limit"]
    implied = register(
        tmp_path, "version: 1\nkeys: [{label: a, account: x, permissions: [trade]}]\n"
    )
    assert [(each.name, each.type) for each in implied.accounts] == [("x", "")]


def test_a_key_with_a_schema_error_is_there_and_not_judged(tmp_path: Path) -> None:
    made = entry(register(tmp_path), "broken")
    assert (made.account, made.status, made.judged, made.permissions) == (
        *("main", "active", False),
        (),
    )
    assert [each.rule for each in made.findings] == ["manifest-schema"]
    assert (made.path, made.line) == ("okx-keys.yaml", 24)


ODD = """\
version: 1
keys:
  - {label: k, account: a, permissions: [trade], created: 2026-10-01}
  - {label: k, account: a, permissions: [withdraw], created: 2026-10-01}
  - {label: k, account: a, permissions: [with]}
apps: [{name: unused}]
"""


def test_of_keys_of_one_name_each_has_what_is_found_of_it(tmp_path: Path) -> None:
    made = register(tmp_path, ODD)
    first, second, third = made.entries
    said = [{each.rule for each in found.findings} for found in made.entries]
    assert "no-withdraw" not in said[0]
    assert "no-withdraw" in said[1]
    assert said[2] == {"manifest-schema"}
    assert (first.line, second.line, third.line) == (3, 4, 5)
    assert len(made.findings) == sum(len(each.findings) for each in made.entries) + len(
        [each for part in (made.accounts, made.apps) for each in part for _ in each.findings]
    ) + len(made.others)


def test_findings_of_nothing_that_has_an_entry(tmp_path: Path) -> None:
    made = register(tmp_path, MANIFEST + "x: 1\nkey: []\n")
    assert [(each.rule, each.value) for each in made.others] == [
        ("manifest-schema", "unknown field"),
        ("manifest-schema", "unknown field"),
    ]


WAIVED = "approved_by: security@example.com"


def test_waivers_of_every_kind_of_object_and_state(tmp_path: Path) -> None:
    waivers = {
        "holds": f"rule: ip-bound, reason: a, {WAIVED}, expires: 2026-12-31",
        "ended": f"rule: ip-bound, reason: a, {WAIVED}, expires: 2026-11-21",
        "does not hold": "rule: ip-bound, reason: a",
    }
    listed = f"[{', '.join(f'{{{each}}}' for each in waivers.values())}]"
    of_account, of_app = (listed.replace("ip-bound", rule) for rule in ("key-limit", "stale-needs"))
    manifest = (
        "version: 1\n"
        f"accounts: [{{name: a, type: master, waivers: {of_account}}}]\n"
        f"apps: [{{name: b, waivers: {of_app}}}]\n"
        f"keys: [{{label: k, account: a, app: b, permissions: [trade], waivers: {listed}}}]\n"
    )
    made = register(tmp_path, manifest)
    for found in (made.entries[0], made.accounts[0], made.apps[0]):
        assert [each.state for each in found.waivers] == list(waivers)
    row = text_of(made, write_csv).split("\n")[2]
    assert row.startswith("account,a,")
    assert "key-limit by security@example.com until 2026-12-31; key-limit by" in row
    assert (
        "until 2026-11-21 (ended); key-limit (does not hold: it says no approved_by, expires)"
        in row
    )
    page = text_of(made, write_html)
    assert 'stale-needs</code>, <b class="not-held">ended</b>, last day 2026-11-21' in page
    assert "| `b` |" in text_of(made, write_markdown)


def test_a_waiver_that_the_commit_that_rules_does_not_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_git(monkeypatch)
    git(tmp_path, "init", "-q", "-b", "main")
    register(tmp_path, "version: 1\nkeys: []\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    made = register(tmp_path, policy_ref="main")
    assert [each.state for each in entry(made, "gridbot-2026q4").waivers] == ["not yet in force"]


def test_paths_confine_it(tmp_path: Path) -> None:
    folder = tmp_path / "okx-keys"
    folder.mkdir()
    (folder / "b.yaml").write_text(ODD.replace("account: a", "account: b"))
    (tmp_path / "okx-keys.yaml").write_text(MANIFEST)
    wanted = Wanted(str(tmp_path), ("okx-keys.yaml",))
    case = load_case(Request(Question(DAY), wanted, fail_on=None))
    made = register_of(case, report_on(case, case.request.question))
    assert {each.account for each in made.entries} == {"main", "gridbot01"}
    assert {each.name for each in made.accounts} == {"main", "gridbot01"}
    assert {each.name for each in made.apps} == {"grid-bot", "hedge-bot"}
    assert made.paths == ("okx-keys.yaml",)
    assert "in `okx-keys.yaml` as of" in text_of(made, write_markdown)
    assert "Only what is declared in <code>okx-keys.yaml</code>, and" in text_of(made, write_html)
    assert register_object(made)["paths"] == ["okx-keys.yaml"]
    # Each account and app that keys there name is told of, wherever it is declared.
    (tmp_path / "okx-keys.yaml").write_text(MANIFEST.split("keys:", maxsplit=1)[0])
    (folder / "b.yaml").write_text("version: 1\nkeys:" + MANIFEST.split("keys:")[1])
    case = load_case(Request(Question(DAY), Wanted(str(tmp_path), ("okx-keys",)), fail_on=None))
    made = register_of(case, report_on(case, case.request.question))
    assert {each.name for each in made.accounts} == {"main", "gridbot01"}
    assert {each.name for each in made.apps} == {"grid-bot", "hedge-bot"}


def test_waivers_that_the_policy_grants(tmp_path: Path) -> None:
    granted = (
        "{account: main, key: treasury, rule: ip-bound, reason: a, approved_by: b@example.com}"
    )
    made = register(tmp_path, policy=f"waivers: {{granted: [{granted}]}}\n")
    assert [each.rule for each in entry(made, "treasury").waivers] == ["ip-bound"]


FAILED = account("gridbot01", listing="failed", reason="a")


@pytest.mark.parametrize(
    ("text", "live", "listing"),
    [
        (snapshot(master(), account("gridbot01", key())), "on OKX", "complete"),
        (snapshot(master(), account("gridbot01")), "not on OKX", "complete"),
        (
            snapshot(master(), account("gridbot01", listing="failed", reason="a")),
            "unknown",
            "failed",
        ),
        (snapshot(account("other", type="master")), "no snapshot", "no snapshot"),
        # Its master's list of sub-accounts does not have it.
        (snapshot(master()), "not on OKX", "not on OKX"),
        (
            snapshot(master(), account("gridbot01", key("new-name", key_id="7a031a2b"))),
            "on OKX, under another label",
            "complete",
        ),
    ],
)
def test_what_a_snapshot_says(text: str, live: str, listing: str, tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text(text)
    read = load_snapshot(str(tmp_path / "main.json"))
    made = register(tmp_path, snapshots=(read,), max_snapshot_age=10)
    assert entry(made, "gridbot-2026q4").live == live
    assert made.accounts[0].listing == listing
    assert made.inputs[-1].kind == "snapshot"
    assert (f"| {live} |" in text_of(made, write_markdown)) is (live != "")
    assert f"<td>{listing}</td>" in text_of(made, write_html)
    row = next(
        row
        for row in csv.DictReader(StringIO(text_of(made, write_csv)))
        if row["label"] == "gridbot-2026q4"
    )
    assert (row["live"], row["listing"]) == (live, listing)
    assert made.inputs[-1].sha256 == sha256(text.encode()).hexdigest()


# -- what it is made of ----------------------------------------------------------------------


def test_every_input_has_the_hash_of_its_bytes(tmp_path: Path) -> None:
    data = ("\ufeff" + MANIFEST.replace("\n", "\r\n")).encode()
    made = register(tmp_path)
    (tmp_path / "okx-keys.yaml").write_bytes(data)
    (tmp_path / "okx-keys").mkdir()
    (tmp_path / "okx-keys/bad.yaml").write_bytes(b"version: 1\n# \xff\n")
    case = load_case(Request(Question(DAY), Wanted(str(tmp_path)), fail_on=None))
    made = register_of(case, report_on(case, case.request.question))
    hashes = {each.path: each.sha256 for each in made.inputs}
    assert hashes["okx-keys.yaml"] == sha256(data).hexdigest()
    assert hashes["okx-keys/bad.yaml"] == sha256(b"version: 1\n# \xff\n").hexdigest()
    policy = (tmp_path / "okxlint.yaml").read_bytes()
    assert hashes["okxlint.yaml"] == sha256(policy).hexdigest()


def test_the_commit_of_the_policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain_git(monkeypatch)
    git(tmp_path, "init", "-q", "-b", "main")
    register(tmp_path)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    sha = git(tmp_path, "rev-parse", "main")
    for made in (register(tmp_path, policy_ref="main"), register(tmp_path)):
        assert made.policy_ref == sha
        assert [(each.kind, each.commit) for each in made.inputs] == [
            ("manifest", sha),
            ("policy", sha),
        ]
        assert f"(at commit `{sha}`)" in text_of(made, write_markdown)
    changed = register(tmp_path, MANIFEST + "# more\n", policy="# more\n")
    assert [each.commit for each in changed.inputs] == [None, None]
    assert changed.policy_ref is None
    # By the policy of a commit, that is the commit of the policy; the manifest is of none.
    (tmp_path / "okxlint.yaml").write_text("version: 1\nextends: strict\n")
    ruled = register(tmp_path, MANIFEST + "# more\n", policy="# more\n", policy_ref="main")
    assert [each.commit for each in ruled.inputs] == [None, sha]


def test_before_the_first_commit_and_without_git_nothing_is_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_git(monkeypatch)
    git(tmp_path, "init", "-q", "-b", "main")
    assert {each.commit for each in register(tmp_path).inputs} == {None}
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    monkeypatch.setenv("PATH", "/nowhere")
    case = load_case(Request(Question(DAY), Wanted(str(tmp_path)), "strict", fail_on=None))
    made = register_of(case, report_on(case, case.request.question))
    assert {each.commit for each in made.inputs} == {None}
    assert (made.policy_source, made.policy_ref, made.policy_state) == ("strict", None, "pack")


def test_the_schema_of_the_metadata_is_an_input(tmp_path: Path) -> None:
    data = b'{"type": "object"}\n'
    (tmp_path / "meta.json").write_bytes(data)
    made = register(tmp_path, policy="metadata_schema: meta.json\n")
    assert [(each.kind, each.path, each.sha256) for each in made.inputs if each.kind[0] == "m"][
        1:
    ] == [("metadata schema", "meta.json", sha256(data).hexdigest())]


def test_a_replacement_character_is_utf8(tmp_path: Path) -> None:
    text = MANIFEST + "# \ufffd\n"
    (first, _) = register(tmp_path, text).inputs
    assert first.sha256 == sha256(text.encode()).hexdigest()


# -- formats ---------------------------------------------------------------------------------

HOSTILE = MANIFEST.replace("label: demo", 'label: "=cmd|\\u001b[2J\\"<b>é,;"').replace(
    "owner: lab", "owner: '+1', secret_ref: '@a', purpose: 22582BD0CFF14C41EDBF1AB98506286D"
)
SECRET = "22582BD0CFF14C41EDBF1AB98506286D"  # noqa: S105 - of OKX's samples


def text_of(made: Register, write: Any) -> str:
    stream = StringIO()
    write(made, stream)
    return stream.getvalue()


@pytest.mark.parametrize("write", [write_csv, write_json, write_markdown, write_html])
def test_nothing_of_an_input_is_obeyed_and_nothing_secret_told(write: Any, tmp_path: Path) -> None:
    text = text_of(register(tmp_path, HOSTILE), write)
    assert SECRET not in text
    assert "1e4f0c2a-0f0e" not in text
    assert "\x1b" not in text
    assert all(line.isprintable() for line in text.split("\n"))


def test_json_is_as_its_schema_says(tmp_path: Path) -> None:
    made = register(tmp_path, HOSTILE)
    value = json.loads(text_of(made, write_json))
    schema = json.loads((ROOT / "schemas/register.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(value)
    assert value == json.loads(json.dumps(register_object(made)))
    assert (value["as_of"], value["policy"]["source"]) == ("2026-11-22", "okxlint.yaml")
    assert [each["age_days"] for each in value["keys"]] == [None, 52, 325, None, None]


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    text = text_of(register(tmp_path, HOSTILE), write_csv)
    rows = list(csv.DictReader(StringIO(text)))
    kinds = Counter(row["kind"] for row in rows)
    found = len(register(tmp_path, HOSTILE).findings)
    assert kinds == {"key": 5, "account": 2, "app": 2, "finding": found}
    demo = next(row for row in rows if row["environment"] == "demo")
    assert next(row for row in rows if row["label"] == "broken")["judged"] == "no"
    assert demo["label"].startswith("'=cmd|\\x1b[2J\"<b>é,;")
    assert (demo["owner"], demo["secret_ref"]) == ("'+1", "'@a")
    grid = next(row for row in rows if row["label"] == "gridbot-2026q4")
    assert grid["findings"] == "error one-key-per-app; warning short-key-id"
    assert grid["waivers"] == "demo-first by security@example.com until 2026-12-31"
    assert (grid["rotate_by"], grid["as_of"], grid["policy_ref"]) == (
        "2026-12-30",
        "2026-11-22",
        "",
    )
    assert re.search(r"okx-keys\.yaml=[0-9a-f]{64}", grid["inputs"])
    nobody = text_of(register(tmp_path, "version: 1\naccounts: []\n"), write_csv)
    assert nobody == text[: text.index("\n") + 1]


def test_markdown(tmp_path: Path) -> None:
    text = text_of(register(tmp_path, HOSTILE), write_markdown)
    row = next(line for line in text.split("\n") if "`gridbot-2026q4`" in line)
    assert "| read_only, trade |" in row
    assert "demo-first by `security@example.com` until 2026-12-31" in row
    assert "error one-key-per-app; warning short-key-id |" in row
    assert "<b>" not in re.sub("`[^`]*`", "", text)


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    page = text_of(register(tmp_path, HOSTILE), write_html)
    assert "default-src 'none'; style-src 'sha256-" in page.replace("&#39;", "'")
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "http" not in re.sub(r"http-equiv", "", page.split("<main>", 1)[0])
    assert "<b>é" not in page
    assert page == text_of(register(tmp_path, HOSTILE), write_html)


def test_a_page_without_keys(tmp_path: Path) -> None:
    page = text_of(register(tmp_path, "version: 1\n"), write_html)
    assert "The policy limits the age of no key here." in page
    assert "0 of 0" in page


def test_a_page_with_what_was_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "okx-keys").mkdir()
    (tmp_path / "okx-keys/a.yaml").symlink_to("/etc/hostname")
    made = register(tmp_path)
    assert not made.is_complete
    assert "Not looked at" in text_of(made, write_html)
    assert "## Not looked at\n\n- `unreadable`: " in text_of(made, write_markdown)
    assert "\nunknown," in text_of(made, write_csv)


# -- as users run it -------------------------------------------------------------------------

TIDY = ("register", "examples/tidy", "--as-of", "2026-11-22")


def test_the_command(tmp_path: Path) -> None:
    outputs = [f"{name}={tmp_path / name}" for name in ("html", "csv", "json", "markdown")]
    done = okxlint(*TIDY, *(word for each in outputs for word in ("-o", each)), cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (tmp_path / "markdown").read_text("utf-8")
    assert "`gridbot-2026q4`" in done.stdout
    assert (tmp_path / "html").read_text("utf-8").startswith("<!doctype html>")
    assert len(json.loads((tmp_path / "json").read_text("utf-8"))["keys"]) == 4
    assert (tmp_path / "csv").read_text("utf-8").count("\nkey,") == 4
    again = okxlint(*TIDY, "-f", "csv", cwd=ROOT)
    assert again.stdout == (tmp_path / "csv").read_text("utf-8")


def test_findings_are_no_reason_to_fail_and_unknowns_are(tmp_path: Path) -> None:
    (tmp_path / "okx-keys.yaml").write_text(MANIFEST)
    assert okxlint("register", cwd=tmp_path).returncode == 0
    (tmp_path / "main.json").write_text(snapshot(taken_at="2026-11-01T00:00:00Z"))
    live = ("register", "--live", "main.json", "--as-of", "2026-11-26")
    assert okxlint(*live, cwd=tmp_path).returncode == 3
    assert okxlint(*live, "--allow-unknown", "stale-snapshot", cwd=tmp_path).returncode == 0
    assert okxlint("register", "-", cwd=tmp_path).returncode == 2
    strict = okxlint("register", "--policy", "strict", "-f", "json", cwd=tmp_path)
    assert json.loads(strict.stdout)["policy"]["source"] == "strict"
    stale = okxlint(*live, "-f", "csv", cwd=tmp_path)
    assert "okxlint: unknown[stale-snapshot] the snapshot main.json is 25 days old" in stale.stderr
    no_ref = okxlint("register", "--policy-ref", "main", cwd=tmp_path)
    assert (no_ref.returncode, no_ref.stdout) == (2, "")


def asked(folder: Path, *paths: str) -> Register:
    case = load_case(Request(Question(DAY), Wanted(str(folder), paths), fail_on=None))
    return register_of(case, report_on(case, case.request.question))


def parted(folder: Path) -> Path:
    """An account, an app and a key of a name, in other files than the keys that need them."""
    (folder / "okx-keys").mkdir()
    (folder / "okxlint.yaml").write_text("version: 1\nrules: {key-limit: {max_keys: 1}}\n")
    (folder / "okx-keys/near.yaml").write_text(
        "version: 1\nkeys: [{label: k0, account: sub, app: bot, permissions: [trade]}]\n"
    )
    (folder / "okx-keys/other.yaml").write_text(
        "version: 1\n"
        "accounts: [{name: sub, type: sub}]\n"
        "apps: [{name: bot, waivers: [{rule: stale-needs}]}]\n"
        "keys:\n"
        "  - {label: k0, account: sub, permissions: [withdraw]}\n"
        "  - {label: k1, account: sub, permissions: [trade]}\n"
    )
    return folder


def test_what_is_listed_of_other_files_is_told_with_all_that_is_found_of_it(tmp_path: Path) -> None:
    made = asked(parted(tmp_path), "okx-keys/near.yaml")
    assert [each.label for each in made.entries] == ["k0"]
    assert "key-limit" in {each.rule for each in made.accounts[0].findings}
    assert "waiver-valid" in {each.rule for each in made.apps[0].findings}
    # That of the other file has the same name, and is another key.
    assert "no-withdraw" not in {each.rule for each in made.findings}
    # What is related to PATHs is told, as by a check.
    assert "unique-label" in {each.rule for each in made.others}
    row = next(csv.DictReader(StringIO(text_of(made, write_csv))))
    assert row["only_in"] == "okx-keys/near.yaml"
    said = "A part of the inventory: 2 keys declared elsewhere left out."
    assert said in text_of(made, write_markdown)
    assert said in text_of(made, write_html)
    assert register_object(made)["left_out"] == 2
    whole = asked(tmp_path)
    assert "A part of the inventory" not in text_of(asked(tmp_path, "okx-keys"), write_markdown)
    assert whole.accounts[0].findings == made.accounts[0].findings
    assert next(csv.DictReader(StringIO(text_of(whole, write_csv))))["only_in"] == ""


@pytest.mark.parametrize("write", [write_csv, write_json, write_markdown, write_html])
def test_every_finding_of_the_run_is_in_every_format(write: Any, tmp_path: Path) -> None:
    lost = snapshot(master(key("lost")), account("ghost", key("far")), account("gridbot01", key()))
    (tmp_path / "main.json").write_text(lost)
    read = load_snapshot(str(tmp_path / "main.json"))
    manifest = MANIFEST.replace("risk-desk, needs: [trade]", "risk-desk, status: retired")
    policy = "rules: {key-limit: {max_keys: 1}}\n"
    made = register(tmp_path, manifest + "x: 1\n", policy, snapshots=(read,), max_snapshot_age=9)
    text = text_of(made, write)
    if write is write_json:
        text = json.dumps(json.loads(text), ensure_ascii=False)
    plain = html.unescape(text).replace("`", "")
    assert {"manifest-schema", "live-accounts", "live-declared", "key-limit"} <= {
        each.rule for each in made.findings
    }
    case = load_case(made_of(tmp_path, read))
    assert {*made.findings} == {*report_on(case, case.request.question).findings}
    for found in made.findings:
        assert found.message in plain
        assert found.help in plain
        if write in (write_markdown, write_html):
            assert f"{found.location.path}:{found.location.line}" in plain


def made_of(folder: Path, *snapshots: Any) -> Request:
    wanted = Wanted(str(folder))
    return Request(Question(DAY), wanted, fail_on=None, snapshots=snapshots, max_snapshot_age=9)


NAMELESS = """\
version: 1
accounts: [{name: sub, type: sub, parent: up}]
keys:
  - {account: sub, permissions: [trade]}
  - {permissions: [trade]}
x: 1
"""


def test_a_key_without_a_name_has_its_own_findings_alone(tmp_path: Path) -> None:
    made = register(tmp_path, NAMELESS)
    assert [[each.location.line for each in found.findings] for found in made.entries] == [
        [5] * len(made.entries[0].findings),
        [4] * len(made.entries[1].findings),
    ]
    assert all(found.findings for found in made.entries)
    assert [each.value for each in made.others] == ["unknown field"]
    assert {each.rule for each in made.accounts[0].findings} == {"references-valid"}
    assert "<summary>(no label)</summary>" in text_of(made, write_html)
    assert "<b>2</b> of them not judged" in text_of(made, write_html)


def test_a_waiver_says_for_what_and_from_when(tmp_path: Path) -> None:
    later = f"rule: ip-bound, reason: a, {WAIVED}, granted: 2026-12-01, expires: 2026-12-31"
    value = f"rule: no-withdraw, reason: a, {WAIVED}, expires: 2026-12-31, value: w"
    manifest = (
        "version: 1\n"
        "keys:\n"
        "  - {label: k, account: a, permissions: [trade], "
        f"waivers: [{{{later}}}, {{{value}}}]}}\n"
    )
    made = register(tmp_path, manifest)
    first, second = made.entries[0].waivers
    assert (first.state, first.why) == (
        "not yet in force",
        "it is granted only from 2026-12-01",
    )
    assert (second.state, second.value) == ("holds", "w")
    assert "no-withdraw of 'w' by" in text_of(made, write_csv)
    assert "with the value w" in text_of(made, write_html)
    assert register_object(made)["keys"][0]["waivers"][1]["value"] == "w"


def test_what_is_evidence_is_not_cut(tmp_path: Path) -> None:
    addresses = [f"203.0.113.{number}" for number in range(20)]
    key = f"{{label: k, account: a, permissions: [trade], ip_allowlist: [{', '.join(addresses)}]}}"
    made = register(tmp_path, f"version: 1\nkeys: [{key}]\n")
    assert ", ".join(addresses) in text_of(made, write_markdown)


def test_the_listing_of_a_key_is_that_of_its_environment(tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text(snapshot(master(), account("gridbot01", key())))
    read = load_snapshot(str(tmp_path / "main.json"))
    made = register(tmp_path, snapshots=(read,), max_snapshot_age=9)
    demo, live = entry(made, "demo"), entry(made, "gridbot-2026q4")
    assert (demo.live, demo.listing) == ("no snapshot", "no snapshot")
    assert (live.live, live.listing) == ("on OKX", "complete")


def test_a_file_that_is_too_large_has_no_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("okxlint.documents.reader.MAX_BYTES", 100_000)
    made = register(tmp_path, MANIFEST + "# more\n" * 20_000)
    assert made.inputs[0].sha256 is None
    assert "too large to be read" in text_of(made, write_html)


def test_why_no_commit_of_the_policy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_git(monkeypatch)
    made = register(tmp_path)
    assert (made.policy_ref, made.policy_state) == (None, "no git")
    assert "no git here that could say its commit" in text_of(made, write_markdown)
    git(tmp_path, "init", "-q", "-b", "main")
    assert register(tmp_path).policy_state == "not committed"
    (tmp_path / "parent.yaml").write_text("version: 1\nextends: strict\n")
    (tmp_path / "meta.json").write_text('{"type": "object"}')
    policy = "extends: ./parent.yaml\nmetadata_schema: ./meta.json\n"
    register(tmp_path, policy=policy)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    made = register(tmp_path, policy=policy)
    assert (made.policy_ref, made.policy_state) == (git(tmp_path, "rev-parse", "main"), "committed")
    for name in ("parent.yaml", "meta.json"):
        before = (tmp_path / name).read_text()
        (tmp_path / name).write_text(f"{before}\n")
        made = register(tmp_path, policy=policy)
        assert (made.policy_ref, made.policy_state) == (None, "not committed")
        assert "(not committed as it was read)" in text_of(made, write_html)
        assert register_object(made)["policy"]["state"] == "not committed"
        (tmp_path / name).write_text(before)


def test_a_policy_behind_a_link_is_committed_with_what_the_link_leads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_git(monkeypatch)
    git(tmp_path, "init", "-q", "-b", "main")
    register(tmp_path)
    (tmp_path / "okxlint.yaml").rename(tmp_path / "policy.yaml")
    (tmp_path / "okxlint.yaml").symlink_to("policy.yaml")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    assert asked(tmp_path).policy_state == "committed"
    (tmp_path / "policy.yaml").write_text("version: 1\n# more\n")
    assert asked(tmp_path).policy_state == "not committed"
    # One that is outside of the repository is in no commit.
    (tmp_path.parent / f"{tmp_path.name}.yaml").write_text("version: 1\n")
    outside = str(tmp_path.parent / f"{tmp_path.name}.yaml")
    case = load_case(Request(Question(DAY), Wanted(str(tmp_path)), outside, fail_on=None))
    made = register_of(case, report_on(case, case.request.question))
    assert made.policy_state == "not committed"


def test_an_account_with_a_schema_error_is_not_called_undeclared(tmp_path: Path) -> None:
    manifest = MANIFEST.replace("{name: main, type: master}", "{name: main, type: masters}")
    made = register(tmp_path, manifest)
    assert [(each.name, each.is_declared) for each in made.accounts] == [
        ("gridbot01", True),
        ("main", True),
    ]
    assert "main <small>not judged</small>" in text_of(made, write_html)


def test_a_number_of_ours_is_no_formula(tmp_path: Path) -> None:
    later = MANIFEST.replace("created: 2026-10-01", "created: 2026-11-27")
    rows = csv.DictReader(StringIO(text_of(register(tmp_path, later), write_csv)))
    ages = {row["label"]: row["age_days"] for row in rows if row["kind"] == "key"}
    assert ages["gridbot-2026q4"] == "-5"


def test_the_hash_of_a_snapshot_is_of_what_was_judged(tmp_path: Path) -> None:
    text = snapshot(master(), account("gridbot01", key()))
    (tmp_path / "main.json").write_text(text)
    read = load_snapshot(str(tmp_path / "main.json"))
    (tmp_path / "main.json").write_text("another")
    made = register(tmp_path, snapshots=(read,), max_snapshot_age=9)
    assert made.inputs[-1].sha256 == sha256(text.encode()).hexdigest()


def test_an_installed_pack_is_an_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    install(site, "okxlint-acme", {"desk": "metadata_schema: ./meta.json\n"}, "register_packs")
    (site / "register_packs/meta.json").write_text("{}")
    (tmp_path / "desk").mkdir()
    made = register(tmp_path / "desk", policy="extends: okxlint-acme:desk\n")
    hashes = {(str(each.kind), each.path): each.sha256 for each in made.inputs}
    for kind, shown, name in (
        ("pack", "okxlint-acme:desk", "desk.yaml"),
        ("metadata schema", "meta.json", "meta.json"),
    ):
        data = (site / "register_packs" / name).read_bytes()
        assert hashes[kind, shown] == sha256(data).hexdigest()


GRANTED = "{account: main, key: treasury, rule: %s, reason: later, approved_by: b@example.com, "


def test_a_waiver_of_the_policy_for_what_is_not_there_is_told(tmp_path: Path) -> None:
    missing = GRANTED.replace("treasury", "gone") % "ip-bound" + "expires: 2026-12-31}"
    made = register(tmp_path, policy=f"waivers: {{granted: [{missing}]}}\n")
    assert [(each.key, each.waiver.state) for each in made.granted] == [("gone", "holds")]
    assert "waiver,main,gone," in text_of(made, write_csv)
    assert register_object(made)["granted"][0]["key"] == "gone"
    told = "ip-bound by `b@example.com` until 2026-12-31"
    assert f"| account main key gone | {told} |" in text_of(made, write_markdown)
    assert "account main key gone (by the policy)" in text_of(made, write_html)


def test_a_waiver_that_only_the_policy_at_hand_grants_does_not_hold_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_git(monkeypatch)
    git(tmp_path, "init", "-q", "-b", "main")
    register(tmp_path)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    policy = f"waivers: {{granted: [{GRANTED % 'ip-bound'}expires: 2026-12-31}}]}}\n"
    made = register(tmp_path, policy=policy, policy_ref="main")
    assert [(each.key, each.waiver.state) for each in made.granted] == [
        ("treasury", "not yet in force")
    ]
    assert "ip-bound" in {each.rule for each in entry(made, "treasury").findings}


def test_it_says_that_nobody_looked_at_okx(tmp_path: Path) -> None:
    said = "What is on OKX was not looked at: no snapshot was given."
    (tmp_path / "main.json").write_text(snapshot(master(), account("gridbot01", key())))
    read = load_snapshot(str(tmp_path / "main.json"))
    for write in (write_markdown, write_html):
        assert said in text_of(register(tmp_path), write)
        live = register(tmp_path, snapshots=(read,), max_snapshot_age=9)
        assert said not in text_of(live, write)


def test_what_is_beyond_the_weeks_that_are_drawn_is_marked_so(tmp_path: Path) -> None:
    old = MANIFEST.replace("created: 2026-10-01", "created: 2026-01-01")
    page = text_of(register(tmp_path, old), write_html)
    assert "<title>1 in the week from 2026-09-21 or before</title>" in page
    assert ">≤ 09-21</text>" in page
    assert ">≥ 05-17</text>" in page

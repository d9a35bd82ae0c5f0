"""Nothing secret comes out: secrets in every place of a manifest, through every writer."""

from __future__ import annotations

import gc
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from okxlint.check import Request, run_check
from okxlint.cli import main
from okxlint.engine import Question
from okxlint.loading import Wanted
from okxlint.model import Report
from okxlint.record import changed
from okxlint.report import FORMATS, View, writer

DAY = Question(date(2026, 11, 22), horizon=400)
PHRASE = "Tr0ub4dor&Zebra!"
SECRET = "F3A9C1D7E5B20F4A8C6E1B3D5F7A9C0E"  # noqa: S105 - of nobody
KEY_ID = "7C9E6679-F425-4ADE-B44B-E07FC1F90AE7"
PEM = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
PIECE = 6


def reports(report: Report) -> dict[str, str]:
    """The report in every format, and in text with colour too."""
    said = {}
    for form in FORMATS:
        stream = io.StringIO()
        writer(form)(report, stream, View(show_waived=True, statistics=True, width=90))
        said[form] = stream.getvalue()
    stream = io.StringIO()
    writer("text")(report, stream, View(show_waived=True, color=True, width=60))
    said["color"] = stream.getvalue().replace("\x1b[", "")
    return said


def assert_nothing_out(said: str, *secrets: str) -> None:
    assert said.replace("\n", "").isprintable()
    for secret in secrets:
        shown = secret[:-7] if secret == KEY_ID else secret  # its last eight digits may be told
        pieces = {shown[at : at + PIECE] for at in range(len(shown) - PIECE + 1)}
        out = [piece for piece in pieces if piece in said or piece in said.replace("\\", "")]
        assert out == []


def judged(cwd: Path, manifest: str, **more: Any) -> Report:
    more = {"policy": "strict", **more}
    wanted = Wanted(str(cwd), ("-",), stdin=manifest.encode())
    return run_check(Request(DAY, wanted, **more))


PLACES = {
    "label": "version: 1\nkeys:\n  - {label: '%s', account: main, permissions: [withdraw]}\n",
    "bare label": "version: 1\nkeys:\n  - label: %s\n    account: main\n    permissions: [trade]\n",
    "account": "version: 1\nkeys:\n  - {label: a, account: '%s', permissions: [withdraw]}\n",
    "account name": "version: 1\naccounts:\n  - {name: '%s', type: sub, parent: '%s'}\n",
    "second account": "version: 1\naccounts: [{name: '%s', type: sub}, {name: '%s', type: sub}]\n",
    "account type": "version: 1\naccounts:\n  - {name: main, type: '%s'}\n",
    "uid": "version: 1\naccounts:\n  - {name: main, type: master, uid: '%s', site: '%s'}\n",
    "app name": "version: 1\napps:\n  - {name: '%s', needs: [trade], status: retired}\n",
    "app of a key": "version: 1\nkeys:\n"
    "  - {label: a, account: m, app: '%s', permissions: [trade]}\n",
    "apps of a key": "version: 1\nkeys:\n"
    "  - {label: a, account: m, app: [x, '%s'], permissions: [trade]}\n"
    "  - {label: b, account: m, app: [x, '%s'], permissions: [trade]}\n",
    "needs": "version: 1\napps:\n  - {name: a, needs: ['%s'], egress: ['%s']}\n",
    "permission": "version: 1\nkeys:\n  - {label: a, account: m, permissions: ['%s']}\n",
    "address": "version: 1\nkeys:\n"
    "  - {label: a, account: m, permissions: [trade], ip_allowlist: ['%s', '%s/24']}\n",
    "date": "version: 1\nkeys:\n"
    "  - {label: a, account: m, permissions: [trade], created: '%s', expires: '%s'}\n",
    "status": "version: 1\nkeys:\n"
    "  - {label: a, account: m, permissions: [trade], status: '%s', environment: '%s'}\n",
    "key id": "version: 1\nkeys:\n  - {label: a, account: m, permissions: [trade], key_id: '%s'}\n"
    "  - {label: b, account: m, permissions: [trade], key_id: '%s'}\n",
    "replaces": "version: 1\nkeys:\n"
    "  - {label: a, account: m, permissions: [trade], replaces: '%s'}\n",
    "secret_ref": "version: 1\nkeys:\n"
    "  - {label: a, account: m, permissions: [trade], secret_ref: '%s'}\n"
    "  - {label: b, account: m, permissions: [trade], secret_ref: '%s:x'}\n",
    "owner": "version: 1\nkeys:\n"
    "  - {label: a, account: m, permissions: [trade], owner: '%s', purpose: '%s',\n"
    "     third_party: '%s'}\n",
    "metadata": "version: 1\nkeys:\n"
    "  - {label: a, account: m, permissions: [trade], metadata: {'%s': '%s', x: ['%s']}}\n",
    "unknown field": "version: 1\nkeys:\n"
    "  - {label: a, account: m, permissions: [trade], '%s': '%s'}\n",
    "unknown top field": "version: 1\n'%s': '%s'\n",
    "version": "version: '%s'\n",
    "free top field": "version: 1\nx-'%s': '%s'\n",
    "list for text": "version: 1\nkeys:\n"
    "  - {label: ['%s'], account: {'%s': '%s'}, permissions: '%s'}\n",
    "keys": "version: 1\nkeys: '%s'\n",
    "key": "version: 1\nkeys: ['%s', ['%s']]\n",
    "document": "'%s'\n---\n['%s']\n",
    "comment": "# %s\nversion: 1 # %s\nkeys: # %s\n  # %s\n"
    "  - {label: a, account: m, permissions: []}\n",
    "comment on the line of a finding": "version: 1\nkeys:\n"
    "  - {label: a, account: m, permissions: [withdraw]} # x %s y=%s\n",
    "waiver": "version: 1\nkeys:\n  - label: a\n    account: m\n    permissions: [withdraw]\n"
    "    waivers:\n"
    "      - {rule: no-withdraw, reason: 'r %s', approved_by: '%s', expires: 2026-12-31}\n"
    "      - {rule: '%s', reason: 'r %s', approved_by: '%s', expires: 2026-12-31}\n"
    "      - {rule: max-age, value: '%s', reason: '%s', approved_by: x, expires: 2026-12-31}\n"
    "      - {rule: max-age, expires: '%s', '%s': x}\n",
    "anchor and alias": "version: 1\nx-a: &a '%s'\nkeys:\n"
    "  - {label: *a, account: *a, permissions: [*a], *a : x}\n",
    "duplicate key": "version: 1\n'%s': 1\n'%s': 2\n",
    "quoted twice": 'version: 1\nkeys:\n  - {label: "%s", account: "%s", permissions: ["%s"]}\n',
    "open bracket": "version: 1\nkeys:\n  - {label: '%s', account: [m, '%s'\n  - {label: '%s'\n",
    "open quote": "version: 1\nkeys:\n  - {label: a, account: '%s\n  - x: %s\n",
    "tab": "version: 1\nkeys:\n\t- '%s'\n# %s\n",
    "control character": "version: 1\nkeys:\n  - {label: a\x1b, account: '%s'} # %s\n",
    "bad escape": 'version: 1\nkeys: ["\\q %s"]\n',
    "block": "version: 1\nkeys:\n  - label: |\n      %s\n"
    "    account: >-\n      %s\n    permissions: [trade]\n",
}
BARE_PLACES = {
    "anchor name": "version: 1\nx: &%s a\ny: *%s\nz: *%sx\n",
    "unknown alias": "version: 1\nkeys: *%s\n",
    "self alias": "version: 1\nkeys: &%s [*%s]\n",
    "tag": "version: 1\nkeys: !%s [a]\nx: !!%s a\n",
    "directive": "%%%s 1.2\n---\nversion: 1\n",
    "bare key": "version: 1\n%s: 1\n%s: 2\n",
    "no colon": "version: 1\nkeys\n%s\n",
    "second colon": "version: 1\nkeys: a: %s\n",
}


def planted(template: str, secret: str) -> str:
    return template.replace("%%", "\0").replace("%s", secret).replace("\0", "%")


@pytest.mark.parametrize("place", [*PLACES, *BARE_PLACES])
@pytest.mark.parametrize("secret", [SECRET, KEY_ID], ids=["secret key", "key id"])
def test_what_has_the_shape_of_a_secret_never_comes_out(
    tmp_path: Path, place: str, secret: str
) -> None:
    template = (PLACES | BARE_PLACES)[place]
    for manifest in (planted(template, secret), planted(template, f"a {secret}.")):
        for said in reports(judged(tmp_path, manifest)).values():
            assert_nothing_out(said, secret)


@pytest.mark.parametrize("place", PLACES)
def test_a_passphrase_that_is_known_from_one_place_comes_out_from_none(
    tmp_path: Path, place: str
) -> None:
    known = f"# passphrase: {PHRASE}\n"
    for said in reports(judged(tmp_path, known + planted(PLACES[place], PHRASE))).values():
        assert_nothing_out(said, PHRASE)


TELLING = (
    "passphrase: %s",
    "OKX_PASSPHRASE = '%s'",
    'api-secret: "%s"',
    '"secretKey": "%s"',
    "password: &p %s\nx: *p",
    "x-a: {token: [%s, '%s']}",
    "passphrase: |\n  %s",
    "passphrase: >-\n  %s",
    "passphrase:\n  %s",
    "x: 'export PASSPHRASE=%s && run'",
    "x: [\npassphrase: %s",
    "passphrase: '%s",
    'passphrase: "%s',
    "passphrase: [%s",
    "{passphrase: %s, x: [",
    "x:\n\tpassphrase: %s",
    "# passphrase: %s\nx: [",
    "passphrase: %s\npassphrase: %s",
    "keys:\n  - {label: a, account: m, permissions: [trade], passphrase: '%s'}",
    "keys:\n  - {label: a, account: m, permissions: [trade], metadata: {token: '%s'}}",
    "keys:\n  - label: a\n    account: m\n    permissions: [withdraw]  # passphrase=%s",
    "keys:\n  - {label: 'token=%s', account: 'x password: %s', permissions: [withdraw]}",
    "keys:\n  - {label: a, account: m, permissions: [withdraw], password=%s: x}",
    "keys:\n  - {label: a, account: m, permissions: ['secret=%s'], created: 'token=%s'}",
    "keys:\n  - label: a\n    account: m\n    permissions: [withdraw]\n    waivers:\n"
    "      - {rule: no-withdraw, reason: 'token=%s', approved_by: 'password: %s',\n"
    "         expires: 2026-12-31}",
)


@pytest.mark.parametrize("text", TELLING)
def test_a_secret_under_a_telling_name_never_comes_out(tmp_path: Path, text: str) -> None:
    for before in ("version: 1\n", ""):
        report = judged(tmp_path, f"{before}{text.replace('%s', PHRASE)}\n")
        assert report.findings
        for said in reports(report).values():
            assert_nothing_out(said, PHRASE)


ESCAPED = (
    # The reason of a waiver is told, and reads otherwise than it is written.
    ('"token=\\"Tr0ub4\\x64or zeb\\u0072a it\'s\\""', "Tr0ub4dor zebra it's"),
    ("'token=\"Tr0ub4dor''Zebra\"'", "Tr0ub4dor'Zebra"),
    ('"token=\\x54r0ub4dor\\x5AebraX"', "Tr0ub4dorZebraX"),
)


@pytest.mark.parametrize(("written", "secret"), ESCAPED)
def test_a_secret_that_reads_otherwise_than_it_is_written(
    tmp_path: Path, written: str, secret: str
) -> None:
    manifest = (
        "version: 1\nkeys:\n  - label: a\n    account: m\n    permissions: [withdraw]\n"
        "    created: 2026-11-01\n    waivers:\n      - rule: no-withdraw\n"
        f"        reason: {written}\n        approved_by: x\n        expires: 2026-12-31\n"
    )
    report = judged(tmp_path, manifest)
    assert [finding.rule for finding in report.waived] == ["no-withdraw"]
    assert "no-secrets" in {finding.rule for finding in report.findings}
    for said in reports(report).values():
        assert_nothing_out(said, secret)


@pytest.mark.parametrize(
    "value",
    ['"%s\n    %s"', "'%s\n\n    %s'", "%s\n    %s", ">\n    %s\n    %s", "|\n    %s\n    %s"],
)
def test_a_secret_over_lines_is_known_in_every_form(tmp_path: Path, value: str) -> None:
    first, second = PHRASE[:8], PHRASE[8:]
    manifest = f"version: 1\nx:\n  passphrase: {value % (first, second)}\nkeys:\n"
    for label in (f"{first} {second}", f"{first}\\n{second}", first, second):
        key = f'  - {{label: "{label}", account: m, permissions: [withdraw]}}\n'
        for said in reports(judged(tmp_path, manifest + key)).values():
            assert_nothing_out(said, first, second)


BLOCK = f"-----BEGIN PRIVATE KEY-----\n{PEM}\n{PEM[::-1]}\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    "template",
    [
        "x: |\n  %s",
        "# %s",
        "keys:\n  - label: |\n      %s\n    account: m\n    permissions: [withdraw]",
        "keys:\n  - account: |\n      %s\n    label: m\n    permissions: [withdraw]",
        "keys:\n  - account: >\n      %s\n    label: m\n    permissions: [withdraw]",
        'keys:\n  - account: "\n      %s"\n    label: m\n    permissions: [withdraw]',
        "keys:\n  - account: a\n    ? |\n      %s\n    : m\n    permissions: [withdraw]",
        "keys:\n  - account: [a\n      %s\n",
        "x: [\n%s\n",
    ],
)
def test_a_private_key_never_comes_out(tmp_path: Path, template: str) -> None:
    before = template.partition("%s")[0].rpartition("\n")[2]
    indent = "# " if before.startswith("#") else " " * (len(before) - len(before.lstrip()))
    manifest = template.replace("%s", BLOCK.replace("\n", f"\n{indent}"))
    report = judged(tmp_path, f"version: 1\n{manifest}\n")
    assert "no-secrets" in {finding.rule for finding in report.findings}
    for said in reports(report).values():
        assert_nothing_out(said, PEM, PEM[::-1])


def test_control_characters_and_commands_never_come_out(tmp_path: Path) -> None:
    odd = r"\n::error::x\r##[error]y\e[31m\0\x07\u202e\u2028\ud7ff\x85\U000e0041"
    for template in PLACES.values():
        manifest = planted(template, odd).replace("'", '"')
        for form, said in reports(judged(tmp_path, manifest)).items():
            assert said.replace("\n", "").isprintable()
            if form in ("text", "concise"):
                assert not any(line.lstrip().startswith("::") for line in said.splitlines())
                assert "##[" not in said


def test_a_whole_key_id_is_told_by_its_last_eight_digits(tmp_path: Path) -> None:
    manifest = planted(PLACES["key id"], KEY_ID)
    report = judged(tmp_path, manifest)
    rules = {finding.rule for finding in report.findings}
    assert {"short-key-id", "unique-key-id"} <= rules
    assert "C1F90AE7" in reports(report)["text"].upper()


def test_nothing_secret_of_a_policy_comes_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "okx-keys.yaml").write_text(PLACES["label"].replace("%s", "a"))
    policy = tmp_path / "okxlint.yaml"
    policy.write_text(
        "version: 1\nwaivers:\n  granted:\n"
        f"    - {{account: main, key: a, rule: no-withdraw, reason: 'password={PHRASE}',"
        f" approved_by: '{SECRET}', expires: 2026-12-31}} # {KEY_ID}\n"
        "    - {account: main, key: a, rule: key-limit, reason: x, approved_by: x,"
        f" expires: 2026-12-31}} # token: {PHRASE} {SECRET} {KEY_ID}\n"
    )
    report = run_check(Request(DAY, Wanted(str(tmp_path))))
    assert {finding.location.path for finding in report.findings} >= {"okxlint.yaml"}
    assert [finding.rule for finding in report.waived] == ["no-withdraw"]
    for said in reports(report).values():
        assert_nothing_out(said, PHRASE, SECRET, KEY_ID)
    policy.write_text(
        f"version: 1\nextends: {SECRET}\nmetadata_schema: {KEY_ID}\nrules: {{{KEY_ID}: {SECRET}}}\n"
        f'"\\e[31m\\n::error::{SECRET}": x\nwaivers: {{never: ["{SECRET}\\r"], {KEY_ID}: 1}}\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(gc, "disable", lambda: None)  # it would last for all tests to come
    with pytest.raises(SystemExit, match="2"):
        main(["check"])
    said = capsys.readouterr().err
    assert said.count("okxlint.yaml:") == 4
    assert_nothing_out(said, SECRET, KEY_ID)
    assert not any(line.startswith("::") for line in said.splitlines())


def test_nothing_secret_of_a_path_or_of_a_rule_that_fails_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:

    from okxlint.rule import load_rule

    def fails(target: Any, run: Any) -> Any:
        raise ValueError(target.account)

    monkeypatch.setattr(
        "okxlint.rule.load_rule",
        lambda name: (
            changed(load_rule(name), check=fails) if name == "ip-bound" else load_rule(name)
        ),
    )
    report = judged(tmp_path, planted(PLACES["account"], SECRET))
    (unknown,) = report.unknown
    assert unknown.account == "*" * 32
    for said in reports(report).values():
        assert_nothing_out(said, SECRET)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(gc, "disable", lambda: None)  # it would last for all tests to come
    with pytest.raises(SystemExit, match="2"):
        main(["check", "no\x1b\n::error::such.yaml"])
    said = capsys.readouterr().err
    assert_nothing_out(said)
    assert not any(line.startswith("::") for line in said.splitlines())


def test_masked_values_are_still_told_apart_by_what_may_be_told(tmp_path: Path) -> None:
    manifest = planted(PLACES["secret_ref"], SECRET)
    found = json.loads(reports(judged(tmp_path, manifest))["json"])["findings"]
    values = [each["value"] for each in found if each["rule"] == "no-secrets"]
    assert values == ["okx-secret-key/1", "okx-secret-key/2"]
    prints = [each["fingerprint"] for each in found]
    assert len(set(prints)) == len(prints)

"""``okxlint init``: what it writes checks clean, and no secret of a configuration is kept."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from okxlint.errors import OkxlintError
from okxlint.starter import MANIFEST, SCHEMA, starter_files
from okxlint.starter.configurations import Draft, drafts_of
from tests.asking import okxlint
from tests.conftest import DAY
from tests.test_cli import ROOT

KEY = "37c541a1-0f0e-4b1c-9d3a-10fe7a038418"
SECRET = "22582BD0CFF14C41EDBF1AB98506286D"  # noqa: S105 - of OKX's samples
FILES = [
    MANIFEST,
    SCHEMA,
    "okxlint.yaml",
    ".pre-commit-config.yaml",
    ".github/workflows/okxlint.yml",
]
CCXT = {
    "okx": {"apiKey": KEY, "secret": SECRET, "password": "Correct-Horse-7"},
    "myokx": {"apiKey": "${KEY}", "secret": "env:SECRET", "sandbox": True},
    "binance": {"apiKey": KEY, "secret": SECRET},
}
FREQTRADE = (
    '{\n  // the desk\'s bot\n  "bot_name": "grid bot", "url": "https://example.com//a", // here\n'
    f'  "exchange": {{"name": "okx", "key": "{KEY}", "secret": "{SECRET}", "password": "",}},\n}}\n'
)
HUMMINGBOT = (
    f"connector: okx_perpetual\nokx_api_key: {'7b2263727970746f' * 10}\nokx_secret_key: {SECRET}\n"
)


def written(folder: Path) -> str:
    return "".join(path.read_text("utf-8") for path in sorted(folder.rglob("*")) if path.is_file())


def test_what_it_writes_checks_clean(tmp_path: Path) -> None:
    done = okxlint("init", "--yes", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [*(f"wrote {name}" for name in FILES), "Next: okxlint check"]
    found = okxlint("check", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith("no findings: 0 keys, 1 account")
    assert okxlint("policy", "show", cwd=tmp_path).returncode == 0
    schema = json.loads((tmp_path / SCHEMA).read_text())
    assert schema == json.loads((ROOT / "schemas/manifest.schema.json").read_text())
    first = (tmp_path / MANIFEST).read_text().split("\n", 1)[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA}"


def test_the_example_in_it_is_one(tmp_path: Path) -> None:
    files = starter_files("main", "", [], DAY)
    for name in (MANIFEST, "okxlint.yaml"):
        # What an editor's "uncomment" does of the lines that are examples.
        (tmp_path / name).write_text(re.sub("(?m)^#(?=  )", "", files[name]))
    done = okxlint("check", "-f", "json", "--as-of", str(DAY), cwd=tmp_path)
    found = json.loads(done.stdout)
    assert found["findings"] == []
    assert (found["summary"]["keys"], found["summary"]["apps"]) == (1, 1)
    shown = json.loads(okxlint("policy", "show", "-f", "json", cwd=tmp_path).stdout)
    assert shown["rules"]["max-age"]["options"]["max_days"]["value"] == 60


def test_the_one_who_owns_the_keys_stands_in_the_example() -> None:
    text = starter_files("main", "o'team", [], DAY)[MANIFEST]
    assert '#    owner: "o\'team"\n' in text


def test_the_workflow_is_the_example() -> None:
    text = starter_files("main", "", [], DAY)[".github/workflows/okxlint.yml"]
    assert text == (ROOT / "examples/workflows/pull-request.yml").read_text("utf-8")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "okxlint.yaml").write_text("version: 1\nextends: strict\n")
    done = okxlint("init", "--yes", cwd=tmp_path)
    assert done.returncode == 0
    assert "okxlint.yaml is there already, and is left as it is\n" in done.stdout
    assert (tmp_path / "okxlint.yaml").read_text() == "version: 1\nextends: strict\n"
    before = written(tmp_path)
    again = okxlint("init", "--yes", cwd=tmp_path)
    assert again.stdout.count("is there already") == len(FILES)
    assert written(tmp_path) == before


def test_another_folder(tmp_path: Path) -> None:
    done = okxlint("init", "desk 1", "--yes", cwd=tmp_path)
    assert done.stdout.startswith("wrote desk 1/okx-keys.yaml\n")
    assert done.stdout.endswith("Next: cd 'desk 1' && okxlint check\n")
    (tmp_path / "file").write_text("")
    wrong = okxlint("init", "file", "--yes", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "cannot write file/okx-keys.yaml" in wrong.stderr


def test_a_folder_of_a_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    done = okxlint("init", "desk", "--yes", cwd=tmp_path)
    assert done.stdout.splitlines()[-2:] == [
        ".pre-commit-config.yaml and .github/workflows/okxlint.yml belong to the top of the "
        "repository: see docs/ci.md",
        "Next: cd desk && okxlint check",
    ]
    assert sorted(os.listdir(tmp_path / "desk")) == [SCHEMA, MANIFEST, "okxlint.yaml"]
    top = okxlint("init", "--yes", cwd=tmp_path)
    assert top.stdout.count("wrote ") == len(FILES)


def test_it_asks_on_a_terminal(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "okxlint", "init"],
            cwd=tmp_path,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.write(ours, b"main\xc2\x9b2J\ntreasury's\nquant-desk\n")
        _, asked = process.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    assert process.returncode == 0
    assert b"Name of the master account [main]: " in asked
    assert b"Error: it has characters in it that do not print" in asked
    text = (tmp_path / MANIFEST).read_text()
    assert '  - name: "treasury\'s"\n' in text
    assert "#    owner: quant-desk\n" in text
    assert okxlint("check", cwd=tmp_path).returncode == 0


# -- configurations --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "text", "expected"),
    [
        (
            "ccxt",
            json.dumps(CCXT),
            [
                ("ccxt-okx", "ccxt", "live", ("okx.apiKey", "okx.secret", "okx.password")),
                ("ccxt-myokx", "ccxt", "demo", ()),
            ],
        ),
        (
            "freqtrade",
            FREQTRADE,
            [("grid-bot", "grid-bot", "live", ("exchange.key", "exchange.secret"))],
        ),
        (
            "hummingbot",
            HUMMINGBOT,
            [("hummingbot-okx_perpetual", "hummingbot", "live", ("okx_secret_key",))],
        ),
    ],
)
def test_names_alone_are_taken(
    program: str, text: str, expected: list[tuple[object, ...]], tmp_path: Path
) -> None:
    (tmp_path / "config").write_text(text)
    found = drafts_of(program, "config", str(tmp_path))
    assert [tuple(draft) for draft in found] == [(program, *each) for each in expected]
    folder = tmp_path / "desk"
    done = okxlint("init", str(folder), "--yes", f"--from-{program}", "config", cwd=tmp_path)
    assert done.returncode == 0
    everything = done.stdout + done.stderr + written(folder)
    for secret in (KEY, SECRET, "Correct-Horse-7", "7b226372"):
        assert secret not in everything
    for *_, routes in expected:
        assert isinstance(routes, tuple)
        assert all(f"plain text in '{route}'" in done.stderr for route in routes)
    report = json.loads(okxlint("check", "-f", "json", cwd=folder).stdout)
    assert not {each["rule"] for each in report["findings"]} & {"manifest-schema", "yaml-syntax"}
    assert report["summary"]["keys"] == len(expected)


def test_a_name_that_is_a_secret_is_none(tmp_path: Path) -> None:
    text = FREQTRADE.replace("grid bot", f"bot {SECRET} {'x' * 60}")
    (tmp_path / "config").write_text(text)
    (draft,) = drafts_of("freqtrade", "config", str(tmp_path))
    assert SECRET not in draft.label
    assert len(draft.label) <= 50
    assert starter_files("main", "o'team", [draft], DAY)[MANIFEST].count('"o\'team"') == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "{}", '{"binance": {}}', '{"exchange": {"name": "kraken"}}', "\x00"]
)
@pytest.mark.parametrize("program", ["ccxt", "freqtrade", "hummingbot"])
def test_what_names_no_key(program: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(text)
    with pytest.raises(OkxlintError, match="names no key for OKX"):
        drafts_of(program, "config", str(tmp_path))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = okxlint("init", "--yes", "--from-ccxt", "no.json", cwd=tmp_path)
    assert (done.returncode, os.listdir(tmp_path)) == (2, [])
    assert "no.json" in done.stderr


def test_a_draft_says_what_is_to_be_done() -> None:
    drafts = [Draft("ccxt", "a", "app", "live"), Draft("ccxt", "b", "app", "demo")]
    text = starter_files("main", "", drafts, DAY)[MANIFEST]
    assert text.count("  - name: app") == 1
    assert text.count("# TODO the key's name on OKX") == 2


def test_drafts_stand_beside_a_manifest_that_is_there(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("version: 1\naccounts: [{name: main, type: master}]\n")
    (tmp_path / "ccxt.json").write_text(json.dumps(CCXT))
    (tmp_path / "bot.json").write_text(FREQTRADE)
    programs = ("--from-ccxt", "ccxt.json", "--from-freqtrade", "bot.json")
    done = okxlint("init", "--yes", *programs, cwd=tmp_path)
    assert "wrote okx-keys/ccxt.yaml\nwrote okx-keys/freqtrade.yaml\n" in done.stdout
    found = json.loads(okxlint("check", "-f", "json", cwd=tmp_path).stdout)
    assert found["summary"]["keys"] == 3
    assert not {each["rule"] for each in found["findings"]} & {"manifest-schema", "yaml-syntax"}
    again = okxlint("init", "--yes", *programs, cwd=tmp_path)
    assert "okx-keys/ccxt.yaml is there already" in again.stdout


def test_labels_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(json.dumps({"okx x": {}, "okx-x": {}, "okx:x": {}}))
    labels = [draft.label for draft in drafts_of("ccxt", "config", str(tmp_path))]
    assert labels == ["ccxt-okx-x", "ccxt-okx-x-2", "ccxt-okx-x-3"]


HOSTILE = f"okx-{KEY}\x1b[2J\x07\n::error::x"


def test_nothing_of_a_name_is_obeyed_or_secret(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(json.dumps({HOSTILE: {"secret": SECRET}}))
    done = okxlint("init", "desk", "--yes", "--from-ccxt", "config", cwd=tmp_path)
    assert done.returncode == 0
    for text in (done.stdout, done.stderr, written(tmp_path / "desk")):
        assert KEY not in text
        assert all(line.isprintable() for line in text.split("\n"))
    assert "\n::error" not in done.stderr
    odd = okxlint("init", "desk", "--yes", "--from-ccxt", "no\x1b[2J", cwd=tmp_path)
    assert (odd.returncode, "\x1b" in odd.stderr) == (2, False)
    (tmp_path / "{}\x1b").write_text("{}")
    odd = okxlint("init", "desk", "--yes", "--from-ccxt", "{}\x1b", cwd=tmp_path)
    assert (odd.returncode, "\x1b" in odd.stderr, "names no key" in odd.stderr) == (2, False, True)


@pytest.mark.parametrize(
    "text",
    [
        '{"exchange": {"name": "OKX"}, "bot_name": "a \\ud83d\\ude00 b"}',
        '{"exchange": /* which */ {"name": "Okx", /* , } */}, // "x": {\n "bot_name": "a b", }',
        '{"exchange": {"name": "okx",}, "bot_name": "a b" /* not ended',
        "exchange: {name: okx}\nbot_name: a b\n",
    ],
)
def test_the_forms_of_freqtrades_configuration(text: str, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(text)
    if text.endswith("not ended"):
        with pytest.raises(OkxlintError, match="names no key"):
            drafts_of("freqtrade", "config", str(tmp_path))
    else:
        (draft,) = drafts_of("freqtrade", "config", str(tmp_path))
        assert (draft.app, draft.plain) == ("a-b", ())


def test_where_a_secret_may_stand_and_what_is_none(tmp_path: Path) -> None:
    config = {
        "exchange": {
            "name": "okx",
            "key": "$ecretPass1",
            "secret": "<hunter2>",
            "password": "your_exchange_password",
            "ccxt_config": {"apiKey": "a1b2c3", "secret": "<your secret>", "timeout": 3},
            "ccxt_async_config": {"aiohttp": {"token": "t0k3n"}},
        },
        "api_server": {"password": "p4ss", "jwt_secret_key": "$JWT", "ws_token": "${WS}"},
        "telegram": {"token": "123:abc", "chat_id": "5"},
        "cache_key": "a",
    }
    (tmp_path / "config").write_text(json.dumps(config))
    (draft,) = drafts_of("freqtrade", "config", str(tmp_path))
    assert draft.plain == (
        "exchange.key",
        "exchange.secret",
        "exchange.ccxt_config.apiKey",
        "exchange.ccxt_async_config.aiohttp.token",
        "api_server.password",
        "telegram.token",
    )


@pytest.mark.parametrize("text", ["[" * 10_000, '{"a":' * 10_000, '"\\"' * 9_999, "/*" * 99_999])
def test_a_hostile_configuration_names_no_key(text: str, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(text)
    with pytest.raises(OkxlintError, match="names no key"):
        drafts_of("freqtrade", "config", str(tmp_path))


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("fifo", "loop", "."):
        done = okxlint("init", "--yes", "--from-ccxt", name, cwd=tmp_path)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr

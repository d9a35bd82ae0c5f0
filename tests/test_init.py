"""``okxlint init``: what it writes checks clean, and no secret of a configuration is kept."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from okxlint.errors import OkxlintError
from okxlint.starter import MANIFEST, SCHEMA, starter_files
from okxlint.starter.configurations import Draft, drafts_of
from tests.asking import okxlint
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
    text = starter_files("main", "", [])[MANIFEST]
    example = text.replace("keys: []\n#", "keys:\n ").replace("\n#  ", "\n   ")
    (tmp_path / MANIFEST).write_text(example)
    done = okxlint("check", "-f", "json", cwd=tmp_path)
    rules = {each["rule"] for each in json.loads(done.stdout)["findings"]}
    assert "manifest-schema" not in rules
    assert json.loads(done.stdout)["summary"]["keys"] == 1


def test_the_workflow_is_the_example() -> None:
    text = starter_files("main", "", [])[".github/workflows/okxlint.yml"]
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
    done = okxlint("init", "desk", "--yes", cwd=tmp_path)
    assert done.stdout.startswith("wrote desk/okx-keys.yaml\n")
    (tmp_path / "file").write_text("")
    wrong = okxlint("init", "file", "--yes", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "cannot write file/okx-keys.yaml" in wrong.stderr


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
        os.write(ours, b"treasury's\nquant-desk\n")
        _, asked = process.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    assert process.returncode == 0
    assert b"Name of the master account [main]: " in asked
    assert "  - name: 'treasury''s'\n" in (tmp_path / MANIFEST).read_text()
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
    assert [tuple(draft) for draft in drafts_of(program, "config", str(tmp_path))] == expected
    folder = tmp_path / "desk"
    done = okxlint("init", str(folder), "--yes", f"--from-{program}", "config", cwd=tmp_path)
    assert done.returncode == 0
    everything = done.stdout + done.stderr + written(folder)
    for secret in (KEY, SECRET, "Correct-Horse-7", "7b226372"):
        assert secret not in everything
    for *_, routes in expected:
        assert isinstance(routes, tuple)
        assert all(f"plain text in '{route}'" in done.stderr for route in routes)
    found = json.loads(okxlint("check", "-f", "json", cwd=folder).stdout)
    assert not {each["rule"] for each in found["findings"]} & {"manifest-schema", "yaml-syntax"}
    assert found["summary"]["keys"] == len(expected)


def test_a_name_that_is_a_secret_is_none(tmp_path: Path) -> None:
    text = FREQTRADE.replace("grid bot", f"bot {SECRET} {'x' * 60}")
    (tmp_path / "config").write_text(text)
    (draft,) = drafts_of("freqtrade", "config", str(tmp_path))
    assert SECRET not in draft.label
    assert len(draft.label) <= 50
    assert starter_files("main", "o'team", [draft])[MANIFEST].count("o''team") == 1


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
    text = starter_files("main", "", [Draft("a", "a", "live"), Draft("b", "a", "demo")])[MANIFEST]
    assert text.count("  - name: 'a'") == 1
    assert text.count("# TODO the key's name on OKX") == 2

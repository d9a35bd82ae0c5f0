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
from okxlint.starter import MANIFEST, POLICY, SCHEMA, starter_files
from okxlint.starter.configurations import Draft, drafts_of, numbered
from okxlint.starter.plain_secrets import plain_secrets
from tests.asking import okxlint
from tests.conftest import DAY
from tests.repositories import git
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
    assert done.stdout.splitlines() == [
        *(f"wrote {name}" for name in FILES),
        "The hook and the workflow do nothing before there is a git repository: git init",
        "Next: okxlint check",
    ]
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
    git(tmp_path, "init", "-q", "-b", "main")
    done = okxlint("init", "desk", "--yes", cwd=tmp_path)
    hook = "okxlint check --policy desk/okxlint.yaml --base HEAD --new-only"
    assert done.stdout.splitlines()[-4:] == [
        ".pre-commit-config.yaml and .github/workflows/okxlint.yml belong to the top of the "
        "repository, and were not written. There",
        f"  the hook runs: {hook}",
        '  and the step of the workflow has: policy: "desk/okxlint.yaml"',
        "Next: cd desk && okxlint check",
    ]
    assert sorted(os.listdir(tmp_path / "desk")) == [SCHEMA, MANIFEST, "okxlint.yaml"]
    found = okxlint(*hook.split()[1:], cwd=tmp_path)
    assert found.stdout.startswith("no findings: 0 keys, 1 account")
    top = okxlint("init", "--yes", cwd=tmp_path)
    assert top.stdout.count("wrote ") == len(FILES)


def on_a_terminal(folder: Path, typed: bytes, *arguments: str) -> tuple[int, str]:
    """The exit status, and what was written to standard error."""
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "okxlint", "init", *arguments],
            cwd=folder,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.write(ours, typed)
        _, asked = process.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    return process.returncode, asked.decode()


def test_it_asks_on_a_terminal(tmp_path: Path) -> None:
    status, asked = on_a_terminal(tmp_path, b"treasury's\nquant-desk\n")
    assert status == 0
    assert "Name of the master account [main]: " in asked
    text = (tmp_path / MANIFEST).read_text()
    assert '  - name: "treasury\'s"\n' in text
    assert "#    owner: quant-desk\n" in text
    assert okxlint("check", cwd=tmp_path).returncode == 0


def test_an_answer_that_is_no_name_is_asked_for_again(tmp_path: Path) -> None:
    typed = b"main\xc2\x9b2J\nma\x1b[Din\n" + KEY.encode() + b"\n \n\xff\nteam\n"
    status, asked = on_a_terminal(tmp_path, typed)
    assert status == 0
    assert asked.count("Error: it has characters in it that do not print; try again") == 3
    assert asked.count("Error: it looks like a key's id or secret; give a name") == 1
    assert KEY not in asked
    assert all(line.isprintable() for line in asked.split("\n"))
    text = (tmp_path / MANIFEST).read_text()
    assert "  - name: main\n" in text
    assert "#    owner: team\n" in text


def test_nothing_is_asked_that_nothing_is_made_of(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("version: 1\n")
    assert on_a_terminal(tmp_path, b"") == (0, "")
    (tmp_path / "keys.json").write_text('{"okx": {}}')
    status, asked = on_a_terminal(tmp_path, b"team\n", "--from-ccxt", "keys.json")
    assert status == 0
    assert "account" not in asked
    assert "    owner: team\n" in (tmp_path / "okx-keys/ccxt.yaml").read_text()


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
    "text", ["", "[]", "{}", '{"binance": {}}', '{"exchange": {"name": "kraken"}}', "3", "null"]
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
    assert again.returncode == 0
    assert again.stdout.count("is declared already, and not drafted") == 3


def test_drafts_use_what_is_declared(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(
        "version: 1\naccounts:\n  - {name: desk, type: master}\napps:\n  - name: ccxt\nkeys:\n"
        "  - {label: CCXT-okx, account: desk, permissions: [read_only]}\n"
    )
    (tmp_path / "ccxt.json").write_text(json.dumps(CCXT))
    done = okxlint("init", "--yes", "--from-ccxt", "ccxt.json", cwd=tmp_path)
    assert "key 'ccxt-okx' is declared already, and not drafted\n" in done.stdout
    report = json.loads(okxlint("check", "-f", "json", cwd=tmp_path).stdout)
    wrong = {each["rule"] for each in report["findings"]}
    assert not wrong & {"manifest-schema", "references-valid", "unique-label"}
    counts = report["summary"]
    assert (counts["accounts"], counts["apps"], counts["keys"]) == (1, 1, 2)


def test_an_empty_folder_of_manifests_is_none(tmp_path: Path) -> None:
    (tmp_path / "okx-keys").mkdir()
    assert okxlint("init", "--yes", cwd=tmp_path).stdout.startswith(f"wrote {MANIFEST}\n")


def test_no_first_manifest_beside_a_folder_of_them(tmp_path: Path) -> None:
    (tmp_path / "okx-keys").mkdir()
    text = "version: 1\naccounts: [{name: main, type: master}]\n"
    (tmp_path / "okx-keys/main.yaml").write_text(text)
    done = okxlint("init", "--yes", cwd=tmp_path)
    assert f"{MANIFEST} was not written: there are files in okx-keys already\n" in done.stdout
    assert not (tmp_path / MANIFEST).exists()
    found = okxlint("check", cwd=tmp_path)
    assert found.stdout.startswith("no findings: 0 keys, 1 account")
    (tmp_path / "ccxt.json").write_text(json.dumps(CCXT))
    assert okxlint("init", "--yes", "--from-ccxt", "ccxt.json", cwd=tmp_path).returncode == 0
    report = json.loads(okxlint("check", "-f", "json", cwd=tmp_path).stdout)
    assert (report["summary"]["accounts"], report["summary"]["keys"]) == (1, 2)
    assert "manifest-schema" not in {each["rule"] for each in report["findings"]}


def test_drafts_declare_the_account_once_if_none_is_declared(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("version: 1\n")
    (tmp_path / "ccxt.json").write_text(json.dumps(CCXT))
    (tmp_path / "bot.json").write_text(FREQTRADE)
    programs = ("--from-ccxt", "ccxt.json", "--from-freqtrade", "bot.json")
    assert okxlint("init", "--yes", *programs, cwd=tmp_path).returncode == 0
    report = json.loads(okxlint("check", "-f", "json", cwd=tmp_path).stdout)
    assert not {each["rule"] for each in report["findings"]} & {
        "manifest-schema", "references-valid"
    }  # fmt: skip
    assert report["summary"]["accounts"] == 1


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"okx-keys/ccxt.yaml": "version: 1\n"},
            "nothing is overwritten, and okx-keys/ccxt.yaml is there already",
        ),
        (
            {POLICY: f"version: 1\nextends: recommended\nmanifests: [{MANIFEST}]\n"},
            "the policy's 'manifests' do not take okx-keys/ccxt.yaml",
        ),
        ({MANIFEST: "version: 2\nkeys: 3\n"}, f"{MANIFEST} is not right"),
        ({POLICY: "version: 2\n"}, POLICY),
    ],
)
def test_drafts_that_have_no_place(files: dict[str, str], said: str, tmp_path: Path) -> None:
    all_files = {MANIFEST: "version: 1\n", "ccxt.json": json.dumps(CCXT), **files}
    for name, text in all_files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    before = written(tmp_path)
    done = okxlint("init", "--yes", "--from-ccxt", "ccxt.json", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert written(tmp_path) == before


@pytest.mark.parametrize("glob", ["okx-keys/ccxt.yaml", "./okx-keys/*.yaml", "'**/c*.yaml'"])
def test_the_policy_says_where_drafts_may_be(glob: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("version: 1\n")
    (tmp_path / POLICY).write_text(
        f"version: 1\nextends: recommended\nmanifests: [{MANIFEST}, {glob}]\n"
    )
    (tmp_path / "ccxt.json").write_text(json.dumps(CCXT))
    assert okxlint("init", "--yes", "--from-ccxt", "ccxt.json", cwd=tmp_path).returncode == 0
    report = json.loads(okxlint("check", "-f", "json", cwd=tmp_path).stdout)
    assert report["summary"]["keys"] == 2


def test_labels_are_told_apart(tmp_path: Path) -> None:
    long = "okx" + "y" * 60
    names = ["okx-x-2", "okx x", "okx-x", "okx:x", "OKX-X", long, f"{long}y"]
    (tmp_path / "ccxt.json").write_text(json.dumps({name: {} for name in names}))
    (tmp_path / "bot.json").write_text('{"bot_name": "ccxt-okx-x", "exchange": {"name": "okx"}}')
    programs = ("--from-ccxt", "ccxt.json", "--from-freqtrade", "bot.json")
    done = okxlint("init", "desk", "--yes", *programs, cwd=tmp_path)
    assert done.returncode == 0
    labels = re.findall(r"label: (\S+)", (tmp_path / "desk" / MANIFEST).read_text())
    assert labels == [
        "ccxt-okx-x-2",
        "ccxt-okx-x",
        "ccxt-okx-x-3",
        "ccxt-okx-x-4",
        "ccxt-OKX-X-5",
        "ccxt-okx" + "y" * 42,
        "ccxt-okx" + "y" * 40 + "-2",
        "ccxt-okx-x-6",
    ]
    report = json.loads(okxlint("check", "-f", "json", cwd=tmp_path / "desk").stdout)
    assert not {each["rule"] for each in report["findings"]} & {"manifest-schema", "unique-label"}


def test_very_many_like_labels() -> None:
    labels = [draft.label for draft in numbered([Draft("ccxt", "a" * 50, "a", "live")] * 100_000)]
    assert (labels[-1], len(set(labels))) == ("a" * 43 + "-100000", 100_000)


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
        with pytest.raises(OkxlintError, match="neither JSON nor YAML"):
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


PLACES = {
    "exchange": {
        "name": "okx",
        "key": "plain-1",
        "ccxt_config": {"options": {"apiKey": "plain-2"}, "accounts": [{"password": "plain-3"}]},
        "ccxt_sync_config": {"privateKey": 12345678},
    },
    "api_server": {"password": "${hunter2}", "ws_token": ["plain-4", "${TOKEN}"]},
    "external_message_consumer": {"producers": [{"name": "a", "ws_token": "correct horse"}]},
    "pairlists": [{"method": "VolumePairList", "sort_key": "quoteVolume"}],
}


def test_secrets_in_lists_and_numbers(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(json.dumps(PLACES))
    (draft,) = drafts_of("freqtrade", "config", str(tmp_path))
    assert draft.plain == (
        "exchange.key",
        "exchange.ccxt_config.options.apiKey",
        "exchange.ccxt_config.accounts.0.password",
        "exchange.ccxt_sync_config.privateKey",
        "api_server.password",
        "api_server.ws_token",
        "external_message_consumer.producers.0.ws_token",
    )


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "${OKX_KEY}", "$OKX_KEY", "env:OKX_KEY", "***", "vault://trading/okx/grid"),
        *("<your key>", "<API-Key>", "<your secret here>", "your_exchange_key", "YOUR API KEY"),
        *(None, True, {}, []),
    ],
)
def test_what_is_no_secret(value: object, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(json.dumps({"okx": {"apiKey": value}}))
    assert drafts_of("ccxt", "config", str(tmp_path))[0].plain == ()


@pytest.mark.parametrize(
    "value",
    [
        *("$ecretPass1", "<hunter2>", "${hunter2}", "$$A", "env:", "changeme", "<correct horse>"),
        *("your-mother", "vault", 1234.5, ["a"]),
    ],
)
def test_what_only_looks_like_no_secret(value: object, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(json.dumps({"okx": {"apiKey": value}}))
    assert drafts_of("ccxt", "config", str(tmp_path))[0].plain == ("okx.apiKey",)


@pytest.mark.parametrize(
    ("program", "value"),
    [
        ("ccxt", {"okx Correct-Horse-7": {"secret": "Correct-Horse-7"}}),
        ("ccxt", {"okx": {"Correct-Horse-7 secret": "Correct-Horse-7"}}),
        ("ccxt", {"okx-" + KEY.replace("-", " "): {"secret": "hunter22"}}),
        ("ccxt", {f"okx {SECRET.lower()}": {"secret": "\ud800"}}),
        (
            "freqtrade",
            {"bot_name": "Correct-Horse-7", "exchange": {"name": "okx", "key": "Correct-Horse-7"}},
        ),
        ("hummingbot", {"connector": f"okx_{SECRET}", "okx_key": SECRET}),
    ],
)
def test_no_secret_becomes_a_name(program: str, value: object, tmp_path: Path) -> None:
    path = f"config {KEY}"
    (tmp_path / path).write_text(json.dumps(value))
    done = okxlint("init", "desk", "--yes", f"--from-{program}", path, cwd=tmp_path)
    assert done.returncode == 0
    assert "a credential stands in plain text in" in done.stderr
    for wrong in ("{", "{}"):
        (tmp_path / path).write_text(wrong)
        failed = okxlint("init", "--yes", f"--from-{program}", path, cwd=tmp_path)
        assert failed.returncode == 2
        done.stderr += failed.stderr
    done.stderr += okxlint("init", path, "--yes", cwd=tmp_path).stderr
    done.stdout += okxlint("init", KEY, "--yes", cwd=tmp_path).stdout
    for text in (done.stdout, done.stderr, written(tmp_path / "desk")):
        assert all(line.isprintable() for line in text.split("\n"))
        assert not [s for s in (KEY, SECRET, SECRET.lower(), "Correct-Horse-7") if s in text]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "is neither JSON nor YAML (see line 1)"),
        (b'{"okx":\n {"secret" "' + SECRET.encode() + b'"}}', "neither JSON nor YAML (see line 2)"),
        (b"\x00", "is neither JSON nor YAML"),
        (bytes(range(256)), "is neither JSON nor YAML"),
        ('{"okx": {}}'.encode("utf-16"), "is neither JSON nor YAML"),
        (b"[" * 10_000, "is neither JSON nor YAML"),
        (b'{"a":' * 10_000, "is neither JSON nor YAML"),
        (b'{"okx":' * 10_000 + b"1" + b"}" * 10_000, "is neither JSON nor YAML"),
        (b'"\\"' * 9_999, "is neither JSON nor YAML"),
        (b"/*" * 99_999, "names no key for OKX"),
        (b'{"okx": ' + b"9" * 5000 + b"}", "names no key for OKX"),
        (b'{"okx": "' + b"x" * (64 << 20) + b'"}', "has more than 64 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "bytes",
)
def test_a_hostile_configuration(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(data)
    done = okxlint("init", "desk", "--yes", "--from-freqtrade", "config", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Nothing was written" in done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr
    assert os.listdir(tmp_path) == ["config"]


def test_a_secret_that_is_nested_deeper_than_the_stack() -> None:
    deep: dict[str, object] = {"secret": "hunter22"}
    for _ in range(5000):
        deep = {"a": deep}
    (found,) = plain_secrets(deep, "okx", keys=True)
    assert (found.route.count(".a"), found.secret) == (5000, "hunter22")


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("folder", "pipe", "loop", "no.json", "", "/dev/zero"):
        done = okxlint("init", "desk", "--yes", "--from-ccxt", name, cwd=tmp_path)
        assert done.returncode == 2
        assert f"okxlint: {name}: " in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "desk").exists()

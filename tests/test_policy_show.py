"""``okxlint policy show``: the policy in force, with where each value comes from."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from okxlint.cli import main
from okxlint.documents.reader import read
from okxlint.documents.scalars import typed
from okxlint.policy.yaml import lines
from okxlint.rule import rule_ids
from tests.policy_files import install, write
from tests.test_cli import okxlint


class Shown(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


Show = Callable[..., Shown]


@pytest.fixture(name="repository")
def repository_fixture(tmp_path: Path) -> Path:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    return repository


@pytest.fixture(name="show")
def show_fixture(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Show]:
    def show(*args: str, cwd: str = ".") -> Shown:
        monkeypatch.chdir(repository / cwd)
        with pytest.raises(SystemExit) as end:
            main(["policy", "show", *args])
        return Shown(int(str(end.value.code)), *capsys.readouterr())

    yield show
    gc.enable()


def told(out: str) -> dict[str, str]:
    """By a line of the text: the comment on it; of equal lines the last."""
    rows = (line.rpartition("  # ") for line in out.splitlines())
    return {value.strip(): said for value, mark, said in rows if mark}


def bare(shown: Any) -> Any:
    """A view without what tells where things come from, and what is told in comments alone."""
    if isinstance(shown, dict):
        told = ("from", "source", "chosen", "chain", "granted")
        found = {name: bare(item) for name, item in shown.items() if name not in told}
        return found["value"] if set(shown) == {"value", "from"} else found
    return [bare(item) for item in shown] if isinstance(shown, list) else shown


LONG = "x" * 2100
FILES = {
    "org/base.yaml": """extends: strict
rules:
  max-age: {max_days: 50, locked: true}
  no-withdraw: {locked: true}
  reviewed: info
overrides:
  - match: {environment: demo, path: "../desks/*/[k]eys/**"}
    rules: {secret-store: off, max-age: {max_days: 45}}
waivers: {require: [reason, expires], max_days: 90, approvers: ["*@example.com"], never: [ip-bound]}
metadata_schema: schema.json
""",
    "org/schema.json": '{"type": "object"}',
    "desks/a/okxlint.yaml": """extends: ../../org/base.yaml
manifests: [keys.yaml, "./keys/*.yaml"]
rules:
  max-age:
    max_days: 40
    environments: [live, demo]
  descriptive-label: {pattern: "true"}
  ip-egress: {egress: [203.0.113.0/24, "2001:db8::/64"]}
  secret-store:
    stores: [vault, "null", "0x1", "a: b", "#", "é \\u202e", "1.5", "~", "-", "2026-01-02"]
  acme-owner: warning
overrides:
  - {match: {app: "[!x]*", account: main}, rules: {ip-bound: {}, acme-owner: {severity: error}}}
waivers:
  approvers: [security@example.com]
  never: [no-withdraw]
  granted:
    - {account: main, key: treasury, rule: ip-narrow, reason: "it's", expires: 2026-12-31}
custom:
  - id: acme-owner
    for: key
    where: {path: ../b/*, environment: live}
    assert:
      required: [owner]
      properties:
        owner: {pattern: "^team-", minLength: 3, enum: [team-a, "1", "null"]}
        metadata:
          properties:
            "##[group]": {const: "a\\n\\tb \\u2028 \\U0001F600"}
            "<<": {enum: [1, "1", 1.5, null, true, .inf, [], {}]}
    at: owner
    message: "owner: 'a' \\"team\\""
    help: "See #staff."
""",
}


def test_the_text_is_a_policy_that_means_the_same(repository: Path, show: Show) -> None:
    write(repository, FILES)
    shown = show(cwd="desks/a")
    assert (shown.code, shown.err) == (0, "")
    write(repository, {"shown.yaml": shown.out})
    first = show("-f", "json", cwd="desks/a").data
    again = show("-f", "json", "--policy", "shown.yaml").data
    floors = [found["rules"].pop("max-age")["locked"] for found in (first, again)]
    assert (floors[0]["options"]["max_days"], floors[1]) == (50, None)  # told in a comment
    assert bare(again) == bare(first)
    assert [rule for rule, said in again["rules"].items() if said["locked"]] == ["no-withdraw"]
    # And what is shown of that is the same again, comments aside.
    values = [line.split("  #")[0].rstrip() for line in shown.out.splitlines() if line[0] != "#"]
    twice = show("--policy", "shown.yaml").out.splitlines()
    assert [line.split("  #")[0].rstrip() for line in twice if line[0] != "#"] == [
        value for value in values if value
    ]


def test_each_value_has_its_origin(repository: Path, show: Show) -> None:
    write(repository, FILES)
    found = show("-f", "json", cwd="desks/a").data
    base, own = "org/base.yaml", "desks/a/okxlint.yaml"
    assert (found["version"], found["source"], found["chosen"]) == (1, own, "found")
    assert found["chain"] == ["recommended", "strict", base, own]
    rules = found["rules"]
    assert rules["max-age"]["severity"] == {"value": "error", "from": "strict"}
    assert rules["max-age"]["options"] == {
        "max_days": {"value": 40, "from": f"{own}:6"},
        "warn_days": {"value": 14, "from": "default"},
        "environments": {"value": ["live", "demo"], "from": f"{own}:7"},
    }
    assert rules["max-age"]["locked"] == {
        "from": f"{base}:4",
        "severity": "error",
        "options": {"max_days": 50, "warn_days": 14, "environments": ["live"]},
    }
    assert rules["reviewed"]["severity"] == {"value": "info", "from": f"{base}:6"}
    assert rules["acme-owner"]["severity"] == {"value": "warning", "from": f"{own}:12"}
    assert rules["unique-label"]["severity"] == {"value": "error", "from": "recommended"}
    assert rules["unique-label"]["locked"] is None
    demo, app = found["overrides"]
    assert demo["match"] == {"environment": "demo", "path": "desks/*/[k]eys/**"}
    assert demo["from"] == f"{base}:8"
    assert demo["rules"] == {
        "secret-store": {"severity": {"value": "off", "from": f"{base}:9"}, "options": {}},
        "max-age": {"options": {"max_days": {"value": 45, "from": f"{base}:9"}}},
    }
    assert app["rules"]["ip-bound"] == {"options": {}}
    assert found["manifests"] == {
        "value": ["desks/a/keys.yaml", "desks/a/keys/*.yaml"],
        "from": [f"{own}:3", f"{own}:3"],
    }
    assert found["metadata_schema"] == {"value": "org/schema.json", "from": f"{base}:11"}
    assert found["custom"][0]["from"] == f"{own}:21"
    assert found["custom"][0]["where"] == {"path": "desks/b/*", "environment": "live"}
    assert found["plugins"] == {"value": [], "from": ["default"]}
    assert found["waivers"] == {
        "require": {"value": ["reason", "expires"], "from": [f"{base}:10"] * 2},
        "max_days": {"value": 90, "from": f"{base}:10"},
        "approvers": {"value": ["security@example.com"], "from": [f"{own}:16"]},
        "never": {"value": ["ip-bound", "no-withdraw"], "from": [f"{base}:10", f"{own}:17"]},
        "granted": [
            {
                "account": "main", "key": "treasury", "rule": "ip-narrow", "reason": "it's",
                "expires": "2026-12-31", "from": f"{own}:19",
            }
        ],
    }  # fmt: skip


def test_the_text_tells_where_each_value_stands(repository: Path, show: Show) -> None:
    write(repository, FILES)
    text = show(cwd="desks/a").out
    out, rows = text.splitlines(), told(text)
    own = "desks/a/okxlint.yaml"
    assert out[:4] == [
        f"# {own}: found from the working directory upwards",
        f"# made of recommended -> strict -> org/base.yaml -> {own}",
        "version: 1",
        "extends: []",
    ]
    assert rows["max_days: 40"] == f"{own}:6"
    assert rows["warn_days: 14"] == "default"
    held = "{severity: error, max_days: 50, warn_days: 14, environments: [live]}"
    assert f"    # locked at org/base.yaml:4: {held}" in out
    assert rows["locked: true"] == "org/base.yaml:5"
    assert rows["max_days: 45"] == "org/base.yaml:9"
    assert "      ip-bound: {}" in out
    assert out[-1] == (
        '  # granted: {account: main, key: treasury, rule: ip-narrow, reason: "it\'s", '
        f"expires: 2026-12-31}}  # {own}:19"
    )


# -- which policy ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "args", "chosen", "said"),
    [
        ({}, (), "default", "# recommended: there is no okxlint.yaml"),
        ({"okxlint.yaml": ""}, (), "found", "# okxlint.yaml: found from the working directory"),
        ({"okxlint.yaml": ""}, ("--policy", "strict"), "--policy", "# strict: named by --policy"),
        ({"a.yaml": ""}, ("--policy", "a.yaml"), "--policy", "# a.yaml: named by --policy"),
        (
            {"okxlint.yaml": ""},
            ("--policy", "okxlint.yaml"),
            "--policy",
            "# okxlint.yaml: named by --policy",
        ),
    ],
)
def test_what_made_it_the_policy_is_told(
    repository: Path,
    show: Show,
    files: dict[str, str],
    args: tuple[str, ...],
    chosen: str,
    said: str,
) -> None:
    write(repository, files)
    assert show(*args).out.startswith(said)
    assert show(*args, "-f", "json").data["chosen"] == chosen


@pytest.mark.parametrize("pack", ["essentials", "recommended", "strict"])
def test_a_pack_shown_is_the_pack(repository: Path, show: Show, pack: str) -> None:
    write(repository, {"shown.yaml": show("--policy", pack).out})
    first = show("--policy", pack, "-f", "json").data
    again = show("--policy", "shown.yaml", "-f", "json").data
    assert bare(again) == bare(first)
    assert {said["severity"]["from"] for said in again["rules"].values()} != {pack}


def test_a_policy_that_says_nothing(repository: Path, show: Show) -> None:
    write(repository, {"okxlint.yaml": "extends: []\nwaivers: {require: [], approvers: []}\n"})
    shown = show()
    assert "rules: {}\n" in shown.out
    assert told(shown.out)["require: []"] == "okxlint.yaml:3"
    assert told(shown.out)["approvers: []"] == "okxlint.yaml:3"
    assert told(shown.out)["never: []"] == "default"
    write(repository, {"shown.yaml": shown.out})
    first, again = show("-f", "json").data, show("-f", "json", "--policy", "shown.yaml").data
    assert bare(again) == bare(first)


def test_an_installed_pack_and_a_plugin_are_named(
    repository: Path, show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(str(site))
    schema = {"schema.json": "{}"}
    base = "rules: {no-withdraw: {locked: true}, max-age: {max_days: 45}}\nmanifests: [k.yaml]\n"
    grant = "waivers: {granted: [{account: main, rule: key-limit}]}\nmetadata_schema: schema.json\n"
    install(site, "okxlint-acme", {"base": base + grant})
    write(site / "acme_packs", schema)
    rule = (
        '"""A key must be."""\nfrom okxlint.rule import rule\n\n'
        '@rule(group="inventory", target="key", recommended="warning", strict="error",\n'
        '      security_severity="2.0", help="Do it.")\n'
        "def check(key, run):\n    yield from ()\n"
    )
    write(
        site,
        {
            "okxlint_zz-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: okxlint-zz\n",
            "okxlint_zz-1.0.dist-info/entry_points.txt": "[okxlint.rules]\nzz = zz_show_rules\n",
            "zz_show_rules/__init__.py": "",
            "zz_show_rules/must_be.py": rule,
        },
    )
    text = "extends: okxlint-acme:base\nplugins: [okxlint-zz]\nrules: {max-age: {warn_days: 1}}\n"
    write(repository, {"okxlint.yaml": text})
    shown = show()
    assert told(shown.out)["max_days: 45"] == "okxlint-acme:base"
    assert told(shown.out)["warn_days: 1"] == "okxlint.yaml:4"
    assert told(shown.out)["locked: true"] == "okxlint-acme:base"
    assert told(shown.out)["- okxlint-zz"] == "okxlint.yaml:3"
    assert (
        "  zz/must-be:\n    severity: warning                         # okxlint-zz\n" in shown.out
    )
    assert "# okxlint-acme:base:4\n" in shown.out  # the granted waiver
    found = show("-f", "json").data
    assert found["metadata_schema"]["value"] == str(site / "acme_packs/schema.json")
    assert found["metadata_schema"]["from"] == "okxlint-acme:base"
    assert found["manifests"] == {"value": ["k.yaml"], "from": ["okxlint-acme:base"]}
    only = show("--rule", "zz/must-be").out
    assert "plugins:\n" in only
    assert "plugins:\n" not in show("--rule", "max-age").out
    write(repository, {"shown.yaml": show().out})
    again = show("-f", "json", "--policy", "shown.yaml").data
    assert bare(again) == bare(found)


# -- one rule, one key -----------------------------------------------------------------------

MANIFEST = """version: 1
apps: [{name: bot}]
keys:
  - {label: bot-2026q4, account: main, app: bot, permissions: [trade]}
  - {label: a/b, account: c, permissions: [trade], environment: demo}
  - {label: b, account: c/a, permissions: [trade]}
  - {label: gone, account: main, permissions: [trade], status: revoked}
  - {label: gone, account: main, permissions: [trade]}
  - {label: bad, account: main, permissions: [all]}
"""
POLICY = """rules:
  max-age: {max_days: 80}
  rotation-slots: off
overrides:
  - match: {environment: demo}
    rules: {ip-bound: off, max-age: warning}
  - match: {account: c, key: a*}
    rules:
      max-age:
        max_days: 60
        warn_days: 1
  - match: {account: main}
    rules: {key-limit: {max_keys: 7}, no-withdraw: info}
"""


@pytest.fixture(name="desk")
def desk_fixture(repository: Path) -> Path:
    return write(repository, {"okx-keys.yaml": MANIFEST, "okxlint.yaml": POLICY})


@pytest.mark.usefixtures("desk")
def test_one_rule_with_the_overrides_that_speak_of_it(show: Show) -> None:
    found = show("--rule", "max-age", "-f", "json").data
    assert list(found["rules"]) == ["max-age"]
    assert [override["from"] for override in found["overrides"]] == [
        "okxlint.yaml:6", "okxlint.yaml:8",
    ]  # fmt: skip
    assert [list(override["rules"]) for override in found["overrides"]] == [["max-age"]] * 2
    assert "waivers" not in found
    assert "manifests" not in found
    assert "waivers" not in show("--rule", "max-age").out
    off = show("--rule", "rotation-slots", "-f", "json").data
    assert off["rules"]["rotation-slots"]["severity"] == {"value": "off", "from": "okxlint.yaml:4"}


def test_a_rule_that_nobody_speaks_of(repository: Path, show: Show) -> None:
    write(repository, {"okxlint.yaml": "extends: []\n"})
    found = show("--rule", "max-age", "-f", "json").data["rules"]["max-age"]
    assert found["severity"] == {"value": "off", "from": "default"}
    assert found["options"]["max_days"] == {"value": 90, "from": "default"}


@pytest.mark.usefixtures("desk")
def test_what_holds_for_one_key_after_overrides(show: Show) -> None:
    found = show("--key", "c/a/b", "-f", "json").data
    assert found["key"] == {"value": "c/a/b", "from": "okx-keys.yaml:5"}
    assert "overrides" not in found
    assert found["rules"]["max-age"] == {
        "severity": {"value": "warning", "from": "okxlint.yaml:7"},
        "options": {
            "max_days": {"value": 60, "from": "okxlint.yaml:11"},
            "warn_days": {"value": 1, "from": "okxlint.yaml:12"},
            "environments": {"value": ["live"], "from": "default"},
        },
        "locked": None,
    }
    assert found["rules"]["ip-bound"]["severity"] == {"value": "off", "from": "okxlint.yaml:7"}
    assert found["rules"]["no-withdraw"]["severity"] == {"value": "error", "from": "recommended"}
    assert "key-limit" not in found["rules"], "it judges accounts"
    main = show("--key", "main/bot-2026q4", "-f", "json").data
    assert main["rules"]["no-withdraw"]["severity"] == {"value": "info", "from": "okxlint.yaml:14"}
    assert main["rules"]["max-age"]["options"]["max_days"]["value"] == 80


@pytest.mark.usefixtures("desk")
def test_one_rule_for_one_key(show: Show) -> None:
    shown = show("--rule", "max-age", "--key", "c/a/b")
    assert shown.out == (
        "# okxlint.yaml: found from the working directory upwards\n"
        "# made of recommended -> okxlint.yaml\n"
        "# for the key c/a/b, overrides included (okx-keys.yaml:5)\n"
        "version: 1\n"
        "extends: []\n"
        "rules:\n"
        "  max-age:\n"
        "    severity: warning                         # okxlint.yaml:7\n"
        "    max_days: 60                              # okxlint.yaml:11\n"
        "    warn_days: 1                              # okxlint.yaml:12\n"
        "    environments: [live]                      # default\n"
    )


@pytest.mark.usefixtures("desk")
def test_of_two_keys_of_a_name_the_current_one_is_meant(show: Show) -> None:
    found = show("--key", "main/gone", "-f", "json").data
    assert found["key"]["from"] == "okx-keys.yaml:8"


def test_a_rule_that_only_an_override_turns_on(repository: Path, show: Show) -> None:
    text = "extends: []\noverrides: [{match: {account: main}, rules: {no-withdraw: error}}]\n"
    write(repository, {"okx-keys.yaml": MANIFEST, "okxlint.yaml": text})
    for key, word in (("main/bot-2026q4", "error"), ("c/a/b", "off")):
        rules = show("--key", key, "-f", "json").data["rules"]
        assert list(rules) == ["no-withdraw"]
        assert rules["no-withdraw"]["severity"]["value"] == word


# -- what is wrong ---------------------------------------------------------------------------


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--rule", "max-aeg"), "there is no rule 'max-aeg'; did you mean 'max-age'?"),
        (("--rule", "yaml-syntax"), "'yaml-syntax' is always on, at its own severity"),
        (("--rule", ""), "there is no rule ''"),
        (
            ("--rule", "key-limit", "--key", "main/bot-2026q4"),
            "'key-limit' is about an account, so that it has nothing to say of a key",
        ),
        (("--key", "main/bot"), "no manifest declares the key 'main/bot'; did you mean 'main/bot-"),
        (("--key", "bot-2026q4"), "no manifest declares the key 'bot-2026q4'"),
        (("--key", ""), "no manifest declares the key ''"),
        (("--key", "main/bad"), "the key 'main/bad' has an error in its manifest, so that no"),
        (("--policy", "strickt"), "there is no policy file or pack 'strickt'; did you mean"),
        (("-f", "yaml"), "Invalid value for '-f' / '--format'"),
    ],
)
def test_what_cannot_be_shown(show: Show, args: tuple[str, ...], said: str) -> None:
    shown = show(*args)
    assert (shown.code, shown.out) == (2, "")
    assert said in shown.err


def test_a_key_may_be_in_what_cannot_be_read(desk: Path, show: Show) -> None:
    (desk / "okx-keys").mkdir()
    (desk / "okx-keys/more.yaml").symlink_to("../okx-keys.yaml")
    shown = show("--key", "main/x")
    assert shown.code == 2
    assert "no manifest declares the key 'main/x'" in shown.err
    assert "okx-keys/more.yaml: is a symbolic link" in shown.err


def test_a_policy_that_is_wrong_is_not_shown(repository: Path) -> None:
    write(repository, {"okxlint.yaml": "rules: {max-age: {max_dys: 1}}\n"})
    done = okxlint("policy", "show", cwd=repository)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("okxlint: okxlint.yaml:2:19: 'max_dys' is no option of the rule")


def test_help_has_an_example() -> None:
    done = okxlint("policy", "show", "--help", cwd=Path())
    assert "okxlint policy show --key gridbot01/gridbot-2026q4" in done.stdout
    assert "okxlint policy show" in okxlint("policy", "--help", cwd=Path()).stdout


# -- what comes out --------------------------------------------------------------------------


def test_nothing_secret_and_no_command_comes_out(repository: Path, show: Show) -> None:
    secret = "0123456789ABCDEF" * 2
    stores = f'["{secret}", "##[error]x", "\\e[31m", "::error::x"]'
    text = f"rules: {{secret-store: {{stores: {stores}}}}}\n"
    write(repository, {"##[set]/okxlint.yaml": text})
    for args in ((), ("-f", "json")):
        shown = show(*args, cwd="##[set]")
        assert shown.code == 0
        assert secret not in shown.out
        assert "*" * 32 in shown.out
        assert "##[" not in shown.out
        assert "\x1b" not in shown.out
        assert not any(line.lstrip().startswith("::") for line in shown.out.splitlines())
    found = show("-f", "json", cwd="##[set]").data["rules"]["secret-store"]["options"]["stores"]
    assert found["value"] == ["*" * 32, "##[error]x", "\x1b[31m", "::error::x"]
    write(repository, {"shown.yaml": show(cwd="##[set]").out})
    again = show("-f", "json", "--policy", "shown.yaml").data
    assert again["rules"]["secret-store"]["options"]["stores"]["value"] == found["value"]


def test_a_long_value_is_shown_whole(repository: Path, show: Show) -> None:
    write(repository, {"okxlint.yaml": f"rules: {{secret-store: {{stores: [{LONG}]}}}}\n"})
    assert LONG in show().out


def value_of(text: str) -> Any:
    (document,) = read("a.yaml", text.encode()).documents
    return typed(document.value)


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("\x00\x7f\x85\u2028\ufeff\"'\\:#[]{}")
)
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(VALUES)
@example(["true", "no", "null", "~", "", "1", "0x1f", "1e3", ".5", "-1", "<<", "a: b", "*a", "##["])
@example(float("-inf"))
@example({"": {"<<": 1}, "true": [], "null": {}})
def test_any_value_is_yaml_that_means_the_same(value: Any) -> None:
    shown = {
        "source": "a", "chosen": "found", "chain": ["a"], "custom": [], "plugins": {"value": []},
        "rules": {"x": {"options": {"value": {"value": value, "from": "here"}}, "locked": None}},
    }  # fmt: skip
    text = "\n".join(lines(shown, ())) + "\n"
    assert value_of(text)["rules"]["x"]["value"] == value


def test_not_a_number_is_written_as_yaml_does() -> None:
    rules = {"x": {"options": {"a": {"value": float("nan"), "from": "b"}}, "locked": None}}
    shown = {"source": "a", "chosen": "found", "chain": [], "custom": [], "rules": rules}
    assert any(line.startswith("    a: .nan ") for line in lines(shown, ()))


def test_every_rule_can_be_shown(show: Show) -> None:
    found = show("--policy", "strict", "-f", "json").data["rules"]
    assert set(found) <= set(rule_ids())
    assert all(said["severity"]["from"] in ("recommended", "strict") for said in found.values())

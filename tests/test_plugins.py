"""Plugins and installed packs: what enables them, what is asked of them, what they cannot do."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from okxlint.catalogue import facts, markdown
from okxlint.cli import main
from okxlint.errors import PolicyError
from okxlint.model import Severity
from okxlint.policy import Policy
from okxlint.policy.distributions import NotInstalled, normalized, pack_file, pack_name, plugins
from okxlint.rule import NoOptions, Rule, load_rule
from tests.conftest import policy_of, verdict_of

MANIFEST = """version: 1
keys:
  - {label: bot-2026q4, account: main, permissions: [read_only], created: 2026-11-01}
"""
HEAD = "version: 1\nextends: []\nplugins: [okxlint-zeta]\n"
IMPORTS = "from okxlint.rule import Hit, RuleOptions, option, rule\n"
FACTS = {
    "group": "inventory",
    "target": "key",
    "recommended": "warning",
    "strict": "error",
    "security_severity": "2.0",
    "help": "Do it.",
}


def rule_text(body: str = "yield Hit(key.origin.label, key.label, 'no')", **more: str) -> str:
    """A rule module that finds every key; ``more`` is code in place of, or besides, the facts."""
    arguments = {name: repr(value) for name, value in FACTS.items()} | more
    options = arguments.pop("Options", "")
    given = ", ".join(f"{name}={value}" for name, value in arguments.items())
    return (
        f'"""A rule.\n\nA reason."""\n{IMPORTS}\n{options}\n'
        f"@rule({given})\ndef check(key, run):\n    {body}\n"
    )


class Site:
    """A folder of installed distributions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(
        self, name: str, points: str, files: Mapping[str, str | bytes], version: str = "1.0"
    ) -> None:
        """Install a distribution; ``points`` is the text of its entry points."""
        info = f"{name.replace('-', '_')}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        own = {f"{info}/METADATA": metadata, f"{info}/entry_points.txt": points}
        for path, text in {**own, **files}.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)
        importlib.invalidate_caches()

    def plugin(self, rules: Mapping[str, str], name: str = "zeta", package: str = "zeta_") -> None:
        """Install ``okxlint-NAME`` with a plugin NAME: rule modules by name."""
        files = {f"{package}/{module}.py": text for module, text in rules.items()}
        points = f"[okxlint.rules]\n{name} = {package}\n"
        self.add(f"okxlint-{name}", points, {f"{package}/__init__.py": "", **files})


@pytest.fixture(name="site")
def site_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    yield Site(folder)
    for name in [name for name, module in sys.modules.items() if _is_in(module, tmp_path)]:
        del sys.modules[name]


def _is_in(module: object, folder: Path) -> bool:
    """Whether a module was imported from a folder; a package may have a path and no file."""
    places = [getattr(module, "__file__", None), *(getattr(module, "__path__", None) or ())]
    return any(str(place).startswith(str(folder)) for place in places)


@pytest.fixture(name="desk")
def desk_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a manifest and a policy that enables ``okxlint-zeta``."""
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "okx-keys.yaml").write_text(MANIFEST)
    (folder / "okxlint.yaml").write_text(HEAD)
    monkeypatch.chdir(folder)
    return folder


def enabled(*distributions: str, more: str = "") -> Policy:
    """A policy with plugins and nothing else."""
    names = ", ".join(distributions)
    return policy_of(f"version: 1\nextends: []\nplugins: [{names}]\n{more}")


def refusal(*distributions: str, more: str = "") -> str:
    """Why a policy with these plugins is refused."""
    with pytest.raises(PolicyError) as caught:
        enabled(*(distributions or ("okxlint-zeta",)), more=more)
    assert caught.value.exit_code == 2
    return caught.value.message


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    with pytest.raises(SystemExit) as end:
        main(list(args))
    said = capsys.readouterr()
    assert isinstance(end.value.code, int)
    return end.value.code, said.out, said.err


# -- what enables a plugin -------------------------------------------------------------------


def test_a_plugin_is_enabled_by_name_and_never_by_being_installed(site: Site) -> None:
    site.plugin({"some_rule": rule_text(), "_shared": "raise AssertionError"})
    assert "zeta/some-rule" not in policy_of("version: 1\n").rules
    assert "zeta_" not in sys.modules
    policy = enabled("okxlint-zeta")
    assert policy.rules_on == ("zeta/some-rule",)
    assert policy.settings["zeta/some-rule"].severity is Severity.WARNING
    assert str(policy.said["zeta/some-rule", "severity"]) == "okxlint-zeta"
    (finding,) = verdict_of(MANIFEST, policy=HEAD).findings
    assert (finding.rule, finding.value, finding.help) == ("zeta/some-rule", "bot-2026q4", "Do it.")


@pytest.mark.parametrize(
    "written", ["okxlint-zeta", "OKXLint_Zeta", "okxlint.zeta", "okxlint--zeta"]
)
def test_a_distribution_is_named_as_indexes_compare_names(site: Site, written: str) -> None:
    site.plugin({"some_rule": rule_text()})
    assert normalized(written) == "okxlint-zeta"
    assert enabled(written, "okxlint-zeta").rules_on == ("zeta/some-rule",)


@pytest.mark.parametrize(
    ("extends", "severity", "days"),
    [("[]", "warning", 9), ("essentials", "warning", 9), ("recommended", "warning", 9),
     ("strict", "error", 3), ("[strict, recommended]", "error", 3)],
)  # fmt: skip
def test_a_rule_begins_as_it_says_for_the_pack(
    site: Site, extends: str, severity: str, days: int
) -> None:
    options = "class Options(RuleOptions):\n    days: int = option(9, 'Days.')\n"
    text = rule_text(Options=options, options="Options", strict_options="{'days': 3}")
    site.plugin({"some_rule": text})
    head = f"version: 1\nextends: {extends}\nplugins: [okxlint-zeta]\n"
    setting = policy_of(head).settings["zeta/some-rule"]
    assert setting.severity is Severity.of(severity)
    assert setting.options.days == days
    changed = policy_of(head + "rules: {zeta/some-rule: {severity: info, days: 4}}\n")
    assert changed.settings["zeta/some-rule"].severity is Severity.INFO
    assert changed.settings["zeta/some-rule"].options.days == 4


def test_a_file_named_strict_is_not_the_pack(site: Site, tmp_path: Path) -> None:
    site.plugin({"some_rule": rule_text()})
    (tmp_path / "strict").write_text("version: 1\nextends: []\n")
    policy = policy_of(
        "version: 1\nextends: ./strict\nplugins: [okxlint-zeta]\n", folder=str(tmp_path)
    )
    assert policy.settings["zeta/some-rule"].severity is Severity.WARNING


def test_a_plugin_is_told_by_commands(
    site: Site, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.plugin({"some_rule": rule_text(), "no_withdraw": rule_text(waivable="False")})
    code, table, _ = run(capsys, "rules")
    assert code == 0
    row = next(line for line in table.splitlines() if line.startswith("zeta/some-rule"))
    assert row.split() == ["zeta/some-rule", "warning", "warning", "error", "A", "rule."]
    listed = {one["id"]: one for one in json.loads(run(capsys, "rules", "-f", "json")[1])}
    assert listed["zeta/some-rule"]["severity"] == {
        "essentials": "warning", "recommended": "warning", "strict": "error"
    }  # fmt: skip
    _, page, _ = run(capsys, "explain", "zeta/no-withdraw", "-f", "markdown")
    assert "on wherever a policy names the plugin. It is never waived." in page
    # A rule with the name of a built-in one is another rule, and the built-in one stays.
    assert "A key must not be able to withdraw" in run(capsys, "explain", "no-withdraw")[1]
    assert load_rule("no-withdraw").plugin == ""
    code, _, said = run(capsys, "explain", "zeta/som-rule")
    assert (code, "did you mean 'zeta/some-rule'?" in said) == (2, True)
    code, _, said = run(capsys, "explain", "other/thing")
    assert (code, "names its distribution in 'plugins'" in said) == (2, True)


def test_what_a_policy_and_waivers_say_of_its_rules(site: Site) -> None:
    site.plugin({"some_rule": rule_text(), "kept": rule_text(waivable="False")})
    manifest = (
        "version: 1\nkeys:\n  - label: bot-1\n    account: main\n    permissions: [read_only]\n"
        "    waivers: [{rule: zeta/RULE, reason: r, approved_by: a, expires: 2027-01-31}]\n"
    )

    def found(rule: str, policy: str = "") -> tuple[list[str], list[str]]:
        verdict = verdict_of(manifest.replace("RULE", rule), policy=HEAD + policy)
        return [f.rule for f in verdict.findings], [f.rule for f in verdict.waived]

    assert found("some-rule") == (["zeta/kept"], ["zeta/some-rule"])
    assert found("kept") == (["zeta/kept", "zeta/some-rule", "waiver-valid"], [])
    off = "overrides: [{match: {key: bot-*}, rules: {zeta/kept: off}}]\n"
    assert found("some-rule", off) == ([], ["zeta/some-rule"])
    locked = "rules: {zeta/some-rule: {locked: true}, zeta/kept: off}\n"
    assert found("some-rule", locked) == (["zeta/some-rule", "waiver-valid"], [])
    assert "zeta/some-rule" in refusal(more=f"{locked}{off.replace('kept', 'some-rule')}")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("{days: x}", "okxlint.yaml:4:32: 'days': this is a whole number"),
        ("{dais: 3}", "'dais' is no option of the rule 'zeta/some-rule'; did you mean 'days'?"),
        ("fatal", "a severity is one of off, info, warning, error"),
    ],
)
def test_a_bad_setting_is_an_error_with_its_place(site: Site, options: str, said: str) -> None:
    text = "class Options(RuleOptions):\n    days: int = option(9, 'Days.')\n"
    site.plugin({"some_rule": rule_text(Options=text, options="Options")})
    assert said in refusal(more=f"rules: {{zeta/some-rule: {options}}}\n")


# -- what cannot be found --------------------------------------------------------------------


def test_a_distribution_that_is_not_installed(site: Site) -> None:
    site.plugin({"some_rule": rule_text()})
    site.add("unrelated", "", {})
    said = refusal("okxlint-zetta")
    assert said == (
        "okxlint.yaml:3:11: no distribution 'okxlint-zetta' is installed; "
        "did you mean 'okxlint-zeta'?"
    )
    # The plugin's name in place of the distribution's is a likely mistake.
    assert "; did you mean 'okxlint-zeta'?" in refusal("zeta")
    assert refusal("nothing-like-it").endswith("no distribution 'nothing-like-it' is installed")
    assert "is installed" in refusal('" "')
    assert "the distribution 'unrelated' has no plugin of okxlint" in refusal("unrelated")


def test_a_broken_neighbour_does_not_matter(site: Site) -> None:
    site.plugin({"some_rule": rule_text()})
    site.add("broken", "[okxlint.rules]\nnot an entry point\n", {})
    assert enabled("okxlint-zeta").rules_on
    assert "no distribution 'zeta' is installed" in refusal("zeta")


@pytest.mark.parametrize("text", ["[okxlint.rules]\nno entry\n", b"[okxlint.rules]\n\xff = x\n"])
def test_entry_points_that_cannot_be_read(site: Site, text: str | bytes) -> None:
    site.add("okxlint-zeta", "", {"okxlint_zeta-1.0.dist-info/entry_points.txt": text})
    assert "the entry points of 'okxlint-zeta' cannot be read (" in refusal()


def test_of_two_installations_the_first_on_the_path_counts(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.plugin({"old_rule": rule_text()})
    first = tmp_path / "first"
    first.mkdir()
    monkeypatch.syspath_prepend(str(first))
    Site(first).plugin({"new_rule": rule_text()})
    assert enabled("okxlint-zeta").rules_on == ("zeta/new-rule",)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("zeta = zeta_\nzeta = other", "'okxlint-zeta' has two plugins with the name 'zeta'"),
        ("Zeta = zeta_", "the plugin 'Zeta' of 'okxlint-zeta' needs another name: words of"),
        ("ze/ta = zeta_", "the plugin 'ze/ta' of 'okxlint-zeta' needs another name: words of"),
        ("zeta = zeta_:rules", "is 'zeta_:rules', which is no package's name"),
        ("zeta = ../zeta", "is '../zeta', which is no package's name"),
        ("zeta = zeta_.none", "'zeta_.none' raises ModuleNotFoundError: No module named"),
        ("zeta = zeta_.module", "has no rules: no module is in the package 'zeta_.module'"),
        ("zeta = zeta_.empty", "has no rules: no module is in the package 'zeta_.empty'"),
    ],
)
def test_an_entry_point_that_is_none(site: Site, points: str, said: str) -> None:
    files = {
        "zeta_/__init__.py": "",
        "zeta_/module.py": rule_text(),
        "zeta_/empty/__init__.py": "",
        "zeta_/empty/_private.py": "",
    }
    site.add("okxlint-zeta", f"[okxlint.rules]\n{points}\n", files)
    assert said in refusal()


def test_two_plugins_with_one_name(site: Site) -> None:
    site.plugin({"some_rule": rule_text()})
    points = "[okxlint.rules]\nzeta = other_\nomega = other_\n"
    site.add("other", points, {"other_/__init__.py": "", "other_/some_rule.py": rule_text()})
    assert refusal("okxlint-zeta", "Other") == (
        "okxlint.yaml:3:25: 'okxlint-zeta' has a plugin with the name 'zeta' already"
    )
    assert enabled("other").rules_on == ("omega/some-rule", "zeta/some-rule")


# -- what is no rule -------------------------------------------------------------------------

FAILURES = {
    "raise RuntimeError('boom')": "RuntimeError: boom",
    "def :": "SyntaxError: invalid syntax (",
    "import no_such_module": "ModuleNotFoundError: No module named 'no_such_module'",
    "import sys; sys.exit()": "SystemExit",
    "raise SystemExit(0)": "SystemExit: 0",
    "raise GeneratorExit": "GeneratorExit",
    "raise Exception('a\\x1b[31m\\nb')": r"Exception: a\x1b[31m\x0ab",
}


@pytest.mark.parametrize("where", ["zeta_/__init__.py", "zeta_/some_rule.py"])
@pytest.mark.parametrize("code", FAILURES)
def test_a_plugin_that_cannot_be_imported_is_exit_2(
    site: Site, desk: Path, code: str, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"zeta_/__init__.py": "", "zeta_/some_rule.py": rule_text(), where: f"{code}\n"}
    site.add("okxlint-zeta", "[okxlint.rules]\nzeta = zeta_\n", files)
    status, out, said = run(capsys, "check")
    module = where.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert (status, out) == (2, "")
    assert (
        "okxlint.yaml:3:11: the plugin 'zeta' of 'okxlint-zeta' cannot be imported: "
        f"'{module}' raises {FAILURES[code]}" in said
    )
    assert "Traceback" not in said


def test_an_interruption_while_a_plugin_is_imported_is_one(
    site: Site, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.plugin({"some_rule": "raise KeyboardInterrupt"})
    assert run(capsys, "check") == (130, "", "\nokxlint: interrupted\n")


OPTIONS = "class Options(RuleOptions):\n    x: {}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no 'check' made by @rule"),
        ("def check(key, run): ...", "has no 'check' made by @rule"),
        ("from okxlint.rules.yaml_syntax import check", "has no 'check' made by @rule"),
        (
            "from okxlint.rules.no_withdraw import check",
            "has the 'check' of 'okxlint.rules.no_with",
        ),
        (rule_text(group="'hygiene'"), "has the group 'hygiene'; a plugin's rule has one of perm"),
        (rule_text(group="'custom'"), "has the group 'custom'; a plugin's rule has one of perm"),
        (rule_text(target="'keys'"), "has a 'target' that is not of key, app, account"),
        (rule_text(target="()"), "has a 'target' that is not of key, app, account"),
        (rule_text(statuses="frozenset({'activ'})"), "has a 'statuses' that is not of planned, "),
        (rule_text(environments="('prod',)"), "has a 'environments' that is not of live, demo"),
        (rule_text(help="''"), "has no 'help'"),
        (rule_text(security_severity="'0.0'"), "has the 'security_severity' '0.0', which"),
        (rule_text(security_severity="'high'"), "has the 'security_severity' 'high', which"),
        (rule_text(security_severity="5.0"), "has the 'security_severity' 5.0, which"),
        (rule_text(recommended="'warn'"), "raises KeyError: 'WARN'"),
        (
            rule_text(Options="class Options: ...", options="Options"),
            "'options' that are no RuleOp",
        ),
        (
            rule_text(Options=OPTIONS.format("int = 3"), options="Options"),
            "not made by option(...)",
        ),
        (
            rule_text(Options=OPTIONS.format("int"), options="Options"),
            "has an option 'x' that is not made by option(...)",
        ),
        (
            rule_text(Options=OPTIONS.format("int = option('a', 'X.')"), options="Options"),
            "has an option 'x' with a value of its own that cannot be: Input should be a valid int",
        ),
        (
            rule_text(Options=OPTIONS.format("'Nothing' = option(1, 'X.')"), options="Options"),
            "has options that cannot be used: NameError: ",
        ),
        (
            rule_text(
                Options=OPTIONS.format("int = option(1, 'X.')"),
                options="Options",
                strict_options="{'y': 1}",
            ),
            "has options that cannot be used: TypeError: ",
        ),
    ],
)
def test_a_module_that_is_no_rule(site: Site, text: str, said: str) -> None:
    site.plugin({"a_rule": rule_text(), "some_rule": text})
    message = refusal()
    assert message.startswith("okxlint.yaml:3:11: the plugin 'zeta' of 'okxlint-zeta' cannot be ")
    assert "'zeta_.some_rule' " in message
    assert said in message


@pytest.mark.parametrize(
    "module",
    ["Some_Rule", "some__rule", "some-rule", "r\N{LATIN SMALL LETTER U WITH DIAERESIS}le", "rule_"],
)
def test_the_id_of_a_rule_is_words(site: Site, module: str) -> None:
    site.plugin({module: rule_text()})
    assert f"'zeta_.{module}' is no name for a rule: words of lower-case letters" in refusal()


@pytest.mark.parametrize("score", ["0.1", "7", "10", "10.0"])
def test_scores_of_code_scanning(site: Site, score: str) -> None:
    site.plugin({"some_rule": rule_text(security_severity=f"'{score}'")})
    assert enabled("okxlint-zeta").rules["zeta/some-rule"].security_severity == score


# -- what a rule does ------------------------------------------------------------------------

CRASHES = {
    "raise KeyError('secret')": "KeyError in check, line ",
    "return 3": "TypeError in ",
    "import sys; sys.exit(0)": "Ended in check, line ",
    "raise GeneratorExit": "Ended in check, line ",
    "yield 'a text'": "NotAHit in ",
    "yield Hit(key.label, 'a', 'b')": "NotAHit in ",
    "yield Hit(key.origin.label, 3, 'b')": "NotAHit in ",
    "yield Hit(key.origin.label, 'a', None)": "NotAHit in ",
    "yield Hit(key.origin.label, 'a', 'b', fails_on='2026-11-22')": "NotAHit in ",
    "import datetime; yield Hit(key.origin.label, 'a', 'b', fails_on=datetime.datetime.now())": (
        "NotAHit in "
    ),
    "yield Hit(key.origin.label, 'a', 'b', fails_on=key.created, warn_days='3')": "NotAHit in ",
    "yield Hit(key.origin.label, 'a', 'b', at_most='error')": "NotAHit in ",
    "yield Hit(key.origin.label, 'a', 'b', related=[(key.origin, 'c')])": "NotAHit in ",
}


@pytest.mark.parametrize("body", CRASHES)
def test_a_rule_that_fails_is_unknown_by_name_and_exit_3(
    site: Site, desk: Path, body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site.plugin({"some_rule": rule_text(body), "other": rule_text()})
    status, out, said = run(capsys, "check", "-f", "json")
    report = json.loads(out)
    assert (status, report["summary"]["exit"]) == (3, 3)
    assert [finding["rule"] for finding in report["findings"]] == ["zeta/other"]
    (unknown,) = report["unknown"]
    assert unknown["kind"] == "rule-crash"
    assert unknown["message"].startswith("the rule zeta/some-rule failed on okx-keys.yaml (")
    assert CRASHES[body] in unknown["message"]
    assert "secret" not in out + said


def test_what_a_rule_found_before_it_failed_is_found(site: Site) -> None:
    hit = "yield Hit(key.origin.label, key.label, 'no')"
    site.plugin({"some_rule": rule_text(f"{hit}; {hit.replace('no', 'too')}; 1 / 0")})
    verdict = verdict_of(MANIFEST, policy=HEAD)
    assert [finding.message for finding in verdict.findings] == ["no", "too"]
    (unknown,) = verdict.unknown
    assert "ZeroDivisionError" in unknown.message


def test_all_that_a_hit_may_say(site: Site) -> None:
    hit = (
        "yield Hit(key.origin.label, 'a', 'b', help='c', fails_on=key.created, warn_days=None,"
        " related=((key.origin.label, 'd'),))"
    )
    site.plugin({"some_rule": rule_text(hit)})
    verdict = verdict_of(MANIFEST, policy=HEAD)
    (finding,) = verdict.findings
    assert (finding.help, str(finding.fails_on), verdict.unknown) == ("c", "2026-11-01", ())


def test_an_interruption_of_a_rule_is_one(
    site: Site, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.plugin({"some_rule": rule_text("raise KeyboardInterrupt")})
    assert run(capsys, "check") == (130, "", "\nokxlint: interrupted\n")


def test_what_a_plugin_prints_is_not_in_the_report(
    site: Site, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "print('judging'); yield Hit(key.origin.label, key.label, 'no')"
    site.plugin({"some_rule": f"{rule_text(body)}\nprint('imported')\n"})
    status, out, said = run(capsys, "check", "-f", "json")
    assert status == 0
    assert json.loads(out)["findings"]
    assert said == "imported\njudging\n"


def test_a_rule_without_a_docstring_can_be_told(site: Site) -> None:
    site.plugin({"some_rule": rule_text().partition('"""\n')[2]})
    rule = enabled("okxlint-zeta").rules["zeta/some-rule"]
    assert isinstance(rule, Rule)
    assert facts(rule)["summary"] == ""
    assert markdown(rule).startswith("# zeta/some-rule\n")
    assert rule.options is NoOptions


# -- packs -----------------------------------------------------------------------------------


def test_a_pack_is_found_without_an_import(site: Site) -> None:
    files = {
        "zeta_/__init__.py": "raise AssertionError",
        "zeta_/packs/desk.yaml": "version: 1\nextends: []\nrules: {no-withdraw: warning}\n",
    }
    points = "[okxlint.packs]\ndesk = zeta_.packs\ngone = zeta_.packs\nnone = no_such_package\n"
    site.add("okxlint-zeta", points, files)
    assert pack_file("okxlint_Zeta", "desk") == str(site.folder / "zeta_" / "packs" / "desk.yaml")
    policy = policy_of("version: 1\nextends: okxlint-zeta:desk\n")
    assert policy.rules_on == ("no-withdraw",)
    assert policy.chain == ("okxlint-zeta:desk", "okxlint.yaml")
    for pack, said in {
        "gone": "'gone.yaml' is not in the package 'zeta_.packs' of 'okxlint-zeta'",
        "none": "'none.yaml' is not in the package 'no_such_package' of 'okxlint-zeta'",
        "dsek": "the distribution 'okxlint-zeta' has no pack 'dsek'; did you mean 'desk'?",
    }.items():
        with pytest.raises(NotInstalled, match="pack") as caught:
            pack_file("okxlint-zeta", pack)
        assert str(caught.value) == said
    with pytest.raises(NotInstalled, match=r"'desk' is installed; did you mean 'okxlint-zeta'\?"):
        pack_file("desk", "desk")


def test_two_packs_with_one_name(site: Site) -> None:
    site.add("okxlint-zeta", "[okxlint.packs]\ndesk = a\ndesk = b\n", {})
    with pytest.raises(NotInstalled, match="'okxlint-zeta' has two packs with the name 'desk'"):
        pack_file("okxlint-zeta", "desk")


def test_a_pack_that_enables_a_plugin_which_the_policy_enables_too(site: Site) -> None:
    pack = "version: 1\nextends: []\nplugins: [OKXLint.Zeta]\n"
    points = "[okxlint.rules]\nzeta = zeta_.rules\n[okxlint.packs]\ndesk = zeta_\n"
    files = {"zeta_/rules/some_rule.py": rule_text(), "zeta_/desk.yaml": pack}
    site.add("okxlint-zeta", points, files)
    more = "version: 1\nextends: okxlint-zeta:desk\nplugins: [okxlint-zeta]\n"
    assert policy_of(more).rules_on == ("zeta/some-rule",)
    assert plugins("okxlint-zeta").keys() == {"zeta"}


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("okxlint-acme:desk", "okxlint-acme:desk"),
        ("OKXLint_Acme:desk", "okxlint-acme:desk"),
        ("strict", None),
        ("./okxlint-acme:desk", None),
        ("okxlint-acme:desk.yaml", None),
        ("C:desk", None),
        ("okxlint-acme:", None),
        (":desk", None),
    ],
)
def test_the_name_of_an_installed_pack(name: str, full: str | None) -> None:
    assert pack_name(name) == full


# -- the working directory -------------------------------------------------------------------


@pytest.mark.parametrize("options", [["-m"], ["-P", "-m"]])
def test_what_lies_in_the_working_directory_is_not_installed(
    desk: Path, options: list[str]
) -> None:
    Site(desk).plugin({"some_rule": "open('marker', 'w')"})
    (desk / "zeta_" / "__init__.py").write_text("open('marker', 'w')")
    command = [sys.executable, *options, "okxlint", "check"]
    done = subprocess.run(command, cwd=desk, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no distribution 'okxlint-zeta' is installed" in done.stderr
    assert not (desk / "marker").exists()


def test_a_working_directory_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        "import os, runpy, sys; os.rmdir(os.getcwd()); sys.argv[1:] = ['--version'];"
        "runpy.run_module('okxlint', run_name='__main__')"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=gone, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("okxlint ")

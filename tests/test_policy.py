"""Policy files: where they are found, what is wrong with them, and how they are merged."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from okxlint import resources
from okxlint.catalogue import PACKS
from okxlint.errors import OkxlintError, PolicyError
from okxlint.model import Severity
from okxlint.paths import Tree
from okxlint.policy import (
    DEFAULT_MANIFESTS,
    DEFAULT_MAX_DAYS,
    DEFAULT_REQUIRE,
    Policy,
)
from okxlint.policy.file import load, locate, pack
from okxlint.policy.layer import check_layer
from okxlint.policy.merge import merge
from okxlint.policy.text import read_text
from okxlint.rule import Rule, Ruleset, load_rule, rule_ids
from tests.conftest import policy_of

HEAD = "version: 1\n"
TREE = Tree("/", git=False)
RULES = [load_rule(rule_id) for rule_id in rule_ids()]


def errors_of(text: str) -> list[str]:
    """What is wrong with a policy file, without the file's name."""
    with pytest.raises(PolicyError) as caught:
        policy_of(text)
    assert caught.value.exit_code == 2
    assert "Nothing was checked" in caught.value.hint
    lines = caught.value.message.split("\n")
    assert all(line.startswith("okxlint.yaml:") for line in lines)
    return [line.removeprefix("okxlint.yaml:") for line in lines]


# -- what is wrong ---------------------------------------------------------------------------

GRANTED = "{account: main, key: a, rule: no-withdraw}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # The document
        ("", "1:1: a policy is one document: a mapping that begins with 'version: 1'"),
        ("# nothing\n", "1:1: a policy is one document: a mapping that begins with 'version: 1'"),
        ("- a\n", "1:1: a policy is one document: a mapping that begins with 'version: 1'"),
        (
            "version: 1\n---\nversion: 1\n",
            "1:1: a policy is one document: a mapping that begins with 'version: 1'",
        ),
        ("rules: {}\n", "1:1: 'version' is missing"),
        ("version:\nrules: {}\n", "1:1: 'version' is missing"),
        ("version: 2\n", "1:10: 'version' is '1'"),
        ("version: [1]\n", "1:1: 'version' is '1'"),
        # YAML
        (HEAD + "rules: {a: [}\n", "2:13: a value is missing here"),
        (HEAD + "rules: {}\nrules: {}\n", "3:1: the key 'rules' stands twice in one mapping; the"),
        (HEAD + "extends: *strict\n", "2:10: *strict names an anchor that no &strict before it"),
        # Fields
        (HEAD + "rule: {}\n", "2:1: 'rule' is no field here; did you mean 'rules'?"),
        (
            HEAD + "overides: []\n",
            "2:1: 'overides' is no field here; did you mean 'overrides'?",
        ),
        (
            HEAD + "zzz: []\n",
            "2:1: 'zzz' is no field here (there are: version, extends, manifests, rules, overrid",
        ),
        (HEAD + "rules: [max-age]\n", "2:1: 'rules': this is a mapping of names to values"),
        (HEAD + "manifests: a.yaml\n", "2:12: 'manifests': this is a list: [one, two], or items"),
        (HEAD + "manifests: [a, {b: c}]\n", "2:16: 'manifests': this is text, not a number, a li"),
        (HEAD + 'manifests: [a, ""]\n', "2:16: 'manifests': this is empty"),
        (HEAD + 'manifests: [a, "b\\0"]\n', "2:16: no path holds the character U+0000"),
        (HEAD + 'metadata_schema: "b\\0"\n', "2:18: no path holds the character U+0000"),
        (HEAD + "metadata_schema: [a]\n", "2:1: 'metadata_schema': this is text, not a number, "),
        # Packs
        (HEAD + "extends: strickt\n", "2:10: there is no pack 'strickt'; did you mean 'strict'?"),
        (HEAD + "extends: [strict, other]\n", "2:19: there is no pack 'other'"),
        (HEAD + "extends: {a: b}\n", "2:1: 'extends': this is a list: [one, two], or items that "),
        (HEAD + 'extends: ""\n', "2:10: 'extends': this is empty"),
        # Rules
        (
            HEAD + "rules:\n  max-aeg: off\n",
            "3:3: there is no rule 'max-aeg'; did you mean 'max-ag",
        ),
        (HEAD + "rules:\n  zzzzzzz: off\n", "3:3: there is no rule 'zzzzzzz'"),
        (HEAD + "rules: {yaml-syntax: off}\n", "2:9: 'yaml-syntax' is always on, at its own sever"),
        (
            HEAD + "rules: {waiver-expired: {severity: info}}\n",
            "2:9: 'waiver-expired' is always on,",
        ),
        (
            HEAD + "rules: {max-age: eror}\n",
            "2:18: a severity is one of off, info, warning, error; did you mean 'error'?",
        ),
        (HEAD + "rules: {max-age: {severity: 3}}\n", "2:29: a severity is one of off, info, warni"),
        (HEAD + "rules: {max-age: true}\n", "2:18: a severity is one of off, info, warning, error"),
        (HEAD + "rules: {max-age: }\n", "2:9: a severity is one of off, info, warning, error"),
        (HEAD + "rules: {max-age: [error]}\n", "2:9: a severity is one of off, info, warning, err"),
        # Options
        (
            HEAD + "rules: {max-age: {max_dys: 3}}\n",
            "2:19: 'max_dys' is no option of the rule 'max-age'; did you mean 'max_days'?",
        ),
        (
            HEAD + "rules: {no-withdraw: {days: 3}}\n",
            "2:23: 'days' is no option of the rule 'no-withdraw' (there are: severity, locked)",
        ),
        (HEAD + "rules: {max-age: {max_days: 0}}\n", "2:29: 'max_days': this should be greater t"),
        (HEAD + "rules: {max-age: {warn_days: -1}}\n", "2:30: 'warn_days': this should be greate"),
        (HEAD + 'rules: {max-age: {max_days: "60"}}\n', "2:29: 'max_days': this is a whole number"),
        (HEAD + "rules: {max-age: {max_days: 6.5}}\n", "2:29: 'max_days': this is a whole number"),
        (HEAD + "rules: {max-age: {max_days: .inf}}\n", "2:29: 'max_days': this is a whole numbe"),
        (HEAD + "rules: {max-age: {max_days: true}}\n", "2:29: 'max_days': this is a whole numbe"),
        (HEAD + "rules: {max-age: {max_days: }}\n", "2:19: 'max_days': this is a whole number"),
        (HEAD + "rules: {max-age: {max_days: [60]}}\n", "2:19: 'max_days': this is a whole numbe"),
        (HEAD + "rules: {ip-public: {allow_documentation: 1}}\n", "2:42: 'allow_documentation': t"),
        (
            HEAD + "rules: {max-age: {environments: [live, dmo]}}\n",
            "2:40: 'environments' is one of 'live' or 'demo'; did you mean 'demo'?",
        ),
        (
            HEAD + "rules: {max-age: {environments: live}}\n",
            "2:33: 'environments': this is a list:",
        ),
        (
            HEAD + "rules: {not-dormant: {against: revue}}\n",
            "2:32: 'against' is one of 'review' or 'today'; did you mean 'review'?",
        ),
        (HEAD + "rules: {descriptive-label: {pattern: 12}}\n", "2:38: 'pattern': this is text, no"),
        # Waivers
        (HEAD + "waivers: []\n", "2:1: 'waivers': this is a mapping of names to values"),
        (
            HEAD + "waivers: {requires: []}\n",
            "2:11: 'requires' is no field here; did you mean 'require'?",
        ),
        (
            HEAD + "waivers: {require: [reason, expire]}\n",
            "2:29: 'require' is one of 'reason', 'approved_by', 'granted', 'expires' or 'value'; "
            "did you mean 'expires'?",
        ),
        (HEAD + "waivers: {require: [valeu]}\n", "2:21: 'require' is one of 'reason', 'approved_b"),
        (HEAD + "waivers: {max_days: 0}\n", "2:21: 'max_days': this should be greater than or eq"),
        (HEAD + "waivers: {max_days: many}\n", "2:21: 'max_days': this is a whole number"),
        (HEAD + "waivers: {approvers: me}\n", "2:22: 'approvers': this is a list: [one, two], or "),
        (
            HEAD + "waivers: {never: [no-withdraw, no-witdraw]}\n",
            "2:32: there is no rule 'no-witdraw'; did you mean 'no-withdraw'?",
        ),
        (HEAD + "waivers: {granted: [a]}\n", "2:21: 'granted': this is a mapping of names to val"),
        (
            HEAD + "waivers:\n  granted:\n    - {rule: no-witdraw, account: main}\n",
            "4:14: there is no rule 'no-witdraw'; did you mean 'no-withdraw'?",
        ),
        (
            HEAD + "waivers:\n  granted:\n    - {account: main}\n",
            "4:8: 'rule' is missing",
        ),
        (
            HEAD
            + "waivers:\n  granted:\n    - {account: main, rule: max-age, until: 2027-01-01}\n",
            "4:38: 'until' is no field here (there are: rule, reason, approved_by, granted, expires"
            ", value, account, key, app)",
        ),
        (
            HEAD + "waivers:\n  granted:\n    - {account: main, rule: max-age, expires: soon}\n",
            "4:47: 'expires': a date is written YYYY-MM-DD, for example 2026-10-01",
        ),
        (
            HEAD + "waivers:\n  granted: [{rule: max-age}]\n",
            "3:20: a waiver is granted to an account, a key of an account, or an app",
        ),
        (
            HEAD + "waivers:\n  granted: [{rule: stale-needs, account: main, app: bot}]\n",
            "3:20: a waiver is granted to an account, a key of an account, or an app",
        ),
        (
            HEAD + "waivers:\n  granted: [{rule: max-age, app: bot, key: a}]\n",
            "3:44: a key is named with its account",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, said: str) -> None:
    (error,) = errors_of(text)
    assert error.startswith(said)


def test_everything_that_is_wrong_is_told_at_once_in_order() -> None:
    text = (
        "version: 3\n"
        "waivers: {max_days: x, never: [nope]}\n"
        "extends: [strickt]\n"
        "rules:\n"
        "  max-age: {max_dys: 3, severity: eror, environments: [live, dmo], warn_days: x}\n"
        "  yaml-syntax: bad\n"
        "  nope: off\n"
        "manifest: []\n"
    )
    assert [error.split(" ")[0] for error in errors_of(text)] == [
        "1:10:", "2:21:", "3:11:", "5:13:", "5:35:", "5:62:", "5:79:", "6:3:", "6:16:", "7:3:",
        "8:1:",
    ]  # fmt: skip
    paths = 'version: 1\nextends: [a, strict, b]\nmanifests: [\'"\', "\\0"]\nrules: {x: off}\n'
    assert [error.split(" ")[0] for error in errors_of(paths)] == [
        "2:11:", "2:22:", "3:18:", "4:9:"
    ]  # fmt: skip


def test_nothing_of_a_policy_reaches_a_terminal_as_it_is() -> None:
    secret = "0123456789ABCDEF" * 2
    key_id = "01234567-89ab-cdef-0123-456789abcdef"
    text = HEAD + f'rules: {{"a\\e[31m\\n::error::b": off, {secret}: off, "{key_id}": off}}\n'
    errors = errors_of(text)
    assert errors[0].startswith(r"2:9: there is no rule 'a\x1b[31m\x0a::error::b'")
    assert errors[1] == f"2:37: there is no rule '{'*' * 32}'"
    assert errors[2] == "2:76: there is no rule '********-****-****-****-****89abcdef'"


def test_a_policy_may_say_nothing() -> None:
    text = (
        "version: 1\nextends:\nmanifests:\nrules:\nmetadata_schema: ~\n"
        "waivers: {require: , max_days: , approvers: ~, never: [~], granted: [null]}\n---\n# none\n"
    )
    policy = policy_of(text)
    recommended = pack("recommended")
    assert policy.settings == recommended.settings
    assert policy.waivers == recommended.waivers
    assert policy.metadata_schema is None
    assert [glob for _, glob in policy.manifests] == list(DEFAULT_MANIFESTS)


def test_the_place_is_right_behind_a_null_in_a_list() -> None:
    (error,) = errors_of(HEAD + "waivers: {never: [ ~, no-withdraw, nope]}\n")
    assert error.startswith("2:36: there is no rule 'nope'")


# -- merging ---------------------------------------------------------------------------------


def test_a_rule_keeps_what_is_not_said_anew() -> None:
    policy = policy_of(
        HEAD + "extends: strict\nrules: {max-age: {warn_days: 3}, no-withdraw: info}\n"
    )
    severity, options = policy.setting("max-age", None)
    assert (severity, options.max_days, options.warn_days) == (Severity.ERROR, 60, 3)
    policy = policy_of(HEAD + "extends: strict\nrules: {max-age: warning, ip-narrow: off}\n")
    severity, options = policy.setting("max-age", None)
    assert (severity, options.max_days) == (Severity.WARNING, 60)
    severity, options = policy.setting("ip-narrow", None)
    assert (severity, options.min_prefix_v4) == (None, 32)
    assert "ip-narrow" not in policy.rules_on
    assert "max-age" in policy.rules_on


def test_options_alone_turn_nothing_on() -> None:
    policy = policy_of(HEAD + "extends: []\nrules: {max-age: {max_days: 10}}\n")
    assert policy.setting("max-age", None).severity is None
    assert policy.setting("max-age", None).options.max_days == 10
    assert policy.rules_on == ()


def test_severity_and_options_in_one() -> None:
    text = HEAD + "extends: []\nrules: {max-age: {severity: warning, environments: [demo]}}\n"
    severity, options = policy_of(text).setting("max-age", None)
    assert (severity, options.environments, options.max_days) == (Severity.WARNING, ("demo",), 90)
    off = HEAD + "rules: {max-age: {severity: off, max_days: 5}}\n"
    assert policy_of(off).setting("max-age", None).severity is None


def test_a_rule_that_nobody_names_is_off_with_its_defaults() -> None:
    policy = policy_of(HEAD + "extends: []\n")
    assert policy.settings == {}
    setting = policy.setting("max-age", None)
    assert (setting.severity, setting.options) == (None, load_rule("max-age").options())
    assert list(policy.groups(load_rule("max-age"), [1, 2])) == [(setting, [1, 2])]


@pytest.mark.parametrize(
    ("extends", "expected"),
    [
        ("[essentials, strict]", 60),
        ("[strict, recommended]", 60),  # recommended says nothing of the days
        ("essentials", 90),
        ("strict", 60),
    ],
)
def test_several_packs_are_taken_in_order(extends: str, expected: int) -> None:
    policy = policy_of(HEAD + f"extends: {extends}\n")
    assert policy.setting("max-age", None).options.max_days == expected


def test_of_several_packs_the_later_wins() -> None:
    last = policy_of(HEAD + "extends: [strict, recommended]\n")
    assert last.setting("reviewed", None).severity is Severity.WARNING
    assert (
        policy_of(HEAD + "extends: strict\n").setting("reviewed", None).severity is Severity.ERROR
    )


@pytest.mark.parametrize(
    ("text", "rule", "severity"),
    [
        ("extends: strict\nrules: {reviewed: off}\n", "reviewed", Severity.ERROR),
        ("extends: recommended\nrules: {reviewed: off}\n", "reviewed", Severity.WARNING),
        ("extends: strict\nrules: {reviewed: info}\n", "reviewed", Severity.INFO),
        ("extends: essentials\n", "reviewed", Severity.WARNING),
        ("extends: []\n", "no-withdraw", Severity.ERROR),
    ],
)
def test_a_selected_rule_that_is_off_has_its_packs_severity(
    text: str, rule: str, severity: Severity
) -> None:
    policy = policy_of(HEAD + text)
    assert policy.selected(rule).severity is severity
    ((setting, _),) = policy.groups(load_rule(rule), [], by_name=True)
    assert setting == policy.selected(rule)


def layered(*files: tuple[str, str, str | None]) -> Policy:
    """The policy of (name, text, folder) that extend one another, the last on top."""
    rules = Ruleset()
    problems: list[Any] = []
    texts = [
        read_text(name, f"{HEAD}{text}".encode(), folder or "/", folder is None)
        for name, text, folder in files
    ]
    chain = [check_layer(text, rules, problems) for text in texts]
    assert problems == []
    return merge(chain, rules, {})


def layers(*texts: str) -> Policy:
    """The policy of files that extend one another, the last on top."""
    return layered(*(("p.yaml", text, "/") for text in texts))


def test_terms_of_waivers_down_a_chain() -> None:
    assert layers("extends: []\n").waivers.require == DEFAULT_REQUIRE
    assert layers("extends: []\n").waivers.max_days == DEFAULT_MAX_DAYS
    assert layers("extends: []\n").waivers.approvers is None
    terms = layers(
        "waivers: {require: [reason], max_days: 90, approvers: [a, b], never: [max-age]}\n",
        "waivers: {require: [expires, reason], never: [no-withdraw]}\n",
        "waivers: {max_days: 100, approvers: [b, c]}\n",
    ).waivers
    assert terms.require == ("reason", "expires")
    assert terms.max_days == 90
    assert terms.approvers == ("b",)
    assert terms.never == {"max-age", "no-withdraw"}
    assert layers("waivers: {require: []}\n").waivers.require == ()
    assert layers("waivers: {max_days: 365}\n").waivers.max_days == 365


def test_granted_waivers_are_kept_with_their_place() -> None:
    first = f"waivers:\n  granted:\n    - {GRANTED}\n"
    policy = layers(first, "waivers: {granted: [~, {app: bot, rule: stale-needs, value: trade}]}\n")
    key, app = policy.waivers.granted
    assert (key.account, key.key, key.app) == ("main", "a", None)
    assert key.waiver.origin.at("rule").location[1:3] == (4, 37)
    assert (app.account, app.key, app.app, app.waiver.value) == (None, None, "bot", "trade")
    assert app.waiver.origin.at("rule").location[1:3] == (2, 41)


def test_dates_of_a_granted_waiver_are_dates() -> None:
    text = "waivers: {granted: [{account: main, rule: key-limit, expires: 2026-12-31}]}\n"
    (granted,) = layers(text).waivers.granted
    assert granted.waiver.expires == date(2026, 12, 31)


def test_manifests_unite_and_are_relative_to_their_file() -> None:
    one = ("a/p.yaml", "manifests: [x.yaml, y.yaml]\n", "/r/a")
    two = ("b/p.yaml", "manifests: [x.yaml, z.yaml]\n", "/r/b")
    pack = ("pack", "manifests: [x.yaml]\n", None)
    assert layered(pack, one, two, one).manifests == (
        (None, "x.yaml"),
        ("/r/a", "x.yaml"),
        ("/r/a", "y.yaml"),
        ("/r/b", "x.yaml"),
        ("/r/b", "z.yaml"),
    )


def test_the_top_of_a_policy_file_is_known_and_a_pack_has_none() -> None:
    top = policy_of("\n\nversion: 1\n").top
    assert top is not None
    assert top.location == ("okxlint.yaml", 1, 1, 1, 1)
    assert pack("strict").top is None


def test_a_schema_of_metadata_is_read_relative_to_the_policy(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/m.json").write_text('{"required": ["ticket"]}')
    text = "metadata_schema: schemas/m.json\n"
    own = ("p.yaml", text, str(tmp_path))
    schema = layered(own).metadata_schema
    assert [error.route for error in schema.errors({})] == [()]
    assert layered(own, ("q.yaml", "", "/")).metadata_schema
    with pytest.raises(PolicyError, match=r"^p\.yaml:2:18: "):
        layered(("p.yaml", text, str(tmp_path / "schemas")))


# -- packs -----------------------------------------------------------------------------------


def test_the_packs_are_those_that_the_rules_know() -> None:
    assert set(resources.packs()) == set(PACKS)


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_has_exactly_what_its_rules_state(pack: str) -> None:
    policy = load(pack, "/", TREE)
    stated = {rule.id: rule.severities.get(pack) for rule in RULES if not rule.hygiene}
    on = {name: severity for name, severity in stated.items() if severity}
    assert {name: policy.settings[name].severity for name in policy.rules_on} == on
    assert {name: policy.pack_severities[name] for name in on} == on
    assert policy.waivers.require == DEFAULT_REQUIRE


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.hygiene], ids=lambda r: r.id)
def test_only_strict_changes_options(rule: Rule) -> None:
    default = rule.options()
    for name in ("essentials", "recommended"):
        assert load(name, "/", TREE).setting(rule.id, None).options == default
    strict = load("strict", "/", TREE).setting(rule.id, None).options
    changed: dict[str, Any] = {
        name: getattr(strict, name)
        for name in rule.facts
        if getattr(strict, name) != getattr(default, name)
    }
    assert changed == dict(rule.strict_options)


# -- where it is found -----------------------------------------------------------------------


def make(path: Path, text: str = HEAD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_nearest_policy_upwards_holds_and_the_root_is_the_last_place(tmp_path: Path) -> None:
    above = make(tmp_path / "okxlint.yaml")
    repo = tmp_path / "repo"
    (repo / "a/b").mkdir(parents=True)
    tree = Tree(str(repo), git=True)
    assert locate(None, str(repo / "a/b"), tree) is None
    at_root = make(repo / "okxlint.yaml")
    assert locate(None, str(repo / "a/b"), tree) == str(at_root)
    nearer = make(repo / "a/okxlint.yaml")
    assert locate(None, str(repo / "a/b"), tree) == str(nearer)
    assert locate(None, str(repo), tree) == str(at_root)
    # From outside the tree nothing but the top of the file system ends the way up.
    assert locate(None, str(tmp_path), tree) == str(above)
    above.unlink()
    assert locate(None, str(tmp_path), tree) is None


def test_without_a_policy_the_pack_recommended_holds(tmp_path: Path) -> None:
    policy = load(None, str(tmp_path), Tree(str(tmp_path), git=False))
    assert policy.source == "recommended"
    assert policy.settings == pack("recommended").settings
    assert policy.manifests == tuple((None, glob) for glob in DEFAULT_MANIFESTS)


def test_a_policy_by_its_name(tmp_path: Path) -> None:
    tree = Tree(str(tmp_path), git=False)
    make(tmp_path / "okxlint.yaml", HEAD + "extends: strict\n")
    make(tmp_path / "ci/loose.yaml", HEAD + "extends: essentials\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to("ci")
    found = load(None, str(tmp_path / "sub"), tree)
    assert (found.source, found.manifests[0]) == ("okxlint.yaml", (str(tmp_path), "okx-keys.yaml"))
    pack = load("strict", str(tmp_path), tree)
    assert (pack.source, pack.manifests[0]) == ("strict", (None, "okx-keys.yaml"))
    for name in ("../ci/loose.yaml", str(tmp_path / "ci/loose.yaml"), "../link/loose.yaml"):
        named = load(name, str(tmp_path / "sub"), tree)
        assert named.source == "ci/loose.yaml"
        assert named.manifests[0] == (str(tmp_path / "ci"), "okx-keys.yaml")
        assert set(named.rules_on) == set(load("essentials", str(tmp_path), tree).rules_on)


def test_a_file_with_the_name_of_a_pack_is_named_with_its_folder(tmp_path: Path) -> None:
    make(tmp_path / "strict", HEAD + "extends: []\n")
    tree = Tree(str(tmp_path), git=False)
    assert load("strict", str(tmp_path), tree).rules_on
    assert load("./strict", str(tmp_path), tree).rules_on == ()


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("strickt", "there is no policy file or pack 'strickt'; did you mean 'strict'?"),
        ("no/such.yaml", "there is no policy file or pack 'no/such.yaml'"),
    ],
)
def test_a_policy_that_is_not_there(tmp_path: Path, named: str, said: str) -> None:
    with pytest.raises(OkxlintError) as caught:
        load(named, str(tmp_path), Tree(str(tmp_path), git=False))
    assert caught.value.message == said
    assert caught.value.hint == "Packs: essentials, recommended, strict."


@pytest.mark.parametrize("named", ["", "folder", "pipe", "dangling"])
def test_a_policy_that_cannot_be_read_is_no_policy(tmp_path: Path, named: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(PolicyError, match=r"is no regular file|cannot be read"):
        load(named, str(tmp_path), Tree(str(tmp_path), git=False))


def test_a_policy_found_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "okxlint.yaml").symlink_to("nowhere")
    with pytest.raises(PolicyError, match=r"^okxlint\.yaml: cannot be read: No such file"):
        load(None, str(tmp_path), Tree(str(tmp_path), git=False))


def test_errors_name_the_policy_file_as_reports_do(tmp_path: Path) -> None:
    make(tmp_path / "a\n::b/okxlint.yaml", HEAD + "rules: {x: off}\n")
    with pytest.raises(PolicyError) as caught:
        load(None, str(tmp_path / "a\n::b"), Tree(str(tmp_path), git=True))
    assert caught.value.message == r"a\x0a::b/okxlint.yaml:2:9: there is no rule 'x'"

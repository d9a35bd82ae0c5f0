"""Overrides: what they are for, in which order they come, and who asks for them."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from okxlint.policy import Policy
from okxlint.policy.match import Match
from tests.policy_files import errors_in, judged, options_of, policy_in, word_of, write
from tests.test_cli import okxlint

KEY = "{label: bot, account: main, permissions: [withdraw]}"
ONE = {"okx-keys.yaml": f"version: 1\nkeys: [{KEY}]\n"}

# -- the order -------------------------------------------------------------------------------

PLACES = ("pack", "parent", "own", "parent-override", "own-override")


def policy_with(folder: Path, said: dict[str, str]) -> Policy:
    """A policy with a parent and a pack, of which each place says this of no-withdraw."""

    def rules(place: str) -> str:
        return f"rules: {{no-withdraw: {said[place]}}}\n" if place in said else ""

    def overrides(place: str) -> str:
        found = rules(f"{place}-override")
        return f"overrides:\n  - match: {{account: main}}\n    {found}" if found else ""

    extends = "extends: recommended\n" if "pack" in said else "extends: []\n"
    files = {
        "parent.yaml": extends + rules("parent") + overrides("parent"),
        "okxlint.yaml": "extends: parent.yaml\n" + rules("own") + overrides("own"),
    }
    return policy_in(folder, files)


@pytest.mark.parametrize(("earlier", "later"), list(combinations(PLACES, 2)))
@pytest.mark.parametrize("word", ["info", "off", "{severity: warning}"])
def test_of_two_places_the_later_wins(tmp_path: Path, earlier: str, later: str, word: str) -> None:
    first = "error" if earlier != "pack" else ""  # the pack says error
    policy = policy_with(tmp_path, {earlier: first, later: word})
    severity = word.strip("{}").removeprefix("severity: ")
    expected = [] if severity == "off" else [f"no-withdraw:{severity} bot"]
    rules = [each for each in judged(policy, ONE) if each.startswith("no-withdraw")]
    assert rules == expected


@pytest.mark.parametrize(("earlier", "later"), list(combinations(PLACES, 2)))
def test_what_the_later_does_not_say_is_kept(tmp_path: Path, earlier: str, later: str) -> None:
    def policy(said: dict[str, str]) -> Policy:
        texts = {place: f"{{max-age: {text}}}" for place, text in said.items()}
        extends = "extends: strict\n" if "pack" in said else "extends: []\n"
        override = "overrides:\n  - match: {account: main}\n    rules: "
        files = {"parent.yaml": extends, "okxlint.yaml": "extends: parent.yaml\n"}
        for place, text in texts.items():
            name = "okxlint.yaml" if place.startswith("own") else "parent.yaml"
            if place != "pack":
                files[name] += f"{override if 'override' in place else 'rules: '}{text}\n"
        return policy_in(tmp_path, files)

    found = policy({earlier: "{severity: warning, max_days: 60}", later: "{warn_days: 3}"})
    key = "{label: k, account: main, permissions: [trade], created: 2026-09-23}"  # 60 days ago
    keys = {"a.yaml": f"version: 1\nkeys: [{key}]\n"}
    over = {"a.yaml": f"version: 1\nkeys: [{key.replace('09-23', '09-22')}]\n"}
    severity = "error" if earlier == "pack" else "warning"
    assert judged(found, over, select="max-age") == [f"max-age:{severity} k"]
    assert judged(found, keys, select="max-age") == ["max-age:warning k"]
    soon = {"a.yaml": f"version: 1\nkeys: [{key.replace('09-23', '09-25')}]\n"}  # 3 days to go
    early = {"a.yaml": f"version: 1\nkeys: [{key.replace('09-23', '09-26')}]\n"}
    assert judged(found, soon, select="max-age") == ["max-age:warning k"]
    assert judged(found, early, select="max-age") == []


@pytest.mark.parametrize("place", PLACES)
def test_flags_come_last(tmp_path: Path, place: str) -> None:
    on = policy_with(tmp_path, {place: "" if place == "pack" else "info"})
    assert judged(on, ONE, ignore="no-withdraw", select="no-withdraw,ip-bound") == (
        ["ip-bound:error bot"]
    )
    assert not [each for each in judged(on, ONE, ignore="no-withdraw") if "no-withdraw" in each]
    if place == "pack":
        assert judged(on, ONE, select="no-withdraw") == ["no-withdraw:error bot"]
        return
    assert judged(on, ONE, select="no-withdraw") == ["no-withdraw:info bot"]
    off = policy_with(tmp_path, {"pack": "", place: "off"})
    # What is off for all runs with its pack's severity; what is off for some objects stays off.
    expected = [] if "override" in place else ["no-withdraw:error bot"]
    assert judged(off, ONE, select="no-withdraw") == expected


def test_a_selected_rule_that_is_off_keeps_the_options_of_overrides(tmp_path: Path) -> None:
    text = (
        "extends: strict\nrules: {max-age: off}\n"
        "overrides: [{match: {account: main}, rules: {max-age: {max_days: 30}}}]\n"
    )
    policy = policy_in(tmp_path, {"okxlint.yaml": text})
    keys = (
        "version: 1\nkeys:\n"
        "  - {label: a, account: main, permissions: [trade], created: 2026-10-22}\n"  # 31 days
        "  - {label: b, account: desk, permissions: [trade], created: 2026-10-22}\n"
    )
    assert "max-age" not in str(judged(policy, {"a.yaml": keys}))
    assert judged(policy, {"a.yaml": keys}, select="max-age") == ["max-age:error a"]


def test_of_two_overrides_of_a_file_the_later_wins(tmp_path: Path) -> None:
    text = (
        "extends: []\noverrides:\n"
        "  - {match: {account: '*'}, rules: {no-withdraw: error}}\n"
        "  - {match: {key: bot}, rules: {no-withdraw: info}}\n"
    )
    policy = policy_in(tmp_path, {"okxlint.yaml": text})
    keys = f"version: 1\nkeys: [{KEY}, {KEY.replace('bot', 'other')}]\n"
    assert judged(policy, {"a.yaml": keys}) == ["no-withdraw:error other", "no-withdraw:info bot"]
    lines = text.splitlines()
    turned = "\n".join([*lines[:2], lines[3], lines[2]]) + "\n"
    policy = policy_in(tmp_path, {"okxlint.yaml": turned})
    assert judged(policy, {"a.yaml": keys}) == ["no-withdraw:error bot", "no-withdraw:error other"]


def test_all_rules_come_before_all_overrides(tmp_path: Path) -> None:
    """What a parent says of some keys is not undone by what a child says of all."""
    files = {
        "parent.yaml": "extends: []\n"
        "overrides: [{match: {environment: demo}, rules: {no-withdraw: info}}]\n",
        "okxlint.yaml": "extends: parent.yaml\nrules: {no-withdraw: error}\n",
    }
    demo = KEY.replace("}", ", environment: demo}").replace("bot", "demo")
    keys = {"a.yaml": f"version: 1\nkeys: [{KEY}, {demo}]\n"}
    found = judged(policy_in(tmp_path, files), keys)
    assert found == ["no-withdraw:error bot", "no-withdraw:info demo"]


def test_of_two_parents_the_later_wins_with_its_overrides(tmp_path: Path) -> None:
    def parent(word: str) -> str:
        rules = f"rules: {{no-withdraw: {word}}}"
        return f"extends: []\noverrides: [{{match: {{account: main}}, {rules}}}]\n"

    files = {"a.yaml": parent("info"), "b.yaml": parent("warning")}
    for extends, word in (("[a.yaml, b.yaml]", "warning"), ("[b.yaml, a.yaml]", "info")):
        policy = policy_in(tmp_path, {**files, "okxlint.yaml": f"extends: {extends}\n"})
        assert judged(policy, ONE) == [f"no-withdraw:{word} bot"]


def test_the_order_on_the_command_line(tmp_path: Path) -> None:
    rules = "rules: {no-withdraw: warning}\n"
    text = f"{rules}overrides:\n  - match: {{key: b*}}\n    rules: {{no-withdraw: off}}\n"
    write(tmp_path, {"okxlint.yaml": text, **ONE})

    def told(*args: str) -> str:
        return okxlint("check", "-f", "concise", *args, cwd=tmp_path).stdout

    assert "no-withdraw" not in told()
    assert "no-withdraw" not in told("--select", "no-withdraw")
    write(tmp_path, {"okxlint.yaml": text.replace("off", "info")})
    assert "info" in told("--select", "no-withdraw")
    assert "no-withdraw" not in told("--ignore", "no-withdraw")


# -- what an override fits -------------------------------------------------------------------

KEYS = """version: 1
accounts: [{name: main, type: master}, {name: desk-a, type: sub, parent: main}]
apps:
  - {name: grid, needs: [read_only]}
  - {name: arb, needs: [read_only]}
keys:
  - {label: grid-2026q4, account: desk-a, app: grid, permissions: [withdraw]}
  - {label: both, account: main, app: [arb, grid], permissions: [withdraw]}
  - {label: demo, account: main, app: arb, permissions: [withdraw], environment: demo}
  - {label: bare, account: main, permissions: [withdraw]}
"""
ALL = ["bare", "both", "demo", "grid-2026q4"]


@pytest.mark.parametrize(
    ("match", "fitting"),
    [
        ("account: main", ["bare", "both", "demo"]),
        ("account: desk-*", ["grid-2026q4"]),
        ("account: 'desk-[a-c]'", ["grid-2026q4"]),
        ("account: Main", []),
        ("account: '?ain'", ["bare", "both", "demo"]),
        ("app: grid", ["both", "grid-2026q4"]),
        ("app: '*'", ["both", "demo", "grid-2026q4"]),
        ("app: other", []),
        ("key: demo", ["demo"]),
        ("key: '*-2026q[1-4]'", ["grid-2026q4"]),
        ("key: '*'", ALL),
        ("environment: demo", ["demo"]),
        ("environment: live", ["bare", "both", "grid-2026q4"]),
        ("environment: '*'", ALL),
        ("path: okx-keys.yaml", ALL),
        ("path: other.yaml", []),
        ("path: '*.yaml'", ALL),
        # All that is stated must fit.
        ("account: main, app: arb", ["both", "demo"]),
        ("account: main, app: arb, environment: demo", ["demo"]),
        ("account: desk-a, app: arb", []),
        ("account: main, app: arb, environment: demo, key: d*, path: '**'", ["demo"]),
        ("account: main, app: arb, environment: demo, key: d*, path: x/**", []),
        ("account: main, app: grid, key: both", ["both"]),
    ],
)
def test_what_keys_an_override_fits(tmp_path: Path, match: str, fitting: list[str]) -> None:
    text = f"extends: []\noverrides: [{{match: {{{match}}}, rules: {{no-withdraw: error}}}}]\n"
    policy = policy_in(tmp_path, {"okxlint.yaml": text})
    found = judged(policy, {"okx-keys.yaml": KEYS})
    assert found == [f"no-withdraw:error {name}" for name in fitting]


@pytest.mark.parametrize(
    ("rule", "match", "expected"),
    [
        ("stale-needs", "app: grid", ["grid"]),
        ("stale-needs", "app: '*'", ["arb", "grid"]),
        ("stale-needs", "path: 'okx-keys.*'", ["arb", "grid"]),
        ("stale-needs", "app: g*, path: okx-keys.yaml", ["grid"]),
        ("stale-needs", "app: g*, path: x.yaml", []),
        ("key-limit", "account: main", ["main"]),
        ("key-limit", "account: '*'", ["main"]),
        ("key-limit", "account: desk-a", []),
        ("key-limit", "path: okx-keys.yaml", ["main"]),
        ("key-limit", "path: x/*", []),
    ],
)
def test_what_apps_and_accounts_an_override_fits(
    tmp_path: Path, rule: str, match: str, expected: list[str]
) -> None:
    said = "{severity: error, max_keys: 1}" if rule == "key-limit" else "error"
    text = f"extends: []\noverrides: [{{match: {{{match}}}, rules: {{{rule}: {said}}}}}]\n"
    # Two live keys of main, none of them of an app that needs to trade.
    keys = KEYS.replace("needs: [read_only]", "needs: [trade]")
    policy = policy_in(tmp_path, {"okxlint.yaml": text})
    found = judged(policy, {"okx-keys.yaml": keys})
    assert found == [f"{rule}:error {name}" for name in expected]


def test_an_account_that_no_manifest_declares_has_a_name_and_no_path(tmp_path: Path) -> None:
    keys = {"a.yaml": f"version: 1\nkeys: [{KEY}, {KEY.replace('bot', 'bot2')}]\n"}
    limit = "{key-limit: {severity: error, max_keys: 1}}"
    for match, count in (("account: main", 1), ("path: '**'", 0)):
        text = f"extends: []\noverrides: [{{match: {{{match}}}, rules: {limit}}}]\n"
        assert len(judged(policy_in(tmp_path, {"okxlint.yaml": text}), keys)) == count


def test_a_file_is_told_by_its_path(tmp_path: Path) -> None:
    text = "extends: []\noverrides: [{match: {path: 'a/*'}, rules: {no-secrets: warning}}]\n"
    policy = policy_in(tmp_path, {"okxlint.yaml": text})
    leaky = "version: 1\nkeys: []\n# 0123456789ABCDEF0123456789ABCDEF\n"
    assert judged(policy, {"a/x.yaml": leaky, "b/x.yaml": leaky}) == ["no-secrets:warning"]


def test_a_rule_of_two_kinds_is_told_by_the_names_of_either(tmp_path: Path) -> None:
    manifest = (
        "version: 1\naccounts: [{name: main, type: sub, parent: gone}]\n"
        "keys: [{label: k, account: main, app: no-such, permissions: [trade]}]\n"
        "apps: [{name: other}]\n"
    )
    for match, expected in {
        "account: main": ["k", "main"],
        "app: no-such": ["k"],
        "key: k": ["k"],
        "path: a.yaml": ["k", "main"],
    }.items():
        rules = "{references-valid: error}"
        text = f"extends: []\noverrides: [{{match: {{{match}}}, rules: {rules}}}]\n"
        policy = policy_in(tmp_path, {"okxlint.yaml": text})
        found = judged(policy, {"a.yaml": manifest})
        assert found == [f"references-valid:error {name}" for name in expected]


# -- paths -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "glob", "fits", "misses"),
    [
        ("okxlint.yaml", "okx-keys/*", "okx-keys/a.yaml", "okx-keys/b/a.yaml"),
        ("okxlint.yaml", "./okx-keys/*", "okx-keys/a.yaml", "a.yaml"),
        ("okxlint.yaml", "././okx-keys//*", "okx-keys/a.yaml", "a.yaml"),
        ("okxlint.yaml", "okx-keys/**", "okx-keys/b/a.yaml", "other/a.yaml"),
        ("okxlint.yaml", "**/a.yaml", "a.yaml", "b.yaml"),
        ("okxlint.yaml", "**", "x/y/a.yaml", "/outside/a.yaml"),
        ("okxlint.yaml", "desk/../okx-keys/*", "okx-keys/a.yaml", "desk/a.yaml"),
        ("desk/okxlint.yaml", "*", "desk/a.yaml", "a.yaml"),
        ("desk/okxlint.yaml", "**", "desk/x/a.yaml", "deskside/a.yaml"),
        ("desk/okxlint.yaml", "./keys/*", "desk/keys/a.yaml", "keys/a.yaml"),
        ("desk/okxlint.yaml", "../*", "a.yaml", "desk/a.yaml"),
        ("desk/okxlint.yaml", "../other/*", "other/a.yaml", "desk/other/a.yaml"),
        ("desk/okxlint.yaml", "./../other/./*", "other/a.yaml", "desk/other/a.yaml"),
        ("a/b/okxlint.yaml", "../../x/*", "x/a.yaml", "a/x/a.yaml"),
        ("a/b/okxlint.yaml", "../x/../y/*", "a/y/a.yaml", "a/x/a.yaml"),
        (".config/okxlint.yaml", "*", ".config/a.yaml", "config/a.yaml"),
        ("d[a]/okxlint.yaml", "*", "d[a]/a.yaml", "da/a.yaml"),
    ],
)
def test_paths_are_relative_to_the_policy(
    tmp_path: Path, policy: str, glob: str, fits: str, misses: str
) -> None:
    text = (
        f"extends: []\noverrides: [{{match: {{path: '{glob}'}}, rules: {{no-withdraw: error}}}}]\n"
    )
    found = policy_in(tmp_path, {policy: text}, policy)
    manifest = f"version: 1\nkeys: [{KEY}]\n"
    assert judged(found, {fits: manifest}) == ["no-withdraw:error bot"]
    assert judged(found, {misses: manifest}) == []
    (override,) = found.overrides
    rooted = Match(path=override.match.globs["path"])
    again = policy_in(tmp_path, {"root.yaml": text.replace(glob, rooted.path or "")}, "root.yaml")
    assert judged(again, {fits: manifest}) == ["no-withdraw:error bot"]
    assert judged(again, {misses: manifest}) == []


def test_paths_of_a_parent_are_relative_to_the_parent(tmp_path: Path) -> None:
    files = {
        "org/base.yaml": "extends: []\n"
        "overrides: [{match: {path: '../desk/*'}, rules: {no-withdraw: error}}]\n",
        "desk/okxlint.yaml": "extends: ../org/base.yaml\n",
    }
    policy = policy_in(tmp_path, files, cwd="desk")
    manifest = f"version: 1\nkeys: [{KEY}]\n"
    assert judged(
        policy, {"desk/a.yaml": manifest, "org/a.yaml": manifest.replace("bot", "b")}
    ) == ["no-withdraw:error bot"]


def test_paths_of_a_pack_are_relative_to_the_repository(tmp_path: Path) -> None:
    text = "overrides: [{match: {path: 'desk/*'}, rules: {no-withdraw: info}}]\n"
    files = {"sub/./strict": f"version: 1\nextends: []\n{text}", "strict": f"version: 1\n{text}"}
    policy = policy_in(tmp_path, files, "./strict")
    assert policy.source == "./strict"
    assert policy.overrides[0].match.fits is not None
    assert "no-withdraw:info bot" in judged(policy, {"desk/a.yaml": ONE["okx-keys.yaml"]})


def test_a_policy_outside_of_the_repository_tells_paths_beside_it(tmp_path: Path) -> None:
    text = "extends: []\noverrides: [{match: {path: 'keys/*'}, rules: {no-withdraw: error}}]\n"
    write(tmp_path, {"ci/policy.yaml": text, "repository/x": ""})
    policy = policy_in(tmp_path / "repository", {}, str(tmp_path / "ci/policy.yaml"))
    manifest = ONE["okx-keys.yaml"]
    assert judged(policy, {f"{tmp_path}/ci/keys/a.yaml": manifest}) == ["no-withdraw:error bot"]
    assert judged(policy, {"keys/a.yaml": manifest}) == []


@pytest.mark.parametrize(
    ("policy", "glob", "said"),
    [
        ("okxlint.yaml", "/okx-keys/*", "this is relative to this file: 'okx-keys/*'"),
        ("okxlint.yaml", "/", "this is relative to this file: '**'"),
        ("okxlint.yaml", "okx-keys/", "this names a folder; 'okx-keys/**' is all that is in it"),
        ("okxlint.yaml", "okx-keys/.", "this names a folder; 'okx-keys/./**' is all that is in it"),
        ("okxlint.yaml", ".", "this names a folder; './**' is all that is in it"),
        ("okxlint.yaml", "../x.yaml", "this is outside of the repository"),
        ("okxlint.yaml", "a/../../x.yaml", "this is outside of the repository"),
        ("desk/okxlint.yaml", "../../x.yaml", "this is outside of the repository"),
        ("okxlint.yaml", "a/*/../x.yaml", "'..' is no way back from '*'"),
        ("okxlint.yaml", "**/../x.yaml", "'..' is no way back from '**'"),
    ],
)
def test_a_path_that_fits_no_manifest_is_an_error(
    tmp_path: Path, policy: str, glob: str, said: str
) -> None:
    rules = "{no-withdraw: error, ip-bound: off}"
    text = f"extends: []\noverrides:\n  - match: {{path: '{glob}'}}\n    rules: {rules}\n"
    (error,) = errors_in(tmp_path, {policy: text}, str(tmp_path / policy))
    assert error == f"{policy}:4:19: 'path': {said}"


def test_an_environment_that_is_none_is_told_once(tmp_path: Path) -> None:
    text = "overrides: [{match: {environment: demp}, rules: {no-withdraw: off, ip-bound: off}}]\n"
    (error,) = errors_in(tmp_path, {"okxlint.yaml": text})
    assert error == "okxlint.yaml:2:35: there is no environment 'demp'; did you mean 'demo'?"


@pytest.mark.parametrize(
    ("match", "rule", "said"),
    [
        ("key: a", "key-limit", "'key-limit': this is about an account, which has no key to match"),
        ("app: a", "key-limit", "'key-limit': this is about an account, which has no app to"),
        ("account: a", "stale-needs", "'stale-needs': this is about an app, which has no account"),
        ("account: a", "no-secrets", "'no-secrets': this is about a file, which has no account"),
    ],
)
def test_a_match_that_fits_no_object_of_the_rule_is_an_error(
    tmp_path: Path, match: str, rule: str, said: str
) -> None:
    text = f"overrides: [{{match: {{{match}}}, rules: {{{rule}: off}}}}]\n"
    (error,) = errors_in(tmp_path, {"okxlint.yaml": text})
    assert error.startswith(f"okxlint.yaml:2:22: {said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("overrides: [{match: {acount: a}, rules: {}}]\n", "did you mean 'account'?"),
        ("overrides: [{match: {account: a}, rule: {}}]\n", "did you mean 'rules'?"),
        ("overrides: [{match: {account: a}}]\n", "'rules' is missing"),
        ("overrides: [{rules: {}}]\n", "'match' is missing"),
        ("overrides: {match: {account: a}}\n", "'overrides': this is a list"),
        (
            "overrides: [{match: {account: a}, rules: {max-age: {max_dys: 1}}}]\n",
            "2:53: 'max_dys' is no option of the rule 'max-age'; did you mean 'max_days'?",
        ),
        (
            "overrides: [{match: {account: a}, rules: {max-age: {max_days: 0}}}]\n",
            "2:63: 'max_days': this should be greater than or equal to 1",
        ),
        (
            "overrides: [{match: {account: a}, rules: {max-aeg: off}}]\n",
            "2:43: there is no rule 'max-aeg'; did you mean 'max-age'?",
        ),
        (
            "overrides: [{match: {account: a}, rules: {yaml-syntax: off}}]\n",
            "'yaml-syntax' is always on",
        ),
    ],
)
def test_what_is_wrong_with_an_override(tmp_path: Path, text: str, said: str) -> None:
    errors = errors_in(tmp_path, {"okxlint.yaml": text})
    assert any(said in error for error in errors)


# -- rules that ask for another's setting ----------------------------------------------------


def test_rotation_slots_asks_for_the_age_of_each_key_and_the_limit_of_each_account(
    tmp_path: Path,
) -> None:
    manifest = {
        "a.yaml": "version: 1\nkeys:\n"
        "  - {label: a, account: one, permissions: [trade], created: 2026-10-23}\n"  # 30 days old
        "  - {label: b, account: two, permissions: [trade], created: 2026-10-23}\n"
    }
    base = (
        "extends: []\nrules:\n"
        "  rotation-slots: warning\n  max-age: error\n  key-limit: {max_keys: 1}\noverrides:\n"
    )

    def slots(overrides: str) -> list[str]:
        policy = policy_in(tmp_path, {"okxlint.yaml": base + overrides})
        return judged(policy, manifest, select="rotation-slots")

    assert slots("  - {match: {account: x}, rules: {max-age: off}}\n") == []
    younger = "  - {match: {key: a}, rules: {max-age: {max_days: 40}}}\n"
    assert slots(younger) == ["rotation-slots:warning one"]
    room = "  - {match: {account: one}, rules: {key-limit: {max_keys: 2}}}\n"
    assert slots(younger + room) == []
    off = "  - {match: {environment: live}, rules: {max-age: off}}\n"
    assert slots(younger + off) == []
    on = "  - {match: {environment: live}, rules: {max-age: info}}\n"
    assert slots(younger + off + on) == ["rotation-slots:warning one"]
    demo = "  - {match: {key: a}, rules: {max-age: {environments: [demo]}}}\n"
    assert slots(younger + demo) == []


@pytest.mark.parametrize(
    ("override", "found"),
    [
        ("{match: {key: x}, rules: {rotation-overlap: off}}", 0),
        ("{match: {key: a}, rules: {rotation-overlap: off}}", 1),
        ("{match: {key: b}, rules: {rotation-overlap: off}}", 1),
        ("{match: {account: m}, rules: {rotation-overlap: {overlap_days: 1}}}", 0),
    ],
)
def test_one_key_per_app_asks_whether_the_overlap_is_judged_for_both_keys(
    tmp_path: Path, override: str, found: int
) -> None:
    rules = "rules: {one-key-per-app: error, rotation-overlap: error}\n"
    text = f"extends: []\n{rules}overrides: [{override}]\n"
    manifest = {
        "a.yaml": "version: 1\nkeys:\n"
        "  - {label: a, account: m, app: x, permissions: [trade], created: 2026-11-01}\n"
        "  - {label: b, account: m, app: x, permissions: [trade], created: 2026-11-20,\n"
        "     replaces: a}\n"
    }
    policy = policy_in(tmp_path, {"okxlint.yaml": text})
    assert len(judged(policy, manifest, select="one-key-per-app")) == found
    # Which rules run is no matter to what they ask of one another.
    assert (
        len(judged(policy, manifest, select="one-key-per-app", ignore="rotation-overlap")) == found
    )


def test_an_option_of_environments_holds_for_what_the_override_fits(tmp_path: Path) -> None:
    text = (
        "extends: []\nrules: {ip-bound: error}\n"
        "overrides: [{match: {account: desk}, rules: {ip-bound: {environments: [demo]}}}]\n"
    )
    key = "{label: %s, account: %s, permissions: [trade], environment: %s}"
    keys = [
        key % (f"{account}-{env}", account, env)
        for account in ("main", "desk")
        for env in ("live", "demo")
    ]
    policy = policy_in(tmp_path, {"okxlint.yaml": text})
    found = judged(policy, {"a.yaml": f"version: 1\nkeys: [{', '.join(keys)}]\n"})
    assert found == ["ip-bound:error desk-demo", "ip-bound:error main-live"]


def test_a_rule_is_on_for_some_objects_alone(tmp_path: Path) -> None:
    text = "extends: []\noverrides: [{match: {key: b*}, rules: {no-withdraw: error}}]\n"
    policy = policy_in(tmp_path, {"okxlint.yaml": text})
    assert policy.rules_on == ("no-withdraw",)
    assert (word_of(policy, "no-withdraw"), options_of(policy, "max-age").max_days) == ("off", 90)
    keys = f"version: 1\nkeys: [{KEY}, {KEY.replace('bot', 'other')}]\n"
    assert judged(policy, {"a.yaml": keys}) == ["no-withdraw:error bot"]

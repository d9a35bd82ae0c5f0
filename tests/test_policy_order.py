"""In what one policy is looser than another, and where that is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.documents.reader import read
from okxlint.inventory import Key
from okxlint.manifest import load
from okxlint.policy import Policy
from okxlint.policy.file import pack
from okxlint.policy.match import Match
from okxlint.policy.override_order import MOST, includes, scopes
from okxlint.policy.strictness import shifts
from okxlint.policy_order import loosened
from okxlint.resources import packs
from okxlint.rule import load_rule
from tests.conftest import policy_of
from tests.policy_files import policy_in, write
from tests.test_plugins import Site, rule_text


def weaker(old: str | Policy, new: str | Policy) -> list[str]:
    """What is looser, without its places."""
    old, new = (policy_of(each) if isinstance(each, str) else each for each in (old, new))
    return [each.value for each in loosened(old, new, "/")]


def places(old: str, new: str) -> list[str]:
    """What is looser, as ``line:column text value``."""
    told = []
    for value, place in loosened(policy_of(old), policy_of(new), "/"):
        at = place.location
        assert at.path == "okxlint.yaml"
        assert at.line == at.end_line
        told.append(f"{at.line}:{at.column} {new[place.start : place.end]} | {value}")
    return told


def rules(**settings: Any) -> str:
    named = {name.replace("_", "-"): said for name, said in settings.items()}
    return f"version: 1\nrules: {json.dumps(named)}\n"


PLAIN = "version: 1\n"
REQUIRED = "version: 1\nlive: {require: [master-keys]}\n"

# -- rules and options -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("error", "error", None),
        ("warning", "error", None),
        ("off", "info", None),
        ("error", "warning", "error -> warning"),
        ("warning", "info", "warning -> info"),
        ("info", "off", "info -> off"),
        ("error", "off", "error -> off"),
    ],
)
def test_severity(old: str, new: str, expected: str | None) -> None:
    told = weaker(rules(no_withdraw=old), rules(no_withdraw=new))
    assert told == ([f"no-withdraw severity {expected}"] if expected else [])


@pytest.mark.parametrize(
    ("rule", "strict", "loose", "told"),
    [
        ("max-age", {"max_days": 60}, {"max_days": 61}, "max_days 60 -> 61"),
        ("max-age", {"warn_days": 15}, {"warn_days": 14}, "warn_days 15 -> 14"),
        ("ip-narrow", {"min_prefix_v4": 29}, {"min_prefix_v4": 28}, "min_prefix_v4 29 -> 28"),
        (
            "ip-bound",
            {"environments": ["live", "demo"]},
            {"environments": ["live"]},
            "environments [live, demo] -> [live]",
        ),
        (
            "ip-public",
            {"allow_documentation": False},
            {"allow_documentation": True},
            "allow_documentation false -> true",
        ),
        ("least-privilege", {"require_needs": True}, {"require_needs": False}, "require_needs t"),
        ("demo-first", {"before": True}, {"before": False}, "before true -> false"),
        ("not-dormant", {"against": "today"}, {"against": "review"}, "against today -> review"),
        ("documented", {"require": ["app", "owner"]}, {"require": ["app"]}, "require [app, owner]"),
        ("secret-store", {"stores": ["vault"]}, {"stores": ["vault", "op"]}, "stores [vault] -> "),
        ("descriptive-label", {"pattern": "^a"}, {"pattern": ""}, 'pattern ^a -> ""'),
        ("ip-egress", {"egress": ["192.0.2.1"]}, {"egress": []}, "egress [192.0.2.1] -> []"),
    ],
)
def test_an_option_has_a_direction(
    rule: str, strict: dict[str, Any], loose: dict[str, Any], told: str
) -> None:
    old, new = (f"version: 1\nrules: {json.dumps({rule: each})}\n" for each in (strict, loose))
    (found,) = weaker(old, new)
    assert found.startswith(f"{rule} {told}")
    assert weaker(new, old) == []


def test_a_rule_that_is_turned_on_is_stricter() -> None:
    texts = (f"version: 1\nrules: {{max-age: {word}}}\n" for word in ("off", "info"))
    rule = load_rule("max-age")
    off, on = (policy_of(text).setting("max-age", None) for text in texts)
    (there,) = shifts(rule, off, on)
    (back,) = shifts(rule, on, off)
    assert (str(there), there.loosens) == ("severity off -> info", False)
    assert (str(back), back.loosens) == ("severity info -> off", True)


def test_an_option_without_an_order_is_looser_both_ways() -> None:
    one, other = (
        rules(descriptive_label={"pattern": "^a"}),
        rules(descriptive_label={"pattern": "b"}),
    )
    assert weaker(one, other) == ["descriptive-label pattern ^a -> b"]
    assert weaker(other, one) == ["descriptive-label pattern b -> ^a"]
    # Of two lists neither of which holds the other, each lets something through.
    one, other = rules(documented={"require": ["app"]}), rules(documented={"require": ["owner"]})
    assert len(weaker(one, other)) == len(weaker(other, one)) == 1


def test_the_options_of_a_rule_that_is_off_do_not_matter() -> None:
    strict = {"severity": "off", "max_days": 30}
    loose = {"severity": "off", "max_days": 90}
    assert weaker(rules(max_age=strict), rules(max_age=loose)) == []
    assert weaker(rules(max_age=strict), rules(max_age={"max_days": 90})) == []
    gone = weaker(rules(max_age={"max_days": 30}), rules(max_age=loose))
    assert gone == ["max-age severity error -> off"]


@pytest.mark.parametrize("name", packs())
def test_a_pack_is_not_looser_than_itself(name: str) -> None:
    assert weaker(pack(name), pack(name)) == []
    assert weaker(f"version: 1\nextends: {name}\n", pack(name)) == []
    assert weaker(pack(name), f"version: 1\nextends: {name}\n") == []


def test_strict_is_nowhere_looser_than_recommended() -> None:
    assert weaker(pack("recommended"), pack("strict")) == []
    assert weaker(pack("essentials"), pack("recommended")) == []
    told = weaker(pack("strict"), pack("recommended"))
    assert "max-age max_days 60 -> 90" in told
    assert "policy-not-weakened severity error -> warning" in told
    assert "no-withdraw severity error -> off" not in told


# -- places ----------------------------------------------------------------------------------------


def test_each_is_found_at_the_line_that_says_it() -> None:
    old = """\
version: 1
rules:
  max-age: {max_days: 60, locked: true}
  no-withdraw: {locked: true}
waivers:
  require: [reason, approved_by, expires, granted]
  max_days: 90
  approvers: [a@example.com]
  never: [ip-bound]
manifests: [keys/a.yaml, keys/b.yaml]
"""
    new = """\
version: 1
rules:
  max-age:
    max_days: 75
  no-withdraw: off
  ip-bound: {severity: warning}
overrides:
  - match: {environment: demo}
    rules: {ip-narrow: off, max-age: {max_days: 80}}
waivers:
  require: [reason, approved_by, expires]
  max_days: 180
  approvers:
    - a@example.com
    - "*@example.org"
  never: []
  granted:
    - {account: main, key: a-1, rule: ip-bound, reason: r, expires: 2026-12-31}
manifests: [keys/a.yaml]
"""
    assert places(old, new) == [
        "6:24 warning | ip-bound severity error -> warning",
        "9:24 off | ip-narrow severity error -> off for environment demo",
        "4:15 75 | max-age max_days 60 -> 75",
        "9:49 80 | max-age max_days 60 -> 80 for environment demo",
        "5:16 off | no-withdraw severity error -> off",
        "3:3 max-age | max-age locked -> gone",
        "5:16 off | no-withdraw locked -> gone",
        "11:3 require | waivers.require granted -> gone",
        "12:13 180 | waivers.max_days 90 -> 180",
        '15:7 "*@example.org" | waivers.approvers + *@example.org',
        "16:3 never | waivers.never ip-bound -> gone",
        "18:39 ip-bound | waivers.granted ip-bound for main/a-1 until 2026-12-31",
        "19:1 manifests | manifests keys/b.yaml -> gone",
    ]


def test_what_a_pack_says_is_found_where_it_is_extended() -> None:
    old = "version: 1\nextends: strict\n"
    assert places(old, "version: 1\nextends: [recommended]\n")[0].startswith("2:1 extends |")
    assert places(old, "version: 1\nextends: recommended\n")[0].startswith("2:10 recommended |")
    assert places(old, "version: 1\n")[0].startswith("1:1  |")
    gone = places(PLAIN, "extends: []\nversion: 1\n")
    assert "1:1 extends | no-withdraw severity error -> off" in gone


def test_what_nobody_says_any_more_is_found_at_the_first_line() -> None:
    old = """\
version: 1
waivers: {require: [reason, granted], max_days: 9, approvers: [a], never: [ip-bound]}
manifests: [keys.yaml]
metadata_schema: null
"""
    told = places(old, "# nothing\nversion: 1\n")
    assert {each.partition(" | ")[0] for each in told} == {"1:1 "}
    assert [each.partition(" | ")[2] for each in told] == [
        "waivers.require granted -> gone",
        "waivers.max_days 9 -> 180",
        "waivers.approvers -> anyone",
        "waivers.never ip-bound -> gone",
        "manifests keys.yaml -> gone",
    ]
    within = places(old, "version: 1\nwaivers: {}\n")
    assert within[1] == "2:1 waivers | waivers.max_days 9 -> 180"


def test_a_policy_file_that_is_gone_is_told_of_at_its_place() -> None:
    old = policy_of(rules(max_age={"max_days": 30}))
    (found,) = loosened(old, pack("recommended"), "/")
    assert found.place.location[:3] == ("okxlint.yaml", 1, 1)
    assert found.value == "max-age max_days 30 -> 90"
    (found, *_) = loosened(pack("strict"), pack("recommended"), "/")
    assert found.place.location[:3] == ("recommended", 1, 1)


# -- overrides -------------------------------------------------------------------------------------

DEMO, LIVE = "{environment: demo}", "{environment: live}"
OFF, WARN = "{max-age: off}", "{max-age: warning}"
BOTH = "{max-age: off, ip-bound: off}"
SEVERITY_OFF = "max-age severity error -> off"
MAIN, OTHER, MA = "{account: main}", "{account: other}", '{account: "ma*"}'


def days(most: int) -> str:
    return f"{{max-age: {{max_days: {most}}}}}"


def overrides(*entries: str, before: str = "") -> str:
    lines = [f"  - {{match: {entry.replace(' => ', ', rules: ')}}}" for entry in entries]
    return "\n".join(["version: 1", f"rules: {{{before}}}", "overrides:", *lines, ""])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # The same, however it is said.
        (
            [f"{DEMO} => {WARN}"],
            [f"{DEMO} => {{max-age: {{severity: warning}}}}"],
            [],
        ),
        (
            [f"{DEMO} => {{max-age: off, ip-bound: off}}"],
            [f"{DEMO} => {{ip-bound: off, max-age: off}}"],
            [],
        ),
        (
            [f"{DEMO} => {{max-age: off, ip-bound: off}}"],
            [f"{DEMO} => {{ip-bound: off}}", f"{DEMO} => {OFF}"],
            [],
        ),
        ([], [f"{DEMO} => {{max-age: error}}"], []),
        ([f"{DEMO} => {{max-age: error}}"], [], []),
        ([f"{DEMO} => {days(90)}"], [], []),
        # New, and looser or stricter than what holds for all.
        (
            [],
            [f"{DEMO} => {OFF}"],
            [f"{SEVERITY_OFF} for environment demo"],
        ),
        ([], [f"{DEMO} => {days(60)}"], []),
        (
            [],
            [f"{DEMO} => {days(91)}"],
            ["max-age max_days 90 -> 91 for environment demo"],
        ),
        # Gone.
        ([f"{DEMO} => {OFF}"], [], []),
        (
            [f"{DEMO} => {days(60)}"],
            [],
            ["max-age max_days 60 -> 90 for environment demo"],
        ),
        # Changed: against what it was, not against what holds for all.
        (
            [f"{DEMO} => {days(120)}"],
            [f"{DEMO} => {days(100)}"],
            [],
        ),
        (
            [f"{DEMO} => {days(30)}"],
            [f"{DEMO} => {days(31)}"],
            ["max-age max_days 30 -> 31 for environment demo"],
        ),
        # For others.
        (
            [f"{DEMO} => {OFF}"],
            [f"{LIVE} => {OFF}"],
            ["max-age severity error -> off for environment live"],
        ),
        # For more than before: who was meant is meant still.
        (
            [f"{MAIN} => {days(30)}"],
            ['{account: "*"} => ' + days(30)],
            [],
        ),
        (
            [f"{MAIN} => {days(30)}"],
            [f"{MA} => {days(30)}"],
            [],
        ),
        (
            [f"{MA} => {days(30)}"],
            [f"{MAIN} => {days(30)}"],
            ["max-age max_days 30 -> 90 for account ma*"],
        ),
        # In another order, which matters only where both fit and say the same thing.
        (
            [f"{MAIN} => {OFF}", f"{OTHER} => {WARN}"],
            [f"{OTHER} => {WARN}", f"{MAIN} => {OFF}"],
            [],
        ),
        (
            [f"{MAIN} => {WARN}", "{account: main} => {ip-bound: warning}"],
            ["{account: main} => {ip-bound: warning}", f"{MAIN} => {WARN}"],
            [],
        ),
        (
            [f"{MAIN} => {OFF}", f"{DEMO} => {WARN}"],
            [f"{DEMO} => {WARN}", f"{MAIN} => {OFF}"],
            ["max-age severity warning -> off for account main and environment demo"],
        ),
        (
            ["{account: main} => {max-age: error}", f"{DEMO} => {days(99)}"],
            [f"{DEMO} => {days(99)}", "{account: main} => {max-age: error}"],
            [],
        ),
    ],
)
def test_overrides(old: list[str], new: list[str], expected: list[str]) -> None:
    assert weaker(overrides(*old), overrides(*new)) == expected


def test_options_matter_where_an_override_has_the_rule_on() -> None:
    on = f"{DEMO} => {{max-age: error}}"
    old = overrides(on, before="max-age: {severity: off, max_days: 30}")
    new = overrides(on, before="max-age: {severity: off, max_days: 90}")
    assert weaker(old, new) == ["max-age max_days 30 -> 90 for environment demo"]
    assert weaker(new, old) == []
    # It takes four: who has it on, and who says the days, before and now.
    parts = ["{account: a} => {max-age: error}", f"{DEMO} => {{max-age: error}}"]
    days = "{key: k} => {max-age: {max_days: %s}}", '{path: "*"} => {max-age: {max_days: %s}}'
    old = overrides(parts[0], days[0] % 30, before="max-age: off")
    new = overrides(*parts, days[1] % 60, before="max-age: off")
    assert "max-age max_days 30 -> 90 for account a and key k" in weaker(old, new)


def test_what_is_so_for_all_is_not_told_again_for_some() -> None:
    same = f"{DEMO} => {{max-age: {{warn_days: 20}}}}"
    old, new = overrides(same), overrides(same, before="max-age: {max_days: 99}")
    assert weaker(old, new) == ["max-age max_days 90 -> 99"]


def test_an_override_by_path_is_the_same_from_another_folder(tmp_path: Path) -> None:
    entry = "overrides:\n  - match: {path: %s}\n    rules: {max-age: {max_days: 30}}\n"
    files = {
        "okxlint.yaml": entry % "'keys/*.yaml'",
        "sub/okxlint.yaml": "manifests: [../okx-keys.yaml]\n" + entry % "'../keys/*.yaml'",
    }
    write(tmp_path, files)
    top, below = (policy_in(tmp_path, {}, cwd=cwd) for cwd in (".", "sub"))
    told = [each.value for each in loosened(top, below, str(tmp_path))]
    assert told == ["manifests okx-keys/**/*.yaml -> gone", "manifests okx-keys/**/*.yml -> gone"]


def test_of_many_overrides_the_options_count_even_if_the_rule_is_off() -> None:
    many = [f"{{app: a{number}}} => {{max-age: warning}}" for number in range(MOST + 1)]
    same = overrides(*many)
    assert weaker(same, same) == []
    assert weaker(same, overrides(*many[1:])) == []
    told = weaker(overrides(*many[1:]), same)
    assert told == ["max-age severity error -> warning for app a0"]
    last = many[-1].replace("warning", "{severity: off, max_days: 99}")
    assert "max-age max_days 90 -> 99 for app a12" in weaker(same, overrides(*many[:-1], last))


def test_scopes_are_sets_that_may_fit_one_object() -> None:
    main, every = Match(account="main"), Match(account="*")
    other, demo = Match(account="other"), Match(environment="demo")
    both = Match(account="main", environment="demo")
    assert scopes([]) == [frozenset()]
    assert scopes([main, other]) == [frozenset(), {main}, {other}]
    assert set(scopes([main, every])) == {frozenset(), frozenset({every}), frozenset({main, every})}
    # Who is of the one and of the other is of both together.
    assert frozenset({main, demo}) not in scopes([main, demo, both])
    assert frozenset({main, demo, both}) in scopes([main, demo, both])
    assert len(scopes([Match(app=f"a{number}") for number in range(5)])) == 1 + 5 + 10 + 10 + 5


def test_what_a_match_includes() -> None:
    assert includes([Match(path="keys/a.yaml")], Match(path="keys/*.yaml"))
    assert includes([Match(path="keys/*.yaml")], Match(path="keys/*.yaml"))
    assert not includes([Match(path="keys/a/b.yaml")], Match(path="keys/*.yaml"))
    assert not includes([Match(path="keys/*.yaml")], Match(path="keys/a.yaml"))
    assert not includes([Match(account="a")], Match(account="a", key="k"))
    assert includes([Match(account="a"), Match(key="k")], Match(account="*", key="k"))


# -- locks, custom rules, plugins ------------------------------------------------------------------


def test_a_lock_that_is_gone_or_lower(tmp_path: Path) -> None:
    def chain(locked: str, own: str) -> Policy:
        files = {
            "team.yaml": f"rules: {{max-age: {locked}}}\n",
            "okxlint.yaml": f"extends: ./team.yaml\nrules: {{max-age: {own}}}\n",
        }
        return policy_in(tmp_path, files)

    floor = chain("{max_days: 60, locked: true}", "{max_days: 45}")
    assert weaker(floor, chain("{max_days: 60, locked: true}", "{max_days: 45}")) == []
    assert weaker(floor, chain("{max_days: 50, locked: true}", "{max_days: 45}")) == []
    lower = chain("{max_days: 75, locked: true}", "{max_days: 45}")
    assert weaker(floor, lower) == ["max-age locked max_days 60 -> 75"]
    both = chain("{max_days: 75, locked: true}", "{max_days: 70}")
    assert weaker(floor, both) == ["max-age max_days 45 -> 70", "max-age locked max_days 60 -> 75"]
    moved = weaker(
        chain("{max_days: 60, locked: true}", "{}"), chain("{max_days: 75, locked: true}", "{}")
    )
    assert moved == ["max-age max_days 60 -> 75"]
    assert weaker(floor, chain("{max_days: 60}", "{max_days: 45}")) == ["max-age locked -> gone"]
    # What is off may be turned on further down, and then its options count.
    off = [
        chain(f"{{severity: off, max_days: {days}, locked: true}}", "{max_days: 45}")
        for days in (60, 75)
    ]
    assert weaker(*off) == ["max-age locked max_days 60 -> 75"]
    assert weaker(chain("{max_days: 60}", "{max_days: 45}"), floor) == []


CUSTOM = """\
version: 1
custom:
  - id: acme-owner
    for: key
    where: {environment: live}
    severity: warning
    assert: {required: [owner], properties: {owner: {pattern: "^team-"}}}
    message: owner must be a team
"""
ANOTHER = ["acme-owner is another rule"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("owner must be a team", "the owner is a team", []),
        ("warning", "error", []),
        ("warning", "info", ["acme-owner severity warning -> info"]),
        ('"^team-"', '"^t"', ANOTHER),
        ("required: [owner], ", "", ANOTHER),
        # The same assertion, written otherwise.
        (
            '{required: [owner], properties: {owner: {pattern: "^team-"}}}',
            '\n      properties: {owner: {"pattern": ^team-}}\n      required:\n        - owner',
            [],
        ),
        ("    where: {environment: live}\n", "", []),
        ("environment: live", 'environment: "*"', []),
        ("environment: live", "environment: demo", ANOTHER),
        ("environment: live", "environment: live, account: main", ANOTHER),
        ("    where: {environment: live}\n", "    where: {account: m}\n", ANOTHER),
        ("for: key\n    where: {environment: live}", "for: app", ANOTHER),
        ("id: acme-owner", "id: acme-team", ["acme-owner severity warning -> gone"]),
        ("    severity: warning\n", "", []),
    ],
)
def test_a_custom_rule(before: str, after: str, expected: list[str]) -> None:
    assert CUSTOM.count(before) == 1 or not before
    assert weaker(CUSTOM, CUSTOM.replace(before, after) if before else CUSTOM) == expected


def test_a_custom_rule_is_found_at_its_assertion() -> None:
    assert places(CUSTOM, CUSTOM.replace("^team-", "^t")) == ["7:5 assert | " + ANOTHER[0]]
    assert places(CUSTOM, PLAIN) == ["1:1  | acme-owner severity warning -> gone"]
    renamed = CUSTOM.replace("acme-owner", "acme-team")
    assert places(CUSTOM, renamed) == ["2:1 custom | acme-owner severity warning -> gone"]
    off = CUSTOM + "rules: {acme-owner: off}\n"
    assert weaker(off, PLAIN) == []
    assert weaker(off, CUSTOM.replace("^team-", "^t") + "rules: {acme-owner: off}\n") == []
    # It was on for some.
    for_some = off + "overrides: [{match: {account: main}, rules: {acme-owner: error}}]\n"
    assert weaker(for_some, PLAIN) == ["acme-owner severity error -> gone"]


def test_a_custom_rule_in_cel_is_compared_as_it_is_written() -> None:
    pytest.importorskip("cel_expr_python")
    asserted = "\n    assert: size(key.ip_allowlist) <= 4\n"
    entry = f"version: 1\ncustom:\n  - id: acme-few\n    for: key{asserted}    message: few\n"
    assert weaker(entry, entry.replace("for: key", "for:  key")) == []
    assert weaker(entry, entry.replace("<= 4", "<= 5")) == ["acme-few is another rule"]
    mapping = entry.replace("size(key.ip_allowlist) <= 4", "{required: [owner]}")
    assert weaker(entry, mapping) == ["acme-few is another rule"]


# -- waivers ---------------------------------------------------------------------------------------


def waivers(text: str) -> str:
    return f"version: 1\nwaivers: {{{text}}}\n"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "require: [reason, approved_by, expires]", []),
        ("", "require: [expires, reason, approved_by, granted]", []),
        ("", "require: [reason, expires]", ["waivers.require approved_by -> gone"]),
        ("require: []", "require: [reason]", []),
        ("", "max_days: 180", []),
        ("", "max_days: 179", []),
        ("", "max_days: 181", ["waivers.max_days 180 -> 181"]),
        ("", 'approvers: ["*@example.com"]', []),
        ('approvers: ["*@example.com"]', "", ["waivers.approvers -> anyone"]),
        ('approvers: ["*@example.com"]', "approvers: [security@example.com]", []),
        ('approvers: ["*@example.com"]', "approvers: []", []),
        ('approvers: ["*@example.com"]', 'approvers: ["s*@example.com"]', []),
        (
            "approvers: [security@example.com]",
            'approvers: ["*@example.com"]',
            ["waivers.approvers + *@example.com"],
        ),
        (
            "approvers: [a@example.com]",
            "approvers: [b@example.com]",
            ["waivers.approvers + b@example.com"],
        ),
        ("approvers: []", "approvers: [a]", ["waivers.approvers + a"]),
        ("never: [ip-bound]", "never: [ip-bound, no-withdraw]", []),
        (
            "never: [ip-bound, no-withdraw]",
            "never: [no-withdraw]",
            ["waivers.never ip-bound -> gone"],
        ),
    ],
)
def test_terms(old: str, new: str, expected: list[str]) -> None:
    assert weaker(waivers(old), waivers(new)) == expected


GRANT = "account: main, key: a-1, rule: no-withdraw, reason: r, approved_by: s, expires: 2026-12-31"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("reason: r", "reason: other", None),
        ("2026-12-31", "2026-12-30", None),
        ("2026-12-31", "2027-01-01", "no-withdraw for main/a-1 until 2027-01-01"),
        (", expires: 2026-12-31", "", "no-withdraw for main/a-1"),
        ("reason: r", "reason: r, value: withdraw", None),
        ("no-withdraw", "ip-bound", "ip-bound for main/a-1 until 2026-12-31"),
        ("key: a-1", "key: a-2", "no-withdraw for main/a-2 until 2026-12-31"),
        ("account: main, key: a-1", "app: bot", "no-withdraw for bot until 2026-12-31"),
        ("key: a-1, ", "", "no-withdraw for main until 2026-12-31"),
    ],
)
def test_granted(before: str, after: str, expected: str | None) -> None:
    old = waivers(f"granted: [{{{GRANT}}}]")
    told = [f"waivers.granted {expected}"] if expected else []
    assert weaker(old, waivers(f"granted: [{{{GRANT.replace(before, after)}}}]")) == told
    assert weaker(old, PLAIN) == []
    assert len(weaker(PLAIN, old)) == 1


def test_a_granted_waiver_that_is_pinned() -> None:
    pinned = waivers(f"granted: [{{{GRANT}, value: withdraw}}]")
    value = "waivers.granted no-withdraw for main/a-1 with the value 'withdraw' until 2026-12-31"
    assert weaker(PLAIN, pinned) == [value]
    assert weaker(pinned, pinned.replace("value: withdraw", "value: trade")) == [
        value.replace("'withdraw'", "'trade'")
    ]
    assert len(weaker(pinned, waivers(f"granted: [{{{GRANT}}}]"))) == 1


# -- manifests and the schema of metadata ----------------------------------------------------------


def manifests(*patterns: str) -> str:
    return f"version: 1\nmanifests: {json.dumps(patterns)}\n"


DEFAULT = ("okx-keys.yaml", "okx-keys/**/*.yaml", "okx-keys/**/*.yml")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (PLAIN, manifests(*DEFAULT), []),
        (manifests(*DEFAULT), PLAIN, []),
        (manifests("a.yaml"), manifests("./a.yaml"), []),
        (manifests("a.yaml"), manifests("x/../a.yaml", "b.yaml"), []),
        (manifests("a.yaml"), manifests("*.yaml"), []),
        (manifests("keys/a.yaml"), manifests("keys/**/*.yaml"), []),
        (manifests("keys/a.yaml"), manifests("*.yaml"), ["keys/a.yaml"]),
        (manifests("keys/*.yaml"), manifests("keys/a.yaml"), ["keys/*.yaml"]),
        # Of two patterns with wildcards nobody knows.
        (manifests("keys/*.yaml"), manifests("keys/**"), ["keys/*.yaml"]),
        (manifests("a.yaml", "b.yaml"), manifests("b.yaml"), ["a.yaml"]),
        (PLAIN, manifests("okx-keys.yaml"), list(DEFAULT[1:])),
    ],
)
def test_manifests(old: str, new: str, expected: list[str]) -> None:
    assert weaker(old, new) == [f"manifests {glob} -> gone" for glob in expected]


def test_a_policy_file_with_the_patterns_of_the_pack_is_as_the_pack(tmp_path: Path) -> None:
    written = policy_in(tmp_path, {"okxlint.yaml": ""})
    root = str(tmp_path.resolve())
    assert loosened(pack("recommended"), written, root) == ()
    assert loosened(written, pack("recommended"), root) == ()
    below = policy_in(tmp_path, {"sub/okxlint.yaml": ""}, cwd="sub")
    assert len(loosened(written, below, root)) == 3
    up = policy_in(tmp_path, {"up/okxlint.yaml": 'manifests: ["../**/*.yaml"]\n'}, cwd="up")
    gone = [each.value for each in loosened(written, up, root)]
    assert gone == [f"manifests {glob} -> gone" for glob in DEFAULT[1:]]


def test_the_schema_of_metadata_is_compared_by_what_it_says(tmp_path: Path) -> None:
    def stating(schema: str | None, name: str = "schema.json") -> Policy:
        if schema is None:
            return policy_in(tmp_path, {"okxlint.yaml": ""})
        return policy_in(tmp_path, {"okxlint.yaml": f"metadata_schema: {name}\n", name: schema})

    one = '{"required": ["ticket"], "properties": {"ticket": {"const": 1}}}'
    same = '{\n"properties": {"ticket": {"const": 1}},\n"required": ["ticket"]}'
    assert weaker(stating(one), stating(one)) == []
    assert weaker(stating(one), stating(same, "other.json")) == []
    assert weaker(stating(None), stating(one)) == []
    assert weaker(stating(one), stating(None)) == ["metadata_schema -> gone"]
    assert weaker(stating(one), stating("{}")) == ["metadata_schema -> another"]
    less = one.replace('"required": ["ticket"], ', "")
    assert weaker(stating(one), stating(less)) == ["metadata_schema -> another"]
    # Python takes these two for equal.
    assert weaker(stating(one), stating(one.replace("1", "true"))) == ["metadata_schema -> another"]


# -- properties ------------------------------------------------------------------------------------

SEVERITY = st.sampled_from(["off", "info", "warning", "error"])
DIRECTED: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "max-age": {
        "max_days": st.sampled_from([30, 60, 90]),
        "warn_days": st.sampled_from([0, 14]),
        "environments": st.sampled_from([["live"], ["live", "demo"]]),
    },
    "ip-narrow": {"min_prefix_v4": st.sampled_from([24, 28, 32])},
    "least-privilege": {"require_needs": st.booleans()},
    "not-dormant": {"against": st.sampled_from(["review", "today"])},
    "secret-store": {"stores": st.sampled_from([["vault"], ["vault", "op"]])},
}


@st.composite
def said(draw: st.DrawFn, rule: str) -> Any:
    """What a policy may say of a rule."""
    given: dict[str, Any] = {
        name: draw(values) for name, values in DIRECTED[rule].items() if draw(st.booleans())
    }
    if draw(st.booleans()):
        given["severity"] = draw(SEVERITY)
    return given


@st.composite
def some_rules(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(sorted(DIRECTED)), unique=True, max_size=3))
    return {name: draw(said(name)) for name in names}


MATCHES = st.fixed_dictionaries(
    {},
    optional={
        "account": st.sampled_from(["main", "ma*", "other", "*"]),
        "app": st.sampled_from(["bot", "arb", "*"]),
        "key": st.sampled_from(["k-1", "k-*"]),
        "environment": st.sampled_from(["live", "demo"]),
        "path": st.sampled_from(["a.yaml", "*.yaml"]),
    },
).filter(bool)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    entries = st.fixed_dictionaries({"match": MATCHES, "rules": some_rules()})
    terms: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "require": st.lists(st.sampled_from(["reason", "expires"]), unique=True),
                "max_days": st.sampled_from([90, 180, 200]),
                "approvers": st.lists(st.sampled_from(["a@x", "*@x", "b@y"]), unique=True),
                "never": st.lists(st.sampled_from(["ip-bound", "max-age"]), unique=True),
            },
        )
    )
    return {
        "version": 1,
        "extends": draw(st.sampled_from(["recommended", "strict", "essentials", []])),
        "rules": draw(some_rules()),
        "overrides": draw(st.lists(entries, max_size=4)),
        "waivers": terms,
    }


TARGETS = """\
version: 1
apps: [{name: bot}, {name: arb}]
keys:
"""
LABELS = ("k-1", "z-1")


def objects() -> Iterator[Key]:
    """Keys of all kinds that the globs above tell apart."""
    entries = [
        f"  - {{label: {label}, account: {account}, app: {app}, environment: {environment}, "
        "permissions: [trade]}\n"
        for label in LABELS
        for account in ("main", "max", "other")
        for app in ("bot", "arb", "[bot, arb]")
        for environment in ("live", "demo")
    ]
    for path in ("a.yaml", "b.yaml"):
        inventory, flaws = load([read(path, (TARGETS + "".join(entries)).encode())])
        assert flaws == []
        yield from inventory.keys


OBJECTS = list(objects())


@settings(deadline=None, max_examples=60)
@given(policies(), policies())
def test_whatever_is_looser_for_any_object_is_told(old: Any, new: Any) -> None:
    before, after = policy_of(json.dumps(old)), policy_of(json.dumps(new))
    told = weaker(before, after)
    for rule in sorted(DIRECTED):
        about = {each for each in told if each.startswith(f"{rule} ")}
        for key in OBJECTS:
            was, now = (policy.setting(rule, key) for policy in (before, after))
            for shift in shifts(after.rules[rule], was, now):
                if shift.loosens:
                    assert any(each.startswith(f"{rule} {shift}") for each in about)


@settings(deadline=None, max_examples=60)
@given(policies(), policies())
def test_what_is_looser_one_way_is_stricter_the_other_way(old: Any, new: Any) -> None:
    before, after = policy_of(json.dumps(old)), policy_of(json.dumps(new))
    there, back = weaker(before, after), weaker(after, before)
    for value in there:
        rule, _, rest = value.partition(" ")
        change, _, objects = rest.partition(" for ")
        if " -> " in change and rule in DIRECTED:
            name, _, moved = change.partition(" ")
            one, _, other = moved.partition(" -> ")
            again = f"{rule} {name} {other} -> {one}"
            assert (f"{again} for {objects}" if objects else again) not in back
        else:
            assert value not in back


@settings(deadline=None, max_examples=40)
@given(policies(), st.randoms(use_true_random=False))
def test_a_policy_is_not_looser_than_itself(policy: Any, random: Any) -> None:
    text = json.dumps(policy)
    assert weaker(text, text) == []
    # Reordered, with its lines elsewhere, and with what it leaves out said.
    said: dict[str, Any] = {"manifests": list(DEFAULT), "plugins": [], "custom": [], **policy}
    said["rules"] = shuffled(policy["rules"], random)
    waivers = {"require": ["expires", "approved_by", "reason"], "max_days": 180, "never": []}
    said["waivers"] = shuffled({**waivers, **policy["waivers"]}, random)
    written = json.dumps(shuffled(said, random), indent=random.choice([None, 1, 4]))
    assert weaker(text, f"# moved\n\n{written}\n") == []
    assert weaker(f"# moved\n\n{written}\n", text) == []


def shuffled(mapping: dict[str, Any], random: Any) -> dict[str, Any]:
    names = list(mapping)
    random.shuffle(names)
    return {name: mapping[name] for name in names}


# -- plugins ---------------------------------------------------------------------------------------


@pytest.fixture(name="site")
def site_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield Site(tmp_path / "site")
    for name in set(sys.modules) - before:
        if name.partition(".")[0].endswith("_"):
            del sys.modules[name]


def test_a_plugin_that_is_gone_or_looser(site: Site) -> None:
    options = (
        "class Options(RuleOptions):\n    most: int = option(3, 'How many.', stricter='lower')\n"
    )
    both = {"one": rule_text(Options=options, options="Options"), "two": rule_text()}
    site.plugin(both)
    with_it = "version: 1\nplugins: [okxlint-zeta]\n"
    assert weaker(with_it, with_it) == []
    assert weaker(PLAIN, with_it) == []
    gone = "severity warning -> gone"
    assert weaker(with_it, PLAIN) == [f"zeta/one {gone}", f"zeta/two {gone}"]
    off = with_it + "rules: {zeta/two: off}\n"
    assert weaker(off, PLAIN) == [f"zeta/one {gone}"]
    assert places(with_it, off) == ["3:19 off | zeta/two severity warning -> off"]
    assert places(with_it, with_it + "rules: {zeta/one: {most: 4}}\n") == [
        "3:26 4 | zeta/one most 3 -> 4"
    ]
    strict = with_it + "extends: strict\n"
    # What a plugin says of itself stands in no line of the policy.
    told = places(strict, with_it)
    assert "1:1  | zeta/two severity error -> warning" in told
    site.plugin({"one": rule_text()}, "eta", "eta_")
    assert places(with_it, "version: 1\nplugins: [okxlint-eta]\n") == [
        f"2:1 plugins | zeta/one {gone}",
        f"2:1 plugins | zeta/two {gone}",
    ]


# -- runs with a snapshot --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (REQUIRED, REQUIRED, []),
        (PLAIN, REQUIRED, []),
        (REQUIRED, PLAIN, ["live.require master-keys -> gone"]),
        (
            PLAIN,
            "version: 1\nlive: {allow_unknown: [self-only]}\n",
            ["live.allow_unknown + self-only"],
        ),
        ("version: 1\nlive: {allow_unknown: [self-only]}\n", PLAIN, []),
    ],
)
def test_what_a_snapshot_need_not_show_any_more(old: str, new: str, expected: list[str]) -> None:
    assert weaker(old, new) == expected

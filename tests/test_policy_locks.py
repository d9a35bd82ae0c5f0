"""Locks: what a child and an override may still say of a rule, and where they are refused."""

from __future__ import annotations

import json
import typing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.documents.reader import read
from okxlint.engine import Question, Verdict, judge
from okxlint.errors import PolicyError
from okxlint.expectation import read_script
from okxlint.manifest import load
from okxlint.model import Severity
from okxlint.option import Move, move, option
from okxlint.page import read_page
from okxlint.policy import Policy
from okxlint.policy.strictness import shifts
from okxlint.rule import Rule, Setting, load_rule, rule_ids
from okxlint.secrets.redact import Redactor
from tests.conftest import DAY, policy_of, verdict_of
from tests.policy_files import errors_in, options_of, policy_in, word_of, write
from tests.test_cli import okxlint

RULES = [rule for rule in map(load_rule, rule_ids()) if not rule.hygiene]
OPTIONS = [
    pytest.param(rule, name, id=f"{rule.id}.{name}") for rule in RULES for name in rule.facts
]
SEVERITIES = [None, *Severity]


def below(parent: str, child: str) -> dict[str, str]:
    """A policy of a team, and the one in the repository that extends it."""
    return {
        "team/base.yaml": f"extends: []\n{parent}",
        "okxlint.yaml": f"extends: team/base.yaml\n{child}",
    }


# -- what may be said below a lock -------------------------------------------------------------

LOCKED = (
    "rules:\n  max-age: {severity: warning, max_days: 60, environments: [live], locked: true}\n"
)
AT = "'max-age' is locked at team/base.yaml:4"
ONLY = "it may only become stricter"


@pytest.mark.parametrize(
    "child",
    [
        "max-age: warning",
        "max-age: error",
        "max-age: {}",
        "max-age: {severity: warning, max_days: 60}",
        "max-age: {max_days: 59}",
        "max-age: {severity: error, max_days: 1, warn_days: 15, environments: [demo, live]}",
        "max-age: {environments: [live, live]}",
        "max-age: {locked: true}",
    ],
)
def test_what_may_be_said_of_a_locked_rule(tmp_path: Path, child: str) -> None:
    policy = policy_in(tmp_path, below(LOCKED, f"rules: {{{child}}}\n"))
    assert policy.locks["max-age"].setting.options.max_days <= 60


@pytest.mark.parametrize(
    ("child", "said"),
    [
        ("max-age: off", "3:18: severity warning -> off"),
        ("max-age: info", "3:18: severity warning -> info"),
        ("max-age: {severity: info}", "3:29: severity warning -> info"),
        ("max-age: {max_days: 61}", "3:29: max_days 60 -> 61"),
        ("max-age: {severity: error, max_days: 61}", "3:46: max_days 60 -> 61"),
        ("max-age: {severity: off, max_days: 1}", "3:29: severity warning -> off"),
        ("max-age: {warn_days: 13}", "3:30: warn_days 14 -> 13"),
        ("max-age: {environments: [demo]}", "3:19: environments [live] -> [demo]"),
        ("max-age: {environments: []}", "3:19: environments [live] -> []"),
        ("max-age: {locked: false}", "3:27: locked true -> false"),
        ("max-age: {max_days: 1, locked: false}", "3:40: locked true -> false"),
        ("max-age: {max_days: 61, locked: true}", "3:29: max_days 60 -> 61"),
    ],
)
def test_what_falls_short_of_a_lock_is_told_with_both_places(
    tmp_path: Path, child: str, said: str
) -> None:
    errors = errors_in(tmp_path, below(LOCKED, f"rules: {{{child}}}\n"))
    assert errors == [f"okxlint.yaml:{said}: {AT}; {ONLY}"]


def test_everything_that_falls_short_is_told(tmp_path: Path) -> None:
    said = ("severity: off", "max_days: 90", "warn_days: 0", "locked: false")
    child = "rules:\n  max-age:\n" + "".join(f"    {line}\n" for line in said)
    errors = errors_in(tmp_path, below(LOCKED, child))
    assert [error.split(": ")[0] for error in errors] == [
        "okxlint.yaml:5:15", "okxlint.yaml:6:15", "okxlint.yaml:7:16", "okxlint.yaml:8:13",
    ]  # fmt: skip


def test_a_word_has_an_order(tmp_path: Path) -> None:
    parent = "rules: {not-dormant: {severity: error, against: review, locked: true}}\n"
    child = "rules: {not-dormant: {against: today}}\n"
    assert options_of(policy_in(tmp_path, below(parent, child)), "not-dormant").against == "today"
    turned = below(parent.replace("review", "today"), child.replace("today", "review"))
    (error,) = errors_in(tmp_path, turned)
    assert "3:32: against today -> review: 'not-dormant' is locked" in error


@pytest.mark.parametrize(
    ("rule", "locked", "accepted", "refused"),
    [
        ("ip-egress", "egress: []", "egress: [203.0.113.0/24]", None),
        ("ip-egress", "egress: [203.0.113.0/24]", "egress: [203.0.113.0/24]", "egress: []"),
        ("ip-egress", "egress: [203.0.113.0/24]", None, "egress: [203.0.113.0/25]"),
        ("descriptive-label", 'pattern: ""', 'pattern: "[a-z]+"', None),
        ("descriptive-label", 'pattern: "[a-z]+"', None, 'pattern: "[a-y]+"'),
        ("secret-store", "stores: [vault, op]", "stores: [op]", "stores: [vault, op, pass]"),
        ("secret-store", "stores: [vault, op]", "stores: []", "stores: [Vault]"),
        ("secret-store", "stores: [vault, op]", "stores: [op, vault]", "stores: [op, pass]"),
        ("ip-public", "allow_documentation: true", "allow_documentation: false", None),
        ("ip-public", "allow_documentation: false", None, "allow_documentation: true"),
    ],
)
def test_directions_of_other_kinds(
    tmp_path: Path, rule: str, locked: str, accepted: str | None, refused: str | None
) -> None:
    parent = f"rules: {{{rule}: {{severity: error, {locked}, locked: true}}}}\n"
    if accepted:
        assert policy_in(tmp_path, below(parent, f"rules: {{{rule}: {{{accepted}}}}}\n")).locks
    if refused:
        (error,) = errors_in(tmp_path, below(parent, f"rules: {{{rule}: {{{refused}}}}}\n"))
        assert f"'{rule}' is locked at team/base.yaml:3; {ONLY}" in error


def test_a_lock_holds_what_its_parents_say_too(tmp_path: Path) -> None:
    files = {
        "base.yaml": "extends: strict\n"
        "rules: {max-age: {locked: true}, reviewed: {locked: true}}\n",
        "okxlint.yaml": "extends: base.yaml\nrules: {max-age: {max_days: 61}, reviewed: warning}\n",
    }
    first, second = errors_in(tmp_path, files)
    assert "3:29: max_days 60 -> 61: 'max-age' is locked at base.yaml:3" in first
    assert "3:44: severity error -> warning: 'reviewed' is locked at base.yaml:3" in second


def test_the_options_of_a_rule_that_is_locked_while_off_count_too(tmp_path: Path) -> None:
    parent = "rules: {max-age: {max_days: 60, locked: true}}\n"
    policy = policy_in(tmp_path, below(parent, "rules: {max-age: warning}\n"))
    assert (word_of(policy, "max-age"), options_of(policy).max_days) == ("warning", 60)
    for child in (
        "rules: {max-age: {severity: error, max_days: 61}}\n",
        "rules: {max-age: {max_days: 61}}\n",
        "overrides: [{match: {account: a}, rules: {max-age: {severity: error, max_days: 61}}}]\n",
    ):
        (error,) = errors_in(tmp_path, below(parent, child))
        assert "max_days 60 -> 61: 'max-age' is locked at team/base.yaml:3" in error


def test_a_child_may_lock_what_it_tightens(tmp_path: Path) -> None:
    files = {
        "a.yaml": "extends: []\n"
        "rules: {max-age: {severity: warning, max_days: 60, locked: true}}\n",
        "b.yaml": "extends: a.yaml\nrules: {max-age: {max_days: 30, locked: true}}\n",
        "okxlint.yaml": "extends: b.yaml\nrules: {max-age: {max_days: 30, severity: error}}\n",
    }
    policy = policy_in(tmp_path, files)
    lock = policy.locks["max-age"]
    assert (str(lock.said), str(lock.last), lock.depth) == ("a.yaml:3", "b.yaml:3", 0)
    assert lock.setting == Setting(Severity.WARNING, options_of(policy))
    (error,) = errors_in(
        tmp_path, files | {"okxlint.yaml": files["okxlint.yaml"].replace("30", "31")}
    )
    assert "max_days 30 -> 31: 'max-age' is locked at b.yaml:3" in error


def test_a_child_that_does_not_lock_binds_nobody(tmp_path: Path) -> None:
    files = {
        "a.yaml": "extends: []\nrules: {max-age: {max_days: 60, locked: true}}\n",
        "b.yaml": "extends: a.yaml\nrules: {max-age: {max_days: 30}}\n",
        "okxlint.yaml": "extends: b.yaml\nrules: {max-age: {max_days: 60}}\n",
    }
    assert options_of(policy_in(tmp_path, files)).max_days == 60
    assert errors_in(tmp_path, files | {"okxlint.yaml": files["okxlint.yaml"].replace("60", "61")})


# -- several parents -------------------------------------------------------------------------


def test_of_two_parents_that_lock_the_later_must_be_as_strict(tmp_path: Path) -> None:
    files = {
        "a.yaml": "extends: []\nrules: {max-age: {max_days: 60, locked: true}}\n",
        "b.yaml": "extends: []\nrules: {max-age: {max_days: 90, locked: true}}\n",
        "okxlint.yaml": "extends: [b.yaml, a.yaml]\n",
    }
    assert options_of(policy_in(tmp_path, files)).max_days == 60
    errors = errors_in(tmp_path, files | {"okxlint.yaml": "extends: [a.yaml, b.yaml]\n"})
    assert errors == [f"b.yaml:3:29: max_days 60 -> 90: 'max-age' is locked at a.yaml:3; {ONLY}"]


def test_a_parent_beside_the_one_that_locks_may_not_loosen(tmp_path: Path) -> None:
    files = {
        "base.yaml": "extends: strict\nrules: {max-age: {max_days: 60, locked: true}}\n",
        "loose.yaml": "extends: []\nrules: {max-age: {max_days: 90}}\n",
        "okxlint.yaml": "extends: [base.yaml, loose.yaml]\n",
    }
    assert errors_in(tmp_path, files) == [
        f"loose.yaml:3:29: max_days 60 -> 90: 'max-age' is locked at base.yaml:3; {ONLY}"
    ]


@pytest.mark.parametrize("between", ["max_days: 900", "severity: info", "environments: [demo]"])
def test_nothing_is_slipped_in_between_a_lock_and_its_parents(tmp_path: Path, between: str) -> None:
    """What base.yaml has from strict is locked, also where another parent comes in between."""
    files = {
        "base.yaml": "extends: strict\nrules: {max-age: {locked: true}}\n",
        "mine.yaml": f"extends: strict\nrules:\n  max-age: {{{between}}}\n",
        "okxlint.yaml": "extends: [mine.yaml, base.yaml]\n",
    }
    (error,) = errors_in(tmp_path, files)
    assert error.startswith("mine.yaml:4:")
    assert f"'max-age' is locked at base.yaml:3; {ONLY}" in error


def test_a_stricter_parent_in_between_is_welcome(tmp_path: Path) -> None:
    files = {
        "base.yaml": "extends: strict\nrules: {max-age: {locked: true}}\n",
        "mine.yaml": "extends: strict\nrules: {max-age: {max_days: 7}}\n",
        "okxlint.yaml": "extends: [mine.yaml, base.yaml]\n",
    }
    policy = policy_in(tmp_path, files)
    assert policy.locks["max-age"].setting.options.max_days == options_of(policy).max_days == 7


def test_a_parent_named_again_does_not_undo_a_tighter_lock(tmp_path: Path) -> None:
    files = {
        "base.yaml": "extends: []\nrules: {max-age: {max_days: 60, locked: true}}\n",
        "team.yaml": "extends: base.yaml\nrules: {max-age: {max_days: 30, locked: true}}\n",
        "okxlint.yaml": "extends: [team.yaml, base.yaml]\n",
    }
    errors = errors_in(tmp_path, files)
    assert errors == [
        f"base.yaml:3:29: max_days 30 -> 60: 'max-age' is locked at team.yaml:3; {ONLY}"
    ]


def test_a_pack_named_behind_a_lock_does_not_undo_it(tmp_path: Path) -> None:
    files = {
        "base.yaml": "extends: strict\nrules: {reviewed: {locked: true}}\n",
        "okxlint.yaml": "extends: [base.yaml, recommended]\n",
    }
    (error,) = errors_in(tmp_path, files)
    assert error.startswith("recommended:")
    assert "severity error -> warning: 'reviewed' is locked at base.yaml:3" in error


# -- ways around a lock ----------------------------------------------------------------------

WAYS = [
    # aliases and merges mean what they stand for
    "rules: {reviewed: &off off, max-age: *off}\n",
    "rules: {reviewed: &loose {severity: off}, max-age: {<<: *loose}}\n",
    "rules: {<<: {max-age: off}}\n",
    "rules: {<<: [{reviewed: info}, {max-age: info}]}\n",
    "rules: {reviewed: &loose {max_days: 99}, max-age: *loose}\n",
    # other ways to write a name or value
    'rules: {"max-age": off}\n',
    'rules: {max-age: "off"}\n',
    "rules: {? max-age : off}\n",
    'rules: {"max-\\u0061ge": off}\n',
    "rules: {max-age: {max_days: 0x63}}\n",
    "rules: {max-age: {severity: off, locked: true}}\n",
    # an override that fits everything, or nothing that there is
    "overrides: [{match: {account: '*'}, rules: {max-age: off}}]\n",
    "overrides: [{match: {path: '**'}, rules: {max-age: {max_days: 99}}}]\n",
    "overrides: [{match: {key: no-such-key}, rules: {max-age: info}}]\n",
    "overrides: [{match: {environment: '*'}, rules: {max-age: {severity: off, max_days: 1}}}]\n",
    # several steps
    "overrides:\n  - {match: {account: a}, rules: {max-age: error}}\n"
    "  - {match: {account: '?'}, rules: {max-age: off}}\n",
]
WRONG = [
    # no way to write it at all
    ("rules: {max-age: off, max-age: error}\n", "the key 'max-age' stands twice"),
    ("rules: {Max-Age: off}\n", "there is no rule 'Max-Age'; did you mean 'max-age'?"),
    ("rules: {max_age: off}\n", "there is no rule 'max_age'; did you mean 'max-age'?"),
    ("rules: {max-age: ~}\n", "a severity is one of off, info, warning, error"),
    ("rules: {max-age: {severity: ~}}\n", "a severity is one of off, info, warning, error"),
    ("rules: {max-age: {max_days: ~}}\n", "'max_days': this is a whole number"),
    ("rules: {max-age: {max_days: .nan}}\n", "'max_days': this is a whole number"),
    ("rules: {max-age: {locked: ~}}\n", "'locked': this is true or false"),
    ("rules: {max-age: {locked: no}}\n", "'locked': this is true or false"),
    ("rules: {max-age: {Locked: false}}\n", "'Locked' is no option of the rule 'max-age'"),
    (
        "overrides: [{match: {account: a}, rules: {max-age: {locked: false}}}]\n",
        "a rule is locked under 'rules', for all",
    ),
    ("overrides: [{match: {}, rules: {max-age: off}}]\n", "'match' names nothing"),
    ("overrides: [{match: {account: ~}, rules: {max-age: off}}]\n", "'match' names nothing"),
    (
        "custom: [{id: max-age, for: key, assert: {}, message: none}]\n",
        "there is a rule 'max-age' already",
    ),
]  # fmt: skip


@pytest.mark.parametrize("child", WAYS)
def test_there_is_no_way_around_a_lock(tmp_path: Path, child: str) -> None:
    errors = errors_in(tmp_path, below(LOCKED, child))
    assert any(f"{AT}; {ONLY}" in error for error in errors)


@pytest.mark.parametrize(("child", "said"), WRONG)
def test_there_is_no_other_spelling_for_a_way_around(tmp_path: Path, child: str, said: str) -> None:
    errors = errors_in(tmp_path, below(LOCKED, child))
    assert any(said in error for error in errors)


def test_a_place_behind_an_alias_is_that_of_the_alias(tmp_path: Path) -> None:
    child = "rules:\n  reviewed: &loose {max_days: 99}\n  max-age: *loose\n"
    (error,) = errors_in(tmp_path, below(LOCKED, child))
    assert error.startswith("okxlint.yaml:5:12: max_days 60 -> 99: ")


def test_without_the_parent_there_is_no_lock(tmp_path: Path) -> None:
    """That is what --require-pack is for, and reading the policy from the base."""
    files = below(LOCKED, "") | {"okxlint.yaml": "extends: []\nrules: {max-age: off}\n"}
    assert policy_in(tmp_path, files).locks == {}


# -- overrides and locks ---------------------------------------------------------------------

DEMO = "overrides:\n  - match: {environment: demo}\n    rules: {max-age: {max_days: %d}}\n"


def test_an_override_of_the_file_that_locks_is_bound_too(tmp_path: Path) -> None:
    assert policy_in(tmp_path, below(LOCKED + DEMO % 60, "")).overrides
    (error,) = errors_in(tmp_path, below(LOCKED + DEMO % 61, ""))
    assert error == f"team/base.yaml:7:33: max_days 60 -> 61: {AT}; {ONLY}"


def test_an_override_above_the_lock_is_bound_by_it(tmp_path: Path) -> None:
    child = "rules: {max-age: {max_days: 30, locked: true}}\n"
    (error,) = errors_in(tmp_path, below("rules: {max-age: error}\n" + DEMO % 60, child))
    assert "team/base.yaml:6:33: max_days 30 -> 60: 'max-age' is locked at okxlint.yaml:3" in error


def test_a_child_tells_only_what_its_override_says(tmp_path: Path) -> None:
    child = "rules: {max-age: {max_days: 20}}\n" + DEMO % 60
    policy = policy_in(tmp_path, below(LOCKED, child))
    assert options_of(policy).max_days == 20


def test_an_override_is_not_blamed_for_what_rules_say(tmp_path: Path) -> None:
    child = "rules: {max-age: {max_days: 61}}\n"
    override = "overrides: [{match: {account: a}, rules: {max-age: error}}]\n"
    errors = errors_in(tmp_path, below(LOCKED, child + override))
    assert errors == [f"okxlint.yaml:3:29: max_days 60 -> 61: {AT}; {ONLY}"]


@pytest.mark.parametrize(
    ("match", "accepted"),
    [
        ("{environment: demo}", False),
        ("{environment: d*}", False),
        ("{environment: live}", True),
        ("{environment: 'l*', account: a}", True),
        ("{account: a}", False),
        ("{app: bot}", False),
        ("{key: '*'}", False),
        ("{path: x.yaml}", False),
    ],
)
def test_an_override_does_not_undo_one_that_is_locked(
    tmp_path: Path, match: str, accepted: bool
) -> None:
    """team/base.yaml asks 30 days of demo keys; 40 are less than the 60 that hold elsewhere."""
    child = f"overrides:\n  - match: {match}\n    rules: {{max-age: {{max_days: 40}}}}\n"
    files = below(LOCKED + DEMO % 30, child)
    if accepted:
        assert len(policy_in(tmp_path, files).overrides) == 2
    else:
        assert errors_in(tmp_path, files) == [
            f"okxlint.yaml:5:33: max_days 30 -> 40: {AT} and is so for environment demo at "
            f"team/base.yaml:7; {ONLY}"
        ]


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("account: a", "account: b", True),
        ("account: a", "account: a", False),
        ("account: a*", "account: b", True),
        ("account: a*", "account: ab", False),
        ("account: a", "account: '[!a]'", True),
        ("account: a*", "account: '*b'", False),
        ("key: a", "key: b", True),
        ("key: a", "account: a", False),
        ("app: a", "app: b", False),  # one key may have both
        ("path: x/a.yaml", "path: x/b.yaml", True),
        ("path: x/a.yaml", "path: '*/a.yaml'", False),
        ("path: x/a.yaml", "path: '*.yaml'", True),
        ("path: 'x/**'", "path: 'y/**'", False),
        ("environment: live", "environment: '*'", False),
        ("account: a, key: a", "account: a, key: b", True),
    ],
)
def test_overrides_that_fit_no_object_both_are_apart(
    tmp_path: Path, first: str, second: str, apart: bool
) -> None:
    one = f"overrides: [{{match: {{{first}}}, rules: {{max-age: {{max_days: 30}}}}}}]\n"
    other = f"overrides: [{{match: {{{second}}}, rules: {{max-age: {{max_days: 40}}}}}}]\n"
    one = one.replace("path: '", "path: '../").replace("path: x", "path: ../x")
    files = below(LOCKED + one, other)
    if apart:
        assert len(policy_in(tmp_path, files).overrides) == 2
    else:
        assert errors_in(tmp_path, files)


def test_only_what_both_overrides_say_is_compared(tmp_path: Path) -> None:
    child = (
        "overrides: [{match: {account: a}, rules: {max-age: {severity: error, warn_days: 20}}}]\n"
    )
    policy = policy_in(tmp_path, below(LOCKED + DEMO % 30, child))
    assert len(policy.overrides) == 2


def test_a_child_that_locks_again_is_bound_all_the_same(tmp_path: Path) -> None:
    child = "rules: {max-age: {locked: true}}\n" + DEMO % 40
    (error,) = errors_in(tmp_path, below(LOCKED + DEMO % 30, child))
    assert "max_days 30 -> 40: 'max-age' is locked at okxlint.yaml:3 and is so for" in error


def test_overrides_of_those_who_do_not_lock_may_be_undone(tmp_path: Path) -> None:
    files = {
        **below(LOCKED, DEMO % 30),
        "sub/okxlint.yaml": "extends: ../okxlint.yaml\n" + DEMO % 60,
    }
    write(tmp_path, files)
    policy = policy_in(tmp_path, {}, "sub/okxlint.yaml")
    assert len(policy.overrides) == 2
    # Nor may one that comes before be weaker than the lock, whoever says it.
    assert errors_in(tmp_path, files | {"okxlint.yaml": "extends: team/base.yaml\n" + DEMO % 61})


def test_the_file_that_locks_may_order_its_own_overrides(tmp_path: Path) -> None:
    parent = LOCKED + DEMO % 30 + (DEMO % 40).removeprefix("overrides:\n")
    assert len(policy_in(tmp_path, below(parent, "")).overrides) == 2


def test_an_override_of_a_parent_beside_does_not_undo_one_that_is_locked(tmp_path: Path) -> None:
    files = {
        "top.yaml": "extends: []\n" + DEMO % 30,
        "base.yaml": "extends: top.yaml\nrules: {max-age: {max_days: 60, locked: true}}\n",
        "mine.yaml": "extends: top.yaml\n" + DEMO % 50,
        "okxlint.yaml": "extends: [mine.yaml, base.yaml]\n",
    }
    (error,) = errors_in(tmp_path, files)
    assert error.startswith("mine.yaml:5:33: max_days 30 -> 50: 'max-age' is locked at base.yaml:3")


def test_what_a_repeated_parent_does_wrong_is_told_once(tmp_path: Path) -> None:
    files = {
        "base.yaml": "extends: []\nrules: {max-age: {max_days: 60, locked: true}}\n",
        "a.yaml": "extends: base.yaml\n" + DEMO % 61,
        "b.yaml": "extends: a.yaml\n",
        "okxlint.yaml": "extends: [b.yaml, a.yaml]\n",
    }
    assert len(errors_in(tmp_path, files)) == 1


# -- the schema of metadata ------------------------------------------------------------------

SCHEMA = "metadata_schema: schema.json\n"
LOCK_SCHEMA = "rules: {metadata-valid: {severity: error, locked: true}}\n"


@pytest.fixture(name="schemas")
def schemas_fixture(tmp_path: Path) -> Path:
    return write(tmp_path, {"schema.json": "{}", "other.json": "{}", "team/schema.json": "{}"})


def test_no_other_schema_takes_the_place_of_one_that_is_locked(schemas: Path) -> None:
    files = below(SCHEMA + LOCK_SCHEMA, "metadata_schema: other.json\n")
    assert errors_in(schemas, files) == [
        "okxlint.yaml:3:18: 'metadata-valid' is locked at team/base.yaml:4, with the "
        "metadata_schema of team/base.yaml:3; no other may take its place"
    ]
    empty = below(SCHEMA + LOCK_SCHEMA, 'metadata_schema: ""\n')
    assert "no other may take its place" in errors_in(schemas, empty)[0]


def test_the_same_schema_may_be_named_again(schemas: Path) -> None:
    files = below(SCHEMA + LOCK_SCHEMA, "metadata_schema: ./team/../team/schema.json\n")
    assert policy_in(schemas, files).schema_file
    files = below(SCHEMA + LOCK_SCHEMA, "metadata_schema: ~\n")
    assert policy_in(schemas, files).schema_file == str(schemas / "team/schema.json")


def test_a_schema_is_given_where_none_was_locked(schemas: Path) -> None:
    files = below(LOCK_SCHEMA, SCHEMA)
    assert policy_in(schemas, files).schema_file == str(schemas / "schema.json")


def test_an_unlocked_schema_is_replaced(schemas: Path) -> None:
    unlocked = LOCK_SCHEMA.replace(", locked: true", "")
    files = below(SCHEMA + unlocked, "metadata_schema: other.json\n")
    assert policy_in(schemas, files).schema_file == str(schemas / "other.json")


def test_no_schema_is_slipped_in_between_a_lock_and_its_parents(schemas: Path) -> None:
    files = {
        "top.yaml": "extends: []\n" + SCHEMA,
        "base.yaml": "extends: top.yaml\n" + LOCK_SCHEMA,
        "mine.yaml": "extends: top.yaml\nmetadata_schema: other.json\n",
        "okxlint.yaml": "extends: [mine.yaml, base.yaml]\n",
    }
    assert errors_in(schemas, files) == [
        "mine.yaml:3:18: 'metadata-valid' is locked at base.yaml:3, with the metadata_schema of "
        "top.yaml:3; no other may take its place"
    ]
    behind = files | {"okxlint.yaml": "extends: [base.yaml, mine.yaml]\n"}
    assert errors_in(schemas, behind)[0].startswith("mine.yaml:3:18: ")
    same = files | {"mine.yaml": "extends: top.yaml\n" + SCHEMA}
    assert policy_in(schemas, same).schema_file == str(schemas / "schema.json")


def test_the_schema_that_is_locked_is_the_last_that_its_chain_states(schemas: Path) -> None:
    files = {
        "top.yaml": "extends: []\nmetadata_schema: other.json\n",
        "middle.yaml": "extends: top.yaml\n" + SCHEMA,
        "base.yaml": "extends: middle.yaml\n" + LOCK_SCHEMA,
        "mine.yaml": "extends: middle.yaml\nmetadata_schema: other.json\n",
        "okxlint.yaml": "extends: base.yaml\n",
    }
    assert policy_in(schemas, files).schema_file == str(schemas / "schema.json")
    between = files | {"okxlint.yaml": "extends: [mine.yaml, base.yaml]\n"}
    (error,) = errors_in(schemas, between)
    assert error.startswith("mine.yaml:3:18: 'metadata-valid' is locked at base.yaml:3, with the")
    assert "metadata_schema of middle.yaml:3; no other" in error


def test_an_override_may_speak_of_other_rules_first(tmp_path: Path) -> None:
    override = "overrides: [{match: {account: a}, rules: {documented: off, max-age: off}}]\n"
    (error,) = errors_in(tmp_path, below(LOCKED, override))
    assert "'max-age' is locked at" in error


def test_an_override_is_held_to_what_the_locked_one_says(tmp_path: Path) -> None:
    demo = "overrides: [{match: {account: a}, rules: {max-age: {max_days: 30}}}]\n"
    files = below(LOCKED + demo, demo.replace("max_days: 30", "warn_days: 3"))
    (error,) = errors_in(tmp_path, files)
    assert "warn_days 14 -> 3: 'max-age' is locked at team/base.yaml:4; it may only" in error


# -- waivers ---------------------------------------------------------------------------------

MANIFEST = """version: 1
keys:
  - label: treasury
    account: main
    permissions: [withdraw]
    waivers: %s
"""
TERMS = "reason: payout, approved_by: security@example.com, expires: 2026-12-31"
GRANT = f"waivers: {{granted: [{{account: main, key: treasury, rule: no-withdraw, {TERMS}}}]}}\n"
LOCK = "rules: {no-withdraw: {severity: error, locked: true}}\n"


def verdict_in(folder: Path, files: dict[str, str], waivers: str = "[]") -> Verdict:
    policy = policy_in(folder, files)
    parsed = [read("okx-keys.yaml", (MANIFEST % waivers).encode())]
    inventory, flaws = load(parsed)
    return judge(Question(DAY), policy, parsed, inventory, flaws, Redactor(()))


def found(verdict: Verdict) -> list[str]:
    return sorted(finding.rule for finding in verdict.findings)


def test_a_locked_rule_is_waived_by_the_file_that_locks_it(tmp_path: Path) -> None:
    verdict = verdict_in(tmp_path, below(LOCK + GRANT, ""))
    assert found(verdict) == []
    assert [finding.rule for finding in verdict.waived] == ["no-withdraw"]


def test_a_locked_rule_is_waived_by_a_parent_of_that_file(tmp_path: Path) -> None:
    files = {
        "top.yaml": "extends: []\n" + GRANT,
        "base.yaml": "extends: top.yaml\n" + LOCK,
        "okxlint.yaml": "extends: base.yaml\n",
    }
    assert found(verdict_in(tmp_path, files)) == []
    twice = files | {"okxlint.yaml": "extends: [base.yaml, top.yaml]\n"}
    assert found(verdict_in(tmp_path, twice)) == []


def test_a_locked_rule_is_not_waived_below_in_the_manifest_or_beside(tmp_path: Path) -> None:
    both = ["no-withdraw", "waiver-valid"]
    child = verdict_in(tmp_path, below(LOCK, GRANT))
    assert found(child) == both
    (told,) = [finding for finding in child.findings if finding.rule == "waiver-valid"]
    assert told.location.path == "okxlint.yaml"
    assert "the policy locks this rule (team/base.yaml:3), so it is waived there" in told.message
    manifest = verdict_in(tmp_path, below(LOCK, ""), f"[{{rule: no-withdraw, {TERMS}}}]")
    assert found(manifest) == both
    # A file of the child's own that it extends first stands beside the lock, not above.
    for extends in ("[mine.yaml, team/base.yaml]", "[team/base.yaml, mine.yaml]"):
        files = below(LOCK, "") | {
            "mine.yaml": "extends: []\n" + GRANT,
            "okxlint.yaml": f"extends: {extends}\n",
        }
        assert found(verdict_in(tmp_path, files)) == both


def test_without_a_lock_all_of_these_hold(tmp_path: Path) -> None:
    unlocked = LOCK.replace(", locked: true", "")
    assert found(verdict_in(tmp_path, below(unlocked, GRANT))) == []
    own = f"[{{rule: no-withdraw, {TERMS}}}]"
    assert found(verdict_in(tmp_path, below(unlocked, ""), own)) == []


def test_a_child_that_locks_again_cannot_waive(tmp_path: Path) -> None:
    verdict = verdict_in(tmp_path, below(LOCK, LOCK + GRANT))
    assert found(verdict) == ["no-withdraw", "waiver-valid"]
    (told,) = [finding for finding in verdict.findings if finding.rule == "waiver-valid"]
    assert "(team/base.yaml:3)" in told.message


def test_of_two_that_lock_both_must_leave_it_to_the_waiver(tmp_path: Path) -> None:
    files = {
        "a.yaml": "extends: []\n" + LOCK + GRANT,
        "b.yaml": "extends: []\n" + LOCK,
        "okxlint.yaml": "extends: [a.yaml, b.yaml]\n",
    }
    assert found(verdict_in(tmp_path, files)) == ["no-withdraw", "waiver-valid"]
    below_a = files | {"b.yaml": "extends: a.yaml\n" + LOCK}
    assert found(verdict_in(tmp_path, below_a)) == []


def test_never_comes_before_what_is_granted(tmp_path: Path) -> None:
    files = below(LOCK + GRANT, "waivers: {never: [no-withdraw]}\n")
    assert found(verdict_in(tmp_path, files)) == ["no-withdraw", "waiver-valid"]


# -- what a lock does not hold ---------------------------------------------------------------


def test_what_another_rule_lets_pass_is_not_locked_with_a_rule(tmp_path: Path) -> None:
    """one-key-per-app lets a successor pass while rotation-overlap is on: lock both."""
    keys = """version: 1
keys:
  - {label: a, account: m, app: x, permissions: [trade], created: 2026-11-01}
  - {label: b, account: m, app: x, permissions: [trade], created: 2026-11-20, replaces: a}
"""
    parent = "rules: {one-key-per-app: {severity: error, locked: true}, rotation-overlap: %s}\n"

    def rules(files: dict[str, str]) -> list[str]:
        parsed = [read("okx-keys.yaml", keys.encode())]
        inventory, flaws = load(parsed)
        policy = policy_in(tmp_path, files)
        return found(judge(Question(DAY), policy, parsed, inventory, flaws, Redactor(())))

    assert rules(below(parent % "off", "")) == ["one-key-per-app"]
    assert rules(below(parent % "off", "rules: {rotation-overlap: error}\n")) == []


# -- flags -----------------------------------------------------------------------------------


def test_a_locked_rule_is_not_ignored(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": MANIFEST % "[]", **below(LOCK, "")})
    done = okxlint("check", "--ignore", "no-withdraw", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "'no-withdraw' is locked at team/base.yaml:3; it cannot be ignored" in done.stderr
    assert okxlint("check", cwd=tmp_path).returncode == 1
    write(tmp_path, below(LOCK.replace(", locked: true", ""), ""))
    assert okxlint("check", "--ignore", "no-withdraw", cwd=tmp_path).returncode == 0


def test_a_broken_lock_is_exit_2_and_nothing_is_checked(tmp_path: Path) -> None:
    write(
        tmp_path, {"okx-keys.yaml": MANIFEST % "[]", **below(LOCK, "rules: {no-withdraw: off}\n")}
    )
    done = okxlint("check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "okxlint: okxlint.yaml:3:22: severity error -> off: 'no-withdraw' is locked at "
        "team/base.yaml:3; it may only become stricter\n"
    )


# -- the order of settings -------------------------------------------------------------------


def values_of(rule: Rule, name: str) -> st.SearchStrategy[Any]:
    """Values that an option may have."""
    return _values(typing.get_type_hints(rule.options, include_extras=True)[name])


def _values(kind: Any) -> st.SearchStrategy[Any]:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated and inner[0] is int:
        low, high = inner[1].core["ge"], inner[1].core.get("le", 200)
        return st.integers(low, min(low + 5, high)) | st.integers(low, high)
    if origin is typing.Annotated:
        return st.sampled_from(["", "[a-z]+", "[a-z-]+-[0-9]{4}q[1-4]"])
    if origin is typing.Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        words = typing.get_args(inner[0]) if typing.get_origin(inner[0]) is typing.Literal else ()
        egress = ("203.0.113.0/24", "198.51.100.7", "2001:db8::/64")
        stores = ("vault", "op", "pass", "arn")
        is_egress = typing.get_origin(inner[0]) is typing.Annotated
        choices = words or (egress if is_egress else stores)
        return st.lists(st.sampled_from(choices), max_size=4).map(tuple)
    assert kind is bool
    return st.booleans()


def flow(value: Any) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value)


QUICK = settings(max_examples=40, deadline=None, derandomize=True, database=None)
TURNED = {
    Move.SAME: Move.SAME,
    Move.OTHER: Move.OTHER,
    Move.STRICTER: Move.LOOSER,
    Move.LOOSER: Move.STRICTER,
}


@pytest.mark.parametrize(("rule", "name"), OPTIONS)
def test_every_option_declares_its_direction(rule: Rule, name: str) -> None:
    facts = rule.facts[name]
    assert bool(facts.stricter) != bool(facts.order)


@pytest.mark.parametrize(("rule", "name"), OPTIONS)
def test_a_move_one_way_is_the_other_turned_round(rule: Rule, name: str) -> None:
    facts, values = rule.facts[name], values_of(rule, name)

    @QUICK
    @given(values, values, values)
    def holds(one: Any, two: Any, three: Any) -> None:
        assert move(facts, one, one) is Move.SAME
        assert move(facts, two, one) is TURNED[move(facts, one, two)]
        first, second = move(facts, one, two), move(facts, two, three)
        if first is second and first in (Move.STRICTER, Move.LOOSER, Move.SAME):
            assert move(facts, one, three) is first

    holds()


@QUICK
@given(st.sampled_from(SEVERITIES), st.sampled_from(SEVERITIES), st.booleans())
def test_severities_are_ordered(one: Severity | None, two: Severity | None, even_off: bool) -> None:
    rule = load_rule("no-withdraw")
    options = rule.options()
    there = list(shifts(rule, Setting(one, options), Setting(two, options), even_off=even_off))
    back = list(shifts(rule, Setting(two, options), Setting(one, options), even_off=even_off))
    assert [shift.name for shift in there] == ([] if one is two else ["severity"])
    assert [TURNED[shift.move] for shift in there] == [shift.move for shift in back]
    assert [(shift.old, shift.new) for shift in there] == [(s.new, s.old) for s in back]
    assert all(shift.loosens == ((two or 0) < (one or 0)) for shift in there)


def test_options_do_not_matter_to_a_rule_that_is_off_unless_asked() -> None:
    rule = load_rule("max-age")
    off, on = Setting(None, rule.options()), Setting(Severity.INFO, rule.options(max_days=300))
    assert [str(shift) for shift in shifts(rule, off, on)] == ["severity off -> info"]
    assert [str(shift) for shift in shifts(rule, off, on, even_off=True)] == [
        "severity off -> info",
        "max_days 90 -> 300",
    ]
    assert [str(shift) for shift in shifts(rule, on, off)] == ["severity info -> off"]


def test_an_option_without_a_direction_has_no_tightening() -> None:
    facts = option(1, "Days.")
    assert move(facts, 1, 1) is Move.SAME
    assert move(facts, 1, 2) is move(facts, 2, 1) is Move.OTHER


@pytest.mark.parametrize(("rule", "name"), OPTIONS)
def test_a_lock_takes_what_the_order_calls_no_loosening(rule: Rule, name: str) -> None:
    values = values_of(rule, name)

    @settings(QUICK, max_examples=15)
    @given(values, values)
    def holds(old: Any, new: Any) -> None:
        loosens = move(rule.facts[name], old, new) not in (Move.SAME, Move.STRICTER)
        files = below(
            f"rules: {{{rule.id}: {{severity: info, {name}: {flow(old)}, locked: true}}}}\n",
            f"rules: {{{rule.id}: {{{name}: {flow(new)}}}}}\n",
        )
        with TemporaryDirectory() as folder:
            if not loosens:
                policy = policy_in(Path(folder), files)
                assert getattr(options_of(policy, rule.id), name) == new
                return
            with pytest.raises(PolicyError) as caught:
                policy_in(Path(folder), files)
        assert caught.value.message.startswith("okxlint.yaml:3:")
        assert f"{name} " in caught.value.message
        assert f"'{rule.id}' is locked at team/base.yaml:3" in caught.value.message

    holds()


# -- what a tightening does ------------------------------------------------------------------

JUDGED = [rule for rule in RULES if rule.targets != ("policy",)]
SAMPLES = """version: 1
accounts: [{name: m, type: master}, {name: s, type: sub, parent: m}]
apps:
  - {name: bot, needs: [read_only], egress: [203.0.113.0/28]}
  - {name: bare}
keys:
  - {label: k, account: m, permissions: [trade], created: 2026-08-01, last_used: 2026-09-01}
  - {label: bot-a, account: s, app: bot, permissions: [trade], created: 2026-09-08,
     ip_allowlist: [203.0.113.7, 198.51.100.0/24, 10.0.0.1, "2001:db8::/32"],
     last_used: 2026-09-20, last_reviewed: 2026-10-25, expires: 2026-11-30, secret_ref: "pass:x"}
  - {label: bot-b, account: s, app: bot, permissions: [trade], created: 2026-11-10,
     replaces: bot-a, owner: desk, secret_ref: "vault://x"}
  - {label: demo-2026q4, account: s, app: bare, permissions: [trade], environment: demo,
     created: 2025-01-01, ip_allowlist: [18.203.11.0/29]}
  - {label: old-2026q1, account: m, app: bare, permissions: [withdraw], status: retired,
     status_since: 2026-11-12, created: 2026-01-01}
"""


def samples_of(rule: Rule) -> list[tuple[str, date]]:
    """Manifests with something for a rule to find, each with its day."""
    texts = [example.text for example in read_page(rule.doc).examples]
    scripts = [(text, read_script(read("a.yaml", text.encode()))) for text in texts]
    return [(SAMPLES, DAY), *((text, script.as_of or DAY) for text, script in scripts)]


def worst(text: str, day: date, rule: Rule, setting: str) -> dict[tuple[object, ...], Severity]:
    """How severe what a rule finds is, by object and place."""
    # An account that is full: else none of the samples lacks room for a rotation.
    full = "key-limit: {max_keys: 2}, " if rule.id == "rotation-slots" else ""
    policy = f"version: 1\nrules: {{{full}{rule.id}: {{severity: error, {setting}}}}}\n"
    verdict = verdict_of(text, policy=policy, as_of=day, select=rule.id)
    severities: dict[tuple[object, ...], Severity] = {}
    for finding in (*verdict.findings, *verdict.waived):
        if finding.rule == rule.id:
            # ip-count points at the first entry too many: another one, if there may be fewer.
            place = None if rule.id == "ip-count" else finding.location
            at = (finding.account, finding.key, finding.app, place)
            severities[at] = max(finding.severity, severities.get(at, Severity.INFO))
    return severities


@pytest.mark.parametrize(("rule", "name"), OPTIONS)
def test_what_a_lock_takes_finds_no_less(rule: Rule, name: str) -> None:
    if rule not in JUDGED:
        pytest.skip("it judges policies, not manifests")
    samples, values = samples_of(rule), values_of(rule, name)

    @settings(QUICK, max_examples=8)
    @given(values, values)
    def holds(old: Any, new: Any) -> None:
        if move(rule.facts[name], old, new) not in (Move.SAME, Move.STRICTER):
            old, new = new, old
        if move(rule.facts[name], old, new) is Move.OTHER:
            return
        for text, day in samples:
            before = worst(text, day, rule, f"{name}: {flow(old)}")
            after = worst(text, day, rule, f"{name}: {flow(new)}")
            for at, severity in before.items():
                assert after.get(at, Severity(1) - 1) >= severity, (old, new, at)

    holds()


def test_a_policy_of_one_file_has_locks_of_its_own() -> None:
    policy: Policy = policy_of("version: 1\nrules: {no-withdraw: {locked: true}}\n")
    assert str(policy.locks["no-withdraw"].said) == "okxlint.yaml:2"

"""Rules that a policy states as data: what they find, and what is wrong with them."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from okxlint.documents.reader import read
from okxlint.engine import Verdict
from okxlint.errors import OkxlintError, PolicyError
from okxlint.inventory import Key
from okxlint.manifest import load
from okxlint.model import Severity
from okxlint.page import read_page
from okxlint.policy.custom_rule import value_of
from tests.conftest import DAY, policy_of, verdict_of

ROOT = Path(__file__).resolve().parent.parent
DOCS = (ROOT / "docs/custom-rules.md").read_text(encoding="utf-8")
HEAD = "version: 1\nextends: []\ncustom:\n"
TEAM = "{id: acme-team, for: key, assert: {required: [owner]}, message: say who owns it}"


def custom(entry: str) -> str:
    """A policy with one custom rule alone."""
    return f"{HEAD}  - {entry}\n"


def keys(*entries: str) -> str:
    """A manifest of keys of the account main that may read."""
    given = ", account: main, permissions: [read_only], "
    return "version: 1\nkeys:\n" + "".join(
        f"  - {{label: k{number}{given}{entry}}}\n" for number, entry in enumerate(entries)
    )


def found(verdict: Verdict) -> list[tuple[str, int, int, str | None]]:
    assert verdict.unknown == ()
    return [(f.rule, f.location.line, f.location.column, f.value) for f in verdict.findings]


def wrong(text: str) -> list[str]:
    """What is said of a policy that is wrong, without the file's name."""
    with pytest.raises(PolicyError) as caught:
        policy_of(text)
    return [line.removeprefix("okxlint.yaml:") for line in caught.value.message.split("\n")]


# -- JSON Schema -----------------------------------------------------------------------------


def test_what_is_not_as_asserted_is_one_finding_at_the_label() -> None:
    verdict = verdict_of(keys("owner: a", "purpose: b"), policy=custom(TEAM))
    (finding,) = verdict.findings
    assert found(verdict) == [("acme-team", 4, 13, "k1")]
    assert (finding.message, finding.severity) == ("say who owns it", Severity.ERROR)
    assert finding.help == "Change the key as this rule of okxlint.yaml:4 asks."
    assert (finding.account, finding.key, finding.fails_on) == ("main", "k1", None)


def test_several_things_wrong_are_one_finding_at_the_field() -> None:
    policy = custom(
        "{id: a-b, for: key, at: owner, severity: info, help: Do it., message: m, "
        'assert: {required: [app], properties: {owner: {pattern: "^team-", minLength: 9}}}}'
    )
    verdict = verdict_of(keys("owner: me", "app: x, owner: team-four", "app: x"), policy=policy)
    (finding,) = verdict.findings
    assert found(verdict) == [("a-b", 3, 65, "me")]
    assert (finding.severity, finding.help) == (Severity.INFO, "Do it.")


@pytest.mark.parametrize(
    ("schema", "holds"),
    [
        ("{properties: {environment: {const: live}, status: {const: active}}}", True),
        ("{required: [environment, status]}", True),
        ("{not: {required: [purpose]}}", True),  # null is as if absent
        ("{not: {required: [ip_allowlist]}}", True),  # so is an empty list
        ("{properties: {key_id: {const: '0012'}}}", True),
        ("{properties: {key_id: {type: string}}}", True),
        ("{properties: {created: {const: '2026-10-01'}}}", True),
        ("{properties: {app: {type: string}}}", True),
        ("{properties: {app: {type: array}}}", False),
        ("{properties: {metadata: {properties: {risk: {type: integer}}}}}", True),
        ("{properties: {metadata: {properties: {risk: {maximum: 2}}}}}", False),
        ("{properties: {metadata: {properties: {text: {type: string}}}}}", True),
        ("true", True),
        ("false", False),
    ],
)
def test_what_json_schema_sees(schema: str, holds: bool) -> None:
    manifest = keys(
        "app: bot, key_id: 0012, created: 2026-10-01, purpose: , ip_allowlist: [], "
        "metadata: {risk: 3, text: '3'}"
    )
    policy = custom(f"{{id: a-b, for: key, message: m, assert: {schema}}}")
    assert (found(verdict_of(manifest, policy=policy)) == []) is holds


@pytest.mark.parametrize(
    ("kind", "schema", "values"),
    [
        ("app", "{required: [owner]}", ["bot"]),
        ("account", "{required: [uid]}", ["main"]),
    ],
)
def test_apps_and_accounts(kind: str, schema: str, values: list[str]) -> None:
    manifest = (
        "version: 1\naccounts: [{name: main, type: master}]\napps: [{name: bot}]\n"
        "keys: [{label: k, account: implied, permissions: [trade]}]\n"
    )
    policy = custom(f"{{id: a-b, for: {kind}, message: m, assert: {schema}}}")
    # An account that no manifest declares has no fields that could be asked for.
    assert [f.value for f in verdict_of(manifest, policy=policy).findings] == values


def test_revoked_keys_are_not_looked_at() -> None:
    manifest = keys("status: revoked", "status: retired")
    assert [f.key for f in verdict_of(manifest, policy=custom(TEAM)).findings] == ["k1"]


def test_where_narrows_what_is_looked_at() -> None:
    manifest = keys("environment: demo", "environment: live", "app: [a, grid-bot]")
    for where, expected in (
        ("{environment: demo}", ["k0"]),
        ("{app: grid-*}", ["k2"]),
        ("{key: 'k[01]', environment: live}", ["k1"]),
        ("{path: a.yaml}", ["k0", "k1", "k2"]),
        ("{path: 'b/*.yaml'}", []),
    ):
        policy = custom(TEAM.replace("for: key", f"for: key, where: {where}"))
        verdict = verdict_of(manifest, policy=policy)
        assert [finding.key for finding in verdict.findings] == expected


# -- CEL -------------------------------------------------------------------------------------


def cel(expression: str, **more: str) -> str:
    pytest.importorskip("cel_expr_python")
    told = "".join(f", {name}: {value}" for name, value in more.items())
    return custom(f"{{id: a-b, for: key, message: m, assert: {json.dumps(expression)}{told}}}")


def test_an_expression_is_asked_of_each_object() -> None:
    policy = cel("'trade' in key.permissions || key.owner != ''", at="permissions")
    verdict = verdict_of(keys("owner: a", "purpose: b"), policy=policy)
    assert found(verdict) == [("a-b", 4, 32, "read_only")]


def test_the_day_is_an_input() -> None:
    policy = cel("key.created != null && as_of - key.created <= duration('240h')", at="created")
    manifest = keys("created: 2026-11-12", "created: 2026-11-11", "created: 2020-01-01")
    verdict = verdict_of(manifest, policy=policy)
    assert [(f.key, f.fails_on) for f in verdict.findings] == [
        ("k1", date(2026, 11, 22)),
        ("k2", date(2020, 1, 12)),
    ]
    next_day = verdict_of(manifest, policy=policy, as_of=date(2026, 11, 23))
    assert [finding.key for finding in next_day.findings] == ["k0", "k1", "k2"]
    coming = verdict_of(manifest, policy=policy, horizon=1).findings[0]
    assert (coming.key, coming.severity, coming.fails_on) == (
        "k0",
        Severity.INFO,
        date(2026, 11, 23),
    )
    assert coming.message == "m; this starts on 2026-11-23"


def test_what_fails_on_every_day_looked_at_has_no_first_one() -> None:
    policy = cel("as_of < timestamp('1999-01-01T00:00:00Z')")
    (finding,) = verdict_of(keys("owner: a"), policy=policy).findings
    assert finding.fails_on is None


def test_a_waiver_of_what_begins_later_is_not_unused() -> None:
    policy = cel("as_of < timestamp('2026-12-01T00:00:00Z')") + (
        "waivers: {require: [], max_days: 900}\n"
    )
    for expires, expected in (("2026-12-01", []), ("2026-11-30", ["waiver-unused"])):
        manifest = keys(f"waivers: [{{rule: a-b, expires: {expires}}}]")
        rules = [f.rule for f in verdict_of(manifest, policy=policy).findings]
        assert [rule for rule in rules if rule == "waiver-unused"] == expected


def test_no_answer_is_no_pass() -> None:
    verdict = verdict_of(
        keys("owner: a", "metadata: {risk: 1}"), policy=cel("key.metadata.risk < 3")
    )
    assert verdict.findings == ()
    (unknown,) = verdict.unknown
    assert unknown.kind == "no-answer"
    assert unknown.message.startswith("the rule a-b has no answer on a.yaml, first for 'k0': ")


def test_without_the_extra_a_policy_with_cel_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    from okxlint.assertions import cel as engine

    def missing(kind: str) -> Any:
        raise ImportError

    monkeypatch.setattr(engine, "checking", missing)
    with pytest.raises(OkxlintError) as caught:
        policy_of(custom('{id: a-b, for: key, message: m, assert: "true"}'))
    assert caught.value.exit_code == 2
    assert "pip install '.[cel]'" in caught.value.hint


# -- like any other rule ---------------------------------------------------------------------


def test_waivers_hold_for_custom_rules() -> None:
    waiver = "{rule: acme-team, reason: r, approved_by: a, expires: 2026-12-31, value: k0}"
    verdict = verdict_of(keys(f"waivers: [{waiver}]", "purpose: b"), policy=custom(TEAM))
    assert [finding.key for finding in verdict.findings] == ["k1"]
    assert [finding.key for finding in verdict.waived] == ["k0"]


def test_rules_and_overrides_change_them() -> None:
    manifest = keys("environment: demo", "environment: live")
    override = "{match: {environment: demo}, rules: {acme-team: off}}"
    rules = f"rules: {{acme-team: info}}\noverrides: [{override}]\n"
    (finding,) = verdict_of(manifest, policy=custom(TEAM) + rules).findings
    assert (finding.key, finding.severity) == ("k1", Severity.INFO)
    off = custom(TEAM) + "rules: {acme-team: off}\n"
    assert verdict_of(manifest, policy=off).findings == ()
    assert len(verdict_of(manifest, policy=off, select="acme-team").findings) == 2


def test_their_page_says_what_they_assert() -> None:
    rule = policy_of(custom(TEAM)).rules["acme-team"]
    page = read_page(rule.doc)
    assert page.summary == "say who owns it."
    assert page.reason == "The policy states this rule at okxlint.yaml:4, for every key."
    assert '"required": [\n    "owner"\n  ]' in page.sections[0][1]
    assert (rule.group, rule.targets, rule.waivable) == ("custom", ("key",), True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", "k0"),
        ("permissions", "read_only,trade"),
        ("app", "a,b"),
        ("ip_allowlist", "192.0.2.1,192.0.2.7"),
        ("created", "2026-10-01"),
        ("purpose", ""),
        ("metadata", '{"a": ["x", "2"], "b": "1"}'),
        ("waivers", "max-age"),
        ("environment", "live"),
    ],
)
def test_the_value_of_a_field(field: str, value: str) -> None:
    manifest = (
        "version: 1\nkeys:\n  - {label: k0, account: main, permissions: [trade], app: [b, a], "
        "ip_allowlist: [192.0.2.7, 192.0.2.1], created: 2026-10-01, metadata: {b: 1, a: [x, 2]}, "
        "waivers: [{rule: max-age}]}\n"
    )
    inventory, _ = load([read("a.yaml", manifest.encode())])
    key: Key = inventory.keys[0]
    assert value_of(key, field) == value


# -- what is wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{for: key, assert: {}, message: m}", "4:6: 'id' is missing"),
        ("{id: Acme, for: key, assert: {}, message: m}", "4:10: 'id': this is words of lower-case"),
        ("{id: a-b, assert: {}, message: m}", "4:6: 'for' is missing"),
        ("{id: a-b, for: kye, assert: {}, message: m}", "4:20: 'for' is one of 'key', 'app' or 'a"),
        ("{id: a-b, for: key, message: m}", "4:6: 'assert' is missing"),
        ("{id: a-b, for: key, assert: , message: m}", "4:6: 'assert' is missing"),
        ("{id: a-b, for: key, assert: {}}", "4:6: 'message' is missing"),
        (
            "{id: a-b, for: key, assert: {}, message: m, severity: off}",
            "4:59: 'severity' is one of",
        ),
        ("{id: a-b, for: key, assert: {}, message: m, kind: key}", "4:49: 'kind' is no field here"),
        (
            "{id: a-b, for: key, assert: {}, message: m, at: ownr}",
            "4:53: 'ownr' is no field of a ke",
        ),
        (
            "{id: a-b, for: app, assert: {}, message: m, at: key_id}",
            "4:53: 'key_id' is no field of ",
        ),
        (
            "{id: max-age, for: key, assert: {}, message: m}",
            "4:10: there is a rule 'max-age' alrea",
        ),
        (
            "{id: a-b, for: app, where: {environment: live}, assert: {}, message: m}",
            "4:33: this is about an app, which has no environment to match",
        ),
        (
            "{id: a-b, for: key, where: {environment: liev}, assert: {}, message: m}",
            "4:46: there is no environment 'liev'; did you mean 'live'?",
        ),
        ("{id: a-b, for: key, assert: {requird: [owner]}, message: m}", "4:34: "),
        ("{id: a-b, for: key, assert: {required: [ownr]}, message: m}", "4:45: 'ownr' is no field"),
        (
            "{id: a-b, for: key, assert: {properties: {ownr: {}}}, message: m}",
            "4:47: 'ownr' is no field of a key; did you mean 'owner'?",
        ),
        (
            '{id: a-b, for: key, assert: {properties: {owner: {pattern: "("}}}, message: m}',
            "4:64: ",
        ),
        ('{id: a-b, for: key, assert: {$ref: "https://example.com/s"}, message: m}', "4:40: "),
        ("{id: a-b, for: key, assert: [1], message: m}", "4:25: "),
    ],
)
def test_what_is_wrong_has_its_place(entry: str, said: str) -> None:
    (line,) = wrong(custom(entry))
    assert line.startswith(said), line


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("key.ownr == ''", "4:49:"),  # plain
        ("\"key.ownr == ''\"", "4:50:"),
        ("'key.ownr == \"\"'", "4:50:"),
    ],
)
def test_a_mistake_in_an_expression_has_its_place(written: str, place: str) -> None:
    pytest.importorskip("cel_expr_python")
    (line,) = wrong(custom(f"{{id: a-b, for: key, message: m, assert: {written}}}"))
    assert line.startswith(place), line
    assert "did you mean 'owner'?" in line


def test_a_mistake_in_a_block_has_its_line_and_column() -> None:
    pytest.importorskip("cel_expr_python")
    text = custom(
        "id: a-b\n    for: key\n    message: m\n    assert: |\n      true &&\n      key.ownr == ''"
    )
    (line,) = wrong(text)
    assert line.startswith("9:11:"), line
    folded = text.replace("|", ">")
    (line,) = wrong(folded)
    assert line.startswith("7:13:"), line  # a folded text is not what is written


def test_two_rules_have_two_names() -> None:
    (line,) = wrong(custom(TEAM) + f"  - {TEAM}\n")
    assert line.startswith("5:10: there is a rule 'acme-team' already")


# -- the page --------------------------------------------------------------------------------


def test_the_examples_of_the_page_do_what_it_says(tmp_path: Path) -> None:
    pytest.importorskip("cel_expr_python")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)
    policy, manifest, ticket, dated = blocks[:4]
    select = "acme-team-owner,acme-few-addresses"
    verdict = verdict_of(manifest, policy=policy, select=select)
    assert [(f.rule, f.severity.word) for f in verdict.findings] == [
        ("acme-team-owner", "warning"),
        ("acme-few-addresses", "error"),
    ]
    old = keys(
        "created: 2026-10-22", "created: 2026-10-23", "metadata: {risk: 3}, created: 2026-11-01"
    )
    verdict = verdict_of(old, policy=dated, select="acme-short-lived,acme-low-risk", as_of=DAY)
    assert [(f.rule, f.key) for f in verdict.findings] == [
        ("acme-short-lived", "k0"),
        ("acme-low-risk", "k2"),
    ]
    production = keys("purpose: x", "metadata: {ticket: SEC-1}").replace("main", "prod-1")
    verdict = verdict_of(production, policy=ticket, select="acme-ticket")
    assert [f.key for f in verdict.findings] == ["k0"]

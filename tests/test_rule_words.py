"""What rules say: on the day and before it, of one and of several, with and without a name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from okxlint import resources
from okxlint.check import Request, run_check
from okxlint.documents.reader import read
from okxlint.engine import Question, judge
from okxlint.errors import PolicyError
from okxlint.loading import Wanted
from okxlint.manifest import load
from okxlint.model import Finding
from okxlint.policy import file as policy_file
from okxlint.rule import load_rule, rule_ids
from okxlint.secrets.redact import Redactor
from okxlint.snapshot.file import parse
from tests.conftest import DAY, policy_of, verdict_of
from tests.sample_snapshot import account, key, master, snapshot
from tests.test_live_rules import HEAD as LIVE_HEAD
from tests.test_live_rules import declared, on_okx
from tests.test_live_rules import verdict as live_verdict
from tests.test_transition_rules import judged

HEAD = "version: 1\naccounts: [{name: main, type: master}]\n"


def key_of(**fields: str) -> str:
    stated = {"label": "k", "account": "main", "permissions": "[trade]", **fields}
    return "  - {" + ", ".join(f"{name}: {value}" for name, value in stated.items()) + "}\n"


def keys(*written: str, head: str = HEAD) -> str:
    return head + "keys:\n" + "".join(written)


def found(manifest: str, rule: str, policy: str = "version: 1\n", **asked: Any) -> list[Finding]:
    verdict = verdict_of(manifest, policy=policy, select=rule, **asked)
    return [each for each in verdict.findings if each.rule == rule]


def said(manifest: str, rule: str, policy: str = "version: 1\n", **asked: Any) -> str:
    (finding,) = found(manifest, rule, policy, **asked)
    return finding.message


# -- the day ---------------------------------------------------------------------------------

ROTATED = key_of(created="2026-11-01") + key_of(label="n", replaces="k", created="2026-11-20")
FULL = "version: 1\nrules: {key-limit: {max_keys: 1, warn_at: 1}}\n"


@pytest.mark.parametrize(
    ("rule", "manifest", "policy", "before", "after"),
    [
        (
            "max-age",
            keys(key_of(created="2026-11-01")),
            "version: 1\n",
            "key 'k' of account 'main' will be older than 90 days (from",
            "key 'k' of account 'main' is older than 90 days (from",
        ),
        (
            "not-dormant",
            keys(key_of(last_used="2026-11-01")),
            "version: 1\n",
            "will have been unused for more than",
            "has been unused for more than",
        ),
        (
            "not-expired",
            keys(key_of(expires="2027-01-31")),
            "version: 1\n",
            "reaches its planned last day (2027-01-31",
            "is past its planned last day (2027-01-31",
        ),
        (
            "retired-revoked",
            keys(key_of(status="retired", status_since="2026-11-20")),
            "version: 1\n",
            "will have been retired for more than",
            "has been retired for more than",
        ),
        (
            "reviewed",
            keys(key_of(created="2026-11-01", last_reviewed="2026-11-10")),
            "version: 1\n",
            "will be more than 90 days past its last review",
            "is more than 90 days past its last review",
        ),
        (
            "reviewed",
            keys(key_of(created="2026-11-01")),
            "version: 1\n",
            "will be older than 90 days without a review",
            "is older than 90 days without a review",
        ),
        (
            "rotation-overlap",
            keys(ROTATED),
            "version: 1\n",
            "will be still active more than",
            "is still active more than",
        ),
        (
            "rotation-slots",
            keys(key_of(created="2026-11-01")),
            FULL,
            "will have 1 live key to replace by",
            "has 1 live key to replace by",
        ),
    ],
)
def test_the_day_before_it_will_be_and_on_the_day_it_is(
    rule: str, manifest: str, policy: str, before: str, after: str
) -> None:
    (coming,) = found(manifest, rule, policy, horizon=400)
    day = coming.fails_on
    assert day is not None
    assert day > DAY
    eve = day - timedelta(1)
    assert before in said(manifest, rule, policy, as_of=eve, horizon=1)
    assert after in said(manifest, rule, policy, as_of=day)


# -- one and several -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (2, "account 'main' has 2 live keys, of 2 allowed"),
        (1, "account 'main' has 2 live keys, more than the 1 allowed"),
    ],
)
def test_the_limit_of_keys(most: int, expected: str) -> None:
    policy = f"version: 1\nrules: {{key-limit: {{max_keys: {most}, warn_at: {most}}}}}\n"
    manifest = keys(key_of(), key_of(label="l"))
    assert said(manifest, "key-limit", policy) == expected
    one = f"version: 1\nrules: {{key-limit: {{max_keys: {most}, warn_at: 1}}}}\n"
    assert said(keys(key_of()), "key-limit", one) == (
        f"account 'main' has 1 live key, of {most} allowed"
    )


def test_an_account_whose_live_keys_are_all_wrong_still_has_demo_keys() -> None:
    wrong = key_of(account="x", permissions="[with]")
    demo = key_of(label="d", account="x", environment="demo")
    policy = "version: 1\nrules: {key-limit: {max_keys: 1, warn_at: 1}}\n"
    manifest = keys(wrong, demo, head="version: 1\n")
    assert "has 1 demo key, of 1 allowed" in said(manifest, "key-limit", policy)


def test_several_keys_are_due_at_once() -> None:
    policy = "version: 1\nrules: {key-limit: {max_keys: 2}}\n"
    # One that is retired needs no new one, wherever it stands.
    manifest = keys(
        key_of(label="r", status="retired", status_since="2026-11-20", created="2026-09-01"),
        key_of(created="2026-09-01"),
        key_of(label="l", created="2026-09-01"),
    )
    (finding,) = found(manifest, "rotation-slots", policy)
    assert finding.value == "2/0"
    assert "has 2 live keys to replace by" in finding.message


@pytest.mark.parametrize(
    ("new", "old", "is_no_worse"),
    [
        ("2/1", "2/1", True),
        ("1/1", "2/1", True),
        ("3/1", "2/1", False),
        ("2/2", "2/1", True),
        ("2/0", "2/1", False),
        ("1/0", "2/1", False),
        ("3/2", "2/1", False),
    ],
)
def test_more_that_are_due_or_fewer_that_are_free_is_worse(
    new: str, old: str, is_no_worse: bool
) -> None:
    no_worse = load_rule("rotation-slots").no_worse
    assert no_worse is not None
    assert no_worse(new, old) is is_no_worse


APPS = "apps:\n  - {name: a, needs: [read_only], egress: [203.0.113.7]}\n" + (
    "  - {name: b, needs: [], egress: [203.0.113.8]}\n  - {name: c}\n"
)


@pytest.mark.parametrize(
    ("app", "who"),
    [
        ("a", "which its app 'a' does not need"),
        ("[a, b]", "which none of 'a', 'b' needs"),
        (None, "but it names no app: whether"),
        ("c", "but its app 'c' is not declared with 'needs': whether"),
        ("[c, d]", "but its apps 'c', 'd' are not rightly declared with 'needs': whether"),
    ],
)
def test_whose_need_it_is_not(app: str | None, who: str) -> None:
    fields = {"app": app} if app else {}
    assert who in said(keys(key_of(**fields), head=HEAD + APPS), "least-privilege")


@pytest.mark.parametrize(
    ("app", "who"),
    [("a", "the egress of its app 'a'"), ("[a, b]", "the egress of its apps 'a', 'b'")],
)
def test_whose_egress_it_is_not(app: str, who: str) -> None:
    manifest = keys(key_of(app=app, ip_allowlist="[203.0.113.9]"), head=HEAD + APPS)
    assert who in said(manifest, "ip-egress")


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "its 1 sub-account and"), (2, "2 sub-accounts")]
)
def test_a_masters_sub_accounts(count: int, expected: str) -> None:
    names = ["first", "second"][:count]
    subs = "".join(f"  - {{name: {name}, type: sub, parent: main}}\n" for name in names)
    head = "version: 1\naccounts:\n  - {name: main, type: master}\n" + subs
    (finding,) = found(keys(key_of(), head=head), "master-no-trade")
    assert expected in finding.message
    ((related,),) = [finding.related]
    assert related.message == "'first' belongs to this account"
    assert related.location.line == 4


def test_a_master_is_nobodys_sub_account() -> None:
    head = (
        "version: 1\naccounts:\n  - {name: main, type: master}\n"
        "  - {name: other, type: master, parent: main}\n"
    )
    assert found(keys(key_of(), head=head), "master-no-trade") == []


def test_what_a_key_replaces_is_guessed() -> None:
    manifest = keys(key_of(replaces="grid-bot-2"), key_of(label="grid-bot-1", account="main"))
    assert said(manifest, "references-valid").endswith("did you mean 'grid-bot-1'?")


def test_metadata_as_a_whole_and_a_part_of_it(tmp_path: Any) -> None:
    (tmp_path / "schema.json").write_text(
        '{"required": ["ticket"], "properties": {"team": {"enum": ["a"]}}}'
    )
    policy = policy_of("version: 1\nmetadata_schema: schema.json\n", str(tmp_path))
    file = read("a.yaml", keys(key_of(metadata="{team: b}")).encode())
    inventory, flaws = load([file])
    asked = Question(DAY, select=frozenset(["metadata-valid"]))
    verdict = judge(asked, policy, [file], inventory, flaws, Redactor(()))
    starts = [each.message.partition(": ")[0] for each in verdict.findings]
    assert sorted(starts) == [
        "'/team' in the metadata of key 'k' of account 'main'",
        "the metadata of key 'k' of account 'main'",
    ]


def test_where_a_pattern_is_wrong() -> None:
    with pytest.raises(PolicyError) as caught:
        policy_of("version: 1\nrules: {descriptive-label: {pattern: 'ab)c'}}\n")
    assert "(at character 3)" in caught.value.message


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1E4F0C2A-0f0e-4b1c-9d3a-10fe7a031a2b", "7a031a2b"),
        ("'1e4f0c2a-0f0e-4b1c-9d3a-10fe7a031a2b'", "'7a031a2b'"),
        ('"1e4f0c2a-0f0e-4b1c-9d3a-10fe7a031a2b"', '"7a031a2b"'),
        ("&i 1e4f0c2a-0f0e-4b1c-9d3a-10fe7a031a2b", "7a031a2b"),
    ],
)
def test_the_last_eight_digits_are_kept_in_their_quotes(written: str, expected: str) -> None:
    (finding,) = found(keys(key_of(key_id=written)), "short-key-id")
    assert finding.fix is not None
    assert finding.fix.text == expected
    folded = '"1e4f0c2a-0f0e-4b1c-9d3a-\\\n      10fe7a031a2b"'
    (finding,) = found(keys(key_of(key_id=folded)), "short-key-id")
    assert finding.fix is None


# -- what OKX has ----------------------------------------------------------------------------


def test_what_is_declared_beside_what_okx_has() -> None:
    ips = live_verdict(LIVE_HEAD + declared(), on_okx(key(ips=[]))).findings
    assert [each.message.partition("is bound on OKX to ")[2] for each in ips] == [
        "no address, and 203.0.113.7 is declared"
    ]
    ips = live_verdict(LIVE_HEAD + declared(ip_allowlist=None), on_okx(key())).findings
    assert [each.message.partition("is bound on OKX to ")[2] for each in ips] == [
        "203.0.113.7, and no address is declared"
    ]
    for day, what in (("2026-10-05", "2026-10-05 is declared"), (None, "no day is declared")):
        (finding,) = live_verdict(LIVE_HEAD + declared(created=day), on_okx(key())).findings
        assert finding.message.endswith(f"was created on OKX on 2026-10-01, and {what}")


def test_a_revoked_key_that_is_there_under_another_name() -> None:
    manifest = LIVE_HEAD + declared(status="revoked", key_id="7a031a2b")
    same = live_verdict(manifest, on_okx(key(key_id="7a031a2b"))).findings
    assert [each.message[-16:] for each in same] == ["and is still on OKX"[-16:]]
    found_ = live_verdict(manifest, on_okx(key("new", key_id="7a031a2b"))).findings
    messages = [each.message for each in found_ if each.rule == "live-revoked"]
    assert [message.partition("still on OKX")[2] for message in messages] == [
        ", where it is called 'new'"
    ]


@pytest.mark.parametrize(
    ("holds", "ips", "label", "what"),
    [
        ("trade", ["203.0.113.*"], "audit", "holds read_only,trade"),
        ("read_only", [], None, "is bound to no address"),
    ],
)
def test_what_the_auditor_holds(
    holds: str, ips: list[str], label: str | None, what: str, tmp_path: Path
) -> None:
    (tmp_path / "okx-keys.yaml").write_text("version: 1\nkeys: []\n")
    auditor = {"account": "main", "permissions": [holds], "ips": ips, "label": label}
    text = snapshot(master(), account("gridbot01", key()), auditor=auditor)
    asked = Question(DAY, select=frozenset(["auditor-privilege"]))
    snapshots = (parse(text.encode(), "a.json"),)
    report = run_check(Request(asked, Wanted(str(tmp_path)), snapshots=snapshots))
    (finding,) = report.findings
    assert finding.message.endswith(what)
    assert finding.location.path == f"okx-live/main/{label or 'auditor'}"


def test_the_auditor_of_a_second_environment_is_judged() -> None:
    """The first reading of the account is of somebody else's credential."""
    of_sub = {"account": "gridbot01", "permissions": ["read_only"], "ips": ["203.0.113.*"]}
    of_main = {"account": "main", "permissions": ["trade"], "ips": ["203.0.113.*"]}
    failed = account("main", type="master", listing="failed")
    live = snapshot(account("gridbot01", key()), failed, auditor=of_sub)
    demo = snapshot(master(), auditor=of_main, environment="demo")
    rules = [each.rule for each in live_verdict(LIVE_HEAD, live, demo).findings]
    assert "auditor-privilege" in rules


# -- what changed ----------------------------------------------------------------------------


def changes(base: str, head: str, rule: str) -> list[Finding]:
    # The version is put before both there.
    texts = (text.replace("version: 1\n", "") for text in (head, base))
    return [each for each in judged(next(texts), next(texts), rule).findings if each.rule == rule]


def test_how_a_change_is_told() -> None:
    base = keys(key_of(created="2026-10-01", ip_allowlist="[203.0.113.7]"))
    later = keys(key_of(created="2026-10-05", ip_allowlist="[203.0.113.7]"))
    gone = keys(key_of(ip_allowlist="[203.0.113.7]"))
    assert "is now 2026-10-05; at the base" in changes(base, later, "created-unchanged")[0].message
    assert "is gone; at the base" in changes(base, gone, "created-unchanged")[0].message
    unbound = keys(key_of(created="2026-10-01"))
    handed = keys(key_of(created="2026-10-01", third_party="acme"))
    now = [each.message for each in changes(base, unbound, "ips-not-widened")]
    assert "and is bound to none any more" in now[0]
    now = [each.message for each in changes(base, handed, "ips-not-widened")]
    assert "and is bound to what its provider says" in now[0]


def test_where_a_key_that_went_or_was_made_anew_is_told() -> None:
    base = "# one line more\n" + keys(key_of(key_id="7a031a2b", created="2026-10-01"))
    (finding,) = changes(base, keys(key_of(label="other")), "keys-kept")
    ((related,),) = [finding.related]
    assert related.location == ("a.yaml", 1, 1, 1, 1)
    assert related.message == "at the base it is here, on line 5"
    days = {"11111111": "2026-11-01", "22222222": "2026-11-02"}
    anew = keys(*(key_of(key_id=key_id, created=day) for key_id, day in days.items()))
    (finding,) = changes(base, anew, "keys-kept")
    assert finding.location.line == 4
    planned = keys(*(key_of(key_id="7a031a2b", status="planned", owner=name) for name in "ab"))
    (finding,) = changes(base, planned, "keys-kept")
    assert finding.location.line == 4


# -- packs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", resources.packs())
def test_a_pack_is_what_its_rules_state(pack: str) -> None:
    policy = policy_file.pack(pack)
    for rule_id in rule_ids():
        rule, setting = load_rule(rule_id), policy.setting(rule_id, None)
        if not rule.hygiene:
            assert setting.severity == rule.severities.get(pack), rule_id
            stated = rule.strict_options if pack == "strict" else {}
            for name, facts in rule.facts.items():
                expected = stated.get(name, facts.default)
                assert getattr(setting.options, name) == expected, (rule_id, name)

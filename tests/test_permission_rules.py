"""The permission rules, where an example on their pages would not show enough."""

from __future__ import annotations

import pytest

from okxlint.model import Finding, Location, Severity
from tests.conftest import verdict_of

STRICT_NEEDS = "version: 1\nrules: {least-privilege: {undeclared_needs: error}}\n"
STATUSES = ("planned", "active", "retired", "compromised", "revoked")


def found(rule: str, *manifests: str, policy: str = "version: 1\n") -> list[Finding]:
    verdict = verdict_of(*manifests, policy=policy, select=rule)
    assert verdict.unknown == ()
    # That a name stands twice is told as well, and is not what is looked for here.
    return [finding for finding in verdict.findings if finding.value != "repeated entry"]


def key(fields: str, permissions: str = "[trade]") -> str:
    return f"version: 1\nkeys:\n- {{label: k, account: main, permissions: {permissions}{fields}}}\n"


def text_at(manifest: str, location: Location) -> str:
    assert location.line == location.end_line
    return manifest.split("\n")[location.line - 1][location.column - 1 : location.end_column - 1]


# least-privilege

APPS = """\
version: 1
apps:
- {name: reads, needs: [read_only]}
- {name: trades, needs: [trade]}
- {name: withdraws, needs: [withdraw]}
- {name: nothing, needs: []}
- {name: silent}
- {name: blank, needs: }
"""


@pytest.mark.parametrize(
    ("app", "values"),
    [
        ("reads", ["trade", "withdraw"]),
        ("nothing", ["trade", "withdraw"]),
        ("trades", ["withdraw"]),
        ("withdraws", ["trade"]),
        ("[trades, withdraws]", []),
        ("[trades, silent]", ["withdraw"]),
        ("[silent, trades]", ["withdraw"]),
        ("[trades, nobody]", ["withdraw"]),
        ("[trades, trades]", ["withdraw"]),
        ("silent", ["needs"]),
        ("blank", ["needs"]),
        ("nobody", ["needs"]),
        ("[silent, blank, nobody]", ["needs"]),
        ("[]", ["needs"]),
    ],
)
def test_the_needs_of_all_apps_are_united(app: str, values: list[str]) -> None:
    findings = found("least-privilege", APPS, key(f", app: {app}", "[trade, withdraw]"))
    assert [finding.value for finding in findings] == values


def test_an_unneeded_permission_is_found_at_its_scalar_with_the_needs_beside_it() -> None:
    manifest = key(", app: [reads, nothing]", "[read_only, 'trade']")
    (finding,) = found("least-privilege", APPS, manifest)
    assert text_at(manifest, finding.location) == "'trade'"
    assert finding.location.path == "b.yaml"
    assert finding.severity is Severity.ERROR
    assert [(r.location.path, r.location.line) for r in finding.related] == [
        ("a.yaml", 3),
        ("a.yaml", 6),
    ]
    assert text_at(APPS, finding.related[0].location) == "needs"
    assert finding.message == (
        "key 'k' of account 'main' holds trade, which none of 'reads', 'nothing' needs"
    )


def test_a_permission_that_stands_twice_is_one_finding_at_the_first() -> None:
    manifest = key(", app: reads", "[trade, trade]")
    (finding,) = found("least-privilege", APPS, manifest)
    assert finding.location.column == manifest.split("\n")[2].index("trade") + 1


@pytest.mark.parametrize("permissions", ["[read_only, read_only]", "[read_only]"])
def test_a_key_that_only_reads_is_never_too_much(permissions: str) -> None:
    assert found("least-privilege", APPS, key(", app: nothing", permissions)) == []
    assert found("least-privilege", APPS, key("", permissions)) == []


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        (", app: silent", "silent"),
        (", app: [silent]", "app"),
        (", app: []", "app"),
        (", app: ", "app"),
        ("", "k"),
    ],
)
def test_a_key_that_cannot_be_judged_is_found_at_its_app(fields: str, place: str) -> None:
    manifest = key(fields)
    (finding,) = found("least-privilege", APPS, manifest)
    assert text_at(manifest, finding.location) == place
    assert finding.value == "needs"


def test_a_key_that_cannot_be_judged_is_a_warning_unless_the_policy_says_error() -> None:
    (warning,) = found("least-privilege", key(""))
    (error,) = found("least-privilege", key(""), policy=STRICT_NEEDS)
    assert (warning.severity, error.severity) == (Severity.WARNING, Severity.ERROR)
    lowered = "version: 1\nrules: {least-privilege: {severity: info, undeclared_needs: error}}\n"
    (info,) = found("least-privilege", key(""), policy=lowered)
    assert info.severity is Severity.INFO


def test_needs_can_be_left_unasked() -> None:
    policy = "version: 1\nrules: {least-privilege: {require_needs: false}}\n"
    assert found("least-privilege", APPS, key(""), policy=policy) == []
    assert found("least-privilege", APPS, key(", app: reads"), policy=policy) != []


def test_keys_of_an_app_with_an_error_cannot_be_judged() -> None:
    broken = "version: 1\napps:\n- {name: broken, needs: trade}\n- {name: reads, needs: []}\n"
    for app in ("broken", "[broken, reads]", "[reads, broken]"):
        findings = found("least-privilege", broken, key(f", app: {app}"))
        told = [(finding.rule, finding.severity, finding.value) for finding in findings]
        assert told == [
            ("manifest-schema", Severity.ERROR, "invalid needs"),
            ("least-privilege", Severity.WARNING, "needs"),
        ]


def test_a_merged_permission_is_found_at_the_alias() -> None:
    manifest = (
        "version: 1\n"
        "x-both: &both [trade, withdraw]\n"
        "keys:\n"
        "- {label: k, account: main, permissions: *both}\n"
    )
    findings = found("withdraw-isolated", manifest)
    assert [text_at(manifest, f.location) for f in findings] == ["*both"]
    assert findings[0].location.line == 4


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("environment", ["live", "demo"])
@pytest.mark.parametrize("rule", ["least-privilege", "withdraw-isolated", "sub-account-withdraw"])
def test_every_current_key_is_judged(rule: str, status: str, environment: str) -> None:
    accounts = "version: 1\naccounts:\n- {name: main, type: sub}\n"
    manifest = key(f", status: {status}, environment: {environment}", "[trade, withdraw]")
    assert len(found(rule, accounts, manifest)) == (0 if status == "revoked" else 1)


# withdraw-isolated


@pytest.mark.parametrize(
    ("permissions", "count"),
    [
        ("[trade, withdraw]", 1),
        ("[withdraw, read_only, trade]", 1),
        ("[withdraw]", 0),
        ("[trade]", 0),
        ("[read_only]", 0),
    ],
)
def test_only_both_permissions_together_are_found(permissions: str, count: int) -> None:
    manifest = key("", permissions)
    findings = found("withdraw-isolated", manifest)
    assert [text_at(manifest, f.location) for f in findings] == ["trade"] * count
    assert [f.value for f in findings] == ["trade"] * count


# sub-account-withdraw


def test_only_the_declared_type_says_what_is_a_sub_account() -> None:
    manifest = key("", "[read_only, withdraw]")
    sub = "version: 1\naccounts:\n- {name: main, type: sub}\n"
    (finding,) = found("sub-account-withdraw", sub, manifest)
    assert text_at(manifest, finding.location) == "withdraw"
    assert finding.value == "withdraw"
    assert [text_at(sub, r.location) for r in finding.related] == ["sub"]
    for accounts in (
        "version: 1\naccounts:\n- {name: main, type: master}\n",
        "version: 1\naccounts:\n- {name: other, type: sub}\n",
        "version: 1\n",
    ):
        assert found("sub-account-withdraw", accounts, manifest) == []


# stale-needs

NEEDY = "version: 1\napps:\n- {name: a, needs: [read_only, withdraw, trade, trade]}\n"


@pytest.mark.parametrize(
    ("keys", "values"),
    [
        ([], []),
        ([("active", "[read_only]")], ["withdraw", "trade"]),
        ([("active", "[trade]")], ["withdraw"]),
        ([("active", "[trade]"), ("active", "[withdraw]")], []),
        ([("active", "[read_only]"), ("planned", "[trade, withdraw]")], ["withdraw", "trade"]),
        ([("active", "[trade]"), ("retired", "[withdraw]")], ["withdraw"]),
        ([("active", "[trade]"), ("compromised", "[withdraw]")], ["withdraw"]),
        ([("active", "[trade]"), ("revoked", "[withdraw]")], ["withdraw"]),
        ([("planned", "[read_only]"), ("retired", "[read_only]")], []),
        ([("compromised", "[read_only]"), ("revoked", "[read_only]")], []),
    ],
)
def test_needs_are_held_against_active_keys_alone(
    keys: list[tuple[str, str]], values: list[str]
) -> None:
    manifests = [
        key(f", app: [a, b], status: {status}", permissions).replace("label: k", f"label: k{n}")
        for n, (status, permissions) in enumerate(keys)
    ]
    findings = found("stale-needs", NEEDY, *manifests)
    assert [finding.value for finding in findings] == values


def test_a_stale_need_is_found_once_at_its_first_scalar() -> None:
    findings = found("stale-needs", NEEDY, key(", app: a, environment: demo", "[withdraw]"))
    (finding,) = findings
    assert finding.severity is Severity.WARNING
    assert finding.location == Location("a.yaml", 3, 42, 3, 47)
    assert (finding.app, finding.key, finding.account) == ("a", None, None)
    assert "its active key does not hold" in finding.message


def test_a_key_that_names_an_app_twice_is_one_key() -> None:
    (finding,) = found("stale-needs", NEEDY, key(", app: [a, a]"))
    assert "its active key does not hold" in finding.message


# master-no-trade

MASTER = """\
version: 1
accounts:
- {name: main, type: master}
- {name: second, type: master}
- {name: one, type: sub, parent: main}
- {name: two, type: sub, parent: main}
- {name: three, type: sub, parent: one}
- {name: orphan, type: sub}
"""


@pytest.mark.parametrize(
    ("account", "count"), [("main", 1), ("second", 0), ("one", 0), ("orphan", 0), ("nowhere", 0)]
)
def test_only_a_master_account_with_declared_sub_accounts_is_judged(
    account: str, count: int
) -> None:
    manifest = key("", "[read_only, trade]").replace("account: main", f"account: {account}")
    assert len(found("master-no-trade", MASTER, manifest)) == count


def test_an_undeclared_master_account_is_not_judged() -> None:
    accounts = "version: 1\naccounts:\n- {name: one, type: sub, parent: main}\n"
    assert found("master-no-trade", accounts, key("")) == []


def test_the_first_sub_account_stands_beside_a_master_key() -> None:
    manifest = key("", "[read_only, trade]")
    (finding,) = found("master-no-trade", manifest, MASTER)
    assert text_at(manifest, finding.location) == "trade"
    assert (finding.severity, finding.value) == (Severity.WARNING, "trade")
    assert "its 2 sub-accounts" in finding.message
    (related,) = finding.related
    assert (related.location.path, related.location.line) == ("b.yaml", 5)
    assert text_at(MASTER, related.location) == "main"


@pytest.mark.parametrize("status", STATUSES)
def test_master_keys_of_every_current_status_are_judged(status: str) -> None:
    count = 0 if status == "revoked" else 1
    assert len(found("master-no-trade", MASTER, key(f", status: {status}"))) == count


def test_master_keys_of_the_demo_or_without_trade_are_not_found() -> None:
    assert found("master-no-trade", MASTER, key(", environment: demo")) == []
    assert found("master-no-trade", MASTER, key("", "[read_only, withdraw]")) == []

"""The rules that compare with a base, at their boundaries."""

from __future__ import annotations

from typing import Any

import pytest

from okxlint.address import parse
from okxlint.documents.reader import read
from okxlint.documents.source import Source
from okxlint.engine import Context, Question, Verdict, judge
from okxlint.manifest import load
from okxlint.model import STATUSES
from okxlint.origin import Place
from okxlint.rule import Loosening, Run, load_rule, rule_ids
from okxlint.secrets.redact import Redactor
from okxlint.transition import outside
from tests.conftest import DAY, policy_of

GROUP = [rule_id for rule_id in rule_ids() if load_rule(rule_id).group == "transitions"]
KEYS = [rule_id for rule_id in GROUP if load_rule(rule_id).targets == ("key",)]
ACCOUNT = "accounts:\n  - {name: main, type: master}\n"


def judged(head: str, base: str | None, rule: str, policy: str = "", **known: Any) -> Verdict:
    """What one rule says of a manifest ``a.yaml`` and of its base."""
    file = read("a.yaml", f"version: 1\n{head}".encode())
    inventory, flaws = load([file])
    context = Context(**known)
    if base is not None:
        context = Context(load([read("a.yaml", f"version: 1\n{base}".encode())])[0], **known)
    asked = Question(DAY, select=frozenset({rule}))
    made = policy_of(f"version: 1\n{policy}")
    return judge(asked, made, [file], inventory, flaws, Redactor(()), context)


def found(head: str, base: str | None, rule: str, policy: str = "") -> list[str]:
    """Its findings, as ``line:column text severity value``; the first line is 2."""
    verdict = judged(head, base, rule, policy)
    assert verdict.unknown == ()
    lines = f"version: 1\n{head}".split("\n")
    told = []
    for each in verdict.findings:
        if each.rule == rule:
            path, line, column, last, end = each.location
            text = lines[line - 1][column - 1 : end - 1] if path == "a.yaml" else path
            assert line == last
            told.append(f"{line}:{column} {text} {each.severity.word} {each.value}")
    return told


def key(*fields: str, label: str = "bot-1", account: str = "main") -> str:
    """A manifest's text with one key, a field a line: those given are on line 5 and on."""
    lines = [f"  - label: {label}", f"    account: {account}", *(f"    {text}" for text in fields)]
    if not any("permissions:" in text for text in fields):
        lines.append("    permissions: [trade]")
    return "\n".join(["keys:", *lines, ""])


def app(*fields: str, name: str = "bot") -> str:
    """A manifest's text with one app; the fields given are on line 4 and on."""
    return "\n".join(["apps:", f"  - name: {name}", *(f"    {text}" for text in fields), ""])


# -- all of them -----------------------------------------------------------------------------------

WORSE = {
    "created-unchanged": (key("created: 2026-11-01"), key("created: 2026-10-01")),
    "environment-unchanged": (key("environment: demo"), key()),
    "ips-not-widened": (key(), key("ip_allowlist: [203.0.113.1]")),
    "keys-kept": (key(label="other"), key()),
    "needs-not-widened": (app("needs: [trade]"), app("needs: []")),
    "permissions-unchanged": (key("permissions: [trade, withdraw]"), key()),
}


def test_these_are_all_the_rules_that_need_a_base() -> None:
    assert sorted([*WORSE, "policy-not-weakened"]) == GROUP
    recommended = {rule: load_rule(rule).severities["recommended"].word for rule in GROUP}
    assert [rule for rule, word in recommended.items() if word == "warning"] == [
        "ips-not-widened",
        "needs-not-widened",
        "policy-not-weakened",
    ]
    strict = [load_rule(rule).severities["strict"].word for rule in GROUP]
    assert strict.count("error") == len(GROUP) - 1
    assert not any("essentials" in load_rule(rule).severities for rule in GROUP)


@pytest.mark.parametrize("rule", WORSE)
def test_without_a_base_nothing_is_found(rule: str) -> None:
    head, base = WORSE[rule]
    assert len(found(head, base, rule)) == 1
    assert found(head, None, rule) == []
    assert found(head, head, rule) == []
    assert found(head, "", rule) == []


@pytest.mark.parametrize("rule", WORSE)
def test_a_check_itself_finds_nothing_without_a_base(rule: str) -> None:
    inventory, _ = load([read("a.yaml", f"version: 1\n{WORSE[rule][0]}".encode())])
    known = load_rule(rule)
    run = Run(inventory, known.options(), DAY, DAY, policy_of("version: 1\n").setting, {})
    kinds: dict[str, Any] = {
        "key": inventory.keys,
        "app": inventory.apps,
        "account": inventory.all_accounts,
    }
    check: Any = known.check
    assert [[*check(each, run)] for each in kinds[known.targets[0]]] == [[]]


@pytest.mark.parametrize("rule", WORSE)
def test_a_waiver_holds_on_the_object_itself(rule: str) -> None:
    head, base = WORSE[rule]
    target = {"keys-kept": "account: main", "needs-not-widened": "app: bot"}
    stands = target.get(rule, "account: main, key: bot-1")
    policy = f"""\
waivers:
  granted:
    - {{{stands}, rule: {rule}, reason: r, approved_by: s@example.com, expires: 2026-12-31}}
"""
    assert found(head, base, rule, policy) == []
    (waived,) = judged(head, base, rule, policy).waived
    assert waived.rule == rule
    assert found(head, base, rule, policy.replace("12-31", "11-21")) != []


@pytest.mark.parametrize("rule", KEYS)
@pytest.mark.parametrize("status", STATUSES)
def test_a_key_is_looked_at_while_it_is_current(rule: str, status: str) -> None:
    head, base = WORSE[rule]
    head = head.replace("account: main", f"account: main\n    status: {status}")
    assert len(found(head, base, rule)) == (status != "revoked")
    # Whatever it was before: what was revoked and is back is the same key.
    for before in STATUSES:
        old = base.replace("account: main", f"account: main\n    status: {before}")
        assert len(found(head, old, rule)) == (status != "revoked")


@pytest.mark.parametrize("rule", KEYS)
def test_keys_of_another_label_or_account_are_not_compared(rule: str) -> None:
    head, base = WORSE[rule]
    assert found(head.replace("bot-1", "bot-2"), base, rule) == []
    assert found(head.replace("main", "other"), base, rule) == []


ID = "7a031a2b"
UUID = "0a0b0c0d-1111-2222-3333-44447a031a2b"


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("", "", True),
        (f"key_id: {ID}", "", True),
        ("", f"key_id: {ID}", True),
        (f"key_id: {ID}", f"key_id: {ID}", True),
        (f"key_id: {ID}", "key_id: 7a031a2c", False),
        (f"key_id: {ID}", "key_id: 1a2b", True),
        ("key_id: 1a2b", f"key_id: {ID}", True),
        (f"key_id: {ID}", "key_id: 1a2c", False),
        (f"key_id: {ID}", f"key_id: {UUID}", True),
        (f"key_id: {UUID}", f"key_id: {UUID.upper()}", True),
        (f"key_id: 4444{ID}", f"key_id: {UUID}", True),
        (f"key_id: 4443{ID}", f"key_id: {UUID}", False),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_a_key_is_another_one_if_both_created_and_key_id_differ(
    before: str, after: str, same: bool, swapped: bool
) -> None:
    if swapped:
        before, after = after, before
    rights = "permissions: [trade, withdraw]"
    old = key("created: 2026-10-01", before)
    assert bool(found(key(rights, "created: 2026-11-01", after), old, RIGHTS)) == same
    # One of the two alone makes no other key, and what is not said is no proof of one.
    assert found(key(rights, "created: 2026-10-01", after), old, RIGHTS)
    assert found(key(rights, after), old, RIGHTS)
    assert found(key(rights, "created: 2026-11-01", after), key(before), RIGHTS)
    # The old one must be kept then.
    gone = found(key(rights, "created: 2026-11-01", after), old, KEPT)
    assert bool(gone) != same


RIGHTS, KEPT, IPS = "permissions-unchanged", "keys-kept", "ips-not-widened"
CREATED, ENVIRONMENT, NEEDS = "created-unchanged", "environment-unchanged", "needs-not-widened"


def test_of_several_keys_of_one_label_the_current_one_is_compared() -> None:
    revoked = key("permissions: [withdraw]", "status: revoked")
    active = key("permissions: [trade]").removeprefix("keys:\n")
    head = key("permissions: [withdraw]")
    old = "read_only,trade -> read_only,withdraw"
    assert found(head, revoked + active, RIGHTS) == [
        f"5:5 permissions info {old}",
        f"5:19 withdraw error {old}",
    ]
    first = key("permissions: [trade]") + revoked.removeprefix("keys:\n")
    assert len(found(head, first, RIGHTS)) == 2
    assert found(head, revoked, RIGHTS) == []


def test_of_keys_of_one_label_the_one_that_is_not_made_anew_is_compared() -> None:
    one = key("permissions: [trade]", "created: 2026-10-01", "key_id: aaaaaaaa")
    other = key("permissions: [withdraw]", "created: 2026-09-01", "key_id: bbbbbbbb")
    both = one + other.removeprefix("keys:\n")
    assert found(both, both, RIGHTS) == []
    swapped = both.replace("[trade]", "[x]").replace("[withdraw]", "[trade]")
    assert len(found(swapped.replace("[x]", "[withdraw]"), both, RIGHTS)) == 4


# -- permissions-unchanged -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[trade]", "[trade]", []),
        ("[trade]", "[read_only, trade]", []),
        ("[read_only, trade]", "[trade, trade]", []),
        ("[read_only]", "[trade]", ["5:19 trade error read_only -> read_only,trade"]),
        (
            "[trade]",
            "[withdraw, trade]",
            ["5:19 withdraw error read_only,trade -> read_only,trade,withdraw"],
        ),
        (
            "[read_only]",
            "[trade, withdraw]",
            [
                "5:19 trade error read_only -> read_only,trade,withdraw",
                "5:26 withdraw error read_only -> read_only,trade,withdraw",
            ],
        ),
        (
            "[trade, withdraw]",
            "[read_only]",
            ["5:5 permissions info read_only,trade,withdraw -> read_only"],
        ),
        (
            "[trade]",
            "[withdraw]",
            [
                "5:5 permissions info read_only,trade -> read_only,withdraw",
                "5:19 withdraw error read_only,trade -> read_only,withdraw",
            ],
        ),
    ],
)
def test_permissions(old: str, new: str, expected: list[str]) -> None:
    head, base = key(f"permissions: {new}"), key(f"permissions: {old}")
    assert found(head, base, RIGHTS) == expected


def test_permissions_lost_are_told_in_one_sentence() -> None:
    head, base = key("permissions: [read_only]"), key("permissions: [trade, withdraw]")
    (finding,) = judged(head, base, RIGHTS).findings
    assert "loses trade and withdraw" in finding.message
    assert finding.help == "Edit the key on OKX too: a manifest changes nothing there."


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        # A list of a line each: the added scalar.
        ("permissions:\n      - trade\n      - withdraw", "7:9 withdraw"),
        # The place of use, wherever the text stands.
        ("permissions: *wide", "5:18 *wide"),
        ("permissions: [trade, *one]", "5:26 *one"),
        ("<<: *whole", "5:9 *whole"),
        ("<<: {permissions: [trade, withdraw]}", "5:31 withdraw"),
    ],
)
def test_permissions_by_anchor_alias_and_merge(head: str, expected: str) -> None:
    anchors = (
        "x-a:\n  - &wide [trade, withdraw]\n  - &one withdraw\n"
        "  - &whole {permissions: [trade, withdraw]}\n"
    )
    text = "keys:\n  - label: bot-1\n    account: main\n    " + head + "\n"
    value = "error read_only,trade -> read_only,trade,withdraw"
    line, _, rest = expected.partition(":")
    moved = f"{int(line) + 4}:{rest}"
    assert found(anchors + text, key(), RIGHTS) == [f"{moved} {value}"]


# -- ips-not-widened -------------------------------------------------------------------------------

EGRESS = (
    "apps:\n  - {name: bot, egress: [203.0.113.0/29]}\n  - {name: far, egress: [198.51.100.0/24]}\n"
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[203.0.113.1]", "[203.0.113.1]", []),
        ("[203.0.113.1]", "[203.0.113.1/32]", []),
        ("[203.0.113.1]", '["::ffff:203.0.113.1"]', []),
        ("[203.0.113.0/28]", "[203.0.113.15]", []),
        ("[203.0.113.0/28]", "[203.0.113.16]", ["203.0.113.16"]),
        ("[203.0.113.0/28]", "[203.0.113.0/27]", ["203.0.113.0/27"]),
        ("[203.0.113.0/29, 203.0.113.8/29]", "[203.0.113.0/28]", []),
        ("[203.0.113.8/29, 203.0.113.0/29]", "[203.0.113.0/28]", []),
        ("[203.0.113.0/29, 203.0.113.9]", "[203.0.113.0/28]", ["203.0.113.0/28"]),
        ("[203.0.113.0/28, 203.0.113.2]", "[203.0.113.14]", []),
        ("[203.0.113.1]", "[203.0.113.1, 203.0.113.2]", ["203.0.113.2"]),
        ("[203.0.113.1, 203.0.113.2]", "[203.0.113.1]", []),
        ("[203.0.113.1]", '["2001:db8::1"]', ["2001:db8::1"]),
        ('["2001:db8::/64"]', '["2001:db8::1"]', []),
        ('["2001:db8::/64"]', '["2001:db8:0:1::1"]', ["2001:db8:0:1::1"]),
        ('["::/0"]', "[203.0.113.1]", ["203.0.113.1"]),
        ("[0.0.0.0/0]", "[203.0.113.1, 198.51.100.0/24]", []),
        ("[203.0.113.1]", "[0.0.0.0/0]", ["0.0.0.0/0"]),
        ("[203.0.113.1]", "[203.0.113.0]", ["203.0.113.0"]),
    ],
)
def test_address_space_is_compared(old: str, new: str, expected: list[str]) -> None:
    head, base = key(f"ip_allowlist: {new}"), key(f"ip_allowlist: {old}")
    assert [each.split(" ", 1)[1] for each in found(head, base, IPS)] == [
        f"{text} warning {text}" if ":" not in text else f'"{text}" warning {text}'
        for text in expected
    ]


BOUND = "ip_allowlist: [198.51.100.7]"


@pytest.mark.parametrize(
    ("apps", "entry", "quiet"),
    [
        ("app: bot", "203.0.113.7", True),
        ("app: bot", "203.0.113.8", False),
        ("app: bot", "203.0.113.0/29", True),
        ("app: [bot, far]", "198.51.100.9", True),
        ("app: far", "203.0.113.7", False),
        ("", "203.0.113.7", False),
        ("app: nobody", "203.0.113.7", False),
    ],
)
def test_an_address_within_the_apps_egress_at_the_base_is_fine(
    apps: str, entry: str, quiet: bool
) -> None:
    base = EGRESS + key(BOUND, apps)
    wider = EGRESS.replace("203.0.113.0/29", "203.0.113.0/24")
    # What the egress is now, and which app the key names now, is the change's own word.
    for apps_now in (EGRESS, wider, ""):
        for app_now in (apps, "app: bot", ""):
            head = apps_now + key(f"ip_allowlist: [{entry}]", app_now)
            assert (found(head, base, IPS) == []) is quiet


def test_a_key_that_is_bound_to_nothing_any_more() -> None:
    assert found(key(), key(BOUND), IPS) == ["3:12 bot-1 warning none"]
    assert found(key("ip_allowlist: []"), key(BOUND), IPS) == ["5:5 ip_allowlist warning none"]
    assert found(key("ip_allowlist:"), key(BOUND), IPS) == ["5:5 ip_allowlist warning none"]
    assert found(key(), key(), IPS) == []
    assert found(key(BOUND), key(), IPS) == []


def test_a_key_that_is_handed_to_a_provider() -> None:
    third = "third_party: 3commas"
    assert found(key(BOUND, third), key(BOUND), IPS) == ["6:18 3commas warning none"]
    assert found(key(third), key(BOUND), IPS) == ["5:18 3commas warning none"]
    assert found(key(third), key(), IPS) == []
    assert found(key(BOUND, third), key(BOUND, third), IPS) == []
    assert found(key(BOUND), key(BOUND, third), IPS) == []
    # Which addresses a provider has, nobody here knows: none of them is known to be the same.
    assert found(key(BOUND), key(third), IPS) == ["5:20 198.51.100.7 warning 198.51.100.7"]
    assert found(key(third), key(BOUND, third), IPS) == ["3:12 bot-1 warning none"]


def test_addresses_by_alias() -> None:
    anchors = "x-a:\n  - &far 192.0.2.1\n  - &all [192.0.2.1, 192.0.2.2]\n"
    aliased = anchors + key("ip_allowlist: [198.51.100.7, *far]")
    assert found(aliased, key(BOUND), IPS) == ["8:34 *far warning 192.0.2.1"]
    whole = anchors + key("ip_allowlist: *all")
    assert found(whole, key(BOUND), IPS) == [
        "8:19 *all warning 192.0.2.1",
        "8:19 *all warning 192.0.2.2",
    ]


def test_address_space_put_together_is_as_entry_by_entry() -> None:
    texts = ["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "11.0.0.0", "9.255.255.255", "::/0", "::"]
    texts += ["::ffff:0:0/96", "0.0.0.0/0", "128.0.0.0/1", "0.0.0.0/1", "255.255.255.255", "::1"]
    entries = [parse(text) for text in texts]
    for first in entries:
        for second in entries:
            allowed = [first, second]
            expected = [n for n, each in enumerate(entries) if not each.within(allowed)]
            assert list(outside(entries, allowed)) == expected
    assert list(outside(entries, [])) == list(range(len(entries)))


# -- created-unchanged -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2026-10-01", "2026-10-01", None),
        ("2026-10-01", "2026-09-30", None),
        ("2026-10-01", "2026-10-02", "5:14 2026-10-02 error 2026-10-01 -> 2026-10-02"),
        ("2026-10-01", "2027-10-01", "5:14 2027-10-01 error 2026-10-01 -> 2027-10-01"),
        ("2026-10-01", "", "5:5 created error 2026-10-01 -> missing"),
        ("2026-10-01", "~", "5:14 ~ error 2026-10-01 -> missing"),
        ("", "2026-10-01", None),
    ],
)
def test_created(old: str, new: str, expected: str | None) -> None:
    head, base = key(f"created: {new}"), key(f"created: {old}")
    assert found(head, base, CREATED) == ([expected] if expected else [])


def test_created_that_is_gone_is_found_at_the_label() -> None:
    base = key("created: 2026-10-01")
    assert found(key(), base, CREATED) == ["3:12 bot-1 error 2026-10-01 -> missing"]
    merged = "x-a: &a {created: 2026-11-01}\n" + key("<<: *a")
    assert found(merged, base, CREATED) == ["6:9 *a error 2026-10-01 -> 2026-11-01"]


# -- environment-unchanged -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("environment: live", "environment: demo", "5:18 demo"),
        ("", "environment: demo", "5:18 demo"),
        ("environment: live", "", None),
        ("environment: demo", "environment: demo", None),
        ("environment: demo", "environment: live", None),
        ("environment: demo", "", None),
    ],
)
def test_environment(old: str, new: str, expected: str | None) -> None:
    told = [f"{expected} error live -> demo"] if expected else []
    assert found(key(new), key(old), ENVIRONMENT) == told


# -- keys-kept -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", STATUSES)
def test_a_current_key_is_kept_and_a_record_need_not_be(status: str) -> None:
    base = ACCOUNT + key(f"status: {status}")
    told = ["3:12 main error bot-1"] if status != "revoked" else []
    assert found(ACCOUNT + key(label="other"), base, KEPT) == told
    assert found(ACCOUNT, base, KEPT) == told


@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("after", STATUSES)
def test_what_was_on_okx_is_not_planned_again(before: str, after: str) -> None:
    head, base = key(f"status: {after}"), key(f"status: {before}")
    lost = after == "planned" and before not in ("planned", "revoked")
    assert found(head, base, KEPT) == (["5:13 planned error bot-1"] if lost else [])


def test_a_plan_beside_the_key_is_fine() -> None:
    both = key("status: planned") + key("status: active").removeprefix("keys:\n")
    assert found(both, key(), KEPT) == []


def test_a_key_is_renamed_or_moved() -> None:
    assert found(ACCOUNT + key(label="bot-2"), ACCOUNT + key(), KEPT) == ["3:12 main error bot-1"]
    other = "accounts:\n  - {name: other, type: master}\n"
    moved = found(ACCOUNT + other[10:] + key(account="other"), ACCOUNT + key(), KEPT)
    assert moved == ["3:12 main error bot-1"]
    assert found(ACCOUNT + key(account="other") + "# moved\n", ACCOUNT + key(), KEPT) == moved


def test_without_the_account_it_is_at_a_key_or_the_policy_or_nowhere() -> None:
    two = key() + key(label="bot-0").removeprefix("keys:\n")
    assert found(key(label="bot-0"), two, KEPT) == ["3:12 bot-0 error bot-1"]
    assert found(key(account="other"), key(), KEPT) == ["1:1 okxlint.yaml error bot-1"]
    assert found("", two, KEPT) == [
        "1:1 okxlint.yaml error bot-0",
        "1:1 okxlint.yaml error bot-1",
    ]


def test_it_tells_in_which_file_it_was() -> None:
    (finding,) = judged(ACCOUNT, ACCOUNT + key(), KEPT).findings
    (related,) = finding.related
    assert (related.location.path, related.location.line) == ("a.yaml", 1)
    assert related.message == "at the base it is here, on line 5"
    assert finding.account == "main"
    assert (finding.key, finding.app) == (None, None)


def test_a_key_made_anew_is_another_one() -> None:
    old = ("created: 2026-10-01", "key_id: aaaaaaaa")
    new = ("created: 2026-11-01", "key_id: bbbbbbbb")
    assert found(key(*new), key(*old), KEPT) == ["6:13 bbbbbbbb error bot-1"]
    (finding,) = judged(key(*new), key(*old), KEPT).findings
    assert "what has its name now was made anew" in finding.message
    assert "Keep the old key beside the new one" in finding.help
    record = key(*old, "status: revoked").removeprefix("keys:\n")
    assert found(key(*new) + record, key(*old), KEPT) == []
    # The record of an older key is not the key.
    older = key("created: 2026-09-01", "key_id: cccccccc", "status: revoked")
    base = older + key(*old).removeprefix("keys:\n")
    assert found(older, base, KEPT) == ["6:13 cccccccc error bot-1"]


BROKEN = "keys:\n  - {label: bot-1, account: main, permissions: [everything]}\n"


def test_a_key_with_a_schema_error_is_declared_on_both_sides() -> None:
    assert found(BROKEN, key(), KEPT) == []
    assert found(BROKEN.replace("label", "status: revoked, label"), key(), KEPT) == []
    assert found(key(), BROKEN, KEPT) == []
    assert found(BROKEN, BROKEN, KEPT) == []
    # An account that only such a key names has lost it, too.
    assert found(ACCOUNT, BROKEN, KEPT) == ["3:12 main error bot-1"]
    assert found("", BROKEN, KEPT) == ["1:1 okxlint.yaml error bot-1"]
    assert found("", BROKEN.replace("label", "status: revoked, label"), KEPT) == []
    for nameless in ("account: main, ", "label: bot-1, "):
        assert found("", BROKEN.replace(nameless, ""), KEPT) == []


@pytest.mark.parametrize("rule", KEYS)
def test_a_key_with_a_schema_error_is_compared_with_none(rule: str) -> None:
    head, base = WORSE[rule]
    wrong = "account: main\n    colour: red"
    assert found(head.replace("account: main", wrong), base, rule) == []
    assert found(head, base.replace("account: main", wrong), rule) == []


def test_two_keys_of_one_label_are_told_of_once() -> None:
    two = key() + key().removeprefix("keys:\n")
    assert found(ACCOUNT, two, KEPT) == ["3:12 main error bot-1"]
    assert found(ACCOUNT, two + BROKEN.removeprefix("keys:\n"), KEPT) == ["3:12 main error bot-1"]


# -- needs-not-widened -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("needs: [trade]", "needs: [trade]", []),
        ("needs: [trade]", "needs: [read_only, trade]", []),
        ("needs: [trade]", "needs: [trade, withdraw]", ["4:20 withdraw warning withdraw"]),
        ("needs: [trade, withdraw]", "needs: [read_only]", []),
        ("needs: []", "needs: [read_only]", []),
        ("needs: []", "needs: [trade]", ["4:13 trade warning trade"]),
        ("", "needs: [trade]", ["4:13 trade warning trade"]),
        ("", "needs: [read_only]", []),
        ("needs: [trade]", "needs: []", []),
        ("needs: [trade]", "", ["3:11 bot warning any needs"]),
        ("needs: []", "needs:", ["4:5 needs warning any needs"]),
        ("egress: [203.0.113.0/29]", "egress: [203.0.113.7]", []),
        (
            "egress: [203.0.113.0/29]",
            "egress: [203.0.113.1, 203.0.113.8]",
            ["4:27 203.0.113.8 warning 203.0.113.8"],
        ),
        ("egress: [203.0.113.0/29, 203.0.113.8/29]", "egress: [203.0.113.0/28]", []),
        (
            "egress: [203.0.113.0/29]",
            "egress: [203.0.113.0/28]",
            ["4:14 203.0.113.0/28 warning 203.0.113.0/28"],
        ),
        ("", "egress: [203.0.113.0/24]", []),
        ("egress: [203.0.113.0/24]", "", ["3:11 bot warning any egress"]),
        ("egress: [203.0.113.0/24]", "egress: []", ["4:5 egress warning any egress"]),
    ],
)
def test_needs_and_egress(old: str, new: str, expected: list[str]) -> None:
    assert found(app(new), app(old), NEEDS) == expected


def test_needs_by_alias() -> None:
    anchors = "x-a: &all [trade, withdraw]\n"
    head = anchors + app("needs: *all")
    assert found(head, app("needs: [trade]"), NEEDS) == ["5:12 *all warning withdraw"]


def test_a_new_or_renamed_app_is_compared_with_none() -> None:
    wide = app("needs: [withdraw]", "egress: [0.0.0.0/0]", name="other")
    assert found(wide, app("needs: []"), NEEDS) == []
    broken = app("needs: []", "colour: red")
    assert found(app("needs: [withdraw]"), broken, NEEDS) == []
    # The keys are still held to the app that they named.
    base = app("egress: [203.0.113.1]") + key(BOUND, "app: bot")
    head = wide + key("ip_allowlist: [192.0.2.1]", "app: other")
    assert len(found(head, base, IPS)) == 1


# -- policy-not-weakened ---------------------------------------------------------------------------


def test_what_loosened_is_told_where_it_is_said() -> None:
    source = Source("okxlint.yaml", "version: 1\nrules:\n  no-withdraw: off\n")
    weaker = Loosening("no-withdraw severity error -> off", Place(source, 33, 36))
    rule = "policy-not-weakened"
    (finding,) = judged("", "", rule, loosened=[weaker]).findings
    assert finding.location[:3] == ("okxlint.yaml", 3, 16)
    assert finding.value == weaker.value
    assert finding.message == f"the policy is looser than the base's: {weaker.value}"
    assert (finding.account, finding.key, finding.app) == (None, None, None)
    assert judged("", None, rule, loosened=[weaker]).findings == ()

"""Documents to inventory: what a manifest may say, and every error of form at its exact place."""

from __future__ import annotations

from datetime import date

import pytest

from okxlint.documents.reader import read
from okxlint.documents.scalars import Plain, typed
from okxlint.inventory import Inventory, Key
from okxlint.manifest import Flaw, is_manifest, load
from okxlint.model import Severity
from tests.conftest import verdict_of

KEY = "{label: a, account: main, permissions: [trade]%s}"
RULES = "version: 1\nextends: []\nrules: {no-withdraw: error}\n"


def loaded(*texts: str) -> tuple[Inventory, list[Flaw]]:
    return load(read(f"{chr(ord('a') + n)}.yaml", text.encode()) for n, text in enumerate(texts))


def inventory(*texts: str) -> Inventory:
    found, flaws = loaded(*texts)
    assert [flaw for flaw in flaws if flaw.at_most is Severity.ERROR] == []
    return found


def key(fields: str) -> Key:
    """The one key of a manifest with these fields besides those that a key must have."""
    (only,) = inventory("version: 1\nkeys:\n  - " + KEY % (", " + fields if fields else "")).keys
    return only


def wrong(text: str) -> list[tuple[str, str]]:
    """Each error of form, as its value and the text that it points at."""
    _, flaws = loaded(text)
    assert {flaw.rule for flaw in flaws} <= {"manifest-schema"}
    return [
        (flaw.value, flaw.place.source.text[flaw.place.start : flaw.place.end]) for flaw in flaws
    ]


def wrong_key(fields: str) -> list[tuple[str, str]]:
    return wrong("version: 1\nkeys:\n  - " + KEY % (", " + fields))


def message(text: str) -> str:
    _, (flaw,) = loaded(text)
    return flaw.message


# -- what is right ---------------------------------------------------------------------------------


def test_a_key_needs_three_lines() -> None:
    plain = key("")
    assert (plain.label, plain.account, plain.permissions) == ("a", "main", ("trade",))
    assert (plain.environment, plain.status, plain.app, plain.waivers) == ("live", "active", (), ())
    assert plain.rights == {"read_only", "trade"}
    assert plain.rights_text == "read_only,trade"
    assert (plain.created, plain.metadata, plain.owner, plain.key_id) == (None, None, None, None)


def test_every_field_is_read() -> None:
    found = inventory("""\
version: 1
accounts:
  - {name: main, type: master, uid: 44705892343619584, site: eea}
  - {name: sub01, type: sub, parent: main}
apps:
  - name: bot
    owner: desk
    purpose: x
    needs: [read_only, trade]
    egress: [203.0.113.0/28, "2001:db8::/32"]
    status: retired
keys:
  - label: a
    account: main
    app: [bot, other]
    permissions: [withdraw, read_only]
    ip_allowlist: [203.0.113.7]
    created: 2026-10-01
    last_reviewed: 2026-11-01
    last_used: 2026-11-20
    expires: 9999-12-31
    environment: demo
    status: planned
    status_since: 0001-01-01
    key_id: 7a031a2b
    third_party: 3commas
    replaces: b
    secret_ref: vault://a/b
    owner: me
    purpose: y
    metadata: {ticket: SEC-1, n: 1, q: "1", l: [~, true]}
    waivers:
      - {rule: max-age, reason: r, granted: 2026-10-01, expires: 2026-12-31, value: v}
""")
    main, sub = found.accounts
    assert (main.name, main.type, main.uid, main.site) == (
        "main",
        "master",
        "44705892343619584",
        "eea",
    )
    assert (sub.type, sub.parent) == ("sub", "main")
    (app,) = found.apps
    assert (app.owner, app.purpose, app.needs, app.status) == (
        "desk",
        "x",
        ("read_only", "trade"),
        "retired",
    )
    assert [entry.text for entry in app.egress] == ["203.0.113.0/28", "2001:db8::/32"]
    (found_key,) = found.keys
    assert found_key.app == ("bot", "other")
    assert found_key.permissions == ("withdraw", "read_only")
    assert found_key.created == date(2026, 10, 1)
    assert (found_key.expires, found_key.status_since) == (date.max, date.min)
    assert (found_key.environment, found_key.status) == ("demo", "planned")
    assert (found_key.key_id, found_key.third_party, found_key.replaces) == (
        "7a031a2b",
        "3commas",
        "b",
    )
    assert typed(found_key.metadata) == {"ticket": "SEC-1", "n": 1, "q": "1", "l": [None, True]}
    (waiver,) = found_key.waivers
    assert (waiver.rule, waiver.value, waiver.granted) == ("max-age", "v", date(2026, 10, 1))
    assert waiver.origin.at("rule").location.line == 33


@pytest.mark.parametrize(
    ("fields", "name", "expected"),
    [
        ("key_id: 0012", "key_id", "0012"),
        ("key_id: 1234e567", "key_id", "1234e567"),
        ("owner: no", "owner", "no"),
        ("owner: 44670589234361958", "owner", "44670589234361958"),
        ("owner: 1.50", "owner", "1.50"),
        ("owner: true", "owner", "true"),
        ("purpose: 2026-10-01", "purpose", "2026-10-01"),
        ("replaces: 0x1F", "replaces", "0x1F"),
        ("third_party: 3commas", "third_party", "3commas"),
        ("app: 7", "app", ("7",)),
        ("app: [007, on]", "app", ("007", "on")),
        ("owner: 'null'", "owner", "null"),
        ("owner: ''", "owner", ""),
        ("owner: !!str 1", "owner", "1"),
    ],
)
def test_a_text_field_takes_a_scalar_as_it_is_written(
    fields: str, name: str, expected: object
) -> None:
    assert getattr(key(fields), name) == expected


def test_labels_and_names_too() -> None:
    found = inventory("""\
version: 1
accounts: [{name: 1, type: master, uid: 007}]
apps: [{name: no}]
keys: [{label: no, account: 1, permissions: [trade]}]
""")
    assert (found.accounts[0].name, found.accounts[0].uid) == ("1", "007")
    assert found.apps[0].name == found.keys[0].label == "no"


OPTIONAL = (
    *("app", "ip_allowlist", "created", "last_reviewed", "last_used", "expires", "environment"),
    *("status", "status_since", "key_id", "third_party", "replaces", "secret_ref", "owner"),
    *("purpose", "metadata", "waivers"),
)


@pytest.mark.parametrize(
    ("name", "nothing"),
    [
        *((name, nothing) for name in OPTIONAL for nothing in ("", "~", "null", "!!null ", "&x ")),
        *((name, "[]") for name in ("app", "ip_allowlist", "waivers")),
        *((name, "[~]") for name in ("app", "ip_allowlist", "waivers")),
    ],
)  # fmt: skip
def test_a_null_or_an_empty_list_is_as_if_absent(name: str, nothing: str) -> None:
    assert getattr(key(f"{name}: {nothing}"), name) == getattr(key(""), name)


@pytest.mark.parametrize(
    ("written", "needs"),
    [("", None), ("~", None), ("[]", ()), ("[~]", ()), ("[trade]", ("trade",))],
)
def test_of_an_app_the_empty_list_of_needs_says_something(
    written: str, needs: tuple[str, ...] | None
) -> None:
    (app,) = inventory(f"version: 1\napps: [{{name: a, needs: {written}}}]").apps
    assert app.needs == needs


def test_nulls_in_lists_and_waivers_are_as_if_absent() -> None:
    found = key("ip_allowlist: [~, 203.0.113.7, ], app: [~, a], waivers: [~, {rule: x, value: ~}]")
    assert [entry.text for entry in found.ip_allowlist] == ["203.0.113.7"]
    assert found.app == ("a",)
    assert [(waiver.rule, waiver.value) for waiver in found.waivers] == [("x", None)]
    assert inventory("version: 1\nkeys: [~]\napps:\naccounts: ~").keys == ()


def test_nulls_that_are_not_written_as_such_keep_items_and_places_together() -> None:
    found = key("app: [!!str null, '~', !!null null, &n ~, *n, b]")
    assert found.app == ("null", "~", "b")
    place = found.origin.at("app", 2)
    assert place.source.text[place.start : place.end] == "b"


def test_top_level_names_that_begin_with_x_are_free() -> None:
    found = inventory("version: 1\nx-a: {b: &k {label: a, account: main, permissions: [trade]}}\n"
                      "x-: ~\nkeys: [*k]")  # fmt: skip
    assert [item.label for item in found.keys] == ["a"]


@pytest.mark.parametrize(
    "text",
    ["version: 1", "version: '1'", "version: 1\nkeys:", "---\nversion: 1\n---\n---\nversion: 1\n"],
)
def test_a_manifest_without_keys(text: str) -> None:
    assert inventory(text).keys == ()
    assert is_manifest(read("a.yaml", text.encode()))


@pytest.mark.parametrize("text", ["", "# later", "---", "~", "--- # a\n---\n"])
def test_a_file_that_holds_no_manifest(text: str) -> None:
    assert inventory(text) == Inventory()
    assert not is_manifest(read("a.yaml", text.encode()))


def test_a_file_that_cannot_be_read_is_one() -> None:
    assert is_manifest(read("a.yaml", b"\xff"))


def test_all_documents_and_files_are_one_inventory() -> None:
    one = "version: 1\nkeys: [{label: a, account: m, permissions: [trade]}]\n"
    two = "version: 1\nkeys: [{label: b, account: m, permissions: [trade]}]\n"
    found = inventory(one + "---\n" + two, two)
    assert [(item.label, item.order) for item in found.keys] == [
        ("a", ("a.yaml", 18)),
        ("b", ("a.yaml", 86)),
        ("b", ("b.yaml", 18)),
    ]


# -- what is wrong, and where ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n- b", [("not a mapping", "-")]),
        ("[a]", [("not a mapping", "[")]),
        ("word", [("not a mapping", "word")]),
        ("keys: []", [("missing version", "keys")]),
        ("x-a: b\nkeys: []", [("missing version", "x-a")]),
        ("version:\nkeys: []", [("missing version", "version")]),
        ("{}", [("missing version", "{")]),
        ("version: 2", [("unknown version", "2")]),
        ("version: 1.0", [("unknown version", "1.0")]),
        ("version: one", [("unknown version", "one")]),
        ("version: [1]", [("unknown version", "version")]),
        ("version: 2\nkeys: 1\nfoo: 2", [("unknown version", "2")]),
        ("version: 1\nfoo: bar", [("unknown field", "foo")]),
        ("version: 1\nfoo:", [("unknown field", "foo")]),
        ("version: 1\n'key s': []", [("unknown field", "'key s'")]),
        ("version: 1\nx_a: 1", [("unknown field", "x_a")]),
        ("version: 1\nkeys: a", [("not a list", "keys")]),
        ("version: 1\nkeys: {a: b}", [("not a list", "keys")]),
        ("version: 1\nkeys: [a]", [("not a mapping", "a")]),
        ("version: 1\nkeys: [[a]]", [("not a mapping", "[")]),
        ("version: 1\naccounts: [a]\napps: b", [("not a mapping", "a"), ("not a list", "apps")]),
        ("version: 1\nx-a: &a {foo: 1}\n<<: *a", [("unknown field", "*a")]),
    ],
)
def test_errors_of_the_document(text: str, expected: list[tuple[str, str]]) -> None:
    assert wrong(text) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("keys: [{label: a}]", [("missing account", "a"), ("missing permissions", "a")]),
        ("keys: [{account: b, label: a}]", [("missing permissions", "a")]),
        ("keys: [{account: b}]",
         [("missing label", "account"), ("missing permissions", "account")]),
        ("keys: [{}]", [(f"missing {name}", "{") for name in ("label", "account", "permissions")]),
        ("keys: [{label: a, account: b, permissions: }]",
         [("missing permissions", "permissions")]),
        ("keys: [{label: a, account: b, permissions: []}]",
         [("missing permissions", "permissions")]),
        ("keys: [{label: a, account: ~, permissions: [trade]}]", [("missing account", "~")]),
        ("keys: [{label: [a], permissions: [trade]}]",
         [("invalid label", "label"), ("missing account", "label")]),
        ("accounts: [{name: a}]", [("missing type", "a")]),
        ("accounts: [{type: sub}]", [("missing name", "type")]),
        ("apps: [{owner: a}]", [("missing name", "owner")]),
        ("apps: [{name: a, waivers: [{reason: b, expires: 2026-10-01}]}]",
         [("missing rule", "reason")]),
        ("apps: [{name: a, waivers: [{}]}]", [("missing rule", "{")]),
    ],
)  # fmt: skip
def test_a_missing_field(item: str, expected: list[tuple[str, str]]) -> None:
    assert wrong(f"version: 1\n{item}") == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("foo: bar", ("unknown field", "foo")),
        ("foo: ", ("unknown field", "foo")),
        ("foo: []", ("unknown field", "foo")),
        ("'ip list': 1", ("unknown field", "'ip list'")),
        ("origin: x", ("unknown field", "origin")),
        ("needs: [trade]", ("unknown field", "needs")),
        ("created: 2026-13-01", ("invalid created", "2026-13-01")),
        ("created: '2026-10-1'", ("invalid created", "'2026-10-1'")),
        ("created: [2026-10-01]", ("invalid created", "created")),
        ("created: {a: 1}", ("invalid created", "created")),
        ("created: 20261001", ("invalid created", "20261001")),
        ("created: ٢٠٢٦-10-01", ("invalid created", "٢٠٢٦-10-01")),
        ("created: 2026-10-01T00:00:00Z", ("invalid created", "2026-10-01T00:00:00Z")),
        ("created: 0000-01-01", ("invalid created", "0000-01-01")),
        ("created: ''", ("invalid created", "''")),
        ("environment: prod", ("invalid environment", "prod")),
        ("environment: [live]", ("invalid environment", "environment")),
        ("status: ''", ("invalid status", "''")),
        ("key_id: 12", ("invalid key_id", "12")),
        ("key_id: 7a031a2b7a031", ("invalid key_id", "7a031a2b7a031")),
        ("key_id: xyz1", ("invalid key_id", "xyz1")),
        ("key_id: {a: b}", ("invalid key_id", "key_id")),
        ("owner: [a]", ("invalid owner", "owner")),
        ("owner: {a: b}", ("invalid owner", "owner")),
        ("app: ''", ("invalid app", "''")),
        ("app: [a, '']", ("invalid app", "''")),
        ("app: {a: b}", ("invalid app", "app")),
        ("app: [a, [b]]", ("invalid app", "[")),
        ("ip_allowlist: 203.0.113.7", ("invalid ip_allowlist", "ip_allowlist")),
        ("ip_allowlist: {a: b}", ("invalid ip_allowlist", "ip_allowlist")),
        ("ip_allowlist: [~, 203.0.113.7/24]", ("invalid ip_allowlist", "203.0.113.7/24")),
        ("ip_allowlist: [{a: b}]", ("invalid ip_allowlist", "{")),
        ("metadata: a", ("invalid metadata", "metadata")),
        ("metadata: [a]", ("invalid metadata", "metadata")),
        ("waivers: a", ("invalid waivers", "waivers")),
        ("waivers: {rule: a}", ("invalid waivers", "waivers")),
        ("waivers: [a]", ("invalid waivers", "a")),
        ("waivers: [{rule: ''}]", ("invalid rule", "''")),
        ("waivers: [{rule: [a]}]", ("invalid rule", "rule")),
        ("waivers: [~, {rule: a, expires: soon}]", ("invalid expires", "soon")),
        ("waivers: [{rule: a, until: b}]", ("unknown field", "until")),
        ("waivers: [{rule: a, until: }]", ("unknown field", "until")),
    ],
)
def test_a_field_that_is_wrong(fields: str, expected: tuple[str, str]) -> None:
    assert wrong_key(fields) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("keys: [{label: '', account: a, permissions: [trade]}]", ("invalid label", "''")),
        ("keys: [{label: %s, account: a, permissions: [trade]}]" % ("é" * 51),
         ("invalid label", "é" * 51)),
        ("keys: [{label: a, account: '', permissions: [trade]}]", ("invalid account", "''")),
        ("keys: [{label: a, account: b, permissions: trade}]",
         ("invalid permissions", "permissions")),
        ("keys: [{label: a, account: b, permissions: [trade, read]}]",
         ("invalid permissions", "read")),
        ("keys: [{label: a, account: b, permissions: [[trade]]}]", ("invalid permissions", "[")),
        ("accounts: [{name: a, type: main}]", ("invalid type", "main")),
        ("accounts: [{name: a, type: sub, site: us-east}]", ("invalid site", "us-east")),
        ("apps: [{name: a, needs: trade}]", ("invalid needs", "needs")),
        ("apps: [{name: a, egress: [a]}]", ("invalid egress", "a")),
        ("apps: [{name: a, status: planned}]", ("invalid status", "planned")),
    ],
)  # fmt: skip
def test_a_value_that_is_wrong(text: str, expected: tuple[str, str]) -> None:
    assert wrong(f"version: 1\n{text}") == [expected]


def test_a_label_has_up_to_50_characters() -> None:
    label = "😁" * 50
    found = inventory(f"version: 1\nkeys: [{{label: {label}, account: a, permissions: [trade]}}]")
    assert found.keys[0].label == label


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x-l: &l [a]\nkeys: [{label: k, account: b, permissions: [trade], owner: *l}]", "*l"),
        ("x-l: &l a\nkeys: [{label: k, account: b, permissions: *l}]", "*l"),
        ("x-l: &l [read]\nkeys: [{label: k, account: b, permissions: *l}]", "*l"),
        ("x-l: &l read\nkeys: [{label: k, account: b, permissions: [*l]}]", "*l"),
        ("x-l: &l {owner: [a]}\nkeys: [{<<: *l, label: k, account: b, permissions: [trade]}]",
         "*l"),
        ("x-l: &l {foo: a}\nkeys: [{<<: *l, label: k, account: b, permissions: [trade]}]", "*l"),
        ("x-l: &l b\nkeys: [{label: k, account: b, permissions: [trade], foo: *l}]", "foo"),
        ("x-l: &l {label: k, account: b}\nkeys: [*l]", "*l"),
        ("x-l: &l [{label: k, account: b}]\nkeys: *l", "*l"),
        ("x-l: &l [a]\nkeys: *l", "*l"),
        ("x-l: &l a\nkeys: [*l]", "*l"),
        ("x-l: &l {a: b}\nkeys: *l", "*l"),
        ("x-l: &l [{rule: }]\napps: [{name: k, waivers: *l}]", "*l"),
    ],
)  # fmt: skip
def test_what_is_wrong_behind_an_alias_is_told_at_the_place_of_use(
    text: str, expected: str
) -> None:
    assert [shown for _, shown in wrong(f"version: 1\n{text}")] == [expected]


def test_whole_objects_may_stand_behind_aliases() -> None:
    found = inventory("version: 1\nx-k: &k {label: a, account: b, permissions: [trade]}\n"
                      "x-all: &all [*k, {label: c, account: b, permissions: [withdraw]}]\n"
                      "keys: *all\n---\nversion: 1\n")  # fmt: skip
    assert [item.label for item in found.keys] == ["a", "c"]
    places = {item.origin.at("permissions", 0) for item in found.keys}
    assert [place.source.text[place.start : place.end] for place in places] == ["*all"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kyes: []", "'kyes' is no field of a manifest; did you mean 'keys'?"),
        ("zebra: []", "'zebra' is no field of a manifest"),
        ("keys: [{label: a, account: b, permissions: [trade], ip_alowlist: []}]",
         "'ip_alowlist' is no field of a key; did you mean 'ip_allowlist'?"),
        ("accounts: [{name: a, type: sub, Parent: b}]",
         "'Parent' is no field of an account; did you mean 'parent'?"),
        ("apps: [{name: a, egres: []}]", "'egres' is no field of an app; did you mean 'egress'?"),
        ("apps: [{name: a, waivers: [{rule: b, approved-by: c}]}]",
         "'approved-by' is no field of a waiver; did you mean 'approved_by'?"),
        ("keys: [{label: a, account: b, permissions: [read]}]",
         "this is no value of 'permissions'; did you mean 'read_only'?"),
        ("keys: [{label: a, account: b, permissions: [Trade]}]",
         "this is no value of 'permissions'; did you mean 'trade'?"),
        ("accounts: [{name: a, type: zebra}]", "this is no value of 'type'"),
        ("apps: [{name: a, egress: [203.0.113.7/24]}]",
         "'egress': is a network with host bits set; did you mean '203.0.113.0/24'?"),
        ("apps: [{name: a, egress: [x]}]", "'egress': is no IPv4 or IPv6 address or CIDR network"),
        ("apps: [{name: a, owner: [x]}]", "'owner': this is text, not a list or a mapping"),
        ("apps: [{name: a, needs: x}]",
         "'needs': this is a list: [one, two], or items that begin with '- '"),
        ("apps: [{name: a, waivers: [x]}]", "'waivers': this is a mapping of names to values"),
        ("apps: [{name: ''}]", "'name': this is empty"),
        ("keys: [{label: %s, account: b, permissions: [trade]}]" % ("1" * 51),
         "'label': this has more characters than the 50 that OKX allows"),
        ("keys: [{label: a, account: b, permissions: [trade], created: 2026-02-30}]",
         "'created': there is no such day in the calendar"),
        ("keys: [{label: a, account: b, permissions: [trade], created: today}]",
         "'created': a date is written YYYY-MM-DD, for example 2026-10-01"),
        ("keys: [{label: a, account: b, permissions: [trade], key_id: 1}]",
         "'key_id': a key_id is the last 4 to 12 hex digits of the OKX key id, or the whole UUID"),
        ("apps: [{owner: x}]", "an app needs 'name'"),
        ("keys: [{label: a, permissions: [trade]}]", "a key needs 'account'"),
        ("apps: [{name: a, waivers: [{value: x}]}]", "a waiver needs 'rule'"),
    ],
)  # fmt: skip
def test_a_message_says_what_is_wrong_and_what_was_meant(text: str, words: str) -> None:
    assert message(f"version: 1\n{text}") == words


def test_an_address_that_yaml_took_for_a_mapping_is_told_so() -> None:
    _, (flaw,) = loaded("""\
version: 1
keys:
  - label: a
    account: b
    permissions: [trade]
    ip_allowlist:
      - 2001:db8::
""")
    assert flaw.help == "Put an address that ends with ':' in quotes: \"2001:db8::\"."
    assert flaw.place.location[1:3] == (7, 9)


def test_every_problem_of_a_file_is_told_in_one_run_and_hides_no_other() -> None:
    text = """\
version: 1
foo: 1
accounts:
  - {name: main, type: x, site: y}
  - {name: sub, type: sub}
apps: a
keys:
  - {label: a, permissions: [trade, b, c], created: d, e: f}
  - {label: b, account: main, permissions: [withdraw]}
  - 7
  - {label: c, account: main, permissions: [trade], permissions: []}
---
version: 3
---
version: 1
keys: [{label: d, account: main, permissions: [withdraw]}]
---
"""
    verdict = verdict_of(text, policy=RULES)
    assert [(f.rule, f.location.line, f.location.column, f.value) for f in verdict.findings] == [
        ("manifest-schema", 2, 1, "unknown field"),
        ("manifest-schema", 4, 24, "invalid type"),
        ("manifest-schema", 4, 33, "invalid site"),
        ("manifest-schema", 6, 1, "not a list"),
        ("manifest-schema", 8, 13, "missing account"),
        ("manifest-schema", 8, 37, "invalid permissions"),
        ("manifest-schema", 8, 40, "invalid permissions"),
        ("manifest-schema", 8, 53, "invalid created"),
        ("manifest-schema", 8, 56, "unknown field"),
        ("no-withdraw", 9, 45, "withdraw"),
        ("manifest-schema", 10, 5, "not a mapping"),
        ("yaml-syntax", 11, 53, "duplicate key"),
        ("manifest-schema", 13, 10, "unknown version"),
        ("no-withdraw", 16, 48, "withdraw"),
    ]


def test_an_error_of_a_key_names_it() -> None:
    _, flaws = loaded("version: 1\nkeys: [{label: a, account: b}]\napps: [{name: c, x: y}]\n"
                      "accounts: [{name: d}]")  # fmt: skip
    assert [(flaw.account, flaw.key, flaw.app) for flaw in flaws] == [
        ("d", None, None),
        (None, None, "c"),
        ("b", "a", None),
    ]


# -- names -----------------------------------------------------------------------------------------


def test_a_second_account_or_app_of_one_name_is_told_and_the_first_holds() -> None:
    one = "version: 1\naccounts: [{name: m, type: master}]\napps: [{name: a, owner: x}]\n"
    two = "version: 1\napps:\n  - {name: a, owner: y}\naccounts:\n  - {type: sub, name: m}\n"
    found, flaws = loaded(one, two)
    assert [(account.name, account.type) for account in found.accounts] == [("m", "master")]
    assert [(app.name, app.owner) for app in found.apps] == [("a", "x")]
    assert [(flaw.value, flaw.place.location, flaw.account, flaw.app) for flaw in flaws] == [
        ("second account", ("b.yaml", 5, 23, 5, 24), "m", None),
        ("second app", ("b.yaml", 3, 12, 3, 13), None, "a"),
    ]
    assert flaws[0].message == (
        "the account 'm' is declared already in a.yaml, line 2; the first one holds"
    )


def test_an_account_and_an_app_may_have_one_name() -> None:
    assert inventory("version: 1\naccounts: [{name: a, type: master}]\napps: [{name: a}]").apps


def test_a_second_one_after_a_broken_one_is_told_and_left_out() -> None:
    found, flaws = loaded("version: 1\napps: [{name: a, x: y}, {name: a, owner: z}]")
    assert found.apps == ()
    assert [flaw.value for flaw in flaws] == ["unknown field", "second app"]


def test_broken_objects_are_left_out_but_their_names_count() -> None:
    found, _ = loaded("""\
version: 1
accounts: [{name: m, type: x}, {type: sub}]
apps: [{name: a, x: y}]
keys:
  - {label: k, account: m, permissions: [x], environment: demo, status: revoked}
  - {label: l, account: m, permissions: [x], environment: y, status: [z]}
  - {account: m, permissions: [x]}
  - {label: [], permissions: [x]}
""")
    assert (found.accounts, found.apps, found.keys) == ((), (), ())
    assert found.account_names == {"m"}
    assert found.app_names == {"a"}
    assert found.key_names == {("m", "k"), ("m", "l"), ("m", ""), ("", "")}
    assert [(b.environment, b.status) for b in found.broken if b.kind == "key"] == [
        ("demo", "revoked"),
        ("live", "active"),
        ("live", "active"),
        ("live", "active"),
    ]


def test_a_broken_waiver_takes_its_object_out() -> None:
    found, flaws = loaded("version: 1\nkeys: [%s]" % (KEY % ", waivers: [{rule: a, expires: b}]"))
    assert found.keys == ()
    assert [flaw.value for flaw in flaws] == ["invalid expires"]


def test_numbers_in_metadata_keep_how_they_are_written() -> None:
    metadata = key("metadata: {a: 007, b: [1.50]}").metadata
    assert metadata == {"a": "007", "b": ["1.50"]}
    assert isinstance(metadata["a"], Plain)


def test_the_inventory_joins() -> None:
    found = inventory("""\
version: 1
accounts: [{name: m, type: master}]
apps: [{name: a}, {name: b}]
keys:
  - {label: k, account: m, permissions: [trade], app: [b, x, a, b], status: revoked}
  - {label: k, account: m, permissions: [trade], app: a}
  - {label: k, account: n, permissions: [trade]}
""")
    first, second, other = found.keys
    assert found.key("m", "k") is second
    assert found.key("n", "k") is other
    assert found.key("m", "x") is None
    assert found.keys_named("m", "k") == [first, second]
    assert found.keys_named("m", "x") == []
    assert [app.name for app in found.apps_of(first)] == ["b", "a", "b"]
    assert found.keys_of_app("b") == [first]
    assert found.keys_of_app("x") == [first]
    assert found.keys_of_account("m") == [first, second]
    assert [account.name for account in found.all_accounts] == ["m", "n"]
    assert found.account("n") is None
    assert found.app("a") is found.apps[0]


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\nx-d: &d {waivers: [{rule: max-age}, {rule: reviewed}, {rule: no-withdraw}]}\n"
        "keys: [{<<: *d, label: k-1, account: a, permissions: [trade]}]\n",
        "x-a: &a {keys: [{label: k-1, account: a, permissions: [trade], waivers: [{rule: max-age},"
        " {rule: reviewed}, {rule: no-withdraw}]}]}\nversion: 1\n<<: *a\n",
    ],
)
def test_lists_that_a_merge_brings_in_are_at_the_alias(text: str) -> None:
    found, flaws = loaded(text)
    assert [flaw for flaw in flaws if flaw.at_most is Severity.ERROR] == []
    (key,) = found.keys
    assert [waiver.rule for waiver in key.waivers] == ["max-age", "reviewed", "no-withdraw"]
    for waiver in key.waivers:
        place = waiver.origin.at("rule")
        assert text[place.start : place.end] in ("*d", "*a")

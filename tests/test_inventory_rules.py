"""One key for one app, names that are right, and what a key must say of itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from okxlint.documents.reader import read
from okxlint.errors import PolicyError
from okxlint.expectation import compare, read_script
from okxlint.model import Finding
from okxlint.page import read_page
from okxlint.rule import load_rule
from tests.conftest import policy_of, verdict_of


def own(
    rule: str, *texts: str, rules: str = "", extra: str = "", **question: object
) -> list[Finding]:
    verdict = verdict_of(
        *texts,
        policy=f"version: 1\nrules: {{{rules}}}\n{extra}",
        select=rule,
        **question,  # type: ignore[arg-type]
    )
    assert verdict.unknown == ()
    return [finding for finding in verdict.findings if finding.rule == rule]


def manifest(*keys: str, top: str = "") -> str:
    """A manifest of keys in flow style, each on its own line; the first is on line 4."""
    return "\n".join(["version: 1", top or "apps: []", "keys:", *(f"- {{{key}}}" for key in keys)])


def key(label: str, **fields: str) -> str:
    given = {"label": label, "account": "main", "permissions": "[trade]", **fields}
    return ", ".join(f"{name}: {value}" for name, value in given.items() if value)


def marked(text: str, finding: Finding) -> str:
    """What a finding of one line points at."""
    _, line, column, end_line, end_column = finding.location
    assert line == end_line
    return text.split("\n")[line - 1][column - 1 : end_column - 1]


def lines(findings: list[Finding]) -> list[tuple[int, str | None]]:
    return [(finding.location.line, finding.value) for finding in findings]


# one-key-per-app

OVERLAP = "rotation-overlap: error"


def test_each_further_app_is_found_at_its_own_scalar() -> None:
    text = manifest(key("a", app="[x, y, x, y, z]"))
    found = own("one-key-per-app", text)
    begin = text.split("\n")[3].index("[x") + 1
    assert [(f.value, f.location.column - begin, marked(text, f)) for f in found] == [
        ("y", 4, "y"),
        ("z", 13, "z"),
    ]
    assert "serves 'y' besides 'x'" in found[0].message
    assert found[0].related == ()


@pytest.mark.parametrize("status", ["planned", "active", "retired", "compromised", "revoked"])
def test_statuses_of_a_shared_key(status: str) -> None:
    found = own("one-key-per-app", manifest(key("a", app="[x, y]", status=status)))
    assert len(found) == (status != "revoked")


@pytest.mark.parametrize("status", ["planned", "active", "retired", "compromised", "revoked"])
@pytest.mark.parametrize("line", [4, 5])
def test_only_active_keys_of_an_app_are_counted(status: str, line: int) -> None:
    statuses = {4: "active", 5: "active", line: status}
    found = own(
        "one-key-per-app", manifest(*(key(f"k{n}", app="x", status=s) for n, s in statuses.items()))
    )
    assert lines(found) == ([(5, "x")] if status == "active" else [])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"created": "2026-01-02"}, {"created": "2026-01-01"}, [(4, "x")]),
        ({"created": "2026-01-01"}, {"created": "2026-01-01"}, [(5, "x")]),
        ({}, {"created": "2026-01-01"}, [(4, "x")]),
        ({}, {"created": "9999-12-31"}, [(4, "x")]),
        ({"created": "0001-01-01"}, {}, [(5, "x")]),
        ({}, {}, [(5, "x")]),
        ({"account": "a"}, {"account": "b"}, []),
        ({"environment": "demo"}, {}, []),
        ({"environment": "demo"}, {"environment": "demo"}, [(5, "x")]),
        ({"third_party": "3commas"}, {}, [(5, "x")]),
    ],
)
def test_which_key_of_an_app_is_the_first(
    one: dict[str, str], other: dict[str, str], expected: list[tuple[int, str]]
) -> None:
    found = own("one-key-per-app", manifest(key("a", app="x", **one), key("b", app="x", **other)))
    assert lines(found) == expected


def test_the_first_key_is_told_and_may_be_in_another_file() -> None:
    first = manifest(key("a", app="x", created="2026-03-01"))
    second = manifest(key("b", app="x", created="2026-02-01"), key("c", app="[y, x]"))
    found = own("one-key-per-app", first, second)
    assert [(f.location.path, *one) for f, one in zip(found, lines(found), strict=True)] == [
        ("a.yaml", 4, "x"),
        ("b.yaml", 5, "x"),
    ]
    assert [f.related[0].location[:3] for f in found] == [("b.yaml", 4, 11)] * 2
    assert "serves 'x' besides 'y' and is one more active live key" in found[1].message


@pytest.mark.parametrize(
    ("rules", "status", "replaces", "count"),
    [
        (OVERLAP, "active", "a", 0),
        (f"{OVERLAP[:-5]}info", "active", "a", 0),
        ("rotation-overlap: off", "active", "a", 1),
        (OVERLAP, "active", "", 1),
        (OVERLAP, "active", "none", 1),
        (OVERLAP, "revoked", "m", 0),
        (OVERLAP, "retired", "m", 0),
        (OVERLAP, "planned", "m", 0),
        (OVERLAP, "revoked", "other", 1),
    ],
)
def test_a_successor_passes_while_it_takes_over(
    rules: str, status: str, replaces: str, count: int
) -> None:
    text = manifest(
        key("a", app="x", created="2026-01-01"),
        key("m", status=status, replaces="a", app="" if status == "active" else "x"),
        key("other", account="other", replaces="a"),
        key("n", app="x", created="2026-02-01", replaces=replaces),
    )
    assert lines(own("one-key-per-app", text, rules=rules)) == [(7, "x")] * count


def test_a_chain_must_lead_to_the_first_key() -> None:
    text = manifest(
        key("a", app="x", created="2026-01-01"),
        key("b", app="x", created="2026-02-01"),
        key("c", app="x", created="2026-03-01", replaces="b"),
    )
    assert lines(own("one-key-per-app", text, rules=OVERLAP)) == [(5, "x"), (6, "x")]


def test_a_chain_in_a_circle_ends() -> None:
    text = manifest(
        key("a", app="x", created="2026-01-01"),
        key("b", app="x", replaces="c"),
        key("c", app="x", replaces="b"),
        key("d", app="x", replaces="d"),
        key("e", app="y", created="2026-01-01", replaces="f"),
        key("f", app="y", replaces="e"),
    )
    assert lines(own("one-key-per-app", text, rules=OVERLAP)) == [(5, "x"), (6, "x"), (7, "x")]


@pytest.mark.parametrize("off", ["a", "b"])
def test_a_shared_key_passes_no_chain_for_its_second_app(off: str) -> None:
    text = manifest(
        key("a", app="[x, y]", created="2026-01-01"), key("b", app=f"[{off}, x, y]", replaces="a")
    )
    found = own("one-key-per-app", text, rules=OVERLAP)
    assert lines(found) == [(4, "y"), (5, "x"), (5, "y")]
    assert all(f.related == () or "besides" in f.message for f in found)


def test_an_aliased_app_is_found_at_the_alias() -> None:
    text = manifest(key("a", app="*apps"), top="x-apps: &apps [x, y]")
    (found,) = own("one-key-per-app", text)
    assert marked(text, found) == "*apps"


def test_a_long_chain_leads_to_its_first() -> None:
    keys = [key(f"k{n}", app="x", created="2026-01-01", replaces=f"k{n - 1}") for n in range(3000)]
    assert own("one-key-per-app", manifest(*keys), rules=OVERLAP) == []


# unique-label and unique-key-id


def test_a_label_is_unique_among_current_keys_of_an_account() -> None:
    first = manifest(key("a", status="revoked"), key("a", account="other"), key("a"))
    second = manifest(key("a", environment="demo"), key("A"), key("a", status="planned"))
    found = own("unique-label", first, second)
    assert [(f.location, f.value) for f in found] == [
        (("b.yaml", 4, 11, 4, 12), "a"),
        (("b.yaml", 6, 11, 6, 12), "a"),
    ]
    assert [f.related[0].location for f in found] == [("a.yaml", 6, 11, 6, 12)] * 2


def test_a_key_used_twice_by_an_alias_is_found_there() -> None:
    text = "version: 1\nkeys:\n- &k {label: a, account: m, permissions: [trade]}\n- *k\n"
    (found,) = own("unique-label", text)
    assert found.location == ("a.yaml", 4, 3, 4, 5)


UUID = "5e9a1c44-0b7d-4f2e-9d3a-61c27a031a2b"


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["7a031a2b", "7a031a2b"], {1: 0}),
        (["7a031a2b", "7A031A2B"], {1: 0}),
        (["7a031a2b", UUID], {1: 0}),
        ([UUID, "c27a031a2b"], {1: 0}),
        ([UUID, "c37a031a2b"], {}),
        ([UUID, UUID.upper()], {1: 0}),
        ([UUID, f"6{UUID[1:]}"], {}),
        (["a031a2b", "a031a2b"], {}),
        (["a031a2b", "7a031a2b"], {}),
        (["117a031a2b", "227a031a2b", "7a031a2b"], {2: 0}),
        (["7a031a2b", "117a031a2b", "227a031a2b"], {1: 0, 2: 0}),
        (["117a031a2b", "227a031a2b", "3227a031a2b"], {2: 1}),
        (["7a031a2b", "7a031a2c", "17a031a2c", "17a031a2b"], {2: 1, 3: 0}),
    ],
)
def test_ids_are_compared_on_all_digits_that_both_have(
    ids: list[str], expected: dict[int, int]
) -> None:
    keys = [key(f"k{n}", key_id=f"'{digits}'") for n, digits in enumerate(ids)]
    found = own("unique-key-id", manifest(*keys))
    assert {f.location.line - 4: f.related[0].location.line - 4 for f in found} == expected
    for finding in found:
        assert finding.value == ids[finding.location.line - 4][-8:].lower()


@pytest.mark.parametrize("status", ["planned", "active", "retired", "compromised", "revoked"])
def test_ids_of_revoked_keys_are_free(status: str) -> None:
    keys = [key("a", key_id="7a031a2b", status=status), key("b", account="o", key_id="7a031a2b")]
    found = own("unique-key-id", manifest(*keys), manifest(*reversed(keys)))
    assert len(found) == (1 if status == "revoked" else 3)


def test_no_message_shows_more_than_eight_digits() -> None:
    text = manifest(key("a", key_id=UUID), key("b", key_id=UUID))
    (found,) = own("unique-key-id", text)
    assert "7a031a2b" in found.message
    assert "c27a031a2b" not in found.message
    assert (found.location.line, marked(text, found)) == (5, UUID)


# descriptive-label


@pytest.mark.parametrize(
    "label",
    [
        *("a", "ab", "é1", "' a '", "test", "TEST", "Test-1", "'test (2)'", "tmp_2026", "temp"),
        *("key", "key2", "2key", "api", "apikey", "api-key", "API_KEY_2", "'Api Key'", "default"),
        *("new", "new2", "untitled-3", "foo", "bar1", "asdf", "k.e.y"),
    ],
)
def test_labels_that_say_nothing(label: str) -> None:
    assert len(own("descriptive-label", manifest(key(label)))) == 1


@pytest.mark.parametrize(
    "label",
    [
        "abc",
        "a-1",
        "testing",
        "test-grid",
        "newsfeed",
        "apikeys",
        "keyring",
        "foobar",
        "일이삼",
        "123",
    ],
)
def test_labels_that_may_say_something(label: str) -> None:
    assert own("descriptive-label", manifest(key(label))) == []


def test_the_whole_label_must_match_the_pattern() -> None:
    rules = "descriptive-label: {pattern: 'bot-[0-9]|new'}"
    labels = ["bot-1", "bot-12", "xbot-1", "new", "'bot-1\n\n  x'"]
    found = own("descriptive-label", manifest(*(key(label) for label in labels)), rules=rules)
    assert [f.location.line for f in found] == [5, 6, 7, 8]
    assert "pattern" in found[0].message
    assert "does not say" in found[2].message


@pytest.mark.parametrize("pattern", ["'('", "'a{99999999999999999999}'", "5", "[a]"])
def test_a_pattern_that_is_none_is_an_error_of_the_policy(pattern: str) -> None:
    with pytest.raises(PolicyError, match=r"^okxlint\.yaml:2:\d+: 'pattern'"):
        policy_of(f"version: 1\nrules: {{descriptive-label: {{pattern: {pattern}}}}}\n")


# documented

APPS = "apps: [{name: x, owner: o}, {name: y, purpose: p}, {name: z}, {name: b, needs: 5}]"


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, "app,owner,purpose,created"),
        ({"status": "planned"}, "app,owner,purpose"),
        ({"status": "retired"}, "app,owner,purpose,created"),
        ({"third_party": "3commas"}, "owner,purpose,created"),
        ({"third_party": "' '"}, "app,owner,purpose,created"),
        ({"third_party": "3commas", "status": "planned", "owner": "o", "purpose": "p"}, None),
        ({"app": "x"}, "purpose,created"),
        ({"app": "z"}, "owner,purpose,created"),
        ({"app": "undeclared"}, "owner,purpose,created"),
        ({"app": "[z, x, y]", "created": "2026-01-01"}, None),
        ({"app": "b"}, "created"),
        ({"app": "z", "owner": "o", "created": "2026-01-01"}, "purpose"),
        ({"owner": "' '", "purpose": '"\\t"', "app": "' '"}, "app,owner,purpose,created"),
        ({"environment": "demo"}, "app,owner,purpose,created"),
        ({"status": "revoked"}, None),
    ],
)
def test_what_is_missing(fields: dict[str, str], missing: str | None) -> None:
    found = own("documented", manifest(key("abc", **fields), top=APPS))
    assert [f.value for f in found] == ([missing] if missing else [])
    assert [f.location for f in found] == [("a.yaml", 4, 11, 4, 14)] * len(found)


def test_the_policy_says_what_is_required_and_the_order_stays() -> None:
    rules = "documented: {require: [created, app]}"
    (found,) = own("documented", manifest(key("abc")), rules=rules)
    assert (found.value, found.severity.word) == ("app,created", "warning")
    assert own("documented", manifest(key("abc")), rules="documented: {require: []}") == []


# references-valid


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        ("x-a: 1", []),
        ("accounts: []", []),
        ("accounts: [{name: main, type: master}]", []),
        ("accounts: [{name: mian, type: master}]", ["main"]),
        ("accounts: [{name: main}]", []),
        ("accounts: [{name: mian}]", ["main"]),
        ("apps: [{name: x}]", []),
        ("apps: [{name: y}]", ["x"]),
        ("apps: [{name: x, needs: 5}]", []),
        ("apps: [{name: y, needs: 5}]", ["x"]),
    ],
)
def test_names_are_looked_up_once_any_is_declared(top: str, expected: list[str]) -> None:
    found = own("references-valid", manifest(key("abc", app="x"), top=top))
    assert [(f.value, f.severity.word) for f in found] == [(name, "error") for name in expected]


def test_references_point_at_their_own_scalar_and_say_what_was_meant() -> None:
    accounts = "accounts: [{name: main, type: master}, {name: s, type: sub, parent: mian}]"
    top = f"{accounts}\napps: [{{name: grid}}]"
    text = manifest(key("abc", account="mian", app="[grid, gird]"), top=top)
    found = own("references-valid", text)
    assert [(f.location[1:], f.value) for f in found] == [
        ((2, 69, 2, 73), "mian"),
        ((5, 25, 5, 29), "mian"),
        ((5, 65, 5, 69), "gird"),
    ]
    assert [f.message.partition("; ")[2] for f in found] == [
        "did you mean 'main'?",
        "did you mean 'main'?",
        "did you mean 'grid'?",
    ]
    assert (found[0].account, found[0].key) == ("s", None)
    assert (found[1].account, found[1].key) == ("mian", "abc")


@pytest.mark.parametrize(
    ("replaces", "told"),
    [("old", 0), ("broken", 0), ("other", 1), ("Old", 1), ("''", 1), ("abc", 0)],
)
def test_what_is_replaced_is_a_key_of_the_account(replaces: str, told: int) -> None:
    text = manifest(
        key("abc", replaces=replaces),
        key("old", status="revoked"),
        key("broken", key_id="x"),
        key("other", account="other"),
    )
    found = own("references-valid", text)
    assert [(f.severity.word, f.location.line) for f in found] == [("info", 4)] * told


def test_a_key_is_not_guessed_to_replace_itself() -> None:
    (found,) = own("references-valid", manifest(key("bot-2026q4", replaces="bot-2026q3")))
    assert "did you mean" not in found.message


def test_thousands_of_unknown_names_are_all_told() -> None:
    keys = [key(f"bot-{n}", replaces=f"bat-{n}", app=f"app-{n}") for n in range(2000)]
    found = own("references-valid", manifest(*keys, top="apps: [{name: app}]"))
    assert len(found) == 4000


# metadata-valid

SCHEMA = {
    "type": "object",
    "required": ["ticket"],
    "properties": {
        "ticket": {"type": "string", "pattern": "^SEC-"},
        "cost": {"type": "integer", "maximum": 10},
        "since": {"format": "date"},
        "a/b~c": {"enum": ["x", "y"]},
        "list": {"items": {"$ref": "#/$defs/entry"}},
        "anything": True,
    },
    "additionalProperties": False,
    "$defs": {"entry": {"type": ["string", "null"]}},
}


def metadata(tmp_path: Path, written: str, schema: object = SCHEMA) -> list[Finding]:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(schema), encoding="utf-8")
    text = manifest(key("abc", metadata=written))
    return own("metadata-valid", text, extra=f"metadata_schema: {path}\n")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{ticket: SEC-1}", []),
        ("{ticket: SEC-1, cost: 10, list: [a, null, ~]}", []),
        ("{}", []),
        ("{cost: 1}", [("", "metadata")]),
        ("{ticket: 12}", [("/ticket", "12")]),
        ("{ticket: '12'}", [("/ticket", "'12'")]),
        ("{ticket: SEC-1, cost: '1'}", [("/cost", "'1'")]),
        ("{ticket: SEC-1, cost: 11}", [("/cost", "11")]),
        ("{ticket: SEC-1, cost: true}", [("/cost", "true")]),
        ("{ticket: SEC-1, cost: }", [("/cost", "cost")]),
        ("{ticket: SEC-1, since: 2026-02-30}", [("/since", "2026-02-30")]),
        ("{ticket: SEC-1, a/b~c: z}", [("/a~1b~0c", "z")]),
        ("{ticket: SEC-1, list: [a, ~, 1, {}]}", [("/list/2", "1"), ("/list/3", "{")]),
        ("{ticket: SEC-1, other: 1}", [("", "metadata")]),
        ("{other: 1}", [("", "metadata"), ("", "metadata")]),
    ],
)
def test_what_the_schema_refuses(
    tmp_path: Path, written: str, expected: list[tuple[str, str]]
) -> None:
    text = manifest(key("abc", metadata=written))
    found = metadata(tmp_path, written)
    assert [(f.value, marked(text, f)) for f in found] == expected


def test_messages_tell_what_is_asked_for_and_not_what_is_there(tmp_path: Path) -> None:
    found = metadata(tmp_path, "{ticket: Hidden-1, cost: 999, list: [5555], a/b~c: Hidden-2}")
    told = " ".join(f.message for f in found)
    assert 'pattern "^SEC-"' in told
    assert "maximum 10" in told
    assert 'enum ["x", "y"]' in told
    assert not re.search(r"Hidden|999|5555", told)


def test_a_key_without_metadata_is_not_asked_for_any(tmp_path: Path) -> None:
    assert metadata(tmp_path, "") == []
    assert own("metadata-valid", manifest(key("abc", metadata="{a: 1}"))) == []


def test_merged_and_aliased_metadata_is_found_at_the_alias(tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(SCHEMA), encoding="utf-8")
    text = manifest(
        key("a", metadata="*bad"),
        key("b", metadata="{<<: *bad}"),
        key("c", metadata="{ticket: *word}"),
        top="x-a: [&bad {ticket: T-1}, &word T-2]",
    )
    found = own("metadata-valid", text, extra=f"metadata_schema: {path}\n")
    assert [(f.location.line, marked(text, f)) for f in found] == [
        (4, "*bad"),
        (5, "*bad"),
        (6, "*word"),
    ]


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ("{", r"is no JSON: .* \(line 1, column 2\)"),
        ("\udcff", "is no JSON"),
        ("[" * 100_000, "is no JSON that can be read"),
        ({"type": "text"}, r"is no valid schema at '/type'"),
        ({"properties": {"a": {"pattern": "("}}}, r"is no valid schema at '/properties/a/pattern'"),
        ([], "is no valid schema"),
        ({"$ref": "https://example.com/a.json"}, "'https://example.com/a.json' leads to nothing"),
        ({"items": {"$ref": "other.json"}}, "'other.json' leads to nothing"),
        ({"$ref": "#/$defs/none"}, "'#/\\$defs/none' leads to nothing"),
        ({"allOf": [{"$dynamicRef": "#none"}]}, "'#none' leads to nothing"),
        ({"$ref": "#"}, "refers to itself without an end"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, r"'\$schema' is not"),
    ],
)
def test_a_schema_that_is_none_is_an_error_of_the_policy(
    tmp_path: Path, schema: object, told: str
) -> None:
    path = tmp_path / "schema.json"
    text = schema if isinstance(schema, str) else json.dumps(schema)
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(PolicyError, match=told) as caught:
        policy_of(f"version: 1\nmetadata_schema: {path}\n")
    assert caught.value.message.startswith("okxlint.yaml:2:18: ")


def test_a_schema_that_is_not_there_is_an_error_of_the_policy() -> None:
    with pytest.raises(PolicyError, match=r"^okxlint\.yaml:2:18: nowhere/s\.json: cannot be read"):
        policy_of("version: 1\nmetadata_schema: nowhere/s.json\n")


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": "#/$defs/a",
            "$defs": {"a": {}},
        },
        {
            "$ref": "a.json",
            "$defs": {"a": {"$id": "a.json", "$ref": "#x", "$defs": {"b": {"$anchor": "x"}}}},
        },
        {"properties": {"$ref": {"const": {"$ref": "https://example.com"}}}},
    ],
)
def test_a_schema_may_refer_to_its_own_parts(tmp_path: Path, schema: object) -> None:
    assert metadata(tmp_path, "{a: 1}", schema) == []


def test_a_schema_that_allows_nothing(tmp_path: Path) -> None:
    (found,) = metadata(tmp_path, "{a: 1}", {"properties": {"a": False}})
    assert found.message.endswith("'false' in the schema refuses this or a field of it")


def test_the_page_of_metadata_valid_with_its_own_schema(tmp_path: Path) -> None:
    rule = load_rule("metadata-valid")
    (schema,) = re.findall(r"^```json\n(.*?)^```$", rule.doc, re.MULTILINE | re.DOTALL)
    path = tmp_path / "schema.json"
    path.write_text(schema, encoding="utf-8")
    for example in read_page(rule.doc).examples:
        script = read_script(read("a.yaml", example.text.encode()))
        found = own("metadata-valid", example.text, extra=f"metadata_schema: {path}\n")
        difference = compare(script.expected, found)
        assert (difference.missing, difference.unexpected) == ((), ())
        assert bool(script.expected) == (example.section == "Bad")

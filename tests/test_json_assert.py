from __future__ import annotations

from typing import Any

import pytest

from okxlint.assertions.json_assert import AssertionProblem, compile_schema, written
from okxlint.assertions.json_parts import SchemaProblem
from okxlint.assertions.json_schema import Schema
from okxlint.assertions.pattern import TooSlow
from okxlint.documents.reader import read

KEY = """
keys:
  - label: 0012
    account: main
    app: [a, b]
    permissions: [trade]
    ip_allowlist: []
    key_id: 00121212
    owner: team-risk
    purpose: ~
    created: 2026-10-01
    metadata: {risk: 2, ticket: '2', none: ~, list: [no, true, .5, 0x10]}
    waivers: [{rule: r, reason: , expires: 2026-12-31}, ~]
"""


def seen(kind: str, text: str) -> dict[str, Any]:
    """What JSON Schema sees of the first object in a manifest."""
    (document,) = read("a.yaml", text.encode()).documents
    return written(kind, document.value[f"{kind}s"][0])


def holds(schema: Any, kind: str = "key", text: str = KEY) -> bool:
    return compile_schema(schema, kind).holds(seen(kind, text))


def problem(schema: Any, kind: str = "key") -> tuple[str, tuple[Any, ...]]:
    with pytest.raises(AssertionProblem) as caught:
        compile_schema(schema, kind)
    assert str(caught.value) == caught.value.message
    return caught.value.message, caught.value.route


def loaded(text: str) -> Any:
    """A schema as a policy gives it: with scalars that may be more than text."""
    (document,) = read("p.yaml", text.encode()).documents
    return document.value


# what is seen


def test_an_object_is_seen_as_written() -> None:
    assert seen("key", KEY) == {
        "label": "0012",
        "account": "main",
        "app": ["a", "b"],
        "permissions": ["trade"],
        "key_id": "00121212",
        "owner": "team-risk",
        "created": "2026-10-01",
        "environment": "live",
        "status": "active",
        "metadata": {"risk": 2, "ticket": "2", "none": None, "list": ["no", True, 0.5, 16]},
        "waivers": [{"rule": "r", "expires": "2026-12-31"}],
    }


def test_what_is_stated_is_no_default() -> None:
    text = "keys: [{label: a, app: b, environment: demo, status: planned}]"
    fields = {"label": "a", "app": "b", "environment": "demo", "status": "planned"}
    assert seen("key", text) == fields
    assert seen("key", "keys: [{status: , environment: ~}]") == {
        "environment": "live",
        "status": "active",
    }


def test_apps_and_accounts() -> None:
    assert seen("app", "apps: [{name: 1, needs: [], egress: []}]") == {
        "name": "1",
        "needs": [],
        "status": "active",
    }
    assert seen("account", "accounts: [{name: a, uid: 44705, site: ~}]") == {
        "name": "a",
        "uid": "44705",
    }


def test_seeing_an_object_leaves_it_as_it_is() -> None:
    (document,) = read("a.yaml", KEY.encode()).documents
    fields = document.value["keys"][0]
    before = dict(fields)
    written("key", fields)
    assert fields == before


# what holds


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (True, True),
        (False, False),
        ({}, True),
        ({"required": ["owner"]}, True),
        ({"required": ["purpose"]}, False),
        ({"required": ["ip_allowlist"]}, False),
        ({"properties": {"owner": {"pattern": "^team-"}}}, True),
        ({"properties": {"owner": {"pattern": "^desk-"}}}, False),
        ({"properties": {"key_id": {"const": "00121212"}}}, True),
        ({"properties": {"key_id": {"const": "121212"}}}, False),
        ({"properties": {"status": {"const": "active"}, "environment": {"enum": ["live"]}}}, True),
        ({"properties": {"environment": {"enum": ["demo"]}}}, False),
        ({"properties": {"permissions": {"contains": {"const": "withdraw"}}}}, False),
        ({"not": {"properties": {"permissions": {"contains": {"const": "trade"}}}}}, False),
        ({"properties": {"app": {"type": "array", "maxItems": 2, "uniqueItems": True}}}, True),
        ({"properties": {"app": {"type": "string"}}}, False),
        ({"properties": {"created": {"format": "date"}}}, True),
        ({"properties": {"label": {"format": "date"}}}, False),
        ({"properties": {"metadata": {"properties": {"risk": {"maximum": 2}}}}}, True),
        ({"properties": {"metadata": {"properties": {"risk": {"maximum": 1}}}}}, False),
        ({"properties": {"metadata": {"properties": {"ticket": {"type": "integer"}}}}}, False),
        ({"properties": {"waivers": {"items": {"required": ["reason"]}}}}, False),
        ({"if": {"required": ["purpose"]}, "then": False}, True),
        ({"if": {"required": ["owner"]}, "then": False, "else": True}, False),
        ({"dependentRequired": {"owner": ["purpose"]}}, False),
        ({"minProperties": 11, "maxProperties": 11}, True),
    ],
)
def test_what_holds(schema: Any, expected: bool) -> None:
    assert holds(schema) is expected


def test_a_schema_as_the_reader_gives_it() -> None:
    text = "{properties: {metadata: {properties: {risk: {maximum: 2}}}, label: {minLength: 4}}}"
    assert holds(loaded(text))
    assert not holds(loaded(text.replace("4", "5")))


# what is no assertion


@pytest.mark.parametrize(
    ("schema", "told", "route"),
    [
        (None, "is not of type 'object', 'boolean'", ()),
        ([], "is not of type 'object', 'boolean'", ()),
        ({"type": "text"}, "'text' is not valid", ("type",)),
        ({"required": "owner"}, "is not of type 'array'", ("required",)),
        ({"properties": {"owner": {"pattern": "("}}}, "missing ) (at character 2)",
         ("properties", "owner", "pattern")),
        ({"properties": {"metadata": {"patternProperties": {"[a": {}}}}}, "no regular expression",
         ("properties", "metadata", "patternProperties", "[a")),
        ({"allOf": [{}, {"not": {"pattern": "a{e}"}}]}, "no regular expression",
         ("allOf", 1, "not", "pattern")),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "'$schema' is not", ("$schema",)),
        ({"if": {"$schema": "x"}}, "'$schema' stands at the top alone", ("if", "$schema")),
        ({"$ref": "https://example.com/a.json"}, "leads to nothing", ("$ref",)),
        ({"$ref": "http://["}, "leads to nothing", ("$ref",)),
        ({"$ref": "#/required", "required": ["owner"]}, "leads to nothing", ("$ref",)),
        ({"not": {"$ref": "#"}}, "without an end", ()),
        ({"properties": {"owner": {"$ref": "#/properties/owner"}}}, "without an end",
         ("properties", "owner")),
        ({"$ref": "#/x/a", "x": {"a": {"type": "text"}}}, "'text' is not valid", ("$ref", "type")),
        ({"requird": ["owner"]}, "no keyword of JSON Schema; did you mean 'required'?",
         ("requird",)),
        ({"properties": {"owner": {"patern": "a"}}}, "did you mean 'pattern'?",
         ("properties", "owner", "patern")),
        ({"properties": {"owner": {"format": "uri"}}}, "the format 'uri' is not checked",
         ("properties", "owner", "format")),
        ({"required": ["owner", "purpos"]}, "no field of a key; did you mean 'purpose'?",
         ("required", 1)),
        ({"properties": {"onwer": {}}}, "did you mean 'owner'?", ("properties", "onwer")),
        ({"dependentRequired": {"ownr": []}}, "'ownr'", ("dependentRequired", "ownr")),
        ({"dependentRequired": {"owner": ["x"]}}, "'x'", ("dependentRequired", "owner", 0)),
        ({"dependentSchemas": {"ownr": {}}}, "'ownr'", ("dependentSchemas", "ownr")),
        ({"dependentSchemas": {"owner": {"required": ["x"]}}}, "'x'",
         ("dependentSchemas", "owner", "required", 0)),
        ({"propertyNames": {"enum": ["label", "x"]}}, "'x'", ("propertyNames", "enum", 1)),
        ({"anyOf": [{"required": ["x"]}]}, "'x'", ("anyOf", 0, "required", 0)),
        ({"oneOf": [{"allOf": [{"required": ["x"]}]}]}, "'x'",
         ("oneOf", 0, "allOf", 0, "required", 0)),
        ({"if": {"not": {"required": ["x"]}}}, "'x'", ("if", "not", "required", 0)),
        ({"then": {"required": ["x"]}}, "'x'", ("then", "required", 0)),
        ({"else": {"required": ["x"]}}, "'x'", ("else", "required", 0)),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"required": ["x"]}}}, "'x'",
         ("$defs", "a", "required", 0)),
        ({"properties": {"key_id": {"const": 12}}}, "put this value in quotes",
         ("properties", "key_id", "const")),
        ({"properties": {"created": {"enum": ["a", None]}}}, "put this value in quotes",
         ("properties", "created", "enum", 1)),
        ({"properties": {"owner": {"type": ["integer", "null"]}}}, "its type is 'string'",
         ("properties", "owner", "type")),
        ({"properties": {"owner": {"type": "integer"}}}, "its type is 'string'",
         ("properties", "owner", "type")),
    ],
)  # fmt: skip
def test_what_is_no_assertion(schema: Any, told: str, route: tuple[Any, ...]) -> None:
    message, where = problem(schema)
    assert told in message
    assert where == route


def test_each_kind_has_its_own_fields() -> None:
    assert problem({"required": ["label"]}, "app")[0] == "'label' is no field of an app"
    assert (
        "no field of an account; did you mean 'uid'?"
        in problem({"required": ["uidd"]}, "account")[0]
    )
    compile_schema({"required": ["label"]}, "key")
    compile_schema({"required": ["needs"]}, "app")
    compile_schema({"required": ["uid"]}, "account")


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"metadata": {"required": ["anything"], "properties": {"a": {"const": 1}}}}},
        {"properties": {"waivers": {"items": {"properties": {"x": {"type": "integer"}}}}}},
        {"$defs": {"unused": {"required": ["anything"]}}},
        {"properties": {"app": {"type": "array"}, "owner": True}},
        {"propertyNames": {"pattern": "^[a-z_]+$"}},
        {"propertyNames": False},
        {"allOf": [True, {"anyOf": [False, True]}]},
        {"patternProperties": {"_date$": {}}, "title": "t", "$comment": "c", "description": "d"},
        {"properties": {"owner": {"type": ["string", "null"], "enum": ["a"], "const": "b"}}},
        {"$schema": "https://json-schema.org/draft/2020-12/schema"},
    ],
)
def test_what_cannot_be_told_for_certain_is_left_alone(schema: Any) -> None:
    compile_schema(schema, "key")


# nothing hangs


def nested(depth: int, **around: Any) -> Any:
    schema: Any = {}
    for _ in range(depth):
        schema = {"not": schema, **around}
    return schema


def doubling(depth: int) -> dict[str, Any]:
    definitions: dict[str, Any] = {f"d{depth}": {"type": "string"}}
    for n in range(depth):
        both = [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]
        definitions[f"d{n}"] = {"anyOf": both}
    return {"$ref": "#/$defs/d0", "$defs": definitions}


def test_a_schema_that_is_nested_too_deeply() -> None:
    Schema(nested(64))
    with pytest.raises(SchemaProblem, match="nested more than 64 deep"):
        Schema(nested(65))


def test_a_schema_that_is_too_large() -> None:
    Schema({"enum": list(range(9_998))})
    with pytest.raises(SchemaProblem, match="more than 10,000 values"):
        Schema({"enum": list(range(9_999))})
    shared: Any = {}
    for _ in range(30):
        shared = {"anyOf": [shared, shared]}
    with pytest.raises(SchemaProblem, match="more than 10,000 values"):
        Schema(shared)


def test_references_that_lead_to_references_too_often() -> None:
    chain = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(1_100)}
    with pytest.raises(SchemaProblem, match="too often"):
        Schema({"$defs": {**chain, "d1100": {}}})


def test_alternatives_that_double_are_given_up_for_good() -> None:
    assert not Schema(doubling(5)).allows({})
    schema = Schema(doubling(30))
    for _ in range(1_000):
        with pytest.raises(TooSlow, match="more than 20,000 questions"):
            schema.allows({})
    with pytest.raises(TooSlow):
        schema.errors("a")


def test_one_object_that_is_too_large_does_not_end_the_rest() -> None:
    schema = Schema({"properties": {"a": {"type": "string"}}})
    assert schema.allows({"a": "x" * 99_997})
    larges: list[Any] = [
        {"a": "x" * 99_998},
        {"a" * 99_999: 1},
        {"a": [0] * 99_998},
        [[]] * 100_000,
    ]
    for large in larges:
        with pytest.raises(TooSlow, match="too large"):
            schema.allows(large)
    assert schema.allows({"a": "x"})


def test_a_value_that_a_schema_follows_too_deeply() -> None:
    schema = Schema({"properties": {"a": {"$ref": "#"}}})
    value: dict[str, Any] = {}
    for _ in range(3_000):
        value = {"a": value}
    with pytest.raises(TooSlow, match="nested too deeply"):
        schema.allows(value)
    assert schema.allows({"a": {"a": {}}})


SLOW = "^(a|aa)+$"
LONG = "a" * 60 + "b"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"pattern": SLOW}, LONG),
        ({"patternProperties": {SLOW: True}}, {LONG: 1}),
        ({"patternProperties": {SLOW: True}, "additionalProperties": False}, {LONG: 1}),
        ({"patternProperties": {SLOW: True}, "unevaluatedProperties": False}, {LONG: 1}),
        ({"propertyNames": {"pattern": SLOW}}, {LONG: 1}),
        (
            {"allOf": [{"patternProperties": {SLOW: True}}], "unevaluatedProperties": False},
            {LONG: 1},
        ),
        ({"$schema": "https://json-schema.org/draft/2020-12/schema#", "properties": {
            "a": {"$ref": "#"}}, "pattern": SLOW}, {"a": LONG}),
        ({"$ref": "#/x/y", "x": {"y": {"pattern": SLOW}}}, LONG),
    ],
)  # fmt: skip
def test_no_pattern_can_hang(schema: Any, value: Any) -> None:
    checked = Schema(schema)
    for _ in range(1_000):
        with pytest.raises(TooSlow, match="takes too long to search with"):
            checked.allows(value)


def test_values_that_are_regular_expressions() -> None:
    schema = Schema({"items": {"format": "regex"}})
    assert schema.allows(["a+", "", 1, None])
    assert not schema.allows(["("])
    assert not schema.allows(["(" * 50_000])
    assert not schema.allows(["(?:a*){1000000}"])
    with pytest.raises(TooSlow):
        schema.allows(["a"] * 200)


def test_long_lists_are_compared_in_time() -> None:
    rows = [{"a": n} for n in range(10_000)]
    assert Schema({"uniqueItems": True}).allows(rows)
    assert not Schema({"uniqueItems": True}).allows([*rows, {"a": 5.0}])
    assert Schema({"uniqueItems": False}).allows([1, 1])
    choices = Schema({"items": {"enum": list(range(9_000))}})
    assert len(choices.errors([-1] * 5_000)) == 5_000
    assert choices.allows(list(range(5_000)))


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"uniqueItems": True}, [1, True, "1", 0, False, None, [], {}, [1], ["1"]], True),
        ({"uniqueItems": True}, [[1, {"a": [True]}], [1.0, {"a": [True]}]], False),
        ({"uniqueItems": True}, "aa", True),
        ({"enum": [1, "a", [True]]}, True, False),
        ({"enum": [1, "a", [True]]}, [True], True),
        ({"enum": [1, "a", [True]]}, 1.0, True),
        ({"const": {"a": [0]}}, {"a": [False]}, False),
        ({"const": {"a": [0]}}, {"a": [0.0]}, True),
        pytest.param({"multipleOf": 0.1}, 10**400, False, id="more than a float holds"),
        ({"multipleOf": 2}, float("inf"), False),
        ({"multipleOf": 2}, float("nan"), False),
        ({"multipleOf": 2}, 3, False),
        ({"multipleOf": 2}, 4, True),
        ({"not": {"type": "string"}}, "a", False),
        ({"not": {"type": "string"}}, 1, True),
        ({"pattern": "a"}, 1, True),
        ({"patternProperties": {"a": False}}, 1, True),
        ({"patternProperties": {"a": False}}, {"b": 1}, True),
        ({"additionalProperties": False}, {}, True),
        ({"patternProperties": {"a": {"type": "string"}}}, {"ba": 1}, False),
        ({"additionalProperties": {"type": "string"}}, {"a": "b"}, True),
        ({"additionalProperties": {"type": "string"}, "properties": {"a": {}}}, {"a": 1}, True),
        ({"additionalProperties": {"type": "string"}}, {"a": 1}, False),
        ({"additionalProperties": False}, [1], True),
        ({"additionalProperties": True}, {"a": 1}, True),
        ({"unevaluatedProperties": False}, [1], True),
        ({"unevaluatedProperties": {"type": "string"}}, {"a": "b"}, True),
        ({"unevaluatedProperties": {"type": "string"}}, {"a": 1}, False),
    ],
)
def test_keywords_of_our_own(schema: Any, value: Any, expected: bool) -> None:
    checked = Schema(schema)
    assert checked.allows(value) is expected
    assert (checked.errors(value) == []) is expected


def unevaluated(**inside: Any) -> dict[str, Any]:
    return {"unevaluatedProperties": False, **inside}


A: dict[str, Any] = {"properties": {"a": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (unevaluated(**A), {"a": 1}, True),
        (unevaluated(**A), {"a": 1, "b": 1}, False),
        (unevaluated(allOf=[A, True]), {"a": 1}, True),
        (unevaluated(anyOf=[A, {"required": ["x"]}]), {"a": 1}, True),
        (unevaluated(anyOf=[True, {**A, "required": ["x"]}]), {"a": 1}, False),
        (unevaluated(oneOf=[A]), {"a": 1}, True),
        (unevaluated(allOf=[{"additionalProperties": True}]), {"a": 1}, True),
        (unevaluated(allOf=[{"unevaluatedProperties": True}]), {"a": 1}, True),
        (unevaluated(additionalProperties={"type": "integer"}), {"a": 1}, True),
        (unevaluated(dependentSchemas={"a": A}), {"a": 1}, True),
        (unevaluated(dependentSchemas={"x": A}), {"a": 1}, False),
        (unevaluated(**{"if": A, "then": {"properties": {"b": {}}}}), {"a": 1, "b": 1}, True),
        (unevaluated(**{"if": A, "else": {"properties": {"b": {}}}}), {"a": 1, "b": 1}, False),
        (unevaluated(**{"if": {"required": ["x"]}, "else": A}), {"a": 1}, True),
        (unevaluated(**{"if": A}), {"a": 1}, True),
        (unevaluated(**{"not": {"not": A}}), {"a": 1}, False),
        (unevaluated(**{"$ref": "#/$defs/a", "$defs": {"a": A}}), {"a": 1}, True),
        (
            unevaluated(**{"$dynamicRef": "#a", "$defs": {"a": {"$dynamicAnchor": "a", **A}}}),
            {"a": 1},
            True,
        ),
        (unevaluated(**{"$ref": "b", "$defs": {"b": {"$id": "b", "$ref": "#/$defs/a", "$defs": {
            "a": {"allOf": [{"$ref": "#/x"}]}}, "x": A}}}), {"a": 1}, True),
    ],
)  # fmt: skip
def test_what_other_parts_speak_of_is_evaluated(schema: Any, value: Any, expected: bool) -> None:
    assert Schema(schema).allows(value) is expected


def test_a_dynamic_reference_with_several_places_to_lead_to() -> None:
    anchored: dict[str, Any] = {"$dynamicAnchor": "a", "type": "string"}
    one = {"$dynamicRef": "#a", "$defs": {"a": anchored}}
    assert Schema(one).allows("a")
    assert not Schema(one).allows(1)
    two = {"$dynamicRef": "#a", "$defs": {"a": anchored, "b": {"$id": "b", **anchored}}}
    with pytest.raises(SchemaProblem, match="leads to several places"):
        Schema(two)
    Schema({**one, "$defs": {"a": anchored, "b": {"$id": "b", "$dynamicAnchor": "b"}}})


def test_a_part_that_is_used_twice_is_one_part() -> None:
    shared = {"pattern": "^a"}
    schema = Schema({"properties": {"a": shared, "b": shared}})
    assert not schema.allows({"b": "b"})
    assert schema.allows({"a": "a", "b": "ab"})

"""What is read with pydantic's core is what pydantic itself would read."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, TypeAdapter
from pydantic_core import SchemaValidator, ValidationError

from okxlint.baseline.file import BaselineText
from okxlint.forms import validator
from okxlint.inventory import Account, App, Key, Waiver
from okxlint.live.attested import AttestedText
from okxlint.policy.text import CustomText, Written, written_names
from okxlint.rule import load_rule, rule_ids

KINDS = [Account, App, Key, Waiver, BaselineText, AttestedText]
OPTIONS = [rule_id for rule_id in rule_ids() if load_rule(rule_id).facts]
WORDS = [
    *("", "a", "read_only", "trade", "read", "live", "demo", "active", "2026-10-01", "2026-02-30"),
    *(
        "203.0.113.7",
        "10.0.0.0/8",
        "10.0.0.1/8",
        "7a031a2b",
        "main",
        "master",
        "global",
        "1",
        "x" * 51,
    ),
    *("key", "error", "max-age", "reason", "[", "^a$", "off", "recommended"),
]
PLAIN: st.SearchStrategy[Any] = st.sampled_from([*WORDS, None, 0, 1, 91, -1, 1.5, True, [], {}])
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*WORDS, *(each.name for each in fields(Waiver))]), inner)
    ),
    max_leaves=6,
)


def names(kind: type) -> list[str]:
    return (
        [*written_names(kind), "extra"]
        if kind is CustomText
        else [
            *(each.name for each in fields(kind) if each.init),
            "extra",
        ]
    )


def outcome(read: Any, value: Any) -> Any:
    """What comes of a value: an object's fields, or all that is wrong."""
    try:
        made = read(value)
    except ValidationError as error:
        return [
            (each["type"], each["loc"], each["msg"]) for each in error.errors(include_url=False)
        ]
    return {each.name: told(getattr(made, each.name)) for each in fields(made) if each.init}


def told(value: Any) -> Any:
    if isinstance(value, tuple):
        return [told(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {each.name: told(getattr(value, each.name)) for each in fields(value) if each.init}
    return value


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_objects_are_read_as_pydantic_reads_them(kind: type) -> None:
    ours = validator(kind)
    theirs: TypeAdapter[Any] = TypeAdapter(kind)

    @settings(max_examples=300, deadline=None)
    @given(st.dictionaries(st.sampled_from(names(kind)), VALUES) | VALUES)
    def same(value: Any) -> None:
        assert outcome(ours.validate_python, value) == outcome(theirs.validate_python, value)

    assert isinstance(ours, SchemaValidator)
    same()


@pytest.mark.parametrize("rule_id", OPTIONS)
def test_options_are_read_as_pydantic_reads_them(rule_id: str) -> None:
    kind = load_rule(rule_id).options_model
    ours = validator(kind)
    theirs: TypeAdapter[Any] = TypeAdapter(kind)
    assert isinstance(ours, SchemaValidator)

    @settings(max_examples=100, deadline=None)
    @given(st.dictionaries(st.sampled_from(names(kind)[:-1]), PLAIN | st.lists(PLAIN, max_size=3)))
    def same(value: Any) -> None:
        assert outcome(ours.validate_python, value) == outcome(theirs.validate_python, value)

    same()


def test_a_field_with_another_name_in_the_file() -> None:
    made = validator(CustomText).validate_python(
        {"id": "a-b", "for": "key", "assert": "true", "message": "m"}
    )
    assert (made.kind, made.assertion, made.severity) == ("key", "true", "error")
    with pytest.raises(ValidationError) as caught:
        validator(CustomText).validate_python({"id": "A", "for": "keys", "message": "m", "kind": 1})
    assert {(each["type"], each["loc"]) for each in caught.value.errors()} == {
        ("string_pattern_mismatch", ("id",)),
        ("literal_error", ("for",)),
        ("missing", ("assert",)),
        ("unexpected_keyword_argument", ("kind",)),
    }


def test_a_policy_as_a_whole() -> None:
    text = {
        "version": "1",
        "extends": ["strict"],
        "overrides": [{"match": {"account": "main"}, "rules": {}}],
        "waivers": {
            "max_days": 30,
            "granted": [{"rule": "a", "account": "main", "expires": "2026-12-31"}],
        },
        "live": {"require": ["master-keys"]},
        "custom": [{"id": "a", "for": "app", "assert": {}, "message": "m", "where": {"path": "a"}}],
    }
    made: Written = validator(Written).validate_python(text)
    assert made.extends == ("strict",)
    assert made.overrides[0].match.account == "main"
    assert (made.waivers.max_days, made.waivers.granted[0].account) == (30, "main")
    assert (made.live.require, made.custom[0].where.path) == (("master-keys",), "a")


def test_what_only_pydantic_understands_is_left_to_it() -> None:
    def even(value: int) -> int:
        if value % 2:
            raise ValueError("this is odd")
        return value

    made = validator(Annotated[int, AfterValidator(even)])
    assert made.validate_python(2) == 2
    with pytest.raises(ValidationError, match="this is odd"):
        made.validate_python(1)
    assert validator(int | str).validate_python("a") == "a"

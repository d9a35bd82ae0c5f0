"""Plain scalars by the core schema of YAML 1.2."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.documents.scalars import Plain, plain, typed

BOUNDED = settings(max_examples=200, deadline=None, derandomize=True, database=None)

# https://yaml.org/spec/1.2.2/#103-core-schema
TYPED: dict[str, Any] = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    "0": 0,
    "-0": 0,
    "+12": 12,
    "-19": -19,
    "0012": 12,
    "0o14": 12,
    "0x3A": 58,
    "44670589234361958": 44670589234361958,
    "0.": 0.0,
    ".5": 0.5,
    "-.5": -0.5,
    "+12e03": 12000.0,
    "-2E+05": -200000.0,
    "12e-1": 1.2,
    "1e999": math.inf,
    ".inf": math.inf,
    "-.Inf": -math.inf,
    "+.INF": math.inf,
}
TEXT = (
    *("a", "no", "yes", "on", "off", "y", "n", "NO", "tRUE", "nULL", "none", "Nil"),
    *("2026-10-01", "12:30", "1_000", "0b1", "0o8", "0x", "0xg", "-0x1", "0o", "1e", "e1", "1.2.3"),
    *(
        ".",
        "-",
        "+",
        "--1",
        "+-1",
        "1 2",
        "1,5",
        ".nAn",
        ".Nan.",
        "-.nan",
        "inf",
        "nan",
        "٣",
        "²",
        "1\u00a0",
    ),
    *("203.0.113.7", "::1", "7a031a2b", "1e5x", "<<", "="),
)


@pytest.mark.parametrize("text", TYPED)
def test_numbers_and_booleans_are_kept_as_written_and_have_a_second_meaning(text: str) -> None:
    found = plain(text)
    assert isinstance(found, Plain)
    assert found == text
    meant = typed(found)
    assert (meant, type(meant)) == (TYPED[text], type(TYPED[text]))


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number(text: str) -> None:
    assert math.isnan(typed(plain(text)))


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_nulls(text: str) -> None:
    assert plain(text) is None


@pytest.mark.parametrize("text", TEXT)
def test_everything_else_is_text(text: str) -> None:
    found = plain(text)
    assert type(found) is str
    assert typed(found) == text


def test_typed_goes_through_lists_and_mappings_and_leaves_quoted_text() -> None:
    tree = {"a": [Plain("1"), "1", None, {"b": Plain("true")}], "2": Plain("2.5")}
    assert typed(tree) == {"a": [1, "1", None, {"b": True}], "2": 2.5}


def test_a_number_of_a_million_digits_takes_no_quadratic_time() -> None:
    assert typed(Plain("9" * 4000)) == int("9" * 4000)
    assert typed(Plain("9" * 1_000_000)) == "9" * 1_000_000
    assert plain("1" * 1_000_000 + "x") == "1" * 1_000_000 + "x"


@BOUNDED
@given(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_json_scalars_mean_the_same(value: Any) -> None:
    assert typed(plain(json.dumps(value))) == value


@BOUNDED
@given(st.text(st.sampled_from("0123456789+-.eExoinfNatrueFALSE~_ "), max_size=8))
def test_no_plain_scalar_is_a_crash(text: str) -> None:
    found = plain(text)
    assert found is None or found == text
    typed(found)

"""The reader against the YAML community's tests (https://github.com/yaml/yaml-test-suite).

What YAML 1.2 and PyYAML's parser agree on is read as they read it; for the rest there is a finding,
but for what stands in ``LENIENT`` and ``ENDS``, each with its reason.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from okxlint.documents.reader import Parsed, read
from okxlint.documents.scalars import typed
from tests.fuzz.invariants import check_read

SUITE = Path(__file__).parent / "data" / "yaml-test-suite.json"
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads(SUITE.read_text(encoding="utf-8"))["cases"]
}

LENIENT = {
    "9C9N": "a list in brackets that goes on further to the left than it may",
    "QB6E": "a quoted text that goes on further to the left than it may",
    "DK95-1": "a quoted text that goes on behind a tab",
    "Y79Y-3": "a list in brackets that is indented with a tab",
    "9JBA": "a comment without a blank before it, behind a bracket",
    "CVW2": "a comment without a blank before it, behind a comma",
    "SU5Z": "a comment without a blank before it, behind a quotation mark",
    "X4QW": "a comment without a blank before it, behind a block's '>'",
    "MUS6": "a comment without a blank before it, behind a directive",
    "EB22": "a directive without the end of the document before it",
    "RHX7": "a directive without the end of the document before it",
    "MUS6-1": "a directive without the end of the document before it",
    "G5U8": "a text in brackets that is a '-'",
    "YJV2": "a text in brackets that is a '-'",
    "S98Z": "blank lines at the top of a block that are indented more than the block",
}
"""What YAML 1.2 forbids and PyYAML, with all else that is built on libyaml, reads in one way."""
ENDS = {
    "JEF9-2": "a block whose last line is blanks without a line end",
    "L24T-1": "a block whose last line is blanks without a line end",
}
"""What YAML 1.2 reads with another line end at the end of a text: nothing here depends on it."""
ANCHORED_TWICE = {"3GZX", "PW8X"}
"""What PyYAML's parser reads, and its composer refuses: an anchor that is set again."""


def test_the_whole_suite_is_here() -> None:
    assert len(CASES) == 405
    assert {*LENIENT, *ENDS, *ANCHORED_TWICE} <= CASES.keys()


@pytest.mark.parametrize("name", CASES)
def test_a_document_is_read_as_others_read_it_or_refused(name: str) -> None:
    case = CASES[name]
    # Spans are checked too: each scalar is read again from the text at its place.
    file = check_read(case["yaml"].encode())
    if file.problems:
        assert all(problem.message and problem.hint for problem in file.problems)
        assert not agreed(case), "YAML 1.2 and PyYAML agree on it"
        return
    if name not in ANCHORED_TWICE:
        base = based(case["yaml"])
        assert base is not None, "PyYAML refuses it"
        assert same(values(file), base)
    if "json" in case and name not in ENDS:
        assert [typed(value) for value in values(file)] == documents_of(case["json"])
    assert bool(case.get("fail")) == (name in LENIENT)


@pytest.mark.parametrize("name", ENDS)
def test_what_ends_otherwise_differs_in_its_end_alone(name: str) -> None:
    (value,) = values(read("a.yaml", CASES[name]["yaml"].encode()))
    (expected,) = documents_of(CASES[name]["json"])
    one, other = (json.dumps(each).replace(r"\n", "") for each in (value, expected))
    assert one == other


def values(file: Parsed) -> list[Any]:
    return [document.value for document in file.documents]


def based(text: str) -> list[Any] | None:
    """What PyYAML makes of a text, every scalar as text; ``None`` if it refuses it."""
    try:
        return list(yaml.load_all(text, yaml.CBaseLoader))
    except yaml.YAMLError:
        return None


def agreed(case: dict[str, Any]) -> bool:
    """Whether YAML 1.2's values, every one of them text, are PyYAML's, and there is no tag."""
    base = based(case["yaml"])
    if base is None or "json" not in case or case.get("fail"):
        return False
    expected = documents_of(case["json"])
    tagged = any(
        getattr(event, "tag", None) not in (None, "!") for event in yaml.parse(case["yaml"])
    )
    return not tagged and texts(expected) == texts(base)


def texts(value: Any) -> Any:
    """A value without what tells numbers, booleans and nulls from text."""
    if isinstance(value, dict):
        return {name: texts(item) for name, item in value.items()}
    if isinstance(value, list):
        return [texts(item) for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None or value in ("~", "null") else str(value)


def same(ours: Any, base: Any) -> bool:
    """Whether two values are the same; what is null here is text in PyYAML's base loader."""
    if ours is None:
        return base in ("", "~", "null", "Null", "NULL")
    if isinstance(ours, dict):
        return list(ours) == list(base) and all(same(ours[name], base[name]) for name in ours)
    if isinstance(ours, list):
        return len(ours) == len(base) and all(map(same, ours, base))
    return bool(ours == base)


def documents_of(text: str) -> list[Any]:
    """The values of JSON texts that stand one behind the other."""
    decoder, found, text = json.JSONDecoder(), [], text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:].lstrip()
    return found

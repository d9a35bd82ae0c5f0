"""Line hashes are those that code scanning computes itself when it takes in a report."""

import json
import random
from pathlib import Path

import pytest

from okxlint.line_hash import git_line_hashes, line_hashes

VECTORS = json.loads((Path(__file__).parent / "data/line-hash.json").read_text("utf-8"))["cases"]
END_OF_FILE = "c129715d7a2bc9a3:1"


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: str(case["name"]))
def test_vectors(case: dict[str, object]) -> None:
    hashes = line_hashes(str(case["text"]))
    assert {str(line): value for line, value in hashes.items()} == case["hashes"]


def by_definition(text: str) -> list[str]:
    """The hash of each line, each from its own hundred units."""
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-16-le")
    units = [data[at] | data[at + 1] << 8 for at in range(0, len(data), 2)]
    units = [unit for unit in units if unit not in (0x20, 0x09)] + [0xFFFF]
    starts = [0] + [at + 1 for at, unit in enumerate(units) if unit == 0x0A]
    seen: list[int] = []
    hashes = []
    for start in starts:
        window = (units[start:] + [0] * 100)[:100]
        value = sum(unit * 37 ** (99 - at) for at, unit in enumerate(window)) % 2**64
        seen.append(value)
        hashes.append(f"{value:x}:{seen.count(value)}")
    return hashes


@pytest.mark.parametrize("seed", range(20))
def test_the_rolling_hash_is_that_of_each_lines_own_window(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - test data
    text = "".join(chance.choices("ab: \t\n\r\u2028é🔑", k=chance.randrange(400)))
    assert list(line_hashes(text).values()) == by_definition(text)


def test_an_empty_file_has_one_line() -> None:
    assert line_hashes("") == {1: END_OF_FILE}


def test_different_lines_with_one_hash_are_counted_together() -> None:
    # 98 * 37 + 65 == 97 * 37 + 102
    tail = "x" * 200
    hashes = line_hashes(f"bA{tail}\naf{tail}\n")
    assert hashes[2] == hashes[1].replace(":1", ":2")


def test_blanks_do_not_matter() -> None:
    assert line_hashes("a: 1\n\tb:  2\n") == line_hashes("a:1\nb:2\n")


def test_a_byte_order_mark_does() -> None:
    assert line_hashes("\ufeffa: 1\n")[1] != line_hashes("a: 1\n")[1]


@pytest.mark.parametrize("text", ["", "a\n", "a\nb", "a\r\nb\r\n", "\n\n"])
def test_without_lone_carriage_returns_git_has_the_same_lines(text: str) -> None:
    assert git_line_hashes(text) == line_hashes(text)


def test_after_a_lone_carriage_return_each_line_of_git_keeps_the_hash_of_its_start() -> None:
    text = "a: 1\rb: 2\nc: 3\r\r\nd: 4\r\ne: 5\r"
    every = line_hashes(text)
    # By code scanning: a 1, b 2, c 3, (empty) 4, d 5, e 6, end of file 7.
    assert git_line_hashes(text) == {1: every[1], 2: every[3], 3: every[5], 4: every[6]}
    assert every[7] == END_OF_FILE

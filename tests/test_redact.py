"""Nothing secret, no full key id and no control character comes out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okxlint.secrets.redact import LONGEST, Redactor, same_width, unarmed, visible

BOUNDED = settings(max_examples=200, deadline=None, derandomize=True, database=None)
NOBODY = Redactor(())
SECRET_KEY = "0123456789ABCDEF" * 2
KEY_ID = "7a031a2b-1c2d-4e5f-8a9b-0c1d2e3f4a5b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 😁 text", "plain é 😁 text"),
        ("a\nb\r\nc\td", r"a\x0ab\x0d\x0ac\x09d"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("a\x85b\u2028c\u202ed\u200be", r"a\x85b\u2028c\u202ed\u200be"),
        ("\U000e0041\x00\x7f", r"\U000e0041\x00\x7f"),
        ("\udc80", r"\udc80"),
        ("\xa0", r"\xa0"),
    ],
)
def test_what_does_not_print_is_written_as_its_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@BOUNDED
@given(st.text())
def test_visible_text_prints_on_one_line(text: str) -> None:
    assert visible(text).isprintable()
    assert visible(visible(text)) == visible(text)


@BOUNDED
@given(st.text())
def test_a_line_of_a_frame_keeps_its_columns_and_prints(text: str) -> None:
    shown = same_width(text)
    assert len(shown) == len(text)
    assert shown.replace("\t", "").isprintable()
    assert all(new in (old, "\ufffd") for old, new in zip(text, shown, strict=True))


def test_a_line_of_a_frame_keeps_its_tabs() -> None:
    assert same_width("\ta\x1bb\u202ec") == "\ta\ufffdb\ufffdc"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::x", r"\::error::x"),
        ("  \t::set-output name=a::b", "  \t" + r"\::set-output name=a::b"),
        ("\u3000::stop-commands::x", "\u3000" + r"\::stop-commands::x"),
        ("a ::error::x", "a ::error::x"),
        ("::1", r"\::1"),
        ("a ##[error]b ##[group]c", r"a ##\[error]b ##\[group]c"),
        ("###[error]", r"###\[error]"),
        ("::a ##[b]", r"\::a ##\[b]"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_no_line_of_a_log_is_a_command(line: str, shown: str) -> None:
    assert unarmed(line) == shown


@BOUNDED
@given(st.text(st.sampled_from(":# [\\\u3000ax"), max_size=20))
def test_no_text_of_the_commands_own_characters_is_one(line: str) -> None:
    assert not unarmed(line).strip().startswith("::")
    assert "##[" not in unarmed(line)


@pytest.mark.parametrize(
    ("secrets", "text", "shown"),
    [
        ([], "hunter22", "hunter22"),
        (["hunter22"], "a hunter22, hunter22!", "a ********, ********!"),
        (["hunter2", "hunter22"], "hunter22 hunter2", "******** *******"),
        (["abcdef", "defghi"], "abcdefghi", "*********"),
        (["pass\nword"], "pass\nword", "*********"),
        (["*a*", "b"], "*a*b", "****"),
        ([""], "a", "a"),
    ],
)
def test_secrets_are_masked_character_for_character(
    secrets: list[str], text: str, shown: str
) -> None:
    assert Redactor(secrets).mask(text) == shown


@BOUNDED
@given(st.lists(st.text("abc", min_size=2, max_size=4), max_size=4), st.text("abcd", max_size=20))
def test_no_secret_is_left_and_the_width_stays(secrets: list[str], text: str) -> None:
    shown = Redactor(secrets).mask(text)
    assert not any(secret in shown for secret in secrets)
    assert len(shown) == len(text)
    assert all(new in (old, "*") for old, new in zip(text, shown, strict=True))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (SECRET_KEY, "*" * 32),
        (f"a={SECRET_KEY}_b", f"a={'*' * 32}_b"),
        (f"\x1b{SECRET_KEY}", "\x1b" + "*" * 32),
        (SECRET_KEY + "0", SECRET_KEY + "0"),
        (SECRET_KEY[1:], SECRET_KEY[1:]),
        (SECRET_KEY.lower(), "*" * 24 + SECRET_KEY.lower()[24:]),
        (KEY_ID, "********-****-****-****-****2e3f4a5b"),
        (f"key {KEY_ID.upper()}.", "key ********-****-****-****-****2E3F4A5B."),
        (f"x{KEY_ID}{KEY_ID}", "x" + "********-****-****-****-****2e3f4a5b" * 2),
        ("2e3f4a5b", "2e3f4a5b"),
    ],
)
def test_what_has_the_shape_of_a_secret_or_a_key_id_is_masked(text: str, shown: str) -> None:
    assert NOBODY.mask(text) == shown


def test_a_clean_text_is_masked_on_one_line_and_bounded() -> None:
    redactor = Redactor(["pass\nword"])
    assert redactor.clean(f"a pass\nword\n{SECRET_KEY}") == rf"a *********\x0a{'*' * 32}"
    assert redactor.clean("é" * LONGEST) == "é" * LONGEST
    assert redactor.clean("é" * (LONGEST + 1)) == "é" * (LONGEST - 1) + "…"
    assert len(redactor.clean("\x00" * LONGEST)) == LONGEST

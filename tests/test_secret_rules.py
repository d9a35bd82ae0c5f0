"""No secret in a manifest, and where it is instead."""

from __future__ import annotations

import pytest

from okxlint.errors import PolicyError
from okxlint.model import Finding
from okxlint.rule import load_rule
from tests.conftest import policy_of, verdict_of

HEX = "00112233445566778899AABBCCDDEEFF"
UUID = "5e9a1c44-0b7d-4f2e-9d3a-61c27A031A2B"


def own(rule: str, *texts: str, rules: str = "") -> list[Finding]:
    policy = f"version: 1\nrules: {{{rules}}}\n"
    verdict = verdict_of(*texts, policy=policy, select=rule)
    assert verdict.unknown == ()
    return [finding for finding in verdict.findings if finding.rule == rule]


def key(**fields: str) -> str:
    """A manifest of one key, on line 3."""
    given = {"label": "abc", "account": "main", "permissions": "[trade]", **fields}
    written = ", ".join(f"{name}: {value}" for name, value in given.items())
    return f"version: 1\nkeys:\n- {{{written}}}\n"


def marked(text: str, finding: Finding) -> str:
    _, line, column, end_line, end_column = finding.location
    assert line == end_line
    return text.split("\n")[line - 1][column - 1 : end_column - 1]


# no-secrets


def test_secrets_are_numbered_through_each_file() -> None:
    text = f"version: 1\n# {HEX}\nx-a: {{token: Abc-12, b: {HEX}}}\n"
    found = own("no-secrets", text, text)
    assert [(f.location.path, f.value, marked(text, f)) for f in found] == [
        (path, *each)
        for path in ("a.yaml", "b.yaml")
        for each in (
            ("okx-secret-key/1", HEX),
            ("credential/2", "Abc-12"),
            ("okx-secret-key/3", HEX),
        )
    ]
    assert len({f.fingerprint for f in found}) == 6


def test_no_finding_shows_a_secret() -> None:
    text = key(metadata=f"{{token: Abc-12, note: {HEX}}}")
    for finding in own("no-secrets", text):
        shown = f"{finding.message} {finding.help} {finding.value} {finding.fingerprint}"
        assert "Abc-12" not in shown
        assert HEX not in shown
        assert (finding.account, finding.key, finding.app) == (None, None, None)


def test_a_secret_over_several_lines_is_one_finding() -> None:
    text = "version: 1\nx-a:\n  token: |\n    first\n    second\n"
    (found,) = own("no-secrets", text)
    assert found.location == ("a.yaml", 4, 5, 5, 11)


def test_a_broken_file_is_looked_at() -> None:
    text = f"version: 1\na: b: c\n# {HEX}\n"
    (found,) = own("no-secrets", text)
    assert found.location == ("a.yaml", 3, 3, 3, 35)


def test_a_revoked_key_and_a_key_with_a_schema_error_are_looked_at() -> None:
    text = key(status="revoked", metadata="{token: Abc-12}", nonsense="1")
    assert [f.value for f in own("no-secrets", text)] == ["credential/1"]


def test_it_is_never_waived() -> None:
    waiver = "[{rule: no-secrets, reason: r, approved_by: a, expires: 2026-12-31}]"
    text = key(metadata="{token: Abc-12}", waivers=waiver)
    assert not load_rule("no-secrets").waivable
    assert len(own("no-secrets", text)) == 1


# secret-store


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("vault://a/b", None),
        ("VAULT://a/b", None),
        ("Aws-SM:a", None),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:a", None),
        ("k8s://ns/a", None),
        ("vault:", None),
        ("env:OKX", "env"),
        ("HTTPS://host/a", "https"),
        ("a+b-9:x", "a+b-9"),
        ("vault", "missing"),
        ("''", "missing"),
        ("' '", "missing"),
        ("", "missing"),
        ("':vault'", "invalid"),
        ("' vault://a'", "invalid"),
        ("9vault://a", "invalid"),
        ("va_ult://a", "invalid"),
        ("v.a://b", "invalid"),
        ("${VAULT}://a", "invalid"),
    ],
)
def test_the_store_of_a_reference(reference: str, value: str | None) -> None:
    text = key(secret_ref=f'"{reference}"' if "$" in reference else reference)
    found = own("secret-store", text)
    assert [f.value for f in found] == ([value] if value else [])


def test_where_a_store_is_missing() -> None:
    plain, empty, there = key(), key(secret_ref=""), key(secret_ref="env:OKX")  # noqa: S106
    assert [marked(text, *own("secret-store", text)) for text in (plain, empty, there)] == [
        "abc",
        "secret_ref",
        "env:OKX",
    ]


@pytest.mark.parametrize(
    ("fields", "rules", "count"),
    [
        ({}, "", 1),
        ({"status": "planned"}, "", 1),
        ({"status": "retired"}, "", 1),
        ({"status": "compromised"}, "", 1),
        ({"status": "revoked"}, "", 0),
        ({"environment": "demo"}, "", 0),
        ({"environment": "demo"}, "secret-store: {environments: [live, demo]}", 1),
        ({}, "secret-store: {environments: [demo]}", 0),
        ({"third_party": "3commas"}, "", 0),
        ({"third_party": "' '"}, "", 1),
        ({"secret_ref": "vault://a"}, "secret-store: {stores: [op]}", 1),
        ({"secret_ref": "safe://a"}, "secret-store: {stores: [SAFE]}", 0),
        ({"secret_ref": "vault://a"}, "secret-store: {stores: []}", 1),
    ],
)
def test_which_keys_need_a_store(fields: dict[str, str], rules: str, count: int) -> None:
    assert len(own("secret-store", key(**fields), rules=rules)) == count


def test_what_stands_behind_the_colon_is_not_shown() -> None:
    (found,) = own("secret-store", key(secret_ref="env:Hidden-1"))  # noqa: S106
    assert "Hidden" not in found.message


def test_an_environment_that_is_none_is_an_error_of_the_policy() -> None:
    with pytest.raises(PolicyError):
        policy_of("version: 1\nrules: {secret-store: {environments: [paper]}}\n")


# short-key-id


@pytest.mark.parametrize("status", ["planned", "active", "retired", "compromised", "revoked"])
def test_a_whole_id_of_a_current_key(status: str) -> None:
    text = key(key_id=UUID, status=status)
    found = own("short-key-id", text)
    assert [(f.value, marked(text, f)) for f in found] == (
        [] if status == "revoked" else [("7a031a2b", UUID)]
    )
    assert all(UUID[-10:].lower() not in f"{f.message}{f.help}".lower() for f in found)


@pytest.mark.parametrize("digits", ["1a2b", "7a031a2b", "61c27a031a2b"])
def test_a_part_of_an_id_is_enough(digits: str) -> None:
    assert own("short-key-id", key(key_id=digits)) == []

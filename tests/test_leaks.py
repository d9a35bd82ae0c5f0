"""Which texts of a manifest are secrets, and from which character to which."""

from __future__ import annotations

from itertools import pairwise

import pytest

from okxlint.documents.reader import read
from okxlint.secrets.leaks import find_leaks
from okxlint.secrets.secret_text import is_secret

HEX = "00112233445566778899AABBCCDDEEFF"
OTHER = "FFEEDDCCBBAA99887766554433221100"
PEM = "-----BEGIN PRIVATE KEY-----\n  MIIBAAAAAAAAAAAAAAAAAAAA\n  -----END PRIVATE KEY-----"


def leaks(text: str) -> list[tuple[str, str]]:
    """Kind and text of each leak."""
    file = read("a.yaml", text.encode())
    return [(leak.kind, file.source.text[leak.start : leak.end]) for leak in find_leaks(file)]


def texts(text: str) -> list[str]:
    return [found for _, found in leaks(text)]


# 32 upper-case hex digits


@pytest.mark.parametrize(
    "text",
    [
        f"note: {HEX}",
        f"note: '{HEX}'",
        f'{{"note":"{HEX}"}}',
        f"note: [a, {HEX}]",
        f"note: bot_{HEX}-old",
        f"note: |\n  line\n  {HEX}\n",
        f"note: >-\n  {HEX}",
        f"{HEX}: note",
        f"a: &x {HEX}\nb: *x",
        f"a: 1 # {HEX}",
        f"# key={HEX}",
        f"paid: {HEX}",
        f"shared: {HEX}",
        f"grid: {HEX}",
        f"md5: x\nnote: {HEX}",
        f"md5:\n  note: {HEX}",
        f"md5: 'key={HEX}'",
        f"a: [\n{HEX}",
        f"a: b: c\nnote: {HEX}",
        f"é: é\nnote: {HEX}",
    ],
)
def test_hex_digits_that_stand_alone(text: str) -> None:
    assert leaks(text) == [("okx-secret-key", HEX)]


@pytest.mark.parametrize(
    "text",
    [
        f"note: {HEX[1:]}",
        f"note: {HEX}0",
        f"note: {HEX}g",
        f"note: z{HEX}",
        f"note: {HEX.lower()}",
        f"note: {HEX}{OTHER}",
        f"note: {HEX[:16]}-{HEX[16:]}",
    ],
)
def test_what_is_no_run_of_32(text: str) -> None:
    assert leaks(text) == []


@pytest.mark.parametrize("before", range(24))
def test_a_run_is_found_wherever_it_begins(before: int) -> None:
    text = "a: " + "x" * before + " " + HEX + " A0 " + OTHER
    assert texts(text) == [HEX, OTHER]


@pytest.mark.parametrize(
    "name",
    [
        *("md5", "sha1", "sha-256", "SHA256SUM", "imageMd5", "image_digest", "checksum", "hash"),
        *("fingerprint", "etag", "ETag", "id", "key_id", "requestId", "uuid", "kid", "uid", "ids"),
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        "{name}: {hex}",
        '"{name}": "{hex}"',
        "{name}:\n  - a\n  - {hex}\n",
        "{name}: [[{hex}]]",
        "{name}: &x\n  {hex}",
        "{name}: |\n  {hex}\n",
        "# {name}={hex}",
        "note: '{name}: {hex}'",
    ],
)
def test_a_digest_or_id_is_no_secret(name: str, form: str) -> None:
    assert leaks(form.format(name=name, hex=HEX)) == []


# values under a telling name


@pytest.mark.parametrize(
    "name",
    [
        *("secret", "SECRET", "okx_secret", "secretkey", "secret-key", "Secret Key", "apiSecret"),
        *("api_secret", "OKX_SECRET_KEY", "passphrase", "pass-phrase", "OK-ACCESS-PASSPHRASE"),
        *("password", "dbPassword", "passwd", "private.key", "privateKey", "token", "csrf_token"),
        *("OK-ACCESS-SIGN", "okaccesssign"),
    ],
)
def test_telling_names(name: str) -> None:
    assert leaks(f"{name}: Abc-12\n") == [("credential", "Abc-12")]
    assert leaks(f'a: {{"{name}":"Abc-12"}}') == [("credential", "Abc-12")]
    assert leaks(f"# {name}=Abc-12 and more\n") == [("credential", "Abc-12")]


@pytest.mark.parametrize(
    "name",
    ["secret_ref", "secrets", "token_id", "passphrase_hint", "key", "password2", "pass", "sign"],
)
def test_names_that_do_not_tell(name: str) -> None:
    assert leaks(f"{name}: Abc-1234\n# {name}=Abc-1234\n") == []


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("token: Abc-12", ["Abc-12"]),
        ("token: Abc-1", []),
        ("token: 123456", ["123456"]),
        ("token: two words", ["two words"]),
        ("token: two words # a remark", ["two words"]),
        ("token: two\n  lines", ["two\n  lines"]),
        ("token:\n  Abc-12", ["Abc-12"]),
        ("token: 'two words'", ["two words"]),
        ('token: "two\n  lines"', ["two\n  lines"]),
        ('token: "      "', []),
        ("token: 'it''s it'", ["it''s it"]),
        (r'token: "a\"b\"cd"', [r"a\"b\"cd"]),
        (r'token: "\x41\x42\x43"', []),
        (r'token: "\x41\x42\x43\x44\x45\x46"', [r"\x41\x42\x43\x44\x45\x46"]),
        ("token: |\n  two\n  lines\nb: 1", ["two\n  lines"]),
        ("token: >- # why\n  Abc-12\n\nb: 1", ["Abc-12"]),
        ("token: [Abc-12, b, [Def-34]]", ["Abc-12", "Def-34"]),
        ("token:\n- Abc-12\n- ${X}\n", ["Abc-12"]),
        ("token: {name: Abc-12}", []),
        ("token: {password: Abc-12}", ["Abc-12"]),
        ("a: &x Abc-12\ntoken: *x\n", ["Abc-12"]),
        ("a: &x [Abc-12]\ntoken: *x\nsecret: *x\n", ["Abc-12"]),
        ("a: &x token\nb: {*x : Abc-12}", ["Abc-12"]),
        ("token: &x Abc-12\nb: *x\n", ["Abc-12"]),
        ("token: !!str Abc-12", ["Abc-12"]),
        ("token: !vault Abc-12", ["Abc-12"]),
        ("token: !!null Abc-12", ["Abc-12"]),
        ("a: &x {token: Abc-12}\nb: {<<: *x}", ["Abc-12"]),
        ("? token\n: Abc-12", ["Abc-12"]),
        ("? token # why\n: Abc-12", ["Abc-12"]),
        (r'"t\x6fken": Abc-12', ["Abc-12"]),
        ("a: [token: Abc-12]", ["Abc-12"]),
        ("token: Abc-12\ntoken: Def-34", ["Abc-12", "Def-34"]),
        ("token:\nb: Abc-1234", []),
        ("token: ~\nb: Abc-1234", []),
        ("a: token\nb: Abc-1234", []),
        ("--- \ntoken: Abc-12\n---\ntoken: Def-34", ["Abc-12", "Def-34"]),
        ("\ufefftoken: Abc-12", ["Abc-12"]),
        ("\u0130: 1\ntoken: Abc-12", ["Abc-12"]),
        ("a: 1\r\ntoken: Abc-12\r\n", ["Abc-12"]),
    ],
)
def test_a_field_in_every_style(text: str, secrets: list[str]) -> None:
    assert leaks(text) == [("credential", secret) for secret in secrets]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("token: Abc-12", ["Abc-12"]),
        ("token=Abc-12", ["Abc-12"]),
        ("token:Abc-12", ["Abc-12"]),
        ("token := Abc-12", ["Abc-12"]),
        ("token => 'Abc-12'", ["Abc-12"]),
        ('token = "two words" here', ["two words"]),
        ("token=`two words`", ["two words"]),
        ('{"token":"Abc-12","b":"Abc-1234"}', ["Abc-12"]),
        ('{"token": "a\\"b-12", "b": 1}', ['a\\"b-12']),
        ("{token: Abc-12, b: Abc-1234}", ["Abc-12"]),
        ('env["TOKEN"] = "Abc-12"', ["Abc-12"]),
        ("export OKX_TOKEN=Abc-12; run", ["Abc-12"]),
        ("curl -H 'OK-ACCESS-PASSPHRASE: Abc-12' x", ["Abc-12"]),
        ("Token: Bearer Abc-12", ["Abc-12"]),
        ("https://host/?token=Abc-12&a=b", ["Abc-12"]),
        ("host=a;password=Abc-12;user=b", ["Abc-12"]),
        ("(token=Abc-12)", ["Abc-12"]),
        ("token=Abc(12)", ["Abc(12)"]),
        ('token="Abc-12', ["Abc-12"]),
        ("token: ask the desk", []),
        ("token: rotated in May", ["rotated"]),
        ("the token", []),
        ("token:", []),
        ("token::Abc-12", []),
        ("arn:aws:secretsmanager:eu-west-1:1:secret:okx/grid", []),
        ("vault://kv/token:Abc-12", []),
        ("(token=${TOKEN})", []),
        ("token={{ vault.token }}", []),
        ("a: token: Abc-12 password: Def-34", ["Abc-12", "Def-34"]),
    ],
)
@pytest.mark.parametrize("form", ["# {}\n", "a: |\n  {}\nb: 1\n", "a: [\n# {}\n"])
def test_a_name_inside_a_text(form: str, text: str, secrets: list[str]) -> None:
    assert leaks(form.format(text)) == [("credential", secret) for secret in secrets]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        (r'a: "token=\"two words\" b"', ["two words"]),
        ("a: 'token=''two words'' b'", ["two words"]),
        (r'a: "t\x6fken=Abc-12 b"', ["Abc-12"]),
        (r'a: "token=Abc\x2d12 b"', [r"Abc\x2d12"]),
        ('a: "token=\\\n   Abc-12 b"', ["Abc-12"]),
        (r'a: "token=Abc-12\nb"', ["Abc-12"]),
        (r'a: "\u00e9 token=Abc-12"', ["Abc-12"]),
        (r'a: "b\\" # token=Abc-12', ["Abc-12"]),
        ("a: b-token=Abc-12", ["Abc-12"]),
        ("a: 'token=Abc-12'", ["Abc-12"]),
        ("'token=Abc-12': a", ["Abc-12"]),
    ],
)
def test_a_name_inside_a_quoted_text(text: str, secrets: list[str]) -> None:
    assert leaks(text) == [("credential", secret) for secret in secrets]


def test_escaped_hex_digits_are_read() -> None:
    escaped = HEX.replace("A", r"\x41")
    assert leaks(f'a: "{escaped}"') == [("okx-secret-key", escaped)]
    assert leaks(f'md5: "{escaped}"') == []


@pytest.mark.parametrize(
    "value",
    [
        *("vault://a/b", "VAULT://a/b", "op://a b/c", "aws-sm://a", "k8s://a/b"),
        *("arn:aws:secretsmanager:eu-west-1:123456789012:secret:okx", "env:OKX_TOKEN"),
        *("${OKX_TOKEN}", "${{ secrets.OKX_TOKEN }}", "${A}${B}", "${okx.my-token}", "******"),
    ],
)
def test_a_reference_is_no_secret(value: str) -> None:
    assert not is_secret(value)
    assert leaks(f"token: '{value}'\n") == []


@pytest.mark.parametrize(
    "value",
    [
        *("file://a/b", "vault:a/b", "xvault://a", "env:", "env:9-Abc", "$OKX_TOKEN", "<token>"),
        *("${OKX_TOKEN:-Abc-12}", "a${OKX_TOKEN}", "Abc***", "vault://a\nAbc-12"),
    ],
)
def test_what_only_resembles_a_reference(value: str) -> None:
    assert is_secret(value + ("" if len(value) >= 6 else "      x"))


# private keys


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"a: |\n  {PEM}\nb: 1", PEM),
        (f"private_key: |\n  {PEM}\nb: 1", PEM),
        (f"a: [\n{PEM}\n", PEM),
        (
            "# -----BEGIN RSA PRIVATE KEY-----\n# MIIB\n# -----END RSA PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----\n# MIIB\n# -----END RSA PRIVATE KEY-----",
        ),
        (
            r'a: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"',
            r"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----",
        ),
        (
            "a: -----BEGIN PGP PRIVATE KEY BLOCK----- x -----END PGP PRIVATE KEY BLOCK-----",
            "-----BEGIN PGP PRIVATE KEY BLOCK----- x -----END PGP PRIVATE KEY BLOCK-----",
        ),
        (
            "# -----BEGIN EC PRIVATE KEY-----\n# MIIBAAAAAAAAAAAAAAAA\n# cut off\n",
            "-----BEGIN EC PRIVATE KEY-----\n# MIIBAAAAAAAAAAAAAAAA",
        ),
    ],
)
def test_a_private_key_block_as_a_whole(text: str, secret: str) -> None:
    assert leaks(text) == [("private-key", secret)]


@pytest.mark.parametrize(
    "text",
    ["# -----BEGIN PRIVATE KEY----- is how it begins", "# -----BEGIN PUBLIC KEY-----\n# MIIB"],
)
def test_no_private_key(text: str) -> None:
    assert leaks(text) == []


# files that YAML cannot read


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("a: b: c\ntoken: two words # why\n", ["two words"]),
        ("a: b: c\ntoken: two words\n", ["two words"]),
        ('a: b: c\ntoken: "two words" # why\n', ["two words"]),
        ("a: b: c\ntoken: |\n  two\n  lines\nb: 1\n", ["two\n  lines"]),
        ("a: b: c\ntoken: # why\n  two words\nb: 1\n", ["two words"]),
        ("a: b: c\n- token:\n    - Abc-12\n  b: Abc-1234\n", ["Abc-12"]),
        ("a: b: c\ntoken:\n  name: Abc-1234\n", []),
        ("a: b: c\ntoken:\n  password: Abc-12\n", ["Abc-12"]),
        ("a: b: c\nx: {token: Abc-12, b: Abc-1234}\n", ["Abc-12"]),
        ("a: b: c\n# token: Abc-12 more\n", ["Abc-12"]),
        ("a: b: c\ntoken: vault://a\n", []),
        ('token: "Abc-12\nb: 1\n', ["Abc-12"]),
        ("token: [Abc-12, Def-34, }\n", ["[Abc-12, Def-34, }"]),
        ("token: Abc-12\na: b: c\n", ["Abc-12"]),
        ("a: *none\ntoken: Abc-12\n", ["Abc-12"]),
        ("\ttoken: Abc-12\n", ["Abc-12"]),
        ("a: 1\nb: \x07\ntoken: Abc-12\n", ["Abc-12"]),
    ],
)
def test_a_broken_file_is_searched_too(text: str, secrets: list[str]) -> None:
    assert read("a.yaml", text.encode()).problems
    assert texts(text) == secrets


def test_bytes_that_are_no_text() -> None:
    file = read("a.yaml", b"a: \xff\ntoken: Abc-12\n")
    assert [file.source.text[leak.start : leak.end] for leak in find_leaks(file)] == ["Abc-12"]


# all together


def test_leaks_are_sorted_and_apart() -> None:
    text = f"# {HEX}\ntoken: x {OTHER} y\nsecret: {HEX}\nnote: a password=Abc-12\n"
    assert leaks(text) == [
        ("okx-secret-key", HEX),
        ("okx-secret-key", f"x {OTHER} y"),
        ("okx-secret-key", HEX),
        ("credential", "Abc-12"),
    ]


def test_a_block_hides_nothing_that_stands_in_it() -> None:
    assert texts("token:\n- 'vault://a?token=Abc-12'\n- Def-34\n") == ["Abc-12", "Def-34"]


MANY = 20_000


@pytest.mark.parametrize(
    "text",
    [
        "# " + "token=" * MANY,
        "# " + "token # " * MANY,
        "# " + 'token:" ' * MANY,
        "a: [\n" + "token:\n" * MANY,
        "a: }\n" + "token: vault://x " * MANY,
        f"x: [{', '.join([HEX] * MANY)}]",
        f"md5: [{', '.join([HEX] * MANY)}]",
        "x: {" + ", ".join(f"{n:032X}: a" for n in range(MANY)) + "}",
        'a: "' + "token: a " * MANY + '"',
        'a: "\\x41' + "token: abcdefg " * MANY + '"',
        "# -----BEGIN PRIVATE KEY-----\n" * MANY,
        "# token" + " " * MANY * 10,
    ],
)
def test_no_text_takes_more_than_linear_time(text: str) -> None:
    # In more than linear time this would not end while anyone waits.
    leaks = find_leaks(read("a.yaml", text.encode()))
    assert all(one.end <= other.start for one, other in pairwise(leaks))


def test_a_large_clean_file_is_clean() -> None:
    key = "- {label: a, account: b, key_id: 7a031a2b, secret_ref: vault://trading/okx/a}\n"
    file = read("a.yaml", ("version: 1\nkeys:\n" + key * 20_000).encode())
    assert find_leaks(file) == ()


def test_offsets_are_those_of_the_source() -> None:
    file = read("a.yaml", "\ufeffé: 1\ntoken: Abc-12\n".encode())
    (leak,) = find_leaks(file)
    assert file.source.location(leak.start, leak.end) == ("a.yaml", 2, 8, 2, 14)


@pytest.mark.parametrize("sign", ["*", "&", "!", "#"])
def test_a_value_that_yaml_takes_for_something_else_is_still_a_secret(sign: str) -> None:
    text = f"version: 1\nx-a:\n  passphrase: {sign}Hunter2222zz\n  other: 1\n"
    file = read("a.yaml", text.encode())
    (leak,) = find_leaks(file)
    assert text[leak.start : leak.end] == "Hunter2222zz"


@pytest.mark.parametrize(
    "line", ["passphrase: # see the vault", "passphrase:  #", "token: &tok", "secret: !!null"]
)
def test_what_stands_there_instead_of_a_value_may_be_no_secret(line: str) -> None:
    assert find_leaks(read("a.yaml", f"version: 1\n{line}\nb: 1\n".encode())) == ()

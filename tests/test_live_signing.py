"""The credential, and what is signed with it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okxlint.errors import OkxlintError
from okxlint.live.client import KEYS, AccountFailed
from okxlint.live.credentials import Credential, read_credential, refuse_in_arguments
from okxlint.live.signing import headers, signature, target, timestamp
from okxlint.live.sites import HOSTS, host_of
from tests.asking import client_of
from tests.exchange import Books, Exchange
from tests.exchange.books import KEY, PASSPHRASE, SECRET

STAMP = "2020-12-08T09:08:57.715Z"
BODY = '{"subAcct":"yongxu","apiKey":"x","ip":"1.1.1.1"}'
SUB = "/api/v5/users/subaccount"
GIVEN = {"OKX_API_KEY": KEY, "OKX_SECRET_KEY": SECRET, "OKX_PASSPHRASE": PASSPHRASE}


@pytest.mark.parametrize(
    ("method", "asked", "body", "signed"),
    [
        ("GET", "/api/v5/account/balance?ccy=BTC", "",
         "HiZhvSfMtWJA3uUIVXV3a/bSXNPCWvYFXoGCVS8V4zY="),
        ("GET", "/api/v5/account/config", "", "Kr/8IrbDYujS4cg2KkmB+tO2HMUXxyayG6ZwNb4H/yA="),
        ("GET", f"{SUB}/list", "", "o42VZh0eUVeTgLaRuz+qTO4nX7yJMX+BaSMS2wtfxzI="),
        ("GET", f"{SUB}/list?limit=100", "", "mQ1iXQYNlcMMK7BKqE8rqkd8xk25rzWVbceHhhhHt+E="),
        ("GET", f"{SUB}/apikey?subAcct=panpanBroker2", "",
         "FC+r+zA+t4Gw5vP8KyX9WdCVTPPPVkJX3uXbtLzvmlU="),
        ("POST", f"{SUB}/modify-apikey", BODY, "RD73R7+OgRdo4gwqOf1sNj92ojLpbWH1FJN493Gvi+g="),
    ],
)  # fmt: skip
def test_signatures_are_those_of_other_clients(
    method: str, asked: str, body: str, signed: str
) -> None:
    assert signature(SECRET, STAMP, method, asked, body) == signed


def test_headers() -> None:
    assert headers(Credential(KEY, SECRET, PASSPHRASE), STAMP, "/api/v5/account/config") == {
        "OK-ACCESS-KEY": KEY,
        "OK-ACCESS-SIGN": "Kr/8IrbDYujS4cg2KkmB+tO2HMUXxyayG6ZwNb4H/yA=",
        "OK-ACCESS-TIMESTAMP": STAMP,
        "OK-ACCESS-PASSPHRASE": PASSPHRASE,
    }


@pytest.mark.parametrize(
    ("milliseconds", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1607418537715, STAMP),
        (1607418537000, "2020-12-08T09:08:57.000Z"),
        (1607418537009, "2020-12-08T09:08:57.009Z"),
        (4102444799999, "2099-12-31T23:59:59.999Z"),
    ],
)
def test_a_timestamp_has_three_decimals_always(milliseconds: int, written: str) -> None:
    assert timestamp(milliseconds) == written


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_a_target_is_plain_ascii_and_says_what_was_meant(name: str) -> None:
    written = target(KEYS.path, {"subAcct": name})
    assert written.isascii()
    assert written.isprintable()
    assert " " not in written
    assert parse_qs(urlsplit(written).query, strict_parsing=True) == {"subAcct": [name]}


def test_a_target_without_parameters_is_the_path() -> None:
    assert target(KEYS.path, {}) == KEYS.path
    assert target("/x", {"a": "1", "b": "2"}) == "/x?a=1&b=2"


@pytest.mark.parametrize(
    "name", ["a b", "a+b", "a&b=c", "100%", "%41", "봇", "a/b?c#d", "a\"'<>`{}|\\^[]", "é", "-._~"]
)
def test_what_is_signed_is_what_is_sent(name: str) -> None:
    books = Books()
    books.add(name)
    with Exchange(books) as exchange:
        assert client_of(exchange).get(KEYS, {"subAcct": name}) == []
        assert [each.target for each in exchange.requests] == [target(KEYS.path, {"subAcct": name})]
        with pytest.raises(AccountFailed, match=r"no such sub-account \(59510\)"):
            client_of(exchange).get(KEYS, {"subAcct": f"{name}?"})


def test_a_credential_comes_from_variables_with_a_prefix_or_without() -> None:
    assert read_credential(GIVEN) == Credential(KEY, SECRET, PASSPHRASE)
    prefixed = {f"ACME_{name}": value for name, value in GIVEN.items()}
    assert read_credential(prefixed, "ACME_") == Credential(KEY, SECRET, PASSPHRASE)
    with pytest.raises(OkxlintError, match="ACME_OKX_API_KEY, ACME_OKX_SECRET_KEY,"):
        read_credential(GIVEN, "ACME_")


@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda value: "", "is not set"),
        (lambda value: f" {value}", "begins or ends with a blank"),
        (lambda value: f"{value}\n", "begins or ends with a blank"),
        (lambda value: f"{value}\u00a0", "begins or ends with a blank"),
        (lambda value: f"{value[:5]}\n{value[5:]}", "holds a character"),
        (lambda value: f"{value[:5]}\x7f{value[5:]}", "holds a character"),
        (lambda value: f"{value[:5]}é{value[5:]}", "holds a character"),
        (lambda value: f"{value[:5]}\udc80{value[5:]}", "holds a character"),
    ],
)
def test_a_variable_that_cannot_be_right_is_named_and_not_shown(
    name: str, change: object, said: str
) -> None:
    assert callable(change)
    with pytest.raises(OkxlintError) as error:
        read_credential({**GIVEN, name: change(GIVEN[name])})
    told = f"{error.value.message} {error.value.hint}"
    assert name in error.value.message
    assert said in error.value.message
    assert not any(value[:8] in told for value in GIVEN.values())


def test_a_variable_that_is_missing_is_named() -> None:
    with pytest.raises(OkxlintError, match="OKX_PASSPHRASE is not set"):
        read_credential({name: GIVEN[name] for name in ("OKX_API_KEY", "OKX_SECRET_KEY")})


def test_nothing_of_a_credential_is_shown() -> None:
    credential = Credential(KEY, SECRET, PASSPHRASE)
    for text in (repr(credential), str(credential), f"{credential}", repr([credential])):
        assert not any(value in text for value in GIVEN.values())
    with Exchange() as exchange:
        assert repr(client_of(exchange)) == f"Client({exchange.url})"


@pytest.mark.parametrize(
    ("key", "digits"),
    [
        (KEY, "7a038418"), (KEY.upper(), "7a038418"), (KEY.replace("-", ""), "7a038418"),
        ("******", None), ("", None), ("not-a-key-at-all", None), ("a038418", None),
    ],
)  # fmt: skip
def test_the_last_digits_of_a_key(key: str, digits: str | None) -> None:
    assert Credential(key, SECRET, PASSPHRASE).key_id == digits


@pytest.mark.parametrize(
    "argument",
    [
        "--api-key", "--api_key=abc", "--apikey", "--secret", "--secret-key=x", "--SECRET=x",
        "--passphrase", "--passphrase=x", "--password", "--token=x", "-passphrase", "--key",
        "--okx-api-key=x", "--okx_passphrase=x", "--api-secret", "--api-passphrase=x",
        "OKX_PASSPHRASE=x", "ACME_OKX_SECRET_KEY=x", "passphrase: x", "secret=a\nb",
        SECRET, KEY, f"--account={KEY}", f"--base-url=https://example.com/{PASSPHRASE}",
        f"x{PASSPHRASE}y", PASSPHRASE,
    ],
)  # fmt: skip
def test_a_credential_in_arguments_is_refused_and_not_repeated(argument: str) -> None:
    with pytest.raises(OkxlintError) as error:
        refuse_in_arguments(["--account", argument], {"A_OKX_PASSPHRASE": PASSPHRASE})
    told = f"{error.value.message} {error.value.hint}"
    assert "argument 2 looks like a credential" in told
    assert not any(value in told for value in GIVEN.values())
    assert "=x" not in told


@pytest.mark.parametrize(
    "arguments",
    [
        ["--account", "main", "-o", "main.json", "--site=eea", "--env-prefix", "ACME_"],
        ["okx-keys.yaml", "keys", "key.yaml", "--keep", "keep.json", "-", "--attested=keys.yaml"],
        ["--account=secret", "abc", "--allow-unknown", "master-keys"],
    ],
)
def test_other_arguments_are_not_refused(arguments: list[str]) -> None:
    refuse_in_arguments(arguments, {"OKX_PASSPHRASE": "abc", "OKX_SECRET_KEY": "", "PATH": "main"})


def test_hosts() -> None:
    assert [host_of(site, None).url for site in (None, *HOSTS)] == [
        "https://openapi.okx.com",
        "https://openapi.okx.com",
        "https://eea.okx.com",
        "https://us.okx.com",
        "https://tr.okx.com",
    ]
    assert host_of("eea", None).site == "eea"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://okx.example.com", "https://okx.example.com"),
        ("https://okx.example.com/", "https://okx.example.com"),
        ("HTTPS://OKX.example.com:443/okx/", "https://okx.example.com/okx"),
        ("https://okx.example.com:8443/a", "https://okx.example.com:8443/a"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_a_base_url(url: str, shown: str) -> None:
    host = host_of(None, url)
    assert (host.site, host.url) == ("custom", shown)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://okx.example.com", "plain http"),
        ("http://127.example.com", "plain http"),
        ("http://203.0.113.1", "plain http"),
        ("okx.example.com", "does not begin with https://"),
        ("ftp://okx.example.com", "does not begin with https://"),
        ("https://", "does not begin with https://"),
        ("https://okx example.com", "does not begin with https://"),
        ("https://user:Hunter2@okx.example.com", "holds a user or password"),
        ("https://user@okx.example.com", "holds a user or password"),
        ("https://okx.example.com/?a=1", "more than scheme, host, port and path"),
        ("https://okx.example.com/#a", "more than scheme, host, port and path"),
        ("https://okx.example.com/a b", "more than scheme, host, port and path"),
        ("https://okx.example.com:port", "is no URL"),
        ("https://okx.example.com:99999", "is no URL"),
        ("https://[::1", "is no URL"),
    ],
)
def test_a_base_url_that_is_refused(url: str, said: str) -> None:
    with pytest.raises(OkxlintError) as error:
        host_of(None, url)
    assert said in error.value.message
    assert "Hunter2" not in f"{error.value.message} {error.value.hint}"


def test_site_and_base_url_exclude_each_other() -> None:
    with pytest.raises(OkxlintError, match="both name the host"):
        host_of("global", "https://okx.example.com")

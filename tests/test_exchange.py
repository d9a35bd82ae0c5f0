"""The look-alike exchange, as two clients that others wrote see it: ccxt and OKX's python-okx.

What they accept, and what they take for which error, is what OKX sends.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import ccxt
import pytest
from okx.Account import AccountAPI
from okx.PublicData import PublicAPI
from okx.SubAccount import SubAccountAPI

from okxlint.live.signing import signature
from tests.exchange import Books, Exchange, Key, faults

# python-okx asks for the time in a way that Python 3.12 calls old.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:okx")
NAMES = [f"grid{number:03}" for number in range(130)]


def books(**fields: Any) -> Books:
    made = Books(**fields)
    for name in NAMES:
        made.add(name, Key(f"{name}-key", perm="read_only,trade", ip="203.0.113.7,198.51.100.0/24"))
    made.subs["grid007"].enable = False
    return made


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange(books()) as running:
        yield running


def by_ccxt(exchange: Exchange, **credential: str) -> Any:
    own = exchange.books
    client: Any = ccxt.okx(
        {
            "apiKey": own.own.api_key,
            "secret": own.secret,
            "password": own.passphrase,
            "enableRateLimit": False,
            **credential,
        }
    )
    client.urls["api"] = {"rest": exchange.url}
    client.session.trust_env = False
    return client


def by_okx(kind: Any, exchange: Exchange, flag: str = "0", **credential: str) -> Any:
    own = exchange.books
    keys = {"api_key": own.own.api_key, "api_secret_key": own.secret, "passphrase": own.passphrase}
    return kind(**keys | credential, domain=exchange.url, flag=flag)


def test_both_read_the_time(exchange: Exchange) -> None:
    with by_okx(PublicAPI, exchange) as client:
        answer = client.get_system_time()
    theirs = (int(answer["data"][0]["ts"]), by_ccxt(exchange).fetch_time())
    assert all(abs(each - time.time() * 1000) < 60_000 for each in theirs)


def test_both_read_the_configuration(exchange: Exchange) -> None:
    with by_okx(AccountAPI, exchange) as client:
        theirs = client.get_account_config()
    assert theirs == by_ccxt(exchange).private_get_account_config()
    assert theirs["data"][0] == exchange.books.config


def test_both_read_all_pages_of_sub_accounts(exchange: Exchange) -> None:
    client = by_ccxt(exchange)
    with by_okx(SubAccountAPI, exchange) as other:
        first = other.get_subaccount_list(limit="100")["data"]
        assert first == client.private_get_users_subaccount_list({"limit": 100})["data"]
        after = first[-1]["ts"]
        second = other.get_subaccount_list(after=after, limit="100")["data"]
    assert second == client.private_get_users_subaccount_list({"after": after})["data"]
    assert sorted(row["subAcct"] for row in first + second) == NAMES


def test_both_ask_for_some_sub_accounts(exchange: Exchange) -> None:
    off = by_ccxt(exchange).private_get_users_subaccount_list({"enable": "false"})["data"]
    with by_okx(SubAccountAPI, exchange) as client:
        one = client.get_subaccount_list(subAcct="grid009")["data"]
    assert [row["subAcct"] for row in off + one] == ["grid007", "grid009"]


def test_a_sub_accounts_keys(exchange: Exchange) -> None:
    rows = by_ccxt(exchange).private_get_users_subaccount_apikey({"subAcct": "grid009"})["data"]
    assert rows == [exchange.books.subs["grid009"].keys[0].row]


def test_what_they_sign_is_what_okxlint_signs(exchange: Exchange) -> None:
    by_ccxt(exchange).private_get_users_subaccount_apikey({"subAcct": "grid009"})
    with by_okx(SubAccountAPI, exchange) as client:
        client.get_subaccount_list(subAcct="grid009")
    for asked in exchange.requests:
        if stamp := asked.headers.get("OK-ACCESS-TIMESTAMP"):
            ours = signature(exchange.books.secret, stamp, asked.method, asked.target)
            assert asked.headers["OK-ACCESS-SIGN"] == ours


@pytest.mark.parametrize(
    ("wrong", "code", "error"),
    [
        ({"password": "Wrong-Horse-7"}, "50105", ccxt.AuthenticationError),
        ({"secret": "22582BD0CFF14C41EDBF1AB98506286E"}, "50113", ccxt.AuthenticationError),
        ({"apiKey": "37c541a1-0f0e-4b1c-9d3a-10fe7a038419"}, "50119", ccxt.ExchangeError),
    ],
)
def test_a_wrong_credential(
    wrong: dict[str, str], code: str, error: type[Exception], exchange: Exchange
) -> None:
    with pytest.raises(error, match=code):
        by_ccxt(exchange, **wrong).private_get_account_config()
    names = {"password": "passphrase", "secret": "api_secret_key", "apiKey": "api_key"}
    credential = {names[name]: value for name, value in wrong.items()}
    with by_okx(AccountAPI, exchange, **credential) as client:
        assert client.get_account_config()["code"] == code


@pytest.mark.parametrize(
    ("fields", "options", "code", "error"),
    [
        ({"demo": True}, {}, "50101", ccxt.AuthenticationError),
        ({"allowed": ("192.0.2.1",)}, {}, "50110", ccxt.PermissionDenied),
        ({}, {"skew": 31.0}, "50102", ccxt.InvalidNonce),
    ],
)
def test_other_refusals(
    fields: dict[str, Any], options: dict[str, Any], code: str, error: type[Exception]
) -> None:
    with Exchange(books(**fields), **options) as exchange:
        with pytest.raises(error, match=code):
            by_ccxt(exchange).private_get_account_config()
        with by_okx(AccountAPI, exchange) as client:
            assert client.get_account_config()["code"] == code


def test_demo_trading_by_its_header() -> None:
    with Exchange(books(demo=True)) as exchange:
        client = by_ccxt(exchange)
        client.set_sandbox_mode(True)
        client.urls["api"] = {"rest": exchange.url}
        assert client.private_get_account_config()["code"] == "0"
        with by_okx(AccountAPI, exchange, flag="1") as other:
            assert other.get_account_config()["code"] == "0"


def asked_without_end(client: Any) -> None:
    while True:
        client.private_get_account_config()


def test_too_many_requests_are_counted_for_each_path() -> None:
    with Exchange(books(), limits=True) as exchange:
        client = by_ccxt(exchange)
        with pytest.raises(ccxt.RateLimitExceeded, match="50011"):
            asked_without_end(client)
        assert client.private_get_users_subaccount_list()["code"] == "0"


def test_errors_on_demand() -> None:
    with Exchange(books()) as exchange:
        exchange.fail("subaccount/list", faults.error("50013", 503))
        exchange.fail("subaccount/apikey", faults.error("59510"))
        with pytest.raises(ccxt.ExchangeNotAvailable, match="50013"):
            by_ccxt(exchange).private_get_users_subaccount_list()
        with pytest.raises(ccxt.ExchangeError, match="59510"):
            by_ccxt(exchange).private_get_users_subaccount_apikey({"subAcct": "grid001"})
        with by_okx(SubAccountAPI, exchange) as client:
            assert client.get_subaccount_list()["code"] == "50013"

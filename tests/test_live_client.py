"""Every way in which OKX can answer, and what follows from each."""

from __future__ import annotations

import ast
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from http import HTTPStatus

import pytest

from okxlint.live import transport
from okxlint.live.answers import CODES, Then, meaning_of
from okxlint.live.client import ATTEMPTS, CONFIG, ENDPOINTS, KEYS, TIME, AccountFailed, Client
from okxlint.live.sites import Host, host_of
from okxlint.live.words import Words
from tests.asking import Hours, client_of, credential_of, refused
from tests.exchange import Books, Exchange, faults
from tests.exchange.books import KEY, PASSPHRASE, SECRET
from tests.exchange.faults import Fault
from tests.test_cli import ROOT

RETRIED = [code for code, meaning in CODES.items() if meaning.then in (Then.RETRY, Then.SLOWLY)]
STOPS = [code for code, meaning in CODES.items() if meaning.then is Then.STOP]
OF_ACCOUNT = [code for code, meaning in CODES.items() if meaning.then is Then.ACCOUNT]


def books() -> Books:
    made = Books()
    made.add("gridbot01")
    return made


def test_the_table_says_of_every_code_of_the_facts_what_follows() -> None:
    assert sorted(RETRIED) == ["50001", "50004", "50011", "50013", "50026", "50040", "50061"]
    assert [code for code, each in CODES.items() if each.then is Then.SLOWLY] == [
        "50011",
        "50040",
        "50061",
    ]
    assert [code for code, each in CODES.items() if each.then is Then.RESYNC] == ["50102"]
    assert sorted(OF_ACCOUNT) == [
        *("51000", "58115", "59506", "59508", "59510", "59608", "59613", "59614", "59619"),
    ]
    for meaning in CODES.values():
        assert not meaning.said.endswith(".")
        assert meaning.hint.endswith((".", "(timedatectl set-ntp true).")) or (
            meaning.then is Then.ACCOUNT
        )


@pytest.mark.parametrize("code", RETRIED)
def test_what_passes_is_asked_again(code: str) -> None:
    with Exchange(books()) as exchange:
        exchange.fail("config", faults.error(code, 429), ATTEMPTS - 1)
        hours = Hours()
        assert client_of(exchange, hours).get(CONFIG)[0]["label"] == "auditor"
        asked = exchange.asked("config")
        assert len(asked) == ATTEMPTS
        slowly = CODES[code].then is Then.SLOWLY
        assert hours.slept == ([2.0, 4.0, 8.0] if slowly else [0.5, 1.0, 2.0])


def test_each_attempt_is_signed_anew() -> None:
    with Exchange(books()) as exchange:
        exchange.fail("config", faults.error("50001", 503), 1)
        hours = Hours()
        times = iter([time.time() - 1.0, time.time()])
        hours.clock = hours.clock._replace(now=lambda: next(times))
        client_of(exchange, hours).get(CONFIG)
        first, second = (each.headers for each in exchange.asked("config"))
        assert first["OK-ACCESS-TIMESTAMP"] < second["OK-ACCESS-TIMESTAMP"]
        assert first["OK-ACCESS-SIGN"] != second["OK-ACCESS-SIGN"]


def test_waits_are_spread() -> None:
    with Exchange(books()) as exchange:
        exchange.fail("config", faults.error("50001", 503), 2)
        hours = Hours(jitter=0.5)
        client_of(exchange, hours).get(CONFIG)
        assert hours.slept == [0.75, 1.5]


@pytest.mark.parametrize(
    "fault", [faults.error("50011", 429), faults.error(50011), faults.BAD_GATEWAY]
)
def test_what_does_not_pass_ends_after_some_attempts(fault: Fault) -> None:  # fmt: skip
    with Exchange(books()) as exchange:
        exchange.fail("config", fault)
        error = refused(lambda: client_of(exchange).get(CONFIG))
        assert error.message.startswith("OKX says: ")
        assert error.hint
        assert len(exchange.asked("config")) == ATTEMPTS


def test_of_one_account_it_is_that_account_that_failed() -> None:
    with Exchange(books()) as exchange:
        exchange.fail("apikey", faults.error("50013", 429))
        with pytest.raises(AccountFailed, match=r"^OKX says: the systems are busy \(50013\)$"):
            client_of(exchange).get(KEYS, {"subAcct": "gridbot01"})
        assert len(exchange.asked("apikey")) == ATTEMPTS


@pytest.mark.parametrize("status", [200, 400, 401, 500])
@pytest.mark.parametrize("code", STOPS)
def test_what_would_be_refused_again_is_asked_once(code: str, status: int) -> None:
    with Exchange(books()) as exchange:
        exchange.fail("apikey", faults.error(code, status, "Your IP 203.0.113.9 says no"))
        hours = Hours()
        error = refused(lambda: client_of(exchange, hours).get(KEYS, {"subAcct": "gridbot01"}))
        assert error.message == f"OKX says: {CODES[code].said} ({code})"
        assert (error.hint, error.code) == (CODES[code].hint, code)
        assert (len(exchange.requests), hours.slept) == (1, [])


@pytest.mark.parametrize("code", [*OF_ACCOUNT, "59999", "1", ""])
def test_one_account_that_cannot_be_read_stops_nothing_else(code: str) -> None:
    with Exchange(books()) as exchange:
        exchange.fail("apikey", faults.error(code, 200, "about 203.0.113.9"))
        with pytest.raises(AccountFailed) as error:
            client_of(exchange).get(KEYS, {"subAcct": "gridbot01"})
        assert code in str(error.value)
        assert "203.0" not in str(error.value)
        assert len(exchange.requests) == 1


@pytest.mark.parametrize("code", ["59999", "1", 2, None, True, {"a": 1}])
def test_elsewhere_a_code_that_nobody_knows_stops(code: object) -> None:
    with Exchange(books()) as exchange:
        exchange.fail("config", faults.error(code))
        error = refused(lambda: client_of(exchange).get(CONFIG))
        assert "an error that okxlint does not know" in error.message
        assert "docs-v5" in error.hint
        assert len(exchange.requests) == 1


@pytest.mark.parametrize(
    ("fault", "said", "attempts"),
    [
        (faults.HTML, "the answer is not OKX's", 1),
        (faults.EMPTY, "the answer is not OKX's", 1),
        (faults.NO_DATA, "the answer is not OKX's", 1),
        (faults.NO_LIST, "the answer is not OKX's", 1),
        (faults.NO_OBJECTS, "the answer is not OKX's", 1),
        (faults.NO_OBJECT, "the answer is not OKX's", 1),
        (faults.NOT_UTF8, "the answer is not OKX's", 1),
        (faults.TOO_DEEP, "the answer is not OKX's", 1),
        (faults.raw(b'{"data": [{"uid": "1", "perm": "read"}]}'), "the answer is not OKX's", 1),
        (faults.raw(b'{"code": 1' + b"0" * 5000 + b"}"), "the answer is not OKX's", 1),
        (faults.raw(b"\x1f\x8b\x08", Content_Encoding="gzip"), "the answer is not OKX's", 1),
        (faults.raw(b'{"code": "0", "data": [{}]}', 206), "the answer is not OKX's", 1),
        (faults.raw(b"<html>", 401, "text/html"), "not authorized (HTTP 401)", 1),
        (faults.raw(b"<html>", 403, "text/html"), "forbidden (HTTP 403)", 1),
        (faults.raw(b"<html>", 404, "text/html"), "nothing at this path (HTTP 404)", 1),
        (faults.raw(b"", 407), "a proxy wants to be asked first (HTTP 407)", 1),
        (faults.raw(b"<html>", 429, "text/html"), "too many requests (HTTP 429)", ATTEMPTS),
        (faults.raw(b"", 408), "timed out (HTTP 408)", ATTEMPTS),
        (faults.raw(b"", 500), "the server failed (HTTP 500)", ATTEMPTS),
        (faults.BAD_GATEWAY, "the server failed (HTTP 502)", ATTEMPTS),
        (faults.redirect(301, "https://okx.example.com/"), "sends to another host", 1),
        (faults.redirect(302, "/api/v5/public/time"), "sends to another host", 1),
        (faults.redirect(307, "http://127.0.0.1:1/"), "sends to another host", 1),
        (faults.redirect(308, "//okx.example.com"), "sends to another host", 1),
        (faults.cut_at_once, "the connection to 127.0.0.1 was cut", ATTEMPTS),
        (faults.cut_in_the_body, "the connection to 127.0.0.1 was cut", ATTEMPTS),
        (faults.cut_between_chunks, "the connection to 127.0.0.1 was cut", ATTEMPTS),
        (faults.too_large, "longer than 8 MiB", 1),
        (faults.endless, "longer than 8 MiB", 1),
    ],
)  # fmt: skip
def test_what_is_no_answer(fault: Fault, said: str, attempts: int) -> None:
    with Exchange(books()) as exchange:
        exchange.fail("config", fault)
        error = refused(lambda: client_of(exchange).get(CONFIG))
        assert said in error.message
        assert error.hint
        assert "html" not in error.message
        assert len(exchange.requests) == attempts


@pytest.mark.parametrize("size", [transport.MAX_BYTES, transport.MAX_BYTES + 1])
def test_the_longest_answer(size: int) -> None:
    start = b'{"code": "0", "data": [{"a": "b"}]}'
    with Exchange(books()) as exchange:
        exchange.fail("config", faults.raw(start + b" " * (size - len(start))))
        client = client_of(exchange)
        if size > transport.MAX_BYTES:
            assert "longer than 8 MiB" in refused(lambda: client.get(CONFIG)).message
        else:
            assert client.get(CONFIG) == [{"a": "b"}]


def test_success_may_have_a_number_as_its_code() -> None:
    with Exchange(books()) as exchange:
        exchange.fail("config", faults.raw(b'{"code": 0, "data": []}'))
        assert client_of(exchange).get(CONFIG) == []


@pytest.mark.parametrize("fault", [faults.drip, faults.drip_head])
def test_an_answer_that_never_ends_is_not_waited_for(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "ANSWER_SECONDS", 0.2)
    with Exchange(books()) as exchange:
        exchange.fail("config", fault)
        assert "no whole answer came" in refused(lambda: client_of(exchange).get(CONFIG)).message
        assert len(exchange.requests) == ATTEMPTS


def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "READ_SECONDS", 0.05)
    with Exchange(books()) as exchange:
        exchange.fail("config", faults.silent)
        assert refused(lambda: client_of(exchange).get(CONFIG)).message == (
            "127.0.0.1 does not answer"
        )


def test_a_port_at_which_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    host = host_of(None, f"http://127.0.0.1:{port}")
    client = Client(host, credential_of(Books()), clock=Hours().clock)
    error = refused(lambda: client.get(CONFIG))
    assert error.message == f"no connection to 127.0.0.1, port {port}"
    assert "doctor" in error.hint


def test_a_name_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    host = host_of(None, "https://okx.example.com")
    client = Client(host, credential_of(Books()), clock=Hours().clock)
    assert refused(lambda: client.get(CONFIG)).message == "there is no host okx.example.com"


def test_a_name_that_cannot_be_one() -> None:
    client = Client(host_of(None, "https://a..b"), credential_of(Books()), clock=Hours().clock)
    assert refused(lambda: client.get(CONFIG)).message == "there is no host a..b"


def test_a_certificate_is_verified() -> None:
    context = transport._connections(Host("custom", "https", "127.0.0.1", 1)).conn_kw
    assert context["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    assert context["ssl_context"].check_hostname


def test_a_peer_that_cannot_show_one_is_refused() -> None:
    with Exchange(books()) as exchange:
        host = host_of(None, exchange.url.replace("http:", "https:"))
        error = refused(
            lambda: Client(host, credential_of(exchange.books), clock=Hours().clock).get(CONFIG)
        )
        assert "certificate" in error.message
    assert exchange.requests == []


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with Exchange(books()) as exchange:
        assert client_of(exchange).get(TIME)


def test_one_connection_serves_all_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    connect = socket.socket.connect

    def counted(self: socket.socket, address: tuple[str, int]) -> None:
        opened.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", counted)
    with Exchange(books()) as exchange:
        client = client_of(exchange)
        for _ in range(3):
            client.get(CONFIG)
        client.get(TIME)
    assert len(opened) == 1


def test_a_path_of_the_host_is_sent_and_not_signed() -> None:
    with Exchange(books()) as exchange:
        host = host_of(None, f"{exchange.url}/okx")
        refused(lambda: Client(host, credential_of(exchange.books)).get(CONFIG))
        assert exchange.requests[0].target == "/okx/api/v5/account/config"


@pytest.mark.parametrize("demo", [False, True])
def test_the_header_of_demo_trading(demo: bool) -> None:
    made = books()
    made.demo = demo
    with Exchange(made) as exchange:
        assert client_of(exchange, demo=demo).get(CONFIG)
        error = refused(lambda: client_of(exchange, demo=not demo).get(CONFIG))
        assert error.code == "50101"


def test_the_clock_is_not_asked_for_without_need() -> None:
    with Exchange(books(), skew=20) as exchange:
        client_of(exchange).get(CONFIG)
        assert exchange.asked("time") == []


@pytest.mark.parametrize("skew", [-86400, -31, 31, 86400])
def test_a_wrong_clock_is_corrected_once(skew: float) -> None:
    with Exchange(books(), skew=skew) as exchange:
        client = client_of(exchange)
        for _ in range(3):
            assert client.get(CONFIG)
        assert abs(client.now() / 1000 - client.clock.now() - skew) < 5
        assert len(exchange.asked("time")) == 1
        assert len(exchange.asked("config")) == 4


def test_a_clock_that_is_right_and_refused_all_the_same_stops() -> None:
    with Exchange(books()) as exchange:
        exchange.fail("config", faults.error("50102", 401))
        error = refused(lambda: client_of(exchange).get(CONFIG))
        assert (error.code, len(exchange.requests)) == ("50102", 3)
        assert "clock" in error.hint


def test_threads_correct_a_wrong_clock_together() -> None:
    with Exchange(books(), skew=3600, latency=0.05) as exchange:
        client = client_of(exchange)
        threads = [threading.Thread(target=client.get, args=(CONFIG,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(exchange.asked("time")) == 1
        assert len(exchange.asked("config")) == 12


def test_public_time_is_never_signed() -> None:
    with Exchange(books()) as exchange:
        theirs, mine = client_of(exchange).server_time()
        assert abs(theirs - mine) < 5000
        assert not [name for name in exchange.requests[0].headers if name.startswith("OK-")]
        exchange.fail("time", faults.error("50102", 401))
        assert refused(client_of(exchange).server_time).code == "50102"


@pytest.mark.parametrize("data", [[], [{}], [{"ts": "soon"}], [{"ts": None}]])
def test_a_time_that_is_none(data: object) -> None:
    with Exchange(books()) as exchange:
        exchange.fail("time", faults.raw(json.dumps({"code": "0", "data": data}).encode()))
        assert "holds no time" in refused(client_of(exchange).server_time).message


def test_after_a_stop_nothing_is_asked() -> None:
    with Exchange(books()) as exchange:
        client = client_of(exchange)
        exchange.fail("config", faults.error("50105", 401))
        first = refused(lambda: client.get(CONFIG))
        client.stop(first)
        client.stop(refused(lambda: client.get(CONFIG)))
        assert refused(lambda: client.get(TIME)) is first
        assert len(exchange.requests) == 1


MASKED = "********-****-****-****-****7a038418"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f"Your IP 203.0.113.9 is not included in your API key's {KEY} IP whitelist.",
         f"Your IP <address> is not included in your API key's {'*' * 36} IP whitelist."),
        (f"key {KEY.upper()}", f"key {MASKED.upper()}"),
        ("key 11111111-2222-3333-4444-55557a038418", f"key {MASKED}"),
        (f"{SECRET}{PASSPHRASE}", "*" * 47),
        ("0123456789ABCDEF0123456789ABCDEF", "*" * 32),
        ("IP:203.0.113.9:8080, (198.51.100.1/24)", "IP:<address>:8080, (<address>/24)"),
        ("2001:db8::7 [2001:db8:0:0:0:0:0:1]", "<address> [<address>]"),
        ("::ffff:203.0.113.9 fe80::1%eth0", "<address> <address>%eth0"),
        ("\x1b[31m\u202e\n::error::x", r"\x1b[31m\u202e\x0a<address>rror<address>x"),
        ("v1.2.3, 100%, a: b", "v1.2.3, 100%, a: b"),
        ("a" * 200, "a" * 200),
        ("a" * 201, "a" * 199 + "…"),
        (":" * 100_000, None),
    ],
)  # fmt: skip
def test_what_okx_says_is_told_without_secrets_and_addresses(said: str, told: str | None) -> None:
    cleaned = Words(credential_of(Books())).clean(said)
    assert len(cleaned) <= 200
    assert told is None or cleaned == told


def test_okx_s_own_words_stand_only_where_there_are_no_others() -> None:
    words = Words(credential_of(Books()))
    known = meaning_of("50110", 401, of_account=False)
    assert "203" not in words.of_answer("50110", 401, known, "Your IP 203.0.113.9")
    unknown = meaning_of("59999", 200, of_account=True)
    assert words.of_answer("59999", 200, unknown, "No\ncoffee") == (
        r"OKX says: an error that okxlint does not know (59999): No\x0acoffee"
    )
    assert words.of_answer(None, 200, unknown, "") == (
        "OKX says: an error that okxlint does not know"
    )


@pytest.mark.parametrize("status", list(HTTPStatus))
@pytest.mark.parametrize("of_account", [False, True])
def test_a_status_without_a_code(status: HTTPStatus, of_account: bool) -> None:
    then = meaning_of(None, status, of_account=of_account).then
    passes = status in (408, 425, 429) or status >= 500
    expected = (Then.SLOWLY if status == 429 else Then.RETRY) if passes else Then.STOP
    assert then is expected


def test_the_statuses_beside_those_that_are_known() -> None:
    elsewhere = "it sends to another host, where a credential does not belong"
    for status, sends in ((299, False), (300, True), (399, True), (400, False)):
        assert (meaning_of(None, status, of_account=False).said == elsewhere) is sends
    for status, then in ((499, Then.STOP), (500, Then.RETRY), (599, Then.RETRY)):
        assert meaning_of(None, status, of_account=False).then is then


def _calls(found: Callable[[ast.AST], bool]) -> list[str]:
    sources = [*(ROOT / "okxlint/live").glob("*.py"), *(ROOT / "okxlint/cli").glob("*.py")]
    return [
        f"{source.name}:{ast.unparse(node)}"
        for source in sources
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if found(node)
    ]


def test_no_other_method_than_get_can_be_used() -> None:
    def is_call(node: ast.AST) -> bool:
        asks = ("urlopen", "request", "request_encode_body", "request_encode_url", "putrequest")
        return isinstance(node, ast.Attribute) and node.attr in (*asks, "PoolManager", "urllib")

    def is_method(node: ast.AST) -> bool:
        words = ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE")
        return isinstance(node, ast.Constant) and node.value in words

    def is_client(node: ast.AST) -> bool:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        others = ("http", "requests", "httpx", "socket", "urllib.request")
        return any(name.startswith(others) for name in [*names, module] if name)

    def is_sending(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr.startswith(("send", "makefile"))

    assert _calls(is_call) == ["transport.py:self._connections.urlopen"]
    assert _calls(is_method) == []
    # The doctor looks whether there is a way, and sends nothing on it.
    assert _calls(is_client) == ["reach.py:import socket"]
    assert _calls(is_sending) == []
    tree = ast.parse((ROOT / "okxlint/live/transport.py").read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    [urlopen] = [node for node in calls if ast.unparse(node.func).endswith("urlopen")]
    assert ast.unparse(urlopen.args[0]) == "'GET'"


def test_four_paths_are_all_that_is_asked() -> None:
    assert [endpoint.path for endpoint in ENDPOINTS] == [
        "/api/v5/public/time",
        "/api/v5/account/config",
        "/api/v5/users/subaccount/list",
        "/api/v5/users/subaccount/apikey",
    ]
    written = _calls(lambda node: isinstance(node, ast.Constant) and "/api/v5" in str(node.value))
    assert len(written) == len(ENDPOINTS)

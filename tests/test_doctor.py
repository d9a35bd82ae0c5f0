"""``okxlint doctor``: each step on its own, and as a user runs it."""

from __future__ import annotations

import json
import socket
import ssl
from pathlib import Path
from typing import Any, get_args

import pytest
import trustme

from okxlint.live.client import CONFIG, Client
from okxlint.live.doctor import examine
from okxlint.live.reading import Wanted
from okxlint.live.sites import host_of
from okxlint.live.steps import Name, Step
from tests.asking import Hours, client_of, credential_of, okxlint, refused
from tests.exchange import Books, Exchange, Key, faults

WORDS = [
    *("credential", "name", "connection", "tls", "clock", "key", "environment", "passphrase"),
    *("signature", "address", "permissions", "account", "sub-accounts"),
]


def books(**fields: Any) -> Books:
    made = Books(**fields)
    made.add("grid01", Key("one"))
    return made


WRONG = {"OKX_PASSPHRASE": "Wrong-Horse-7"}


def doctor(exchange: Exchange, *arguments: str, cwd: Path, **variables: str) -> Any:
    environment = exchange.books.environment | variables
    done = okxlint(
        "doctor", "--base-url", exchange.url, *arguments, cwd=cwd, environment=environment
    )
    secret = [value for value in environment.values() if value and value in done.stdout]
    assert (done.stderr, secret) == ("", [])
    return done


def steps(exchange: Exchange, **wanted: Any) -> dict[Name, Step]:
    asked = Wanted(wanted.pop("account", "main"), **wanted)
    taken = list(examine(client_of(exchange, demo=asked.demo), asked))
    assert len({step.name for step in taken}) == len(taken)
    return {step.name: step for step in taken}


def failed(found: dict[Name, Step]) -> list[Name]:
    return [name for name, step in found.items() if step.status == "failed"]


def test_all_is_well(tmp_path: Path) -> None:
    with Exchange(books()) as exchange:
        done = doctor(exchange, cwd=tmp_path)
        assert exchange.asked("/trade") == []
        assert {each.method for each in exchange.requests} == {"GET"}
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert [line.split()[0] for line in lines] == ["ok"] * 13
    assert [line.split()[1] for line in lines] == WORDS
    assert "labelled 'auditor'" in lines[5]
    assert "203.0.*.*" in lines[9]
    assert "the master account 447***********584" in lines[11]
    assert "1 sub-account; the keys of 'grid01' can be read" in lines[12]


CASES = [
    (WRONG, (), "passphrase", "(50105)", "chosen for this very key"),
    (
        {"OKX_API_KEY": "37c541a1-0f0e-4b1c-9d3a-10fe7a038419"},
        (),
        "key",
        "(50119)",
        "of another region: try --site eea, us or tr. Or it was deleted: OKX drops a key with "
        "trade or withdraw and no bound address after 14 idle days",
    ),
    ({"OKX_SECRET_KEY": "0" * 32}, (), "signature", "(50113)", "The secret is not this key's"),
    ({}, ("--demo",), "environment", "(50101)", "--demo"),
]


@pytest.mark.parametrize(("variables", "options", "name", "said", "hint"), CASES)
def test_what_is_wrong_is_said_and_the_rest_left(
    variables: dict[str, str],
    options: tuple[str, ...],
    name: str,
    said: str,
    hint: str,
    tmp_path: Path,
) -> None:
    with Exchange(books()) as exchange:
        done = doctor(exchange, *options, cwd=tmp_path, **variables)
    assert done.returncode == 1
    *before, what, todo, left = done.stdout.splitlines()
    assert all(line.startswith("ok ") for line in before)
    assert len(before) == 5
    assert what.split()[:2] == ["failed", name]
    assert said in what
    assert hint in todo
    others = [word for word in WORDS[5:] if word != name]
    assert left == f"not looked at: {', '.join(others)}"


def test_no_credential(tmp_path: Path) -> None:
    with Exchange(books()) as exchange:
        done = doctor(exchange, cwd=tmp_path, OKX_PASSPHRASE="", OKX_API_KEY="")
        assert exchange.requests == []
    assert done.returncode == 1
    assert "OKX_API_KEY, OKX_PASSPHRASE are not set" in done.stdout
    assert f"not looked at: {', '.join(WORDS[1:])}" in done.stdout


def test_a_prefix_of_the_variables(tmp_path: Path) -> None:
    with Exchange(books()) as exchange:
        own = exchange.books.environment
        named = {f"ACME_{name}": value for name, value in own.items()}
        empty = dict.fromkeys(own, "")
        done = doctor(exchange, "--env-prefix", "ACME_", cwd=tmp_path, **named, **empty)
    assert done.returncode == 0
    assert "ACME_OKX_API_KEY, ACME_OKX_SECRET_KEY, ACME_OKX_PASSPHRASE are set" in done.stdout


@pytest.mark.parametrize(
    ("skew", "status", "said"),
    [
        (0.0, "ok", "seconds from OKX's"),
        (20.0, "warning", "20 seconds behind OKX's"),
        (-20.0, "warning", "20 seconds ahead of OKX's"),
        (-95.0, "failed", "95 seconds ahead of OKX's; OKX refuses what is more than 30 off"),
    ],
)
def test_the_clock(skew: float, status: str, said: str) -> None:
    with Exchange(books(), skew=skew) as exchange:
        found = steps(exchange)
    assert found["clock"].status == status
    assert said in found["clock"].said
    # OKX's own clock serves for what follows.
    assert found["sub-accounts"].status == "ok"


def test_a_skewed_clock_as_a_user_sees_it(tmp_path: Path) -> None:
    with Exchange(books(), skew=95.0) as exchange:
        done = doctor(exchange, cwd=tmp_path)
    assert done.returncode == 1
    assert "clock of this machine is 95 seconds behind OKX's" in done.stdout
    assert "timedatectl set-ntp true" in done.stdout


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("50067", "key"),
        ("50110", "address"),
        ("50035", "address"),
        ("50120", "permissions"),
        ("50102", "answer"),
        ("50100", "answer"),
        ("59999", "answer"),
    ],
)
def test_each_code_is_told_at_its_step(code: str, name: Name) -> None:
    with Exchange(books()) as exchange:
        exchange.fail(CONFIG.path, faults.error(code, 401))
        found = steps(exchange)
    assert failed(found)[-1] == name
    assert code in found[name].said
    assert found["account"].status == "skipped"


def test_no_answer_of_okx_at_all() -> None:
    with Exchange(books()) as exchange:
        exchange.fail("/public/time", faults.HTML)
        found = steps(exchange)
    assert failed(found) == ["answer"]
    assert found["key"].status == "skipped"


def test_an_address_that_is_not_bound() -> None:
    made = books()
    made.own.ip, made.allowed = "", ()
    with Exchange(made) as exchange:
        found = steps(exchange)
    assert (found["address"].status, failed(found)) == ("warning", [])


def test_more_than_read_stops() -> None:
    made = books()
    made.own.perm = "read_only,trade"
    with Exchange(made) as exchange:
        found = steps(exchange)
        assert exchange.asked("subaccount") == []
    assert failed(found) == ["permissions"]
    assert "holds trade" in found["permissions"].said


def test_a_credential_of_another_account(tmp_path: Path) -> None:
    (tmp_path / "okx-keys.yaml").write_text(
        "version: 1\naccounts: [{name: main, type: master, uid: '11111111111111111'}]\n"
    )
    with Exchange(books()) as exchange:
        done = doctor(exchange, "--account", "main", cwd=tmp_path)
        unknown = doctor(exchange, "--account", "other", cwd=tmp_path)
    assert done.returncode == 1
    assert "failed   account       the credential is of another account" in done.stdout
    assert unknown.returncode == 0


def test_a_sub_accounts_credential() -> None:
    with Exchange(books(main_uid="11111111111111111")) as exchange:
        found = steps(exchange)
    assert found["account"].said.startswith("a sub-account ")
    assert (found["sub-accounts"].status, failed(found)) == ("warning", [])


@pytest.mark.parametrize(
    ("part", "code", "said"),
    [
        ("list", "50030", "the key has no permission for this (50030)"),
        ("apikey", "50030", "the key has no permission for this (50030)"),
        ("apikey", "59508", "the keys of 'grid01' cannot be read: OKX says: the sub-account is"),
    ],
)
def test_sub_accounts_that_cannot_be_read(part: str, code: str, said: str) -> None:
    with Exchange(books()) as exchange:
        exchange.fail(f"subaccount/{part}", faults.error(code))
        found = steps(exchange)
    assert failed(found) == ["sub-accounts"]
    assert said in found["sub-accounts"].said


def test_no_sub_account() -> None:
    with Exchange(Books()) as exchange:
        assert steps(exchange)["sub-accounts"].said == "there are none"


def test_what_okx_says_of_a_key_is_cleaned() -> None:
    made = books()
    made.own.label = f"{made.passphrase}\x1b[2J 4f0c1a9e-0f0e-4b1c-9d3a-10fe7a038418"
    with Exchange(made) as exchange:
        said = steps(exchange)["key"].said
    assert made.passphrase not in said
    assert "\x1b" not in said
    assert "4f0c1a9e" not in said


def test_a_name_that_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    client = Client(host_of("eea", None), credential_of(Books()), clock=Hours().clock)
    first, *rest = examine(client, Wanted("main"))
    assert first[:3] == ("name", "failed", "there is no host eea.okx.com")
    assert {step.status for step in rest} == {"skipped"}


@pytest.mark.parametrize(
    ("error", "said"),
    [(ConnectionRefusedError(111, "Connection refused"), "refused"), (TimeoutError(), "nothing")],
)
def test_no_connection(error: OSError, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "create_connection", refuse)
    host = host_of(None, "http://127.0.0.1:1")
    client = Client(host, credential_of(Books()), clock=Hours().clock)
    found = {step.name: step for step in examine(client, Wanted("main"))}
    assert failed(found) == ["connection"]
    assert said in found["connection"].said


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def served(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def trusting(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusted)


def test_tls(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting(authority, monkeypatch)
    with Exchange(books(), tls=served(authority, "127.0.0.1")) as exchange:
        found = steps(exchange)
    assert failed(found) == []
    assert found["tls"].said.startswith("TLSv1.")
    assert "certificate valid until " in found["tls"].said


@pytest.mark.parametrize(("name", "said"), [("192.0.2.1", "IP address mismatch"), (None, "")])
def test_a_certificate_that_is_not_to_be_trusted(
    name: str | None, said: str, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting(authority, monkeypatch)
    other = authority if name else trustme.CA()
    with Exchange(books(), tls=served(other, name or "127.0.0.1")) as exchange:
        found = steps(exchange)
        told = refused(lambda: client_of(exchange).get(CONFIG)).message
        assert exchange.requests == []
    assert failed(found) == ["tls"]
    assert "is not to be trusted" in found["tls"].said
    assert said in found["tls"].said
    assert "is not to be trusted" in told


def test_a_peer_that_speaks_no_tls() -> None:
    with Exchange(books()) as exchange:
        host = host_of(None, exchange.url.replace("http:", "https:"))
        client = Client(host, credential_of(exchange.books), clock=Hours().clock)
        found = {step.name: step for step in examine(client, Wanted("main"))}
    assert failed(found) == ["tls"]
    assert "does not speak TLS" in found["tls"].said


def test_as_json(tmp_path: Path) -> None:
    with Exchange(books()) as exchange:
        well = json.loads(doctor(exchange, "-f", "json", cwd=tmp_path).stdout)
        done = doctor(exchange, "-f", "json", cwd=tmp_path, **WRONG)
        url = exchange.url
    assert (well["version"], well["tool"]["name"], well["exit"]) == (1, "okxlint", 0)
    assert (well["host"], well["site"], well["environment"]) == (url, "custom", "live")
    assert [step["step"] for step in well["steps"]] == WORDS
    value = json.loads(done.stdout)
    assert (value["exit"], done.returncode) == (1, 1)
    wrong = {each["step"]: each for each in value["steps"]}
    assert {each["step"] for each in value["steps"]} == set(WORDS)
    assert wrong["passphrase"]["status"] == "failed"
    assert wrong["passphrase"]["help"]
    assert wrong["sub-accounts"] == {
        "step": "sub-accounts",
        "status": "skipped",
        "message": "not looked at",
        "help": None,
    }


def test_every_step_has_its_place() -> None:
    assert [name for name in get_args(Name) if name != "answer"] == WORDS


def test_colour(tmp_path: Path) -> None:
    with Exchange(books()) as exchange:
        plain = doctor(exchange, cwd=tmp_path).stdout
        coloured = doctor(exchange, "--color", "always", cwd=tmp_path, **WRONG)
    assert "\x1b" not in plain
    assert "\x1b[1;31mfailed \x1b[0m  passphrase" in coloured.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--site", "asia"), "'asia' is not one of"),
        (("--site", "eea", "--base-url", "https://okx.example.com"), "both name the host"),
        (("--passphrase", "Correct-Horse-7"), "looks like a credential"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = okxlint("doctor", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Correct-Horse-7" not in done.stderr + done.stdout

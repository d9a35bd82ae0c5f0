"""A whole reading: who asks, which accounts there are, what is kept of them, what stops it."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest

from okxlint.live import exchange as live_exchange
from okxlint.live.exchange import sub_accounts
from okxlint.live.reading import ACCOUNT_SECONDS, BASE_SECONDS, masked_address
from okxlint.snapshot import LiveAccount, LiveKey
from okxlint.snapshot.file import dumps, parse
from tests.asking import Hours, account_of, client_of, refused, snapshot_of
from tests.exchange import Books, Exchange, Key, faults
from tests.exchange.books import KEY, UID

BOT_ID = "0c0ffee0-0f0e-4b1c-9d3a-10fe1234abcd"


def books(**own: Any) -> Books:
    made = Books()
    for name, value in own.items():
        setattr(made.own, name, value)
    return made


def rows(*data: Any) -> faults.Fault:
    return faults.raw(json.dumps({"code": "0", "msg": "", "data": data}).encode())


def test_a_reading_of_a_master() -> None:
    made = books(ip="203.0.113.7,2001:db8:1::7", perm="read")
    trading = Key("bot", "trade,read_only", "203.0.113.7, 198.51.100.0/24", api_key=BOT_ID)
    made.add("gridbot02", trading, enable=False)
    made.add("gridbot01", Key("b", ip="", ts=""), Key("a"))
    with Exchange(made) as exchange:
        snapshot = snapshot_of(exchange)
        assert {each.method for each in exchange.requests} == {"GET"}
        assert len(exchange.requests) == 4
    assert (snapshot.site, snapshot.environment) == ("custom", "live")
    assert abs((datetime.now(UTC) - snapshot.taken_at).total_seconds()) < 60
    assert (snapshot.auditor.account, snapshot.auditor.label) == ("main", "auditor")
    assert snapshot.auditor.uid == "447***********584"
    assert snapshot.auditor.permissions == ("read_only",)
    assert snapshot.auditor.ips == ("203.0.*.*", "2001:db8:*")
    main, first, second = snapshot.accounts
    own = LiveKey("auditor", ("read_only",), ("203.0.113.7", "2001:db8:1::7"), "7a038418")
    assert main == LiveAccount("main", "master", "self-only", (own,), UID)
    assert [(key.label, key.ips, key.created) for key in first.keys] == [
        ("b", (), None),
        ("a", ("203.0.113.7",), datetime(2026, 10, 1, 8, tzinfo=UTC)),
    ]
    assert (first.name, first.listing, first.enabled) == ("gridbot01", "complete", True)
    assert (first.two_factor, first.can_transfer_out) == (True, False)
    assert first.uid == "3400***********7413"
    assert second == LiveAccount(
        "gridbot02",
        "sub",
        "complete",
        (
            LiveKey(
                "bot",
                ("read_only", "trade"),
                ("203.0.113.7", "198.51.100.0/24"),
                "1234abcd",
                datetime(2026, 10, 1, 8, tzinfo=UTC),
            ),
        ),
        "3400***********7413",
        two_factor=True,
        can_transfer_out=False,
        enabled=False,
    )
    again = parse(dumps(snapshot).encode(), "")
    assert dumps(again) == dumps(snapshot)


def test_a_master_without_sub_accounts() -> None:
    with Exchange() as exchange:
        snapshot = snapshot_of(exchange)
        assert [account.listing for account in snapshot.accounts] == ["self-only"]
        assert exchange.asked("apikey") == []


def test_a_key_of_a_sub_account_sees_itself_alone() -> None:
    made = books()
    made.main_uid = "1"
    with Exchange(made) as exchange:
        [account] = snapshot_of(exchange, "gridbot01").accounts
        assert (account.type, account.listing, account.uid) == ("sub", "self-only", UID)
        assert len(exchange.requests) == 1


def test_demo_trading() -> None:
    made = books()
    made.demo = True
    with Exchange(made) as exchange:
        assert snapshot_of(exchange, demo=True).environment == "demo"


@pytest.mark.parametrize(
    ("perm", "said"),
    [
        ("read_only,trade", "holds trade,"),
        ("withdraw", "holds withdraw,"),
        ("read_only,withdraw,trade", "holds trade, withdraw,"),
        ("read_only,borrow", "holds borrow,"),
    ],
)
def test_a_credential_that_can_do_more_than_read_asks_for_nothing_else(
    perm: str, said: str
) -> None:
    with Exchange(books(perm=perm)) as exchange:
        error = refused(lambda: snapshot_of(exchange))
        assert said in error.message
        assert "--allow-privileged-auditor" in error.hint
        assert len(exchange.requests) == 1
        snapshot = snapshot_of(exchange, allow_privileged=True)
        assert set(snapshot.auditor.permissions) == {*perm.split(",")}


@pytest.mark.parametrize(
    ("uid", "right"), [(None, True), (UID, True), ("1", False), ("447", False)]
)
def test_the_declared_uid_is_compared(uid: str | None, right: bool) -> None:
    with Exchange() as exchange:
        if right:
            assert snapshot_of(exchange, uid=uid).accounts[0].uid == UID
            return
        error = refused(lambda: snapshot_of(exchange, uid=uid))
        assert "another account" in error.message
        assert UID not in error.message
        assert len(exchange.requests) == 1


@pytest.mark.parametrize(
    "row",
    [{}, {"uid": UID}, {"perm": "trade"}, {"uid": 1, "perm": "read_only"},
     {"uid": UID, "perm": ["trade"]}, {"uid": UID, "perm": ""}],
)  # fmt: skip
def test_a_config_that_does_not_say_who_asks(row: dict[str, Any]) -> None:
    with Exchange() as exchange:
        exchange.fail("config", rows(row))
        assert "whose key this is" in refused(lambda: snapshot_of(exchange)).message


def test_a_config_of_nobody() -> None:
    with Exchange() as exchange:
        exchange.fail("config", rows())
        assert "whose key this is" in refused(lambda: snapshot_of(exchange)).message


def test_the_name_of_a_sub_account_is_not_the_master_s() -> None:
    made = books()
    made.add("gridbot01")
    with Exchange(made) as exchange:
        error = refused(lambda: snapshot_of(exchange, "gridbot01"))
        assert "the name of a sub-account" in error.message


# The list of sub-accounts.


@pytest.mark.parametrize("count", [1, 99, 100, 101, 199, 200, 201, 350])
@pytest.mark.parametrize("alike", [1, 2, 60])
def test_all_pages_are_read(count: int, alike: int) -> None:
    made = Books()
    for number in range(count):
        made.add(f"bot{number:04}", ts=1659334756000 + number // alike, enable=number % 3 > 0)
    with Exchange(made) as exchange:
        found = sub_accounts(client_of(exchange))
        assert [account.name for account in found] == sorted(made.subs)
        assert all("enable=" not in each.target for each in exchange.requests)
        assert exchange.requests[0].target.endswith("/list?limit=100")


@pytest.mark.parametrize(("alike", "readable"), [(99, True), (100, False), (150, False)])
def test_a_page_of_one_millisecond_never_ends_in_a_loop(alike: int, readable: bool) -> None:
    made = Books()
    for number in range(alike):
        made.add(f"bot{number:04}", ts=1659334756001)
    made.add("older", ts=1659334756000)
    with Exchange(made) as exchange:
        client = client_of(exchange)
        if readable:
            assert len(sub_accounts(client)) == alike + 1
        else:
            assert "cannot be read to its end" in refused(lambda: sub_accounts(client)).message
        assert len(exchange.requests) <= 3


def _page(times: list[int], start: int = 0) -> faults.Fault:
    return rows(*({"subAcct": f"a{start + n}", "ts": str(t)} for n, t in enumerate(times)))


def test_a_page_in_any_order_is_followed_from_its_oldest() -> None:
    with Exchange() as exchange:
        exchange.fail("/list", _page([*range(1050, 1100), *range(1000, 1050)]), 1)
        exchange.fail("/list", _page([999], 100), 1)
        assert len(sub_accounts(client_of(exchange))) == 101
        assert exchange.requests[1].target.endswith("limit=100&after=1001")


@pytest.mark.parametrize(
    "fault",
    [
        _page([*range(1000, 1100)]),
        rows(*({"subAcct": f"a{n}", "ts": None} for n in range(100))),
        rows(*({"subAcct": "same", "ts": str(1000 - n)} for n in range(100))),
        _page([*range(1100, 1000, -1)]),
    ],
)
def test_a_list_that_nobody_knows_to_be_whole_is_refused(fault: faults.Fault) -> None:
    with Exchange() as exchange:
        exchange.fail("/list", fault)
        error = refused(lambda: sub_accounts(client_of(exchange)))
        assert "cannot be read to its end" in error.message
        assert len(exchange.requests) <= 2


def test_a_list_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_exchange, "_MOST_PAGES", 2)
    made = Books()
    for number in range(250):
        made.add(f"bot{number:04}")
    with Exchange(made) as exchange:
        assert "has no end" in refused(lambda: sub_accounts(client_of(exchange))).message


@pytest.mark.parametrize("row", [{}, {"subAcct": ""}, {"subAcct": 7}])
def test_a_sub_account_without_a_name(row: dict[str, Any]) -> None:
    with Exchange() as exchange:
        exchange.fail("/list", rows(row))
        assert "without a name" in refused(lambda: sub_accounts(client_of(exchange))).message


def test_what_is_not_as_documented_is_not_known() -> None:
    with Exchange() as exchange:
        exchange.fail("/list", rows({"subAcct": "a", "gAuth": "true", "enable": None}))
        [account] = sub_accounts(client_of(exchange))
        assert (account.two_factor, account.can_transfer_out, account.enabled) == (None,) * 3
        assert account.uid is None


# Keys.


def test_unknown_words_and_fields_are_kept_and_nothing_secret() -> None:
    extra = {
        "lastUsed": "1790841600000", "count": 3, "flag": True, "none": None, "list": [1], "n": 1.5,
        "secretKey": "s3cret", "secret_key": "s3cret", "api-key": KEY, "passPhrase": "s3cret",
        "note": f"see {KEY} and 0123456789ABCDEF0123456789ABCDEF", "long": "x" * 500,
        "y" * 201: 1,
    }  # fmt: skip
    made = books()
    made.add("gridbot01", Key("bot", "read_only,borrow", extra=extra), extra={"newField": "a"})
    with Exchange(made) as exchange:
        account = account_of(snapshot_of(exchange), "gridbot01")
    assert account.extra == {"newField": "a"}
    [key] = account.keys
    assert key.permissions == ("borrow", "read_only")
    assert key.extra == {
        "count": 3,
        "flag": True,
        "lastUsed": "1790841600000",
        "list": "…",
        "long": "x" * 200,
        "n": "…",
        "none": None,
        "note": f"see {'*' * 36} and {'*' * 32}",
    }


def test_unknown_fields_are_bounded() -> None:
    made = books()
    made.add("gridbot01", Key("bot", extra={f"f{n:03}": n for n in range(100)}))
    with Exchange(made) as exchange:
        [key] = account_of(snapshot_of(exchange), "gridbot01").keys
    assert [*key.extra] == [f"f{n:03}" for n in range(20)]


@pytest.mark.parametrize(
    ("api_key", "key_id"),
    [
        (BOT_ID, "1234abcd"), (BOT_ID.upper(), "1234abcd"), ("******", None), ("", None),
        ("0c0ffee0-****-****-****-********abcd", None),
        ("37c541a1-****-****-****-10fe7a038418", "7a038418"),
        ("arg13sdfgs", None),
    ],
)  # fmt: skip
def test_the_id_of_a_key(api_key: str, key_id: str | None) -> None:
    made = books()
    made.add("gridbot01", Key("bot", api_key=api_key))
    with Exchange(made) as exchange:
        [key] = account_of(snapshot_of(exchange), "gridbot01").keys
        assert key.key_id == key_id


@pytest.mark.parametrize(
    ("ts", "created"),
    [
        ("0", datetime(1970, 1, 1, tzinfo=UTC)),
        ("1597026383085", datetime(2020, 8, 10, 2, 26, 23, 85000, tzinfo=UTC)),
        ("99999999999999", datetime(5138, 11, 16, 9, 46, 39, 999000, tzinfo=UTC)),
        ("100000000000000", None),
        ("", None),
        ("-1", None),
        ("soon", None),
        ("１", None),
    ],
)
def test_the_time_of_a_key(ts: str, created: datetime | None) -> None:
    made = books()
    made.add("gridbot01", Key("bot", ts=ts))
    with Exchange(made) as exchange:
        [key] = account_of(snapshot_of(exchange), "gridbot01").keys
        assert key.created == created


@pytest.mark.parametrize("name", ["label", "perm", "ip"])
@pytest.mark.parametrize("value", [None, 7, ["trade"]])
def test_a_key_that_is_not_whole_is_not_a_key_with_less(name: str, value: object) -> None:
    made = books()
    made.add("gridbot01", Key("bot", extra={name: value}))
    made.add("gridbot02")
    with Exchange(made) as exchange:
        snapshot = snapshot_of(exchange)
        account = account_of(snapshot, "gridbot01")
        assert (account.listing, account.keys) == ("failed", ())
        assert "without label, permissions or addresses" in str(account.reason)
        assert account_of(snapshot, "gridbot02").listing == "complete"


# What fails.


def test_one_account_that_fails_leaves_the_others() -> None:
    made = books()
    for number in range(5):
        made.add(f"bot{number}", Key("k"))
    with Exchange(made) as exchange:
        exchange.fail("subAcct=bot2", faults.error("59508", 200, "The sub account is suspended."))
        snapshot = snapshot_of(exchange)
    failed = account_of(snapshot, "bot2")
    assert failed.listing == "failed"
    assert failed.reason == "OKX says: the sub-account is suspended (59508)"
    assert failed.two_factor is True
    assert [a.listing for a in snapshot.accounts].count("complete") == 4


@pytest.mark.parametrize("code", ["50105", "50110", "50119", "50100", "59604"])
def test_the_first_refusal_stops_the_run(code: str) -> None:
    made = books()
    for number in range(60):
        made.add(f"bot{number:02}")
    with Exchange(made) as exchange:
        exchange.fail("apikey", faults.error(code, 401))
        assert refused(lambda: snapshot_of(exchange)).code == code
        assert len(exchange.asked("apikey")) <= 8


def test_time_runs_out() -> None:
    made = books()
    for number in range(3):
        made.add(f"bot{number}")
    hours = Hours()
    go_on = threading.Event()

    def late(wire: faults.Wire) -> None:
        hours.passed += BASE_SECONDS + 3 * ACCOUNT_SECONDS
        go_on.wait(20)

    with Exchange(made) as exchange:
        exchange.fail("subAcct=bot1", late)
        snapshot = snapshot_of(exchange, hours=hours)
        go_on.set()
    failed = account_of(snapshot, "bot1")
    assert (failed.listing, failed.reason) == ("failed", "time was up before it was read")


def test_progress_is_told() -> None:
    from okxlint.live.reading import Wanted, take_snapshot

    made = books()
    for number in range(3):
        made.add(f"bot{number}")
    told: list[tuple[int, int]] = []
    with Exchange(made) as exchange:
        take_snapshot(client_of(exchange), Wanted("main"), None, lambda *n: told.append(n))
    assert told[0] == (0, 3)
    assert told[-1] == (3, 3)
    assert told == sorted(told)


# Attested lists.


def attested(name: str, *labels: str, **fields: Any) -> LiveAccount:
    keys = tuple(LiveKey(label, ("read_only", "trade")) for label in labels)
    kind = fields.pop("type", "master")
    day = date(2026, 11, 20)
    return LiveAccount(name, kind, "attested", keys, attested_by="ops", attested_on=day, **fields)


def test_an_attested_list_stands_in_for_what_okx_does_not_list() -> None:
    made = books()
    made.add("bot1", Key("k"))
    made.add("bot2")
    lists = (
        attested("main", "treasury", "auditor"),
        attested("bot1", "other", type="sub"),
        attested("bot2", "told", type="sub"),
        attested("custody", "c", type="sub"),
    )
    with Exchange(made) as exchange:
        exchange.fail("subAcct=bot2", faults.error("59614"))
        snapshot = snapshot_of(exchange, attested=lists)
    main, bot1, bot2, custody = snapshot.accounts
    assert (main.listing, main.attested_by, main.attested_on) == (
        *("attested", "ops", date(2026, 11, 20)),
    )
    assert [(key.label, key.permissions, key.key_id) for key in main.keys] == [
        ("auditor", ("read_only",), "7a038418"),
        ("treasury", ("read_only", "trade"), None),
    ]
    assert main.uid == UID
    assert (bot1.listing, [key.label for key in bot1.keys]) == ("complete", ["k"])
    assert (bot2.listing, bot2.reason, [key.label for key in bot2.keys]) == (
        *("attested", None, ["told"]),
    )
    assert custody == lists[3]


def test_an_attested_list_without_the_key_that_reads_is_not_whole() -> None:
    with Exchange() as exchange:
        lists = (attested("main", "treasury"),)
        error = refused(lambda: snapshot_of(exchange, attested=lists))
        assert "lacks auditor, the key that reads OKX" in error.message


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("203.0.113.7", "203.0.*.*"),
        ("203.0.113.0/24", "203.0.*.*"),
        ("10.20.30.40", "10.20.*.*"),
        ("2001:db8:1:2::7", "2001:db8:*"),
        ("2001:db8::/32", "2001:db8:*"),
        ("::1", "0:0:*"),
        ("example", "*"),
        ("", "*"),
    ],
)
def test_a_masked_address(address: str, shown: str) -> None:
    assert masked_address(address) == shown


@pytest.mark.parametrize(("uid", "shown"), [("1" * 8, "*" * 8), ("123456789", "123***789")])
def test_a_masked_uid(uid: str, shown: str) -> None:
    made = books()
    made.uid = made.main_uid = uid
    with Exchange(made) as exchange:
        assert snapshot_of(exchange).auditor.uid == shown

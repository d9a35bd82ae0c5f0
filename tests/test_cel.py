from __future__ import annotations

import builtins
import sys
from datetime import date
from typing import Any

import pytest

from okxlint.assertions.cel import (
    Expression,
    ExpressionFailed,
    ExpressionProblem,
    compile_expression,
)
from okxlint.assertions.cel_types import checking
from okxlint.assertions.field_shapes import shapes
from okxlint.documents.reader import read
from okxlint.errors import OkxlintError
from okxlint.inventory import Account, App, Key, Waiver
from okxlint.manifest import load

DAY = date(2026, 11, 22)

FULL = """
version: 1
accounts:
  - {name: main, type: master, uid: 0012, site: eea}
  - {name: sub1, type: sub, parent: main}
apps:
  - name: bot
    owner: desk
    needs: [trade, read_only]
    egress: [18.203.11.0/28]
    status: retired
  - {name: idle, needs: []}
keys:
  - label: bot-1
    account: main
    app: bot
    permissions: [withdraw, trade, trade]
    ip_allowlist: ["::FFFF:1.2.3.4", 18.203.11.7]
    created: 2026-10-01
    last_reviewed: 2026-11-01
    last_used: 2026-11-20
    expires: 2027-01-15
    environment: demo
    status: planned
    status_since: 2026-10-02
    key_id: 00121212
    third_party: 3commas
    replaces: bot-0
    secret_ref: vault://a
    owner: desk
    purpose: "näh 😀"
    metadata: {risk: 2, text: '2', none: ~, list: [1, 0x10, .5, true, no],
      big: 18446744073709551615}
    waivers:
      - {rule: r, reason: because, approved_by: s@example.com, granted: 2026-10-01,
         expires: 2026-12-31, value: v}
      - {rule: other}
  - {label: bare, account: sub1, permissions: [read_only]}
"""


def inventory(text: str = FULL) -> Any:
    loaded, flaws = load([read("a.yaml", text.encode())])
    assert flaws == []
    return loaded


@pytest.fixture(scope="module")
def engine() -> None:
    pytest.importorskip("cel_expr_python")


with_engine = pytest.mark.usefixtures("engine")
FULL_KEY, BARE = inventory().keys


def holds(text: str, target: Key | App | Account = FULL_KEY, as_of: date = DAY) -> bool:
    kind = type(target).__name__.lower()
    return compile_expression(text, kind).holds(target, as_of)


def problem(text: str, kind: str = "key") -> tuple[str, int]:
    with pytest.raises(ExpressionProblem) as caught:
        compile_expression(text, kind)
    assert str(caught.value) == caught.value.message
    return caught.value.message, caught.value.offset


def failure(text: str, target: Key | App | Account = FULL_KEY) -> str:
    with pytest.raises(ExpressionFailed) as caught:
        holds(text, target)
    assert str(caught.value) == caught.value.message
    return caught.value.message


# what is seen


@with_engine
@pytest.mark.parametrize(
    "text",
    [
        "key.label == 'bot-1' && key.account == 'main'",
        "key.app == ['bot']",
        "key.permissions == ['read_only', 'trade', 'withdraw']",
        "key.ip_allowlist == ['::FFFF:1.2.3.4', '18.203.11.7']",
        "key.created == timestamp('2026-10-01T00:00:00Z')",
        "key.last_reviewed < key.last_used && key.last_used < key.expires",
        "key.status_since - key.created == duration('24h')",
        "key.environment == 'demo' && key.status == 'planned'",
        "key.key_id == '00121212' && key.third_party == '3commas' && key.replaces == 'bot-0'",
        "key.secret_ref == 'vault://a' && key.owner == 'desk' && key.purpose == 'näh 😀'",
        "size(key.purpose) == 5",
        "key.metadata.risk == 2 && key.metadata['text'] == '2' && key.metadata.none == null",
        "key.metadata.list == [1, 16, 0.5, true, 'no']",
        "key.metadata.big == 18446744073709551615u",
        "has(key.metadata.risk) && !has(key.metadata.nothing)",
        "'risk' in key.metadata && !('nothing' in key.metadata)",
        "size(key.waivers) == 2",
        "key.waivers[0].rule == 'r' && key.waivers[0].reason == 'because'",
        "key.waivers[0].approved_by == 's@example.com' && key.waivers[0].value == 'v'",
        "key.waivers[0].granted == key.created && key.waivers[0].expires < key.expires",
        "key.waivers[1].reason == '' && key.waivers[1].expires == null",
        "as_of == timestamp('2026-11-22T00:00:00Z') && as_of.getDayOfWeek() == 0",
        "key.expires > as_of && as_of - key.last_used == duration('48h')",
        "key.label.matches('^bot-[0-9]$') && matches(key.label, 'ot') && !key.label.matches('^ot')",
        "key.app.exists(a, a.matches('^b')) && !key.app.exists(a, a.matches('^x'))",
        "key.app.all(key, key == 'bot') && [{'owner': 'x'}].exists(key, key.owner == 'x')",
        "key.app.map(a, a + '!') == ['bot!'] && key.app.filter(a, a == 'x') == []",
        "key.metadata.all(name, name != '')",
        "// a remark\n  key\n .label != ''",
    ],
)
def test_every_field_is_seen(text: str) -> None:
    assert holds(text) is True
    assert holds(f"!({text})") is False


@with_engine
@pytest.mark.parametrize(
    "text",
    [
        "key.app == [] && key.ip_allowlist == [] && key.waivers == [] && key.metadata == {}",
        "key.permissions == ['read_only']",
        "key.created == null && key.expires == null && key.last_used == null",
        "key.owner == '' && key.purpose == '' && key.key_id == '' && key.third_party == ''",
        "key.environment == 'live' && key.status == 'active'",
        "key.expires == null || key.expires < as_of",
        "!(key.expires != null && key.expires < as_of)",
    ],
)
def test_what_is_absent_is_empty_or_null(text: str) -> None:
    assert holds(text, BARE) is True


@with_engine
def test_text_is_text_whatever_it_looks_like() -> None:
    key = "{label: 12, account: 3, app: [4, true], permissions: [trade], owner: 0x10"
    rest = "metadata: {1: 2, n: {4: [007]}}, waivers: [{rule: 1, value: 1.5}]}"
    (numbers,) = inventory(f"version: 1\nkeys:\n  - {key}, {rest}\n").keys
    assert holds("key.label == '12' && key.app == ['4', 'true'] && key.owner == '0x10'", numbers)
    assert holds("key.waivers[0].rule == '1' && key.waivers[0].value == '1.5'", numbers)
    assert holds("key.metadata['1'] == 2 && key.metadata.n['4'] == [7]", numbers)


@with_engine
def test_apps_and_accounts_have_their_own_fields() -> None:
    bot, idle = inventory().apps
    assert holds("app.name == 'bot' && app.owner == 'desk' && app.status == 'retired'", bot)
    assert holds("app.needs == ['trade', 'read_only'] && app.egress == ['18.203.11.0/28']", bot)
    assert holds("app.purpose == '' && app.waivers == [] && app.status == 'active'", idle)
    assert holds("app.needs == [] && app.egress == []", App("undeclared"))
    main, sub = inventory().accounts
    assert holds(
        "account.name == 'main' && account.type == 'master' && account.uid == '0012'", main
    )
    assert holds("account.site == 'eea' && account.parent == ''", main)
    assert holds("account.parent == 'main' && account.uid == '' && account.waivers == []", sub)


@with_engine
def test_one_expression_serves_many_objects_and_days() -> None:
    expression = compile_expression("key.expires == null || key.expires >= as_of", "key")
    assert isinstance(expression, Expression)
    assert (expression.kind, expression.text[:3]) == ("key", "key")
    assert [expression.holds(key, DAY) for key in (FULL_KEY, BARE)] == [True, True]
    assert expression.holds(FULL_KEY, date(2027, 1, 15)) is True
    assert expression.holds(FULL_KEY, date(2027, 1, 16)) is False
    assert expression.holds(FULL_KEY, date(1, 1, 1)) is True
    assert expression.holds(FULL_KEY, date.max) is False
    assert expression.uses_day
    assert not compile_expression("key.label != 'as_of'", "key").uses_day


# what is wrong with an expression


@with_engine
@pytest.mark.parametrize(
    ("text", "told", "offset"),
    [
        # unknown names
        ("key.ownr == ''", "'ownr' is no field of a key; did you mean 'owner'?", 4),
        ("key . ownr == ''", "'ownr' is no field of a key", 6),
        (".key.ownr == ''", "'ownr' is no field of a key", 5),
        ("true &&\n key.ownr == ''", "'ownr' is no field of a key", 13),
        ("true\r\n && key.ownr == ''", "'ownr' is no field of a key", 14),
        ("'😀é' == key.ownr", "'ownr' is no field of a key", 12),
        ("key.origin == ''", "'origin' is no field of a key", 4),
        ("key.foo.bar == 1", "'foo' is no field of a key", 4),
        ("key.recursion == ''", "'recursion' is no field of a key", 4),
        ("key.app.exists(a, a == key.ownr)", "'ownr' is no field of a key", 27),
        ("false && key.ownr == ''", "'ownr' is no field of a key", 13),
        ("has(key.ownr) && true", "every field is there", 0),
        (
            "key.waivers.all(w, w.expire == null)",
            "no field of a waiver; did you mean 'expires'?",
            21,
        ),
        ("key.waivers[0].rul == ''", "no field of a waiver; did you mean 'rule'?", 15),
        ("key.waivers.all(w, has(w.rul))", "'rul' is no field of a waiver", 25),
        ("key == key", "'key' alone has no value: name a field of it, as in 'key.label'", 0),
        ("key['owner'] == ''", "'key' alone has no value", 0),
        ("'owner' in key", "'key' alone has no value", 11),
        ("[key][0].owner == ''", "'key' alone has no value", 1),
        ("dyn(key).ownr == ''", "'key' alone has no value", 4),
        ("owner == ''", "'owner' is not known: this is about 'key' and 'as_of'; did you mean", 0),
        ("app.name == ''", "'app' is not known", 0),
        ("key.owner == '' || keey.owner == ''", "'keey' is not known", 19),
        ("as_off == null", "did you mean 'as_of'?", 0),
        ("len(key.owner) == 1", "there is no function len()", 3),
        ("key.app.exist(a, a == 'b')", "there is no function exist(); did you mean 'exists'?", 13),
        ("key.owner.starts('a')", "there is no function starts(); did you mean 'startsWith'?", 16),
        ("key.app.all(a)", "all() does not take what it is given here", 11),
        ("size(key.owner, 1) == 1", "size() does not take what it is given here", 4),
        # has() asks for what is always there
        ("has(key.owner)", "compare it with '', [] or null instead of asking has()", 0),
        ("true && !has( key . owner )", "instead of asking has()", 9),
        ("has(key.owner) == key.owner && true", "instead of asking has()", 3),
        ("has(key.metadata) == {}", "instead of asking has()", 3),
        ("key.waivers.all(w, has(w.rule))", "instead of asking has()", 22),
        # wrong types
        ("key.created > '2026'", "'>' does not go with date, text", 12),
        ("key.owner == 1", "'==' does not go with text, int", 10),
        ("key.owner == null", "absent text is '' and an absent list is []", 10),
        ("key.app == 'bot'", "'==' does not go with list(text), text", 8),
        ("1 in key.app", "'in' does not go with int, list(text)", 2),
        ("size(key.created) == 1", "size() does not go with date", 4),
        ("key.app['x'] == ''", "'[…]' does not go with list(text), text", 7),
        ("key.owner ? true : false", "'? :' does not go with text, bool, bool", 10),
        ("!key.owner", "'!' does not go with text", 0),
        ("key.owner.x == 1", "text has no fields", 9),
        ("key.created.year == 1", "date has no fields", 11),
        ("as_of - 1 < as_of", "'-' does not go with date, int", 6),
        ("key.waivers[0].expires > 'a'", "'>' does not go with date, text", 23),
        # what comes out
        ("key.owner", "it must come out as true or false, and this comes out as text", 0),
        ("key.app", "comes out as list<text>", 0),
        ("1", "comes out as int", 0),
        ("null", "comes out as null", 0),
        ("as_of", "comes out as date", 0),
        ("key.metadata.checked", "compare it, as in 'key.metadata.checked == true'", 0),
        # what cannot be read
        ("", "it ends too early", 0),
        ("  // nothing", "it ends too early", 12),
        ("key.owner ==", "it ends too early", 12),
        ("(true", "it ends too early", 5),
        ("key.owner = 'a'", "'='; did you mean '=='?", 10),
        ("true and true", "'and'; did you mean '&&'?", 5),
        ("true or true", "'or'; did you mean '||'?", 5),
        ("true)", "this cannot be read as CEL: ')'", 4),
        ("key.owner == 'a", "this cannot be read as CEL", 13),
        ("key..owner == ''", "this cannot be read as CEL: '..'", 4),
        ("true;", "this cannot be read as CEL: ';'", 4),
        ("true \x00", "this cannot be read as CEL", 5),
        ("if true", "reserved identifier", 0),
        ("key.app.all(1, true)", "must be a simple identifier", 12),
        ("'a\ud800' == ''", "this is no character", 2),
        # literals
        ("key.label.matches('(')", "'(' is no regular expression: missing )", 17),
        ("matches(key.label, 'a{e}')", "is no regular expression", 7),
        ("key.label.matches(key.owner)", "the pattern of matches() is written in quotes", 17),
        ("key.label.matches('a' + 'b')", "the pattern of matches() is written in quotes", 17),
        ("timestamp('2026-10-01') < as_of", "is no timestamp, as '2026-10-01T00:00:00Z' is one", 9),
        ("as_of - duration('30d') < as_of", "'30d' is no duration, as '720h' is one", 16),
        # what would get around the types
        ("dyn(key.waivers).all(w, w.rul == '')", "dyn() would hide a misspelled name", 3),
        ("google.protobuf.Timestamp{} < as_of", "a message cannot be made here", 0),
        ("okxlint.waiver{rule: 'a'}.rule == 'a'", "a message cannot be made here", 0),
        ("{'a': 1, 'a': 2} == {}", "it has no answer", 0),
    ],
)
def test_what_is_wrong(text: str, told: str, offset: int) -> None:
    message, where = problem(text)
    assert told in message
    assert where == offset


@with_engine
def test_what_is_wrong_for_apps_and_accounts() -> None:
    assert problem("app.nam == ''", "app")[0] == "'nam' is no field of an app; did you mean 'name'?"
    assert problem("key.label == ''", "app")[0].startswith(
        "'key' is not known: this is about 'app'"
    )
    assert "field of an account" in problem("account.label == ''", "account")[0]
    assert problem("has(app.owner)", "app")[1] == 0
    assert "'key' is not known" in problem("has(key.owner)", "app")[0]


@with_engine
def test_no_field_of_any_kind_can_be_misspelled() -> None:
    for kind in ("key", "app", "account"):
        for name in shapes(kind):
            assert problem(f"{kind}.{name}x == ''", kind)[1] == len(kind) + 1


# what has no answer


@with_engine
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "key.expires < as_of",
            "it looks at null, as an absent date is: guard it, as in '… != null && …'",
        ),
        ("!(key.expires < as_of)", "it looks at null"),
        ("key.expires >= as_of", "it looks at null"),
        ("key.expires + duration('1h') > as_of", "it looks at null"),
        ("as_of - key.expires > duration('1h')", "it looks at null"),
        ("key.expires.getFullYear() == 2026", "it looks at null"),
        ("key.metadata.risk == 1", "a mapping lacks the name that it asks for"),
        ("key.metadata['risk'] < 1", "a mapping lacks the name that it asks for"),
        ("has(key.metadata.a.b)", "a mapping lacks the name that it asks for"),
        ("!(key.metadata.risk == 1)", "a mapping lacks the name that it asks for"),
        ("key.app[0] == ''", "a list has fewer items than it asks for"),
        ("key.waivers[0].rule == ''", "a list has fewer items than it asks for"),
        ("1 / size(key.app) == 1", "it divides by zero"),
        ("int(key.label) == 1", "a text is not of the form that it converts from"),
        ("timestamp(key.label) < as_of", "a text is not of the form that it converts from"),
        ("as_of + duration('72000000h') > as_of", "a number or a date is out of range"),
        ("as_of.getHours('Nowhere/X') == 1", "there is no time zone of that name"),
        ("[1, 'a', null][2] < 1", "guard it"),
    ],
)
def test_what_has_no_answer_is_no_pass(text: str, told: str) -> None:
    assert told in failure(text, BARE)


@with_engine
def test_metadata_of_another_type_is_no_pass() -> None:
    told = "it does not go with the types of what it looks at: int, text"
    assert failure("key.metadata.risk < 'a'") == told
    assert failure("key.metadata.risk.matches('a')") == told
    assert failure("key.metadata.risk && true") != ""
    assert holds("key.metadata.text.matches('2')")


@with_engine
def test_what_has_no_answer_does_not_matter_where_the_rest_decides() -> None:
    assert holds("true || key.expires < as_of", BARE)
    assert holds("key.expires < as_of || true", BARE)
    assert not holds("key.metadata.risk == 1 && false", BARE)


@with_engine
@pytest.mark.parametrize(
    "text",
    [
        "key.metadata.risk < 'a'",
        "key.metadata[key.label] == 1",
        "int(key.label) == 1",
        "timestamp(key.label) == as_of",
        "duration(key.label) == duration('1h')",
        "as_of.getHours(key.label) == 1",
        "key.app[size(key.label)] == ''",
        "key.metadata.nested.Hidden == 1",
    ],
)
def test_a_failure_quotes_nothing_of_the_manifest(text: str) -> None:
    nested = {"risk": 5555, "nested": {"5555": "Hidden"}}
    key = Key(
        "Hidden-5555 UNKNOWN: No matching overloads found : f(Hidden)",
        "main",
        ("trade",),
        ("Hidden",),
        metadata=nested,
    )
    assert not any(word in failure(text, key) for word in ("Hidden", "5555"))


@with_engine
@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"owner": "team\0x"}, "key.owner == 'team'"),
        ({"owner": "team\ud800"}, "key.owner == 'team'"),
        ({"app": ("a\0b",)}, "key.app == ['a']"),
        ({"metadata": {"a": ["b\0"]}}, "key.metadata.a == ['b']"),
        ({"metadata": {"a\0": "b"}}, "key.metadata.a == 'b'"),
        ({"waivers": (Waiver("a\0"),)}, "key.waivers[0].rule == 'a'"),
    ],
)
def test_text_that_the_engine_would_cut_short(fields: dict[str, Any], text: str) -> None:
    key = Key("a", "main", ("trade",), **fields)
    assert failure(text, key) == "it looks at text with a character that CEL cannot read"
    assert holds("key.label == 'a'", key)


@with_engine
@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**400])
def test_numbers_that_the_engine_does_not_have(number: int) -> None:
    key = Key("a", "main", ("trade",), metadata={"n": [number]})
    assert "more than 64 bits" in failure("key.metadata.n == [1]", key)
    edges = Key("a", "main", ("trade",), metadata={"n": [2**64 - 1, -(2**63), 1e400]})
    assert holds("size(key.metadata.n) == 3", edges)


# nothing hangs

TEN = "[0,1,2,3,4,5,6,7,8,9]"
HUNDRED = f"[{','.join('1' * 100)}]"


@with_engine
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("(" * 100 + "true" + ")" * 100, "nested too deeply"),
        ("(" * 4_000, "nested too deeply"),
        ("[" * 4_000, "nested too deeply"),
        ("{" * 4_000, "nested too deeply"),
        ("key.metadata" + ".a" * 1_900, "nested too deeply"),
        ("key.metadata" + "[0]" * 1_300, "nested too deeply"),
        ("+".join("1" * 1_900) + " == 1", "nested too deeply"),
        ("true ? true : " * 280 + "true", "nested too deeply"),
        ("a.b(" * 1_000, "nested too deeply"),
        (")]}" * 1_300, "cannot be read"),
        ("'" * 3_999, "cannot be read"),
        ("&" * 4_000, "cannot be read"),
        ("true" + " " * 3_997, "more than 4,000 characters"),
        (
            "key.app.all(a, key.app.all(b, key.app.all(c, true)))",
            "macros stand in macros more than 2",
        ),
        (f"{HUNDRED}.all(a, {HUNDRED}.all(b, {' && '.join(['a == b'] * 300)}))", "take too long"),
        ("['aa']" + ".map(x, x + x)" * 20 + "[0] == ''", "take too long"),
        ("[[1, 2]]" + ".map(x, x + x)" * 24 + "[0] == []", "take too long"),
        (f"[0].all(a, [0].all(b, {HUNDRED}.all(c, true)))", "more than 2"),
    ],
)
def test_what_would_cost_too_much_is_refused(text: str, told: str) -> None:
    assert told in problem(text)[0]


@with_engine
@pytest.mark.parametrize(
    "text",
    [
        "!" * 3_990 + "true",
        " && ".join(["true"] * 480),
        f"size([{','.join('1' * 1_900)}]) == 1900",
        "'" + "a" * 3_900 + "' != key.label",
        "true" + " " * 3_996,
        f"{TEN}.all(a, {TEN}.exists(b, a == b))",
        "key.app.all(a, key.ip_allowlist.all(b, a != b))",
        "key.ip_allowlist.filter(a, a.startsWith('18.')).map(a, a + '!') == ['18.203.11.7!']",
        "!key.owner.matches('^(a+)+$')",
    ],
)
def test_what_looks_dear_and_is_not(text: str) -> None:
    assert holds(text)


@with_engine
def test_a_loop_in_a_loop_over_a_manifest_without_an_end() -> None:
    many = Key("a", "main", ("trade",), tuple(f"a{n}" for n in range(2_000)))
    told = "it would take too long: it looks at too much text too often"
    assert failure("key.app.all(a, key.app.all(b, a != '' || b != ''))", many) == told
    assert holds("key.app.all(a, a != '')", many)


@with_engine
def test_the_engine_counts_iterations_too() -> None:
    many = Key("a", "main", ("trade",), tuple("a" * 101))
    assert "more than 10,000 items" in failure("key.app.all(a, key.app.all(b, true))", many)
    fewer = Key("a", "main", ("trade",), tuple("a" * 98))
    assert holds("key.app.all(a, key.app.all(b, true))", fewer)


@with_engine
def test_much_text_is_looked_at_as_often_as_time_allows() -> None:
    text = Key("a", "main", ("trade",), tuple("b" * 100), purpose="ab" * 500_000)
    assert holds("key.purpose != '' && size(key.purpose) == 1000000", text)
    assert "too long" in failure("key.app.all(a, !key.purpose.contains(a + 'x'))", text)


@with_engine
def test_a_pattern_that_takes_too_long_is_given_up_for_good() -> None:
    expression = compile_expression("key.owner.matches('^(a|aa)+$')", "key")
    slow = Key("a", "main", ("trade",), owner="a" * 60 + "b")
    for key in [slow] * 1_000 + [BARE]:
        with pytest.raises(ExpressionFailed, match="takes too long to search with"):
            expression.holds(key, DAY)
    # Another expression with the same pattern begins anew.
    assert not holds("key.owner.matches('^(a|aa)+$')", BARE)


# without the extra


@pytest.mark.parametrize("missing", ["cel_expr_python", "google.protobuf"])
def test_without_the_extra_the_run_says_what_to_install(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = builtins.__import__

    def without(name: str, *args: Any, **named: Any) -> Any:
        if name.startswith(missing):
            raise ImportError(name)
        return imported(name, *args, **named)

    checking.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(OkxlintError) as caught:
        compile_expression("true", "key")
    assert caught.value.exit_code == 2
    assert "pip install '.[cel]'" in caught.value.hint
    checking.cache_clear()


def test_the_modules_import_nothing_heavy() -> None:
    import subprocess

    code = (
        "import sys\n"
        "from okxlint.assertions import cel, json_assert, metadata_schema\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"cel_expr_python", "google.protobuf", "regex", "jsonschema", "referencing"}
    assert not heavy & set(done.stdout.split())

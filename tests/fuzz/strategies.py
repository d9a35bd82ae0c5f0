"""What is fed to okxlint: inventories (valid, nearly valid, hostile), snapshots, and bytes."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import yaml
from hypothesis import strategies as st

from tests import sample_snapshot

DAY = date(2026, 11, 22)
SECRET = "0123456789ABCDEF0123456789ABCDEF"  # noqa: S105 - it has the shape of one, and opens nothing
Fields = dict[str, Any]

# -- texts -----------------------------------------------------------------------------------------

ODD_TEXTS = [
    *("no", "null", "~", "0012", "1e5", ".inf", "0x1F", "true", "", " ", "a: b", "a #b", "'", '"'),
    *("- a", "[a", "{a", "&a", "*a", "!a", "<<", "=", "\\", "%a", "@a", "`", "---", "...", "?"),
    *("a\nkeys: []", "a\r\nb", "\x00", "\x1b[31mred", "\x07", "\x7f", "\x85", "\x9b2J", "a\tb"),
    *("\u2028", "\u2029", "\u202e\u2066x", "\u200b", "\ufeff", "\ufffe", "\U000e0001", "😁", "é"),
    *(
        "::error::x",
        "##[error]x",
        " ::warning file=a::b",
        "%0A::error::x",
        "]]>",
        "<script>",
        "&lt;",
    ),
    *("| a | b |", "`x`", "[a](javascript:x)", "<!-- a", "@everyone", "#1", "a" * 3000),
    *(SECRET, f"token={SECRET}", "7a031a2b-1111-4222-8333-0123456789ab", "${SECRET}", "../../etc"),
]
TEXTS = st.sampled_from(ODD_TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.sampled_from(["main", "gridbot01", "gridbot02", "arb"])
APPS = st.sampled_from(["grid-bot", "arb-bot", "desk"])
LABELS = st.sampled_from(["gridbot-2026q3", "gridbot-2026q4", "arb-eu", "test", "k"])
PERMISSIONS = st.lists(
    st.sampled_from(["read_only", "trade", "withdraw"]), min_size=1, max_size=3, unique=True
)
ENTRIES = st.sampled_from(
    [
        *("18.203.11.7", "18.203.11.0/28", "18.203.0.0/16", "10.0.0.1", "203.0.113.7", "0.0.0.0/1"),
        *(
            "128.0.0.0/1",
            "2001:db8::7",
            "2a05:d018::/64",
            "::/0",
            "::ffff:18.203.11.7",
            "127.0.0.1",
        ),
    ]
)
ADDRESSES = st.lists(ENTRIES, max_size=4)
# Days on both sides of every threshold that a rule of a pack has.
_OFFSETS = sorted(
    {
        sign * (days + near)
        for days in (0, 1, 7, 14, 21, 30, 46, 60, 76, 90, 180)
        for near in (-1, 0, 1)
        for sign in (-1, 1)
    }
)
DAYS = st.sampled_from(_OFFSETS).map(lambda offset: (DAY + timedelta(offset)).isoformat())
LAST_DAYS = st.sampled_from(["0001-01-01", "0001-01-02", "9999-12-30", "9999-12-31"])

# -- inventories -----------------------------------------------------------------------------------


def _accounts() -> st.SearchStrategy[list[Fields]]:
    main = st.just({"name": "main", "type": "master"})
    sub = st.fixed_dictionaries(
        {"name": NAMES.filter("main".__ne__), "type": st.just("sub")},
        optional={"parent": st.just("main"), "uid": st.just("44670589234361958")},
    )
    subs = st.lists(sub, max_size=3, unique_by=lambda each: each["name"])
    return st.tuples(main, subs).map(lambda both: [both[0], *both[1]])


_APP = st.fixed_dictionaries(
    {"name": APPS},
    optional={
        "owner": st.just("quant-desk"),
        "purpose": st.just("Grid trading"),
        "needs": st.lists(st.sampled_from(["read_only", "trade", "withdraw"]), unique=True),
        "egress": ADDRESSES,
        "status": st.sampled_from(["active", "retired"]),
    },
)
_KEY = st.fixed_dictionaries(
    {"label": LABELS, "account": NAMES, "permissions": PERMISSIONS},
    optional={
        "app": APPS | st.lists(APPS, min_size=1, max_size=2, unique=True),
        "ip_allowlist": ADDRESSES,
        "created": DAYS,
        "last_reviewed": DAYS,
        "last_used": DAYS,
        "expires": DAYS,
        "environment": st.sampled_from(["live", "demo"]),
        "status": st.sampled_from(["planned", "active", "retired", "compromised", "revoked"]),
        "status_since": DAYS,
        "key_id": st.sampled_from(["7a031a2b", "1a2b", "7a031a2b-1111-4222-8333-0123456789ab"]),
        "third_party": st.just("3commas"),
        "replaces": LABELS,
        "secret_ref": st.sampled_from(["vault://trading/okx/a", "file", "x://y"]),
        "owner": st.just("quant-desk"),
        "purpose": st.just("Grid trading"),
        "metadata": st.dictionaries(st.sampled_from(["ticket", "team"]), TEXTS, max_size=2),
    },
)


def _unique(key: Fields) -> tuple[str, str]:
    return key["account"], key["label"]


VALID: st.SearchStrategy[Fields] = st.fixed_dictionaries(
    {
        "version": st.just(1),
        "accounts": _accounts(),
        "apps": st.lists(_APP, max_size=3, unique_by=lambda each: str(each["name"])),
        "keys": st.lists(_KEY, max_size=5, unique_by=_unique),
    }
)
"""Manifests without a schema error; what rules say of them is open."""

_WAIVER = st.fixed_dictionaries(
    {"rule": st.sampled_from(["no-withdraw", "max-age", "ip-bound", "no-secrets", "nothing"])},
    optional={
        "reason": TEXTS,
        "approved_by": TEXTS,
        "granted": DAYS,
        "expires": DAYS | LAST_DAYS,
        "value": TEXTS,
    },
)
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | DAYS | LAST_DAYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    *("label", "account", "permissions", "app", "ip_allowlist", "created", "last_reviewed", "name"),
    *("last_used", "expires", "environment", "status", "status_since", "key_id", "third_party"),
    *("replaces", "secret_ref", "owner", "purpose", "metadata", "waivers", "type", "uid", "site"),
    *("parent", "needs", "egress", "passphrase", "labels"),
]


@st.composite
def nearly_valid(draw: st.DrawFn) -> Fields:
    """A valid manifest in which a few fields are gone, odd, or of another type."""
    manifest = deepcopy(draw(VALID))
    objects = [each for name in ("accounts", "apps", "keys") for each in manifest[name]]
    for _ in range(draw(st.integers(1, 3))):
        chosen = draw(st.sampled_from([*objects, manifest]))
        name = draw(st.sampled_from([*chosen, *FIELDS]))
        if name in chosen and draw(st.booleans()):
            del chosen[name]
        elif name == "waivers":
            chosen[name] = draw(st.lists(_WAIVER, min_size=1, max_size=2))
        else:
            chosen[name] = draw(_ANYTHING | TEXTS | LAST_DAYS)
        objects = [each for each in objects if each]
    return manifest


_OBJECT = st.dictionaries(st.sampled_from(FIELDS) | TEXTS, _ANYTHING | ADDRESSES | DAYS, max_size=6)
HOSTILE: st.SearchStrategy[Any] = (
    st.dictionaries(
        st.sampled_from(["version", "accounts", "apps", "keys", "x-a"]) | TEXTS,
        st.just(1) | st.lists(_OBJECT | _KEY | _ANYTHING, max_size=3) | _ANYTHING,
        max_size=5,
    ).map(lambda fields: {"version": 1, **fields})
    | _ANYTHING
)
"""What has a manifest's names, and anything below them."""


_SETTING = st.sampled_from(["off", "info", "error"]) | st.dictionaries(
    st.sampled_from(["severity", "locked", "max_days", "environments", "pattern", "egress"])
    | TEXTS,
    _ANYTHING,
    max_size=3,
)
_RULES = st.dictionaries(
    st.sampled_from(["max-age", "ip-bound", "no-withdraw", "descriptive-label"]) | TEXTS,
    _SETTING | _ANYTHING,
    max_size=3,
)
POLICIES: st.SearchStrategy[Fields] = st.fixed_dictionaries(
    {"version": st.just(1)},
    optional={
        "extends": st.sampled_from(["recommended", "strict", "nothing", ["strict", "essentials"]]),
        "manifests": st.lists(TEXTS, max_size=3) | _ANYTHING,
        "rules": _RULES,
        "overrides": st.lists(
            st.fixed_dictionaries(
                {"match": st.dictionaries(st.sampled_from(["account", "path"]), TEXTS, max_size=2)},
                optional={"rules": _RULES},
            ),
            max_size=2,
        ),
        "waivers": st.fixed_dictionaries(
            {},
            optional={
                "require": st.lists(st.sampled_from(["reason", "expires", "x"]), max_size=2),
                "max_days": st.integers(-1, 400),
                "approvers": st.lists(TEXTS, max_size=2),
                "granted": st.lists(_WAIVER, max_size=2),
            },
        ),
        "custom": st.lists(
            st.dictionaries(
                st.sampled_from(["id", "for", "severity", "assert", "at", "message", "where"]),
                TEXTS | _ANYTHING | st.sampled_from(["acme-a", "key", "error"]),
                max_size=7,
            ),
            max_size=2,
        ),
    },
)
"""Policies of which most are wrong somewhere."""


def written(value: Any, style: str) -> bytes:
    """A value as YAML: ``json``, ``ascii`` (JSON with escapes) or ``block``."""
    if style == "block":
        text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    else:
        text = json.dumps(value, ensure_ascii=style == "ascii", default=str) + "\n"
    return text.encode("utf-8", errors="replace")


STYLES = st.sampled_from(["json", "ascii", "block"])
VALID_BYTES = st.builds(written, VALID, STYLES)
NEARLY_BYTES = st.builds(written, nearly_valid(), STYLES)
POLICY_BYTES = st.builds(written, POLICIES | _ANYTHING, STYLES)
HOSTILE_BYTES = st.builds(written, HOSTILE, STYLES)

# -- bytes around YAML's edges ---------------------------------------------------------------------

_PIECES = [
    *(b"- ", b": ", b"? ", b":", b"-", b"?", b"a", b"b", b"a: b\n", b"keys:\n", b"version: 1\n"),
    *(
        b"&a ",
        b"&a",
        b"*a",
        b"*b",
        b"&b",
        b"<<: ",
        b"<<: *a\n",
        b"!!str ",
        b"!!null ",
        b"!x ",
        b"! ",
    ),
    *(
        b"!<tag:yaml.org,2002:str> ",
        b"!",
        b"|\n",
        b">-\n",
        b"|2\n",
        b"|+\n",
        b"> # c\n",
        b"'",
        b'"',
    ),
    *(
        b"''",
        b"\\",
        b"\\x41",
        b"\\u2028",
        b"\\\n",
        b"\\0",
        b"[",
        b"]",
        b"{",
        b"}",
        b", ",
        b",",
        b"#",
    ),
    *(b" # ", b"\n", b"\n", b"\n", b"\r\n", b"\r", b"\t", b" ", b"  ", b"    ", b"---\n", b"--- "),
    *(b"...\n", b"%YAML 1.2\n", b"%YAML 1.1\n", b"%TAG ! x\n", b"%x\n", b"~", b"null", b"true"),
    *(b"\xef\xbb\xbf", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xe2\x80\xae", b"\x00"),
    *(b"\x07", b"\x1b", b"\x7f", b"\xc2\x9b", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbf\xbe"),
    *(b"\xf0\x9f\x98\x81", b"\xc3\xa9", b"\xc2\xa0", b"2026-10-01", b"::1", b"2001:db8::", b"0x1F"),
    *(b"label: ", b"account: main\n", b"permissions: [trade]\n", b"passphrase: Abc-1234\n"),
    *(
        b"token=",
        f" {SECRET} ".encode(),
        b"-----BEGIN PRIVATE KEY-----\n",
        b"-----END PRIVATE KEY-----",
    ),
    *(b"[" * 70, b"- " * 70, b"{a: " * 70, b"a" * 1100, b"=", b"@", b"`", b"%", b"&", b"*", b"<<"),
]
PIECES = st.lists(st.sampled_from(_PIECES), max_size=24).map(b"".join)


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A manifest into which a few pieces fell, or from which a few bytes are gone."""
    data = draw(VALID_BYTES | NEARLY_BYTES)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        gone = draw(st.sampled_from([0, 0, 1, 2, 9]))
        data = data[:at] + draw(st.sampled_from(_PIECES)) + data[at + gone :]
    return data


BYTES: st.SearchStrategy[bytes] = PIECES | spoiled() | st.binary(max_size=60)

# -- snapshots -------------------------------------------------------------------------------------

_LIVE_KEY = st.builds(
    sample_snapshot.key,
    TEXTS.filter(lambda text: 0 < len(text) <= 50),
    permissions=PERMISSIONS,
    ips=st.lists(ENTRIES, max_size=3),
    key_id=st.none() | st.sampled_from(["7a031a2b", "00000000", "ffffffff"]),
    created=st.none() | DAYS.map(lambda day: f"{day}T08:12:33.085Z"),
)


@st.composite
def snapshots(draw: st.DrawFn) -> bytes:
    """A snapshot's file of whatever accounts and keys, labels unique within an account."""
    names = draw(st.lists(TEXTS.filter(bool) | NAMES, max_size=3, unique=True))
    accounts = []
    for name in ["main", *(name for name in names if name != "main")]:
        keys = draw(st.lists(_LIVE_KEY, max_size=3, unique_by=lambda key: str(key["label"])))
        listing = draw(st.sampled_from(["complete", "complete", "self-only", "attested", "failed"]))
        kind = "master" if name == "main" else "sub"
        accounts.append(sample_snapshot.account(name, *keys, type=kind, listing=listing))
    environment = draw(st.sampled_from(["live", "demo"]))
    return sample_snapshot.snapshot(*accounts, environment=environment).encode()

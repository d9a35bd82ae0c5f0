"""The register as Markdown: tables in which nothing of an input is markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from okxlint.model import Finding
from okxlint.register import Accepted, AccountEntry, AppEntry, Entry, GrantedElsewhere, Register
from okxlint.register.words import (
    of_findings,
    of_live,
    of_policy,
    of_rest,
    of_target,
    of_type,
    of_waiver,
)
from okxlint.report.markdown_text import code, neutral
from okxlint.report.summary import plural

_CELL = 200
"""Characters of a name that a cell of a table holds."""
_WHOLE = None
"""What is evidence is not cut: addresses, waivers, what is found and what is to be done."""
_KEY = (
    *("account", "key", "id", "app", "owner", "purpose", "permissions", "addresses", "status"),
    *("created", "age", "rotate by", "ends", "last review", "secret", "waivers", "findings"),
)
_ACCOUNT = ("account", "type", "permissions", "live slots", "demo slots", "waivers", "findings")
_APP = ("app", "owner", "purpose", "status", "needs", "egress", "keys", "waivers", "findings")
_LIVE = "on OKX"


def write_markdown(register: Register, stream: TextIO) -> None:
    """The whole register."""
    lines = ["# OKX key register", "", _lead(register)]
    for told in filter(None, (of_rest(register), of_live(register))):
        lines += ["", told]
    live = [_LIVE] if register.is_live else []
    lines += _table("Keys", (*_KEY, *live), (_key(each, live) for each in register.entries))
    accounts = (_account(each, live) for each in register.accounts)
    lines += _table("Accounts", (*_ACCOUNT, *live), accounts)
    lines += _table("Apps", _APP, map(_app, register.apps))
    heads = ("severity", "rule", "of", "at", "what", "next")
    lines += _table("Findings", heads, map(_finding, register.findings))
    granted = (_granted(each) for each in register.granted)
    lines += _table("Other waivers of the policy", ("of", "waiver"), granted)
    if register.unknown:
        lines += ["", "## Not looked at", ""]
        lines += [
            f"- {code(each.kind)}: {neutral(each.message, _WHOLE)}" for each in register.unknown
        ]
    made_of = (
        (each.kind, code(each.path, _CELL), _id(each.sha256), _id(each.commit))
        for each in register.inputs
    )
    lines += _table("Made of", ("input", "file", "SHA-256", "commit"), made_of)
    stream.write("\n".join(lines) + "\n")


def _lead(register: Register) -> str:
    paths = ", ".join(code(path, _CELL) for path in register.paths)
    only = f" in {paths}" if paths else ""
    return (
        f"{plural(len(register.entries), 'key')} of {plural(len(register.accounts), 'account')}"
        f"{only} as of {register.as_of}, policy {code(register.policy_source)} "
        f"({neutral(of_policy(register))}), okxlint {register.version}."
    )


def _table(title: str, heads: Sequence[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A table with its title; nothing if it has no row."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    if not body:
        return []
    return ["", f"## {title}", "", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *body]


def _key(entry: Entry, live: Sequence[str]) -> Iterator[str]:
    status = entry.status if entry.environment == "live" else f"{entry.status}, demo"
    yield code(entry.account, _CELL) or "–"
    yield code(entry.label, _CELL) or "–"
    yield f"`…{entry.key_id}`" if entry.key_id else "–"
    yield neutral(", ".join(entry.apps), _CELL)
    yield neutral(entry.owner, _CELL)
    yield neutral(entry.purpose, _CELL)
    yield ", ".join(entry.permissions)
    yield neutral(", ".join(entry.addresses), _WHOLE)
    yield status if entry.judged else f"{status}, not judged"
    yield _or_dash(entry.created)
    yield _or_dash(entry.age)
    yield _or_dash(entry.rotate_by)
    yield _or_dash(entry.expires)
    yield _or_dash(entry.last_reviewed)
    yield neutral(entry.secret_ref, _CELL)
    yield _waivers(entry.waivers)
    yield _found(entry.findings)
    yield from (entry.live or "–" for _ in live)


def _account(account: AccountEntry, live: Sequence[str]) -> Iterator[str]:
    yield code(account.name, _CELL)
    yield of_type(account)
    yield ", ".join(f"{count} {right}" for right, count in account.rights.items() if count) or "–"
    for environment in ("live", "demo"):
        yield f"{account.used[environment]} of {account.slots}"
    yield _waivers(account.waivers)
    yield _found(account.findings)
    yield from (account.listing for _ in live)


def _app(app: AppEntry) -> Iterator[str]:
    yield code(app.name, _CELL)
    yield neutral(app.owner, _CELL)
    yield neutral(app.purpose, _CELL)
    yield app.status
    yield "–" if app.needs is None else ", ".join(app.needs) or "nothing"
    yield neutral(", ".join(app.egress), _WHOLE)
    yield str(app.keys)
    yield _waivers(app.waivers)
    yield _found(app.findings)


def _finding(finding: Finding) -> Iterator[str]:
    names = (finding.account, finding.key, finding.app)
    place = finding.location
    yield finding.severity.word
    yield finding.rule
    yield code("/".join(name for name in names if name), _CELL) or "–"
    yield code(f"{place.path}:{place.line}", _CELL)
    yield neutral(finding.message, _WHOLE)
    yield neutral(finding.help, _WHOLE)


def _granted(granted: GrantedElsewhere) -> Iterator[str]:
    yield neutral(of_target(granted.account, granted.key, granted.app), _CELL)
    yield _waivers([granted.waiver])


def _waivers(waivers: Iterable[Accepted]) -> str:
    return neutral("; ".join(map(of_waiver, waivers)), _WHOLE) or "–"


def _found(findings: Iterable[Finding]) -> str:
    return of_findings(findings) or "–"


def _or_dash(value: object) -> str:
    return "–" if value is None else str(value)


def _id(digits: str | None) -> str:
    return f"`{digits}`" if digits else "–"

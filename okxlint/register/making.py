"""From a case and its report to the register."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from hashlib import sha256

from okxlint import __version__
from okxlint.case import Case
from okxlint.documents.reader import Parsed
from okxlint.inventory import AnyAccount, Key, Waiver
from okxlint.model import CURRENT, Finding, Report
from okxlint.paths import read_bytes
from okxlint.reconciliation import Reconciliation, reconcile
from okxlint.register import Accepted, AccountEntry, Entry, Input, Register
from okxlint.rule import days_after
from okxlint.rules.max_age import first_day

Clean = Callable[[str], str]
RIGHTS = ("read_only", "trade", "withdraw")
_DIGITS = 8


def register_of(case: Case, report: Report) -> Register:
    """The register of a case on the day of its report."""
    live = reconcile(case.inventory, case.request.snapshots) if case.request.snapshots else None
    making = _Making(case, report, live)
    keys = sorted(case.inventory.keys, key=lambda key: (key.account, key.label, *key.order))
    accounts = sorted(case.inventory.all_accounts, key=lambda account: account.name)
    entries = tuple(making.entry(key) for key in keys)
    rows = tuple(making.account(account) for account in accounts)
    return Register(
        version=__version__,
        as_of=report.as_of,
        policy_source=case.masking.redactor.clean(report.policy_source),
        policy_ref=report.policy_ref,
        inputs=tuple(_inputs(case)),
        accounts=rows,
        entries=entries,
        others=making.left(),
        unknown=report.unknown,
        is_complete=all(unknown.accepted for unknown in report.unknown),
    )


class _Making:
    def __init__(self, case: Case, report: Report, live: Reconciliation | None) -> None:
        self.case = case
        self.as_of = report.as_of
        self.live = live
        self.clean: Clean = case.masking.redactor.clean
        self.findings = _by_target(report.findings)
        self.waived = {target: len(found) for target, found in _by_target(report.waived).items()}

    def entry(self, key: Key) -> Entry:
        clean, apps = self.clean, self.case.inventory.apps_of(key)
        target = (clean(key.account), clean(key.label))
        owners = [key.owner] if key.owner else [app.owner for app in apps]
        purposes = [key.purpose] if key.purpose else [app.purpose for app in apps]
        return Entry(
            account=target[0],
            label=target[1],
            apps=tuple(map(clean, key.app)),
            owner=_joined(owners, clean),
            purpose=_joined(purposes, clean),
            environment=key.environment,
            status=key.status,
            permissions=tuple(sorted(key.rights)),
            addresses=tuple(clean(entry.text) for entry in key.ip_allowlist),
            created=key.created,
            age=(self.as_of - key.created).days if key.created else None,
            rotate_by=self.rotate_by(key),
            last_reviewed=key.last_reviewed,
            expires=key.expires,
            secret_ref=clean(key.secret_ref or ""),
            key_id=(key.key_id or "").replace("-", "")[-_DIGITS:].lower(),
            waivers=tuple(self.accepted(key)),
            findings=tuple(self.findings.pop(target, ())),
            waived=self.waived.get(target, 0),
            live=_on_okx(key, self.live),
        )

    def rotate_by(self, key: Key) -> date | None:
        """The day before that on which the policy's ``max-age`` fails."""
        setting = self.case.policy.setting("max-age", key)
        rule = self.case.policy.rules["max-age"]
        if not setting.severity or not rule.sees(key, setting.options):
            return None
        day = first_day(key, setting.options)
        return days_after(day, -1) if day else None

    def accepted(self, key: Key) -> Iterator[Accepted]:
        granted = self.case.policy.waivers.granted
        ours = [each.waiver for each in granted if (each.account, each.key) == _names(key)]
        for waiver in (*key.waivers, *ours):
            yield self._accepted(waiver)

    def _accepted(self, waiver: Waiver) -> Accepted:
        said = {
            name: self.clean(text) if text else None
            for name, text in (("reason", waiver.reason), ("approved_by", waiver.approved_by))
        }
        return Accepted(self.clean(waiver.rule), **said, expires=waiver.expires)

    def account(self, account: AnyAccount) -> AccountEntry:
        inventory = self.case.inventory
        keys = [key for key in inventory.keys_of_account(account.name) if key.status in CURRENT]
        used = Counter(str(key.environment) for key in keys)
        used.update(
            str(item.environment)
            for item in inventory.broken
            if item.kind == "key" and item.account == account.name and item.status in CURRENT
        )
        name = self.clean(account.name)
        found = self.findings.pop((name, None), ())
        return AccountEntry(
            name=name,
            type=getattr(account, "type", ""),
            used={environment: used[environment] for environment in ("live", "demo")},
            slots=self.case.policy.setting("key-limit", account).options.max_keys,
            rights={right: sum(right in key.rights for key in keys) for right in RIGHTS},
            listing=_listing(account.name, self.live),
            findings=tuple(found),
        )

    def left(self) -> tuple[Finding, ...]:
        """What is found of nothing that has an entry."""
        return tuple(finding for found in self.findings.values() for finding in found)


def _names(key: Key) -> tuple[str, str]:
    return key.account, key.label


def _by_target(findings: Iterable[Finding]) -> dict[tuple[str | None, str | None], list[Finding]]:
    found: dict[tuple[str | None, str | None], list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.account, finding.key].append(finding)
    return dict(found)


def _joined(texts: Iterable[str | None], clean: Clean) -> str:
    return ", ".join(dict.fromkeys(clean(text) for text in texts if text))


def _on_okx(key: Key, live: Reconciliation | None) -> str:
    if live is None:
        return ""
    reading = live.reading_of(key)
    if key in live.twins:
        return "on OKX, under another label" if live.twins[key].renamed else "on OKX"
    if reading is None:
        return "no snapshot"
    return "not on OKX" if reading.account.listing == "complete" else "unknown"


def _listing(name: str, live: Reconciliation | None) -> str:
    if live is None:
        return ""
    return ", ".join(reading.account.listing for reading in live.of_account(name)) or "no snapshot"


def _inputs(case: Case) -> Iterator[Input]:
    for file in sorted(case.loaded.files, key=lambda file: file.source.path):
        yield _input("manifest", file, case)
    for file in case.policy.files:
        yield _input("policy", file, case)
    for snapshot in case.request.snapshots:
        digest = sha256(read_bytes(snapshot.path, snapshot.path)).hexdigest()
        yield Input("snapshot", case.masking.redactor.clean(snapshot.path), digest)


def _input(kind: str, file: Parsed, case: Case) -> Input:
    text = file.source.whole_text
    # What is not UTF-8 was read with replacements: its bytes are not these.
    digest = None if "\ufffd" in text else sha256(text.encode()).hexdigest()
    return Input(kind, case.masking.redactor.clean(file.source.path), digest)

"""From a case and its report to the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from okxlint import __version__
from okxlint.case import Case
from okxlint.check import report_on
from okxlint.inventory import Account, AnyAccount, App, Broken, Key
from okxlint.model import CURRENT, Finding, Report
from okxlint.paths import chosen_by
from okxlint.policy.view import cleaned
from okxlint.reconciliation import reconcile
from okxlint.register import AccountEntry, AppEntry, Entry, Register
from okxlint.register.live import listing, listing_of, on_okx
from okxlint.register.placing import Placed, Target
from okxlint.register.provenance import Provenance
from okxlint.register.waivers import Waivers
from okxlint.rule import days_after
from okxlint.rules.max_age import first_day

Clean = Callable[[str], str]
RIGHTS = ("read_only", "trade", "withdraw")
_DIGITS = 8


def register_of(case: Case, report: Report) -> Register:
    """The register of a case on the day of its report.

    It has what is declared in the PATHs, if there are any, and what keys there name.
    """
    making = _Making(case, report)
    made_of = Provenance(case)
    return Register(
        version=__version__,
        as_of=report.as_of,
        policy_source=case.masking.redactor.clean(report.policy_source),
        policy_ref=made_of.ref,
        policy_state=made_of.state,
        inputs=made_of.inputs,
        accounts=tuple(map(making.account, making.accounts)),
        apps=tuple(map(making.app, making.apps)),
        entries=tuple(map(making.entry, making.keys)),
        others=making.others(report),
        granted=making.waivers.elsewhere,
        unknown=report.unknown,
        is_complete=all(unknown.accepted for unknown in report.unknown),
        is_live=making.live is not None,
        paths=tuple(making.clean(case.asked.tree.shown(path)) for path in case.loaded.chosen or ()),
        left_out=sum(1 for _ in _keys(case, lambda _: True)) - len(making.keys),
    )


class _Making:
    def __init__(self, case: Case, report: Report) -> None:
        self.case, self.as_of = case, report.as_of
        self.clean: Clean = case.masking.redactor.clean
        snapshots = case.request.snapshots
        self.live = reconcile(case.inventory, snapshots) if snapshots else None
        is_chosen = chosen_by(case.asked.tree, case.loaded.chosen)
        self.keys = sorted(_keys(case, is_chosen), key=_order)
        accounts = {key.account for key in self.keys}
        apps = {name for key in self.keys if isinstance(key, Key) for name in key.app}
        self.accounts = sorted(
            (
                account
                for account in case.inventory.all_accounts
                if account.name in accounts or (account.origin and is_chosen(_path(account)))
            ),
            key=lambda account: account.name,
        )
        self.apps = sorted(
            (app for app in case.inventory.apps if app.name in apps or is_chosen(_path(app))),
            key=lambda app: app.name,
        )
        targets: list[Target] = [*_keys(case, lambda _: True), *case.inventory.all_accounts]
        targets += case.inventory.apps
        if case.loaded.chosen is not None:
            # What is listed is told whole, and what is found of an account may stand elsewhere.
            report = report_on(case, case.request.question, everywhere=True)
        self.findings = Placed(report.findings, targets, self.clean)
        self.waived = Placed(report.waived, targets, self.clean)
        self.waivers = Waivers(case, report)

    def others(self, report: Report) -> tuple[Finding, ...]:
        """What is reported of nothing that is listed."""
        listed = [*self.keys, *self.accounts, *self.apps]
        told = {finding for each in listed for finding in self.findings.of(each)}
        return tuple(finding for finding in report.findings if finding not in told)

    def entry(self, key: Key | Broken) -> Entry:
        if isinstance(key, Broken):
            return Entry(
                self.clean(key.account),
                self.clean(key.name),
                key.environment,
                key.status,
                *_place(key, self.clean),
                judged=False,
                findings=self.findings.of(key),
                listing=listing_of(key, self.live),
            )
        clean, apps = self.clean, self.case.inventory.apps_of(key)
        owners = [key.owner] if key.owner else [app.owner for app in apps]
        purposes = [key.purpose] if key.purpose else [app.purpose for app in apps]
        return Entry(
            clean(key.account),
            clean(key.label),
            key.environment,
            key.status,
            *_place(key, clean),
            apps=tuple(map(clean, key.app)),
            owner=_joined(owners, clean),
            purpose=_joined(purposes, clean),
            status_since=key.status_since,
            permissions=tuple(sorted(key.rights)),
            addresses=tuple(clean(entry.text) for entry in key.ip_allowlist),
            created=key.created,
            age=(self.as_of - key.created).days if key.created else None,
            rotate_by=self.rotate_by(key),
            last_reviewed=key.last_reviewed,
            last_used=key.last_used,
            expires=key.expires,
            secret_ref=clean(key.secret_ref or ""),
            key_id=(key.key_id or "").replace("-", "")[-_DIGITS:].lower(),
            third_party=clean(key.third_party or ""),
            replaces=clean(key.replaces or ""),
            metadata=None if key.metadata is None else cleaned(key.metadata, clean),
            waivers=self.waivers.on(key),
            findings=self.findings.of(key),
            waived=len(self.waived.of(key)),
            live=on_okx(key, self.live),
            listing=listing_of(key, self.live),
        )

    def rotate_by(self, key: Key) -> date | None:
        """The day before that on which the policy's ``max-age`` fails."""
        setting = self.case.policy.setting("max-age", key)
        rule = self.case.policy.rules["max-age"]
        if not setting.severity or not rule.sees(key, setting.options):
            return None
        day = first_day(key, setting.options)
        return days_after(day, -1) if day else None

    def account(self, account: AnyAccount) -> AccountEntry:
        inventory = self.case.inventory
        keys = [key for key in inventory.keys_of_account(account.name) if key.status in CURRENT]
        used = Counter(str(key.environment) for key in keys)
        used.update(
            str(item.environment)
            for item in inventory.broken
            if item.kind == "key" and item.account == account.name and item.status in CURRENT
        )
        return AccountEntry(
            name=self.clean(account.name),
            type=account.type if isinstance(account, Account) else "",
            is_declared=account.name in inventory.account_names,
            used={environment: used[environment] for environment in ("live", "demo")},
            slots=self.case.policy.setting("key-limit", account).options.max_keys,
            rights={right: sum(right in key.rights for key in keys) for right in RIGHTS},
            listing=listing(account.name, self.live),
            waivers=self.waivers.on(account),
            findings=self.findings.of(account),
            waived=len(self.waived.of(account)),
        )

    def app(self, app: App) -> AppEntry:
        keys = self.case.inventory.keys_of_app(app.name)
        return AppEntry(
            name=self.clean(app.name),
            owner=self.clean(app.owner or ""),
            purpose=self.clean(app.purpose or ""),
            status=app.status,
            needs=None if app.needs is None else tuple(app.needs),
            egress=tuple(self.clean(entry.text) for entry in app.egress),
            keys=sum(key.status in CURRENT for key in keys),
            waivers=self.waivers.on(app),
            findings=self.findings.of(app),
            waived=len(self.waived.of(app)),
        )


def _keys(case: Case, is_chosen: Callable[[str], bool]) -> Iterator[Key | Broken]:
    broken = [item for item in case.inventory.broken if item.kind == "key"]
    keys: list[Key | Broken] = [*case.inventory.keys, *broken]
    return (key for key in keys if is_chosen(_path(key)))


def _path(each: Any) -> str:
    path: str = each.origin.source.path
    return path


def _order(key: Key | Broken) -> tuple[str, str, str, int]:
    label = key.label if isinstance(key, Key) else key.name
    return key.account, label, _path(key), key.origin.extent[0]


def _place(key: Key | Broken, clean: Clean) -> tuple[str, int]:
    place = key.origin.label.location
    return clean(place.path), place.line


def _joined(texts: Iterable[str | None], clean: Clean) -> str:
    return ", ".join(dict.fromkeys(clean(text) for text in texts if text))

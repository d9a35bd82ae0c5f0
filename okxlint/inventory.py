"""The declared accounts, apps and keys: typed, validated, joined.

The dataclasses are at once the types that rules see, the validation of a manifest (by pydantic)
and the source of ``schemas/manifest.schema.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Literal

from okxlint.field_types import (
    Day,
    Entry,
    Environment,
    KeyId,
    Label,
    Name,
    Names,
    Permission,
    Status,
    Text,
)
from okxlint.forms import FORBID
from okxlint.model import CURRENT
from okxlint.origin import Origin
from okxlint.record import Record


@dataclass(frozen=True, slots=True, eq=False)
class Waiver:
    """An accepted finding: of one rule, on the object it stands on, to a last day (inclusive)."""

    __pydantic_config__ = FORBID
    rule: Name
    reason: Text | None = None
    approved_by: Text | None = None
    granted: Day | None = None
    expires: Day | None = None
    value: Text | None = None
    """Holds only while the finding's value is this."""
    origin: Origin = field(init=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """A master account or a sub-account on OKX."""

    __pydantic_config__ = FORBID
    name: Name
    type: Literal["master", "sub"]
    uid: Text | None = None
    site: Literal["global", "eea", "us", "tr"] | None = None
    parent: Name | None = None
    waivers: tuple[Waiver, ...] = ()
    origin: Origin = field(init=False, repr=False)
    fields: Mapping[str, Any] = field(init=False, repr=False)
    """What the manifest says, as the reader gives it."""


class ImpliedAccount(Record):
    """An account that keys name and no manifest declares."""

    name: str
    waivers: tuple[Waiver, ...] = ()
    origin: None = None

    __eq__ = object.__eq__
    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True, eq=False)
class App:
    """A program that uses keys: what it must be able to do, and where it connects from."""

    __pydantic_config__ = FORBID
    name: Name
    owner: Text | None = None
    purpose: Text | None = None
    needs: tuple[Permission, ...] | None = None
    """``None`` if not stated; empty if it needs nothing."""
    egress: tuple[Entry, ...] = ()
    status: Literal["active", "retired"] = "active"
    waivers: tuple[Waiver, ...] = ()
    origin: Origin = field(init=False, repr=False)
    fields: Mapping[str, Any] = field(init=False, repr=False)
    """What the manifest says, as the reader gives it."""


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """A declared API key. Dates are UTC days."""

    __pydantic_config__ = FORBID
    label: Label
    account: Name
    permissions: tuple[Permission, ...]
    """As written; ``rights`` is the set that they give."""
    app: Names = ()
    ip_allowlist: tuple[Entry, ...] = ()
    created: Day | None = None
    last_reviewed: Day | None = None
    last_used: Day | None = None
    expires: Day | None = None
    environment: Environment = "live"
    status: Status = "active"
    status_since: Day | None = None
    key_id: KeyId | None = None
    third_party: Text | None = None
    replaces: Text | None = None
    secret_ref: Text | None = None
    owner: Text | None = None
    purpose: Text | None = None
    metadata: dict[str, Any] | None = None
    waivers: tuple[Waiver, ...] = ()
    origin: Origin = field(init=False, repr=False)
    fields: Mapping[str, Any] = field(init=False, repr=False)
    """What the manifest says, as the reader gives it."""

    @property
    def rights(self) -> frozenset[str]:
        """The permissions as a set, with ``read_only``, which every OKX key has."""
        return _rights(self.permissions)

    @property
    def rights_text(self) -> str:
        """The rights as reports tell them: ``read_only,trade``."""
        return ",".join(sorted(self.rights))

    @property
    def order(self) -> tuple[str, int]:
        """Where the key is written, to sort by: path and place in the file."""
        return self.origin.source.path, self.origin.spans.starts[self.origin.node]

    @property
    def age_order(self) -> tuple[date, str, int]:
        """Sorts by ``created``, then path and line; a key without ``created`` is the newest."""
        return (self.created or date.max, *self.order)


@lru_cache(maxsize=64)
def _rights(permissions: tuple[str, ...]) -> frozenset[str]:
    return frozenset(permissions) | {"read_only"}


AnyAccount = Account | ImpliedAccount
Declared = Account | App | Key


class Broken(Record):
    """An account, app or key with a schema error: no rule sees it, but its name counts."""

    kind: Literal["account", "app", "key"]
    name: str
    origin: Origin
    account: str = ""
    environment: str = "live"
    status: str = "active"


class Inventory(Record):
    """The union of all manifests, in the order of paths and lines. Read only."""

    accounts: tuple[Account, ...] = ()
    apps: tuple[App, ...] = ()
    keys: tuple[Key, ...] = ()
    broken: tuple[Broken, ...] = ()

    @property
    def declared(self) -> tuple[Declared, ...]:
        """All that manifests declare, without what has a schema error."""
        return (*self.accounts, *self.apps, *self.keys)

    @cached_property
    def all_accounts(self) -> tuple[AnyAccount, ...]:
        """The declared accounts, then those that keys imply."""
        implied = dict.fromkeys(
            key.account for key in self.keys if key.account not in self._account
        )
        return (*self.accounts, *(ImpliedAccount(name) for name in implied))

    @cached_property
    def account_names(self) -> frozenset[str]:
        """Every declared account's name, those with a schema error included."""
        broken = {item.name for item in self.broken if item.kind == "account"}
        return frozenset(self._account) | broken

    @cached_property
    def app_names(self) -> frozenset[str]:
        """Every declared app's name, those with a schema error included."""
        broken = {item.name for item in self.broken if item.kind == "app"}
        return frozenset(self._app) | broken

    @cached_property
    def key_names(self) -> frozenset[tuple[str, str]]:
        """(account, label) of every key of any status, those with a schema error included."""
        broken = {(item.account, item.name) for item in self.broken if item.kind == "key"}
        return frozenset(self._keys_by_name) | broken

    def account(self, name: str) -> Account | None:
        """The declared account of that name."""
        return self._account.get(name)

    def app(self, name: str) -> App | None:
        """The declared app of that name."""
        return self._app.get(name)

    def apps_of(self, key: Key) -> tuple[App, ...]:
        """The key's declared apps, in the order in which it names them."""
        apps = self._apps_by_names.get(key.app)
        if apps is None:
            apps = tuple(app for name in key.app if (app := self._app.get(name)))
            self._apps_by_names[key.app] = apps
        return apps

    def has_broken_app(self, key: Key) -> bool:
        """Whether the key names an app whose own declaration has a schema error."""
        return bool(self._broken_apps) and not self._broken_apps.isdisjoint(key.app)

    def key(self, account: str, label: str) -> Key | None:
        """The key of that name, of any status: a current one before a revoked one."""
        named = self.keys_named(account, label)
        if len(named) == 1:
            return named[0]
        return next((key for key in named if key.status in CURRENT), named[0] if named else None)

    def keys_named(self, account: str, label: str) -> list[Key]:
        """All keys of that name, of every status."""
        return self._keys_by_name.get((account, label), [])

    def keys_of_account(self, name: str) -> list[Key]:
        """All keys of an account, of every status."""
        return self._keys_by_account.get(name, [])

    def keys_of_app(self, name: str) -> list[Key]:
        """All keys that name an app, of every status."""
        return self._keys_by_app.get(name, [])

    @cached_property
    def _apps_by_names(self) -> dict[tuple[str, ...], tuple[App, ...]]:
        return {}

    @cached_property
    def _broken_apps(self) -> frozenset[str]:
        return self.app_names - self._app.keys()

    @cached_property
    def _account(self) -> dict[str, Account]:
        return {account.name: account for account in self.accounts}

    @cached_property
    def _app(self) -> dict[str, App]:
        return {app.name: app for app in self.apps}

    @cached_property
    def _keys_by_name(self) -> dict[tuple[str, str], list[Key]]:
        named: dict[tuple[str, str], list[Key]] = {}
        for key in self.keys:
            named.setdefault((key.account, key.label), []).append(key)
        return named

    @cached_property
    def _keys_by_account(self) -> dict[str, list[Key]]:
        keys: dict[str, list[Key]] = {}
        for key in self.keys:
            keys.setdefault(key.account, []).append(key)
        return keys

    @cached_property
    def _keys_by_app(self) -> dict[str, list[Key]]:
        keys: dict[str, list[Key]] = {}
        for key in self.keys:
            for name in dict.fromkeys(key.app) if len(key.app) > 1 else key.app:
                keys.setdefault(name, []).append(key)
        return keys

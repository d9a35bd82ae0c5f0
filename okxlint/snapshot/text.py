"""A snapshot as it is written: the types of its JSON, from which its schema is made too."""

from __future__ import annotations

from dataclasses import field
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from okxlint.field_types import Environment
from okxlint.lazy import Pattern
from okxlint.snapshot import Listing

# A newer okxlint may say more.
_CONFIG = ConfigDict(extra="ignore")
_INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_IS_INSTANT = Pattern(_INSTANT)
_IS_DAY = Pattern(_DAY)
_WHOLE_ID = Pattern(r"[0-9A-Fa-f-]*([0-9A-Fa-f]{8})")


def _instant(value: Any) -> datetime:
    try:
        if isinstance(value, str) and _IS_INSTANT.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("instant", "this is an instant in UTC, as 2026-11-26T06:00:00Z")


def _moment(value: Any) -> datetime:
    try:
        if isinstance(value, str) and _IS_DAY.fullmatch(value):
            day = date.fromisoformat(value)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        pass
    return _instant(value)


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and _IS_DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("date", "this is a day, as 2026-11-26")


def _last_eight(value: Any) -> str | None:
    """The last eight digits of a key id: nothing more of it is kept, whoever wrote more."""
    if value is None:
        return None
    found = _WHOLE_ID.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise PydanticCustomError("key_id", "this is the last eight hex digits of the key id")
    return found[1].lower()


def _or_empty(value: Any) -> Any:
    return () if value is None else value


def _or_nothing(value: Any) -> Any:
    return {} if value is None else value


Instant = Annotated[
    datetime,
    PlainValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": f"^{_INSTANT}$"}),
]
Moment = Annotated[
    datetime,
    PlainValidator(_moment),
    WithJsonSchema({"type": "string", "pattern": f"^(?:{_INSTANT}|{_DAY})$"}),
]
Day = Annotated[
    date,
    PlainValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_DAY}$"}),
]
KeyId = Annotated[
    str | None,
    PlainValidator(_last_eight),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": "^[0-9a-f]{8}$"}, {"type": "null"}]}),
]
Words = Annotated[tuple[str, ...], BeforeValidator(_or_empty)]
Extra = Annotated[dict[str, Any], BeforeValidator(_or_nothing)]


@dataclass(config=_CONFIG, frozen=True, kw_only=True)
class KeyText:
    """A key on OKX."""

    label: str
    key_id: KeyId = None
    """The last eight digits; null if OKX masks it or does not give it."""
    permissions: tuple[str, ...]
    ips: Words = ()
    created: Moment | None = None
    """In UTC; null if OKX gives none."""
    extra: Extra = field(default_factory=dict)
    """What OKX says besides, by its own field names."""


@dataclass(config=_CONFIG, frozen=True, kw_only=True)
class AccountText:
    """An account on OKX."""

    name: Annotated[str, Field(min_length=1)]
    type: Literal["master", "sub"] | None = None
    """Null is as the order says: the auditor's account is the first, all others are its subs."""
    uid: str | None = None
    enabled: bool | None = None
    two_factor: bool | None = None
    can_transfer_out: bool | None = None
    listing: Listing
    """How much is known of its keys."""
    reason: str | None = None
    """Why the listing failed."""
    attested_by: str | None = None
    attested_on: Day | None = None
    keys: Annotated[tuple[KeyText, ...], BeforeValidator(_or_empty)] = ()
    extra: Extra = field(default_factory=dict)


@dataclass(config=_CONFIG, frozen=True, kw_only=True)
class AuditorText:
    """The credential that read OKX; uid and addresses are masked."""

    account: str | None = None
    label: str | None = None
    uid: str | None = None
    permissions: tuple[str, ...]
    ips: Words = ()


@dataclass(config=_CONFIG, frozen=True, kw_only=True)
class ToolText:
    """Who wrote the snapshot."""

    name: str
    version: str


@dataclass(config=_CONFIG, frozen=True, kw_only=True)
class SnapshotText:
    """What OKX said at one time. It holds no secret and no whole key id."""

    version: Literal[1]
    tool: ToolText | None = None
    taken_at: Instant
    site: str
    environment: Environment
    auditor: AuditorText
    accounts: tuple[AccountText, ...]

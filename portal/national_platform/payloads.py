"""What travels to and from the national platform, as frozen values, and how they are read from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

JsonObject = Mapping[str, Any]


class OfferState(StrEnum):
    """Where an offer stands at the platform; OFFERED and IN_APPLIED are open, the others final.

    Source: requirements D.3.
    """

    OFFERED = "OFFERED"  # 待调入地接收: uploaded by the source, nobody applied in yet
    IN_APPLIED = "IN_APPLIED"  # 调入地已申请: the person applied in at the destination
    RECEIVED = "RECEIVED"  # 调入地已接收: the destination has the file
    REVOKED = "REVOKED"  # 已撤回: the source took it back


OPEN_STATES = frozenset({OfferState.OFFERED, OfferState.IN_APPLIED})


class ChangeEvent(StrEnum):
    """What happened to an offer, as the feed of changes names it."""

    OFFERED = "offered"
    IN_APPLIED = "in_applied"
    RECEIVED = "received"
    REVOKED = "revoked"
    RETURNED = "returned"  # the destination refused; the offer is OFFERED again


@dataclass(frozen=True)
class Offer:
    """One file offered by a source province to a destination province.

    Shape: source and destination are GB/T 2260 codes of six characters; divisions are the caller's own text;
    person_key is a keyed hash, never an ID number; payload refers to the file's content.
    Units: version counts from 1 and grows by one with every change of state; times are aware UTC.
    """

    id: str
    version: int
    state: OfferState
    source: str
    destination: str
    source_division: str
    destination_division: str
    person_key: str
    payload: JsonObject = field(hash=False)
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether the offer can still be received or revoked."""
        return self.state in OPEN_STATES


@dataclass(frozen=True)
class Change:
    """One line of the feed: what happened to which offer, in the platform's order.

    Shape: order within one offer is `version`, across offers `seq`; reason is set for `returned` only.
    """

    seq: int
    offer_id: str
    version: int
    event: ChangeEvent
    at: datetime
    source: str
    destination: str
    reason: str | None = None


@dataclass(frozen=True)
class Sms:
    """One text message that took effect at the gateway."""

    id: str
    to_ref: str
    template: str
    params: JsonObject = field(hash=False)
    at: datetime


def offer_from(data: object) -> Offer:
    """Read an offer from decoded JSON.

    Raises: ValueError naming the first field that is missing or of the wrong kind.
    """
    fields = _object(data, "offer")
    return Offer(
        id=_text(fields, "id"),
        version=_number(fields, "version"),
        state=OfferState(_text(fields, "state")),
        source=_text(fields, "source"),
        destination=_text(fields, "destination"),
        source_division=_text(fields, "source_division"),
        destination_division=_text(fields, "destination_division"),
        person_key=_text(fields, "person_key"),
        payload=_object(fields.get("payload"), "payload"),
        updated_at=_moment(fields, "updated_at"),
    )


def offers_from(data: object) -> list[Offer]:
    """Read the answer to a query of offers, newest first.

    Raises: ValueError.
    """
    return [offer_from(item) for item in _list(data, "offers")]


def change_from(data: object) -> Change:
    """Read one line of the feed from decoded JSON.

    Raises: ValueError naming the first field that is missing or of the wrong kind.
    """
    fields = _object(data, "change")
    return Change(
        seq=_number(fields, "seq"),
        offer_id=_text(fields, "offer_id"),
        version=_number(fields, "version"),
        event=ChangeEvent(_text(fields, "event")),
        at=_moment(fields, "at"),
        source=_text(fields, "source"),
        destination=_text(fields, "destination"),
        reason=None if fields.get("reason") is None else _text(fields, "reason"),
    )


def changes_from(data: object) -> list[Change]:
    """Read a page of the feed, in the platform's order.

    Raises: ValueError.
    """
    return [change_from(item) for item in _list(data, "changes")]


def sms_from(data: object) -> Sms:
    """Read a text message from decoded JSON.

    Raises: ValueError naming the first field that is missing or of the wrong kind.
    """
    fields = _object(data, "sms")
    return Sms(
        id=_text(fields, "id"),
        to_ref=_text(fields, "to_ref"),
        template=_text(fields, "template"),
        params=_object(fields.get("params"), "params"),
        at=_moment(fields, "at"),
    )


def messages_from(data: object) -> list[Sms]:
    """Read the list of text messages, in the order they took effect.

    Raises: ValueError.
    """
    return [sms_from(item) for item in _list(data, "messages")]


def moment_text(moment: datetime) -> str:
    """Write a moment as the contract wants it: ISO 8601 in UTC.

    Raises: ValueError for a time without a zone, which would be read as some machine's local time.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone was sent to the national platform")
    return moment.astimezone(UTC).isoformat()


def moment_from(text: str) -> datetime:
    """Read an ISO 8601 moment with a zone as aware UTC.

    Raises: ValueError.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)


def _object(value: object, name: str) -> JsonObject:
    if not isinstance(value, dict):
        raise ValueError(f"{name} is not an object")
    return value


def _list(data: object, name: str) -> list[object]:
    items = _object(data, "answer").get(name)
    if not isinstance(items, list):
        raise ValueError(f"{name} is not a list")
    return items


def _text(fields: JsonObject, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is not text")
    return value


def _number(fields: JsonObject, name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name} is not a whole number")
    return value


def _moment(fields: JsonObject, name: str) -> datetime:
    return moment_from(_text(fields, name))

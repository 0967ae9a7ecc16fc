"""The offers of the simulator: who may move which offer to which state, and the feed of what happened.

Every function here runs inside one transaction of the store, which makes its compare-and-set one step.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from sqlite3 import Connection, Row
from typing import Any
from uuid import uuid4

from portal.national_platform.errors import PlatformConflict, PlatformRefused
from portal.national_platform.payloads import (
    OPEN_STATES,
    ChangeEvent,
    Offer,
    OfferState,
    moment_text,
    offer_from,
)

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Move:
    """What one verb does to an offer: the states it starts from, the one it ends in, its name in the feed."""

    starts: frozenset[OfferState]
    end: OfferState
    event: ChangeEvent


MOVES = {
    "apply": Move(frozenset({OfferState.OFFERED}), OfferState.IN_APPLIED, ChangeEvent.IN_APPLIED),
    "receive": Move(frozenset({OfferState.IN_APPLIED}), OfferState.RECEIVED, ChangeEvent.RECEIVED),
    "revoke": Move(OPEN_STATES, OfferState.REVOKED, ChangeEvent.REVOKED),
    "return": Move(frozenset({OfferState.IN_APPLIED}), OfferState.OFFERED, ChangeEvent.RETURNED),
}


def open_offer(db: Connection, body: Body, now: datetime) -> Offer:
    """Store a new offer as OFFERED, version 1.

    Raises: PlatformConflict open_offer_exists.
    """
    states = sorted(OPEN_STATES)
    if standing := find(db, {"person_key": body["person_key"]}, states):
        raise PlatformConflict("open_offer_exists", standing[0])
    offer = offer_from({**body, "id": uuid4().hex, "version": 1, "state": "OFFERED", "updated_at": moment_text(now)})
    db.execute(
        "INSERT INTO offers (id, version, state, source, source_division, destination, destination_division,"
        " person_key, payload, updated_at) VALUES (:id, :version, :state, :source, :source_division,"
        " :destination, :destination_division, :person_key, :payload, :updated_at)",
        {**as_json(offer), "payload": json.dumps(offer.payload)},
    )
    _record(db, offer, ChangeEvent.OFFERED, None)
    return offer


def move(db: Connection, verb: str, offer_id: str, body: Body, now: datetime) -> Offer:
    """Move an offer if it stands where the caller believes it stands.

    Raises: PlatformRefused not_found; PlatformConflict wrong_state, stale_version, wrong_destination.
    """
    offer, rule = get(db, offer_id), MOVES[verb]
    _check(offer, rule, body)
    moved = replace(offer, state=rule.end, version=offer.version + 1, updated_at=now)
    db.execute(
        "UPDATE offers SET state = ?, version = ?, updated_at = ? WHERE id = ?",
        (moved.state, moved.version, moment_text(now), offer_id),
    )
    _record(db, moved, rule.event, body.get("reason_code"))
    return moved


def get(db: Connection, offer_id: str) -> Offer:
    """The offer as it stands.

    Raises: PlatformRefused not_found.
    """
    row = db.execute("SELECT * FROM offers WHERE id = ?", (offer_id,)).fetchone()
    if row is None:
        raise PlatformRefused("not_found")
    return _offer(row)


def find(db: Connection, fields: Mapping[str, str], states: Sequence[str], limit: int = 100) -> list[Offer]:
    """Offers whose columns equal `fields` and whose state is one of `states` (empty: any), newest first."""
    wanted = [f"{name} = ?" for name in fields]
    if states:
        wanted.append(f"state IN ({', '.join('?' * len(states))})")
    where = " AND ".join(wanted) or "TRUE"
    rows = db.execute(
        f"SELECT * FROM offers WHERE {where} ORDER BY seq DESC LIMIT ?", (*fields.values(), *states, limit)
    )
    return [_offer(row) for row in rows]


def changes(db: Connection, province: str, after: int, limit: int) -> list[dict[str, Any]]:
    """The feed of a province after a line, oldest first."""
    rows = db.execute(
        "SELECT * FROM changes WHERE seq > ? AND ? IN (source, destination) ORDER BY seq LIMIT ?",
        (after, province, limit),
    )
    return [dict(row) for row in rows]


def as_json(offer: Offer) -> dict[str, Any]:
    """The offer as the contract writes it."""
    return {
        "id": offer.id,
        "version": offer.version,
        "state": str(offer.state),
        "source": offer.source,
        "source_division": offer.source_division,
        "destination": offer.destination,
        "destination_division": offer.destination_division,
        "person_key": offer.person_key,
        "payload": offer.payload,
        "updated_at": moment_text(offer.updated_at),
    }


def _check(offer: Offer, rule: Move, body: Body) -> None:
    if offer.state not in body.get("allowed_states", rule.starts):
        raise PlatformConflict("wrong_state", offer)
    if body.get("version", offer.version) != offer.version:
        raise PlatformConflict("stale_version", offer)
    if body.get("destination", offer.destination) != offer.destination:
        raise PlatformConflict("wrong_destination", offer)


def _record(db: Connection, offer: Offer, event: ChangeEvent, reason: str | None) -> None:
    db.execute(
        "INSERT INTO changes (offer_id, version, event, at, source, destination, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (offer.id, offer.version, event, moment_text(offer.updated_at), *_ends(offer), reason),
    )


def _ends(offer: Offer) -> tuple[str, str]:
    return offer.source, offer.destination


def _offer(row: Row) -> Offer:
    return offer_from({**dict(row), "payload": json.loads(row["payload"])})

"""The memory of given answers: the same key and body get the first answer again, also after a restart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from sqlite3 import Connection
from typing import Any

from portal.national_platform.simulator.exchange import Answer, refusal

DECIDED = {200, 201, 409}  # an answer that decided something is kept; a refusal of the request itself is not


def fingerprint(path: str, body: Mapping[str, Any]) -> str:
    """A hash that is equal for equal requests, whatever the order of fields."""
    text = json.dumps([path, body], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def once(db: Connection, key: str, print_: str, act: Callable[[], Answer]) -> Answer:
    """The kept answer for this key, or that of `act`, which is kept in the same transaction as its effect."""
    row = db.execute("SELECT fingerprint, status, body FROM answers WHERE key = ?", (key,)).fetchone()
    if row is None:
        return _first(db, key, print_, act())
    if row["fingerprint"] != print_:
        return refusal(422, "key_reused")
    return Answer(row["status"], json.loads(row["body"]), {"Idempotent-Replay": "true"})


def _first(db: Connection, key: str, print_: str, answer: Answer) -> Answer:
    if answer.status in DECIDED:
        db.execute(
            "INSERT INTO answers (key, fingerprint, status, body) VALUES (?, ?, ?, ?)",
            (key, print_, answer.status, json.dumps(answer.body)),
        )
    return answer

"""The text messages of the simulator: what reached the outside world, for tests and demonstrations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from sqlite3 import Connection
from typing import Any
from uuid import uuid4

from portal.national_platform.payloads import moment_text


def send(db: Connection, body: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Let one message take effect, and return it as the contract writes it."""
    message = {
        "id": uuid4().hex,
        "to_ref": body["to_ref"],
        "template": body["template"],
        "params": body["params"],
        "at": moment_text(now),
    }
    db.execute(
        "INSERT INTO sms (id, to_ref, template, params, at) VALUES (:id, :to_ref, :template, :params, :at)",
        {**message, "params": json.dumps(body["params"])},
    )
    return message


def sent(db: Connection, to_ref: str) -> list[dict[str, Any]]:
    """The messages that took effect for a reference, oldest first."""
    columns = "id, to_ref, template, params, at"
    rows = db.execute(f"SELECT {columns} FROM sms WHERE to_ref = ? ORDER BY seq", (to_ref,))
    return [{**dict(row), "params": json.loads(row["params"])} for row in rows]

"""Keeps messages from outside until an instance waits for them, and makes a job of each meeting of the two."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from .dispatch import wake_after_commit
from .models import Message, Subscription

# A cancelled job of the same visit met no message when it ran; now there is one.
_MEET = """
INSERT INTO orchestrator_job
       (instance_id, token, kind, element, work, status, due_at, attempts, error, created_at)
SELECT DISTINCT s.instance_id, s.token, 'message', s.element, s.name, 'waiting', %(now)s, 0, '', %(now)s
  FROM orchestrator_message m
  JOIN orchestrator_subscription s ON s.name = m.name AND s.key = m.key
 WHERE m.delivered_at IS NULL
   AND (%(instance)s IS NULL OR s.instance_id = %(instance)s)
   AND (%(key)s IS NULL OR m.key = %(key)s)
    ON CONFLICT (instance_id, token, kind) DO UPDATE
   SET status = 'waiting', due_at = EXCLUDED.due_at, attempts = 0, leased_until = NULL, ended_at = NULL
 WHERE orchestrator_job.status = 'cancelled'
RETURNING id
"""
_UNMET = """
SELECT EXISTS (
       SELECT 1 FROM orchestrator_message m
         JOIN orchestrator_subscription s ON s.name = m.name AND s.key = m.key
        WHERE m.delivered_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM orchestrator_job j WHERE j.instance_id = s.instance_id
                             AND j.token = s.token AND j.kind = 'message' AND j.status IN ('waiting', 'failed')))
"""


def keep_message(name: str, key: str, *, payload: Mapping[str, Any], dedupe: str, now: datetime) -> None:
    """Store a message from outside until its instance waits for it; a copy of it changes nothing."""
    Message.objects.bulk_create(
        [Message(name=name, key=key, payload=dict(payload), dedupe=dedupe, received_at=now)],
        ignore_conflicts=True,
    )
    meet(now, key=key)


def meet(now: datetime, *, instance_id: Any = None, key: str | None = None) -> None:
    """Every kept message that some instance waits for has a job that will deliver it."""
    with connection.cursor() as cursor:
        cursor.execute(_MEET, {"now": now, "instance": instance_id, "key": key})
        wake_after_commit(row[0] for row in cursor.fetchall())


def are_all_met() -> bool:
    """Whether no message waits for somebody to notice that its instance is there."""
    with connection.cursor() as cursor:
        cursor.execute(_UNMET)
        return not cursor.fetchone()[0]


def next_for(waiting: Subscription) -> Message | None:
    """The oldest message a subscription has not been given, locked."""
    kept = Message.objects.select_for_update().filter(name=waiting.name, key=waiting.key, delivered_at=None)
    return kept.order_by("id").first()

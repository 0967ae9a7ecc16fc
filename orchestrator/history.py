"""Writes and reads what happened to an instance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .engine import Passed
from .models import HistoryEvent, ProcessInstance


@dataclass(frozen=True)
class Act:
    """Why a step was made: what a person or the system did, and who."""

    kind: str
    element: str = ""
    name: str = ""
    by: Any = None
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class HistoryRow:
    """One line of an instance's history; `by` is the user's id, None for the system."""

    at: datetime
    kind: str
    element: str
    name: str
    by: int | None
    detail: Mapping[str, Any]


def write(instance: ProcessInstance, act: Act, passed: Iterable[Passed], now: datetime) -> None:
    """Keep one act and the elements it made the process leave, in order."""
    rows = [_row(instance, act.kind, act.element, act.name, act.by, act.detail or {}, now)]
    rows += [
        _row(instance, "passed", step.element, step.name, None, {"type": step.type, **step.detail}, now)
        for step in passed
    ]
    HistoryEvent.objects.bulk_create(rows)


def read_of(business_key: str) -> list[HistoryRow]:
    """The whole history of the instance with this business key, oldest first."""
    events = HistoryEvent.objects.filter(instance__business_key=business_key)
    return [_history_row(event) for event in events]


def _history_row(event: HistoryEvent) -> HistoryRow:
    return HistoryRow(event.at, event.kind, event.element, event.name, event.by_id, event.detail)


def _row(
    instance: ProcessInstance,
    kind: str,
    element: str,
    name: str,
    by: Any,
    detail: Mapping[str, Any],
    now: datetime,
) -> HistoryEvent:
    return HistoryEvent(
        instance=instance,
        revision=instance.revision,
        at=now,
        kind=kind,
        element=element,
        name=name,
        by=by,
        detail=dict(detail),
    )

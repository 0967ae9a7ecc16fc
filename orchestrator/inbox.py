"""Reads open tasks by role and scope, page by page on a key; never a scan of states."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from .models import HumanTask

PAGE = 50
Cursor = tuple[datetime, int]


@dataclass(frozen=True)
class Place:
    """Where a person works: a role at a scope, or at all scopes below it when `below` is set.

    `escalated` restricts it to tasks that were escalated.
    """

    role: str
    scope: str
    below: bool = False
    escalated: bool = False


@dataclass(frozen=True)
class Filters:
    """What a reviewer narrows the inbox by; empty values narrow nothing."""

    process: str = ""
    element: str = ""
    number: str = ""
    holder: Any = None
    unheld: bool = False
    due_before: datetime | None = None


@dataclass(frozen=True)
class Page:
    """One page of open tasks, oldest first; `next` is the cursor of the following page or None."""

    tasks: tuple[HumanTask, ...]
    next: Cursor | None


def page_of(
    places: Iterable[Place], filters: Filters | None = None, after: Cursor | None = None, limit: int = PAGE
) -> Page:
    """A page of the open tasks of these places, oldest first.

    Shape: `after` is the `next` of the page before; `limit` at most 200.
    """
    limit = min(limit, 200)
    found = _open(places, filters or Filters())
    if after is not None:
        found = found.filter(Q(opened_at__gt=after[0]) | Q(opened_at=after[0], id__gt=after[1]))
    tasks = tuple(found.select_related("holder", "instance")[: limit + 1])
    shown = tasks[:limit]
    more = (shown[-1].opened_at, shown[-1].pk) if len(tasks) > limit else None
    return Page(shown, more)


def count(places: Iterable[Place], filters: Filters | None = None) -> int:
    """How many open tasks these places have."""
    return _open(places, filters or Filters()).count()


def _open(places: Iterable[Place], filters: Filters) -> QuerySet[HumanTask]:
    where = Q(pk__in=[])
    for place in places:
        where |= _place(place)
    found = HumanTask.objects.filter(where, kind="review", status__in=HumanTask.WAITING)
    return _narrow(found, filters).order_by("opened_at", "id")


def _place(place: Place) -> Q:
    scope = Q(scope=place.scope)
    if place.below:
        scope |= Q(scope__startswith=f"{place.scope}/")
    where = scope & Q(escalated_at__isnull=False) if place.escalated else scope & Q(role=place.role)
    return where


def _narrow(found: QuerySet[HumanTask], filters: Filters) -> QuerySet[HumanTask]:
    exact = {"process": filters.process, "element": filters.element}
    found = found.filter(**{key: value for key, value in exact.items() if value})
    if filters.number:
        found = found.filter(instance__business_key__icontains=filters.number)
    if filters.holder is not None:
        found = found.filter(holder=filters.holder)
    if filters.unheld:
        found = found.filter(holder=None)
    if filters.due_before is not None:
        found = found.filter(due_at__lt=filters.due_before)
    return found

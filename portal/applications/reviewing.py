"""What reviewers do with a task, and who may: appointed to its role at its scope, never for one's own case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orchestrator import api as engine
from portal import errors
from portal.applications import checks
from portal.applications.models import Application
from portal.errors import Refused
from portal.jurisdictions.selectors import division_by_path, may_act, office_for, people_for

errors.declare(
    errors.NOT_FOUND,
    no_such_task=_("There is no such task in your offices."),
)
errors.declare(
    errors.FORBIDDEN,
    own_case=_("You cannot review your own application."),
    colleague_not_appointed=_("This colleague is not appointed to this office."),
    office_without_reviewer=_("Nobody is appointed to review in that office."),
    office_elsewhere=_("The case can only be sent to another office of the same province."),
)

SUPERVISORS = ("city_reviewer", "supervisor")
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class BulkResult:
    """What became of one task of a bulk decision: done, or the refusal, to be explained to who reads it."""

    task: int
    refusal: Refused | engine.EngineError | None


def today(now: datetime) -> date:
    """The day in the calendar's zone."""
    return now.astimezone(engine.calendar().zone).date()


def visible_task(task_id: int, *, by: Any, now: datetime) -> Any:
    """The task, if `by` may see it. Raises: no_such_task (also for tasks of other offices), own_case."""
    task = engine.task(task_id)
    if task is None or not may_review(task, by=by, now=now):
        raise Refused("no_such_task", task=task_id)
    _refuse_own(task, by)
    return task


def may_review(task: Any, *, by: Any, now: datetime) -> bool:
    """Whether `by` is appointed to the task's role and scope, or supervises an escalated one. Source: BJ-04."""
    if task.kind != "review":
        return False
    if may_act(by, task.role, task.scope, today(now)):
        return True
    return task.escalated_at is not None and _is_above(task, by, now)


@transaction.atomic
def claim(task_id: int, *, by: Any, now: datetime) -> Any:
    """The task is held by `by`. Raises: no_such_task, own_case, task_* of the engine."""
    _permitted(task_id, by, now)
    return engine.claim(task_id, by=by, now=now)


@transaction.atomic
def release(task_id: int, *, by: Any, now: datetime) -> Any:
    """The task is free again; the offices above may free one that somebody else holds.

    Raises: no_such_task, own_case, task_* of the engine.
    """
    task = _permitted(task_id, by, now, managing=True)
    return engine.release(task_id, by=by, over=_is_above(task, by, now), now=now)


@transaction.atomic
def hand_over(task_id: int, *, by: Any, to: str, why: str, now: datetime) -> Any:
    """The task is held by the colleague with this user name (转办); the offices above may take it from its holder.

    Raises: no_such_task, own_case, colleague_not_appointed, task_* of the engine. Source: R21.
    """
    task = _permitted(task_id, by, now, managing=True)
    colleague = get_user_model().objects.filter(username=to, is_active=True).first()
    if colleague is None or not may_review(task, by=colleague, now=now):
        raise Refused("colleague_not_appointed")
    _refuse_own(task, colleague)
    return engine.hand_over(task_id, by=by, to=colleague, why=why, over=_is_above(task, by, now), now=now)


@transaction.atomic
def reroute(task_id: int, *, by: Any, scope: str, why: str, now: datetime) -> Any:
    """The task waits in another office of the province (D.1 re-route).

    Raises: no_such_task, own_case, no_such_division, office_elsewhere, office_without_reviewer, task_* of the engine.
    """
    task = _permitted(task_id, by, now, managing=True)
    division = division_by_path(office_for(division_by_path(scope).path).path)
    if division.path.split("/")[0] != task.scope.split("/")[0]:
        raise Refused("office_elsewhere")
    if not people_for(task.role, division.path, today(now)):
        raise Refused("office_without_reviewer")
    over = _is_above(task, by, now)
    moved = engine.reroute(task_id, by=by, scope=division.path, why=why, over=over, now=now)
    Application.objects.filter(number=task.instance.business_key).update(office_id=division.id)
    return moved


@transaction.atomic
def save_draft(task_id: int, *, by: Any, draft: Mapping[str, Any], now: datetime) -> Any:
    """The half-finished review is kept. Raises: no_such_task, own_case, task_* of the engine."""
    _permitted(task_id, by, now)
    return engine.save_draft(task_id, by=by, draft=draft, now=now)


@transaction.atomic
def decide(
    task_id: int,
    *,
    by: Any,
    outcome: str,
    now: datetime,
    reasons: Iterable[Mapping[str, Any]] = (),
    data: Mapping[str, Any] | None = None,
    revision: int | None = None,
) -> Any:
    """The task is approved, returned or refused, and its process has gone on.

    Raises: no_such_task, own_case, form_has_faults, task_* and reasons_required of the engine.
    Locks: instance, task, then what the steps touch. Source: D.1, D.3–D.5, R21, R23.
    """
    task = _permitted(task_id, by, now)
    given = checks.check_review(task, outcome, dict(data or {}))
    return engine.decide(task_id, by=by, outcome=outcome, reasons=reasons, data=given, revision=revision, now=now)


def decide_many(
    task_ids: Iterable[int], *, by: Any, outcome: str, now: datetime, reasons: Iterable[Mapping[str, Any]] = ()
) -> list[BulkResult]:
    """Each task is decided in a transaction of its own; what could not be done says why, the rest is done.

    Shape: at most 200 tasks, in the given order.
    """
    why = list(reasons)
    return [_one_of_many(task, by, outcome, why, now) for task in list(task_ids)[:MOST_AT_ONCE]]


def _one_of_many(task_id: int, by: Any, outcome: str, reasons: list[Mapping[str, Any]], now: datetime) -> BulkResult:
    try:
        decide(task_id, by=by, outcome=outcome, reasons=reasons, now=now)
    except (Refused, engine.EngineError) as refusal:
        return BulkResult(task_id, refusal)
    return BulkResult(task_id, None)


def _is_above(task: Any, by: Any, now: datetime) -> bool:
    return task.kind == "review" and any(may_act(by, role, task.scope, today(now)) for role in SUPERVISORS)


def _permitted(task_id: int, by: Any, now: datetime, *, managing: bool = False) -> Any:
    seen = engine.task(task_id)
    if seen is not None:
        engine.lock(seen.instance_id)  # before the permission is read: a task just sent elsewhere is not decided here
    task = engine.task(task_id)
    if task is None or not (managing and _is_above(task, by, now)):
        return visible_task(task_id, by=by, now=now)
    _refuse_own(task, by)
    return task


def _refuse_own(task: Any, who: Any) -> None:
    own = Application.objects.filter(number=task.instance.business_key, applicant__user=who)
    if own.exists():
        raise Refused("own_case")

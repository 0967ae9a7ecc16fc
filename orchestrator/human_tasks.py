"""What people do with a task: claim, release, hand over, re-route, draft, decide. Lock order: instance, task."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from . import instances
from .engine import Completed, Input, Returned, Threw
from .errors import (
    ActNotOffered,
    ReasonsRequired,
    StalePage,
    TaskClosed,
    TaskDecided,
    TaskHeld,
    TaskNotFound,
)
from .history import Act
from .models import HumanTask, ProcessInstance

APPROVE, RETURN, REFUSE, RESUBMIT = "approve", "return", "refuse", "resubmit"
OUTCOMES = {"review": (APPROVE, RETURN, REFUSE), "correction": (RESUBMIT,)}
NEEDS_REASONS = (RETURN, REFUSE)


def claim(task_id: int, *, by: Any, now: datetime) -> HumanTask:
    """The task is held by `by`; claiming one's own task again changes nothing.

    Raises: TaskNotFound, TaskDecided, TaskClosed, TaskHeld. Locks: instance, task.
    """
    task = _locked(task_id)
    _refuse_closed(task)
    _refuse_held_by_other(task, by)
    if task.holder_id is None:
        _hold(task, by, now)
        _tell(task, "claimed", by, now)
    return task


def release(task_id: int, *, by: Any, now: datetime, over: bool = False) -> HumanTask:
    """The task is free again; releasing a free task changes nothing; with `over` also one that another holds.

    Raises: TaskNotFound, TaskDecided, TaskClosed, TaskHeld. Locks: instance, task.
    """
    task = _locked(task_id)
    _refuse_closed(task)
    if not over:
        _refuse_held_by_other(task, by)
    if task.holder_id is not None:
        _free(task)
        _tell(task, "released", by, now)
    return task


def hand_over(task_id: int, *, by: Any, to: Any, why: str, now: datetime, over: bool = False) -> HumanTask:
    """The task is held by a colleague `to` (转办), the draft with it; with `over` it is taken from its holder.

    Raises: TaskNotFound, TaskDecided, TaskClosed, TaskHeld. Locks: instance, task.
    """
    task = _locked(task_id)
    _refuse_closed(task)
    if not over:
        _refuse_held_by_other(task, by)
    if task.holder_id != to.pk:
        _hold(task, to, now)
        _tell(task, "handed_over", by, now, to=to.pk, why=why)
    return task


def reroute(task_id: int, *, by: Any, scope: str, why: str, now: datetime, over: bool = False) -> HumanTask:
    """The task waits in another office; later rounds of the step go there too; with `over` also one that is held.

    Raises: TaskNotFound, TaskDecided, TaskClosed, TaskHeld. Locks: instance, task.
    """
    task = _locked(task_id)
    _refuse_closed(task)
    if not over:
        _refuse_held_by_other(task, by)
    if task.scope != scope:
        old, task.scope, task.rerouted = task.scope, scope, True
        _free(task, "scope", "rerouted")
        _tell(task, "rerouted", by, now, old=old, new=scope, why=why)
    return task


def save_draft(task_id: int, *, by: Any, draft: Mapping[str, Any], now: datetime) -> HumanTask:
    """The half-finished review is kept with the task.

    Raises: TaskNotFound, TaskDecided, TaskClosed, TaskHeld. Locks: instance, task.
    """
    task = _locked(task_id)
    _refuse_closed(task)
    _refuse_held_by_other(task, by)
    task.draft = dict(draft)
    task.save(update_fields=["draft"])
    return task


def decide(
    task_id: int,
    *,
    by: Any,
    outcome: str,
    now: datetime,
    reasons: Iterable[Mapping[str, Any]] = (),
    data: Mapping[str, Any] | None = None,
    revision: int | None = None,
) -> HumanTask:
    """The task is done with an outcome and the process has gone on; the very same decision twice is one.

    Shape: `outcome` is approve, return or refuse for a review, resubmit for a correction; `reasons` are
    contexts such as {"code", "item", "text"}; `data` goes into the step's result variable and holds no
    personal data; `revision` is the one the page showed.
    Raises: TaskNotFound, TaskDecided, TaskClosed, TaskHeld, StalePage, ActNotOffered, ReasonsRequired.
    Locks: instance, task.
    """
    task = _locked(task_id)
    given = [dict(reason) for reason in reasons]
    entered = _jsonable(data or {})
    if _is_repeated(task, by, outcome, given, entered):
        return task
    _refuse_closed(task)
    _refuse_held_by_other(task, by)
    if revision is not None and revision != task.revision:
        raise StalePage()
    _refuse_unfit(task, outcome, given)
    task.draft = entered  # what was decided on takes the place of the half-finished review
    _close(task, by, outcome, given, now)
    act = Act(f"task_{outcome}", task.element, task.name, by, {"round": task.round, "reasons": given})
    instances.advance(task.instance, _input(task, outcome, dict(data or {})), act, now)
    return task


def mark(task_id: int, *, escalated: bool, now: datetime) -> HumanTask:
    """The task carries that it was reminded of, or escalated (催办, 逾期上报). Locks: instance, task."""
    task = _locked(task_id)
    field = "escalated_at" if escalated else "reminded_at"
    setattr(task, field, now)
    task.save(update_fields=[field])
    return task


def find(task_id: int) -> HumanTask | None:
    """A task with its instance, or None; nothing is locked."""
    return HumanTask.objects.select_related("instance", "holder", "decided_by").filter(pk=task_id).first()


def tasks_of(business_key: str) -> list[HumanTask]:
    """Every task of one case, oldest first."""
    return list(HumanTask.objects.filter(instance__business_key=business_key).order_by("opened_at", "id"))


def waiting_of(business_key: str) -> list[HumanTask]:
    """The tasks of one case that wait for a person, oldest first."""
    tasks = HumanTask.objects.filter(instance__business_key=business_key, status__in=HumanTask.WAITING)
    return list(tasks.order_by("opened_at", "id"))


def _locked(task_id: int) -> HumanTask:
    found = HumanTask.objects.filter(pk=task_id).values_list("instance_id", flat=True).first()
    if found is None:
        raise TaskNotFound(task=task_id)
    instance = instances.lock(found)
    task = HumanTask.objects.select_for_update().get(pk=task_id)
    task.instance = instance
    return task


def _jsonable(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, Decimal) else value for key, value in data.items()}


def _is_repeated(
    task: HumanTask, by: Any, outcome: str, reasons: list[dict[str, Any]], entered: dict[str, Any]
) -> bool:
    if task.status != HumanTask.Status.DONE or task.decided_by_id != by.pk:
        return False
    return (task.outcome, task.reasons, task.draft) == (outcome, reasons, entered)


def _refuse_closed(task: HumanTask) -> None:
    if task.status == HumanTask.Status.DONE:
        raise TaskDecided(who=task.decided_by_id, when=task.closed_at, outcome=task.outcome)
    if task.status == HumanTask.Status.CANCELLED:
        raise TaskClosed(why=_why_closed(task.instance))


def _why_closed(instance: ProcessInstance) -> str:
    return instance.end_event or instance.status


def _refuse_held_by_other(task: HumanTask, by: Any) -> None:
    if task.holder_id not in (None, by.pk):
        raise TaskHeld(who=task.holder_id, when=task.held_since)


def _refuse_unfit(task: HumanTask, outcome: str, reasons: list[dict[str, Any]]) -> None:
    offered = outcome in OUTCOMES[task.kind] and (outcome in (APPROVE, RESUBMIT) or outcome in task.acts)
    if not offered:
        raise ActNotOffered(element=task.element, act=outcome)
    if outcome in NEEDS_REASONS and not reasons:
        raise ReasonsRequired(act=outcome)


def _hold(task: HumanTask, who: Any, now: datetime) -> None:
    task.status, task.holder, task.held_since = HumanTask.Status.CLAIMED, who, now
    task.revision += 1
    task.save(update_fields=["status", "holder", "held_since", "revision"])


def _free(task: HumanTask, *also: str) -> None:
    task.status, task.holder, task.held_since = HumanTask.Status.OPEN, None, None
    task.revision += 1
    task.save(update_fields=["status", "holder", "held_since", "revision", *also])


def _close(task: HumanTask, by: Any, outcome: str, reasons: list[dict[str, Any]], now: datetime) -> None:
    task.status, task.outcome, task.reasons = HumanTask.Status.DONE, outcome, reasons
    task.decided_by, task.closed_at = by, now
    task.revision += 1
    task.save(update_fields=["status", "outcome", "reasons", "decided_by", "closed_at", "draft", "revision"])


def _input(task: HumanTask, outcome: str, data: dict[str, Any]) -> Input:
    if outcome == RETURN:
        return Returned(task.token)
    if outcome == REFUSE:
        return Threw(task.token, "refused")
    return Completed(task.token, {**data, "outcome": outcome})


def _tell(task: HumanTask, kind: str, by: Any, now: datetime, **detail: Any) -> None:
    instances.note(task.instance, Act(kind, task.element, task.name, by, detail), now)

"""start · advance · deliver · cancel: lock → load → engine.advance → save state, tasks, jobs, history.

Every function here asserts that the caller opened the transaction and locks the instance row first.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from . import deployments, history, rows
from .engine import Completed, Input, MessageArrived, Passed, Start, Step, Threw
from .engine import advance as engine_advance
from .engine.state import variables_of as read_variables
from .errors import BpmnError, NotWaiting
from .history import Act
from .models import ProcessInstance, Subscription
from .service_tasks import Call, Progress, inside, tell

log = logging.getLogger(__name__)

MESSAGE = "message"


def start(
    key: str,
    *,
    business_key: str,
    variables: Mapping[str, Any],
    subject: Mapping[str, Any],
    by: Any,
    now: datetime,
) -> ProcessInstance:
    """Start the newest version of a process in the caller's transaction and run it until it waits.

    Shape: `variables` are FEEL values, ids and decisions only; `subject` is what a list row shows.
    Raises: UnknownProcess, UnknownWork and the engine's errors.
    """
    _assert_transaction()
    version = deployments.current(key)
    instance = ProcessInstance.objects.create(
        version=version, business_key=business_key, subject=dict(subject), state=b"", started_at=now
    )
    given = {"process": key, "case": business_key, **variables}
    _walk(instance, None, Start(given), Act("started", by=by, detail={"version": version.number}), now)
    return instance


def lock(instance_id: Any) -> ProcessInstance:
    """Lock an instance row until the transaction ends; every other row is locked after it."""
    _assert_transaction()
    return ProcessInstance.objects.select_for_update().get(pk=instance_id)


def advance(instance: ProcessInstance, input: Input, act: Act, now: datetime) -> None:
    """Apply one input to a locked instance and save all that follows from it.

    Raises: the engine's errors; then nothing is changed once the caller's transaction rolls back.
    """
    _assert_transaction()
    _walk(instance, bytes(instance.state), input, act, now)


def deliver(name: str, key: str, *, payload: Mapping[str, Any], by: Any, now: datetime) -> ProcessInstance:
    """Hand a message to the instance that waits for it now.

    Raises: NotWaiting when none does. Locks: instance.
    """
    waiting = Subscription.objects.filter(name=name, key=key).first()
    if waiting is None:
        raise NotWaiting(message=name)
    instance = lock(waiting.instance_id)
    current = Subscription.objects.filter(instance=instance, name=name, key=key).first()
    if current is None:
        raise NotWaiting(message=name)
    act = Act(MESSAGE, current.element, name, by, payload)
    advance(instance, MessageArrived(current.token, dict(payload)), act, now)
    return instance


def running_cases(business_keys: list[str]) -> list[str]:
    """Those of the business keys whose instance still runs."""
    running = ProcessInstance.objects.filter(business_key__in=business_keys, status=ProcessInstance.Status.RUNNING)
    return list(running.values_list("business_key", flat=True))


def standing_on(business_key: str) -> frozenset[str]:
    """The ids of the elements a case waits on now, for the drawing."""
    instance = ProcessInstance.objects.filter(business_key=business_key).first()
    return frozenset() if instance is None else rows.standing_on(instance)


def variables_of(business_key: str) -> Mapping[str, Any]:
    """The variables of a case: ids and decisions, no personal data."""
    state = ProcessInstance.objects.values_list("state", flat=True).get(business_key=business_key)
    return read_variables(bytes(state))


def version_of(business_key: str) -> int:
    """The id of the version a case runs on."""
    return ProcessInstance.objects.values_list("version_id", flat=True).get(business_key=business_key)


def is_waiting_for(name: str, key: str) -> bool:
    """Whether some instance waits for this message now."""
    return Subscription.objects.filter(name=name, key=key).exists()


def cancel(instance: ProcessInstance, *, by: Any, why: str, now: datetime) -> None:
    """End a locked running instance without a result: its tasks and jobs are cancelled."""
    _assert_transaction()
    rows.close_all(instance, now)
    instance.status = ProcessInstance.Status.CANCELLED
    instance.ended_at = now
    instance.revision += 1
    instance.save(update_fields=["status", "ended_at", "revision"])
    history.write(instance, Act("cancelled", by=by, detail={"why": why}), (), now)


def note(instance: ProcessInstance, act: Act, now: datetime) -> None:
    """Keep in the history of a locked instance something that moved no token."""
    _assert_transaction()
    history.write(instance, act, (), now)


def _walk(instance: ProcessInstance, state: bytes | None, input: Input, act: Act, now: datetime) -> None:
    step, passed = _run(instance, state, input, now)
    _save(instance, step, passed, act, now)


def _run(instance: ProcessInstance, state: bytes | None, input: Input, now: datetime) -> tuple[Step, list[Passed]]:
    diagram = deployments.diagram_of(instance.version_id)
    calendar = deployments.calendar()
    step = engine_advance(diagram, state, input, now, calendar)
    passed = list(step.passed)
    while any(work.kind == "call" for work in step.work):
        answer = _call(instance, step, now)
        step = engine_advance(diagram, step.state, answer, now, calendar)
        passed += step.passed
    return step, passed


def _call(instance: ProcessInstance, step: Step, now: datetime) -> Completed | Threw:
    work = next(work for work in step.work if work.kind == "call")
    key = f"{instance.pk}:{work.element}:{work.token}"
    process = str(step.variables.get("process", ""))
    call = Call(instance.business_key, process, work.element, step.variables, key, now)
    try:
        return Completed(work.token, inside(work.name)(call))
    except BpmnError as error:
        return Threw(work.token, error.code, error.detail)


def _save(instance: ProcessInstance, step: Step, passed: list[Passed], act: Act, now: datetime) -> None:
    instance.state = step.state
    instance.revision += 1
    if step.completed:
        instance.status = ProcessInstance.Status.COMPLETED
        instance.end_event = step.ended or ""
        instance.ended_at = now
    instance.save(update_fields=["state", "revision", "status", "end_event", "ended_at"])
    rows.sync(instance, step, now)
    detail = {**(act.detail or {}), **_warnings(step)}
    history.write(instance, Act(act.kind, act.element, act.name, act.by, detail), passed, now)
    tell(_progress(instance, step, now))


def _progress(instance: ProcessInstance, step: Step, now: datetime) -> Progress:
    return Progress(
        business_key=instance.business_key,
        ended=step.ended,
        corrections=any(human.kind == "correction" for human in step.humans),
        reviews=any(human.kind == "review" for human in step.humans),
        messages=frozenset(wait.name for wait in step.messages),
        external=frozenset(work.name for work in step.work),
        now=now,
    )


def _warnings(step: Step) -> dict[str, Any]:
    if not step.missing_years:
        return {}
    log.warning("dates were computed without an official calendar of %s", step.missing_years)
    return {"calendar_missing": list(step.missing_years)}


def _assert_transaction() -> None:
    assert transaction.get_connection().in_atomic_block, "the caller opens the transaction"

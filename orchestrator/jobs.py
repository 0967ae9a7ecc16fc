"""Timers, outside work, kept messages: claim due jobs, run, back off, give up into an incident that can be retried.

Leases and back-off are measured by the database's own clock, due dates by the caller's `now`.
"""

import logging
import traceback
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from . import deployments, instances, messages
from .engine import Completed, Input, MessageArrived, Threw, TimerFired
from .engine.state import variables_of
from .errors import BpmnError, JobNotFound, TokenGone, TryAgain
from .history import Act
from .models import Job, ProcessInstance, Subscription
from .service_tasks import Call, outside

log = logging.getLogger(__name__)

LEASE_SECONDS = 60
BATCH = 10
LONGEST_PAUSE = 60
NOTICEABLE = 3

_CLAIM = """
UPDATE orchestrator_job
   SET leased_until = clock_timestamp() + make_interval(secs => %(lease)s), attempts = attempts + 1
 WHERE id IN (
       SELECT id FROM orchestrator_job
        WHERE status = 'waiting' AND due_at <= %(now)s AND (%(only)s IS NULL OR id = %(only)s)
          AND (%(outside)s IS NULL OR (kind = 'external') = %(outside)s)
          AND (leased_until IS NULL OR leased_until < clock_timestamp())
        ORDER BY due_at, id LIMIT %(limit)s
          FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def run_due(now: datetime) -> int:
    """Run every due job that nobody holds; return how many.

    One broken instance becomes an incident and does not stop the others.
    """
    messages.meet(now)
    done = 0
    # Outside work is claimed one by one: while it waits for an answer, others may take what comes after it.
    while claimed := claim_due(now, outside=False) or claim_due(now, outside=True, limit=1):
        for job in claimed:
            run(job, now)
        done += len(claimed)
    return done


def run_one(job_id: int, now: datetime) -> None:
    """Run one job if it is due and nobody holds it."""
    for job in claim_due(now, only=job_id):
        run(job, now)


def claim_due(now: datetime, *, only: int | None = None, outside: bool | None = None, limit: int = BATCH) -> list[int]:
    """Lease up to `limit` due jobs to the caller; other workers skip them until the lease ends.

    Shape: `outside` restricts to outside work, or to everything else.
    """
    lease = getattr(settings, "ORCHESTRATOR_LEASE_SECONDS", LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"lease": lease, "now": now, "only": only, "outside": outside, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


def run(job_id: int, now: datetime) -> None:
    """Run a leased job; a fault is kept with the job and never raised."""
    job = Job.objects.select_related("instance").get(pk=job_id)
    if job.status != Job.Status.WAITING:
        return  # cancelled since it was leased: outside work must not be asked for any more
    try:
        if job.kind == Job.Kind.MESSAGE:
            _deliver(job, now)
        else:
            _finish(job, _outcome(job, now), now)
    except TokenGone:
        _cancel(job, now)
    except Exception as fault:
        if not isinstance(fault, TryAgain):
            _log(job, fault)
        _give_back(job, fault, now)


def retry(job_id: int, *, by: Any, now: datetime) -> Job:
    """An incident is tried again from the beginning.

    Raises: JobNotFound. Locks: instance, job.
    """
    with transaction.atomic():
        job = _incident(job_id)
        job.status, job.attempts, job.leased_until, job.error = Job.Status.WAITING, 0, None, ""
        job.ended_at = None
        job.save(update_fields=["status", "attempts", "leased_until", "error", "ended_at"])
        instances.note(job.instance, Act("incident_retried", job.element, job.work, by), now)
    return job


def incidents() -> Iterable[Job]:
    """The jobs that were given up, oldest first."""
    return list(Job.objects.filter(status=Job.Status.FAILED).select_related("instance").order_by("ended_at"))


def retrying() -> list[Job]:
    """The work that has failed several times and is tried again by itself, oldest first."""
    waiting = Job.objects.filter(status=Job.Status.WAITING, attempts__gte=NOTICEABLE).exclude(error="")
    return list(waiting.select_related("instance__version").order_by("created_at"))


def jobs_of(business_key: str) -> list[Job]:
    """Every timer and piece of outside work of one case, by due date."""
    return list(Job.objects.filter(instance__business_key=business_key).order_by("due_at", "id"))


def is_quiet(now: datetime) -> bool:
    """Whether no job is due and no message that came waits to be delivered."""
    due = Job.objects.filter(status=Job.Status.WAITING, due_at__lte=now)
    return not due.exists() and messages.are_all_met()


def next_due() -> datetime | None:
    """When the next waiting job falls due."""
    waiting = Job.objects.filter(status=Job.Status.WAITING).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


def _outcome(job: Job, now: datetime) -> Input:
    if job.kind == Job.Kind.TIMER:
        return TimerFired(job.token)
    try:
        return Completed(job.token, outside(job.work)(_call(job, now)))
    except BpmnError as error:
        return Threw(job.token, error.code, error.detail)


def _call(job: Job, now: datetime) -> Call:
    instance = job.instance
    variables = variables_of(bytes(instance.state))
    key = f"{instance.pk}:{job.element}:{job.token}"
    process = str(variables.get("process", ""))
    return Call(instance.business_key, process, job.element, variables, key, now)


def _finish(job: Job, input: Input, now: datetime) -> None:
    with transaction.atomic():
        instance = instances.lock(job.instance_id)
        if _close(job, now):
            name = deployments.label(instance.version_id, job.element)
            instances.advance(instance, input, Act(f"{job.kind}_done", job.element, name), now)


def _deliver(job: Job, now: datetime) -> None:
    with transaction.atomic():
        instance = instances.lock(job.instance_id)
        waiting = Subscription.objects.filter(instance=instance, token=job.token).first()
        message = messages.next_for(waiting) if waiting else None
        if message is None:
            raise TokenGone(token=job.token)
        if _close(job, now):
            message.delivered_at = now
            message.save(update_fields=["delivered_at"])
            arrived = MessageArrived(job.token, message.payload)
            instances.advance(instance, arrived, Act("message", job.element, message.name), now)


def _close(job: Job, now: datetime) -> bool:
    current = Job.objects.select_for_update().get(pk=job.pk)
    # The person, or a second copy of this worker, was faster.
    if current.status != Job.Status.WAITING:
        return False
    current.status, current.ended_at = Job.Status.DONE, now
    current.save(update_fields=["status", "ended_at"])
    return True


def _log(job: Job, fault: Exception) -> None:
    # Where it happened, but not what the fault says: that may be what a person typed.
    where = "".join(traceback.format_tb(fault.__traceback__))
    log.error("job %s (%s) failed: %s\n%s", job.pk, job.element, type(fault).__name__, where)


def _cancel(job: Job, now: datetime) -> None:
    waiting = Job.objects.filter(pk=job.pk, status=Job.Status.WAITING)
    waiting.update(status=Job.Status.CANCELLED, ended_at=now)


def _give_back(job: Job, fault: Exception, now: datetime) -> None:
    limit = getattr(settings, "ORCHESTRATOR_MAX_ATTEMPTS", 12)
    text = f"{type(fault).__name__}: {getattr(fault, 'code', '')}".strip(": ")[:500]
    # An outage ends by itself: what should be tried again is, however long it takes.
    if isinstance(fault, TryAgain) or job.attempts < limit:
        _pause(job, text)
    else:
        _give_up(job, text, now)


def _pause(job: Job, text: str) -> None:
    seconds = min(2 ** min(job.attempts - 1, 10), LONGEST_PAUSE)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orchestrator_job SET error = %s, leased_until = clock_timestamp() +"
            " make_interval(secs => %s) WHERE id = %s AND status = 'waiting'",
            [text, seconds, job.pk],
        )


def _give_up(job: Job, text: str, now: datetime) -> None:
    with transaction.atomic():
        instance = instances.lock(job.instance_id)
        changed = Job.objects.filter(pk=job.pk, status=Job.Status.WAITING).update(
            status=Job.Status.FAILED, error=text, ended_at=now
        )
        if changed:
            detail = {"error": text, "attempts": job.attempts}
            instances.note(instance, Act("incident", job.element, job.work, None, detail), now)


def _incident(job_id: int) -> Job:
    found = Job.objects.filter(pk=job_id).values_list("instance_id", flat=True).first()
    if found is None:
        raise JobNotFound(job=job_id)
    instance: ProcessInstance = instances.lock(found)
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.status != Job.Status.FAILED:
        raise JobNotFound(job=job_id)
    job.instance = instance
    return job

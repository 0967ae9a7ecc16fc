"""Makes the rows of tasks, jobs and subscriptions equal to what a step waits for."""

from datetime import datetime

from .dispatch import wake_after_commit
from .engine import HumanWait, MessageWait, Step, TimerWait, WorkWait
from .messages import meet
from .models import HumanTask, Job, ProcessInstance, Subscription


def sync(instance: ProcessInstance, step: Step, now: datetime) -> None:
    """Open, keep and close rows so that they match the waits of a step. Locks: none; the instance is held."""
    _sync_tasks(instance, step, now)
    _sync_jobs(instance, step, now)
    _sync_subscriptions(instance, step.messages, now)


def standing_on(instance: ProcessInstance) -> frozenset[str]:
    """The elements an instance waits on: people's steps, work and incidents, catch events."""
    tasks = HumanTask.objects.filter(instance=instance, status__in=HumanTask.WAITING)
    jobs = Job.objects.filter(instance=instance, status__in=(Job.Status.WAITING, Job.Status.FAILED))
    waits = Subscription.objects.filter(instance=instance)
    found = (rows.values_list("element", flat=True) for rows in (tasks, jobs, waits))
    # A correction's deadline stands on "<step>.correction", which is not in the drawing: its step is.
    return frozenset(element.split(".")[0] for elements in found for element in elements)


def close_all(instance: ProcessInstance, now: datetime) -> None:
    """Cancel every open row of an instance."""
    _close_tasks(instance, set(), now)
    _close_jobs(instance, set(), now)
    Subscription.objects.filter(instance=instance).delete()


def _sync_tasks(instance: ProcessInstance, step: Step, now: datetime) -> None:
    _close_tasks(instance, {wait.token for wait in step.humans}, now)
    known = set(HumanTask.objects.filter(instance=instance).values_list("token", flat=True))
    for wait in step.humans:
        if wait.token not in known:
            _open_task(instance, wait, now)


def _close_tasks(instance: ProcessInstance, kept: set[int], now: datetime) -> None:
    open_tasks = HumanTask.objects.filter(instance=instance, status__in=HumanTask.WAITING)
    open_tasks.exclude(token__in=kept).update(status=HumanTask.Status.CANCELLED, closed_at=now)


def _open_task(instance: ProcessInstance, wait: HumanWait, now: datetime) -> HumanTask:
    visits = HumanTask.objects.filter(instance=instance, element=wait.element, kind=wait.kind)
    last = visits.order_by("-round").first()
    return HumanTask.objects.create(
        instance=instance,
        token=wait.token,
        process=instance.version.key,
        element=wait.element,
        name=wait.name,
        kind=wait.kind,
        role=wait.role,
        scope=last.scope if last and last.rerouted else wait.scope,
        rerouted=bool(last and last.rerouted),
        form=wait.form,
        acts=sorted(wait.acts),
        round=last.round + 1 if last else 1,
        due_at=wait.due,
        subject=instance.subject,
        opened_at=now,
    )


def _sync_jobs(instance: ProcessInstance, step: Step, now: datetime) -> None:
    outside = [work for work in step.work if work.kind == "external"]
    _close_jobs(instance, {wait.token for wait in step.waits}, now)
    known = set(Job.objects.filter(instance=instance).values_list("token", flat=True))
    timers = [_timer(instance, wait, now) for wait in step.timers if wait.token not in known]
    work = [_work(instance, wait, now) for wait in outside if wait.token not in known]
    Job.objects.bulk_create(timers + work)
    wake_after_commit(job.pk for job in work)


def _close_jobs(instance: ProcessInstance, kept: set[int], now: datetime) -> None:
    waiting = Job.objects.filter(instance=instance, status__in=(Job.Status.WAITING, Job.Status.FAILED))
    waiting.exclude(token__in=kept).update(status=Job.Status.CANCELLED, ended_at=now)


def _timer(instance: ProcessInstance, wait: TimerWait, now: datetime) -> Job:
    return Job(
        instance=instance,
        token=wait.token,
        kind=Job.Kind.TIMER,
        element=wait.element,
        due_at=wait.due,
        created_at=now,
    )


def _work(instance: ProcessInstance, wait: WorkWait, now: datetime) -> Job:
    return Job(
        instance=instance,
        token=wait.token,
        kind=Job.Kind.EXTERNAL,
        element=wait.element,
        work=wait.name,
        due_at=now,
        created_at=now,
    )


def _sync_subscriptions(instance: ProcessInstance, waits: tuple[MessageWait, ...], now: datetime) -> None:
    mine = Subscription.objects.filter(instance=instance)
    mine.exclude(token__in=[wait.token for wait in waits]).delete()
    known = set(mine.values_list("token", flat=True))
    new = [_subscription(instance, wait) for wait in waits if wait.token not in known]
    if new:
        Subscription.objects.bulk_create(new)
        meet(now, instance_id=instance.pk)


def _subscription(instance: ProcessInstance, wait: MessageWait) -> Subscription:
    key = instance.business_key if wait.key is None else wait.key
    return Subscription(instance=instance, token=wait.token, element=wait.element, name=wait.name, key=key)

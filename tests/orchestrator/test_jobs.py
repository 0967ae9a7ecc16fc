"""Timers and outside work: claimed once, leased, retried, given up, and never stopped by each other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from orchestrator import human_tasks, instances, jobs
from orchestrator.engine import TimerFired
from orchestrator.errors import BpmnError, JobNotFound, TryAgain
from orchestrator.history import Act, read_of
from orchestrator.models import HumanTask, Job, ProcessInstance
from tests.orchestrator.conftest import TownHall, at_once, begin, open_task, statuses

pytestmark = pytest.mark.usefixtures("deployed")
HOUR = timedelta(hours=1)


def failing(fault: Exception) -> Callable[[Any], Any]:
    def fail(_: Any) -> Any:
        raise fault

    return fail


@pytest.fixture
def job(deployed: TownHall, ann: Any, now: datetime) -> Job:
    """Outside work that is due."""
    begin("permit", "P1", now)
    with transaction.atomic():
        human_tasks.decide(open_task("P1").pk, by=ann, outcome="approve", now=now)
    return Job.objects.get(kind="external")


def end_lease(job: Job) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orchestrator_job SET leased_until = clock_timestamp() - interval '1 second' WHERE id = %s", [job.pk]
        )


def test_a_timer_that_is_not_due_is_left_alone(now: datetime) -> None:
    begin("bells", "B1", now)

    assert jobs.run_due(now + HOUR - timedelta(seconds=1)) == 0
    assert not jobs.is_quiet(now + HOUR)
    assert jobs.next_due() == now + HOUR


def test_a_due_timer_fires_once_with_the_work_behind_it(town_hall: TownHall, now: datetime) -> None:
    begin("bells", "B1", now)

    ran = [jobs.run_due(now + HOUR), jobs.run_due(now + HOUR)]

    assert ran == [1, 0]
    assert [call.element for call in town_hall.calls] == ["ring"]
    assert ProcessInstance.objects.get().end_event == "end_rung"
    assert statuses("B1") == {"a_while": "done"}


def test_a_person_who_was_faster_cancels_the_timer(ann: Any, now: datetime) -> None:
    begin("permit", "P1", now)
    late = Job.objects.get(element="warned")
    taken = jobs.claim_due(now + timedelta(days=4))
    human_tasks.decide(open_task("P1").pk, by=ann, outcome="approve", now=now)

    jobs.run(late.pk, now + timedelta(days=4))

    assert taken == [late.pk]
    assert statuses("P1")["warned"] == "cancelled"
    assert "warned" not in [row.element for row in read_of("P1")]


def test_outside_work_cancelled_after_it_was_leased_is_not_asked_for(
    job: Job, town_hall: TownHall, now: datetime, ann: Any
) -> None:
    [leased] = jobs.claim_due(now)
    instances.cancel(instances.lock(job.instance_id), by=ann, why="x", now=now)

    jobs.run(leased, now)

    assert "send_permit" not in [call.element for call in town_hall.calls]
    assert Job.objects.get(pk=job.pk).status == "cancelled"


def test_outside_work_gets_the_same_key_at_every_try(job: Job, town_hall: TownHall, now: datetime) -> None:
    town_hall.answers["permit.send"] = failing(TryAgain())
    jobs.run_one(job.pk, now)
    end_lease(job)
    town_hall.answers["permit.send"] = lambda call: {"at": "door"}
    jobs.run_one(job.pk, now + HOUR)

    first, second = [call.key for call in town_hall.calls if call.element == "send_permit"]
    assert first == second == f"{job.instance_id}:send_permit:{job.token}"
    assert instances.variables_of("P1")["sent"] == {"at": "door"}


def test_outside_work_may_leave_by_an_error(job: Job, town_hall: TownHall, now: datetime) -> None:
    town_hall.answers["permit.send"] = failing(BpmnError("address_unknown", street="x"))

    jobs.run_due(now)

    assert ProcessInstance.objects.get().end_event == "end_lost"
    assert instances.variables_of("P1")["error"] == {"code": "address_unknown", "street": "x"}


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 1), (1, 2), (4, 16), (11, 60)])
def test_failed_work_backs_off_longer_each_time(
    job: Job, town_hall: TownHall, now: datetime, settings: Any, attempts: int, seconds: int
) -> None:
    settings.ORCHESTRATOR_MAX_ATTEMPTS = 20
    town_hall.answers["permit.send"] = failing(TryAgain())
    Job.objects.filter(pk=job.pk).update(attempts=attempts)
    jobs.run_one(job.pk, now)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM leased_until - clock_timestamp()) FROM orchestrator_job WHERE id = %s", [job.pk]
        )
        pause = float(cursor.fetchone()[0])

    assert seconds - 1 < pause <= seconds
    assert Job.objects.get(pk=job.pk).error == "TryAgain"
    assert jobs.claim_due(now) == []


def test_work_given_up_becomes_an_incident_that_a_person_retries(
    job: Job, town_hall: TownHall, now: datetime, ann: Any, settings: Any
) -> None:
    settings.ORCHESTRATOR_MAX_ATTEMPTS = 1
    town_hall.answers["permit.send"] = failing(ValueError("secret"))
    jobs.run_due(now)
    incident = jobs.incidents()
    standing = instances.standing_on("P1")
    town_hall.answers["permit.send"] = lambda call: {}
    jobs.retry(job.pk, by=ann, now=now)
    jobs.run_due(now)

    assert [(found.pk, found.error) for found in incident] == [(job.pk, "ValueError")]
    assert standing == {"send_permit"}
    assert [row.kind for row in read_of("P1")][-4:] == ["incident_retried", "external_done", "passed", "passed"]
    assert ProcessInstance.objects.get().end_event == "end_approved"
    assert jobs.incidents() == []


def test_only_an_open_incident_is_retried(job: Job, ann: Any, now: datetime) -> None:
    for number in (job.pk, 0):
        with pytest.raises(JobNotFound):
            jobs.retry(number, by=ann, now=now)


def test_an_incident_of_a_cancelled_case_is_gone(
    job: Job, town_hall: TownHall, now: datetime, ann: Any, settings: Any
) -> None:
    settings.ORCHESTRATOR_MAX_ATTEMPTS = 1
    town_hall.answers["permit.send"] = failing(ValueError())
    jobs.run_due(now)

    instances.cancel(instances.lock(job.instance_id), by=ann, why="x", now=now)

    assert jobs.incidents() == []
    assert jobs.run_due(now) == 0


def test_one_broken_case_does_not_stop_the_sweep(town_hall: TownHall, now: datetime) -> None:
    for key in ("B1", "B2", "B3"):
        begin("bells", key, now)
    ProcessInstance.objects.filter(business_key="B2").update(state=b"\x80")

    jobs.run_due(now + HOUR)

    found = dict(ProcessInstance.objects.values_list("business_key", "status"))
    assert found == {"B1": "completed", "B2": "running", "B3": "completed"}
    assert Job.objects.get(instance__business_key="B2").error == "StateUnreadable: state_unreadable"


def test_a_fault_behind_a_timer_leaves_the_case_where_it_was(town_hall: TownHall, now: datetime) -> None:
    begin("bells", "B1", now)
    before = bytes(ProcessInstance.objects.get().state)
    town_hall.answers["bell.ring"] = failing(RuntimeError("cracked"))

    jobs.run_due(now + HOUR)

    assert bytes(ProcessInstance.objects.get().state) == before
    assert (Job.objects.get().status, Job.objects.get().attempts) == ("waiting", 1)


def test_a_worker_that_died_loses_its_lease_and_another_does_the_work(job: Job, now: datetime) -> None:
    died = jobs.claim_due(now)
    meanwhile = jobs.claim_due(now)
    end_lease(job)
    jobs.run_due(now)

    assert (died, meanwhile) == ([job.pk], [])
    assert Job.objects.get(pk=job.pk).attempts == 2
    assert ProcessInstance.objects.get().end_event == "end_approved"


def test_a_slow_worker_and_its_successor_finish_the_work_once(job: Job, town_hall: TownHall, now: datetime) -> None:
    def overtaken(call: Any) -> dict[str, str]:
        town_hall.answers["permit.send"] = lambda _: {"by": "successor"}
        end_lease(job)
        jobs.run_one(job.pk, now)
        return {"by": "slow"}

    town_hall.answers["permit.send"] = overtaken
    jobs.run_one(job.pk, now)

    assert instances.variables_of("P1")["sent"] == {"by": "successor"}
    assert [row.kind for row in read_of("P1")].count("external_done") == 1


def test_two_workers_never_claim_the_same_job(committed: TownHall, now: datetime) -> None:
    for n in range(24):
        begin("bells", f"B{n}", now)

    taken = at_once(*[lambda: jobs.claim_due(now + HOUR, limit=8)] * 4)

    claimed = [job for batch in taken for job in batch]
    assert len(claimed) == len(set(claimed))
    assert Job.objects.filter(attempts__gt=1).count() == 0


def test_two_sweeps_at_once_fire_every_timer_once(committed: TownHall, now: datetime) -> None:
    for n in range(12):
        begin("bells", f"B{n}", now)

    at_once_outside_transactions(lambda: jobs.run_due(now + HOUR), times=2)

    assert ProcessInstance.objects.filter(status="completed").count() == 12
    assert len(committed.calls) == 12


def test_a_timer_against_a_person_has_one_winner(committed: TownHall, ann: Any, now: datetime) -> None:
    later = now + timedelta(days=40)
    begin("permit", "P1", now)
    with transaction.atomic():
        human_tasks.decide(open_task("P1").pk, by=ann, outcome="return", reasons=[{"code": "x"}], now=now)
    mending = open_task("P1", "correction")
    job = Job.objects.get(element="check.correction")
    [claimed] = jobs.claim_due(later, only=job.pk)

    at_once(
        lambda: jobs.run(claimed, later),
        lambda: human_tasks.decide(mending.pk, by=ann, outcome="resubmit", now=later),
    )

    ended = ProcessInstance.objects.get().end_event
    pair = (ended, HumanTask.objects.get(pk=mending.pk).status, Job.objects.get(pk=job.pk).status)
    assert pair in {("end_closed", "cancelled", "done"), ("", "done", "cancelled")}


def test_the_instance_is_locked_before_the_job(committed: TownHall, now: datetime) -> None:
    instance = begin("bells", "B1", now)
    job = Job.objects.get()
    jobs.claim_due(now + HOUR)
    holds = Event()

    at_once(
        lambda: _hold_then_fire(instance.pk, job, holds, now + HOUR),
        lambda: holds.wait(10) and jobs.run(job.pk, now + HOUR),
    )

    assert ProcessInstance.objects.get().status == "completed"
    assert len(committed.calls) == 1


def _hold_then_fire(instance_id: Any, job: Job, holds: Event, now: datetime) -> None:
    instance = instances.lock(instance_id)
    holds.set()
    Job.objects.filter(pk=job.pk).update(status="done", ended_at=now)
    instances.advance(instance, TimerFired(job.token), Act("timer_done"), now)


def at_once_outside_transactions(act: Callable[[], Any], times: int) -> list[Any]:
    """Like at_once, but each act opens its transactions itself."""

    def alone(_: int) -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(alone, range(times)))

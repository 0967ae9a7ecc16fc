"""Starting, walking, cancelling: one transaction, one history, one row lock."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from orchestrator import human_tasks, instances, jobs
from orchestrator.dispatch import wake_after_commit
from orchestrator.engine import Completed
from orchestrator.errors import BpmnError, ErrorUncaught, TokenGone, UnknownWork
from orchestrator.history import Act, read_of
from orchestrator.models import HistoryEvent, HumanTask, Job, ProcessInstance, Subscription
from orchestrator.service_tasks import Call, external_task, observer, service_task
from tests.orchestrator.conftest import TownHall, begin, open_task

pytestmark = pytest.mark.usefixtures("deployed")


def test_a_started_case_has_its_task_its_timer_its_subscription_and_its_history(now: datetime) -> None:
    instance = begin("permit", "P1", now)

    assert (instance.status, instance.revision, instance.version.number) == ("running", 1, 1)
    assert HumanTask.objects.get().element == "check"
    assert Job.objects.get().element == "warned"
    assert (Subscription.objects.get().name, Subscription.objects.get().key) == ("permit.withdraw", "P1")
    assert [(row.kind, row.element) for row in read_of("P1")] == [
        ("started", ""),
        ("passed", "asked"),
        ("passed", "decide_mode"),
        ("passed", "file_permit"),
        ("passed", "review_begins"),
    ]


def test_the_history_names_the_rows_of_the_rule_that_matched(now: datetime) -> None:
    begin("permit", "P1", now)

    asked = HistoryEvent.objects.get(element="decide_mode")
    assert asked.detail == {
        "type": "RuleTask",
        "decision": "PermitMode",
        "rows": [{"row": 1, "id": "beijing", "note": "BJ-11"}],
    }


def test_the_case_stands_on_what_it_waits_for(now: datetime) -> None:
    begin("permit", "P1", now)

    assert instances.standing_on("P1") == {"check", "warned", "withdrawn"}
    assert instances.standing_on("unknown") == frozenset()
    assert instances.is_waiting_for("permit.withdraw", "P1")
    assert not instances.is_waiting_for("permit.withdraw", "P2")


def test_variables_keep_their_types(now: datetime) -> None:
    begin("permit", "P1", now, fee=Decimal("12.50"))

    variables = instances.variables_of("P1")
    assert (variables["fee"], variables["submitted"], variables["process"]) == (Decimal("12.50"), now, "permit")


def test_work_inside_the_transaction_is_told_the_case_and_a_key(town_hall: TownHall, now: datetime) -> None:
    instance = begin("permit", "P1", now)

    call = town_hall.calls[0]
    assert (call.business_key, call.process, call.element, call.now) == ("P1", "permit", "file_permit", now)
    assert call.key.startswith(f"{instance.pk}:file_permit:")
    assert call.variables["mode"] == "check"


@pytest.mark.parametrize("fault", [ValueError("full"), ErrorUncaught])
def test_a_fault_in_work_inside_the_transaction_undoes_the_start(
    town_hall: TownHall, now: datetime, fault: Any
) -> None:
    town_hall.answers["permit.file"] = _raiser(fault if isinstance(fault, Exception) else BpmnError("unheard_of"))

    with pytest.raises(type(fault) if isinstance(fault, Exception) else fault):
        begin("permit", "P1", now)

    assert not ProcessInstance.objects.exists()
    assert not HistoryEvent.objects.exists()


def test_a_fault_after_a_decision_undoes_the_decision(
    deployed: TownHall, ann: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin("permit", "P1", now)
    task = open_task("P1")
    monkeypatch.setattr("orchestrator.service_tasks._observers", [_raiser(ValueError("full"))])

    with pytest.raises(ValueError, match="full"), transaction.atomic():
        human_tasks.decide(task.pk, by=ann, outcome="approve", now=now)

    assert open_task("P1").revision == task.revision
    assert ProcessInstance.objects.get().revision == 1
    assert not Job.objects.filter(kind="external").exists()


def test_a_case_starts_once(now: datetime) -> None:
    begin("permit", "P1", now)

    with pytest.raises(IntegrityError):
        begin("permit", "P1", now)


@pytest.mark.django_db(transaction=True)
def test_an_instance_is_only_locked_in_the_callers_transaction(now: datetime) -> None:
    instance = begin("permit", "P1", now)

    with pytest.raises(AssertionError, match="transaction"):
        instances.lock(instance.pk)


def test_a_stale_token_moves_nothing(now: datetime) -> None:
    instance = begin("permit", "P1", now)
    before = bytes(instance.state)

    with pytest.raises(TokenGone):
        instances.advance(instance, Completed(1), Act("test"), now)

    assert bytes(ProcessInstance.objects.get().state) == before
    assert ProcessInstance.objects.get().revision == 1


def test_every_step_is_a_revision(ann: Any, now: datetime) -> None:
    begin("permit", "P1", now)
    human_tasks.decide(open_task("P1").pk, by=ann, outcome="approve", now=now)
    jobs.run_due(now)

    instance = ProcessInstance.objects.get()
    assert (instance.status, instance.end_event, instance.revision) == ("completed", "end_approved", 3)
    assert sorted({event.revision for event in HistoryEvent.objects.all()}) == [1, 2, 3]


def test_a_cancelled_case_leaves_nothing_open(ann: Any, now: datetime) -> None:
    instance = begin("permit", "P1", now)

    instances.cancel(instances.lock(instance.pk), by=ann, why="duplicate", now=now)
    jobs.run_due(now)

    assert ProcessInstance.objects.get().status == "cancelled"
    assert instances.standing_on("P1") == frozenset()
    assert (HumanTask.objects.get().status, Job.objects.get().status) == ("cancelled", "cancelled")
    assert (read_of("P1")[-1].kind, read_of("P1")[-1].detail) == ("cancelled", {"why": "duplicate"})


def test_an_observer_is_told_of_every_step(
    deployed: TownHall, ann: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr("orchestrator.service_tasks._observers", [])
    observer(told.append)
    begin("permit", "P1", now)
    human_tasks.decide(open_task("P1").pk, by=ann, outcome="return", reasons=[{"code": "x"}], now=now)

    assert [(progress.corrections, progress.ended) for progress in told] == [(False, None), (True, None)]
    assert told[0].messages == {"permit.withdraw"}


def test_two_functions_cannot_have_one_name() -> None:
    def other(call: Call) -> None:
        return None

    for register in (service_task("permit.file"), external_task("permit.send")):
        with pytest.raises(ValueError, match="two functions"):
            register(other)


def test_work_that_is_no_longer_registered_is_named(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.service_tasks._inside", {})

    with pytest.raises(UnknownWork) as unknown:
        begin("permit", "P1", now)

    assert unknown.value.params == {"name": "permit.file"}


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_after_the_commit_and_never_without_it(
    deployed: TownHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[Any] = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, args, **_: rung.append(args))

    with transaction.atomic():
        wake_after_commit([7])
        before = list(rung)
    with pytest.raises(KeyError), transaction.atomic():
        wake_after_commit([8])
        raise KeyError

    assert (before, rung) == ([], [[7]])


@pytest.mark.django_db(transaction=True)
def test_a_broker_out_of_reach_harms_nobody_and_the_sweep_finds_the_work(
    deployed: TownHall, ann: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("celery.current_app.send_task", _raiser(ConnectionError("no broker")))
    begin("permit", "P1", now)
    with transaction.atomic():
        human_tasks.decide(open_task("P1").pk, by=ann, outcome="approve", now=now)
    rung = ProcessInstance.objects.get().status

    jobs.run_due(now)

    assert rung == "running"
    assert ProcessInstance.objects.get().end_event == "end_approved"
    assert not connection.in_atomic_block


def _raiser(fault: Exception) -> Any:
    def fail(*_: Any, **__: Any) -> Any:
        raise fault

    return fail

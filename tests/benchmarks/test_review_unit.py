"""A review as a unit: start to a task with a timer, commit; decide, run to the end, commit; beside rows by hand."""

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from orchestrator import deployments, human_tasks, instances
from orchestrator.models import HistoryEvent, HumanTask, Job, ProcessInstance, ProcessVersion

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
PAYLOAD = {f"field_{number}": "x" * 50 for number in range(34)}  # about 2 KB
ROUNDS, UNITS = 7, 40
DIAGRAM = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:review="urn:review:bpmn:1">
<bpmn:process id="bench" isExecutable="true"><bpmn:startEvent id="s"/>
<bpmn:userTask id="u" review:role="district_reviewer" review:scope="province"/>
<bpmn:boundaryEvent id="b" attachedToRef="u"><bpmn:timerEventDefinition>
<bpmn:timeDuration>PT48H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
<bpmn:endEvent id="e"/><bpmn:endEvent id="late"/>
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="u"/><bpmn:sequenceFlow id="f2" sourceRef="u" targetRef="e"/>
<bpmn:sequenceFlow id="f3" sourceRef="b" targetRef="late"/></bpmn:process></bpmn:definitions>"""


@pytest.mark.benchmark
def test_review_unit_against_hand_written_rows(transactional_db: None) -> None:
    user = get_user_model().objects.create(username="reviewer")
    version = ProcessVersion.objects.create(
        key="bench", number=1, content_hash="", files={"bench.bpmn": DIAGRAM}, deployed_at=NOW
    )
    deployments.diagram_of(version.pk)
    _timed(_engine, user, version, "warm", 5)
    _timed(_by_hand, user, version, "warm-hand", 5)

    pairs = [
        (_timed(_engine, user, version, f"e{turn}", UNITS), _timed(_by_hand, user, version, f"h{turn}", UNITS))
        for turn in range(ROUNDS)
    ]

    engine, hand = (UNITS / statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(by_hand / by_engine for by_engine, by_hand in pairs)
    line = {
        "bench": "review_unit",
        "units_per_s": round(engine, 1),
        "baseline": "hand-written Django rows",
        "baseline_units_per_s": round(hand, 1),
        "ratio": round(ratio, 2),
    }
    print(json.dumps(line))
    assert HumanTask.objects.filter(status="done").count() == 2 * (ROUNDS * UNITS + 5)


def _timed(
    unit: Callable[[Any, ProcessVersion, str], None], user: Any, version: ProcessVersion, name: str, n: int
) -> float:
    begun = time.perf_counter()
    for number in range(n):
        unit(user, version, f"{name}-{number}")
    return time.perf_counter() - begun


def _engine(user: Any, version: ProcessVersion, name: str) -> None:
    with transaction.atomic():
        given = {"province": "440000", **PAYLOAD}
        instance = instances.start("bench", business_key=name, variables=given, subject={}, by=user, now=NOW)
    task = HumanTask.objects.get(instance=instance)
    with transaction.atomic():
        human_tasks.decide(task.pk, by=user, outcome="approve", now=NOW)


def _by_hand(user: Any, version: ProcessVersion, name: str) -> None:
    with transaction.atomic():
        state = json.dumps({"state": "review", **PAYLOAD}).encode()
        instance = ProcessInstance.objects.create(version=version, business_key=name, state=state, started_at=NOW)
        task = HumanTask.objects.create(
            instance=instance, token=1, process="bench", element="u", kind="review", role="r", scope="s", opened_at=NOW
        )
        Job.objects.create(
            instance=instance, token=2, kind="timer", element="b", due_at=NOW + timedelta(hours=48), created_at=NOW
        )
        _tell(instance, ("started", "passed"))
    with transaction.atomic():
        instance = ProcessInstance.objects.select_for_update().get(pk=instance.pk)
        task = HumanTask.objects.select_for_update().get(pk=task.pk)
        task.status, task.outcome, task.decided_by, task.closed_at = "done", "approve", user, NOW
        task.save(update_fields=["status", "outcome", "decided_by", "closed_at"])
        Job.objects.filter(instance=instance, status="waiting").update(status="cancelled", ended_at=NOW)
        instance.state = json.dumps({"state": "approved", **json.loads(bytes(instance.state))}).encode()
        instance.status, instance.ended_at, instance.revision = "completed", NOW, 1
        instance.save(update_fields=["state", "status", "ended_at", "revision"])
        _tell(instance, ("task_approve", "passed", "passed"))


def _tell(instance: ProcessInstance, kinds: tuple[str, ...]) -> None:
    HistoryEvent.objects.bulk_create(
        HistoryEvent(instance=instance, revision=instance.revision, at=NOW, kind=kind) for kind in kinds
    )

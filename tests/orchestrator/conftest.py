"""Small processes of a town hall: deployed, with its work, its people and its clock."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from orchestrator import deployments, instances
from orchestrator.models import HumanTask, Job, ProcessInstance
from orchestrator.service_tasks import Call, external_task, host_knows, service_task

DRAWN = Path(__file__).parent / "diagrams_for_tests"
MODE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
<decision id="PermitMode" name="PermitMode"><decisionTable id="t" hitPolicy="UNIQUE">
<input id="i"><inputExpression id="ie"><text>province</text></inputExpression></input><output id="o" name="mode"/>
<annotation name="source"/>
<rule id="beijing"><inputEntry id="a"><text>"110000"</text></inputEntry><outputEntry id="b"><text>"check"</text>
</outputEntry><annotationEntry><text>BJ-11</text></annotationEntry></rule>
</decisionTable></decision></definitions>"""
STORIES = {
    "permit": """process: permit
scenarios:
  - name: approved
    given: {province: "110000", submitted: "2026-03-02T10:00:00+08:00"}
    services: {permit.file: {scope: north}, permit.send: {}}
    steps:
      - do: {complete: check}
    ends: end_approved
""",
    "letters": """process: letters
scenarios:
  - name: read
    given: {province: "110000", submitted: "2026-03-02T10:00:00+08:00"}
    steps:
      - send: {message: letter.came}
      - send: {message: letter.came}
      - do: {complete: read}
    ends: end_read
""",
    "bells": """process: bells
scenarios:
  - name: rung
    given: {province: "110000", submitted: "2026-03-02T10:00:00+08:00"}
    services: {bell.ring: {}}
    steps:
      - wait: "2026-03-03T10:00:00+08:00"
    ends: end_rung
""",
}


@dataclass
class TownHall:
    """What the work of the test diagrams was asked for, and what it answers or raises."""

    calls: list[Call] = field(default_factory=list)
    answers: dict[str, Callable[[Call], Any]] = field(default_factory=dict)

    def work(self, name: str, call: Call) -> Mapping[str, Any]:
        self.calls.append(call)
        answer: Mapping[str, Any] = self.answers[name](call)
        return answer


TOWN_HALL = TownHall()
host_knows(
    ends=("end_approved", "end_refused", "end_closed", "end_withdrawn", "end_lost", "end_read", "end_rung"),
    messages=("permit.withdraw", "letter.came"),
)


@service_task("permit.file")
def _file(call: Call) -> Mapping[str, Any]:
    return TOWN_HALL.work("permit.file", call)


@external_task("permit.send")
def _send(call: Call) -> Mapping[str, Any]:
    return TOWN_HALL.work("permit.send", call)


@service_task("bell.ring")
def _ring(call: Call) -> Mapping[str, Any]:
    return TOWN_HALL.work("bell.ring", call)


@pytest.fixture
def town_hall() -> Iterator[TownHall]:
    TOWN_HALL.calls = []
    TOWN_HALL.answers = {
        "permit.file": lambda call: {"scope": "north"},
        "permit.send": lambda call: {"at": call.key},
        "bell.ring": lambda call: {},
    }
    yield TOWN_HALL


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def files() -> dict[str, str]:
    """The bundle of the town hall."""
    drawn = {f"{key}.bpmn": (DRAWN / f"{key}.bpmn").read_text("utf-8") for key in STORIES}
    told = {f"scenarios/{key}.yaml": story for key, story in STORIES.items()}
    return {**drawn, **told, "policies/mode.dmn": MODE}


@pytest.fixture
def ann(request: pytest.FixtureRequest) -> Any:
    return _person(request, "ann")


@pytest.fixture
def bob(request: pytest.FixtureRequest) -> Any:
    return _person(request, "bob")


@pytest.fixture
def deployed(db: None, town_hall: TownHall, files: dict[str, str], now: datetime) -> TownHall:
    deployments.deploy(files, by=None, now=now)
    return town_hall


@pytest.fixture
def committed(transactional_db: None, town_hall: TownHall, files: dict[str, str], now: datetime) -> TownHall:
    """Deployed in rows that every connection sees."""
    deployments.deploy(files, by=None, now=now)
    return town_hall


def _person(request: pytest.FixtureRequest, name: str) -> Any:
    request.getfixturevalue("transactional_db" if "committed" in request.fixturenames else "db")
    return get_user_model().objects.create(username=name)


def begin(key: str, business_key: str, now: datetime, **variables: Any) -> ProcessInstance:
    """A running instance."""
    given = {"applicant": "accountant:1", "province": "110000", "submitted": now, **variables}
    with transaction.atomic():
        return instances.start(key, business_key=business_key, variables=given, subject={"name": "x"}, by=None, now=now)


def open_task(business_key: str, kind: str = "review") -> HumanTask:
    """The one task of a case that waits for a person."""
    return HumanTask.objects.get(instance__business_key=business_key, kind=kind, status__in=HumanTask.WAITING)


def statuses(business_key: str) -> dict[str, str]:
    """How each job of a case stands, by element."""
    return dict(Job.objects.filter(instance__business_key=business_key).values_list("element", "status"))


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each act in a thread and a transaction of its own, begun together; what it returned or raised."""
    start = Barrier(len(acts))
    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(lambda act: _in_thread(start, act), acts))


def _in_thread(start: Barrier, act: Callable[[], Any]) -> Any:
    try:
        start.wait(timeout=30)
        with transaction.atomic():
            return act()
    except Exception as fault:
        return fault
    finally:
        connection.close()

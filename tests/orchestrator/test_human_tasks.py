"""What people do with a task, and what happens when two of them do it at once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from orchestrator import human_tasks, instances, jobs
from orchestrator.errors import (
    ActNotOffered,
    ReasonsRequired,
    StalePage,
    TaskClosed,
    TaskDecided,
    TaskHeld,
    TaskNotFound,
)
from orchestrator.history import read_of
from orchestrator.inbox import Filters, Place, count, page_of
from orchestrator.models import HumanTask, ProcessInstance
from tests.orchestrator.conftest import TownHall, at_once, begin, open_task

pytestmark = pytest.mark.usefixtures("deployed")
NO = [{"code": "blurred", "item": "photo", "text": "too dark"}]


@pytest.fixture
def task(deployed: TownHall, now: datetime) -> HumanTask:
    begin("permit", "P1", now)
    return open_task("P1")


def decide(task: HumanTask, by: Any, outcome: str, now: datetime, **more: Any) -> HumanTask:
    with transaction.atomic():
        return human_tasks.decide(task.pk, by=by, outcome=outcome, now=now, **more)


def test_an_opened_task_carries_all_that_a_list_shows(task: HumanTask, now: datetime) -> None:
    assert (task.process, task.element, task.name, task.role) == (
        "permit",
        "check",
        "Check the permit",
        "district_reviewer",
    )
    assert (task.scope, task.round, task.status, task.acts) == ("north", 1, "open", ["refuse", "return"])
    assert (task.subject, task.due_at, task.opened_at) == ({"name": "x"}, now + timedelta(days=5), now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["claim", "release"])
def test_every_act_needs_the_callers_transaction(task: HumanTask, ann: Any, now: datetime, act: str) -> None:
    with pytest.raises(AssertionError, match="transaction"):
        getattr(human_tasks, act)(task.pk, by=ann, now=now)


def test_a_claimed_task_is_held_and_claiming_again_changes_nothing(task: HumanTask, ann: Any, now: datetime) -> None:
    held = human_tasks.claim(task.pk, by=ann, now=now)
    again = human_tasks.claim(task.pk, by=ann, now=now + timedelta(hours=1))

    assert (held.status, held.holder) == ("claimed", ann)
    assert (again.held_since, again.revision) == (now, held.revision)
    assert [row.kind for row in read_of("P1")].count("claimed") == 1


@pytest.mark.parametrize("act", ["claim", "release", "save_draft", "hand_over", "reroute", "decide"])
def test_a_task_held_by_a_colleague_names_the_colleague(
    task: HumanTask, ann: Any, bob: Any, now: datetime, act: str
) -> None:
    human_tasks.claim(task.pk, by=ann, now=now)
    given = {
        "save_draft": {"draft": {}},
        "hand_over": {"to": bob, "why": "x"},
        "reroute": {"scope": "south", "why": "x"},
        "decide": {"outcome": "approve"},
    }

    with pytest.raises(TaskHeld) as held:
        getattr(human_tasks, act)(task.pk, by=bob, now=now, **given.get(act, {}))

    assert held.value.params == {"who": ann.pk, "when": now}


def test_a_released_task_is_free_for_others(task: HumanTask, ann: Any, bob: Any, now: datetime) -> None:
    human_tasks.claim(task.pk, by=ann, now=now)
    human_tasks.release(task.pk, by=ann, now=now)
    human_tasks.release(task.pk, by=bob, now=now)

    assert human_tasks.claim(task.pk, by=bob, now=now).holder == bob


def test_a_task_handed_over_takes_its_draft_along(task: HumanTask, ann: Any, bob: Any, now: datetime) -> None:
    human_tasks.claim(task.pk, by=ann, now=now)
    human_tasks.save_draft(task.pk, by=ann, draft={"seen": ["photo"]}, now=now)

    given = human_tasks.hand_over(task.pk, by=ann, to=bob, why="on leave", now=now)

    assert (given.holder, given.draft) == (bob, {"seen": ["photo"]})
    assert read_of("P1")[-1].detail == {"to": bob.pk, "why": "on leave"}


def test_a_rerouted_task_waits_elsewhere_and_so_do_its_later_rounds(task: HumanTask, ann: Any, now: datetime) -> None:
    human_tasks.claim(task.pk, by=ann, now=now)
    moved = human_tasks.reroute(task.pk, by=ann, scope="south", why="moved house", now=now)
    decide(task, ann, "return", now, reasons=NO)
    decide(open_task("P1", "correction"), ann, "resubmit", now)

    again = open_task("P1")
    assert (moved.scope, moved.holder, moved.status) == ("south", None, "open")
    assert (again.scope, again.round, again.rerouted) == ("south", 2, True)


def test_an_approval_goes_on_with_what_was_entered(task: HumanTask, ann: Any, now: datetime) -> None:
    done = decide(task, ann, "approve", now, data={"checked_by": "materials"})

    assert (done.status, done.outcome, done.decided_by, done.closed_at) == ("done", "approve", ann, now)
    assert instances.variables_of("P1")["decision"] == {"outcome": "approve", "checked_by": "materials"}
    assert [row.by for row in read_of("P1") if row.kind == "task_approve"] == [ann.pk]


def test_what_was_entered_never_overwrites_the_outcome(task: HumanTask, ann: Any, now: datetime) -> None:
    decide(task, ann, "approve", now, data={"outcome": "refuse"})

    assert instances.variables_of("P1")["decision"] == {"outcome": "approve"}


@pytest.mark.parametrize("outcome", ["return", "refuse"])
def test_a_refusal_and_a_return_need_a_reason(task: HumanTask, ann: Any, now: datetime, outcome: str) -> None:
    with pytest.raises(ReasonsRequired):
        decide(task, ann, outcome, now)

    assert open_task("P1").revision == task.revision


@pytest.mark.parametrize("outcome", ["resubmit", "approved", ""])
def test_an_act_that_is_not_offered_changes_nothing(task: HumanTask, ann: Any, now: datetime, outcome: str) -> None:
    with pytest.raises(ActNotOffered):
        decide(task, ann, outcome, now, reasons=NO)

    assert open_task("P1").status == "open"


def test_a_stale_page_is_refused(task: HumanTask, ann: Any, now: datetime) -> None:
    human_tasks.claim(task.pk, by=ann, now=now)

    with pytest.raises(StalePage):
        decide(task, ann, "approve", now, revision=task.revision)

    assert decide(task, ann, "approve", now, revision=task.revision + 1).status == "done"


def test_a_task_that_never_was_is_not_found(ann: Any, now: datetime) -> None:
    with pytest.raises(TaskNotFound):
        human_tasks.claim(0, by=ann, now=now)


def test_a_returned_task_comes_back_in_a_second_round(task: HumanTask, ann: Any, bob: Any, now: datetime) -> None:
    decide(task, ann, "return", now, reasons=NO)
    mending = open_task("P1", "correction")
    decide(mending, bob, "resubmit", now + timedelta(days=2))

    again = open_task("P1")
    assert (mending.role, mending.scope, mending.due_at) == ("applicant", "accountant:1", now + timedelta(days=30))
    assert (again.round, again.due_at) == (2, now + timedelta(days=7))
    assert HumanTask.objects.get(pk=task.pk).reasons == NO


def test_a_refused_case_ends_and_keeps_its_reasons(task: HumanTask, ann: Any, now: datetime) -> None:
    decide(task, ann, "refuse", now, reasons=NO)

    instance = ProcessInstance.objects.get(business_key="P1")
    assert (instance.status, instance.end_event, instance.ended_at) == ("completed", "end_refused", now)
    assert [row.detail["reasons"] for row in read_of("P1") if row.kind == "task_refuse"] == [NO]


def test_a_withdrawal_cancels_the_task_and_says_so(task: HumanTask, ann: Any, bob: Any, now: datetime) -> None:
    human_tasks.claim(task.pk, by=ann, now=now)
    instances.deliver("permit.withdraw", "P1", payload={}, by=bob, now=now)

    with pytest.raises(TaskClosed) as closed:
        decide(task, ann, "approve", now)

    assert HumanTask.objects.get(pk=task.pk).status == "cancelled"
    assert closed.value.params == {"why": "end_withdrawn"}


def test_a_correction_that_never_comes_closes_the_case(task: HumanTask, ann: Any, now: datetime) -> None:
    decide(task, ann, "return", now, reasons=NO)

    jobs.run_due(now + timedelta(days=31))

    assert ProcessInstance.objects.get(business_key="P1").end_event == "end_closed"
    assert HumanTask.objects.get(kind="correction").status == "cancelled"


def test_the_same_decision_of_the_same_person_twice_is_one(task: HumanTask, ann: Any, now: datetime) -> None:
    first = decide(task, ann, "approve", now)
    second = decide(task, ann, "approve", now + timedelta(seconds=1), revision=0)

    assert second.closed_at == first.closed_at
    assert [row.kind for row in read_of("P1")].count("task_approve") == 1


def test_the_opposite_decision_of_the_same_person_is_refused(task: HumanTask, ann: Any, now: datetime) -> None:
    decide(task, ann, "approve", now)

    with pytest.raises(TaskDecided):
        decide(task, ann, "refuse", now, reasons=NO)


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_colleagues_who_decide_at_once_one_wins_and_the_other_learns_who(
    committed: TownHall, ann: Any, bob: Any, now: datetime, attempt: int
) -> None:
    begin("permit", "P1", now)
    task = open_task("P1")

    results = at_once(
        lambda: human_tasks.decide(task.pk, by=ann, outcome="approve", now=now),
        lambda: human_tasks.decide(task.pk, by=bob, outcome="refuse", reasons=NO, now=now),
    )

    done = HumanTask.objects.get(pk=task.pk)
    lost = next(result for result in results if isinstance(result, TaskDecided))
    assert lost.params == {"who": done.decided_by_id, "when": now, "outcome": done.outcome}
    assert [isinstance(result, HumanTask) for result in results].count(True) == 1


def test_of_two_colleagues_who_claim_at_once_one_holds_it(
    committed: TownHall, ann: Any, bob: Any, now: datetime
) -> None:
    begin("permit", "P1", now)
    task = open_task("P1")

    results = at_once(*[lambda who=who: human_tasks.claim(task.pk, by=who, now=now) for who in (ann, bob)])

    lost = next(result for result in results if isinstance(result, TaskHeld))
    assert lost.params["who"] == HumanTask.objects.get(pk=task.pk).holder_id


def test_one_person_who_presses_twice_at_once_decides_once(committed: TownHall, ann: Any, now: datetime) -> None:
    begin("permit", "P1", now)
    task = open_task("P1")

    results = at_once(*[lambda: human_tasks.decide(task.pk, by=ann, outcome="approve", now=now)] * 3)

    assert [result.outcome for result in results] == ["approve"] * 3
    assert [row.kind for row in read_of("P1")].count("task_approve") == 1


def test_an_approval_against_a_withdrawal_has_one_winner(
    committed: TownHall, ann: Any, bob: Any, now: datetime
) -> None:
    begin("permit", "P1", now)
    task = open_task("P1")

    results = at_once(
        lambda: human_tasks.decide(task.pk, by=ann, outcome="approve", now=now),
        lambda: instances.deliver("permit.withdraw", "P1", payload={}, by=bob, now=now),
    )

    winner = HumanTask.objects.get(pk=task.pk).status
    assert winner in ("done", "cancelled")
    assert [isinstance(result, Exception) for result in results].count(True) == 1


def test_the_inbox_lists_the_open_reviews_of_its_places_page_by_page(
    deployed: TownHall, ann: Any, now: datetime
) -> None:
    for n in range(5):
        begin("permit", f"P{n}", now + timedelta(minutes=n // 2))
    north = [Place("district_reviewer", "north")]
    human_tasks.claim(open_task("P2").pk, by=ann, now=now)

    first = page_of(north, limit=3)
    rest = page_of(north, after=first.next, limit=3)

    keys = [[task.instance.business_key for task in page.tasks] for page in (first, rest)]
    assert keys == [["P0", "P1", "P2"], ["P3", "P4"]]
    assert rest.next is None
    assert count(north) == 5
    assert count(north, Filters(unheld=True)) == 4
    assert count([Place("district_reviewer", "nort")]) == 0
    assert count([Place("city_reviewer", "north", escalated=True)]) == 0
    assert count([]) == 0


def test_a_supervisor_sees_what_was_escalated_below(task: HumanTask, now: datetime) -> None:
    human_tasks.mark(task.pk, escalated=True, now=now)

    assert count([Place("city_reviewer", "north", escalated=True)]) == 1
    assert count([Place("city_reviewer", "nor", below=True, escalated=True)]) == 0
    assert count([Place("city_reviewer", "north")]) == 0

"""The inbox and what a reviewer does, through the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from orchestrator import api as engine
from portal.applications.models import Application
from tests.portal.api.cast import BOTH, COLLEAGUE, NOW, OWNER, SUPERVISOR, World

REASON = {"code": "work_proof_seal", "item": "work_proof", "text": "工作证明未加盖单位公章"}


def post(client: APIClient, address: str, data: Any = None) -> Any:
    return client.post(address, data if data is not None else {}, format="json")


def test_the_inbox_shows_the_open_tasks_of_the_office(reviewer: APIClient, world: World) -> None:
    page = reviewer.get("/api/tasks/").json()

    assert page["count"] == 2
    assert [row["number"] for row in page["tasks"]] == [world.number, world.own_number]
    assert page["next"] is None


def test_the_inbox_goes_on_where_the_page_before_ended(reviewer: APIClient, world: World) -> None:
    first = reviewer.get("/api/tasks/", {"limit": 1}).json()

    second = reviewer.get("/api/tasks/", {"limit": 1, "after": first["next"]}).json()

    assert [row["id"] for row in first["tasks"] + second["tasks"]] == [world.task, world.own_task]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"process": "collection"}, 2),
        ({"process": "transfer_in"}, 0),
        ({"holder": "me"}, 1),
        ({"holder": "none"}, 1),
        ({"due_before": (NOW + timedelta(days=90)).isoformat()}, 2),
        ({"due_before": NOW.isoformat()}, 0),
    ],
)
def test_the_inbox_can_be_narrowed(wanted: dict[str, str], count: int, reviewer: APIClient, world: World) -> None:
    post(reviewer, f"/api/tasks/{world.task}/claim/")

    page = reviewer.get("/api/tasks/", wanted).json()

    assert (page["count"], len(page["tasks"])) == (count, count)


def test_the_inbox_can_be_narrowed_to_a_number(reviewer: APIClient, world: World) -> None:
    page = reviewer.get("/api/tasks/", {"number": world.number[-6:]}).json()

    assert [row["number"] for row in page["tasks"]] == [world.number]


@pytest.mark.parametrize("mark", ["rubbish", "MjAyNg==", "äöü", "MjAyNi0xMS0xOVQwMjozMDowMCA3"])
def test_a_page_mark_that_is_not_ours_is_refused(mark: str, reviewer: APIClient) -> None:
    answer = reviewer.get("/api/tasks/", {"after": mark})

    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_unreadable")


def test_a_supervisor_sees_what_was_escalated_below(sign_in: Callable[[str], APIClient], world: World) -> None:
    engine.mark_task(world.task, escalated=True, now=NOW)

    page = sign_in(SUPERVISOR).get("/api/tasks/").json()

    assert [row["id"] for row in page["tasks"]] == [world.task]


def test_a_task_comes_with_its_form_and_the_colleagues_it_can_be_handed_to(reviewer: APIClient, world: World) -> None:
    task = reviewer.get(f"/api/tasks/{world.task}/").json()

    assert task["number"] == world.number
    assert task["form"]["type"] == "object"
    assert COLLEAGUE in [row["username"] for row in task["colleagues"]]
    assert task["revision"] == 0


def test_a_claimed_task_names_its_holder_to_a_colleague(
    reviewer: APIClient, sign_in: Callable[[str], APIClient], world: World
) -> None:
    post(reviewer, f"/api/tasks/{world.task}/claim/")

    answer = post(sign_in(COLLEAGUE), f"/api/tasks/{world.task}/claim/")

    assert (answer.status_code, answer.json()["code"]) == (409, "task_held")
    assert answer.json()["sentence"].startswith("周敏 has been working on this since 2026-11-19 10:30.")


def test_releasing_makes_a_task_free_again(reviewer: APIClient, world: World) -> None:
    post(reviewer, f"/api/tasks/{world.task}/claim/")

    answer = post(reviewer, f"/api/tasks/{world.task}/release/").json()

    assert (answer["status"], answer["holder"], answer["revision"]) == ("open", None, 2)


def test_a_supervisor_frees_what_an_absent_colleague_holds(
    reviewer: APIClient, sign_in: Callable[[str], APIClient], world: World
) -> None:
    post(reviewer, f"/api/tasks/{world.task}/claim/")

    answer = post(sign_in(SUPERVISOR), f"/api/tasks/{world.task}/release/")

    assert (answer.status_code, answer.json()["holder"]) == (200, None)


def test_approving_lets_the_case_go_on(reviewer: APIClient, world: World) -> None:
    answer = post(reviewer, f"/api/tasks/{world.task}/complete/", {"outcome": "approve", "revision": 0})

    assert (answer.status_code, answer.json()["outcome"]) == (200, "approve")
    engine.run_due(NOW)
    assert Application.objects.get(number=world.number).state == "end_collected"


def test_the_same_decision_again_is_answered_alike(reviewer: APIClient, world: World) -> None:
    first = post(reviewer, f"/api/tasks/{world.task}/complete/", {"outcome": "approve", "revision": 0})

    second = post(reviewer, f"/api/tasks/{world.task}/complete/", {"outcome": "approve", "revision": 0})

    assert (second.status_code, second.json()) == (first.status_code, first.json())


def test_a_colleague_who_is_late_learns_who_decided_and_when(
    reviewer: APIClient, sign_in: Callable[[str], APIClient], world: World
) -> None:
    post(reviewer, f"/api/tasks/{world.task}/complete/", {"outcome": "approve"})

    answer = post(sign_in(COLLEAGUE), f"/api/tasks/{world.task}/complete/", {"outcome": "approve"})

    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "task_decided")
    assert told["sentence"] == "Already decided by 周敏 on 2026-11-19 10:30: approved."
    assert told["decided"] == {"by": "周敏", "at": "2026-11-19T10:30:00+08:00", "outcome": "approve"}


def test_the_other_outcome_by_the_same_person_is_refused(reviewer: APIClient, world: World) -> None:
    post(reviewer, f"/api/tasks/{world.task}/complete/", {"outcome": "approve"})

    answer = post(reviewer, f"/api/tasks/{world.task}/complete/", {"outcome": "refuse", "reasons": [REASON]})

    assert (answer.status_code, answer.json()["code"]) == (409, "task_decided")


def test_a_stale_page_cannot_decide(reviewer: APIClient, world: World) -> None:
    post(reviewer, f"/api/tasks/{world.task}/claim/")

    answer = post(reviewer, f"/api/tasks/{world.task}/complete/", {"outcome": "approve", "revision": 0})

    assert (answer.status_code, answer.json()["code"]) == (409, "stale_page")


def test_a_decision_on_a_withdrawn_case_learns_how_it_ended(
    reviewer: APIClient, owner: APIClient, world: World
) -> None:
    post(owner, f"/api/applications/{world.number}/withdraw/")

    answer = post(reviewer, f"/api/tasks/{world.task}/complete/", {"outcome": "approve"})

    assert (answer.status_code, answer.json()["code"]) == (409, "task_closed")
    assert answer.json()["sentence"].endswith("the case stands at: Withdrawn.")


def test_a_refusal_needs_a_reason(reviewer: APIClient, world: World) -> None:
    answer = post(reviewer, f"/api/tasks/{world.task}/complete/", {"outcome": "refuse"})

    assert (answer.status_code, answer.json()["code"]) == (422, "reasons_required")


def test_a_reason_must_say_something(reviewer: APIClient, world: World) -> None:
    answer = post(reviewer, f"/api/tasks/{world.task}/return/", {"reasons": [{"item": "work_proof"}]})

    assert (answer.status_code, answer.json()["faults"][0]["field"]) == (422, "reasons.0.text")


def test_a_returned_case_is_corrected_and_comes_back(reviewer: APIClient, owner: APIClient, world: World) -> None:
    post(reviewer, f"/api/tasks/{world.task}/return/", {"reasons": [REASON]})
    shown = owner.get(f"/api/applications/{world.number}/").json()

    answer = post(owner, f"/api/applications/{world.number}/resubmit/", {"data": corrected(world)})

    assert (shown["row"]["turn"], shown["reasons"]) == ("applicant", [REASON])
    assert (answer.status_code, answer.json()["turn"]) == (200, "office")
    assert reviewer.get("/api/tasks/", {"number": world.number}).json()["tasks"][0]["round"] == 2


def test_a_task_is_handed_to_a_colleague_of_the_office_only(reviewer: APIClient, world: World) -> None:
    outside = post(reviewer, f"/api/tasks/{world.task}/hand-over/", {"to": "bj-haidian-1", "why": "Leave."})

    inside = post(reviewer, f"/api/tasks/{world.task}/hand-over/", {"to": COLLEAGUE, "why": "Leave."})

    assert (outside.status_code, outside.json()["code"]) == (403, "colleague_not_appointed")
    assert (inside.status_code, inside.json()["holder_username"]) == (200, COLLEAGUE)


def test_a_case_sent_elsewhere_leaves_the_inbox(reviewer: APIClient, world: World) -> None:
    where = {"scope": "110000/110108", "why": "The employer is there."}

    post(reviewer, f"/api/tasks/{world.task}/reroute/", where)

    assert world.task not in [row["id"] for row in reviewer.get("/api/tasks/").json()["tasks"]]


def test_a_draft_is_shown_again(reviewer: APIClient, world: World) -> None:
    reviewer.put(f"/api/tasks/{world.task}/draft/", {"draft": {"note": "半份意见"}}, format="json")

    assert reviewer.get(f"/api/tasks/{world.task}/").json()["draft"] == {"note": "半份意见"}


def test_of_many_decisions_each_says_what_became_of_it(sign_in: Callable[[str], APIClient], world: World) -> None:
    ids = [world.task, world.own_task, 2**40]

    answer = post(sign_in(BOTH), "/api/tasks/bulk-complete/", {"ids": ids, "outcome": "approve"})

    found = [(row["id"], row["code"]) for row in answer.json()["results"]]
    assert found == [(world.task, "done"), (world.own_task, "own_case"), (2**40, "no_such_task")]


def test_a_reviewer_reads_the_case_but_no_plain_identity(reviewer: APIClient, world: World) -> None:
    accountant = get_user_model().objects.get(username=OWNER).accountant

    answer = reviewer.get(f"/api/applications/{world.number}/")

    assert answer.json()["data"]["employer_name"] == "演示有限公司"
    assert accountant.id_number not in answer.content.decode()
    assert accountant.phone not in answer.content.decode()


def corrected(world: World) -> dict[str, Any]:
    application = Application.objects.get(number=world.number)
    pictures = Application.objects.get(number=world.number).applicant.materials.values_list("pk", flat=True)
    return {**application.data, "school": "另一所大学", "materials": list(pictures)}

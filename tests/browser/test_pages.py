"""What the pages promise, seen through Django's test client: language, permission, conflict, idempotency, paging."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from orchestrator import api as engine
from portal.applications import reviewing
from portal.applications.models import Application
from portal.materials.selectors import materials_of
from tests.browser.conftest import collect, open_task, user


@pytest.fixture
def clients(province: None) -> Iterator[Any]:
    def signed_in(username: str, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(user(username))
        return client

    yield signed_in


def test_pages_are_chinese_whatever_the_browser_prefers(clients: Any) -> None:
    answer = clients("bj-acct-1").get("/", headers={"accept-language": "en-US"})

    assert '<html lang="zh-Hans">' in answer.content.decode()
    assert "我的办理" in answer.content.decode()


def test_english_is_one_press_away_and_kept(clients: Any) -> None:
    client = clients("bj-acct-1")

    client.post("/i18n/setlang/", {"language": "en", "next": "/"})

    assert "My matters" in client.get("/").content.decode()


def test_the_people_of_the_demonstration_are_never_shown_elsewhere(clients: Any, settings: Any) -> None:
    settings.DEMO = False
    client = Client()

    page, button = client.get("/login/"), client.post("/login/as/", {"username": "analyst"})

    assert "bj-chaoyang-1" not in page.content.decode()
    assert button.status_code == 404


def test_a_password_of_the_operators_own_closes_the_demonstration(clients: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "something else")

    assert Client().post("/login/as/", {"username": "analyst"}).status_code == 404


def test_a_stranger_is_asked_to_sign_in(clients: Any) -> None:
    answer = Client().get("/inbox/")

    assert answer.status_code == 302
    assert answer["Location"] == "/login/?next=/inbox/"


@pytest.mark.parametrize(
    ("username", "path", "status"),
    [
        ("bj-acct-1", "/inbox/", 403),
        ("analyst", "/inbox/", 403),
        ("bj-chaoyang-1", "/processes/", 403),
        ("bj-chaoyang-1", "/incidents/", 403),
        ("bj-chaoyang-1", "/apply/collection/", 403),
        ("bj-acct-1", "/apply/nothing/", 404),
        ("operator", "/processes/deploy/", 403),
    ],
)
def test_a_page_opens_only_for_its_roles(clients: Any, username: str, path: str, status: int) -> None:
    assert clients(username).get(path).status_code == status


def test_a_case_and_its_files_are_unknown_to_strangers(clients: Any) -> None:
    case = collect("bj-acct-1")
    picture = materials_of(case.number)[0].id
    paths = (f"/cases/{case.number}/", f"/cases/{case.number}/diagram.bpmn", f"/files/{picture}/")

    def statuses(username: str) -> list[int]:
        return [clients(username).get(path).status_code for path in paths]

    assert statuses("bj-acct-1") == statuses("bj-chaoyang-1") == [200, 200, 200]
    assert statuses("bj-acct-2") == statuses("bj-haidian-1") == statuses("operator") == [404, 404, 404]


def test_a_task_of_another_office_is_unknown(clients: Any) -> None:
    task = open_task(collect("bj-acct-1"))

    assert clients("bj-haidian-1").get(f"/inbox/{task}/").status_code == 404


def test_who_was_slower_reads_who_decided_and_how(clients: Any) -> None:
    task = open_task(collect("bj-acct-1"))
    clients("bj-chaoyang-1").post(f"/inbox/{task}/", {"outcome": "approve", "revision": "0"})

    answer = clients("bj-chaoyang-2").post(f"/inbox/{task}/", {"outcome": "approve", "revision": "0"})

    assert answer.status_code == 409
    assert "已由周敏于" in answer.content.decode()
    assert "作出决定：审核通过" in answer.content.decode()


def test_a_page_that_is_out_of_date_decides_nothing(clients: Any) -> None:
    case = collect("bj-acct-1")
    task = open_task(case)
    clients("bj-chaoyang-1").post(f"/inbox/{task}/claim/")

    answer = clients("bj-chaoyang-1").post(f"/inbox/{task}/", {"outcome": "approve", "revision": "0"})

    assert answer.status_code == 409
    assert open_task(case) == task


def test_a_return_without_a_reason_says_so_and_keeps_what_was_typed(clients: Any) -> None:
    task = open_task(collect("bj-acct-1"))

    answer = clients("bj-chaoyang-1").post(f"/inbox/{task}/", {"outcome": "return", "checked_by": "phone"})

    assert answer.status_code == 422
    assert "请至少给出一条理由" in answer.content.decode()
    assert '<option value="phone" selected>' in answer.content.decode()


def test_an_approval_with_marked_reasons_is_asked_about(clients: Any) -> None:
    case = collect("bj-acct-1")
    task = open_task(case)

    answer = clients("bj-chaoyang-1").post(f"/inbox/{task}/", {"outcome": "approve", "reason": ["school|wrong"]})

    assert answer.status_code == 422
    assert open_task(case) == task


def test_a_draft_waits_for_its_reviewer(clients: Any) -> None:
    task = open_task(collect("bj-acct-1"))
    client = clients("bj-chaoyang-1")

    client.post(f"/inbox/{task}/", {"outcome": "draft", "reason": ["school|wrong"], "why:portrait": "重拍"})

    page = client.get(f"/inbox/{task}/").content.decode()
    assert 'value="school|wrong" checked' in page
    assert 'value="重拍"' in page


def test_several_cases_are_approved_after_a_confirmation(clients: Any) -> None:
    cases = [collect(name) for name in ("bj-acct-1", "bj-acct-2")]
    tasks = [open_task(case) for case in cases]
    client = clients("bj-chaoyang-1")

    asked = client.post("/inbox/approve/", {"task": tasks})
    assert engine.task(tasks[0]).outcome == ""
    done = client.post("/inbox/approve/", {"task": tasks, "confirmed": "yes"})

    assert "确定通过这 2 件吗" in asked.content.decode()
    assert "共 2 件，已通过 2 件" in done.content.decode()
    assert [engine.task(task).outcome for task in tasks] == ["approve", "approve"]


def test_the_next_case_opens_after_a_decision_under_the_same_filters(clients: Any) -> None:
    first, second = open_task(collect("bj-acct-1", days_ago=2)), open_task(collect("bj-acct-2", days_ago=1))

    answer = clients("bj-chaoyang-1").post(f"/inbox/{first}/", {"outcome": "approve", "process": "collection"})

    assert answer["Location"] == f"/inbox/{second}/?process=collection"


def test_taking_the_next_case_claims_the_oldest(clients: Any) -> None:
    first = open_task(collect("bj-acct-1", days_ago=2))
    collect("bj-acct-2", days_ago=1)

    answer = clients("bj-chaoyang-1").post("/inbox/next/")

    assert answer["Location"] == f"/inbox/{first}/"
    assert engine.task(first).holder == user("bj-chaoyang-1")


def test_an_own_case_is_not_reviewed_by_its_applicant(clients: Any) -> None:
    case = collect("bj-acct-1")
    reviewer = user("bj-chaoyang-1")
    case.applicant.user, case.applicant.user_id = reviewer, reviewer.pk
    case.applicant.save(update_fields=["user"])

    answer = clients("bj-chaoyang-1").get(f"/inbox/{open_task(case)}/")

    assert answer.status_code == 403


def test_the_inbox_goes_on_where_the_page_before_ended(clients: Any, monkeypatch: Any) -> None:
    numbers = [
        collect(name, days_ago=ago).number for ago, name in ((3, "bj-acct-1"), (2, "bj-acct-2"), (1, "bj-acct-3"))
    ]
    monkeypatch.setattr("portal.web.inbox.PAGE", 2)
    client = clients("bj-chaoyang-1")

    first = client.get("/inbox/")
    second = client.get(first.context["next"])

    assert [row.number for row in first.context["rows"]] == numbers[:2]
    assert [row.number for row in second.context["rows"]] == numbers[2:]
    assert second.context["next"] == ""


def test_a_page_mark_that_somebody_changed_begins_with_the_first_page(clients: Any) -> None:
    collect("bj-acct-1")

    answer = clients("bj-chaoyang-1").get("/inbox/?after=2026-01-01T00:00:00_1")

    assert len(answer.context["rows"]) == 1


def test_submitting_twice_makes_one_case(clients: Any) -> None:
    person = user("bj-acct-1").accountant
    first = collect("bj-acct-1")
    client = clients("bj-acct-1")

    answer = client.post("/apply/collection/check/", {"request_key": first.request_key, "commitment": "on"})

    assert answer["Location"] == f"/cases/{first.number}/submitted/"
    assert Application.objects.filter(applicant=person).count() == 1


def test_withdrawing_asks_first(clients: Any) -> None:
    case = collect("bj-acct-1")
    client = clients("bj-acct-1")

    asked = client.get(f"/cases/{case.number}/withdraw/")
    before = Application.objects.get(number=case.number).state
    client.post(f"/cases/{case.number}/withdraw/", {"why": ""})

    assert asked.status_code == 200
    assert before == "submitted"
    assert Application.objects.get(number=case.number).state == "end_withdrawn"


def test_a_refused_applicant_reads_every_reason_but_no_name(clients: Any) -> None:
    case = collect("bj-acct-1")
    reasons = [{"code": "free_text", "item": "work_proof", "text": "印章不清"}]
    who = user("bj-chaoyang-1")
    reviewing.decide(open_task(case), by=who, outcome="refuse", reasons=reasons, now=engine.now())
    engine.run_due(engine.now())

    page = clients("bj-acct-1").get(f"/cases/{case.number}/").content.decode()

    assert "申请未获通过" in page
    assert "印章不清" in page
    assert who.first_name not in page


def test_a_broken_diagram_is_not_deployed_and_says_why(clients: Any) -> None:
    broken = engine.read_workflows()["collection.bpmn"].replace('review:role="district_reviewer"', "")
    upload = SimpleUploadedFile("collection.bpmn", broken.encode())

    answer = clients("analyst").post("/processes/deploy/", {"files": [upload], "act": "deploy"})

    assert answer.status_code == 422
    assert "没有说明由谁办理" in answer.content.decode()
    assert len(engine.versions("collection")) == 1


def test_a_changed_diagram_becomes_a_version_for_new_cases(clients: Any) -> None:
    changed = engine.read_workflows()["collection.bpmn"].replace("建立会计人员档案", "建立档案")
    upload = SimpleUploadedFile("collection.bpmn", changed.encode())

    answer = clients("analyst").post("/processes/deploy/", {"files": [upload], "act": "deploy"}, follow=True)

    assert "已发布新版本" in answer.content.decode()
    assert [version.number for version in engine.versions("collection")] == [2, 1]

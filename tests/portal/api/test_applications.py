"""Submitting, reading, withdrawing, through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from orchestrator import api as engine
from portal.applications.models import Application
from portal.demonstration.people import sample
from tests.portal.api.cast import ANALYST, NOW, OPERATOR, REVIEWER, World

KEY = {"Idempotency-Key": "a-key"}
Newcomer = tuple[APIClient, dict[str, Any]]


def submit(client: APIClient, form: Any, key: str = "a-key") -> Any:
    data = {"process": "collection", "data": form}
    return client.post("/api/applications/", data, format="json", headers={"Idempotency-Key": key})


def test_a_submission_is_answered_with_its_number(newcomer_in_guangdong: Newcomer) -> None:
    client, form = newcomer_in_guangdong

    answer = submit(client, form)

    assert (answer.status_code, answer.json()["state"]) == (201, "end_collected")
    assert answer.json()["number"].startswith("GDCJ20261119")


def test_a_repeated_submission_is_answered_with_the_first_number(newcomer_in_guangdong: Newcomer) -> None:
    client, form = newcomer_in_guangdong
    first = submit(client, form).json()["number"]

    second = submit(client, form).json()["number"]

    assert second == first
    assert Application.objects.filter(province="440000", process="collection").count() == 1


def test_another_key_is_another_application(newcomer_in_guangdong: Newcomer) -> None:
    client, form = newcomer_in_guangdong
    submit(client, form)

    answer = submit(client, form, "another-key")

    assert (answer.status_code, answer.json()["code"]) == (409, "collected_already")


@pytest.mark.parametrize("key", ["", "   ", "x" * 65, "ключ"])
def test_a_submission_without_a_usable_key_is_refused(key: str, newcomer_in_guangdong: Newcomer) -> None:
    client, form = newcomer_in_guangdong

    answer = submit(client, form, key)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_missing")


def test_every_fault_of_a_form_is_named_at_once(newcomer_in_guangdong: Newcomer) -> None:
    client, form = newcomer_in_guangdong
    form = {**form, "school": "", "major": "", "materials": []}

    answer = submit(client, form)

    faults = {(fault["field"], fault["code"]) for fault in answer.json()["faults"]}
    wanted = {("school", "missing"), ("major", "missing"), ("materials.portrait", "missing")}
    assert (answer.status_code, answer.json()["code"]) == (422, "form_has_faults")
    assert wanted <= faults


@pytest.mark.parametrize(
    "form",
    [
        "text",
        [],
        {"materials": "12"},
        {"materials": [1.5]},
        {"materials": [True]},
        {"materials": [2**70]},
        {"school": "\u0000"},
    ],
)
def test_data_that_cannot_be_kept_is_refused(form: Any, newcomer_in_guangdong: Newcomer) -> None:
    client, _form = newcomer_in_guangdong

    answer = submit(client, form)

    assert (answer.status_code, answer.json()["code"]) == (422, "form_has_faults")


@pytest.mark.parametrize(
    "field", ["employment", "division", "qualifications", "qualified", "accounting_years", "awards", "employer_code"]
)
@pytest.mark.parametrize("value", [{"a": 1}, [[1]], "北京", 10**30, True, -1.5])
def test_a_value_of_another_kind_is_a_fault_and_never_our_failure(
    field: str, value: Any, newcomer_in_guangdong: Newcomer
) -> None:
    client, form = newcomer_in_guangdong

    answer = submit(client, {**form, field: value})

    assert answer.status_code in (201, 422), answer.json()


@pytest.mark.parametrize("value", [r'"\ud800"', "1e400"])
def test_a_value_that_only_json_can_write_is_refused(value: str, owner: APIClient) -> None:
    body = f'{{"process": "collection", "data": {{"school": {value}}}}}'

    answer = owner.post("/api/applications/", data=body, content_type="application/json", headers=KEY)

    assert (answer.status_code, answer.json()["code"]) == (422, "form_has_faults")


def test_a_body_that_is_no_json_is_malformed(owner: APIClient) -> None:
    answers = [
        owner.post("/api/applications/", data=body, content_type="application/json", headers=KEY)
        for body in ("{", "[" * 100_000, b"\xff")
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, "malformed")] * 3


def test_my_applications_are_mine_alone(owner: APIClient, world: World) -> None:
    found = owner.get("/api/applications/").json()["applications"]

    assert [row["number"] for row in found] == [world.number]


def test_an_applicant_sees_the_case_and_its_pictures(owner: APIClient, world: World) -> None:
    case = owner.get(f"/api/applications/{world.number}/").json()

    assert (case["own"], case["may_withdraw"], case["row"]["turn"]) == (True, True, "office")
    assert world.material in [picture["id"] for picture in case["materials"]]
    assert case["office"]["path"] == "110000/110105"


@pytest.mark.parametrize("who", [ANALYST, OPERATOR])
def test_whoever_keeps_the_system_running_reads_no_form(
    who: str, sign_in: Callable[[str], APIClient], world: World
) -> None:
    client = sign_in(who)

    answers = [client.get(f"/api/applications/{world.number}/{page}") for page in ("", "timeline/")]

    assert [answer.json()["code"] for answer in answers] == ["no_such_case"] * 2


def test_the_applicant_reads_offices_in_the_timeline_and_no_reviewers(
    owner: APIClient, reviewer: APIClient, world: World
) -> None:
    reviewer.post(f"/api/tasks/{world.task}/complete/", {"outcome": "approve"}, format="json")

    answer = owner.get(f"/api/applications/{world.number}/timeline/")

    assert answer.json()["history"] is None
    assert "朝阳" in answer.content.decode()
    assert "周敏" not in answer.content.decode()
    assert REVIEWER not in answer.content.decode()


def test_staff_read_who_did_what(reviewer: APIClient, world: World) -> None:
    reviewer.post(f"/api/tasks/{world.task}/claim/")

    history = reviewer.get(f"/api/applications/{world.number}/timeline/").json()["history"]

    assert ("claimed", "周敏") in [(line["kind"], line["by"]) for line in history]


def test_withdrawing_twice_is_withdrawing_once(owner: APIClient, world: World) -> None:
    first = owner.post(f"/api/applications/{world.number}/withdraw/", {"why": "By mistake."}, format="json")

    second = owner.post(f"/api/applications/{world.number}/withdraw/", {}, format="json")

    assert first.json()["state"] == "end_withdrawn"
    assert (second.status_code, second.json()) == (200, first.json())


def test_a_decided_case_cannot_be_withdrawn(owner: APIClient, reviewer: APIClient, world: World) -> None:
    reviewer.post(f"/api/tasks/{world.task}/complete/", {"outcome": "approve"}, format="json")
    engine.run_due(NOW)

    answer = owner.post(f"/api/applications/{world.number}/withdraw/", {}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "already_ended")


def test_a_draft_is_kept_and_ends_with_the_submission(newcomer_in_guangdong: Newcomer) -> None:
    client, form = newcomer_in_guangdong
    client.put("/api/drafts/collection/", {"data": {"school": "演示大学"}}, format="json")
    kept = client.get("/api/drafts/collection/").json()["data"]

    submit(client, form)

    assert kept == {"school": "演示大学"}
    assert client.get("/api/drafts/collection/").json()["data"] == {}


@pytest.mark.parametrize("page", ["drafts", "forms"])
def test_a_procedure_that_does_not_exist_is_not_found(page: str, owner: APIClient) -> None:
    answer = owner.get(f"/api/{page}/district_review/")

    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_procedure")


def test_a_form_names_the_pictures_of_the_applicants_province(owner: APIClient) -> None:
    form = owner.get("/api/forms/collection/", {"employment": "accounting", "qualified": "true"}).json()

    portrait = next(picture for picture in form["materials"] if picture["kind"] == "portrait")
    assert (portrait["width"], portrait["height"]) == (114, 156)
    assert "employment" in form["schema"]["properties"]


def test_a_picture_is_sent_and_shown_to_its_owner_only(owner: APIClient, sign_in: Callable[[str], APIClient]) -> None:
    content = sample("portrait", 7)
    sent = owner.post("/api/materials/", picture(content))
    address = f"/api/materials/{sent.json()['id']}/"

    shown, others = owner.get(address), sign_in(REVIEWER).get(address)

    assert (sent.status_code, shown.content) == (201, content)
    assert (others.status_code, others.json()["code"]) == (404, "no_such_material")


def test_a_picture_is_shown_in_the_page_and_kept_nowhere(owner: APIClient, world: World) -> None:
    headers = owner.get(f"/api/materials/{world.material}/").headers

    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Disposition"].startswith("inline")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(
    ("content", "code"), [(b"%PDF-1.7", "material_no_picture"), (b"\xff" * (2**21 + 1), "material_too_large")]
)
def test_what_is_no_small_picture_is_refused(content: bytes, code: str, owner: APIClient) -> None:
    answer = owner.post("/api/materials/", picture(content))

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def picture(content: bytes) -> dict[str, Any]:
    return {"kind": "portrait", "file": SimpleUploadedFile("p.jpg", content, "image/jpeg")}

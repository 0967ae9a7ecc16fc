"""Checking and deploying a changed diagram, reading versions, retrying an incident, through the API."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from orchestrator import api as engine
from tests.portal.api.cast import ANALYST, OPERATOR, OWNER, World

COLLECTION = engine.read_workflows()["collection.bpmn"]
RENAMED = COLLECTION.replace('name="信息采集"', 'name="信息采集（新）"', 1)
BROKEN = COLLECTION.replace('review:role="district_reviewer"', "", 1)


@pytest.fixture
def analyst(sign_in: Callable[[str], APIClient]) -> APIClient:
    """The process analyst."""
    return sign_in(ANALYST)


def test_a_process_is_listed_with_its_running_cases(analyst: APIClient) -> None:
    processes = analyst.get("/api/processes/").json()["processes"]

    collection = next(row for row in processes if row["key"] == "collection")
    assert collection == {"key": "collection", "name": "信息采集", "version": 1, "versions": 1, "running": 2}
    assert len(processes) == 4


def test_a_change_becomes_a_new_version_for_new_cases(analyst: APIClient) -> None:
    answer = analyst.post("/api/processes/deploy/", {"files": {"collection.bpmn": RENAMED}}, format="json")

    made = [(row["key"], row["number"], row["deployed_by"]) for row in answer.json()["versions"]]
    versions = analyst.get("/api/processes/collection/versions/").json()["versions"]
    assert (answer.status_code, made) == (201, [("collection", 2, "陈思远")])
    assert [(row["number"], row["running"]) for row in versions] == [(2, 0), (1, 2)]


def test_a_change_may_be_sent_as_files_named_by_their_path(analyst: APIClient) -> None:
    part = SimpleUploadedFile("x.bpmn", RENAMED.encode(), "application/xml")

    answer = analyst.post("/api/processes/deploy/", {"collection.bpmn": part}, format="multipart")

    assert (answer.status_code, len(answer.json()["versions"])) == (201, 1)


def test_what_has_not_changed_is_not_deployed_again(analyst: APIClient) -> None:
    answer = analyst.post("/api/processes/deploy/", {"files": {}}, format="json")

    assert (answer.status_code, answer.json()) == (200, {"versions": []})


def test_a_change_with_a_fault_is_refused_with_file_line_and_rule(analyst: APIClient) -> None:
    answer = analyst.post("/api/processes/deploy/", {"files": {"collection.bpmn": BROKEN}}, format="json")

    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "deployment_refused")
    assert told["faults"][0]["field"].startswith("collection.bpmn:")
    assert told["faults"][0]["code"].startswith("WF")
    assert [row["number"] for row in analyst.get("/api/processes/collection/versions/").json()["versions"]] == [1]


def test_lint_finds_the_same_without_deploying(analyst: APIClient) -> None:
    answer = analyst.post("/api/processes/lint/", {"files": {"collection.bpmn": BROKEN}}, format="json")

    finding = answer.json()["findings"][0]
    assert (answer.status_code, finding["file"]) == (200, "collection.bpmn")
    assert finding["line"] > 1


@pytest.mark.parametrize(
    "path", ["../settings.py", "policies/a/b.dmn", "collection.bpmn\n", "x.py", "/x.bpmn", "calendars/2026.json"]
)
def test_only_places_of_workflow_files_are_accepted(path: str, analyst: APIClient) -> None:
    answer = analyst.post("/api/processes/lint/", {"files": {path: ""}}, format="json")

    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, "path_unknown")


def test_a_file_that_is_no_text_is_refused(analyst: APIClient) -> None:
    part = SimpleUploadedFile("x.bpmn", b"\xff\xfe", "application/xml")

    answer = analyst.post("/api/processes/lint/", {"collection.bpmn": part}, format="multipart")

    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, "not_utf_8")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("collection.bpmn", ""),
        ("collection.bpmn", "<x"),
        ("collection.bpmn", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>'),
        ("another.bpmn", RENAMED),
        ("policies/ReviewMode.dmn", "<x/>"),
        ("forms/collection.json", "{"),
        ("scenarios/collection.yaml", "a: ["),
        ("scenarios/collection.yaml", "- 1"),
        ("scenarios/collection.yaml", ""),
    ],
)
def test_whatever_is_sent_the_answer_is_findings(path: str, text: str, analyst: APIClient) -> None:
    answer = analyst.post("/api/processes/lint/", {"files": {path: text}}, format="json")

    assert (answer.status_code, len(answer.json().get("findings", ())) > 0) == (200, True)


def test_a_diagram_is_served_as_it_was_deployed(sign_in: Callable[[str], APIClient]) -> None:
    answer = sign_in(OWNER).get("/api/processes/collection/versions/1/diagram/")

    assert answer.content.decode() == COLLECTION
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "place", ["nothing/versions/1/diagram/", "collection/versions/9/diagram/", "nothing/versions/"]
)
def test_a_version_that_does_not_exist_is_not_found(place: str, analyst: APIClient) -> None:
    answer = analyst.get(f"/api/processes/{place}")

    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_version")


def test_an_incident_is_listed_until_it_is_tried_again(sign_in: Callable[[str], APIClient], world: World) -> None:
    operator = sign_in(OPERATOR)
    before = operator.get("/api/incidents/").json()["incidents"]

    tried = operator.post(f"/api/incidents/{world.incident}/retry/")

    assert [(row["id"], row["process"], row["error"]) for row in before] == [
        (world.incident, "transfer_out", "PlatformUnavailable")
    ]
    assert (tried.status_code, tried.json()["status"]) == (200, "waiting")
    assert operator.get("/api/incidents/").json()["incidents"] == []


def test_an_incident_is_tried_again_once(sign_in: Callable[[str], APIClient], world: World) -> None:
    operator = sign_in(OPERATOR)
    operator.post(f"/api/incidents/{world.incident}/retry/")

    answer = operator.post(f"/api/incidents/{world.incident}/retry/")

    assert (answer.status_code, answer.json()["code"]) == (404, "job_not_found")

"""Whatever goes wrong, the body has one shape, and a colleague's name is for colleagues."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.utils import translation
from rest_framework.test import APIClient

from orchestrator import api as engine
from orchestrator.errors import NoWayOut, TaskDecided
from orchestrator.feel.errors import fault
from portal.api import places
from portal.explain import ENGINE, decision_in, explain
from tests.portal.api.cast import COLLEAGUE, OWNER, REVIEWER

WHEN = datetime(2026, 11, 19, 2, 30, tzinfo=UTC)


def user(name: str) -> Any:
    return get_user_model().objects.get(username=name)


def test_an_unknown_address_has_the_shape_of_every_refusal() -> None:
    answers = [APIClient().get("/api/nothing/"), APIClient().post("/api/tasks/1/eat/"), APIClient().put("/api/tasks")]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "no_such_page")] * 3
    assert answers[0].json()["faults"] == []


def test_a_method_that_is_not_offered_has_it_too(reviewer: APIClient) -> None:
    answer = reviewer.delete("/api/tasks/")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_a_content_type_that_is_not_read_has_it_too(reviewer: APIClient) -> None:
    answer = reviewer.post("/api/tasks/bulk-complete/", data="ids=1", content_type="application/x-www-form-urlencoded")

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [(OperationalError("lock timeout"), 503, "busy"), (KeyError("x"), 500, "server_error")],
)
def test_a_failure_of_ours_says_nothing_of_its_inside(
    failure: Exception, status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise failure

    # Only what this view sees: the addresses are loaded with the first request and would keep a broken selector.
    monkeypatch.setattr(places, "selectors", SimpleNamespace(provinces=fail))

    answer = APIClient().get("/api/provinces/")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert str(failure) not in answer.json()["sentence"]


def test_a_fault_of_a_diagram_is_ours_and_only_its_code_is_told() -> None:
    told = explain(NoWayOut(element="Gateway_1"), None)

    assert (told.status, told.code) == (500, "no_way_out")
    assert "Gateway_1" not in told.sentence


def test_a_colleague_is_named_to_colleagues_only() -> None:
    decided = TaskDecided(who=user(REVIEWER).pk, when=WHEN, outcome="refuse")

    with translation.override("en"):
        to_colleague = explain(decided, user(COLLEAGUE)).sentence
        to_applicant = explain(decided, user(OWNER)).sentence

    assert to_colleague == "Already decided by 周敏 on 2026-11-19 10:30: refused."
    assert to_applicant == "Already decided by A colleague on 2026-11-19 10:30: refused."
    assert decision_in(decided, user(OWNER)).by is None


def test_a_fault_in_an_expression_is_told_in_the_readers_language() -> None:
    wrong = fault("unknown_name", name="provnce")

    with translation.override("zh-hans"):
        chinese = explain(wrong, None)
    with translation.override("en"):
        english = explain(wrong, None)

    assert chinese[:3] == (422, "unknown_name", "没有名为“provnce”的变量。（第 1 个字符）")
    assert english.sentence.startswith("There is no variable named “provnce”.")


def test_what_is_explained_is_what_the_engine_can_say() -> None:
    codes = {kind.code for kind in engine.EngineError.__subclasses__()}

    assert set(ENGINE) <= codes

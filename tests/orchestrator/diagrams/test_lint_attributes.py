"""WF3xx: roles, forms, acts, work, decisions, messages and errors by their names."""

from dataclasses import replace

import pytest

from orchestrator.diagrams.lint import LintContext, lint_file
from tests.orchestrator.diagrams.drawing import (
    END,
    IDLE,
    KNOWN,
    MESSAGE,
    REFUSED,
    START,
    USER,
    boundary,
    chain,
    document,
    event,
    findings,
    straight,
    tag,
)

SCOPE = {"review_role": "district_reviewer", "review_scope": "applicant"}
DUE = {"review_acts": "return", "review_correctionDue": "now()"}
RULE = {"review_decision": "ReviewMode", "review_result": "review"}


def user(**attributes: str) -> str:
    return straight(tag("userTask", "u", **{**SCOPE, **attributes}), through="u")


def service(**attributes: str) -> str:
    return straight(tag("serviceTask", "w", **attributes), through="w")


def rule(**attributes: str) -> str:
    return straight(tag("businessRuleTask", "r", **attributes), through="r")


def in_subprocess(*events: str, **attributes: str) -> str:
    step = tag("userTask", "u", **{**SCOPE, **attributes})
    inside = '<bpmn:startEvent id="s1"/>' + step + '<bpmn:endEvent id="e1"/>' + chain("s1 u e1")
    return straight(tag("subProcess", "sub", inside), through="sub") + "".join(events)


FAULTS = {
    "a user task without a role": ("WF301", "u", straight(tag("userTask", "u", review_scope="applicant"), through="u")),
    "an unknown role": ("WF302", "u", user(review_role="distrikt_reviewer")),
    "a user task without a scope": ("WF303", "u", straight(tag("userTask", "u", review_role="applicant"), through="u")),
    "an unknown form": ("WF304", "u", user(review_form="review")),
    "an unknown act": ("WF305", "u", user(review_acts="delegate")),
    "a correction date without the act": ("WF306", "u", user(review_correctionDue="now()")),
    "a refusal that nobody catches": ("WF307", "u", user(review_acts="refuse")),
    "a refusal that another error's event does not catch": (
        "WF307",
        "u",
        in_subprocess(boundary("sub", event("error", errorRef="idle")), review_acts="refuse"),
    ),
    "an idle correction that nobody catches": ("WF308", "u", user(**DUE)),
    "an idle correction caught on the step itself only": (
        "WF308",
        "u",
        user(**DUE) + boundary("u", event("error", errorRef="idle")),
    ),
    "work without a name": ("WF309", "w", service()),
    "work inside and outside at once": ("WF309", "w", service(review_call="file.create", review_external="sms.send")),
    "unknown work": ("WF310", "w", service(review_call="file.creat")),
    "outside work asked for inside": ("WF310", "w", service(review_call="sms.send")),
    "a rule without a decision": ("WF311", "r", rule(review_result="review")),
    "an unknown decision": ("WF312", "r", rule(review_decision="Mode", review_result="review")),
    "a message without a definition": (
        "WF313",
        "m1",
        straight(tag("receiveTask", "m1", messageRef="nothing"), through="m1"),
    ),
    "a message that nobody sends": ("WF314", "m1", straight(tag("receiveTask", "m1", messageRef="o"), through="m1")),
    "an error without a code": ("WF315", "b", user() + boundary("u", event("error", errorRef="bare"))),
    "an error that is not defined": ("WF315", "b", user() + boundary("u", event("error", errorRef="x"))),
    "a misspelt attribute": ("WF316", "u", user(review_frm="district_review")),
    "an attribute of another element": ("WF316", "w", service(review_call="file.create", review_role="applicant")),
    "a result that overwrites the case": ("WF317", "w", service(review_call="file.create", review_result="case")),
    "a result that is no name": ("WF317", "w", service(review_call="file.create", review_result="my file")),
    "a result that hides a function": ("WF317", "w", service(review_call="file.create", review_result="today")),
    "a manual task that can be returned": (
        "WF318",
        "u",
        straight(tag("manualTask", "u", review_acts="return", **SCOPE), through="u"),
    ),
    "a rule whose answer is lost": ("WF319", "r", rule(review_decision="ReviewMode")),
}
ROOT = MESSAGE + REFUSED + IDLE + '<bpmn:message id="o" name="other"/><bpmn:error id="bare" name="bare"/>'


@pytest.mark.parametrize(("rule", "element", "body"), FAULTS.values(), ids=FAULTS)
def test_lint_finds(rule: str, element: str, body: str) -> None:
    found = findings(document(body, root=ROOT))

    assert found == [(rule, element)]


@pytest.mark.parametrize(
    "body",
    [
        user(review_acts="refuse") + boundary("u", event("error", errorRef="refused")),
        user(review_acts="refuse") + boundary("u", event("error")),
        in_subprocess(boundary("sub", event("error", errorRef="refused")), review_acts="return refuse"),
        in_subprocess(boundary("sub", event("error", errorRef="idle")), **DUE),
        in_subprocess(boundary("sub", event("error")), **DUE),
    ],
    ids=["on the step", "any error", "on the subprocess", "idle on the subprocess", "idle as any error"],
)
def test_an_act_that_is_caught_has_no_finding(body: str) -> None:
    found = findings(document(body, root=ROOT))

    assert found == []


def test_an_end_event_that_means_nothing_to_the_host_is_found() -> None:
    data = document(straight(tag("userTask", "u", **SCOPE), through="u"))

    found = findings(data, replace(KNOWN, ends=frozenset({"end_collected"})))

    assert found == [("WF320", "e")]


def test_names_of_an_unknown_kind_are_not_checked() -> None:
    steps = tag("serviceTask", "w", review_call="anything") + tag("businessRuleTask", "r", **RULE)
    message = tag("receiveTask", "m1", messageRef="o")
    data = document(START + steps + message + END + chain("s w r m1 e"), root=ROOT)

    assert findings(data, LintContext()) == []


def test_a_misspelt_name_is_answered_with_the_near_one() -> None:
    data = document(straight(USER.replace("district", "distrikt"), through="u"))

    [finding] = lint_file(data, "p.bpmn", KNOWN)

    assert "“distrikt_reviewer”不存在（是否想写“district_reviewer”？）" in finding.sentence

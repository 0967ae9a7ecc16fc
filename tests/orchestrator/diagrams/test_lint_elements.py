"""WF2xx: what does not run is refused by name, each with something to draw instead."""

import pytest

from orchestrator.diagrams.lint import lint_file
from orchestrator.diagrams.lint_elements import RUNS
from orchestrator.engine.specs import Reader
from tests.orchestrator.diagrams.drawing import (
    END,
    KNOWN,
    MESSAGE,
    START,
    USER,
    boundary,
    chain,
    document,
    event,
    findings,
    flow,
    straight,
    tag,
    timer,
)

CATCH = "intermediateCatchEvent"
SIGNAL, ERROR = event("signal"), event("error")
INSIDE = '<bpmn:startEvent id="s1"/><bpmn:endEvent id="e1"/>' + chain("s1 e1")
VENDOR_WORK = '<bpmn:serviceTask id="x" review:call="file.create" camunda:delegateExpression="${x}"/>'
LISTENER = "<bpmn:extensionElements><camunda:taskListener/></bpmn:extensionElements>"
DATA = "<bpmn:dataInputAssociation><bpmn:sourceRef>d</bpmn:sourceRef></bpmn:dataInputAssociation>"

NOT_RUN = (
    *("task", "scriptTask", "sendTask", "callActivity", "transaction", "adHocSubProcess"),
    *("inclusiveGateway", "complexGateway", "intermediateThrowEvent", "choreographyTask"),
)
FAULTS = {
    "a signal end event": ("WF202", "x", START + tag("endEvent", "x", SIGNAL) + chain("s x")),
    "an error end event": ("WF202", "x", START + tag("endEvent", "x", ERROR) + chain("s x")),
    "a message end event": ("WF202", "x", START + tag("endEvent", "x", event("message")) + chain("s x")),
    "a timer start event": ("WF202", "x", tag("startEvent", "x", timer("PT1H")) + END + chain("x e")),
    "a link": ("WF202", "x", straight(tag(CATCH, "x", event("link")), through="x")),
    "a condition": ("WF202", "b", straight(USER, through="u") + boundary("u", event("conditional"))),
    "an escalation": ("WF202", "b", straight(USER, through="u") + boundary("u", event("escalation"))),
    "a compensation": ("WF202", "b", straight(USER, through="u") + boundary("u", event("compensate"))),
    "two kinds of event": ("WF203", "x", straight(tag(CATCH, "x", timer("PT1H") + SIGNAL), through="x")),
    "an event subprocess": (
        "WF204",
        "x",
        straight(USER, tag("subProcess", "x", INSIDE, triggeredByEvent="true"), through="u"),
    ),
    "a loop": (
        "WF205",
        "u",
        straight(USER.replace("/>", "><bpmn:standardLoopCharacteristics/></bpmn:userTask>"), through="u"),
    ),
    "code of another engine": ("WF206", "x", straight(VENDOR_WORK, through="x")),
    "a listener of another engine": (
        "WF206",
        "u",
        straight(USER.replace("/>", f">{LISTENER}</bpmn:userTask>"), through="u"),
    ),
    "a repeated timer": (
        "WF207",
        "b",
        straight(USER, through="u") + boundary("u", timer("R/P1D", "timeCycle"), cancelActivity="false"),
    ),
    "a message that does not interrupt": (
        "WF208",
        "b",
        straight(USER, through="u") + boundary("u", event("message", messageRef="m"), cancelActivity="false"),
    ),
    "an error that does not interrupt": (
        "WF208",
        "b",
        straight(USER, through="u") + boundary("u", ERROR, cancelActivity="false"),
    ),
    "a receive task that starts processes": (
        "WF209",
        "x",
        straight(tag("receiveTask", "x", messageRef="m", instantiate="true"), through="x"),
    ),
    "data at a step": ("WF210", "u", straight(USER.replace("/>", f">{DATA}</bpmn:userTask>"), through="u")),
    "a catch event for nothing": ("WF211", "x", straight(tag(CATCH, "x"), through="x")),
}


@pytest.mark.parametrize("kind", NOT_RUN)
def test_lint_refuses_the_element(kind: str) -> None:
    data = document(straight(tag(kind, "x"), through="x"))

    assert findings(data) == [("WF201", "x")]


@pytest.mark.parametrize(("rule", "element", "body"), FAULTS.values(), ids=FAULTS)
def test_lint_refuses(rule: str, element: str, body: str) -> None:
    found = findings(document(body, root=MESSAGE))

    assert found == [(rule, element)]


def test_a_refusal_says_what_to_draw_instead() -> None:
    data = document(straight(tag("scriptTask", "x"), through="x"))

    [finding] = lint_file(data, "p.bpmn", KNOWN)

    assert finding.sentence == "本版本不支持脚本任务（“x”）；请改用服务任务（系统办理）或业务规则任务（决策表）。"


def test_every_element_that_runs_is_accepted() -> None:
    catches = tag(CATCH, "at", timer("PT1H")) + tag("receiveTask", "on", messageRef="m")
    gateways = tag("eventBasedGateway", "wait") + tag("exclusiveGateway", "join")
    body = straight(USER, catches, gateways, through="u wait at join") + flow("wait", "on") + flow("on", "join")

    stop = boundary("u", event("message", messageRef="m")).replace(
        '<bpmn:endEvent id="b_end"/>', tag("endEvent", "b_end", event("terminate"))
    )

    assert findings(document(body + stop, root=MESSAGE)) == []


def test_whatever_lint_accepts_has_a_reader_in_the_engine() -> None:
    read = {tag.rpartition("}")[2] for tag in Reader.PARSER_CLASSES}

    assert read >= RUNS


def test_attributes_and_elements_of_unknown_vendors_are_ignored() -> None:
    extension = '<bpmn:extensionElements><v:note xmlns:v="urn:vendor">x</v:note></bpmn:extensionElements>'
    step = USER.replace("/>", f' xmlns:v="urn:vendor" v:class="x">{extension}</bpmn:userTask>')

    assert findings(document(straight(step, through="u"))) == []

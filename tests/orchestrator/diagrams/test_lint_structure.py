"""WF101–WF119: each fault of the drawing is found, at its element, and nothing else is."""

import pytest

from orchestrator.diagrams.lint import LintContext, lint_file
from tests.orchestrator.diagrams.drawing import (
    END,
    KNOWN,
    START,
    USER,
    WORK,
    boundary,
    chain,
    document,
    findings,
    flow,
    straight,
    tag,
    timer,
)

SUB = tag("subProcess", "sub", '<bpmn:startEvent id="s1"/><bpmn:endEvent id="e1"/>' + chain("s1 e1"))
AFTER_A_DAY = timer("PT24H")


def test_a_straight_diagram_has_no_finding() -> None:
    data = document(straight(USER, through="u"))

    assert findings(data) == []


def test_boundary_events_loops_and_subprocesses_have_no_finding() -> None:
    again = tag("exclusiveGateway", "again", default="again-e")
    body = START + SUB + USER + again + END + boundary("u", AFTER_A_DAY, cancelActivity="false")
    flows = chain("s sub u again e") + flow("again", "sub", "mode = 1")

    assert findings(document(body + flows)) == []


FAULTS = {
    "an id that occurs twice": ("WF101", "u", straight(USER, USER, through="u")),
    "a flow with the id of an element": (
        "WF101",
        "u",
        START + USER + END + chain("s u") + '<bpmn:sequenceFlow id="u" sourceRef="u" targetRef="e"/>',
    ),
    "an element without an id": ("WF102", "-", straight(USER, "<bpmn:userTask/>", through="u")),
    "an id that the engine uses itself": (
        "WF103",
        "End",
        straight(
            tag("subProcess", "End", '<bpmn:startEvent id="s1"/><bpmn:endEvent id="e1"/>' + chain("s1 e1")),
            through="End",
        ),
    ),
    "an id like that of a correction": (
        "WF103",
        "u.correction",
        straight(
            tag("userTask", "u.correction", review_role="applicant", review_scope="applicant"),
            through="u.correction",
        ),
    ),
    "a flow without a target": ("WF104", "u-nowhere", straight(USER, through="u") + flow("u", "nowhere")),
    "a flow into a subprocess": ("WF105", "u-e1", straight(USER, SUB, through="u sub") + flow("u", "e1")),
    "a flow drawn in the wrong subprocess": (
        "WF105",
        "u-e",
        START
        + USER
        + END
        + tag(
            "subProcess",
            "sub",
            '<bpmn:startEvent id="s1"/><bpmn:endEvent id="e1"/>' + chain("s1 e1") + flow("u", "e"),
        )
        + chain("s sub u")
        + flow("u", "e").replace("u-e", "out"),
    ),
    "two start events": (
        "WF107",
        "p",
        straight(USER, '<bpmn:startEvent id="s2"/>', through="u") + flow("s2", "u"),
    ),
    "a start event that is entered": (
        "WF108",
        "s",
        straight(tag("exclusiveGateway", "g", default="g-e"), through="g") + flow("g", "s", "mode = 1"),
    ),
    "an end event that is left": ("WF109", "e", straight(USER, through="u") + flow("e", "u")),
    "a step without a way on": (
        "WF110",
        "u2",
        straight(USER, tag("exclusiveGateway", "g", default="g-e"), USER.replace('"u"', '"u2"'), through="u g")
        + flow("g", "u2", "mode = 1"),
    ),
    "a step with two ways on": ("WF111", "u", straight(USER, WORK, through="u w") + flow("u", "e")),
    "a step that is never reached": ("WF112", "w", straight(USER, WORK, through="u") + flow("w", "e")),
    "a boundary event on nothing": (
        "WF115",
        "b",
        straight(USER, through="u") + boundary("nothing", AFTER_A_DAY),
    ),
    "a boundary event on a gateway": (
        "WF115",
        "b",
        straight(tag("exclusiveGateway", "g"), through="g") + boundary("g", AFTER_A_DAY),
    ),
    "a boundary event that is entered": (
        "WF116",
        "b",
        straight(USER, tag("exclusiveGateway", "g", default="g-e"), through="u g")
        + boundary("u", AFTER_A_DAY)
        + flow("g", "b", "mode = 1"),
    ),
}


@pytest.mark.parametrize(("rule", "element", "body"), FAULTS.values(), ids=FAULTS)
def test_lint_finds(rule: str, element: str, body: str) -> None:
    found = findings(document(body))

    assert found == [(rule, element)]


def test_a_subprocess_without_start_and_end_is_found() -> None:
    data = document(straight(tag("subProcess", "sub"), through="sub"))

    found = findings(data)

    assert found == [("WF106", "sub"), ("WF114", "sub")]


def test_steps_that_go_round_for_ever_are_found() -> None:
    body = START + USER + tag("exclusiveGateway", "g", default="g-u") + WORK + END
    data = document(body + chain("s u g u") + flow("g", "w", "mode = 1") + flow("w", "g"))

    found = findings(data)

    assert ("WF112", "e") in found
    assert {("WF113", "s"), ("WF113", "u"), ("WF113", "g"), ("WF113", "w")} <= set(found)


def test_a_process_with_another_name_than_its_file_is_found() -> None:
    data = document(straight(USER, through="u"))

    assert findings(data, LintContext(key="collection")) == [("WF117", "p")]


def test_a_process_that_is_not_executable_is_found() -> None:
    data = document(straight(USER, through="u"), process='id="p" isExecutable="false"')

    assert findings(data) == [("WF118", "p")]


def test_two_executable_processes_in_a_file_are_found() -> None:
    other = '<bpmn:process id="q" isExecutable="true"><bpmn:startEvent id="x"/><bpmn:endEvent id="y"/>'
    data = document(straight(USER, through="u"), root=other + chain("x y") + "</bpmn:process>")

    assert ("WF119", "p") in findings(data)


def test_an_element_of_another_namespace_is_no_step() -> None:
    data = document(straight(USER, '<camunda:userTask id="x"/>', through="u"))

    assert findings(data) == []


def test_a_finding_names_file_line_rule_and_element() -> None:
    data = document(f"{START}\n{USER}\n{END}\n{chain('s u')}")

    lines = [str(finding) for finding in lint_file(data, "p.bpmn", KNOWN)]

    assert lines[0].startswith("p.bpmn:4: WF110 u: “u” 没有流出的连线；")


def test_thousands_of_steps_are_checked_without_recursion() -> None:
    names = [f"u{number}" for number in range(3000)]
    body = "".join(USER.replace('"u"', f'"{name}"') for name in names)

    assert findings(document(straight(body, through=" ".join(names)))) == []

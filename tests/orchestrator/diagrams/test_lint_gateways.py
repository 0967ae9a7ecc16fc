"""WF120–WF132: conditions, gateways, and tokens that meet or wait in vain."""

import pytest

from tests.orchestrator.diagrams.drawing import (
    END,
    MESSAGE,
    START,
    USER,
    WORK,
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
XOR, DEFAULT_XOR = tag("exclusiveGateway", "x"), tag("exclusiveGateway", "x", default="x-e")
JOIN, AND, AND2 = tag("exclusiveGateway", "j"), tag("parallelGateway", "a"), tag("parallelGateway", "a2")
ANOTHER = USER.replace('"u"', '"u2"')
EVENTS = tag("eventBasedGateway", "g")
MESSAGE_CATCH = tag(CATCH, "m1", event("message", messageRef="m"))
TIMER_CATCH = tag(CATCH, "t1", timer("PT1H"))
RULE = tag("businessRuleTask", "r", review_decision="ReviewMode", review_result="review")

FAULTS = {
    "a branch without a condition": (
        "WF120",
        "x",
        straight(DEFAULT_XOR, WORK, through="x w") + flow("x", "e"),
    ),
    "no default flow": (
        "WF121",
        "x",
        START
        + XOR
        + WORK
        + END
        + chain("s x")
        + flow("x", "w", "mode = 1")
        + flow("x", "e", "mode = 2")
        + chain("w e"),
    ),
    "a default flow with a condition": (
        "WF122",
        "x-e",
        START
        + DEFAULT_XOR
        + WORK
        + END
        + chain("s x")
        + flow("x", "w", "mode = 1")
        + flow("x", "e", "mode = 2")
        + chain("w e"),
    ),
    "a condition after a step": (
        "WF123",
        "u-e",
        START + USER + END + chain("s u") + flow("u", "e", "mode = 1"),
    ),
    "a condition on the only way": (
        "WF123",
        "x-e",
        START + XOR + END + chain("s x") + flow("x", "e", "mode = 1"),
    ),
    "a default flow of something else": (
        "WF124",
        "x",
        straight(tag("exclusiveGateway", "x", default="s-x"), WORK, through="x w") + flow("x", "e", "mode = 1"),
    ),
    "a step after an event gateway": (
        "WF125",
        "g",
        straight(EVENTS, TIMER_CATCH, USER, JOIN, through="g t1 j") + flow("g", "u") + flow("u", "j"),
    ),
    "an event after an event gateway and a step": (
        "WF126",
        "t1",
        straight(
            USER,
            XOR.replace("/>", ' default="x-g"/>'),
            EVENTS,
            TIMER_CATCH,
            MESSAGE_CATCH,
            JOIN,
            through="u x g t1 j",
        ).replace('id="x"', 'id="x" default="x-g"')
        + flow("g", "m1")
        + flow("m1", "j")
        + flow("x", "t1", "mode = 1"),
    ),
    "an event gateway with one way": ("WF127", "g", straight(EVENTS, TIMER_CATCH, through="g t1")),
    "a timer on a rule": ("WF131", "b", straight(RULE, through="r") + boundary("r", timer("PT1H"))),
    "a timer on work done at once": (
        "WF131",
        "b",
        straight(WORK, through="w") + boundary("w", timer("PT1H")),
    ),
    "a fork joined by an exclusive gateway": (
        "WF130",
        "j",
        straight(AND, USER, JOIN, ANOTHER.replace("u2", "after"), WORK, through="a u j after") + chain("a w j"),
    ),
    "a choice joined by a parallel gateway": (
        "WF129",
        "a",
        straight(tag("exclusiveGateway", "x", default="x-u"), USER, WORK, AND, through="x u a")
        + flow("x", "w", "mode = 1")
        + flow("w", "a"),
    ),
    "a reminder that runs into the main way": (
        "WF130",
        "j",
        straight(USER, JOIN, ANOTHER, through="u j u2")
        + tag("boundaryEvent", "b", timer("PT1H"), attachedToRef="u", cancelActivity="false")
        + flow("b", "j"),
    ),
}


@pytest.mark.parametrize(("rule", "element", "body"), FAULTS.values(), ids=FAULTS)
def test_lint_finds(rule: str, element: str, body: str) -> None:
    found = findings(document(body, root=MESSAGE))

    assert found == [(rule, element)]


def test_parallel_gateways_in_a_loop_are_found() -> None:
    ways = straight(AND, USER, ANOTHER, AND2, DEFAULT_XOR, through="a u a2 x") + chain("a u2 a2")
    again = tag("exclusiveGateway", "again")
    body = ways.replace("s-a", "s-again").replace('targetRef="a"', 'targetRef="again"')

    found = findings(document(body + again + flow("again", "a") + flow("x", "again", "mode = 1")))

    assert found == [("WF128", "a"), ("WF128", "a2")]


def test_a_parallel_part_in_a_subprocess_may_be_in_a_loop() -> None:
    inside = (AND + USER + ANOTHER + AND2).join(('<bpmn:startEvent id="s1"/>', '<bpmn:endEvent id="e1"/>'))
    part = tag("subProcess", "part", inside + chain("s1 a u a2 e1") + chain("a u2 a2"))
    body = straight(JOIN, part, DEFAULT_XOR, through="j part x") + flow("x", "j", "mode = 1")

    assert findings(document(body)) == []


def test_a_fork_joined_by_a_parallel_gateway_has_no_finding() -> None:
    body = straight(AND, USER, ANOTHER, AND2, through="a u a2") + chain("a u2 a2")

    assert findings(document(body)) == []


def test_a_choice_inside_a_branch_of_a_fork_has_no_finding() -> None:
    choice = tag("exclusiveGateway", "x", default="x-u2")
    body = straight(AND, choice, USER, ANOTHER, JOIN, WORK, AND2, through="a x u2 j a2")

    found = findings(document(body + chain("a w a2") + flow("x", "u", "mode = 1") + flow("u", "j")))

    assert found == []


def test_two_choices_that_feed_one_join_crosswise_have_no_finding() -> None:
    first, second = tag("parallelGateway", "f1"), tag("parallelGateway", "f2")
    merges = tag("exclusiveGateway", "m1") + tag("exclusiveGateway", "m2")
    body = straight(tag("exclusiveGateway", "x", default="x-f1"), first, second, merges, AND, through="x f1 m1 a")
    cross = flow("f1", "m2") + flow("f2", "m1") + flow("f2", "m2") + flow("m2", "a")

    assert findings(document(body + cross + flow("x", "f2", "mode = 1"))) == []


def test_a_step_with_reminders_may_be_in_a_loop() -> None:
    sides = tag("exclusiveGateway", "side", default="side-w") + WORK + flow("w", "side_end")
    sides += '<bpmn:endEvent id="side_end"/>' + flow("side", "side_end", "mode = 2") + flow("side", "w")
    reminder = tag("boundaryEvent", "b", timer("PT1H"), attachedToRef="u", cancelActivity="false")
    body = straight(USER, DEFAULT_XOR, through="u x") + flow("x", "u", "mode = 1")

    assert findings(document(body + reminder + flow("b", "side") + sides)) == []


def test_branches_may_end_apart() -> None:
    body = straight(AND, USER, WORK, through="a u") + '<bpmn:endEvent id="e2"/>' + chain("a w e2")

    assert findings(document(body)) == []


def test_more_ways_than_can_be_played_are_said_so() -> None:
    names = [f"x{number}" for number in range(14)]
    gateways = "".join(tag("exclusiveGateway", name, default=f"{name}-{name}j") for name in names)
    joins = "".join(tag("exclusiveGateway", f"{name}j") for name in names)
    flows = "".join(
        chain(f"a {name} {name}j a2") + flow(name, f"{name}j", "mode = 1").replace(f"{name}-", f"{name}b-", 1)
        for name in names
    )

    found = findings(document(START + AND + gateways + joins + AND2 + END + chain("s a") + chain("a2 e") + flows))

    assert found == [("WF132", "p")]

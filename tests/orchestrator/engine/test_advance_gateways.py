"""Exclusive, parallel and event-based gateways, decisions and the ways out of a process."""

import pytest

from orchestrator.engine import Start, advance
from orchestrator.errors import ExpressionFailed, NoWayOut, WaitsForNothing
from tests.orchestrator.diagrams.drawing import (
    END,
    MESSAGE,
    START,
    USER,
    WORK,
    chain,
    document,
    event,
    flow,
    tag,
    timer,
)
from tests.orchestrator.engine.walking import NOON, Walk, compiled

TWO_ENDS = tag("endEvent", "high") + tag("endEvent", "low")
FORK = START + tag("parallelGateway", "fork") + tag("parallelGateway", "join") + END
RACE = compiled(
    document(
        START
        + tag("eventBasedGateway", "race")
        + tag("intermediateCatchEvent", "soon", timer("PT1H"))
        + tag("intermediateCatchEvent", "late", timer("PT5H"))
        + tag("intermediateCatchEvent", "told", event("message", messageRef="m"), review_result="answer")
        + "".join(tag("endEvent", end) for end in ("end_soon", "end_late", "end_told"))
        + chain("s race soon end_soon")
        + chain("race late end_late")
        + chain("race told end_told"),
        MESSAGE,
    )
)


def choosing(condition: str, default: str = "") -> bytes:
    written = {"default": default} if default else {}
    ways = flow("s", "g") + flow("g", "high", condition) + flow("g", "low", None if default else "n &lt; 0")
    return document(START + tag("exclusiveGateway", "g", **written) + TWO_ENDS + ways)


def forked(first: str, second: str) -> bytes:
    return document(FORK + first + second + chain("s fork a join e") + chain("fork b join"))


@pytest.mark.parametrize(("n", "end"), [(6, "high"), (-1, "low")])
def test_an_exclusive_gateway_takes_the_flow_whose_condition_holds(n: int, end: str) -> None:
    walk = Walk(compiled(choosing("n &gt; 5")), n=n)

    assert walk.step.ended == end
    assert walk.step.completed


@pytest.mark.parametrize("n", [5, None, "six"])
def test_an_exclusive_gateway_takes_its_default_flow_when_no_condition_is_true(n: object) -> None:
    walk = Walk(compiled(choosing("n &gt; 5", default="g-low")), n=n)

    assert walk.step.ended == "low"


def test_an_exclusive_gateway_without_a_way_out_is_named() -> None:
    diagram = compiled(choosing("n &gt; 5"))

    with pytest.raises(NoWayOut) as refused:
        Walk(diagram, n=3)

    assert refused.value.params == {"element": "g"}


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "__import__(&quot;os&quot;)",
        "().__class__.__mro__",
        "(lambda: true)()",
        "open(&quot;x&quot;)",
        "[c for c in n]",
    ],
)
def test_a_condition_in_python_is_never_run(text: str) -> None:
    diagram = compiled(choosing(text, default="g-low"))

    with pytest.raises(ExpressionFailed):
        Walk(diagram, n=1)


def test_an_endless_loop_is_an_error_and_not_a_case_that_nobody_can_move() -> None:
    nodes = tag("exclusiveGateway", "g") + tag("exclusiveGateway", "x", default="x-e") + END
    ways = flow("s", "g") + flow("g", "x") + flow("x", "g", "n &lt; 3") + flow("x", "e")
    diagram = compiled(document(START + nodes + ways))

    with pytest.raises(WaitsForNothing):
        Walk(diagram, n=1)


def test_branches_that_never_meet_are_an_error() -> None:
    nodes = (
        tag("exclusiveGateway", "g", default="g-b") + tag("task", "a") + tag("task", "b") + tag("parallelGateway", "j")
    )
    ways = flow("s", "g") + flow("g", "a", "n &gt; 5") + flow("g", "b") + chain("a j e") + chain("b j")
    diagram = compiled(document(START + nodes + END + ways))

    with pytest.raises(WaitsForNothing):
        Walk(diagram, n=1)


def test_both_branches_of_a_fork_wait_and_the_join_waits_for_both() -> None:
    walk = Walk(compiled(forked(tag("userTask", "a"), tag("serviceTask", "b", review_external="sms.send"))))
    at_fork = walk.waiting
    at_join = walk.approve("a").waiting
    walk.finish("b")

    assert at_fork == ["a", "b"]
    assert at_join == ["b"]
    assert walk.step.ended == "e"


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_the_last_branch_at_a_join_keeps_what_the_other_branch_decided(order: tuple[str, str]) -> None:
    first = tag("userTask", "a", review_result="decision")
    walk = Walk(compiled(forked(first, tag("userTask", "b"))), decision="none")

    walk.approve(order[0]).approve(order[1])

    assert walk.step.variables["decision"] == {"outcome": "approve"}


def test_an_event_gateway_gives_each_timer_its_own_due_date() -> None:
    walk = Walk(RACE)

    due = {wait.element: (wait.due - NOON).total_seconds() / 3600 for wait in walk.step.timers}

    assert due == {"soon": 1, "late": 5}
    assert walk.waiting == ["late", "soon", "told"]


@pytest.mark.parametrize("first", ["soon", "late"])
def test_of_several_events_after_an_event_gateway_only_the_first_happens(first: str) -> None:
    walk = Walk(RACE).fire(first)

    assert walk.waiting == []
    assert walk.step.ended == f"end_{first}"
    assert walk.passed == [first, f"end_{first}"]


def test_a_message_after_an_event_gateway_cancels_the_timers_and_keeps_its_payload() -> None:
    walk = Walk(RACE).send("told", {"version": 3})

    assert walk.step.ended == "end_told"
    assert walk.step.timers == ()
    assert walk.step.variables["answer"] == {"version": 3}


def test_a_terminate_end_event_ends_what_still_waits() -> None:
    killer = tag("endEvent", "stop", event("terminate"))
    ways = chain("s fork u e") + chain("fork w stop")
    walk = Walk(compiled(document(START + tag("parallelGateway", "fork") + USER + WORK + killer + END + ways)))

    walk.finish("w")

    assert (walk.step.ended, walk.step.completed, walk.waiting) == ("stop", True, [])


def test_a_business_rule_says_which_rows_matched() -> None:
    rule = tag("businessRuleTask", "r", review_decision="Mode", review_result="mode")
    diagram = compiled(document(START + rule + END + chain("s r e")), {"mode.dmn": TABLE})

    step = Walk(diagram, province="110000").step

    asked = next(passed for passed in step.passed if passed.element == "r")
    assert step.variables["mode"] == "district"
    assert asked.detail == {"decision": "Mode", "rows": [{"row": 2, "id": "beijing", "note": "BJ-11"}]}
    assert [passed.detail for passed in step.passed if passed.element != "r"] == [{}, {}]


def test_a_business_rule_reads_a_variable_that_is_not_there_as_null() -> None:
    rule = tag("businessRuleTask", "r", review_decision="Mode", review_result="mode")
    diagram = compiled(document(START + rule + END + chain("s r e")), {"mode.dmn": TABLE})

    step = advance(diagram, None, Start({}), NOON)

    assert step.variables == {"mode": None}


TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
<decision id="Mode" name="Mode"><decisionTable hitPolicy="UNIQUE">
<input id="i"><inputExpression><text>province</text></inputExpression></input><output id="o"/>
<annotation name="source"/>
<rule id="guangdong"><inputEntry><text>"440000"</text></inputEntry><outputEntry><text>"auto"</text></outputEntry>
<annotationEntry><text>GD-44</text></annotationEntry></rule>
<rule id="beijing"><inputEntry><text>"110000"</text></inputEntry><outputEntry><text>"district"</text></outputEntry>
<annotationEntry><text>BJ-11</text></annotationEntry></rule>
</decisionTable></decision></definitions>"""

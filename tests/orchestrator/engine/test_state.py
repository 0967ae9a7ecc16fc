"""What is stored of a process: its values, its tokens, and that old formats still load."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgpack
import pytest

from orchestrator.engine import Completed, advance
from orchestrator.engine.state import variables_of
from orchestrator.errors import StateUnreadable, TokenGone
from orchestrator.feel import YearsMonthsDuration
from tests.orchestrator.diagrams.drawing import USER, WORK, document, straight, tag
from tests.orchestrator.engine.states.write_format1 import STATES, VALUES, drawn
from tests.orchestrator.engine.walking import NOON, Walk, compiled

TWO_STEPS = compiled(document(straight(USER, WORK, through="u w")))
KEEPS = compiled(document(straight(tag("userTask", "u", review_result="kept"), WORK, through="u w")))
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        None,
        0,
        1,
        "",
        "上海",
        Decimal("0.10"),
        Decimal("-1E+3"),
        date(2026, 2, 28),
        time(8, 30),
        datetime(2026, 2, 28, 8, 30, 0, 123_456, tzinfo=UTC),
        timedelta(days=-3, microseconds=1),
        YearsMonthsDuration(14),
        [],
        [[1, [Decimal(2)]], {"a": []}],
        {"typename": "Task", "format": 9, "": {"typename": {"typename": None}}},
        {"1": "one", "data_objects": {}, "__class__": "x"},
    ],
    ids=repr,
)
def test_a_value_comes_back_as_it_was_with_its_type(value: Any) -> None:
    walk = Walk(TWO_STEPS, given=value)

    later = walk.approve("u").step.variables["given"]

    assert later == value
    assert repr(later) == repr(value)
    assert variables_of(walk.step.state)["given"] == value


def test_a_variable_that_turns_from_true_to_one_changes() -> None:
    walk = Walk(KEEPS, kept=True)

    walk.apply(Completed(walk.human("u").token, 1))

    assert repr(variables_of(walk.step.state)["kept"]) == "1"


def test_a_variable_named_typename_does_not_disturb_the_state() -> None:
    walk = Walk(TWO_STEPS, typename="Task", spec="u", state=8, tree=[], completed=True)

    walk.approve("u").finish("w")

    assert walk.step.ended == "e"
    assert walk.step.variables["tree"] == []


def test_what_is_no_feel_value_is_refused_before_it_is_stored() -> None:
    with pytest.raises(TypeError, match="no FEEL value"):
        Walk(TWO_STEPS, given=object())


def test_a_state_of_another_format_is_refused_by_number() -> None:
    with pytest.raises(StateUnreadable) as refused:
        advance(TWO_STEPS, msgpack.packb({"format": 2}), Completed(1), NOON)

    assert refused.value.params == {"format": 2}


def test_a_failed_input_leaves_the_state_as_it_was() -> None:
    walk = Walk(TWO_STEPS)
    before = bytes(walk.step.state)

    with pytest.raises(TokenGone):
        walk.apply(Completed(99))

    assert walk.step.state == before
    assert walk.approve("u").waiting == ["w"]


def test_the_same_input_on_the_same_state_gives_the_same_bytes() -> None:
    walk = Walk(TWO_STEPS, given={"b": 1, "a": Decimal("2.50")})
    state, input = walk.step.state, Completed(walk.human("u").token)

    assert advance(TWO_STEPS, state, input, NOON).state == advance(TWO_STEPS, state, input, NOON).state


def test_tokens_are_never_used_again() -> None:
    walk = Walk(TWO_STEPS)
    first = walk.human("u").token

    walk.approve("u")

    assert walk.work("w").token > 0
    assert walk.work("w").token != first


@pytest.mark.parametrize("name", sorted(STATES))
def test_a_stored_state_of_format_1_still_runs_to_its_end(name: str) -> None:
    story = STATES[name]
    stored = (Path(__file__).parent / "states" / f"format1_{name}.bin").read_bytes()
    walk = Walk(drawn(story.document), **story.variables)

    walk.step = advance(walk.diagram, stored, *story.next_input(stored))
    story.rest(walk)

    assert msgpack.unpackb(stored, strict_map_key=False)["format"] == 1
    assert {name: walk.step.variables[name] for name in VALUES} == VALUES
    assert walk.step.ended == story.ended
    assert walk.step.completed


def test_threads_that_share_a_diagram_do_not_disturb_each_other() -> None:
    story = STATES["parallel"]
    diagram = drawn(story.document)

    with ThreadPoolExecutor(8) as threads:
        ends = list(threads.map(lambda n: _walk_alone(diagram, n), range(60)))

    assert ends == [("e", n, {"outcome": "approve", "n": n}) for n in range(60)]


def test_another_process_continues_where_this_one_stopped() -> None:
    stored = Walk(TWO_STEPS, given=Decimal("1.50")).step.state
    script = (
        "import sys; from tests.orchestrator.engine.test_state import *;"
        "step = advance(TWO_STEPS, sys.stdin.buffer.read(), Completed(3), NOON); sys.stdout.buffer.write(step.state)"
    )

    there = subprocess.run([sys.executable, "-c", script], input=stored, capture_output=True, check=True, cwd=ROOT)

    assert there.stdout == advance(TWO_STEPS, stored, Completed(3), NOON).state


def test_a_state_holds_nothing_of_its_diagram() -> None:
    state = Walk(TWO_STEPS).step.state

    assert len(state) < 400
    assert b"district_reviewer" not in state


def _walk_alone(diagram: Any, n: int) -> tuple[str | None, Any, Any]:
    walk = Walk(diagram, number=n)
    walk.approve("a", n=n).approve("b")
    return walk.step.ended, walk.step.variables["number"], walk.step.variables["decision"]

"""Random walks over the four drawn procedures: whatever happens in whatever order, the engine keeps its promises."""

import pickle
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestrator.bundles import Bundle, read_bundle
from orchestrator.engine import (
    Completed,
    Diagram,
    HumanWait,
    MessageArrived,
    Returned,
    Start,
    Step,
    Threw,
    TimerFired,
    TimerWait,
    WorkWait,
    advance,
)
from orchestrator.engine.advance import _Run, _Waits
from orchestrator.engine.state import number
from orchestrator.errors import EngineError
from orchestrator.simulation import Scenario

ROOT = Path(__file__).resolve().parents[3]
PROCESSES = ("collection", "credit_claim", "transfer_in", "transfer_out")
MOST_STEPS = 25
RANDOM = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # a walk is short, shrinking it is slow
    suppress_health_check=[HealthCheck.too_slow],
)


@cache
def bundle() -> Bundle:
    return Bundle(read_bundle(ROOT / "workflows"), {"call": frozenset(), "external": frozenset()})


class RandomWalk:
    """A walk that keeps every input with the state it met."""

    def __init__(self, key: str, data: st.DataObject) -> None:
        self.diagram: Diagram = bundle().diagram(key)
        self.scenario: Scenario = data.draw(st.sampled_from(bundle().scenarios(key)))
        self.answers = _answers(key, self.scenario)
        self.data = data
        self.now: datetime = self.scenario.submitted
        self.met: list[tuple[bytes | None, Any, datetime]] = []
        self.refused = 0
        self.step = self._advance(None, Start(self.scenario.variables))

    def go_on(self) -> bool:
        """Let something happen; False once nothing can."""
        if self.step.completed or len(self.met) > MOST_STEPS:
            return False
        input = self._choose()
        before = bytes(self.step.state)
        try:
            self.step = self._advance(self.step.state, input)
        except EngineError:
            self.refused += 1
            assert self.step.state == before
        return self.refused < 5

    def _advance(self, state: bytes | None, input: Any) -> Step:
        step = advance(self.diagram, state, input, self.now, bundle().calendar)
        self.met.append((state, input, self.now))
        return step

    def _choose(self) -> Any:
        wait = self.data.draw(st.sampled_from(self.step.waits))
        if isinstance(wait, TimerWait):
            self.now = max(self.now, wait.due)
            return TimerFired(wait.token)
        if isinstance(wait, HumanWait):
            return self.data.draw(st.sampled_from(_acts(wait)))
        if isinstance(wait, WorkWait):
            answer = self.data.draw(st.sampled_from(self.answers.get(wait.name, [{}])))
            error = answer.get("error") if isinstance(answer, Mapping) else None
            return Threw(wait.token, error) if error else Completed(wait.token, answer)
        return MessageArrived(wait.token, {"version": 2})


def _acts(wait: HumanWait) -> list[Any]:
    if wait.kind == "correction":
        return [Completed(wait.token, {"outcome": "resubmit"})]
    return [Completed(wait.token, {"outcome": "approve"}), Returned(wait.token), Threw(wait.token, "refused")]


def _answers(key: str, first: Scenario) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for scenario in (first, *bundle().scenarios(key)):
        for name, answer in scenario.answers.items():
            found.setdefault(name, []).extend(answer if isinstance(answer, list) else [answer])
    return found


class Unsaved:
    """The same process kept in memory from its start, never stored."""

    def __init__(self, walk: RandomWalk, start: Start, now: datetime) -> None:
        self.run = _Run(walk.diagram, None, now, bundle().calendar)
        self.apply(start, {}, now)

    def apply(self, input: Any, change: dict[str, Any], now: datetime) -> None:
        self.run.now = self.run.scope.now = now
        self.run.passed = []
        self.run.apply(type(input)(**{**vars(input), **change}))
        self.tokens = number(self.run.workflow, self.run.memory)
        waits = _Waits(self.run, self.tokens)
        self.waits = (*waits.humans(), *waits.work(), *waits.timers(), *waits.messages())

    def repeat(self, input: Any, waits: tuple[Any, ...], now: datetime) -> None:
        """Apply an input of the stored walk to the wait that corresponds to the one it named."""
        theirs = next(wait for wait in waits if wait.token == input.token)
        mine = next(wait for wait in self.waits if _place(wait) == _place(theirs))
        task = next(id for id, token in self.tokens.items() if token == mine.token)
        self.apply(input, {"token": task}, now)


def _place(wait: Any) -> tuple[str, str]:
    return type(wait).__name__, wait.element


def _shown(waits: tuple[Any, ...]) -> list[Any]:
    # An unsaved process numbers its tokens anew at every look.
    return [(_place(wait), {**vars(wait), "token": 0}) for wait in sorted(waits, key=_place)]


@pytest.mark.parametrize("key", PROCESSES)
def test_a_process_that_is_stored_after_every_step_goes_the_same_way_as_one_that_never_is(key: str) -> None:
    @RANDOM
    @given(st.data())
    def walk_twice(data: st.DataObject) -> None:
        walk = RandomWalk(key, data)
        unsaved = Unsaved(walk, walk.met[0][1], walk.met[0][2])
        while walk.refused == 0 and _goes_on_with(walk, unsaved):
            assert _shown(unsaved.waits) == _shown(walk.step.waits)
            assert unsaved.run.memory.variables == walk.step.variables
            assert [passed.element for passed in unsaved.run.passed] == [p.element for p in walk.step.passed]

    walk_twice()


@pytest.mark.parametrize("key", PROCESSES)
def test_a_process_waits_for_something_until_it_reaches_one_of_its_ends(key: str) -> None:
    @RANDOM
    @given(st.data())
    def walk_on(data: st.DataObject) -> None:
        walk = RandomWalk(key, data)
        while walk.go_on():
            assert walk.step.completed or walk.step.waits
        assert (walk.step.ended in walk.diagram.ends) is walk.step.completed
        assert not walk.step.completed or walk.step.waits == ()

    walk_on()


@pytest.mark.parametrize("key", PROCESSES)
def test_an_input_that_was_used_is_gone_or_changes_nothing_it_should_not(key: str) -> None:
    @RANDOM
    @given(st.data())
    def walk_and_repeat(data: st.DataObject) -> None:
        walk = RandomWalk(key, data)
        while walk.go_on():
            _, input, now = walk.met[-1]
            with pytest.raises(EngineError):
                advance(walk.diagram, walk.step.state, _again(input), now, bundle().calendar)

    walk_and_repeat()


def test_a_fresh_process_computes_the_same_states() -> None:
    samples: list[tuple[str, Any]] = []

    @settings(RANDOM, max_examples=3)
    @given(st.data(), st.sampled_from(PROCESSES))
    def collect(data: st.DataObject, key: str) -> None:
        walk = RandomWalk(key, data)
        while walk.go_on():
            continue
        samples.extend((key, met) for met in walk.met)

    collect()
    script = (
        "import pickle, sys; from tests.orchestrator.engine.test_advance_walks import *;"
        "samples = pickle.load(sys.stdin.buffer);"
        "there = [advance(bundle().diagram(k), s, i, n, bundle().calendar).state for k, (s, i, n) in samples];"
        "sys.stdout.buffer.write(pickle.dumps(there))"
    )
    there = subprocess.run(
        [sys.executable, "-c", script], input=pickle.dumps(samples), capture_output=True, check=True, cwd=ROOT
    )

    here = [advance(bundle().diagram(k), s, i, n, bundle().calendar).state for k, (s, i, n) in samples]
    assert pickle.loads(there.stdout) == here


def _goes_on_with(walk: RandomWalk, unsaved: Unsaved) -> bool:
    waits, many = walk.step.waits, len(walk.met)
    went_on = walk.go_on()
    if len(walk.met) > many:
        unsaved.repeat(walk.met[-1][1], waits, walk.now)
    return went_on and walk.refused == 0


def _again(input: Any) -> Any:
    return input if hasattr(input, "token") else Completed(1)

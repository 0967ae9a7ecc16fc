"""Scenarios: what they can say, and that a wrong one fails with a sentence instead of an exception."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from orchestrator.bundles import Bundle
from orchestrator.engine.working_days import WorkingCalendar
from orchestrator.simulation import ScenarioResult, read_scenarios, run_scenario

GIVEN = {"province": "110000", "submitted": "2026-03-02T10:00:00+08:00"}
WORK = {"permit.file": {"scope": "north"}, "permit.send": {}}
UNSENT = {**WORK, "permit.send": {"error": "address_unknown"}}


@pytest.fixture
def play(files: dict[str, str]) -> Any:
    bundle = Bundle(files, {"call": frozenset(), "external": frozenset()})

    def run(steps: list[Mapping[str, Any]], ends: str | None = None, **more: Any) -> ScenarioResult:
        story = {"name": "x", "given": GIVEN, "services": WORK, "steps": steps, "ends": ends, **more}
        text = yaml.safe_dump({"process": "permit", "scenarios": [story]}, allow_unicode=True)
        [scenario] = read_scenarios(yaml.safe_load(text))
        return run_scenario(bundle.diagram("permit"), scenario, WorkingCalendar())

    return run


@pytest.mark.parametrize(
    ("steps", "ends"),
    [
        ([{"do": {"complete": "check"}}], "end_approved"),
        ([{"do": {"refuse": "check"}}], "end_refused"),
        ([{"do": {"return": "check"}}, {"do": {"resubmit": "check"}}, {"do": {"complete": "check"}}], "end_approved"),
        ([{"do": {"return": "check"}}, {"wait": "2026-04-02T10:00:00+08:00"}], "end_closed"),
        ([{"send": {"message": "permit.withdraw"}}], "end_withdrawn"),
        ([{"expect": {"task": "check", "scope": "north", "due": "2026-03-07"}}], None),
        ([{"wait": "2026-03-06"}, {"expect": {"not_waiting": "warned", "task": "check"}}], None),
        (
            [{"do": {"complete": "check", "at": "2026-03-06T10:00:00+08:00"}}, {"expect": {"ended": "end_approved"}}],
            None,
        ),
    ],
)
def test_a_story_that_goes_as_told_is_fine(play: Any, steps: list[Any], ends: str | None) -> None:
    result = play(steps, ends)

    assert (result.failures, result.ok) == ((), True)


def test_a_story_says_the_way_it_went(play: Any) -> None:
    result = play([{"do": {"complete": "check"}}], called=["permit.file", "permit.send"])

    assert result.walk[0] == "2026-03-02 10:00 asked Asked for"
    assert result.ended == "end_approved"


def test_work_may_answer_with_an_error(play: Any) -> None:
    assert play([{"do": {"complete": "check"}}], "end_lost", services=UNSENT).ok


@pytest.mark.parametrize(
    ("steps", "more", "sentence"),
    [
        ([], {"ends": "end_approved"}, "end_approved"),
        ([{"do": {"complete": "nothing"}}], {}, "nothing"),
        ([{"do": {"resubmit": "check"}}], {}, "correction"),
        ([{"send": {"message": "no.such"}}], {}, "no.such"),
        ([{"expect": {"waiting": "send_permit"}}], {}, "send_permit"),
        ([{"expect": {"not_waiting": "check"}}], {}, "check"),
        ([{"expect": {"ended": "end_refused"}}], {}, "end_refused"),
        ([{"expect": {"task": "check", "role": "applicant"}}], {}, "role"),
        ([{"expect": {"task": "check", "due": "2026-03-08"}}], {}, "2026-03-08"),
        ([{"do": {"dance": "check"}}], {}, "dance"),
        ([{"do": "check"}], {}, "场景"),
        ([{"send": {}}], {}, "场景"),
        ([{"wait": "soon"}], {}, "场景"),
        ([], {"services": {}}, "permit.file"),
        ([], {"called": ["permit.send"]}, "permit.send"),
    ],
)
def test_a_story_that_goes_otherwise_fails_with_a_sentence(
    play: Any, steps: list[Any], more: dict[str, Any], sentence: str
) -> None:
    result = play(steps, **more)

    assert not result.ok
    assert sentence in "".join(result.failures)


def test_a_step_that_no_scenario_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="dance"):
        read_scenarios({"scenarios": [{"given": GIVEN, "steps": [{"dance": "now"}]}]})

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from portal.applications.models import Application
from portal.demonstration.open_cases import leave_open
from portal.demonstration.stage import play
from portal.demonstration.stories import tour


@pytest.mark.usefixtures("at_work")
def test_every_case_of_the_tour_comes_to_its_right_end(now: datetime) -> None:
    stories = tour()

    play(stories, until=now + timedelta(days=300))

    expected = {number: end for story in stories for number, end in story.cases.items()}
    found = dict(Application.objects.values_list("number", "state"))
    assert {number: found[number] for number in expected} == expected
    assert len(expected) >= 28


@pytest.mark.usefixtures("at_work")
def test_the_tour_prints_each_case_with_states_people_and_dates_across_the_holiday() -> None:
    printed = StringIO()

    call_command("tour", "--json", stdout=printed)

    ways = [json.loads(line) for line in printed.getvalue().splitlines()]
    assert all(way["right"] for way in ways)
    out = next(way for way in ways if way["case"].startswith("GDDC20260213"))
    assert {"step": "delay_over", "kind": "timer", "due": "2026-02-24 周二 10:00"} in out["due"]
    october = next(way for way in ways if way["case"].startswith("BJCJ20260929"))
    assert {"step": "district_review", "kind": "task", "due": "2026-10-12 周一 10:00"} in october["due"]
    assert [step["state"] for step in out["way"]][-1] in ("Transferred out", "已调出")
    assert any(step["who"] == "bj-chaoyang-1" for way in ways for step in way["way"])


@pytest.mark.usefixtures("at_work")
def test_open_cases_are_left_in_every_state_once() -> None:
    real = datetime(2026, 11, 20, 2, tzinfo=UTC)

    first = leave_open(real)
    second = leave_open(real)

    states = set(Application.objects.filter(ended_at=None).values_list("state", flat=True))
    assert states >= {"submitted", "returned", "approved_waiting"}
    assert first == second

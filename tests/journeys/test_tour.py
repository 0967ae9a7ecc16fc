from datetime import UTC, datetime, timedelta

import pytest

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
def test_open_cases_are_left_in_every_state_once() -> None:
    real = datetime(2026, 11, 20, 2, tzinfo=UTC)

    first = leave_open(real)
    second = leave_open(real)

    states = set(Application.objects.filter(ended_at=None).values_list("state", flat=True))
    assert states >= {"submitted", "returned", "approved_waiting"}
    assert first == second

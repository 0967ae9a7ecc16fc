import re
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from orchestrator import api as engine
from portal.applications import reviewing
from portal.applications.models import Application, Process
from portal.demonstration.people import PLACES, collected, reviewer_of, transfer_in_form, transfer_out_form
from portal.demonstration.stage import Story, play
from portal.demonstration.stories import apply

ROOT = Path(__file__).parents[2]
GUANGDONG, BEIJING = "440000", "110000"


@pytest.mark.usefixtures("at_work")
def test_a_second_review_drawn_by_an_analyst_binds_new_cases_and_leaves_running_ones(
    now: datetime, tmp_path: Path
) -> None:
    changed = _with_second_review(tmp_path)
    running, later = _case_in_review(now)

    deployed = engine.deploy(changed, by=None, now=later)
    fresh, latest = _case_in_review(later)

    assert [(version.key, version.number) for version in deployed] == [("transfer_in", 2)]
    assert _reviews_until_received(running, latest) == ["district_review"]
    assert _reviews_until_received(fresh, latest) == ["district_review", "second_review"]


@pytest.mark.usefixtures("at_work")
def test_a_broken_diagram_is_not_deployed_and_names_line_and_element(now: datetime) -> None:
    files = engine.read_workflows()
    broken = files["transfer_in.bpmn"].replace('review:role="district_reviewer" ', "", 1)

    with pytest.raises(engine.DeploymentRefused) as refusal:
        engine.deploy({**files, "transfer_in.bpmn": broken}, by=None, now=now)

    finding = refusal.value.params["findings"][0]
    line = broken.splitlines().index(next(text for text in broken.splitlines() if 'id="district_review"' in text)) + 1
    assert (finding.file, finding.line, finding.element) == ("transfer_in.bpmn", line, "district_review")
    assert [version.number for version in engine.versions("transfer_in")] == [1]


def _with_second_review(folder: Path) -> dict[str, str]:
    copytree(ROOT / "workflows", folder / "workflows")
    recipe = re.search(r"```diff\n(.*?)```", (ROOT / "workflows/README.md").read_text("utf-8"), re.DOTALL)
    assert recipe is not None
    subprocess.run(
        ["git", "apply", "--unidiff-zero", "-"], input=recipe[1], text=True, cwd=folder, check=True, capture_output=True
    )
    return engine.read_workflows(folder / "workflows")


def _case_in_review(now: datetime) -> tuple[str, datetime]:
    numbers: list[str] = []

    def tell(story: Story, moment: datetime) -> Any:
        person = collected(GUANGDONG, moment)
        apply(story, person, Process.TRANSFER_OUT, transfer_out_form(person, BEIJING, moment), moment, "")
        moment = yield moment + timedelta(days=14)
        form = transfer_in_form(person, BEIJING, moment)
        numbers.append(apply(story, person, Process.TRANSFER_IN, form, moment, "").number)
        yield moment + timedelta(hours=1)

    later = play([Story("in", now, tell)])
    return numbers[0], later


def _reviews_until_received(number: str, now: datetime) -> list[str]:
    passed = []
    while Application.objects.get(number=number).state == "submitted":
        task = next(task for task in engine.waiting_of(number) if task.kind == "review")
        city = get_user_model().objects.get(username="bj-city-1")
        who = city if task.role == "city_reviewer" else reviewer_of(PLACES[BEIJING])
        reviewing.decide(task.pk, by=who, outcome="approve", now=now)
        passed.append(task.element)
        play([Story("settle", now, _nothing)])
    assert Application.objects.get(number=number).state == "must_complete"
    return passed


def _nothing(story: Story, now: datetime) -> Any:
    yield now

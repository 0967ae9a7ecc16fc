"""Deploying a bundle: what is refused, what becomes a version, who keeps the old one."""

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from orchestrator import deployments
from orchestrator.errors import DeploymentRefused, UnknownProcess
from orchestrator.models import ProcessVersion
from tests.orchestrator.conftest import at_once, begin

pytestmark = pytest.mark.usefixtures("deployed")


def test_the_same_content_deploys_nothing(files: dict[str, str], now: datetime) -> None:
    assert deployments.deploy(dict(reversed(files.items())), by=None, now=now) == []
    assert [version.number for version in deployments.versions()] == [1, 1, 1]


def test_a_changed_diagram_is_the_next_version_and_the_others_keep_theirs(
    files: dict[str, str], now: datetime, ann: Any
) -> None:
    files["bells.bpmn"] = files["bells.bpmn"].replace("PT1H", "PT2H")

    made = deployments.deploy(files, by=ann, now=now)

    assert [(version.key, version.number, version.deployed_by) for version in made] == [("bells", 2, ann)]
    assert deployments.current("bells").number == 2
    assert deployments.current("permit").number == 1
    assert deployments.files_of(made[0].pk)["bells.bpmn"] == files["bells.bpmn"]


def test_a_changed_policy_is_a_new_version_of_every_process(files: dict[str, str], now: datetime) -> None:
    files["policies/mode.dmn"] = files["policies/mode.dmn"].replace("BJ-11", "BJ-12")

    assert len(deployments.deploy(files, by=None, now=now)) == 3


def test_a_running_instance_keeps_the_version_it_began_with(files: dict[str, str], now: datetime) -> None:
    old = begin("bells", "B1", now)
    files["bells.bpmn"] = files["bells.bpmn"].replace("PT1H", "PT2H")
    deployments.deploy(files, by=None, now=now)

    new = begin("bells", "B2", now)

    assert (old.version.number, new.version.number) == (1, 2)
    assert deployments.running(old.version) == 1
    assert [instance.jobs.get().due_at.hour - now.hour for instance in (old, new)] == [1, 2]


STORY = """process: bells
scenarios:
  - name: x
    given: {submitted: "2026-03-02T10:00:00+08:00"}
    steps: %s
"""


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    [
        ("bells.bpmn", "bell.ring", "bell.smash", "WF"),
        ("bells.bpmn", "PT1H", "1 +", "WF"),
        ("bells.bpmn", "</bpmn:definitions>", "", "WF002"),
        ("policies/mode.dmn", '"110000"', "(", "WF501"),
        ("scenarios/bells.yaml", "end_rung", "end_never", "WF602"),
        ("scenarios/bells.yaml", "bell.ring", "bell.other", "WF602"),
    ],
)
def test_a_faulty_bundle_is_refused_with_findings_and_deploys_nothing(
    files: dict[str, str], now: datetime, path: str, old: str, new: str, rule: str
) -> None:
    files["permit.bpmn"] = files["permit.bpmn"].replace("P5D", "P6D")
    files[path] = files[path].replace(old, new)

    with pytest.raises(DeploymentRefused) as refused:
        deployments.deploy(files, by=None, now=now)

    found = refused.value.params["findings"]
    assert {finding.file for finding in found} == {path}
    assert all(finding.rule.startswith(rule) for finding in found)
    assert ProcessVersion.objects.count() == 3


@pytest.mark.parametrize(
    "story",
    [
        "scenarios: [",
        "",
        "- a list",
        "process: bells\nscenarios:\n  - name: x\n",
        "process: bells\nscenarios:\n  - name: x\n    given: {submitted: 2026-13-01}\n",
        STORY % "[{dance: now}]",
        STORY % "[{do: ring}]",
        STORY % "[{wait: soon}]",
        STORY % "[{send: {}}]",
    ],
)
def test_a_scenario_file_that_cannot_be_read_is_a_finding(files: dict[str, str], story: str) -> None:
    files["scenarios/bells.yaml"] = story

    findings = deployments.lint(files)

    assert {finding.file for finding in findings} == {"scenarios/bells.yaml"}


def test_a_process_that_was_never_deployed_is_unknown(now: datetime) -> None:
    with pytest.raises(UnknownProcess):
        begin("dreams", "D1", now)


def test_a_version_whose_deployment_was_undone_leaves_nothing_behind(files: dict[str, str], now: datetime) -> None:
    files["bells.bpmn"] = files["bells.bpmn"].replace("PT1H", "PT2H")
    with pytest.raises(KeyError), transaction.atomic():
        deployments.deploy(files, by=None, now=now)
        begin("bells", "B1", now)
        raise KeyError

    again = deployments.deploy({**files, "bells.bpmn": files["bells.bpmn"].replace("PT2H", "PT3H")}, by=None, now=now)

    assert begin("bells", "B1", now).jobs.get().due_at.hour - now.hour == 3
    assert again[0].number == 2


def test_two_deployments_at_once_make_one_version(committed: Any, files: dict[str, str], now: datetime) -> None:
    files["bells.bpmn"] = files["bells.bpmn"].replace("PT1H", "PT2H")

    made = at_once(*[lambda: deployments.deploy(files, by=None, now=now)] * 3)

    assert sorted(len(versions) for versions in made) == [0, 0, 1]


def test_threads_ask_for_the_same_diagram_and_get_one(committed: Any, now: datetime) -> None:
    version = deployments.current("permit").pk

    drawn = at_once(*[lambda: deployments.diagram_of(version)] * 4)

    assert len({id(diagram) for diagram in drawn}) == 1


def test_a_decision_is_answered_outside_any_instance(now: datetime) -> None:
    answer = deployments.ask("permit", "PermitMode", {"province": "110000"}, now)
    lacking = deployments.ask("permit", "PermitMode", {}, now)

    assert (answer.value, [row.id for row in answer.matched]) == ("check", ["beijing"])
    assert lacking.value is None

"""The commands that analysts type: what they print, and whether they fail."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from orchestrator.models import ProcessVersion
from tests.orchestrator.diagrams.drawing import USER, document, straight, tag

GOOD = document(straight(USER, through="u"), process='id="review" name="审核" isExecutable="true"').replace(
    b'"e"', b'"end_approved"'
)
BAD = document(straight(tag("scriptTask", "x"), through="x"), process='id="review" isExecutable="true"')
SCENARIOS = """
process: review
scenarios:
  - name: 通过
    given: {submitted: "2026-01-05T09:00:00+08:00", province: "440000"}
    steps:
      - do: {complete: u}
    ends: end_approved
  - name: 未办理
    given: {submitted: "2026-01-05T09:00:00+08:00", province: "440000"}
    ends: end_approved
"""
Run = Callable[..., tuple[str, bool]]


@pytest.fixture
def run() -> Run:
    def call(*arguments: str) -> tuple[str, bool]:
        printed = StringIO()
        try:
            call_command(*arguments, stdout=printed)
        except SystemExit as stop:
            return printed.getvalue(), stop.code == 0
        return printed.getvalue(), True

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "review.yaml").write_text(SCENARIOS.split("  - name: 未办理")[0], "utf-8")
    (tmp_path / "review.bpmn").write_bytes(GOOD)
    return tmp_path


def test_lint_workflows_is_content_with_a_good_folder(run: Run, folder: Path) -> None:
    printed, passed = run("lint_workflows", str(folder))

    assert (printed, passed) == ("2 个文件，未发现问题\n", True)


def test_lint_workflows_names_file_line_rule_and_element(run: Run, folder: Path) -> None:
    (folder / "review.bpmn").write_bytes(BAD)

    printed, passed = run("lint_workflows", str(folder))

    assert printed.startswith(f"{folder / 'review.bpmn'}:3: WF201 x: 本版本不支持脚本任务")
    assert not passed


def test_lint_workflows_checks_single_files_of_any_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "any name.bpmn").write_bytes(GOOD)
    (tmp_path / "inside" / "table.dmn").write_text("<html/>", "utf-8")

    printed, passed = run("lint_workflows", str(tmp_path))

    assert printed.startswith(f"{tmp_path / 'inside' / 'table.dmn'}:1: WF501 ")
    assert printed.count("\n") == 1
    assert not passed


def test_lint_workflows_says_that_a_path_does_not_exist(run: Run, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有这个文件或文件夹"):
        run("lint_workflows", str(tmp_path / "nothing"))


def test_lint_workflows_says_that_a_file_is_not_utf_8(run: Run, folder: Path) -> None:
    (folder / "review.bpmn").write_bytes("审核".encode("gbk"))

    with pytest.raises(CommandError, match="不是 UTF-8 编码"):
        run("lint_workflows", str(folder))


@pytest.mark.django_db
def test_deploy_workflows_prints_new_versions_and_then_nothing_new(run: Run, folder: Path) -> None:
    first, _ = run("deploy_workflows", str(folder))
    second, _ = run("deploy_workflows", str(folder))

    assert first == "review：第 1 版已部署（审核）\n"
    assert second == "review：没有变化\n"


@pytest.mark.django_db
def test_deploy_workflows_deploys_nothing_when_there_is_a_finding(run: Run, folder: Path) -> None:
    (folder / "review.bpmn").write_bytes(BAD)

    printed, passed = run("deploy_workflows", str(folder))

    assert "WF201 x" in printed
    assert not passed
    assert not ProcessVersion.objects.exists()


def test_simulate_workflow_prints_the_walk_of_each_scenario(run: Run, folder: Path) -> None:
    printed, passed = run("simulate_workflow", "review", "--path", str(folder))

    assert printed.splitlines()[0] == "场景：通过"
    assert " u " in printed
    assert printed.splitlines()[-1] == "1 个场景，1 个符合预期，0 个不符合"
    assert passed


def test_simulate_workflow_fails_when_a_scenario_goes_another_way(run: Run, folder: Path) -> None:
    (folder / "scenarios" / "review.yaml").write_text(SCENARIOS, "utf-8")

    printed, passed = run("simulate_workflow", "review", "--path", str(folder), "--scenario", "未办理")

    assert "× 应结束于 e" in printed
    assert "通过" not in printed.splitlines()[0]
    assert not passed


@pytest.mark.parametrize("arguments", [["other"], ["review", "--scenario", "其他"]])
def test_simulate_workflow_names_what_there_is_instead(run: Run, folder: Path, arguments: list[str]) -> None:
    with pytest.raises(CommandError, match=r"现有：(review|通过)"):
        run("simulate_workflow", *arguments, "--path", str(folder))

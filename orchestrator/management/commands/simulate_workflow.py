"""`manage.py simulate_workflow KEY [--scenario NAME]`: plays the scenarios of a process, step by step."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orchestrator import deployments
from orchestrator.bundles import Bundle
from orchestrator.diagrams.parse import Unreadable
from orchestrator.engine import Diagram
from orchestrator.engine.dmn import DmnFaults
from orchestrator.management.commands.lint_workflows import read
from orchestrator.service_tasks import registered
from orchestrator.simulation import Scenario, ScenarioResult, run_scenario


class Command(BaseCommand):
    """A walk for each scenario; the exit code is 1 if one does not go as it says."""

    help = "在内存中演练一个流程的场景，逐步显示走过的元素；不访问数据库和外部系统。"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The process, one scenario of it, and the folder they are in."""
        parser.add_argument("key", metavar="KEY", help="流程 id，例如 collection")
        parser.add_argument("--scenario", metavar="NAME", help="只演练这个名称的场景")
        parser.add_argument("--path", type=Path, metavar="PATH", help="文件夹，默认为 workflows")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play the scenarios and print their walks."""
        bundle = Bundle(read(options["path"] or deployments.workflows_dir()), registered())
        diagram = _diagram(bundle, options["key"])
        chosen = _chosen(bundle, options["key"], options["scenario"])
        results = [run_scenario(diagram, scenario, bundle.calendar) for scenario in chosen]
        for result in results:
            self._show(result, diagram)
        failed = sum(not result.ok for result in results)
        self.stdout.write(f"{len(results)} 个场景，{len(results) - failed} 个符合预期，{failed} 个不符合")
        if failed:
            raise SystemExit(1)

    def _show(self, result: ScenarioResult, diagram: Diagram) -> None:
        self.stdout.write(f"场景：{result.name}")
        for step in result.walk:
            self.stdout.write(f"  {step}")
        for failure in result.failures:
            self.stdout.write(f"  × {failure}")
        if result.ok:
            end = diagram.labels.get(result.ended or "", "") or result.ended
            self.stdout.write(f"  ✓ 符合预期，结束于：{end}" if result.ended else "  ✓ 符合预期，尚未结束")


def _diagram(bundle: Bundle, key: str) -> Diagram:
    keys = bundle.processes()
    if key not in keys:
        raise CommandError(f"没有流程 {key}；现有：{'、'.join(keys) or '无'}")
    try:
        return bundle.diagram(key)
    except (Unreadable, DmnFaults) as fault:
        raise CommandError(f"{fault}；请先运行 lint_workflows") from fault


def _chosen(bundle: Bundle, key: str, name: str | None) -> list[Scenario]:
    scenarios = bundle.scenarios(key)
    chosen = [scenario for scenario in scenarios if name in (None, scenario.name)]
    if not chosen:
        names = "、".join(scenario.name for scenario in scenarios)
        raise CommandError(f"流程 {key} 没有场景 {name or ''}；现有：{names or '无'}")
    return chosen

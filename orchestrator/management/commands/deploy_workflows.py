"""`manage.py deploy_workflows [PATH]`: every changed diagram of a folder has a new version for new cases."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from orchestrator import deployments
from orchestrator.bundles import Bundle
from orchestrator.clock import now
from orchestrator.errors import DeploymentRefused
from orchestrator.management.commands.lint_workflows import located, read
from orchestrator.service_tasks import registered


class Command(BaseCommand):
    """One line for each process; nothing is deployed and the exit code is 1 if there is any finding."""

    help = "检查并部署流程；有变化的流程产生新版本，办理中的案件仍用原来的版本。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder to deploy."""
        parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="文件夹，默认为 workflows")

    def handle(self, *args: Any, **options: Any) -> None:
        """Deploy the folder and say what is new."""
        folder = options["path"] or deployments.workflows_dir()
        files = read(folder)
        try:
            deployed = deployments.deploy(files, by=None, now=now())
        except DeploymentRefused as refused:
            for finding in located(folder, refused.params["findings"]):
                self.stdout.write(str(finding))
            raise SystemExit(1) from refused
        new = {version.key: version for version in deployed}
        keys = Bundle(files, registered()).processes()
        for key in keys:
            line = f"第 {new[key].number} 版已部署（{new[key].name}）" if key in new else "没有变化"
            self.stdout.write(f"{key}：{line}")

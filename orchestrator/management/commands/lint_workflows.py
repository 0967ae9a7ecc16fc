"""`manage.py lint_workflows [PATH…]`: what would go wrong with diagrams, before they are deployed."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orchestrator import deployments
from orchestrator.bundles import Bundle
from orchestrator.diagrams.elements import Finding
from orchestrator.diagrams.lint import LintContext, lint_file

BUNDLE_FOLDERS = ("policies", "forms", "scenarios")


class Command(BaseCommand):
    """One line for each finding; the exit code is 1 if there is any."""

    help = "检查流程图、决策表、表单和场景；每个问题一行：文件:行: 规则 元素: 说明。"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files or folders to check; a folder with policies, forms or scenarios is checked as a whole."""
        parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="默认为 workflows")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check every path and print the findings."""
        files, findings = 0, []
        for path in options["paths"] or [deployments.workflows_dir()]:
            count, found = check(path)
            files += count
            findings += found
        for finding in findings:
            self.stdout.write(str(finding))
        if findings:
            raise SystemExit(1)
        self.stdout.write(f"{files} 个文件，未发现问题")


def check(path: Path) -> tuple[int, list[Finding]]:
    """How many files a path stands for, and the findings about them.

    Raises: CommandError for a path that does not exist or holds nothing to check.
    """
    if path.is_dir() and any((path / name).is_dir() for name in BUNDLE_FOLDERS):
        files = read(path)
        return len(files), located(path, deployments.lint(files))
    if not path.exists():
        raise CommandError(f"{path}：没有这个文件或文件夹")
    found = list(_files(path))
    if not found:
        raise CommandError(f"{path}：没有可检查的 .bpmn 或 .dmn 文件")
    return len(found), [finding for file in found for finding in _check_file(file)]


def read(folder: Path) -> dict[str, str]:
    """The files of a workflow folder.

    Raises: CommandError for a file that is not UTF-8.
    """
    try:
        return deployments.read_workflows(folder)
    except UnicodeDecodeError as fault:
        raise CommandError(f"{folder} 中有文件不是 UTF-8 编码：{fault}") from fault


def located(folder: Path, findings: Iterable[Finding]) -> list[Finding]:
    """The findings with the path of their file as seen from here."""
    return [replace(finding, file=str(folder / finding.file)) for finding in findings]


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for kind in ("*.bpmn", "*.dmn") for file in path.rglob(kind))
    elif path.is_file():
        yield path


def _check_file(path: Path) -> list[Finding]:
    if path.suffix != ".dmn":
        return lint_file(path.read_bytes(), str(path), LintContext())
    name = f"policies/{path.name}"
    text = path.read_text("utf-8", errors="replace")
    return [replace(finding, file=str(path)) for finding in Bundle({name: text}, {}).check()]

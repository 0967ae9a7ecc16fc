"""Deploys a bundle of workflow files: lint → scenarios → new version; keeps compiled diagrams by version."""

import hashlib
import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from .bundles import Bundle, read_bundle
from .diagrams.elements import Finding
from .engine import Diagram
from .engine.decisions import DecisionResult
from .engine.working_days import WorkingCalendar
from .errors import DeploymentRefused, UnknownProcess
from .models import ProcessInstance, ProcessVersion
from .service_tasks import registered

_compiling = threading.Lock()


def workflows_dir() -> Path:
    """The folder that analysts edit."""
    return Path(settings.WORKFLOWS_DIR)


def deploy(files: Mapping[str, str], *, by: Any, now: datetime) -> list[ProcessVersion]:
    """Every changed diagram of the bundle has a new version that new instances use; unchanged ones keep theirs.

    Raises: DeploymentRefused with `findings` when lint or a scenario fails; nothing is deployed then.
    """
    bundle = Bundle(files, registered())
    findings = bundle.check()
    if findings:
        raise DeploymentRefused(count=len(findings), findings=findings)
    with transaction.atomic():
        _wait_for_other_deployments()
        versions = [_deploy_one(bundle, key, by, now) for key in bundle.processes()]
    return [version for version in versions if version is not None]


def lint(files: Mapping[str, str]) -> list[Finding]:
    """All findings about a bundle, without deploying it; scenarios run once the diagrams are clean."""
    return Bundle(files, registered()).check()


def current(key: str) -> ProcessVersion:
    """The newest version of a process.

    Raises: UnknownProcess.
    """
    version = ProcessVersion.objects.filter(key=key).order_by("-number").first()
    if version is None:
        raise UnknownProcess(key=key)
    return version


def versions(key: str | None = None) -> list[ProcessVersion]:
    """The versions of one process or of all, newest first within a process."""
    found = ProcessVersion.objects.order_by("key", "-number")
    return list(found.filter(key=key) if key else found)


def running(version: ProcessVersion) -> int:
    """How many instances still run on a version."""
    running_now = ProcessInstance.Status.RUNNING
    return ProcessInstance.objects.filter(version=version, status=running_now).count()


def diagram_of(version_id: int) -> Diagram:
    """The compiled diagram of a version, parsed once a process and shared by its threads."""
    with _compiling:
        return _compiled(version_id)


def ask(
    key: str, decision: str, context: Mapping[str, Any], now: datetime, version_id: int | None = None
) -> DecisionResult:
    """The answer of a decision in the newest version of a process, or in a given one, outside any instance.

    Shape: names that the decision reads and `context` lacks are null.
    Raises: UnknownProcess, DecisionError, FeelError.
    """
    table = diagram_of(version_id or current(key).pk).decisions[decision]
    unanswered = dict.fromkeys(table.decision(decision).inputs)
    functions = {"now": lambda: now, "today": lambda: now.astimezone(calendar().zone).date()}
    return table.decide(decision, {**unanswered, **context, **functions})


def files_of(version_id: int) -> Mapping[str, str]:
    """The files a version was deployed with, by path."""
    files: Mapping[str, str] = ProcessVersion.objects.get(pk=version_id).files
    return files


def label(version_id: int, element: str) -> str:
    """The name an element carries in the drawing."""
    return diagram_of(version_id).labels.get(element, "")


def calendar() -> WorkingCalendar:
    """The working-day calendar, read once a process from workflows/calendars."""
    return _calendar(workflows_dir() / "calendars")


@lru_cache(maxsize=256)
def _compiled(version_id: int) -> Diagram:
    version = ProcessVersion.objects.get(pk=version_id)
    return Bundle(version.files, registered()).diagram(version.key)


@lru_cache(maxsize=4)
def _calendar(folder: Path) -> WorkingCalendar:
    return WorkingCalendar([json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))])


def _wait_for_other_deployments() -> None:
    # Locking the newest version would not do: the one who waited would not see the version just made.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('orchestrator.deploy'))")


def _deploy_one(bundle: Bundle, key: str, by: Any, now: datetime) -> ProcessVersion | None:
    files = bundle.files_of(key)
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    last = ProcessVersion.objects.filter(key=key).order_by("-number").first()
    if last is not None and last.content_hash == digest:
        return None
    return ProcessVersion.objects.create(
        key=key,
        number=last.number + 1 if last else 1,
        name=bundle.diagram(key).name,
        content_hash=digest,
        files=files,
        deployed_by=by,
        deployed_at=now,
    )


def read_workflows(folder: Path | None = None) -> dict[str, str]:
    """The files of a workflow folder, by path relative to it."""
    return read_bundle(folder or workflows_dir())

"""What analysts see: the deployed processes, a version with its drawing, linting and deploying new files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orchestrator import api as engine
from portal.web.files import diagram
from portal.web.viewers import ANALYSTS, OPERATORS, Viewer, for_roles

FOLDERS = {".bpmn": "", ".dmn": "policies/", ".json": "forms/", ".yaml": "scenarios/"}
LARGEST = 2 * 1024 * 1024


@dataclass(frozen=True)
class Deployed:
    """A version and how many cases still run on it."""

    version: Any
    running: int
    is_current: bool


@for_roles(*ANALYSTS, *OPERATORS)
def processes(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Every process with its versions, the current one first."""
    groups: dict[str, list[Deployed]] = {}
    for version in engine.versions():
        group = groups.setdefault(version.key, [])
        group.append(Deployed(version, engine.running(version), not group))
    return render(request, "web/processes.html", {"groups": list(groups.values())})


@for_roles(*ANALYSTS, *OPERATORS)
def version_page(request: HttpRequest, viewer: Viewer, version_id: int) -> HttpResponse:
    """One version: its drawing and its files."""
    version = _find(version_id)
    context = {"version": version, "running": engine.running(version), "files": sorted(engine.files_of(version_id))}
    return render(request, "web/version.html", context)


@for_roles(*ANALYSTS, *OPERATORS)
def diagram_of_version(request: HttpRequest, viewer: Viewer, version_id: int) -> HttpResponse:
    """The drawing of a version."""
    return diagram(version_id, _find(version_id).key)


@for_roles(*ANALYSTS)
def deploy(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Files on top of what is deployed: what the checks find, and, if asked and clean, new versions."""
    if request.method != "POST":
        return render(request, "web/deploy.html")
    sent, unknown = _sent(request)
    if unknown or not sent:
        said = _("Choose files ending in .bpmn, .dmn, .json or .yaml, at most 2 MB each.")
        return render(request, "web/deploy.html", {"fault": said, "names": unknown}, status=422)
    files = {**deployed_files(), **sent}
    findings = engine.lint(files)
    if findings or request.POST.get("act") != "deploy":
        context = {"findings": findings, "checked": sorted(sent), "clean": not findings}
        return render(request, "web/deploy.html", context, status=422 if findings else 200)
    made = engine.deploy(files, by=viewer.user, now=viewer.now)
    messages.success(request, _deployed(made))
    return redirect("processes")


def deployed_files() -> dict[str, str]:
    """The newest version of every file, with the calendars of the installation."""
    calendars = {path: text for path, text in engine.read_workflows().items() if path.startswith("calendars/")}
    files: dict[str, str] = {}
    for version in sorted(engine.versions(), key=lambda version: version.pk):
        files |= engine.files_of(version.pk)
    return files | calendars


def _sent(request: HttpRequest) -> tuple[Mapping[str, str], list[str]]:
    found, unknown = {}, []
    for upload in request.FILES.getlist("files"):
        name = PurePosixPath(str(upload.name)).name
        folder = FOLDERS.get(PurePosixPath(name).suffix)
        try:
            if folder is None or (upload.size or 0) > LARGEST:
                raise ValueError(name)
            found[folder + name] = upload.read().decode("utf-8")
        except ValueError:
            unknown.append(name)
    return found, unknown


def _deployed(made: list[Any]) -> str:
    if not made:
        return _("Nothing differs from what is deployed; no new version was made.")
    names = ", ".join(f"{version.name} v{version.number}" for version in made)
    return ngettext("New version for new cases: %(names)s.", "New versions for new cases: %(names)s.", len(made)) % {
        "names": names
    }


def _find(version_id: int) -> Any:
    for version in engine.versions():
        if version.pk == version_id:
            return version
    raise Http404

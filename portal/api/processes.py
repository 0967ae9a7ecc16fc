"""Processes: what is deployed, its diagrams, checking a change and deploying it."""

import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from orchestrator import api as engine
from portal import errors
from portal.accountants.selectors import accountant_of
from portal.api.case_rows import names_of
from portal.api.shapes import Refusal
from portal.api.view import Analyst, JsonBody, View, person_of, read
from portal.errors import Fault, Refused, refuse_faults
from portal.jurisdictions.selectors import roles_of

errors.declare(errors.NOT_FOUND, no_such_version=_("There is no such version of this process."))

PATH_UNKNOWN = _("Not a place of a workflow file: name.bpmn, policies/Name.dmn, forms/name.json, scenarios/name.yaml.")
NOT_UTF_8 = _("The file is not text in UTF-8.")
PATH = r"([a-z][a-z0-9_]*\.bpmn|policies/\w+\.dmn|forms/\w+\.json|scenarios/\w+\.yaml)"


class VersionRow(serializers.Serializer):
    """A deployed version; `running` counts the cases that still run on it."""

    key = serializers.CharField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    deployed_at = serializers.DateTimeField()
    deployed_by = serializers.SerializerMethodField()
    running = serializers.SerializerMethodField()

    def get_deployed_by(self, version: Any) -> str | None:
        """Who deployed it; null for the installation itself."""
        names: dict[int, str] = self.context["names"]
        return names.get(version.deployed_by_id)

    def get_running(self, version: Any) -> int:
        """How many cases run on it."""
        return engine.running(version)


class VersionList(serializers.Serializer):
    """Versions, newest first."""

    versions = VersionRow(many=True)


class ProcessRow(serializers.Serializer):
    """A process with its newest version, and how many cases run on any of its versions."""

    key = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    versions = serializers.IntegerField()
    running = serializers.IntegerField()


class ProcessList(serializers.Serializer):
    """What is deployed."""

    processes = ProcessRow(many=True)


class Bundle(serializers.Serializer):
    """Files by path, laid over the project's own workflow folder; as JSON, or as parts named by path."""

    files = serializers.DictField(child=serializers.CharField(trim_whitespace=False, allow_blank=True))


class FindingRow(serializers.Serializer):
    """What is wrong with a workflow file, and where."""

    file = serializers.CharField()
    line = serializers.IntegerField()
    rule = serializers.CharField()
    element = serializers.CharField()
    sentence = serializers.CharField()


class FindingList(serializers.Serializer):
    """Every finding; none: the files can be deployed."""

    findings = FindingRow(many=True)


class Processes(View):
    """What is deployed."""

    permission_classes = (Analyst,)

    @extend_schema(responses=ProcessList)
    def get(self, request: Request) -> Response:
        """Every process with its newest version."""
        versions = engine.versions()
        keys = sorted({version.key for version in versions})
        rows = [_process([version for version in versions if version.key == key]) for key in keys]
        return Response(ProcessList({"processes": rows}).data)


class Versions(View):
    """The versions of a process."""

    permission_classes = (Analyst,)

    @extend_schema(responses={200: VersionList, 404: Refusal})
    def get(self, request: Request, key: str) -> Response:
        """Every version, newest first, with the cases that run on it."""
        return Response(_version_list(_versions(key)))


class Diagram(View):
    """The drawing of a version."""

    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.BINARY, 403: Refusal, 404: Refusal})
    def get(self, request: Request, key: str, number: int) -> HttpResponse:
        """BPMN 2.0 XML, for staff and for accountants."""
        if not roles_of(person_of(request), self.today) and accountant_of(request.user) is None:
            raise Refused("role_required")
        version = next((version for version in _versions(key) if version.number == number), None)
        if version is None:
            raise Refused("no_such_version", key=key, number=number)
        answer = HttpResponse(version.files[f"{key}.bpmn"], content_type="application/xml; charset=utf-8")
        # A drawing may carry any XML: saved, it is a file; shown, a browser would run what is in it.
        answer.headers["Content-Disposition"] = f'attachment; filename="{key}-{number}.bpmn"'
        return answer


class Change(View):
    """Something done with changed files."""

    permission_classes = (Analyst,)
    parser_classes = (JsonBody, MultiPartParser)


class Lint(Change):
    """Check a change without deploying it."""

    @extend_schema(request=Bundle, responses={200: FindingList, 422: Refusal})
    def post(self, request: Request) -> Response:
        """Every finding about the workflow folder with these files laid over it."""
        findings = engine.lint(_bundle(request))
        return Response(FindingList({"findings": findings}).data)


class Deploy(Change):
    """Deploy a change."""

    @extend_schema(request=Bundle, responses={200: VersionList, 201: VersionList, 422: Refusal})
    def post(self, request: Request) -> Response:
        """Changed diagrams have a new version (201); nothing has changed (200); findings (422)."""
        made = engine.deploy(_bundle(request), by=request.user, now=self.now)
        return Response(_version_list(made), 201 if made else 200)


def _process(versions: list[Any]) -> dict[str, Any]:
    newest = versions[0]
    return {
        "key": newest.key,
        "name": newest.name,
        "version": newest.number,
        "versions": len(versions),
        "running": sum(engine.running(version) for version in versions),
    }


def _versions(key: str) -> list[Any]:
    found = engine.versions(key)
    if not found:
        raise Refused("no_such_version", key=key)
    return found


def _version_list(versions: list[Any]) -> Any:
    names = names_of({version.deployed_by_id for version in versions})
    return VersionList({"versions": versions}, context={"names": names}).data


def _bundle(request: Request) -> dict[str, str]:
    files = _parts(request.FILES.items()) if request.FILES else read(Bundle, request.data)["files"]
    unknown = [path for path in files if re.fullmatch(PATH, path) is None]
    refuse_faults(Fault(path, "path_unknown", PATH_UNKNOWN) for path in unknown)
    return {**engine.read_workflows(), **files}


def _parts(parts: Iterable[tuple[str, Any]]) -> dict[str, str]:
    files = {}
    for path, part in parts:
        try:
            files[path] = part.read().decode()
        except UnicodeDecodeError as fault:
            raise Refused("form_has_faults", faults=[Fault(path, "not_utf_8", NOT_UTF_8)]) from fault
    return files

"""Incidents: outside work that was given up, for operators to look at and try again."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orchestrator import api as engine
from portal.api.shapes import Refusal
from portal.api.view import Operator, View


class IncidentRow(serializers.Serializer):
    """Work that failed too often; `error` names the fault and holds no personal data."""

    id = serializers.IntegerField()
    number = serializers.CharField(source="instance.business_key")
    process = serializers.SerializerMethodField()
    kind = serializers.CharField()
    element = serializers.CharField()
    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    work = serializers.CharField()
    status = serializers.CharField()
    attempts = serializers.IntegerField()
    error = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_process(self, job: Any) -> str:
        """The process key."""
        return str(job.instance.subject.get("process", ""))

    def get_label(self, job: Any) -> str:
        """The element's name in the drawing."""
        return engine.label(job.instance.version_id, job.element)


class IncidentList(serializers.Serializer):
    """Open incidents, oldest first."""

    incidents = IncidentRow(many=True)


class Incidents(View):
    """Open incidents."""

    permission_classes = (Operator,)

    @extend_schema(responses=IncidentList)
    def get(self, request: Request) -> Response:
        """Every open incident, oldest first."""
        return Response(IncidentList({"incidents": engine.incidents()}).data)


class Retry(View):
    """Try an incident's work again."""

    permission_classes = (Operator,)

    @extend_schema(request=None, responses={200: IncidentRow, 404: Refusal})
    def post(self, request: Request, job_id: int) -> Response:
        """The work is due again, with all its attempts."""
        return Response(IncidentRow(engine.retry(job_id, by=request.user, now=self.now)).data)

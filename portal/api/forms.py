"""Forms and drafts: what to fill in for a procedure, which pictures it needs, and what was typed so far."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orchestrator import api as engine
from portal import errors
from portal.accountants.selectors import accountant_of
from portal.api.shapes import Refusal
from portal.api.view import PlainObject, View, own_file, read
from portal.applications import checks, selectors, services
from portal.applications.models import Process
from portal.errors import Refused

errors.declare(errors.NOT_FOUND, no_such_procedure=_("There is no such procedure."))

NOWHERE = ""


class Circumstances(serializers.Serializer):
    """What the needed pictures depend on; what is left out counts as not yet answered."""

    province = serializers.RegexField(r"^\d{6}$", required=False)
    employment = serializers.CharField(max_length=40, required=False)
    qualified = serializers.BooleanField(required=False, allow_null=True, default=None)
    receiving_choice = serializers.CharField(max_length=40, required=False)
    education_level = serializers.CharField(max_length=40, required=False)
    degree = serializers.CharField(max_length=40, required=False)


class WantedMaterial(serializers.Serializer):
    """A picture that must be sent. Units: bytes, pixels; null: not prescribed."""

    kind = serializers.CharField()
    formats = serializers.ListField(child=serializers.CharField(), allow_null=True)
    max_bytes = serializers.IntegerField(allow_null=True)
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)


class FormRow(serializers.Serializer):
    """The form of a procedure as JSON Schema, and the pictures it needs in these circumstances."""

    process = serializers.CharField()
    schema = serializers.DictField()
    materials = WantedMaterial(many=True)


class DraftRow(serializers.Serializer):
    """What was typed and not yet submitted."""

    process = serializers.CharField(read_only=True)
    data = PlainObject()  # type: ignore[assignment]


class Form(View):
    """What to fill in for a procedure."""

    @extend_schema(parameters=[Circumstances], responses={200: FormRow, 404: Refusal})
    def get(self, request: Request, process: str) -> Response:
        """The JSON Schema of the form, and the pictures that must be sent with it."""
        wanted = read(Circumstances, request.query_params)
        person = accountant_of(request.user)
        wanted.setdefault("province", person.province if person else NOWHERE)
        row = {
            "process": _known(process).value,
            "schema": checks.form_of(process, process),
            "materials": _materials(process, wanted, self.now),
        }
        return Response(FormRow(row).data)


class Draft(View):
    """What one has typed for a procedure."""

    @extend_schema(responses={200: DraftRow, 403: Refusal, 404: Refusal})
    def get(self, request: Request, process: str) -> Response:
        """The draft; empty if there is none."""
        data = selectors.draft_of(own_file(request).id, _known(process))
        return Response(DraftRow({"process": process, "data": data}).data)

    @extend_schema(request=DraftRow, responses={200: DraftRow, 403: Refusal, 404: Refusal, 422: Refusal})
    def put(self, request: Request, process: str) -> Response:
        """The draft replaces the one before."""
        person = own_file(request)
        given = read(DraftRow, request.data)
        row = services.save_draft(accountant_id=person.id, process=_known(process), now=self.now, **given)
        return Response(DraftRow(row).data)


def _known(process: str) -> Process:
    if process not in Process.values:
        raise Refused("no_such_procedure", process=process)
    return Process(process)


def _materials(process: str, wanted: dict[str, Any], now: datetime) -> Any:
    submitted = now.astimezone(engine.calendar().zone)
    context = {**wanted, "process": process, "submitted": submitted}
    return engine.ask(process, "RequiredMaterials", context, now).value

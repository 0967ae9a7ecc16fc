"""Pictures: send one before the application it belongs to, and look at one."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accountants.selectors import accountant_of
from portal.api.case_rows import MaterialRow
from portal.api.shapes import Refusal
from portal.api.view import View, own_file, read
from portal.applications.selectors import may_see
from portal.applications.services import find_case
from portal.errors import Refused
from portal.materials import selectors, services

TYPES = {"jpeg": "image/jpeg", "png": "image/png"}


class Sent(serializers.Serializer):
    """A picture and what it shows; `kind` as the form's list of pictures names it."""

    kind = serializers.RegexField(r"^[a-z][a-z0-9_]*$", max_length=40)
    file = serializers.FileField(max_length=255)


class Materials(View):
    """One's own pictures."""

    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": Sent}, responses={201: MaterialRow, 403: Refusal, 422: Refusal})
    def post(self, request: Request) -> Response:
        """The picture is kept; name its id in the application's `materials`."""
        person = own_file(request)
        given = read(Sent, request.data)
        # One byte more than is ever accepted says "too large" as well as a gigabyte does.
        content = given["file"].read(services.LARGEST + 1)
        row = services.accept(owner_id=person.id, kind=given["kind"], content=content, now=self.now)
        return Response(MaterialRow(row).data, 201)


class Material(View):
    """The bytes of a picture."""

    @extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY, 404: Refusal})
    def get(self, request: Request, material_id: int) -> HttpResponse:
        """The picture, for its owner and for those who may see its case."""
        row = selectors.material_by_id(material_id)
        if not self._is_for(row, request.user):
            raise Refused("no_such_material", material=material_id)
        return _picture(row)

    def _is_for(self, row: selectors.MaterialRow, user: Any) -> bool:
        person = accountant_of(user)
        if person is not None and person.id == row.owner_id:
            return True
        return bool(row.case) and may_see(find_case(row.case), by=user, now=self.now)


def _picture(row: selectors.MaterialRow) -> HttpResponse:
    with selectors.open_material(row.id) as file:
        answer = HttpResponse(file.read(), content_type=TYPES[row.format])
    answer.headers["Content-Disposition"] = f'inline; filename="material-{row.id}.{row.format}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store, private"
    return answer

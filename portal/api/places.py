"""Provinces, divisions and offices: reference data for everybody, also for people who have not signed in."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.shapes import Refusal
from portal.api.throttles import PublicRate
from portal.api.view import View, read
from portal.jurisdictions import selectors


class ProvinceRow(serializers.Serializer):
    """A province served here; `code` of GB/T 2260."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    portal_name = serializers.CharField()


class ProvinceList(serializers.Serializer):
    """The provinces served."""

    provinces = ProvinceRow(many=True)


class DivisionRow(serializers.Serializer):
    """A place; `code` is null for a function zone, `path` is what other requests name it by."""

    path = serializers.CharField()
    code = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    kind = serializers.CharField()
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    full_name = serializers.CharField()


class DivisionList(serializers.Serializer):
    """The places directly under another."""

    divisions = DivisionRow(many=True)


class OfficeRow(serializers.Serializer):
    """An office and how to reach it; contact is the nearest office above that has a telephone."""

    path = serializers.CharField()
    division = serializers.CharField()
    province = serializers.CharField()
    name = serializers.CharField()
    phones = serializers.ListField(child=serializers.CharField())
    address = serializers.CharField()
    serves = serializers.CharField()
    is_hotline = serializers.BooleanField()
    is_referral = serializers.BooleanField()
    referral_to = serializers.CharField()
    contact_name = serializers.CharField()
    contact_phones = serializers.ListField(child=serializers.CharField())


class OfficeList(serializers.Serializer):
    """Offices in the directory's order."""

    offices = OfficeRow(many=True)


class OfficesWanted(serializers.Serializer):
    """Words that must all occur in the office's entry; a province's code."""

    q = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    province = serializers.RegexField(r"^\d{6}$", required=False, default="", allow_blank=True)


class DivisionsWanted(serializers.Serializer):
    """The path above; empty: the provinces."""

    under = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)


class Public(View):
    """Open to strangers, at a limited rate."""

    permission_classes = (AllowAny,)
    throttle_classes = (PublicRate,)


class Provinces(Public):
    """Provinces."""

    @extend_schema(responses=ProvinceList)
    def get(self, request: Request) -> Response:
        """The provinces served, by code."""
        return Response(ProvinceList({"provinces": selectors.provinces()}).data)


class Divisions(Public):
    """Divisions."""

    @extend_schema(parameters=[DivisionsWanted], responses={200: DivisionList, 422: Refusal})
    def get(self, request: Request) -> Response:
        """The direct children of a place, by code."""
        under = read(DivisionsWanted, request.query_params)["under"]
        return Response(DivisionList({"divisions": selectors.divisions_under(under)}).data)


class Offices(Public):
    """Offices."""

    @extend_schema(parameters=[OfficesWanted], responses={200: OfficeList, 404: Refusal, 422: Refusal})
    def get(self, request: Request) -> Response:
        """The offices in whose entry every word occurs, of one province or of all."""
        wanted = read(OfficesWanted, request.query_params)
        province = wanted["province"]
        codes = [selectors.province_by_code(province).code] if province else [row.code for row in selectors.provinces()]
        found = [office for code in codes for office in selectors.search_offices(wanted["q"], code)]
        return Response(OfficeList({"offices": found}).data)

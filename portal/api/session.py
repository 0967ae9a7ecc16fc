"""Signing in with a token, signing out, and who one is."""

from typing import Any

from django.contrib.auth import authenticate, logout
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from portal import errors
from portal.accountants.selectors import accountant_of
from portal.api.shapes import Refusal
from portal.api.throttles import SignInNameRate, SignInRate
from portal.api.view import View, person_of, read
from portal.errors import Refused
from portal.jurisdictions.selectors import appointments_of, divisions_by_path, roles_of

UNAUTHORIZED = 401

errors.declare(UNAUTHORIZED, credentials_wrong=_("User name or password is wrong."))


class Credentials(serializers.Serializer):
    """What one signs in with."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class TokenRow(serializers.Serializer):
    """Send it as `Authorization: Token <token>`."""

    token = serializers.CharField()


class AppointmentRow(serializers.Serializer):
    """A role at a place; `path` is null where the role covers the whole country."""

    role = serializers.CharField()
    path = serializers.CharField(allow_null=True)
    place = serializers.CharField()


class OwnFileRow(serializers.Serializer):
    """The accountant's file; number and phone are masked."""

    id = serializers.IntegerField()
    masked_name = serializers.CharField()
    id_type = serializers.CharField()
    masked_id_number = serializers.CharField()
    masked_phone = serializers.CharField()
    province = serializers.CharField()
    province_name = serializers.CharField()
    division = serializers.CharField(allow_null=True)
    division_name = serializers.CharField()
    file_state = serializers.CharField()
    locked_by = serializers.CharField(allow_null=True)
    collected_at = serializers.DateTimeField(allow_null=True)


class MeRow(serializers.Serializer):
    """Who is signed in."""

    username = serializers.CharField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    scopes = AppointmentRow(many=True)
    accountant = OwnFileRow(allow_null=True)


class Login(View):
    """Sign in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (SignInRate, SignInNameRate)

    @extend_schema(request=Credentials, responses={200: TokenRow, 401: Refusal, 429: Refusal})
    def post(self, request: Request) -> Response:
        """Answer with the person's token."""
        given = read(Credentials, request.data)
        user = authenticate(request._request, **given)
        if user is None:
            raise Refused("credentials_wrong")
        token, _created = Token.objects.get_or_create(user=user)
        return Response(TokenRow({"token": token.key}).data)


class Logout(View):
    """Sign out everywhere the token is used, and of the browser's session."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Forget the token."""
        Token.objects.filter(user=person_of(request)).delete()
        logout(request._request)
        return Response(status=204)


class Me(View):
    """Who is signed in, with which roles where."""

    @extend_schema(responses=MeRow)
    def get(self, request: Request) -> Response:
        """Describe the person."""
        user = person_of(request)
        row = {
            "username": user.get_username(),
            "name": user.get_full_name(),
            "roles": roles_of(user, self.today),
            "scopes": _scopes(user, self),
            "accountant": accountant_of(user),
        }
        return Response(MeRow(row).data)


def _scopes(user: Any, view: View) -> list[dict[str, str | None]]:
    held = appointments_of(user, view.today)
    places = divisions_by_path(row.path for row in held if row.path)
    return [
        {"role": row.role, "path": row.path, "place": places[row.path].full_name if row.path else ""} for row in held
    ]

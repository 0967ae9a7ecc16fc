"""What every view of the API shares: the moment of the request, who may call it, and reading what was sent."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any, ClassVar, cast

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from orchestrator import api as engine
from portal import errors
from portal.accountants.selectors import AccountantRow, accountant_of
from portal.applications.reviewing import today
from portal.errors import Refused
from portal.jurisdictions.selectors import roles_of

errors.declare(
    errors.FORBIDDEN,
    role_required=_("Your role does not include this."),
    applicants_only=_("Only an accountant with an account here can do this."),
)

REVIEWERS = frozenset({"district_reviewer", "city_reviewer", "supervisor"})
LARGEST_ID = 2**63 - 1


class JsonBody(JSONParser):
    """Reads JSON; what is nested deeper than the interpreter's stack is malformed like any other rubbish."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body's value. Raises: ParseError."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as fault:
            raise ParseError from fault


class View(APIView):
    """A view that reads the clock once, before anything else: `now` and `today` are the request's."""

    parser_classes: Sequence[type[BaseParser]] = (JsonBody,)
    now: datetime

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read the clock, then authenticate, permit and throttle."""
        self.now = engine.now()
        super().initial(request, *args, **kwargs)

    @property
    def today(self) -> date:
        """The day in the calendar's zone."""
        return today(self.now)


class HoldsRole(BasePermission):
    """Signed in, and appointed to one of `roles` today."""

    roles: ClassVar[frozenset[str]]

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the view may be called. Raises: role_required."""
        if not request.user.is_authenticated:
            return False
        if self.roles.isdisjoint(roles_of(person_of(request), view.today)):
            raise Refused("role_required")
        return True


class Reviewer(HoldsRole):
    """Reviewers of districts and cities, and supervisors."""

    roles = REVIEWERS


class Analyst(HoldsRole):
    """Process analysts."""

    roles = frozenset({"analyst"})


class Operator(HoldsRole):
    """Operators."""

    roles = frozenset({"operator"})


def person_of(request: Request) -> User:
    """The person who asks; for views that only signed-in people reach."""
    return cast(User, request.user)


def own_file(request: Request) -> AccountantRow:
    """The file of the person who asks. Raises: applicants_only."""
    person = accountant_of(request.user)
    if person is None:
        raise Refused("applicants_only")
    return person


def read(shape: type[serializers.Serializer], given: Any) -> dict[str, Any]:
    """What was sent, in the shape that was asked for. Raises: ValidationError with every fault."""
    serializer = shape(data=given)
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


class PlainObject(serializers.DictField):
    """A JSON object that the database can keep: no NUL, no half of a character pair, no infinite number."""

    default_error_messages = {"not_plain": _("The text contains characters that cannot be stored.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The object as given."""
        given: dict[str, Any] = super().to_internal_value(data)
        try:
            text = json.dumps(given, ensure_ascii=False, allow_nan=False).encode()
        except ValueError:
            self.fail("not_plain")
        # Pairs of backslashes are one typed backslash; what is left of an escaped NUL is a real one.
        if rb"\u0000" in text.replace(rb"\\", b""):
            self.fail("not_plain")
        return given

"""Applications: submit, read, withdraw, correct."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal import errors
from portal.api.case_rows import CaseDetail, CaseList, CaseListRow, Timeline, names_of
from portal.api.shapes import Refusal
from portal.api.view import LARGEST_ID, PlainObject, View, own_file, read
from portal.applications import selectors, services, timeline
from portal.applications.models import Process
from portal.errors import Refused

errors.declare(
    errors.INVALID,
    idempotency_key_missing=_(
        "Send the header Idempotency-Key: a new word of at most 64 characters for each application, and the"
        " same word when a submission is repeated."
    ),
)
errors.declare(errors.FORBIDDEN, not_your_case=_("Only the applicant can do this."))

KEY_LENGTH = 64
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A repeated submission with the same key answers with the first one's number.",
)


class Given(PlainObject):
    """The form's data, and `materials`: the ids of pictures sent before."""

    default_error_messages = {"materials": _("Materials are a list of the ids of uploaded pictures.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The object as given."""
        given = super().to_internal_value(data)
        if not _are_ids(given.get("materials", [])):
            self.fail("materials")
        return given


class Submitted(serializers.Serializer):
    """An application: which procedure, and the answers of its form."""

    process = serializers.ChoiceField(Process.choices)
    data = Given()  # type: ignore[assignment]


class Corrected(serializers.Serializer):
    """The corrected form, whole."""

    data = Given()  # type: ignore[assignment]


class Withdrawn(serializers.Serializer):
    """Why, if the applicant wants to say."""

    why = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class Applications(View):
    """One's own applications."""

    @extend_schema(operation_id="applications_list", responses=CaseList)
    def get(self, request: Request) -> Response:
        """My applications, newest first."""
        return Response(CaseList({"applications": selectors.cases_of(request.user)}).data)

    @extend_schema(
        parameters=[KEY], request=Submitted, responses={201: CaseListRow, 403: Refusal, 409: Refusal, 422: Refusal}
    )
    def post(self, request: Request) -> Response:
        """Submit an application."""
        person = own_file(request)
        key = _request_key(request)
        given = read(Submitted, request.data)
        row = services.submit(accountant_id=person.id, by=request.user, now=self.now, request_key=key, **given)
        return Response(CaseListRow(selectors.case_row(row)).data, 201)


class Application(View):
    """One application."""

    @extend_schema(responses={200: CaseDetail, 404: Refusal})
    def get(self, request: Request, number: str) -> Response:
        """The application, for its applicant and for the offices it concerns."""
        case = selectors.case_for(number, by=request.user, now=self.now)
        return Response(CaseDetail(case, context={"reader": request.user}).data)


class ApplicationTimeline(View):
    """What happened to an application."""

    @extend_schema(responses={200: Timeline, 404: Refusal})
    def get(self, request: Request, number: str) -> Response:
        """Public events for everyone who may see the case; the whole history for staff."""
        case = selectors.case_for(number, by=request.user, now=self.now)
        application = services.find_case(number)
        is_staff = case.applicant.user_id != request.user.pk
        history = timeline.full_history_of(application) if is_staff else None
        row = {"lines": timeline.timeline_of(application), "history": history}
        names = names_of({line.by for line in history or ()})
        return Response(Timeline(row, context={"names": names}).data)


class Withdraw(View):
    """Withdraw an application."""

    @extend_schema(request=Withdrawn, responses={200: CaseListRow, 403: Refusal, 404: Refusal, 409: Refusal})
    def post(self, request: Request, number: str) -> Response:
        """The application is withdrawn, or its withdrawal has been asked of the national platform."""
        refuse_others_case(number, request.user, self.now)
        given = read(Withdrawn, request.data)
        row = services.withdraw(number=number, by=request.user, now=self.now, **given)
        return Response(CaseListRow(selectors.case_row(row)).data)


class Resubmit(View):
    """Correct an application that was returned."""

    @extend_schema(
        request=Corrected,
        responses={200: CaseListRow, 403: Refusal, 404: Refusal, 409: Refusal, 422: Refusal},
    )
    def post(self, request: Request, number: str) -> Response:
        """The corrected application is back with its office."""
        refuse_others_case(number, request.user, self.now)
        given = read(Corrected, request.data)
        row = services.resubmit(number=number, by=request.user, now=self.now, **given)
        return Response(CaseListRow(selectors.case_row(row)).data)


def refuse_others_case(number: str, user: Any, now: datetime) -> None:
    """Nothing, if it is the person's own case. Raises: no_such_case, not_your_case."""
    case = selectors.case_for(number, by=user, now=now)
    if case.applicant.user_id != user.pk:
        raise Refused("not_your_case")


def _request_key(request: Request) -> str:
    key: str = request.headers.get("Idempotency-Key", "").strip()
    if not (0 < len(key) <= KEY_LENGTH and key.isascii() and key.isprintable()):
        raise Refused("idempotency_key_missing")
    return key


def _are_ids(given: Any) -> bool:
    is_list = isinstance(given, list)
    return is_list and all(type(number) is int and 0 < number <= LARGEST_ID for number in given)

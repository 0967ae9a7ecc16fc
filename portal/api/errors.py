"""Every refusal as JSON: a stable code, a sentence, the faults of single fields, and who was faster."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from portal.api.shapes import DecidedRow
from portal.errors import Fault
from portal.explain import Explanation, decision_in, explain

log = logging.getLogger(__name__)

SENTENCES: Mapping[int, tuple[str, str]] = {
    400: ("malformed", gettext_noop("The request cannot be read. Check that its body is what its content type says.")),
    401: ("not_signed_in", gettext_noop("Sign in first.")),
    403: ("not_permitted", gettext_noop("Your account may not do this.")),
    404: ("no_such_page", gettext_noop("There is no such address. Addresses of the API end with a slash.")),
    405: ("method_not_allowed", gettext_noop("This address does not accept this method.")),
    406: ("not_acceptable", gettext_noop("The answer is only available as JSON.")),
    413: ("too_large", gettext_noop("The request is too large.")),
    415: ("unsupported_media_type", gettext_noop("This content type is not accepted here.")),
    429: ("too_many_requests", gettext_noop("Too many requests. Wait a little and try again.")),
    503: ("busy", gettext_noop("The system is busy. Nothing was changed; please try again.")),
}

STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (Http404, 404),
    (PermissionDenied, 403),
    (RequestDataTooBig, 413),
    (SuspiciousOperation, 400),
    (OperationalError, 503),
)


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Return the answer to an exception of a view; whatever it is, the body has the same shape."""
    request = context.get("request")
    # The user is looked at only where no lookup can fail: authentication itself may have raised.
    viewer = None if _is_of_http(exc) else getattr(request, "user", None)
    told = _told(exc, viewer)
    if told.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed: %s %s", told.code, type(exc).__name__, exc_info=exc)
    set_rollback()
    return Response(_body(told, exc, viewer), told.status, headers=_headers(exc))


def _is_of_http(exc: Exception) -> bool:
    return isinstance(exc, exceptions.APIException | Http404 | PermissionDenied | SuspiciousOperation)


def _told(exc: Exception, viewer: Any) -> Explanation:
    if isinstance(exc, exceptions.ValidationError):
        faults = tuple(_faults(exc.get_full_details(), ""))
        return Explanation(422, "form_has_faults", _("Please correct the fields marked below."), faults)
    status = _status(exc)
    if status is None:
        return explain(exc, viewer)
    code, sentence = SENTENCES[status]
    return Explanation(status, code, _(sentence))


def _status(exc: Exception) -> int | None:
    if isinstance(exc, exceptions.APIException):
        return exc.status_code if exc.status_code in SENTENCES else None
    return next((status for kind, status in STATUSES if isinstance(exc, kind)), None)


def _faults(detail: Any, field: str) -> Iterator[Fault]:
    if isinstance(detail, Mapping) and set(detail) == {"message", "code"}:
        yield Fault(field, str(detail["code"]), str(detail["message"]))
    elif isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _faults(inner, field if name == "non_field_errors" else f"{field}.{name}".strip("."))
    else:
        for inner in detail:
            yield from _faults(inner, field)


def _body(told: Explanation, exc: Exception, viewer: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "code": told.code,
        "sentence": told.sentence,
        "faults": [
            {"field": fault.field, "code": fault.code, "sentence": str(fault.sentence)} for fault in told.faults
        ],
    }
    decision = decision_in(exc, viewer)
    if decision is not None:
        body["decided"] = DecidedRow(decision).data
    return body


def _headers(exc: Exception) -> dict[str, str]:
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(exc.auth_header)  # type: ignore[attr-defined]
    if getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(exc.wait) + 1)  # type: ignore[attr-defined]
    return headers

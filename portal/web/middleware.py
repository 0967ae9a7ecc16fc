"""Language and refusals, for every page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from orchestrator import api as engine
from portal.errors import CONFLICT, Refused
from portal.explain import explain

Answer = Callable[[HttpRequest], HttpResponse]


class ChosenLanguage:
    """Pages are Chinese unless the person chose English; what the browser prefers does not count.

    The API keeps Django's own choice by `Accept-Language`, which this middleware runs after.
    """

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the chosen language."""
        if request.path_info.startswith("/api/"):
            return self._answer(request)
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        known = dict(settings.LANGUAGES)
        language = wanted if wanted in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self._answer(request)
        response.headers["Content-Language"] = language
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class RefusalPages:
    """A refusal of portal or engine becomes a page with the right status and a sentence; the API has its own."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self._answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show a refusal; anything else stays an error of ours."""
        if request.path_info.startswith("/api/") or not isinstance(exception, Refused | engine.EngineError):
            return None
        return refusal_page(request, exception)


TITLES = {
    403: lambda: _("This page is not for your account"),
    404: lambda: _("Not found"),
    409: lambda: _("This cannot be done now"),
    422: lambda: _("This cannot be done like that"),
    429: lambda: _("Too many attempts"),
}


def refusal_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a refusal."""
    told = explain(exception, getattr(request, "user", None))
    title = TITLES.get(told.status, lambda: _("Something went wrong"))()
    if told.status == CONFLICT and isinstance(exception, engine.EngineError):
        title = _("The matter has moved on")
    context = {"told": told, "title": title}
    return render(request, "web/refusal.html", context, status=told.status)

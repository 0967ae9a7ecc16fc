"""Signing in and out; a demonstration shows who is there to be."""

import csv
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login, logout
from django.contrib.auth.views import LoginView
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from portal import errors
from portal.accountants.models import FileState
from portal.errors import Refused
from portal.jurisdictions.models import Role
from portal.jurisdictions.reference_files import DATA
from portal.jurisdictions.selectors import divisions_by_path, provinces

errors.declare(429, too_many_attempts=_lazy("Too many attempts to sign in. Wait a minute, then try again."))

MOST_ATTEMPTS = 10
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Persona:
    """A seeded person one may be in a demonstration."""

    username: str
    name: str
    group: str
    where: str
    state: str = ""


class SignIn(LoginView):
    """User name and password; in a demonstration also a button for each seeded person."""

    template_name = "web/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign in, unless this name was tried too often in the last minute."""
        refuse_guessing(request.POST.get("username", ""))
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and in a demonstration the people by role."""
        groups: dict[str, list[Persona]] = {}
        for persona in seeded_people() if is_open_demonstration() else ():
            groups.setdefault(persona.group, []).append(persona)
        return {**super().get_context_data(**kwargs), "people": list(groups.items())}


def refuse_guessing(name: str) -> None:
    """Nothing, up to ten attempts a minute with a name.

    Raises: too_many_attempts. The cache holds no name.
    """
    key = f"sign-in-name:{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:32]}"
    cache.add(key, 0, timeout=60)
    if cache.incr(key) > MOST_ATTEMPTS:
        raise Refused("too_many_attempts")


@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """One is a seeded person of an open demonstration; anywhere else this page does not exist."""
    name = request.POST.get("username", "")
    if not is_open_demonstration() or name not in {persona.username for persona in seeded_people()}:
        raise Http404
    login(request, get_object_or_404(get_user_model(), username=name), backend=BACKEND)
    return redirect("home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The session is over."""
    logout(request)
    return redirect("login")


def is_open_demonstration() -> bool:
    """Whether everybody may be anybody: a demonstration whose operator set no password of his own."""
    return settings.DEMO and not os.environ.get("DEMO_PASSWORD")


def seeded_people() -> Iterator[Persona]:
    """The seeded people who are in the database, staff first."""
    staff, accountants = _lines("staff"), _lines("accountants")
    places = divisions_by_path({line["path"] for line in (*staff, *accountants) if line["path"]})
    names = {row.code: row.name for row in provinces()}
    for line in staff:
        where = places[line["path"]].full_name if line["path"] in places else _("Whole country")
        yield Persona(line["username"], line["name"], str(Role(line["role"]).label), where)
    for line in accountants:
        where = places[line["path"]].full_name if line["path"] in places else names.get(line["province"], "")
        state = str(FileState(line["file_state"]).label)
        yield Persona(line["username"], line["name"], _("Accountants"), where, state)


def _lines(kind: str) -> list[dict[str, str]]:
    with (DATA / "people" / f"{kind}.csv").open(encoding="utf-8", newline="") as lines:
        found = list(csv.DictReader(lines))
    known = get_user_model().objects.filter(username__in=[line["username"] for line in found])
    there = set(known.values_list("username", flat=True))
    return [line for line in found if line["username"] in there]

"""Who looks at a page, when, and which pages that person may open."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from orchestrator import api as engine
from portal import errors
from portal.accountants.selectors import AccountantRow, accountant_of
from portal.errors import Refused
from portal.jurisdictions.selectors import roles_of

errors.declare(errors.FORBIDDEN, wrong_account=_("Your account does not open this page. Sign in with another one."))

REVIEWERS = ("district_reviewer", "city_reviewer", "supervisor")
ANALYSTS = ("analyst",)
OPERATORS = ("operator",)

Rest = ParamSpec("Rest")


@dataclass(frozen=True)
class Viewer:
    """A signed-in person at one moment; `accountant` is None for staff."""

    user: Any
    roles: frozenset[str]
    accountant: AccountantRow | None
    now: datetime

    @property
    def today(self) -> date:
        """The day in the calendar's zone."""
        return self.now.astimezone(engine.calendar().zone).date()

    @property
    def reviews(self) -> bool:
        """Whether this person has an inbox."""
        return not self.roles.isdisjoint(REVIEWERS)


View = Callable[Concatenate[HttpRequest, Viewer, Rest], HttpResponse]
Guarded = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


def viewer_of(request: HttpRequest) -> Viewer:
    """The signed-in person of a request; reads the clock, once for each request."""
    known: Viewer | None = getattr(request, "viewer", None)
    if known is None:
        now = engine.now()
        day = now.astimezone(engine.calendar().zone).date()
        roles = frozenset(roles_of(request.user, day))  # type: ignore[arg-type]
        known = Viewer(request.user, roles, accountant_of(request.user), now)
        request.viewer = known  # type: ignore[attr-defined]
    return known


def for_anyone(view: "View[Rest]") -> "Guarded[Rest]":
    """The page is for every signed-in person."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        return view(request, viewer_of(request), *args, **kwargs)

    return guarded


def for_roles(*roles: str) -> Callable[["View[Rest]"], "Guarded[Rest]"]:
    """The page is for people who hold one of these roles today. Raises: wrong_account."""

    def decorate(view: "View[Rest]") -> "Guarded[Rest]":
        @for_anyone
        @wraps(view)
        def guarded(request: HttpRequest, viewer: Viewer, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
            if viewer.roles.isdisjoint(roles):
                raise Refused("wrong_account")
            return view(request, viewer, *args, **kwargs)

        return guarded

    return decorate


def for_accountants(view: "View[Rest]") -> "Guarded[Rest]":
    """The page is for people with a file of their own. Raises: wrong_account."""

    @for_anyone
    @wraps(view)
    def guarded(request: HttpRequest, viewer: Viewer, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if viewer.accountant is None:
            raise Refused("wrong_account")
        return view(request, viewer, *args, **kwargs)

    return guarded


def own_file(viewer: Viewer) -> AccountantRow:
    """The person's own file. Raises: wrong_account."""
    if viewer.accountant is None:
        raise Refused("wrong_account")
    return viewer.accountant

"""The reviewer's inbox: one indexed page of open tasks, its filters in the address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from orchestrator import api as engine
from portal.applications import reviewing
from portal.applications.models import Process
from portal.errors import Refused
from portal.jurisdictions.selectors import appointments_of, divisions_by_path, office_for
from portal.web.days import days_left, short_moment
from portal.web.viewers import REVIEWERS, Viewer, for_roles

PAGE = 40
SHOWN = ("process", "holder", "due", "number")
VIEWS = (
    ("", gettext_lazy("All")),
    ("holder=mine", gettext_lazy("Mine")),
    ("holder=nobody", gettext_lazy("Not claimed")),
    ("due=late", gettext_lazy("Overdue")),
)


@dataclass(frozen=True)
class Row:
    """A task as the inbox lists it; `urgency` is late, soon, fine or empty."""

    id: int
    number: str
    process: str
    step: str
    applicant: str
    office: str
    round: int
    arrived: str
    urgency: str
    due: str
    holder: str
    mine: bool
    escalated: bool


@dataclass(frozen=True)
class Tab:
    """A ready-made filter with the number of tasks it leaves."""

    title: str
    query: str
    count: int
    current: bool


@for_roles(*REVIEWERS)
def inbox(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """One page of the open tasks of this person's offices, the oldest first."""
    places, chosen = places_of(viewer), asked(request.GET)
    filters = filters_from(chosen, viewer)
    page = engine.page_of(places, filters, cursor(request.GET.get("after", "")), PAGE)
    context = {
        "rows": rows_of(page.tasks, viewer),
        "chosen": chosen,
        "query": urlencode(chosen),
        "tabs": list(_tabs(places, chosen, viewer)),
        "count": engine.count_open(places, filters),
        "after": request.GET.get("after", ""),
        "next": _address(chosen, page.next) if page.next else "",
        "processes": Process.choices,
        "offices": offices_of(viewer),
        "roomy": _has_roomy_rows(request),
        "only_above": "district_reviewer" not in viewer.roles,
    }
    return render(request, "web/inbox.html", context)


@require_POST
@for_roles(*REVIEWERS)
def take_next(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The oldest task nobody holds is claimed and opened."""
    chosen = asked(request.POST)
    filters = replace(filters_from(chosen, viewer), holder=None, unheld=True)
    for task in engine.page_of(places_of(viewer), filters, limit=5).tasks:
        try:
            reviewing.claim(task.pk, by=viewer.user, now=viewer.now)
        except (Refused, engine.EngineError):
            continue  # a colleague was faster, or it is one's own case: take the next one
        return redirect(task_address(task.pk, urlencode(chosen)))
    messages.info(request, _("Nothing is waiting to be claimed."))
    return redirect(_address(chosen))


def places_of(viewer: Viewer) -> list[engine.Place]:
    """Where this person's tasks are: the offices of a district reviewer, everything below for the others."""
    places = []
    for held in appointments_of(viewer.user, viewer.today):
        if held.path is None or held.role not in REVIEWERS:
            continue
        above = held.role != "district_reviewer"
        places.append(engine.Place(held.role, held.path, below=above))
        if above:
            places.append(engine.Place(held.role, held.path, below=True, escalated=True))
    return places


def offices_of(viewer: Viewer) -> list[str]:
    """The names of the places this person works for."""
    paths = [held.path for held in appointments_of(viewer.user, viewer.today) if held.path]
    return [row.full_name for row in divisions_by_path(paths).values()]


def asked(given: QueryDict) -> dict[str, str]:
    """The filters of an address that narrow anything."""
    words = {name: str(given.get(name, "")).strip() for name in SHOWN}
    return {name: word for name, word in words.items() if word}


def filters_from(chosen: dict[str, str], viewer: Viewer) -> engine.Filters:
    """The engine's filters for those of an address."""
    due = {"late": viewer.now, "today": _end_of(viewer, 0), "soon": _end_of(viewer, 3)}
    return engine.Filters(
        process=chosen.get("process", ""),
        number=chosen.get("number", ""),
        holder=viewer.user if chosen.get("holder") == "mine" else None,
        unheld=chosen.get("holder") == "nobody",
        due_before=due.get(chosen.get("due", "")),
    )


def rows_of(tasks: Iterable[Any], viewer: Viewer) -> list[Row]:
    """Tasks as the inbox lists them."""
    found = list(tasks)
    places = divisions_by_path({task.scope for task in found})
    names = {path: row.name for path, row in places.items()}
    return [_row(task, names, viewer) for task in found]


def task_address(task_id: int, query: str) -> str:
    """The address of a task's page that remembers the filters it was found with."""
    address = reverse("task", args=[task_id])
    return f"{address}?{query}" if query else address


def office_name(scope: str) -> str:
    """The office of a scope, as people call it."""
    try:
        return office_for(scope).name
    except Refused:
        return scope


def next_task(viewer: Viewer, chosen: dict[str, str], but: int) -> Any | None:
    """The next task for this person under these filters: one's own first, then what nobody holds."""
    places, filters = places_of(viewer), filters_from(chosen, viewer)
    mine = replace(filters, holder=viewer.user, unheld=False)
    free = replace(filters, holder=None, unheld=True)
    for narrowed in (mine, free):
        for task in engine.page_of(places, narrowed, limit=2).tasks:
            if task.pk != but:
                return task
    return None


def cursor(text: str) -> tuple[datetime, int] | None:
    """The key after which a page begins; None for the first page or an address somebody changed."""
    moment, _bar, number = text.rpartition("_")
    try:
        key = (datetime.fromisoformat(moment), int(number))
    except ValueError:
        return None
    return key if key[0].tzinfo else None


def _row(task: Any, names: dict[str, str], viewer: Viewer) -> Row:
    urgency, due = days_left(task.due_at, viewer.now) if task.due_at else ("", "")
    return Row(
        id=task.pk,
        number=task.subject.get("number", task.instance.business_key),
        process=str(Process(task.process).label) if task.process in Process.values else task.process,
        step=task.name,
        applicant=task.subject.get("applicant", ""),
        office=names.get(task.scope, task.scope),
        round=task.round,
        arrived=short_moment(task.opened_at, viewer.today),
        urgency=urgency,
        due=due,
        holder=_holder(task, viewer),
        mine=task.holder_id == viewer.user.pk,
        escalated=task.escalated_at is not None,
    )


def _holder(task: Any, viewer: Viewer) -> str:
    if task.holder is None:
        return ""
    return _("me") if task.holder_id == viewer.user.pk else task.holder.get_full_name() or task.holder.username


def _tabs(places: list[engine.Place], chosen: dict[str, str], viewer: Viewer) -> Iterable[Tab]:
    for query, title in VIEWS:
        wanted = asked(QueryDict(query))
        count = engine.count_open(places, filters_from(wanted, viewer))
        yield Tab(str(title), query, count, wanted == chosen)


def _has_roomy_rows(request: HttpRequest) -> bool:
    # Rows with targets of 24 pixels for who needs them (WCAG 2.2, 2.5.8), until signing out.
    wanted = request.GET.get("rows")
    if wanted in ("roomy", "dense"):
        request.session["rows"] = wanted
    return request.session.get("rows") == "roomy"


def _end_of(viewer: Viewer, days: int) -> datetime:
    local = viewer.now.astimezone(engine.calendar().zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days + 1)


def _address(chosen: dict[str, str], after: tuple[datetime, int] | None = None) -> str:
    key = {"after": f"{after[0].isoformat()}_{after[1]}"} if after else {}
    query = urlencode({**chosen, **key})
    return f"{reverse('inbox')}?{query}" if query else reverse("inbox")

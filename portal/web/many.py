"""Approving several tasks at once: first what will be done, then what was done."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from portal.applications import reviewing
from portal.applications.reviewing import MOST_AT_ONCE, BulkResult
from portal.errors import Refused
from portal.explain import explain
from portal.web.inbox import asked, rows_of
from portal.web.viewers import REVIEWERS, Viewer, for_roles


@dataclass(frozen=True)
class Done:
    """What became of one task; `sentence` says why it was not done, empty if it was."""

    number: str
    sentence: str


@require_POST
@for_roles(*REVIEWERS)
def approve_many(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """A page that asks for confirmation; confirmed, the approvals and what became of each."""
    chosen = asked(request.POST)
    ids = [int(text) for text in request.POST.getlist("task") if text.isdecimal()][:MOST_AT_ONCE]
    tasks = [task for task in (_visible(number, viewer) for number in ids) if task is not None]
    if not tasks:
        return redirect("inbox")
    context: dict[str, Any] = {"rows": rows_of(tasks, viewer), "chosen": chosen, "query": urlencode(chosen)}
    if request.POST.get("confirmed") != "yes":
        return render(request, "web/approve_many.html", context)
    numbers = {task.pk: task.instance.business_key for task in tasks}
    results = reviewing.decide_many(numbers, by=viewer.user, outcome="approve", now=viewer.now)
    context["done"] = [_done(result, numbers, viewer) for result in results]
    context["approved"] = sum(result.refusal is None for result in results)
    return render(request, "web/approved_many.html", context)


def _visible(task_id: int, viewer: Viewer) -> Any | None:
    try:
        return reviewing.visible_task(task_id, by=viewer.user, now=viewer.now)
    except Refused:
        return None


def _done(result: BulkResult, numbers: dict[int, str], viewer: Viewer) -> Done:
    sentence = "" if result.refusal is None else explain(result.refusal, viewer.user).sentence
    return Done(numbers[result.task], sentence)

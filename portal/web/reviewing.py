"""The reviewer's case page: everything about one task, and deciding it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orchestrator import api as engine
from portal.applications import reviewing
from portal.applications.checks import form_of
from portal.applications.selectors import case_for
from portal.errors import Fault, Refused
from portal.explain import explain
from portal.web.answers import read_answers
from portal.web.inbox import asked, next_task, task_address
from portal.web.reasons import read_reasons
from portal.web.task_shown import Typed, task_context
from portal.web.viewers import REVIEWERS, Viewer, for_roles

DONE = {
    "approve": lambda number: _("%(number)s approved.") % {"number": number},
    "return": lambda number: _("%(number)s returned for correction.") % {"number": number},
    "refuse": lambda number: _("%(number)s refused.") % {"number": number},
}
PAGE_FAULTS = ("form_has_faults", "reasons_required")


@for_roles(*REVIEWERS)
def task_page(request: HttpRequest, viewer: Viewer, task_id: int) -> HttpResponse:
    """The page of a task; a POST decides it, keeps a draft, or shows what is missing."""
    task = reviewing.visible_task(task_id, by=viewer.user, now=viewer.now)
    if request.method != "POST" and task.closed_at is not None:
        messages.info(request, _("This task is closed; what was decided is in the case."))
        return redirect("case", task.instance.business_key)
    if request.method != "POST":
        return _show(request, viewer, task, Typed.of_draft(task.draft), asked(request.GET))
    typed = Typed(_entered(request, task), tuple(read_reasons(request.POST)))
    outcome = request.POST.get("outcome", "")
    if outcome == "draft":
        reviewing.save_draft(task_id, by=viewer.user, draft=typed.as_draft(), now=viewer.now)
        messages.success(request, _("Draft kept. Only you and your colleagues see it."))
        return redirect(task_address(task_id, urlencode(asked(request.POST))))
    return _decide(request, viewer, task, typed, outcome)


def _decide(request: HttpRequest, viewer: Viewer, task: Any, typed: Typed, outcome: str) -> HttpResponse:
    chosen = asked(request.POST)
    if outcome == "approve" and typed.reasons:
        sentence = _("You marked reasons. Unmark them to approve, or return the case.")
        return _show(request, viewer, task, typed, chosen, (Fault("reasons", "reasons_marked", sentence),))
    try:
        reviewing.decide(
            task.pk,
            by=viewer.user,
            outcome=outcome,
            reasons=typed.reasons if outcome != "approve" else (),
            data=dict(typed.data),
            revision=_revision(request),
            now=viewer.now,
        )
    except (Refused, engine.EngineError) as refusal:
        if refusal.code not in PAGE_FAULTS:
            raise
        return _show(request, viewer, task, typed, chosen, _faults(refusal, viewer))
    messages.success(request, DONE[outcome](task.instance.business_key))
    return _go_on(request, viewer, task, chosen)


@require_POST
@for_roles(*REVIEWERS)
def move_task(request: HttpRequest, viewer: Viewer, task_id: int, act: str) -> HttpResponse:
    """Claim, release, hand over to a colleague, or send to another office."""
    who: dict[str, Any] = {"by": viewer.user, "now": viewer.now}
    why, chosen = request.POST.get("why", "").strip()[:300], asked(request.POST)
    if act == "claim":
        reviewing.claim(task_id, **who)
        messages.success(request, _("You hold this case now."))
    elif act == "release":
        reviewing.release(task_id, **who)
        messages.success(request, _("The case is free for your colleagues again."))
    elif act == "hand-over":
        reviewing.hand_over(task_id, to=request.POST.get("to", ""), why=why, **who)
        messages.success(request, _("The case is with your colleague now."))
    elif act == "re-route":
        reviewing.reroute(task_id, scope=request.POST.get("scope", ""), why=why, **who)
        messages.success(request, _("The case was sent to the other office."))
        return redirect("inbox")
    else:
        raise Http404
    return redirect(task_address(task_id, urlencode(chosen)))


def _show(
    request: HttpRequest,
    viewer: Viewer,
    task: Any,
    typed: Typed,
    chosen: dict[str, str],
    faults: tuple[Fault, ...] = (),
) -> HttpResponse:
    case = case_for(task.instance.business_key, by=viewer.user, now=viewer.now)
    context = task_context(viewer, task, case, typed, faults)
    context |= {"chosen": chosen, "query": urlencode(chosen), "faults": faults}
    return render(request, "web/task.html", context, status=422 if faults else 200)


def _go_on(request: HttpRequest, viewer: Viewer, task: Any, chosen: dict[str, str]) -> HttpResponse:
    following = next_task(viewer, chosen, task.pk)
    if following is None:
        messages.info(request, _("Nothing else is waiting in this list."))
        return redirect("inbox")
    return redirect(task_address(following.pk, urlencode(chosen)))


def _entered(request: HttpRequest, task: Any) -> Mapping[str, Any]:
    if not task.form:
        return {}
    schema = form_of(task.process, task.form)
    return read_answers(schema, schema["properties"], request.POST.dict(), {})


def _revision(request: HttpRequest) -> int | None:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() else None


def _faults(refusal: Exception, viewer: Viewer) -> tuple[Fault, ...]:
    told = explain(refusal, viewer.user)
    return tuple(told.faults) or (Fault("reasons", told.code, told.sentence),)

"""Correcting a returned case: what the office asked for stands first and open, the rest can be changed too."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from portal.applications import services
from portal.applications.models import State
from portal.applications.selectors import Case, draft_of
from portal.errors import Fault, Refused
from portal.materials.selectors import materials_of
from portal.web.answers import add_row, read_answers, remove_row
from portal.web.answers_shown import sections_of
from portal.web.applying import declarations, faults_of
from portal.web.cases import own_case, titles_for
from portal.web.form_rules import Applying
from portal.web.questions import Question
from portal.web.reasons import Shown, show_reasons
from portal.web.uploads import point_at, read_uploads, slots_of
from portal.web.viewers import Viewer, for_accountants, own_file
from portal.web.with_faults import point, with_faults


@for_accountants
def correct(request: HttpRequest, viewer: Viewer, number: str) -> HttpResponse:
    """The form with the reasons at their fields; a POST keeps what was typed and, if all is well, hands it in."""
    case = own_case(viewer, number)
    if case.row.state != State.RETURNED:
        raise Refused("not_returned", number=number)
    applying = Applying(case.row.process, own_file(viewer), viewer.now)
    data = _begun(case)
    if request.method != "POST":
        return _show(request, applying, case, data, ())
    data, refused = _typed(request, applying, data)
    services.save_draft(
        accountant_id=case.applicant.id, process=case.row.process, data=_kept(data, case), now=viewer.now
    )
    faults = (*refused, *faults_of(applying, data, case=number))
    if faults or request.POST.get("send") != "yes":
        return _show(request, applying, case, data, faults if request.POST.get("send") == "yes" else refused)
    sworn = dict.fromkeys(declarations(applying), True)
    services.resubmit(number=number, data={**data, **sworn}, by=viewer.user, now=viewer.now)
    services.save_draft(accountant_id=case.applicant.id, process=case.row.process, data={}, now=viewer.now)
    messages.success(request, _("Your correction was sent. The office continues with the review."))
    return redirect("case", number)


def _begun(case: Case) -> dict[str, Any]:
    """What was typed for this round, else what was submitted."""
    draft = draft_of(case.applicant.id, case.row.process)
    if draft.get("correction_of") == [case.row.number, case.round]:
        return {name: value for name, value in draft.items() if name != "correction_of"}
    newest = {row.kind: row.id for row in reversed(materials_of(case.row.number))}
    return {**case.data, "materials": list(newest.values())}


def _kept(data: Mapping[str, Any], case: Case) -> dict[str, Any]:
    return {**data, "correction_of": [case.row.number, case.round]}


def _typed(request: HttpRequest, applying: Applying, data: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    form = applying.form(data)
    asked = [name for name in form.names(data) if name not in declarations(applying)]
    data = read_answers(form.schema, asked, request.POST.dict(), data)
    if "add" in request.POST:
        data = add_row(data, request.POST["add"])
    if "remove" in request.POST:
        name, _dot, at = request.POST["remove"].rpartition(".")
        data = remove_row(data, name, int(at)) if at.isdecimal() else data
    wanted = applying.wanted(data)
    ids, refused = read_uploads(request, wanted, applying.person.id, data.get("materials", ()), applying.now)
    return {**data, "materials": ids}, refused


def _show(
    request: HttpRequest, applying: Applying, case: Case, data: Mapping[str, Any], faults: Iterable[Fault]
) -> HttpResponse:
    reasons = show_reasons(case.reasons, titles_for(case))
    faults = tuple({fault.field: fault for fault in reversed(tuple(faults))}.values())
    form = applying.form(data)
    asked = [name for name in form.names(data) if name not in declarations(applying)]
    questions = with_faults(form.questions(asked, data), faults)
    questions = [replace(question, reasons=_why(reasons, question.name)) for question in questions]
    why = {reason.item: _why(reasons, reason.item) for reason in reasons}
    slots = slots_of(applying.wanted(data), data.get("materials", ()), faults, why)
    named = [question for question in questions if question.reasons or question.error]
    context = {
        "case": case,
        "reasons": reasons,
        "named": named,
        "others": _others(applying, form.province, questions, named),
        "slots": [slot for slot in slots if slot.reasons or slot.error or not slot.given],
        "other_slots": [slot for slot in slots if slot.given and not slot.reasons and not slot.error],
        "pointed": [*point(questions, _fields(faults)), *point_at(slots)],
    }
    return render(request, "web/correct.html", context, status=422 if context["pointed"] else 200)


def _why(reasons: Iterable[Shown], item: str) -> tuple[str, ...]:
    return tuple(reason.sentence for reason in reasons if reason.item == item)


def _others(
    applying: Applying, province: str, questions: list[Question], named: list[Question]
) -> list[tuple[str, list[Question]]]:
    shown = {question.name for question in named}
    sections = sections_of(applying.form({}).schema, province)
    parts = [
        (section.title, [q for q in questions if q.name in section.names and q.name not in shown])
        for section in sections
    ]
    return [(title, asked) for title, asked in parts if asked]


def _fields(faults: Iterable[Fault]) -> list[Fault]:
    return [fault for fault in faults if not fault.field.startswith("materials.")]

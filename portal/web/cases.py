"""The page of one case, for its applicant and for staff, and withdrawing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from orchestrator import api as engine
from portal.applications import reviewing, services
from portal.applications.selectors import Case, case_for
from portal.applications.services import find_case
from portal.applications.timeline import timeline_of
from portal.errors import Refused
from portal.jurisdictions.selectors import destination_by_code, provinces
from portal.materials.selectors import MaterialRow, materials_of
from portal.web.answers_shown import blocks_of, round_before, titles_of
from portal.web.case_words import must_apply_elsewhere, standing_of, steps_of
from portal.web.form_rules import in_order, material_title
from portal.web.reasons import show_reasons
from portal.web.task_shown import history_context
from portal.web.viewers import Viewer, for_accountants, for_anyone

REASONED = ("returned", "end_refused")


@for_anyone
def case_page(request: HttpRequest, viewer: Viewer, number: str) -> HttpResponse:
    """A case as the viewer may see it. Raises: no_such_case."""
    case = case_for(number, by=viewer.user, now=viewer.now)
    if viewer.accountant is not None and viewer.accountant.id == case.applicant.id:
        return render(request, "web/case.html", _for_applicant(viewer, case))
    return render(request, "web/case_staff.html", _for_staff(viewer, case))


@for_accountants
def withdraw_page(request: HttpRequest, viewer: Viewer, number: str) -> HttpResponse:
    """First what withdrawing means, then it is done. Raises: no_such_case, not_withdrawn_now, already_ended."""
    case = own_case(viewer, number)
    if request.method != "POST":
        if not case.may_withdraw:
            raise Refused("not_withdrawn_now", number=number)
        return render(request, "web/withdraw.html", {"case": case})
    why = request.POST.get("why", "").strip()[:300]
    services.withdraw(number=number, by=viewer.user, why=why, now=viewer.now)
    messages.success(request, _("Your withdrawal was recorded."))
    return redirect("case", number)


def own_case(viewer: Viewer, number: str) -> Case:
    """The viewer's own case. Raises: no_such_case, also for a case one only reviews."""
    case = case_for(number, by=viewer.user, now=viewer.now)
    if viewer.accountant is None or viewer.accountant.id != case.applicant.id:
        raise Refused("no_such_case", number=number)
    return case


def titles_for(case: Case) -> dict[str, str]:
    """The titles of fields and of kinds of files, for reasons that name them."""
    kinds = {row.kind for row in materials_of(case.row.number)}
    return titles_of(case.row.process) | {kind: material_title(kind) for kind in kinds}


def newest_of(rows: list[MaterialRow]) -> list[tuple[str, MaterialRow]]:
    """The newest file of each kind with its title."""
    newest = {row.kind: row for row in reversed(rows)}
    return [(material_title(kind), newest[kind]) for kind in in_order(set(newest))]


def _for_applicant(viewer: Viewer, case: Case) -> dict[str, Any]:
    titles = titles_for(case)
    lines = timeline_of(find_case(case.row.number))
    return {
        "case": case,
        "standing": standing_of(case, viewer.today),
        "steps": steps_of(case),
        "reasons": show_reasons(case.reasons, titles) if case.row.state in REASONED else [],
        "lines": [(line, show_reasons(line.reasons, titles)) for line in lines],
        "blocks": blocks_of(case.row.process, case.province, case.data),
        "files": newest_of(materials_of(case.row.number)),
        "other_province": _other_side(case),
        "may_apply_in": must_apply_elsewhere(case) and _is_served(case),
    }


def _for_staff(viewer: Viewer, case: Case) -> dict[str, Any]:
    before = round_before(case.row.number)
    open_tasks = engine.waiting_of(case.row.number)
    mine = [task for task in open_tasks if reviewing.may_review(task, by=viewer.user, now=viewer.now)]
    titles = titles_for(case)
    return {
        "case": case,
        "task_id": mine[0].pk if mine else None,
        "blocks": blocks_of(case.row.process, case.province, case.data, before),
        "before": before,
        "files": newest_of(materials_of(case.row.number)),
        "reasons": show_reasons(case.reasons, titles),
        **history_context(case, titles),
    }


def _is_served(case: Case) -> bool:
    return case.transfer is not None and case.transfer.destination in {row.code for row in provinces()}


def _other_side(case: Case) -> str:
    if case.transfer is None:
        return ""
    code = case.transfer.destination if case.transfer.direction == "out" else case.transfer.source
    try:
        return destination_by_code(code).name
    except Refused:
        return ""

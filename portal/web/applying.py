"""Applying: the list of parts, one page for each, checking the answers, and what happens next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.applications import checks, services
from portal.applications.models import Process
from portal.applications.selectors import draft_of
from portal.errors import Fault, Refused
from portal.jurisdictions.selectors import OfficeRow, office_for
from portal.web.answers import add_row, read_answers, remove_row
from portal.web.answers_shown import Section, blocks_of, sections_of
from portal.web.case_words import standing_of, steps_ahead, steps_of
from portal.web.cases import own_case
from portal.web.form_rules import Applying, material_title
from portal.web.questions import Question
from portal.web.uploads import FILES, Slot, point_at, read_uploads, slots_of
from portal.web.viewers import Viewer, for_accountants, own_file
from portal.web.with_faults import Pointed, point, with_faults


@dataclass(frozen=True)
class Part:
    """A part of an application in the list of parts; `state` is done, begun or todo."""

    id: str
    title: str
    state: str


@for_accountants
def hub(request: HttpRequest, viewer: Viewer, process: str) -> HttpResponse:
    """What is needed, which parts are done, and the way on."""
    applying = _applying(viewer, process)
    data = draft_of(applying.person.id, process)
    faults = faults_of(applying, data)
    parts = [_part(section, data, faults, applying) for section in _sections(applying, data)]
    context = {
        "process": process,
        "title": Process(process).label,
        "parts": parts,
        "ready": all(part.state in ("done", "free") for part in parts),
        "wanted": applying.wanted(data),
        "ahead": steps_ahead(process, applying.review(data), _office_name(applying, data)),
        "begun": bool(data),
        "next_part": next((part.id for part in parts if part.state in ("todo", "begun")), parts[0].id),
    }
    return render(request, "web/apply_hub.html", context)


@for_accountants
def section_page(request: HttpRequest, viewer: Viewer, process: str, section: str) -> HttpResponse:
    """One part: whatever was typed is kept, then either the next part opens or the faults are named."""
    applying = _applying(viewer, process)
    data = dict(draft_of(applying.person.id, process))
    part = _find(_sections(applying, data), section)
    if request.method != "POST":
        return _show(request, applying, part, data, ())
    if part.id == FILES:
        return _keep_files(request, applying, part, data)
    asked = _asked(applying, part, data)
    data = _typed(request, applying, asked, data)
    if "add" in request.POST or "remove" in request.POST or "peek" in request.POST:
        return _show(request, applying, part, data, ())
    _keep(applying, data)
    new = set(_asked(applying, part, data)) - set(asked)
    faults = _mine(faults_of(applying, data), part, applying, data)
    if new or faults:
        quiet = [fault for fault in faults if fault.field.split(".")[0] not in new]
        return _show(request, applying, part, data, quiet, added=bool(new))
    return _next(request, applying, part, data)


@for_accountants
def check_answers(request: HttpRequest, viewer: Viewer, process: str) -> HttpResponse:
    """All answers with a way back to each, the declaration, and submitting."""
    applying = _applying(viewer, process, submitting=request.method == "POST")
    data = dict(draft_of(applying.person.id, process))
    if request.method != "POST":
        return _show_check(request, applying, data, ())
    request_key = request.POST.get("request_key", "")[:64] or uuid4().hex
    submitted_before = services.submitted_with(applying.person.id, request_key)
    if submitted_before is not None:
        return redirect("submitted", submitted_before.number)
    data |= {name: True for name in declarations(applying) if request.POST.get(name) == "on"}
    try:
        application = services.submit(
            accountant_id=applying.person.id,
            process=process,
            data=data,
            by=viewer.user,
            now=viewer.now,
            request_key=request_key,
        )
    except Refused as refusal:
        if not refusal.faults:
            raise
        return _show_check(request, applying, data, refusal.faults)
    return redirect("submitted", application.number)


@for_accountants
def submitted(request: HttpRequest, viewer: Viewer, number: str) -> HttpResponse:
    """The reference number, and what happens next."""
    case = own_case(viewer, number)
    context = {"case": case, "standing": standing_of(case, viewer.today), "steps": steps_of(case)}
    return render(request, "web/submitted.html", context)


def faults_of(applying: Applying, data: Mapping[str, Any], case: str | None = None) -> tuple[Fault, ...]:
    """Every fault of the answers so far; the declaration is asked last and not counted.

    Raises: what forbids the application altogether.
    """
    sworn = {**data, **dict.fromkeys(declarations(applying), True)}
    process, province = Process(applying.process), applying.province(data)
    try:
        checks.check(process, applying.person, province, sworn, applying.now, case=case)
    except Refused as refusal:
        if not refusal.faults:
            raise
        return refusal.faults
    return ()


def declarations(applying: Applying) -> list[str]:
    """The declarations of a form: what can only be agreed to."""
    fields = applying.form({}).schema["properties"]
    return [name for name, field in fields.items() if field.get("const") is True]


def _applying(viewer: Viewer, process: str, *, submitting: bool = False) -> Applying:
    if process not in Process.values:
        raise Http404
    person = own_file(viewer)
    if not submitting:
        services.refuse_second(person.id, process)
    return Applying(process, person, viewer.now)


def _sections(applying: Applying, data: Mapping[str, Any]) -> list[Section]:
    form = applying.form(data)
    found = sections_of(form.schema, form.province)
    sworn = set(declarations(applying))
    kept = [section for section in found if set(section.names) & set(form.names(data)) - sworn]
    if applying.wanted(data):
        kept.append(Section(FILES, _("Files"), ()))
    return kept


def _find(sections: Iterable[Section], wanted: str) -> Section:
    for section in sections:
        if section.id == wanted:
            return section
    raise Http404


def _asked(applying: Applying, part: Section, data: Mapping[str, Any]) -> list[str]:
    sworn = set(declarations(applying))
    return [name for name in applying.form(data).names(data) if name in part.names and name not in sworn]


def _typed(request: HttpRequest, applying: Applying, asked: list[str], data: dict[str, Any]) -> dict[str, Any]:
    data = read_answers(applying.form(data).schema, asked, request.POST.dict(), data)
    if "add" in request.POST:
        return add_row(data, request.POST["add"])
    if "remove" in request.POST:
        name, _dot, at = request.POST["remove"].rpartition(".")
        return remove_row(data, name, int(at)) if at.isdecimal() else data
    return data


def _keep(applying: Applying, data: Mapping[str, Any]) -> None:
    services.save_draft(accountant_id=applying.person.id, process=applying.process, data=data, now=applying.now)


def _keep_files(request: HttpRequest, applying: Applying, part: Section, data: dict[str, Any]) -> HttpResponse:
    wanted = applying.wanted(data)
    ids, refused = read_uploads(request, wanted, applying.person.id, data.get("materials", ()), applying.now)
    data["materials"] = ids
    _keep(applying, data)
    faults = (*refused, *_mine(faults_of(applying, data), part, applying, data))
    named = {fault.field: fault for fault in reversed(faults)}
    if named:
        return _show(request, applying, part, data, tuple(named.values()))
    return _next(request, applying, part, data)


def _mine(faults: Iterable[Fault], part: Section, applying: Applying, data: Mapping[str, Any]) -> tuple[Fault, ...]:
    if part.id == FILES:
        return tuple(fault for fault in faults if fault.field.startswith("materials."))
    asked = set(part.names)
    return tuple(fault for fault in faults if fault.field.split(".")[0] in asked)


def _next(request: HttpRequest, applying: Applying, part: Section, data: Mapping[str, Any]) -> HttpResponse:
    if request.GET.get("from") == "check":
        return redirect("apply_check", applying.process)
    ids = [section.id for section in _sections(applying, data)]
    following = ids[ids.index(part.id) + 1 :] if part.id in ids else []
    if following:
        return redirect("apply_section", applying.process, following[0])
    return redirect("apply_check", applying.process)


def _show(
    request: HttpRequest,
    applying: Applying,
    part: Section,
    data: Mapping[str, Any],
    faults: Iterable[Fault],
    *,
    added: bool = False,
) -> HttpResponse:
    questions: list[Question] = []
    slots: list[Slot] = []
    pointed: list[Pointed]
    if part.id == FILES:
        slots = slots_of(applying.wanted(data), data.get("materials", ()), faults)
        pointed = point_at(slots)
    else:
        asked = applying.form(data).questions(_asked(applying, part, data), data)
        questions, pointed = with_faults(asked, faults), point(asked, faults)
    ids = [section.id for section in _sections(applying, data)]
    context = {
        "process": applying.process,
        "title": Process(applying.process).label,
        "part": part,
        "questions": questions,
        "slots": slots,
        "pointed": pointed,
        "added": added,
        "at": ids.index(part.id) + 1 if part.id in ids else 1,
        "of": len(ids),
        "person": applying.person if part.id == ids[0] else None,
    }
    return render(request, "web/apply_section.html", context, status=422 if pointed else 200)


def _show_check(
    request: HttpRequest, applying: Applying, data: Mapping[str, Any], faults: Iterable[Fault]
) -> HttpResponse:
    found = tuple(faults) or faults_of(applying, data)
    form = applying.form(data)
    sworn = form.questions(declarations(applying), data)
    names = set(declarations(applying))
    given = {name: value for name, value in data.items() if name in form.schema["properties"]}
    context = {
        "process": applying.process,
        "title": Process(applying.process).label,
        "blocks": blocks_of(applying.process, form.province, given),
        "slots": slots_of(applying.wanted(data), data.get("materials", ()), ()),
        "declarations": with_faults(sworn, faults),
        "pointed": [_elsewhere(applying, data, fault) for fault in found if fault.field not in names]
        + point(sworn, faults),
        "incomplete": any(fault.field not in names for fault in found),
        "request_key": request.POST.get("request_key") or uuid4().hex,
        "office": _office(applying, data),
        "ahead": steps_ahead(applying.process, applying.review(data), _office_name(applying, data)),
    }
    return render(request, "web/apply_check.html", context, status=422 if request.method == "POST" else 200)


def _elsewhere(applying: Applying, data: Mapping[str, Any], fault: Fault) -> Pointed:
    name = fault.field.split(".")[0]
    sections = _sections(applying, data)
    home = next((section.id for section in sections if name in section.names), None)
    part = home or (FILES if name == "materials" else sections[0].id)
    target = fault.field.removeprefix("materials.").replace(".", "-")
    address = reverse("apply_section", args=[applying.process, part])
    title = material_title(target) if name == "materials" else ""
    return Pointed(f"{address}?from=check#q-{target}", title, str(fault.sentence), elsewhere=True)


def _part(section: Section, data: Mapping[str, Any], faults: Iterable[Fault], applying: Applying) -> Part:
    begun = any(name in data for name in (*section.names, *(["materials"] if section.id == FILES else [])))
    faulty = bool(_mine(faults, section, applying, data))
    return Part(section.id, section.title, ("begun" if begun else "todo") if faulty else "done" if begun else "free")


def _office(applying: Applying, data: Mapping[str, Any]) -> OfficeRow | None:
    path = data.get("division") or applying.person.division
    try:
        return office_for(str(path)) if path else None
    except Refused:
        return None


def _office_name(applying: Applying, data: Mapping[str, Any]) -> str:
    office = _office(applying, data)
    return office.name if office else _("The office of your place")

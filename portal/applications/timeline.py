"""What happened to a case in plain words: offices are named, reviewers are not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from orchestrator import api as engine
from portal.applications.models import Application
from portal.errors import Refused
from portal.jurisdictions.selectors import office_for


@dataclass(frozen=True)
class Line:
    """One event: `sentence` for everybody; `by` (a user's id), `element` and `rules` for staff only."""

    at: datetime
    kind: str
    sentence: str
    reasons: tuple[Mapping[str, Any], ...]
    by: int | None
    element: str
    name: str
    rules: tuple[Mapping[str, Any], ...]


def timeline_of(application: Application) -> list[Line]:
    """The public events of a case, newest first."""
    office = _office_name(application)
    lines = [_line(row, office) for row in engine.read_history_of(application.number)]
    return [line for line in reversed(lines) if line.sentence and not _is_internal(line)]


def full_history_of(application: Application) -> list[Line]:
    """Every event of a case for staff, oldest first, with who did it and which rule rows matched."""
    office = _office_name(application)
    return [_line(row, office) for row in engine.read_history_of(application.number)]


def _is_internal(line: Line) -> bool:
    # The office's own reminders and deadlines; a correction that did not come concerns the applicant.
    return line.kind == "timer_done" and line.name != ""


def _line(row: engine.HistoryRow, office: str) -> Line:
    return Line(
        at=row.at,
        kind=row.kind,
        sentence=_sentence(row, office),
        reasons=tuple(row.detail.get("reasons", ())),
        by=row.by,
        element=row.element,
        name=row.name,
        rules=tuple(row.detail.get("rows", ())),
    )


def _sentence(row: engine.HistoryRow, office: str) -> str:
    words = {"office": office, "step": row.name}
    templates = {
        "started": _("You submitted the application"),
        "task_approve": _("%(office)s approved: %(step)s"),
        "task_return": _("%(office)s returned it for correction"),
        "task_refuse": _("%(office)s refused it"),
        "task_resubmit": _("You submitted the correction"),
        "rerouted": _("Sent on to another office"),
        "cancelled": _("The case was cancelled"),
        "timer_done": _("Date reached: %(step)s"),
        "external_done": _("Done: %(step)s"),
    }
    if row.kind == "timer_done" and not row.name:
        return _("No correction came in time")
    if row.kind == "message":
        return _message(row)
    if row.kind == "passed":
        return _end(row)
    return templates.get(row.kind, "") % words


def _message(row: engine.HistoryRow) -> str:
    return {
        "application.withdraw": _("You asked to withdraw"),
        "national.received": _("The destination received the file"),
        "national.returned": _("The destination returned the application; correct it there or withdraw here"),
        "national.revoked": _("The other province withdrew the transfer"),
        "national.offered": _("The other province uploaded the transfer"),
        "collection.completed": _("The information collection is complete"),
    }.get(row.name, "")


def _end(row: engine.HistoryRow) -> str:
    is_final = row.detail.get("type") == "EndEvent" and row.element.startswith("end_")
    return _("Finished: %(step)s") % {"step": row.name} if is_final else ""


def _office_name(application: Application) -> str:
    place = application.office or application.applicant.division
    try:
        return office_for(place.path if place else application.province_id).name
    except Refused:
        return application.province.name

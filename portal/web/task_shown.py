"""What the reviewer's case page shows: answers and files to mark, the review form, history, colleagues, offices."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from orchestrator import api as engine
from portal.applications.checks import form_of
from portal.applications.selectors import Case
from portal.applications.services import find_case
from portal.applications.timeline import Line, full_history_of
from portal.errors import Fault, Sentence
from portal.jurisdictions.selectors import AppointmentRow, people_for
from portal.materials.selectors import MaterialRow, materials_of
from portal.web.answers_shown import blocks_of, round_before, titles_of
from portal.web.days import days_left
from portal.web.form_rules import divisions_to_choose, in_order, material_title
from portal.web.inbox import office_name
from portal.web.questions import Form, Option, Question
from portal.web.reasons import FIELD, FREE, PICTURE, WHOLE, Shown, show_reasons
from portal.web.viewers import Viewer

STAFF_EVENTS: dict[str, Sentence] = {
    "started": _("The applicant submitted the application"),
    "task_resubmit": _("The applicant sent the correction"),
    "claimed": _("Claimed"),
    "released": _("Released"),
    "handed_over": _("Handed over"),
    "incident": _("Stopped by a fault"),
    "incident_retried": _("Tried again"),
}


@dataclass(frozen=True)
class Typed:
    """What a reviewer entered: the review form's data and the reasons."""

    data: Mapping[str, Any]
    reasons: tuple[Mapping[str, Any], ...]

    @classmethod
    def of_draft(cls, draft: Mapping[str, Any]) -> "Typed":
        """What was kept with the task."""
        return cls(draft.get("data", {}), tuple(draft.get("reasons", ())))

    def as_draft(self) -> dict[str, Any]:
        """What to keep with the task."""
        return {"data": dict(self.data), "reasons": [dict(reason) for reason in self.reasons]}


@dataclass(frozen=True)
class Mark:
    """A stock phrase to tick for one item."""

    value: str
    label: str
    ticked: bool


@dataclass(frozen=True)
class Marks:
    """The ways to object to one item: phrases and a free text."""

    item: str
    title: str
    marks: tuple[Mark, ...]
    text: str

    @property
    def is_open(self) -> bool:
        """Whether something is objected."""
        return bool(self.text) or any(mark.ticked for mark in self.marks)


@dataclass(frozen=True)
class Picture:
    """A file beside the form, with the ways to object to it; `older` are earlier ones of its kind."""

    row: MaterialRow
    title: str
    marks: Marks
    older: tuple[MaterialRow, ...]


@dataclass(frozen=True)
class Event:
    """A line of the history for staff."""

    line: Line
    words: str
    who: str
    reasons: tuple[Shown, ...]


def task_context(viewer: Viewer, task: Any, case: Case, typed: Typed, faults: Iterable[Fault]) -> dict[str, Any]:
    """Everything the case page shows."""
    before = round_before(case.row.number)
    titles = titles_of(case.row.process)
    blocks = blocks_of(case.row.process, case.province, case.data, before)
    names = [answer.name for block in blocks for answer in block.answers]
    files = materials_of(case.row.number)
    titles |= {row.kind: material_title(row.kind) for row in files}
    return {
        "task": task,
        "case": case,
        "blocks": blocks,
        "before": before,
        "marks": {name: _marks(name, titles.get(name, ""), FIELD, typed) for name in names},
        "whole": _marks("", str(_("The application as a whole")), WHOLE, typed),
        "pictures": list(_pictures(files, typed)),
        "questions": _review_questions(task, case, typed, faults),
        "proposal": _proposal(task, case),
        "due": days_left(task.due_at, viewer.now) if task.due_at else None,
        "office": office_name(task.scope),
        "holder": task.holder,
        "is_mine": task.holder_id == viewer.user.pk,
        "is_free": task.holder_id is None,
        "may_return": "return" in task.acts,
        "may_refuse": "refuse" in task.acts,
        "colleagues": _colleagues(viewer, task),
        "other_offices": _other_offices(task),
        **history_context(case, titles),
    }


def history_context(case: Case, titles: Mapping[str, str]) -> dict[str, Any]:
    """History, matched rule rows and the position in the drawing."""
    lines = full_history_of(find_case(case.row.number))
    names = _names({line.by for line in lines if line.by is not None})
    here = _here(case)
    rules = [(engine.label(case.version, line.element), line.rules) for line in lines if line.rules]
    return {
        "events": list(reversed(list(_events(lines, case, names, titles)))),
        "rules": rules,
        "here": " ".join(here),
        "passed": " ".join(sorted({line.element for line in lines if line.kind == "passed"}.difference(here))),
        "standing": [engine.label(case.version, element) or element for element in here],
    }


def _here(case: Case) -> list[str]:
    """People's steps if there are any: beside them, what could interrupt them says little."""
    steps = [task.element for task in engine.waiting_of(case.row.number)]
    return sorted(set(steps)) or sorted(case.here)


def _marks(item: str, title: str, phrases: Mapping[str, Sentence], typed: Typed) -> Marks:
    ticked = {reason["code"] for reason in typed.reasons if reason.get("item", "") == item}
    free = [str(r["text"]) for r in typed.reasons if r.get("item", "") == item and r["code"] == FREE]
    marks = tuple(Mark(f"{item}|{code}", str(words), code in ticked) for code, words in phrases.items())
    return Marks(item, title, marks, free[0] if free else "")


def _pictures(files: list[MaterialRow], typed: Typed) -> Iterator[Picture]:
    for kind in in_order({row.kind for row in files}):
        newest, *older = [row for row in files if row.kind == kind]
        title = material_title(kind)
        yield Picture(newest, title, _marks(kind, title, PICTURE, typed), tuple(older))


def _review_questions(task: Any, case: Case, typed: Typed, faults: Iterable[Fault]) -> list[Question]:
    if not task.form:
        return []
    schema = form_of(task.process, task.form)
    form = Form(schema, case.province, {}, frozenset(), frozenset(), frozenset())
    proposed = _proposal(task, case)
    data = {"credits": proposed, **typed.data} if proposed is not None else typed.data
    said = {fault.field: str(fault.sentence) for fault in faults}
    return [replace(q, error=said.get(q.name, "")) for q in form.questions(schema["properties"], data)]


def _proposal(task: Any, case: Case) -> Any:
    if task.form != "credit_review":
        return None
    return (engine.variables_of(case.row.number).get("proposal") or {}).get("credits")


def _colleagues(viewer: Viewer, task: Any) -> list[AppointmentRow]:
    return [row for row in people_for(task.role, task.scope, viewer.today) if row.user_id != viewer.user.pk]


def _other_offices(task: Any) -> list[tuple[str, list[Option]]]:
    options = [place for place in divisions_to_choose(task.scope.split("/")[0]) if place.value != task.scope]
    groups: dict[str, list[Option]] = {}
    for option in options:
        groups.setdefault(option.group, []).append(option)
    return list(groups.items())


def _events(lines: Iterable[Line], case: Case, names: Mapping[int, str], titles: Mapping[str, str]) -> Iterator[Event]:
    for line in lines:
        words = str(STAFF_EVENTS.get(line.kind, line.sentence))
        if words:
            who = names.get(line.by, "") if line.by is not None else ""
            yield Event(line, words, who, tuple(show_reasons(line.reasons, titles)))


def _names(ids: set[int]) -> dict[int, str]:
    users = get_user_model().objects.filter(pk__in=ids, accountant=None)
    return {user.pk: user.get_full_name() or user.get_username() for user in users}

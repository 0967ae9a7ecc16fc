"""What became of the tour's cases: a table for people, a line of JSON each for programs."""

import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from django.contrib.auth import get_user_model

from orchestrator import api as engine
from portal.applications.models import Application, Process, State, StateChange
from portal.applications.services import find_case
from portal.applications.timeline import full_history_of
from portal.demonstration.stage import Story

HEADINGS = ("", "案件", "业务", "省份", "提交", "期限", "结果", "应为")
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Passage:
    """One event on a case's way and the state the case was in then. Units: local time of the calendar's zone."""

    at: str
    who: str
    what: str
    state: str


@dataclass(frozen=True)
class Due:
    """One date that was set for a step; kind is task or timer."""

    step: str
    kind: str
    due: str


@dataclass(frozen=True)
class Way:
    """A case from its submission to its end; `right` says whether it is the end the story wanted."""

    story: str
    case: str
    process: str
    province: str
    submitted: str
    state: str
    expected: str
    right: bool
    due: tuple[Due, ...]
    way: tuple[Passage, ...]


def ways_of(stories: Iterable[Story]) -> list[Way]:
    """The way of every case of these stories."""
    return [_way(story, find_case(number), end) for story in stories for number, end in story.cases.items()]


def as_json(ways: Iterable[Way]) -> Iterator[str]:
    """A line of JSON for each case."""
    return (json.dumps(asdict(way), ensure_ascii=False) for way in ways)


def as_table(ways: Iterable[Way]) -> Iterator[str]:
    """Each case's way, then one row for each case."""
    ways = list(ways)
    for way in ways:
        yield f"\n{way.story} · {way.case}"
        for step in way.way:
            yield f"  {step.at}  {_padded(step.who, 21)}  {_padded(step.state, 20)}  {step.what}"
        yield from (f"  期限  {due.due}  {due.step}" for due in way.due)
    yield ""
    yield from _rows([HEADINGS, *(_cells(way) for way in ways)])


def _way(story: Story, application: Application, end: str) -> Way:
    return Way(
        story=story.title,
        case=application.number,
        process=str(Process(application.process).label),
        province=application.province.name,
        submitted=_local(application.submitted_at),
        state=application.state,
        expected=end,
        right=application.state == end,
        due=tuple(_dues(application)),
        way=tuple(_passages(application)),
    )


def _passages(application: Application) -> Iterator[Passage]:
    users = get_user_model().objects
    changes = list(application.state_changes.all())
    for line in full_history_of(application):
        if line.sentence or line.rules:
            who = users.get(pk=line.by).get_username() if line.by else "系统"
            rows = "、".join(f"第 {rule['row']} 行" for rule in line.rules)
            yield Passage(_local(line.at), who, line.sentence or f"{line.name}：{rows}", _state_at(changes, line.at))


def _state_at(changes: list[StateChange], moment: datetime) -> str:
    return str(State([change for change in changes if change.at <= moment][-1].state).label)


def _dues(application: Application) -> Iterator[Due]:
    for task in engine.tasks_of(application.number):
        if task.due_at is not None:
            yield Due(task.element, "task", _local(task.due_at))
    for job in engine.jobs_of(application.number):
        if job.kind == "timer":
            yield Due(job.element, "timer", _local(job.due_at))


def _cells(way: Way) -> tuple[str, ...]:
    dues = sorted({due.due[:10] for due in way.due})
    mark = "✔" if way.right else "✘"
    end = str(State(way.state).label)
    shown = " ".join(dues[:4])
    return (mark, way.case, way.process, way.province, way.submitted, shown, end, str(State(way.expected).label))


def _rows(table: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(_width(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        yield "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _local(moment: datetime) -> str:
    local = moment.astimezone(engine.calendar().zone)
    return f"{local:%Y-%m-%d} 周{WEEKDAYS[local.weekday()]} {local:%H:%M}"

"""Faults of a form at their fields and in the summary on top: the same sentence in both places."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from portal.errors import Fault
from portal.web.questions import Question


@dataclass(frozen=True)
class Pointed:
    """A line of the error summary that links to its field, or with `elsewhere` to another page."""

    target: str
    title: str
    sentence: str
    elsewhere: bool = False


def with_faults(questions: Iterable[Question], faults: Iterable[Fault]) -> list[Question]:
    """The questions with their faults; a fault of a row stands at its part."""
    said = {fault.field: str(fault.sentence) for fault in faults}
    return [_with(question, said) for question in questions]


def point(questions: Iterable[Question], faults: Iterable[Fault]) -> list[Pointed]:
    """The faults for the summary, each linked to the field it is about, or to the nearest one there is."""
    ids = {question.name: question.id for question in questions}
    for question in questions:
        ids |= {part.name: part.id for row in question.rows for part in row}
    return [Pointed("#" + _nearest(fault.field, ids), "", str(fault.sentence)) for fault in faults]


def _with(question: Question, said: dict[str, str]) -> Question:
    rows = tuple(tuple(_with(part, said) for part in row) for row in question.rows)
    return replace(question, error=said.get(question.name, ""), rows=rows)


def _nearest(field: str, ids: dict[str, str]) -> str:
    while field and field not in ids:
        field = field.rpartition(".")[0]
    return ids.get(field, "questions")

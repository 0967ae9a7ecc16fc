"""Reading tasks: the inbox of one's offices, and one task with its form."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orchestrator import api as engine
from portal.api.cursors import read_cursor, written
from portal.api.shapes import Refusal
from portal.api.task_rows import TaskDetail, TaskPage
from portal.api.view import Reviewer, View, read
from portal.applications import checks, reviewing
from portal.applications.models import Process
from portal.applications.services import find_case
from portal.errors import Refused
from portal.jurisdictions.selectors import appointments_of, people_for

MOST = 200


class Wanted(serializers.Serializer):
    """What narrows the inbox; `after` is the `next` of the page before."""

    process = serializers.ChoiceField(Process.choices, required=False, default="")
    number = serializers.CharField(max_length=40, required=False, default="")
    holder = serializers.ChoiceField(["me", "none"], required=False, default="")
    due_before = serializers.DateTimeField(required=False, default=None)
    after = serializers.CharField(max_length=200, required=False, default="")
    limit = serializers.IntegerField(min_value=1, max_value=MOST, required=False, default=50)


class Tasks(View):
    """The open tasks of the offices one is appointed to, and the escalated ones below one's place."""

    permission_classes = (Reviewer,)

    @extend_schema(operation_id="tasks_list", parameters=[Wanted], responses={200: TaskPage, 422: Refusal})
    def get(self, request: Request) -> Response:
        """A page of tasks, oldest first."""
        wanted = read(Wanted, request.query_params)
        places = list(places_of(request.user, self.today))
        filters = _filters(wanted, request.user)
        page = engine.page_of(places, filters, read_cursor(wanted["after"]), wanted["limit"])
        row = {"count": engine.count_open(places, filters), "next": written(page.next), "tasks": page.tasks}
        return Response(TaskPage(row).data)


class Task(View):
    """One task of one's offices."""

    permission_classes = (Reviewer,)

    @extend_schema(responses={200: TaskDetail, 403: Refusal, 404: Refusal})
    def get(self, request: Request, task_id: int) -> Response:
        """The task with the form to fill in, the draft, and the colleagues it can be handed to."""
        task = reviewing.visible_task(task_id, by=request.user, now=self.now)
        # The draft and the colleagues' names are not for the applicant, even one who works in this office.
        if find_case(task.instance.business_key).applicant.user_id == request.user.pk:
            raise Refused("own_case")
        task.form = checks.form_of(task.process, task.form) if task.form else None
        task.colleagues = people_for(task.role, task.scope, self.today)
        return Response(TaskDetail(task).data)


def places_of(user: Any, today: date) -> Iterator[engine.Place]:
    """Where a person's tasks are on a day: each office of an appointment, and below a supervisor's place."""
    for held in appointments_of(user, today):
        if held.path is None:
            continue
        if held.role in reviewing.SUPERVISORS:
            yield engine.Place(held.role, held.path, below=True)
            yield engine.Place(held.role, held.path, below=True, escalated=True)
        else:
            yield engine.Place(held.role, held.path)


def _filters(wanted: dict[str, Any], user: Any) -> engine.Filters:
    return engine.Filters(
        process=wanted["process"],
        number=wanted["number"],
        holder=user if wanted["holder"] == "me" else None,
        unheld=wanted["holder"] == "none",
        due_before=wanted["due_before"],
    )

"""What a reviewer does with a task: claim, release, decide, return, hand over, send elsewhere, keep a draft."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.shapes import Refusal
from portal.api.task_rows import ReasonRow, TaskRow
from portal.api.view import LARGEST_ID, PlainObject, Reviewer, View, read
from portal.applications import reviewing
from portal.explain import explain

ANSWERS: dict[int, Any] = {200: TaskRow, 403: Refusal, 404: Refusal, 409: Refusal, 422: Refusal}


class Decided(serializers.Serializer):
    """A decision; `data` is what the task's form asks, `revision` the one the page showed."""

    outcome = serializers.ChoiceField(["approve", "refuse"])
    reasons = ReasonRow(many=True, required=False, default=list)
    data = PlainObject(required=False, default=dict)  # type: ignore[assignment]
    revision = serializers.IntegerField(min_value=0, required=False, default=None, allow_null=True)


class Returned(serializers.Serializer):
    """Back to the applicant, with every reason at once."""

    reasons = ReasonRow(many=True)
    revision = serializers.IntegerField(min_value=0, required=False, default=None, allow_null=True)


class HandedOver(serializers.Serializer):
    """To a colleague of the same office, by user name."""

    to = serializers.CharField(max_length=150)
    why = serializers.CharField(max_length=500)


class Rerouted(serializers.Serializer):
    """To another office of the province; `scope` is its division's path."""

    scope = serializers.CharField(max_length=64)
    why = serializers.CharField(max_length=500)


class Drafted(serializers.Serializer):
    """The half-finished review."""

    draft = PlainObject()


class ManyDecided(serializers.Serializer):
    """One outcome for many tasks."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), max_length=reviewing.MOST_AT_ONCE
    )
    outcome = serializers.ChoiceField(["approve", "return", "refuse"])
    reasons = ReasonRow(many=True, required=False, default=list)


class OneOfMany(serializers.Serializer):
    """What became of one task: `code` is "done" or that of its refusal."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    sentence = serializers.CharField()


class ManyResults(serializers.Serializer):
    """What became of each task, in the order given."""

    results = OneOfMany(many=True)


class Act(View):
    """Something a reviewer does with one task."""

    permission_classes = (Reviewer,)


class Claim(Act):
    """Take a task."""

    @extend_schema(request=None, responses=ANSWERS)
    def post(self, request: Request, task_id: int) -> Response:
        """The task is mine; claiming it again changes nothing."""
        return _shown(reviewing.claim(task_id, by=request.user, now=self.now))


class Release(Act):
    """Give a task back."""

    @extend_schema(request=None, responses=ANSWERS)
    def post(self, request: Request, task_id: int) -> Response:
        """The task is free again."""
        return _shown(reviewing.release(task_id, by=request.user, now=self.now))


class Complete(Act):
    """Decide a task."""

    @extend_schema(request=Decided, responses=ANSWERS)
    def post(self, request: Request, task_id: int) -> Response:
        """The task is approved or refused; the same decision of the same person again is answered alike."""
        given = read(Decided, request.data)
        return _shown(reviewing.decide(task_id, by=request.user, now=self.now, **given))


class Return(Act):
    """Return a case for correction."""

    @extend_schema(request=Returned, responses=ANSWERS)
    def post(self, request: Request, task_id: int) -> Response:
        """The applicant corrects, then the same step opens again."""
        given = read(Returned, request.data)
        return _shown(reviewing.decide(task_id, by=request.user, now=self.now, outcome="return", **given))


class HandOver(Act):
    """Give a task to a colleague."""

    @extend_schema(request=HandedOver, responses=ANSWERS)
    def post(self, request: Request, task_id: int) -> Response:
        """The colleague holds the task; the draft goes along."""
        given = read(HandedOver, request.data)
        return _shown(reviewing.hand_over(task_id, by=request.user, now=self.now, **given))


class Reroute(Act):
    """Send a case to another office."""

    @extend_schema(request=Rerouted, responses=ANSWERS)
    def post(self, request: Request, task_id: int) -> Response:
        """The task waits in the other office."""
        given = read(Rerouted, request.data)
        return _shown(reviewing.reroute(task_id, by=request.user, now=self.now, **given))


class TaskDraft(Act):
    """Keep a half-finished review."""

    @extend_schema(request=Drafted, responses=ANSWERS)
    def put(self, request: Request, task_id: int) -> Response:
        """The draft replaces the one before."""
        given = read(Drafted, request.data)
        return _shown(reviewing.save_draft(task_id, by=request.user, draft=given["draft"], now=self.now))


class BulkComplete(Act):
    """Decide many tasks."""

    @extend_schema(request=ManyDecided, responses={200: ManyResults, 422: Refusal})
    def post(self, request: Request) -> Response:
        """Each task is decided by itself; what could not be done says why, the rest is done."""
        given = read(ManyDecided, request.data)
        outcome, reasons = given["outcome"], given["reasons"]
        results = reviewing.decide_many(given["ids"], by=request.user, outcome=outcome, reasons=reasons, now=self.now)
        return Response(ManyResults({"results": [_told(result, request.user) for result in results]}).data)


def _told(result: reviewing.BulkResult, reader: Any) -> dict[str, Any]:
    if result.refusal is None:
        return {"id": result.task, "code": "done", "sentence": ""}
    told = explain(result.refusal, reader)
    return {"id": result.task, "code": told.code, "sentence": told.sentence}


def _shown(task: Any) -> Response:
    return Response(TaskRow(task).data)

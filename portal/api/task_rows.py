"""How a task looks in the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from portal.applications.models import Process


class SubjectRow(serializers.Serializer):
    """Whose case it is, masked, and when it was submitted."""

    applicant = serializers.CharField()
    submitted = serializers.DateTimeField()


class TaskRow(serializers.Serializer):
    """A task as a list shows it; `holder` is a colleague's name, null while nobody works on it."""

    id = serializers.IntegerField()
    number = serializers.CharField(source="instance.business_key")
    process = serializers.CharField()
    process_label = serializers.SerializerMethodField()
    element = serializers.CharField()
    name = serializers.CharField()
    round = serializers.IntegerField()
    role = serializers.CharField()
    scope = serializers.CharField()
    rerouted = serializers.BooleanField()
    acts = serializers.ListField(child=serializers.CharField())
    status = serializers.CharField()
    holder = serializers.SerializerMethodField()
    holder_username = serializers.CharField(source="holder.username", default=None, allow_null=True)
    held_since = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    reminded_at = serializers.DateTimeField(allow_null=True)
    escalated_at = serializers.DateTimeField(allow_null=True)
    subject = SubjectRow()
    revision = serializers.IntegerField()
    outcome = serializers.CharField()
    closed_at = serializers.DateTimeField(allow_null=True)

    def get_process_label(self, task: Any) -> str:
        """The procedure in the reader's language."""
        return str(Process(task.process).label) if task.process in Process.values else task.process

    def get_holder(self, task: Any) -> str | None:
        """Who works on it."""
        return None if task.holder is None else task.holder.get_full_name() or task.holder.get_username()


class ColleagueRow(serializers.Serializer):
    """Somebody a task can be handed to."""

    username = serializers.CharField()
    person = serializers.CharField()


class ReasonRow(serializers.Serializer):
    """Why: a code of the catalogue, the item of the form or the picture it is about, free text."""

    code = serializers.CharField(max_length=60, required=False, allow_blank=True)
    item = serializers.CharField(max_length=60, required=False, allow_blank=True)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        """Drop what is empty; a reason without code and text is none."""
        given = {name: value for name, value in attrs.items() if value}
        if not given.keys() & {"code", "text"}:
            raise serializers.ValidationError({"text": _("Say what is wrong, or choose it from the list.")}, "required")
        return given


class TaskDetail(TaskRow):
    """A task as its page shows it; `form` is the JSON Schema of what the reviewer fills in, null if nothing."""

    form = serializers.DictField(allow_null=True)
    draft = serializers.DictField()
    reasons = serializers.ListField(child=ReasonRow())
    colleagues = ColleagueRow(many=True)


class TaskPage(serializers.Serializer):
    """A page of open tasks, oldest first; `next` is the `after` of the following page, null on the last."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    tasks = TaskRow(many=True)

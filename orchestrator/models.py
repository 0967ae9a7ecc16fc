"""The engine's tables and states; allowed moves stand here and the database repeats them.

Lock order: instance row first, then its task or job, then everything else (house rule 3).
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class ProcessVersion(models.Model):
    """A deployed diagram with the policies and forms it was tested with; never changed afterwards."""

    key = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    files = models.JSONField()
    deployed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    deployed_at = models.DateTimeField()

    class Meta:
        ordering = ("key", "-number")
        constraints = (models.UniqueConstraint(fields=("key", "number"), name="version_number_once"),)

    def __str__(self) -> str:
        return f"{self.key} v{self.number}"


class ProcessInstance(models.Model):
    """A running or finished process; `state` is opaque bytes, `revision` grows with every step."""

    class Status(models.TextChoices):
        """running → completed | cancelled."""

        RUNNING = "running"
        COMPLETED = "completed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ProcessVersion, models.PROTECT, related_name="instances")
    business_key = models.CharField(max_length=100, unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    state = models.BinaryField()
    revision = models.PositiveIntegerField(default=0)
    subject = models.JSONField(default=dict)
    end_event = models.CharField(max_length=100, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status="running", ended_at__isnull=True)
                | Q(status__in=("completed", "cancelled"), ended_at__isnull=False),
                name="instance_end_matches_status",
            ),
        )

    def __str__(self) -> str:
        return f"{self.business_key} ({self.status})"


class HumanTask(models.Model):
    """One visit of a step that waits for a person; an inbox row carries all that a list shows."""

    class Status(models.TextChoices):
        """open ⇄ claimed → done; both may become cancelled when the process goes another way."""

        OPEN = "open"
        CLAIMED = "claimed"
        DONE = "done"
        CANCELLED = "cancelled"

    WAITING = (Status.OPEN, Status.CLAIMED)

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="tasks")
    token = models.PositiveIntegerField()
    process = models.CharField(max_length=100)
    element = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    role = models.CharField(max_length=50)
    scope = models.CharField(max_length=200)
    rerouted = models.BooleanField(default=False)
    form = models.CharField(max_length=100, blank=True)
    acts = models.JSONField(default=list)
    round = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    held_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    draft = models.JSONField(default=dict)
    subject = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    reasons = models.JSONField(default=list)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("instance", "token"), name="task_once_for_each_visit"),
            models.CheckConstraint(
                condition=~Q(status="claimed") | Q(holder__isnull=False), name="claimed_task_has_holder"
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | (Q(decided_by__isnull=False) & ~Q(outcome="")),
                name="done_task_has_decision",
            ),
        )
        indexes = (
            models.Index(
                fields=("role", "scope", "opened_at", "id"),
                condition=Q(status__in=("open", "claimed")),
                name="inbox",
            ),
        )

    def __str__(self) -> str:
        return f"{self.element} of {self.instance_id} ({self.status})"


class Job(models.Model):
    """A timer, outside work or a message to deliver: due at a moment, leased, retried, in the end an incident."""

    class Status(models.TextChoices):
        """waiting → done | cancelled | failed (an incident: a person retries it → waiting)."""

        WAITING = "waiting"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"

    class Kind(models.TextChoices):
        """timer fires its event; external runs registered work outside the transaction; message delivers one."""

        TIMER = "timer"
        EXTERNAL = "external"
        MESSAGE = "message"

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="jobs")
    token = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    element = models.CharField(max_length=100)
    work = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("instance", "token", "kind"), name="job_once_for_each_visit"),)
        indexes = (models.Index(fields=("due_at",), condition=Q(status="waiting"), name="due_jobs"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.element} of {self.instance_id} ({self.status})"


class Subscription(models.Model):
    """A catch event that waits for a message with a correlation key."""

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="subscriptions")
    token = models.PositiveIntegerField()
    element = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=100)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("instance", "token"), name="subscription_once_for_each_visit"),)
        indexes = (models.Index(fields=("name", "key"), name="waiting_for"),)

    def __str__(self) -> str:
        return f"{self.name} {self.key}"


class Message(models.Model):
    """A message from outside, kept until its instance waits for it; `dedupe` makes a second copy harmless."""

    name = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    dedupe = models.CharField(max_length=200, unique=True)
    received_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("name", "key"), condition=Q(delivered_at__isnull=True), name="undelivered"),)

    def __str__(self) -> str:
        return f"{self.name} {self.key}"


class HistoryEvent(models.Model):
    """What happened to an instance: who, when, what; written in the transaction of the step itself."""

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="history")
    revision = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    element = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("instance", "id"), name="history_of_instance"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.element}"

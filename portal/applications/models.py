"""An application and its rounds; the process instance with the same number says where it stands."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accountants.models import Accountant
from portal.jurisdictions.models import Division, Province


class Process(models.TextChoices):
    """The four procedures; the values are the keys of the diagrams."""

    COLLECTION = "collection", _("Information collection")
    TRANSFER_OUT = "transfer_out", _("Transfer out")
    TRANSFER_IN = "transfer_in", _("Transfer in")
    CREDIT_CLAIM = "credit_claim", _("Credit claim")


class State(models.TextChoices):
    """Where an application stands; the last eight are ends, named as the diagrams' end events."""

    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for correction")
    APPROVED = "approved_waiting", _("Approved, waiting for the other province")
    MUST_COMPLETE = "must_complete", _("Received, complete your information")
    WITHDRAWING = "withdrawing", _("Withdrawal in progress")
    COLLECTED = "end_collected", _("Collected")
    COMPLETED = "end_completed", _("Transferred out")
    CREDITED = "end_approved", _("Credits confirmed")
    REFUSED = "end_refused", _("Refused")
    WITHDRAWN = "end_withdrawn", _("Withdrawn")
    CANCELLED = "end_cancelled", _("Cancelled")
    CLOSED = "end_closed", _("Closed, no correction came")


ENDS = frozenset(state.value for state in State if state.value.startswith("end_"))


class Application(models.Model):
    """One case of one person; `number` is its reference, its business key and what addresses show."""

    number = models.CharField(max_length=40, unique=True)
    process = models.CharField(max_length=20, choices=Process)
    province = models.ForeignKey(Province, models.PROTECT, related_name="applications")
    applicant = models.ForeignKey(Accountant, models.PROTECT, related_name="applications")
    office = models.ForeignKey(Division, models.PROTECT, null=True, related_name="applications")
    state = models.CharField(max_length=20, choices=State, default=State.SUBMITTED)
    data = models.JSONField(default=dict)
    round = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField()
    expected_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    request_key = models.CharField(max_length=64)

    class Meta:
        app_label = "portal"
        constraints = (
            models.UniqueConstraint(
                name="application_open_once", fields=("applicant", "process"), condition=Q(ended_at=None)
            ),
            models.UniqueConstraint(name="application_request_once", fields=("applicant", "request_key")),
            models.CheckConstraint(
                name="application_end_matches_state",
                condition=Q(ended_at=None) & ~Q(state__startswith="end_")
                | Q(ended_at__isnull=False) & Q(state__startswith="end_"),
            ),
        )
        indexes = (models.Index(name="application_of_person", fields=("applicant", "-submitted_at")),)

    def __str__(self) -> str:
        return self.number


class StateChange(models.Model):
    """An application has come to a state; the first row is its submission."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="state_changes")
    state = models.CharField(max_length=20, choices=State)
    at = models.DateTimeField()

    class Meta:
        app_label = "portal"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.application_id} {self.state}"


class Round(models.Model):
    """What was submitted in one round; earlier rounds are kept so that a reviewer sees what changed."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    data = models.JSONField()
    submitted_at = models.DateTimeField()

    class Meta:
        app_label = "portal"
        ordering = ("number",)
        constraints = (models.UniqueConstraint(name="round_once", fields=("application", "number")),)

    def __str__(self) -> str:
        return f"{self.application_id} round {self.number}"


class Draft(models.Model):
    """What a person has typed and not yet submitted, one for each procedure."""

    applicant = models.ForeignKey(Accountant, models.CASCADE, related_name="drafts")
    process = models.CharField(max_length=20, choices=Process)
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        app_label = "portal"
        constraints = (models.UniqueConstraint(name="draft_once", fields=("applicant", "process")),)

    def __str__(self) -> str:
        return f"draft {self.process} of {self.applicant_id}"

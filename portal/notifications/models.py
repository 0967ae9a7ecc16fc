"""Messages to people: queued in the transaction of the step that asks, sent afterwards, each once."""

from django.db import models
from django.db.models import Q


class Delivery(models.Model):
    """One message; `key` is the idempotency key of the step that asked for it, at us and at the provider.

    States: queued (neither moment) → sent | failed (the provider will never take it).
    """

    key = models.CharField(max_length=120, unique=True)
    case = models.CharField(max_length=40)
    template = models.CharField(max_length=60)
    accountant_id = models.BigIntegerField()
    signature = models.CharField(max_length=30)
    queued_at = models.DateTimeField()
    provider_id = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=60, blank=True)

    class Meta:
        app_label = "portal"
        indexes = (
            models.Index(name="delivery_of_case", fields=("case",)),
            models.Index(name="delivery_queued", fields=("id",), condition=Q(sent_at=None, failed_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.template} {self.case}"

"""Messages sent to people, each at most once."""

from django.db import models


class Delivery(models.Model):
    """One message handed to the provider; `key` is the idempotency key of the step that asked for it."""

    key = models.CharField(max_length=120, unique=True)
    case = models.CharField(max_length=40)
    template = models.CharField(max_length=60)
    accountant_id = models.BigIntegerField()
    provider_id = models.CharField(max_length=64)
    sent_at = models.DateTimeField()

    class Meta:
        app_label = "portal"
        indexes = (models.Index(name="delivery_of_case", fields=("case",)),)

    def __str__(self) -> str:
        return f"{self.template} {self.case}"

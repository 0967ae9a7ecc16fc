"""What the national platform says about a transfer, and how far its feed was read."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class NationalState(models.TextChoices):
    """The platform's states as accountants know them (全国平台处理状态)."""

    NONE = "", _("Not uploaded yet")
    OFFERED = "OFFERED", _("Waiting for the destination to receive")
    IN_APPLIED = "IN_APPLIED", _("The destination is reviewing")
    RECEIVED = "RECEIVED", _("Received by the destination")
    REVOKED = "REVOKED", _("Withdrawn")


class Transfer(models.Model):
    """One side's view of an offer: `case` is the application's number, out or in; `version` only grows (R6)."""

    case = models.CharField(max_length=40, unique=True)
    direction = models.CharField(max_length=3, choices=(("out", "out"), ("in", "in")))
    source = models.CharField(max_length=6)
    source_division = models.CharField(max_length=64, blank=True)
    destination = models.CharField(max_length=6)
    destination_division = models.CharField(max_length=64, blank=True)
    offer_id = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=0)
    national_state = models.CharField(max_length=12, choices=NationalState, blank=True)
    national_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "portal"
        constraints = (
            models.UniqueConstraint(
                name="transfer_out_of_offer_once",
                fields=("offer_id",),
                condition=Q(direction="out") & ~Q(offer_id=""),
            ),
        )
        indexes = (models.Index(name="transfer_of_offer", fields=("offer_id",)),)

    def __str__(self) -> str:
        return f"{self.case} {self.national_state}"


class FeedCursor(models.Model):
    """The last line of the platform's feed that a province has handled."""

    province = models.CharField(primary_key=True, max_length=6)
    seq = models.BigIntegerField(default=0)

    class Meta:
        app_label = "portal"

    def __str__(self) -> str:
        return f"{self.province} {self.seq}"

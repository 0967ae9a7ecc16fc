"""The ledger of continuing-education credits: entries are added and reversed, never changed."""

from django.db import models
from django.db.models import Q

from portal.accountants.models import Accountant


class CreditEntry(models.Model):
    """Credits of a year, posted once for a case; a reversal is an entry of its own with negative credits."""

    accountant = models.ForeignKey(Accountant, models.PROTECT, related_name="credits")
    year = models.PositiveIntegerField()
    credits = models.DecimalField(max_digits=6, decimal_places=2)
    counts_as = models.CharField(max_length=20)
    case = models.CharField(max_length=40)
    form = models.CharField(max_length=30)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    posted_at = models.DateTimeField()

    class Meta:
        app_label = "portal"
        constraints = (
            models.UniqueConstraint(name="credits_once_for_each_case", fields=("case",), condition=Q(reverses=None)),
            models.CheckConstraint(
                name="credits_sign",
                condition=Q(reverses=None, credits__gte=0) | Q(reverses__isnull=False, credits__lte=0),
            ),
        )
        indexes = (models.Index(name="credits_of_year", fields=("accountant", "year")),)

    def __str__(self) -> str:
        return f"{self.credits} credits of {self.year}"

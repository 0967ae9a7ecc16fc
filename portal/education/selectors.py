"""Reading the credit ledger."""

from decimal import Decimal

from django.db.models import Sum

from portal.education.models import CreditEntry


def total_of(accountant_id: int, year: int) -> Decimal:
    """The credits of a person in a year."""
    entries = CreditEntry.objects.filter(accountant_id=accountant_id, year=year)
    return entries.aggregate(total=Sum("credits"))["total"] or Decimal(0)

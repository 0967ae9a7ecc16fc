"""Reading the credit ledger."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from portal.education.models import CreditEntry


@dataclass(frozen=True)
class CreditRow:
    """One entry of the ledger. Units: credits with 2 places."""

    year: int
    credits: Decimal
    counts_as: str
    form: str
    case: str
    posted_at: datetime


def credits_of(accountant_id: int, year: int | None = None) -> list[CreditRow]:
    """The entries of a person, newest first; of one year or of all."""
    entries = CreditEntry.objects.filter(accountant_id=accountant_id).order_by("-posted_at")
    if year is not None:
        entries = entries.filter(year=year)
    return [CreditRow(e.year, e.credits, e.counts_as, e.form, e.case, e.posted_at) for e in entries]


def total_of(accountant_id: int, year: int) -> Decimal:
    """The credits of a person in a year."""
    entries = CreditEntry.objects.filter(accountant_id=accountant_id, year=year)
    return entries.aggregate(total=Sum("credits"))["total"] or Decimal(0)

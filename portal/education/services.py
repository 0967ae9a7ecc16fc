"""Writing the credit ledger."""

from datetime import datetime
from decimal import Decimal

from portal.education.models import CreditEntry


def post_credits(
    *, accountant_id: int, case: str, year: int, credits: Decimal, counts_as: str, form: str, now: datetime
) -> CreditEntry:
    """The credits of a claim are in the ledger, once for each case; none granted is an entry of 0.

    Shape: `counts_as` is any, professional or none (of the yearly minimum's parts).
    Units: credits with 2 places.
    Source: D.5, CQ-28.
    """
    entry, _ = CreditEntry.objects.get_or_create(
        case=case,
        reverses=None,
        defaults={
            "accountant_id": accountant_id,
            "year": year,
            "credits": credits,
            "counts_as": counts_as,
            "form": form,
            "posted_at": now,
        },
    )
    return entry

"""Facts about a person's file and open business, as the policy tables ask for them."""

from collections.abc import Mapping
from typing import Any

from portal.accountants.selectors import AccountantRow
from portal.applications.models import Application, Process, State

COLLECTED = ("collected", "in_transfer")


def transfer_facts(person: AccountantRow, case: str | None = None) -> dict[str, Any]:
    """What TransferOutPreconditions asks; `case` is left out of the count of open business.

    Shape: `accounting_work` is null where the file was collected before this system knew it. Source: D.3, GZ-27."""
    others = Application.objects.filter(applicant_id=person.id, ended_at=None).exclude(number=case or "")
    employment = employment_of(person.id)
    transfers = (Process.TRANSFER_OUT, Process.TRANSFER_IN)
    return {
        "collected": person.file_state in COLLECTED and person.locked_by in (None, case),
        "open_claims": others.filter(process=Process.CREDIT_CLAIM).count(),
        "open_ce_records": 0,
        "other_transfers": others.filter(process__in=transfers).count(),
        "accounting_work": None if employment is None else employment == "accounting",
    }


def employment_of(accountant_id: int) -> str | None:
    """The employment status in the person's last completed collection."""
    done = Application.objects.filter(applicant_id=accountant_id, process=Process.COLLECTION)
    last = done.filter(state=State.COLLECTED).order_by("-ended_at").first()
    return None if last is None else last.data.get("employment")


def claimed_already(accountant_id: int, data: Mapping[str, Any], case: str | None = None) -> bool:
    """Whether the same achievement was claimed in a case that is open or approved (C.2, computation rules)."""
    claims = Application.objects.filter(applicant_id=accountant_id, process=Process.CREDIT_CLAIM)
    claims = claims.exclude(number=case or "").filter(
        data__achievement=data.get("achievement"), data__title=data.get("title")
    )
    return claims.exclude(state__in=(State.REFUSED, State.WITHDRAWN, State.CLOSED)).exists()

"""Steps on the credit ledger."""

from decimal import Decimal
from typing import Any

from orchestrator.api import Call, service_task
from portal.applications.services import find_case
from portal.education.services import post_credits


@service_task("credits.post")
def post(call: Call) -> dict[str, Any]:
    """The credits the reviewer granted, else those the table proposed, are in the ledger. Source: D.5, S87, S94."""
    application = find_case(call.business_key)
    variables = call.variables
    proposal = variables["proposal"]
    granted = (variables.get("decision") or {}).get("credits")
    entry = post_credits(
        accountant_id=application.applicant_id,
        case=application.number,
        year=int(variables["credit_year"]),
        credits=Decimal(str(proposal["credits"] if granted is None else granted)),
        counts_as=str(proposal["counts_as"]),
        form=str(variables["achievement"]),
        now=call.now,
    )
    return {"credits": entry.credits}

"""Steps of a transfer inside our own house: the facts a policy asks for, and the lock on the file."""

from typing import Any

from orchestrator.api import Call, service_task
from portal.accountants import services as accountants
from portal.accountants.selectors import accountant_by_id
from portal.applications import facts
from portal.applications.services import find_case


@service_task("transfer.facts")
def read_facts(call: Call) -> dict[str, Any]:
    """What TransferOutPreconditions asks about the person's file and open business. Source: GZ-27, BJ-18."""
    application = find_case(call.business_key)
    return facts.transfer_facts(accountant_by_id(application.applicant_id), application.number)


@service_task("transfer.unlock")
def unlock_file(call: Call) -> None:
    """The transfer is over without effect; the file can be changed again. Source: GD-46, S64."""
    application = find_case(call.business_key)
    accountants.unlock(accountant_id=application.applicant_id, case=application.number)

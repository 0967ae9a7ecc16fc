"""Steps on the accountant's file: which office receives it, create, import, freeze."""

from typing import Any

from orchestrator.api import Call, keep_message, service_task
from portal.accountants import services as accountants
from portal.accountants.selectors import accountant_by_id
from portal.applications.models import Application, Process
from portal.applications.services import find_case
from portal.jurisdictions.selectors import division_by_path, office_for

COMPLETED = "collection.completed"


@service_task("office.assign")
def assign_office(call: Call) -> dict[str, Any]:
    """The case belongs to the office of its division; the answer is the scope of its tasks. Source: GD-05, BJ-03."""
    application = find_case(call.business_key)
    path = application.data.get("division") or accountant_by_id(application.applicant_id).division
    receiving = office_for(str(path)).path
    division = division_by_path(receiving)
    Application.objects.filter(pk=application.pk).update(office_id=division.id)
    return {"scope": receiving}


@service_task("file.create")
def create_file(call: Call) -> None:
    """The file exists and is complete; a transfer in that waited for it goes on. Source: GD-33, GZ-18, BJ-04, CQ-28."""
    application = find_case(call.business_key)
    accountants.mark_collected(
        accountant_id=application.applicant_id, division=str(application.data["division"]), now=call.now
    )
    transfers = Application.objects.filter(
        applicant_id=application.applicant_id, process=Process.TRANSFER_IN, ended_at=None
    )
    for number in transfers.values_list("number", flat=True):
        dedupe = f"{COMPLETED}:{application.number}:{number}"
        keep_message(COMPLETED, number, payload={}, dedupe=dedupe, now=call.now)


@service_task("file.import")
def import_file(call: Call) -> None:
    """The file is kept here and must be completed. Source: GD-54, BJ-12."""
    application = find_case(call.business_key)
    accountants.import_file(
        accountant_id=application.applicant_id,
        province=application.province_id,
        division=str(application.data["division"]),
    )


@service_task("file.freeze")
def freeze_file(call: Call) -> None:
    """The file has left and can only be read. Source: D.3, S82."""
    application = find_case(call.business_key)
    accountants.freeze(
        accountant_id=application.applicant_id, case=application.number, province=application.province_id
    )

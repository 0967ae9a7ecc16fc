"""What applicants do: submit, correct, withdraw. Every act is one transaction around the process engine."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orchestrator import api as engine
from portal import errors
from portal.accountants.models import Accountant
from portal.accountants.selectors import AccountantRow, accountant_by_id
from portal.accountants.services import lock_for_transfer, lock_person
from portal.applications import checks
from portal.applications.models import Application, Draft, Process, Round, State, StateChange
from portal.errors import Refused
from portal.jurisdictions.selectors import province_by_code
from portal.materials.services import attach
from portal.transfers import services as transfers
from portal.transfers.models import NationalState
from portal.transfers.selectors import transfer_of

errors.declare(
    errors.CONFLICT,
    case_open_already=_("You have an open application of this kind already: %(number)s."),
    not_returned=_("This application is not waiting for your correction."),
    not_withdrawn_now=_("The case is just being worked on and cannot be withdrawn. Try again in a minute."),
    received_elsewhere=_("The destination has received the file; the transfer can no longer be withdrawn."),
    applied_elsewhere=_("You have applied at the destination; withdraw there first, or wait for its answer."),
    already_ended=_("This application has already ended."),
)
errors.declare(
    errors.INVALID,
    request_key_reused=_("This request was used before for another application: %(number)s. Choose a new key."),
)
errors.declare(errors.NOT_FOUND, no_such_case=_("There is no such application."))

WITHDRAW = "application.withdraw"
LETTER = {
    Process.COLLECTION: "CJ",
    Process.TRANSFER_OUT: "DC",
    Process.TRANSFER_IN: "DR",
    Process.CREDIT_CLAIM: "XF",
}
PROVINCE_LETTERS = {"110000": "BJ", "440000": "GD", "500000": "CQ", "520000": "GZ"}


@transaction.atomic
def submit(
    *,
    accountant_id: int,
    process: str,
    data: Mapping[str, Any],
    by: Any,
    now: datetime,
    request_key: str,
) -> Application:
    """The application is with the office, or already decided where the rule needs no review.

    Shape: `data` as the form's JSON Schema says; `request_key` chosen by the caller makes a repeated
    submission answer with the first one's row. Whose rules apply follows from the file's place, or from the
    division applied to for a transfer in.
    Raises: case_open_already, request_key_reused, form_has_faults (every fault at once), file_* of the accountant.
    Locks: the accountant; the new instance.
    Source: D.1, D.3, D.4, D.5; CQ-26, R7, R8, R15.
    """
    person = lock_person(accountant_id)
    repeated = submitted_with(accountant_id, request_key)
    if repeated is not None:
        return _the_same(repeated, process, data)
    refuse_second(accountant_id, process)
    place = checks.place_of(Process(process), person.province_id, data)
    row = accountant_by_id(accountant_id)
    given = checks.check(Process(process), row, place, data, now)
    application = _create(person, process, place, given, now, request_key)
    _prepare(application, given)
    attach(owner_id=accountant_id, case=application.number, material_ids=given.material_ids)
    engine.start(
        process,
        business_key=application.number,
        variables={"applicant": row.reference, "province": place, "submitted": _local(now), **given.variables},
        subject=_subject(application, row),
        by=by,
        now=now,
    )
    Draft.objects.filter(applicant=person, process=process).delete()
    return _fresh(application)


@transaction.atomic
def resubmit(*, number: str, data: Mapping[str, Any], by: Any, now: datetime) -> Application:
    """The corrected application is back with the office that returned it; the earlier round is kept.

    Raises: no_such_case, not_returned, form_has_faults. Locks: instance, task, application.
    Source: D.1 RETURNED, S47.
    """
    task = _correction(number, by)
    claimed = engine.claim(task.pk, by=by, now=now)
    application = lock_case(number)
    row = accountant_by_id(application.applicant_id)
    given = checks.check(Process(application.process), row, application.province_id, data, now, case=number)
    attach(owner_id=row.id, case=number, material_ids=given.material_ids)
    application.data, application.round = dict(given.data), application.round + 1
    application.save(update_fields=["data", "round"])
    _keep_round(application, now)
    Draft.objects.filter(applicant_id=row.id, process=application.process).delete()
    engine.decide(claimed.pk, by=by, outcome="resubmit", now=now)
    return _fresh(application)


@transaction.atomic
def withdraw(*, number: str, by: Any, why: str, now: datetime) -> Application:
    """The application is withdrawn, or its withdrawal has been asked of the national platform.

    Withdrawing a withdrawn application changes nothing.
    Raises: no_such_case, already_ended, received_elsewhere, applied_elsewhere, not_withdrawn_now.
    Locks: instance, application.
    Source: D.3, D.4, GD-45, GZ-30, R1–R4.
    """
    application = _own_case(number, by)
    if application.state in (State.WITHDRAWN, State.WITHDRAWING):
        return application
    if application.ended_at is not None:
        raise Refused("already_ended", number=number)
    _refuse_closed_window(application, now)
    try:
        engine.deliver(WITHDRAW, number, payload={"why": why}, by=by, now=now)
    except engine.NotWaiting as busy:
        if _fresh(application).state not in (State.WITHDRAWN, State.WITHDRAWING):
            raise Refused("not_withdrawn_now", number=number) from busy
    return _fresh(application)


@transaction.atomic
def save_draft(*, accountant_id: int, process: str, data: Mapping[str, Any], now: datetime) -> Draft:
    """What the person has typed is kept, one draft for each procedure."""
    draft, _created = Draft.objects.update_or_create(
        applicant_id=accountant_id, process=process, defaults={"data": dict(data), "saved_at": now}
    )
    return draft


def submitted_with(accountant_id: int, request_key: str) -> Application | None:
    """The application that a person submitted with this key, if any."""
    return Application.objects.filter(applicant_id=accountant_id, request_key=request_key).first()


def refuse_second(accountant_id: int, process: str) -> None:
    """Nothing, unless the person has an open application of this kind. Raises: case_open_already."""
    open_case = Application.objects.filter(applicant_id=accountant_id, process=process, ended_at=None).first()
    if open_case is not None:
        raise Refused("case_open_already", number=open_case.number)


def find_case(number: str) -> Application:
    """The application with this number. Raises: no_such_case."""
    application = Application.objects.select_related("applicant", "province").filter(number=number).first()
    if application is None:
        raise Refused("no_such_case", number=number)
    return application


def lock_case(number: str) -> Application:
    """The application's row, locked until the transaction ends; its instance is locked before."""
    application = Application.objects.select_for_update().filter(number=number).first()
    if application is None:
        raise Refused("no_such_case", number=number)
    return application


def _the_same(application: Application, process: str, data: Mapping[str, Any]) -> Application:
    first = application.rounds.get(number=1)
    if application.process != process or first.data != checks.answered(data):
        raise Refused("request_key_reused", number=application.number)
    return application


def _create(
    person: Accountant, process: str, place: str, given: checks.Checked, now: datetime, request_key: str
) -> Application:
    application = Application.objects.create(
        number=f"new-{request_key}"[:40],
        process=process,
        province_id=province_by_code(place).code,
        applicant=person,
        data=dict(given.data),
        expected_on=given.expected_on,
        submitted_at=now,
        request_key=request_key,
    )
    day = _local(now)
    application.number = f"{PROVINCE_LETTERS[place]}{LETTER[Process(process)]}{day:%Y%m%d}{application.pk:06d}"
    application.save(update_fields=["number"])
    StateChange.objects.create(application=application, state=application.state, at=now)
    _keep_round(application, now)
    return application


def _keep_round(application: Application, now: datetime) -> None:
    Round.objects.create(application=application, number=application.round, data=application.data, submitted_at=now)


def _prepare(application: Application, given: checks.Checked) -> None:
    if application.process == Process.TRANSFER_OUT:
        lock_for_transfer(accountant_id=application.applicant_id, case=application.number)
    if application.process in (Process.TRANSFER_OUT, Process.TRANSFER_IN):
        outward = application.process == Process.TRANSFER_OUT
        transfers.begin(
            case=application.number,
            direction="out" if outward else "in",
            source_division=_division_of(application) if outward else "",
            source=application.province_id if outward else str(given.data.get("source", "")),
            destination=str(given.data["destination"]) if outward else application.province_id,
            destination_division=str(given.data.get("destination_division", "")),
        )


def _division_of(application: Application) -> str:
    division = application.applicant.division
    return division.path if division else ""


def _subject(application: Application, row: AccountantRow) -> dict[str, Any]:
    return {
        "number": application.number,
        "process": application.process,
        "applicant": row.masked_name,
        "submitted": application.submitted_at.isoformat(),
    }


def _local(moment: datetime) -> datetime:
    return moment.astimezone(engine.calendar().zone)


def _refuse_closed_window(application: Application, now: datetime) -> None:
    transfer = transfer_of(application.number)
    if transfer is None or transfer.direction == "in" or not transfer.national_state:
        return
    context = {"province": application.province_id, "submitted": _local(application.submitted_at)}
    version = engine.version_of(application.number)
    window = engine.ask(application.process, "WithdrawWindow", context, now, version).value
    if transfer.national_state not in window["allowed_states"]:
        received = transfer.national_state == NationalState.RECEIVED
        raise Refused("received_elsewhere" if received else "applied_elsewhere", number=application.number)


def _own_case(number: str, by: Any) -> Application:
    application = find_case(number)
    if application.applicant.user_id != by.pk:
        raise Refused("no_such_case", number=number)
    return application


def _correction(number: str, by: Any) -> Any:
    _own_case(number, by)
    for task in engine.waiting_of(number):
        if task.kind == "correction":
            return task
    raise Refused("not_returned", number=number)


def _fresh(application: Application) -> Application:
    application.refresh_from_db()
    return application

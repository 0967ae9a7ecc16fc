"""Reading applications: the case page, one's own cases, who may see which."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from orchestrator import api as engine
from portal.accountants.selectors import AccountantRow, accountant_by_id, accountant_of
from portal.applications.checks import CODES
from portal.applications.models import ENDS, Application, Draft, Process, State
from portal.applications.reviewing import SUPERVISORS, today
from portal.applications.services import WITHDRAW, find_case
from portal.errors import Refused
from portal.jurisdictions.selectors import OfficeRow, may_act, office_for
from portal.transfers.selectors import TransferRow, transfer_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CaseRow:
    """An application as a list shows it; `turn` is whose turn it is: applicant, office, other or none."""

    number: str
    process: str
    process_label: str
    state: str
    state_label: str
    turn: str
    submitted_at: datetime
    expected_on: date | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Case:
    """An application with all that its page shows; `reasons` are those of the last return or refusal."""

    row: CaseRow
    applicant: AccountantRow
    province: str
    province_name: str
    office: OfficeRow | None
    data: Mapping[str, Any]
    changed: frozenset[str]
    round: int
    reasons: tuple[Mapping[str, Any], ...]
    transfer: TransferRow | None
    may_withdraw: bool
    correction_due: datetime | None
    here: frozenset[str]
    version: int


def case_for(number: str, *, by: Any, now: datetime) -> Case:
    """The case, if `by` may see it: its applicant, a reviewer of its office or of its tasks, a supervisor above.

    Raises: no_such_case, also for a case one may not see. Source: BJ-04, S46.
    """
    application = find_case(number)
    if not may_see(application, by=by, now=now):
        log.warning("user %s may not see case %s", by.pk, number)
        raise Refused("no_such_case", number=number)
    return _case(application)


def may_see(application: Application, *, by: Any, now: datetime) -> bool:
    """Whether a person may read a case and its files."""
    if application.applicant.user_id == by.pk:
        return True
    day = today(now)
    return any(_covers(by, scope, day) for scope in _scopes(application))


def cases_of(user: Any) -> list[CaseRow]:
    """A person's own applications, newest first."""
    person = accountant_of(user)
    if person is None:
        return []
    found = Application.objects.filter(applicant_id=person.id).order_by("-submitted_at", "-id")
    return [case_row(application) for application in found]


def case_row(application: Application) -> CaseRow:
    """An application as a list shows it."""
    state = State(application.state)
    return CaseRow(
        number=application.number,
        process=application.process,
        process_label=str(Process(application.process).label),
        state=state.value,
        state_label=str(state.label),
        turn=_turn(state),
        submitted_at=application.submitted_at,
        expected_on=application.expected_on,
        ended_at=application.ended_at,
    )


def draft_of(accountant_id: int, process: str) -> Mapping[str, Any]:
    """What a person has typed and not yet submitted; empty if nothing."""
    draft = Draft.objects.filter(applicant_id=accountant_id, process=process).first()
    return draft.data if draft else {}


def changed_fields(application: Application) -> frozenset[str]:
    """The fields that differ from the round before."""
    rounds = list(application.rounds.order_by("-number")[:2])
    if len(rounds) < 2:
        return frozenset()
    new, old = rounds[0].data, rounds[1].data
    return frozenset(key for key in {*new, *old} if new.get(key) != old.get(key))


def _case(application: Application) -> Case:
    number = application.number
    tasks = engine.tasks_of(number)
    decided = [task for task in tasks if task.reasons]
    corrections = [task for task in tasks if task.kind == "correction" and task.closed_at is None]
    return Case(
        row=case_row(application),
        applicant=accountant_by_id(application.applicant_id),
        province=application.province_id,
        province_name=application.province.name,
        office=_office(application),
        data=application.data,
        changed=changed_fields(application),
        round=application.round,
        reasons=_reasons(application, decided),
        transfer=transfer_of(number),
        may_withdraw=engine.is_waiting_for(WITHDRAW, number),
        correction_due=corrections[0].due_at if corrections else None,
        here=engine.standing_on(number),
        version=engine.version_of(number),
    )


def _reasons(application: Application, decided: list[Any]) -> tuple[Mapping[str, Any], ...]:
    if decided:
        return tuple(decided[-1].reasons)
    if application.state != State.REFUSED:
        return ()
    variables = engine.variables_of(application.number)
    codes = [*(variables.get("failures") or ()), *(variables.get("mismatches") or ())]
    if (variables.get("offer") or {}).get("found") is False:
        codes.append("not_found")
    return tuple({"code": code, "item": "", "text": str(CODES.get(code, code))} for code in codes)


def _office(application: Application) -> OfficeRow | None:
    place = application.office or application.applicant.division
    try:
        return office_for(place.path if place else application.province_id)
    except Refused:
        return None


def _scopes(application: Application) -> Iterable[str]:
    if application.office is not None:
        yield application.office.path
    for task in engine.tasks_of(application.number):
        if task.kind == "review":
            yield task.scope


def _covers(by: Any, scope: str, day: date) -> bool:
    return any(may_act(by, role, scope, day) for role in ("district_reviewer", *SUPERVISORS))


def _turn(state: State) -> str:
    if state.value in ENDS:
        return "none"
    if state in (State.RETURNED, State.MUST_COMPLETE):
        return "applicant"
    return "other" if state in (State.APPROVED, State.WITHDRAWING) else "office"

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from orchestrator import api as engine
from orchestrator.models import Job
from portal.applications import services
from portal.applications.models import Application, Process
from portal.clock.models import DemonstrationClock
from portal.demonstration.people import (
    PLACES,
    claim_form,
    collected,
    collection_form,
    newcomer,
    transfer_in_form,
    transfer_out_form,
)
from portal.demonstration.stage import Story, play
from portal.demonstration.stories import REASONS, apply, review
from portal.errors import Refused
from portal.national_platform.client import from_settings
from portal.national_platform.simulator.faults import Plan
from portal.transfers.feed import read_feed

GUANGDONG, BEIJING, GUIZHOU = "440000", "110000", "520000"
pytestmark = pytest.mark.usefixtures("at_work")


def submitted(person: Any, process: Process, data: dict[str, Any], now: datetime) -> Application:
    return apply(Story("", now, _nothing), person, process, data, now, "")


def faults_of(person: Any, process: Process, data: dict[str, Any], now: datetime) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        submitted(person, process, data, now)
    return [(fault.field, fault.code) for fault in refusal.value.faults]


def test_a_person_of_beijing_cannot_choose_the_law_of_guangdong(now: datetime) -> None:
    person = newcomer(BEIJING, now)

    found = faults_of(person, Process.COLLECTION, collection_form(person, PLACES[GUANGDONG], now), now)

    assert ("division", "division_elsewhere") in found


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"destination": "999999"}, ("destination", "unknown_destination")),
        ({"destination_division": "110000/110999"}, ("destination_division", "unknown_division")),
        ({"destination_division": PLACES[GUIZHOU]}, ("destination_division", "division_elsewhere")),
        ({"destination": "310000", "destination_division": "王 110101"}, ("destination_division", "no_place_name")),
    ],
)
def test_a_transfer_to_nowhere_is_refused_before_the_file_is_locked(
    changes: dict[str, str], fault: tuple[str, str], now: datetime
) -> None:
    person = collected(GUANGDONG, now)

    found = faults_of(person, Process.TRANSFER_OUT, {**transfer_out_form(person, BEIJING, now), **changes}, now)

    person.refresh_from_db()
    assert (found, person.file_state) == ([fault], "collected")


def test_a_transfer_in_to_an_unknown_division_is_refused(now: datetime) -> None:
    person = newcomer(GUANGDONG, now)

    found = faults_of(
        person, Process.TRANSFER_IN, {**transfer_in_form(person, BEIJING, now), "division": "110000/110999"}, now
    )

    assert found == [("division", "unknown_division")]


def test_a_correction_cannot_change_what_the_process_has_decided_by(now: datetime) -> None:
    person = collected(GUIZHOU, now)
    case = submitted(person, Process.CREDIT_CLAIM, claim_form(person, 2026, now), now)
    review(case, "return", now, REASONS[:1])

    with pytest.raises(Refused) as refusal, transaction.atomic():
        changed = claim_form(person, 2026, now, days=1)
        services.resubmit(number=case.number, data=changed, by=person.user, now=now)

    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [("days", "fixed_in_correction")]


def test_a_correction_is_judged_by_the_day_of_the_first_submission(now: datetime) -> None:
    december = datetime.fromisoformat("2026-12-29T10:00:00+08:00")
    person = collected(GUIZHOU, now)
    case = submitted(person, Process.CREDIT_CLAIM, claim_form(person, 2026, december), december)
    review(case, "return", december, REASONS[:1])

    january = december + timedelta(days=8)
    services.resubmit(number=case.number, data=claim_form(person, 2026, january), by=person.user, now=january)

    assert Application.objects.get(pk=case.pk).state == "submitted"


def test_a_receipt_that_came_before_the_answer_to_the_offer_is_not_lost(now: datetime) -> None:
    platform = from_settings()
    person = collected(GUANGDONG, now)
    case = submitted(person, Process.TRANSFER_OUT, transfer_out_form(person, BEIJING, now), now)
    due = now + timedelta(days=14)
    platform.simulator.faults.follow(Plan(next=("lose", "lose", "lose")))
    engine.run_due(due)
    platform.simulator.faults.follow(Plan())
    offer = platform.find(person_key=person.person_index, destination=BEIJING, now=due)
    assert offer is not None
    applied = platform.apply(key="a", offer_id=offer.id, version=offer.version, now=due)
    platform.receive(key="r", offer_id=offer.id, version=applied.version, now=due)
    read_feed(platform, due)

    _free_leases()
    play([Story("settle", due, _nothing)])

    assert Application.objects.get(pk=case.pk).state == "end_completed"


def test_an_outage_of_the_platform_is_waited_out_and_never_becomes_an_incident(now: datetime, settings: Any) -> None:
    settings.ORCHESTRATOR_MAX_ATTEMPTS = 1
    platform = from_settings()
    person = collected(GUANGDONG, now)
    case = submitted(person, Process.TRANSFER_OUT, transfer_out_form(person, BEIJING, now), now)
    due = now + timedelta(days=14)
    platform.simulator.faults.follow(Plan(down=True))
    for _ in range(3):
        _free_leases()
        engine.run_due(due)
    incidents = list(engine.incidents())
    platform.simulator.faults.follow(Plan())

    _free_leases()
    engine.run_due(due)

    assert (incidents, Application.objects.get(pk=case.pk).state) == ([], "approved_waiting")


def _free_leases() -> None:
    Job.objects.update(leased_until=None)


def _nothing(story: Story, now: datetime) -> Any:
    yield now


def test_the_same_request_key_with_other_answers_is_refused(now: datetime) -> None:
    person = newcomer(BEIJING, now)
    given = {"accountant_id": person.pk, "process": Process.COLLECTION, "by": person.user, "now": now}
    form = collection_form(person, PLACES[BEIJING], now)
    first = services.submit(**given, data=form, request_key="k")

    again = services.submit(**given, data=form, request_key="k")
    with pytest.raises(Refused) as refusal, transaction.atomic():
        services.submit(**given, data={**form, "major": "审计学"}, request_key="k")

    assert (again.number, refusal.value.code) == (first.number, "request_key_reused")


def test_someone_kept_elsewhere_is_told_to_transfer_out_first(now: datetime) -> None:
    person = collected(GUIZHOU, now)

    with pytest.raises(Refused) as refusal, transaction.atomic():
        submitted(person, Process.TRANSFER_IN, transfer_in_form(person, BEIJING, now), now)

    assert refusal.value.code == "transfer_out_first"


def test_the_clock_goes_on_once_cases_are_left_open(now: datetime) -> None:
    call_command("tour", "--open", stdout=StringIO())

    assert not DemonstrationClock.objects.exists()

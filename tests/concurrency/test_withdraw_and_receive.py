from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from orchestrator import api as engine
from portal.applications import reviewing, services
from portal.applications.models import Application, Process
from portal.demonstration.people import PLACES, collected, reviewer_of, transfer_in_form, transfer_out_form
from portal.demonstration.stage import Story, play
from portal.demonstration.stories import apply
from portal.errors import Refused
from portal.national_platform.client import from_settings
from portal.transfers.selectors import transfer_of

PAIRS = 100
GUANGDONG, BEIJING = "440000", "110000"
RECEIVED = ("end_completed", "must_complete", "RECEIVED")
WITHDRAWN = ("end_withdrawn", "end_cancelled", "REVOKED")


@pytest.mark.usefixtures("at_work")
def test_of_a_hundred_withdrawals_against_receipts_each_has_one_winner_on_whom_both_sides_agree(
    now: datetime,
) -> None:
    pairs: list[tuple[str, str]] = []
    later = play([Story("pairs", now, lambda story, moment: _pairs(story, moment, pairs))])

    with ThreadPoolExecutor(4) as threads:
        for out, came in pairs:
            start = Barrier(2)
            race = [
                threads.submit(_in_thread, start, lambda out=out: _withdraw(out, later)),
                threads.submit(_in_thread, start, lambda came=came: _approve(came, later)),
            ]
            for runner in race:
                runner.result()
    play([Story("settle", later, _nothing)])

    ends = Counter(_agreement(out, came) for out, came in pairs)
    assert set(ends) <= {RECEIVED, WITHDRAWN}
    assert sum(ends.values()) == PAIRS


def _pairs(story: Story, now: datetime, pairs: list[tuple[str, str]]) -> Any:
    people = [collected(GUANGDONG, now) for _ in range(PAIRS)]
    outs = []
    for person in people:
        form = transfer_out_form(person, BEIJING, now)
        outs.append(apply(story, person, Process.TRANSFER_OUT, form, now, ""))
    now = yield now + timedelta(days=14)
    for person, out in zip(people, outs, strict=True):
        form = transfer_in_form(person, BEIJING, now)
        came = apply(story, person, Process.TRANSFER_IN, form, now, "")
        pairs.append((out.number, came.number))
    yield now + timedelta(hours=1)


def _in_thread(start: Barrier, act: Callable[[], None]) -> None:
    try:
        start.wait(timeout=30)
        act()
    finally:
        connection.close()


def _withdraw(number: str, now: datetime) -> None:
    try:
        services.withdraw(number=number, by=Application.objects.get(number=number).applicant.user, why="", now=now)
    except Refused as late:
        assert late.code in ("received_elsewhere", "not_withdrawn_now", "already_ended")
    engine.run_due(now)


def _approve(number: str, now: datetime) -> None:
    try:
        task = engine.waiting_of(number)[0]
        reviewing.decide(task.pk, by=reviewer_of(PLACES[BEIJING]), outcome="approve", now=now)
    except (IndexError, engine.TaskClosed):
        pass  # the withdrawal was faster and has closed the case
    engine.run_due(now)


def _nothing(story: Story, now: datetime) -> Any:
    yield now


def _agreement(out: str, came: str) -> tuple[str, str, str]:
    states = dict(Application.objects.filter(number__in=(out, came)).values_list("number", "state"))
    transfer = transfer_of(out)
    assert transfer is not None
    return states[out], states[came], str(from_settings().get(transfer.offer_id).state)

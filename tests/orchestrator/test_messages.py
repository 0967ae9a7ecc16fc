"""Messages from outside: kept until a case waits for them, once each, in order."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from orchestrator import instances, jobs, messages
from orchestrator.errors import NotWaiting
from orchestrator.history import read_of
from orchestrator.models import Message, ProcessInstance
from tests.orchestrator.conftest import TownHall, at_once, begin

pytestmark = pytest.mark.usefixtures("deployed")


@pytest.fixture
def keep(now: datetime) -> Callable[..., None]:
    def put(text: str, key: str = "L1", dedupe: str = "") -> None:
        messages.keep_message("letter.came", key, payload={"text": text}, dedupe=dedupe or text, now=now)

    return put


def letters(key: str = "L1") -> tuple[Any, Any]:
    variables = instances.variables_of(key)
    return variables.get("one"), variables.get("two")


def test_letters_that_came_too_early_are_delivered_in_order_once_the_case_waits(keep: Any, now: datetime) -> None:
    keep("a")
    keep("b")

    begin("letters", "L1", now)
    jobs.run_due(now)

    assert letters() == ({"text": "a"}, {"text": "b"})
    assert not Message.objects.filter(delivered_at=None).exists()
    assert [row.kind for row in read_of("L1") if row.kind != "passed"] == ["started", "message", "message"]


def test_letters_that_come_while_the_case_waits_are_delivered_by_the_sweep(keep: Any, now: datetime) -> None:
    begin("letters", "L1", now)
    keep("a")
    noticed = jobs.is_quiet(now)

    jobs.run_due(now)

    assert not noticed
    assert letters() == ({"text": "a"}, None)
    assert jobs.is_quiet(now)


def test_a_copy_of_a_letter_changes_nothing(keep: Any, now: datetime) -> None:
    begin("letters", "L1", now)
    keep("a", dedupe="one")
    jobs.run_due(now)
    keep("a again", dedupe="one")
    jobs.run_due(now)

    assert letters() == ({"text": "a"}, None)


def test_a_letter_for_another_case_is_left_alone(keep: Any, now: datetime) -> None:
    keep("b", key="L2")

    begin("letters", "L1", now)
    jobs.run_due(now)

    assert letters() == (None, None)
    assert Message.objects.get().delivered_at is None


def test_a_letter_delivered_by_hand_needs_a_case_that_waits(now: datetime) -> None:
    with pytest.raises(NotWaiting):
        instances.deliver("letter.came", "L1", payload={}, by=None, now=now)


def test_a_case_that_fails_on_its_letter_keeps_it_and_stops_no_other(keep: Any, now: datetime) -> None:
    begin("letters", "L1", now)
    begin("letters", "L2", now)
    ProcessInstance.objects.filter(business_key="L1").update(state=b"\x80")
    keep("a")
    keep("b", key="L2")

    jobs.run_due(now)

    assert letters("L2") == ({"text": "b"}, None)
    assert Message.objects.get(key="L1").delivered_at is None


def test_a_letter_that_cannot_be_delivered_becomes_an_incident_that_can_be_retried(
    keep: Any, now: datetime, settings: Any
) -> None:
    settings.ORCHESTRATOR_MAX_ATTEMPTS = 1
    instance = begin("letters", "L1", now)
    state = bytes(instance.state)
    ProcessInstance.objects.filter(business_key="L1").update(state=b"\x80")
    keep("a")
    jobs.run_due(now)
    [incident] = jobs.incidents()
    ProcessInstance.objects.filter(business_key="L1").update(state=state)

    jobs.retry(incident.pk, by=None, now=now)
    jobs.run_due(now)

    assert letters() == ({"text": "a"}, None)
    assert list(jobs.incidents()) == []


def test_two_sweeps_deliver_a_letter_once(committed: TownHall, keep: Any, now: datetime) -> None:
    begin("letters", "L1", now)
    keep("a")

    at_once(*[lambda: jobs.run_due(now)] * 4)

    assert letters() == ({"text": "a"}, None)


def test_of_two_who_deliver_at_once_each_meets_a_case_that_waits(committed: TownHall, now: datetime) -> None:
    begin("letters", "L1", now)

    sent = at_once(
        *[
            lambda text=text: instances.deliver("letter.came", "L1", payload={"text": text}, by=None, now=now)
            for text in "abc"
        ]
    )

    assert [type(result).__name__ for result in sent].count("NotWaiting") == 1
    assert len({letter["text"] for letter in letters()}) == 2


def test_copies_kept_at_once_are_one(committed: TownHall, keep: Any, now: datetime) -> None:
    kept = at_once(*[lambda: keep("a", dedupe="one")] * 4)

    assert kept == [None] * 4
    assert Message.objects.count() == 1


def test_a_letter_kept_while_the_case_starts_is_found_by_the_sweep(
    committed: TownHall, keep: Any, now: datetime
) -> None:
    at_once(lambda: begin("letters", "L1", now), lambda: keep("a"))

    jobs.run_due(now)

    assert letters() == ({"text": "a"}, None)


def test_a_letter_undone_with_its_transaction_never_came(keep: Any, now: datetime) -> None:
    begin("letters", "L1", now)
    with pytest.raises(KeyError), transaction.atomic():
        keep("a")
        raise KeyError

    jobs.run_due(now)

    assert letters() == (None, None)

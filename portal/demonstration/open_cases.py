"""Cases left open in every state for whoever signs in; they belong to the seeded people."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model

from orchestrator import api as engine
from portal.accountants.models import Accountant
from portal.applications import reviewing
from portal.applications.models import Application, Process
from portal.demonstration.people import (
    PLACES,
    claim_form,
    collection_form,
    newcomer,
    reviewer_of,
    transfer_in_form,
    transfer_out_form,
)
from portal.demonstration.stage import Story, Telling, play
from portal.demonstration.stories import BEIJING, CHONGQING, GUANGDONG, GUIZHOU, REASONS, apply, review

HAIDIAN = "110000/110108"
CROWD = 24


def leave_open(now: datetime) -> int:
    """Cases are open in every state a person can be shown; a second call adds none. Returns how many are open."""
    if not Application.objects.filter(applicant__user__username="bj-acct-1").exists():
        play([Story("open cases", now - timedelta(days=12), _tell)], until=now)
        play([Story("crowd", now - timedelta(days=1), _crowd)], until=now)
    return Application.objects.filter(ended_at=None).count()


def _tell(story: Story, now: datetime) -> Telling:
    _transfers(story, now)
    now = yield now + timedelta(days=6)
    _come_in(story, now)
    now = yield now + timedelta(days=4)
    _collections(story, now)
    _claims(story, now)
    now = yield now + timedelta(days=1)
    apply_out(story, "gd-acct-5", BEIJING, now)


def _transfers(story: Story, now: datetime) -> None:
    apply_out(story, "gd-acct-6", GUIZHOU, now)
    apply_out(story, "gz-acct-6", BEIJING, now)
    apply_out(story, "cq-acct-6", GUANGDONG, now)
    out = apply_out(story, "bj-acct-7", CHONGQING, now)
    review(out, "approve", now)


def _come_in(story: Story, now: datetime) -> None:
    for username, province in (("gz-acct-6", BEIJING), ("bj-acct-7", CHONGQING)):
        person = seeded(username)
        form = transfer_in_form(person, province, now)
        apply(story, person, Process.TRANSFER_IN, form, now, "")


def _collections(story: Story, now: datetime) -> None:
    for username, path in (("bj-acct-1", PLACES[BEIJING]), ("bj-acct-3", HAIDIAN), ("cq-acct-1", PLACES[CHONGQING])):
        collect(story, seeded(username), path, now)
    review(collect(story, seeded("bj-acct-2"), PLACES[BEIJING], now), "return", now, REASONS)
    claimed = collect(story, seeded("cq-acct-2"), PLACES[CHONGQING], now)
    reviewer = reviewer_of(PLACES[CHONGQING])
    task = next(iter(engine.waiting_of(claimed.number)))
    reviewing.claim(task.pk, by=reviewer, now=now)


def _claims(story: Story, now: datetime) -> None:
    for username in ("gz-acct-5", "bj-acct-5", "cq-acct-5"):
        claim(story, seeded(username), now)
    review(claim(story, seeded("gz-acct-7"), now), "return", now, REASONS[:1])


def _crowd(story: Story, now: datetime) -> Telling:
    for number in range(CROWD):
        path = PLACES[BEIJING] if number % 3 else HAIDIAN
        collect(story, newcomer(BEIJING, now), path, now)
        now = yield now + timedelta(minutes=20)


def collect(story: Story, person: Accountant, path: str, now: datetime) -> Application:
    """The person has submitted a complete collection form."""
    return apply(story, person, Process.COLLECTION, collection_form(person, path, now), now, "")


def apply_out(story: Story, username: str, destination: str, now: datetime) -> Application:
    """The seeded person has applied to leave for another province."""
    person = seeded(username)
    form = transfer_out_form(person, destination, now)
    return apply(story, person, Process.TRANSFER_OUT, form, now, "")


def claim(story: Story, person: Accountant, now: datetime) -> Application:
    """The person has claimed the credits of a conference of this year."""
    return apply(story, person, Process.CREDIT_CLAIM, claim_form(person, now.year, now), now, "")


def seeded(username: str) -> Any:
    """A seeded accountant."""
    return get_user_model().objects.get(username=username).accountant

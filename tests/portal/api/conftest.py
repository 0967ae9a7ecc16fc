"""A small world for the API: one Beijing office with two cases, and everybody who may knock at the door."""

from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from rest_framework.test import APIClient

from orchestrator import api as engine
from orchestrator.models import Job
from portal.accountants.models import Accountant
from portal.applications import services
from portal.applications.models import Application, Process
from portal.clock.services import stand_at
from portal.demonstration.people import PLACES, collected, collection_form, newcomer, transfer_out_form
from portal.jurisdictions.services import appoint
from portal.national_platform import client as platform
from portal.national_platform import sms_gateway
from tests.portal.api.cast import BEIJING, BOTH, CHAOYANG, NOW, OWNER, PASSWORD, REVIEWER, STRANGER, World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Seeded and deployed once for a module; every test runs in a savepoint of this transaction."""
    media = tmp_path_factory.mktemp("media")
    with (
        override_settings(DEMO=True, MEDIA_ROOT=media, NATIONAL_PLATFORM_URL="memory:"),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        platform.from_settings.cache_clear()
        sms_gateway.from_settings.cache_clear()
        yield _populate()
        transaction.set_rollback(True)
        platform.from_settings.cache_clear()
        sms_gateway.from_settings.cache_clear()


@pytest.fixture(autouse=True)
def _at_the_door(world: World, db: None) -> None:
    cache.clear()


@pytest.fixture
def sign_in() -> Callable[[str], APIClient]:
    """A client with the session of the person of this user name."""

    def signed_in(username: str, **headers: str) -> APIClient:
        client = APIClient(headers={"Accept-Language": "en", **headers})
        client.force_login(get_user_model().objects.get(username=username))
        return client

    return signed_in


@pytest.fixture
def reviewer(sign_in: Callable[[str], APIClient]) -> APIClient:
    """The reviewer of the office that has the owner's case."""
    return sign_in(REVIEWER)


@pytest.fixture
def owner(sign_in: Callable[[str], APIClient]) -> APIClient:
    """The applicant of the case."""
    return sign_in(OWNER)


@pytest.fixture
def newcomer_in_guangdong() -> tuple[APIClient, dict[str, Any]]:
    """Somebody who is about to submit a collection, and the form."""
    person = newcomer("440000", NOW)
    client = APIClient(headers={"Accept-Language": "en"})
    client.force_login(person.user)
    return client, collection_form(person, PLACES["440000"], NOW)


def _populate() -> World:
    call_command("seed", stdout=StringIO())
    engine.deploy(engine.read_workflows(), by=None, now=NOW)
    stand_at(NOW)
    _named(newcomer(BEIJING, NOW), STRANGER)
    number, material = _case_of(_named(newcomer(BEIJING, NOW), OWNER))
    both = _named(newcomer(BEIJING, NOW), BOTH)
    appoint(user=both.user, role="district_reviewer", division=CHAOYANG, valid_from=date(2026, 1, 1))
    own_number, own_material = _case_of(both)
    return World(
        number=number,
        task=engine.waiting_of(number)[0].pk,
        material=material,
        own_number=own_number,
        own_task=engine.waiting_of(own_number)[0].pk,
        own_material=own_material,
        incident=_incident(),
    )


def _named(person: Accountant, username: str) -> Accountant:
    person.user.username = username
    person.user.set_password(PASSWORD)
    person.user.save(update_fields=["username", "password"])
    return person


def _case_of(person: Accountant) -> tuple[str, int]:
    form = collection_form(person, CHAOYANG, NOW)
    case = _submit(person, Process.COLLECTION, form)
    return case.number, form["materials"][0]


def _incident() -> int:
    person = collected("440000", NOW)
    case = _submit(person, Process.TRANSFER_OUT, transfer_out_form(person, BEIJING, NOW))
    job = Job.objects.filter(instance__business_key=case.number)[0]
    job.status, job.ended_at, job.error = Job.Status.FAILED, NOW, "PlatformUnavailable"
    job.save()
    return job.pk


def _submit(person: Accountant, process: Process, form: dict[str, Any]) -> Application:
    return services.submit(
        accountant_id=person.pk,
        process=process,
        data=form,
        by=person.user,
        now=NOW,
        request_key=f"world-{person.pk}",
    )

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest
from dj_database_url import parse
from django.core.management import call_command
from django.db import connection

from orchestrator import api as engine
from orchestrator.models import HistoryEvent, Job
from portal.national_platform import DEMO_TOKEN
from portal.national_platform.client import NationalPlatform
from portal.national_platform.sms_gateway import SmsGateway
from portal.notifications.models import Delivery
from tests.faults.site import Site

VICTIMS = ("worker", "valkey", "beat", "web", "worker", "platform")
PAUSE = 2.5
PROVINCES = ("440000", "520000", "110000", "500000")


@pytest.fixture
def site(transactional_db: None, servers: dict[str, str], settings: Any, tmp_path: Path) -> Iterator[Site]:
    settings.DEMO = True
    call_command("seed", stdout=StringIO())
    engine.deploy(engine.read_workflows(), by=None, now=datetime(2026, 1, 5, tzinfo=UTC))
    site = Site(tmp_path, _test_database(servers["DATABASE_URL"]))
    try:
        site.start()
        yield site
    finally:
        site.stop()


def test_every_case_ends_right_and_every_effect_happens_once_whatever_is_killed(site: Site) -> None:
    tour = site.manage("tour", "--workers", "--json")
    output = _kill_in_turn_until_done(site, tour)

    cases = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert tour.returncode == 0, output[-3000:]
    assert len(cases) >= 28
    assert [case["case"] for case in cases if not case["right"]] == []
    assert site.kills >= len(VICTIMS)
    assert not Job.objects.filter(status=Job.Status.FAILED).exists()
    assert _finished_twice() == {}
    assert _messages_at_gateway(site) == Counter(Delivery.objects.values_list("template", "case"))
    assert _events_at_platform(site) == _calls_that_took_effect()
    assert httpx.get(f"{site.url}/login/", timeout=60).status_code == 200


def _kill_in_turn_until_done(site: Site, tour: subprocess.Popen[str]) -> str:
    victims = cycle(VICTIMS)
    deadline = time.monotonic() + 900
    while tour.poll() is None and time.monotonic() < deadline:
        try:
            tour.wait(PAUSE)
        except subprocess.TimeoutExpired:
            site.kill(next(victims))
    output, _ = tour.communicate(timeout=30)
    return output


def _finished_twice() -> dict[tuple[Any, ...], int]:
    done = HistoryEvent.objects.filter(kind="external_done").values_list("instance", "element", "revision")
    return {event: count for event, count in Counter(done).items() if count > 1}


def _messages_at_gateway(site: Site) -> Counter[tuple[str, str]]:
    gateway = SmsGateway(site.platform_url, DEMO_TOKEN)
    people = set(Delivery.objects.values_list("accountant_id", flat=True))
    messages = [sms for person in people for sms in gateway.sent(f"accountant:{person}")]
    gateway.close()
    return Counter((sms.template, str(sms.params["case"])) for sms in messages)


def _events_at_platform(site: Site) -> Counter[str]:
    platform = NationalPlatform(site.platform_url, DEMO_TOKEN)
    seen = {change.seq: change for province in PROVINCES for change in platform.changes(province, limit=500)}
    platform.close()
    return Counter(str(change.event) for change in seen.values())


def _calls_that_took_effect() -> Counter[str]:
    names = {
        "national.offer": "offered",
        "national.apply": "in_applied",
        "national.receive": "received",
        "national.give_back": "returned",
        "national.revoke": "revoked",
    }
    done = Job.objects.filter(status=Job.Status.DONE, work__in=names).values_list("work", flat=True)
    return Counter(names[work] for work in done)


def _test_database(url: str) -> str:
    plain, name = parse(url)["NAME"], connection.settings_dict["NAME"]
    return url.removesuffix(f"/{plain}") + f"/{name}"

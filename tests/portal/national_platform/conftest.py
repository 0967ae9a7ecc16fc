"""A simulator in its own process, the in-memory stand-in, and the few moves every test makes."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal.national_platform import DEMO_TOKEN
from portal.national_platform.client import NationalPlatform
from portal.national_platform.memory import MemoryPlatform, MemorySmsGateway, memory_simulator
from portal.national_platform.payloads import Offer
from portal.national_platform.simulator.faults import plan_from
from portal.national_platform.sms_gateway import SmsGateway
from tests.simulator import SimulatorProcess

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
GUANGDONG, GUIZHOU, BEIJING, CHONGQING = "440000", "520000", "110000", "500000"


class Bench:
    """A platform and a gateway to test, whichever they are, and the switch for their faults."""

    def __init__(
        self, platform: NationalPlatform, sms: SmsGateway, set_faults: Callable[[dict[str, Any]], None]
    ) -> None:
        self.platform = platform
        self.sms = sms
        self.set_faults = set_faults


@pytest.fixture
def process(tmp_path: Path) -> Iterator[SimulatorProcess]:
    process = SimulatorProcess(tmp_path / "national.sqlite3")
    yield process
    process.kill()


@pytest.fixture(scope="session")
def shared_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    process = SimulatorProcess(tmp_path_factory.mktemp("national") / "national.sqlite3")
    yield process
    process.kill()


@pytest.fixture
def http(shared_process: SimulatorProcess) -> Iterator[httpx.Client]:
    """The wire itself, for what the client never says."""
    headers = {"Authorization": f"Bearer {DEMO_TOKEN}", "Idempotency-Key": os.urandom(8).hex()}
    with httpx.Client(base_url=shared_process.url, headers=headers, trust_env=False) as client:
        client.delete("/faults")
        yield client
        client.delete("/faults")


@pytest.fixture(params=["process", "memory"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Every test with this fixture runs over the real client and server, and over the stand-in."""
    if request.param == "memory":
        simulator = memory_simulator()
        platform, sms = MemoryPlatform(simulator), MemorySmsGateway(simulator)
        yield Bench(platform, sms, lambda plan: simulator.faults.follow(plan_from(plan)[0]))
        simulator.close()
        return
    url = request.getfixturevalue("shared_process").url
    http = request.getfixturevalue("http")
    platform, sms = quick(url), SmsGateway(url, DEMO_TOKEN, sleep=lambda _: None)
    yield Bench(platform, sms, lambda plan: http.put("/faults", json=plan).raise_for_status() and None)
    platform.close()
    sms.close()


def quick(url: str, timeout: float = 5.0, retries: int = 2) -> NationalPlatform:
    return NationalPlatform(url, DEMO_TOKEN, timeout, retries, sleep=lambda _: None)


def offer_to(platform: NationalPlatform, person: str, key: str = "", **changed: Any) -> Offer:
    fields = {
        "person_key": person,
        "source": GUANGDONG,
        "source_division": "440000/440100/440113",
        "destination": GUIZHOU,
        "destination_division": "520000/520100",
        "payload": {"file": "ref-1", "姓名": "见文件"},
        "now": NOW,
    }
    return platform.offer(key=key or f"offer:{person}", **{**fields, **changed})


@pytest.fixture
def person() -> str:
    """A person nobody else in this run is."""
    return os.urandom(16).hex()


@pytest.fixture
def offered() -> Callable[..., Offer]:
    """Offers a person's file from Guangdong to Guizhou; keywords change the offer."""
    return offer_to


@pytest.fixture
def applied() -> Callable[[NationalPlatform, str], Offer]:
    """Offers a person's file and applies in: an offer IN_APPLIED, version 2."""

    def apply_in(platform: NationalPlatform, person: str) -> Offer:
        offer = offer_to(platform, person)
        return platform.apply(key=f"apply:{person}", offer_id=offer.id, version=1, now=NOW)

    return apply_in


@pytest.fixture
def client_of() -> Iterator[Callable[..., NationalPlatform]]:
    """Builds clients that do not wait between their tries, and closes them."""
    with ExitStack() as opened:

        def client_of(url: str, timeout: float = 5.0, retries: int = 2) -> NationalPlatform:
            platform = quick(url, timeout, retries)
            opened.callback(platform.close)
            return platform

        yield client_of


@pytest.fixture
def gateway_of() -> Iterator[Callable[[str], SmsGateway]]:
    """Builds gateways that do not wait between their tries, and closes them."""
    with ExitStack() as opened:

        def gateway_of(url: str) -> SmsGateway:
            gateway = SmsGateway(url, DEMO_TOKEN, sleep=lambda _: None)
            opened.callback(gateway.close)
            return gateway

        yield gateway_of

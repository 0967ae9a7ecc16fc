"""What the client makes of answers that keep no contract, how it waits, and how settings choose it."""

import random
from datetime import UTC, datetime
from types import SimpleNamespace

import httpx
import pytest

from portal.national_platform import client, sms_gateway
from portal.national_platform.client import NationalPlatform
from portal.national_platform.errors import PlatformConflict, PlatformRefused, PlatformUnavailable
from portal.national_platform.memory import MemoryPlatform, MemorySmsGateway

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
OFFER = {
    "id": "1",
    "version": 1,
    "state": "OFFERED",
    "source": "440000",
    "destination": "520000",
    "source_division": "a",
    "destination_division": "b",
    "person_key": "p",
    "payload": {},
    "updated_at": "2026-11-23T09:30:00+08:00",
}


@pytest.fixture(autouse=True)
def no_client_is_kept():
    client.from_settings.cache_clear()
    sms_gateway.from_settings.cache_clear()
    yield
    client.from_settings.cache_clear()
    sms_gateway.from_settings.cache_clear()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>login</html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={**OFFER, "version": "1"}),
        httpx.Response(200, json={**OFFER, "version": True}),
        httpx.Response(200, json={**OFFER, "state": "LOST"}),
        httpx.Response(200, json={**OFFER, "payload": None}),
        httpx.Response(200, json={**OFFER, "updated_at": "2026-11-23T09:30:00"}),
        httpx.Response(409, json={"code": "wrong_state"}),
        httpx.Response(422, json=["?"]),
        httpx.Response(302, headers={"Location": "http://elsewhere.invalid/"}, json={}),
        httpx.Response(418, json={}),
    ],
)
def test_an_answer_outside_the_contract_means_unavailable(answer):
    platform = answering(lambda _: answer)

    with pytest.raises(PlatformUnavailable):
        platform.get("1")


def test_times_are_read_as_utc():
    platform = answering(lambda _: httpx.Response(200, json=OFFER))

    offer = platform.get("1")

    assert offer.updated_at == NOW
    assert offer.updated_at.tzinfo is UTC


@pytest.mark.parametrize("status", [401, 403, 404, 409, 422])
def test_a_decided_answer_is_not_asked_for_again(status):
    requests = []
    body = {"code": "x", "offer": OFFER, "faults": []}
    platform = answering(lambda request: requests.append(request) or httpx.Response(status, json=body))

    with pytest.raises((PlatformRefused, PlatformConflict)):
        platform.receive(key="k", offer_id="1", version=1, now=NOW)

    assert len(requests) == 1


def test_every_try_carries_the_same_key_and_body():
    requests = []
    platform = answering(lambda request: requests.append(request) or httpx.Response(503))

    with pytest.raises(PlatformUnavailable):
        platform.receive(key="case 1·接收·2", offer_id="1", version=2, now=NOW)

    assert {request.headers["Idempotency-Key"] for request in requests} == {"case%201%C2%B7%E6%8E%A5%E6%94%B6%C2%B72"}
    assert {request.content for request in requests} == {b'{"version":2}'}
    assert {request.headers["X-Now"] for request in requests} == {"2026-11-23T01:30:00+00:00"}
    assert len(requests) == 3


def test_pauses_grow_and_are_jittered(monkeypatch):
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    pauses = []
    platform = answering(lambda _: httpx.Response(500), retries=5, sleep=pauses.append)

    with pytest.raises(PlatformUnavailable):
        platform.get("1")

    assert pauses == [0.2, 0.4, 0.8, 1.6, 2.0]


def test_an_error_says_a_sentence_and_nothing_about_the_person():
    platform = answering(lambda _: httpx.Response(409, json={"code": "wrong_state", "offer": OFFER}))

    with pytest.raises(PlatformConflict) as lost:
        platform.receive(key="k", offer_id="1", version=1, now=NOW)

    assert str(lost.value) == (
        "Someone else was faster: the offer is no longer in the state the request assumed. (wrong_state)"
    )


def test_settings_choose_the_address_and_one_client_is_kept(monkeypatch):
    chosen = SimpleNamespace(NATIONAL_PLATFORM_URL="http://127.0.0.1:1", NATIONAL_PLATFORM_TOKEN="")
    monkeypatch.setattr("django.conf.settings", chosen)

    first, second = client.from_settings(), client.from_settings()

    assert first is second
    assert not isinstance(first, MemoryPlatform)
    assert not isinstance(sms_gateway.from_settings(), MemorySmsGateway)


def test_settings_can_choose_the_stand_in(monkeypatch):
    chosen = SimpleNamespace(NATIONAL_PLATFORM_URL="memory:", NATIONAL_PLATFORM_TOKEN="")
    monkeypatch.setattr("django.conf.settings", chosen)

    platform, gateway = client.from_settings(), sms_gateway.from_settings()

    assert platform.find(person_key="p", destination="520000", now=NOW) is None
    assert gateway.sent("accountant:1") == []


def answering(answer, **more):
    more = {"sleep": lambda _: None, **more}
    return NationalPlatform("http://platform.invalid", "t", wire=httpx.MockTransport(answer), **more)

"""What the simulator answers to requests our client never sends, and how a slow one looks to it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from portal.national_platform.client import NationalPlatform
from portal.national_platform.errors import PlatformRefused, PlatformUnavailable


def test_a_caller_without_the_token_learns_nothing(http):
    answer = http.get("/changes", params={"province": "440000"}, headers={"Authorization": "Bearer other"})

    assert (answer.status_code, answer.json()) == (401, {"code": "unauthorized"})


def test_a_wrong_token_is_a_refusal_for_the_client(shared_process):
    platform = NationalPlatform(shared_process.url, "wrong")

    with pytest.raises(PlatformRefused) as refused:
        platform.changes("440000")
    platform.close()

    assert refused.value.code == "unauthorized"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(http, body):
    answer = http.post("/offers", content=body)

    assert answer.status_code == 422
    assert answer.json()["faults"] == [{"field": "body", "problem": "not_a_json_object"}]


def test_missing_fields_and_headers_are_listed_together(http):
    answer = http.post(
        "/offers", json={"sources": "440000"}, headers={"Idempotency-Key": "", "X-Now": "2026-11-23 09:30"}
    )

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["faults"]] == [
        "Idempotency-Key",
        "X-Now",
        "person_key",
        "source",
        "source_division",
        "destination",
        "destination_division",
        "payload",
        "sources",
    ]


def test_odd_values_are_faults_and_not_errors(http):
    answer = http.post("/offers/x/revoke", content=b'{"allowed_states": [["OFFERED"]], "version": true, "\\ud800": 1}')

    assert answer.status_code == 422
    assert [fault["problem"] for fault in answer.json()["faults"]] == [
        "not_open_states",
        "not_a_version",
        "unknown_field",
    ]


@pytest.mark.parametrize("path", ["/", "/offer", "/offers/x/approve", "/offers/x/apply/y"])
def test_an_unknown_path_is_not_found(http, path):
    answer = http.post(path, json={})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_wrong_method_is_named(http):
    answer = http.put("/offers", json={})

    assert (answer.status_code, answer.json()["code"]) == (405, "wrong_method")


def test_questions_are_checked_like_effects(http):
    offers = http.get("/offers", params={"state": "LOST"})
    changes = http.get("/changes", params={"after": "-1", "limit": "99999999999999999999"})

    assert [fault["field"] for fault in offers.json()["faults"]] == ["state", "person_key"]
    assert [fault["field"] for fault in changes.json()["faults"]] == ["province", "after", "limit"]


def test_a_body_without_end_is_refused_and_the_line_closed(http):
    answer = http.post("/sms", content=b"x" * (5 * 1024 * 1024))

    assert answer.status_code == 413
    assert answer.headers["Connection"] == "close"


def test_a_replay_says_that_it_is_one(http, person):
    message = {"to_ref": person, "template": "t", "params": {}}

    first, again = http.post("/sms", json=message), http.post("/sms", json=message)

    assert (first.status_code, again.status_code) == (201, 201)
    assert "Idempotent-Replay" not in first.headers
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json() == first.json()


def test_one_connection_carries_many_requests(http):
    first = http.get("/health").extensions["network_stream"].get_extra_info("client_addr")

    second = http.post("/sms", json={}).extensions["network_stream"].get_extra_info("client_addr")

    assert first == second


def test_faults_are_read_switched_and_cleared(http):
    put = http.put("/faults", json={"slow_ms": 5, "error_rate": 0.5, "next": ["slow:1", "ok"]})
    http.get("/sms", params={"ref": "nobody"})
    read = http.get("/faults")
    cleared = http.delete("/faults")

    assert put.json()["next"] == ["slow:1", "ok"]
    assert read.json() == {"slow_ms": 5, "error_rate": 0.5, "lose_answer_rate": 0.0, "down": False, "next": ["ok"]}
    assert cleared.json() == {"slow_ms": 0, "error_rate": 0.0, "lose_answer_rate": 0.0, "down": False, "next": []}


def test_wrong_faults_are_refused_and_the_old_ones_stay(http):
    answer = http.put("/faults", json={"slow_ms": -1, "error_rate": 2, "next": ["sometimes"], "up": True})

    assert [fault["field"] for fault in answer.json()["faults"]] == ["up", "slow_ms", "error_rate", "next"]
    assert http.get("/faults").json()["error_rate"] == 0.0


def test_health_and_faults_answer_while_the_platform_is_down(http):
    http.put("/faults", json={"down": True})

    with pytest.raises(httpx.RemoteProtocolError):
        http.get("/changes", params={"province": "440000"})

    assert http.get("/health").json() == {"status": "ok"}
    assert http.get("/faults").json()["down"] is True


def test_a_slow_platform_is_given_up_after_the_time_limit(http, shared_process, client_of, person, offered):
    http.put("/faults", json={"slow_ms": 1500})

    with pytest.raises(PlatformUnavailable) as unavailable:
        offered(client_of(shared_process.url, timeout=0.1, retries=1), person)

    assert unavailable.value.code == "ReadTimeout"


def test_an_effect_that_came_too_late_is_found_again_by_its_key(http, shared_process, client_of, person, offered):
    http.put("/faults", json={"next": ["slow:600", "ok"]})

    offer = offered(client_of(shared_process.url, timeout=0.3, retries=2), person)

    assert client_of(shared_process.url).get(offer.id) == offer
    assert offer.version == 1


def test_a_slow_request_does_not_hold_up_the_others(http, shared_process, client_of):
    http.put("/faults", json={"next": ["slow:3000"]})
    slow = threading.Thread(target=client_of(shared_process.url).changes, args=["440000"])
    slow.start()
    wait_until_drawn(http)

    client_of(shared_process.url, timeout=2.0, retries=0).changes("440000")

    assert slow.is_alive()
    slow.join()


def test_a_burst_of_new_connections_is_served(http, shared_process, client_of):
    with ThreadPoolExecutor(64) as pool:
        asked = pool.map(lambda _: client_of(shared_process.url, retries=0).changes("659000"), range(64))
        pages = list(asked)

    assert pages == [[]] * 64


def wait_until_drawn(http):
    while http.get("/faults").json()["next"]:
        pass

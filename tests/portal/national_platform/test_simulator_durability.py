"""What the simulator acknowledged survives kill -9, and what was in doubt is settled by asking again."""

import threading
from datetime import UTC, datetime

import pytest

from portal.national_platform.errors import PlatformConflict, PlatformError, PlatformUnavailable
from portal.national_platform.payloads import OfferState

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def test_answers_are_replayed_after_kill_and_restart(process, client_of, applied):
    platform = client_of(process.url)
    offer = applied(platform, "p")
    received = platform.receive(key="in", offer_id=offer.id, version=2, now=NOW)
    with pytest.raises(PlatformConflict) as lost:
        platform.revoke(key="out", offer_id=offer.id, allowed_states=["OFFERED"], now=NOW)
    process.kill()
    process.start()

    again = platform.receive(key="in", offer_id=offer.id, version=2, now=NOW)
    with pytest.raises(PlatformConflict) as lost_again:
        platform.revoke(key="out", offer_id=offer.id, allowed_states=["OFFERED"], now=NOW)

    assert again == received == platform.get(offer.id)
    assert lost_again.value.offer == lost.value.offer
    assert [change.version for change in platform.changes("440000")] == [1, 2, 3]


def test_a_message_is_not_sent_again_after_a_restart(process, gateway_of):
    gateway = gateway_of(process.url)
    first = gateway.post_sms(key="k", to_ref="accountant:1", template="t", params={"号": "甲"})
    process.kill()
    process.start()

    again = gateway.post_sms(key="k", to_ref="accountant:1", template="t", params={"号": "甲"})

    assert again == first
    assert [message.id for message in gateway.sent("accountant:1")] == [first]


def test_the_feed_counts_on_after_a_restart(process, client_of, offered):
    platform = client_of(process.url)
    offered(platform, "p1")
    process.kill()
    process.start()

    offered(platform, "p2")

    assert [change.seq for change in platform.changes("440000")] == [1, 2]


def test_a_killed_simulator_is_unavailable(process, client_of, offered):
    platform = client_of(process.url)
    offered(platform, "p")
    process.kill()

    with pytest.raises(PlatformUnavailable):
        platform.changes("440000")


def test_a_kill_amid_many_writers_loses_nothing_acknowledged_and_doubles_nothing(process, client_of, offered):
    platform = client_of(process.url, retries=0)
    acknowledged = write_until_killed(process, lambda person: offered(platform, person))
    process.start()

    again = {person: offered(platform, person) for person in people()}

    assert 40 <= len(acknowledged) < len(people())
    assert {person: again[person] for person in acknowledged} == acknowledged
    assert len(all_changes(platform)) == len(people())
    assert {offer.state for offer in again.values()} == {OfferState.OFFERED}


def test_a_polite_stop_ends_without_an_error(process, client_of):
    client_of(process.url).changes("440000")

    code = process.stop()

    assert code == 0


def people():
    return [f"person-{number}" for number in range(400)]


def write_until_killed(process, write):
    acknowledged, enough = {}, threading.Event()

    def writer(mine):
        for person in mine:
            try:
                acknowledged[person] = write(person)
            except PlatformError:
                return
            if len(acknowledged) >= 40:
                enough.set()

    writers = [threading.Thread(target=writer, args=[people()[start::8]]) for start in range(8)]
    for thread in writers:
        thread.start()
    assert enough.wait(30)
    process.kill()
    for thread in writers:
        thread.join()
    return acknowledged


def all_changes(platform):
    return platform.changes("440000", limit=500)

"""Withdrawal and receipt at the same moment: exactly one of them wins (R1), whatever the order."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from portal.national_platform.errors import PlatformConflict
from portal.national_platform.payloads import ChangeEvent

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
PAIRS = 100


def test_of_a_hundred_simultaneous_pairs_exactly_one_side_wins_each(process, client_of, applied):
    platform = client_of(process.url)
    offers = [applied(platform, f"person-{number}") for number in range(PAIRS)]

    outcomes = race(platform, offers)

    assert [sorted(pair) for pair in outcomes] == [["lost", "won"]] * PAIRS
    assert closing_changes(platform) == {offer.id: 1 for offer in offers}
    assert told_the_winner(platform, offers, outcomes)


def test_of_many_simultaneous_offers_of_one_person_one_is_stored(process, client_of, offered):
    platform = client_of(process.url)

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(lambda n: outcome(lambda: offered(platform, "p", key=f"k{n}")), range(20)))

    assert Counter(results) == {"won": 1, "lost": 19}
    assert len(platform.changes("440000")) == 1


def test_one_key_sent_many_times_at_once_has_one_effect(process, client_of, offered):
    platform = client_of(process.url)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: offered(platform, "p"), range(20)))

    assert answers == [answers[0]] * 20
    assert len(platform.changes("440000")) == 1


def race(platform, offers):
    barriers = {offer.id: Barrier(2) for offer in offers}

    def receive(offer):
        barriers[offer.id].wait(30)
        return outcome(lambda: platform.receive(key=f"in:{offer.id}", offer_id=offer.id, version=2, now=NOW))

    def revoke(offer):
        barriers[offer.id].wait(30)
        allowed = ["OFFERED", "IN_APPLIED"]
        return outcome(
            lambda: platform.revoke(key=f"out:{offer.id}", offer_id=offer.id, allowed_states=allowed, now=NOW)
        )

    with ThreadPoolExecutor(10) as destination, ThreadPoolExecutor(10) as source:
        received, revoked = destination.map(receive, offers), source.map(revoke, offers)
        return list(zip(received, revoked, strict=True))


def outcome(act):
    try:
        act()
    except PlatformConflict:
        return "lost"
    return "won"


def closing_changes(platform):
    closing = {ChangeEvent.RECEIVED, ChangeEvent.REVOKED}
    changes = platform.changes("440000", limit=500)
    return Counter(change.offer_id for change in changes if change.event in closing)


def told_the_winner(platform, offers, outcomes):
    expected = ["RECEIVED" if received == "won" else "REVOKED" for received, _ in outcomes]
    return [platform.get(offer.id).state for offer in offers] == expected

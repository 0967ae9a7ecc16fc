"""What a national platform is, whichever one: real client against simulator process, and stand-in."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.national_platform.errors import Fault, PlatformConflict, PlatformRefused, PlatformUnavailable
from portal.national_platform.payloads import ChangeEvent, OfferState

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def test_an_offer_is_stored_as_it_was_sent(bench, person, offered):
    offer = offered(bench.platform, person)

    again = bench.platform.get(offer.id)

    assert again == offer
    assert (offer.state, offer.version, offer.updated_at) == (OfferState.OFFERED, 1, NOW)
    assert (offer.source, offer.destination) == ("440000", "520000")
    assert (offer.source_division, offer.destination_division) == ("440000/440100/440113", "520000/520100")
    assert (offer.person_key, offer.payload) == (person, {"file": "ref-1", "姓名": "见文件"})
    assert offer.is_open


def test_a_file_travels_from_offer_to_receipt(bench, person, applied):
    offer = applied(bench.platform, person)

    received = bench.platform.receive(key=f"in:{person}", offer_id=offer.id, version=2, now=NOW + timedelta(days=1))

    assert (offer.state, offer.version) == (OfferState.IN_APPLIED, 2)
    assert (received.state, received.version) == (OfferState.RECEIVED, 3)
    assert received.updated_at == NOW + timedelta(days=1)
    assert not received.is_open


def test_a_second_open_offer_of_a_person_is_refused_with_the_first(bench, person, offered):
    first = offered(bench.platform, person)

    with pytest.raises(PlatformConflict) as lost:
        offered(bench.platform, person, key=f"second:{person}", destination="500000")

    assert lost.value.code == "open_offer_exists"
    assert lost.value.offer == first


def test_a_person_can_be_offered_again_after_a_withdrawal(bench, person, offered):
    first = offered(bench.platform, person)
    bench.platform.revoke(key=f"r:{person}", offer_id=first.id, allowed_states=["OFFERED"], now=NOW)

    second = offered(bench.platform, person, key=f"second:{person}", destination="500000")

    assert second.state == OfferState.OFFERED
    assert second.id != first.id


def test_find_answers_the_open_offer_to_this_destination_only(bench, person, offered):
    offer = offered(bench.platform, person)

    here = bench.platform.find(person_key=person, destination="520000", now=NOW)
    elsewhere = bench.platform.find(person_key=person, destination="110000", now=NOW)

    assert here == offer
    assert elsewhere is None


def test_find_answers_none_once_the_offer_is_closed(bench, person, offered):
    offer = offered(bench.platform, person)
    bench.platform.revoke(key=f"r:{person}", offer_id=offer.id, allowed_states=["OFFERED"], now=NOW)

    found = bench.platform.find(person_key=person, destination="520000", now=NOW)

    assert found is None


def test_guangdong_can_revoke_after_the_person_applied_in(bench, person, applied):
    offer = applied(bench.platform, person)

    revoked = bench.platform.revoke(
        key=f"r:{person}",
        offer_id=offer.id,
        allowed_states=[OfferState.OFFERED, OfferState.IN_APPLIED],
        now=NOW,
    )

    assert (revoked.state, revoked.version) == (OfferState.REVOKED, 3)


def test_guizhou_cannot_revoke_after_the_person_applied_in_until_it_is_given_back(bench, person, applied):
    offer = applied(bench.platform, person)

    with pytest.raises(PlatformConflict) as lost:
        bench.platform.revoke(key=f"r1:{person}", offer_id=offer.id, allowed_states=["OFFERED"], now=NOW)
    bench.platform.give_back(key=f"b:{person}", offer_id=offer.id, version=2, reason="proof_missing", now=NOW)
    revoked = bench.platform.revoke(key=f"r2:{person}", offer_id=offer.id, allowed_states=["OFFERED"], now=NOW)

    assert (lost.value.code, lost.value.offer.state) == ("wrong_state", OfferState.IN_APPLIED)
    assert (revoked.state, revoked.version) == (OfferState.REVOKED, 4)


def test_an_offer_given_back_can_be_applied_for_again(bench, person, applied):
    offer = applied(bench.platform, person)
    back = bench.platform.give_back(key=f"b:{person}", offer_id=offer.id, version=2, reason="proof_missing", now=NOW)

    again = bench.platform.apply(key=f"a2:{person}", offer_id=offer.id, version=3, now=NOW)

    assert (back.state, back.version) == (OfferState.OFFERED, 3)
    assert (again.state, again.version) == (OfferState.IN_APPLIED, 4)


def test_receive_of_a_revoked_offer_loses_and_learns_so(bench, person, applied):
    offer = applied(bench.platform, person)
    bench.platform.revoke(key=f"r:{person}", offer_id=offer.id, allowed_states=["IN_APPLIED"], now=NOW)

    with pytest.raises(PlatformConflict) as lost:
        bench.platform.receive(key=f"in:{person}", offer_id=offer.id, version=2, now=NOW)

    assert (lost.value.code, lost.value.offer.state) == ("wrong_state", OfferState.REVOKED)


def test_revoke_of_a_received_offer_loses_and_learns_so(bench, person, applied):
    offer = applied(bench.platform, person)
    bench.platform.receive(key=f"in:{person}", offer_id=offer.id, version=2, now=NOW)

    with pytest.raises(PlatformConflict) as lost:
        bench.platform.revoke(key=f"r:{person}", offer_id=offer.id, allowed_states=["OFFERED", "IN_APPLIED"], now=NOW)

    assert (lost.value.code, lost.value.offer.state) == ("wrong_state", OfferState.RECEIVED)


def test_receive_with_the_version_of_an_earlier_application_is_stale(bench, person, applied):
    offer = applied(bench.platform, person)
    bench.platform.give_back(key=f"b:{person}", offer_id=offer.id, version=2, reason="x", now=NOW)
    bench.platform.apply(key=f"a2:{person}", offer_id=offer.id, version=3, now=NOW)

    with pytest.raises(PlatformConflict) as lost:
        bench.platform.receive(key=f"in:{person}", offer_id=offer.id, version=2, now=NOW)

    assert (lost.value.code, lost.value.offer.version) == ("stale_version", 4)


def test_an_offer_cannot_be_received_before_the_person_applied_in(bench, person, offered):
    offer = offered(bench.platform, person)

    with pytest.raises(PlatformConflict) as lost:
        bench.platform.receive(key=f"in:{person}", offer_id=offer.id, version=1, now=NOW)

    assert lost.value.code == "wrong_state"


def test_applying_in_at_another_province_than_the_offers_is_refused(bench, person, offered):
    offer = offered(bench.platform, person)

    with pytest.raises(PlatformConflict) as lost:
        bench.platform.apply(key=f"a:{person}", offer_id=offer.id, version=1, destination="110000", now=NOW)

    assert lost.value.code == "wrong_destination"
    assert bench.platform.get(offer.id).state == OfferState.OFFERED


def test_the_same_key_and_arguments_get_the_first_answer_again(bench, person, applied):
    offer = applied(bench.platform, person)
    first = bench.platform.receive(key=f"in:{person}", offer_id=offer.id, version=2, now=NOW)

    later = bench.platform.receive(key=f"in:{person}", offer_id=offer.id, version=2, now=NOW + timedelta(hours=9))

    assert later == first


def test_a_lost_race_is_answered_the_same_way_again(bench, person, applied):
    offer = applied(bench.platform, person)
    with pytest.raises(PlatformConflict):
        bench.platform.revoke(key=f"r:{person}", offer_id=offer.id, allowed_states=["OFFERED"], now=NOW)
    bench.platform.give_back(key=f"b:{person}", offer_id=offer.id, version=2, reason="x", now=NOW)

    with pytest.raises(PlatformConflict) as again:
        bench.platform.revoke(key=f"r:{person}", offer_id=offer.id, allowed_states=["OFFERED"], now=NOW)

    assert again.value.offer.version == 2
    assert bench.platform.get(offer.id).state == OfferState.OFFERED


def test_a_key_used_for_something_else_is_refused(bench, person, offered):
    offered(bench.platform, person, key=f"k:{person}")

    with pytest.raises(PlatformRefused) as refused:
        offered(bench.platform, person, key=f"k:{person}", destination="110000")

    assert refused.value.code == "key_reused"


def test_a_key_may_name_a_chinese_element(bench, person, offered):
    first = offered(bench.platform, person, key=f"{person}·上传全国平台·1")

    again = offered(bench.platform, person, key=f"{person}·上传全国平台·1")

    assert again == first


def test_all_faults_are_named_at_once(bench, offered):
    with pytest.raises(PlatformRefused) as refused:
        offered(bench.platform, "440113199001011234", key="f", source="广东", destination_division=" ", payload={})

    assert refused.value.code == "invalid"
    assert refused.value.faults == (
        Fault("person_key", "looks_like_an_id_number"),
        Fault("source", "not_a_province"),
        Fault("destination_division", "not_text"),
    )


def test_a_file_cannot_be_offered_to_its_own_province(bench, person, offered):
    with pytest.raises(PlatformRefused) as refused:
        offered(bench.platform, person, destination="440000")

    assert refused.value.faults == (Fault("destination", "same_as_source"),)


def test_a_closed_state_cannot_be_allowed_for_a_revocation(bench, person, offered):
    offer = offered(bench.platform, person)

    with pytest.raises(PlatformRefused) as refused:
        bench.platform.revoke(key=f"r:{person}", offer_id=offer.id, allowed_states=["RECEIVED"], now=NOW)

    assert refused.value.faults == (Fault("allowed_states", "not_open_states"),)


def test_an_unknown_offer_is_not_found_by_question_or_move(bench):
    with pytest.raises(PlatformRefused) as asked:
        bench.platform.get("no/such offer")
    with pytest.raises(PlatformRefused) as moved:
        bench.platform.receive(key="k", offer_id="nosuch", version=1, now=NOW)

    assert (asked.value.code, moved.value.code) == ("not_found", "not_found")


def test_a_time_without_a_zone_never_leaves(bench, person, offered):
    with pytest.raises(ValueError, match="without a zone"):
        offered(bench.platform, person, now=datetime(2026, 11, 23, 9, 30))  # noqa: DTZ001


def test_both_provinces_see_every_change_in_order(bench, person, applied):
    seen = {province: last_seq(bench, province) for province in ("440000", "520000")}
    offer = applied(bench.platform, person)
    bench.platform.give_back(key=f"b:{person}", offer_id=offer.id, version=2, reason="proof_missing", now=NOW)
    bench.platform.revoke(key=f"r:{person}", offer_id=offer.id, allowed_states=["OFFERED"], now=NOW)

    source = bench.platform.changes("440000", after=seen["440000"])
    destination = bench.platform.changes("520000", after=seen["520000"])

    assert source == destination
    assert [change.event for change in source] == [
        ChangeEvent.OFFERED,
        ChangeEvent.IN_APPLIED,
        ChangeEvent.RETURNED,
        ChangeEvent.REVOKED,
    ]
    assert [change.version for change in source] == [1, 2, 3, 4]
    assert [change.reason for change in source] == [None, None, "proof_missing", None]
    assert {change.offer_id for change in source} == {offer.id}
    assert source[0].at == NOW


def test_a_province_does_not_see_what_others_exchange(bench, person, offered):
    before = last_seq(bench, "500000")

    offered(bench.platform, person)

    assert bench.platform.changes("500000", after=before) == []


def test_the_feed_is_read_in_pages(bench, person, applied):
    before = last_seq(bench, "440000")
    applied(bench.platform, person)

    first = bench.platform.changes("440000", after=before, limit=1)
    second = bench.platform.changes("440000", after=first[-1].seq, limit=1)

    assert [first[0].event, second[0].event] == [ChangeEvent.OFFERED, ChangeEvent.IN_APPLIED]
    assert len(first) == len(second) == 1


def test_a_replayed_answer_leaves_no_second_line_in_the_feed(bench, person, offered):
    before = last_seq(bench, "440000")

    offered(bench.platform, person)
    offered(bench.platform, person)

    assert len(bench.platform.changes("440000", after=before)) == 1


def test_a_message_takes_effect_once_for_each_key(bench, person):
    first = bench.sms.post_sms(key=f"s1:{person}", to_ref=person, template="returned", params={"n": 1})
    again = bench.sms.post_sms(key=f"s1:{person}", to_ref=person, template="returned", params={"n": 1})
    other = bench.sms.post_sms(key=f"s2:{person}", to_ref=person, template="approved", params={}, now=NOW)

    messages = bench.sms.sent(person)

    assert again == first
    assert [message.id for message in messages] == [first, other]
    assert (messages[0].template, messages[0].params, messages[1].at) == ("returned", {"n": 1}, NOW)


def test_lost_answers_never_double_an_effect(bench, person, offered):
    before = last_seq(bench, "440000")
    bench.set_faults({"next": ["lose", "lose", "ok", "lose", "500", "ok", "lose", "ok"]})

    offer = offered(bench.platform, person)
    bench.platform.apply(key=f"a:{person}", offer_id=offer.id, version=1, now=NOW)
    bench.sms.post_sms(key=f"s:{person}", to_ref=person, template="t", params={})

    assert [change.version for change in bench.platform.changes("440000", after=before)] == [1, 2]
    assert len(bench.sms.sent(person)) == 1


def test_an_error_before_the_effect_is_tried_again(bench, person, offered):
    bench.set_faults({"next": ["500", "503", "ok"]})

    offer = offered(bench.platform, person)

    assert offer.version == 1


def test_a_platform_that_keeps_failing_is_unavailable_and_nothing_happened(bench, person, offered):
    bench.set_faults({"error_rate": 1.0})
    with pytest.raises(PlatformUnavailable) as unavailable:
        offered(bench.platform, person)
    bench.set_faults({})

    found = bench.platform.find(person_key=person, destination="520000", now=NOW)

    assert unavailable.value.code == "http_500"
    assert found is None


def test_a_platform_that_loses_every_answer_is_unavailable_until_asked_again(bench, person, offered):
    bench.set_faults({"lose_answer_rate": 1.0})
    with pytest.raises(PlatformUnavailable):
        offered(bench.platform, person)
    bench.set_faults({})

    found = bench.platform.find(person_key=person, destination="520000", now=NOW)
    again = offered(bench.platform, person)

    assert again == found


def test_a_platform_that_is_down_is_unavailable_and_comes_back(bench, person, offered):
    bench.set_faults({"down": True})
    with pytest.raises(PlatformUnavailable) as unavailable:
        offered(bench.platform, person)
    bench.set_faults({"down": False})

    offer = offered(bench.platform, person)

    assert unavailable.value.code == "RemoteProtocolError"
    assert offer.version == 1


def last_seq(bench, province):
    after = 0
    while page := bench.platform.changes(province, after=after, limit=500):
        after = page[-1].seq
    return after

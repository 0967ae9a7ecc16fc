"""Steps at the national platform: outside the transaction, retried with the same key until it answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from orchestrator.api import BpmnError, Call, TryAgain, external_task, keep_message
from portal.accountants.selectors import person_key_of
from portal.applications.services import find_case
from portal.national_platform.client import NationalPlatform, from_settings
from portal.national_platform.errors import PlatformConflict, PlatformUnavailable
from portal.national_platform.payloads import Offer, OfferState
from portal.transfers.selectors import transfer_of
from portal.transfers.services import note_offer

Step = Callable[[Call, NationalPlatform], dict[str, Any]]


def _at_platform(name: str) -> Callable[[Step], Step]:
    def register(step: Step) -> Step:
        @external_task(name)
        @wraps(step)
        def run(call: Call) -> dict[str, Any]:
            try:
                return step(call, from_settings())
            except PlatformUnavailable as away:
                raise TryAgain(str(away)) from away

        return step

    return register


@_at_platform("national.offer")
def offer(call: Call, platform: NationalPlatform) -> dict[str, Any]:
    """The file is offered to its destination. Throws: offer_refused. Source: GD-47, BJ-11, R7, R8."""
    application = find_case(call.business_key)
    transfer = transfer_of(application.number)
    assert transfer is not None
    try:
        offered = platform.offer(
            key=call.key,
            person_key=person_key_of(application.applicant_id),
            source=transfer.source,
            source_division=transfer.source_division,
            destination=transfer.destination,
            destination_division=transfer.destination_division,
            payload={"case": application.number},
            now=call.now,
        )
    except PlatformConflict as conflict:
        raise BpmnError("offer_refused", why=conflict.code) from conflict
    # The answer may have been lost and the offer received since: what the feed said then was heard by nobody.
    offered = platform.get(offered.id)
    if offered.state == OfferState.RECEIVED:
        dedupe = f"offer:{offered.id}:{application.number}"
        version = {"version": offered.version}
        keep_message("national.received", application.number, payload=version, dedupe=dedupe, now=call.now)
    return _noted(application.number, offered)


@_at_platform("national.find_offer")
def find_offer(call: Call, platform: NationalPlatform) -> dict[str, Any]:
    """The person's open offer to this province, if there is one. Source: GD-49, R14."""
    application = find_case(call.business_key)
    found = platform.find(
        person_key=person_key_of(application.applicant_id),
        destination=application.province_id,
        now=call.now,
    )
    return {"found": False} if found is None else {"found": True, **_noted(application.number, found)}


@_at_platform("national.apply")
def apply(call: Call, platform: NationalPlatform) -> dict[str, Any]:
    """The platform knows that the person has applied here. Throws: offer_gone. Source: GZ-30, R3, R9."""
    wanted = call.variables["offer"]
    try:
        applied = platform.apply(
            key=call.key,
            offer_id=wanted["id"],
            version=int(wanted["version"]),
            destination=str(call.variables["province"]),
            now=call.now,
        )
    except PlatformConflict as conflict:
        raise _gone(call, conflict) from conflict
    return _noted(call.business_key, applied)


@_at_platform("national.receive")
def receive(call: Call, platform: NationalPlatform) -> dict[str, Any]:
    """The file is ours, compare-and-set on the offer's version. Throws: offer_gone. Source: R1, R5, S78, S79."""
    applied = call.variables["applied"]
    try:
        received = platform.receive(key=call.key, offer_id=applied["id"], version=int(applied["version"]), now=call.now)
    except PlatformConflict as conflict:
        raise _gone(call, conflict) from conflict
    return _noted(call.business_key, received)


@_at_platform("national.revoke")
def revoke(call: Call, platform: NationalPlatform) -> dict[str, Any]:
    """The offer is taken back, or the answer says which state was in the way. Source: GD-45, GZ-30, R1–R4."""
    transfer = transfer_of(call.business_key)
    assert transfer is not None
    states = call.variables["window"]["allowed_states"]
    try:
        revoked = platform.revoke(key=call.key, offer_id=transfer.offer_id, allowed_states=states, now=call.now)
    except PlatformConflict as conflict:
        return _noted(call.business_key, conflict.offer)
    return _noted(call.business_key, revoked)


@_at_platform("national.give_back")
def give_back(call: Call, platform: NationalPlatform) -> dict[str, Any]:
    """The offer waits again for a destination; if it is gone already there is nothing to give back. Source: R13."""
    applied = call.variables["applied"]
    try:
        returned = platform.give_back(
            key=call.key,
            offer_id=applied["id"],
            version=int(applied["version"]),
            reason="withdrawn_by_applicant" if "withdrawn" in call.element else "refused_at_destination",
            now=call.now,
        )
    except PlatformConflict as conflict:
        return _noted(call.business_key, conflict.offer)
    return _noted(call.business_key, returned)


def _gone(call: Call, conflict: PlatformConflict) -> BpmnError:
    note_offer(case=call.business_key, offer=conflict.offer)
    return BpmnError("offer_gone", why=conflict.code)


def _noted(case: str, known: Offer) -> dict[str, Any]:
    note_offer(case=case, offer=known)
    return {
        "id": known.id,
        "version": known.version,
        "state": str(known.state),
        "source": known.source,
        "destination": known.destination,
        "destination_division": known.destination_division,
    }

"""Writing what the national platform says about a transfer; a higher version wins (R6)."""

from datetime import datetime

from django.db import transaction

from portal.national_platform.payloads import Change, ChangeEvent, Offer
from portal.transfers.models import FeedCursor, NationalState, Transfer

STATE_AFTER = {
    ChangeEvent.OFFERED: NationalState.OFFERED,
    ChangeEvent.IN_APPLIED: NationalState.IN_APPLIED,
    ChangeEvent.RECEIVED: NationalState.RECEIVED,
    ChangeEvent.REVOKED: NationalState.REVOKED,
    ChangeEvent.RETURNED: NationalState.OFFERED,
}


def begin(
    *, case: str, direction: str, source: str, source_division: str, destination: str, destination_division: str
) -> Transfer:
    """A transfer is known here; the platform does not know of it yet."""
    return Transfer.objects.create(
        case=case,
        direction=direction,
        source=source,
        source_division=source_division,
        destination=destination,
        destination_division=destination_division,
    )


@transaction.atomic
def note_offer(*, case: str, offer: Offer) -> Transfer:
    """The transfer shows the offer's state, unless a later one is known already. Locks: the transfer."""
    transfer = Transfer.objects.select_for_update().get(case=case)
    if offer.version > transfer.version or not transfer.offer_id:
        transfer.offer_id, transfer.source = offer.id, offer.source
        _show(transfer, offer.version, NationalState(offer.state), offer.updated_at)
    return transfer


@transaction.atomic
def note_change(change: Change) -> list[Transfer]:
    """Every transfer of the offer shows what the feed says, unless later news are known. Locks: transfers."""
    transfers = Transfer.objects.select_for_update().filter(offer_id=change.offer_id).order_by("pk")
    for transfer in transfers:
        if change.version > transfer.version:
            _show(transfer, change.version, STATE_AFTER[change.event], change.at)
    return list(transfers)


@transaction.atomic
def move_cursor(province: str, seq: int) -> None:
    """The province has handled the feed up to this line; the cursor never moves back."""
    cursor, _ = FeedCursor.objects.select_for_update().get_or_create(province=province)
    if seq > cursor.seq:
        cursor.seq = seq
        cursor.save(update_fields=["seq"])


def _show(transfer: Transfer, version: int, state: NationalState, at: datetime) -> None:
    transfer.version, transfer.national_state, transfer.national_at = version, state, at
    transfer.save(update_fields=["offer_id", "source", "version", "national_state", "national_at"])

"""Reads the national platform's feed: news become messages to the cases that wait for them, each once."""

from datetime import datetime

from django.db import transaction

from orchestrator.api import keep_message, running_cases
from portal.jurisdictions.selectors import provinces
from portal.national_platform.client import NationalPlatform
from portal.national_platform.payloads import Change, ChangeEvent
from portal.transfers.models import Transfer
from portal.transfers.selectors import cursor_of, waiting_for_offer
from portal.transfers.services import move_cursor, note_change

HEARD = {
    "out": (ChangeEvent.RECEIVED, ChangeEvent.RETURNED),
    "in": (ChangeEvent.REVOKED,),
}


def read_feed(platform: NationalPlatform, now: datetime) -> int:
    """Every new line of every province's feed is handled; return how many.

    Raises: PlatformUnavailable; what was handled before it stays handled. Source: R6, R14.
    """
    return sum(_read_province(platform, province.code, now) for province in provinces())


def is_read(platform: NationalPlatform) -> bool:
    """Whether every province has handled every line of its feed."""
    return not any(platform.changes(row.code, after=cursor_of(row.code), limit=1) for row in provinces())


def _read_province(platform: NationalPlatform, province: str, now: datetime) -> int:
    handled = 0
    while changes := platform.changes(province, after=cursor_of(province)):
        for change in changes:
            _hear(change, province, now)
        handled += len(changes)
    return handled


@transaction.atomic
def _hear(change: Change, province: str, now: datetime) -> None:
    for transfer in note_change(change):
        if change.event in HEARD[transfer.direction] and province == _home(transfer):
            _tell(transfer.case, change, now)
    if change.event == ChangeEvent.OFFERED and province == change.destination:
        for case in running_cases(waiting_for_offer(province)):
            _tell(case, change, now)
    move_cursor(province, change.seq)


def _home(transfer: Transfer) -> str:
    return transfer.source if transfer.direction == "out" else transfer.destination


def _tell(case: str, change: Change, now: datetime) -> None:
    keep_message(
        f"national.{change.event}",
        case,
        payload={"version": change.version},
        dedupe=f"national:{change.seq}:{case}",
        now=now,
    )

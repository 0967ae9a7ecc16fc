"""Reading transfers."""

from dataclasses import dataclass
from datetime import datetime

from portal.transfers.models import FeedCursor, NationalState, Transfer


@dataclass(frozen=True)
class TransferRow:
    """One side of a transfer; `version` 0 means that the platform does not know it yet."""

    case: str
    direction: str
    source: str
    source_division: str
    destination: str
    destination_division: str
    offer_id: str
    version: int
    national_state: str
    national_state_label: str
    national_at: datetime | None


def transfer_of(case: str) -> TransferRow | None:
    """The transfer of an application, if it is one."""
    transfer = Transfer.objects.filter(case=case).first()
    return None if transfer is None else _row(transfer)


def waiting_for_offer(destination: str) -> list[str]:
    """The cases of people who applied in before their offer was known."""
    open_in = Transfer.objects.filter(direction="in", destination=destination, offer_id="")
    return list(open_in.values_list("case", flat=True))


def cursor_of(province: str) -> int:
    """The last line of the feed that the province has handled."""
    return FeedCursor.objects.filter(province=province).values_list("seq", flat=True).first() or 0


def _row(transfer: Transfer) -> TransferRow:
    return TransferRow(
        transfer.case,
        transfer.direction,
        transfer.source,
        transfer.source_division,
        transfer.destination,
        transfer.destination_division,
        transfer.offer_id,
        transfer.version,
        transfer.national_state,
        str(NationalState(transfer.national_state).label),
        transfer.national_at,
    )

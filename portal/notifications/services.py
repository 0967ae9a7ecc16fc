"""Queuing and sending messages: a provider that is away delays a message, never a case."""

from datetime import datetime

from portal.national_platform.errors import PlatformRefused
from portal.national_platform.sms_gateway import SmsGateway
from portal.notifications.models import Delivery

QUEUED = {"sent_at": None, "failed_at": None}


def queue(*, key: str, case: str, template: str, accountant_id: int, signature: str, now: datetime) -> Delivery:
    """The message will be sent once the caller's transaction has committed; the same key queues one.

    Shape: `template` is the id of the step that asks; the provider resolves the phone from an opaque reference.
    Source: CQ-27.
    """
    given = {"case": case, "template": template, "accountant_id": accountant_id, "signature": signature}
    delivery, _ = Delivery.objects.get_or_create(key=key, defaults={**given, "queued_at": now})
    return delivery


def send_queued(gateway: SmsGateway, now: datetime) -> int:
    """Every queued message is with the provider, or has failed for good; return how many.

    Raises: PlatformUnavailable; what was sent before it stays sent.
    Locks: none while the provider is asked; two who send the same message send one, by its key.
    """
    done = 0
    while _send_next(gateway, now):
        done += 1
    return done


def is_all_sent() -> bool:
    """Whether no message waits."""
    return not Delivery.objects.filter(**QUEUED).exists()


def _send_next(gateway: SmsGateway, now: datetime) -> bool:
    waiting = Delivery.objects.filter(**QUEUED).order_by("id").first()
    if waiting is None:
        return False
    try:
        waiting.provider_id = _post(gateway, waiting, now)
        waiting.sent_at = now
    except PlatformRefused as refusal:
        waiting.error, waiting.failed_at = refusal.code, now
    waiting.save(update_fields=["provider_id", "sent_at", "error", "failed_at"])
    return True


def _post(gateway: SmsGateway, waiting: Delivery, now: datetime) -> str:
    return gateway.post_sms(
        key=waiting.key,
        to_ref=f"accountant:{waiting.accountant_id}",
        template=waiting.template,
        params={"case": waiting.case, "signature": waiting.signature},
        now=now,
    )

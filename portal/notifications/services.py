"""Sending messages to people, each once: the provider is asked with the step's own idempotency key."""

from datetime import datetime

from portal.national_platform.sms_gateway import from_settings
from portal.notifications.models import Delivery


def send(*, key: str, case: str, template: str, accountant_id: int, signature: str, now: datetime) -> Delivery:
    """The message is with the provider; sending it again with the same key changes nothing.

    Shape: `template` is the id of the step that asks; the provider resolves the phone from an opaque reference.
    Raises: PlatformUnavailable. Source: CQ-27.
    """
    known = Delivery.objects.filter(key=key).first()
    if known is not None:
        return known
    provider_id = from_settings().post_sms(
        key=key,
        to_ref=f"accountant:{accountant_id}",
        template=template,
        params={"case": case, "signature": signature},
        now=now,
    )
    delivery, _ = Delivery.objects.get_or_create(
        key=key,
        defaults={
            "case": case,
            "template": template,
            "accountant_id": accountant_id,
            "provider_id": provider_id,
            "sent_at": now,
        },
    )
    return delivery

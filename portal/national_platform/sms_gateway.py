"""The client of the SMS gateway: one message per key takes effect once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

import httpx

from portal.national_platform.payloads import JsonObject, Sms, messages_from, sms_from
from portal.national_platform.transport import Transport


class SmsGateway:
    """The edge to the outside world for text messages; one instance serves many threads.

    Raises: PlatformUnavailable (later, same key), PlatformRefused (not like this).
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        timeout: float = 5.0,
        retries: int = 2,
        *,
        wire: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._line = Transport(base_url, token, timeout, retries, wire=wire, sleep=sleep)

    def post_sms(self, *, key: str, to_ref: str, template: str, params: JsonObject, now: datetime | None = None) -> str:
        """Hand over one message and return the gateway's id of it; the same key sends no second one.

        Shape: to_ref is an opaque reference such as accountant:12, never a phone number.
        """
        body = {"to_ref": to_ref, "template": template, "params": dict(params)}
        return self._line.post("/sms", sms_from, key=key, body=body, now=now).id

    def sent(self, to_ref: str) -> list[Sms]:
        """The messages that took effect for this reference, oldest first."""
        return self._line.get("/sms", messages_from, {"ref": to_ref})

    def close(self) -> None:
        """Close the connections."""
        self._line.close()


@lru_cache(maxsize=1)
def from_settings() -> SmsGateway:
    """The gateway this installation is set up with, one per process.

    Shape: settings SMS_GATEWAY_URL and SMS_GATEWAY_TOKEN, else those of the national platform (the simulator
    is both); the URL `memory:` gives the stand-in of this process.
    """
    from django.conf import settings

    url = getattr(settings, "SMS_GATEWAY_URL", None) or settings.NATIONAL_PLATFORM_URL
    if url == "memory:":
        from portal.national_platform.memory import MemorySmsGateway

        return MemorySmsGateway()
    token = getattr(settings, "SMS_GATEWAY_TOKEN", None) or settings.NATIONAL_PLATFORM_TOKEN
    return SmsGateway(url, token)


# A worker forked after the first request must not share its parent's sockets.
os.register_at_fork(after_in_child=from_settings.cache_clear)

"""The client of the national platform: offer, apply, receive, revoke, give back, follow the changes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import httpx

from portal.national_platform.payloads import (
    OPEN_STATES,
    Change,
    JsonObject,
    Offer,
    OfferState,
    changes_from,
    offer_from,
    offers_from,
)
from portal.national_platform.transport import Transport


class NationalPlatform:
    """The platform that decides between a source and a destination; one instance serves many threads.

    Every method that changes something takes `key`: the same key with the same arguments has one effect,
    however often it is sent, and gets the first answer again. `now` is not part of the comparison; `version`
    is, so keep the version with the case and do not read it anew before a retry.
    Raises: PlatformUnavailable (later), PlatformConflict (lost the race), PlatformRefused (not like this).
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

    def offer(
        self,
        *,
        key: str,
        person_key: str,
        source: str,
        source_division: str,
        destination: str,
        destination_division: str,
        payload: JsonObject,
        now: datetime,
    ) -> Offer:
        """Upload a file for another province; the offer is OFFERED, version 1.

        Raises: PlatformConflict open_offer_exists, with the person's open offer (R7, R8).
        """
        body = {
            "person_key": person_key,
            "source": source,
            "source_division": source_division,
            "destination": destination,
            "destination_division": destination_division,
            "payload": dict(payload),
        }
        return self._line.post("/offers", offer_from, key=key, body=body, now=now)

    def find(self, *, person_key: str, destination: str, now: datetime) -> Offer | None:
        """The person's open offer to this destination, or None."""
        query = {"person_key": person_key, "destination": destination, "state": ",".join(sorted(OPEN_STATES))}
        return next(iter(self._line.get("/offers", offers_from, query, now)), None)

    def get(self, offer_id: str) -> Offer:
        """The offer as it stands now.

        Raises: PlatformRefused not_found.
        """
        return self._line.get(_path(offer_id), offer_from)

    def apply(self, *, key: str, offer_id: str, version: int, now: datetime, destination: str | None = None) -> Offer:
        """The person has applied in: OFFERED becomes IN_APPLIED.

        Raises: PlatformConflict wrong_state, stale_version, wrong_destination (R9).
        """
        body: dict[str, Any] = {"version": version}
        if destination is not None:
            body["destination"] = destination
        return self._move("apply", key, offer_id, body, now)

    def receive(self, *, key: str, offer_id: str, version: int, now: datetime) -> Offer:
        """The destination takes the file: IN_APPLIED becomes RECEIVED, and the source cannot revoke any more.

        Raises: PlatformConflict wrong_state, stale_version (R1).
        """
        return self._move("receive", key, offer_id, {"version": version}, now)

    def revoke(
        self,
        *,
        key: str,
        offer_id: str,
        allowed_states: Iterable[OfferState | str],
        now: datetime,
        version: int | None = None,
    ) -> Offer:
        """The source takes the offer back, if it stands in one of the allowed states.

        Shape: Guangdong allows OFFERED and IN_APPLIED, Guizhou OFFERED only.
        Raises: PlatformConflict wrong_state, stale_version (R1, R3).
        """
        body: dict[str, Any] = {"allowed_states": sorted({str(state) for state in allowed_states})}
        if version is not None:
            body["version"] = version
        return self._move("revoke", key, offer_id, body, now)

    def give_back(self, *, key: str, offer_id: str, version: int, reason: str, now: datetime) -> Offer:
        """The destination refused the person: IN_APPLIED becomes OFFERED again, the window reopens.

        Shape: reason is a code, never free text.
        Raises: PlatformConflict wrong_state, stale_version (R13).
        """
        return self._move("return", key, offer_id, {"version": version, "reason_code": reason}, now)

    def changes(self, province: str, after: int = 0, limit: int = 100) -> list[Change]:
        """What happened after line `after` to offers from or to this province, oldest first."""
        query: dict[str, str | int] = {"province": province, "after": after, "limit": limit}
        return self._line.get("/changes", changes_from, query)

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def _move(self, verb: str, key: str, offer_id: str, body: JsonObject, now: datetime) -> Offer:
        return self._line.post(f"{_path(offer_id)}/{verb}", offer_from, key=key, body=body, now=now)


@lru_cache(maxsize=1)
def from_settings() -> NationalPlatform:
    """The client this installation is set up with, one per process.

    Shape: settings NATIONAL_PLATFORM_URL, NATIONAL_PLATFORM_TOKEN, optional NATIONAL_PLATFORM_TIMEOUT and
    NATIONAL_PLATFORM_RETRIES; the URL `memory:` gives the stand-in of this process.
    """
    from django.conf import settings

    if settings.NATIONAL_PLATFORM_URL == "memory:":
        from portal.national_platform.memory import MemoryPlatform

        return MemoryPlatform()
    return NationalPlatform(
        settings.NATIONAL_PLATFORM_URL,
        settings.NATIONAL_PLATFORM_TOKEN,
        timeout=getattr(settings, "NATIONAL_PLATFORM_TIMEOUT", 5.0),
        retries=getattr(settings, "NATIONAL_PLATFORM_RETRIES", 2),
    )


# A worker forked after the first request must not share its parent's sockets.
os.register_at_fork(after_in_child=from_settings.cache_clear)


def _path(offer_id: str) -> str:
    return f"/offers/{quote(offer_id, safe='')}"

"""One authenticated HTTP line with time limits and retries, for the platform and the SMS gateway."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from portal.national_platform.errors import Fault, PlatformConflict, PlatformRefused, PlatformUnavailable
from portal.national_platform.payloads import moment_text, offer_from

T = TypeVar("T")
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0  # seconds
REFUSAL_CODES = {401: "unauthorized", 403: "unauthorized", 404: "not_found"}


class Transport:
    """Sends a request until it is answered or the retries are used up.

    Retrying is safe for POST too, because every POST carries an Idempotency-Key.
    Units: timeout in seconds for each of connect, read, write and waiting for a connection.
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
        self._retries = retries
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(timeout),
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=10),
            transport=wire,
            trust_env=False,  # a proxy variable left in the environment must not see the files
        )

    def get(
        self,
        path: str,
        read: Callable[[object], T],
        query: Mapping[str, str | int] | None = None,
        now: datetime | None = None,
    ) -> T:
        """Ask a question and return the answer as `read` understands it.

        Raises: PlatformUnavailable, PlatformRefused.
        """
        request = self._http.build_request("GET", path, params=dict(query or {}), headers=_headers(None, now))
        return _read(self._send(request), read)

    def post(
        self,
        path: str,
        read: Callable[[object], T],
        *,
        key: str,
        body: Mapping[str, Any],
        now: datetime | None = None,
    ) -> T:
        """Ask for an effect that happens once per key, and return the answer as `read` understands it.

        Raises: PlatformUnavailable, PlatformConflict, PlatformRefused.
        """
        request = self._http.build_request("POST", path, json=dict(body), headers=_headers(key, now))
        return _read(self._send(request), read)

    def close(self) -> None:
        """Close the connections; the line cannot be used afterwards."""
        self._http.close()

    def _send(self, request: httpx.Request) -> httpx.Response:
        reason = "not_sent"
        for attempt in range(self._retries + 1):
            if attempt:
                self._sleep(_pause(attempt))
            try:
                response = self._http.send(request)
            except httpx.RequestError as error:
                reason = type(error).__name__
                continue
            if response.status_code < 500 and response.status_code != 429:
                return response
            reason = f"http_{response.status_code}"
        raise PlatformUnavailable(reason)


def _headers(key: str | None, now: datetime | None) -> dict[str, str]:
    headers = {}
    if key is not None:
        # A key names a diagram's element, which may be Chinese; a header may not.
        headers["Idempotency-Key"] = quote(key, safe=":/@,;=+-._~")
    if now is not None:
        headers["X-Now"] = moment_text(now)
    return headers


def _pause(attempt: int) -> float:
    longest: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1))
    return longest * random.uniform(0.5, 1.0)


def _read(response: httpx.Response, read: Callable[[object], T]) -> T:
    try:
        if response.is_success:
            return read(response.json())
        failure = _failure(response)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # Not our contract: a proxy's page, or a platform that was changed; later it may be readable again.
        raise PlatformUnavailable(f"unreadable_http_{response.status_code}") from error
    raise failure


def _failure(response: httpx.Response) -> PlatformConflict | PlatformRefused | PlatformUnavailable:
    status = response.status_code
    if status in REFUSAL_CODES:
        return PlatformRefused(REFUSAL_CODES[status])
    body = response.json()
    if status == 409:
        return PlatformConflict(body["code"], offer_from(body["offer"]))
    if status == 422:
        faults = [Fault(fault["field"], fault["problem"]) for fault in body.get("faults", [])]
        return PlatformRefused(body["code"], faults)
    return PlatformUnavailable(f"http_{status}")

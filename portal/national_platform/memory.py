"""Stand-ins for platform and gateway inside this process: the same clients and rules, no network."""

from __future__ import annotations

import httpx

from portal.national_platform import DEMO_TOKEN
from portal.national_platform.client import NationalPlatform
from portal.national_platform.simulator.application import Simulator
from portal.national_platform.simulator.exchange import Request
from portal.national_platform.simulator.store import Store
from portal.national_platform.sms_gateway import SmsGateway

NOWHERE = "http://memory.invalid"


class MemoryPlatform(NationalPlatform):
    """A national platform that forgets everything with this object; `simulator.faults` switches faults on."""

    def __init__(self, simulator: Simulator | None = None) -> None:
        self.simulator = simulator or memory_simulator()
        super().__init__(NOWHERE, DEMO_TOKEN, wire=_wire(self.simulator), sleep=_no_pause)


class MemorySmsGateway(SmsGateway):
    """An SMS gateway that forgets everything with this object; `simulator.faults` switches faults on."""

    def __init__(self, simulator: Simulator | None = None) -> None:
        self.simulator = simulator or memory_simulator()
        super().__init__(NOWHERE, DEMO_TOKEN, wire=_wire(self.simulator), sleep=_no_pause)


def memory_simulator() -> Simulator:
    """A simulator without file and socket, which takes the caller's time."""
    return Simulator(Store(":memory:"), DEMO_TOKEN, allow_clock=True)


def _wire(simulator: Simulator) -> httpx.MockTransport:
    def carry(request: httpx.Request) -> httpx.Response:
        answer = simulator.answer(_request(request))
        if answer is None:
            raise httpx.RemoteProtocolError("the line was cut", request=request)
        return httpx.Response(answer.status, json=dict(answer.body), headers=dict(answer.headers))

    return httpx.MockTransport(carry)


def _request(request: httpx.Request) -> Request:
    return Request(
        method=request.method,
        path=request.url.path,
        query=dict(request.url.params),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.content,
    )


def _no_pause(_seconds: float) -> None:
    return None

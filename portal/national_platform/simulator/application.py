"""The simulator without its sockets: a request goes in, an answer comes out, or None: the line is cut."""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any

from portal.national_platform.errors import Fault, PlatformConflict, PlatformRefused
from portal.national_platform.payloads import OfferState, moment_from
from portal.national_platform.simulator import answers, checks, offers, sms
from portal.national_platform.simulator.exchange import Answer, Request, refusal
from portal.national_platform.simulator.faults import Faults, Plan, plan_from
from portal.national_platform.simulator.store import Store

FORMS = {"apply": checks.APPLY, "receive": checks.RECEIVE, "revoke": checks.REVOKE, "return": checks.RETURN}
OFFER_PATH = re.compile(r"/offers/([^/]+)")
MOVE_PATH = re.compile(r"/offers/([^/]+)/(apply|receive|revoke|return)")
QUERY_FIELDS = ("person_key", "destination", "source")
COLLECTIONS = {"/offers", "/changes", "/sms"}
MOST_ROWS = 500


@dataclass(frozen=True)
class Effect:
    """What a POST does once it is found well-formed and new."""

    form: checks.Form
    act: Callable[[Connection, Any, datetime], Answer]


def system_clock() -> datetime:
    """The simulator's own time."""
    return datetime.now(UTC)


class Simulator:
    """The national platform and the SMS gateway over one store; safe for many threads."""

    def __init__(
        self,
        store: Store,
        token: str,
        *,
        allow_clock: bool = False,
        clock: Callable[[], datetime] = system_clock,
    ) -> None:
        self.faults = Faults()
        self._store = store
        self._token = token
        self._allow_clock = allow_clock
        self._clock = clock

    def answer(self, request: Request) -> Answer | None:
        """The answer to a request, after whatever trouble is switched on; None cuts the line without one."""
        if request.path == "/health":
            return Answer(200, {"status": "ok"})
        if request.path == "/faults":
            return self._faults(request) if self._knows(request) else refusal(401, "unauthorized")
        trouble = self.faults.draw()
        if trouble.cut_before:
            return None
        time.sleep(trouble.pause)
        if trouble.status is not None:
            return refusal(trouble.status, "fault")
        answer = self._route(request) if self._knows(request) else refusal(401, "unauthorized")
        return None if trouble.cut_after else answer

    def close(self) -> None:
        """Close the store; what it holds in a file stays."""
        self._store.close()

    def _knows(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())

    def _route(self, request: Request) -> Answer:
        try:
            return self._get(request) if request.method == "GET" else self._post(request)
        except PlatformRefused as refused:
            return refusal(404, refused.code)

    def _get(self, request: Request) -> Answer:
        if request.path == "/offers":
            return self._find(request)
        if request.path == "/changes":
            return self._changes(request)
        if request.path == "/sms":
            return self._sent(request)
        if found := OFFER_PATH.fullmatch(request.path):
            with self._store.transaction() as db:
                return Answer(200, offers.as_json(offers.get(db, found[1])))
        return _elsewhere(request)

    def _find(self, request: Request) -> Answer:
        fields = {name: request.query[name] for name in QUERY_FIELDS if name in request.query}
        states = [state for state in request.query.get("state", "").split(",") if state]
        faults = [Fault("state", "unknown_state")] if not set(states) <= set(OfferState) else []
        if not fields:
            faults.append(Fault("person_key", "missing"))
        if faults:
            return _invalid(faults)
        with self._store.transaction() as db:
            found = offers.find(db, fields, states)
        return Answer(200, {"offers": [offers.as_json(offer) for offer in found]})

    def _changes(self, request: Request) -> Answer:
        province = request.query.get("province", "")
        after, limit = request.query.get("after", "0"), request.query.get("limit", "100")
        faults = [Fault("province", "not_a_province")] if checks.province(province) else []
        counts = {"after": after, "limit": limit}
        faults += [Fault(name, "not_a_count") for name, given in counts.items() if not _is_count(given)]
        if faults:
            return _invalid(faults)
        with self._store.transaction() as db:
            rows = offers.changes(db, province, int(after), min(int(limit), MOST_ROWS))
        return Answer(200, {"changes": rows})

    def _sent(self, request: Request) -> Answer:
        if "ref" not in request.query:
            return _invalid([Fault("ref", "missing")])
        with self._store.transaction() as db:
            return Answer(200, {"messages": sms.sent(db, request.query["ref"])})

    def _post(self, request: Request) -> Answer:
        effect = _effect(request)
        if effect is None:
            return _elsewhere(request)
        body = checks.decoded(request.body)
        faults = checks.header_faults(request.headers, self._allow_clock)
        faults += checks.body_faults(effect.form, body)
        if faults:
            return _invalid(faults)
        now = self._now(request)
        key, print_ = request.headers["idempotency-key"].strip(), answers.fingerprint(request.path, body)
        with self._store.transaction() as db:
            return answers.once(db, key, print_, lambda: effect.act(db, body, now))

    def _now(self, request: Request) -> datetime:
        given = request.headers.get("x-now") if self._allow_clock else None
        return moment_from(given) if given is not None else self._clock()

    def _faults(self, request: Request) -> Answer:
        if request.method == "PUT":
            plan, faults = plan_from(checks.decoded(request.body))
            if faults:
                return _invalid(faults)
            self.faults.follow(plan)
        elif request.method == "DELETE":
            self.faults.follow(Plan())
        elif request.method != "GET":
            return refusal(405, "wrong_method")
        return Answer(200, self.faults.read())


def _effect(request: Request) -> Effect | None:
    if request.method != "POST":
        return None
    if request.path == "/offers":
        return Effect(checks.OFFER, _open_offer)
    if request.path == "/sms":
        return Effect(checks.SMS, lambda db, body, now: Answer(201, sms.send(db, body, now)))
    if found := MOVE_PATH.fullmatch(request.path):
        return Effect(FORMS[found[2]], lambda db, body, now: _move(db, found[2], found[1], body, now))
    return None


def _open_offer(db: Connection, body: Any, now: datetime) -> Answer:
    try:
        return Answer(201, offers.as_json(offers.open_offer(db, body, now)))
    except PlatformConflict as conflict:
        return refusal(409, conflict.code, offer=offers.as_json(conflict.offer))


def _move(db: Connection, verb: str, offer_id: str, body: Any, now: datetime) -> Answer:
    try:
        return Answer(200, offers.as_json(offers.move(db, verb, offer_id, body, now)))
    except PlatformConflict as conflict:
        return refusal(409, conflict.code, offer=offers.as_json(conflict.offer))


def _elsewhere(request: Request) -> Answer:
    shapes = (OFFER_PATH, MOVE_PATH)
    known = request.path in COLLECTIONS or any(shape.fullmatch(request.path) for shape in shapes)
    return refusal(405, "wrong_method") if known else refusal(404, "not_found")


def _invalid(faults: list[Fault]) -> Answer:
    return refusal(422, "invalid", faults=[asdict(fault) for fault in faults])


def _is_count(given: str) -> bool:
    return given.isascii() and given.isdigit() and len(given) <= 15

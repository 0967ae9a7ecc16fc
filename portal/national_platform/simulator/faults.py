"""The faults that can be switched on while the simulator runs, to see what a caller makes of them."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from portal.national_platform.errors import Fault

STEP = re.compile(r"ok|500|503|lose|down|slow:\d{1,6}")


@dataclass(frozen=True)
class Plan:
    """What shall go wrong.

    Shape: rates between 0 and 1; `next` is used up first, one step per request, instead of delay and rates.
    Units: slow_ms in milliseconds.
    """

    slow_ms: int = 0
    error_rate: float = 0.0
    lose_answer_rate: float = 0.0
    down: bool = False
    next: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with one request: a delay, a status and no effect, or the line cut before or after."""

    pause: float = 0.0  # seconds
    status: int | None = None
    cut_before: bool = False
    cut_after: bool = False


class Faults:
    """The plan in force and the draw for each request; safe for many threads."""

    def __init__(self, dice: random.Random | None = None) -> None:
        self._lock = threading.Lock()
        self._dice = dice or random.Random()
        self._plan = Plan()

    def read(self) -> dict[str, Any]:
        """The plan in force, with the steps of `next` that are left."""
        with self._lock:
            return asdict(self._plan)

    def follow(self, plan: Plan) -> None:
        """Put another plan in force."""
        with self._lock:
            self._plan = plan

    def draw(self) -> Trouble:
        """What goes wrong with the request that has just come in."""
        with self._lock:
            plan = self._plan
            if plan.down:
                return Trouble(cut_before=True)
            if plan.next:
                self._plan = replace(plan, next=plan.next[1:])
                return _step(plan.next[0])
            return self._by_chance(plan)

    def _by_chance(self, plan: Plan) -> Trouble:
        pause = plan.slow_ms / 1000
        if self._dice.random() < plan.error_rate:
            return Trouble(pause, status=500)
        return Trouble(pause, cut_after=self._dice.random() < plan.lose_answer_rate)


def plan_from(body: Any) -> tuple[Plan, list[Fault]]:
    """The plan a body asks for, and everything wrong with it; what is not named is off."""
    if not isinstance(body, dict):
        return Plan(), [Fault("body", "not_a_json_object")]
    faults = [Fault(name, "unknown_field") for name in body if name not in CHECKS]
    wrong = [name for name, check in CHECKS.items() if name in body and not check(body[name])]
    faults += [Fault(name, "out_of_range") for name in wrong]
    return (Plan(), faults) if faults else (_plan(body), [])


def _plan(body: Mapping[str, Any]) -> Plan:
    return Plan(**{**body, "next": tuple(body.get("next", ()))})


def _step(step: str) -> Trouble:
    if step.startswith("slow:"):
        return Trouble(pause=int(step.removeprefix("slow:")) / 1000)
    if step in {"500", "503"}:
        return Trouble(status=int(step))
    return Trouble(cut_before=step == "down", cut_after=step == "lose")


def _is_rate(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_pause(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 600_000


def _is_steps(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(x, str) and STEP.fullmatch(x) for x in value)


CHECKS = {
    "slow_ms": _is_pause,
    "error_rate": _is_rate,
    "lose_answer_rate": _is_rate,
    "down": lambda value: isinstance(value, bool),
    "next": _is_steps,
}

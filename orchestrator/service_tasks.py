"""The registry of work that diagrams ask for by name; the portal fills it at start-up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .errors import UnknownWork


@dataclass(frozen=True)
class Call:
    """One piece of work asked for by a diagram.

    Shape: `business_key` of the instance; `variables` a read-only view; `key` is instance · element ·
    visit, the same at every retry: hand it on as the idempotency key; `now` aware UTC.
    """

    business_key: str
    process: str
    element: str
    variables: Mapping[str, Any]
    key: str
    now: datetime


@dataclass(frozen=True)
class Progress:
    """Where an instance stands after a step.

    Shape: `ended` is the end event reached, or None while it runs; `corrections` whether the applicant has
    something to mend, `reviews` whether a review is open; `messages` and `external` the names it waits for.
    """

    business_key: str
    ended: str | None
    corrections: bool
    reviews: bool
    messages: frozenset[str]
    external: frozenset[str]
    now: datetime


Work = Callable[[Call], Mapping[str, Any] | None]
Observer = Callable[[Progress], None]

_inside: dict[str, Work] = {}
_outside: dict[str, Work] = {}
_observers: list[Observer] = []
_ends: set[str] = set()
_messages: set[str] = set()


def service_task(name: str) -> Callable[[Work], Work]:
    """Register work that runs inside the step's transaction; an exception undoes the step."""
    return _registrar(_inside, name)


def external_task(name: str) -> Callable[[Work], Work]:
    """Register work that runs outside any transaction, at least once, with a stable idempotency key.

    Raises (from the work): TryAgain to be retried; BpmnError to leave by an error boundary event.
    """
    return _registrar(_outside, name)


def observer(watch: Observer) -> Observer:
    """Register a function that is told of every step inside its transaction; an exception undoes the step."""
    if watch not in _observers:
        _observers.append(watch)
    return watch


def tell(progress: Progress) -> None:
    """Tell every observer where an instance stands."""
    for watch in _observers:
        watch(progress)


def inside(name: str) -> Work:
    """The inside work of a name.

    Raises: UnknownWork.
    """
    return _look_up(_inside, name)


def outside(name: str) -> Work:
    """The outside work of a name.

    Raises: UnknownWork.
    """
    return _look_up(_outside, name)


def host_knows(*, ends: Iterable[str], messages: Iterable[str]) -> None:
    """The host gives these end events a meaning and sends these messages; the linter refuses others."""
    _ends.update(ends)
    _messages.update(messages)


def registered() -> dict[str, frozenset[str]]:
    """The names a diagram may use: `call`, `external`, `end` and `message`."""
    return {
        "call": frozenset(_inside),
        "external": frozenset(_outside),
        "end": frozenset(_ends),
        "message": frozenset(_messages),
    }


def _registrar(registry: dict[str, Work], name: str) -> Callable[[Work], Work]:
    def register(work: Work) -> Work:
        if registry.setdefault(name, work) is not work:
            raise ValueError(f"two functions are registered as {name}")
        return work

    return register


def _look_up(registry: dict[str, Work], name: str) -> Work:
    if name not in registry:
        raise UnknownWork(name=name)
    return registry[name]

"""What the engine answers: the new state, what it waits for, and what happened on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class HumanWait:
    """A step that waits for a person; `kind` is review or correction (the applicant mends `element`)."""

    token: int
    element: str
    name: str
    kind: str
    role: str
    scope: str
    form: str
    acts: frozenset[str]
    due: datetime | None


@dataclass(frozen=True)
class WorkWait:
    """Work to be done: `call` inside the transaction, `external` outside it."""

    token: int
    element: str
    kind: str
    name: str


@dataclass(frozen=True)
class TimerWait:
    """A timer that runs; `due` is aware UTC."""

    token: int
    element: str
    due: datetime


@dataclass(frozen=True)
class MessageWait:
    """A catch event that waits for the message `name` with the correlation key `key` (None: business key)."""

    token: int
    element: str
    name: str
    key: str | None


@dataclass(frozen=True)
class Passed:
    """An element was left; `rows` names the rule rows that matched when it asked a decision."""

    element: str
    name: str
    type: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """The answer of `advance`.

    Shape: `state` the bytes to store; the four `waits` are complete (not changes), ordered by token;
    `ended` the id of the end event once the process is over; `passed` in the order it happened;
    `missing_years` calendar years without an official notice that a date computation touched.
    """

    state: bytes
    humans: tuple[HumanWait, ...]
    work: tuple[WorkWait, ...]
    timers: tuple[TimerWait, ...]
    messages: tuple[MessageWait, ...]
    passed: tuple[Passed, ...]
    ended: str | None
    completed: bool
    variables: Mapping[str, Any]
    missing_years: tuple[int, ...] = ()

    @property
    def waits(self) -> tuple[HumanWait | WorkWait | TimerWait | MessageWait, ...]:
        """Everything the process waits for."""
        return (*self.humans, *self.work, *self.timers, *self.messages)

"""What can happen to a process: the closed set of inputs of `advance`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Start:
    """A new process begins with these variables."""

    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Completed:
    """The step `token` is done; `result` goes into the step's result variable."""

    token: int
    result: Any = None


@dataclass(frozen=True)
class Returned:
    """The reviewer returned the step `token` for correction."""

    token: int


@dataclass(frozen=True)
class Threw:
    """The step `token` ended with the BPMN error `code` (work failed by rule, or a refusal)."""

    token: int
    code: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TimerFired:
    """The timer of `token` fell due."""

    token: int


@dataclass(frozen=True)
class MessageArrived:
    """A message reached the catch event `token`."""

    token: int
    payload: Any = None


Input = Start | Completed | Returned | Threw | TimerFired | MessageArrived

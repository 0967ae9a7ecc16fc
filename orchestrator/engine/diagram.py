"""A compiled diagram: the shared, immutable thing the engine walks; one for each version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .decisions import Decisions

Evaluate = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class HumanStep:
    """A user task: who may do it, by when, with which acts.

    Shape: `role` an identifier; `scope` and `due` compiled FEEL; `acts` a subset of {return, refuse};
    `result` the variable that receives what the person entered; `kind` is review, or correction when
    the applicant mends what the step `of` returned.
    """

    role: str
    scope: Evaluate | None
    form: str
    acts: frozenset[str]
    due: Evaluate | None
    result: str | None
    kind: str = "review"
    of: str = ""


@dataclass(frozen=True)
class WorkStep:
    """A service task: `call` runs inside the transaction, `external` outside it with retries."""

    kind: str
    name: str
    result: str | None


@dataclass(frozen=True)
class RuleStep:
    """A business rule task: which decision it asks and which variable receives the answer."""

    decision: str
    result: str | None


@dataclass(frozen=True)
class MessageCatch:
    """A message event that waits: name, correlation (default: business key), variable for the payload."""

    name: str
    correlation: Evaluate | None
    result: str | None


@dataclass(frozen=True)
class Diagram:
    """An executable process with its decisions.

    Shape: `spec` and `subspecs` are SpiffWorkflow's, never changed after loading; `decisions` maps a
    decision's name to the file that holds it; `ends` are the ids of the top level's end events.
    """

    key: str
    name: str
    spec: Any
    subspecs: Mapping[str, Any]
    decisions: Mapping[str, Decisions] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    ends: frozenset[str] = frozenset()

"""The pure process engine over SpiffWorkflow: `advance(diagram, state, input, now) -> Step`."""

from .advance import advance
from .diagram import Diagram
from .inputs import Completed, Input, MessageArrived, Returned, Start, Threw, TimerFired
from .step import HumanWait, MessageWait, Passed, Step, TimerWait, WorkWait

__all__ = [
    "Completed",
    "Diagram",
    "HumanWait",
    "Input",
    "MessageArrived",
    "MessageWait",
    "Passed",
    "Returned",
    "Start",
    "Step",
    "Threw",
    "TimerFired",
    "TimerWait",
    "WorkWait",
    "advance",
]

"""Walks a drawn process in memory: one call for each thing that can happen to it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestrator.diagrams.compile import compile_diagram
from orchestrator.engine import Completed, Diagram, MessageArrived, Returned, Start, Step, Threw, TimerFired, advance
from orchestrator.engine.decisions import read_decisions

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)  # a Monday, noon in Shanghai


def compiled(data: bytes, tables: Mapping[str, bytes] | None = None) -> Diagram:
    """The diagram of a BPMN file with its decision tables."""
    read = [read_decisions(table) for table in (tables or {}).values()]
    return compile_diagram(data, "p.bpmn", {name: table for table in read for name in table.names})


class Walk:
    """A process on its way; every step stores its state and loads it again."""

    def __init__(self, diagram: Diagram, now: datetime = NOON, **variables: Any) -> None:
        self.diagram = diagram
        self.now = now
        given = {"case": "case-1", "applicant": "accountant:12", **variables}
        self.step: Step = advance(diagram, None, Start(given), now)

    def apply(self, input: Any) -> "Walk":
        self.step = advance(self.diagram, self.step.state, input, self.now)
        return self

    def human(self, element: str, kind: str = "review") -> Any:
        return next(wait for wait in self.step.humans if (wait.element, wait.kind) == (element, kind))

    def timer(self, element: str) -> Any:
        return next(wait for wait in self.step.timers if wait.element == element)

    def work(self, element: str) -> Any:
        return next(wait for wait in self.step.work if wait.element == element)

    def message(self, element: str) -> Any:
        return next(wait for wait in self.step.messages if wait.element == element)

    def approve(self, element: str, **data: Any) -> "Walk":
        return self.apply(Completed(self.human(element).token, {"outcome": "approve", **data}))

    def send_back(self, element: str) -> "Walk":
        return self.apply(Returned(self.human(element).token))

    def refuse(self, element: str) -> "Walk":
        return self.apply(Threw(self.human(element).token, "refused"))

    def resubmit(self, element: str) -> "Walk":
        return self.apply(Completed(self.human(element, "correction").token))

    def finish(self, element: str, answer: Any = None) -> "Walk":
        return self.apply(Completed(self.work(element).token, answer))

    def fail(self, element: str, code: str, **detail: Any) -> "Walk":
        return self.apply(Threw(self.work(element).token, code, detail))

    def fire(self, element: str) -> "Walk":
        wait = self.timer(element)
        self.now = max(self.now, wait.due)
        return self.apply(TimerFired(wait.token))

    def send(self, element: str, payload: Any = None) -> "Walk":
        return self.apply(MessageArrived(self.message(element).token, payload))

    def later(self, **length: float) -> "Walk":
        self.now += timedelta(**length)
        return self

    @property
    def waiting(self) -> list[str]:
        return sorted(wait.element for wait in self.step.waits)

    @property
    def passed(self) -> list[str]:
        return [passed.element for passed in self.step.passed]

"""Evaluates FEEL and decisions for a running process: SpiffWorkflow's script engine is out of reach here."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.task import Task

from orchestrator.errors import EngineError, ExpressionFailed
from orchestrator.feel import FeelError, compile_expression

from .decisions import DecisionError
from .diagram import Diagram, Evaluate, MessageCatch, RuleStep
from .specs import RETURNED, step_of
from .working_days import WorkingCalendar


class Scope(PythonScriptEngine):
    """The variables, the caller's now and the calendar: all that an expression can see.

    Every text that SpiffWorkflow would hand to Python goes through `evaluate`; `execute` refuses.
    """

    def __init__(self, diagram: Diagram, variables: dict[str, Any], now: datetime, calendar: WorkingCalendar) -> None:
        super().__init__()
        self.diagram = diagram
        self.variables = variables
        self.now = now
        self.calendar = calendar
        self._note: Mapping[str, Any] = {}
        self._years: set[int] = set()

    def evaluate(self, task: Task, expression: str, external_context: Any = None) -> Any:
        """The answer to a gateway's condition: true only when FEEL says true."""
        if expression == RETURNED:
            return task.parent.internal_data.get("outcome") == "return"
        return self.value(task, self._compiled(task, expression)) is True

    def execute(self, task: Task, script: str, external_context: Any = None) -> NoReturn:
        """Refuse: scripts never run."""
        raise ExpressionFailed(element=task.task_spec.name, reason="script tasks are not executed")

    def value(self, task: Task, evaluate: Evaluate) -> Any:
        """Evaluate a compiled expression.

        Raises: ExpressionFailed.
        """
        try:
            return evaluate(self._context())
        except FeelError as fault:
            raise ExpressionFailed(element=task.task_spec.name, reason=str(fault)) from fault

    def decide(self, task: Task) -> None:
        """Ask the decision of a business rule task and keep the answer; variables it lacks are null.

        Raises: ExpressionFailed.
        """
        step: RuleStep = step_of(task)
        try:
            table = self.diagram.decisions[step.decision]
            unanswered = dict.fromkeys(table.decision(step.decision).inputs)
            answer = table.decide(step.decision, {**unanswered, **self._context()})
        except (FeelError, DecisionError) as fault:
            raise ExpressionFailed(element=task.task_spec.name, reason=str(fault)) from fault
        if step.result:
            self.variables[step.result] = answer.value
        rows = [{"row": row.index, "id": row.id, "note": row.annotation} for row in answer.matched]
        self._note = {"decision": step.decision, "rows": rows}

    def due(self, task: Task, expression: str, kind: str) -> datetime:
        """The moment a timer falls due.

        Raises: ExpressionFailed (not a date and time, or not a duration).
        """
        value = self.value(task, self._compiled(task, _iso(expression, kind)))
        if kind == "duration" and isinstance(value, timedelta):
            return self.now + value
        if kind == "date" and isinstance(value, datetime) and value.tzinfo:
            return value.astimezone(UTC)
        raise ExpressionFailed(element=task.task_spec.name, reason=f"{expression} gives no {kind} of a timer")

    def correlation(self, task: Task) -> str | None:
        """The correlation key a message event waits for; None stands for the business key."""
        step: MessageCatch = step_of(task)
        return None if step.correlation is None else self.text(task, step.correlation)

    def text(self, task: Task, evaluate: Evaluate) -> str:
        """Evaluate an expression that names a place or a key: without it nobody would ever find the step.

        Raises: ExpressionFailed.
        """
        value = self.value(task, evaluate)
        if isinstance(value, str) and value:
            return value
        raise ExpressionFailed(element=task.task_spec.name, reason=f"it gives {value!r} instead of a text")

    def limit(self, task: Task, evaluate: Evaluate) -> datetime | None:
        """Evaluate a person's time limit; null sets none.

        Raises: ExpressionFailed.
        """
        value = self.value(task, evaluate)
        if value is None:
            return None
        if isinstance(value, datetime) and value.tzinfo:
            return value.astimezone(UTC)
        raise ExpressionFailed(element=task.task_spec.name, reason=f"it gives {value!r} instead of a date and time")

    def take_note(self) -> Mapping[str, Any]:
        """What the element just left has to say for the history; asked once."""
        note, self._note = self._note, {}
        return note

    def missing_years(self) -> tuple[int, ...]:
        """The years without an official calendar that a computation touched."""
        return tuple(sorted(self._years))

    def _compiled(self, task: Task, expression: str) -> Evaluate:
        try:
            return compile_expression(expression)
        except FeelError as fault:
            raise ExpressionFailed(element=task.task_spec.name, reason=str(fault)) from fault

    def _context(self) -> dict[str, Any]:
        return {
            **{name: self._local(value) for name, value in self.variables.items()},
            "now": lambda: self.now.astimezone(self.calendar.zone),
            "today": self._today,
            "add working days": self._add_working_days,
            "working days between": self.calendar.between,
            "is working day": self.calendar.is_working,
        }

    def _local(self, value: Any) -> Any:
        # FEEL takes the day of a moment in the moment's own zone: it has to be the calendar's.
        aware = isinstance(value, datetime) and value.tzinfo is not None
        return value.astimezone(self.calendar.zone) if aware else value

    def _today(self) -> date:
        return self.now.astimezone(self.calendar.zone).date()

    def _add_working_days(self, start: datetime, days: Any) -> datetime:
        try:
            end = self.calendar.add(start, int(days))
        except (TypeError, ValueError, EngineError) as fault:
            raise FeelError(f"add working days: {fault}") from fault
        self._years.update(self.calendar.missing_years(start, end))
        return end


def _iso(expression: str, kind: str) -> str:
    if kind == "duration" and expression.lstrip("-").startswith("P"):
        return f'duration("{expression}")'
    if kind == "date" and expression[:4].isdigit():
        return f'date and time("{expression}")'
    return expression

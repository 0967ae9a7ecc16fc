"""The pure heart: `advance(diagram, state, input, now) -> Step`. No database, clock, network or Django."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EndEvent
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import TaskNotFoundException, WorkflowException
from SpiffWorkflow.task import Task, TaskState

from orchestrator.errors import ActNotOffered, ErrorUncaught, NoWayOut, TokenGone, TooManyRounds, WaitsForNothing

from .diagram import Diagram, HumanStep, MessageCatch, WorkStep
from .inputs import Completed, Input, MessageArrived, Returned, Start, Threw, TimerFired
from .scope import Scope
from .specs import DueTimer, is_visible, step_of
from .state import Memory, dump, load, number
from .step import HumanWait, MessageWait, Passed, Step, TimerWait, WorkWait
from .working_days import WorkingCalendar

IDLE = "idle"


def advance(
    diagram: Diagram,
    state: bytes | None,
    input: Input,
    now: datetime,
    calendar: WorkingCalendar | None = None,
) -> Step:
    """Apply one input to a process and run it until it waits again.

    Shape: `state` is None exactly for Start; `now` aware; `calendar` gives `add working days` its days.
    Raises: TokenGone, NoWayOut, WaitsForNothing, ExpressionFailed, ErrorUncaught, ActNotOffered, StateUnreadable.
    Source: BPMN 2.0.2, 13 (execution semantics).
    """
    try:
        run = _Run(diagram, state, now.astimezone(UTC), calendar or WorkingCalendar())
        run.apply(input)
        return run.answer()
    except RecursionError as deep:
        raise TooManyRounds() from deep


class _Run:
    def __init__(self, diagram: Diagram, state: bytes | None, now: datetime, calendar: WorkingCalendar) -> None:
        self.diagram = diagram
        self.now = now
        self.passed: list[Passed] = []
        self.scope = Scope(diagram, {}, now, calendar)
        if state is None:
            self.memory = Memory()
            self.workflow = BpmnWorkflow(diagram.spec, dict(diagram.subspecs), script_engine=self.scope)
        else:
            self.workflow, self.memory = load(diagram, state, self.scope)
        self.scope.variables = self.memory.variables

    def apply(self, input: Input) -> None:
        _APPLY[type(input)](self, input)
        self._run_on()

    def _run_on(self) -> None:
        try:
            self.workflow.do_engine_steps(did_complete_task=self._note)
        except WorkflowException as fault:
            raise NoWayOut(element=getattr(fault.task_spec, "name", "?")) from fault

    def start(self, input: Start) -> None:
        self.memory.variables.update(input.variables)

    def complete(self, input: Completed) -> None:
        task = self._waiting(input.token)
        self._keep(task, input.result)
        self._finish(task)

    def send_back(self, input: Returned) -> None:
        task = self._waiting(input.token)
        step = step_of(task)
        if not isinstance(step, HumanStep) or "return" not in step.acts:
            raise ActNotOffered(element=task.task_spec.name, act="return")
        task.internal_data["outcome"] = "return"
        self._finish(task)

    def throw(self, input: Threw) -> None:
        task = self._waiting(input.token)
        step = step_of(task)
        if isinstance(step, HumanStep) and input.code == "refused" and "refuse" not in step.acts:
            raise ActNotOffered(element=task.task_spec.name, act="refuse")
        self._raise(task, input.code, input.detail)

    def fire(self, input: TimerFired) -> None:
        task = self._waiting(input.token, TaskState.READY | TaskState.WAITING)
        if getattr(step_of(task), "kind", None) == "correction":
            self._raise(task, IDLE, {})
        elif task.state == TaskState.WAITING:
            self._catch(task)
        else:
            raise TokenGone(token=input.token)

    def deliver(self, input: MessageArrived) -> None:
        task = self._waiting(input.token, TaskState.WAITING)
        self._keep(task, input.payload)
        self._catch(task)

    def _catch(self, task: Task) -> None:
        task.internal_data["event_fired"] = True
        task.task_spec._update(task)
        # Run at once: with the step and its boundary event both ready, both paths would be taken.
        self._finish(task)

    def _finish(self, task: Task) -> None:
        task.run()
        self._note(task)

    def _waiting(self, token: int, states: int = TaskState.READY) -> Task:
        try:
            task = self.workflow.get_task_from_id(token)
        except TaskNotFoundException as gone:
            raise TokenGone(token=token) from gone
        if not task.has_state(states):
            raise TokenGone(token=token)
        return task

    def _keep(self, task: Task, value: Any) -> None:
        step = step_of(task)
        name = getattr(step, "result", None)
        if name:
            self.memory.variables[name] = value

    def _raise(self, task: Task, code: str, detail: Mapping[str, Any]) -> None:
        boundary = self._handler(task, code)
        if boundary is None:
            raise ErrorUncaught(error=code, element=task.task_spec.name)
        self.memory.variables["error"] = {"code": code, **detail}
        self._catch(boundary)

    def _handler(self, task: Task | None, code: str) -> Task | None:
        while task is not None:
            for sibling in task.parent.children if task.parent else []:
                if _catches_error(sibling, code):
                    return sibling
            task = self._enclosing(task)
        return None

    def _enclosing(self, task: Task) -> Task | None:
        parent = task.workflow.parent_task_id
        return None if parent is None else self.workflow.get_task_from_id(parent)

    def _note(self, task: Task) -> None:
        if not is_visible(task):
            return
        spec = task.task_spec
        element = spec.bpmn_id
        if element not in self.diagram.labels:
            return  # drawn by an act of its step, not by the analyst
        self.passed.append(
            Passed(element, self.diagram.labels.get(element, ""), type(spec).__name__, self.scope.take_note())
        )
        if isinstance(spec, EndEvent) and element in self.diagram.ends:
            self.memory.ended = element

    def answer(self) -> Step:
        tokens = number(self.workflow, self.memory)
        waits = _Waits(self, tokens)
        # Before the state is written: each wait keeps the scope and the limit it has now.
        humans, timers = waits.humans(), waits.timers()
        if not (self.workflow.completed or humans or timers or waits.work() or waits.messages()):
            raise WaitsForNothing()
        return Step(
            state=dump(self.workflow, self.memory, tokens),
            humans=humans,
            work=waits.work(),
            timers=timers,
            messages=waits.messages(),
            passed=tuple(self.passed),
            ended=self.memory.ended if self.workflow.completed else None,
            completed=self.workflow.completed,
            variables=self.memory.variables,
            missing_years=self.scope.missing_years(),
        )


class _Waits:
    def __init__(self, run: _Run, tokens: Mapping[Any, int]) -> None:
        self.run = run
        self.tokens = tokens
        self.tasks = sorted(_live_tasks(run.workflow), key=lambda task: tokens[task.id])

    def humans(self) -> tuple[HumanWait, ...]:
        return tuple(self._human(task) for task in self._ready(HumanStep))

    def work(self) -> tuple[WorkWait, ...]:
        return tuple(
            WorkWait(self.tokens[task.id], task.task_spec.name, step_of(task).kind, step_of(task).name)
            for task in self._ready(WorkStep)
        )

    def timers(self) -> tuple[TimerWait, ...]:
        idle = [task for task in self._ready(HumanStep) if step_of(task).kind == "correction"]
        limited = [task for task in idle if self._due(task) is not None]
        return tuple(self._timer(task) for task in self._catching(DueTimer) + limited)

    def messages(self) -> tuple[MessageWait, ...]:
        caught = [task for task in self._catching() if isinstance(step_of(task), MessageCatch)]
        return tuple(
            MessageWait(
                self.tokens[task.id],
                task.task_spec.name,
                step_of(task).name,
                task.internal_data.get("key"),
            )
            for task in caught
        )

    def _ready(self, kind: type) -> list[Task]:
        return [task for task in self.tasks if task.state == TaskState.READY and isinstance(step_of(task), kind)]

    def _catching(self, definition: type = object) -> list[Task]:
        return [
            task
            for task in self.tasks
            if task.state == TaskState.WAITING
            and isinstance(task.task_spec, CatchingEvent)
            and isinstance(task.task_spec.event_definition, definition)
        ]

    def _human(self, task: Task) -> HumanWait:
        step: HumanStep = step_of(task)
        element = step.of or task.task_spec.name
        return HumanWait(
            token=self.tokens[task.id],
            element=element,
            name=self.run.diagram.labels.get(element, ""),
            kind=step.kind,
            role=step.role,
            scope=self._once(task, "scope", step.scope, self.run.scope.text) or "",
            form=step.form,
            acts=step.acts,
            due=self._due(task),
        )

    def _due(self, task: Task) -> Any:
        return self._once(task, "due", step_of(task).due, self.run.scope.limit)

    def _once(self, task: Task, key: str, expression: Any, evaluate: Callable[[Task, Any], Any]) -> Any:
        if key not in task.internal_data:
            task.internal_data[key] = None if expression is None else evaluate(task, expression)
        return task.internal_data[key]

    def _timer(self, task: Task) -> TimerWait:
        return TimerWait(self.tokens[task.id], task.task_spec.name, task.internal_data["due"])


def _live_tasks(workflow: BpmnWorkflow) -> list[Task]:
    trees = [workflow, *(sub for sub in workflow.subprocesses.values() if not sub.completed)]
    return [
        task
        for tree in trees
        if not tree.completed
        for task in tree.tasks.values()
        if task.has_state(TaskState.READY | TaskState.WAITING)
    ]


def _catches_error(task: Task, code: str) -> bool:
    spec = task.task_spec
    if not isinstance(spec, BoundaryEvent) or task.state != TaskState.WAITING:
        return False
    definition = spec.event_definition
    return isinstance(definition, ErrorEventDefinition) and definition.code in (None, code)


_APPLY: dict[type, Callable[[_Run, Any], None]] = {
    Start: _Run.start,
    Completed: _Run.complete,
    Returned: _Run.send_back,
    Threw: _Run.throw,
    TimerFired: _Run.fire,
    MessageArrived: _Run.deliver,
}

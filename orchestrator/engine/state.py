"""Saves and loads a running process: its task tree in parent-first rows, its variables, nothing of its spec."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task, TaskState

from orchestrator.errors import StateUnreadable

from .diagram import Diagram
from .values import pack, unpack

FORMAT = 1
KEPT = ("due", "key", "event_fired", "outcome", "scope")


@dataclass
class Memory:
    """What a process knows besides its tokens: variables, the last end event, the next free token number."""

    variables: dict[str, Any] = field(default_factory=dict)
    ended: str | None = None
    next_token: int = 1


def load(diagram: Diagram, state: bytes, script_engine: Any) -> tuple[BpmnWorkflow, Memory]:
    """Rebuild a workflow over the shared specs.

    Raises: StateUnreadable.
    """
    stored = unpack(state)
    if stored.get("format") != FORMAT:
        raise StateUnreadable(format=stored.get("format"))
    workflow = BpmnWorkflow(diagram.spec, dict(diagram.subspecs), script_engine=script_engine, deserializing=True)
    _restore(workflow, stored["tree"], stored["completed"])
    for parent, rows, completed in stored["subs"]:
        _restore_sub(workflow, parent, rows, completed)
    return workflow, Memory(stored["variables"], stored["ended"], stored["next"])


def variables_of(state: bytes) -> dict[str, Any]:
    """The variables of a stored state, without rebuilding its tokens."""
    variables: dict[str, Any] = unpack(state)["variables"]
    return variables


def dump(workflow: BpmnWorkflow, memory: Memory, tokens: Mapping[Any, int]) -> bytes:
    """Return the bytes of a workflow; `tokens` numbers its tasks."""
    subs = [sub for sub in workflow.subprocesses.values() if _is_live(workflow, sub)]
    return pack(
        {
            "format": FORMAT,
            "variables": memory.variables,
            "ended": memory.ended,
            "next": memory.next_token,
            "completed": workflow.completed,
            "tree": _rows(workflow, tokens),
            "subs": [
                [tokens[sub.parent_task_id], _rows(sub, tokens), sub.completed]
                for sub in sorted(subs, key=lambda sub: sub.depth)
            ],
        }
    )


def number(workflow: BpmnWorkflow, memory: Memory) -> dict[Any, int]:
    """Give every new task the next number, parents first; return the number of each task id."""
    tokens: dict[Any, int] = {}
    for tree in (workflow, *sorted(workflow.subprocesses.values(), key=lambda sub: sub.depth)):
        for task in tree.tasks.values():
            if isinstance(task.id, int):
                tokens[task.id] = task.id
            else:
                tokens[task.id] = memory.next_token
                memory.next_token += 1
    return tokens


def _is_live(workflow: BpmnWorkflow, sub: BpmnSubWorkflow) -> bool:
    parent = workflow.get_task_from_id(sub.parent_task_id)
    return parent is not None and not parent.has_state(TaskState.FINISHED_MASK)


def _rows(tree: Any, tokens: Mapping[Any, int]) -> list[list[Any]]:
    rows: list[list[Any]] = []
    pending = [tree.task_tree]
    while pending:
        task = pending.pop()
        rows.append(_row(task, tokens))
        pending.extend(reversed(task.children))
    return rows


def _row(task: Task, tokens: Mapping[Any, int]) -> list[Any]:
    kept = {key: task.internal_data[key] for key in KEPT if key in task.internal_data}
    parent = tokens[task._parent] if task._parent is not None else 0
    return [tokens[task.id], parent, task.task_spec.name, task.state, task.triggered, kept or None]


def _restore(tree: Any, rows: list[list[Any]], completed: bool) -> None:
    for token, parent, name, state, triggered, kept in rows:
        spec = tree.spec.task_specs[name]
        task = Task(tree, spec, tree.tasks.get(parent), state=state, id=token)
        task.triggered = triggered
        task.internal_data = kept or {}
        if isinstance(spec, CatchingEvent) and state == TaskState.WAITING:
            tree.top_workflow.event_manager.add_task(task)
    tree.task_tree = tree.tasks[rows[0][0]]
    tree.completed = completed


def _restore_sub(workflow: BpmnWorkflow, parent: int, rows: list[list[Any]], completed: bool) -> None:
    task = workflow.get_task_from_id(parent)
    spec = workflow.subprocess_specs[task.task_spec.spec]
    sub = BpmnSubWorkflow(spec, parent, workflow, deserializing=True)
    _restore(sub, rows, completed)
    workflow.subprocesses[parent] = sub

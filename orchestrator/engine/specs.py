"""Our BPMN elements as SpiffWorkflow task specs: nothing here executes text or reads a clock."""

from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    EventDefinitionParser,
    IntermediateCatchEventParser,
    ReceiveTaskParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import (
    ConditionalGatewayParser,
    GatewayParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    ExclusiveGateway,
    IntermediateCatchEvent,
    NoneTask,
    ParallelGateway,
    ReceiveTask,
    StartEvent,
    SubWorkflowTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.task import Task

RETURNED = "# returned for correction"


class ManualStep(BpmnSpecMixin):
    """Waits READY until the engine is told it is done: user tasks and work."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = True


class RuleTask(BpmnSpecMixin):
    """A business rule task: asks its decision when it runs (BPMN 2.0.2, 10.3.3)."""

    def _run_hook(self, my_task: Task) -> bool:
        my_task.workflow.script_engine.decide(my_task)
        return True


class EventGateway(BpmnSpecMixin):
    """An exclusive event-based gateway: its events wait side by side, the first one cancels the others."""


class _Rival:
    def _on_ready_hook(self, my_task: Task) -> None:
        super()._on_ready_hook(my_task)  # type: ignore[misc]
        parent = my_task.parent
        if parent is not None and isinstance(parent.task_spec, EventGateway):
            for rival in parent.children:
                if rival is not my_task:
                    rival.cancel()


class CatchEvent(_Rival, IntermediateCatchEvent):
    """An intermediate catch event that cancels its rivals after an event-based gateway."""


class ReceiveStep(_Rival, ReceiveTask):
    """A receive task; it too may stand after an event-based gateway."""


class DueTimer(EventDefinition):
    """A timer: its due date is computed once, from the caller's now; only the caller lets it fire."""

    def __init__(self, expression: str, kind: str) -> None:
        super().__init__(name=kind)
        self.expression = expression
        self.kind = kind

    def has_fired(self, my_task: Task) -> bool:
        """Whether the caller has let it fire; computes the due date on activation."""
        if "due" not in my_task.internal_data:
            engine = my_task.workflow.script_engine
            my_task.internal_data["due"] = engine.due(my_task, self.expression, self.kind)
        return bool(my_task.internal_data.get("event_fired", False))

    def catches(self, my_task: Task, event: Any) -> bool:
        """Never: a timer is fired by name, not by a thrown event."""
        return False


class Message(EventDefinition):
    """A message to wait for; delivered by token, its correlation computed once on activation."""

    def has_fired(self, my_task: Task) -> bool:
        """Whether the message was delivered."""
        if "key" not in my_task.internal_data:
            my_task.internal_data["key"] = my_task.workflow.script_engine.correlation(my_task)
        return bool(my_task.internal_data.get("event_fired", False))

    def catches(self, my_task: Task, event: Any) -> bool:
        """Never: messages are delivered by token."""
        return False


class _Reading:
    """Gives every parser our event definitions and the compiled attributes of its element."""

    node: Any
    process_parser: Any

    def parse_extensions(self, *_: Any) -> dict[str, Any]:
        step = self.process_parser.parser.steps.get(self.node.get("id"))
        return {} if step is None else {"step": step}

    def parse_timer_event(self, event: Any) -> DueTimer:
        for tag, kind in (("timeDate", "date"), ("timeDuration", "duration")):
            found = event.find(full_tag(tag))
            if found is not None:
                return DueTimer((found.text or "").strip(), kind)
        raise ValueError("timer without a date or duration")

    def parse_message_event(self, event: Any) -> Message:
        return Message(self.process_parser.parser.messages.get(event.get("messageRef")))


class _Task(_Reading, TaskParser):
    pass


class _Gateway(_Reading, GatewayParser):
    pass


class _Conditional(_Reading, ConditionalGatewayParser):
    def get_position(self, node: Any = None) -> dict[str, float]:
        # Conditions are tried in the order of the file, not from the top of the drawing to its bottom.
        return {"x": 0.0, "y": 0.0}


class _EventGatewayParser(_Reading, EventDefinitionParser):
    def create_task(self) -> Any:
        return self.spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes)

    def handles_multiple_outgoing(self) -> bool:
        return True


class _Catch(_Reading, IntermediateCatchEventParser):
    pass


class _Receive(_Reading, ReceiveTaskParser):
    pass


class _Boundary(_Reading, BoundaryEventParser):
    pass


class _End(_Reading, EndEventParser):
    pass


class _Subprocess(_Reading, SubWorkflowParser):
    pass


class Reader(BpmnParser):
    """SpiffWorkflow's parser with our elements only; `steps` holds the compiled attributes by element id."""

    PARSER_CLASSES = {
        full_tag(tag): pair
        for tag, pair in {
            "startEvent": (BpmnParser.PARSER_CLASSES[full_tag("startEvent")][0], StartEvent),
            "endEvent": (_End, EndEvent),
            "task": (_Task, NoneTask),
            "userTask": (_Task, ManualStep),
            "manualTask": (_Task, ManualStep),
            "serviceTask": (_Task, ManualStep),
            "businessRuleTask": (_Task, RuleTask),
            "exclusiveGateway": (_Conditional, ExclusiveGateway),
            "parallelGateway": (_Gateway, ParallelGateway),
            "eventBasedGateway": (_EventGatewayParser, EventGateway),
            "intermediateCatchEvent": (_Catch, CatchEvent),
            "receiveTask": (_Receive, ReceiveStep),
            "boundaryEvent": (_Boundary, BoundaryEvent),
            "subProcess": (_Subprocess, SubWorkflowTask),
        }.items()
    }

    def __init__(self, steps: dict[str, Any]) -> None:
        super().__init__()
        self.steps = steps


def step_of(task: Task) -> Any:
    """The compiled attributes of the element a task stands on, or None."""
    return getattr(task.task_spec, "extensions", {}).get("step")


def is_visible(task: Task) -> bool:
    """Whether the task stands for an element of the drawing."""
    return isinstance(task.task_spec, BpmnTaskSpec) and getattr(task.task_spec, "bpmn_id", None) is not None

"""WF2xx: what the engine does not run, and what to draw instead. Accepted is exactly what was seen to run."""

from collections.abc import Iterator
from typing import Final

from orchestrator.diagrams.elements import Element, Finding, Process
from orchestrator.diagrams.lint_context import ACTIVITIES, GATEWAYS, Drawing

TYPES: Final = {
    "task": ("普通任务", "请说明由谁来做：人办理用用户任务，系统办理用服务任务，查规则用业务规则任务。"),
    "scriptTask": ("脚本任务", "请改用服务任务（系统办理）或业务规则任务（决策表）。"),
    "sendTask": ("发送任务", "请改用服务任务，并填写 review:external，例如 sms.send。"),
    "callActivity": ("调用活动", "请把被调用的流程画成内嵌子流程。"),
    "transaction": ("事务子流程", "请改用普通子流程加错误边界事件。"),
    "adHocSubProcess": ("自由子流程", "请改用普通子流程，用连线画出先后次序。"),
    "inclusiveGateway": ("包容网关", "请改用排他网关，或用并行网关加各分支上的排他网关。"),
    "complexGateway": ("复杂网关", "请改用排他网关和并行网关的组合。"),
    "intermediateThrowEvent": ("中间抛出事件", "要通知外部请用服务任务；只作标记的请删除。"),
    "implicitThrowEvent": ("隐式抛出事件", "请删除。"),
    "callChoreography": ("编排活动", "请改用流程图中的任务。"),
    "choreographyTask": ("编排任务", "请改用流程图中的任务。"),
    "subChoreography": ("子编排", "请改用子流程。"),
}
EVENTS: Final = {
    "startEvent": frozenset(("none",)),
    "endEvent": frozenset(("none", "terminate")),
    "intermediateCatchEvent": frozenset(("timer", "message")),
    "boundaryEvent": frozenset(("timer", "message", "error")),
}
POSITIONS: Final = {
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "intermediateCatchEvent": "中间捕获事件",
    "boundaryEvent": "边界事件",
}
KINDS: Final = {
    "timer": "定时",
    "message": "消息",
    "error": "错误",
    "signal": "信号",
    "escalation": "升级",
    "conditional": "条件",
    "terminate": "终止",
    "link": "链接",
    "compensate": "补偿",
    "cancel": "取消",
}
STARTS: Final = "流程由系统按名称启动，请改用空白开始事件；需要等待时，在其后画捕获事件。"
ENDS: Final = "请改用空白结束事件；要通知外部时，在它之前画服务任务；要走异常路径时，用排他网关接过去。"
CATCHES: Final = {
    "signal": "请改用消息事件。",
    "link": "请直接用连线接到目标元素。",
    "conditional": "请改用消息事件等待变化，或用排他网关判断条件。",
    "error": "请改为附着在步骤或子流程上的错误边界事件。",
}
OTHER_CATCH: Final = "请改用消息事件或错误边界事件。"
FLAGS: Final = {
    "isForCompensation": ("补偿活动", "请改用错误边界事件后面的服务任务来撤销。"),
    "instantiate": ("由消息启动流程", "流程由系统按名称启动，请取消“实例化”（instantiate）。"),
    "parallelEvents": ("并行事件网关", "请改用并行网关，各分支上画捕获事件。"),
}
RUNS: Final = ACTIVITIES | GATEWAYS | set(EVENTS)


def refused(process: Process) -> set[str]:
    """The ids of elements that do not run, so that other rules do not complain about them again."""
    return {
        element.id
        for element in process.elements.values()
        if element.type not in RUNS
        or not _runs_event(element)
        or element.flags & {"triggeredByEvent", "isForCompensation"}
    }


def check_elements(drawing: Drawing) -> Iterator[Finding]:
    """Findings about what does not run (BPMN 2.0.2, 10)."""
    process = drawing.process
    for part in process.parts:
        yield drawing.found("WF210", part, tag=part.tag, id=part.id)
    if process.executable_extensions:
        yield drawing.found("WF206", process, names="、".join(process.executable_extensions))
    for element in process.elements.values():
        yield from _type(drawing, element)
        yield from _marks(drawing, element)
        if element.type in EVENTS:
            yield from _event(drawing, element)


def _runs_event(element: Element) -> bool:
    accepted = EVENTS.get(element.type)
    return accepted is None or element.event is None or element.event.kind in accepted


def _type(drawing: Drawing, element: Element) -> Iterator[Finding]:
    if element.type in TYPES:
        kind, instead = TYPES[element.type]
        yield drawing.found("WF201", element, kind=kind, instead=instead)


def _marks(drawing: Drawing, element: Element) -> Iterator[Finding]:
    if "triggeredByEvent" in element.flags:
        yield drawing.found("WF204", element)
    if element.loop:
        yield drawing.found("WF205", element)
    if element.executable_extensions:
        yield drawing.found("WF206", element, names="、".join(element.executable_extensions))
    for flag in sorted(element.flags & set(FLAGS)):
        kind, instead = FLAGS[flag]
        yield drawing.found("WF209", element, kind=kind, instead=instead)


def _event(drawing: Drawing, element: Element) -> Iterator[Finding]:
    event = element.event
    assert event is not None
    if element.events > 1:
        yield drawing.found("WF203", element, count=element.events)
    elif event.kind == "none" and "none" not in EVENTS[element.type]:
        more = "，或错误" if element.type == "boundaryEvent" else ""
        yield drawing.found("WF211", element, more=more)
    elif not _runs_event(element):
        kind = KINDS.get(event.kind, event.kind) + POSITIONS[element.type]
        yield drawing.found("WF202", element, kind=kind, instead=_instead(element, event.kind))
    elif event.timer == "cycle":
        yield drawing.found("WF207", element)
    elif element.type == "boundaryEvent" and not element.interrupting and event.kind != "timer":
        yield drawing.found("WF208", element, kind=KINDS[event.kind])


def _instead(element: Element, kind: str) -> str:
    if element.type == "startEvent":
        return STARTS
    return ENDS if element.type == "endEvent" else CATCHES.get(kind, OTHER_CATCH)

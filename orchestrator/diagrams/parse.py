"""Reads BPMN 2.0.2 XML into elements with lines; refuses what cannot be read, by name."""

from typing import Any

from lxml import etree

from orchestrator.diagrams.elements import BPMN, REVIEW, Element, Event, Finding, Flow, Mark, Process

MAX_BYTES = 2_000_000
MAX_DEPTH = 60
CONTAINERS = ("subProcess", "transaction", "adHocSubProcess")
NODES = frozenset(
    (
        *("startEvent", "endEvent", "boundaryEvent"),
        *("intermediateCatchEvent", "intermediateThrowEvent", "implicitThrowEvent"),
        *("task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask"),
        *("sendTask", "receiveTask", "callActivity", *CONTAINERS),
        *("exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway", "eventBasedGateway"),
        *("callChoreography", "choreographyTask", "subChoreography"),
    )
)
EVENTS = ("EventDefinition", "eventDefinitionRef")
TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
FLAGS = {"triggeredByEvent": "true", "isForCompensation": "true", "instantiate": "true"}
PARTS = frozenset(
    (
        *("ioSpecification", "dataInputAssociation", "dataOutputAssociation", "dataStore"),
        *("correlationProperty", "correlationKey"),
    )
)
SCRIPTS = frozenset(("script", "executionListener", "taskListener", "preScript", "postScript"))
VENDORS = {
    "http://camunda.org/schema/1.0/bpmn": "camunda",
    "http://camunda.org/schema/zeebe/1.0": "zeebe",
    "http://activiti.org/bpmn": "activiti",
    "http://flowable.org/bpmn": "flowable",
    "http://www.jboss.org/drools": "drools",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "spiffworkflow",
}
VENDOR_CODE = frozenset(
    (
        *("class", "delegateExpression", "expression", "type", "topic", "resource", "connector"),
        *("decisionRef", "calledDecision", "taskDefinition", "serviceTaskOperator", "taskName"),
    )
)


class Unreadable(Exception):
    """The file is no BPMN diagram; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(str(finding))


def read_xml(data: bytes, file: str) -> Any:
    """Return the root element of an untrusted XML file.

    Raises: Unreadable (WF001 oversized, WF002 not XML, WF003 DOCTYPE, WF004 too deep).
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(Finding(file, 1, "WF001", "-", f"文件超过 {MAX_BYTES} 字节，请拆分后再上传。"))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Any = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        line = fault.lineno or 1
        raise Unreadable(Finding(file, line, "WF002", "-", f"不是合格的 XML：{fault.msg}")) from fault
    if root.getroottree().docinfo.doctype:
        raise Unreadable(Finding(file, 1, "WF003", "-", "文件含 DOCTYPE，请删除后再上传。"))
    _refuse_depth(root, file)
    return root


def parse(data: bytes, file: str) -> list[Process]:
    """Read every executable process of a BPMN file, or every process if none says it is executable.

    Raises: Unreadable (also WF005 no definitions, WF006 no process).
    """
    root = read_xml(data, file)
    if root.tag != f"{{{BPMN}}}definitions":
        raise Unreadable(Finding(file, root.sourceline, "WF005", "-", "根元素不是 BPMN 2.0 的 definitions。"))
    nodes = root.findall(f"{{{BPMN}}}process")
    executable = [node for node in nodes if node.get("isExecutable") == "true"]
    chosen = executable or nodes
    if not chosen:
        raise Unreadable(Finding(file, root.sourceline, "WF006", "-", "文件中没有流程（process）。"))
    processes = [_process(node, root, file) for node in chosen]
    for process in processes:
        process.alone = len(chosen) == 1
        process.executable = bool(executable)
    return processes


def local(node: Any) -> str:
    """The tag of a node without its namespace; empty for comments and instructions."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _bpmn(node: Any) -> str:
    prefix = f"{{{BPMN}}}"
    return node.tag[len(prefix) :] if isinstance(node.tag, str) and node.tag.startswith(prefix) else ""


def _refuse_depth(root: Any, file: str) -> None:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node]
    if level:
        raise Unreadable(Finding(file, level[0].sourceline, "WF004", "-", "嵌套过深。"))


def _process(node: Any, root: Any, file: str) -> Process:
    process = Process(node.get("id") or "", node.get("name") or "", node.sourceline, file)
    process.messages = _named(root, "message", "name")
    process.errors = _named(root, "error", "errorCode")
    process.executable_extensions = _executable(node)
    shared = [child for child in root if _bpmn(child) not in ("", "process", "collaboration")]
    _mark_ids([*shared, node], process)
    process.parts = [_mark(part) for top in [*shared, node] for part in top.iter() if _bpmn(part) in PARTS]
    _collect(node, None, process)
    return process


def _named(root: Any, tag: str, attribute: str) -> dict[str, str]:
    nodes = root.findall(f"{{{BPMN}}}{tag}")
    return {node.get("id"): node.get(attribute) or "" for node in nodes if node.get("id")}


def _mark(node: Any) -> Mark:
    # A part without an id of its own is found by the element around it.
    name = node.get("id") or (node.getparent().get("id") if node.getparent() is not None else None)
    return Mark(name or "-", local(node), node.sourceline)


def _mark_ids(tops: list[Any], process: Process) -> None:
    seen: set[str] = set()
    for node in (node for top in tops for node in top.iter() if _bpmn(node)):
        name = node.get("id")
        if name in seen:
            process.repeated.append(_mark(node))
        if name:
            seen.add(name)
        elif _bpmn(node) in NODES | {"sequenceFlow", "process", "message", "error", "signal", "escalation"}:
            process.nameless.append(Mark("-", local(node), node.sourceline))


def _collect(container: Any, parent: str | None, process: Process) -> None:
    for node in container:
        kind, name = _bpmn(node), node.get("id")
        if kind == "sequenceFlow" and name:
            process.flows.setdefault(name, _flow(node, parent))
        elif kind in NODES and name:
            process.elements.setdefault(name, _element(node, parent, process))
        if kind in CONTAINERS:
            _collect(node, name, process)


def _flow(node: Any, parent: str | None) -> Flow:
    condition = node.find(f"{{{BPMN}}}conditionExpression")
    text = (condition.text or "").strip() if condition is not None else None
    source, target = node.get("sourceRef") or "", node.get("targetRef") or ""
    return Flow(node.get("id"), source, target, text, node.get("name") or "", node.sourceline, parent)


def _element(node: Any, parent: str | None, process: Process) -> Element:
    definitions = [child for child in node if local(child).endswith(EVENTS)]
    return Element(
        id=node.get("id"),
        type=local(node),
        name=node.get("name") or "",
        line=node.sourceline,
        parent=parent,
        review=_review(node),
        attached_to=node.get("attachedToRef"),
        interrupting=node.get("cancelActivity", "true") != "false",
        event=_event(node, definitions, process),
        events=len(definitions),
        default=node.get("default"),
        loop=any(local(child).endswith("LoopCharacteristics") for child in node),
        executable_extensions=_executable(node),
        flags=_flags(node),
    )


def _review(node: Any) -> dict[str, str]:
    prefix = f"{{{REVIEW}}}"
    return {key[len(prefix) :]: value for key, value in node.attrib.items() if key.startswith(prefix)}


def _flags(node: Any) -> frozenset[str]:
    found = {name for name, on in FLAGS.items() if node.get(name) == on}
    return frozenset(found | ({"parallelEvents"} if node.get("eventGatewayType") == "Parallel" else set()))


def _executable(node: Any) -> tuple[str, ...]:
    extensions = node.find(f"{{{BPMN}}}extensionElements")
    inside = [] if extensions is None else [child for child in extensions.iter() if local(child)]
    names = [etree.QName(child) for child in inside] + [etree.QName(key) for key in node.attrib]
    return tuple(dict.fromkeys(_written(name) for name in names if _runs(name)))


def _runs(name: Any) -> bool:
    if name.localname in SCRIPTS and name.namespace:
        return True
    return name.namespace in VENDORS and name.localname in VENDOR_CODE


def _written(name: Any) -> str:
    vendor = VENDORS.get(name.namespace)
    return f"{vendor}:{name.localname}" if vendor else str(name.localname)


def _event(node: Any, definitions: list[Any], process: Process) -> Event | None:
    kind = local(node)
    if kind in ("receiveTask", "sendTask"):
        refers = node.get("messageRef")
        return Event("message", process.messages.get(refers or ""), line=node.sourceline, refers=refers)
    if not kind.endswith("Event"):
        return None
    return _definition(definitions[0], process) if definitions else Event(line=node.sourceline)


def _definition(node: Any, process: Process) -> Event:
    kind = local(node).removesuffix("EventDefinition")
    if kind == "timer":
        return _timer(node)
    ref = {"message": process.messages, "error": process.errors}.get(kind, {})
    refers = node.get(f"{kind}Ref")
    return Event(kind, ref.get(refers or ""), line=node.sourceline, refers=refers)


def _timer(node: Any) -> Event:
    for child in node:
        if local(child) in TIMERS:
            return Event("timer", None, (child.text or "").strip(), TIMERS[local(child)], child.sourceline)
    return Event("timer", line=node.sourceline)

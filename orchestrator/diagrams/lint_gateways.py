"""WF120–WF128, WF131: what gateways and conditions mean, and events that cannot happen."""

from collections.abc import Iterator

from orchestrator.diagrams.elements import Element, Finding, Flow
from orchestrator.diagrams.lint_context import Drawing


def check_gateways(drawing: Drawing) -> Iterator[Finding]:
    """Findings about conditions, default flows and the three gateways that run (BPMN 2.0.2, 10.6)."""
    process = drawing.process
    for flow in process.flows.values():
        if flow.condition is not None and drawing.is_level(flow) and not _decides(drawing, flow):
            yield drawing.found("WF123", flow)
    for gateway in process.of_type("exclusiveGateway"):
        yield from _exclusive(drawing, gateway)
    for gateway in process.of_type("eventBasedGateway"):
        yield from _event_based(drawing, gateway)
    for name in _on_loops(drawing):
        if process.elements[name].type == "parallelGateway":
            yield drawing.found("WF128", process.elements[name])
    for event in process.of_type("boundaryEvent"):
        yield from _never(drawing, event)


def _decides(drawing: Drawing, flow: Flow) -> bool:
    source = drawing.process.elements[flow.source]
    if source.id in drawing.refused:
        return True
    return source.type == "exclusiveGateway" and len(drawing.outgoing[source.id]) > 1


def _exclusive(drawing: Drawing, gateway: Element) -> Iterator[Finding]:
    flows = drawing.outgoing[gateway.id]
    if gateway.default and gateway.default not in {flow.id for flow in flows}:
        yield drawing.found("WF124", gateway, ref=gateway.default)
    elif len(flows) > 1:
        yield from _branches(drawing, gateway, flows)


def _branches(drawing: Drawing, gateway: Element, flows: list[Flow]) -> Iterator[Finding]:
    if not gateway.default:
        yield drawing.found("WF121", gateway)
    for flow in flows:
        if flow.id == gateway.default and flow.condition is not None:
            yield drawing.found("WF122", flow)
        if flow.id != gateway.default and flow.condition is None:
            yield drawing.found("WF120", gateway, flow=flow.name or flow.id)


def _event_based(drawing: Drawing, gateway: Element) -> Iterator[Finding]:
    flows = drawing.outgoing[gateway.id]
    if len(flows) < 2:
        yield drawing.found("WF127", gateway, count=len(flows))
    for flow in flows:
        target = drawing.process.elements[flow.target]
        if target.type not in ("intermediateCatchEvent", "receiveTask"):
            yield drawing.found("WF125", gateway, target=target.name or target.id)
        elif len(drawing.incoming[target.id]) > 1:
            yield drawing.found("WF126", target)


def _never(drawing: Drawing, event: Element) -> Iterator[Finding]:
    host = drawing.process.elements.get(event.attached_to or "")
    if host is None or event.event is None or event.id in drawing.refused:
        return
    at_once = host.type == "serviceTask" and "call" in host.review and event.event.kind != "error"
    if at_once or host.type == "businessRuleTask":
        yield drawing.found("WF131", event, host=host.name or host.id)


def _on_loops(drawing: Drawing) -> set[str]:
    # Kosaraju's algorithm without recursion: a diagram of thousands of elements must not stop the linter.
    after = {name: _after(drawing, name) for name in drawing.process.elements}
    before: dict[str, list[str]] = {name: [] for name in after}
    for name, targets in after.items():
        for target in targets:
            before[target].append(name)
    looped = {name for name, targets in after.items() if name in targets}
    left: set[str] = set()
    for root in reversed(_finished(after)):
        component = _component(root, before, left)
        looped |= component if len(component) > 1 else set()
    return looped


def _after(drawing: Drawing, name: str) -> list[str]:
    targets = [flow.target for flow in drawing.outgoing[name]]
    return targets + [event.id for event in drawing.boundary[name]]


def _finished(after: dict[str, list[str]]) -> list[str]:
    order: list[str] = []
    seen: set[str] = set()
    for root in after:
        pending = [] if root in seen else [(root, iter(after[root]))]
        seen.add(root)
        while pending:
            name, targets = pending[-1]
            fresh = next((target for target in targets if target not in seen), None)
            if fresh is None:
                order.append(name)
                pending.pop()
            else:
                seen.add(fresh)
                pending.append((fresh, iter(after[fresh])))
    return order


def _component(root: str, before: dict[str, list[str]], left: set[str]) -> set[str]:
    found: set[str] = set()
    pending = [root]
    while pending:
        name = pending.pop()
        if name not in left:
            left.add(name)
            found.add(name)
            pending.extend(before[name])
    return found

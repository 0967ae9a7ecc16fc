"""WF101–WF119: ids, connecting lines, beginnings and ends."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from orchestrator.diagrams.elements import Element, Finding, Flow
from orchestrator.diagrams.expand import CORRECTION, DECIDED
from orchestrator.diagrams.lint_context import GATEWAYS, Drawing, Place

# Names that SpiffWorkflow and the drawing of corrections give to tasks of their own.
RESERVED: Final = frozenset(("Start", "End", "Root", "StartEventSplit", "StartEventJoin"))
RESERVED_ENDINGS: Final = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", DECIDED, CORRECTION)
HOSTS: Final = frozenset(
    (
        *("task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask"),
        *("receiveTask", "callActivity", "subProcess", "transaction", "adHocSubProcess"),
    )
)


def check_structure(drawing: Drawing) -> Iterator[Finding]:
    """Findings about ids, flows, starts, ends and what cannot be reached."""
    yield from _process(drawing)
    yield from _ids(drawing)
    for flow in drawing.process.flows.values():
        yield from _flow(drawing, flow)
    for element in drawing.process.elements.values():
        yield from _boundary(drawing, element)
        yield from _lines(drawing, element)
    for scope, elements in _scopes(drawing):
        yield from _scope(drawing, scope, elements)


def _process(drawing: Drawing) -> Iterator[Finding]:
    process, key = drawing.process, drawing.context.key
    if key is not None and process.id != key:
        yield drawing.found("WF117", process, id=process.id, key=key)
    if not process.executable:
        yield drawing.found("WF118", process)
    if not process.alone:
        yield drawing.found("WF119", process)


def _ids(drawing: Drawing) -> Iterator[Finding]:
    process = drawing.process
    for mark in process.repeated:
        yield drawing.found("WF101", mark, id=mark.id)
    for mark in process.nameless:
        yield drawing.found("WF102", mark, tag=mark.tag)
    things: list[Place] = [process, *process.elements.values()]
    for thing in things:
        if thing.id in RESERVED or thing.id.endswith(RESERVED_ENDINGS):
            yield drawing.found("WF103", thing, id=thing.id)


def _flow(drawing: Drawing, flow: Flow) -> Iterator[Finding]:
    elements = drawing.process.elements
    ends = (("起点", flow.source), ("终点", flow.target))
    missing = [(end, ref) for end, ref in ends if ref not in elements]
    for end, ref in missing:
        yield drawing.found("WF104", flow, end=end, ref=ref)
    if not missing and not drawing.is_level(flow):
        yield drawing.found("WF105", flow)


def _boundary(drawing: Drawing, element: Element) -> Iterator[Finding]:
    if element.type != "boundaryEvent":
        return
    host = drawing.process.elements.get(element.attached_to or "")
    if host is None or host.parent != element.parent or host.type not in HOSTS:
        yield drawing.found("WF115", element)
    if drawing.incoming[element.id]:
        yield drawing.found("WF116", element)


def _lines(drawing: Drawing, element: Element) -> Iterator[Finding]:
    outgoing = len(drawing.outgoing[element.id])
    if element.type == "startEvent" and drawing.incoming[element.id]:
        yield drawing.found("WF108", element)
    if element.type == "endEvent":
        if outgoing:
            yield drawing.found("WF109", element)
    elif outgoing > 1 and element.type not in GATEWAYS and element.id not in drawing.refused:
        yield drawing.found("WF111", element, count=outgoing)


def _scopes(drawing: Drawing) -> Iterator[tuple[Place, list[Element]]]:
    yield drawing.process, drawing.scopes.get(None, [])
    for element in drawing.process.of_type("subProcess"):
        yield element, drawing.scopes.get(element.id, [])


def _scope(drawing: Drawing, scope: Place, elements: list[Element]) -> Iterator[Finding]:
    starts = [element for element in elements if element.type == "startEvent"]
    ends = [element for element in elements if element.type == "endEvent"]
    if not starts:
        yield drawing.found("WF106", scope)
    if len(starts) > 1:
        yield drawing.found("WF107", scope)
    if not ends:
        yield drawing.found("WF114", scope)
    if starts and scope.id not in drawing.refused:
        yield from _unreachable(drawing, elements, starts)
    if ends:
        yield from _endless(drawing, elements)


def _unreachable(drawing: Drawing, elements: list[Element], starts: list[Element]) -> Iterator[Finding]:
    unknown = [element for element in elements if element.id in drawing.refused or _is_loose(drawing, element)]
    reached = _walk([*starts, *unknown], drawing, _next)
    for element in elements:
        if element.id not in reached and element.attached_to is None:
            yield drawing.found("WF112", element)


def _endless(drawing: Drawing, elements: list[Element]) -> Iterator[Finding]:
    stops = [element for element in elements if _stops(drawing, element)]
    ending = _walk(stops, drawing, _previous)
    for element in elements:
        if element.id in ending and element.type != "endEvent" and not drawing.outgoing[element.id]:
            if element.id not in drawing.refused:
                yield drawing.found("WF110", element)
        elif element.id not in ending:
            yield drawing.found("WF113", element)


def _stops(drawing: Drawing, element: Element) -> bool:
    # What is refused may be meant to end here; a step without a way on has a finding of its own.
    return element.type == "endEvent" or element.id in drawing.refused or not drawing.outgoing[element.id]


def _is_loose(drawing: Drawing, element: Element) -> bool:
    return element.type == "boundaryEvent" and element.attached_to not in drawing.process.elements


def _next(drawing: Drawing, name: str) -> Iterable[str]:
    yield from (flow.target for flow in drawing.outgoing[name])
    yield from (event.id for event in drawing.boundary[name])


def _previous(drawing: Drawing, name: str) -> Iterable[str]:
    yield from (flow.source for flow in drawing.incoming[name])
    host = drawing.process.elements[name].attached_to
    if host in drawing.process.elements:
        yield host


def _walk(starts: Iterable[Element], drawing: Drawing, step: Callable[[Drawing, str], Iterable[str]]) -> set[str]:
    reached = {element.id for element in starts}
    pending = list(reached)
    while pending:
        for name in step(drawing, pending.pop()):
            if name not in reached:
                reached.add(name)
                pending.append(name)
    return reached

"""Draws what the acts of a human task mean: a returned step is a gateway, a correction task and a way back."""

from copy import deepcopy
from typing import Any

from lxml import etree

from orchestrator.engine.specs import RETURNED

from .elements import BPMN, REVIEW

DECIDED = ".decided"
CORRECTION = ".correction"


def acts_of(node: Any) -> frozenset[str]:
    """The acts that a user task offers besides completing it."""
    return frozenset((node.get(f"{{{REVIEW}}}acts") or "").split())


def expand(root: Any) -> Any:
    """Return a copy of the diagram in which each step that can be returned has its correction drawn.

    Shape: user task U gets the gateway U.decided and the user task U.correction, which leads back to U.
    Source: decision 0003.
    """
    expanded = deepcopy(root)
    for task in list(expanded.iter(f"{{{BPMN}}}userTask")):
        if "return" in acts_of(task):
            _draw_correction(task)
    return expanded


def _draw_correction(task: Any) -> None:
    container, name = task.getparent(), task.get("id")
    for flow in container.findall(f"{{{BPMN}}}sequenceFlow"):
        if flow.get("sourceRef") == name:
            flow.set("sourceRef", name + DECIDED)
            onward = flow.get("id")
    gateway = etree.SubElement(container, f"{{{BPMN}}}exclusiveGateway", id=name + DECIDED)
    gateway.set("default", onward)
    etree.SubElement(container, f"{{{BPMN}}}userTask", id=name + CORRECTION)
    _flow(container, name, name + DECIDED)
    returned = _flow(container, name + DECIDED, name + CORRECTION)
    etree.SubElement(returned, f"{{{BPMN}}}conditionExpression").text = RETURNED
    _flow(container, name + CORRECTION, name)


def _flow(container: Any, source: str, target: str) -> Any:
    tag = f"{{{BPMN}}}sequenceFlow"
    return etree.SubElement(container, tag, id=f"{source}-{target}", sourceRef=source, targetRef=target)

"""Turns a linted BPMN file into the Diagram that the engine walks."""

from collections.abc import Mapping
from typing import Any

from orchestrator.engine.decisions import Decisions
from orchestrator.engine.diagram import Diagram, HumanStep, MessageCatch, RuleStep, WorkStep
from orchestrator.engine.specs import Reader
from orchestrator.feel import compile_expression

from .elements import Element, Process
from .expand import CORRECTION, expand
from .parse import parse, read_xml

APPLICANT = "applicant"


def compile_diagram(data: bytes, file: str, decisions: Mapping[str, Decisions]) -> Diagram:
    """Compile the first executable process of a BPMN file.

    Shape: `decisions` maps decision names to the tables that hold them.
    Raises: Unreadable; a diagram that lint accepts compiles.
    """
    process = parse(data, file)[0]
    reader = Reader(_steps(process))
    reader.add_bpmn_xml(expand(read_xml(data, file)), file)
    return Diagram(
        key=process.id,
        name=process.name,
        spec=reader.get_spec(process.id),
        subspecs=reader.get_subprocess_specs(process.id),
        decisions=decisions,
        labels={element.id: element.name for element in process.elements.values()},
        ends=frozenset(end.id for end in process.of_type("endEvent") if end.parent is None),
    )


def _steps(process: Process) -> dict[str, Any]:
    steps: dict[str, Any] = {}
    for element in process.elements.values():
        step = _step(element)
        if step is not None:
            steps[element.id] = step
        if isinstance(step, HumanStep) and "return" in step.acts:
            steps[element.id + CORRECTION] = _correction(element, step)
    return steps


def _step(element: Element) -> Any:
    review = element.review
    if element.type in ("userTask", "manualTask"):
        return _human(element)
    if element.type == "serviceTask":
        kind = "call" if "call" in review else "external"
        return WorkStep(kind, review.get(kind, ""), review.get("result"))
    if element.type == "businessRuleTask":
        return RuleStep(review.get("decision", ""), review.get("result"))
    if element.event is not None and element.event.kind == "message":
        name = element.event.ref or ""
        return MessageCatch(name, _feel(review.get("correlation")), review.get("result"))
    return None


def _human(element: Element) -> HumanStep:
    review = element.review
    return HumanStep(
        role=review.get("role", ""),
        scope=_feel(review.get("scope")),
        form=review.get("form", ""),
        acts=frozenset(review.get("acts", "").split()),
        due=_feel(review.get("due")),
        result=review.get("result"),
        of=element.id,
    )


def _correction(element: Element, step: HumanStep) -> HumanStep:
    return HumanStep(
        role=APPLICANT,
        scope=_feel(APPLICANT),
        form=step.form,
        acts=frozenset(),
        due=_feel(element.review.get("correctionDue")),
        result=None,
        kind="correction",
        of=element.id,
    )


def _feel(text: str | None) -> Any:
    return compile_expression(text) if text else None

"""WF4xx: every FEEL text compiles and reads variables that some step fills; WF502: so do decisions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from orchestrator.diagrams.elements import Element, Event, Finding
from orchestrator.diagrams.lint_attributes import near
from orchestrator.diagrams.lint_context import ALWAYS, Drawing, Place
from orchestrator.diagrams.lint_sentences import FEEL
from orchestrator.feel import Expression, FeelError, YearsMonthsDuration, compile_expression, evaluate

ATTRIBUTES: Final = ("scope", "due", "correctionDue", "correlation")


@dataclass(frozen=True)
class _Text:
    at: Place
    where: str
    text: str
    line: int


def check_expressions(drawing: Drawing) -> Iterator[Finding]:
    """Findings about conditions, timers and attributes that hold FEEL, and about what decisions read."""
    known = _variables(drawing)
    for text in _texts(drawing):
        yield from _check(drawing, text, known)
    for element in drawing.process.elements.values():
        if element.event is not None and element.event.kind == "timer" and element.id not in drawing.refused:
            yield from _timer(drawing, element, element.event, known)
        if element.type == "businessRuleTask" and known is not None:
            yield from _inputs(drawing, element, known)


def _variables(drawing: Drawing) -> frozenset[str] | None:
    if drawing.context.variables is None:
        return None
    results = {element.review.get("result", "") for element in drawing.process.elements.values()}
    return drawing.context.variables | ALWAYS | (results - {""})


def _texts(drawing: Drawing) -> Iterator[_Text]:
    for flow in drawing.process.flows.values():
        if flow.condition is not None:
            yield _Text(flow, "条件", flow.condition, flow.line)
    for element in drawing.process.elements.values():
        for name in ATTRIBUTES:
            if element.review.get(name, "").strip():
                yield _Text(element, f" review:{name} ", element.review[name], element.line)


def _check(drawing: Drawing, text: _Text, known: frozenset[str] | None) -> Iterator[Finding]:
    try:
        expression = compile_expression(text.text)
    except FeelError as fault:
        yield drawing.found("WF401", text.at, where=text.where, position=fault.position + 1, why=why(fault))
        return
    yield from _reads(drawing, text, expression, known)


def why(fault: FeelError) -> str:
    """The sentence of a fault in an expression, in Chinese where there is one."""
    sentence = FEEL.get(fault.code)
    return fault.sentence if sentence is None else sentence.format(**fault.params)


def _reads(drawing: Drawing, text: _Text, expression: Expression, known: frozenset[str] | None) -> Iterator[Finding]:
    for name in sorted(expression.names - known) if known is not None else ():
        yield drawing.found("WF402", text.at, where=text.where, name=name, hint=near(name, known or ()))


def _timer(drawing: Drawing, element: Element, event: Event, known: frozenset[str] | None) -> Iterator[Finding]:
    text = event.text or ""
    if event.timer == "cycle":
        return
    if not text:
        yield drawing.found("WF403", element)
    elif _is_iso(text, event.timer):
        if not _is_moment(text, event.timer):
            yield drawing.found("WF404", element, text=text)
    else:
        yield from _check(drawing, _Text(element, "时间", text, event.line), known)


def _is_iso(text: str, timer: str | None) -> bool:
    # As the engine tells them apart: what does not look like ISO 8601 is FEEL.
    return text.lstrip("-").startswith("P") if timer == "duration" else text[:4].isdigit()


def _is_moment(text: str, timer: str | None) -> bool:
    try:
        value: Any = evaluate(f'@"{text}"', {})
    except FeelError:
        return False
    if timer == "duration":
        return isinstance(value, timedelta) and not isinstance(value, YearsMonthsDuration)
    return isinstance(value, datetime) and value.tzinfo is not None


def _inputs(drawing: Drawing, element: Element, known: frozenset[str]) -> Iterator[Finding]:
    decision = element.review.get("decision", "")
    needed = drawing.context.decision_inputs.get(decision, frozenset())
    for name in sorted(needed - known):
        hint = near(name, known)
        yield drawing.found("WF502", element, decision=decision, name=name, hint=hint)

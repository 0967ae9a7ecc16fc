"""WF3xx: the review: attributes and the names they use."""

from collections.abc import Collection, Iterable, Iterator, Set
from difflib import get_close_matches
from typing import Final

from orchestrator.diagrams.elements import Element, Finding
from orchestrator.diagrams.lint_context import ALWAYS, Drawing
from orchestrator.feel import OUTSIDE

ACTS: Final = frozenset(("return", "refuse"))
HUMAN: Final = frozenset(("role", "scope", "form", "due", "acts", "correctionDue", "result"))
ALLOWED: Final = {
    "userTask": HUMAN,
    "manualTask": HUMAN,
    "serviceTask": frozenset(("call", "external", "result")),
    "businessRuleTask": frozenset(("decision", "result")),
}
MESSAGE: Final = frozenset(("correlation", "result"))


def check_attributes(drawing: Drawing) -> Iterator[Finding]:
    """Findings about roles, forms, acts, work, decisions, messages and errors."""
    for element in drawing.process.elements.values():
        if element.id not in drawing.refused:
            yield from _known(drawing, element)
            yield from _result(drawing, element)
            yield from _CHECKS.get(element.type, _event)(drawing, element)


def near(name: str, known: Collection[str]) -> str:
    """A hint at the name that was probably meant, or nothing."""
    close = get_close_matches(name, sorted(known), 1)
    return f"（是否想写“{close[0]}”？）" if close else ""


def _known(drawing: Drawing, element: Element) -> Iterator[Finding]:
    waits_for_message = element.event is not None and element.event.kind == "message"
    allowed = MESSAGE if waits_for_message else ALLOWED.get(element.type, frozenset())
    for name in element.review:
        if name not in allowed:
            yield drawing.found("WF316", element, name=name, hint=near(name, allowed))


def _result(drawing: Drawing, element: Element) -> Iterator[Finding]:
    name = element.review.get("result")
    if name is not None and (not name.isidentifier() or name in ALWAYS | OUTSIDE):
        yield drawing.found("WF317", element, name=name, reserved="、".join(sorted(ALWAYS)))


def _human(drawing: Drawing, element: Element) -> Iterator[Finding]:
    review, context = element.review, drawing.context
    role, form = review.get("role", "").strip(), review.get("form", "")
    if not role:
        yield drawing.found("WF301", element)
    elif context.roles and role not in context.roles:
        known = "、".join(sorted(context.roles))
        yield drawing.found("WF302", element, name=role, known=known, hint=near(role, context.roles))
    if not review.get("scope", "").strip():
        yield drawing.found("WF303", element)
    if form:
        yield from _name(drawing, element, "WF304", form, context.forms)
    yield from _acts(drawing, element, set(review.get("acts", "").split()))


def _acts(drawing: Drawing, element: Element, acts: set[str]) -> Iterator[Finding]:
    for act in sorted(acts - ACTS):
        yield drawing.found("WF305", element, name=act, hint=near(act, ACTS))
    due = "correctionDue" in element.review
    if due and "return" not in acts:
        yield drawing.found("WF306", element)
    if "return" in acts and element.type != "userTask":
        yield drawing.found("WF318", element)
    if "refuse" in acts and not _is_caught(drawing, drawing.around(element), "refused"):
        yield drawing.found("WF307", element)
    # The correction is a task of its own, which the events on the step itself do not guard.
    outside = [other for other in drawing.around(element) if other is not element]
    if due and "return" in acts and not _is_caught(drawing, outside, "idle"):
        yield drawing.found("WF308", element)


def _is_caught(drawing: Drawing, hosts: Iterable[Element], code: str) -> bool:
    events = (boundary.event for host in hosts for boundary in drawing.boundary[host.id])
    return any(
        event is not None and event.kind == "error" and (event.refers is None or event.ref == code) for event in events
    )


def _service(drawing: Drawing, element: Element) -> Iterator[Finding]:
    context = drawing.context
    asked = [(kind, element.review[kind]) for kind in ("call", "external") if element.review.get(kind)]
    if len(asked) != 1:
        yield drawing.found("WF309", element)
        return
    kind, name = asked[0]
    known = context.calls if kind == "call" else context.externals
    yield from _name(drawing, element, "WF310", name, known, kind=kind)


def _rule(drawing: Drawing, element: Element) -> Iterator[Finding]:
    name = element.review.get("decision", "")
    if not name:
        yield drawing.found("WF311", element)
    else:
        yield from _name(drawing, element, "WF312", name, drawing.context.decisions)
    if not element.review.get("result"):
        yield drawing.found("WF319", element)


def _event(drawing: Drawing, element: Element) -> Iterator[Finding]:
    event = element.event
    if event is None:
        return
    if event.kind == "message" and not event.ref:
        yield drawing.found("WF313", element)
    elif event.kind == "message" and event.ref:
        yield from _name(drawing, element, "WF314", event.ref, drawing.context.messages or frozenset())
    elif event.kind == "error" and event.refers is not None and not event.ref:
        yield drawing.found("WF315", element, ref=event.refers)


def _name(drawing: Drawing, element: Element, rule: str, name: str, known: Set[str], **more: str) -> Iterator[Finding]:
    if known and name not in known:
        yield drawing.found(rule, element, name=name, hint=near(name, known), **more)


def _end(drawing: Drawing, element: Element) -> Iterator[Finding]:
    ends = drawing.context.ends
    if element.parent is None and ends and element.id not in ends:
        known = "、".join(sorted(ends))
        yield drawing.found("WF320", element, known=known, hint=near(element.id, ends))


_CHECKS: Final = {
    "endEvent": _end,
    "userTask": _human,
    "manualTask": _human,
    "serviceTask": _service,
    "businessRuleTask": _rule,
}

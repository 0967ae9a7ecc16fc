"""Tiny diagrams for the tests of the linter: short names for the XML of elements and flows."""

from collections.abc import Iterable
from itertools import pairwise

from orchestrator.diagrams.lint import LintContext, lint_file

DEFINITIONS = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:review="urn:review:bpmn:1" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">\n'
)
START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'
USER = '<bpmn:userTask id="u" review:role="district_reviewer" review:scope="applicant"/>'
WORK = '<bpmn:serviceTask id="w" review:call="file.create"/>'
MESSAGE = '<bpmn:message id="m" name="application.withdraw"/>'
REFUSED = '<bpmn:error id="refused" errorCode="refused"/>'
IDLE = '<bpmn:error id="idle" errorCode="idle"/>'
KNOWN = LintContext(
    calls=frozenset({"file.create"}),
    externals=frozenset({"sms.send"}),
    decisions=frozenset({"ReviewMode"}),
    decision_inputs={"ReviewMode": frozenset({"province", "level"})},
    forms=frozenset({"district_review"}),
    messages=frozenset({"application.withdraw"}),
    variables=frozenset({"level", "mode"}),
    key="p",
)


def flow(source: str, target: str, condition: str | None = None) -> str:
    """A sequence flow with the id source-target."""
    inside = "" if condition is None else f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>"
    return (
        f'<bpmn:sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">'
        f"{inside}</bpmn:sequenceFlow>"
    )


def chain(names: str) -> str:
    """Sequence flows from each name to the next."""
    return "".join(flow(source, target) for source, target in pairwise(names.split()))


def straight(*nodes: str, through: str) -> str:
    """Start, the nodes in the order of `through`, end."""
    return START + "".join(nodes) + END + chain(f"s {through} e")


def tag(name: str, id: str, inside: str = "", **attributes: str) -> str:
    """An element of the BPMN namespace; review_x stands for review:x."""
    written = "".join(f' {key.replace("review_", "review:")}="{value}"' for key, value in attributes.items())
    return f'<bpmn:{name} id="{id}"{written}>{inside}</bpmn:{name}>'


def boundary(host: str, definition: str, id: str = "b", **attributes: str) -> str:
    """A boundary event that leads to an end event of its own."""
    event = tag("boundaryEvent", id, definition, attachedToRef=host, **attributes)
    return event + f'<bpmn:endEvent id="{id}_end"/>' + flow(id, f"{id}_end")


def event(kind: str, **attributes: str) -> str:
    """An event definition."""
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<bpmn:{kind}EventDefinition{written}/>"


def timer(text: str, tag: str = "timeDuration") -> str:
    """A timer event definition."""
    return f"<bpmn:timerEventDefinition><bpmn:{tag}>{text}</bpmn:{tag}></bpmn:timerEventDefinition>"


def document(body: str, root: str = "", process: str = 'id="p" isExecutable="true"') -> bytes:
    """A BPMN file with one process."""
    return f"{DEFINITIONS}<bpmn:process {process}>\n{body}\n</bpmn:process>{root}</bpmn:definitions>".encode()


def findings(data: bytes, context: LintContext = KNOWN) -> Iterable[tuple[str, str]]:
    """Rule and element of each finding about a file."""
    return [(finding.rule, finding.element) for finding in lint_file(data, "p.bpmn", context)]

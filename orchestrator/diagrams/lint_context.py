"""What the linter knows about the surroundings of a diagram, and how it writes a finding."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from orchestrator.diagrams.elements import Element, Finding, Flow, Process
from orchestrator.diagrams.lint_sentences import SENTENCES

ROLES = frozenset(("district_reviewer", "city_reviewer", "supervisor", "applicant", "analyst", "operator"))
ALWAYS = frozenset(("case", "applicant", "province", "process", "submitted", "error"))
ACTIVITIES = frozenset(("userTask", "manualTask", "serviceTask", "businessRuleTask", "receiveTask", "subProcess"))
GATEWAYS = frozenset(("exclusiveGateway", "parallelGateway", "eventBasedGateway"))


@dataclass(frozen=True)
class LintContext:
    """The names a diagram may use; an empty set or None means unknown: that kind is not checked.

    Shape: `calls` and `externals` registered work; `ends` the end events that the host gives a meaning;
    `decision_inputs` the variables each decision reads; `variables` those a process starts with besides
    the ones that are always there; `key` the stem of the diagram's file, which has to be the process id.
    """

    calls: frozenset[str] = frozenset()
    externals: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    decision_inputs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ends: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    roles: frozenset[str] = ROLES
    messages: frozenset[str] | None = None
    variables: frozenset[str] | None = None
    key: str | None = None


class Place(Protocol):
    """Something with an id and a line: an element, a flow, a mark or a process."""

    @property
    def id(self) -> str:
        """The id in the diagram."""

    @property
    def line(self) -> int:
        """The line in the file."""


@dataclass
class Drawing:
    """A process with its flows looked up once: by source, by target, by subprocess.

    Shape: flows that dangle or cross a border are left out, so that walks stay on one level; `refused`
    are the ids of elements that do not run here.
    """

    process: Process
    context: LintContext
    scopes: dict[str | None, list[Element]] = field(default_factory=dict)
    outgoing: dict[str, list[Flow]] = field(default_factory=dict)
    incoming: dict[str, list[Flow]] = field(default_factory=dict)
    boundary: dict[str, list[Element]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        elements = self.process.elements
        for element in elements.values():
            self.scopes.setdefault(element.parent, []).append(element)
            self.outgoing[element.id], self.incoming[element.id] = [], []
            self.boundary[element.id] = []
        for flow in self.process.flows.values():
            if self.is_level(flow):
                self.outgoing[flow.source].append(flow)
                self.incoming[flow.target].append(flow)
        for element in self.process.of_type("boundaryEvent"):
            if element.attached_to in self.boundary:
                self.boundary[element.attached_to].append(element)

    def is_level(self, flow: Flow) -> bool:
        """Whether a flow begins and ends at elements of the subprocess that it is drawn in."""
        ends = (self.process.elements.get(flow.source), self.process.elements.get(flow.target))
        return all(end is not None and end.parent == flow.parent for end in ends)

    def around(self, element: Element) -> Iterable[Element]:
        """The element and the subprocesses around it, from the inside out."""
        current: Element | None = element
        while current is not None:
            yield current
            current = self.process.elements.get(current.parent or "")

    def found(self, rule: str, at: Place, **params: Any) -> Finding:
        """A finding about something in this drawing, its sentence filled in."""
        sentence = SENTENCES[rule].format(what=what(at), **params)
        return Finding(self.process.file, at.line, rule, at.id or "-", sentence)


def what(at: Any) -> str:
    """How a sentence calls an element: by its name, else by its id."""
    return f"“{getattr(at, 'name', '') or at.id}”"

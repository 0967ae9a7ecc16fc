"""What a BPMN file says, in the standard's words, with the line of each element."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
REVIEW = "urn:review:bpmn:1"


@dataclass(frozen=True)
class Event:
    """The event definition of an event element: what it waits for or throws.

    Shape: `kind` is timer, message, error, signal, escalation, conditional, terminate, link,
    compensate, cancel or none; `ref` the message name or error code (None: there is no such message or
    error); `refers` the id as written; `text` a FEEL or ISO 8601 expression; `timer` is date, duration
    or cycle.
    """

    kind: str = "none"
    ref: str | None = None
    text: str | None = None
    timer: str | None = None
    line: int = 0
    refers: str | None = None


@dataclass(frozen=True)
class Flow:
    """A sequence flow (BPMN 2.0.2, 8.4.13); `parent` is the subprocess that it is drawn in."""

    id: str
    source: str
    target: str
    condition: str | None
    name: str
    line: int
    parent: str | None = None


@dataclass(frozen=True)
class Mark:
    """A place in the file that the linter has something to say about: an id (or "-"), a tag and a line."""

    id: str
    tag: str
    line: int


@dataclass(frozen=True)
class Element:
    """A flow node (BPMN 2.0.2, 10) with our attributes on it.

    Shape: `flags` are the standard's attributes that are switched on and change how an element runs.
    """

    id: str
    type: str
    name: str
    line: int
    parent: str | None
    review: Mapping[str, str]
    attached_to: str | None = None
    interrupting: bool = True
    event: Event | None = None
    events: int = 0
    default: str | None = None
    loop: bool = False
    executable_extensions: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()


@dataclass
class Process:
    """One executable process of a file: its elements and flows by id.

    Shape: of several elements with one id the first is kept, the others are marked in `repeated`; what
    has no id is marked in `nameless`; `parts` are the standard's data parts; `alone` says that the file
    has no other executable process.
    """

    id: str
    name: str
    line: int
    file: str
    elements: dict[str, Element] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    repeated: list[Mark] = field(default_factory=list)
    nameless: list[Mark] = field(default_factory=list)
    parts: list[Mark] = field(default_factory=list)
    executable_extensions: tuple[str, ...] = ()
    executable: bool = True
    alone: bool = True

    def outgoing(self, element: str) -> list[Flow]:
        """The flows that leave an element, in document order."""
        return [flow for flow in self.flows.values() if flow.source == element]

    def incoming(self, element: str) -> list[Flow]:
        """The flows that enter an element, in document order."""
        return [flow for flow in self.flows.values() if flow.target == element]

    def boundary(self, element: str) -> list[Element]:
        """The boundary events attached to an activity."""
        return [other for other in self.elements.values() if other.attached_to == element]

    def of_type(self, *types: str) -> Iterator[Element]:
        """The elements of the given BPMN types, in document order."""
        return (element for element in self.elements.values() if element.type in types)


@dataclass(frozen=True, order=True)
class Finding:
    """One fault of a workflow file, as an analyst reads it.

    Shape: `rule` is WFnnn; `element` the id or "-"; `sentence` says what is wrong and what to do.
    """

    file: str
    line: int
    rule: str
    element: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule} {self.element}: {self.sentence}"

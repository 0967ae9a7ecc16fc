"""WF129, WF130, WF132: plays every way through parallel parts: who waits for ever, what runs twice."""

from collections.abc import Iterator
from typing import Final

from orchestrator.diagrams.elements import Element, Finding, Flow
from orchestrator.diagrams.lint_context import Drawing

MOST_MOVES: Final = 20_000

# Where the tokens of one level are: the ids of the flows that hold one, and which events went off aside.
State = frozenset[str]
ASIDE: Final = "\0"


def check_parallel(drawing: Drawing) -> Iterator[Finding]:
    """Findings about branches that are joined by the wrong gateway; call it for a sound structure only.

    Shape: every choice of a gateway counts as possible, whatever its conditions say; each subprocess is
    played by itself, with a budget of MOST_MOVES for the whole process.
    """
    budget = MOST_MOVES
    for name, elements in drawing.scopes.items():
        if any(_forks(drawing, element) for element in elements):
            play = _Play(drawing, elements, budget)
            play.run()
            budget = play.budget
            yield from (drawing.found("WF129", drawing.process.elements[id]) for id in sorted(play.stuck))
            yield from (drawing.found("WF130", drawing.process.elements[id]) for id in sorted(play.twice))
            if budget <= 0:
                scope = drawing.process.elements.get(name or "", drawing.process)
                yield drawing.found("WF132", scope, count=MOST_MOVES)
                return


def _forks(drawing: Drawing, element: Element) -> bool:
    if element.type == "parallelGateway":
        return max(len(drawing.outgoing[element.id]), len(drawing.incoming[element.id])) > 1
    return element.type == "boundaryEvent" and not element.interrupting


class _Play:
    def __init__(self, drawing: Drawing, elements: list[Element], budget: int) -> None:
        self.drawing = drawing
        self.elements = elements
        self.budget = budget
        self.stuck: set[str] = set()
        self.twice: set[str] = set()

    def run(self) -> None:
        starts = [element for element in self.elements if element.type == "startEvent"]
        first = self._put(frozenset(), self.drawing.outgoing[starts[0].id], starts[0].id) or frozenset()
        seen: set[State] = {first}
        pending = [first]
        while pending and self.budget > 0:
            state = pending.pop()
            after = list(self._moves(state))
            if not after:
                self.stuck |= {self._target(flow).id for flow in _tokens(state)}
            fresh = {other for other in after if other is not None} - seen
            seen |= fresh
            pending.extend(fresh)

    def _moves(self, state: State) -> Iterator[State | None]:
        for flow in _tokens(state):
            node = self._target(flow)
            taken = self._taken(node, flow, state)
            if taken:
                yield from self._ways(node, state - taken)

    def _ways(self, node: Element, rest: State) -> Iterator[State | None]:
        outgoing = self.drawing.outgoing
        if node.type == "endEvent":
            self.budget -= 1
            stops_all = node.event is not None and node.event.kind == "terminate"
            yield frozenset() if stops_all else rest
        elif node.type in ("exclusiveGateway", "eventBasedGateway"):
            yield from (self._put(rest, [flow], node.id) for flow in outgoing[node.id])
        else:
            events = self.drawing.boundary[node.id]
            yield self._put(rest, outgoing[node.id], node.id)
            for event in events:
                yield self._put(*self._event(node, event, rest), event.id)

    def _event(self, node: Element, event: Element, rest: State) -> tuple[State, list[Flow]]:
        outgoing = self.drawing.outgoing
        if event.interrupting:
            return rest, outgoing[event.id]
        # Each goes off once in a play: two reminders in a loop may well be on their way at a time.
        if ASIDE + event.id in rest:
            return rest, outgoing[node.id]
        return rest | {ASIDE + event.id}, [*outgoing[node.id], *outgoing[event.id]]

    def _taken(self, node: Element, flow: str, state: State) -> State:
        if node.type != "parallelGateway":
            return frozenset((flow,))
        needed = frozenset(incoming.id for incoming in self.drawing.incoming[node.id])
        # One move for a join, not one for each token that waits there.
        return needed if needed <= state and flow == min(needed) else frozenset()

    def _put(self, state: State, flows: list[Flow], node: str) -> State | None:
        self.budget -= 1
        for flow in flows:
            last = self._last(flow)
            if last in state:
                self.twice.add(node)
                return None
            state |= {last}
        return state

    def _last(self, flow: Flow) -> str:
        # Steps with one way in and one way out change nothing: the token is moved on past them.
        seen = {flow.id}
        while self._is_plain(flow.target):
            flow = self.drawing.outgoing[flow.target][0]
            if flow.id in seen:
                break
            seen.add(flow.id)
        return flow.id

    def _is_plain(self, name: str) -> bool:
        lines = (len(self.drawing.incoming[name]), len(self.drawing.outgoing[name]))
        return lines == (1, 1) and not self.drawing.boundary[name]

    def _target(self, flow: str) -> Element:
        return self.drawing.process.elements[self.drawing.process.flows[flow].target]


def _tokens(state: State) -> list[str]:
    return sorted(flow for flow in state if not flow.startswith(ASIDE))

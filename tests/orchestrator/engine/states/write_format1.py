"""Wrote the states of format 1 beside it, once: `python -m tests.orchestrator.engine.states.write_format1`.

The files are only ever added to: a release that cannot read them cannot read what offices have in their database.
Existing files are never overwritten. A later format gets a writer and files of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestrator.engine import Completed, Diagram, MessageArrived
from orchestrator.feel import YearsMonthsDuration
from tests.orchestrator.diagrams.drawing import (
    END,
    IDLE,
    MESSAGE,
    REFUSED,
    START,
    boundary,
    chain,
    document,
    event,
    straight,
    tag,
    timer,
)
from tests.orchestrator.engine.walking import NOON, Walk, compiled

HERE = Path(__file__).parent
VALUES = {
    "typename": "Task",
    "credits": Decimal("12.50"),
    "day": date(2026, 2, 28),
    "at": datetime(2026, 2, 28, 1, tzinfo=UTC),
    "opens": time(8, 30),
    "span": timedelta(days=3),
    "age": YearsMonthsDuration(14),
    "flags": [True, False, None, 1],
    "office": "440000/440100",
}


@dataclass(frozen=True)
class Story:
    """A stored state: how far it had come, what happens next, and where it ends."""

    document: bytes
    variables: Mapping[str, Any]
    before: Callable[[Walk], Any]
    token: int
    input: Callable[[int], Any]
    rest: Callable[[Walk], Any]
    ended: str

    def next_input(self, stored: bytes) -> tuple[Any, datetime]:
        """The first input after loading."""
        return self.input(self.token), NOON


def drawn(data: bytes) -> Diagram:
    """The diagram of a story."""
    return compiled(data)


def _review() -> bytes:
    step = tag(
        "userTask",
        "u",
        review_role="district_reviewer",
        review_scope="office",
        review_acts="return refuse",
        review_correctionDue="now() + duration(&quot;P30D&quot;)",
        review_result="decision",
    )
    inside = tag("startEvent", "in") + step + boundary("u", timer("P3D"), "warn", cancelActivity="false")
    inside += tag("endEvent", "out") + chain("in u out")
    borders = (
        boundary("sub", event("error", errorRef="refused"), "no"),
        boundary("sub", event("error", errorRef="idle"), "lapsed"),
        boundary("sub", event("message", messageRef="m"), "withdrawn"),
    )
    return document(straight(tag("subProcess", "sub", inside), *borders, through="sub"), MESSAGE + REFUSED + IDLE)


def _parallel() -> bytes:
    forked = tag("parallelGateway", "fork") + tag("parallelGateway", "join")
    steps = tag("userTask", "a", review_result="decision") + tag("userTask", "b")
    return document(START + forked + steps + END + chain("s fork a join e") + chain("fork b join"))


def _waiting() -> bytes:
    events = tag("intermediateCatchEvent", "m1", event("message", messageRef="m"), review_correlation="office")
    events += tag("intermediateCatchEvent", "t1", timer("P3D"))
    return document(START + tag("eventBasedGateway", "g") + events + END + chain("s g m1 e") + chain("g t1 e"), MESSAGE)


STATES = {
    "review": Story(
        _review(),
        VALUES,
        lambda walk: walk.send_back("u"),
        26,
        Completed,
        lambda walk: walk.fire("warn").approve("u"),
        "e",
    ),
    "withdrawn": Story(_review(), VALUES, lambda walk: walk, 7, MessageArrived, lambda walk: walk, "withdrawn_end"),
    "parallel": Story(_parallel(), VALUES, lambda walk: walk.approve("b"), 4, Completed, lambda walk: walk, "e"),
    "waiting": Story(_waiting(), VALUES, lambda walk: walk, 4, MessageArrived, lambda walk: walk, "e"),
}


def write() -> None:
    """Write what is not there yet."""
    for name, story in STATES.items():
        path = HERE / f"format1_{name}.bin"
        walk = Walk(drawn(story.document), **story.variables)
        story.before(walk)
        print(name, [(wait.token, wait.element) for wait in walk.step.waits])
        if not path.exists():
            path.write_bytes(walk.step.state)


if __name__ == "__main__":
    write()

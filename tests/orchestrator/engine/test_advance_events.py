"""Boundary events, timers, messages, errors and outside work."""

from datetime import timedelta

import pytest
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from orchestrator.diagrams.parse import Unreadable
from orchestrator.engine import Completed, Diagram, MessageArrived, TimerFired
from orchestrator.errors import ErrorUncaught, ExpressionFailed, TokenGone
from tests.orchestrator.diagrams.drawing import (
    END,
    MESSAGE,
    REFUSED,
    START,
    USER,
    WORK,
    boundary,
    chain,
    document,
    event,
    straight,
    tag,
    timer,
)
from tests.orchestrator.engine.walking import NOON, Walk, compiled

FIVE_HOURS = timedelta(hours=5)
MESSAGE_EVENT = event("message", messageRef="m")
ERROR_EVENT = event("error", errorRef="refused")


def around(inside: str, way: str, *events: str, root: str = "") -> Diagram:
    """A subprocess with these nodes on its way and these events on its border."""
    drawn = tag("startEvent", "in") + inside + tag("endEvent", "out") + chain(f"in {way} out")
    return compiled(document(straight(tag("subProcess", "sub", drawn), *events, through="sub"), root))


def on(host: str, *events: str, root: str = "") -> Diagram:
    """One step with these events on its border."""
    return compiled(document(straight(host, *events, through="u" if 'id="u"' in host else "w"), root))


@pytest.mark.parametrize("host", ["u", "sub"])
def test_an_interrupting_timer_takes_the_step_away(host: str) -> None:
    limit = boundary(host, timer("PT48H"))
    diagram = on(USER, limit) if host == "u" else around(USER, "u", limit)

    walk = Walk(diagram)
    due = walk.timer("b").due
    walk.fire("b")

    assert due == NOON + timedelta(hours=48)
    assert (walk.step.ended, walk.waiting) == ("b_end", [])
    assert "u" not in walk.passed


@pytest.mark.parametrize("host", ["u", "sub"])
def test_a_non_interrupting_timer_leaves_the_step_and_fires_once(host: str) -> None:
    reminder = boundary(host, timer("PT48H"), cancelActivity="false")
    diagram = on(USER, reminder) if host == "u" else around(USER, "u", reminder)

    walk = Walk(diagram).fire("b")
    reminded = walk.waiting
    walk.approve("u")

    assert reminded == ["u"]
    assert (walk.step.completed, walk.waiting) == (True, [])


@pytest.mark.parametrize("host", ["u", "sub"])
def test_completing_a_step_cancels_the_timers_on_its_border(host: str) -> None:
    limits = boundary(host, timer("PT1H")) + boundary(host, timer("PT2H"), "c", cancelActivity="false")
    diagram = on(USER, limits) if host == "u" else around(USER, "u", limits)

    walk = Walk(diagram).approve("u")

    assert (walk.step.ended, walk.waiting) == ("e", [])


def test_a_person_who_is_late_but_faster_than_the_timer_wins() -> None:
    walk = Walk(on(USER, boundary("u", timer("PT1H"))))
    overdue = walk.timer("b").token

    walk.later(days=3).approve("u")

    assert walk.step.ended == "e"
    with pytest.raises(TokenGone):
        walk.apply(TimerFired(overdue))


def test_a_timer_fired_twice_is_gone() -> None:
    walk = Walk(on(USER, boundary("u", timer("PT1H"), cancelActivity="false")))
    token = walk.timer("b").token
    walk.fire("b")

    with pytest.raises(TokenGone) as gone:
        walk.apply(TimerFired(token))

    assert gone.value.params == {"token": token}


@pytest.mark.parametrize("input", [Completed, TimerFired, MessageArrived])
def test_a_token_that_never_was_is_gone(input: type) -> None:
    walk = Walk(on(USER))

    with pytest.raises(TokenGone):
        walk.apply(input(9_999))


@pytest.mark.parametrize("input", [TimerFired, MessageArrived])
def test_an_event_never_completes_a_step_of_a_person(input: type) -> None:
    walk = Walk(on(USER))

    with pytest.raises(TokenGone):
        walk.apply(input(walk.human("u").token))


def test_completing_never_fires_a_timer() -> None:
    walk = Walk(on(USER, boundary("u", timer("PT1H"))))

    with pytest.raises(TokenGone):
        walk.apply(Completed(walk.timer("b").token))


def test_a_due_date_is_computed_once_when_the_timer_starts() -> None:
    limited = USER + boundary("u", timer("now() + span", "timeDate"))
    ways = chain("s fork u e") + chain("fork w e")
    walk = Walk(
        compiled(document(START + tag("parallelGateway", "fork") + limited + WORK + END + ways)), span=FIVE_HOURS
    )

    walk.later(hours=3).finish("w")

    assert walk.waiting == ["b", "u"]
    assert walk.timer("b").due == NOON + FIVE_HOURS


@pytest.mark.parametrize(
    ("text", "kind", "hours"),
    [
        ("PT90M", "timeDuration", 1.5),
        ("duration(&quot;P1D&quot;)", "timeDuration", 24),
        ("2026-03-02T20:00:00+08:00", "timeDate", 8),
        ("date and time(&quot;2026-03-02T20:00:00+08:00&quot;)", "timeDate", 8),
        ("add working days(now(), 5)", "timeDate", 7 * 24),
    ],
)
def test_a_timer_reads_feel_and_iso_text(text: str, kind: str, hours: float) -> None:
    walk = Walk(on(USER, boundary("u", timer(text, kind))))

    assert walk.timer("b").due == NOON + timedelta(hours=hours)
    assert walk.timer("b").due.utcoffset() == timedelta()


@pytest.mark.parametrize(("text", "kind"), [("PT1H", "timeDate"), ("now()", "timeDuration"), ("null", "timeDate")])
def test_a_timer_without_a_moment_is_refused_by_name(text: str, kind: str) -> None:
    diagram = on(USER, boundary("u", timer(text, kind)))

    with pytest.raises(ExpressionFailed, match="b"):
        Walk(diagram)


def test_a_year_without_a_calendar_is_named() -> None:
    walk = Walk(on(USER, boundary("u", timer("add working days(now(), 1)", "timeDate"))))

    assert walk.step.missing_years == (2026,)


@pytest.mark.parametrize("host", ["u", "sub"])
def test_a_message_on_the_border_takes_the_step_away(host: str) -> None:
    withdrawn = boundary(host, MESSAGE_EVENT)
    diagram = on(USER, withdrawn, root=MESSAGE) if host == "u" else around(USER, "u", withdrawn, root=MESSAGE)

    walk = Walk(diagram)
    token = walk.human("u").token
    walk.send("b", {"why": "x"})

    assert (walk.step.ended, walk.waiting) == ("b_end", [])
    with pytest.raises(TokenGone):
        walk.apply(Completed(token))


def test_an_interrupted_subprocess_takes_all_that_runs_in_it_away() -> None:
    deep = tag("startEvent", "deep_in") + tag("parallelGateway", "fork") + USER + WORK + tag("endEvent", "deep_out")
    ways = chain("deep_in fork u deep_out") + chain("fork w deep_out")
    diagram = around(tag("subProcess", "deep", deep + ways), "deep", boundary("sub", MESSAGE_EVENT), root=MESSAGE)

    walk = Walk(diagram)
    before = walk.waiting
    walk.send("b")

    assert before == ["b", "u", "w"]
    assert (walk.step.ended, walk.waiting) == ("b_end", [])


def test_a_message_waits_with_the_key_its_correlation_gave() -> None:
    caught = tag("intermediateCatchEvent", "c", MESSAGE_EVENT, review_correlation="offer.id", review_result="got")
    walk = Walk(compiled(document(straight(caught, through="c"), MESSAGE)), offer={"id": "offer-7"})
    waits = walk.step.messages

    walk.send("c", {"version": 2})

    assert [(wait.name, wait.key) for wait in waits] == [("application.withdraw", "offer-7")]
    assert walk.step.variables["got"] == {"version": 2}


def test_a_message_without_correlation_waits_for_the_business_key() -> None:
    walk = Walk(on(USER, boundary("u", MESSAGE_EVENT), root=MESSAGE))

    assert walk.message("b").key is None


@pytest.mark.parametrize("key", [None, 5, True, ""])
def test_a_correlation_that_gives_no_text_is_refused_instead_of_waiting_for_ever(key: object) -> None:
    caught = tag("intermediateCatchEvent", "c", MESSAGE_EVENT, review_correlation="key")
    diagram = compiled(document(straight(caught, through="c"), MESSAGE))

    with pytest.raises(ExpressionFailed, match="c"):
        Walk(diagram, key=key)


@pytest.mark.parametrize("nested", [False, True])
def test_an_error_thrown_by_work_leaves_by_the_border_of_its_subprocess(nested: bool) -> None:
    inner = WORK
    if nested:
        inner = tag("subProcess", "w2", tag("startEvent", "i2") + WORK + tag("endEvent", "o2") + chain("i2 w o2"))
    diagram = around(inner, "w2" if nested else "w", boundary("sub", ERROR_EVENT), root=REFUSED)

    walk = Walk(diagram).fail("w", "refused", rule="GD-44")

    assert (walk.step.ended, walk.waiting) == ("b_end", [])
    assert walk.step.variables["error"] == {"code": "refused", "rule": "GD-44"}


def test_an_error_on_the_border_of_the_step_itself_is_nearest() -> None:
    events = boundary("w", ERROR_EVENT, "near"), boundary("sub", ERROR_EVENT, "far")
    diagram = around(WORK + events[0], "w", events[1], root=REFUSED)

    walk = Walk(diagram).fail("w", "refused")

    assert "near" in walk.passed
    assert "far" not in walk.passed


def test_an_error_that_nothing_catches_is_named() -> None:
    walk = Walk(on(WORK, boundary("w", ERROR_EVENT), root=REFUSED))

    with pytest.raises(ErrorUncaught) as uncaught:
        walk.fail("w", "offer_gone")

    assert uncaught.value.params == {"error": "offer_gone", "element": "w"}


@pytest.mark.parametrize(("attribute", "kind"), [("review_call", "call"), ("review_external", "external")])
def test_work_waits_with_its_kind_and_keeps_its_answer(attribute: str, kind: str) -> None:
    work = tag("serviceTask", "w", review_result="answer", **{attribute: "some.work"})
    walk = Walk(on(work))
    wait = walk.work("w")

    walk.finish("w", {"scope": "440000"})

    assert (wait.kind, wait.name) == (kind, "some.work")
    assert walk.step.variables["answer"] == {"scope": "440000"}
    assert walk.step.ended == "e"


def test_a_document_type_is_refused() -> None:
    body = document(straight(USER, through="u"))

    with pytest.raises(Unreadable, match="WF003"):
        compiled(b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + body)


def test_a_script_is_never_run() -> None:
    script = tag("scriptTask", "w", "<bpmn:script>raise SystemExit</bpmn:script>")

    with pytest.raises(ValidationException):
        on(script)


def test_the_start_event_is_the_first_that_is_passed() -> None:
    walk = Walk(compiled(document(START + tag("endEvent", "e") + chain("s e"))))

    assert [(passed.element, passed.type) for passed in walk.step.passed] == [("s", "StartEvent"), ("e", "EndEvent")]

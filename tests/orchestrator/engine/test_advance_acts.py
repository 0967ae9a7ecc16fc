"""The acts of a review that are not drawn: return for correction, refuse, let the correction lapse."""

import inspect
import sys
from datetime import timedelta

import pytest

from orchestrator.engine import Diagram, Returned, Threw
from orchestrator.errors import ActNotOffered, ErrorUncaught, ExpressionFailed, TokenGone, TooManyRounds
from tests.orchestrator.diagrams.drawing import (
    END,
    IDLE,
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

REVIEW = {
    "review_role": "district_reviewer",
    "review_scope": "office",
    "review_form": "district_review",
    "review_due": "now() + duration(&quot;P5D&quot;)",
    "review_acts": "return refuse",
    "review_correctionDue": "now() + duration(&quot;P30D&quot;)",
    "review_result": "decision",
}


def reviewed(**attributes: str) -> Diagram:
    """A review in a subprocess with a reminder, a refusal and a correction that lapsed."""
    step = tag("userTask", "u", **{**REVIEW, **attributes}) + boundary(
        "u", timer("P3D"), "warn", cancelActivity="false"
    )
    drawn = tag("startEvent", "in") + step + tag("endEvent", "out") + chain("in u out")
    lapsed = boundary("sub", event("error", errorRef="idle"), "lapsed")
    no = boundary("sub", event("error", errorRef="refused"), "no")
    return compiled(document(straight(tag("subProcess", "sub", drawn), lapsed, no, through="sub"), REFUSED + IDLE))


REVIEWED = reviewed()


def test_a_review_waits_for_its_role_scope_form_and_limit() -> None:
    human = Walk(REVIEWED, office="440000/440100").human("u")

    assert (human.kind, human.role, human.scope, human.form) == (
        "review",
        "district_reviewer",
        "440000/440100",
        "district_review",
    )
    assert human.acts == {"return", "refuse"}
    assert human.due == NOON + timedelta(days=5)


def test_the_limit_and_the_place_of_a_review_are_settled_when_it_opens() -> None:
    walk = Walk(
        reviewed(review_scope="if now() &gt; submitted then &quot;late&quot; else office"),
        office="440000",
        submitted=NOON,
    )
    opened = walk.human("u")

    walk.fire("warn")

    assert walk.human("u") == opened


def test_the_limit_of_a_correction_is_settled_when_it_opens() -> None:
    beside = tag("parallelGateway", "fork") + tag("userTask", "v")
    step = tag("userTask", "u", **{**REVIEW, "review_scope": "applicant"})
    ways = chain("s fork u e") + chain("fork v e")
    walk = Walk(compiled(document(START + beside + step + END + ways))).send_back("u")
    opened = walk.timer("u.correction")

    walk.later(days=7).approve("v")

    assert walk.timer("u.correction") == opened


def test_a_returned_review_waits_for_the_applicant_with_the_same_form() -> None:
    walk = Walk(REVIEWED, office="440000").send_back("u")

    mending = walk.human("u", "correction")
    assert (mending.role, mending.scope, mending.form) == ("applicant", "accountant:12", "district_review")
    assert mending.acts == frozenset()
    assert mending.due == NOON + timedelta(days=30)
    assert [timer.token for timer in walk.step.timers] == [mending.token]


def test_a_resubmission_opens_the_same_step_again_with_timers_that_start_anew() -> None:
    walk = Walk(REVIEWED, office="440000")
    first = walk.human("u")
    walk.later(days=2).send_back("u").later(days=10).resubmit("u")

    again = walk.human("u")
    assert again.token > first.token
    assert again.due == NOON + timedelta(days=17)
    assert walk.timer("warn").due == NOON + timedelta(days=15)
    assert walk.waiting == ["u", "warn"]


def test_a_review_can_be_approved_after_corrections() -> None:
    walk = Walk(REVIEWED, office="440000").send_back("u").resubmit("u").send_back("u").resubmit("u")

    walk.approve("u", checked_by="materials")

    assert walk.step.ended == "e"
    assert walk.step.variables["decision"] == {"outcome": "approve", "checked_by": "materials"}


def test_a_correction_that_never_comes_leaves_by_the_error_idle() -> None:
    walk = Walk(REVIEWED, office="440000").send_back("u").fire("u.correction")

    assert (walk.step.ended, walk.waiting) == ("lapsed_end", [])
    assert walk.step.variables["error"] == {"code": "idle"}


def test_a_correction_without_a_limit_waits_for_ever() -> None:
    walk = Walk(reviewed(review_correctionDue="null"), office="440000").send_back("u")

    assert walk.step.timers == ()
    assert walk.human("u", "correction").due is None


def test_a_refusal_leaves_by_the_error_refused() -> None:
    walk = Walk(REVIEWED, office="440000").refuse("u")

    assert (walk.step.ended, walk.waiting) == ("no_end", [])


def test_two_hundred_rounds_of_corrections_still_end() -> None:
    walk = Walk(REVIEWED, office="440000")

    for _ in range(200):
        walk.send_back("u").resubmit("u")
    walk.approve("u")

    assert (walk.step.ended, walk.waiting) == ("e", [])


def test_a_loop_too_long_to_be_continued_is_an_error_of_the_engine() -> None:
    walk = Walk(REVIEWED, office="440000")
    for _ in range(40):
        walk.send_back("u").resubmit("u")
    limit = sys.getrecursionlimit()

    sys.setrecursionlimit(len(inspect.stack(0)) + 60)
    try:
        with pytest.raises(TooManyRounds):
            walk.send_back("u")
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize(("acts", "act"), [("refuse", "return"), ("return", "refuse"), ("", "return")])
def test_an_act_that_the_step_does_not_offer_is_refused(acts: str, act: str) -> None:
    walk = Walk(reviewed(review_acts=acts), office="440000")
    asked = {"return": walk.send_back, "refuse": walk.refuse}[act]

    with pytest.raises(ActNotOffered) as refused:
        asked("u")

    assert refused.value.params == {"element": "u", "act": act}


def test_a_correction_is_neither_returned_nor_refused() -> None:
    walk = Walk(REVIEWED, office="440000").send_back("u")
    token = walk.human("u", "correction").token
    state = walk.step.state

    for act in ("return", "refuse"):
        with pytest.raises(ActNotOffered):
            _ask(walk, act, token)

    assert walk.step.state == state


def test_a_refusal_that_nothing_catches_is_named() -> None:
    step = tag("userTask", "u", review_role="r", review_acts="refuse")
    walk = Walk(compiled(document(straight(step, through="u"))))

    with pytest.raises(ErrorUncaught):
        walk.refuse("u")


def test_a_stale_token_of_an_earlier_round_is_gone() -> None:
    walk = Walk(REVIEWED, office="440000")
    first = walk.human("u").token
    walk.send_back("u").resubmit("u")

    with pytest.raises(TokenGone):
        _ask(walk, "return", first)


@pytest.mark.parametrize("office", [None, 5, ""])
def test_a_review_without_a_place_is_refused_instead_of_waiting_where_nobody_looks(office: object) -> None:
    with pytest.raises(ExpressionFailed, match="u"):
        Walk(REVIEWED, office=office)


@pytest.mark.parametrize("due", ["&quot;tomorrow&quot;", "date and time(&quot;2026-03-04T10:00:00&quot;)", "3"])
def test_a_limit_that_is_no_moment_is_refused(due: str) -> None:
    diagram = reviewed(review_due=due)

    with pytest.raises(ExpressionFailed, match="date and time"):
        Walk(diagram, office="440000")


def _ask(walk: Walk, act: str, token: int) -> None:
    walk.apply({"return": Returned(token), "refuse": Threw(token, "refused")}[act])

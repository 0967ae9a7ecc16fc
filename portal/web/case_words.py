"""A case in plain words for its applicant: where it is, whose turn, until when, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orchestrator import api as engine
from portal.applications.models import Process, State
from portal.applications.selectors import Case
from portal.errors import Sentence
from portal.transfers.models import NationalState
from portal.web.days import day_words, local_day

REVIEW, OFFER, RECEIPT, LAST = "review", "offer", "receipt", "last"
ENDED: dict[str, Sentence] = {
    State.COLLECTED: gettext_lazy("Your information has been collected and your file is complete"),
    State.COMPLETED: gettext_lazy("Your file has been transferred to the other province"),
    State.CREDITED: gettext_lazy("Your credits have been confirmed"),
    State.REFUSED: gettext_lazy("The application was refused"),
    State.WITHDRAWN: gettext_lazy("You withdrew the application"),
    State.CANCELLED: gettext_lazy("The transfer was cancelled"),
    State.CLOSED: gettext_lazy("The application was closed because no correction came in time"),
}
TURNS: dict[str, Sentence] = {
    "applicant": gettext_lazy("It is your turn"),
    "applicant elsewhere": gettext_lazy("It is your turn: apply for the transfer in at the other province"),
    "office": gettext_lazy("It is the office's turn"),
    "system": gettext_lazy("Nobody has to do anything: the system checks it"),
    "other": gettext_lazy("It is the other side's turn"),
    "none": gettext_lazy("Nobody's: the matter is finished"),
}
UNHAPPY = (State.REFUSED, State.CANCELLED, State.CLOSED)


@dataclass(frozen=True)
class Step:
    """A step of the way; `state` is done, now or later."""

    words: str
    state: str


@dataclass(frozen=True)
class Standing:
    """The four answers; `tone` is good, bad, yours or calm."""

    where: str
    turn: str
    until: str
    tone: str


def standing_of(case: Case, today: date) -> Standing:
    """Where a case stands."""
    turn = "other" if _at(case) == OFFER else case.row.turn
    if must_apply_elsewhere(case):
        turn = "applicant elsewhere"
    elif turn == "office" and review_of(case).get("mode") == "auto":
        turn = "system"
    return Standing(_where(case), str(TURNS[turn]), _until(case, today), _tone(case))


def must_apply_elsewhere(case: Case) -> bool:
    """Whether the other province waits for the applicant to apply there (GD-47)."""
    offered = case.transfer is not None and case.transfer.national_state == NationalState.OFFERED
    return case.row.state == State.APPROVED and offered


def steps_of(case: Case) -> list[Step]:
    """The way of this case as a short list with the current step marked; empty if it left the usual way."""
    if State(case.row.state) in (*UNHAPPY, State.WITHDRAWN, State.WITHDRAWING):
        return []
    names = list(_way(case))
    at = len(names) if case.row.ended_at else names.index(_at(case))
    words = _way_words(case)
    if case.row.state == State.RETURNED:
        names.insert(at, "correct")
    return [
        Step(str(words[name]), "done" if place < at else "now" if place == at else "later")
        for place, name in enumerate(names)
    ]


def steps_ahead(process: str, review: Mapping[str, Any], office: str) -> list[str]:
    """What will happen after submitting, for someone who has not submitted yet."""
    names = [name for name in _ways(process, review) if name != "sent"]
    words = _words_of_way(process, review, office)
    return [str(words[name]) for name in names]


def _way(case: Case) -> list[str]:
    return _ways(case.row.process, review_of(case))


def _way_words(case: Case) -> dict[str, Sentence]:
    office = case.office.name if case.office else case.province_name
    return _words_of_way(case.row.process, review_of(case), office)


def review_of(case: Case) -> Mapping[str, Any]:
    """How the case is reviewed, as its process decided."""
    return engine.variables_of(case.row.number).get("review") or {}


def _ways(process: str, review: Mapping[str, Any]) -> list[str]:
    reviewed = [] if review.get("mode") == "none" else [REVIEW]
    return {
        Process.COLLECTION: ["sent", *reviewed, LAST],
        Process.CREDIT_CLAIM: ["sent", *reviewed, LAST],
        Process.TRANSFER_OUT: ["sent", *reviewed, RECEIPT, LAST],
        Process.TRANSFER_IN: ["sent", OFFER, *reviewed, "complete", LAST],
    }[Process(process)]


def _words_of_way(process: str, review: Mapping[str, Any], office: str) -> dict[str, Sentence]:
    automatic = review.get("mode") == "auto"
    reviewed = _("%(office)s reviews it") % {"office": office}
    last: dict[Process, Sentence] = {
        Process.COLLECTION: _("Your file is complete at once, without a review")
        if review.get("mode") == "none"
        else _("Your file is complete"),
        Process.CREDIT_CLAIM: _("The credits are in your record"),
        Process.TRANSFER_OUT: _("Your file is with the other province"),
        Process.TRANSFER_IN: _("Your file is complete here"),
    }
    return {
        "sent": _("You submit the application"),
        "correct": _("You correct what the office asked for"),
        OFFER: _("The other province uploads your file"),
        REVIEW: _("The system checks it automatically") if automatic else reviewed,
        RECEIPT: _("You apply in the other province, which receives the file"),
        "complete": _("You complete your information here"),
        LAST: last[Process(process)],
    }


def _at(case: Case) -> str:
    """The step of the way a running case is on."""
    state = State(case.row.state)
    if state == State.MUST_COMPLETE:
        return "complete"
    if state == State.APPROVED:
        return RECEIPT
    if case.row.process == Process.TRANSFER_IN and not _is_offered(case) and case.row.ended_at is None:
        return OFFER
    return REVIEW if REVIEW in _way(case) else LAST


def _is_offered(case: Case) -> bool:
    return case.transfer is not None and bool(case.transfer.offer_id)


def _where(case: Case) -> str:
    state = State(case.row.state)
    office = {"office": case.office.name if case.office else case.province_name}
    if case.row.ended_at is not None:
        return str(ENDED[state])
    if state == State.RETURNED:
        return _("%(office)s returned it to you for correction") % office
    if state == State.MUST_COMPLETE:
        return _("Your file has arrived; your information must be completed")
    if state == State.APPROVED:
        return _("Approved; the other province has not received the file yet")
    if state == State.WITHDRAWING:
        return _("Your withdrawal is being confirmed by the national platform")
    if _at(case) == OFFER:
        return _("Waiting for the other province to upload your file")
    if any(task.kind == "review" for task in engine.waiting_of(case.row.number)):
        return _("%(office)s is reviewing it") % office
    if review_of(case).get("mode") == "district":
        return _("The review is over; the result is being sent to you")
    return _("The system is checking it")


def _until(case: Case, today: date) -> str:
    row = case.row
    if row.ended_at is not None:
        return _("Finished on %(day)s") % {"day": day_words(row.ended_at)}
    if case.correction_due is not None:
        return _("Send your correction by %(day)s") % {"day": day_words(case.correction_due)}
    if row.turn == "applicant":
        return _("No date is set; it goes on as soon as you have answered")
    if row.turn == "other" or _at(case) == OFFER or row.expected_on is None:
        return _("No date is set: the other side decides")
    if row.expected_on < today:
        words = _("Was expected by %(day)s and is late; you may call the office")
    else:
        words = _("Expected by %(day)s")
    return words % {"day": day_words(local_day(row.expected_on))}


def _tone(case: Case) -> str:
    state = State(case.row.state)
    if state in UNHAPPY:
        return "bad"
    if case.row.turn == "applicant":
        return "yours"
    return "good" if case.row.ended_at is not None and state != State.WITHDRAWN else "calm"

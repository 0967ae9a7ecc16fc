"""The first page after signing in: an inbox, one's own cases, processes or incidents."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from portal.accountants.models import FileState
from portal.applications.models import Process
from portal.applications.selectors import CaseRow, cases_of, draft_of
from portal.education.selectors import total_of
from portal.errors import Sentence
from portal.web.viewers import Viewer, for_anyone, own_file


@dataclass(frozen=True)
class Offer:
    """A procedure a person can start; `started` says that something was typed already."""

    process: str
    title: str
    words: str
    started: bool


OFFERED: dict[str, tuple[Process, ...]] = {
    FileState.NONE: (Process.COLLECTION, Process.TRANSFER_IN),
    FileState.MUST_COMPLETE: (Process.COLLECTION,),
    FileState.COLLECTED: (Process.CREDIT_CLAIM, Process.TRANSFER_OUT),
    FileState.IN_TRANSFER: (Process.TRANSFER_IN,),
    FileState.TRANSFERRED_OUT: (Process.TRANSFER_IN,),
}
WORDS: dict[Process, Sentence] = {
    Process.COLLECTION: _("Hand in your information for the first time, or complete it after a transfer."),
    Process.TRANSFER_IN: _("Your file is in another province and should come here."),
    Process.TRANSFER_OUT: _("You are moving to another province and your file should follow."),
    Process.CREDIT_CLAIM: _("Claim continuing education credits for an examination, a paper or a conference."),
}


@for_anyone
def home(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page where this person's work begins."""
    if viewer.accountant is not None:
        return render(request, "web/home.html", _own(viewer))
    if viewer.reviews:
        return redirect("inbox")
    if "analyst" in viewer.roles:
        return redirect("processes")
    if "operator" in viewer.roles:
        return redirect("incidents")
    return render(request, "web/no_role.html")


def _own(viewer: Viewer) -> dict[str, object]:
    person = own_file(viewer)
    rows = cases_of(viewer.user)
    running = [row for row in rows if row.ended_at is None]
    return {
        "person": person,
        "file_state": FileState(person.file_state).label,
        "mine": [row for row in running if row.turn == "applicant"],
        "running": [row for row in running if row.turn != "applicant"],
        "ended": [row for row in rows if row.ended_at is not None],
        "offers": _offers(person.id, person.file_state, running),
        "year": viewer.today.year,
        "credits": total_of(person.id, viewer.today.year),
    }


def _offers(accountant_id: int, file_state: str, running: list[CaseRow]) -> list[Offer]:
    busy = {row.process for row in running}
    return [
        Offer(process.value, str(process.label), str(WORDS[process]), bool(draft_of(accountant_id, process)))
        for process in OFFERED[file_state]
        if process not in busy
    ]

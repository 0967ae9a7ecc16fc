"""What operators see: work that was given up, and trying it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orchestrator import api as engine
from portal.web.viewers import OPERATORS, Viewer, for_roles


@dataclass(frozen=True)
class Incident:
    """A job that was given up; no personal data."""

    id: int
    number: str
    process: str
    step: str
    work: str
    error: str
    attempts: int
    since: datetime | None


@for_roles(*OPERATORS)
def incidents(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The open incidents and what is being tried again by itself, the oldest first."""
    shown = {
        "rows": [_incident(job) for job in engine.incidents()],
        "retrying": [_incident(job) for job in engine.retrying()],
        "next_due": engine.next_due(),
    }
    return render(request, "web/incidents.html", shown)


def _incident(job: Any) -> Incident:
    return Incident(
        id=job.pk,
        number=job.instance.business_key,
        process=job.instance.version.name,
        step=engine.label(job.instance.version_id, job.element) or job.element,
        work=job.work or job.kind,
        error=job.error,
        attempts=job.attempts,
        since=job.ended_at or job.created_at,
    )


@require_POST
@for_roles(*OPERATORS)
def retry(request: HttpRequest, viewer: Viewer, job_id: int) -> HttpResponse:
    """The incident is tried again from the beginning. Raises: job_not_found."""
    job = engine.retry(job_id, by=viewer.user, now=viewer.now)
    messages.success(request, _("%(number)s is being tried again.") % {"number": job.instance.business_key})
    return redirect("incidents")

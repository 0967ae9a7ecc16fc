"""What a refusal of portal or engine says to the person who met it: the one place for the API and the pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _

from orchestrator.api import EngineError
from portal.applications.models import State
from portal.errors import CONFLICT, INVALID, NOT_FOUND, Fault, Refused
from portal.jurisdictions.models import Appointment

OUR_FAULT = 500
SERVER_ERROR = gettext_noop("Something went wrong on our side. Nothing was changed; please try again later.")

OUTCOMES = {
    "approve": gettext_lazy("approved"),
    "return": gettext_lazy("returned for correction"),
    "refuse": gettext_lazy("refused"),
    "resubmit": gettext_lazy("corrected by the applicant"),
}

# Where the case itself goes on, or ended without one of the diagram's own ends.
STATUSES = {"running": gettext_lazy("in progress"), "cancelled": gettext_lazy("cancelled")}

ENGINE: Mapping[str, tuple[int, str]] = {
    "task_decided": (CONFLICT, gettext_noop("Already decided by %(who)s on %(when)s: %(outcome)s.")),
    "task_held": (
        CONFLICT,
        gettext_noop("%(who)s has been working on this since %(when)s. Ask for it or choose another."),
    ),
    "task_closed": (CONFLICT, gettext_noop("This step is no longer open; the case stands at: %(why)s.")),
    "stale_page": (
        CONFLICT,
        gettext_noop("This page is out of date: the task changed since it was shown. Load it again."),
    ),
    "not_waiting": (CONFLICT, gettext_noop("The case does not wait for this now. Load it again.")),
    "token_gone": (CONFLICT, gettext_noop("The case has gone on since. Load it again.")),
    "task_not_found": (NOT_FOUND, gettext_noop("There is no such task.")),
    "unknown_process": (NOT_FOUND, gettext_noop("There is no such process.")),
    "job_not_found": (NOT_FOUND, gettext_noop("There is no such open incident.")),
    "reasons_required": (INVALID, gettext_noop("Give at least one reason.")),
    "act_not_offered": (INVALID, gettext_noop("This step does not offer this decision.")),
    "deployment_refused": (INVALID, gettext_noop("Nothing was deployed: %(count)s finding(s). Correct them first.")),
}


class Explanation(NamedTuple):
    """What to answer: an HTTP status, a stable code, a sentence to act on, the faults of single fields."""

    status: int
    code: str
    sentence: str
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Decision:
    """Who was faster, when, and with which outcome; `by` is a display name, None if the viewer is no colleague."""

    by: str | None
    at: datetime
    outcome: str


def explain(exc: Exception, viewer: Any) -> Explanation:
    """Return what a refusal means to the viewer, in the language of the request.

    Shape: anything but a refusal of portal or engine is status 500, with its code only.
    Source: R23; colleagues are named to colleagues only.
    """
    if isinstance(exc, Refused):
        return Explanation(exc.status, exc.code, exc.sentence, exc.faults)
    code = exc.code if isinstance(exc, EngineError) else "server_error"
    if hasattr(exc, "chinese"):  # FEEL's errors bring their own sentences
        return Explanation(INVALID, code, exc.chinese if _reads_chinese() else str(exc))
    if code not in ENGINE:
        return Explanation(OUR_FAULT, code, _(SERVER_ERROR))
    status, template = ENGINE[code]
    return Explanation(status, code, _(template) % _words(exc, viewer), _findings(exc))


def decision_in(exc: Exception, viewer: Any) -> Decision | None:
    """The decision that stood in the way, if that is why the engine refused."""
    if not isinstance(exc, EngineError) or exc.code != "task_decided":
        return None
    return Decision(_shown_name(exc.params["who"], viewer), exc.params["when"], exc.params["outcome"])


def _reads_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _words(exc: Exception, viewer: Any) -> dict[str, str]:
    params = exc.params if isinstance(exc, EngineError) else {}
    return {name: _SAID[name](value, viewer) for name, value in params.items() if name in _SAID}


def _findings(exc: Exception) -> tuple[Fault, ...]:
    found = exc.params.get("findings", ()) if isinstance(exc, EngineError) else ()
    return tuple(Fault(f"{f.file}:{f.line}", f.rule, f.sentence) for f in found)


def _who(user_id: int, viewer: Any) -> str:
    return _shown_name(user_id, viewer) or _("A colleague")


def _shown_name(user_id: int, viewer: Any) -> str | None:
    if viewer is None or not Appointment.objects.filter(user_id=viewer.pk).exists():
        return None
    user = get_user_model().objects.get(pk=user_id)
    return user.get_full_name() or user.get_username()


def _when(moment: datetime, viewer: Any) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d H:i")


def _outcome(outcome: str, viewer: Any) -> str:
    return str(OUTCOMES.get(outcome, outcome))


def _why(state: str, viewer: Any) -> str:
    return str(State(state).label) if state in State.values else str(STATUSES.get(state, state))


def _count(count: int, viewer: Any) -> str:
    return str(count)


_SAID: Mapping[str, Callable[[Any, Any], str]] = {
    "who": _who,
    "when": _when,
    "outcome": _outcome,
    "why": _why,
    "count": _count,
}

"""Follows the process engine: an application's state is what its process waits for, or its end event."""

from orchestrator import api as engine
from portal.applications.models import ENDS, Application, State, StateChange

WAITS = (
    ("national.revoke", State.WITHDRAWING),
    ("collection.completed", State.MUST_COMPLETE),
    ("national.received", State.APPROVED),
)


engine.host_knows(
    ends=ENDS,
    messages=(
        "application.withdraw",
        "collection.completed",
        "national.offered",
        "national.received",
        "national.returned",
        "national.revoked",
    ),
)


@engine.observer
def follow(progress: engine.Progress) -> None:
    """The application shows where its process stands; called in the transaction of every step."""
    application = Application.objects.filter(number=progress.business_key).first()
    if application is None:
        return
    state = _state(progress) or application.state
    if state != application.state:
        application.state = state
        application.ended_at = progress.now if state in ENDS else None
        application.save(update_fields=["state", "ended_at"])
        StateChange.objects.create(application=application, state=state, at=progress.now)


def _state(progress: engine.Progress) -> str | None:
    if progress.ended is not None:
        return State(progress.ended).value
    if progress.corrections:
        return State.RETURNED.value
    waiting = progress.messages | progress.external
    named = next((state.value for name, state in WAITS if name in waiting), None)
    if named is None and (progress.reviews or progress.messages):
        return State.SUBMITTED.value
    return named

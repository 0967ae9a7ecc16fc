"""Steps that tell people something: text messages, reminders in the inbox, escalation."""

from orchestrator.api import Call, TryAgain, external_task, mark_task, service_task, waiting_of
from portal.applications.services import find_case
from portal.national_platform.errors import PlatformUnavailable
from portal.notifications.services import send


@external_task("sms.send")
def send_sms(call: Call) -> None:
    """The applicant has a text message, once; its template is the id of the step. Source: CQ-27, S48."""
    _send(call)


@external_task("notify.remind")
def remind_applicant(call: Call) -> None:
    """The applicant is reminded, once for each visit of the step. Source: D.3 no receipt, C.9-1."""
    _send(call)


@service_task("task.remind")
def remind_reviewer(call: Call) -> None:
    """The open review is marked as reminded of (催办). Source: C.3."""
    _mark(call, escalated=False)


@service_task("task.escalate")
def escalate(call: Call) -> None:
    """The open review is overdue: it also appears with the offices above, its state unchanged. Source: C.3, S52."""
    _mark(call, escalated=True)


def _send(call: Call) -> None:
    application = find_case(call.business_key)
    try:
        send(
            key=call.key,
            case=application.number,
            template=call.element,
            accountant_id=application.applicant_id,
            signature=application.province.sms_signature,
            now=call.now,
        )
    except PlatformUnavailable as away:
        raise TryAgain(str(away)) from away


def _mark(call: Call, *, escalated: bool) -> None:
    for task in waiting_of(call.business_key):
        if task.kind == "review":
            mark_task(task.pk, escalated=escalated, now=call.now)

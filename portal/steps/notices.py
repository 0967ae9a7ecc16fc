"""Steps that tell people something: text messages, reminders in the inbox, escalation."""

from orchestrator.api import Call, mark_task, service_task, waiting_of
from portal.applications.services import find_case
from portal.notifications.services import queue


@service_task("sms.send")
def send_sms(call: Call) -> None:
    """The applicant is sent a text message, once; its template is the id of the step. Source: CQ-27, S48."""
    _queue(call)


@service_task("notify.remind")
def remind_applicant(call: Call) -> None:
    """The applicant is reminded, once for each visit of the step. Source: D.3 no receipt, C.9-1."""
    _queue(call)


@service_task("task.remind")
def remind_reviewer(call: Call) -> None:
    """The open review is marked as reminded of (催办). Source: C.3."""
    _mark(call, escalated=False)


@service_task("task.escalate")
def escalate(call: Call) -> None:
    """The open review is overdue: it also appears with the offices above, its state unchanged. Source: C.3, S52."""
    _mark(call, escalated=True)


def _queue(call: Call) -> None:
    application = find_case(call.business_key)
    queue(
        key=call.key,
        case=application.number,
        template=call.element,
        accountant_id=application.applicant_id,
        signature=application.province.sms_signature,
        now=call.now,
    )


def _mark(call: Call, *, escalated: bool) -> None:
    for task in waiting_of(call.business_key):
        if task.kind == "review":
            mark_task(task.pk, escalated=escalated, now=call.now)

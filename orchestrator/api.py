"""The front door of the process engine: everything a host application may use."""

from .clock import now
from .deployments import ask, calendar, current, deploy, files_of, label, lint, read_workflows, running, versions
from .diagrams.elements import Finding
from .engine.decisions import DecisionError, read_decisions
from .errors import (
    ActNotOffered,
    BpmnError,
    DeploymentRefused,
    EngineError,
    NotWaiting,
    StalePage,
    TaskClosed,
    TaskDecided,
    TaskHeld,
    TaskNotFound,
    TryAgain,
)
from .history import HistoryRow
from .history import read_of as read_history_of
from .human_tasks import (
    claim,
    decide,
    hand_over,
    release,
    reroute,
    save_draft,
    tasks_of,
    waiting_of,
)
from .human_tasks import (
    find as task,
)
from .human_tasks import (
    mark as mark_task,
)
from .inbox import Filters, Page, Place, page_of
from .inbox import count as count_open
from .instances import (
    cancel,
    deliver,
    is_waiting_for,
    lock,
    running_cases,
    standing_on,
    start,
    variables_of,
    version_of,
)
from .jobs import incidents, is_quiet, jobs_of, next_due, retry, retrying, run_due
from .messages import keep_message
from .service_tasks import Call, Progress, external_task, host_knows, observer, registered, service_task

__all__ = [
    "ActNotOffered",
    "BpmnError",
    "Call",
    "DecisionError",
    "DeploymentRefused",
    "EngineError",
    "Filters",
    "Finding",
    "HistoryRow",
    "NotWaiting",
    "Page",
    "Place",
    "Progress",
    "StalePage",
    "TaskClosed",
    "TaskDecided",
    "TaskHeld",
    "TaskNotFound",
    "TryAgain",
    "ask",
    "calendar",
    "cancel",
    "claim",
    "count_open",
    "current",
    "decide",
    "deliver",
    "deploy",
    "external_task",
    "files_of",
    "hand_over",
    "host_knows",
    "incidents",
    "is_quiet",
    "is_waiting_for",
    "jobs_of",
    "keep_message",
    "label",
    "lint",
    "lock",
    "mark_task",
    "next_due",
    "now",
    "observer",
    "page_of",
    "read_decisions",
    "read_history_of",
    "read_workflows",
    "registered",
    "release",
    "reroute",
    "retry",
    "retrying",
    "run_due",
    "running",
    "running_cases",
    "save_draft",
    "service_task",
    "standing_on",
    "start",
    "task",
    "tasks_of",
    "variables_of",
    "version_of",
    "versions",
    "waiting_of",
]

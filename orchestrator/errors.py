"""Every fault the engine answers with; the docstring of a class is its message to a person."""

from collections.abc import Mapping
from typing import Any


class EngineError(Exception):
    """The process engine refused the request."""

    code = "engine_error"

    def __init__(self, **params: Any) -> None:
        self.params: Mapping[str, Any] = params
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The message in English with its parameters filled in."""
        return (self.__doc__ or "").strip().format(**self.params)


class StateUnreadable(EngineError):
    """The stored state has format {format}, which this release does not read."""

    code = "state_unreadable"


class TokenGone(EngineError):
    """The step {token} is no longer waiting in this process."""

    code = "token_gone"


class NoWayOut(EngineError):
    """No condition of the gateway {element} holds and it has no default flow."""

    code = "no_way_out"


class TooManyRounds(EngineError):
    """The process has gone through too many rounds of a loop to be continued."""

    code = "too_many_rounds"


class WaitsForNothing(EngineError):
    """The process has not ended and waits for nothing: its loop is endless, or its branches never meet."""

    code = "waits_for_nothing"


class ExpressionFailed(EngineError):
    """The expression of {element} cannot be evaluated: {reason}"""

    code = "expression_failed"


class ErrorUncaught(EngineError):
    """The error {error} thrown by {element} is caught by no boundary event."""

    code = "error_uncaught"


class ActNotOffered(EngineError):
    """The step {element} does not offer the act {act}."""

    code = "act_not_offered"


class UnknownWork(EngineError):
    """The diagram asks for the work {name}, which is not registered."""

    code = "unknown_work"


class UnknownProcess(EngineError):
    """There is no deployed process {key}."""

    code = "unknown_process"


class DeploymentRefused(EngineError):
    """The deployment was refused: {count} finding(s)."""

    code = "deployment_refused"


class TaskNotFound(EngineError):
    """There is no task {task}."""

    code = "task_not_found"


class TaskDecided(EngineError):
    """The task was already decided by {who} at {when}."""

    code = "task_decided"


class TaskClosed(EngineError):
    """The task is no longer open: {why}."""

    code = "task_closed"


class TaskHeld(EngineError):
    """The task is held by {who} since {when}."""

    code = "task_held"


class StalePage(EngineError):
    """The page is out of date: the task changed since it was shown."""

    code = "stale_page"


class ReasonsRequired(EngineError):
    """The act {act} needs at least one reason."""

    code = "reasons_required"


class NotWaiting(EngineError):
    """The process does not wait for {message} now."""

    code = "not_waiting"


class JobNotFound(EngineError):
    """There is no open incident {job}."""

    code = "job_not_found"


class BpmnError(Exception):
    """Raised by work to throw the BPMN error {code} from its step (BPMN 2.0.2, 10.5.1).

    Shape: `code` names the error event that catches it; `detail` holds ids and codes only.
    """

    def __init__(self, code: str, **detail: Any) -> None:
        self.code = code
        self.detail = detail
        super().__init__(code)


class TryAgain(Exception):
    """Raised by outside work that could not be done now and should be retried."""

"""Runs a diagram's scenarios in memory: given / steps / ends, against the same `advance` as production."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .engine import (
    Completed,
    Diagram,
    HumanWait,
    Input,
    MessageArrived,
    Returned,
    Start,
    Step,
    Threw,
    TimerFired,
    advance,
)
from .engine.working_days import WorkingCalendar
from .errors import EngineError

MOST_STEPS = 500


@dataclass(frozen=True)
class Scenario:
    """One story of a process; `answers` says what each piece of work returns, in turn or always."""

    name: str
    submitted: datetime
    variables: Mapping[str, Any]
    answers: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    ends: str | None
    called: tuple[str, ...] | None


@dataclass(frozen=True)
class ScenarioResult:
    """How a scenario went: empty `failures` means as expected; `walk` is the way in plain words."""

    name: str
    ok: bool
    failures: tuple[str, ...]
    walk: tuple[str, ...]
    ended: str | None


def read_scenarios(document: Any) -> list[Scenario]:
    """The scenarios of a YAML document (format: workflows/README.md)."""
    return [_scenario(item, document.get("process", "")) for item in document.get("scenarios", [])]


def run_scenario(diagram: Diagram, scenario: Scenario, calendar: WorkingCalendar) -> ScenarioResult:
    """Play one scenario; faults of the engine are failures, never exceptions."""
    play = _Play(diagram, scenario, calendar)
    try:
        play.run()
    except (EngineError, _Failed) as fault:
        play.failures.append(str(fault))
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        play.failures.append(f"场景的写法有误：{fault}")
    ended = play.step.ended if play.step else None
    return ScenarioResult(scenario.name, not play.failures, tuple(play.failures), tuple(play.walk), ended)


class _Failed(Exception):
    pass


@dataclass
class _Play:
    diagram: Diagram
    scenario: Scenario
    calendar: WorkingCalendar
    now: datetime = field(init=False)
    step: Step | None = None
    failures: list[str] = field(default_factory=list)
    walk: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    inputs: int = 0

    def __post_init__(self) -> None:
        self.now = self.scenario.submitted

    def run(self) -> None:
        self.apply(Start(self.scenario.variables))
        for step in self.scenario.steps:
            for verb, value in step.items():
                _VERBS[verb](self, value)
        if self.scenario.ends is not None and self.current.ended != self.scenario.ends:
            raise _Failed(f"应结束于 {self.scenario.ends}，实际为 {self.current.ended or self._where()}")
        if self.scenario.called is not None and self.called != list(self.scenario.called):
            raise _Failed(f"应依次调用 {list(self.scenario.called)}，实际为 {self.called}")

    @property
    def current(self) -> Step:
        assert self.step is not None
        return self.step

    def apply(self, input: Input) -> None:
        self.inputs += 1
        if self.inputs > MOST_STEPS:
            raise _Failed(f"超过 {MOST_STEPS} 步仍未停下，可能存在死循环")
        state = None if self.step is None else self.step.state
        self.step = advance(self.diagram, state, input, self.now, self.calendar)
        self.walk += [f"{self.now:%Y-%m-%d %H:%M} {passed.element} {passed.name}" for passed in self.step.passed]
        if self.step.work:
            self._work()

    def _work(self) -> None:
        work = self.current.work[0]
        self.called.append(work.name)
        answer = self._answer(work.name)
        error = answer.get("error") if isinstance(answer, Mapping) else None
        if error:
            detail = {key: value for key, value in answer.items() if key != "error"}
            self.apply(Threw(work.token, str(error), detail))
        else:
            self.apply(Completed(work.token, answer))

    def _answer(self, name: str) -> Any:
        if name not in self.scenario.answers:
            raise _Failed(f"services 中没有写 {name} 的回答")
        answer = self.scenario.answers[name]
        if isinstance(answer, list):
            turn = min(self.called.count(name), len(answer)) - 1
            return answer[turn]
        return answer

    def expect(self, wanted: Mapping[str, Any]) -> None:
        if "ended" in wanted and self.current.ended != wanted["ended"]:
            raise _Failed(f"此时应结束于 {wanted['ended']}，实际为 {self.current.ended or self._where()}")
        if "waiting" in wanted and wanted["waiting"] not in self._waiting():
            raise _Failed(f"此时应等待 {wanted['waiting']}，实际为 {self._where()}")
        if "not_waiting" in wanted and wanted["not_waiting"] in self._waiting():
            raise _Failed(f"此时不应等待 {wanted['not_waiting']}")
        if "task" in wanted:
            self._expect_task(wanted)

    def _expect_task(self, wanted: Mapping[str, Any]) -> None:
        human = self._human(str(wanted["task"]), str(wanted.get("kind", "review")))
        for key in ("role", "scope", "kind", "form"):
            if key in wanted and getattr(human, key) != wanted[key]:
                raise _Failed(f"{human.element} 的 {key} 应为 {wanted[key]}，实际为 {getattr(human, key)}")
        if "due" in wanted and self._day(human.due) != str(wanted["due"])[:10]:
            raise _Failed(f"{human.element} 的期限应为 {wanted['due']}，实际为 {self._day(human.due)}")

    def act(self, what: Mapping[str, Any]) -> None:
        if "at" in what:
            self.wait(what["at"])
        if "complete" in what:
            human = self._human(str(what["complete"]))
            self.apply(Completed(human.token, {**what.get("result", {}), "outcome": "approve"}))
        elif "return" in what:
            self.apply(Returned(self._human(str(what["return"])).token))
        elif "refuse" in what:
            self.apply(Threw(self._human(str(what["refuse"])).token, "refused"))
        elif "resubmit" in what:
            self.apply(Completed(self._human(str(what["resubmit"]), "correction").token))
        else:
            raise _Failed(f"不认识的动作 {dict(what)}")

    def wait(self, until: Any) -> None:
        moment = _moment(until, self.calendar)
        while due := [timer for timer in self.current.timers if timer.due <= moment]:
            first = min(due, key=lambda timer: (timer.due, timer.token))
            self.now = max(self.now, first.due)
            self.apply(TimerFired(first.token))
        self.now = moment

    def send(self, what: Mapping[str, Any]) -> None:
        waiting = [wait for wait in self.current.messages if wait.name == what["message"]]
        if not waiting:
            raise _Failed(f"此时没有等待消息 {what['message']}，而是 {self._where()}")
        self.apply(MessageArrived(waiting[0].token, what.get("payload", {})))

    def _human(self, element: str, kind: str = "review") -> HumanWait:
        for human in self.current.humans:
            if human.element == element and human.kind == kind:
                return human
        raise _Failed(f"此时没有待办 {element}（{kind}），而是 {self._where()}")

    def _waiting(self) -> list[str]:
        return [wait.element for wait in self.current.waits]

    def _where(self) -> str:
        return "已结束" if self.current.completed else "、".join(self._waiting()) or "无等待"

    def _day(self, moment: datetime | None) -> str | None:
        return None if moment is None else moment.astimezone(self.calendar.zone).date().isoformat()


_VERBS: dict[str, Callable[[_Play, Any], None]] = {
    "expect": _Play.expect,
    "do": _Play.act,
    "wait": _Play.wait,
    "send": _Play.send,
}


def _scenario(item: Mapping[str, Any], process: str) -> Scenario:
    given = item.get("given", {})
    submitted = datetime.fromisoformat(str(given["submitted"]))
    variables = {
        "process": process,
        "case": "case-1",
        "applicant": "accountant:1",
        "province": given.get("province"),
        "submitted": submitted,
        **given.get("variables", {}),
    }
    called = item.get("called")
    return Scenario(
        name=str(item.get("name", "")),
        submitted=submitted,
        variables=variables,
        answers=item.get("services", {}),
        steps=tuple(_steps(item.get("steps", []))),
        ends=item.get("ends"),
        called=None if called is None else tuple(called),
    )


def _steps(steps: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    for step in steps:
        unknown = set(step) - set(_VERBS)
        if unknown:
            raise ValueError(f"unknown scenario step {sorted(unknown)}")
        yield step


def _moment(value: Any, calendar: WorkingCalendar) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime.combine(value, datetime.min.time())
    else:
        moment = datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone)

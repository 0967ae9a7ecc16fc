"""WF4xx and WF502: expressions that do not compile, times that are none, variables that nobody fills."""

import dataclasses

import pytest

from orchestrator.diagrams.lint import LintContext, lint_file
from tests.orchestrator.diagrams.drawing import (
    END,
    KNOWN,
    START,
    USER,
    WORK,
    boundary,
    chain,
    document,
    findings,
    flow,
    straight,
    tag,
    timer,
)

GATEWAY = tag("exclusiveGateway", "x", default="x-e")
SCOPED = {"review_role": "district_reviewer", "review_scope": "applicant"}


def when(condition: str) -> str:
    return straight(GATEWAY, WORK, through="x") + flow("x", "w", condition) + flow("w", "e")


def after(text: str, kind: str = "timeDuration") -> str:
    return straight(USER, through="u") + boundary("u", timer(text, kind))


def step(**attributes: str) -> str:
    return straight(tag("userTask", "u", **{**SCOPED, **attributes}), through="u")


RULE = straight(tag("businessRuleTask", "r", review_decision="ReviewMode", review_result="mode"), through="r")
FAULTS = {
    "a condition that is not finished": ("WF401", "x-w", when("mode =")),
    "an empty condition": ("WF401", "x-w", when("")),
    "a condition of another language": ("WF401", "x-w", when("${mode == 1}")),
    "a scope that is no FEEL": ("WF401", "u", step(review_scope="office..scope")),
    "a due date that is no FEEL": ("WF401", "u", step(review_due="add working days(now(), 20")),
    "a timer that is no FEEL": ("WF401", "b", after("duration(")),
    "a variable that nobody fills": ("WF402", "x-w", when('status = "auto"')),
    "a variable of a timer that nobody fills": ("WF402", "b", after("now() + delay", "timeDate")),
    "a timer without a time": ("WF403", "b", after("")),
    "a duration that is none": ("WF404", "b", after("PT48")),
    "a duration of months": ("WF404", "b", after("P1M")),
    "a moment without a time zone": ("WF404", "b", after("2026-01-05T09:00:00", "timeDate")),
}


@pytest.mark.parametrize(("rule", "element", "body"), FAULTS.values(), ids=FAULTS)
def test_lint_finds(rule: str, element: str, body: str) -> None:
    found = findings(document(body))

    assert found == [(rule, element)]


@pytest.mark.parametrize(
    "body",
    [
        when('mode = "auto" and error.code = "idle"'),
        when("count([1, 2][item &gt; level]) = 1"),
        after("PT48H"),
        after("2026-01-05T09:00:00+08:00", "timeDate"),
        after("add working days(submitted, level)", "timeDate"),
        step(review_scope="applicant", review_due="add working days(now(), 20)"),
    ],
)
def test_a_good_expression_has_no_finding(body: str) -> None:
    found = findings(document(body))

    assert found == []


def test_the_result_of_a_step_is_a_variable() -> None:
    made = WORK.replace("/>", ' review:result="made"/>')
    body = START + made + GATEWAY + USER + END + chain("s w x e") + flow("x", "u", "made.ok") + flow("u", "e")

    assert findings(document(body)) == []


def test_variables_are_not_checked_when_they_are_unknown() -> None:
    data = document(when('status = "auto"'))

    assert findings(data, LintContext()) == []


def test_a_variable_that_a_decision_reads_and_nobody_fills_is_found() -> None:
    unfilled = dataclasses.replace(KNOWN, variables=frozenset({"kind"}))

    assert findings(document(RULE)) == []
    assert findings(document(RULE), unfilled) == [("WF502", "r")]


def test_the_fault_of_an_expression_is_told_in_chinese_with_its_place() -> None:
    data = document(when("mode＝1"))

    [finding] = lint_file(data, "p.bpmn", KNOWN)

    assert finding.sentence == "“x-w” 的条件写错了（第 5 个字符）：“＝”是中文标点，这里要用“=”。"

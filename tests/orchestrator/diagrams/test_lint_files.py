"""WF0xx and whole files: whatever is uploaded is answered with findings, never with an exception."""

import re
from pathlib import Path

import pytest

from orchestrator.diagrams.lint import LintContext, lint_file
from orchestrator.diagrams.lint_sentences import SENTENCES
from tests.orchestrator.diagrams.drawing import DEFINITIONS, USER, document, straight

RULES = Path(__file__).parents[3] / "docs" / "analysts" / "lint-rules.md"
# Found by the bundle, by the reader of a file, or by the decision tables.
ELSEWHERE = ("WF001", "WF002", "WF003", "WF004", "WF005", "WF006", "WF501", "WF601", "WF602", "WF603", "WF701")
UNREADABLE = {
    "a file that is too large": ("WF001", b"<a>" + b" " * 2_000_000 + b"</a>"),
    "an empty file": ("WF002", b""),
    "a broken file": ("WF002", document(straight(USER, through="u"))[:-30]),
    "a file of another kind": ("WF002", b"PK\x03\x04"),
    "a file in an unknown encoding": ("WF002", b'<?xml version="1.0" encoding="klingon"?><a/>'),
    "a document type": ("WF003", b"<!DOCTYPE a><a/>"),
    "entities that grow": ("WF003", b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'),
    "a deep file": ("WF004", b"<a>" * 100 + b"</a>" * 100),
    "a web page": ("WF005", b"<html/>"),
    "a decision table": ("WF005", b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'),
    "no process": ("WF006", DEFINITIONS.encode() + b"</bpmn:definitions>"),
}


@pytest.mark.parametrize(("rule", "data"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_one_finding(rule: str, data: bytes) -> None:
    found = lint_file(data, "x.bpmn", LintContext())

    assert [(finding.rule, finding.line >= 1) for finding in found] == [(rule, True)]


def test_a_diagram_of_another_tool_is_refused_with_lines_and_ids() -> None:
    data = document(
        '<bpmn:task id="a"/>\n<bpmn:task id="b"/>\n'
        '<bpmn:sequenceFlow id="f" sourceRef="a" targetRef="b"/>\n<bpmn:startEvent/>'
    )

    found = {(finding.rule, finding.element, finding.line) for finding in lint_file(data, "x.bpmn", LintContext())}

    assert {("WF201", "a", 3), ("WF201", "b", 4), ("WF102", "-", 6), ("WF106", "p", 2)} <= found


def test_every_rule_is_explained_to_analysts() -> None:
    text = RULES.read_text("utf-8")

    explained = set(re.findall(r"^### (WF\d{3})", text, re.MULTILINE))

    assert explained == {*SENTENCES, *ELSEWHERE}


@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES)
def test_the_explanation_quotes_the_sentence(sentence: str) -> None:
    quoted = "> " + re.sub(r"\{\w+\}", "…", sentence)

    assert quoted in RULES.read_text("utf-8").splitlines()

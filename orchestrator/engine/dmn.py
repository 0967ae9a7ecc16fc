"""Reads DMN files as dmn-js writes them: decision tables and literal expressions, with every fault found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from lxml import etree

from orchestrator.errors import EngineError
from orchestrator.feel import Expression, FeelError, UnaryTests, compile_expression, compile_unary_tests

NAMESPACES = (
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
)
HIT_POLICIES = ("UNIQUE", "FIRST", "ANY", "COLLECT", "RULE ORDER")
AGGREGATIONS = {"SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}
SIZE_LIMIT = 5_000_000
Compiled = TypeVar("Compiled")


# Each sentence in English and in Chinese.
SENTENCES = {
    "too_large": ("the file is larger than {limit} bytes", "文件超过 {limit} 字节"),
    "no_xml": ("the file is no XML: {reason}", "文件不是合格的 XML：{reason}"),
    "doctype": ("a file with a DOCTYPE is not read", "不读取带 DOCTYPE 的文件"),
    "no_dmn": ("the file is no DMN 1.1, 1.2 or 1.3", "文件不是 DMN 1.1、1.2 或 1.3"),
    "no_decision": ("the file has no decision", "文件里没有决策"),
    "twice": ("{id} occurs twice", "{id} 出现了两次"),
    "no_logic": ("the decision has neither a table nor an expression", "决策既没有决策表，也没有表达式"),
    "hit_policy": (
        "the hit policy {policy} is none of {known}",
        "命中策略 {policy} 不可用，可用的有 {known}",
    ),
    "aggregation": (
        "the aggregation {aggregation} does not go with the hit policy {policy}",
        "汇总方式 {aggregation} 不能与命中策略 {policy} 一起使用",
    ),
    "one_output": ("an aggregation needs a table with one output", "要汇总的决策表只能有一个输出列"),
    "no_input": ("the input “{label}” has no expression", "输入列“{label}”没有表达式"),
    "no_output": ("the table has no output", "决策表没有输出列"),
    "output_name": (
        "the output needs a name of its own, “{name}” is none",
        "每个输出列要有自己的名称，“{name}”不行",
    ),
    "cells": (
        "row {row} has {conditions} conditions and {answers} answers; "
        "the table has {inputs} inputs and {outputs} outputs",
        "第 {row} 行有 {conditions} 个条件、{answers} 个结果，而决策表有 {inputs} 个输入列、{outputs} 个输出列",
    ),
    "requires_itself": ("the decision requires itself", "决策依赖它自己"),
    "requires_missing": ("the decision requires {id}, which is missing", "决策依赖的 {id} 不在文件里"),
    "language": (
        "the expression language {language} is not supported, only FEEL",
        "不支持表达式语言 {language}，只支持 FEEL",
    ),
    "expression": ("{place}{reason} in: {text}", "{place_zh}{reason_zh}：{text}"),
}


class DmnFault(EngineError):
    """Line {line}, {element_id}: {sentence}"""

    code = "dmn_fault"

    def __init__(self, line: int, element_id: str, sentence: str, chinese: str = "") -> None:
        self.line = line
        self.element_id = element_id
        self._sentence = sentence
        self.chinese = chinese or sentence
        super().__init__(line=line, element_id=element_id, sentence=sentence)

    @classmethod
    def of(cls, line: int, element_id: str, kind: str, **params: Any) -> "DmnFault":
        """The fault of this kind, with its sentences filled in."""
        english, chinese = SENTENCES[kind]
        return cls(line, element_id, english.format(**params), chinese.format(**params))

    @property
    def sentence(self) -> str:
        """What is wrong, without the place."""
        return self._sentence


class DmnFaults(EngineError):
    """The decision file has faults: {faults}"""

    code = "dmn_faults"

    def __init__(self, faults: tuple[DmnFault, ...]) -> None:
        self.faults = faults
        super().__init__(faults="; ".join(f"line {fault.line}: {fault.sentence}" for fault in faults))


@dataclass(frozen=True, slots=True)
class Input:
    """A column to be tested: its expression, and the values a linter may expect."""

    id: str
    line: int
    label: str
    type: str
    expression: Expression
    allowed: UnaryTests | None


@dataclass(frozen=True, slots=True)
class Output:
    """A column of the answer; `default` answers when no row matches."""

    id: str
    line: int
    name: str
    type: str
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one test for each input and one expression for each output."""

    index: int
    id: str
    line: int
    annotation: str
    tests: tuple[UnaryTests, ...]
    answers: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table. Shape: `hit_policy` in HIT_POLICIES, `aggregation` one of `+ < > #` or empty."""

    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: a table or an expression, and the ids of the decisions it needs first.

    Shape: `inputs` are the names it reads from the context, without the answers of `required`.
    """

    id: str
    name: str
    line: int
    required: tuple[str, ...]
    logic: Table | Expression
    inputs: frozenset[str] = frozenset()


def read_dmn(data: bytes) -> tuple[Decision, ...]:
    """Read every decision of a file.

    Raises: DmnFaults with all faults found.
    """
    reader = _Reader()
    decisions = tuple(reader.decisions(_root(data)))
    if reader.faults:
        raise DmnFaults(tuple(reader.faults))
    return decisions


def _root(data: bytes) -> etree._Element:
    if len(data) > SIZE_LIMIT:
        raise DmnFaults((DmnFault.of(1, "-", "too_large", limit=SIZE_LIMIT),))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise DmnFaults((DmnFault.of(line, "-", "no_xml", reason=error),)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DmnFaults((DmnFault.of(1, "-", "doctype"),))
    if etree.QName(root).localname != "definitions" or etree.QName(root).namespace not in NAMESPACES:
        raise DmnFaults((DmnFault.of(_line(root), "-", "no_dmn"),))
    return root


def _children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    for child in element:
        name = etree.QName(child)
        if name.localname in names and name.namespace in NAMESPACES:
            yield child


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(_children(element, name), None)


def _text(element: etree._Element | None) -> str:
    text = None if element is None else _child(element, "text")
    return "" if text is None else (text.text or "").strip()


def _id(element: etree._Element) -> str:
    return element.get("id") or element.get("name") or "-"


def _line(element: etree._Element) -> int:
    line: Any = element.sourceline
    return int(line or 1)


class _Reader:
    def __init__(self) -> None:
        self.faults: list[DmnFault] = []
        self.names: frozenset[str] = frozenset()

    def fault(self, element: etree._Element, kind: str, **params: Any) -> None:
        self.faults.append(DmnFault.of(_line(element), _id(element), kind, **params))

    def decisions(self, root: etree._Element) -> Iterator[Decision]:
        elements = list(_children(root, "decision"))
        named = [*elements, *_children(root, "inputData")]
        self.names = frozenset(name for element in named if (name := element.get("name")))
        if not elements:
            self.fault(root, "no_decision")
        self._twice(elements)
        made = [decision for element in elements if (decision := self._decision(element))]
        found = {decision.id: decision for decision in made}
        for decision in made:
            yield replace(decision, inputs=self._inputs(decision, found))

    def _twice(self, elements: list[etree._Element]) -> None:
        seen: set[str] = set()
        for element in elements:
            if _id(element) in seen:
                self.fault(element, "twice", id=_id(element))
            seen.add(_id(element))

    def _decision(self, element: etree._Element) -> Decision | None:
        logic = self._logic(element)
        if logic is None:
            return None
        required = tuple(
            (needed.get("href") or "").partition("#")[2]
            for requirement in _children(element, "informationRequirement")
            for needed in _children(requirement, "requiredDecision")
        )
        return Decision(_id(element), element.get("name") or _id(element), _line(element), required, logic)

    def _logic(self, element: etree._Element) -> Table | Expression | None:
        table, literal = _child(element, "decisionTable"), _child(element, "literalExpression")
        if table is not None:
            return self._table(table)
        if literal is not None:
            return self._compile(literal, compile_expression, _text(literal))
        self.fault(element, "no_logic")
        return None

    def _table(self, element: etree._Element) -> Table:
        policy = element.get("hitPolicy") or "UNIQUE"
        aggregation = element.get("aggregation")
        if policy not in HIT_POLICIES:
            self.fault(element, "hit_policy", policy=policy, known=", ".join(HIT_POLICIES))
        if aggregation and (aggregation not in AGGREGATIONS or policy != "COLLECT"):
            self.fault(element, "aggregation", aggregation=aggregation, policy=policy)
        inputs = [self._input(column) for column in _children(element, "input")]
        outputs = self._outputs(element)
        if aggregation and len(outputs) > 1:
            self.fault(element, "one_output")
        rows = list(_children(element, "rule"))
        self._twice(rows)
        rules = [self._rule(row, index, len(inputs), len(outputs)) for index, row in enumerate(rows, 1)]
        signs = AGGREGATIONS.get(aggregation or "", "")
        kept = tuple(column for column in inputs if column)
        return Table(policy, signs, kept, outputs, tuple(rule for rule in rules if rule))

    def _input(self, element: etree._Element) -> Input | None:
        source = _child(element, "inputExpression")
        label = element.get("label") or ""
        if source is None or not _text(source):
            self.fault(element, "no_input", label=label)
            return None
        expression = self._compile(source, compile_expression, _text(source))
        values = _child(element, "inputValues")
        allowed = None if values is None else self._compile(values, compile_unary_tests, _text(values))
        if expression is None:
            return None
        return Input(_id(element), _line(element), label, source.get("typeRef") or "", expression, allowed)

    def _outputs(self, table: etree._Element) -> tuple[Output, ...]:
        elements = list(_children(table, "output"))
        names = [element.get("name") or "" for element in elements]
        if not elements:
            self.fault(table, "no_output")
        for element, name in zip(elements, names, strict=True):
            if len(elements) > 1 and (not name or names.count(name) > 1):
                self.fault(element, "output_name", name=name)
        return tuple(map(self._output, elements))

    def _output(self, element: etree._Element) -> Output:
        default = _child(element, "defaultOutputEntry")
        compiled = self._compile(default, compile_expression, _text(default)) if default is not None else None
        name, type_ = element.get("name") or "", element.get("typeRef") or ""
        return Output(_id(element), _line(element), name, type_, compiled)

    def _rule(self, element: etree._Element, index: int, inputs: int, outputs: int) -> Rule | None:
        conditions, answers = list(_children(element, "inputEntry")), list(_children(element, "outputEntry"))
        if len(conditions) != inputs or len(answers) != outputs:
            counts = {"conditions": len(conditions), "answers": len(answers)}
            self.fault(element, "cells", row=index, inputs=inputs, outputs=outputs, **counts)
            return None
        tests = [self._compile(cell, compile_unary_tests, _text(cell), index) for cell in conditions]
        # An empty answer is null, as dmn-js leaves it when nobody typed anything.
        values = [self._compile(cell, compile_expression, _text(cell) or "null", index) for cell in answers]
        good = (tuple(test for test in tests if test), tuple(value for value in values if value))
        return Rule(index, _id(element), _line(element), _annotation(element), *good)

    def _inputs(self, decision: Decision, found: dict[str, Decision]) -> frozenset[str]:
        # What the decision and all that it requires read, without what they answer one another.
        needed, pending = {decision.id: decision}, [decision]
        while pending:
            for name in pending.pop().required:
                if name == decision.id or name not in found:
                    kind = "requires_itself" if name == decision.id else "requires_missing"
                    self.faults.append(DmnFault.of(decision.line, decision.id, kind, id=name))
                elif name not in needed:
                    needed[name] = found[name]
                    pending.append(found[name])
        return frozenset().union(*(_own_inputs(each, found) for each in needed.values()))

    def _compile(
        self, element: etree._Element, compiler: Callable[..., Compiled], text: str, row: int = 0
    ) -> Compiled | None:
        language = element.get("expressionLanguage") or "feel"
        if "feel" not in language.lower():
            self.fault(element, "language", language=language)
            return None
        try:
            return compiler(text, self.names)
        except FeelError as error:
            place = (f"row {row}: ", f"第 {row} 行：") if row else ("", "")
            texts = {"place": place[0], "reason": error, "place_zh": place[1], "reason_zh": error.chinese}
            self.fault(element, "expression", text=text[:80], **texts)
            return None


def _annotation(rule: etree._Element) -> str:
    description = _child(rule, "description")
    notes = [_text(note) for note in _children(rule, "annotationEntry")]
    if description is not None:
        notes.insert(0, (description.text or "").strip())
    return "; ".join(note for note in notes if note)


def reads(logic: Table | Expression) -> frozenset[str]:
    """The names that a table or expression reads from its context."""
    return frozenset(name for part in parts(logic) for name in part.names)


def parts(logic: Table | Expression) -> Iterator[Expression | UnaryTests]:
    """Every expression of a table or literal expression."""
    if isinstance(logic, Expression):
        yield logic
        return
    yield from (column.expression for column in logic.inputs)
    yield from (column.default for column in logic.outputs if column.default)
    for rule in logic.rules:
        yield from rule.tests
        yield from rule.answers


def _own_inputs(decision: Decision, found: dict[str, Decision]) -> frozenset[str]:
    answers = {found[needed].name for needed in decision.required if needed in found}
    return reads(decision.logic) - answers

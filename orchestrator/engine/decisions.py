"""Decides by DMN tables: which rows match, and what the hit policy makes of them (DMN 1.3, 8.2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.engine.dmn import Decision, DmnFault, DmnFaults, Rule, Table, read_dmn
from orchestrator.errors import EngineError
from orchestrator.feel import BUILTINS, Expression, FeelError, Variables, equal

__all__ = [
    "DecisionError",
    "DecisionResult",
    "Decisions",
    "DmnFault",
    "DmnFaults",
    "RuleRow",
    "read_decisions",
]


class DecisionError(EngineError):
    """The decision {decision} cannot be made: {reason}."""

    code = "decision_failed"


class DecisionUnknown(DecisionError):
    """There is no decision {decision} in this file."""

    code = "decision_unknown"


class RowsOverlap(DecisionError):
    """The decision {decision} allows one matching row, but these match: {rows}."""

    code = "rows_overlap"


class CellFailed(DecisionError):
    """The decision {decision} cannot evaluate {place}: {reason}"""

    code = "cell_failed"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A row that matched. Shape: `index` counts from 1."""

    index: int
    id: str
    annotation: str


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What was decided, by which rows.

    Shape: `value` is plain with one output, a context by output name with several; a list of either
    for COLLECT and RULE ORDER; null or an empty list when no row matched.
    """

    value: Any
    matched: tuple[RuleRow, ...]
    decision: str


class Decisions:
    """The decisions of one file; immutable, may be shared by threads."""

    def __init__(self, decisions: tuple[Decision, ...]) -> None:
        self.all = decisions
        self._found = {decision.name: decision for decision in decisions}
        self._found |= {decision.id: decision for decision in decisions}

    @property
    def names(self) -> frozenset[str]:
        """The ids and the names of all decisions: each of them can be asked for."""
        return frozenset(self._found)

    def decision(self, name: str) -> Decision:
        """The decision with this id or name, with its `inputs`.

        Raises: DecisionUnknown.
        """
        if name not in self._found:
            raise DecisionUnknown(decision=name)
        return self._found[name]

    def decide(self, name: str, context: Mapping[str, Any]) -> DecisionResult:
        """Decide, after the decisions it requires; the context holds variables and outside functions.

        Raises: DecisionUnknown; RowsOverlap; CellFailed.
        """
        decision = self.decision(name)
        variables = self._variables(decision, context)
        answered: dict[str, DecisionResult] = {}
        return self._decide(decision, variables, answered)

    def _variables(self, decision: Decision, context: Mapping[str, Any]) -> Variables:
        try:
            return Variables.of(context)
        except FeelError as error:
            raise CellFailed(decision=decision.id, place="its variables", reason=error) from error

    def _decide(self, decision: Decision, variables: Variables, answered: dict[str, DecisionResult]) -> DecisionResult:
        for needed in decision.required:
            required = self._found[needed]
            if needed not in answered:
                answered[needed] = self._decide(required, variables, answered)
            variables = Variables({**variables, required.name: answered[needed].value})
        if isinstance(decision.logic, Expression):
            value = _value(decision, "its expression", decision.logic, variables)
            return DecisionResult(value, (), decision.id)
        return _by_table(decision, decision.logic, variables)


def read_decisions(data: bytes) -> Decisions:
    """Read the decisions of a DMN file.

    Raises: DmnFaults with every fault found, each with its line and element.
    """
    return Decisions(read_dmn(data))


def _value(decision: Decision, place: str, expression: Expression, variables: Variables) -> Any:
    try:
        return expression(variables)
    except FeelError as error:
        raise CellFailed(decision=decision.id, place=place, reason=error) from error


def _by_table(decision: Decision, table: Table, variables: Variables) -> DecisionResult:
    rules = list(_matching(decision, table, variables))
    if table.hit_policy == "UNIQUE" and len(rules) > 1:
        raise RowsOverlap(decision=decision.id, rows=_named(rules))
    answers = [_answer(decision, table, rule, variables) for rule in rules]
    if table.hit_policy == "ANY" and any(equal(answers[0], answer) is not True for answer in answers):
        raise RowsOverlap(decision=decision.id, rows=_named(rules))
    matched = tuple(RuleRow(rule.index, rule.id, rule.annotation) for rule in rules)
    return DecisionResult(_outcome(decision, table, answers, variables), matched, decision.id)


def _named(rules: list[Rule]) -> str:
    return ", ".join(f"{rule.index} ({rule.id})" for rule in rules)


def _matching(decision: Decision, table: Table, variables: Variables) -> Iterator[Rule]:
    values = [
        _value(decision, f"the input {column.label or column.id}", column.expression, variables)
        for column in table.inputs
    ]
    for rule in table.rules:
        if _matches(decision, rule, values, variables):
            yield rule
            if table.hit_policy == "FIRST":
                return


def _matches(decision: Decision, rule: Rule, values: list[Any], variables: Variables) -> bool:
    try:
        return all(test(value, variables) is True for test, value in zip(rule.tests, values, strict=True))
    except FeelError as error:
        place = f"the conditions of row {rule.index} ({rule.id})"
        raise CellFailed(decision=decision.id, place=place, reason=error) from error


def _answer(decision: Decision, table: Table, rule: Rule, variables: Variables) -> Any:
    place = f"the answer of row {rule.index} ({rule.id})"
    values = [_value(decision, place, expression, variables) for expression in rule.answers]
    return _shaped(table, values)


def _shaped(table: Table, values: list[Any]) -> Any:
    if len(table.outputs) == 1:
        return values[0]
    return {output.name: value for output, value in zip(table.outputs, values, strict=True)}


def _outcome(decision: Decision, table: Table, answers: list[Any], variables: Variables) -> Any:
    if not answers and any(output.default for output in table.outputs):
        answers = [_default(decision, table, variables)]
    if table.aggregation:
        return _AGGREGATORS[table.aggregation].call([answers])
    if table.hit_policy in ("COLLECT", "RULE ORDER"):
        return answers
    return answers[0] if answers else None


def _default(decision: Decision, table: Table, variables: Variables) -> Any:
    defaults = [
        _value(decision, f"the default of {output.name or output.id}", output.default, variables)
        if output.default
        else None
        for output in table.outputs
    ]
    return _shaped(table, defaults)


_AGGREGATORS = {
    "+": BUILTINS["sum"],
    "<": BUILTINS["min"],
    ">": BUILTINS["max"],
    "#": BUILTINS["count"],
}

"""Compiles what repeats: `for`, `some`, `every`, filters, functions, and the unary tests of a cell."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestrator.feel import tree
from orchestrator.feel.compile import Run, compiled, register
from orchestrator.feel.errors import fault
from orchestrator.feel.numbers import whole
from orchestrator.feel.operators import compare, disjunction, matches, negation
from orchestrator.feel.scope import Scope
from orchestrator.feel.values import Function, Range

Domain = tuple[str, Run, Run | None]
_TRUTHS = (tree.Comparison, tree.Between, tree.In, tree.InstanceOf, tree.And, tree.Or, tree.Quantified)


@dataclass(frozen=True, slots=True, eq=False)
class Written(Function):
    """A function written in FEEL, with the scope it was written in."""

    parameters: tuple[str, ...]
    body: Run
    scope: Scope
    name: str = "function"

    def call(self, arguments: list[Any]) -> Any:
        """Run the body with the arguments.

        Raises: FeelError.
        """
        if len(arguments) != len(self.parameters):
            raise fault("wrong_arguments", name=self.name, signature=", ".join(self.parameters))
        self.scope.budget.enter()
        try:
            return self.body(self.scope.inner(dict(zip(self.parameters, arguments, strict=True))))
        finally:
            self.scope.budget.leave()


def _function(node: tree.FunctionLiteral) -> Run:
    parameters, body = node.parameters, compiled(node.body)
    return lambda scope: Written(parameters, body, scope)


def _domains(bindings: tuple[tree.Binding, ...]) -> tuple[Domain, ...]:
    return tuple((b.name, compiled(b.source), compiled(b.end) if b.end else None) for b in bindings)


def _combinations(domains: tuple[Domain, ...], scope: Scope) -> Iterator[Scope]:
    # Later domains may use the names of earlier ones.
    if not domains:
        yield scope
        return
    for item in _items(domains[0], scope):
        scope.budget.spend(1)
        yield from _combinations(domains[1:], scope.inner({domains[0][0]: item}))


def _items(domain: Domain, scope: Scope) -> Iterator[Any]:
    _, source, end = domain
    value = source(scope)
    if end is not None:
        return _steps(value, end(scope))
    if isinstance(value, Range):
        return _steps(value.low, value.high, value.low_included, value.high_included)
    return iter(value if isinstance(value, list) else [] if value is None else [value])


def _steps(low: Any, high: Any, low_included: bool = True, high_included: bool = True) -> Iterator[Any]:
    start = whole(low) if isinstance(low, Decimal) else None
    end = whole(high) if isinstance(high, Decimal) else None
    if start is None or end is None:
        return iter(())
    step = 1 if start <= end else -1
    first, last = start + (not low_included) * step, end - (not high_included) * step
    return (Decimal(number) for number in range(first, last + step, step))


def _for(node: tree.For) -> Run:
    domains, body = _domains(node.bindings), compiled(node.body)
    partial = any(isinstance(part, tree.Name) and part.name == "partial" for part in tree.walk(node.body))

    def run(scope: Scope) -> Any:
        results: list[Any] = []
        inside = scope.inner({"partial": results}) if partial else scope
        for combination in _combinations(domains, inside):
            result = body(combination)
            scope.budget.weigh(result)
            # A new list each time: `partial` itself may be part of a result.
            results.append(list(result) if result is results else result)
        return results

    return run


def _quantified(node: tree.Quantified) -> Run:
    domains, body, decisive = _domains(node.bindings), compiled(node.body), not node.every

    def run(scope: Scope) -> Any:
        unknown = False
        for combination in _combinations(domains, scope):
            result = body(combination)
            if result is decisive:
                return decisive
            unknown = unknown or not isinstance(result, bool)
        return None if unknown else not decisive

    return run


def _filter(node: tree.Filter) -> Run:
    source, condition = compiled(node.source), compiled(node.condition)
    is_test = isinstance(node.condition, _TRUTHS)

    def run(scope: Scope) -> Any:
        value = source(scope)
        items = value if isinstance(value, list) else [] if value is None else [value]
        if not is_test:
            index = condition(_item_scope(items[0] if items else {}, scope))
            if isinstance(index, Decimal):
                return _at(items, index)
        scope.budget.spend(len(items))
        return [item for item in items if condition(_item_scope(item, scope)) is True]

    return run


def _item_scope(item: Any, scope: Scope) -> Scope:
    inside = scope.inner({"item": item})
    return inside.inner(item, open_=True) if isinstance(item, dict) else inside


def _at(items: list[Any], index: Decimal) -> Any:
    place = whole(index)
    if place is None or place == 0 or abs(place) > len(items):
        return None
    return items[place - 1 if place > 0 else place]


def _prefix(node: tree.Prefix) -> Run:
    operator, operand = node.operator, compiled(node.operand)
    return lambda scope: compare(operator, scope.find("?"), operand(scope))


def _in(node: tree.In) -> Run:
    operand, tests = compiled(node.operand), tuple(_test(test, within=True) for test in node.tests)

    def run(scope: Scope) -> Any:
        inside = scope.inner({"?": operand(scope)})
        return disjunction([test(inside) for test in tests])

    return run


def _tests(node: tree.Tests) -> Run:
    tests, negated = tuple(map(_test, node.tests)), node.negated
    if not tests:
        return lambda scope: True

    def run(scope: Scope) -> Any:
        result = disjunction([test(scope) for test in tests])
        return negation(result) if negated else result

    return run


def _test(node: tree.Node, within: bool = False) -> Run:
    run = compiled(node)
    asks = any(isinstance(part, tree.Name) and part.name == "?" for part in tree.walk(node))
    if isinstance(node, tree.Prefix) or (not within and (asks or isinstance(node, _TRUTHS))):
        return _as_truth(run)
    return _fits(run, isinstance(node, tree.Call))


def _as_truth(run: Run) -> Run:
    def truth(scope: Scope) -> Any:
        result = run(scope)
        return result if isinstance(result, bool) else None

    return truth


def _fits(run: Run, is_call: bool) -> Run:
    def fits(scope: Scope) -> Any:
        value, tested = scope.find("?"), run(scope)
        # `starts with(code, "44")` in a cell of a text column is a test; in a boolean column it is a value.
        if is_call and isinstance(tested, bool) and not isinstance(value, bool):
            return tested
        if isinstance(tested, list) or isinstance(value, list):
            scope.budget.weigh(tested)
        return matches(value, tested)

    return fits


register(
    {
        tree.FunctionLiteral: _function,
        tree.For: _for,
        tree.Quantified: _quantified,
        tree.Filter: _filter,
        tree.Prefix: _prefix,
        tree.In: _in,
        tree.Tests: _tests,
    }
)

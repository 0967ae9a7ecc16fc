"""Tree to Python closures: each node becomes a function of the scope it runs in."""

from collections.abc import Callable
from typing import Any

from orchestrator.feel import tree
from orchestrator.feel.builtins import BUILTINS
from orchestrator.feel.errors import FeelError, fault
from orchestrator.feel.operators import arithmetic, between, compare, conjunction, disjunction, opposite
from orchestrator.feel.scope import MISSING, Scope
from orchestrator.feel.temporal import part
from orchestrator.feel.values import Function, Range, kind, order

Run = Callable[[Scope], Any]


def compiled(node: tree.Node) -> Run:
    """Compile a node and everything below it.

    Raises: FeelError for a call that no built-in function allows.
    """
    return _COMPILERS[type(node)](node)


def register(compilers: dict[type[tree.Node], Callable[[Any], Run]]) -> None:
    """Add the compilers of further node types; the modules beside this one call it when imported."""
    _COMPILERS.update(compilers)


def _literal(node: tree.Literal) -> Run:
    value = node.value
    return lambda scope: value


def _name(node: tree.Name) -> Run:
    name, at = node.name, node.at
    builtin: Any = BUILTINS.get(name, MISSING)

    def run(scope: Scope) -> Any:
        value = scope.find(name)
        if value is not MISSING:
            return value
        if builtin is MISSING:
            raise fault("unknown_name", at, name=name)
        return builtin

    return run


def _path(node: tree.Path) -> Run:
    source, key = compiled(node.source), node.key

    def run(scope: Scope) -> Any:
        value = source(scope)
        if type(value) is dict:
            return value.get(key)
        if type(value) is list:
            scope.budget.spend(len(value))
            return [component(item, key) for item in value]
        return component(value, key)

    return run


def component(value: Any, key: str) -> Any:
    """The part of a context, date, time, duration or range with this name; null if there is none."""
    if isinstance(value, dict):
        return value.get(key)
    if isinstance(value, Range):
        return _range_part(value, key)
    return part(value, key)


def _range_part(value: Range, key: str) -> Any:
    parts = {
        "start": value.low,
        "end": value.high,
        "start included": value.low_included,
        "end included": value.high_included,
    }
    return parts.get(key)


def _negate(node: tree.Negate) -> Run:
    operand = compiled(node.operand)
    return lambda scope: opposite(operand(scope))


def _arithmetic(node: tree.Arithmetic) -> Run:
    first, *others = map(compiled, node.operands)
    steps = tuple(zip(node.operators, others, strict=True))

    def run(scope: Scope) -> Any:
        value = first(scope)
        for operator, operand in steps:
            value = arithmetic(operator, value, operand(scope))
        return value

    return run


def _comparison(node: tree.Comparison) -> Run:
    operator, left, right = node.operator, compiled(node.left), compiled(node.right)

    def run(scope: Scope) -> Any:
        one, other = left(scope), right(scope)
        if type(one) in (list, dict):
            scope.budget.weigh(one)
        return compare(operator, one, other)

    return run


def _between(node: tree.Between) -> Run:
    operand, low, high = compiled(node.operand), compiled(node.low), compiled(node.high)
    return lambda scope: between(operand(scope), low(scope), high(scope))


def _instance_of(node: tree.InstanceOf) -> Run:
    operand, type_ = compiled(node.operand), node.type
    return lambda scope: is_instance(operand(scope), type_)


def is_instance(value: Any, type_: str) -> bool:
    """Whether a value has a type, written as after `instance of`; null is only `Null` and `Any`."""
    name, _, inner = type_.partition("<")
    if name in ("Any", "any"):
        return True
    if name in ("list", "range") and inner and kind(value) == name:
        items = value if isinstance(value, list) else [value.low, value.high]
        return all(is_instance(item, inner[:-1].strip()) for item in items)
    return kind(value) == {"Null": "null", "day time duration": "days and time duration"}.get(name, name)


def _and(node: tree.And) -> Run:
    operands = tuple(map(compiled, node.operands))

    def run(scope: Scope) -> Any:
        values = []
        for operand in operands:
            values.append(operand(scope))
            if values[-1] is False:
                return False
        return conjunction(values)

    return run


def _or(node: tree.Or) -> Run:
    operands = tuple(map(compiled, node.operands))

    def run(scope: Scope) -> Any:
        values = []
        for operand in operands:
            values.append(operand(scope))
            if values[-1] is True:
                return True
        return disjunction(values)

    return run


def _if(node: tree.If) -> Run:
    condition, yes, no = compiled(node.condition), compiled(node.yes), compiled(node.no)
    return lambda scope: yes(scope) if condition(scope) is True else no(scope)


def _list(node: tree.ListLiteral) -> Run:
    items = tuple(map(compiled, node.items))

    def run(scope: Scope) -> Any:
        made = [item(scope) for item in items]
        scope.budget.weigh(made)
        return made

    return run


def _context(node: tree.ContextLiteral) -> Run:
    entries = tuple((entry.key, compiled(entry.value)) for entry in node.entries)

    def run(scope: Scope) -> Any:
        made: dict[str, Any] = {}
        inside = scope.inner(made)
        for key, value in entries:
            made[key] = value(inside)
        scope.budget.weigh(made)
        return made

    return run


def _interval(node: tree.Interval) -> Run:
    low, high = compiled(node.low), compiled(node.high)
    included = (node.low_included, node.high_included)

    def run(scope: Scope) -> Any:
        start, end = low(scope), high(scope)
        # An interval between things without an order contains nothing anybody meant.
        return None if order(start, end) is None else Range(start, end, *included)

    return run


def _call(node: tree.Call) -> Run:
    arguments, names, at = tuple(map(compiled, node.arguments)), node.names, node.at
    find = _callee(node)

    def run(scope: Scope) -> Any:
        function = find(scope)
        given = [argument(scope) for argument in arguments]
        try:
            return invoke(function, given, names, scope)
        except FeelError as error:
            raise _located(error, at) from error

    return run


def _callee(node: tree.Call) -> Run:
    if not isinstance(node.function, tree.Name):
        computed = compiled(node.function)
        return lambda scope: _callable(computed(scope), "…", node.at)
    name, at = node.function.name, node.at
    builtin = BUILTINS.get(name)
    if builtin is not None:
        builtin.check(len(node.arguments), node.names, at)

    def find(scope: Scope) -> Any:
        value = scope.find(name)
        # A variable called `date` does not hide the function `date`.
        if builtin is not None and not isinstance(value, Function):
            return builtin
        if value is MISSING:
            raise fault("unknown_function", at, name=name)
        return _callable(value, name, at)

    return find


def _callable(value: Any, name: str, at: int) -> Function:
    if not isinstance(value, Function):
        raise fault("not_a_function", at, name=name)
    return value


def _located(error: FeelError, at: int) -> FeelError:
    return error if error.position else FeelError(error.sentence, at, error.code, **error.params)


def invoke(function: Function, given: list[Any], names: tuple[str, ...], scope: Scope) -> Any:
    """Call a function with arguments by position or by name and pay for what goes in and comes out.

    Raises: FeelError.
    """
    budget = scope.budget
    budget.spend(1)
    for value in given:
        budget.weigh(value)
    result = function.call(by_position(function, given, names) if names else given)
    budget.weigh(result)
    return result


def by_position(function: Function, given: list[Any], names: tuple[str, ...]) -> list[Any]:
    """Put arguments given by name into the order of the function's parameters.

    Raises: FeelError for a name that the function does not have.
    """
    arrange = getattr(function, "arrange", None)
    if arrange is not None:
        arranged: list[Any] = arrange(dict(zip(names, given, strict=True)))
        return arranged
    if function.parameters is None:
        raise fault("named_arguments", name=function.name)
    if not set(names) <= set(function.parameters):
        raise fault("wrong_arguments", name=function.name, signature=", ".join(function.parameters))
    named = dict(zip(names, given, strict=True))
    return [named.get(parameter) for parameter in function.parameters]


_COMPILERS: dict[type[tree.Node], Callable[[Any], Run]] = {
    tree.Literal: _literal,
    tree.Name: _name,
    tree.Path: _path,
    tree.Negate: _negate,
    tree.Arithmetic: _arithmetic,
    tree.Comparison: _comparison,
    tree.Between: _between,
    tree.InstanceOf: _instance_of,
    tree.And: _and,
    tree.Or: _or,
    tree.If: _if,
    tree.ListLiteral: _list,
    tree.ContextLiteral: _context,
    tree.Interval: _interval,
    tree.Call: _call,
}
